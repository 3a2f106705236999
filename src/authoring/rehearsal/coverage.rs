//! What interviews with respondents by chance have seen of a questionnaire.

use std::sync::Arc;

use crate::interview::{Interview, Place, Refusal};
use crate::journal::Fact;
use crate::questionnaire::{Item, ItemId, Questionnaire};
use crate::value::{Answer, Value};

/// What was seen, added up over interviews. [`Coverage::text`] and [`Coverage::json`] tell it.
#[derive(Debug)]
pub struct Coverage {
    pub(super) questionnaire: Arc<Questionnaire>,
    pub(super) interviews: u64,
    pub(super) finalised: u64,
    pub(super) questions: u64,
    pub(super) items: Vec<Seen>,
}

/// What was seen of one item; a question in a roster counts once for each row.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub asked: u64,
    pub answered: u64,
    pub missing: u64,
    /// How often each choice of the list was taken.
    pub choices: Vec<u64>,
    /// How often its `relevant` held and did not, what it stands in being asked.
    pub held: u64,
    pub not_held: u64,
    /// How often its constraint refused an answer.
    pub refused: u64,
    /// How often each of its checks warned.
    pub warned: Vec<u64>,
    /// How often no answer was found that is taken, and the first reason.
    pub stuck: u64,
    pub why: Option<String>,
    /// How often it had still to be answered when everything had been asked.
    pub due: u64,
}

impl Coverage {
    /// Nothing is seen yet.
    #[must_use]
    pub fn new(questionnaire: Arc<Questionnaire>) -> Self {
        let seen = |item: &Item| {
            let question = item.question();
            let list = question.and_then(|q| q.input.list());
            Seen {
                choices: vec![0; list.map_or(0, |list| questionnaire.list(list).choices.len())],
                warned: vec![0; question.map_or(0, |q| q.checks.len())],
                ..Seen::default()
            }
        };
        let items = questionnaire.items.iter().map(seen).collect();
        Self { questionnaire, interviews: 0, finalised: 0, questions: 0, items }
    }

    fn of(&mut self, item: ItemId) -> &mut Seen {
        &mut self.items[item.0 as usize]
    }

    pub(super) fn asked(&mut self, item: &Item) {
        self.questions += 1;
        self.of(item.id).asked += 1;
    }

    /// A question was left with this answer, or without any.
    pub(super) fn answered(&mut self, item: &Item, answer: Option<&Answer>) {
        let list = item.question().and_then(|q| q.input.list());
        let taken: Vec<usize> = match (answer, list) {
            (Some(Answer::Value(value)), Some(list)) => {
                let names = match value {
                    Value::Choice(name) => std::slice::from_ref(name),
                    Value::Choices(names) => names.as_slice(),
                    _ => &[],
                };
                let choices = &self.questionnaire.list(list).choices;
                names.iter().filter_map(|name| choices.iter().position(|c| c.name == *name)).collect()
            }
            _ => Vec::new(),
        };
        let seen = self.of(item.id);
        match answer {
            Some(Answer::Value(_)) => seen.answered += 1,
            Some(Answer::Missing(_)) => seen.missing += 1,
            None => {}
        }
        taken.into_iter().for_each(|choice| seen.choices[choice] += 1);
    }

    pub(super) fn refused(&mut self, item: &Item, refusal: &Refusal) {
        if matches!(refusal, Refusal::Constraint(_)) {
            self.of(item.id).refused += 1;
        }
    }

    /// The checks that these facts override have warned.
    pub(super) fn warned(&mut self, item: &Item, facts: &[Fact]) {
        for fact in facts {
            if let (Fact::Overrode { check, .. }, Some(question)) = (fact, item.question()) {
                let place = question.checks.iter().position(|c| c.when.text() == check);
                if let Some(warned) = place.and_then(|place| self.of(item.id).warned.get_mut(place)) {
                    *warned += 1;
                }
            }
        }
    }

    pub(super) fn stuck(&mut self, item: &Item, why: &str) {
        let seen = self.of(item.id);
        seen.stuck += 1;
        seen.why.get_or_insert_with(|| why.to_owned());
    }

    pub(super) fn times_stuck(&self, item: &Item) -> u64 {
        self.items[item.id.0 as usize].stuck
    }

    pub(super) fn left_due(&mut self, item: ItemId) {
        self.of(item).due += 1;
    }

    /// An interview is over: counts how its conditions came out.
    pub(super) fn end(&mut self, interview: &Interview, is_finalised: bool) {
        self.interviews += 1;
        self.finalised += u64::from(is_finalised);
        let questionnaire = Arc::clone(&self.questionnaire);
        for item in questionnaire.items.iter().filter(|item| item.relevant.is_some()) {
            for rows in interview.instances(item.id) {
                let is_open = item.parent.is_none_or(|parent| {
                    let depth = questionnaire.item(parent).rosters.len();
                    interview.is_relevant(&Place { item: parent, rows: rows[..depth].to_vec() })
                });
                if !is_open {
                    continue;
                }
                let holds = interview.is_relevant(&Place { item: item.id, rows });
                let seen = self.of(item.id);
                if holds { seen.held += 1 } else { seen.not_held += 1 }
            }
        }
    }
}
