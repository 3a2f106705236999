//! Disclosure control: which cells of tables are blanked.
//!
//! A cell of fewer people than the minimum is blanked (primary). Published sums give more away: a blanked cell could be
//! had by subtraction, or be bounded closely, and several could together be known to be a few people. So further cells are
//! blanked (secondary), small ones first, until the blanked cells of every known sum are at least `minimum` people, and
//! every small cell could be any of at least `minimum` numbers as far as anybody can tell from what is published.

use super::alternatives::Alternatives;

/// A cell of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// How many people it counts.
    pub(super) count: usize,
    /// Whether they are so few that nobody shall work out how many.
    pub(super) is_small: bool,
    /// Whether it is blanked to begin with, or never published.
    pub(super) is_blank: bool,
    /// Whether, once blanked, it does not stand alone in a sum that everything else is told of.
    pub(super) is_guarded: bool,
}

impl Entry {
    /// A cell that is published unless it is small.
    pub(super) fn published(count: usize, is_small: bool) -> Self {
        Self { count, is_small, is_blank: is_small, is_guarded: true }
    }

    /// A cell that nobody publishes, but that ties others together.
    pub(super) fn unpublished(count: usize) -> Self {
        Self { count, is_small: false, is_blank: true, is_guarded: false }
    }
}

/// Cells that add up: a total and its parts.
#[derive(Debug)]
pub(super) struct Sum {
    /// The cell that is the sum, if it may be blanked itself; without it the sum is known.
    pub(super) total: Option<usize>,
    /// The cells that add up.
    pub(super) parts: Vec<usize>,
}

impl Sum {
    fn cells(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().chain(&self.total).copied()
    }

    /// Its cells, with the signs with which they add up to nothing but what is known.
    pub(super) fn signed(&self) -> impl Iterator<Item = (usize, i64)> {
        self.parts.iter().map(|cell| (*cell, 1)).chain(self.total.map(|cell| (cell, -1)))
    }
}

/// Which cells to blank. An empty cell holds nothing that could leak, and protects nothing. `follows` has pairs of
/// cells of which the first is blanked where the second is.
pub(super) fn suppress(
    entries: &[Entry],
    sums: &[Sum],
    follows: &[(usize, usize)],
    minimum: usize,
) -> Vec<bool> {
    let counts: Vec<usize> = entries.iter().map(|entry| entry.count).collect();
    let mut table = Table {
        entries,
        sums,
        follows,
        alternatives: Alternatives::new(sums, entries.len()),
        minimum,
        blank: entries.iter().map(|entry| entry.is_blank).collect(),
        reaches: counts.iter().map(|count| (*count, *count)).collect(),
        counts,
    };
    table.complete();
    // What is wide stays wide: blanking more only takes away from what is known.
    let small = entries.iter().enumerate().filter(|(_, entry)| entry.is_small && entry.count > 0);
    let mut narrow: Vec<usize> = small.map(|(cell, _)| cell).collect();
    while let Some(cell) = narrow.last().copied() {
        if table.is_wide(cell) {
            narrow.pop();
        } else if let Some(helper) = table.helper(cell) {
            table.blank(helper);
            table.complete();
        } else {
            // Everything that adds up with it is blanked.
            narrow.pop();
        }
    }
    table.blank
}

/// Cells and what is blanked of them.
struct Table<'t> {
    entries: &'t [Entry],
    sums: &'t [Sum],
    follows: &'t [(usize, usize)],
    alternatives: Alternatives<'t>,
    minimum: usize,
    counts: Vec<usize>,
    blank: Vec<bool>,
    /// The lowest and the highest count of each cell in tables that were found to agree with what is published.
    reaches: Vec<(usize, usize)>,
}

impl Table<'_> {
    fn blank(&mut self, cell: usize) {
        if let Some(blank) = self.blank.get_mut(cell) {
            *blank = true;
        }
    }

    fn is_blank(&self, cell: usize) -> bool {
        self.blank.get(cell).copied().unwrap_or_default()
    }

    fn count(&self, cell: usize) -> usize {
        self.counts.get(cell).copied().unwrap_or(0)
    }

    fn is_free(&self, cell: usize) -> bool {
        !self.is_blank(cell) && self.count(cell) > 0
    }

    fn is_unknown(&self, cell: usize) -> bool {
        self.is_blank(cell) && self.count(cell) > 0
    }

    /// Blanks cells until none is to follow another and no sum gives away too much by itself. Each pass blanks at least one
    /// more, so this ends.
    fn complete(&mut self) {
        let next = |table: &Self| {
            let follows = |(cell, of): &&(usize, usize)| table.is_free(*cell) && table.is_blank(*of);
            let follower = table.follows.iter().find(follows).map(|(cell, _)| *cell);
            follower.or_else(|| table.sums.iter().find_map(|sum| table.partner(sum)))
        };
        while let Some(cell) = next(self) {
            self.blank(cell);
        }
    }

    /// The cell to blank beside those of a sum, where one alone is blanked, or where all of them are known to be fewer people
    /// than the minimum: the smallest part, or the total where no part is left.
    fn partner(&self, sum: &Sum) -> Option<usize> {
        let mut blank = sum.cells().filter(|cell| self.is_blank(*cell));
        let is_guarded = |cell: usize| self.entries.get(cell).is_some_and(|entry| entry.is_guarded);
        let is_alone = blank.next().is_some_and(is_guarded) && blank.next().is_none();
        let is_known = sum.total.is_none_or(|total| !self.is_blank(total));
        let parts = sum.parts.iter().filter(|cell| self.is_blank(**cell));
        let people: usize = parts.map(|cell| self.count(*cell)).sum();
        let are_few = is_known && (1..self.minimum).contains(&people);
        if !is_alone && !are_few {
            return None;
        }
        let part =
            sum.parts.iter().copied().filter(|cell| self.is_free(*cell)).min_by_key(|cell| self.count(*cell));
        part.or_else(|| sum.total.filter(|cell| self.is_free(*cell)))
    }

    /// Whether a blanked cell could be any of at least `minimum` numbers, as far as the tables show that are found.
    fn is_wide(&mut self, cell: usize) -> bool {
        [-1, 1].into_iter().any(|step| self.search(cell, step))
    }

    fn is_seen_wide(&self, cell: usize) -> bool {
        self.reaches.get(cell).is_some_and(|(low, high)| high - low >= self.minimum)
    }

    /// Looks for tables in which the cell holds one more (or fewer) each time, until it is wide, as comes back, or none is
    /// found: the way from one table to the next is short, where the one to the last is not. What they tell of other
    /// cells is remembered.
    fn search(&mut self, cell: usize, step: i64) -> bool {
        let mut there = self.counts.clone();
        while !self.is_seen_wide(cell) {
            let is_unknown = |cell: usize| self.is_unknown(cell);
            let Some(changes) = self.alternatives.find(&there, &is_unknown, cell, step) else { return false };
            for (cell, change) in changes {
                let count = there[cell].saturating_add_signed(change as isize);
                there[cell] = count;
                let (low, high) = &mut self.reaches[cell];
                (*low, *high) = (count.min(*low), count.max(*high));
            }
        }
        true
    }

    /// The blanked cells that are in a sum with a blanked cell, or with one that is, and so on, the nearest `most` of them; in
    /// order.
    fn connected(&self, cell: usize, most: usize) -> Vec<usize> {
        let mut found = vec![cell];
        let mut is_found = vec![false; self.counts.len()];
        let mut is_passed = vec![false; self.sums.len()];
        if let Some(is_found) = is_found.get_mut(cell) {
            *is_found = true;
        }
        let mut at = 0;
        while let Some(here) = found.get(at).copied() {
            at += 1;
            for sum in self.alternatives.places_of(here) {
                if std::mem::replace(&mut is_passed[sum], true) {
                    continue;
                }
                for other in self.sums.get(sum).into_iter().flat_map(Sum::cells) {
                    if self.is_unknown(other) && !std::mem::replace(&mut is_found[other], true) {
                        found.push(other);
                    }
                }
            }
            if found.len() >= most {
                break;
            }
        }
        found.truncate(most);
        found.sort_unstable();
        found
    }

    /// The smallest cell that is not blanked yet and adds up with a cell, or with those that do.
    fn helper(&self, cell: usize) -> Option<usize> {
        let smallest = |sums: &mut dyn Iterator<Item = usize>| {
            let cells = sums.filter_map(|sum| self.sums.get(sum)).flat_map(Sum::cells);
            cells.filter(|cell| self.is_free(*cell)).min_by_key(|cell| self.count(*cell))
        };
        let near = smallest(&mut self.alternatives.places_of(cell));
        near.or_else(|| {
            let connected = self.connected(cell, usize::MAX);
            let mut sums: Vec<usize> =
                connected.into_iter().flat_map(|cell| self.alternatives.places_of(cell)).collect();
            sums.sort_unstable();
            sums.dedup();
            smallest(&mut sums.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Sum};

    fn suppress(counts: &[usize], sums: &[Sum], minimum: usize) -> Vec<bool> {
        let entry = |n: &usize| Entry::published(*n, (1..minimum).contains(n));
        super::suppress(&counts.iter().map(entry).collect::<Vec<_>>(), sums, &[], minimum)
    }

    fn margin(parts: std::ops::Range<usize>) -> Sum {
        Sum { total: None, parts: parts.collect() }
    }

    #[test]
    fn the_smallest_other_cell_protects_a_small_one() {
        let cells = suppress(&[50, 3, 30, 17], &[margin(1..4)], 5);
        assert_eq!(cells, [false, true, false, true]);
    }

    #[test]
    fn two_small_cells_protect_each_other_where_they_leave_enough_open() {
        let cells = suppress(&[50, 3, 43, 4], &[margin(1..4)], 5);
        assert_eq!(cells, [false, true, false, true]);
        // One and two could be had to within three: a third cell is blanked.
        let cells = suppress(&[50, 1, 40, 2, 7], &[margin(1..5)], 5);
        assert_eq!(cells, [false, true, false, true, true]);
    }

    #[test]
    fn what_is_blanked_in_a_sum_is_not_a_few_people_together() {
        // One person in each of two places are two people by subtraction, however wide the table is.
        let cells = suppress(&[50, 1, 1, 18, 30], &[margin(1..5)], 5);
        assert_eq!(cells, [false, true, true, true, false]);
        // Rows a and b: three people are blanked in row a, which is known; its third cell is blanked too.
        let sums = [
            Sum { total: None, parts: vec![0, 1] },
            Sum { total: Some(0), parts: vec![2, 3, 4] },
            Sum { total: Some(1), parts: vec![5, 6, 7] },
        ];
        let cells = suppress(&[23, 60, 1, 2, 20, 20, 20, 20], &sums, 5);
        assert!(cells[2..5].iter().all(|blank| *blank), "{cells:?}");
    }

    #[test]
    fn an_empty_cell_is_neither_blanked_nor_a_protection() {
        let cells = suppress(&[33, 3, 30, 0], &[margin(1..4)], 5);
        assert_eq!(cells, [false, true, true, false]);
    }

    #[test]
    fn a_blanked_margin_blanks_a_cell_of_its_row() {
        // Rows a and b with margins 0 and 1; the margin of a is blanked.
        let sums = [Sum { total: Some(0), parts: vec![2, 3] }, Sum { total: Some(1), parts: vec![4, 5] }];
        let cells = suppress(&[4, 60, 0, 4, 20, 40], &sums, 5);
        assert_eq!(cells, [true, false, false, true, false, false]);
        let cells = suppress(&[3, 60, 0, 0, 20, 40], &sums, 5);
        assert!(cells[0]);
    }
}
