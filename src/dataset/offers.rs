//! Choices that were not offered: those that a later version of the questionnaire added.

use super::cells::Cells;

/// Which choices of its list each row of a column was not offered.
#[derive(Debug, Default)]
pub(super) struct Offers {
    /// The distinct selections of choices that were not offered, in ascending order; none at the first place.
    lacking: Vec<Vec<u32>>,
    /// The number of that of each row, as far as a row was not offered something; nothing is known of those behind.
    cells: Cells,
}

impl Offers {
    /// Notes that a row was not offered these choices. Rows come in order.
    pub(super) fn lack(&mut self, row: usize, choices: &[u32]) {
        if self.lacking.is_empty() {
            self.lacking.push(Vec::new());
        }
        let known = self.lacking.iter().position(|known| known == choices);
        let number = known.unwrap_or_else(|| {
            self.lacking.push(choices.to_vec());
            self.lacking.len() - 1
        });
        while self.cells.len() < row {
            self.cells.push(Ok(0));
        }
        self.cells.push(Ok(number as i64));
    }

    /// Adds the rows of others behind so many of one's own.
    pub(super) fn append(&mut self, rows: usize, other: &Self) {
        for row in 0..other.cells.len() {
            let choices = other.of(row);
            if !choices.is_empty() {
                self.lack(rows + row, choices);
            }
        }
    }

    /// The choices that a row was not offered.
    pub(super) fn of(&self, row: usize) -> &[u32] {
        let number = self.cells.number(row).unwrap_or_default();
        self.lacking.get(number as usize).map_or(&[], Vec::as_slice)
    }

    /// The choices that some row was not offered, in ascending order.
    pub(super) fn all(&self) -> Vec<u32> {
        let mut all = self.lacking.concat();
        all.sort_unstable();
        all.dedup();
        all
    }
}
