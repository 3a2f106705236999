//! CSV with one row for each answer.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value as Json;

use super::{done, folder, rows};

#[test]
fn each_answer_is_a_row_that_joins_to_the_others() {
    let folder = folder();
    let folder = folder.path();
    done(folder, &["export", "csv", "--long", "--out", "out", "--raw"]);
    let answers = rows(&folder.join("out/answers.csv"));
    let interviews = rows(&folder.join("out/interviews.csv"));
    assert!(
        interviews[0].contains_key("_weight") && !interviews[0].contains_key("change"),
        "{:?}",
        interviews[0]
    );
    assert_eq!(interviews.len(), 2);
    let row = |interview: usize, people: &str, variable: &str| -> &BTreeMap<String, String> {
        let id = &interviews[interview]["_interview"];
        let mut found = answers
            .iter()
            .filter(|row| row["_interview"] == *id && row["people"] == people && row["variable"] == variable);
        let row = found.next().unwrap();
        assert!(found.next().is_none(), "{variable} stands twice");
        row
    };
    let is = |row: &BTreeMap<String, String>, wanted: [&str; 3]| {
        assert_eq!(["value", "label", "missing"].map(|column| row[column].as_str()), wanted);
    };
    is(row(0, "", "worries"), ["theft dogs", "Theft, or \"loss\"; Dogs", ""]);
    is(row(1, "", "worries"), ["", "", "dont_know"]);
    is(row(0, "", "change"), ["-3", "", ""]);
    is(row(0, "2", "age"), ["4", "", ""]);
    is(row(1, "1", "age"), ["", "", "dont_know"]);
    // Worries, first, change and the ages of two people, in two interviews.
    assert_eq!(answers.len(), 10);
    let text = fs::read_to_string(folder.join("out/answers.csv")).unwrap();
    assert!(!text.contains("Asha") && !text.contains("hurt"), "{text}");
    let described: Json =
        serde_json::from_str(&fs::read_to_string(folder.join("out/datapackage.json")).unwrap()).unwrap();
    let fields = described["resources"][1]["schema"]["fields"].as_array().unwrap();
    let names: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert_eq!(text.lines().next().unwrap(), names.join(","));

    done(
        folder,
        &["export", "csv", "--long", "--out", "split", "--raw", "--multiple", "split", "--choices", "codes"],
    );
    let split = rows(&folder.join("split/answers.csv"));
    let of = |variable: &str| split.iter().find(|row| row["variable"] == variable).unwrap();
    is(of("worries__dogs"), ["1", "", ""]);
    is(of("first__1"), ["2", "Dogs", ""]);
}
