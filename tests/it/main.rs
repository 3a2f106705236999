//! Tests through the public face of the library.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod definition_diagnostics;
mod indicators;
