//! A column of a file: a key of the table, or a variable.

use std::borrow::Cow;

use super::cell::Cell;
use super::shorten::without_nul;
use super::{PlannedTable, Variable};

/// Where a column of a file comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'p, 'd> {
    /// The key of that number in the table's keys.
    Key(usize),
    /// A variable.
    Variable(&'p Variable<'d>),
}

/// All columns of a table with their names: its keys, then its variables.
pub(super) fn sources<'p, 'd>(
    table: &'p PlannedTable<'d>,
) -> impl Iterator<Item = (&'p str, Source<'p, 'd>)> {
    let keys = table.keys.iter().enumerate().map(|(number, name)| (name.as_str(), Source::Key(number)));
    let variables =
        table.variables.iter().map(|variable| (variable.name.as_str(), Source::Variable(variable)));
    keys.chain(variables)
}

impl<'p, 'd> Source<'p, 'd> {
    /// The variable, unless it is a key.
    pub fn variable(self) -> Option<&'p Variable<'d>> {
        match self {
            Self::Key(_) => None,
            Self::Variable(variable) => Some(variable),
        }
    }

    /// Its label in a language, on one line.
    pub fn label(self, table: &PlannedTable<'_>, language: usize) -> String {
        let label = match self {
            Self::Key(key) => table.key_label(key, language),
            Self::Variable(variable) => variable.label(language),
        };
        without_nul(label.replace(['\n', '\r'], " ")).into_owned()
    }

    /// The text in a row, where it is kept as one, a mark in the place of each NUL: keys, texts, and numbers that a program
    /// cannot keep.
    pub fn text(self, table: &PlannedTable<'d>, row: usize) -> Cow<'d, str> {
        match self {
            Self::Key(key) => Cow::Borrowed(table.key_of(row, key)),
            Self::Variable(variable) => match variable.cell(row) {
                Cell::Text(text) => without_nul(text),
                Cell::Choices(_) => {
                    variable.column.value(row).map_or(Cow::Borrowed(""), |value| value.to_string().into())
                }
                Cell::Integer(number) => Cow::Owned(number.to_string()),
                Cell::Decimal(number) => Cow::Owned(number.to_string()),
                Cell::Choice(place) => {
                    Cow::Owned(variable.code(place).map_or_else(String::new, |code| code.to_string()))
                }
                _ => Cow::Borrowed(""),
            },
        }
    }

    /// How many bytes its longest text has; at least one.
    pub fn longest_text(self, table: &PlannedTable<'d>) -> usize {
        match self {
            Self::Key(key) => table.key_lengths.get(key).copied().unwrap_or(1),
            Self::Variable(_) => {
                table.rows.iter().map(|row| self.text(table, row).len()).max().unwrap_or(0).max(1)
            }
        }
    }
}
