//! What an interview with this questionnaire does: cases that somebody wrote, and respondents by
//! chance.
//!
//! Both go through the engine that enumerators use. Nothing is stored, and nothing depends on the
//! day or on the machine: a case and a respondent begin at a moment that is fixed, with a seed
//! that is given.

mod answer;
mod cases;
mod chance;
mod clues;
mod coverage;
mod expectation;
mod named;
mod pattern;
mod report;
mod respondent;
mod weights;

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

pub use self::cases::{Case, Mismatch};
pub use self::coverage::Coverage;
pub use self::respondent::{Respondents, Simulated};
pub use self::weights::Weights;
use crate::diagnostic::document::Codes;
use crate::interview::{Interview, Refusal};
use crate::journal::Fact;
use crate::questionnaire::Questionnaire;

/// How a refusal is put into words: a front end's business.
pub type Wording<'a> = &'a dyn Fn(&Refusal) -> String;

/// Mistakes that any file here can have.
const CODES: Codes =
    Codes { syntax: "T0001", unknown_key: "T0002", missing_key: "T0003", wrong_type: "T0004" };
/// A name that the questionnaire does not have.
const UNKNOWN_NAME: &str = "T0101";
/// A name that stands for something else than what is needed here.
const WRONG_NAME: &str = "T0102";
/// A value that is not possible here.
const WRONG_VALUE: &str = "T0103";

/// When a rehearsed interview begins unless something else is said, so that `today()` is the same
/// every day: 2026-01-07, 9 o'clock UTC.
#[must_use]
pub fn usual_start() -> DateTime<FixedOffset> {
    DateTime::from_timestamp(1_767_776_400, 0).unwrap_or_default().fixed_offset()
}

/// An interview that has just begun.
fn begin(
    questionnaire: &Arc<Questionnaire>,
    language: Option<&str>,
    at: DateTime<FixedOffset>,
    seed: u64,
) -> Interview {
    let language = language.unwrap_or_else(|| questionnaire.languages.first().map_or("", String::as_str));
    let mut interview = Interview::new(Arc::clone(questionnaire));
    interview.apply(&Fact::Started {
        questionnaire: questionnaire.hash,
        round: String::new(),
        enumerator: String::from("rehearsal"),
        language: language.to_owned(),
        at,
        seed,
    });
    interview
}
