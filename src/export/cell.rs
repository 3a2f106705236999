//! What stands in a row of a variable, before a format writes it.

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};

use super::csv::{between, shown};
use super::{Options, Variable, What};
use crate::dataset::{Column, Data, Origin};
use crate::value::{Missing, Type, Value};

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Yes or no.
    Flag,
    /// One choice of [`Variable::list`].
    Choice,
    /// Several choices of the column's list, or a ranking.
    Choices,
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
    /// Moments.
    Moment,
    /// Why there is no answer.
    Reason,
}

/// What stands in a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'d> {
    /// Nothing, and there is no reason to give.
    Nothing,
    /// No answer, for this reason.
    Missing(Missing),
    /// See [`Kind::Reason`].
    Reason(Missing),
    /// See [`Kind::Flag`].
    Flag(bool),
    /// The place of a choice in the list.
    Choice(u32),
    /// The places of the choices in the column's list, best first for a ranking.
    Choices(&'d [u32]),
    /// See [`Kind::Integer`].
    Integer(i64),
    /// See [`Kind::Decimal`].
    Decimal(f64),
    /// See [`Kind::Text`].
    Text(Cow<'d, str>),
    /// See [`Kind::Date`].
    Date(NaiveDate),
    /// See [`Kind::Time`].
    Time(NaiveTime),
    /// See [`Kind::Moment`]; with the offset of the place where it was recorded.
    Moment(DateTime<FixedOffset>),
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
                Type::Text => Kind::Text,
                Type::Date => Kind::Date,
                Type::Time => Kind::Time,
                Type::DateTime => Kind::Moment,
                Type::Choice => Kind::Choice,
                Type::Choices => Kind::Choices,
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
            return match self.what {
                What::Missing => Cell::Reason(reason),
                _ if self.is_answer() => Cell::Missing(reason),
                _ => Cell::Nothing,
            };
        }
        match self.what {
            What::Missing => Cell::Nothing,
            What::Has(_) => self.has(row).map_or(Cell::Nothing, Cell::Flag),
            // Fewer things may be ranked than there are places.
            What::Ranked(_) => self.choice(row).map_or(Cell::Nothing, Cell::Choice),
            What::Value => self.value(row).unwrap_or(Cell::Nothing),
        }
    }
}

impl<'d> Variable<'d> {
    fn value(&self, row: usize) -> Option<Cell<'d>> {
        let column = self.column;
        Some(match column.data() {
            Data::Choice(..) => Cell::Choice(column.choice(row)?),
            Data::Choices(..) => Cell::Choices(column.choices(row)?),
            Data::Text(_) => Cell::Text(Cow::Borrowed(column.text(row)?)),
            _ => match column.value(row)?.as_ref() {
                Value::Boolean(b) => Cell::Flag(*b),
                Value::Integer(i) => Cell::Integer(*i),
                Value::Decimal(d) => Cell::Decimal(*d),
                Value::Date(day) => Cell::Date(*day),
                Value::Time(time) => Cell::Time(*time),
                Value::DateTime(moment) => Cell::Moment(*moment),
                other => Cell::Text(Cow::Owned(other.to_string())),
            },
        })
    }

    /// A choice of its column's list as it is written.
    pub(super) fn shown(&self, place: u32, options: &Options) -> Cow<'d, str> {
        self.column.list().map_or(Cow::Borrowed(""), |list| shown(list, place, options))
    }

    /// Several choices as one text.
    pub(super) fn joined(&self, places: &[u32], options: &Options) -> String {
        places.iter().map(|place| self.shown(*place, options)).collect::<Vec<_>>().join(between(options))
    }

    /// The number of a choice of its column's list.
    pub(super) fn code(&self, place: u32) -> Option<i64> {
        self.column.list()?.codes.get(place as usize).copied()
    }
}

/// The greatest whole number up to which every one is a number of 64 bits with a point.
pub(super) const MOST_EXACT: u64 = 1 << 53;

/// 2^1023: where Stata's missing values begin.
const TOO_GREAT: f64 = f64::from_bits(0x7fe0_0000_0000_0000);

/// Whether a column holds numbers that statistics programs cannot keep, so that they go out as text: whole numbers or codes
/// that a number with a point does not keep to the last digit, and numbers so great that a program takes them for missing.
pub(super) fn is_long(column: &Column) -> bool {
    let is_long = |number: &i64| number.unsigned_abs() > MOST_EXACT;
    match column.list() {
        Some(list) => list.codes.iter().any(is_long),
        None => {
            column.range().is_some_and(|(least, greatest)| is_long(&least) || is_long(&greatest))
                || column.magnitude().is_some_and(|magnitude| magnitude >= TOO_GREAT)
        }
    }
}
