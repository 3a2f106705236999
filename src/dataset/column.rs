//! One column: typed cells, and the reason beside each one that is missing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};

use super::List;
use crate::value::{Answer, Missing, Type, Value};

/// A named column of a table.
#[derive(Debug)]
pub struct Column {
    /// Its name: the question's, or one that begins with `_` for data about the interview.
    pub name: String,
    /// What it holds, in words, one per language.
    pub labels: Vec<String>,
    /// The sections and groups that the question is in, outermost first.
    pub groups: Vec<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// The answers could harm respondents if they leaked.
    pub sensitive: bool,
    /// The answers tell who the respondent is.
    pub identifying: bool,
    /// The answers are in somebody's own words.
    pub own_words: bool,
    data: Data,
    missing: Vec<Option<Missing>>,
}

/// Where a column comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Asked.
    Question,
    /// Calculated by the questionnaire.
    Calculated,
    /// Known about the interview.
    Metadata,
    /// Added from elsewhere, such as the sampling frame.
    Attached,
}

/// The cells. Where a cell is missing, what stands here means nothing.
#[derive(Debug)]
pub enum Data {
    /// True or false.
    Boolean(Vec<bool>),
    /// Whole numbers.
    Integer(Vec<i64>),
    /// Finite numbers.
    Decimal(Vec<f64>),
    /// Texts.
    Text(Texts),
    /// Days.
    Date(Vec<NaiveDate>),
    /// Times of day.
    Time(Vec<NaiveTime>),
    /// Moments.
    DateTime(Vec<DateTime<FixedOffset>>),
    /// One choice: its place in the list.
    Choice(Arc<List>, Vec<u32>),
    /// Several choices of the list; for a ranking, best first and at most so many.
    Choices(Arc<List>, Sets, Option<u32>),
}

/// Texts, each distinct one kept once.
#[derive(Debug, Default)]
pub struct Texts {
    codes: Vec<u32>,
    distinct: Vec<Value>,
    index: HashMap<String, u32>,
}

/// Selections of choices, each distinct one kept once.
#[derive(Debug, Default)]
pub struct Sets {
    codes: Vec<u32>,
    distinct: Vec<Value>,
    members: Vec<Vec<u32>>,
    index: HashMap<Vec<u32>, u32>,
}

impl Texts {
    fn push(&mut self, text: String) {
        let code = self.number(text);
        self.codes.push(code);
    }

    fn number(&mut self, text: String) -> u32 {
        let next = self.distinct.len() as u32;
        let distinct = &mut self.distinct;
        *self.index.entry(text).or_insert_with_key(|text| {
            distinct.push(Value::Text(text.clone()));
            next
        })
    }

    fn append(&mut self, other: Self) {
        let number = |value: Value| match value {
            Value::Text(text) => self.number(text),
            _ => 0,
        };
        let here: Vec<u32> = other.distinct.into_iter().map(number).collect();
        self.codes.extend(other.codes.iter().map(|code| here.get(*code as usize).copied().unwrap_or(0)));
    }

    /// The number of the text in a row: equal texts have equal numbers, in order of appearance.
    #[must_use]
    pub fn code(&self, row: usize) -> Option<u32> {
        self.codes.get(row).copied()
    }

    /// How many distinct texts there are.
    #[must_use]
    pub fn kinds(&self) -> usize {
        self.distinct.len()
    }

    /// Each distinct text with its number.
    pub fn distinct(&self) -> impl Iterator<Item = (u32, &str)> {
        self.distinct.iter().zip(0..).filter_map(|(value, code)| match value {
            Value::Text(text) => Some((code, text.as_str())),
            _ => None,
        })
    }
}

impl Sets {
    /// The number of the selection in a row: equal ones have equal numbers, in order of appearance.
    #[must_use]
    pub fn code(&self, row: usize) -> Option<u32> {
        self.codes.get(row).copied()
    }

    /// How many distinct selections there are.
    #[must_use]
    pub fn kinds(&self) -> usize {
        self.distinct.len()
    }

    fn push(&mut self, list: &List, members: Vec<u32>) {
        let code = self.number(list, members);
        self.codes.push(code);
    }

    fn number(&mut self, list: &List, members: Vec<u32>) -> u32 {
        let next = self.distinct.len() as u32;
        let (distinct, all) = (&mut self.distinct, &mut self.members);
        *self.index.entry(members).or_insert_with_key(|members| {
            let names = members.iter().filter_map(|m| list.names.get(*m as usize).cloned()).collect();
            distinct.push(Value::Choices(names));
            all.push(members.clone());
            next
        })
    }

    fn append(&mut self, list: &List, other: Self) {
        let here: Vec<u32> = other.members.into_iter().map(|members| self.number(list, members)).collect();
        self.codes.extend(other.codes.iter().map(|code| here.get(*code as usize).copied().unwrap_or(0)));
    }
}

impl Column {
    pub(super) fn new(name: &str, labels: Vec<String>, origin: Origin, data: Data) -> Self {
        Self {
            name: name.to_owned(),
            labels,
            groups: Vec::new(),
            origin,
            sensitive: false,
            identifying: false,
            own_words: false,
            data,
            missing: Vec::new(),
        }
    }

    /// A column without a choice list: choices are kept as text.
    pub(super) fn plain(name: &str, labels: Vec<String>, origin: Origin, ty: Type) -> Self {
        let data = match ty {
            Type::Boolean => Data::Boolean(Vec::new()),
            Type::Integer => Data::Integer(Vec::new()),
            Type::Decimal => Data::Decimal(Vec::new()),
            Type::Text | Type::Choice | Type::Choices => Data::Text(Texts::default()),
            Type::Date => Data::Date(Vec::new()),
            Type::Time => Data::Time(Vec::new()),
            Type::DateTime => Data::DateTime(Vec::new()),
        };
        Self::new(name, labels, origin, data)
    }

    /// Adds a cell. A value that the column cannot hold comes back, and the cell is not reached.
    pub(super) fn push(&mut self, answer: Answer) -> Result<(), Value> {
        let rejected = match answer {
            Answer::Value(value) => match self.data.push(value) {
                Ok(()) => {
                    self.missing.push(None);
                    return Ok(());
                }
                Err(value) => Err(value),
            },
            Answer::Missing(reason) => {
                self.missing.push(Some(reason));
                self.data.push_nothing();
                return Ok(());
            }
        };
        self.missing.push(Some(Missing::NotReached));
        self.data.push_nothing();
        rejected
    }

    /// Adds a choice by its place in the list; not reached where there is none.
    pub(super) fn push_choice(&mut self, place: Option<u32>) {
        let place =
            place.filter(|place| self.list().is_some_and(|list| (*place as usize) < list.names.len()));
        match (&mut self.data, place) {
            (Data::Choice(_, cells), Some(place)) => cells.push(place),
            (data, _) => data.push_nothing(),
        }
        self.missing.push(place.is_none().then_some(Missing::NotReached));
    }

    /// Adds the cells of another column of the same name and type.
    pub(super) fn append(&mut self, other: Self) {
        self.missing.extend(other.missing);
        match (&mut self.data, other.data) {
            (Data::Boolean(cells), Data::Boolean(theirs)) => cells.extend(theirs),
            (Data::Integer(cells), Data::Integer(theirs)) => cells.extend(theirs),
            (Data::Decimal(cells), Data::Decimal(theirs)) => cells.extend(theirs),
            (Data::Text(texts), Data::Text(theirs)) => texts.append(theirs),
            (Data::Date(cells), Data::Date(theirs)) => cells.extend(theirs),
            (Data::Time(cells), Data::Time(theirs)) => cells.extend(theirs),
            (Data::DateTime(cells), Data::DateTime(theirs)) => cells.extend(theirs),
            (Data::Choice(_, cells), Data::Choice(_, theirs)) => cells.extend(theirs),
            (Data::Choices(list, sets, _), Data::Choices(_, theirs, _)) => sets.append(list, theirs),
            // Both are of one questionnaire, so this does not happen; cells and reasons stay in step all the same.
            (data, _) => (data.len()..self.missing.len()).for_each(|_| data.push_nothing()),
        }
    }

    /// The cells.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The type of its values.
    #[must_use]
    pub fn ty(&self) -> Type {
        match &self.data {
            Data::Boolean(_) => Type::Boolean,
            Data::Integer(_) => Type::Integer,
            Data::Decimal(_) => Type::Decimal,
            Data::Text(_) => Type::Text,
            Data::Date(_) => Type::Date,
            Data::Time(_) => Type::Time,
            Data::DateTime(_) => Type::DateTime,
            Data::Choice(..) => Type::Choice,
            Data::Choices(..) => Type::Choices,
        }
    }

    /// The choice list, if it has one.
    #[must_use]
    pub fn list(&self) -> Option<&Arc<List>> {
        match &self.data {
            Data::Choice(list, _) | Data::Choices(list, ..) => Some(list),
            _ => None,
        }
    }

    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.missing.len()
    }

    /// Whether there is no cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty()
    }

    /// Why the cell of a row is missing; `None` where it has a value.
    #[must_use]
    pub fn missing(&self, row: usize) -> Option<Missing> {
        self.missing.get(row).copied().flatten()
    }

    fn has_value(&self, row: usize) -> bool {
        self.missing.get(row).is_some_and(Option::is_none)
    }

    /// The value in a row.
    #[must_use]
    pub fn value(&self, row: usize) -> Option<Cow<'_, Value>> {
        if !self.has_value(row) {
            return None;
        }
        let owned = match &self.data {
            Data::Boolean(cells) => Value::Boolean(*cells.get(row)?),
            Data::Integer(cells) => Value::Integer(*cells.get(row)?),
            Data::Decimal(cells) => Value::Decimal(*cells.get(row)?),
            Data::Date(cells) => Value::Date(*cells.get(row)?),
            Data::Time(cells) => Value::Time(*cells.get(row)?),
            Data::DateTime(cells) => Value::DateTime(*cells.get(row)?),
            Data::Text(texts) => {
                let code = *texts.codes.get(row)?;
                return texts.distinct.get(code as usize).map(Cow::Borrowed);
            }
            Data::Choice(list, cells) => {
                return list.values.get(*cells.get(row)? as usize).map(Cow::Borrowed);
            }
            Data::Choices(_, sets, _) => {
                let code = *sets.codes.get(row)?;
                return sets.distinct.get(code as usize).map(Cow::Borrowed);
            }
        };
        Some(Cow::Owned(owned))
    }

    /// The place in its list of the choice in a row.
    #[must_use]
    pub fn choice(&self, row: usize) -> Option<u32> {
        match &self.data {
            Data::Choice(_, cells) if self.has_value(row) => cells.get(row).copied(),
            _ => None,
        }
    }

    /// The places in their list of the choices in a row: in list order, or best first.
    #[must_use]
    pub fn choices(&self, row: usize) -> Option<&[u32]> {
        match &self.data {
            Data::Choices(_, sets, _) if self.has_value(row) => {
                let code = *sets.codes.get(row)?;
                sets.members.get(code as usize).map(Vec::as_slice)
            }
            _ => None,
        }
    }
}

impl Data {
    fn len(&self) -> usize {
        match self {
            Self::Boolean(cells) => cells.len(),
            Self::Integer(cells) => cells.len(),
            Self::Decimal(cells) => cells.len(),
            Self::Text(texts) => texts.codes.len(),
            Self::Date(cells) => cells.len(),
            Self::Time(cells) => cells.len(),
            Self::DateTime(cells) => cells.len(),
            Self::Choice(_, cells) => cells.len(),
            Self::Choices(_, sets, _) => sets.codes.len(),
        }
    }

    fn push(&mut self, value: Value) -> Result<(), Value> {
        match (self, value) {
            (Self::Boolean(cells), Value::Boolean(b)) => cells.push(b),
            (Self::Integer(cells), Value::Integer(i)) => cells.push(i),
            // Exactly representable: a whole number below 2^53.
            (Self::Integer(cells), Value::Decimal(d)) if d.fract() == 0.0 && d.abs() < 9.0e15 => {
                cells.push(d as i64);
            }
            (Self::Decimal(cells), Value::Decimal(d)) => cells.push(d),
            (Self::Decimal(cells), Value::Integer(i)) => cells.push(i as f64),
            (Self::Date(cells), Value::Date(d)) => cells.push(d),
            (Self::Time(cells), Value::Time(t)) => cells.push(t),
            (Self::DateTime(cells), Value::DateTime(t)) => cells.push(t),
            (Self::Text(texts), Value::Text(text) | Value::Choice(text)) => texts.push(text),
            (Self::Text(texts), value @ Value::Choices(_)) => texts.push(value.to_string()),
            (Self::Choice(list, cells), Value::Choice(name)) => match list.position(&name) {
                Some(place) => cells.push(place as u32),
                None => return Err(Value::Choice(name)),
            },
            (Self::Choices(list, sets, ranked), Value::Choices(names)) => {
                let places: Option<Vec<u32>> =
                    names.iter().map(|name| list.position(name).map(|p| p as u32)).collect();
                match places {
                    Some(mut places) => {
                        if ranked.is_none() {
                            places.sort_unstable();
                        }
                        sets.push(list, places);
                    }
                    None => return Err(Value::Choices(names)),
                }
            }
            (_, value) => return Err(value),
        }
        Ok(())
    }

    /// Keeps the cells in step with the reasons.
    fn push_nothing(&mut self) {
        match self {
            Self::Boolean(cells) => cells.push(false),
            Self::Integer(cells) => cells.push(0),
            Self::Decimal(cells) => cells.push(0.0),
            Self::Text(texts) => texts.codes.push(0),
            Self::Date(cells) => cells.push(NaiveDate::default()),
            Self::Time(cells) => cells.push(NaiveTime::default()),
            Self::DateTime(cells) => cells.push(DateTime::default()),
            Self::Choice(_, cells) => cells.push(0),
            Self::Choices(_, sets, _) => sets.codes.push(0),
        }
    }
}
