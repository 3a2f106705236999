//! The long form of CSV: one row for each answer.

use std::borrow::Cow;
use std::io::Write;

use serde_json::{Value as Json, json};

use super::csv::{Profile, for_reader, put, writer};
use super::{Plan, Variable, What};

/// What the file is called.
pub const NAME: &str = "answers";

/// The columns after the keys.
const COLUMNS: [&str; 4] = ["variable", "value", "label", "missing"];

/// Makes a plan one of answers alone: what is about the interviews stands in a table of their own, and reasons have a column.
pub fn keep_answers(plan: &mut Plan<'_>) {
    for table in &mut plan.tables {
        table.variables.retain(|variable| variable.is_answer() && variable.what != What::Missing);
    }
}

/// Makes a plan one of what is about the interviews: who asked, when, and where they stand in the design.
pub fn keep_interviews(plan: &mut Plan<'_>) {
    plan.tables.truncate(1);
    for table in &mut plan.tables {
        table.variables.retain(|variable| !variable.is_answer());
    }
}

/// The names of the keys: of the interviews, and of every roster.
fn keys<'p>(plan: &'p Plan<'_>) -> impl Iterator<Item = &'p str> {
    plan.tables.iter().filter_map(|table| table.keys.last()).map(String::as_str)
}

/// Writes the answers, table by table.
///
/// # Errors
/// The writer failed.
pub fn write(plan: &Plan<'_>, profile: Profile, to: impl Write) -> ::csv::Result<()> {
    let mut csv = writer(to, profile)?;
    csv.write_record(keys(plan).chain(COLUMNS))?;
    let mut text = String::new();
    for table in &plan.tables {
        // Which of the table's keys stands in each column of keys.
        let places: Vec<Option<usize>> =
            keys(plan).map(|key| table.keys.iter().position(|own| own == key)).collect();
        for row in table.rows.iter() {
            for variable in &table.variables {
                for place in &places {
                    let key = place.map_or("", |place| table.key_of(row, place));
                    csv.write_field(for_reader(key, profile).as_ref())?;
                }
                csv.write_field(&variable.name)?;
                text.clear();
                put(variable, row, &plan.options, profile, &mut text);
                csv.write_field(&text)?;
                let label = label(variable, row, plan.options.language);
                csv.write_field(for_reader(label, profile).as_ref())?;
                let missing = variable.column.missing(row);
                csv.write_field(missing.map_or("", |reason| reason.name()))?;
                csv.write_record(None::<&[u8]>)?;
            }
        }
    }
    csv.flush()?;
    Ok(())
}

/// What a choice is called, or several.
fn label<'d>(variable: &Variable<'d>, row: usize, language: usize) -> Cow<'d, str> {
    if let (Some(list), Some(place)) = (variable.list(), variable.choice(row)) {
        return Cow::Borrowed(list.label(place as usize, language));
    }
    match (variable.what, variable.column.list(), variable.column.choices(row)) {
        (What::Value, Some(list), Some(places)) => {
            let labels: Vec<&str> =
                places.iter().map(|place| list.label(*place as usize, language)).collect();
            Cow::Owned(labels.join("; "))
        }
        _ => Cow::Borrowed(""),
    }
}

/// The description of the file for `datapackage.json`.
#[must_use]
pub fn describe(plan: &Plan<'_>) -> Json {
    let fields: Vec<Json> =
        keys(plan).chain(COLUMNS).map(|name| json!({ "name": name, "type": "string" })).collect();
    let interview = keys(plan).next().unwrap_or_default();
    json!({
        "fields": fields,
        "primaryKey": keys(plan).chain(COLUMNS.into_iter().take(1)).collect::<Vec<_>>(),
        "foreignKeys": [{
            "fields": [interview],
            "reference": { "resource": "interviews", "fields": [interview] },
        }],
    })
}
