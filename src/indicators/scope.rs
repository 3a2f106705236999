//! The tables of a dataset as expressions see them from an interview: its own columns as single
//! values, those of rosters as one value for each row.

use std::borrow::Cow;
use std::ops::Range;

use chrono::{DateTime, FixedOffset};

use crate::dataset::{Column, Dataset, ENUMERATOR, STARTED, Table};
use crate::diagnostic::document::Located;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::expression::{self, Env, Expect, Expression, Reference, Slot, Unresolved};
use crate::value::{Missing, Type, Value};

/// A slot is the table's number in the high bits and the column's in these.
const COLUMN_BITS: u32 = 20;
/// The column number that stands for the roster itself.
const ROSTER: u32 = (1 << COLUMN_BITS) - 1;

/// The names of a dataset.
pub(super) struct Scope<'d>(pub(super) &'d Dataset);

/// One interview's answers.
pub(super) struct RowEnv<'d> {
    pub(super) dataset: &'d Dataset,
    pub(super) row: usize,
}

fn slot(table: usize, column: u32) -> Slot {
    Slot(((table as u32) << COLUMN_BITS) | column)
}

fn parts(slot: Slot) -> (usize, u32) {
    ((slot.0 >> COLUMN_BITS) as usize, slot.0 & ROSTER)
}

/// The place among the interviews' columns of what a reference reads, if it is one.
pub(super) fn interview_column(reference: &Reference) -> Option<usize> {
    match parts(reference.slot) {
        (0, column) if column != ROSTER => Some(column as usize),
        _ => None,
    }
}

/// The name of what a reference reads.
pub(super) fn name_of<'d>(dataset: &'d Dataset, reference: &Reference) -> Option<&'d str> {
    let (table, column) = parts(reference.slot);
    let table = dataset.tables.get(table)?;
    match column {
        ROSTER => Some(&table.name),
        _ => table.columns().get(column as usize).map(|column| column.name.as_str()),
    }
}

/// Checks a text of a document as an expression over interviews, and reports what is wrong.
pub(super) fn expression(
    text: &Located,
    dataset: &Dataset,
    expect: Expect,
    report: &mut Report,
) -> Option<Expression> {
    let (expression, problems) = expression::compile(&text.text, &Scope(dataset), expect);
    for problem in problems {
        let severity = if problem.warning { Severity::Warning } else { Severity::Error };
        let mut diagnostic = Diagnostic::error(problem.code, text.part(&problem.range), problem.message);
        diagnostic.severity = severity;
        diagnostic.help = problem.help;
        report.push(diagnostic);
    }
    if let Some(at) = random_in(&text.text) {
        report.push(
            Diagnostic::error(
                "I0118",
                text.part(&(at..at + RANDOM.len())),
                "Results cannot depend on chance",
            )
            .help("Draw in a calculation of the questionnaire, which keeps its value, and use its name."),
        );
        return None;
    }
    expression
}

/// For each interview, whether a condition holds for it; mistakes in the condition are reported.
pub fn select(condition: &Located, dataset: &Dataset, report: &mut Report) -> Option<Vec<bool>> {
    let condition = expression(condition, dataset, Expect::Boolean, report)?;
    let holds = |row| condition.holds(&RowEnv { dataset, row });
    Some((0..dataset.interviews().rows()).map(holds).collect())
}

const RANDOM: &str = "random";

/// Where a text calls `random()`, outside of quoted texts.
fn random_in(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            None => {
                let called = |rest: &str| rest.trim_start().starts_with('(');
                let before = text.get(..at).and_then(|t| t.chars().next_back());
                let begins = !before.is_some_and(|c| c.is_alphanumeric() || "_-.".contains(c));
                if begins && text.get(at..).and_then(|t| t.strip_prefix(RANDOM)).is_some_and(called) {
                    return Some(at);
                }
            }
        }
    }
    None
}

impl expression::Scope for Scope<'_> {
    fn resolve(&self, name: &str) -> Result<Reference, Unresolved> {
        for (number, table) in self.0.tables.iter().enumerate() {
            if number > 0 && table.name == name {
                return Ok(Reference { slot: slot(number, ROSTER), ty: None, many: true, choices: None });
            }
            if let Some(place) = table.position(name)
                && let Some(column) = table.columns().get(place)
            {
                return Ok(Reference {
                    slot: slot(number, place as u32),
                    ty: Some(column.ty()),
                    many: number > 0,
                    choices: column.list().map(|list| list.names.clone()),
                });
            }
        }
        Err(Unresolved::Unknown)
    }

    fn this(&self) -> Option<Reference> {
        None
    }

    fn names(&self) -> Vec<&str> {
        let rosters = self.0.tables.iter().skip(1).map(|t| t.name.as_str());
        let columns = self.0.tables.iter().flat_map(Table::columns).map(|c| c.name.as_str());
        rosters.chain(columns).collect()
    }
}

impl<'d> RowEnv<'d> {
    fn column(&self, slot: Slot) -> Option<&'d Column> {
        let (table, column) = parts(slot);
        self.dataset.tables.get(table)?.columns().get(column as usize)
    }

    /// The rows of a roster's table that belong to this interview.
    fn rows(&self, table: usize) -> Option<Range<usize>> {
        let table = self.dataset.tables.get(table)?;
        let Some(parent) = table.parent else { return Some(self.row..self.row + 1) };
        let outer = self.rows(parent)?;
        if outer.is_empty() {
            return Some(0..0);
        }
        Some(table.rows_of(outer.start).start..table.rows_of(outer.end - 1).end)
    }
}

impl Env for RowEnv<'_> {
    fn value(&self, slot: Slot) -> Option<Cow<'_, Value>> {
        self.column(slot)?.value(self.row)
    }

    fn values(&self, slot: Slot) -> Vec<Option<Cow<'_, Value>>> {
        let rows = self.rows(parts(slot).0).unwrap_or(0..0);
        match self.column(slot) {
            Some(column) => rows.map(|row| column.value(row)).collect(),
            None => rows.map(|_| None).collect(),
        }
    }

    fn missing(&self, slot: Slot) -> Option<Missing> {
        self.column(slot)?.missing(self.row)
    }

    /// An expression about a whole interview stands in no roster row.
    fn position(&self, _roster: Slot) -> Option<usize> {
        None
    }

    /// In the default language, so that a definition means the same in every report.
    fn label(&self, slot: Slot, choice: &str) -> Option<String> {
        let list = self.column(slot)?.list()?;
        Some(list.label(list.position(choice)?, 0).to_owned())
    }

    fn enumerator(&self) -> Cow<'_, str> {
        let column = self.dataset.interviews().column(ENUMERATOR);
        match column.and_then(|column| column.value(self.row)).as_deref() {
            Some(Value::Text(name)) => Cow::Owned(name.clone()),
            _ => Cow::Borrowed(""),
        }
    }

    /// When the interview began.
    fn now(&self) -> DateTime<FixedOffset> {
        let started = self.dataset.interviews().column(STARTED);
        match started.and_then(|column| column.value(self.row)).as_deref() {
            Some(Value::DateTime(at)) => *at,
            _ => DateTime::default(),
        }
    }

    /// Never asked for: [`expression`] refuses `random()`.
    fn random(&self) -> f64 {
        0.0
    }
}

/// A column's type in messages.
pub(super) fn type_name(column: &Column) -> String {
    match column.ty() {
        Type::Integer | Type::Decimal => String::from("a number"),
        Type::Choice => String::from("one choice"),
        Type::Choices => String::from("several choices"),
        Type::Text => String::from("text"),
        other => format!("a {other}"),
    }
}
