//! Choices that were not offered: those that a later version of the questionnaire added.

use std::collections::BTreeMap;

use super::cells::Cells;

/// Which choices of its list each row of a column was not offered.
#[derive(Debug)]
pub struct Offers {
    /// The distinct selections of choices that were not offered, each in ascending order; the first is none.
    kinds: Vec<Vec<u32>>,
    /// The kind of each row, up to the last that was not offered something; those behind were offered all.
    cells: Cells,
}

impl Default for Offers {
    fn default() -> Self {
        Self { kinds: vec![Vec::new()], cells: Cells::default() }
    }
}

impl Offers {
    /// Notes that a row was not offered these choices. Rows come in order.
    pub(super) fn lack(&mut self, row: usize, choices: &[u32]) {
        let kind = self.kind_of(choices);
        self.put(row, kind);
    }

    fn kind_of(&mut self, choices: &[u32]) -> usize {
        self.kinds.iter().position(|known| known == choices).unwrap_or_else(|| {
            self.kinds.push(choices.to_vec());
            self.kinds.len() - 1
        })
    }

    fn put(&mut self, row: usize, kind: usize) {
        while self.cells.len() < row {
            self.cells.push(Ok(0));
        }
        self.cells.push(Ok(kind as i64));
    }

    /// Adds the rows of others behind so many of one's own.
    pub(super) fn append(&mut self, rows: usize, other: &Self) {
        let kinds: Vec<usize> = other.kinds.iter().map(|choices| self.kind_of(choices)).collect();
        for row in 0..other.cells.len() {
            self.put(rows + row, kinds.get(other.kind(row)).copied().unwrap_or_default());
        }
    }

    /// The kind of a row: its place among [`Self::kinds`].
    #[must_use]
    pub fn kind(&self, row: usize) -> usize {
        self.cells.number(row).unwrap_or_default() as usize
    }

    /// What rows of each kind were not offered, in ascending order.
    #[must_use]
    pub fn kinds(&self) -> &[Vec<u32>] {
        &self.kinds
    }

    /// Whether rows of a kind were offered a choice.
    #[must_use]
    pub fn has(&self, kind: usize, choice: u32) -> bool {
        self.kinds.get(kind).is_none_or(|lacking| lacking.binary_search(&choice).is_err())
    }

    /// How many rows were not offered each choice that some were not, in ascending order of the choices.
    #[must_use]
    pub fn lacking(&self) -> Vec<(u32, usize)> {
        let mut rows = vec![0; self.kinds.len()];
        (0..self.cells.len()).for_each(|row| rows[self.kind(row)] += 1);
        let mut lacking = BTreeMap::new();
        for (choices, rows) in self.kinds.iter().zip(rows) {
            choices.iter().for_each(|choice| *lacking.entry(*choice).or_insert(0) += rows);
        }
        lacking.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Offers;

    #[test]
    fn what_was_not_offered_is_kept_through_parts() {
        // Rows 1 and 4 of the first part lacked something, row 0 of the second; the rows behind were offered all.
        let (mut whole, mut part) = (Offers::default(), Offers::default());
        whole.lack(1, &[2, 5]);
        whole.lack(4, &[5]);
        part.lack(0, &[5]);
        part.lack(2, &[0]);
        whole.append(6, &part);
        let lacking =
            |row: usize| (0..7).filter(|choice| !whole.has(whole.kind(row), *choice)).collect::<Vec<_>>();
        let rows: Vec<Vec<u32>> = (0..11).map(lacking).collect();
        for (row, expected) in [(1, vec![2, 5]), (4, vec![5]), (6, vec![5]), (8, vec![0])] {
            assert_eq!(rows[row], expected, "{row}");
        }
        assert_eq!(rows.iter().filter(|row| row.is_empty()).count(), 7);
        assert_eq!(whole.lacking(), [(0, 1), (2, 1), (5, 3)]);
        assert_eq!(whole.kinds().len(), 4);
    }
}
