//! The keys of `questionnaire.toml`, of modules and of translations as JSON Schema (draft 2020-12),
//! for editors. A test holds it against what the reader asks for.

use serde_json::{Map, Value as Json, json};

use crate::value::Missing;

/// A key of a table.
struct Key {
    name: &'static str,
    shape: Shape,
    is_required: bool,
    doc: &'static str,
}

/// What stands behind a key.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Name,
    Flag,
    FlagOrText,
    Number,
    Count,
    /// This word.
    Word(&'static str),
    Texts,
    /// Reasons for a missing answer.
    Reasons,
    /// A table that `$defs` describes.
    Table(&'static str),
    /// One or more of them.
    Tables(&'static str),
    /// A table of parameters.
    Parameters,
}

const fn need(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, shape, is_required: true, doc }
}

const fn may(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, shape, is_required: false, doc }
}

const LABEL: Key = need("label", Shape::Text, "What is read out or shown; ${name} shows an answer.");
const MAY_LABEL: Key = may("label", Shape::Text, "The heading; ${name} shows an answer.");
const EVERYWHERE: &[Key] = &[
    need("name", Shape::Name, "What it is called in data and conditions."),
    may("hint", Shape::Text, "Help under the label."),
    may("relevant", Shape::Text, "The condition under which it is asked."),
];
const RANDOMIZE: Key = may("randomize", Shape::Flag, "Whether the order is drawn for each interview.");
const SHARED: &[Key] = &[
    may("required", Shape::FlagOrText, "Whether there must be an answer: true, false or a condition."),
    may("missing", Shape::Reasons, "Reasons for a missing answer that are offered."),
    may("sensitive", Shape::Flag, "Whether the answer could harm the respondent if it leaked."),
    may("identifying", Shape::Flag, "Whether the answer tells who the respondent is."),
    may("allow_comment", Shape::Flag, "Whether the enumerator may remark on it."),
];
const ASKED: &[Key] = &[
    LABEL,
    may("read_only", Shape::Flag, "Whether it only shows its default."),
    may("default", Shape::Text, "An expression for the answer that is offered."),
    may("constraint", Shape::Text, "A condition that every answer must meet; . is the answer."),
    may("constraint_message", Shape::Text, "What to say to an answer that does not meet it."),
    may("note_to_enumerator", Shape::Text, "Never read out."),
    may("checks", Shape::Tables("check"), "Warnings that may be overridden with a reason."),
    may("privacy_check", Shape::Flag, "Whether it asks the enumerator if others listen."),
];
const CHOOSING: &[Key] = &[
    need("list", Shape::Name, "The list of choices."),
    may("choice_filter", Shape::Text, "Which choices are offered; a bare name is a column of the list."),
    RANDOMIZE,
    may("other", Shape::Table("other"), "\"Other, specify\"."),
];

/// The types of questions with their own keys and whether they are asked.
const TYPES: &[(&str, &[Key], bool)] = &[
    ("select_one", &[], true),
    (
        "select_multiple",
        &[
            may("min", Shape::Count, "At least so many choices."),
            may("max", Shape::Count, "At most so many choices."),
        ],
        true,
    ),
    ("rank", &[need("top", Shape::Count, "How many places are to be filled.")], true),
    (
        "scale",
        &[
            need("from", Shape::Number, "The lowest number."),
            need("to", Shape::Number, "The highest number."),
            need("low", Shape::Text, "The label of the lowest number."),
            need("high", Shape::Text, "The label of the highest number."),
        ],
        true,
    ),
    ("integer", &[], true),
    ("decimal", &[], true),
    (
        "text",
        &[
            may("multiline", Shape::Flag, "Whether it may have several lines."),
            may("pattern", Shape::Text, "A regular expression for the whole text."),
        ],
        true,
    ),
    ("date", &[], true),
    ("time", &[], true),
    ("datetime", &[], true),
    ("geopoint", &[], true),
    ("barcode", &[may("pattern", Shape::Text, "A regular expression for the whole text.")], true),
    ("file", &[may("endings", Shape::Texts, "How the name of the file may end, such as jpg.")], true),
    ("note", &[LABEL], false),
    (
        "calculate",
        &[
            MAY_LABEL,
            need("calculation", Shape::Text, "The expression that gives the value."),
            may("sensitive", Shape::Flag, "Whether the value could harm the respondent if it leaked."),
            may("identifying", Shape::Flag, "Whether the value tells who the respondent is."),
        ],
        false,
    ),
    (
        "group",
        &[
            MAY_LABEL,
            need("questions", Shape::Tables("question"), "What is in it."),
            RANDOMIZE,
            may("one_screen", Shape::Flag, "Whether its questions are shown together."),
        ],
        false,
    ),
    (
        "roster",
        &[
            MAY_LABEL,
            need("questions", Shape::Tables("question"), "What is asked in each row."),
            may("count", Shape::Text, "An expression for the number of rows."),
            may("per_choice", Shape::Name, "One row for each choice of this select_multiple question."),
            may("per_row", Shape::Name, "One row for each row of this roster."),
            may("row_label", Shape::Text, "The heading of a row."),
        ],
        false,
    ),
    (
        "grid",
        &[
            LABEL,
            need("list", Shape::Name, "The list of choices that the items share."),
            need("items", Shape::Tables("grid_item"), "What is asked, one select_one question each."),
            RANDOMIZE,
        ],
        false,
    ),
];

const TOP: &[Key] = &[
    need("format", Shape::Number, "The version of this format: 1."),
    need("id", Shape::Text, "Stays the same in every version."),
    need("version", Shape::Text, "Changes with every version."),
    need("language", Shape::Text, "The language of the texts in this file."),
    need("title", Shape::Text, "The title."),
    may("referral", Shape::Text, "Where a respondent can turn for help; a key shows it at every moment."),
    may("lists", Shape::Table("lists"), "The lists of choices, by name."),
    need("sections", Shape::Tables("section"), "The sections, in the order of the interview."),
];
const MODULE: &[Key] = &[
    need("format", Shape::Number, "The version of this format: 1."),
    may("parameters", Shape::Texts, "The names of what differs from place to place: <<name>>."),
    may("lists", Shape::Table("lists"), "The lists of choices, by name."),
    may("sections", Shape::Tables("section"), "Sections, to be included under [[sections]]."),
    may("questions", Shape::Tables("question"), "Questions, to be included under [[sections.questions]]."),
];
const SECTION: &[Key] = &[
    LABEL,
    need("questions", Shape::Tables("question"), "What is in it, in the order of the interview."),
    RANDOMIZE,
];
const INCLUDE: &[Key] = &[
    need("include", Shape::Text, "The module's file, from the questionnaire's folder."),
    may("with", Shape::Parameters, "What its parameters stand for here."),
];
const CHECK: &[Key] = &[
    need("when", Shape::Text, "The condition that calls for a warning; . is the answer."),
    need("message", Shape::Text, "What to say."),
];
const OTHER: &[Key] = &[
    may("choice", Shape::Text, "The choice that asks for words; `other` where it is not given."),
    need("label", Shape::Text, "What is then asked."),
];
const CHOICE: &[Key] = &[
    need("name", Shape::Text, "What is stored and what conditions compare with."),
    need("code", Shape::Number, "The number that statistics programs know the choice by."),
    need("label", Shape::Text, "What is shown."),
    may("exclusive", Shape::Flag, "Whether it goes with no other choice."),
];

impl Key {
    fn schema(&self) -> Json {
        let reference = |name: &str| json!({ "$ref": format!("#/$defs/{name}") });
        let mut schema = match self.shape {
            Shape::Text => json!({ "type": "string" }),
            // A parameter of a module may stand in it.
            Shape::Name => json!({ "type": "string", "pattern": "^[a-z<][a-z0-9_<> ]*$" }),
            Shape::Flag => json!({ "type": "boolean" }),
            Shape::FlagOrText => json!({ "type": ["boolean", "string"] }),
            Shape::Number => json!({ "type": "integer" }),
            Shape::Count => json!({ "type": "integer", "minimum": 0 }),
            Shape::Word(word) => json!({ "const": word }),
            Shape::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            Shape::Reasons => {
                let reasons = Missing::ALL.into_iter().filter(|m| m.is_recordable()).map(Missing::name);
                json!({ "type": "array", "items": { "enum": reasons.collect::<Vec<_>>() } })
            }
            Shape::Table(name) => reference(name),
            Shape::Tables(name) => json!({ "type": "array", "minItems": 1, "items": reference(name) }),
            Shape::Parameters => {
                json!({ "type": "object", "additionalProperties": { "type": ["string", "integer", "boolean"] } })
            }
        };
        schema["description"] = json!(self.doc);
        schema
    }
}

/// A table with these keys and no others.
fn table<'k>(keys: impl IntoIterator<Item = &'k Key>) -> Json {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for key in keys {
        properties.insert(key.name.to_owned(), key.schema());
        if key.is_required {
            required.push(key.name);
        }
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// The tables that all files share.
fn definitions() -> Json {
    let mut definitions = Map::new();
    let mut questions = vec![json!({ "$ref": "#/$defs/include" })];
    for (name, own, is_asked) in TYPES {
        let ty = Key { name: "type", shape: Shape::Word(name), is_required: true, doc: "What it is." };
        let chooses = matches!(*name, "select_one" | "select_multiple" | "rank");
        let mut keys: Vec<&Key> = EVERYWHERE.iter().chain([&ty]).chain(*own).collect();
        keys.extend(if *is_asked || *name == "grid" { SHARED } else { &[] });
        keys.extend(if *is_asked { ASKED } else { &[] });
        keys.extend(if chooses { CHOOSING } else { &[] });
        definitions.insert((*name).to_owned(), table(keys));
        questions.push(json!({ "$ref": format!("#/$defs/{name}") }));
    }
    let mut choice = table(CHOICE);
    choice["additionalProperties"] =
        json!({ "type": "string", "description": "A column for choice filters." });
    let list = json!({
        "type": "object",
        "properties": {
            "choices": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/choice" } },
            "file": { "type": "string", "description": "A CSV file with name,code,label and further columns." },
        },
        "oneOf": [{ "required": ["choices"] }, { "required": ["file"] }],
        "additionalProperties": false,
    });
    let section = table(EVERYWHERE.iter().chain(SECTION));
    definitions.extend([
        ("question".to_owned(), json!({ "oneOf": questions })),
        ("section_itself".to_owned(), section),
        (
            "section".to_owned(),
            json!({ "oneOf": [{ "$ref": "#/$defs/include" }, { "$ref": "#/$defs/section_itself" }] }),
        ),
        ("include".to_owned(), table(INCLUDE)),
        ("check".to_owned(), table(CHECK)),
        ("other".to_owned(), table(OTHER)),
        ("choice".to_owned(), choice),
        ("lists".to_owned(), json!({ "type": "object", "additionalProperties": list })),
        ("grid_item".to_owned(), table(EVERYWHERE.iter().chain([&LABEL]))),
    ]);
    Json::Object(definitions)
}

fn whole(title: &str, mut schema: Json) -> Json {
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!(title);
    schema
}

/// The schema of `questionnaire.toml`.
#[must_use]
pub fn of_questionnaire() -> Json {
    let mut schema = table(TOP);
    schema["$defs"] = definitions();
    whole("Doorstep questionnaire", schema)
}

/// The schema of a module.
#[must_use]
pub fn of_module() -> Json {
    let mut schema = table(MODULE);
    schema["$defs"] = definitions();
    whole("Doorstep module", schema)
}

/// The schema of a translation, `translations/<tag>.toml`.
#[must_use]
pub fn of_translation() -> Json {
    let texts = |doc: &str| json!({ "type": "object", "additionalProperties": { "type": "string" }, "description": doc });
    let ends = json!({
        "type": "object",
        "properties": { "low": { "type": "string" }, "high": { "type": "string" } },
        "additionalProperties": false,
    });
    whole(
        "Doorstep translation",
        json!({
            "type": "object",
            "properties": {
                "language": { "type": "string", "description": "As the file is named." },
                "name": { "type": "string", "description": "As speakers call the language." },
                "status": { "enum": ["draft", "reviewed"] },
                "title": { "type": "string" },
                "referral": { "type": "string" },
                "labels": texts("By the name of the section, question, group, roster, note or grid item."),
                "hints": texts("By name."),
                "notes_to_enumerator": texts("By name."),
                "constraint_messages": texts("By name."),
                "row_labels": texts("By the name of the roster."),
                "checks": {
                    "type": "object",
                    "additionalProperties": { "type": "array", "items": { "type": "string" } },
                    "description": "The messages of a question's checks, in order.",
                },
                "scales": { "type": "object", "additionalProperties": ends },
                "choices": {
                    "type": "object",
                    "additionalProperties": texts("By the name of the choice."),
                    "description": "By the name of the list.",
                },
            },
            "required": ["language", "name"],
            "additionalProperties": false,
        }),
    )
}
