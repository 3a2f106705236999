//! How interviews went.

use std::fs;

use super::{done, refused, rows, survey};
use crate::support;

const ANSWERS: &str = concat!(
    r#"{"enumerator": "omar", "started": "2026-03-02T09:12:00+03:00", "answers": {"name": "Asha", "job": "none", "home": null, "#,
    r#""hurt": ["theft"], "worries": {"missing": "dont_know"}}, "end": "pause"}"#,
    "\n"
);

/// An interview that was put aside and taken up again, with remarks and a warning that was overridden.
fn interviewed() -> tempfile::TempDir {
    let questionnaire = super::QUESTIONNAIRE.replace(
        "name = \"change\"\n",
        "name = \"change\"\nchecks = [{ when = \". > 100\", message = \"So much?\" }]\n",
    );
    let folder = survey(&questionnaire, "", ANSWERS);
    let typed = ":j hurt\n:c She wept\n\n\n2 1\n:c Very sure\n200\nShe showed me\n30\n4\nf\ny\n";
    let output = support::doorstep(folder.path(), &["interview", "--resume"], typed);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    folder
}

#[test]
fn interviews_and_their_questions_have_a_row_each() {
    let folder = interviewed();
    let folder = folder.path();
    let said = done(folder, &["export", "paradata", "--out", "out"]);
    assert!(said.contains("1 interview") && said.contains("sensitive questions"), "{said}");
    let interviews = rows(&folder.join("out/interviews.csv"));
    let questions = rows(&folder.join("out/questions.csv"));
    let one = &interviews[0];
    assert_eq!([&one["_enumerator"], &one["_status"], &one["languages"]], ["omar", "finalised", "en"]);
    assert_eq!(
        [&one["questions"], &one["dont_know"], &one["refused"], &one["resumed"]],
        ["7", "1", "0", "1"],
        "totals less rows would tell how many sensitive questions were asked"
    );
    assert!(one["started"].starts_with("2026-03-02T09:12:00+03:00"), "{}", one["started"]);
    let of = |question: &str, place: &str| {
        questions.iter().find(|row| row["question"] == question && row["rows"] == place).unwrap()
    };
    assert_eq!([&of("age", "2")["answers"], &of("age", "2")["language"]], ["1", "en"]);
    assert_eq!(of("worries", "")["missing"], "dont_know");
    assert!(questions.iter().all(|row| row["_interview"] == one["_interview"]));
    assert!(questions.iter().all(|row| row["question"] != "hurt"), "that it was asked may tell");
    assert!(!folder.join("out/remarks.csv").exists());
    let everything: String = ["interviews", "questions"]
        .map(|file| fs::read_to_string(folder.join(format!("out/{file}.csv"))).unwrap())
        .concat();
    for secret in ["Asha", "wept", "showed", "sure"] {
        assert!(!everything.contains(secret), "{secret}");
    }
}

#[test]
fn remarks_go_out_for_the_asking() {
    let folder = interviewed();
    let folder = folder.path();
    done(folder, &["export", "paradata", "--out", "out", "--with", "remarks"]);
    let remarks = rows(&folder.join("out/remarks.csv"));
    let found: Vec<[&str; 3]> =
        remarks.iter().map(|row| ["question", "kind", "text"].map(|column| row[column].as_str())).collect();
    assert_eq!(found, [["change", "comment", "Very sure"], ["change", "override", "She showed me"]]);
    done(folder, &["export", "paradata", "--out", "all", "--with", "remarks,sensitive"]);
    assert!(rows(&folder.join("all/remarks.csv")).iter().any(|row| row["text"] == "She wept"));
    assert!(rows(&folder.join("all/questions.csv")).iter().any(|row| row["question"] == "hurt"));
    refused(folder, &["export", "paradata", "--out", "all"], "--force");
    done(folder, &["export", "csv", "--out", "csv"]);
    refused(folder, &["export", "paradata", "--out", "csv", "--force"], "no earlier export");
    refused(folder, &["export", "paradata", "--out", "x", "--round", "endline"], "baseline");
}
