//! What Doorstep does, through its public face.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod demo_data;
mod journal;
mod merge_laws;
mod store;
mod support;
