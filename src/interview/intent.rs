//! What an enumerator can want, and why it may not be possible.

use chrono::{DateTime, FixedOffset};

use super::Place;
use crate::journal::Disposition;
use crate::value::{Missing, Value};

/// What the enumerator wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// Record this answer to the current question. At [`Stop::MoreRows`](super::Stop::MoreRows): `Value::Boolean`.
    Answer(Value),
    /// Record it although soft checks warn, for this reason.
    AnswerAnyway(Value, String),
    /// Record why there is no answer.
    Missing(Missing),
    /// Go on: keep the answer that is there, or pass over an optional question.
    Next,
    /// Go to the question before.
    Back,
    /// Go to a question.
    Jump(Place),
    /// Go to the review.
    Review,
    /// Remark on the current question.
    Comment(String),
    /// Change the language.
    Language(String),
    /// Remove a row of an open roster.
    RemoveRow(Place),
    /// Put the interview aside.
    Pause,
    /// Take it up again.
    Resume,
    /// Complete it.
    Finalise,
    /// End this visit without completing it: how it went, what else there is to say, and the
    /// appointment to come again.
    Visit {
        /// How it went.
        disposition: Disposition,
        /// What else there is to say of it; may be empty.
        note: String,
        /// When to come again, if that was agreed.
        again: Option<DateTime<FixedOffset>>,
    },
    /// Open a complete interview again, for this reason.
    Reopen(String),
}

/// Why an intent is not possible. Texts of the questionnaire are in the current language.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// The answer does not meet the constraint; the message, if the questionnaire has one.
    Constraint(Option<String>),
    /// Soft checks warn: send [`Intent::AnswerAnyway`] with a reason, or another answer.
    Checks(Vec<String>),
    /// The value is not of the question's type.
    Type(String),
    /// This choice is not offered.
    NoSuchChoice(String),
    /// Fewer choices than asked for.
    TooFew(u32),
    /// More choices than asked for.
    TooMany(u32),
    /// This choice goes with no other.
    Exclusive(String),
    /// A number outside the scale.
    OutsideScale(i64, i64),
    /// The text does not have the form that is asked for.
    Pattern,
    /// This reason is not offered here.
    MissingNotOffered(Missing),
    /// The question must be answered.
    Required,
    /// The question is shown but not changed.
    ReadOnly,
    /// There is nothing before.
    AtStart,
    /// There is nothing to answer here.
    NothingHere,
    /// Nobody is to remark on this question.
    NoComment,
    /// No such language in this questionnaire.
    NoSuchLanguage(String),
    /// The question is not part of this interview now.
    NotRelevant,
    /// Questions that must be answered first.
    Unanswered(Vec<Place>),
    /// The interview is complete.
    Finalised,
    /// The interview is not complete, so there is nothing to reopen.
    NotFinalised,
    /// A complete interview is reopened for a reason, and there is none.
    NoReason,
    /// Nobody comes again after such a visit, so it has no appointment.
    NoAppointment(Disposition),
}
