//! SPSS and Stata files, as an independent reader sees them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::readers::{r, read_back};
use super::{done, survey_of};

const QUESTIONNAIRE: [(&str, &str); 2] = [
    ("questionnaire.toml", include_str!("../../../fixtures/export/questionnaire.toml")),
    ("translations/ar.toml", include_str!("../../../fixtures/export/translations/ar.toml")),
];

/// Longer than one segment of SPSS and than a row of Stata, with letters of several bytes at every border.
fn story() -> String {
    "ኢትዮጵያ ξένος 😟 a".repeat(150)
}

pub fn hard() -> tempfile::TempDir {
    let answers = [
        json!({"enumerator": "مريم", "started": "2026-03-02T09:12:00+03:00", "answers": {
            "int": "low", "with": ["A-b.c", "two"], "first": ["two", "A-b.c"], "size": "small",
            "a_name_that_is_longer_than_thirty_two_letters": -9005,
            "a_name_that_is_longer_than_thirty_two_characters": 0.1,
            "identifier": 1_234_567_890_123_456_789_i64, "story": story(), "day": "2026-03-31", "hour": "23:59",
            "moment": "2026-03-02T09:15:00+03:00",
            "members": [{"age": 30, "jobs": [{"pay": 12.5}]}, {"age": 4}]}}),
        json!({"enumerator": "omar", "started": "2026-03-02T10:12:00+03:00", "answers": {
            "int": {"missing": "refused"}, "with": {"missing": "refused"}, "first": ["A-b.c", "two"], "size": "large",
            "a_name_that_is_longer_than_thirty_two_letters": {"missing": "dont_know"},
            "a_name_that_is_longer_than_thirty_two_characters": -3,
            "identifier": 7, "story": {"missing": "refused"}, "day": {"missing": "dont_know"}, "hour": "00:00",
            "moment": "1959-12-31T23:00:00+00:00",
            "members": [{"age": {"missing": "dont_know"}}, {"age": 18, "jobs": [{"pay": 0}]}]}}),
    ];
    survey_of(&QUESTIONNAIRE, DESIGN, &answers.map(|answer| format!("{answer}\n")).concat())
}

const DESIGN: &str = "[design]\nstratum = \"if(${hour} < '12:00', 'nighţ', 'day')\"\npsu = \"${identifier}\"\nweight = \"2.5\"\nfpc = \"40\"\n";

const LETTERS: &str = "a_name_that_is_longer_than_thirty_two_letters";
const CHARACTERS: &str = "a_name_that_is_longer_than_thirty_two_characters";

/// The new names of those that had to change, from what the command said.
fn renamed(said: &str) -> BTreeMap<String, String> {
    let line = said.lines().find(|line| line.starts_with("Renamed")).unwrap();
    let names = line.split_once(": ").unwrap().1.split(", ");
    names.filter_map(|change| change.split_once(" → ")).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

#[track_caller]
fn is(read: &Json, name: &str, cells: &Json) {
    assert_eq!(read["columns"][name], *cells, "{name}");
}

#[test]
fn spss_reads_what_was_answered() {
    let folder = hard();
    let said =
        done(folder.path(), &["export", "spss", "--out", "sav", "--with", "text", "--multiple", "both"]);
    let new = renamed(&said);
    assert_eq!((new["with"].as_str(), new["with__A-b.c"].as_str()), ("with_", "with__A_b_c"));
    assert_eq!(new["_interview"], "d_interview");
    assert!(!new.contains_key("int") && !new.contains_key(LETTERS), "{said}");
    assert!(
        said.contains("Cut to the 120 bytes that SPSS has room for: labels of choices of huge small."),
        "{said}"
    );
    let Some(read) = read_back("sav", &folder.path().join("sav/interviews.sav")) else { return };
    is(&read, "int", &json!([-1, -9002]));
    is(&read, "with__A_b_c", &json!([1, -9002]));
    is(&read, "with_", &json!(["A-b.c two", ""]));
    is(&read, "with__missing", &json!([null, 2]));
    is(&read, "first__1", &json!([2, 1]));
    is(&read, "size", &json!([1, 3_000_000_000_i64]));
    // An answer is as low as the usual codes: this variable's lie further below.
    is(&read, LETTERS, &json!([-9005, -90001]));
    is(&read, CHARACTERS, &json!([0.1, -3]));
    is(&read, "identifier", &json!(["1234567890123456789", "7"]));
    is(&read, "identifier__missing", &json!([null, null]));
    is(&read, "story", &json!([story(), ""]));
    is(&read, "story__missing", &json!([null, 2]));
    is(&read, "nobody", &json!([-9005, -9005]));
    is(&read, "hour", &json!(["23:59:00", "00:00:00"]));
    is(&read, "moment", &json!(["2026-03-02T09:15:00", "1959-12-31T23:00:00"]));
    is(&read, "d_enumerator", &json!(["مريم", "omar"]));
    is(&read, "d_weight", &json!([2.5, 2.5]));
    assert_eq!(read["columns"]["day"][0], "2026-03-31");
    assert_eq!(read["missing"]["int"], json!([[-9006, -9001]]));
    assert_eq!(read["missing"][LETTERS], json!([[-90006, -90001]]));
    assert_eq!(read["labels"]["int"], "How sure are you? 🕊️");
    assert_eq!(read["labels"]["d_psu"], "Primary sampling unit");
    assert_eq!(read["values"]["int"]["-1"], "Low 😟");
    assert_eq!(read["values"]["int"]["-9002"], "refused");
    assert_eq!(read["values"]["nobody"]["-9005"], "not asked");
    assert_eq!(read["values"]["with__two"]["1"], "yes");
    assert_eq!(read["values"]["d_stratum"], json!({"1": "day", "2": "nighţ"}));
    let cut = read["values"]["size"]["1"].as_str().unwrap();
    assert!(cut.len() <= 120 && cut.ends_with('…'), "{cut}");
    assert_eq!(
        (read["measure"]["int"].as_str(), read["measure"]["identifier"].as_str()),
        (Some("nominal"), Some("nominal"))
    );
    assert_eq!(read["measure"][CHARACTERS], "scale");
    assert_eq!(read["encoding"], "UTF-8");
    // Codes of reasons have room where the table is shown.
    assert_eq!(
        (read["formats"]["with__two"].as_str(), read["formats"]["day"].as_str()),
        (Some("F5.0"), Some("SDATE10"))
    );
    assert_eq!(read["sets"]["with"]["variable_list"], json!(["with__A_b_c", "with__two"]));

    done(
        folder.path(),
        &["export", "spss", "--out", "ar", "--with", "text", "--multiple", "both", "--language", "ar"],
    );
    let arabic = read_back("sav", &folder.path().join("ar/interviews.sav")).unwrap();
    assert_eq!(
        (arabic["labels"]["int"].as_str(), arabic["values"]["int"]["-1"].as_str()),
        (Some("ما مدى تأكدك؟"), Some("منخفض"))
    );
    assert_eq!(arabic["columns"], read["columns"]);
}

#[test]
fn stata_reads_what_was_answered() {
    let folder = hard();
    let said = done(folder.path(), &["export", "stata", "--out", "dta", "--with", "text"]);
    let new = renamed(&said);
    assert_eq!((new["int"].as_str(), new["with__A-b.c"].as_str()), ("int_", "with__A_b_c"));
    let [letters, characters] = [LETTERS, CHARACTERS].map(|name| new[name].as_str());
    assert!(
        letters != characters && letters.len() == 32 && letters.starts_with("a_name_that_is_longer"),
        "{said}"
    );
    assert!(
        said.contains(
            "Cut to the 80 characters that Stata has room for: labels of variables of with__A_b_c, "
        ),
        "{said}"
    );
    let left_out =
        "Left out, because Stata labels only codes of four bytes: labels of choices of huge large.";
    assert!(said.contains(left_out), "{said}");
    let Some(read) = read_back("dta", &folder.path().join("dta/interviews.dta")) else { return };
    is(&read, "int_", &json!([-1, "b"]));
    is(&read, "with__A_b_c", &json!([1, "b"]));
    is(&read, "first__2", &json!([1, 2]));
    is(&read, "size", &json!([1, 3_000_000_000_i64]));
    is(&read, letters, &json!([-9005, "a"]));
    is(&read, characters, &json!([0.1, -3]));
    is(&read, "identifier", &json!(["1234567890123456789", "7"]));
    is(&read, "identifier__missing", &json!([null, null]));
    is(&read, "story", &json!([story(), ""]));
    is(&read, "story__missing", &json!([null, 2]));
    is(&read, "nobody", &json!(["e", "e"]));
    is(&read, "hour", &json!(["23:59:00", "00:00:00"]));
    is(&read, "moment", &json!(["2026-03-02T09:15:00", "1959-12-31T23:00:00"]));
    is(&read, "day", &json!(["2026-03-31", "a"]));
    assert_eq!(read["labels"]["int_"], "How sure are you? 🕊️");
    assert_eq!(read["values"]["int_"]["-1"], "Low 😟");
    assert_eq!(read["values"]["size"]["1"].as_str().unwrap().len(), 301, "Stata has room for it");
    assert_eq!(read["formats"]["day"], "%td");
    assert!(read["notes"][1].as_str().unwrap().contains("_interview"), "{}", read["notes"]);
    assert!(read["labels"]["with__A_b_c"].as_str().unwrap().starts_with("One: What goes with it"));
    // Labels of other languages, where `label language` looks for them.
    let bytes = fs::read(folder.path().join("dta/interviews.dta")).unwrap();
    for wanted in ["_lang_list", "en ar\0", "_lang_v_ar", "ما مدى تأكدك؟", "_lang_l_ar", "scale_ar_", "منخفض"]
    {
        assert!(bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes()), "{wanted}");
    }
}

#[test]
fn rosters_join_to_their_parents_and_the_same_data_give_the_same_bytes() {
    let folder = hard();
    for (format, ending, key) in [("spss", "sav", "d_interview"), ("stata", "dta", "_interview")] {
        for out in ["one", "two"] {
            done(folder.path(), &["export", format, "--out", &format!("{out}-{format}")]);
        }
        let file = |out: &str, table: &str| folder.path().join(format!("{out}-{format}/{table}.{ending}"));
        for table in ["interviews", "members", "jobs"] {
            assert_eq!(
                fs::read(file("one", table)).unwrap(),
                fs::read(file("two", table)).unwrap(),
                "{table}"
            );
        }
        let Some(interviews) = read_back(ending, &file("one", "interviews")) else { return };
        let members = read_back(ending, &file("one", "members")).unwrap();
        let jobs = read_back(ending, &file("one", "jobs")).unwrap();
        let ids = &interviews["columns"][key];
        assert_eq!(members["columns"][key], json!([ids[0], ids[0], ids[1], ids[1]]));
        assert_eq!(members["columns"]["members"], json!(["1", "2", "1", "2"]));
        assert_eq!(jobs["names"], json!([key, "members", "jobs", "pay"]));
        assert_eq!(jobs["columns"][key], *ids);
        assert_eq!(
            (&jobs["columns"]["members"], &jobs["columns"]["pay"]),
            (&json!(["1", "2"]), &json!([12.5, 0]))
        );
    }
}

#[test]
fn a_data_set_without_interviews_is_a_data_set() {
    let folder = hard();
    let none = ["--filter", "${int} = 'high'"];
    for (format, ending) in [("spss", "sav"), ("stata", "dta")] {
        let said = done(folder.path(), &[["export", format, "--out", format].as_slice(), &none].concat());
        assert!(said.contains("0 rows") && said.contains("No interview goes out"), "{said}");
        let Some(read) = read_back(ending, &folder.path().join(format!("{format}/interviews.{ending}")))
        else {
            return;
        };
        assert_eq!(read["columns"]["size"], json!([]));
        assert!(read["names"].as_array().unwrap().len() > 10);
    }
}

#[test]
fn the_codebook_has_the_names_of_the_program() {
    let folder = hard();
    done(folder.path(), &["export", "stata", "--out", "dta"]);
    let codebook = super::rows(&folder.path().join("dta/_codebook.csv"));
    let int = codebook.iter().find(|row| row["question"] == "int").unwrap();
    assert_eq!(int["variable"], "int_");
    assert!(Path::new(&folder.path().join("dta/jobs.dta")).is_file());
}

/// R's `haven`, where it is there, tells one reason from another.
#[test]
fn haven_reads_what_was_answered() {
    const SCRIPT: &str = r#"
if (!requireNamespace("haven", quietly = TRUE)) { cat("no haven"); quit() }
same <- function(one, other) stopifnot(isTRUE(all.equal(one, other)))
stata <- haven::read_dta("dta/interviews.dta")
same(haven::na_tag(stata$int_), c(NA, "b"))
same(as.numeric(stata$int_)[1], -1)
same(haven::na_tag(stata$with__two), c(NA, "b"))
same(nchar(stata$story), c(2250L, 0L))
same(as.character(stata$day), c("2026-03-31", NA))
same(attr(stata$int_, "labels")[["Low \U0001F61F"]], -1)
spss <- haven::read_sav("sav/interviews.sav", user_na = TRUE)
same(as.numeric(spss$int), c(-1, -9002))
same(attr(spss$int, "na_range"), c(-9006, -9001))
same(as.character(spss$story), as.character(stata$story))
same(as.numeric(haven::read_sav("sav/interviews.sav")$int), c(-1, NA))
cat("read")
"#;
    let folder = hard();
    done(folder.path(), &["export", "spss", "--out", "sav", "--with", "text"]);
    done(folder.path(), &["export", "stata", "--out", "dta", "--with", "text"]);
    if let Some(printed) = r(folder.path(), SCRIPT) {
        assert!(printed == "read" || printed == "no haven", "{printed}");
    }
}
