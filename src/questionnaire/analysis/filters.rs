//! Choice filters that can leave no choice.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use chrono::{DateTime, FixedOffset};

use super::facts::{Facts, Origin};
use crate::diagnostic::{Diagnostic, Report};
use crate::expression::{Comparison, Condition, Env, Expression, Slot};
use crate::questionnaire::document::DraftQuestion;
use crate::questionnaire::{COLUMN_BASE, Choice, ChoiceList, Input, Item, ListId, Question, codes};
use crate::value::{Missing, Value};

/// As often is one filter tried at most.
const MOST_TRIES: usize = 200_000;

/// As many answers are named that leave no choice.
const NAMED: usize = 3;

/// What stands in the columns of lists, by list and column: long lists are gone through once.
#[derive(Default)]
pub(super) struct Columns(HashMap<(ListId, Slot), Rc<HashSet<String>>>);

impl Columns {
    fn of(&mut self, id: ListId, list: &ChoiceList, column: Slot) -> Rc<HashSet<String>> {
        let text = |choice: &Choice| list.column_value(choice, column).map(|value| value.to_string());
        let values = self.0.entry((id, column));
        Rc::clone(values.or_insert_with(|| Rc::new(list.choices.iter().filter_map(text).collect())))
    }
}

/// Warns where answers that can be given leave no choice of a question.
pub(super) fn look_at(
    facts: &Facts<'_>,
    columns: &mut Columns,
    item: &Item,
    question: &Question,
    draft: &DraftQuestion,
    report: &mut Report,
) {
    let (Some(id), Some(filter)) = (question.input.list(), question.input.filter()) else { return };
    let Some(written) = draft.input.filter() else { return };
    let list = facts.questionnaire.list(id);
    let mut column = |slot| columns.of(id, list, slot);
    let Some(bare) = without_choice(facts, item, list, filter, &mut column) else { return };
    let help = format!(
        "Add choices for it to list `{}`, or ask `{}` only where there are some.",
        list.name, item.name
    );
    let message = if bare.is_empty() {
        format!("this filter leaves no choice of list `{}`", list.name)
    } else {
        let more =
            if bare.len() > NAMED { format!(" and {} more", bare.len() - NAMED) } else { String::new() };
        let named: Vec<&str> = bare.iter().take(NAMED).map(String::as_str).collect();
        format!("this filter leaves no choice where {}{more}", named.join(", or "))
    };
    report.push(Diagnostic::warning(codes::NO_CHOICE_LEFT, written.span.clone(), message).help(help));
}

/// The answers that leave no choice, in words; empty words where nothing is asked about. `None` if
/// every answer leaves some, or that cannot be told.
fn without_choice(
    facts: &Facts<'_>,
    item: &Item,
    list: &ChoiceList,
    filter: &Expression,
    column: &mut dyn FnMut(Slot) -> Rc<HashSet<String>>,
) -> Option<Vec<String>> {
    if !filter.is_plain() {
        return None;
    }
    let mut asked: Vec<&Item> = Vec::new();
    for reference in filter.references() {
        if reference.slot.0 >= COLUMN_BASE {
            continue;
        }
        let read = facts.item(reference.slot).filter(|_| !reference.many)?;
        asked.push(read);
    }
    let filled = Filled { list, choice: None, answer: None };
    match asked[..] {
        [] => {
            let none = !list.choices.iter().any(|choice| filter.holds(&filled.with(choice, None)));
            none.then(Vec::new)
        }
        [read] => {
            let question = read.question()?;
            let Input::SelectOne { list: values, .. } = &question.input else { return None };
            let values = facts.questionnaire.list(*values);
            let offers = Offers::new(list, filter, values.choices.len(), column);
            let mut bare = Vec::new();
            for value in &values.choices {
                let answer = (Slot(read.id.0), Value::Choice(value.name.clone()));
                if !offers.any(&filled, filter, &answer)? && can_be(facts, item, &answer) {
                    bare.push(format!("`{}` is '{}'", read.name, value.name));
                }
            }
            let reason = question.missing.iter().find(|reason| **reason != Missing::NotAlone);
            if let Some(reason) = reason
                && !list.choices.iter().any(|choice| filter.holds(&filled.with(choice, None)))
                && can_be_missing(facts, item, Slot(read.id.0))
            {
                bare.push(format!("`{}` is missing ({})", read.name, reason.name()));
            }
            (!bare.is_empty()).then_some(bare)
        }
        _ => None,
    }
}

/// Whether a question may be asked where another has this answer.
fn can_be(facts: &Facts<'_>, item: &Item, (slot, value): &(Slot, Value)) -> bool {
    let Value::Choice(name) = value else { return true };
    let condition = Condition::Compares(*slot, Comparison::Equal, Value::Text(name.clone()));
    let mut knowledge = facts.where_asked(item.id, true);
    knowledge.add(None, &condition, true, Origin::Own);
    facts.complete(&mut knowledge, None);
    facts.is_possible(&knowledge)
}

/// Whether a question may be asked where another has no answer.
fn can_be_missing(facts: &Facts<'_>, item: &Item, slot: Slot) -> bool {
    let condition = Condition::Answered(slot);
    let mut knowledge = facts.where_asked(item.id, true);
    knowledge.add(None, &condition, false, Origin::Own);
    facts.complete(&mut knowledge, None);
    facts.is_possible(&knowledge)
}

/// How it is found out whether an answer leaves a choice.
enum Offers {
    /// The filter is `column = ${answer}`: what stands in that column.
    Column(Rc<HashSet<String>>),
    /// By trying every choice.
    Tried,
    /// Not at all: it would take too long.
    TooMany,
}

impl Offers {
    fn new(
        list: &ChoiceList,
        filter: &Expression,
        answers: usize,
        column: &mut dyn FnMut(Slot) -> Rc<HashSet<String>>,
    ) -> Self {
        if let Condition::Same(one, other) = filter.condition() {
            return Self::Column(column(if one.0 >= COLUMN_BASE { one } else { other }));
        }
        if list.choices.len().saturating_mul(answers) > MOST_TRIES { Self::TooMany } else { Self::Tried }
    }

    fn any(&self, filled: &Filled<'_>, filter: &Expression, answer: &(Slot, Value)) -> Option<bool> {
        match self {
            Self::Column(values) => Some(values.contains(&answer.1.to_string())),
            Self::Tried => {
                let mut choices = filled.list.choices.iter();
                Some(choices.any(|choice| filter.holds(&filled.with(choice, Some(answer)))))
            }
            Self::TooMany => None,
        }
    }
}

/// One choice of a list, and at most one answer.
struct Filled<'a> {
    list: &'a ChoiceList,
    choice: Option<&'a Choice>,
    answer: Option<&'a (Slot, Value)>,
}

impl<'a> Filled<'a> {
    fn with(&self, choice: &'a Choice, answer: Option<&'a (Slot, Value)>) -> Self {
        Self { list: self.list, choice: Some(choice), answer }
    }
}

impl Env for Filled<'_> {
    fn value(&self, slot: Slot) -> Option<Cow<'_, Value>> {
        if slot.0 >= COLUMN_BASE {
            return self.list.column_value(self.choice?, slot);
        }
        self.answer.filter(|(of, _)| *of == slot).map(|(_, value)| Cow::Borrowed(value))
    }

    fn values(&self, _slot: Slot) -> Vec<Option<Cow<'_, Value>>> {
        Vec::new()
    }

    fn missing(&self, _slot: Slot) -> Option<Missing> {
        None
    }

    fn position(&self, _roster: Slot) -> Option<usize> {
        None
    }

    fn label(&self, _slot: Slot, _choice: &str) -> Option<String> {
        None
    }

    fn now(&self) -> DateTime<FixedOffset> {
        DateTime::default()
    }

    fn random(&self) -> f64 {
        0.0
    }
}
