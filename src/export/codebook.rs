//! The codebook: what every variable means, and how many interviews have it.

use std::io::Write;

use super::csv::{Profile, for_reader, writer};
use super::{Plan, PlannedTable, Variable, What};
use crate::value::Missing;

const COLUMNS: [&str; 9] =
    ["table", "variable", "question", "type", "list", "values", "label", "n", "reasons without a value"];

/// Writes what every variable means as CSV: one row for each, with its question's words in every language.
///
/// # Errors
/// The writer failed.
pub fn write(plan: &Plan<'_>, profile: Profile, to: impl Write) -> ::csv::Result<()> {
    let mut csv = writer(to, profile)?;
    let others = plan.dataset.languages.iter().skip(1).map(|tag| format!("label ({tag})"));
    csv.write_record(COLUMNS.iter().map(|name| (*name).to_owned()).chain(others))?;
    for table in &plan.tables {
        for variable in &table.variables {
            let (n, reasons) = counts(table, variable);
            let label = |language: usize| variable.label(language);
            let mut record = vec![
                table.name.clone(),
                variable.name.clone(),
                variable.column.name.clone(),
                variable.type_name().to_owned(),
                variable.column.list().map(|list| list.name.clone()).unwrap_or_default(),
                values_of(variable, plan.options.language),
                label(0),
                n.to_string(),
                reasons,
            ];
            record.extend((1..plan.dataset.languages.len()).map(label));
            csv.write_record(record.iter().map(|cell| for_reader(cell, profile).into_owned()))?;
        }
    }
    csv.flush()?;
    Ok(())
}

/// How many rows have a value, and how many have none for which reason.
fn counts(table: &PlannedTable<'_>, variable: &Variable<'_>) -> (usize, String) {
    let (mut n, mut without) = (0, [0; Missing::ALL.len()]);
    for row in &table.rows {
        match variable.column.missing(*row as usize) {
            None => n += 1,
            Some(reason) => without[reason as usize] += 1,
        }
    }
    let reasons: Vec<String> = Missing::ALL
        .iter()
        .zip(without)
        .filter(|(_, n)| *n > 0)
        .map(|(reason, n)| format!("{}: {n}", reason.name()))
        .collect();
    (n, reasons.join("; "))
}

fn values_of(variable: &Variable<'_>, language: usize) -> String {
    if variable.what == What::Missing {
        return Missing::ALL.map(Missing::name).join("; ");
    }
    let Some(list) = variable.list().or_else(|| match variable.what {
        What::Value => variable.column.list().map(AsRef::as_ref),
        _ => None,
    }) else {
        return String::new();
    };
    let one = |(n, name): (usize, &String)| {
        let code = list.codes.get(n).copied().unwrap_or_default();
        format!("{code} {name} = {}", list.label(n, language))
    };
    list.names.iter().enumerate().map(one).collect::<Vec<_>>().join("; ")
}
