//! What an answer can still be, while conditions about it are taken in one after another.

use std::collections::BTreeSet;

use chrono::{Datelike, Timelike};

use crate::expression::Comparison;
use crate::questionnaire::{Input, Item, Kind, Questionnaire};
use crate::value::{Type, Value};

/// What one answer can be.
#[derive(Debug, Clone)]
pub(super) struct Domain {
    /// Whether there can be none.
    pub(super) may_be_empty: bool,
    /// What it can be where there is one; `None` if there cannot be one.
    values: Option<Values>,
}

#[derive(Debug, Clone)]
enum Values {
    /// Anything.
    Any,
    /// A number, a day or a time, in one of these ranges.
    Numbers { ranges: Vec<Range>, whole: bool },
    /// One of so many, these left out.
    OneBut { of: usize, left_out: BTreeSet<String> },
    /// This.
    One(String),
    /// Several choices.
    Several(Several),
}

/// A range of numbers; each end with whether it belongs to it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Range {
    from: (f64, bool),
    to: (f64, bool),
}

/// What is known of the chosen.
#[derive(Debug, Clone, Default)]
struct Several {
    /// How many choices there are that go with others.
    free: usize,
    /// Those that go with no other.
    exclusive: BTreeSet<String>,
    with: BTreeSet<String>,
    without: BTreeSet<String>,
    least: i64,
    most: i64,
    /// Numbers of choices that are left out.
    but: BTreeSet<i64>,
}

const EVERYTHING: Range = Range { from: (f64::NEG_INFINITY, false), to: (f64::INFINITY, false) };

impl Domain {
    /// Whatever an item can hold by its type.
    pub(super) fn of(questionnaire: &Questionnaire, item: &Item) -> Self {
        let numbers = |whole| Values::Numbers { ranges: vec![EVERYTHING], whole };
        let values = match &item.kind {
            Kind::Question(question) => match &question.input {
                Input::SelectOne { list, .. } => {
                    Values::OneBut { of: questionnaire.list(*list).choices.len(), left_out: BTreeSet::new() }
                }
                Input::SelectMultiple { list, .. } => {
                    let list = questionnaire.list(*list);
                    let exclusive = list.choices.iter().filter(|c| c.exclusive).map(|c| c.name.clone());
                    let exclusive: BTreeSet<String> = exclusive.collect();
                    let (free, most) = (list.choices.len() - exclusive.len(), i64::MAX);
                    Values::Several(Several { free, exclusive, least: 1, most, ..Several::default() })
                }
                Input::Integer | Input::Scale { .. } | Input::Date => numbers(true),
                Input::Decimal | Input::Time => numbers(false),
                _ => Values::Any,
            },
            Kind::Calculate(expression) => match expression.ty() {
                Type::Integer => numbers(true),
                Type::Decimal => numbers(false),
                _ => Values::Any,
            },
            _ => Values::Any,
        };
        Self { may_be_empty: true, values: Some(values) }
    }

    /// Whether anything is left that the answer can be.
    pub(super) fn is_possible(&self) -> bool {
        self.may_be_empty || self.values.is_some()
    }

    /// There is an answer, or there is none.
    pub(super) fn answered(&mut self, is_answered: bool) {
        if is_answered {
            self.may_be_empty = false;
        } else {
            self.values = None;
        }
    }

    /// The answer compares so; or it does not, which is also so where there is none.
    pub(super) fn compares(&mut self, how: Comparison, with: &Value, holds: bool) {
        self.may_be_empty &= !holds;
        let how = if holds { how } else { how.opposite() };
        self.narrow(|values| match (values, with) {
            (Values::Numbers { ranges, whole }, with) => match number(with) {
                Some(number) => cut(ranges, *whole, how, number),
                None => true,
            },
            (values, Value::Text(name)) => match how {
                Comparison::Equal => values.is(name, true),
                Comparison::NotEqual => values.is(name, false),
                _ => true,
            },
            _ => true,
        });
    }

    /// A choice is among the chosen, or is not.
    pub(super) fn selected(&mut self, name: &str, holds: bool) {
        self.may_be_empty &= !holds;
        self.narrow(|values| match values {
            Values::Several(several) => {
                let side = if holds { &mut several.with } else { &mut several.without };
                side.insert(name.to_owned());
                several.is_possible()
            }
            values => values.is(name, holds),
        });
    }

    /// The number of the chosen compares so, or does not. Of no answer it is 0.
    pub(super) fn counts(&mut self, how: Comparison, number: i64, holds: bool) {
        let how = if holds { how } else { how.opposite() };
        self.may_be_empty &= compare(how, 0, number);
        self.narrow(|values| match values {
            Values::OneBut { .. } | Values::One(_) => compare(how, 1, number),
            Values::Several(several) => {
                match how {
                    Comparison::Equal => {
                        several.least = several.least.max(number);
                        several.most = several.most.min(number);
                    }
                    Comparison::Less => several.most = several.most.min(number.saturating_sub(1)),
                    Comparison::AtMost => several.most = several.most.min(number),
                    Comparison::More => several.least = several.least.max(number.saturating_add(1)),
                    Comparison::AtLeast => several.least = several.least.max(number),
                    Comparison::NotEqual => {
                        several.but.insert(number);
                    }
                }
                several.is_possible()
            }
            _ => true,
        });
    }

    /// Narrows what is there; `keep` says whether anything is left.
    fn narrow(&mut self, keep: impl FnOnce(&mut Values) -> bool) {
        if let Some(values) = &mut self.values
            && !keep(values)
        {
            self.values = None;
        }
    }
}

impl Values {
    /// It is this, or is not. Whether it can be so.
    fn is(&mut self, name: &str, holds: bool) -> bool {
        match self {
            Self::One(one) => (one == name) == holds,
            Self::OneBut { left_out, .. } if holds => {
                let possible = !left_out.contains(name);
                *self = Self::One(name.to_owned());
                possible
            }
            Self::OneBut { of, left_out } => {
                left_out.insert(name.to_owned());
                left_out.len() < *of
            }
            Self::Any if holds => {
                *self = Self::One(name.to_owned());
                true
            }
            _ => true,
        }
    }
}

impl Several {
    fn is_possible(&self) -> bool {
        // Together with others, or one alone that goes with no other.
        let free = self.free - self.without.difference(&self.exclusive).count().min(self.free);
        let together = self.with.is_disjoint(&self.exclusive) && self.holds_between(free);
        let alone = self.exclusive.iter().any(|name| {
            !self.without.contains(name) && self.with.iter().all(|n| n == name) && self.holds_between(1)
        });
        self.with.is_disjoint(&self.without) && (together || alone)
    }

    /// Whether a number of choices out of so many fits.
    fn holds_between(&self, many: usize) -> bool {
        let (least, most) = (self.least.max(self.with.len() as i64).max(1), self.most.min(many as i64));
        // As many numbers as are left out, and one more, are enough to look at.
        (least..=most).take(self.but.len() + 1).any(|many| !self.but.contains(&many))
    }
}

fn compare(how: Comparison, left: i64, right: i64) -> bool {
    match how {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Less => left < right,
        Comparison::AtMost => left <= right,
        Comparison::More => left > right,
        Comparison::AtLeast => left >= right,
    }
}

/// A value on the line of numbers: days and times by their number.
fn number(value: &Value) -> Option<f64> {
    /// Beyond this, not every whole number is a number here, and what looks impossible may not be.
    const EXACT: u64 = 1 << 53;
    Some(match value {
        Value::Integer(i) if i.unsigned_abs() >= EXACT => return None,
        Value::Integer(i) => *i as f64,
        Value::Decimal(d) if d.abs() >= EXACT as f64 => return None,
        Value::Decimal(d) => *d,
        Value::Date(date) => f64::from(date.num_days_from_ce()),
        Value::Time(time) => f64::from(time.num_seconds_from_midnight()),
        _ => return None,
    })
}

/// Cuts away what does not compare so. Whether anything is left.
fn cut(ranges: &mut Vec<Range>, whole: bool, how: Comparison, number: f64) -> bool {
    let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
    let wanted: &[Range] = match how {
        Comparison::Equal => &[Range { from: (number, true), to: (number, true) }],
        Comparison::NotEqual => &[
            Range { from: (low, false), to: (number, false) },
            Range { from: (number, false), to: (high, false) },
        ],
        Comparison::Less => &[Range { from: (low, false), to: (number, false) }],
        Comparison::AtMost => &[Range { from: (low, false), to: (number, true) }],
        Comparison::More => &[Range { from: (number, false), to: (high, false) }],
        Comparison::AtLeast => &[Range { from: (number, true), to: (high, false) }],
    };
    *ranges = ranges
        .iter()
        .flat_map(|range| wanted.iter().map(move |wanted| range.and(wanted)))
        .map(|range| if whole { range.whole() } else { range })
        .filter(Range::holds_something)
        .collect();
    !ranges.is_empty()
}

impl Range {
    fn and(&self, other: &Self) -> Self {
        let tighter_from = |a: (f64, bool), b: (f64, bool)| {
            if a.0 > b.0 || (a.0 >= b.0 && !a.1) { a } else { b }
        };
        let tighter_to = |a: (f64, bool), b: (f64, bool)| {
            if a.0 < b.0 || (a.0 <= b.0 && !a.1) { a } else { b }
        };
        Self { from: tighter_from(self.from, other.from), to: tighter_to(self.to, other.to) }
    }

    /// Its ends at the whole numbers in it.
    fn whole(self) -> Self {
        let Self { from, to } = self;
        let from = if from.0.is_finite() {
            (if from.1 { from.0.ceil() } else { from.0.floor() + 1.0 }, true)
        } else {
            from
        };
        let to =
            if to.0.is_finite() { (if to.1 { to.0.floor() } else { to.0.ceil() - 1.0 }, true) } else { to };
        Self { from, to }
    }

    fn holds_something(&self) -> bool {
        self.from.0 < self.to.0 || (self.from.0 <= self.to.0 && self.from.1 && self.to.1)
    }
}
