//! What an indicator counts: interviews, or the rows of a roster in them.

use std::borrow::Cow;

use crate::dataset::{Column, Dataset, Table};

/// A column of a dataset, by its places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ColumnAt {
    pub(super) table: usize,
    pub(super) column: usize,
}

impl ColumnAt {
    pub(super) fn of(self, dataset: &Dataset) -> Option<&Column> {
        dataset.tables.get(self.table)?.columns().get(self.column)
    }
}

/// Whether every row of a table belongs to one row of another: the table itself, or one that it stands in.
pub(super) fn is_around(dataset: &Dataset, outer: usize, table: usize) -> bool {
    let mut at = Some(table);
    while let Some(here) = at {
        if here == outer {
            return true;
        }
        at = dataset.tables.get(here).and_then(|table| table.parent);
    }
    false
}

/// The row of a table around another one that a row belongs to.
pub(super) fn row_around(dataset: &Dataset, outer: usize, table: usize, mut row: usize) -> Option<usize> {
    let mut at = table;
    while at != outer {
        let table = dataset.tables.get(at)?;
        row = table.parent_row(row);
        at = table.parent?;
    }
    Some(row)
}

/// The rows of one table in the interviews of a design.
#[derive(Debug)]
pub(super) struct Units {
    pub(super) table: usize,
    /// Rows of the table.
    pub(super) rows: Vec<usize>,
    /// For each row, its interview's place in the design.
    pub(super) interview: Vec<u32>,
}

impl Units {
    /// Those of a table in these interviews (rows of their table).
    pub(super) fn new(dataset: &Dataset, table: usize, interviews: &[usize]) -> Self {
        if table == 0 {
            let interview = (0..interviews.len() as u32).collect();
            return Self { table, rows: interviews.to_vec(), interview };
        }
        let mut place = vec![None; dataset.interviews().rows()];
        for (row, at) in interviews.iter().zip(0_u32..) {
            if let Some(place) = place.get_mut(*row) {
                *place = Some(at);
            }
        }
        let mut units = Self { table, rows: Vec::new(), interview: Vec::new() };
        for row in 0..dataset.tables.get(table).map_or(0, Table::rows) {
            let interview =
                row_around(dataset, 0, table, row).and_then(|row| place.get(row).copied().flatten());
            if let Some(interview) = interview {
                units.rows.push(row);
                units.interview.push(interview);
            }
        }
        units
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// For each, the row of a table around theirs that it belongs to.
    pub(super) fn rows_in(&self, dataset: &Dataset, table: usize) -> Cow<'_, [usize]> {
        if table == self.table {
            return Cow::Borrowed(&self.rows);
        }
        let around = |row: &usize| row_around(dataset, table, self.table, *row).unwrap_or_default();
        Cow::Owned(self.rows.iter().map(around).collect())
    }
}
