//! What is the same for XLSX, Parquet, SQLite, `GeoJSON` and DDI.

use std::fs;

use rusqlite::Connection;

use super::readers::read_back;
use super::sqlite::query;
use super::types::{ANSWERS, FORMATS, questionnaire, types};
use super::{done, folder, refused, survey};

#[test]
fn the_same_data_give_the_same_bytes() {
    let folder = types();
    let folder = folder.path();
    for (format, out) in FORMATS {
        for folder_of in ["one", "two"] {
            fs::create_dir_all(folder.join(folder_of)).unwrap();
            done(folder, &["export", format, "--with", "home", "--out", &format!("{folder_of}/{out}")]);
        }
    }
    for file in ["out.xlsx", "out.db", "out.geojson", "out.xml", "parquet/people/round=baseline/data.parquet"]
    {
        let read = |folder_of: &str| fs::read(folder.join(folder_of).join(file)).unwrap();
        assert!(read("one") == read("two"), "{file}");
    }
}

#[test]
fn what_could_harm_is_in_no_format() {
    let folder = folder();
    let folder = folder.path();
    for (format, out) in FORMATS {
        if format == "geojson" {
            continue;
        }
        let said = done(folder, &["export", format, "--out", out]);
        assert!(said.contains("--with identifying"), "{said}");
    }
    done(folder, &["export", "geojson", "--with", "home", "--out", "out.geojson"]);
    let mut files = vec![folder.join("out.db"), folder.join("out.geojson"), folder.join("out.xml")];
    files.extend(
        ["interviews", "people"]
            .map(|table| folder.join(format!("parquet/{table}/round=baseline/data.parquet"))),
    );
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for secret in ["Asha", "Omar", "\"two\""] {
            assert!(
                !bytes.windows(secret.len()).any(|at| at == secret.as_bytes()),
                "{secret}: {}",
                file.display()
            );
        }
    }
}

#[test]
fn no_interviews_one_and_only_missing_ones_are_tables_all_the_same() {
    let paused = ANSWERS.lines().next().unwrap().replacen('{', "{\"end\": \"pause\", ", 1);
    let folder = survey(&questionnaire(), "", &paused);
    let folder = folder.path();
    for (format, out) in FORMATS {
        done(folder, &["export", format, "--with", "home", "--out", out]);
    }
    let database = Connection::open(folder.join("out.db")).unwrap();
    assert!(query(&database, "SELECT * FROM interviews_labels_en").is_empty());
    assert!(fs::read_to_string(folder.join("out.geojson")).unwrap().contains("\"features\":[\n]"));
    for (format, out) in FORMATS {
        done(folder, &["export", format, "--all", "--with", "home", "--force", "--out", out]);
    }
    if let Some(read) = read_back("parquet", &folder.join("parquet/interviews")) {
        assert_eq!(read["columns"]["never"], serde_json::json!([null]));
        assert_eq!(read["columns"]["never__missing"], serde_json::json!(["not_asked"]));
    }
    let empty = tempfile::tempdir().unwrap();
    done(empty.path(), &["new", "survey"]);
    let survey = empty.path().join("survey");
    for (format, out) in FORMATS {
        let output = crate::support::doorstep(&survey, &["export", format, "--out", out], "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains("no interviews"), "{said}");
    }
}

#[test]
fn the_store_is_never_replaced() {
    let folder = types();
    let folder = folder.path();
    for (format, _) in FORMATS.into_iter().filter(|(format, _)| *format != "parquet") {
        let before = fs::read(folder.join("data/store.db")).unwrap();
        refused(folder, &["export", format, "--with", "home", "--force", "--out", "data/store.db"], "");
        assert!(fs::read(folder.join("data/store.db")).unwrap() == before);
    }
}

#[test]
fn a_text_that_no_cell_holds_is_refused_and_nothing_is_left() {
    let long = "x".repeat(32_768);
    let folder = survey(&questionnaire(), "", &ANSWERS.replace("plain", &long));
    let folder = folder.path();
    refused(
        folder,
        &["export", "xlsx", "--with", "remark", "--out", "out.xlsx"],
        "`remark` of the interview",
    );
    assert!(!folder.join("out.xlsx").exists());
    done(folder, &["export", "xlsx", "--out", "out.xlsx"]);
    done(folder, &["export", "sqlite", "--with", "remark", "--out", "out.db"]);
    let database = Connection::open(folder.join("out.db")).unwrap();
    let most: i64 =
        database.query_row("SELECT max(length(remark)) FROM interviews", [], |row| row.get(0)).unwrap();
    assert_eq!(most, 32_768);
}
