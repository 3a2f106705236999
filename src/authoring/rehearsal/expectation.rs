//! What a case says a question holds, and whether it does.

use chrono::{DateTime, NaiveTime};
use serde_json::Value as Json;

use crate::questionnaire::{Input, Item};
use crate::value::{Answer, Missing, Value};

/// Why what is written cannot be expected of anything; nothing, if it can.
pub(super) fn mistake(expected: &Json) -> Option<&'static str> {
    const FORMS: &str = "write a value, `{ missing = \"refused\" }` or `{ empty = true }`";
    let fits = match expected {
        Json::Object(fields) => {
            fields.len() == 1
                && (fields.get("empty") == Some(&Json::Bool(true)) || missing(expected).is_some())
        }
        Json::Array(names) => names.iter().all(Json::is_string),
        _ => true,
    };
    (!fits).then_some(FORMS)
}

fn missing(expected: &Json) -> Option<Missing> {
    Missing::from_name(expected.get("missing")?.as_str()?)
}

/// Whether this is what was expected. An order counts only where it means something.
pub(super) fn is_met(expected: &Json, came: &Answer, item: &Item) -> bool {
    let value = match (expected, came) {
        (Json::Object(fields), Answer::Missing(reason)) => {
            return fields.contains_key("empty") || missing(expected) == Some(*reason);
        }
        (_, Answer::Missing(_)) | (Json::Object(_), _) => return false,
        (_, Answer::Value(value)) => value,
    };
    match (expected, value) {
        (Json::Bool(expected), Value::Boolean(value)) => expected == value,
        (Json::Number(expected), Value::Integer(value)) if expected.is_i64() => {
            expected.as_i64() == Some(*value)
        }
        (Json::Number(expected), Value::Integer(_) | Value::Decimal(_)) => {
            let number = match value {
                Value::Integer(i) => *i as f64,
                Value::Decimal(d) => *d,
                _ => return false,
            };
            // A calculated 0.1 + 0.2 is meant by 0.3.
            expected.as_f64().is_some_and(|e| (e - number).abs() <= 1e-9 * e.abs().max(1.0))
        }
        (Json::String(expected), Value::Time(time)) => ["%H:%M", "%H:%M:%S"]
            .iter()
            .any(|form| NaiveTime::parse_from_str(expected, form).as_ref() == Ok(time)),
        (Json::String(expected), Value::DateTime(moment)) => {
            DateTime::parse_from_rfc3339(expected).as_ref() == Ok(moment)
        }
        (Json::String(expected), value) => *expected == value.to_string(),
        (Json::Array(expected), Value::Choices(names)) => {
            let mut expected: Vec<&str> = expected.iter().filter_map(Json::as_str).collect();
            let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
            let is_ranking = item.question().is_some_and(|q| matches!(q.input, Input::Rank { .. }));
            if !is_ranking {
                expected.sort_unstable();
                names.sort_unstable();
            }
            expected == names
        }
        _ => false,
    }
}

/// An answer as it is written in a case.
pub(super) fn written(answer: &Answer) -> String {
    match answer {
        Answer::Missing(reason) => format!("{{ missing = \"{}\" }}", reason.name()),
        Answer::Value(Value::Boolean(yes)) => yes.to_string(),
        Answer::Value(Value::Integer(number)) => number.to_string(),
        Answer::Value(Value::Decimal(number)) => toml::Value::Float(*number).to_string(),
        Answer::Value(Value::Choices(names)) => toml::Value::from(names.clone()).to_string(),
        Answer::Value(other) => quoted(&other.to_string()),
    }
}

/// What was expected, as it is written in a case.
pub(super) fn as_toml(expected: &Json) -> String {
    match toml::Value::try_from(expected) {
        Ok(toml::Value::Table(fields)) => {
            let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key} = {value}")).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Ok(value) => value.to_string(),
        Err(_) => expected.to_string(),
    }
}

/// Text in quotes, as TOML has it.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
