//! Whether a hidden count could be another number: a search for another table that agrees with all that is published.
//!
//! One hidden count is changed, then others of the sums that no longer hold, until all hold again. A table that is found proves
//! that the count is not given away, and how far at least it could lie from the truth. Where none is found in so many steps,
//! there may still be one, but the count is taken for given away, which is safe.

use std::collections::HashMap;

use super::disclosure::Sum;

/// How many counts may change together, tried in this order: few are enough nearly always, and many where cells are sparse.
const CHANGES: [usize; 7] = [2, 4, 6, 9, 12, 20, 40];
/// How many counts are tried for each of those. Small tables are searched to their end; no table takes longer than this.
const STEPS: usize = 2_000;

/// The sums of tables, by the cells in them.
pub(super) struct Alternatives<'s> {
    sums: &'s [Sum],
    /// For each cell, the sums that it is in, with its sign there.
    of_cell: Vec<Vec<(usize, i64)>>,
    /// In how many sums a cell can be.
    widest: usize,
}

impl<'s> Alternatives<'s> {
    pub(super) fn new(sums: &'s [Sum], cells: usize) -> Self {
        let mut of_cell = vec![Vec::new(); cells];
        for (number, sum) in sums.iter().enumerate() {
            for (cell, sign) in sum.signed() {
                if let Some(of_cell) = of_cell.get_mut(cell) {
                    of_cell.push((number, sign));
                }
            }
        }
        let widest = of_cell.iter().map(Vec::len).max().unwrap_or(0);
        Self { sums, of_cell, widest }
    }

    /// The places of the sums that a cell is in.
    pub(super) fn places_of(&self, cell: usize) -> impl Iterator<Item = usize> {
        self.of_cell.get(cell).into_iter().flatten().map(|(sum, _)| *sum)
    }

    /// A table in which the count of `cell` differs by `change` from the truth, if one is found: the counts that differ, and by
    /// how much. Only those of unknown cells may, and none is below 0.
    pub(super) fn find(
        &self,
        counts: &[usize],
        is_unknown: &dyn Fn(usize) -> bool,
        cell: usize,
        change: i64,
    ) -> Option<Vec<(usize, i64)>> {
        CHANGES.iter().find_map(|most| {
            let mut search = Search {
                of: self,
                counts,
                is_unknown,
                changed: Vec::new(),
                broken: Vec::new(),
                vain: HashMap::new(),
                steps: STEPS,
            };
            search.change(cell, change, *most).then_some(search.changed)
        })
    }
}

/// A table on the way to another that agrees.
struct Search<'a> {
    of: &'a Alternatives<'a>,
    counts: &'a [usize],
    is_unknown: &'a dyn Fn(usize) -> bool,
    /// The cells whose counts differ from the truth, and by how much.
    changed: Vec<(usize, i64)>,
    /// The sums that do not hold, and by how much.
    broken: Vec<(usize, i64)>,
    /// Sums that were broken together and were not mended, and by how many changes at most: on the way from one cell to the next
    /// the same ones are met again and again.
    vain: HashMap<Vec<(usize, i64)>, usize>,
    /// How many counts may still be tried.
    steps: usize,
}

impl Search<'_> {
    /// Changes a count, and then up to `most - 1` others until all sums hold; else everything is as before.
    fn change(&mut self, cell: usize, by: i64, most: usize) -> bool {
        let count = self.counts.get(cell).map_or(0, |count| *count as i64);
        if most == 0 || self.steps == 0 || count + by < 0 {
            return false;
        }
        if self.changed.iter().any(|(changed, _)| *changed == cell) || !(self.is_unknown)(cell) {
            return false;
        }
        self.steps -= 1;
        self.changed.push((cell, by));
        self.shift(cell, by);
        if self.mend(most - 1) {
            return true;
        }
        self.shift(cell, -by);
        self.changed.pop();
        false
    }

    /// Makes the sums hold that do not: the one of the fewest cells first, which leaves the fewest ways.
    fn mend(&mut self, most: usize) -> bool {
        let of = self.of;
        // Each change mends no more sums than its cell is in.
        if self.broken.len() > most * of.widest {
            return false;
        }
        let length = |sum: usize| of.sums.get(sum).map_or(0, |sum| sum.parts.len());
        let Some((sum, off)) = self.broken.iter().copied().min_by_key(|(sum, _)| (length(*sum), *sum)) else {
            return true;
        };
        let mut broken = self.broken.clone();
        broken.sort_unstable();
        if self.vain.get(&broken).is_some_and(|tried| *tried >= most) {
            return false;
        }
        let mut cells = of.sums.get(sum).into_iter().flat_map(Sum::signed);
        let mended = cells.any(|(cell, sign)| self.change(cell, -off * sign, most));
        if !mended {
            self.vain.insert(broken, most);
        }
        mended
    }

    fn shift(&mut self, cell: usize, by: i64) {
        for (sum, sign) in self.of.of_cell.get(cell).into_iter().flatten() {
            match self.broken.iter().position(|(broken, _)| broken == sum) {
                Some(at) => {
                    self.broken[at].1 += sign * by;
                    if self.broken[at].1 == 0 {
                        self.broken.swap_remove(at);
                    }
                }
                None => self.broken.push((*sum, sign * by)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Alternatives, Sum};

    #[test]
    fn a_table_is_found_where_there_is_one_and_none_where_there_is_none() {
        // Two rows and two columns with known margins.
        let sums = [[0, 1], [2, 3], [0, 2], [1, 3]].map(|of| Sum { total: None, parts: of.to_vec() });
        let alternatives = Alternatives::new(&sums, 4);
        let has = |cell, change| alternatives.find(&[2, 3, 4, 9], &|_| true, cell, change).is_some();
        assert!(has(0, 3) && has(0, -2));
        assert!(!has(0, 4) && !has(0, -3));
        let told = alternatives.find(&[2, 3, 4, 9], &|cell| cell != 3, 0, 1);
        assert_eq!(told, None, "a told cell stays as it is");
    }

    #[test]
    fn a_hidden_margin_moves_with_its_cells() {
        // Margins 0 and 1 of rows a and b are hidden; together they are known.
        let sums = [
            Sum { total: None, parts: vec![0, 1] },
            Sum { total: Some(0), parts: vec![2, 3] },
            Sum { total: Some(1), parts: vec![4, 5] },
            Sum { total: None, parts: vec![2, 4] },
            Sum { total: None, parts: vec![3, 5] },
        ];
        let alternatives = Alternatives::new(&sums, 6);
        let is_unknown = |cell| ![3, 5].contains(&cell);
        let find = |change| alternatives.find(&[3, 4, 1, 2, 2, 2], &is_unknown, 2, change);
        assert_eq!(find(2), Some(vec![(2, 2), (0, 2), (1, -2), (4, -2)]));
        assert_eq!(find(3), None);
    }

    #[test]
    fn the_only_other_table_is_found_where_it_is_far_away() {
        // Fifteen rows and columns, each with two cells, in one ring: all of them change, or none does.
        let (side, cells) = (15, 30);
        let rows = (0..side).map(|row| vec![2 * row, 2 * row + 1]);
        let columns = (0..side).map(|column| vec![2 * column + 1, (2 * column + 2) % cells]);
        let sums: Vec<Sum> = rows.chain(columns).map(|parts| Sum { total: None, parts }).collect();
        let alternatives = Alternatives::new(&sums, cells);
        let changed = alternatives.find(&vec![1; cells], &|_| true, 0, 1).map(|changed| changed.len());
        assert_eq!(changed, Some(cells));
    }
}
