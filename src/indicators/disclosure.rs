//! Disclosure control: which cells of a table are blanked.
//!
//! A cell with fewer respondents than the minimum is blanked (primary). A blanked cell could
//! still be had by subtracting the others from their total, so where exactly one cell of a sum is
//! blanked, the next smallest is blanked too (secondary), again and again until no sum is left
//! with exactly one.

use super::output::Suppressed;

/// Cells that add up: a total and its parts.
pub(super) struct Sum {
    /// The cell that is the sum, if it is published and may be blanked itself.
    pub(super) total: Option<usize>,
    /// The cells that add up.
    pub(super) parts: Vec<usize>,
}

/// What to blank. `counts` are the respondents of each cell; an empty cell holds nothing that
/// could leak, and protects nothing.
pub(super) fn suppress(counts: &[usize], sums: &[Sum], minimum: usize) -> Vec<Option<Suppressed>> {
    let primary = |n: &usize| (*n > 0 && *n < minimum).then_some(Suppressed::Primary);
    let mut cells: Vec<Option<Suppressed>> = counts.iter().map(primary).collect();
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
