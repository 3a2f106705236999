//! The cells of a column as small numbers, where they are of few kinds.

use super::{Column, Data};
use crate::value::Missing;

/// Whole numbers further apart than this are of too many kinds.
const WIDEST: i64 = 1 << 12;

/// A number for every cell of a column, the same for the same value or reason.
#[derive(Debug)]
pub struct Coding<'c> {
    column: &'c Column,
    /// The smallest whole number.
    smallest: i64,
    values: usize,
}

impl<'c> Coding<'c> {
    /// That of a column; none where its cells may be of very many kinds.
    #[must_use]
    pub fn new(column: &'c Column) -> Option<Self> {
        let (smallest, values) = match column.data() {
            Data::Boolean(_) => (0, 2),
            Data::Choice(list, _) => (0, list.names.len()),
            Data::Choices(_, sets, _) => (0, sets.kinds()),
            Data::Text(texts) => (0, texts.kinds()),
            Data::Integer(cells) => {
                let smallest = cells.iter().copied().min().unwrap_or(0);
                let largest = cells.iter().copied().max().unwrap_or(0);
                let width = largest.checked_sub(smallest).filter(|width| *width < WIDEST)?;
                (smallest, width as usize + 1)
            }
            _ => return None,
        };
        Some(Self { column, smallest, values })
    }

    /// How many numbers there are.
    #[must_use]
    pub fn kinds(&self) -> usize {
        self.values + Missing::ALL.len()
    }

    /// That of a row's cell, below [`Self::kinds`].
    #[must_use]
    pub fn code(&self, row: usize) -> usize {
        if let Some(reason) = self.column.missing(row) {
            return self.values + reason as usize;
        }
        match self.column.data() {
            Data::Boolean(cells) => cells.get(row).map_or(0, |cell| usize::from(*cell)),
            Data::Integer(cells) => cells.get(row).map_or(0, |cell| (cell - self.smallest) as usize),
            Data::Choice(_, cells) => cells.get(row).map_or(0, |cell| *cell as usize),
            Data::Choices(_, sets, _) => sets.code(row).map_or(0, |code| code as usize),
            Data::Text(texts) => texts.code(row).map_or(0, |code| code as usize),
            _ => 0,
        }
    }
}
