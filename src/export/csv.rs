//! Comma-separated values: UTF-8, commas, lines that end with `\n`, always the same bytes for the same data.

use std::borrow::Cow;
use std::io::Write;

use super::{Options, PlannedTable, Shown, Variable, What};
use crate::dataset::{Column, Data, List};
use crate::value::Value;

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// A spreadsheet: begins with the mark of UTF-8, and a text that it would take for a formula gets an apostrophe
    /// before it.
    Spreadsheet,
    /// A program: every text exactly as it is.
    Raw,
}

/// Writes a table.
///
/// # Errors
/// The writer failed.
pub fn write(
    table: &PlannedTable<'_>,
    options: &Options,
    profile: Profile,
    to: impl Write,
) -> ::csv::Result<()> {
    let mut csv = writer(to, profile)?;
    for name in table.keys.iter().chain(table.variables.iter().map(|variable| &variable.name)) {
        csv.write_field(name)?;
    }
    csv.write_record(None::<&[u8]>)?;
    for row in table.rows.iter().map(|row| *row as usize) {
        for key in table.keys_of(row) {
            csv.write_field(for_reader(key, profile).as_ref())?;
        }
        for variable in &table.variables {
            csv.write_field(cell(variable, row, options, profile).as_ref())?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()?;
    Ok(())
}

pub(super) fn cell<'d>(
    variable: &Variable<'d>,
    row: usize,
    options: &Options,
    profile: Profile,
) -> Cow<'d, str> {
    let column = variable.column;
    if let Some(reason) = column.missing(row) {
        return match variable.what {
            What::Missing => Cow::Borrowed(reason.name()),
            // An interview outside the design has no weight, for no reason that anybody gave.
            _ if !variable.is_answer() => Cow::Borrowed(""),
            _ => options.missings.code(reason).map_or(Cow::Borrowed(""), |code| Cow::Owned(code.to_owned())),
        };
    }
    match variable.what {
        What::Missing => Cow::Borrowed(""),
        What::Has(_) => Cow::Borrowed(if variable.has(row) == Some(true) { "1" } else { "0" }),
        What::Ranked(_) => match (variable.list(), variable.choice(row)) {
            (Some(list), Some(place)) => for_reader(shown(list, place, options), profile),
            _ => Cow::Borrowed(""),
        },
        What::Value => value(column, row, options, profile),
    }
}

fn value<'d>(column: &'d Column, row: usize, options: &Options, profile: Profile) -> Cow<'d, str> {
    match column.data() {
        Data::Choice(list, _) => {
            let text = column.choice(row).map(|place| shown(list, place, options));
            for_reader(text.unwrap_or_default(), profile)
        }
        Data::Choices(list, ..) => {
            let places = column.choices(row).unwrap_or_default();
            // Labels hold spaces of their own.
            let between = if options.shown == Shown::Labels { "; " } else { " " };
            let texts: Vec<Cow<'_, str>> = places.iter().map(|place| shown(list, *place, options)).collect();
            for_reader(Cow::Owned(texts.join(between)), profile)
        }
        _ => match column.value(row) {
            None => Cow::Borrowed(""),
            Some(Cow::Borrowed(Value::Text(text))) => for_reader(text.as_str(), profile),
            Some(value) => match value.as_ref() {
                Value::Boolean(b) => Cow::Borrowed(if *b { "1" } else { "0" }),
                Value::Text(text) => for_reader(Cow::Owned(text.clone()), profile),
                // A number never begins a formula, though it may begin with a minus.
                other => Cow::Owned(other.to_string()),
            },
        },
    }
}

/// A choice as it is written.
pub(super) fn shown<'d>(list: &'d List, place: u32, options: &Options) -> Cow<'d, str> {
    let at = place as usize;
    match options.shown {
        Shown::Names => Cow::Borrowed(list.names.get(at).map_or("", String::as_str)),
        Shown::Codes => Cow::Owned(list.codes.get(at).map(ToString::to_string).unwrap_or_default()),
        Shown::Labels => Cow::Borrowed(list.label(at, options.language)),
    }
}

/// A text as its reader must have it: a spreadsheet takes what begins with one of these for a formula.
#[must_use]
pub fn for_reader<'t>(text: impl Into<Cow<'t, str>>, profile: Profile) -> Cow<'t, str> {
    let text = text.into();
    if profile == Profile::Spreadsheet && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

/// A writer of CSV for a reader.
///
/// # Errors
/// The writer failed.
pub fn writer<W: Write>(mut to: W, profile: Profile) -> ::csv::Result<::csv::Writer<W>> {
    if profile == Profile::Spreadsheet {
        to.write_all("\u{feff}".as_bytes())?;
    }
    Ok(::csv::Writer::from_writer(to))
}
