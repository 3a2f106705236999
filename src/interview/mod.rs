//! The interview engine: same questionnaire + same facts = same state and same next question.
//!
//! [`Interview`] is a fold of facts. A front end sends an [`Intent`]; [`Interview::decide`]
//! answers with the facts that it means, or a [`Refusal`]; the caller makes them durable and only
//! then lets the interview [`Interview::apply`] them. Nothing here knows a terminal, a clock or a
//! disk.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

use crate::journal::{Address, Fact, RowKey};
use crate::questionnaire::{ItemId, Questionnaire};
use crate::value::{Answer, Hash, Missing, Value};

/// One instance of an item: the item, and the rows of its enclosing rosters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The item.
    pub item: ItemId,
    /// One key for each enclosing roster, outermost first.
    pub rows: Vec<RowKey>,
}

/// What is known of an interview from its first fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The questionnaire that was in use.
    pub questionnaire: Hash,
    /// Name of the round.
    pub round: String,
    /// Who asked.
    pub enumerator: String,
    /// Language at the start.
    pub language: String,
    /// When it began.
    pub at: DateTime<FixedOffset>,
    /// What random numbers are drawn from.
    pub seed: u64,
}

/// How far an interview is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Being asked, or cut off by a power cut.
    InProgress,
    /// Put aside.
    Paused,
    /// Complete.
    Finalised,
}

/// Where the interview stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// At a question.
    Question(Place),
    /// At the end of an open roster: is there another row?
    MoreRows(Place),
    /// Past the last question.
    Review,
}

/// What the enumerator wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// Record this answer to the current question. At [`Stop::MoreRows`]: `Value::Boolean`.
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
    /// No such language in this questionnaire.
    NoSuchLanguage(String),
    /// The question is not part of this interview now.
    NotRelevant,
    /// Questions that must be answered first.
    Unanswered(Vec<Place>),
    /// The interview is complete.
    Finalised,
}

/// One interview.
#[derive(Debug, Clone)]
pub struct Interview {
    questionnaire: Arc<Questionnaire>,
}

/// What to show at the current stop, in the current language.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Where.
    pub stop: Stop,
    /// Headings of the sections, groups and roster rows that this stop is in, outermost first.
    pub headings: Vec<String>,
    /// Notes that stand between the stop before and this one.
    pub notes: Vec<String>,
    /// The question.
    pub label: String,
    /// Help under it.
    pub hint: Option<String>,
    /// For the enumerator only.
    pub note_to_enumerator: Option<String>,
    /// How it is answered.
    pub field: Field,
    /// What is recorded already.
    pub current: Option<Answer>,
    /// Reasons for a missing answer that are offered.
    pub missing: Vec<Missing>,
    /// Whether it must be answered.
    pub required: bool,
    /// The answer could harm the respondent if it leaked: not echoed in lists.
    pub sensitive: bool,
    /// Questions answered and questions due, as known now.
    pub progress: (usize, usize),
    /// The current language.
    pub language: String,
}

/// How the current stop is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// One of these.
    One(Vec<Offer>),
    /// Several of these: at least, at most.
    Several(Vec<Offer>, Option<u32>, Option<u32>),
    /// So many of these, best first.
    Rank(Vec<Offer>, u32),
    /// A number from, to, with labels of both ends.
    Scale(i64, i64, String, String),
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// Text; whether of several lines.
    Text(bool),
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A moment.
    DateTime,
    /// Yes or no.
    YesNo,
    /// Nothing to answer: the end.
    Review,
}

/// A choice on offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What is stored.
    pub name: String,
    /// What is shown.
    pub label: String,
    /// Goes with no other.
    pub exclusive: bool,
}

/// A line of the review before finalising.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewLine {
    /// The question.
    pub place: Place,
    /// Its label, with the roster row before it.
    pub label: String,
    /// What is recorded, in words; `None` where nothing is.
    pub answer: Option<String>,
    /// The answer could harm the respondent if it leaked.
    pub sensitive: bool,
    /// Must still be answered.
    pub due: bool,
    /// Remarks and overridden checks.
    pub remarks: Vec<String>,
}

impl Interview {
    /// An interview without any fact yet.
    #[must_use]
    pub fn new(_questionnaire: Arc<Questionnaire>) -> Self {
        todo!()
    }

    /// The state after these facts.
    pub fn replay<'a>(questionnaire: Arc<Questionnaire>, facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        let mut interview = Self::new(questionnaire);
        facts.into_iter().for_each(|fact| interview.apply(fact));
        interview
    }

    /// Takes one fact in. Facts about items that this questionnaire does not have are kept out
    /// of the state (they stay in the journal).
    pub fn apply(&mut self, _fact: &Fact) {
        todo!()
    }

    /// What an intent means here: the facts to make durable and then [`Self::apply`].
    ///
    /// # Errors
    /// Says why it is not possible.
    pub fn decide(&self, _intent: &Intent) -> Result<Vec<Fact>, Refusal> {
        todo!()
    }

    /// Reads typed text as an answer to the current stop: a choice by its number in the view, by
    /// name or by label; several separated by spaces or commas; dates as `2026-03-31`.
    ///
    /// # Errors
    /// Says what does not fit.
    pub fn read(&self, _text: &str) -> Result<Value, Refusal> {
        todo!()
    }

    /// What to show now.
    #[must_use]
    pub fn view(&self) -> View {
        todo!()
    }

    /// All questions of the interview with what is recorded, in order.
    #[must_use]
    pub fn review(&self) -> Vec<ReviewLine> {
        todo!()
    }

    /// Where it stands.
    #[must_use]
    pub fn stop(&self) -> &Stop {
        todo!()
    }

    /// The questionnaire.
    #[must_use]
    pub fn questionnaire(&self) -> &Arc<Questionnaire> {
        &self.questionnaire
    }

    /// What the first fact says; `None` before it.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        todo!()
    }

    /// How far it is.
    #[must_use]
    pub fn status(&self) -> Status {
        todo!()
    }

    /// What counts at a place, for data: the value or calculated value, the recorded reason,
    /// *not asked* where it is not relevant, *not reached* where nothing is recorded.
    #[must_use]
    pub fn outcome(&self, _place: &Place) -> Answer {
        todo!()
    }

    /// The rows of a roster, in order; none where the roster is not relevant.
    #[must_use]
    pub fn rows(&self, _roster: &Place) -> &[RowKey] {
        todo!()
    }

    /// Leaves an answer out of the state because it is in conflict: two devices gave different
    /// ones and nobody has decided.
    pub fn set_aside(&mut self, _address: &Address) {
        todo!()
    }

    /// Whether the answer at this place is in conflict.
    #[must_use]
    pub fn is_set_aside(&self, _place: &Place) -> bool {
        todo!()
    }
}
