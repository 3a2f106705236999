//! The variables of a system file: how each is kept.

use std::collections::HashSet;

use crate::export::cell::{Cell, Kind, MOST_EXACT, is_long};
use crate::export::shorten::{self, How, IN_CODEBOOK, IN_CSV, Shortened};
use crate::export::source::{Source, sources};
use crate::export::{Plan, PlannedTable, Variable};
use crate::value::Missing;

/// The longest text that a variable holds, in bytes.
const LONGEST_TEXT: usize = 32_767;
/// The longest label of a variable, in bytes.
pub(super) const LONGEST_LABEL: usize = 255;
/// The longest text in one segment; longer ones stand in several.
const SEGMENT: usize = 255;
/// How many bytes of a long text one segment counts for.
const COUNTED: usize = 252;

/// A variable of the file.
pub(super) struct Field<'p, 'd> {
    /// Its name.
    pub name: &'p str,
    /// Its label, cut where SPSS has no room for more.
    pub label: String,
    /// Where it comes from.
    pub source: Source<'p, 'd>,
    /// How it is kept.
    pub form: Form,
    /// The code of the first reason; the others go down from there. `None` where no reason stands in the cells.
    pub reasons: Option<i64>,
    /// The names, unique and of at most 8 letters, of its segments, of which a number has one.
    pub short: Vec<String>,
}

/// How a field is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A number, shown in one of SPSS's formats.
    Number(Format),
    /// A text of at most so many bytes.
    Text(usize),
}

/// SPSS's formats of numbers, with their numbers, widths and decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format(pub u8, pub u8, pub u8);

const DATE: Format = Format(39, 10, 0);
const TIME: Format = Format(21, 8, 0);
const DATETIME: Format = Format(22, 20, 0);

impl Field<'_, '_> {
    /// The widths in bytes of the segments of a text.
    pub fn segments(&self) -> Vec<usize> {
        match self.form {
            Form::Number(_) => Vec::new(),
            Form::Text(width) => segments(width),
        }
    }
}

fn segments(width: usize) -> Vec<usize> {
    if width <= SEGMENT {
        return vec![width];
    }
    let n = width.div_ceil(COUNTED);
    let mut widths = vec![SEGMENT; n - 1];
    widths.push(width - (n - 1) * COUNTED);
    widths
}

/// The variables of a table's file.
pub(super) fn fields<'p, 'd>(
    plan: &Plan<'_>,
    table: &'p PlannedTable<'d>,
    shortened: &mut Vec<Shortened>,
) -> Vec<Field<'p, 'd>> {
    let mut fields = Vec::new();
    for (name, source) in sources(table) {
        let label = source.label(table, plan.options.language);
        let cut = shorten::bytes(&label, LONGEST_LABEL);
        if cut.is_some() {
            shortened.push(Shortened {
                what: "labels of variables",
                how: How::Cut("255 bytes"),
                whole: IN_CODEBOOK,
                name: name.to_owned(),
            });
        }
        let form = match source {
            Source::Key(_) => Form::Text(source.longest_text(table)),
            Source::Variable(variable) => form(table, variable, shortened),
        };
        let coded = source.variable().filter(|variable| {
            variable.is_answer() && matches!(form, Form::Number(_)) && variable.kind() != Kind::Reason
        });
        let reasons = coded.map(|variable| reasons(table, variable));
        let form = match (form, reasons) {
            // Codes of reasons must have room, too: the last is as long as the first.
            (Form::Number(Format(kind, width, decimals)), Some(first)) => {
                Form::Number(Format(kind, width.max(digits(first)), decimals))
            }
            (form, _) => form,
        };
        fields.push(Field { name, label: cut.unwrap_or(label), source, form, reasons, short: Vec::new() });
    }
    // A short name that is another variable's whole name would lead to that one.
    let whole: HashSet<String> = fields.iter().map(|field| field.name.to_uppercase()).collect();
    let mut free = (1_usize..).map(|n| format!("V{n}")).filter(|short| !whole.contains(short));
    for field in &mut fields {
        let names = field.segments().len().max(1);
        field.short = free.by_ref().take(names).collect();
    }
    fields
}

fn form(table: &PlannedTable<'_>, variable: &Variable<'_>, shortened: &mut Vec<Shortened>) -> Form {
    let text = || Source::Variable(variable).longest_text(table);
    match variable.kind() {
        Kind::Flag | Kind::Reason => Form::Number(Format(5, 1, 0)),
        // A number of SPSS has too few digits.
        Kind::Choice | Kind::Integer | Kind::Decimal if is_long(variable.column) => Form::Text(text()),
        Kind::Choice => {
            let codes = variable.list().into_iter().flat_map(|list| &list.codes);
            Form::Number(Format(5, codes.map(|code| digits(*code)).max().unwrap_or(1), 0))
        }
        Kind::Integer => {
            let (least, greatest) = variable.column.range().unwrap_or_default();
            Form::Number(Format(5, digits(least).max(digits(greatest)).max(8), 0))
        }
        Kind::Decimal => Form::Number(Format(5, 16, 6)),
        Kind::Date => Form::Number(DATE),
        Kind::Time => Form::Number(TIME),
        Kind::Moment => Form::Number(DATETIME),
        Kind::Text | Kind::Choices => {
            let longest = text();
            if longest > LONGEST_TEXT {
                shortened.push(Shortened {
                    what: "texts",
                    how: How::Cut("32767 bytes"),
                    whole: IN_CSV,
                    name: variable.name.clone(),
                });
            }
            Form::Text(longest.min(LONGEST_TEXT))
        }
    }
}

fn digits(code: i64) -> u8 {
    code.to_string().len() as u8
}

/// The code of the first reason: below everything that is answered, or where nothing is answered so far down.
fn reasons(table: &PlannedTable<'_>, variable: &Variable<'_>) -> i64 {
    let numbers = || {
        table.rows.iter().map(|row| match variable.cell(row) {
            Cell::Integer(n) => n,
            Cell::Decimal(d) => d.floor() as i64,
            _ => 0,
        })
    };
    let codes = || variable.list().into_iter().flat_map(|list| list.codes.iter().copied());
    let lowest = match variable.kind() {
        Kind::Choice => codes().min().unwrap_or(0),
        Kind::Integer | Kind::Decimal => numbers().min().unwrap_or(0),
        _ => 0,
    };
    let mut below = 9_000_i64;
    while lowest < -below && below < (MOST_EXACT / 100) as i64 {
        below *= 10;
    }
    let mut first = -below - 1;
    let last = |first: i64| first - Missing::ALL.len() as i64;
    while lowest <= first && codes().chain(numbers()).any(|number| (last(first)..=first).contains(&number)) {
        first = last(first);
    }
    first
}

/// The code of a reason.
pub(super) fn code(first: i64, reason: Missing) -> f64 {
    (first - reason as i64) as f64
}
