//! A survey with every type of answer, and its tables as raw CSV has them, which other formats are compared with.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value as Json;

use super::{done, rows, survey};

/// Every type of answer, two rosters one in the other, a label of 300 letters, and an emoji.
pub fn questionnaire() -> String {
    let long = "long ".repeat(60);
    format!(
        r#"
format = 1
id = "types"
version = "1"
language = "en"
title = "Types"

[lists.safety]
choices = [
  {{ name = "safe", code = 1, label = "Safe 🙂" }},
  {{ name = "unsafe", code = 2, label = "Not safe" }},
]

[lists.worries]
choices = [
  {{ name = "theft", code = 1, label = "Theft" }},
  {{ name = "dogs", code = 7, label = "Dogs" }},
]

[[sections]]
name = "only"
label = "Only"

[[sections.questions]]
name = "safe"
type = "select_one"
list = "safety"
label = "How safe? {long}"
missing = ["dont_know", "refused"]

[[sections.questions]]
name = "worries"
type = "select_multiple"
list = "worries"
label = "Worries?"
missing = ["dont_know"]

[[sections.questions]]
name = "first"
type = "rank"
list = "worries"
top = 2
label = "What first?"
missing = ["refused"]

[[sections.questions]]
name = "number"
type = "integer"
label = "Number"
missing = ["dont_know"]

[[sections.questions]]
name = "ratio"
type = "decimal"
label = "Ratio"
missing = ["dont_know"]

[[sections.questions]]
name = "day"
type = "date"
label = "Day"
missing = ["dont_know"]

[[sections.questions]]
name = "clock"
type = "time"
label = "Clock"
missing = ["dont_know"]

[[sections.questions]]
name = "moment"
type = "datetime"
label = "Moment"
missing = ["dont_know"]

[[sections.questions]]
name = "remark"
type = "text"
label = "Remark"
missing = ["refused"]

[[sections.questions]]
name = "never"
type = "integer"
label = "Never asked"
relevant = "${{number}} = 4711"

[[sections.questions]]
name = "adult"
type = "calculate"
calculation = "${{number}} >= 18"

[[sections.questions]]
name = "home"
type = "geopoint"
label = "Where?"
required = "false()"

[[sections.questions]]
name = "houses"
type = "roster"
label = "Houses"
count = "2"
[[sections.questions.questions]]
name = "rooms"
type = "integer"
label = "Rooms"
[[sections.questions.questions]]
name = "people"
type = "roster"
label = "People"
count = "${{rooms}}"
[[sections.questions.questions.questions]]
name = "age"
type = "integer"
label = "Age"
missing = ["dont_know"]
"#
    )
}

pub const ANSWERS: &str = concat!(
    r#"{"enumerator": "amina", "started": "2026-03-02T09:12:00+03:00", "answers": {"safe": "unsafe", "worries": ["dogs", "theft"], "first": ["dogs", "theft"], "#,
    r#""number": -20, "ratio": 2.5, "day": "2026-02-28", "clock": "14:30", "moment": "2026-03-01T23:59:30+03:00", "remark": "=1+1, \"two\" 🙂\nمرحبا", "home": "15.35491 44.20672", "#,
    r#""houses": [{"rooms": 1, "people": [{"age": 30}]}, {"rooms": 2, "people": [{"age": {"missing": "dont_know"}}, {"age": 4}]}]}}"#,
    "\n",
    r#"{"enumerator": "bashir", "started": "2026-03-03T09:12:00+00:00", "answers": {"safe": {"missing": "refused"}, "worries": {"missing": "dont_know"}, "first": {"missing": "refused"}, "#,
    r#""number": {"missing": "dont_know"}, "ratio": {"missing": "dont_know"}, "day": {"missing": "dont_know"}, "clock": {"missing": "dont_know"}, "moment": {"missing": "dont_know"}, "remark": {"missing": "refused"}, "home": null, "#,
    r#""houses": [{"rooms": 0, "people": []}, {"rooms": 1, "people": [{"age": 1}]}]}}"#,
    "\n",
    r#"{"enumerator": "bashir", "started": "2026-03-04T09:12:00+00:00", "answers": {"safe": "safe", "worries": ["theft"], "first": ["theft", "dogs"], "#,
    r#""number": 1234567890123456789, "ratio": 0.1, "day": "1899-12-31", "clock": "00:00", "moment": "2026-03-01T00:00:00-04:30", "remark": "plain", "home": "15.35012 44.20998 1000 5", "#,
    r#""houses": [{"rooms": 0, "people": []}, {"rooms": 0, "people": []}]}}"#,
    "\n",
);

pub const TABLES: [&str; 3] = ["interviews", "houses", "people"];
pub const FORMATS: [(&str, &str); 5] = [
    ("xlsx", "out.xlsx"),
    ("parquet", "parquet"),
    ("sqlite", "out.db"),
    ("geojson", "out.geojson"),
    ("ddi", "out.xml"),
];

pub fn types() -> tempfile::TempDir {
    survey(&questionnaire(), "", ANSWERS)
}

pub type Rows = Vec<BTreeMap<String, String>>;

/// The tables as raw CSV has them, the texts let out.
pub fn as_csv(folder: &Path) -> BTreeMap<&'static str, Rows> {
    done(folder, &["export", "csv", "--raw", "--with", "remark", "--out", "csv"]);
    TABLES.into_iter().map(|table| (table, rows(&folder.join(format!("csv/{table}.csv"))))).collect()
}

/// A cell as the CSV writes it.
pub fn as_text(cell: &Json) -> String {
    match cell {
        Json::Null => String::new(),
        Json::Bool(yes) => u8::from(*yes).to_string(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(as_text).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// The columns that a format has beside those of the CSV are joined to theirs: moments with their offset.
pub fn joined(mut row: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let offsets: Vec<String> = row.keys().filter(|name| name.ends_with("__offset")).cloned().collect();
    for name in offsets {
        let offset = row.remove(&name).unwrap();
        row.get_mut(name.trim_end_matches("__offset")).unwrap().push_str(&offset);
    }
    row
}
