//! Names that meet others: solved in the same way every time, and said.

use std::fs;

use super::readers::read_back;
use super::{done, rows, survey};

/// A choice that is named like the variable of reasons, and questions that are named like others' parts.
const QUESTIONNAIRE: &str = r#"
format = 1
id = "names"
version = "1"
language = "en"
title = "Names"

[lists.worries]
choices = [
  { name = "missing", code = 1, label = "Missing people" },
  { name = "dogs", code = 2, label = "Dogs" },
]

[[sections]]
name = "only"
label = "Only"

[[sections.questions]]
name = "worries"
type = "select_multiple"
list = "worries"
label = "Worries?"
missing = ["refused"]

[[sections.questions]]
name = "worries__dogs"
type = "integer"
label = "How many dogs?"
missing = ["refused"]

[[sections.questions]]
name = "worries__dogs__missing"
type = "integer"
label = "How many are missing?"

[[sections.questions]]
name = "moment"
type = "datetime"
label = "When?"

[[sections.questions]]
name = "moment__offset"
type = "integer"
label = "Offset?"

[[sections.questions]]
name = "v1"
type = "integer"
label = "One"

[[sections.questions]]
name = "v20"
type = "integer"
label = "Twenty"
"#;

const ANSWERS: &str = concat!(
    r#"{"enumerator": "a", "started": "2026-03-02T09:12:00+03:00", "answers": {"worries": ["missing"], "worries__dogs": {"missing": "refused"}, "#,
    r#""worries__dogs__missing": 7, "moment": "2026-03-01T23:59:30+03:00", "moment__offset": 11, "v1": 100, "v20": 20}}"#,
    "\n",
);

#[test]
fn a_choice_gives_way_to_reasons_and_questions() {
    let folder = survey(QUESTIONNAIRE, "", ANSWERS);
    let folder = folder.path();
    let said = done(folder, &["export", "csv", "--raw", "--out", "csv"]);
    let changes = "worries__missing → worries__missing_, worries__dogs → worries__dogs_, \
                   worries__dogs__missing → worries__dogs__missing_";
    assert!(said.contains(&format!("Renamed, because another variable has the name: {changes}")), "{said}");
    let row = &rows(&folder.join("csv/interviews.csv"))[0];
    for (name, cell) in [
        ("worries__missing", ""),
        ("worries__missing_", "1"),
        ("worries__dogs", ""),
        ("worries__dogs_", "0"),
        ("worries__dogs__missing", "7"),
        ("worries__dogs__missing_", "refused"),
    ] {
        assert_eq!(row[name], cell, "{name}");
    }
    // What goes out beside it does not matter.
    done(
        folder,
        &[
            "export",
            "csv",
            "--raw",
            "--out",
            "few",
            "--multiple",
            "split",
            "--missing",
            "refused=-9",
            "--only",
            "worries",
        ],
    );
    let row = &rows(&folder.join("few/interviews.csv"))[0];
    assert!(row.contains_key("worries__missing_") && row.contains_key("worries__dogs_"), "{row:?}");
    assert!(!row.contains_key("worries__missing"));
}

#[test]
fn offsets_of_moments_have_names_of_their_own() {
    let folder = survey(QUESTIONNAIRE, "", ANSWERS);
    let folder = folder.path();
    done(folder, &["export", "xlsx", "--out", "out.xlsx"]);
    done(folder, &["export", "parquet", "--out", "parquet"]);
    let Some(book) = read_back("xlsx", &folder.join("out.xlsx")) else { return };
    let lines = book["sheets"][0]["rows"].as_array().unwrap();
    let at = |name: &str| {
        let place = lines[0].as_array().unwrap().iter().position(|head| head == name).unwrap();
        lines[1][place].clone()
    };
    assert_eq!((at("moment__offset"), at("moment__offset_")), (11.into(), "+03:00".into()));
    let read = read_back("parquet", &folder.join("parquet/interviews")).unwrap();
    assert_eq!(read["columns"]["moment__offset"], serde_json::json!([11]));
    assert_eq!(read["columns"]["moment__offset_"], serde_json::json!([180]));
    // What goes out beside it does not matter.
    done(folder, &["export", "parquet", "--out", "few", "--only", "moment"]);
    let read = read_back("parquet", &folder.join("few/interviews")).unwrap();
    assert_eq!(read["columns"]["moment__offset_"], serde_json::json!([180]));
    assert!(read["columns"].get("moment__offset").is_none());
}

#[test]
fn no_short_name_in_a_file_for_spss_is_the_name_of_another_variable() {
    let folder = survey(QUESTIONNAIRE, "", ANSWERS);
    let folder = folder.path();
    done(folder, &["export", "spss", "--out", "sav"]);
    let bytes = fs::read(folder.join("sav/interviews.sav")).unwrap();
    let at = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(at("V2=") && !at("V1=") && !at("V20="), "V1 and V20 are names of questions");
    let Some(read) = read_back("sav", &folder.join("sav/interviews.sav")) else { return };
    assert_eq!((&read["columns"]["v1"][0], &read["columns"]["v20"][0]), (&100.into(), &20.into()));
}

#[test]
fn a_set_of_responses_has_a_name_that_spss_takes() {
    let long = "w".repeat(64);
    let named =
        |text: &str| text.replace("worries__dogs", "dogs").replace("\"worries\"", &format!("\"{long}\""));
    let questionnaire = named(QUESTIONNAIRE)
        .replace(&format!("list = \"{long}\""), "list = \"worries\"")
        .replace("Worries?", &"Worries? ".repeat(40));
    let folder = survey(&questionnaire, "", &named(ANSWERS));
    let folder = folder.path();
    let said = done(folder, &["export", "spss", "--out", "sav"]);
    assert!(said.contains("Cut to the 63 bytes that SPSS has room for: names of response sets of"), "{said}");
    assert!(
        said.contains("Cut to the 255 bytes that SPSS has room for: labels of response sets of"),
        "{said}"
    );
    let Some(read) = read_back("sav", &folder.join("sav/interviews.sav")) else { return };
    let sets = read["sets"].as_object().unwrap();
    let (name, set) = sets.iter().next().unwrap();
    assert!(name.len() <= 63 && name.starts_with("wwww"), "{name}");
    assert_eq!(set["variable_list"].as_array().unwrap().len(), 2);
}
