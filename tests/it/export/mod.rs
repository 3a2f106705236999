//! Data sets that go out: what is in them, what stays inside, and that reading back gives the same.

mod bad_input;
mod calibrated;
mod choice;
mod csv;
mod ddi;
mod ddi_rules;
mod design;
mod formats;
mod leftovers;
mod limits;
mod long;
mod maps;
mod names;
mod packages;
mod paradata;
mod parquet;
mod readers;
mod scripts;
mod sqlite;
mod types;
mod xlsx;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support;

pub const QUESTIONNAIRE: &str = r#"
format = 1
id = "export"
version = "1"
language = "en"
title = "Export"

[lists.worries]
choices = [
  { name = "theft", code = 1, label = "Theft, or \"loss\"" },
  { name = "dogs", code = 2, label = "Dogs" },
]

[[sections]]
name = "only"
label = "Only"

[[sections.questions]]
name = "name"
type = "text"
label = "Name"
identifying = true

[[sections.questions]]
name = "job"
type = "text"
label = "Job"

[[sections.questions]]
name = "home"
type = "geopoint"
label = "Where?"
required = false

[[sections.questions]]
name = "hurt"
type = "select_multiple"
list = "worries"
label = "What happened?"
sensitive = true
missing = ["refused"]

[[sections.questions]]
name = "worries"
type = "select_multiple"
list = "worries"
label = "What do you fear? 😟"
missing = ["dont_know"]

[[sections.questions]]
name = "first"
type = "rank"
list = "worries"
top = 2
label = "What first?"

[[sections.questions]]
name = "change"
type = "integer"
label = "Change"

[[sections.questions]]
name = "people"
type = "roster"
label = "People"
count = "2"
[[sections.questions.questions]]
name = "age"
type = "integer"
label = "Age"
missing = ["dont_know"]
"#;

pub const ANSWERS: &str = concat!(
    r#"{"enumerator": "=cmd", "started": "2026-03-02T09:12:00+03:00", "answers": {"name": "Asha", "job": "=1+1, \"two\"\nlines", "#,
    r#""hurt": ["theft"], "worries": ["dogs", "theft"], "first": ["dogs", "theft"], "change": -3, "people": [{"age": 30}, {"age": 4}]}}"#,
    "\n",
    r#"{"enumerator": "omar", "started": "2026-03-02T10:12:00+03:00", "answers": {"name": "Omar", "job": "none", "#,
    r#""hurt": {"missing": "refused"}, "worries": {"missing": "dont_know"}, "first": ["theft", "dogs"], "change": 0, "people": [{"age": {"missing": "dont_know"}}, {"age": 7}]}}"#,
    "\n",
    r#"{"enumerator": "omar", "started": "2026-03-02T11:12:00+03:00", "answers": {"name": "Zed"}, "end": "pause"}"#,
    "\n",
);

/// A survey with two finished interviews and one that is paused.
pub fn folder() -> tempfile::TempDir {
    survey(QUESTIONNAIRE, "", ANSWERS)
}

/// A survey with this questionnaire, more of `survey.toml`, and interviews from this answer file.
pub fn survey(questionnaire: &str, more: &str, answers: &str) -> tempfile::TempDir {
    survey_of(&[("questionnaire.toml", questionnaire)], more, answers)
}

/// A survey with these files of a questionnaire, more of `survey.toml`, and interviews from this answer file.
pub fn survey_of(questionnaire: &[(&str, &str)], more: &str, answers: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir_all(path.join("questionnaire/translations")).unwrap();
    for (name, text) in questionnaire {
        fs::write(path.join("questionnaire").join(name), text).unwrap();
    }
    fs::write(
        path.join("survey.toml"),
        format!(
            "format = 1\nid = \"export\"\ntitle = \"Export\"\nquestionnaire = \"questionnaire\"\n\
         store = \"data/store.db\"\nround = \"baseline\"\n[rounds.baseline]\nlabel = \"Baseline\"\n{more}"
        ),
    )
    .unwrap();
    fs::write(path.join("answers.jsonl"), answers).unwrap();
    done(path, &["interview", "--answers", "answers.jsonl"]);
    folder
}

/// A command that must succeed: what it said.
#[track_caller]
pub fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = support::doorstep(folder, arguments, "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

/// A command that must be refused as called wrongly, in these words.
#[track_caller]
pub fn refused(folder: &Path, arguments: &[&str], words: &str) {
    let output = support::doorstep(folder, arguments, "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains(words), "{said}");
}

/// The rows of a file, by the names of their columns.
pub fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = ::csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let names = reader.headers().unwrap().clone();
    let row = |record: ::csv::StringRecord| {
        names.iter().zip(&record).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}
