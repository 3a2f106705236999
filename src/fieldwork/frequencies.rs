//! What was answered so far, question by question, for those who lead the fieldwork. Nothing is weighted, and
//! nothing here is for publishing: that is what indicators are for.
//!
//! What could harm a respondent is counted but not shown unless it is asked for by name; what tells who
//! somebody is, and people's own words, are counted only.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::dataset::{Column, Data, Dataset, Origin};
use crate::value::{Missing, Value};

/// The questions of one table: of the interviews, or of a roster.
#[derive(Debug, Clone, PartialEq)]
pub struct TableOf {
    /// `interviews`, or the roster's name.
    pub name: String,
    /// How many rows were looked at.
    pub rows: usize,
    /// Its questions, in their order.
    pub questions: Vec<Frequencies>,
}

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Frequencies {
    /// Its name.
    pub name: String,
    /// Its words.
    pub label: String,
    /// Whether it was calculated, and not asked.
    pub is_calculated: bool,
    /// How many rows have a value.
    pub n: usize,
    /// How many have none, by reason; only reasons that occur.
    pub missing: Vec<(Missing, usize)>,
    /// The values, as far as they are shown.
    pub shown: Shown,
}

/// What is shown of the values.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// How often each choice was made.
    Choices {
        /// Whether one answer may have several of them.
        several: bool,
        /// Name, label and number of each choice, in list order.
        choices: Vec<(String, String, usize)>,
    },
    /// How the numbers lie; none without any number.
    Numbers(Option<Numbers>),
    /// The first and the last day, time or moment, as text; none without any.
    Moments(Option<(String, String)>),
    /// People's own words: counted only.
    Words,
    /// Tells who somebody is: counted only.
    Identifying,
    /// Could harm respondents: shown where it is asked for by name.
    Sensitive,
}

/// How numbers lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numbers {
    /// The smallest.
    pub min: Number,
    /// The middle one, or the mean of the two in the middle.
    pub median: Number,
    /// The mean.
    pub mean: f64,
    /// The largest.
    pub max: Number,
}

/// A number as it was answered: a whole one has all of its digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// Of a question with whole numbers.
    Whole(i64),
    /// Any other.
    Decimal(f64),
}

impl Number {
    fn as_f64(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Decimal(number) => number,
        }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one.cmp(other),
            _ => self.as_f64().total_cmp(&other.as_f64()),
        }
    }

    /// What lies in the middle between two.
    fn between(self, other: Self) -> Self {
        if let (Self::Whole(one), Self::Whole(other)) = (self, other) {
            let sum = i128::from(one) + i128::from(other);
            // Half of what two numbers of 64 bits add up to is one again.
            if let (0, Ok(half)) = (sum % 2, i64::try_from(sum / 2)) {
                return Self::Whole(half);
            }
        }
        Self::Decimal(f64::midpoint(self.as_f64(), other.as_f64()))
    }
}

/// The frequencies of every question in these interviews (rows of the table), and in their rows of rosters.
/// `with` names sensitive questions that are shown all the same.
#[must_use]
pub fn frequencies(
    dataset: &Dataset,
    interviews: &[usize],
    with: &[String],
    language: usize,
) -> Vec<TableOf> {
    let mut rows_of: Vec<Vec<usize>> = Vec::with_capacity(dataset.tables.len());
    for table in &dataset.tables {
        let rows = match table.parent.and_then(|parent| rows_of.get(parent)) {
            Some(parents) => parents.iter().flat_map(|parent| table.rows_of(*parent)).collect(),
            None => interviews.to_vec(),
        };
        rows_of.push(rows);
    }
    let tables = dataset.tables.iter().zip(&rows_of);
    tables
        .map(|(table, rows)| TableOf {
            name: table.name.clone(),
            rows: rows.len(),
            questions: table
                .columns()
                .iter()
                .filter(|column| matches!(column.origin, Origin::Question | Origin::Calculated))
                .map(|column| of_column(column, rows, with, language))
                .collect(),
        })
        .collect()
}

fn of_column(column: &Column, rows: &[usize], with: &[String], language: usize) -> Frequencies {
    let missing = |reason: &Missing| rows.iter().filter(|row| column.missing(**row) == Some(*reason)).count();
    let missing: Vec<(Missing, usize)> =
        Missing::ALL.iter().map(|reason| (*reason, missing(reason))).filter(|(_, n)| *n > 0).collect();
    Frequencies {
        name: column.name.clone(),
        label: column.labels.get(language).cloned().unwrap_or_else(|| column.name.clone()),
        is_calculated: column.origin == Origin::Calculated,
        n: rows.len() - missing.iter().map(|(_, n)| n).sum::<usize>(),
        missing,
        shown: shown(column, rows, with, language),
    }
}

fn shown(column: &Column, rows: &[usize], with: &[String], language: usize) -> Shown {
    if column.identifying {
        return Shown::Identifying;
    }
    if column.sensitive && !with.contains(&column.name) {
        return Shown::Sensitive;
    }
    let values = || rows.iter().filter_map(|row| column.value(*row));
    match column.data() {
        Data::Text(_) => Shown::Words,
        Data::Integer(_) | Data::Decimal(_) => Shown::Numbers(numbers(
            values()
                .filter_map(|value| match *value {
                    Value::Integer(i) => Some(Number::Whole(i)),
                    Value::Decimal(d) => Some(Number::Decimal(d)),
                    _ => None,
                })
                .collect(),
        )),
        Data::Date(_) | Data::Time(_) | Data::DateTime(_) => Shown::Moments(ends(values())),
        Data::Boolean(_) => {
            let count = |wanted| values().filter(|value| **value == Value::Boolean(wanted)).count();
            let choice = |name: &str, wanted| (name.to_owned(), name.to_owned(), count(wanted));
            Shown::Choices { several: false, choices: vec![choice("true", true), choice("false", false)] }
        }
        Data::Choice(list, _) => {
            let mut counts = vec![0; list.names.len()];
            for place in rows.iter().filter_map(|row| column.choice(*row)) {
                counts[place as usize] += 1;
            }
            Shown::Choices { several: false, choices: labelled(list, &counts, language) }
        }
        Data::Choices(list, ..) => {
            let mut counts = vec![0; list.names.len()];
            for place in rows.iter().filter_map(|row| column.choices(*row)).flatten() {
                counts[*place as usize] += 1;
            }
            Shown::Choices { several: true, choices: labelled(list, &counts, language) }
        }
    }
}

fn labelled(list: &crate::dataset::List, counts: &[usize], language: usize) -> Vec<(String, String, usize)> {
    let choices = list.names.iter().enumerate().zip(counts);
    choices.map(|((place, name), n)| (name.clone(), list.label(place, language).to_owned(), *n)).collect()
}

/// The first and the last, in the order of what they mean: of moments, whatever offset from UTC they were recorded with.
fn ends<'v>(mut values: impl Iterator<Item = Cow<'v, Value>>) -> Option<(String, String)> {
    let is_before = |one: &Value, other: &Value| match (one, other) {
        (Value::Date(one), Value::Date(other)) => one < other,
        (Value::Time(one), Value::Time(other)) => one < other,
        (Value::DateTime(one), Value::DateTime(other)) => one < other,
        _ => false,
    };
    let first = values.next()?;
    let (first, last) = values.fold((first.clone(), first), |(first, last), value| {
        if is_before(&value, &first) {
            (value, last)
        } else if is_before(&last, &value) {
            (first, value)
        } else {
            (first, last)
        }
    });
    Some((first.to_string(), last.to_string()))
}

fn numbers(mut numbers: Vec<Number>) -> Option<Numbers> {
    numbers.sort_by(Number::cmp);
    let (min, max) = numbers.first().copied().zip(numbers.last().copied())?;
    let mean = numbers.iter().map(|number| number.as_f64()).sum::<f64>() / numbers.len() as f64;
    Some(Numbers { min, median: middle(&numbers, Number::between)?, mean, max })
}

/// The middle one of these numbers, or the mean of the two in the middle; sorts them on the way.
pub fn median(numbers: &mut [f64]) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    middle(numbers, f64::midpoint)
}

/// The middle one of these in their order, or what lies between the two in the middle.
fn middle<T: Copy>(sorted: &[T], between: impl Fn(T, T) -> T) -> Option<T> {
    let half = sorted.len() / 2;
    let upper = *sorted.get(half)?;
    let below = half.checked_sub(1).filter(|_| sorted.len().is_multiple_of(2));
    Some(below.and_then(|place| sorted.get(place)).map_or(upper, |lower| between(*lower, upper)))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use chrono::DateTime;

    use super::Number::{Decimal, Whole};
    use super::{Numbers, ends, numbers};
    use crate::value::Value;

    /// Ten in the evening of one place is the next day already in another, and earlier all the same.
    #[test]
    fn the_first_and_the_last_moment_are_so_everywhere() {
        let moment = |text: &str| Value::DateTime(DateTime::parse_from_rfc3339(text).unwrap());
        let (late, early, between) = (
            moment("2026-03-02T22:00:00+00:00"),
            moment("2026-03-03T00:30:00+06:00"),
            moment("2026-03-02T21:00:00+00:00"),
        );
        let found = ends([&late, &early, &between].into_iter().map(Cow::Borrowed));
        assert_eq!(found, Some((early.to_string(), late.to_string())));
        assert_eq!(ends([&late].into_iter().map(Cow::Borrowed)), Some((late.to_string(), late.to_string())));
        assert_eq!(ends(std::iter::empty()), None);
    }

    #[test]
    fn the_median_lies_in_the_middle() {
        assert_eq!(numbers(vec![]), None);
        let four = Decimal(4.0);
        assert_eq!(numbers(vec![four]), Some(Numbers { min: four, median: four, mean: 4.0, max: four }));
        assert_eq!(
            numbers([10.0, 1.0, 3.0, 2.0].map(Decimal).to_vec()),
            Some(Numbers { min: Decimal(1.0), median: Decimal(2.5), mean: 4.0, max: Decimal(10.0) })
        );
    }

    #[test]
    fn whole_numbers_keep_every_digit() {
        let (near, most) = (i64::MAX - 2, i64::MAX);
        let found = numbers([most, near, 7, 7].map(Whole).to_vec()).unwrap();
        assert_eq!((found.min, found.max), (Whole(7), Whole(most)));
        let found = numbers([most, near].map(Whole).to_vec()).unwrap();
        assert_eq!(found.median, Whole(i64::MAX - 1));
        assert_eq!(numbers([2, 3].map(Whole).to_vec()).unwrap().median, Decimal(2.5));
    }
}
