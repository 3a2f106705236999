//! What becomes of numbers: tables for meetings.

pub mod assessment;
mod ranking;
