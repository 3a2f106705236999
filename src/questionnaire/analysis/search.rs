//! Whether there are answers that meet conditions. A search over what each answer can be; it never
//! calls possible answers impossible, but may call impossible ones possible where it would take too
//! long or where a condition says more than it understands.

use std::collections::BTreeMap;

use super::domain::Domain;
use crate::expression::{Condition, Slot};

/// Steps that one search takes at most.
const MOST_STEPS: u32 = 4_000;

/// Something that must hold.
#[derive(Debug, Clone)]
pub(super) struct Premise<'q> {
    /// Only where this has an answer; everywhere, if absent.
    pub(super) where_answered: Option<Slot>,
    pub(super) condition: &'q Condition,
    /// Whether it must hold, or must not.
    pub(super) holds: bool,
}

/// A search among answers of which this is known beforehand.
pub(super) struct Search<'q, 'd> {
    premises: &'q [Premise<'q>],
    domain: &'d dyn Fn(Slot) -> Domain,
    steps: u32,
}

type Answers = BTreeMap<Slot, Domain>;

/// Whether there may be answers that meet all premises.
pub(super) fn is_possible(premises: &[Premise<'_>], domain: &dyn Fn(Slot) -> Domain) -> bool {
    let mut search = Search { premises, domain, steps: 0 };
    let pending = premises.iter().filter(|p| p.where_answered.is_none());
    let pending = pending.map(|p| (p.condition, p.holds)).collect();
    search.goes_on(Answers::new(), pending, vec![false; premises.len()])
}

impl<'q> Search<'q, '_> {
    fn goes_on(
        &mut self,
        mut answers: Answers,
        mut pending: Vec<(&'q Condition, bool)>,
        mut applied: Vec<bool>,
    ) -> bool {
        loop {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return true;
            }
            let Some((condition, holds)) = pending.pop() else {
                let due = self.premises.iter().enumerate().find(|(at, premise)| {
                    let answered = premise.where_answered.and_then(|slot| answers.get(&slot));
                    !applied.get(*at).copied().unwrap_or(true) && answered.is_some_and(|d| !d.may_be_empty)
                });
                let Some((at, premise)) = due else { return true };
                if let Some(done) = applied.get_mut(at) {
                    *done = true;
                }
                pending.push((premise.condition, premise.holds));
                continue;
            };
            match (condition, holds) {
                (Condition::Always(always), _) if *always != holds => return false,
                (
                    Condition::Always(_)
                    | Condition::Other(_)
                    | Condition::Same(..)
                    | Condition::Sides(..)
                    | Condition::Lacks(..),
                    _,
                ) => {}
                (Condition::Not(inner), _) => pending.push((inner, !holds)),
                (Condition::All(parts), true) | (Condition::Any(parts), false) => {
                    pending.extend(parts.iter().map(|part| (part, holds)));
                }
                (Condition::All(parts), false) | (Condition::Any(parts), true) => {
                    return parts.iter().any(|part| {
                        let mut pending = pending.clone();
                        pending.push((part, holds));
                        self.goes_on(answers.clone(), pending, applied.clone())
                    });
                }
                (Condition::Answered(slot), _) => {
                    if !self.narrow(&mut answers, *slot, |domain| domain.answered(holds)) {
                        return false;
                    }
                }
                (Condition::Compares(slot, how, with), _) => {
                    if !self.narrow(&mut answers, *slot, |domain| domain.compares(*how, with, holds)) {
                        return false;
                    }
                }
                (Condition::Selected(slot, name), _) => {
                    if !self.narrow(&mut answers, *slot, |domain| domain.selected(name, holds)) {
                        return false;
                    }
                }
                (Condition::Counts(slot, how, number), _) => {
                    if !self.narrow(&mut answers, *slot, |domain| domain.counts(*how, *number, holds)) {
                        return false;
                    }
                }
            }
        }
    }

    fn narrow(&self, answers: &mut Answers, slot: Slot, change: impl FnOnce(&mut Domain)) -> bool {
        let domain = answers.entry(slot).or_insert_with(|| (self.domain)(slot));
        change(domain);
        domain.is_possible()
    }
}
