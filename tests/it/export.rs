//! Data sets that go out: what is in them, what stays inside, and that reading back gives the same.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::support;

const QUESTIONNAIRE: &str = r#"
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

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir_all(path.join("questionnaire")).unwrap();
    fs::write(path.join("questionnaire/questionnaire.toml"), QUESTIONNAIRE).unwrap();
    fs::write(
        path.join("survey.toml"),
        "format = 1\nid = \"export\"\ntitle = \"Export\"\nquestionnaire = \"questionnaire\"\n\
         store = \"data/store.db\"\nround = \"baseline\"\n[rounds.baseline]\nlabel = \"Baseline\"\n",
    )
    .unwrap();
    fs::write(
        path.join("answers.jsonl"),
        concat!(
            r#"{"enumerator": "=cmd", "started": "2026-03-02T09:12:00+03:00", "answers": {"name": "Asha", "job": "=1+1, \"two\"\nlines", "#,
            r#""hurt": ["theft"], "worries": ["dogs", "theft"], "first": ["dogs", "theft"], "change": -3, "people": [{"age": 30}, {"age": 4}]}}"#,
            "\n",
            r#"{"enumerator": "omar", "started": "2026-03-02T10:12:00+03:00", "answers": {"name": "Omar", "job": "none", "#,
            r#""hurt": {"missing": "refused"}, "worries": {"missing": "dont_know"}, "first": ["theft", "dogs"], "change": 0, "people": [{"age": {"missing": "dont_know"}}, {"age": 7}]}}"#,
            "\n",
            r#"{"enumerator": "omar", "started": "2026-03-02T11:12:00+03:00", "answers": {"name": "Zed"}, "end": "pause"}"#,
            "\n",
        ),
    )
    .unwrap();
    done(path, &["interview", "--answers", "answers.jsonl"]);
    folder
}

#[track_caller]
fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = support::doorstep(folder, arguments, "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

#[track_caller]
fn refused(folder: &Path, arguments: &[&str], words: &str) {
    let output = support::doorstep(folder, arguments, "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains(words), "{said}");
}

/// The rows of a file, by the names of their columns.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let names = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        names.iter().zip(&record).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn what_could_harm_stays_inside_unless_it_is_named() {
    let folder = folder();
    let folder = folder.path();
    let said = done(folder, &["export", "csv", "--out", "out"]);
    assert!(said.contains("interviews.csv: 2 rows"), "{said}");
    for (why, names) in [("tells who", "name, home"), ("could harm", "hurt"), ("own words", "job")] {
        let line = said.lines().find(|line| line.contains(why)).unwrap();
        assert!(line.ends_with(names), "{line}");
    }
    for file in ["interviews.csv", "people.csv", "_codebook.csv", "datapackage.json"] {
        let text = fs::read_to_string(folder.join("out").join(file)).unwrap();
        for secret in ["Asha", "Omar", "two", "hurt"] {
            assert!(!text.contains(secret), "{secret} is in {file}");
        }
    }
    done(folder, &["export", "csv", "--out", "more", "--with", "name,hurt", "--all", "--without", "change"]);
    let rows = rows(&folder.join("more/interviews.csv"));
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| !row.contains_key("change") && !row.contains_key("job")));
    assert_eq!((rows[0]["name"].as_str(), rows[0]["hurt"].as_str()), ("Asha", "theft"));
    assert_eq!(rows[1]["hurt__missing"], "refused");
    assert_eq!(rows[2]["_status"], "paused");
    assert_eq!(rows[2]["hurt__missing"], "not_reached");
}

#[test]
fn choices_reasons_and_rosters_read_back_as_they_were() {
    let folder = folder();
    let folder = folder.path();
    done(folder, &["export", "csv", "--out", "out", "--raw", "--with", "job"]);
    let interviews = rows(&folder.join("out/interviews.csv"));
    let first = &interviews[0];
    let is = |row: &BTreeMap<String, String>, wanted: &[(&str, &str)]| {
        for (name, value) in wanted {
            assert_eq!(row[*name], *value, "{name}");
        }
    };
    is(
        first,
        &[
            ("worries", "theft dogs"),
            ("worries__theft", "1"),
            ("worries__dogs", "1"),
            ("worries__missing", ""),
        ],
    );
    is(first, &[("first", "dogs theft"), ("first__1", "dogs"), ("first__2", "theft"), ("change", "-3")]);
    is(first, &[("job", "=1+1, \"two\"\nlines"), ("_enumerator", "=cmd"), ("_round", "baseline")]);
    is(&interviews[1], &[("worries", ""), ("worries__theft", ""), ("worries__missing", "dont_know")]);
    let people = rows(&folder.join("out/people.csv"));
    assert_eq!(people.len(), 4);
    for (person, age, reason) in [(0, "30", ""), (1, "4", ""), (2, "", "dont_know"), (3, "7", "")] {
        is(&people[person], &[("age", age), ("age__missing", reason)]);
        is(&people[person], &[("people", if person % 2 == 0 { "1" } else { "2" })]);
        assert_eq!(people[person]["_interview"], interviews[person / 2]["_interview"]);
    }
    // The same data give the same bytes.
    done(folder, &["export", "csv", "--out", "again", "--raw", "--with", "job"]);
    for file in ["interviews.csv", "people.csv", "_codebook.csv", "datapackage.json"] {
        assert_eq!(
            fs::read(folder.join("out").join(file)).unwrap(),
            fs::read(folder.join("again").join(file)).unwrap()
        );
    }
}

#[test]
fn a_spreadsheet_gets_no_formulas_and_other_forms_are_had_for_the_asking() {
    let folder = folder();
    let folder = folder.path();
    done(
        folder,
        &["export", "csv", "--out", "out", "--with", "job", "--choices", "labels", "--multiple", "joined"],
    );
    let text = fs::read_to_string(folder.join("out/interviews.csv")).unwrap();
    assert!(text.starts_with('\u{feff}'));
    let interviews = rows(&folder.join("out/interviews.csv"));
    assert_eq!(interviews[0]["job"], "'=1+1, \"two\"\nlines");
    assert_eq!(interviews[0]["_enumerator"], "'=cmd");
    assert_eq!(interviews[0]["change"], "-3", "a number is no formula");
    assert_eq!(interviews[0]["worries"], "Theft, or \"loss\"; Dogs");
    assert!(!interviews[0].contains_key("worries__theft"));

    let codes =
        ["export", "csv", "--out", "codes", "--choices", "codes", "--missing", "dont_know=-88,refused=-99"];
    done(folder, &codes);
    let interviews = rows(&folder.join("codes/interviews.csv"));
    assert_eq!(interviews[0]["worries"], "1 2");
    assert_eq!((interviews[1]["worries"].as_str(), interviews[1]["worries__dogs"].as_str()), ("-88", "-88"));
    assert!(!interviews[1].contains_key("worries__missing"));
}

#[test]
fn the_codebook_and_the_description_name_every_variable() {
    let folder = folder();
    let folder = folder.path();
    done(folder, &["export", "csv", "--out", "out"]);
    let codebook = rows(&folder.join("out/_codebook.csv"));
    let described: Json =
        serde_json::from_str(&fs::read_to_string(folder.join("out/datapackage.json")).unwrap()).unwrap();
    for (number, table) in ["interviews", "people"].iter().enumerate() {
        let resource = &described["resources"][number];
        assert_eq!(resource["path"], format!("{table}.csv"));
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let names: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        let text = fs::read_to_string(folder.join(format!("out/{table}.csv"))).unwrap();
        let header = text.lines().next().unwrap().trim_start_matches('\u{feff}').to_owned();
        assert_eq!(header, names.join(","));
        let keys = resource["schema"]["primaryKey"].as_array().unwrap().len();
        let of_table: Vec<&str> = codebook
            .iter()
            .filter(|row| row["table"] == *table)
            .map(|row| row["variable"].as_str())
            .collect();
        assert_eq!(of_table, names[keys..]);
    }
    assert_eq!(described["resources"][1]["schema"]["foreignKeys"][0]["reference"]["resource"], "interviews");
    let worries = codebook.iter().find(|row| row["variable"] == "worries").unwrap();
    assert_eq!(worries["values"], "1 theft = Theft, or \"loss\"; 2 dogs = Dogs");
    assert_eq!((worries["n"].as_str(), worries["reasons without a value"].as_str()), ("1", "dont_know: 1"));
    assert_eq!(worries["label"], "What do you fear? 😟");
}

#[test]
fn an_export_replaces_nothing_but_an_export() {
    let folder = folder();
    let folder = folder.path();
    done(folder, &["export", "csv", "--out", "out"]);
    refused(folder, &["export", "csv", "--out", "out"], "--force");
    done(folder, &["export", "csv", "--out", "out", "--force", "--all"]);
    assert_eq!(rows(&folder.join("out/interviews.csv")).len(), 3);
    refused(folder, &["export", "csv", "--out", "data", "--force"], "no earlier export");
    refused(folder, &["export", "csv", "--out", "survey.toml", "--force"], "not a folder");
    refused(folder, &["export", "csv", "--out", "x", "--with", "nmae"], "Did you mean `name`?");
    refused(folder, &["export", "csv", "--out", "x", "--round", "endline"], "It has: baseline");
    refused(folder, &["export", "csv", "--out", "x", "--missing", "unknown=-1"], "dont_know=-88");
    assert!(!folder.join("x").exists());
    let left = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.filter(|name| name.starts_with(".doorstep")).count() == 0, "nothing half-made is left");
}
