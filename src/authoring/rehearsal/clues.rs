//! What the expressions of a questionnaire tell about answers that make a difference.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveTime};

use crate::expression::Expression;
use crate::questionnaire::{Item, ItemId, Kind, Questionnaire, Rows};
use crate::value::Value;

/// The literals of the expressions that read one question.
#[derive(Debug, Clone, Default)]
pub(super) struct Clues {
    pub numbers: Vec<f64>,
    pub texts: Vec<String>,
    pub dates: Vec<NaiveDate>,
    pub times: Vec<NaiveTime>,
    /// Whether a roster has as many rows as this says.
    pub counts_rows: bool,
    /// Choice -> how much of the questionnaire hangs on it.
    pub opens: HashMap<String, f64>,
}

impl Clues {
    /// The clues for every item, by its number.
    pub(super) fn of(questionnaire: &Questionnaire) -> Vec<Self> {
        let mut clues = vec![Self::default(); questionnaire.items.len()];
        for item in &questionnaire.items {
            for expression in expressions(item) {
                let literals = expression.literals();
                for reference in expression.references() {
                    if let Some(clues) = clues.get_mut(reference.slot.0 as usize) {
                        literals.iter().for_each(|literal| clues.take(literal));
                    }
                }
            }
            if let Some(count) = count(item) {
                // A size that is first worked out counts as well: `${adults} + ${children}`.
                for id in behind(questionnaire, count) {
                    clues[id.0 as usize].counts_rows = true;
                }
            }
        }
        add_what_opens(questionnaire, &mut clues);
        clues
    }

    fn take(&mut self, literal: &Value) {
        fn add<T: PartialEq>(to: &mut Vec<T>, new: T) {
            if !to.contains(&new) {
                to.push(new);
            }
        }
        match literal {
            Value::Integer(i) => add(&mut self.numbers, *i as f64),
            Value::Decimal(d) => add(&mut self.numbers, *d),
            Value::Text(t) => add(&mut self.texts, t.clone()),
            Value::Date(d) => add(&mut self.dates, *d),
            Value::Time(t) => add(&mut self.times, *t),
            Value::Boolean(_) | Value::DateTime(_) | Value::Choice(_) | Value::Choices(_) => {}
        }
    }
}

fn count(item: &Item) -> Option<&Expression> {
    match &item.kind {
        Kind::Roster(roster) => match &roster.rows {
            Rows::Count(count) => Some(count),
            Rows::PerChoice(_) | Rows::PerRow(_) | Rows::Open => None,
        },
        _ => None,
    }
}

/// The items that an expression reads, those that its calculations read included.
fn behind(questionnaire: &Questionnaire, expression: &Expression) -> Vec<ItemId> {
    let ids = |expression: &Expression| -> Vec<ItemId> {
        let slots = expression.references().iter().map(|reference| ItemId(reference.slot.0));
        slots.filter(|id| (id.0 as usize) < questionnaire.items.len()).collect()
    };
    let mut found = ids(expression);
    let mut next = 0;
    while let Some(id) = found.get(next) {
        if let Kind::Calculate(calculation) = &questionnaire.item(*id).kind {
            for id in ids(calculation) {
                if !found.contains(&id) {
                    found.push(id);
                }
            }
        }
        next += 1;
    }
    found
}

/// All expressions of an item.
fn expressions(item: &Item) -> Vec<&Expression> {
    let mut all: Vec<&Expression> = item.relevant.iter().chain(count(item)).collect();
    match &item.kind {
        Kind::Calculate(calculation) => all.push(calculation),
        Kind::Question(question) => {
            all.extend(question.required.iter().chain(&question.default));
            all.extend(question.constraint.iter().map(|constraint| &constraint.condition));
            all.extend(question.checks.iter().map(|check| &check.when));
            all.extend(question.input.filter());
        }
        Kind::Section | Kind::Group | Kind::Roster(_) | Kind::Note => {}
    }
    all
}

/// Counts, from the end to the beginning, what each answer opens: the items under a condition, and
/// all that their answers open in turn.
fn add_what_opens(questionnaire: &Questionnaire, clues: &mut [Clues]) {
    let mut opens = vec![0.0; questionnaire.items.len()];
    for item in questionnaire.items.iter().rev() {
        let at = item.id.0 as usize;
        if let Kind::Calculate(calculation) = &item.kind {
            let worth: f64 = opens[at];
            for reference in calculation.references() {
                if let Some(opens) = opens.get_mut(reference.slot.0 as usize) {
                    *opens += worth;
                }
            }
        }
        let Some(relevant) = &item.relevant else { continue };
        let worth: f64 = opens[at..item.end as usize].iter().map(|opens| 1.0 + opens).sum();
        for reference in relevant.references() {
            let to = reference.slot.0 as usize;
            let (Some(all), Some(clues)) = (opens.get_mut(to), clues.get_mut(to)) else { continue };
            *all += worth;
            for literal in relevant.literals() {
                if let Value::Text(choice) = literal {
                    *clues.opens.entry(choice).or_default() += worth;
                }
            }
        }
    }
}
