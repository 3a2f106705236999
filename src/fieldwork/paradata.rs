//! Paradata: how interviews went, from their events. How long each question took, what was gone back to, changed, overridden and
//! remarked on.

use std::collections::{BTreeMap, HashMap};

use crate::journal::{Address, Event, Fact};
use crate::value::{Answer, Missing};

/// A longer pause is a rest, not the time of a question: half an hour, in milliseconds.
pub const REST: i64 = 30 * 60 * 1000;

/// How an interview went.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Passage {
    /// Its questions, in the order in which they were first reached.
    pub questions: Vec<Visited>,
    /// When it began and when its last event was, in milliseconds since 1970.
    pub span: Option<(i64, i64)>,
    /// How long somebody was at it, in milliseconds: without rests.
    pub active: i64,
    /// How often it was taken up again after it was put aside.
    pub resumed: u32,
    /// How often it was opened again after it was complete.
    pub reopened: u32,
    /// How often somebody went to a question other than the next.
    pub moved: u32,
    /// The languages that it was held in, in their order.
    pub languages: Vec<String>,
    /// What people wrote beside the answers.
    pub remarks: Vec<Remark>,
}

/// How it went with one question, in one row of the rosters around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Visited {
    /// The question, and the rows that it is in.
    pub address: Address,
    /// How often it was answered.
    pub answers: u32,
    /// How often its answer became another, or was taken back.
    pub changes: u32,
    /// How often somebody went back or ahead to it.
    pub visits: u32,
    /// How often a warning was overridden.
    pub overrides: u32,
    /// How many remarks there are on it.
    pub comments: u32,
    /// How long it took until it was answered, all answers together, in milliseconds and without rests.
    pub took: i64,
    /// When it was first answered.
    pub answered: Option<i64>,
    /// The language that it was first answered in.
    pub language: String,
    /// Why it has no answer, in the end.
    pub missing: Option<Missing>,
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// On what.
    pub address: Address,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// `comment`, or `override` where it is the reason for keeping an answer all the same.
    pub kind: &'static str,
    /// The words.
    pub text: String,
}

impl Passage {
    /// How an interview went whose events these are, in their order.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        let mut passage = Self::default();
        let mut index = HashMap::new();
        let mut answers: HashMap<usize, &Answer> = HashMap::new();
        let mut before = None;
        for event in events {
            let now = event.stamp.wall;
            let waited = before.map_or(0, |before: i64| now - before);
            let waited = if (0..REST).contains(&waited) { waited } else { 0 };
            before = Some(now);
            let began = passage.span.map_or(now, |(began, _)| began.min(now));
            passage.span = Some((began, passage.span.map_or(now, |(_, ended)| ended.max(now))));
            passage.active += waited;
            match &event.fact {
                Fact::Started { language, .. } | Fact::LanguageChanged { language } => {
                    if passage.languages.last() != Some(language) {
                        passage.languages.push(language.clone());
                    }
                }
                Fact::Answered { address, answer } => {
                    let at = passage.question(&mut index, address);
                    let is_new = answers.insert(at, answer).is_some_and(|known| known != answer);
                    let language = passage.languages.last().cloned().unwrap_or_default();
                    let question = &mut passage.questions[at];
                    question.changes += u32::from(is_new);
                    question.answers += 1;
                    question.took += waited;
                    question.missing = answer.missing();
                    if question.answered.is_none() {
                        question.answered = Some(now);
                        question.language = language;
                    }
                }
                Fact::Cleared { address } => {
                    let at = passage.question(&mut index, address);
                    answers.remove(&at);
                    passage.questions[at].changes += 1;
                    passage.questions[at].missing = None;
                }
                Fact::Moved { to } => {
                    passage.moved += 1;
                    if !to.is_review() {
                        let at = passage.question(&mut index, to);
                        passage.questions[at].visits += 1;
                    }
                }
                Fact::Commented { address, text } => {
                    let at = passage.question(&mut index, address);
                    passage.questions[at].comments += 1;
                    passage.remark(address, now, "comment", text);
                }
                Fact::Overrode { address, reason, .. } => {
                    let at = passage.question(&mut index, address);
                    passage.questions[at].overrides += 1;
                    passage.remark(address, now, "override", reason);
                }
                Fact::Resumed => passage.resumed += 1,
                Fact::Reopened { .. } => passage.reopened += 1,
                Fact::RowAdded { .. }
                | Fact::RowRemoved { .. }
                | Fact::Paused
                | Fact::Finalised
                | Fact::VersionChanged { .. }
                | Fact::Visited { .. }
                | Fact::Resolved { .. } => {}
            }
        }
        passage
    }

    /// How many questions ended without an answer, by reason.
    #[must_use]
    pub fn missing(&self) -> BTreeMap<Missing, usize> {
        let mut counts = BTreeMap::new();
        for reason in self.questions.iter().filter_map(|question| question.missing) {
            *counts.entry(reason).or_default() += 1;
        }
        counts
    }

    fn question(&mut self, index: &mut HashMap<Address, usize>, address: &Address) -> usize {
        let next = self.questions.len();
        let at = *index.entry(address.clone()).or_insert(next);
        if at == next {
            self.questions.push(Visited {
                address: address.clone(),
                answers: 0,
                changes: 0,
                visits: 0,
                overrides: 0,
                comments: 0,
                took: 0,
                answered: None,
                language: String::new(),
                missing: None,
            });
        }
        at
    }

    fn remark(&mut self, address: &Address, at: i64, kind: &'static str, text: &str) {
        self.remarks.push(Remark { address: address.clone(), at, kind, text: text.to_owned() });
    }
}
