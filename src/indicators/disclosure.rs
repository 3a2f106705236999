//! Disclosure control: which cells of a table are blanked.
//!
//! A cell with fewer respondents than the minimum is blanked (primary). A blanked cell could
//! still be had by subtracting the others from their total, so where exactly one cell of a sum is
//! blanked, the next smallest is blanked too (secondary), again and again until no sum is left
//! with exactly one.

use super::output::Suppressed;

/// Cells that add up: a total and its parts.
#[derive(Debug)]
pub(super) struct Sum {
    /// The cell that is the sum, if it is published and may be blanked itself.
    pub(super) total: Option<usize>,
    /// The cells that add up.
    pub(super) parts: Vec<usize>,
}

/// What to blank. `counts` are the units of each cell, `small` says which cells are of too few people; an
/// empty cell holds nothing that could leak, and protects nothing.
pub(super) fn suppress(counts: &[usize], small: &[bool], sums: &[Sum]) -> Vec<Option<Suppressed>> {
    let primary = |small: &bool| small.then_some(Suppressed::Primary);
    let mut cells: Vec<Option<Suppressed>> = small.iter().map(primary).collect();
    // Each pass blanks at least one more cell, so this ends.
    while let Some(cell) = sums.iter().find_map(|sum| partner(counts, &cells, sum)) {
        if let Some(cell) = cells.get_mut(cell) {
            *cell = Some(Suppressed::Secondary);
        }
    }
    cells
}

/// The cell to blank beside the only blanked one of a sum: the smallest part, or the total where
/// no part is left.
fn partner(counts: &[usize], cells: &[Option<Suppressed>], sum: &Sum) -> Option<usize> {
    let is_blank = |cell: &usize| cells.get(*cell).copied().flatten().is_some();
    let all = || sum.parts.iter().chain(&sum.total);
    if all().filter(|cell| is_blank(cell)).count() != 1 {
        return None;
    }
    let count = |cell: &usize| counts.get(*cell).copied().unwrap_or(0);
    let free = |cell: &&usize| !is_blank(cell) && count(cell) > 0;
    let part = sum.parts.iter().filter(free).min_by_key(|cell| count(cell));
    part.or_else(|| sum.total.iter().find(free)).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Sum, Suppressed};
    use crate::indicators::Suppressed::{Primary, Secondary};

    fn suppress(counts: &[usize], sums: &[Sum], minimum: usize) -> Vec<Option<Suppressed>> {
        let small: Vec<bool> = counts.iter().map(|n| (1..minimum).contains(n)).collect();
        super::suppress(counts, &small, sums)
    }

    fn margin(parts: std::ops::Range<usize>) -> Sum {
        Sum { total: None, parts: parts.collect() }
    }

    #[test]
    fn the_smallest_other_cell_protects_a_small_one() {
        let cells = suppress(&[50, 3, 30, 17], &[margin(1..4)], 5);
        assert_eq!(cells, [None, Some(Primary), None, Some(Secondary)]);
    }

    #[test]
    fn two_small_cells_protect_each_other() {
        let cells = suppress(&[50, 3, 43, 4], &[margin(1..4)], 5);
        assert_eq!(cells, [None, Some(Primary), None, Some(Primary)]);
    }

    #[test]
    fn an_empty_cell_is_neither_blanked_nor_a_protection() {
        let cells = suppress(&[33, 3, 30, 0], &[margin(1..4)], 5);
        assert_eq!(cells, [None, Some(Primary), Some(Secondary), None]);
    }

    #[test]
    fn a_blanked_margin_blanks_a_cell_of_its_row() {
        // Rows a and b with margins 0 and 1; the margin of a is blanked.
        let sums = [Sum { total: Some(0), parts: vec![2, 3] }, Sum { total: Some(1), parts: vec![4, 5] }];
        let cells = suppress(&[4, 60, 0, 4, 20, 40], &sums, 5);
        assert_eq!(cells, [Some(Primary), None, None, Some(Primary), None, None]);
        let cells = suppress(&[3, 60, 0, 0, 20, 40], &sums, 5);
        assert_eq!(cells[0], Some(Primary));
    }

    /// A table with margins: its counts and everything that adds up in it.
    fn table() -> impl Strategy<Value = (Vec<usize>, Vec<Sum>)> {
        (1_usize..5, 1_usize..5, any::<bool>()).prop_flat_map(|(rows, columns, margins)| {
            proptest::collection::vec(0_usize..14, rows * columns).prop_map(move |cells| {
                let row = |r: usize| (0..columns).map(move |c| r * columns + c);
                let column = |c: usize| (0..rows).map(move |r| r * columns + c);
                let at = |cell: usize| cells.get(cell).copied().unwrap_or(0);
                let mut counts = cells.clone();
                counts.extend((0..rows).map(|r| row(r).map(at).sum::<usize>()));
                counts.extend((0..columns).map(|c| column(c).map(at).sum::<usize>()));
                let first = rows * columns;
                let total = |cell: usize| margins.then_some(cell);
                let mut sums = vec![margin(0..first)];
                sums.extend((0..rows).map(|r| Sum { total: total(first + r), parts: row(r).collect() }));
                sums.extend(
                    (0..columns).map(|c| Sum { total: total(first + rows + c), parts: column(c).collect() }),
                );
                if margins {
                    sums.push(margin(first..first + rows));
                    sums.push(margin(first + rows..first + rows + columns));
                }
                (counts, sums)
            })
        })
    }

    proptest! {
        #[test]
        fn no_sum_has_exactly_one_blanked_cell((counts, sums) in table(), minimum in 1_usize..8) {
            let cells = suppress(&counts, &sums, minimum);
            for (count, cell) in counts.iter().zip(&cells) {
                prop_assert_eq!(*cell == Some(Primary), *count > 0 && *count < minimum);
                prop_assert!(*count > 0 || cell.is_none());
            }
            for sum in &sums {
                let all: Vec<usize> = sum.parts.iter().chain(&sum.total).copied().collect();
                let blanked = all.iter().filter(|c| cells[**c].is_some()).count();
                let filled = all.iter().filter(|c| counts[**c] > 0).count();
                prop_assert!(blanked != 1 || filled == 1, "one of {:?} can be had by subtraction", all);
            }
        }
    }
}
