//! `datapackage.json`: what the files of an export are, by the Data Package specification of Frictionless Data (version 1).
//!
//! The specification lets publishers add properties: `languages`, `labels`, `choices` and `missingReasons` are ours.

use serde_json::{Value as Json, json};

use super::csv::{Profile, shown_to};
use super::{Missings, Plan, PlannedTable, Variable, What};
use crate::value::Missing;

/// The description of a plan's files: tables with their fields, keys, and how rosters belong to their parents.
#[must_use]
pub fn describe(plan: &Plan<'_>, profile: Profile) -> Json {
    let codes: &[(Missing, String)] = match &plan.options.missings {
        Missings::Beside | Missings::Within => &[],
        Missings::Coded(codes) => codes,
    };
    let codes_alone = codes.iter().map(|(_, code)| code.clone());
    let missing: Vec<String> = std::iter::once(String::new()).chain(codes_alone).collect();
    let reasons = codes.iter().map(|(reason, code)| (code.clone(), Json::from(reason.name())));
    let resources: Vec<Json> =
        plan.tables.iter().map(|table| resource(plan, table, &missing, profile)).collect();
    json!({
        "profile": "tabular-data-package",
        "name": plan.dataset.questionnaire,
        "version": plan.dataset.version,
        "languages": plan.dataset.languages,
        "missingReasons": Json::Object(reasons.collect()),
        "resources": resources,
    })
}

fn resource(plan: &Plan<'_>, table: &PlannedTable<'_>, missing: &[String], profile: Profile) -> Json {
    let keys = table.keys.iter().map(|name| json!({ "name": name, "type": "string" }));
    let fields = table.variables.iter().map(|variable| {
        let kind = match variable.type_name() {
            "0 or 1" | "integer" => "integer",
            "decimal" => "number",
            "date" => "date",
            "time" => "time",
            "date and time" => "datetime",
            _ => "string",
        };
        let mut field = json!({ "name": variable.name, "type": kind, "title": variable.label(0) });
        if matches!(kind, "date" | "time" | "datetime") {
            field["format"] = json!("any");
        }
        if variable.column.name != variable.name {
            field["question"] = json!(variable.column.name);
        }
        if plan.dataset.languages.len() > 1 {
            field["labels"] = in_all_languages(plan, |language| variable.label(language));
        }
        if variable.what == What::Missing {
            field["constraints"] = json!({ "enum": Missing::ALL.map(Missing::name) });
        } else if let What::Has(_) = variable.what {
            field["constraints"] = json!({ "enum": ["0", "1"] });
        } else if let Some((values, choices)) = choices(plan, variable, profile) {
            field["choices"] = choices;
            // Of several choices a cell holds any number.
            if variable.list().is_some() {
                field["constraints"] = json!({ "enum": values });
            }
        }
        field
    });
    let mut schema = json!({
        "fields": keys.chain(fields).collect::<Vec<_>>(),
        "primaryKey": table.keys,
        "missingValues": missing,
    });
    if let Some(parent) = table.table.parent.and_then(|parent| plan.tables.get(parent)) {
        schema["foreignKeys"] = json!([{
            "fields": parent.keys,
            "reference": { "resource": parent.name, "fields": parent.keys },
        }]);
    }
    file(&table.name, profile, &schema)
}

/// One file of the package with its schema.
#[must_use]
pub fn file(name: &str, profile: Profile, schema: &Json) -> Json {
    json!({
        "name": name,
        "path": format!("{name}.csv"),
        "profile": "tabular-data-resource",
        "encoding": if profile == Profile::Spreadsheet { "utf-8-sig" } else { "utf-8" },
        "schema": schema,
    })
}

/// The choices of a variable: as the cells hold them, and what each of them means.
fn choices(plan: &Plan<'_>, variable: &Variable<'_>, profile: Profile) -> Option<(Vec<String>, Json)> {
    let list = variable.column.list()?;
    let values: Vec<String> = (0..list.names.len() as u32)
        .map(|place| shown_to(list, place, &plan.options, profile).into_owned())
        .collect();
    let choices =
        list.names.iter().zip(&list.codes).zip(&values).enumerate().map(|(place, ((name, code), value))| {
            let labels = in_all_languages(plan, |language| list.label(place, language).to_owned());
            json!({ "value": value, "name": name, "code": code, "labels": labels })
        });
    let choices = choices.collect();
    Some((values, choices))
}

fn in_all_languages(plan: &Plan<'_>, text: impl Fn(usize) -> String) -> Json {
    let texts =
        plan.dataset.languages.iter().enumerate().map(|(place, tag)| (tag.clone(), text(place).into()));
    Json::Object(texts.collect())
}
