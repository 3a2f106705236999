//! One table: its rows' keys, the rows that they belong to, and its columns.

use std::collections::HashMap;
use std::ops::Range;

use super::coded::Texts;
use super::{Column, NameTaken};
use crate::value::{Missing, Value};

/// A table: the interviews, or the rows of one roster in all interviews.
#[derive(Debug)]
pub struct Table {
    /// `interviews`, or the roster's name.
    pub name: String,
    /// The table whose rows these rows belong to; none for the interviews.
    pub parent: Option<usize>,
    /// That a row is there could harm the respondent: the roster has a row for each choice of a sensitive question.
    pub sensitive: bool,
    columns: Vec<Column>,
    index: HashMap<String, usize>,
    rows: usize,
    /// The keys of a roster's rows within their parent rows. Those of interviews are their first column.
    keys: Texts,
    /// For a roster, the parent row of each row.
    parents: Vec<u32>,
    /// Where the rows of each parent row begin, and one more for the end of the last.
    starts: Vec<u32>,
}

impl Table {
    pub(super) fn new(name: &str, parent: Option<usize>) -> Self {
        Self {
            name: name.to_owned(),
            parent,
            sensitive: false,
            columns: Vec::new(),
            index: HashMap::new(),
            rows: 0,
            keys: Texts::new(),
            parents: Vec::new(),
            starts: vec![0],
        }
    }

    /// The same table without rows.
    pub(super) fn emptied(&self) -> Self {
        let columns = self.columns.iter().map(Column::emptied).collect();
        let empty = Self::new(&self.name, self.parent);
        Self { sensitive: self.sensitive, columns, index: self.index.clone(), ..empty }
    }

    pub(super) fn add(&mut self, column: Column) {
        self.index.insert(column.name.clone(), self.columns.len());
        self.columns.push(column);
    }

    pub(super) fn attach(
        &mut self,
        column: Column,
        cell: impl FnMut(usize) -> Option<Value>,
    ) -> Result<(), NameTaken> {
        self.attach_with(column, cell, |column, value| {
            // A cell of another type stays not reached, as documented.
            column.push(value.as_ref().ok_or(Missing::NotReached));
        })
    }

    /// Adds a column that `push` fills with what `cell` gives for each row.
    pub(super) fn attach_with<C>(
        &mut self,
        mut column: Column,
        mut cell: impl FnMut(usize) -> C,
        push: impl Fn(&mut Column, C),
    ) -> Result<(), NameTaken> {
        if self.index.contains_key(&column.name) {
            return Err(NameTaken(column.name));
        }
        for row in 0..self.rows() {
            push(&mut column, cell(row));
        }
        self.add(column);
        Ok(())
    }

    /// Says what a column holds.
    pub(super) fn describe(&mut self, name: &str, label: &str) {
        if let Some(column) = self.position(name).and_then(|place| self.columns.get_mut(place)) {
            column.labels.iter_mut().for_each(|words| label.clone_into(words));
        }
    }

    /// Says that the cells of a column lead back to who the respondent is.
    pub(super) fn mark_leading_back(&mut self, name: &str) {
        if let Some(column) = self.position(name).and_then(|place| self.columns.get_mut(place)) {
            column.leads_back = true;
        }
    }

    /// Says that the cells of a column could harm respondents if they leaked.
    pub(super) fn mark_sensitive(&mut self, name: &str) {
        if let Some(column) = self.position(name).and_then(|place| self.columns.get_mut(place)) {
            column.sensitive = true;
        }
    }

    /// Begins a row. The key of an interview goes into its first column, like all that is in it.
    pub(super) fn begin(&mut self, key: &str, parent: usize) {
        if self.parent.is_some() {
            self.keys.push(Ok(key));
            self.parents.push(parent as u32);
        }
        self.rows += 1;
    }

    /// Adds a cell to the row that was begun. Whether its column can hold the value.
    pub(super) fn push(&mut self, column: usize, answer: Result<&Value, Missing>) -> bool {
        self.columns.get_mut(column).is_none_or(|column| column.push(answer))
    }

    /// Notes that the row that was begun was not offered these choices of a column, to which its cell was added.
    pub(super) fn lack(&mut self, column: usize, choices: &[u32]) {
        if let Some(column) = self.columns.get_mut(column) {
            column.lack(choices);
        }
    }

    /// Ends the rows of one parent row.
    pub(super) fn close(&mut self) {
        self.starts.push(self.rows as u32);
    }

    /// Adds the rows of another table of the same columns, whose parent rows now stand behind so many others.
    pub(super) fn append(&mut self, other: Self, parents: u32) {
        let rows = self.rows as u32;
        self.rows += other.rows;
        self.keys.append(&other.keys);
        self.parents.extend(other.parents.iter().map(|parent| parent + parents));
        self.starts.extend(other.starts.iter().skip(1).map(|start| start + rows));
        for (column, theirs) in self.columns.iter_mut().zip(other.columns) {
            column.append(theirs);
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns, in questionnaire order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The place of the column of that name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(self.position(name)?)
    }

    /// Whether a column of texts holds this one in a row.
    #[must_use]
    pub fn has(&self, column: &str, row: usize, text: &str) -> bool {
        self.column(column).and_then(|column| column.text(row)) == Some(text)
    }

    /// A row's key: the interview's, or the roster row's within its parent row.
    #[must_use]
    pub fn key(&self, row: usize) -> &str {
        let key = match self.parent {
            Some(_) => self.keys.get(row),
            None => self.columns.first().and_then(|column| column.text(row)),
        };
        key.unwrap_or_default()
    }

    /// The row of the parent table that a row belongs to; itself for an interview.
    #[must_use]
    pub fn parent_row(&self, row: usize) -> usize {
        match self.parent {
            Some(_) => self.parents.get(row).map_or(0, |p| *p as usize),
            None => row,
        }
    }

    /// The rows here that belong to a row of the parent table.
    #[must_use]
    pub fn rows_of(&self, parent_row: usize) -> Range<usize> {
        let at = |place: usize| self.starts.get(place).map_or(self.rows(), |s| *s as usize);
        at(parent_row)..at(parent_row + 1)
    }
}
