//! XLSX, Parquet, SQLite, `GeoJSON` and DDI: read back they are the table that the CSV is, and what could harm is in none.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use serde_json::Value as Json;

use super::readers::read_back;
use super::{done, folder, refused, rows, survey};

/// Every type of answer, two rosters one in the other, a label of 300 letters, and an emoji.
fn questionnaire() -> String {
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

const ANSWERS: &str = concat!(
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

const TABLES: [&str; 3] = ["interviews", "houses", "people"];
const FORMATS: [(&str, &str); 5] = [
    ("xlsx", "out.xlsx"),
    ("parquet", "parquet"),
    ("sqlite", "out.db"),
    ("geojson", "out.geojson"),
    ("ddi", "out.xml"),
];

fn types() -> tempfile::TempDir {
    survey(&questionnaire(), "", ANSWERS)
}

type Rows = Vec<BTreeMap<String, String>>;

/// The tables as raw CSV has them, the texts let out.
fn as_csv(folder: &Path) -> BTreeMap<&'static str, Rows> {
    done(folder, &["export", "csv", "--raw", "--with", "remark", "--out", "csv"]);
    TABLES.into_iter().map(|table| (table, rows(&folder.join(format!("csv/{table}.csv"))))).collect()
}

/// A cell as the CSV writes it.
fn as_text(cell: &Json) -> String {
    match cell {
        Json::Null => String::new(),
        Json::Bool(yes) => u8::from(*yes).to_string(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(as_text).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// The columns that a format has beside those of the CSV are joined to theirs: moments with their offset.
fn joined(mut row: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let offsets: Vec<String> = row.keys().filter(|name| name.ends_with("__offset")).cloned().collect();
    for name in offsets {
        let offset = row.remove(&name).unwrap();
        row.get_mut(name.trim_end_matches("__offset")).unwrap().push_str(&offset);
    }
    row
}

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

#[test]
fn a_database_read_back_is_the_same_table_and_its_keys_hold() {
    let folder = types();
    let folder = folder.path();
    let csv = as_csv(folder);
    done(folder, &["export", "sqlite", "--with", "remark", "--out", "out.db"]);
    let database = Connection::open(folder.join("out.db")).unwrap();
    let text = |sql: &str| -> String { database.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(text("PRAGMA integrity_check"), "ok");
    let broken = database.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap();
    assert!(!broken, "every key has its row");
    let codes = BTreeMap::from([("safe", "1"), ("unsafe", "2"), ("theft", "1"), ("dogs", "7")]);
    for table in TABLES {
        let read = query(&database, &format!("SELECT * FROM {table}"));
        assert_eq!(read.len(), csv[table].len());
        for (read, written) in read.iter().zip(&csv[table]) {
            for (name, cell) in read {
                let written = written[name].as_str();
                let is_code = ["safe", "first__1", "first__2"].contains(&name.as_str());
                assert_eq!(cell, if is_code { codes.get(written).unwrap_or(&"") } else { written }, "{name}");
            }
        }
    }
    // What was chosen, in its order; and labels in place of codes.
    let chosen = "SELECT group_concat(name, ' ') FROM (SELECT l.name FROM chosen_first c JOIN list_worries l USING (code)
                  JOIN interviews i USING (_interview) WHERE i._enumerator = 'amina' ORDER BY c.rank)";
    assert_eq!(text(chosen), "dogs theft");
    let labels = query(&database, "SELECT * FROM interviews_labels_en");
    assert_eq!((labels[0]["safe"].as_str(), labels[0]["worries"].as_str()), ("Not safe", "Theft; Dogs"));
    assert!(!labels[1]["safe__missing"].is_empty());
    let joined = "SELECT count(*) FROM people JOIN houses USING (_interview, houses) JOIN interviews USING (_interview)";
    assert_eq!(database.query_row(joined, [], |row| row.get::<_, i64>(0)).unwrap(), 4);
}

fn query(database: &Connection, sql: &str) -> Rows {
    use rusqlite::types::ValueRef;
    let mut statement = database.prepare(sql).unwrap();
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut read = statement.query([]).unwrap();
    let mut rows = Rows::new();
    while let Some(row) = read.next().unwrap() {
        let cell = |place: usize| match row.get_ref(place).unwrap() {
            ValueRef::Null => String::new(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Real(number) => number.to_string(),
            ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8(text.to_vec()).unwrap(),
        };
        rows.push(names.iter().cloned().enumerate().map(|(place, name)| (name, cell(place))).collect());
    }
    rows
}

#[test]
fn points_come_out_when_they_are_named_and_then_on_a_grid() {
    let folder = types();
    let folder = folder.path();
    refused(folder, &["export", "geojson", "--out", "out.geojson"], "--with home");
    assert!(!folder.join("out.geojson").exists());
    let read = |arguments: &[&str]| -> (String, Json) {
        let common = ["export", "geojson", "--force", "--out", "out.geojson", "--with", "home"];
        done(folder, &[&common, arguments].concat());
        let text = fs::read_to_string(folder.join("out.geojson")).unwrap();
        (text.clone(), serde_json::from_str(&text).unwrap())
    };
    let (text, map) = read(&[]);
    let points = map["features"].as_array().unwrap();
    // The interview without a place has no point. RFC 7946: the longitude comes first.
    assert_eq!(points.len(), 2);
    assert_eq!(points[0]["geometry"]["coordinates"], serde_json::json!([44.21, 15.35]));
    assert_eq!(points[0]["geometry"], points[1]["geometry"], "neighbours look the same");
    let properties = &points[0]["properties"];
    assert_eq!((&properties["safe"], &properties["number"]), (&Json::from("unsafe"), &Json::from(-20)));
    assert_eq!(properties["worries"], "theft dogs");
    assert!(properties["remark"].is_null() && properties["home"].is_null());
    assert!(!text.contains("15.354") && !text.contains("44.206") && !text.contains("two"));
    assert_eq!(
        read(&["--decimals", "1"]).1["features"][0]["geometry"]["coordinates"],
        serde_json::json!([44.2, 15.4])
    );
    let (_, map) = read(&["--exact"]);
    assert_eq!(map["features"][0]["geometry"]["coordinates"], serde_json::json!([44.20672, 15.35491]));
    assert!(map["features"][0]["properties"]["home"].is_null());
}

#[test]
fn ddi_has_its_elements_in_the_order_of_the_schema() {
    use quick_xml::events::Event;
    // What may stand in a variable, in this order (the complex type `varType` of DDI-Codebook 2.5).
    const ORDER: [&str; 26] = [
        "location",
        "labl",
        "imputation",
        "security",
        "embargo",
        "respUnit",
        "anlysUnit",
        "qstn",
        "valrng",
        "invalrng",
        "undocCod",
        "universe",
        "TotlResp",
        "sumStat",
        "txt",
        "stdCatgry",
        "catgryGrp",
        "catgry",
        "codInstr",
        "verStmt",
        "concept",
        "derivation",
        "varFormat",
        "geoMap",
        "catLevel",
        "notes",
    ];
    let folder = types();
    let folder = folder.path();
    let arabic =
        "language = \"ar\"\nname = \"العربية\"\nstatus = \"draft\"\n[labels]\nsafe = \"هل تشعر بالأمان؟\"\n";
    fs::create_dir_all(folder.join("questionnaire/translations")).unwrap();
    fs::write(folder.join("questionnaire/translations/ar.toml"), arabic).unwrap();
    done(folder, &["export", "ddi", "--missing", "refused=-99", "--out", "out.xml"]);
    let text = fs::read_to_string(folder.join("out.xml")).unwrap();
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut path, mut top, mut within, mut variables) = (Vec::<String>::new(), Vec::new(), 0, 0);
    loop {
        let event = reader.read_event().unwrap();
        let name = match &event {
            Event::Start(element) | Event::Empty(element) => element.name().0.to_owned(),
            Event::End(_) => {
                path.pop();
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        if path == ["codeBook"] {
            top.push(name.clone());
        } else if path == ["codeBook", "dataDscr"] && name == "var" {
            (within, variables) = (0, variables + 1);
        } else if path == ["codeBook", "dataDscr", "var"] {
            let place = ORDER.iter().position(|known| *known == name).unwrap_or_else(|| panic!("{name}"));
            assert!(place >= within, "{name} stands after {}", ORDER[within]);
            within = place;
        }
        if matches!(event, Event::Start(_)) {
            path.push(name);
        }
    }
    top.dedup();
    assert_eq!(top, ["docDscr", "stdyDscr", "fileDscr", "dataDscr"]);
    assert!(variables > 25, "{variables}");
    for part in [
        "<qstnLit xml:lang=\"ar\">هل تشعر بالأمان؟</qstnLit>",
        "<catgry missing=\"Y\">",
        "<catValu>-99</catValu>",
        "<universe xml:lang=\"en\">Ask only if A4 is 4711.</universe>",
        "<fileName>people.csv</fileName>",
        "<caseQnty>3</caseQnty>",
        "cycle=\"baseline\">2026-03-02</collDate>",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(
        !text.contains("name=\"home\"") && !text.contains("name=\"remark\""),
        "what stays inside is not described"
    );
}

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
fn an_existing_file_is_replaced_only_by_force() {
    let folder = types();
    let folder = folder.path();
    for (format, out) in FORMATS.into_iter().filter(|(format, _)| *format != "parquet") {
        fs::write(folder.join(out), "mine").unwrap();
        refused(folder, &["export", format, "--with", "home", "--out", out], "--force");
        assert_eq!(fs::read(folder.join(out)).unwrap(), b"mine");
        done(folder, &["export", format, "--with", "home", "--force", "--out", out]);
        assert!(fs::metadata(folder.join(out)).unwrap().len() > 100);
        refused(folder, &["export", format, "--with", "home", "--force", "--out", "data/store.db"], "");
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

/// A disk that is full half-way: no file of more than a block can be written.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_nothing_behind() {
    let folder = types();
    let folder = folder.path();
    let before = names(folder);
    for (format, out) in FORMATS {
        let program = env!("CARGO_BIN_EXE_doorstep");
        let script =
            format!("trap '' XFSZ; ulimit -f 1; exec '{program}' export {format} --with home --out {out}");
        let output = Command::new("sh").arg("-c").arg(script).current_dir(folder).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{format}: {said}");
        assert!(
            said.contains(&format!("cannot write {out}")) && !said.contains("panicked"),
            "{format}: {said}"
        );
        assert_eq!(names(folder), before, "{format}");
    }
}

#[cfg(target_os = "linux")]
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
