//! The functions: one table, from which checking, evaluation and the language's page all come.

mod choices;
mod dates;
mod identity;
mod logic;
mod numbers;
mod places;
mod questions;
mod texts;

use std::borrow::Cow;
use std::fmt::Write as _;

use regex::Regex;

use super::format::{FIELDS, Format};
use super::node::Node;
use super::operand::{Number, Operand};
use super::{Env, Slot};
use crate::value::Type;

/// One function of the language.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) parameters: &'static [Parameter],
    pub(super) gives: Gives,
    /// One line for the language's page.
    doc: &'static str,
    pub(super) code: for<'a> fn(Call<'a>) -> Operand<'a>,
}

/// One parameter of a function.
#[derive(Debug)]
pub(super) struct Parameter {
    name: &'static str,
    pub(super) kind: Kind,
    pub(super) times: Times,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Times {
    Once,
    Optional,
    /// Any number of times, also none. Only the last parameter.
    Repeated,
    /// As [`Times::Repeated`], but together with the parameter beside it. Only the last two.
    Paired,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Condition,
    Number,
    /// Anything; it is read as text.
    Text,
    Any,
    /// A choice, choices, or names separated by spaces.
    List,
    /// The name of one choice of the first argument.
    Choice,
    /// A date or moment, or what can be read as one.
    Date,
    Time,
    /// Numbers of a roster's rows.
    Numbers,
    /// Numbers or dates: written one by one, or of a roster's rows.
    Comparables,
    /// Texts: written one by one, or of a roster's rows.
    Texts,
    /// A roster's rows, or the answers in them.
    Rows,
    /// The answers of one question in a roster's rows.
    Answers,
    /// A question that has one value here.
    Question,
    Roster,
    /// `..`
    Parent,
    /// A pattern, written out.
    Pattern,
    /// A date format, written out.
    Format,
    /// A question as a text, `'${name}'`.
    QuestionName,
    /// Anything that reads no answer.
    Constant,
    /// The name of a choice list, written out.
    ListName,
    /// A column of that list, written out.
    Column,
    /// One of these words, written out.
    OneOf(&'static [&'static str]),
}

/// The type of what a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    Is(Type),
    /// An integer if the first argument is one, else a decimal.
    Number,
    /// What the arguments from this one on have in common.
    Common(usize),
    /// An integer, or a decimal if places are given.
    Rounded,
    /// What the first argument holds.
    First,
    /// One choice of the first argument.
    Element,
}

const fn one(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, times: Times::Once }
}

const fn optional(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, times: Times::Optional }
}

const fn paired(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, times: Times::Paired }
}

const fn repeated(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, times: Times::Repeated }
}

/// The groups of the table, each with its heading.
const GROUPS: &[(&str, &[Function])] = &[
    ("Conditions", logic::TABLE),
    ("Choices", choices::TABLE),
    ("Numbers", numbers::TABLE),
    ("Texts", texts::TABLE),
    ("Dates and times", dates::TABLE),
    ("Places on the map", places::TABLE),
    ("Identifiers and fingerprints", identity::TABLE),
    ("Questions and rosters", questions::TABLE),
];

/// Functions of the field's tools that are refused, each with what to do instead.
pub(super) const UNSUPPORTED: &[(&str, &str)] = &[
    ("instance", "write instance('list')/root/item[name = ${question}]/column"),
    ("current", "name the question as ${name}"),
    ("last", "count the rows with count(${roster})"),
];

impl Function {
    /// The function of that name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        Self::all().find(|f| f.name == name)
    }

    /// Every function.
    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        GROUPS.iter().flat_map(|(_, functions)| functions.iter())
    }

    /// How it is called: `substr(text, start, [end])`.
    pub(super) fn signature(&self) -> String {
        let parameters: Vec<_> = self
            .parameters
            .iter()
            .map(|p| match p.times {
                Times::Optional => format!("[{}]", p.name),
                Times::Repeated => format!("{}, ...", p.name),
                Times::Once | Times::Paired => p.name.to_owned(),
            })
            .collect();
        let more = if self.is_paired() { ", ..." } else { "" };
        format!("{}({}{more})", self.name, parameters.join(", "))
    }

    fn is_paired(&self) -> bool {
        self.parameters.last().is_some_and(|p| p.times == Times::Paired)
    }

    /// Whether it may be called with that many arguments.
    pub(super) fn takes(&self, count: usize) -> bool {
        let least = self.parameters.iter().filter(|p| p.times == Times::Once).count();
        let fits = match self.parameters.last().map(|p| p.times) {
            Some(Times::Repeated) => true,
            Some(Times::Paired) => count.saturating_sub(least).is_multiple_of(2),
            _ => count <= self.parameters.len(),
        };
        count >= least && fits
    }

    /// The parameter that the argument at that place is for.
    pub(super) fn parameter(&self, at: usize) -> Option<&'static Parameter> {
        let length = self.parameters.len();
        let at = match at.checked_sub(length) {
            None => at,
            Some(beyond) if self.is_paired() => length.saturating_sub(2) + beyond % 2,
            Some(_) => length.saturating_sub(1),
        };
        self.parameters.get(at)
    }
}

/// The functions and date formats as Markdown tables, for the language's page.
#[must_use]
pub fn reference() -> String {
    let mut page = String::new();
    let cell = |text: &str| text.replace('|', "\\|");
    for (title, functions) in GROUPS {
        let _ = write!(page, "### {title}\n\n| function | gives | meaning |\n| --- | --- | --- |\n");
        for f in *functions {
            let gives = match f.gives {
                Gives::Is(ty) => ty.to_string(),
                Gives::Number | Gives::Rounded => "number".to_owned(),
                Gives::Common(_) | Gives::First => "the same type".to_owned(),
                Gives::Element => "choice".to_owned(),
            };
            let _ = writeln!(page, "| `{}` | {gives} | {} |", cell(&f.signature()), cell(f.doc));
        }
        page.push('\n');
    }
    page.push_str("### Date formats\n\n| field | gives |\n| --- | --- |\n");
    for (field, meaning) in FIELDS {
        let _ = writeln!(page, "| `%{field}` | {meaning} |");
    }
    page
}

/// A call while it is evaluated: the arguments, not evaluated yet.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) arguments: &'a [Node],
    pub(super) env: &'a dyn Env,
}

impl<'a> Call<'a> {
    fn len(&self) -> usize {
        self.arguments.len()
    }

    fn value(&self, at: usize) -> Operand<'a> {
        self.arguments.get(at).map_or(Operand::Empty, |a| a.evaluate(self.env))
    }

    fn truth(&self, at: usize) -> bool {
        self.value(at).truth()
    }

    fn number(&self, at: usize) -> Option<Number> {
        self.value(at).number()
    }

    fn decimal(&self, at: usize) -> Option<f64> {
        self.number(at).map(Number::decimal)
    }

    /// The argument as text; "" if it is empty.
    fn text(&self, at: usize) -> Cow<'a, str> {
        self.value(at).into_text()
    }

    /// The values of all arguments from that one on; those that are many, row by row.
    fn values(&self, from: usize) -> impl Iterator<Item = Operand<'a>> {
        let env = self.env;
        self.arguments.iter().skip(from).flat_map(move |a| a.values(env))
    }

    /// The slot of an argument that is a question or roster.
    fn slot(&self, at: usize) -> Option<Slot> {
        match self.arguments.get(at) {
            Some(Node::Read(slot) | Node::ReadMany(slot)) => Some(*slot),
            _ => None,
        }
    }

    fn pattern(&self, at: usize) -> Option<&'a Regex> {
        match self.arguments.get(at) {
            Some(Node::Pattern(pattern)) => Some(pattern),
            _ => None,
        }
    }

    fn format(&self, at: usize) -> Option<&'a Format> {
        match self.arguments.get(at) {
            Some(Node::Format(format)) => Some(format),
            _ => None,
        }
    }
}
