//! What a file means, as JSON in its metadata.

use serde_json::{Map, Value as Json, json};

use crate::export::{Plan, PlannedTable, What};
use crate::value::Missing;

/// What the table, its variables, the choices and the reasons mean.
pub(super) fn of(plan: &Plan<'_>, table: &PlannedTable<'_>) -> Json {
    let languages = &plan.dataset.languages;
    let in_all = |text: &dyn Fn(usize) -> String| -> Json {
        let texts = languages.iter().enumerate().map(|(place, tag)| (tag.clone(), Json::from(text(place))));
        Json::Object(texts.collect())
    };
    let mut variables = Map::new();
    for variable in &table.variables {
        let mut about = json!({
            "question": variable.column.name,
            "type": variable.type_name(),
            "label": in_all(&|language| variable.label(language)),
        });
        if let Some(list) = variable.column.list().filter(|_| variable.what != What::Missing) {
            about["list"] = json!(list.name);
        }
        if let What::Has(place) = variable.what
            && let Some(list) = variable.column.list()
        {
            about["choice"] = json!(list.names.get(place as usize));
        }
        variables.insert(variable.name.clone(), about);
    }
    let mut lists = Map::new();
    for list in plan.lists() {
        let choices = list.names.iter().zip(&list.codes).enumerate().map(|(place, (name, code))| {
            json!({ "name": name, "code": code, "label": in_all(&|language| list.label(place, language).to_owned()) })
        });
        lists.insert(list.name.clone(), choices.collect());
    }
    let reasons = Missing::ALL.iter().map(|reason| {
        let words = in_all(&|language| {
            let words =
                plan.options.wording.get(language).and_then(|wording| wording.reasons.get(*reason as usize));
            words.cloned().unwrap_or_default()
        });
        (reason.name().to_owned(), words)
    });
    json!({
        "questionnaire": plan.dataset.questionnaire,
        "version": plan.dataset.version,
        "languages": languages,
        "table": table.name,
        "keys": table.keys,
        "variables": variables,
        "lists": lists,
        "missing": Json::Object(reasons.collect()),
    })
}
