//! Workbooks.

use serde_json::Value as Json;

use super::done;
use super::readers::read_back;
use super::types::{Rows, TABLES, as_csv, as_text, joined, types};

#[test]
fn a_workbook_read_back_is_the_same_table() {
    let folder = types();
    let folder = folder.path();
    let csv = as_csv(folder);
    done(folder, &["export", "xlsx", "--with", "remark", "--out", "out.xlsx"]);
    let Some(book) = read_back("xlsx", &folder.join("out.xlsx")) else { return };
    let sheets = book["sheets"].as_array().unwrap();
    let names: Vec<&str> = sheets.iter().map(|sheet| sheet["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["interviews", "houses", "people", "codebook", "choices"]);
    for (sheet, table) in sheets.iter().zip(TABLES) {
        assert_eq!(sheet["formulas"], serde_json::json!([]), "what looks like a formula is text");
        assert!(sheet["frozen"].as_str().unwrap().ends_with('2'), "the header stays in sight");
        let lines = sheet["rows"].as_array().unwrap();
        let head: Vec<String> = lines[0].as_array().unwrap().iter().map(as_text).collect();
        let read: Rows = lines[1..]
            .iter()
            .map(|line| head.iter().cloned().zip(line.as_array().unwrap().iter().map(as_text)).collect())
            .map(joined)
            .collect();
        assert_eq!(read, csv[table], "{table}");
    }
    let codebook = sheets[3]["rows"].as_array().unwrap();
    assert!(codebook.len() > 30 && codebook[0][0] == "table", "{codebook:?}");
    assert_eq!(sheets[4]["rows"][1], serde_json::json!(["safety", 1, "safe", "Safe 🙂"]));
}

#[test]
fn a_workbook_holds_numbers_as_numbers_and_days_as_days() {
    let folder = types();
    let folder = folder.path();
    let codes = [
        "export",
        "xlsx",
        "--choices",
        "codes",
        "--missing",
        "dont_know=-88,refused=-99",
        "--out",
        "out.xlsx",
    ];
    done(folder, &codes);
    let Some(book) = read_back("xlsx", &folder.join("out.xlsx")) else { return };
    let lines = book["sheets"][0]["rows"].as_array().unwrap();
    let at = |row: usize, name: &str| {
        let place = lines[0].as_array().unwrap().iter().position(|head| head == name).unwrap();
        lines[row][place].clone()
    };
    assert_eq!((at(1, "safe"), at(2, "safe")), (Json::from(2), Json::from(-99)));
    assert_eq!((at(1, "number"), at(2, "number")), (Json::from(-20), Json::from(-88)));
    // A number with more digits than a cell keeps is text, to the last of them.
    assert_eq!(at(3, "number"), Json::from("1234567890123456789"));
    // A day before the calendar of spreadsheets is text; a code in a column of days is no day.
    assert_eq!((at(3, "day"), at(2, "day")), (Json::from("1899-12-31"), Json::from(-88)));
    assert_eq!(at(1, "day"), Json::from("2026-02-28"));
    assert_eq!(at(1, "first__1"), Json::from(7));
}
