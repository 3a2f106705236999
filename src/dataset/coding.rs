//! The cells of a column as small numbers, where they are of few kinds.

use super::cells::Cells;
use super::{Column, Data};
use crate::value::Missing;

/// Whole numbers further apart than this are of too many kinds.
const WIDEST: i64 = 1 << 12;

/// A number for every cell of a column, the same for the same value or reason.
#[derive(Debug)]
pub struct Coding<'c> {
    cells: &'c Cells,
    /// The smallest whole number.
    smallest: i64,
    values: usize,
}

impl<'c> Coding<'c> {
    /// That of a column; none where its cells may be of very many kinds.
    #[must_use]
    pub fn new(column: &'c Column) -> Option<Self> {
        if let Data::Integer(cells) = column.data() {
            let (smallest, largest) = column.range().unwrap_or_default();
            let width = largest.checked_sub(smallest).filter(|width| *width < WIDEST)?;
            return Some(Self { cells, smallest, values: width as usize + 1 });
        }
        let (cells, values) = column.data().codes()?;
        Some(Self { cells, smallest: 0, values })
    }

    /// How many numbers there are.
    #[must_use]
    pub fn kinds(&self) -> usize {
        self.values + Missing::ALL.len()
    }

    /// That of a row's cell, below [`Self::kinds`].
    #[must_use]
    pub fn code(&self, row: usize) -> usize {
        match self.cells.get(row) {
            Some(Ok(number)) => (number - self.smallest) as usize,
            Some(Err(reason)) => self.values + reason as usize,
            None => self.values + Missing::NotReached as usize,
        }
    }
}
