//! What Doorstep does, through its public face.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod oracle_statistics;
mod statistics_distribution;

mod statistics_properties;
