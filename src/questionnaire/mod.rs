//! The compiled questionnaire: immutable, and valid if it exists.
//!
//! [`compile`] reads a [`Bundle`] (the TOML as written, its translations and choice files) and
//! gives every mistake at once with its place. Items stand in one array in interview order; an
//! item's descendants follow it directly, so a subtree is a range.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::Report;
use crate::expression::{Env, Expression};
use crate::value::{Hash, Missing};

/// The exact files of a questionnaire, by path relative to its folder. What a store keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundle {
    /// `questionnaire.toml`, `translations/ar.toml`, `districts.csv`, …
    pub files: BTreeMap<String, Vec<u8>>,
}

/// An item's index in interview order; also its slot in expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub u32);

/// A choice list's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListId(pub u32);

/// A valid questionnaire.
#[derive(Debug)]
pub struct Questionnaire {
    /// Stable name, `community-security`.
    pub id: String,
    /// Version as written.
    pub version: String,
    /// Hash of the bundle's exact bytes.
    pub hash: Hash,
    /// Language tags; the first is the default language.
    pub languages: Vec<String>,
    /// Title.
    pub title: Text,
    /// All items, in interview order.
    pub items: Vec<Item>,
    /// All choice lists.
    pub lists: Vec<ChoiceList>,
    names: HashMap<String, ItemId>,
    graph: Graph,
}

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
    /// What it is.
    pub kind: Kind,
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

/// Text in every language, with expressions piped into it.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// One template per language of the questionnaire; the default language's where a
    /// translation is missing.
    variants: Vec<Vec<Piece>>,
}

/// A piece of a text.
#[derive(Debug, Clone)]
enum Piece {
    /// As it stands.
    Literal(String),
    /// `${name}`: the answer, a choice as its label.
    Piped(Expression),
}

/// Who depends on whom.
#[derive(Debug, Default)]
struct Graph {
    /// For each item: the items to look at again when its answer, rows or relevance change.
    dependents: Vec<Vec<ItemId>>,
    /// For each item: its place in an order in which nothing stands before what it reads.
    rank: Vec<u32>,
}

/// Compiles a bundle. The questionnaire is there unless the report holds an error. File names in
/// the report are the bundle's paths behind `folder`.
#[must_use]
pub fn compile(_bundle: &Bundle, _folder: &str) -> (Option<Questionnaire>, Report) {
    todo!()
}

impl Bundle {
    /// One sequence of bytes for the whole bundle, the same for the same files: what is hashed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        todo!()
    }

    /// The bundle of these bytes, if they are one.
    #[must_use]
    pub fn from_bytes(_bytes: &[u8]) -> Option<Self> {
        todo!()
    }
}

impl Questionnaire {
    /// The item of that id.
    #[must_use]
    pub fn item(&self, id: ItemId) -> &Item {
        &self.items[id.0 as usize]
    }

    /// The item of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Item> {
        self.names.get(name).map(|id| self.item(*id))
    }

    /// The list of that id.
    #[must_use]
    pub fn list(&self, id: ListId) -> &ChoiceList {
        &self.lists[id.0 as usize]
    }

    /// The items to look at again when this one changes, nearest first.
    #[must_use]
    pub fn dependents(&self, id: ItemId) -> &[ItemId] {
        self.graph.dependents.get(id.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The place of an item in an order in which nothing stands before what it reads.
    #[must_use]
    pub fn rank(&self, id: ItemId) -> u32 {
        self.graph.rank.get(id.0 as usize).copied().unwrap_or(id.0)
    }

    /// The index of a language.
    #[must_use]
    pub fn language(&self, tag: &str) -> Option<usize> {
        self.languages.iter().position(|l| l == tag)
    }
}

impl ChoiceList {
    /// The choice of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Choice> {
        self.positions.get(name).and_then(|p| self.choices.get(*p))
    }
}

impl Text {
    /// The text in a language (by index), with piped answers filled in.
    #[must_use]
    pub fn render(&self, _language: usize, _env: &dyn Env) -> String {
        todo!()
    }

    /// The text in a language as written, `${…}` left standing.
    #[must_use]
    pub fn source(&self, _language: usize) -> String {
        todo!()
    }
}
