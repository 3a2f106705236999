//! Parquet.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value as Json;

use super::readers::read_back;
use super::types::{ANSWERS, TABLES, as_csv, as_text, questionnaire, types};
use super::{done, refused, survey};

#[test]
fn parquet_read_back_is_the_same_table() {
    let folder = types();
    let folder = folder.path();
    let csv = as_csv(folder);
    done(folder, &["export", "parquet", "--with", "remark", "--out", "parquet"]);
    for table in TABLES {
        let Some(read) = read_back("parquet", &folder.join("parquet").join(table)) else { return };
        let columns = read["columns"].as_object().unwrap();
        let count = csv[table].len();
        assert_eq!(columns["round"], Json::from(vec!["baseline"; count]));
        for (name, cells) in columns {
            if name == "round" || name.ends_with("__offset") {
                continue;
            }
            for (row, cell) in cells.as_array().unwrap().iter().enumerate() {
                let written = &csv[table][row][name];
                let text = as_text(cell);
                if read["types"][name].as_str().unwrap().starts_with("timestamp") {
                    let same =
                        |text: &str| chrono::DateTime::parse_from_rfc3339(text).map(|m| m.timestamp()).ok();
                    assert_eq!(same(&text), same(written), "{name}");
                } else {
                    assert_eq!(text, *written, "{name}");
                }
            }
            assert_eq!(cells.as_array().unwrap().len(), count);
        }
        assert!(csv[table].iter().flat_map(BTreeMap::keys).all(|name| columns.contains_key(name)));
        assert_eq!(read["compression"], serde_json::json!(["ZSTD"]));
        if table != "interviews" {
            continue;
        }
        for (name, ty) in [
            ("safe", "string"),
            ("number", "int64"),
            ("ratio", "double"),
            ("day", "date32[day]"),
            ("clock", "time64[us]"),
            ("worries__dogs", "bool"),
            ("_started", "timestamp[us, tz=UTC]"),
        ] {
            assert_eq!(read["types"][name], ty, "{name}");
        }
        assert!(read["dictionaries"].as_array().unwrap().iter().any(|name| name == "safe"));
        let about = &read["metadata"];
        assert_eq!(about["variables"]["safe"]["list"], "safety");
        assert_eq!(
            about["lists"]["worries"][1],
            serde_json::json!({"name": "dogs", "code": 7, "label": {"en": "Dogs"}})
        );
        assert_eq!(about["missing"]["dont_know"]["en"].as_str().map(str::is_empty), Some(false));
        assert_eq!(columns["moment__offset"], serde_json::json!([180, null, -270]));
    }
}

#[test]
fn parquet_leaves_no_round_behind_that_is_not_in_it() {
    let folder = types();
    let folder = folder.path();
    done(folder, &["export", "parquet", "--out", "out"]);
    let stale = folder.join("out/people/round=endline");
    fs::create_dir(&stale).unwrap();
    fs::copy(folder.join("out/people/round=baseline/data.parquet"), stale.join("data.parquet")).unwrap();
    fs::write(folder.join("out/people/mine.txt"), "mine").unwrap();
    done(folder, &["export", "parquet", "--out", "out", "--force"]);
    assert!(!stale.exists() && folder.join("out/people/mine.txt").exists());
    refused(folder, &["export", "parquet", "--out", "new", "--missing", "refused=-9"], "__missing");
}

#[test]
fn a_question_named_round_stays_beside_the_folders_of_rounds() {
    let named = questionnaire().replace("number", "round");
    let folder = survey(&named, "", &ANSWERS.replace("number", "round"));
    let folder = folder.path();
    done(folder, &["export", "parquet", "--out", "out"]);
    assert!(folder.join("out/interviews/round_=baseline/data.parquet").exists());
    let Some(read) = read_back("parquet", &folder.join("out/interviews")) else { return };
    assert_eq!(read["columns"]["round"], serde_json::json!([-20, null, 1_234_567_890_123_456_789_i64]));
    assert_eq!(read["columns"]["round_"][0], "baseline");
}
