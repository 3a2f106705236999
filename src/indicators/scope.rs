//! The tables of a dataset as expressions see them from one of their rows: its columns, and those of the tables that
//! it stands in, as single values; those of other rosters as one value for each row.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use chrono::{DateTime, FixedOffset};

use super::units::{ColumnAt, is_around, row_around};
use crate::dataset::{Column, Dataset, ENUMERATOR, STARTED, Table};
use crate::diagnostic::document::Located;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::expression::{self, Env, Expect, Expression, Reference, Slot, Unresolved};
use crate::value::{Missing, Type, Value};

/// A slot is the table's number in the high bits and the column's in these.
const COLUMN_BITS: u32 = 20;
/// The column number that stands for the roster itself.
const ROSTER: u32 = (1 << COLUMN_BITS) - 1;

/// The names of a dataset, as seen from the rows of one of its tables.
pub(super) struct Scope<'d> {
    pub(super) dataset: &'d Dataset,
    pub(super) table: usize,
}

/// The answers as one row of a table sees them.
pub(super) struct RowEnv<'d> {
    dataset: &'d Dataset,
    table: usize,
    row: usize,
    /// Whether it was asked for more than single answers.
    asked_for_more: Cell<bool>,
}

fn slot(table: usize, column: u32) -> Slot {
    Slot(((table as u32) << COLUMN_BITS) | column)
}

fn parts(slot: Slot) -> (usize, u32) {
    ((slot.0 >> COLUMN_BITS) as usize, slot.0 & ROSTER)
}

/// The column of what a reference reads, if it reads one value of each row.
pub(super) fn column_of(reference: &Reference) -> Option<ColumnAt> {
    let (table, column) = parts(reference.slot);
    (column != ROSTER && !reference.many).then_some(ColumnAt { table, column: column as usize })
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

/// Whether an expression reads an answer that is sensitive or tells who somebody is, or what leads back to one.
pub(super) fn tells(expression: &Expression, dataset: &Dataset) -> bool {
    let names = expression.references().iter().filter_map(|reference| name_of(dataset, reference));
    names
        .filter_map(|name| dataset.tables.iter().find_map(|table| table.column(name)))
        .any(|column| column.sensitive || column.identifying || column.leads_back)
}

/// Whether what a reference reads is sensitive: a column, how many rows a roster has, or what stands in such a roster.
pub(super) fn is_sensitive(dataset: &Dataset, reference: &Reference) -> bool {
    let (table, column) = parts(reference.slot);
    let Some(table) = dataset.tables.get(table) else { return false };
    table.sensitive || table.columns().get(column as usize).is_some_and(|column| column.sensitive)
}

/// Checks a text of a document as an expression over the rows of a table, and reports what is wrong.
pub(super) fn expression(
    text: &Located,
    scope: &Scope<'_>,
    expect: Expect,
    report: &mut Report,
) -> Option<Expression> {
    let (expression, problems) = expression::compile(&text.text, scope, expect);
    for problem in problems {
        let severity = if problem.warning { Severity::Warning } else { Severity::Error };
        let mut diagnostic = Diagnostic::error(problem.code, text.part(&problem.range), problem.message);
        diagnostic.severity = severity;
        diagnostic.help = problem.help;
        // One value in each row of its roster.
        report.push(match problem.code {
            "X0115" if scope.table == 0 => {
                diagnostic.note("For numbers about the rows of a roster, write `unit = \"…\"` with its name.")
            }
            _ => diagnostic,
        });
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
    if expect == Expect::Boolean && is_number(&text.text, scope) {
        let number =
            Diagnostic::error("I0128", text.span.clone(), "A condition is needed here, and this is a number");
        report.push(
            number
                .note("Everybody whose number is not 0 would count.")
                .help("Say what counts: `${age} >= 18`; or `!= 0`, where that is meant."),
        );
        return None;
    }
    expression
}

/// Whether a text gives a number. A questionnaire may ask whether there is any (`relevant = "${children}"`); a result that
/// counts everybody whose number is not 0 is more likely to be a mistake.
fn is_number(text: &str, scope: &Scope<'_>) -> bool {
    expression::compile(text, scope, Expect::Any).0.is_some_and(|expression| expression.ty().is_number())
}

/// Interviews chosen by a condition.
#[derive(Debug)]
pub struct Selected {
    /// For each interview, whether the condition holds for it.
    pub holds: Vec<bool>,
    /// The names of the columns that the condition reads.
    pub reads: Vec<String>,
}

/// The interviews for which a condition holds; mistakes in the condition are reported.
pub fn select(condition: &Located, dataset: &Dataset, report: &mut Report) -> Option<Selected> {
    let condition = expression(condition, &Scope { dataset, table: 0 }, Expect::Boolean, report)?;
    let holds = |row| condition.holds(&RowEnv::new(dataset, 0, row));
    let names = condition.references().iter().filter_map(|reference| name_of(dataset, reference));
    Some(Selected {
        holds: (0..dataset.interviews().rows()).map(holds).collect(),
        reads: names.map(str::to_owned).collect(),
    })
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
        for (number, table) in self.dataset.tables.iter().enumerate() {
            if number > 0 && table.name == name {
                return Ok(Reference { slot: slot(number, ROSTER), ty: None, many: true, choices: None });
            }
            if let Some(place) = table.position(name)
                && let Some(column) = table.columns().get(place)
            {
                return Ok(Reference {
                    slot: slot(number, place as u32),
                    ty: Some(column.ty()),
                    many: !is_around(self.dataset, number, self.table),
                    choices: column.list().map(|list| list.names.clone()),
                });
            }
        }
        Err(Unresolved::Unknown)
    }

    fn this(&self) -> Option<Reference> {
        None
    }

    fn row(&self) -> Option<Reference> {
        let slot = slot(self.table, ROSTER);
        (self.table > 0).then_some(Reference { slot, ty: None, many: true, choices: None })
    }

    fn names(&self) -> Vec<&str> {
        let rosters = self.dataset.tables.iter().skip(1).map(|t| t.name.as_str());
        let columns = self.dataset.tables.iter().flat_map(Table::columns).map(|c| c.name.as_str());
        rosters.chain(columns).collect()
    }
}

impl<'d> RowEnv<'d> {
    pub(super) fn new(dataset: &'d Dataset, table: usize, row: usize) -> Self {
        Self { dataset, table, row, asked_for_more: Cell::new(false) }
    }

    /// The column and its row that a slot reads.
    fn cell(&self, slot: Slot) -> Option<(&'d Column, usize)> {
        let (table, _) = parts(slot);
        Some((self.column(slot)?, row_around(self.dataset, table, self.table, self.row)?))
    }

    fn column(&self, slot: Slot) -> Option<&'d Column> {
        let (table, column) = parts(slot);
        self.dataset.tables.get(table)?.columns().get(column as usize)
    }

    /// Why a column around this row has no value here.
    pub(super) fn missing_in(&self, column: ColumnAt) -> Option<Missing> {
        let row = row_around(self.dataset, column.table, self.table, self.row)?;
        column.of(self.dataset)?.missing(row)
    }

    /// Whether nothing was asked for but single answers: what came out is the same wherever these are.
    pub(super) fn read_answers_only(&self) -> bool {
        !self.asked_for_more.get()
    }

    /// The rows of a table that belong to the row, or to the nearest one around it that they belong to.
    fn rows(&self, table: usize) -> Option<Range<usize>> {
        if let Some(row) = row_around(self.dataset, table, self.table, self.row) {
            return Some(row..row + 1);
        }
        let table = self.dataset.tables.get(table)?;
        let outer = self.rows(table.parent?)?;
        if outer.is_empty() {
            return Some(0..0);
        }
        Some(table.rows_of(outer.start).start..table.rows_of(outer.end - 1).end)
    }

    /// The row of a table that is in the rows picked, each a roster and a place in it from 1.
    fn row_picked(&self, table: usize, picked: &[(Slot, usize)]) -> Option<usize> {
        let Some((_, place)) = picked.iter().find(|(roster, _)| parts(*roster).0 == table) else {
            return row_around(self.dataset, table, self.table, self.row);
        };
        let roster = self.dataset.tables.get(table)?;
        let rows = roster.rows_of(self.row_picked(roster.parent?, picked)?);
        rows.into_iter().nth(place.checked_sub(1)?)
    }

    fn of_interview(&self, column: &str) -> Option<Cow<'d, Value>> {
        self.asked_for_more.set(true);
        let row = row_around(self.dataset, 0, self.table, self.row)?;
        self.dataset.interviews().column(column)?.value(row)
    }
}

impl Env for RowEnv<'_> {
    fn value(&self, slot: Slot) -> Option<Cow<'_, Value>> {
        let (column, row) = self.cell(slot)?;
        column.value(row)
    }

    fn values(&self, slot: Slot) -> Vec<Option<Cow<'_, Value>>> {
        self.asked_for_more.set(true);
        let rows = self.rows(parts(slot).0).unwrap_or(0..0);
        match self.column(slot) {
            Some(column) => rows.map(|row| column.value(row)).collect(),
            None => rows.map(|_| None).collect(),
        }
    }

    fn missing(&self, slot: Slot) -> Option<Missing> {
        let (column, row) = self.cell(slot)?;
        column.missing(row)
    }

    fn position(&self, roster: Slot) -> Option<usize> {
        self.asked_for_more.set(true);
        let (number, _) = parts(roster);
        let row = row_around(self.dataset, number, self.table, self.row)?;
        let table = self.dataset.tables.get(number)?;
        Some(row - table.rows_of(table.parent_row(row)).start + 1)
    }

    fn value_in_rows(&self, slot: Slot, picked: &[(Slot, usize)]) -> Option<Cow<'_, Value>> {
        self.asked_for_more.set(true);
        let column = self.column(slot)?;
        column.value(self.row_picked(parts(slot).0, picked)?)
    }

    /// In the default language, so that a definition means the same in every report.
    fn label(&self, slot: Slot, choice: &str) -> Option<String> {
        let list = self.column(slot)?.list()?;
        Some(list.label(list.position(choice)?, 0).to_owned())
    }

    fn enumerator(&self) -> Cow<'_, str> {
        match self.of_interview(ENUMERATOR).as_deref() {
            Some(Value::Text(name)) => Cow::Owned(name.clone()),
            _ => Cow::Borrowed(""),
        }
    }

    /// When the interview began.
    fn now(&self) -> DateTime<FixedOffset> {
        match self.of_interview(STARTED).as_deref() {
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
