//! What units score in one category, worked out when it is asked for: a question may have thousands of choices, and a survey
//! a million units.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use crate::dataset::{Coding, Column};

/// The score of each unit in a category; 0 where it has no value.
pub(super) enum Scores {
    /// A number for each.
    Own(Rc<Vec<f64>>),
    /// 1 in this group, 0 in another or in none.
    In(Rc<Vec<Option<u32>>>, u32),
    /// 1 where this choice is among those that were made.
    Named(Rc<Selections>, u32),
    /// What the place of this choice in a ranking of the first so many gives: 1 for the best, and less by as much for each
    /// further one.
    Ranked(Rc<Selections>, u32, u32),
}

impl Scores {
    pub(super) fn own(scores: Vec<f64>) -> Self {
        Self::Own(Rc::new(scores))
    }

    /// All of them, in the order of the units.
    pub(super) fn all(&self) -> Cow<'_, [f64]> {
        match self {
            Self::Own(scores) => Cow::Borrowed(scores),
            Self::In(member, group) => member.iter().map(|member| share(*member == Some(*group))).collect(),
            Self::Named(selections, choice) => {
                selections.scores(|choices| share(choices.contains(choice))).into()
            }
            Self::Ranked(selections, choice, top) => {
                let top = f64::from(*top);
                let points = |place: usize| (top - place as f64) / top;
                let place = |choices: &[u32]| choices.iter().position(|ranked| ranked == choice);
                selections.scores(|choices| place(choices).map_or(0.0, points)).into()
            }
        }
    }
}

/// The choices that units made, each distinct selection once.
pub(super) struct Selections {
    /// The number of each unit's selection; beyond the last where there is none.
    of_unit: Vec<u32>,
    distinct: Vec<Vec<u32>>,
}

impl Selections {
    /// Those in some rows of a column.
    pub(super) fn new(column: &Column, rows: &[usize]) -> Self {
        let Some(coding) = Coding::new(column) else {
            return Self { of_unit: vec![0; rows.len()], distinct: Vec::new() };
        };
        let mut distinct: Vec<Vec<u32>> = Vec::new();
        let mut of_unit = Vec::with_capacity(rows.len());
        for row in rows {
            let number = coding.code(*row);
            of_unit.push(number as u32);
            if let Some(choices) = column.choices(*row) {
                if distinct.len() <= number {
                    distinct.resize(number + 1, Vec::new());
                }
                if let Some(known) = distinct.get_mut(number)
                    && known.is_empty()
                {
                    known.extend_from_slice(choices);
                }
            }
        }
        Self { of_unit, distinct }
    }

    fn scores(&self, of: impl Fn(&[u32]) -> f64) -> Vec<f64> {
        let each: Vec<f64> = self.distinct.iter().map(|choices| of(choices)).collect();
        self.of_unit.iter().map(|number| each.get(*number as usize).copied().unwrap_or(0.0)).collect()
    }
}

/// Who was offered a choice.
pub(super) struct Offer {
    of_unit: Rc<Vec<u32>>,
    /// Whether units of each kind were.
    kinds: Vec<bool>,
}

impl Offer {
    /// That of each choice that some rows of a column were not offered, by its place in the list.
    pub(super) fn all(column: &Column, rows: &[usize]) -> HashMap<u32, Self> {
        let Some(offers) = column.offers() else { return HashMap::new() };
        let of_unit = Rc::new(rows.iter().map(|row| offers.kind(*row) as u32).collect());
        let offer = |choice: u32| Self {
            of_unit: Rc::clone(&of_unit),
            kinds: (0..offers.kinds().len()).map(|kind| offers.has(kind, choice)).collect(),
        };
        offers.kinds().iter().flatten().map(|choice| (*choice, offer(*choice))).collect()
    }

    /// Whether each unit was.
    pub(super) fn units(&self) -> impl Iterator<Item = bool> {
        self.of_unit.iter().map(|kind| self.kinds.get(*kind as usize).copied().unwrap_or(true))
    }
}

/// 1 or 0.
pub(super) fn share(has: bool) -> f64 {
    f64::from(u8::from(has))
}
