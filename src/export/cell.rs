//! What stands in a row of a variable, for formats that have types.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::{Variable, What};
use crate::dataset::Origin;
use crate::value::{Missing, Type, Value};

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Yes or no.
    Flag,
    /// One choice of [`Variable::list`].
    Choice,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Decimal,
    /// Texts.
    Text,
    /// Days.
    Date,
    /// Times of day.
    Time,
    /// Moments, by the clock of the place.
    Moment,
    /// Why there is no answer.
    Reason,
}

/// What stands in a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'d> {
    /// Nothing, and there is no reason to give.
    Nothing,
    /// No answer, for this reason; in a variable of reasons, the reason itself.
    Reason(Missing),
    /// See [`Kind::Flag`].
    Flag(bool),
    /// The place of a choice in the list.
    Choice(u32),
    /// See [`Kind::Integer`].
    Integer(i64),
    /// See [`Kind::Decimal`].
    Decimal(f64),
    /// See [`Kind::Text`]; of several choices their names, with spaces between them.
    Text(Cow<'d, str>),
    /// See [`Kind::Date`].
    Date(NaiveDate),
    /// See [`Kind::Time`].
    Time(NaiveTime),
    /// See [`Kind::Moment`].
    Moment(NaiveDateTime),
}

impl<'d> Variable<'d> {
    /// What it holds.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.what {
            What::Missing => Kind::Reason,
            What::Has(_) => Kind::Flag,
            What::Ranked(_) => Kind::Choice,
            What::Value => match self.column.ty() {
                Type::Boolean => Kind::Flag,
                Type::Integer => Kind::Integer,
                Type::Decimal => Kind::Decimal,
                Type::Text | Type::Choices => Kind::Text,
                Type::Date => Kind::Date,
                Type::Time => Kind::Time,
                Type::DateTime => Kind::Moment,
                Type::Choice => Kind::Choice,
            },
        }
    }

    /// Whether an answer, which has a reason where it is missing.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        matches!(self.column.origin, Origin::Question | Origin::Calculated)
    }

    /// What stands in a row of its table.
    #[must_use]
    pub fn cell(&self, row: usize) -> Cell<'d> {
        if let Some(reason) = self.column.missing(row) {
            return if self.is_answer() { Cell::Reason(reason) } else { Cell::Nothing };
        }
        match self.what {
            What::Missing => Cell::Nothing,
            What::Has(_) => self.has(row).map_or(Cell::Nothing, Cell::Flag),
            // Fewer things may be ranked than there are places.
            What::Ranked(_) => self.choice(row).map_or(Cell::Nothing, Cell::Choice),
            What::Value => match self.column.choice(row) {
                Some(place) => Cell::Choice(place),
                None => self.column.value(row).map_or(Cell::Nothing, of_value),
            },
        }
    }
}

fn of_value(value: Cow<'_, Value>) -> Cell<'_> {
    match value {
        Cow::Borrowed(Value::Text(text) | Value::Choice(text)) => Cell::Text(Cow::Borrowed(text)),
        value => match value.as_ref() {
            Value::Boolean(b) => Cell::Flag(*b),
            Value::Integer(i) => Cell::Integer(*i),
            Value::Decimal(d) => Cell::Decimal(*d),
            Value::Date(day) => Cell::Date(*day),
            Value::Time(time) => Cell::Time(*time),
            Value::DateTime(moment) => Cell::Moment(moment.naive_local()),
            text @ (Value::Text(_) | Value::Choice(_) | Value::Choices(_)) => {
                Cell::Text(Cow::Owned(text.to_string()))
            }
        },
    }
}

/// The greatest whole number up to which every one is a number of 64 bits with a point.
pub(super) const MOST_EXACT: u64 = 1 << 53;
