//! The survey around the questionnaire: what `survey.toml` says, and the sampling frame.
//!
//! Both are read with every mistake at its place (codes `S0…`). Design expressions stay text
//! here: who computes with them checks them.

mod frame;
mod survey;

pub use self::frame::{Attached, Frame, Unmatched};
pub use self::survey::{Design, Disclosure, FrameSource, Round, Survey};
