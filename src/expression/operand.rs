//! What a part of an expression gives while it is evaluated: borrowed from answers and literals
//! wherever possible, so that a comparison allocates nothing.

use std::borrow::Cow;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta};

use super::moment;
use crate::value::{Type, Value};

/// A value during evaluation. A choice is a text here; an empty text is [`Operand::Empty`].
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand<'a> {
    Empty,
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    Text(Cow<'a, str>),
    Date(NaiveDate),
    Time(NaiveTime),
    DateTime(DateTime<FixedOffset>),
    Choices(Cow<'a, [String]>),
}

/// A number: exact as long as it is whole and fits 64 bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Integer(i64),
    Decimal(f64),
}

impl Number {
    pub(super) fn decimal(self) -> f64 {
        match self {
            Self::Integer(i) => i as f64,
            Self::Decimal(d) => d,
        }
    }

    /// The whole part, for counts and places; saturates.
    pub(super) fn whole(self) -> i64 {
        match self {
            Self::Integer(i) => i,
            Self::Decimal(d) => d.trunc() as i64,
        }
    }
}

impl<'a> Operand<'a> {
    /// A text; empty if it has no characters.
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A decimal; empty if it is not finite. Never the negative zero.
    pub(super) fn decimal(number: f64) -> Self {
        if number.is_finite() { Self::Decimal(number + 0.0) } else { Self::Empty }
    }

    /// A number that is whole by its meaning (rounded, cut off): an integer where it fits.
    pub(super) fn whole(number: f64) -> Self {
        // Every f64 below 2^63 in size that is whole is an i64 exactly.
        const LIMIT: f64 = 9_223_372_036_854_775_808.0;
        if (-LIMIT..LIMIT).contains(&number) { Self::Integer(number as i64) } else { Self::decimal(number) }
    }

    pub(super) fn from_value(value: Option<Cow<'a, Value>>) -> Self {
        match value {
            None => Self::Empty,
            Some(Cow::Borrowed(value)) => match value {
                Value::Text(t) | Value::Choice(t) => Self::text(t.as_str()),
                Value::Choices(c) if c.is_empty() => Self::Empty,
                Value::Choices(c) => Self::Choices(Cow::Borrowed(c)),
                other => Self::plain(other),
            },
            Some(Cow::Owned(value)) => match value {
                Value::Text(t) | Value::Choice(t) => Self::text(t),
                Value::Choices(c) if c.is_empty() => Self::Empty,
                Value::Choices(c) => Self::Choices(Cow::Owned(c)),
                other => Self::plain(&other),
            },
        }
    }

    /// From a value without text.
    fn plain(value: &Value) -> Self {
        match value {
            Value::Boolean(b) => Self::Boolean(*b),
            Value::Integer(i) => Self::Integer(*i),
            Value::Decimal(d) => Self::decimal(*d),
            Value::Date(d) => Self::Date(*d),
            Value::Time(t) => Self::Time(*t),
            Value::DateTime(t) => Self::DateTime(*t),
            Value::Text(_) | Value::Choice(_) | Value::Choices(_) => Self::Empty,
        }
    }

    /// As a value of the type that was promised.
    pub(super) fn into_value(self, ty: Type) -> Option<Value> {
        if self.is_empty() {
            return None;
        }
        Some(match ty {
            Type::Boolean => Value::Boolean(self.truth()),
            Type::Integer => match self.number()? {
                Number::Integer(i) => Value::Integer(i),
                // An integer that outgrew 64 bits.
                Number::Decimal(d) => Value::Decimal(d),
            },
            Type::Decimal => Value::Decimal(self.number()?.decimal()),
            Type::Text => Value::Text(self.into_text().into_owned()),
            Type::Date => Value::Date(self.date()?),
            Type::Time => match self {
                Self::Time(time) => Value::Time(time),
                _ => return None,
            },
            Type::DateTime => match self {
                Self::DateTime(time) => Value::DateTime(time),
                _ => return None,
            },
            Type::Choice => Value::Choice(self.into_text().into_owned()),
            Type::Choices => match self {
                Self::Choices(names) => Value::Choices(names.into_owned()),
                other => Value::Choices(other.into_text().split_whitespace().map(str::to_owned).collect()),
            },
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Read as a condition: empty, zero and false do not hold.
    pub(super) fn truth(&self) -> bool {
        match self {
            Self::Empty => false,
            Self::Boolean(b) => *b,
            Self::Integer(i) => *i != 0,
            Self::Decimal(d) => *d != 0.0,
            _ => true,
        }
    }

    /// Read as a number: a condition is 1 or 0, a date the days since 1 January 1970.
    pub(super) fn number(&self) -> Option<Number> {
        match self {
            Self::Boolean(b) => Some(Number::Integer(i64::from(*b))),
            Self::Integer(i) => Some(Number::Integer(*i)),
            Self::Decimal(d) => Some(Number::Decimal(*d)),
            Self::Text(t) => parse_number(t),
            Self::Date(d) => Some(Number::Integer(moment::day_number(*d))),
            Self::Time(t) => Some(Number::Decimal(moment::day_fraction(*t))),
            Self::DateTime(t) => Some(Number::Decimal(moment::decimal_days(t))),
            Self::Empty | Self::Choices(_) => None,
        }
    }

    /// Read as text; empty reads as "".
    pub(super) fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Boolean(true) => Cow::Borrowed("true"),
            Self::Boolean(false) => Cow::Borrowed("false"),
            Self::Text(t) => t,
            Self::Choices(c) => Cow::Owned(c.join(" ")),
            Self::Integer(i) => Cow::Owned(i.to_string()),
            Self::Decimal(d) => Cow::Owned(d.to_string()),
            Self::Date(d) => Cow::Owned(Value::Date(d).to_string()),
            Self::Time(t) => Cow::Owned(Value::Time(t).to_string()),
            Self::DateTime(t) => Cow::Owned(Value::DateTime(t).to_string()),
        }
    }

    /// Read as a date: of a text as it is written, of a number that many days after 1 January 1970.
    pub(super) fn date(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(d) => Some(*d),
            Self::DateTime(t) => Some(t.date_naive()),
            Self::Text(t) => moment::parse_date(t),
            Self::Integer(i) => moment::date_of_day(*i),
            Self::Decimal(d) => moment::date_of_day(d.floor() as i64),
            _ => None,
        }
    }

    /// Read as a moment. A date is its midnight, in the offset given.
    pub(super) fn date_time(&self, offset: FixedOffset) -> Option<DateTime<FixedOffset>> {
        match self {
            Self::DateTime(t) => Some(*t),
            Self::Text(t) => moment::parse_date_time(t, offset),
            Self::Decimal(d) => {
                moment::midnight(NaiveDate::default(), offset)?.checked_add_signed(moment::days(*d)?)
            }
            other => moment::midnight(other.date()?, offset),
        }
    }
}

/// A number as `XPath` 1.0 writes it: digits with an optional point and minus, spaces around them.
pub(super) fn parse_number(text: &str) -> Option<Number> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain =
        digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.bytes().any(|b| b.is_ascii_digit());
    if !plain {
        return None;
    }
    if let Ok(i) = text.parse() {
        return Some(Number::Integer(i));
    }
    text.parse().ok().filter(|d: &f64| d.is_finite()).map(|d| Number::Decimal(d + 0.0))
}

impl From<Option<Number>> for Operand<'_> {
    fn from(number: Option<Number>) -> Self {
        match number {
            None => Self::Empty,
            Some(Number::Integer(i)) => Self::Integer(i),
            Some(Number::Decimal(d)) => Self::decimal(d),
        }
    }
}

/// Adds (or with `sign` -1 subtracts): numbers, or days to a date.
pub(super) fn add<'a>(left: &Operand<'a>, right: &Operand<'a>, sign: i64) -> Operand<'a> {
    match (left, right) {
        (Operand::Date(date), days) if !is_moment(days) => shift(*date, days, sign),
        (days, Operand::Date(date)) if sign > 0 && !is_moment(days) => shift(*date, days, 1),
        (Operand::DateTime(t), days) if !is_moment(days) => shift_time(t, days, sign),
        (days, Operand::DateTime(t)) if sign > 0 && !is_moment(days) => shift_time(t, days, 1),
        (Operand::DateTime(a), Operand::Date(_)) => {
            let Some(b) = right.date_time(*a.offset()) else { return Operand::Empty };
            Operand::decimal(moment::decimal_days(a) - moment::decimal_days(&b))
        }
        (Operand::Date(_), Operand::DateTime(b)) => {
            let Some(a) = left.date_time(*b.offset()) else { return Operand::Empty };
            Operand::decimal(moment::decimal_days(&a) - moment::decimal_days(b))
        }
        _ => arithmetic(
            left,
            right,
            |a, b| if sign > 0 { a.checked_add(b) } else { a.checked_sub(b) },
            |a, b| if sign > 0 { a + b } else { a - b },
        ),
    }
}

fn is_moment(operand: &Operand<'_>) -> bool {
    matches!(operand, Operand::Date(_) | Operand::DateTime(_))
}

fn shift<'a>(date: NaiveDate, days: &Operand<'_>, sign: i64) -> Operand<'a> {
    let Some(days) = days.number() else { return Operand::Empty };
    // Part of a day counts as the day that it lies in.
    let days = match days {
        Number::Integer(i) => i.saturating_mul(sign),
        Number::Decimal(d) => (d * sign as f64).floor() as i64,
    };
    let moved = if days < 0 {
        date.checked_sub_days(Days::new(days.unsigned_abs()))
    } else {
        date.checked_add_days(Days::new(days.unsigned_abs()))
    };
    moved.filter(|date| moment::is_writable(*date)).map_or(Operand::Empty, Operand::Date)
}

fn shift_time<'a>(time: &DateTime<FixedOffset>, days: &Operand<'_>, sign: i64) -> Operand<'a> {
    days.number()
        .and_then(|n| moment::days(n.decimal() * sign as f64))
        .and_then(|delta: TimeDelta| time.checked_add_signed(delta))
        .filter(|t| moment::is_writable(t.date_naive()))
        .map_or(Operand::Empty, Operand::DateTime)
}

pub(super) fn multiply<'a>(left: &Operand<'a>, right: &Operand<'a>) -> Operand<'a> {
    arithmetic(left, right, i64::checked_mul, |a, b| a * b)
}

/// The remainder with the sign of the dividend.
pub(super) fn modulo<'a>(left: &Operand<'a>, right: &Operand<'a>) -> Operand<'a> {
    arithmetic(left, right, i64::checked_rem, |a, b| a % b)
}

/// Always a decimal: 6 div 4 is 1.5.
pub(super) fn divide<'a>(left: &Operand<'a>, right: &Operand<'a>) -> Operand<'a> {
    arithmetic(left, right, |_, _| None, |a, b| a / b)
}

/// In integers while both are and the result fits, in decimals otherwise; empty with empty.
fn arithmetic<'a>(
    left: &Operand<'a>,
    right: &Operand<'a>,
    exact: impl Fn(i64, i64) -> Option<i64>,
    rough: impl Fn(f64, f64) -> f64,
) -> Operand<'a> {
    let (Some(a), Some(b)) = (left.number(), right.number()) else { return Operand::Empty };
    if let (Number::Integer(a), Number::Integer(b)) = (a, b)
        && let Some(result) = exact(a, b)
    {
        return Operand::Integer(result);
    }
    Operand::decimal(rough(a.decimal(), b.decimal()))
}
