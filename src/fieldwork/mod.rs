//! The survey around the questionnaire: what `survey.toml` says, the sampling frame, and how interviews went.
//!
//! The first two are read with every mistake at its place (codes `S0…`). Design expressions stay text
//! here: who computes with them checks them. [`Tally`] counts how visits ended, [`frequencies`] what was
//! answered, for those who lead the fieldwork.

mod frame;
mod frequencies;
mod margin;
pub mod paradata;
mod response;
mod survey;

pub use self::frame::{Frame, Unmatched};
pub use self::frequencies::{Frequencies, Number, Numbers, Shown, TableOf, frequencies, median};
pub use self::margin::{Known, Margin};
pub use self::response::{Outcome, Rate, Tally};
pub use self::survey::{Design, Disclosure, FrameSource, Round, Survey};
