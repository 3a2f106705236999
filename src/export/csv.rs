//! Comma-separated values: UTF-8, commas, lines that end with `\n`, always the same bytes for the same data.

use std::borrow::Cow;
use std::io::Write;

use super::plan::{Missings, Options, PlannedTable, Shown, Variable, What};
use crate::dataset::{Column, Data, List};
use crate::value::{Missing, Type, Value};

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
    mut writer: impl Write,
) -> ::csv::Result<()> {
    if profile == Profile::Spreadsheet {
        writer.write_all("\u{feff}".as_bytes())?;
    }
    let mut csv = ::csv::Writer::from_writer(writer);
    for name in table.keys.iter().chain(table.variables.iter().map(|variable| &variable.name)) {
        csv.write_field(name)?;
    }
    csv.write_record(None::<&[u8]>)?;
    for (keys, row) in &table.rows {
        for key in keys {
            csv.write_field(for_reader(key, profile).as_ref())?;
        }
        for variable in &table.variables {
            csv.write_field(cell(variable, *row, options, profile).as_ref())?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()?;
    Ok(())
}

fn cell<'d>(variable: &Variable<'d>, row: usize, options: &Options, profile: Profile) -> Cow<'d, str> {
    let column = variable.column;
    if let Some(reason) = column.missing(row) {
        return match (&variable.what, &options.missings) {
            (What::Missing, _) => Cow::Borrowed(reason.name()),
            (_, Missings::Coded(codes)) => Cow::Owned(code_of(codes, reason)),
            (_, Missings::Beside) => Cow::Borrowed(""),
        };
    }
    let choice = |place: u32| {
        let list = column.list().map(|list| shown(list, place, options.shown));
        for_reader_owned(list.unwrap_or_default(), profile)
    };
    match variable.what {
        What::Missing => Cow::Borrowed(""),
        What::Has(place) => {
            let has = column.choices(row).is_some_and(|choices| choices.contains(&place));
            Cow::Borrowed(if has { "1" } else { "0" })
        }
        What::Ranked(place) => {
            let ranked = column.choices(row).and_then(|choices| choices.get(place as usize));
            ranked.map_or(Cow::Borrowed(""), |place| choice(*place))
        }
        What::Value => value(column, row, options.shown, profile),
    }
}

fn value(column: &Column, row: usize, form: Shown, profile: Profile) -> Cow<'_, str> {
    match column.data() {
        Data::Choice(list, _) => {
            let text = column.choice(row).map(|place| shown(list, place, form));
            for_reader_owned(text.unwrap_or_default(), profile)
        }
        Data::Choices(list, ..) => {
            let places = column.choices(row).unwrap_or_default();
            // Labels hold spaces of their own.
            let between = if matches!(form, Shown::Labels(_)) { "; " } else { " " };
            let texts: Vec<String> = places.iter().map(|place| shown(list, *place, form)).collect();
            for_reader_owned(texts.join(between), profile)
        }
        _ => match column.value(row) {
            None => Cow::Borrowed(""),
            Some(value) => match value.as_ref() {
                Value::Boolean(b) => Cow::Borrowed(if *b { "1" } else { "0" }),
                Value::Text(text) => for_reader_owned(text.clone(), profile),
                // A number never begins a formula, though it may begin with a minus.
                other => Cow::Owned(other.to_string()),
            },
        },
    }
}

fn shown(list: &List, place: u32, form: Shown) -> String {
    let at = place as usize;
    match form {
        Shown::Names => list.names.get(at).cloned().unwrap_or_default(),
        Shown::Codes => list.codes.get(at).map(ToString::to_string).unwrap_or_default(),
        Shown::Labels(language) => list.label(at, language).to_owned(),
    }
}

fn code_of(codes: &[(Missing, String)], reason: Missing) -> String {
    codes.iter().find(|(coded, _)| *coded == reason).map(|(_, code)| code.clone()).unwrap_or_default()
}

/// A text as its reader must have it: a spreadsheet takes what begins with one of these for a formula.
fn for_reader(text: &str, profile: Profile) -> Cow<'_, str> {
    if profile == Profile::Spreadsheet && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn for_reader_owned<'d>(text: String, profile: Profile) -> Cow<'d, str> {
    Cow::Owned(match for_reader(&text, profile) {
        Cow::Owned(changed) => changed,
        Cow::Borrowed(_) => text,
    })
}

/// The columns of the codebook.
const CODEBOOK: [&str; 9] =
    ["table", "variable", "question", "type", "list", "values", "label", "n", "reasons without a value"];

/// Writes what every variable means: one row for each, with its question's words in every language.
///
/// # Errors
/// The writer failed.
pub fn write_codebook(plan: &super::Plan<'_>, profile: Profile, mut writer: impl Write) -> ::csv::Result<()> {
    if profile == Profile::Spreadsheet {
        writer.write_all("\u{feff}".as_bytes())?;
    }
    let mut csv = ::csv::Writer::from_writer(writer);
    let others = plan.dataset.languages.iter().skip(1).map(|tag| format!("label ({tag})"));
    csv.write_record(CODEBOOK.iter().map(|name| (*name).to_owned()).chain(others))?;
    for table in &plan.tables {
        for variable in &table.variables {
            let column = variable.column;
            let rows = || table.rows.iter().map(|(_, row)| *row);
            let with_value = rows().filter(|row| column.missing(*row).is_none()).count();
            let reasons: Vec<String> = Missing::ALL
                .iter()
                .filter_map(|reason| {
                    let n = rows().filter(|row| column.missing(*row) == Some(*reason)).count();
                    (n > 0).then(|| format!("{}: {n}", reason.name()))
                })
                .collect();
            let label = |language: usize| label_of(variable, language);
            let mut record = vec![
                table.name().to_owned(),
                variable.name.clone(),
                column.name.clone(),
                type_of(variable).to_owned(),
                column.list().map(|list| list.name.clone()).unwrap_or_default(),
                values_of(variable),
                label(0),
                with_value.to_string(),
                reasons.join("; "),
            ];
            record.extend((1..plan.dataset.languages.len()).map(label));
            csv.write_record(record.iter().map(|cell| for_reader(cell, profile).into_owned()))?;
        }
    }
    csv.flush()?;
    Ok(())
}

/// What a variable holds, in a word.
pub(super) fn type_of(variable: &Variable<'_>) -> &'static str {
    match variable.what {
        What::Missing => "reason",
        What::Has(_) => "0 or 1",
        What::Ranked(_) => "choice",
        What::Value => match variable.column.ty() {
            Type::Boolean => "0 or 1",
            Type::Integer => "integer",
            Type::Decimal => "decimal",
            Type::Text => "text",
            Type::Date => "date",
            Type::Time => "time",
            Type::DateTime => "date and time",
            Type::Choice => "choice",
            Type::Choices => "choices",
        },
    }
}

/// Its label: the question's words, and which part of them it is.
pub(super) fn label_of(variable: &Variable<'_>, language: usize) -> String {
    let column = variable.column;
    let words = column.labels.get(language).map_or("", String::as_str);
    match (variable.what, column.list()) {
        (What::Has(place), Some(list)) => format!("{words}: {}", list.label(place as usize, language)),
        (What::Ranked(place), _) => format!("{words} ({})", place + 1),
        _ => words.to_owned(),
    }
}

fn values_of(variable: &Variable<'_>) -> String {
    match (variable.what, variable.column.list()) {
        (What::Value | What::Ranked(_), Some(list)) => {
            let one = |(n, name): (usize, &String)| {
                let code = list.codes.get(n).copied().unwrap_or_default();
                format!("{code} {name} = {}", list.label(n, 0))
            };
            list.names.iter().enumerate().map(one).collect::<Vec<_>>().join("; ")
        }
        (What::Missing, _) => Missing::ALL.map(Missing::name).join("; "),
        _ => String::new(),
    }
}
