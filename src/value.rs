//! What an answer can be: values, their types, the reasons why one is missing, and content hashes.
//!
//! Everything above this layer speaks of these few types. A value is always *valid by itself*
//! (a decimal is finite, a date exists); whether it fits a question is the questionnaire's business.

mod formula;

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

pub use self::formula::{is_formula, not_a_formula};

/// One answer that is a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// True or false; only expressions make these.
    Boolean(bool),
    /// A whole number; survives to the last digit (phone numbers, identifiers).
    Integer(i64),
    /// A finite number.
    Decimal(f64),
    /// Text as typed.
    Text(String),
    /// A calendar day.
    Date(NaiveDate),
    /// A time of day.
    Time(NaiveTime),
    /// A moment with the offset of the place where it was recorded.
    DateTime(DateTime<FixedOffset>),
    /// The name of one choice.
    Choice(String),
    /// Names of several choices: in list order for a multiple choice, best first for a ranking.
    Choices(Vec<String>),
}

impl Value {
    /// The type of this value.
    #[must_use]
    pub fn type_of(&self) -> Type {
        match self {
            Self::Boolean(_) => Type::Boolean,
            Self::Integer(_) => Type::Integer,
            Self::Decimal(_) => Type::Decimal,
            Self::Text(_) => Type::Text,
            Self::Date(_) => Type::Date,
            Self::Time(_) => Type::Time,
            Self::DateTime(_) => Type::DateTime,
            Self::Choice(_) => Type::Choice,
            Self::Choices(_) => Type::Choices,
        }
    }
}

/// A value as it reads in text and in data files: ISO dates, integers without a point, choice
/// names joined by one space.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(b) => write!(f, "{b}"),
            Self::Integer(i) => write!(f, "{i}"),
            Self::Decimal(d) => write!(f, "{d}"),
            Self::Text(t) | Self::Choice(t) => f.write_str(t),
            Self::Date(d) => write!(f, "{}", d.format("%Y-%m-%d")),
            Self::Time(t) => write!(f, "{}", t.format("%H:%M:%S")),
            Self::DateTime(t) => f.write_str(&t.to_rfc3339()),
            Self::Choices(names) => f.write_str(&names.join(" ")),
        }
    }
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// See [`Value::Boolean`].
    Boolean,
    /// See [`Value::Integer`].
    Integer,
    /// See [`Value::Decimal`].
    Decimal,
    /// See [`Value::Text`].
    Text,
    /// See [`Value::Date`].
    Date,
    /// See [`Value::Time`].
    Time,
    /// See [`Value::DateTime`].
    DateTime,
    /// See [`Value::Choice`].
    Choice,
    /// See [`Value::Choices`].
    Choices,
}

impl Type {
    /// Whether arithmetic is defined on it.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal)
    }
}

/// The word for a type in messages.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "true/false",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Text => "text",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
            Self::Choice => "choice",
            Self::Choices => "multiple choice",
        })
    }
}

/// Why there is no value. The order is the order of Stata's `.a` to `.f`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The respondent does not know.
    DontKnow,
    /// The respondent refuses to say.
    Refused,
    /// The question does not apply to this respondent.
    NotApplicable,
    /// Someone else was listening.
    NotAlone,
    /// Skipped by relevance.
    NotAsked,
    /// It was due, but no answer was recorded: the interview ended before it, or an optional
    /// question was passed over.
    NotReached,
}

impl Missing {
    /// Every reason, in order.
    pub const ALL: [Self; 6] = [
        Self::DontKnow,
        Self::Refused,
        Self::NotApplicable,
        Self::NotAlone,
        Self::NotAsked,
        Self::NotReached,
    ];

    /// The stored name, as in files and expressions.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DontKnow => "dont_know",
            Self::Refused => "refused",
            Self::NotApplicable => "not_applicable",
            Self::NotAlone => "not_alone",
            Self::NotAsked => "not_asked",
            Self::NotReached => "not_reached",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.name() == name)
    }

    /// Whether an enumerator may record it (the others are derived).
    #[must_use]
    pub fn is_recordable(self) -> bool {
        !matches!(self, Self::NotAsked | Self::NotReached)
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What was recorded for a question: a value, or the reason why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A value.
    Value(Value),
    /// No value, for this reason.
    Missing(Missing),
}

impl Answer {
    /// The value, or the reason why there is none.
    ///
    /// # Errors
    /// The reason, if it is missing.
    pub fn found(&self) -> Result<&Value, Missing> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Missing(reason) => Err(*reason),
        }
    }

    /// The value, if it is one.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(v) => Some(v),
            Self::Missing(_) => None,
        }
    }

    /// The reason, if it is missing.
    #[must_use]
    pub fn missing(&self) -> Option<Missing> {
        match self {
            Self::Value(_) => None,
            Self::Missing(m) => Some(*m),
        }
    }
}

/// A BLAKE3 hash of exact bytes: the name of a segment or of a questionnaire.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The first eight hexadecimal digits, for people.
    #[must_use]
    pub fn short(&self) -> String {
        self.0.iter().take(4).map(|b| format!("{b:02x}")).collect()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}
