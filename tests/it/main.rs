//! The package through its public face.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod expression_laws;
mod expressions;
mod language;
