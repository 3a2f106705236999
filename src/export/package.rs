//! `datapackage.json`: what the files of an export are, by the Data Package specification of Frictionless Data (version 1).

use serde_json::{Value as Json, json};

use super::csv::Profile;
use super::{Missings, Plan, PlannedTable, What};

/// The description of a plan's files: tables with their fields, keys, and how rosters belong to their parents.
#[must_use]
pub fn describe(plan: &Plan<'_>, profile: Profile) -> Json {
    let codes = match &plan.options.missings {
        Missings::Beside | Missings::Within => Vec::new(),
        Missings::Coded(codes) => codes.iter().map(|(_, code)| code.clone()).collect(),
    };
    let missing: Vec<String> = std::iter::once(String::new()).chain(codes).collect();
    let resources: Vec<Json> =
        plan.tables.iter().map(|table| resource(plan, table, &missing, profile)).collect();
    json!({
        "profile": "tabular-data-package",
        "name": plan.dataset.questionnaire,
        "version": plan.dataset.version,
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
        if let What::Has(_) = variable.what {
            field["constraints"] = json!({ "enum": ["0", "1"] });
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
    json!({
        "name": table.name,
        "path": format!("{}.csv", table.name),
        "profile": "tabular-data-resource",
        "encoding": if profile == Profile::Spreadsheet { "utf-8-sig" } else { "utf-8" },
        "schema": schema,
    })
}
