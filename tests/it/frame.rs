//! The sampling frame as people have it: saved by a spreadsheet, with slips in it, and with units that nobody has been to; and
//! what else the evening of a field day shows.

use std::fs;
use std::path::Path;

use crate::export::{ANSWERS, QUESTIONNAIRE, survey};
use crate::support;

const DESIGN: &str = "[design]\nframe = \"frame.csv\"\nkey = \"change\"\nfpc = \"${size}\"\n";
const FRAME: &str = "change,district,size\n-3,west,40\n0,west,40\n5,east,40\n6,east,40\n7,east,40\n";

fn framed(questionnaire: &str, frame: impl AsRef<[u8]>) -> tempfile::TempDir {
    let folder = survey(questionnaire, "", ANSWERS);
    let toml = folder.path().join("survey.toml");
    let text = fs::read_to_string(&toml).unwrap();
    fs::write(toml, format!("{text}{DESIGN}")).unwrap();
    fs::write(folder.path().join("frame.csv"), frame).unwrap();
    folder
}

/// What a command that must fail says, and its exit code.
fn failed(folder: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let output = support::doorstep(folder, arguments, "");
    assert!(!output.status.success());
    (String::from_utf8(output.stderr).unwrap(), output.status.code())
}

fn shown(folder: &Path, arguments: &[&str]) -> String {
    let output = support::doorstep(folder, arguments, "");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn units_without_an_interview_are_named_in_the_evening() {
    let folder = framed(QUESTIONNAIRE, FRAME);
    let folder = folder.path();
    let evening = shown(folder, &["summary"]);
    assert!(evening.contains("Units of the frame without an interview: 3 of 5: 5, 6, 7."), "{evening}");
    let json = shown(folder, &["summary", "--json"]);
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    let wanted = serde_json::json!({ "frame_units": 5, "without_interview": 3, "units": ["5", "6", "7"] });
    assert_eq!(first, wanted);
    // More than ten are counted.
    let many: String = (10..30).map(|n| format!("{n},east,40\n")).collect();
    fs::write(folder.join("frame.csv"), format!("{FRAME}{many}")).unwrap();
    let evening = shown(folder, &["summary"]).replace('\n', " ");
    assert!(evening.contains("23 of 25: 5, 6, 7, 10, 11, 12, 13, 14, 15, 16 and 13 more"), "{evening}");
}

#[test]
fn units_that_tell_who_somebody_is_are_named_where_that_is_asked_for() {
    for mark in ["identifying", "sensitive"] {
        let marked = format!("label = \"Change\"\n{mark} = true");
        let folder = framed(&QUESTIONNAIRE.replace("label = \"Change\"", &marked), FRAME);
        let folder = folder.path();
        let evening = shown(folder, &["summary"]);
        assert!(evening.contains("an interview: 3 of 5 (`--with change` names them)."), "{evening}");
        let json = shown(folder, &["summary", "--json"]);
        assert!(json.contains("\"without_interview\":3") && json.contains("\"units\":null"), "{json}");
        let evening = shown(folder, &["summary", "--with", "change"]);
        assert!(evening.contains("an interview: 3 of 5: 5, 6, 7."), "{evening}");
    }
}

#[test]
fn a_text_among_numbers_is_shown_where_it_stands() {
    let folder = framed(QUESTIONNAIRE, FRAME.replace("6,east,40", "6,east,n.a."));
    for command in [&["export", "csv", "--out", "out"][..], &["check"]] {
        let output = support::doorstep(folder.path(), command, "");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!output.status.success(), "{said}");
        assert!(said.contains("frame.csv:5:8") && said.contains("`n.a.` is not a number"), "{said}");
        assert!(said.contains("the whole column `size` is text"), "{said}");
    }
    // A label among labels is no slip.
    let folder = framed(QUESTIONNAIRE, "change,district,size\n-3,12,40\n0,12a,40\n5,14,40\n6,007,40\n");
    let checked = support::doorstep(folder.path(), &["check"], "");
    let said = String::from_utf8([checked.stdout, checked.stderr].concat()).unwrap();
    assert!(!said.contains("S0208"), "{said}");
}

#[test]
fn what_a_spreadsheet_saves_in_another_way_is_told_with_its_cure() {
    let wide: Vec<u8> = FRAME.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let folder = framed(QUESTIONNAIRE, [&[0xff, 0xfe], wide.as_slice()].concat());
    let (said, code) = failed(folder.path(), &["summary"]);
    assert!(said.contains("frame.csv: it is not text in UTF-8") && said.contains("CSV UTF-8"), "{said}");
    assert_eq!(code, Some(1), "{said}");
    let folder = framed(QUESTIONNAIRE, FRAME.replace(',', ";"));
    let (said, code) = failed(folder.path(), &["summary"]);
    assert!(said.contains("no column `change`") && said.contains("Separate the columns by commas"), "{said}");
    assert_eq!(code, Some(1), "{said}");
}

/// Of lines that end in two bytes, behind the mark of UTF-8.
#[test]
fn mistakes_are_on_their_line_whatever_ends_it() {
    let twice = format!("{FRAME}7,east,40\n");
    for (text, line) in [(twice.as_str(), ":7:1"), ("change,district,size\n-3,west,40\n0,west\n", ":3:1")] {
        for text in [text.to_owned(), format!("\u{feff}{}", text.replace('\n', "\r\n"))] {
            let folder = framed(QUESTIONNAIRE, &text);
            let (said, _) = failed(folder.path(), &["summary"]);
            assert!(said.contains(&format!("frame.csv{line}")), "{text:?}: {said}");
        }
    }
    let folder = survey(QUESTIONNAIRE, "", ANSWERS);
    let toml = folder.path().join("survey.toml");
    let margin = "[[design.calibrate]]\nof = \"${change}\"\nfile = \"counts.csv\"\n";
    fs::write(&toml, fs::read_to_string(&toml).unwrap() + margin).unwrap();
    fs::write(folder.path().join("counts.csv"), "category,total\r\n-3,20\r\n0,many\r\n").unwrap();
    let (said, _) = failed(folder.path(), &["summary"]);
    assert!(said.contains("counts.csv:3:1") && said.contains("`many` is not a number"), "{said}");
}

/// A number that no number with a point is equal to.
#[test]
fn the_evening_has_every_digit_of_a_whole_number() {
    let most = i64::MAX.to_string();
    let folder =
        survey(QUESTIONNAIRE, "", &ANSWERS.replace("\"change\": -3", &format!("\"change\": {most}")));
    let evening = shown(folder.path(), &["summary", "--only", "change"]);
    assert!(
        evening.contains("smallest 0   median") && evening.contains(&format!("largest {most}")),
        "{evening}"
    );
    assert!(evening.contains("mean 4.612e18"), "{evening}");
    let json = shown(folder.path(), &["summary", "--json", "--only", "change"]);
    assert!(json.contains(&format!("\"max\":{most}")) && json.contains("\"min\":0"), "{json}");
}
