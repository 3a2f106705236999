//! What a compiled questionnaire is made of.

use std::borrow::Cow;
use std::collections::HashMap;

use super::text::Text;
use crate::expression::{Expression, Slot};
use crate::value::{Missing, Type, Value};

/// An item's index in interview order; also its slot in expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub u32);

/// A choice list's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListId(pub u32);

/// One thing in the questionnaire.
#[derive(Debug)]
pub struct Item {
    /// Its index.
    pub id: ItemId,
    /// Its unique name.
    pub name: String,
    /// The section, group or roster that it is in.
    pub parent: Option<ItemId>,
    /// One past the last of its descendants (its own index + 1 where it has none).
    pub end: u32,
    /// The rosters it is in, outermost first, itself not counted.
    pub rosters: Vec<ItemId>,
    /// What is read out, or the heading.
    pub label: Text,
    /// Help for the enumerator or respondent, under the label.
    pub hint: Option<Text>,
    /// When it is asked; always, if absent.
    pub relevant: Option<Expression>,
    /// Whether what stands directly in it is asked in an order drawn for each interview.
    pub shuffled: bool,
    /// Whether what stands directly in it belongs on one screen: a grid, or a group that says so.
    pub on_one_screen: bool,
    /// What it is.
    pub kind: Kind,
    pub(super) sensitive: bool,
    pub(super) identifying: bool,
    pub(super) own_words: bool,
}

/// What an item is.
#[derive(Debug)]
pub enum Kind {
    /// A top-level part.
    Section,
    /// A part within a part.
    Group,
    /// A part repeated once per row.
    Roster(Roster),
    /// Text to read or read out, without an answer.
    Note,
    /// A derived value.
    Calculate(Expression),
    /// Something that is asked.
    Question(Box<Question>),
}

/// How a roster repeats.
#[derive(Debug)]
pub struct Roster {
    /// What decides the rows.
    pub rows: Rows,
    /// The heading of a row.
    pub row_label: Option<Text>,
}

/// What decides the rows of a roster.
#[derive(Debug)]
pub enum Rows {
    /// As many as this gives.
    Count(Expression),
    /// One for each choice selected in this question.
    PerChoice(ItemId),
    /// One for each row of this other roster, with the same keys.
    PerRow(ItemId),
    /// Until the enumerator says so.
    Open,
}

/// A question's properties, whatever its type.
#[derive(Debug)]
pub struct Question {
    /// How it is answered.
    pub input: Input,
    /// Whether it must be answered; always, if absent.
    pub required: Option<Expression>,
    /// The answer offered until another is given.
    pub default: Option<Expression>,
    /// Shown but not changed.
    pub read_only: bool,
    /// What every answer must meet.
    pub constraint: Option<Constraint>,
    /// Warnings that may be overridden with a reason.
    pub checks: Vec<Check>,
    /// Reasons for a missing answer that are offered.
    pub missing: Vec<Missing>,
    /// The answer could harm the respondent if it leaked.
    pub sensitive: bool,
    /// The answer tells who the respondent is.
    pub identifying: bool,
    /// For the enumerator only, not read out.
    pub note_to_enumerator: Option<Text>,
    /// Whether it asks the enumerator if others listen.
    pub privacy_check: bool,
    /// Whether the enumerator may remark on it.
    pub allow_comment: bool,
    /// Whether its choices are shown in an order drawn for each interview.
    pub shuffled: bool,
    /// The choice that calls for words ("other, specify"), by name; it stays behind the others.
    pub other: Option<String>,
}

/// A hard limit on an answer.
#[derive(Debug)]
pub struct Constraint {
    /// Must hold; `.` is the answer.
    pub condition: Expression,
    /// What to say otherwise.
    pub message: Option<Text>,
}

/// A soft check on an answer.
#[derive(Debug)]
pub struct Check {
    /// Warns when this holds; `.` is the answer.
    pub when: Expression,
    /// What to say.
    pub message: Text,
}

/// How a question is answered.
#[derive(Debug)]
pub enum Input {
    /// One choice of a list.
    SelectOne {
        /// The list.
        list: ListId,
        /// Which choices are offered; columns of the list by bare name.
        filter: Option<Expression>,
    },
    /// Several choices of a list.
    SelectMultiple {
        /// The list.
        list: ListId,
        /// Which choices are offered.
        filter: Option<Expression>,
        /// At least so many.
        min: Option<u32>,
        /// At most so many.
        max: Option<u32>,
    },
    /// The first so many of a list, best first.
    Rank {
        /// The list.
        list: ListId,
        /// Which choices are offered.
        filter: Option<Expression>,
        /// How many places are to be filled.
        top: u32,
    },
    /// A whole number on a scale with labelled ends.
    Scale {
        /// The lowest number.
        from: i64,
        /// The highest number.
        to: i64,
        /// Label of the lowest.
        low: Text,
        /// Label of the highest.
        high: Text,
    },
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// Text.
    Text {
        /// Whether it may have several lines.
        multiline: bool,
        /// What the whole text must match.
        pattern: Option<regex::Regex>,
    },
    /// A calendar day.
    Date,
    /// A time of day.
    Time,
    /// A moment.
    DateTime,
    /// A point on the map, stored as `latitude longitude [altitude accuracy]`.
    GeoPoint,
    /// What a scanner reads, typed or scanned.
    Barcode {
        /// What the whole text must match.
        pattern: Option<regex::Regex>,
    },
    /// A file that is kept with the interview; the answer is its name there.
    File {
        /// How its name may end, in small letters without the point; anything, if empty.
        endings: Vec<String>,
    },
}

/// A list of choices.
#[derive(Debug)]
pub struct ChoiceList {
    /// Its name.
    pub name: String,
    /// Its choices, in order.
    pub choices: Vec<Choice>,
    /// Names of the extra columns, for choice filters.
    pub columns: Vec<String>,
    /// Whether it stands in a file of its own.
    pub from_file: bool,
    positions: HashMap<String, usize>,
}

/// One choice.
#[derive(Debug)]
pub struct Choice {
    /// What is stored.
    pub name: String,
    /// The number that SPSS, Stata and the CSV know it by.
    pub code: i64,
    /// What is shown.
    pub label: Text,
    /// Goes with no other choice in a multiple choice ("none of these").
    pub exclusive: bool,
    /// Values of [`ChoiceList::columns`].
    pub columns: Vec<String>,
}

/// The first slot of a list's columns in a choice filter; those below it are items. The columns
/// are `name`, `code`, and then [`ChoiceList::columns`].
pub const COLUMN_BASE: u32 = 1 << 31;

impl Item {
    /// The question, if it is one.
    #[must_use]
    pub fn question(&self) -> Option<&Question> {
        match &self.kind {
            Kind::Question(question) => Some(question),
            _ => None,
        }
    }

    /// Whether the answer is a day or a moment.
    pub(super) fn is_day(&self) -> bool {
        match &self.kind {
            Kind::Question(question) => matches!(question.input, Input::Date | Input::DateTime),
            Kind::Calculate(expression) => matches!(expression.ty(), Type::Date | Type::DateTime),
            _ => false,
        }
    }

    /// Whether the answer or calculated value could harm the respondent if it leaked.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    /// Whether the answer or calculated value tells who the respondent is.
    #[must_use]
    pub fn is_identifying(&self) -> bool {
        self.identifying
    }

    /// Whether the answer or calculated value is for nobody's eyes who does not ask for it.
    #[must_use]
    pub fn stays_inside(&self) -> bool {
        self.sensitive || self.identifying
    }

    /// Whether the answer or calculated value holds what somebody wrote in their own words: a text question, or a text
    /// calculated from one.
    #[must_use]
    pub fn has_own_words(&self) -> bool {
        self.own_words
    }
}

impl Input {
    /// The type as it is written in a questionnaire.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::SelectOne { .. } => "select_one",
            Self::SelectMultiple { .. } => "select_multiple",
            Self::Rank { .. } => "rank",
            Self::Scale { .. } => "scale",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Text { .. } => "text",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
            Self::GeoPoint => "geopoint",
            Self::Barcode { .. } => "barcode",
            Self::File { .. } => "file",
        }
    }

    /// Which choices are offered, where not all are.
    #[must_use]
    pub fn filter(&self) -> Option<&Expression> {
        match self {
            Self::SelectOne { filter, .. }
            | Self::SelectMultiple { filter, .. }
            | Self::Rank { filter, .. } => filter.as_ref(),
            _ => None,
        }
    }

    /// The choice list, where there is one.
    #[must_use]
    pub fn list(&self) -> Option<ListId> {
        match self {
            Self::SelectOne { list, .. } | Self::SelectMultiple { list, .. } | Self::Rank { list, .. } => {
                Some(*list)
            }
            _ => None,
        }
    }
}

impl ChoiceList {
    /// A list of these choices. Where two have one name, the first is found by it.
    pub(super) fn new(name: String, choices: Vec<Choice>, columns: Vec<String>, from_file: bool) -> Self {
        let mut positions = HashMap::with_capacity(choices.len());
        for (position, choice) in choices.iter().enumerate() {
            positions.entry(choice.name.clone()).or_insert(position);
        }
        Self { name, choices, columns, from_file, positions }
    }

    /// The place of the choice of that name, from 0.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }

    /// The choice of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Choice> {
        self.positions.get(name).and_then(|p| self.choices.get(*p))
    }

    /// The first choice that has this text in that column (`name`, `code` or one of
    /// [`Self::columns`]).
    #[must_use]
    pub fn find_by(&self, column: &str, text: &str) -> Option<&Choice> {
        match column {
            "name" => self.find(text),
            "code" => self.choices.iter().find(|choice| text.parse() == Ok(choice.code)),
            _ => {
                let at = self.columns.iter().position(|c| c == column)?;
                self.choices.iter().find(|choice| choice.columns.get(at).is_some_and(|v| v == text))
            }
        }
    }

    /// The slot of a column in choice filters.
    pub(super) fn column_slot(&self, column: &str) -> Option<Slot> {
        let index = match column {
            "name" => 0,
            "code" => 1,
            _ => self.columns.iter().position(|c| c == column)? as u32 + 2,
        };
        Some(Slot(COLUMN_BASE + index))
    }

    /// What a choice has in the column of a slot; `None` where that is empty or no column.
    #[must_use]
    pub fn column_value(&self, choice: &Choice, slot: Slot) -> Option<Cow<'static, Value>> {
        match slot.0.checked_sub(COLUMN_BASE)? {
            0 => Some(Value::Choice(choice.name.clone())),
            1 => Some(Value::Integer(choice.code)),
            n => {
                let column = self.columns.iter().zip(&choice.columns).nth(n as usize - 2);
                column.filter(|(_, v)| !v.is_empty()).map(|(_, v)| Value::Text(v.clone()))
            }
        }
        .map(Cow::Owned)
    }
}
