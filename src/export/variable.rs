//! One variable that goes out: what of a column it is, what it is called, and what it means.

use crate::dataset::{Column, Data, List};
use crate::value::Type;

use super::Options;
use super::cell::is_long;

/// A variable that goes out.
#[derive(Debug)]
pub struct Variable<'d> {
    /// Its name.
    pub name: String,
    /// The column that it comes from.
    pub column: &'d Column,
    /// What of the column it is.
    pub what: What,
}

/// What of a column a variable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// Its value.
    Value,
    /// Whether a choice is among several, by its place in the list.
    Has(u32),
    /// Which choice has a place of a ranking, counted from 0.
    Ranked(u32),
    /// Why there is no value.
    Missing,
}

impl<'d> Variable<'d> {
    /// What it holds, in a word.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self.what {
            What::Missing => "reason",
            What::Has(_) => "0 or 1",
            What::Ranked(_) => "choice",
            What::Value => match self.column.ty() {
                Type::Boolean => "0 or 1",
                Type::Integer => "integer",
                Type::Decimal => "decimal",
                Type::Text => "text",
                Type::Date => "date",
                Type::Time => "time",
                Type::DateTime => "date and time",
                Type::Choice => "choice",
                Type::Choices => "choices",
            },
        }
    }

    /// Its label in a language: the question's words, and before them which part of the answer it is, since programs cut long
    /// labels at their end.
    #[must_use]
    pub fn label(&self, language: usize) -> String {
        let words = self.column.labels.get(language).map_or("", String::as_str);
        match (self.what, self.column.list()) {
            (What::Has(place), Some(list)) => format!("{}: {words}", list.label(place as usize, language)),
            (What::Ranked(place), _) => format!("{}: {words}", place + 1),
            _ => words.to_owned(),
        }
    }

    /// The list that its single value is one choice of.
    #[must_use]
    pub fn list(&self) -> Option<&'d List> {
        match (self.what, self.column.data()) {
            (What::Value, Data::Choice(list, _)) | (What::Ranked(_), Data::Choices(list, ..)) => Some(list),
            _ => None,
        }
    }

    /// The place in [`Self::list`] of the choice in a row.
    #[must_use]
    pub fn choice(&self, row: usize) -> Option<u32> {
        match self.what {
            What::Value => self.column.choice(row),
            What::Ranked(place) => self.column.choices(row)?.get(place as usize).copied(),
            What::Has(_) | What::Missing => None,
        }
    }

    /// For a choice among several, whether it is one of those in a row; for others, nothing, and where it was not offered.
    #[must_use]
    pub fn has(&self, row: usize) -> Option<bool> {
        let What::Has(place) = self.what else { return None };
        let choices = self.column.choices(row).filter(|_| self.column.is_offered(row, place))?;
        Some(choices.contains(&place))
    }
}

/// What goes out of a column.
pub(super) fn parts_of(column: &Column, options: &Options) -> Vec<What> {
    use super::{Missings, Multiple};
    use crate::dataset::Origin;

    let (joined, split) = match column.data() {
        Data::Choices(..) => (options.multiple != Multiple::Split, options.multiple != Multiple::Joined),
        _ => (true, false),
    };
    let mut parts = Vec::new();
    if joined {
        parts.push(What::Value);
    }
    match column.data() {
        Data::Choices(list, _, None) if split => parts.extend((0..list.names.len() as u32).map(What::Has)),
        Data::Choices(_, _, Some(top)) if split => parts.extend((0..*top).map(What::Ranked)),
        _ => {}
    }
    let is_answer = matches!(column.origin, Origin::Question | Origin::Calculated);
    let is_text = joined && matches!(column.data(), Data::Text(_) | Data::Choices(..));
    let beside = match options.missings {
        Missings::Beside => true,
        Missings::Coded(_) => false,
        Missings::Within => is_text || is_long(column),
    };
    if is_answer && beside {
        parts.push(What::Missing);
    }
    parts
}
