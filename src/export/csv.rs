//! Comma-separated values: UTF-8, commas, lines that end with `\n`, always the same bytes for the same data.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write;

use super::shorten::without_nul;
use super::{Options, PlannedTable, Shown, Variable, What};
use crate::dataset::{Data, List};
use crate::value::{self, Value, not_a_formula};

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// A spreadsheet: begins with the mark of UTF-8, and a text that it would take for a formula gets an apostrophe
    /// before it. A mark stands in the place of each NUL.
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
    let mut text = String::new();
    for row in table.rows.iter() {
        for key in table.keys_of(row) {
            csv.write_field(for_reader(key, profile).as_ref())?;
        }
        for variable in &table.variables {
            text.clear();
            put(variable, row, options, profile, &mut text);
            csv.write_field(&text)?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()?;
    Ok(())
}

/// Writes what stands in a row of a variable into an empty text.
pub(super) fn put(variable: &Variable<'_>, row: usize, options: &Options, profile: Profile, to: &mut String) {
    let column = variable.column;
    if let Some(reason) = column.missing(row) {
        to.push_str(match variable.what {
            What::Missing => reason.name(),
            // An interview outside the design has no weight, for no reason that anybody gave.
            _ if !variable.is_answer() => "",
            _ => options.missings.code(reason).unwrap_or_default(),
        });
        return;
    }
    match (variable.what, column.data()) {
        (What::Missing, _) => {}
        (What::Has(_), _) => to.extend(variable.has(row).map(|has| if has { '1' } else { '0' })),
        (What::Ranked(_), _) | (What::Value, Data::Choice(..)) => {
            if let (Some(list), Some(place)) = (variable.list(), variable.choice(row)) {
                to.push_str(&shown(list, place, options));
            }
            guard(to, options, profile);
        }
        (What::Value, Data::Choices(list, ..)) => {
            for (number, place) in column.choices(row).unwrap_or_default().iter().enumerate() {
                if number > 0 {
                    to.push_str(between(options));
                }
                to.push_str(&shown(list, *place, options));
            }
            guard(to, options, profile);
        }
        (What::Value, Data::Text(_)) => {
            to.push_str(&for_reader(column.text(row).unwrap_or_default(), profile));
        }
        // A number never begins a formula, though it may begin with a minus.
        (What::Value, _) => match column.value(row).as_deref() {
            Some(Value::Boolean(yes)) => to.push(if *yes { '1' } else { '0' }),
            Some(value) => {
                // Writing to a text cannot fail.
                let _ = write!(to, "{value}");
            }
            None => {}
        },
    }
}

/// What stands between several choices in one text. Labels hold spaces of their own.
pub(super) fn between(options: &Options) -> &'static str {
    if options.shown == Shown::Labels { "; " } else { " " }
}

/// Makes a text of choices one that its reader takes for no formula. Their codes are numbers.
fn guard(text: &mut String, options: &Options, profile: Profile) {
    if options.shown != Shown::Codes && is_formula(text, profile) {
        text.insert(0, '\'');
    }
}

/// A choice as a file for such a reader holds it.
pub(super) fn shown_to<'d>(list: &'d List, place: u32, options: &Options, profile: Profile) -> Cow<'d, str> {
    let text = shown(list, place, options);
    if options.shown == Shown::Codes { text } else { for_reader(text, profile) }
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

/// A text as its reader must have it: for spreadsheets no formula (see [`not_a_formula`]), and no NUL in it.
#[must_use]
pub fn for_reader<'t>(text: impl Into<Cow<'t, str>>, profile: Profile) -> Cow<'t, str> {
    if profile == Profile::Spreadsheet { not_a_formula(without_nul(text)) } else { text.into() }
}

/// Whether its reader would take a text for a formula.
fn is_formula(text: &str, profile: Profile) -> bool {
    profile == Profile::Spreadsheet && value::is_formula(text)
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
