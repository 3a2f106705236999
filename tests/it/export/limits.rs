//! What statistics programs have no room for: as text, refused or named, never lost in silence.

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use doorstep::dataset::Dataset;
use doorstep::export::{ExportError, How, Missings, Multiple, Options, Plan, Shown, sqlite, stata, xlsx};
use doorstep::questionnaire::Bundle;
use serde_json::json;

use super::readers::read_back;
use super::{done, rows, survey};
use crate::support;

const LONG: &str = r#"
format = 1
id = "limits"
version = "1"
language = "en"
title = "Limits"

[lists.camps]
choices = [
  { name = "first", code = 9007199254740993, label = "First camp" },
  { name = "second", code = 9007199254740992, label = "Second camp" },
]

[[sections]]
name = "only"
label = "Only"

[[sections.questions]]
name = "card"
type = "integer"
label = "Number of the card"
missing = ["refused", "dont_know"]

[[sections.questions]]
name = "camp"
type = "select_one"
list = "camps"
label = "Camp"
missing = ["refused"]

[[sections.questions]]
name = "phone"
type = "integer"
label = "Phone"
missing = ["refused"]
"#;

#[test]
fn long_numbers_and_codes_keep_their_digits_and_their_reasons() {
    let answers = [
        json!({"card": 9_223_372_036_854_775_807_i64, "camp": "first", "phone": 967_712_345_678_i64}),
        json!({"card": {"missing": "refused"}, "camp": {"missing": "refused"}, "phone": {"missing": "refused"}}),
        json!({"card": -9_007_199_254_740_993_i64, "camp": "second", "phone": 0}),
    ];
    let interview = |(n, answers)| {
        format!(
            "{}\n",
            json!({"enumerator": "a", "started": format!("2026-03-02T09:1{n}:00Z"), "answers": answers})
        )
    };
    let answers: String = answers.iter().enumerate().map(interview).collect();
    let folder = survey(LONG, "", &answers);
    let folder = folder.path();
    for (format, ending) in [("spss", "sav"), ("stata", "dta")] {
        done(folder, &["export", format, "--out", format]);
        let Some(read) = read_back(ending, &folder.join(format!("{format}/interviews.{ending}"))) else {
            return;
        };
        let columns = &read["columns"];
        assert_eq!(columns["card"], json!(["9223372036854775807", "", "-9007199254740993"]), "{format}");
        assert_eq!(columns["card__missing"], json!([null, 2, null]), "{format}");
        assert_eq!(columns["camp"], json!(["9007199254740993", "", "9007199254740992"]), "{format}");
        assert_eq!(columns["camp__missing"], json!([null, 2, null]), "{format}");
        // Of twelve digits: a number, and wide enough to be shown.
        assert_eq!(columns["phone"][0], json!(967_712_345_678_i64), "{format}");
        assert!(columns["phone__missing"].is_null(), "{format}");
        let shown = if format == "spss" { "F12.0" } else { "%17.0f" };
        assert_eq!(read["formats"]["phone"], shown);
        // It does not depend on who goes out.
        done(folder, &["export", format, "--out", "few", "--filter", "${phone} = 0"]);
        let few = read_back(ending, &folder.join(format!("few/interviews.{ending}"))).unwrap();
        assert_eq!(few["columns"]["card"], json!(["-9007199254740993"]), "{format}");
        std::fs::remove_dir_all(folder.join("few")).unwrap();
    }
}

/// Questions with so many choices, each of them a variable of one of them; nobody was asked yet.
fn many_choices(count: usize) -> Dataset {
    let mut list = String::from("name,code,label\n");
    for n in 1..=count {
        writeln!(list, "c{n},{n},Choice {n}").unwrap();
    }
    let questionnaire = "format = 1\nid = \"many\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Many\"\n\
        [lists.many]\nfile = \"many.csv\"\n[[sections]]\nname = \"only\"\nlabel = \"Only\"\n\
        [[sections.questions]]\nname = \"q\"\ntype = \"select_multiple\"\nlist = \"many\"\nlabel = \"Which?\"\n\
        [[sections.questions]]\nname = \"one\"\ntype = \"select_one\"\nlist = \"many\"\nlabel = \"Which one?\"\n";
    let files = [("questionnaire.toml", questionnaire), ("many.csv", &list)];
    let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    let questionnaire = support::compiled(&Bundle { files: files.into() });
    Dataset::new(&questionnaire)
}

fn options(multiple: Multiple) -> Options {
    Options {
        unfinished: false,
        round: None,
        with: Vec::new(),
        without: Vec::new(),
        only: Vec::new(),
        shown: Shown::Codes,
        language: 0,
        group_names: false,
        multiple,
        missings: Missings::Within,
        wording: Vec::new(),
    }
}

#[test]
fn more_variables_than_a_program_takes_are_refused() {
    let dataset = many_choices(33_000);
    let plan = Plan::new(&dataset, options(Multiple::Split), |_| true).unwrap();
    let no_room = |error: ExportError, words: &str| match error {
        ExportError::Refused { what, help } => {
            assert!(what.contains(words) && help.contains("joined"), "{what} {help}");
        }
        ExportError::Io(error) => panic!("{error}"),
    };
    let mut out = Cursor::new(Vec::new());
    no_room(stata::write(&plan, &plan.tables[0], &mut out).unwrap_err(), "Stata takes 32767");
    assert!(out.get_ref().is_empty());
    no_room(xlsx::write(&plan, &[], Path::new("."), &mut out).unwrap_err(), "a sheet holds 16384");
    let mut database = rusqlite::Connection::open_in_memory().unwrap();
    no_room(sqlite::write(&plan, &[], &mut database).unwrap_err(), "SQLite holds 2000");
    let plan = Plan::new(&dataset, options(Multiple::Joined), |_| true).unwrap();
    assert_eq!(stata::write(&plan, &plan.tables[0], &mut out).unwrap(), []);
}

/// A question with several choices is a table of its own, and no column.
#[test]
fn questions_with_several_choices_take_no_column_of_a_database() {
    let mut questionnaire = String::from(
        "format = 1\nid = \"wide\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Wide\"\n\
         [lists.two]\nchoices = [{ name = \"a\", code = 1, label = \"A\" }, { name = \"b\", code = 2, label = \"B\" }]\n\
         [[sections]]\nname = \"only\"\nlabel = \"Only\"\n",
    );
    // 2 × 980 columns and 30 with their reasons, and those of the interview itself: 30 more would be too many.
    for n in 0..980 {
        write!(questionnaire, "[[sections.questions]]\nname = \"n{n}\"\ntype = \"integer\"\nlabel = \"N\"\n")
            .unwrap();
    }
    for n in 0..30 {
        let list = "type = \"select_multiple\"\nlist = \"two\"\nlabel = \"C\"\n";
        write!(questionnaire, "[[sections.questions]]\nname = \"c{n}\"\n{list}").unwrap();
    }
    let files = [(String::from("questionnaire.toml"), questionnaire.into_bytes())];
    let dataset = Dataset::new(&support::compiled(&Bundle { files: files.into() }));
    let beside = Options { missings: Missings::Beside, ..options(Multiple::Joined) };
    let plan = Plan::new(&dataset, beside, |_| true).unwrap();
    assert!(plan.tables[0].variables.len() > 2000);
    let mut database = rusqlite::Connection::open_in_memory().unwrap();
    sqlite::write(&plan, &[], &mut database).unwrap();
    for table in ["interviews", "interviews_labels_en", "chosen_c29"] {
        database.prepare(&format!("SELECT * FROM {table}")).unwrap();
    }
}

#[test]
fn more_labels_than_stata_takes_are_named() {
    let dataset = many_choices(65_531);
    let plan = Plan::new(&dataset, options(Multiple::Joined), |_| true).unwrap();
    let mut out = Cursor::new(Vec::new());
    let lost = stata::write(&plan, &plan.tables[0], &mut out).unwrap();
    let [lost] = lost.as_slice() else { panic!("{lost:?}") };
    assert_eq!((lost.what, lost.name.as_str()), ("labels of the list", "many"));
    assert_eq!(lost.how, How::LeftOut("has no room for more than 65,536 labels"));
    let label = b"Choice 7\0";
    assert!(!out.get_ref().windows(label.len()).any(|at| at == label));
}

const ODD: &str = r#"
format = 1
id = "odd"
version = "1"
language = "en"
title = "Odd"

[lists.kinds]
choices = [{ name = "one", code = 1, label = "One\u0000!" }]

[[sections]]
name = "only"
label = "Only"

[[sections.questions]]
name = "remark"
type = "text"
label = "Remark\u0000s\u0001"

[[sections.questions]]
name = "kind"
type = "select_one"
list = "kinds"
label = "Kind"

[[sections.questions]]
name = "ratio"
type = "decimal"
label = "Ratio"
missing = ["refused"]

[[sections.questions]]
name = "below"
type = "decimal"
label = "Below"
missing = ["refused"]

[[sections.questions]]
name = "moment"
type = "datetime"
label = "Moment"
"#;

/// Its texts are hard, and its numbers: greater than Stata has them, and where SPSS would have the codes of reasons.
fn odd() -> tempfile::TempDir {
    let ends = [json!(1.5e308), json!({"missing": "refused"}), json!(0.1)];
    let below = [json!(-900_000_000_000_001.0), json!(-900_000_000_000_007.0), json!({"missing": "refused"})];
    let texts = ["a\0b _x0041_ \u{1} c\nd", "\0", "plain"];
    let interview = |(n, ((ratio, below), text))| {
        let answers = json!({
            "remark": text, "kind": "one", "ratio": ratio, "below": below,
            "moment": "2026-03-01T23:59:30.125+03:00",
        });
        format!(
            "{}\n",
            json!({"enumerator": "a", "started": format!("2026-03-02T09:1{n}:00Z"), "answers": answers})
        )
    };
    let all = ends.into_iter().zip(below).zip(texts).enumerate();
    survey(ODD, "", &all.map(interview).collect::<String>())
}

const MARKED: [&str; 3] = ["a\u{fffd}b _x0041_ \u{1} c\nd", "\u{fffd}", "plain"];

/// That a NUL was marked is told, and where the text stands whole.
#[track_caller]
fn tells_of_marks(said: &str, program: &str) {
    for (whose, whole) in [
        ("texts of remark", "`doorstep export csv --raw` has them whole."),
        ("labels of variables of remark", "The questionnaire has them whole."),
        ("labels of choices of kinds one", "The questionnaire has them whole."),
    ] {
        let told = format!(
            "Written as \u{fffd} in the place of a NUL character, which {program} cannot hold: {whose}. {whole}"
        );
        assert!(said.contains(&told), "{told}\n{said}");
    }
}

#[test]
fn what_statistics_programs_would_alter_is_text_or_marked_and_told() {
    let folder = odd();
    let folder = folder.path();
    for (format, ending) in [("spss", "sav"), ("stata", "dta")] {
        let said = done(folder, &["export", format, "--with", "text", "--out", format]);
        tells_of_marks(&said, if format == "spss" { "SPSS" } else { "Stata" });
        let Some(read) = read_back(ending, &folder.join(format!("{format}/interviews.{ending}"))) else {
            return;
        };
        let columns = &read["columns"];
        assert_eq!(columns["remark"], json!(MARKED), "{format}");
        assert_eq!(read["labels"]["remark"], "Remark\u{fffd}s\u{1}", "{format}");
        assert_eq!(read["values"]["kind"]["1"], "One\u{fffd}!", "{format}");
        // Text for the whole column, every digit of it.
        assert_eq!(columns["ratio"], json!([format!("15{}", "0".repeat(307)), "", "0.1"]), "{format}");
        assert_eq!(columns["ratio__missing"], json!([null, 2, null]), "{format}");
        assert_eq!(columns["below"][0], json!(-900_000_000_000_001_i64), "{format}");
        assert_eq!(columns["moment"][0], "2026-03-01T23:59:30.125000", "{format}");
        if format == "spss" {
            let codes: Vec<i64> =
                serde_json::from_value(read["missing"]["below"][0].clone()).expect("the range of the codes");
            let is_missing = |row: usize| {
                let number = columns["below"][row].as_i64().unwrap();
                (codes[0]..=codes[1]).contains(&number)
            };
            assert_eq!([0, 1, 2].map(is_missing), [false, false, true], "{codes:?} {}", columns["below"]);
        }
    }
}

#[test]
fn what_other_formats_would_alter_is_text_or_marked_and_told() {
    let folder = odd();
    let folder = folder.path();
    let export = |format: &[&str]| done(folder, &[&["export"], format, &["--with", "text"]].concat());
    tells_of_marks(&export(&["xlsx", "--out", "out.xlsx"]), "a spreadsheet");
    if let Some(book) = read_back("xlsx", &folder.join("out.xlsx")) {
        let rows = &book["sheets"][0]["rows"];
        let place = |name: &str| rows[0].as_array().unwrap().iter().position(|cell| cell == name).unwrap();
        // As the format writes what XML cannot hold, and what looks like that; this reader leaves it so.
        assert_eq!(rows[1][place("remark")], "a\u{fffd}b _x005F_x0041_ _x0001_ c\nd");
        assert_eq!(rows[2][place("remark")], "\u{fffd}");
        assert_eq!(rows[1][place("ratio")], format!("15{}", "0".repeat(307)));
        assert_eq!(rows[3][place("ratio")], 0.1);
    }

    tells_of_marks(&export(&["sqlite", "--out", "out.db"]), "a text of SQLite");
    let database = rusqlite::Connection::open(folder.join("out.db")).unwrap();
    let remark = |row: usize| -> String {
        let sql = format!("SELECT remark FROM interviews ORDER BY _interview LIMIT 1 OFFSET {row}");
        database.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!([0, 1, 2].map(remark), MARKED);
    let label: String = database.query_row("SELECT en FROM list_kinds", [], |row| row.get(0)).unwrap();
    assert_eq!(label, "One\u{fffd}!");

    tells_of_marks(&export(&["csv", "--out", "csv"]), "a spreadsheet");
    let told = export(&["csv", "--raw", "--out", "raw"]);
    assert!(!told.contains('\u{fffd}'), "{told}");
    let remarks = |folder_of: &str| -> Vec<String> {
        let rows = rows(&folder.join(folder_of).join("interviews.csv"));
        rows.iter().map(|row| row["remark"].clone()).collect()
    };
    assert_eq!(remarks("csv"), MARKED);
    assert_eq!(remarks("raw"), ["a\0b _x0041_ \u{1} c\nd", "\0", "plain"]);

    let said = done(folder, &["export", "ddi", "--out", "out.xml"]);
    assert!(said.contains("Written as \u{fffd} in the place of what XML cannot hold: "), "{said}");
    let xml = std::fs::read_to_string(folder.join("out.xml")).unwrap();
    assert!(xml.contains("One\u{fffd}!") && !xml.contains('\u{1}') && !xml.contains('\0'));
}
