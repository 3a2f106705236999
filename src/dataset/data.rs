//! The cells of a column, by their type.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime};

use super::List;
use super::cells::Cells;
use super::coded::{Coded, Texts};
use crate::value::{Missing, Type, Value};

/// The cells.
#[derive(Debug)]
pub enum Data {
    /// True or false.
    Boolean(Cells),
    /// Whole numbers.
    Integer(Cells),
    /// Finite numbers.
    Decimal(Decimals),
    /// Texts.
    Text(Texts),
    /// Days, counted from the first of the year 1.
    Date(Cells),
    /// Times of day.
    Time(Coded<NaiveTime>),
    /// Moments.
    DateTime(Moments),
    /// One choice: its place in the list.
    Choice(Arc<List>, Cells),
    /// Several choices of the list; for a ranking, best first and at most so many.
    Choices(Arc<List>, Sets, Option<u32>),
}

/// Numbers with a point.
#[derive(Debug)]
pub enum Decimals {
    /// Few distinct ones, by their bits: ratings, money, weights of strata.
    Few(Coded<u64>),
    /// The bits of each, as a whole number.
    Many(Cells),
}

/// More distinct numbers than this are not kept once each: numbering them would cost more than it saves.
const FEW: usize = 1 << 14;

/// Moments with the offset of the place where they were recorded.
#[derive(Debug, Default)]
pub struct Moments {
    /// Seconds since 1970.
    seconds: Cells,
    /// Nanoseconds, and the offset from UTC in seconds: hardly ever more than a few.
    rest: Coded<(u32, i32)>,
}

/// Selections of choices, each distinct one kept once.
#[derive(Debug, Default)]
pub struct Sets {
    places: Coded<Vec<u32>>,
    /// Each distinct selection as a value.
    values: Vec<Value>,
}

impl Decimals {
    fn push(&mut self, number: Result<f64, Missing>) {
        let bits = number.map(f64::to_bits);
        match self {
            Self::Few(few) if few.kinds().len() < FEW => few.push(bits),
            Self::Few(few) => {
                let mut many = Cells::default();
                for row in 0..few.cells().len() {
                    many.push(
                        few.cells()
                            .get(row)
                            .and_then(Result::err)
                            .map_or_else(|| Ok(few.get(row).copied().unwrap_or_default().cast_signed()), Err),
                    );
                }
                many.push(bits.map(u64::cast_signed));
                *self = Self::Many(many);
            }
            Self::Many(many) => many.push(bits.map(u64::cast_signed)),
        }
    }

    fn append(&mut self, other: Self) {
        match (self, other) {
            (Self::Few(few), Self::Few(theirs)) if few.kinds().len() + theirs.kinds().len() <= FEW => {
                few.append(theirs);
            }
            (Self::Many(many), Self::Many(theirs)) => many.append(theirs),
            (all, theirs) => {
                let cells = theirs.cells();
                for row in 0..cells.len() {
                    let reason = cells.get(row).and_then(Result::err);
                    all.push(reason.map_or_else(|| Ok(theirs.get(row).unwrap_or_default()), Err));
                }
            }
        }
    }

    /// The greatest of them, signs aside.
    pub(super) fn magnitude(&self) -> Option<f64> {
        let of = |bits: u64| f64::from_bits(bits).abs();
        match self {
            Self::Few(few) => few.kinds().iter().copied().map(of).reduce(f64::max),
            Self::Many(many) => {
                many.iter().filter_map(Result::ok).map(|bits| of(bits.cast_unsigned())).reduce(f64::max)
            }
        }
    }

    fn cells(&self) -> &Cells {
        match self {
            Self::Few(few) => few.cells(),
            Self::Many(many) => many,
        }
    }

    fn get(&self, row: usize) -> Option<f64> {
        match self {
            Self::Few(few) => few.get(row).copied().map(f64::from_bits),
            Self::Many(many) => many.number(row).map(|bits| f64::from_bits(bits.cast_unsigned())),
        }
    }
}

impl Moments {
    fn push(&mut self, moment: Result<DateTime<FixedOffset>, Missing>) {
        self.seconds.push(moment.map(|moment| moment.timestamp()));
        self.rest
            .push(moment.map(|moment| (moment.timestamp_subsec_nanos(), moment.offset().local_minus_utc())));
    }

    fn append(&mut self, other: Self) {
        self.seconds.append(other.seconds);
        self.rest.append(other.rest);
    }

    fn get(&self, row: usize) -> Option<DateTime<FixedOffset>> {
        let (nanoseconds, offset) = *self.rest.get(row)?;
        let moment = DateTime::from_timestamp(self.seconds.number(row)?, nanoseconds)?;
        Some(moment.with_timezone(&FixedOffset::east_opt(offset)?))
    }
}

impl Sets {
    fn push(&mut self, list: &List, places: Result<Vec<u32>, Missing>) {
        self.places.push(places);
        self.name(list);
    }

    fn append(&mut self, list: &List, other: Self) {
        self.places.append(other.places);
        self.name(list);
    }

    /// Makes values of new selections.
    fn name(&mut self, list: &List) {
        for places in self.places.kinds().iter().skip(self.values.len()) {
            let names = places.iter().filter_map(|place| list.names.get(*place as usize).cloned());
            self.values.push(Value::Choices(names.collect()));
        }
    }

    /// The places in the list of the choices in a row.
    pub(super) fn places(&self, row: usize) -> Option<&[u32]> {
        self.places.get(row).map(Vec::as_slice)
    }

    fn value(&self, row: usize) -> Option<&Value> {
        self.values.get(self.places.cells().number(row)? as usize)
    }
}

impl Data {
    /// No cells yet of a type. Choices without a list are kept as text.
    pub(super) fn of(ty: Type) -> Self {
        match ty {
            Type::Boolean => Self::Boolean(Cells::default()),
            Type::Integer => Self::Integer(Cells::default()),
            Type::Decimal => Self::Decimal(Decimals::Few(Coded::default())),
            Type::Text | Type::Choice | Type::Choices => Self::Text(Texts::new()),
            Type::Date => Self::Date(Cells::default()),
            Type::Time => Self::Time(Coded::default()),
            Type::DateTime => Self::DateTime(Moments::default()),
        }
    }

    /// The same without cells.
    pub(super) fn emptied(&self) -> Self {
        match self {
            Self::Text(texts) => Self::Text(texts.emptied()),
            Self::Choice(list, _) => Self::Choice(Arc::clone(list), Cells::default()),
            Self::Choices(list, _, top) => Self::Choices(Arc::clone(list), Sets::default(), *top),
            other => Self::of(other.ty()),
        }
    }

    pub(super) fn ty(&self) -> Type {
        match self {
            Self::Boolean(_) => Type::Boolean,
            Self::Integer(_) => Type::Integer,
            Self::Decimal(_) => Type::Decimal,
            Self::Text(_) => Type::Text,
            Self::Date(_) => Type::Date,
            Self::Time(_) => Type::Time,
            Self::DateTime(_) => Type::DateTime,
            Self::Choice(..) => Type::Choice,
            Self::Choices(..) => Type::Choices,
        }
    }

    /// What stands for the values, and the reasons; none where each row has a text of its own.
    fn cells(&self) -> Option<&Cells> {
        match self {
            Self::Boolean(cells) | Self::Integer(cells) | Self::Date(cells) | Self::Choice(_, cells) => {
                Some(cells)
            }
            Self::Decimal(decimals) => Some(decimals.cells()),
            Self::Text(texts) => texts.codes(),
            Self::Time(times) => Some(times.cells()),
            Self::DateTime(moments) => Some(&moments.seconds),
            Self::Choices(_, sets, _) => Some(sets.places.cells()),
        }
    }

    /// Small numbers that stand for the values, and how many there may be; none where they are no small numbers.
    pub(super) fn codes(&self) -> Option<(&Cells, usize)> {
        match self {
            Self::Boolean(cells) => Some((cells, 2)),
            Self::Choice(list, cells) => Some((cells, list.names.len())),
            Self::Choices(_, sets, _) => Some((sets.places.cells(), sets.values.len())),
            Self::Text(texts) => Some((texts.codes()?, texts.kinds())),
            _ => None,
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Text(texts) => texts.len(),
            other => other.cells().map_or(0, Cells::len),
        }
    }

    pub(super) fn missing(&self, row: usize) -> Option<Missing> {
        self.cells()?.get(row)?.err()
    }

    /// Adds a cell. Whether the value has a place here; the cell is not reached otherwise.
    pub(super) fn push(&mut self, answer: Result<&Value, Missing>) -> bool {
        let has_place = answer.is_ok_and(|value| self.push_value(value));
        if !has_place {
            self.push_missing(answer.err().unwrap_or(Missing::NotReached));
        }
        has_place || answer.is_err()
    }

    fn push_value(&mut self, value: &Value) -> bool {
        match (self, value) {
            (Self::Boolean(cells), Value::Boolean(b)) => cells.push(Ok((*b).into())),
            (Self::Integer(cells), Value::Integer(i)) => cells.push(Ok(*i)),
            // Exactly representable: a whole number below 2^53.
            (Self::Integer(cells), Value::Decimal(d)) if d.fract() == 0.0 && d.abs() < 9.0e15 => {
                cells.push(Ok(*d as i64));
            }
            (Self::Decimal(decimals), Value::Decimal(d)) => decimals.push(Ok(*d)),
            // A larger one would be rounded, without a word.
            (Self::Decimal(decimals), Value::Integer(i)) if i.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS => {
                decimals.push(Ok(*i as f64));
            }
            (Self::Date(cells), Value::Date(day)) => cells.push(Ok(day.num_days_from_ce().into())),
            (Self::Time(times), Value::Time(time)) => times.push(Ok(*time)),
            (Self::DateTime(moments), Value::DateTime(moment)) => moments.push(Ok(*moment)),
            (Self::Text(texts), Value::Text(text) | Value::Choice(text)) => texts.push(Ok(text)),
            (Self::Text(texts), value @ Value::Choices(_)) => texts.push(Ok(&value.to_string())),
            (Self::Choice(list, cells), Value::Choice(name)) => match list.position(name) {
                Some(place) => cells.push(Ok(place as i64)),
                None => return false,
            },
            (Self::Choices(list, sets, ranked), Value::Choices(names)) => {
                let places: Option<Vec<u32>> =
                    names.iter().map(|name| list.position(name).map(|place| place as u32)).collect();
                let Some(mut places) = places else { return false };
                if ranked.is_none() {
                    places.sort_unstable();
                }
                sets.push(list, Ok(places));
            }
            _ => return false,
        }
        true
    }

    pub(super) fn push_missing(&mut self, reason: Missing) {
        match self {
            Self::Boolean(cells) | Self::Integer(cells) | Self::Date(cells) | Self::Choice(_, cells) => {
                cells.push(Err(reason));
            }
            Self::Decimal(decimals) => decimals.push(Err(reason)),
            Self::Text(texts) => texts.push(Err(reason)),
            Self::Time(times) => times.push(Err(reason)),
            Self::DateTime(moments) => moments.push(Err(reason)),
            Self::Choices(list, sets, _) => sets.push(list, Err(reason)),
        }
    }

    /// Adds the cells of others of the same type.
    pub(super) fn append(&mut self, other: Self) {
        let rows = self.len() + other.len();
        match (&mut *self, other) {
            (Self::Boolean(cells), Self::Boolean(theirs))
            | (Self::Integer(cells), Self::Integer(theirs))
            | (Self::Date(cells), Self::Date(theirs))
            | (Self::Choice(_, cells), Self::Choice(_, theirs)) => cells.append(theirs),
            (Self::Decimal(decimals), Self::Decimal(theirs)) => decimals.append(theirs),
            (Self::Text(texts), Self::Text(theirs)) => texts.append(&theirs),
            (Self::Time(times), Self::Time(theirs)) => times.append(theirs),
            (Self::DateTime(moments), Self::DateTime(theirs)) => moments.append(theirs),
            (Self::Choices(list, sets, _), Self::Choices(_, theirs, _)) => sets.append(list, theirs),
            // Both are of one questionnaire, so this does not happen; the rows stay in step all the same.
            (data, _) => (data.len()..rows).for_each(|_| data.push_missing(Missing::NotReached)),
        }
    }

    /// The value in a row.
    pub(super) fn value(&self, row: usize) -> Option<Cow<'_, Value>> {
        Some(Cow::Owned(match self {
            Self::Boolean(cells) => Value::Boolean(cells.number(row)? != 0),
            Self::Integer(cells) => Value::Integer(cells.number(row)?),
            Self::Decimal(decimals) => Value::Decimal(decimals.get(row)?),
            Self::Date(cells) => {
                Value::Date(NaiveDate::from_num_days_from_ce_opt(cells.number(row)? as i32)?)
            }
            Self::Time(times) => Value::Time(*times.get(row)?),
            Self::DateTime(moments) => Value::DateTime(moments.get(row)?),
            Self::Text(texts) => Value::Text(texts.get(row)?.to_owned()),
            Self::Choice(list, cells) => {
                return list.values.get(cells.number(row)? as usize).map(Cow::Borrowed);
            }
            Self::Choices(_, sets, _) => return sets.value(row).map(Cow::Borrowed),
        }))
    }
}
