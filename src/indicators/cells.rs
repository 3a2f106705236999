//! Counting: who is in each domain of a disaggregation, and why they have no value.

use super::definition::Base;
use super::domains::Domains;
use super::measure::Measured;
use crate::value::Missing;

/// The units of one domain.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// Who counts in the base.
    pub(super) base: usize,
    /// All, asked or not.
    pub(super) members: usize,
    /// How many lack a value, by reason, in the order of [`Missing::ALL`].
    reasons: [usize; Missing::ALL.len()],
}

impl Cell {
    fn count(&mut self, counts: bool, status: Option<Missing>) {
        self.members += 1;
        self.base += usize::from(counts);
        if let Some(count) = status.and_then(|reason| self.reasons.get_mut(reason as usize)) {
            *count += 1;
        }
    }

    pub(super) fn reason(&self, reason: Missing) -> usize {
        self.reasons.get(reason as usize).copied().unwrap_or_default()
    }

    /// Whether nobody in it has a value, and so few lack one that why they do would be told of them.
    pub(super) fn is_few_without(&self, minimum: usize) -> bool {
        self.base == 0 && (1..minimum).contains(&self.members)
    }
}

/// The cells of a disaggregation.
pub(super) fn cells(domains: &Domains, base: Base, measured: &Measured) -> Vec<Cell> {
    let mut cells = vec![Cell::default(); domains.groups.len()];
    for (unit, (member, status)) in domains.member.iter().zip(&measured.status).enumerate() {
        if let Some(cell) = member.and_then(|m| cells.get_mut(m as usize))
            && measured.takes_part(unit)
        {
            cell.count(base.counts(*status), *status);
        }
    }
    cells
}
