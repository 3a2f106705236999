//! Where it may be told how many people have no value, and why.
//!
//! Those counts stand in every cell and add up like the others, so that what a blanked cell hides could be had from the rest
//! by subtraction. No estimate is worth blanking for them: where the counts of a disaggregation would give away one that is
//! not zero, none of its cells tells any, and where they still would, further disaggregations do not either.

use std::ops::Range;

use super::alternatives::Alternatives;
use super::disclosure::Sum;

/// The cells of all disaggregations of an indicator, the total first.
#[derive(Debug)]
pub(super) struct Cells<'c> {
    /// Which cells each disaggregation has.
    pub(super) tables: &'c [Range<usize>],
    pub(super) sums: &'c [Sum],
    /// The cells of which nobody shall learn why people have no value. Cells behind the last one are not published.
    pub(super) protected: &'c [bool],
    /// For each reason, how many have it in each cell, those of unpublished ones included.
    pub(super) reasons: &'c [Vec<usize>],
}

impl Cells<'_> {
    /// For each published cell, whether it tells reasons.
    pub(super) fn told(&self) -> Vec<bool> {
        let mut open = vec![true; self.tables.len()];
        let cells = self.reasons.iter().map(Vec::len).max().unwrap_or(0);
        let alternatives = Alternatives::new(self.sums, cells);
        let protected = (0..self.protected.len()).filter(|cell| self.protected[*cell]);
        // What could be another number still could when less is told. That nobody there has a reason may follow.
        let mut narrow: Vec<(usize, &[usize])> = protected
            .flat_map(|cell| self.reasons.iter().map(move |counts| (cell, counts.as_slice())))
            .filter(|(cell, counts)| counts[*cell] > 0)
            .collect();
        while let Some((cell, counts)) = narrow.last().copied() {
            let is_unknown = |cell: usize| !self.is_told(cell, &open);
            if [1, -1].iter().any(|change| alternatives.find(counts, &is_unknown, cell, *change).is_some()) {
                narrow.pop();
            } else {
                match self.to_close(cell, &open) {
                    Some(table) => open[table] = false,
                    // Nothing tells any.
                    None => break,
                }
            }
        }
        (0..self.protected.len()).map(|cell| self.is_told(cell, &open)).collect()
    }

    fn table_of(&self, cell: usize) -> Option<usize> {
        self.tables.iter().position(|cells| cells.contains(&cell))
    }

    fn is_told(&self, cell: usize, open: &[bool]) -> bool {
        self.table_of(cell).is_some_and(|table| open[table] && !self.protected[cell])
    }

    /// The disaggregation to close: a cell's own, one that tells what it is a part of or is made of, or any other. The total
    /// stays.
    fn to_close(&self, cell: usize, open: &[bool]) -> Option<usize> {
        let with = self.sums.iter().filter(|sum| sum.parts.contains(&cell) || sum.total == Some(cell));
        let beside =
            with.flat_map(|sum| sum.total.iter().chain(&sum.parts)).filter_map(|cell| self.table_of(*cell));
        let mut tables = self.table_of(cell).into_iter().chain(beside).chain(1..self.tables.len());
        tables.find(|table| *table > 0 && open[*table])
    }
}

#[cfg(test)]
mod tests {
    use super::{Cells, Sum};

    #[test]
    fn what_one_cell_hides_is_not_had_from_the_others() {
        // Of two groups one is a single person, who refused.
        let sums = [Sum { total: None, parts: vec![1, 2] }];
        let told = |protected: &[bool]| {
            Cells { tables: &[0..1, 1..3], sums: &sums, protected, reasons: &[vec![1, 0, 1]] }.told()
        };
        assert_eq!(told(&[false; 3]), [true; 3]);
        assert_eq!(told(&[false, false, true]), [true, false, false]);
        // Two blanked cells leave open which of them it is.
        assert_eq!(told(&[false, true, true]), [true, false, false]);
    }

    #[test]
    fn margins_that_give_a_crossed_cell_away_tell_nothing_either() {
        // Two by two: the only refusal is in row one and in column one, and so in the cell at the corner.
        let tables = [0..1, 1..3, 3..5, 5..9];
        let sums = [
            Sum { total: None, parts: vec![1, 2] },
            Sum { total: None, parts: vec![3, 4] },
            Sum { total: None, parts: (5..9).collect() },
            Sum { total: Some(1), parts: vec![5, 6] },
            Sum { total: Some(2), parts: vec![7, 8] },
            Sum { total: Some(3), parts: vec![5, 7] },
            Sum { total: Some(4), parts: vec![6, 8] },
        ];
        let mut protected = [false; 9];
        protected[5] = true;
        let told = |reasons: &[Vec<usize>]| {
            Cells { tables: &tables, sums: &sums, protected: &protected, reasons }.told()
        };
        let tables_told = |reasons: &[Vec<usize>]| [0, 1, 3, 6].map(|cell| told(reasons)[cell]);
        assert_eq!(tables_told(&[vec![1, 1, 0, 1, 0, 1, 0, 0, 0]]), [true, false, true, false]);
        // Two in each margin could be on either diagonal.
        assert_eq!(tables_told(&[vec![2, 1, 1, 1, 1, 1, 0, 0, 1]]), [true, true, true, false]);
    }
}
