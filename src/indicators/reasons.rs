//! Where it may be told how many people have no value, and why.
//!
//! Those counts stand in every cell and add up like the others, so that what a blanked cell hides could be had from the rest
//! by subtraction. No estimate is worth blanking for them: where the counts of a disaggregation would give away one that is
//! not zero, none of its cells tells any, and where they still would, further disaggregations do not either.

use std::ops::Range;

use super::bounds::{Equation, width};
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
        let protected: Vec<usize> = (0..self.protected.len()).filter(|cell| self.protected[*cell]).collect();
        // Each pass closes one more disaggregation, so this ends.
        while let Some(cell) = protected.iter().find(|cell| self.is_given_away(**cell, &open)) {
            match self.to_close(*cell, &open) {
                Some(table) => open[table] = false,
                None => break,
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

    /// Whether some count of a cell follows from those that are told. That nobody there has a reason may follow.
    fn is_given_away(&self, cell: usize, open: &[bool]) -> bool {
        self.reasons.iter().any(|counts| counts[cell] > 0 && self.spread(cell, counts, open) < 1.0)
    }

    /// How far apart the smallest and the largest number lie that a count can be.
    fn spread(&self, cell: usize, counts: &[usize], open: &[bool]) -> f64 {
        let unknown: Vec<usize> = (0..counts.len()).filter(|cell| !self.is_told(*cell, open)).collect();
        let Ok(place) = unknown.binary_search(&cell) else { return 0.0 };
        let number = |cell: &usize| unknown.binary_search(cell).ok();
        let equation = |sum: &Sum| {
            let parts = sum.parts.iter().filter_map(number).map(|at| (at, 1.0));
            Equation(parts.chain(sum.total.iter().filter_map(number).map(|at| (at, -1.0))).collect())
        };
        let equations: Vec<Equation> =
            self.sums.iter().map(equation).filter(|equation| !equation.0.is_empty()).collect();
        let truth: Vec<f64> = unknown.iter().map(|cell| counts[*cell] as f64).collect();
        width(&equations, &truth, place).unwrap_or(f64::INFINITY)
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
