//! Counting: who is in each domain of a disaggregation, and which domains are too small to show.

use super::definition::Base;
use super::domains::Domains;
use super::measure::Measured;
use super::units::Units;
use crate::value::Missing;

/// The units of one domain.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// Who counts in the base.
    pub(super) base: usize,
    /// How many interviews those are of.
    pub(super) interviews: usize,
    /// All, asked or not.
    pub(super) members: usize,
    /// How many of the base are on each side of a gap.
    sides: [usize; 2],
    /// The last interview that was counted; units of an interview stand beside each other.
    last: Option<u32>,
    /// How many lack a value, by reason, in the order of [`Missing::ALL`].
    reasons: [usize; Missing::ALL.len()],
}

impl Cell {
    fn count(&mut self, counts: bool, status: Option<Missing>, interview: Option<u32>) {
        self.members += 1;
        if counts {
            self.base += 1;
            if self.last != interview {
                self.interviews += 1;
                self.last = interview;
            }
        }
        if let Some(count) = status.and_then(|reason| self.reasons.get_mut(reason as usize)) {
            *count += 1;
        }
    }

    /// How many lack a value for each reason that results tell, those that were not asked or not reached together.
    pub(super) fn told_reasons(&self) -> [usize; 5] {
        let told = [Missing::DontKnow, Missing::Refused, Missing::NotApplicable, Missing::NotAlone];
        let [dont_know, refused, not_applicable, not_alone] = told.map(|reason| self.reason(reason));
        let not_asked = self.reason(Missing::NotAsked) + self.reason(Missing::NotReached);
        [dont_know, refused, not_applicable, not_alone, not_asked]
    }

    pub(super) fn reason(&self, reason: Missing) -> usize {
        self.reasons.get(reason as usize).copied().unwrap_or_default()
    }

    /// Whether nobody in it has a value, and so few lack one that why they do would be told of them.
    pub(super) fn is_few_without(&self, minimum: usize) -> bool {
        self.base == 0 && (1..minimum).contains(&self.members)
    }

    /// Whether it is of somebody, but of fewer than `minimum` people or households, or has so few on one side
    /// of a gap.
    pub(super) fn is_small(&self, minimum: usize) -> bool {
        let few = |n: &usize| (1..minimum).contains(n);
        few(&self.base) || few(&self.interviews) || self.sides.iter().any(few)
    }
}

/// The cells of a disaggregation, of the units that `takes_part` says.
pub(super) fn cells(
    domains: &Domains,
    base: Base,
    measured: &Measured,
    units: &Units,
    takes_part: impl Fn(usize) -> bool,
) -> Vec<Cell> {
    let mut cells = vec![Cell::default(); domains.groups.len()];
    for (unit, (member, status)) in domains.member.iter().zip(&measured.status).enumerate() {
        if let Some(cell) = member.and_then(|m| cells.get_mut(m as usize))
            && measured.takes_part(unit)
            && takes_part(unit)
        {
            let counts = base.counts(*status);
            cell.count(counts, *status, units.interview.get(unit).copied());
            let side = measured.sides.as_ref().and_then(|sides| sides.get(unit).copied().flatten());
            if let Some(side) = side.filter(|_| counts) {
                cell.sides[usize::from(side)] += 1;
            }
        }
    }
    cells
}
