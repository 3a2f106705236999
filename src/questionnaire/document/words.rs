//! Words for keys and values: what was probably meant, how to mend what is missing.

use toml::de::DeValue;

use crate::diagnostic::nearest;

/// Keys that other tools use, with ours.
const FOREIGN_KEYS: &[(&str, &str)] = &[
    ("relevance", "relevant"),
    ("skip", "relevant"),
    ("repeat_count", "count"),
    ("guidance_hint", "note_to_enumerator"),
    ("constraint_msg", "constraint_message"),
    ("calculate", "calculation"),
    ("list_name", "list"),
    ("value", "name"),
    ("text", "label"),
    ("regex", "pattern"),
];

/// The known key that was probably meant.
pub(super) fn suggestion<'k>(typed: &str, known: &[&'k str]) -> Option<&'k str> {
    let foreign = FOREIGN_KEYS.iter().find(|(theirs, _)| *theirs == typed).map(|(_, ours)| *ours);
    known.iter().copied().find(|k| Some(*k) == foreign).or_else(|| nearest(typed, known.iter().copied()))
}

/// How to mend a missing key.
pub(super) fn cure(key: &str) -> String {
    let example = match key {
        "format" => "format = 1",
        "id" => "id = \"community-security\"",
        "version" => "version = \"2026.1\"",
        "language" => "language = \"en\", the language that the texts are written in",
        "title" => "title = \"Community security survey\"",
        "name" => "name = \"age\", a short name that the data are stored under",
        "type" => "type = \"select_one\"",
        "label" => "label = \"How old are you?\", the text that is read out or shown",
        "list" => "list = \"yes_no\", the name of one of the [lists]",
        "code" => "code = 1, the number that statistics programs know the choice by",
        "choices" => "choices = [{ name = \"yes\", code = 1, label = \"Yes\" }]",
        "calculation" => "calculation = \"${adults} + ${children}\"",
        "top" => "top = 3, for how many places are to be filled",
        "from" => "from = 0",
        "to" => "to = 10",
        "low" => "low = \"Not at all\", the label of the lowest number",
        "high" => "high = \"Completely\", the label of the highest number",
        "when" => "when = \". > 100\", the condition that calls for a warning",
        "message" => "message = \"Is that right?\"",
        "items" => "items = [{ name = \"trust_police\", label = \"The police\" }]",
        "sections" => return "Begin each section with [[sections]].".to_owned(),
        "questions" => return "Begin each question with [[sections.questions]].".to_owned(),
        _ => return format!("Add `{key}`."),
    };
    format!("Add {example}.")
}

/// The word for a TOML value in messages.
pub(super) fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
