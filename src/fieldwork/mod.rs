//! The survey around the questionnaire: what `survey.toml` says, the sampling frame, and how interviews went.
//!
//! The first two are read with every mistake at its place (codes `S0…`). Design expressions stay text
//! here: who computes with them checks them.

mod frame;
pub mod paradata;
mod survey;

pub use self::frame::{Attached, Frame, Unmatched};
pub use self::survey::{Design, Disclosure, FrameSource, Round, Survey};
