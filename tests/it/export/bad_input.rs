//! What is hard for an export, for every format alike: nobody, one, nothing but missing, long and strange labels, a place
//! that is taken, a disk that is full.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use super::readers::read_back;
use super::types::{ANSWERS, questionnaire};
use super::{done, refused, rows, survey, survey_of};

/// Every format: its name, where it goes, and the file that holds the interviews.
const ALL: [(&[&str], &str, &str); 9] = [
    (&["csv"], "csv", "csv/interviews.csv"),
    (&["csv", "--long"], "long", "long/interviews.csv"),
    (&["spss"], "spss", "spss/interviews.sav"),
    (&["stata"], "stata", "stata/interviews.dta"),
    (&["xlsx"], "out.xlsx", "out.xlsx"),
    (&["parquet"], "parquet", "parquet/interviews/round=baseline/data.parquet"),
    (&["sqlite"], "out.db", "out.db"),
    (&["geojson"], "out.geojson", "out.geojson"),
    (&["ddi"], "out.xml", "out.xml"),
];

fn export<'a>(format: &[&'a str], out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["export"], format, &["--with", "home", "--out", out], more].concat()
}

/// How many interviews a file holds, and the reasons for which a variable has no value in it, as its reader says; `None` where
/// there is no reader.
fn read(file: &Path) -> Option<(usize, Option<Json>)> {
    let ending = file.extension().unwrap().to_str().unwrap();
    let columns = |read: Json, name: &str, key: &str| {
        (read["columns"][key].as_array().unwrap().len(), Some(read["columns"][name].clone()))
    };
    Some(match ending {
        "csv" => {
            let rows = rows(file);
            let never = rows.iter().filter_map(|row| row.get("never__missing").cloned()).collect::<Vec<_>>();
            (rows.len(), (!never.is_empty()).then(|| Json::from(never)))
        }
        "sav" => columns(read_back("sav", file)?, "never", "d_interview"),
        "dta" => columns(read_back("dta", file)?, "never", "_interview"),
        "parquet" => columns(
            read_back("parquet", file.parent().unwrap().parent().unwrap())?,
            "never__missing",
            "_interview",
        ),
        "xlsx" => {
            let book = read_back("xlsx", file)?;
            let lines = book["sheets"][0]["rows"].as_array().unwrap().clone();
            let place =
                lines[0].as_array().unwrap().iter().position(|head| head == "never__missing").unwrap();
            (lines.len() - 1, Some(lines[1..].iter().map(|line| line[place].clone()).collect()))
        }
        "db" => {
            let database = rusqlite::Connection::open(file).unwrap();
            let mut all = database.prepare("SELECT never__missing FROM interviews").unwrap();
            let never: Vec<String> =
                all.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
            (never.len(), Some(never.into()))
        }
        "geojson" => {
            let map: Json = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
            let points = map["features"].as_array().unwrap().clone();
            (
                points.len(),
                Some(points.iter().map(|point| point["properties"]["never__missing"].clone()).collect()),
            )
        }
        _ => {
            let text = fs::read_to_string(file).unwrap();
            let count = text.split_once("<caseQnty>").unwrap().1.split_once('<').unwrap().0.parse().unwrap();
            (count, None)
        }
    })
}

#[test]
fn nobody_and_one_interview_without_any_answer_to_a_question_are_tables() {
    let one: String = ANSWERS.lines().take(1).map(|line| format!("{line}\n")).collect();
    let folder = survey(&questionnaire(), "", &one);
    let folder = folder.path();
    for (format, out, file) in ALL {
        done(folder, &export(format, out, &[]));
        let Some((count, never)) = read(&folder.join(file)) else { continue };
        assert_eq!(count, 1, "{format:?}");
        if let Some(never) = never {
            let known = [Json::from(-9005), Json::from("e"), Json::from("not_asked")];
            assert!(
                never.as_array().unwrap().iter().all(|reason| known.contains(reason)),
                "{format:?}: {never}"
            );
        }
        let said = done(folder, &export(format, out, &["--force", "--filter", "${number} = 0"]));
        assert!(said.contains("No interview goes out"), "{format:?}: {said}");
        assert_eq!(read(&folder.join(file)).unwrap().0, 0, "{format:?}");
    }
}

#[test]
fn nothing_is_replaced_unless_it_is_forced() {
    let folder = survey(&questionnaire(), "", ANSWERS);
    let folder = folder.path();
    for (format, out, file) in ALL {
        done(folder, &export(format, out, &[]));
        let before = fs::read(folder.join(file)).unwrap();
        refused(folder, &export(format, out, &["--filter", "${number} < 0"]), "--force");
        assert!(fs::read(folder.join(file)).unwrap() == before, "{format:?}");
        done(folder, &export(format, out, &["--filter", "${number} < 0", "--force"]));
        assert!(fs::read(folder.join(file)).unwrap() != before, "{format:?}");
    }
}

/// Words that end a long label, and those of a script that runs from right to left.
const END: &str = "the very end 🕊️";
const ARABIC: &str = "ما مدى شعورك بالأمان؟";

#[test]
fn long_and_strange_labels_come_whole_or_are_named() {
    let long = format!("How safe? {}{END}", "long ".repeat(60));
    let asked = questionnaire().replace(&format!("How safe? {}", "long ".repeat(60)), &long);
    assert!(asked.contains(END) && long.chars().count() > 300);
    let arabic =
        format!("language = \"ar\"\nname = \"العربية\"\nstatus = \"draft\"\n[labels]\nsafe = \"{ARABIC}\"\n");
    let files = [("questionnaire.toml", asked.as_str()), ("translations/ar.toml", arabic.as_str())];
    let folder = survey_of(&files, "", ANSWERS);
    let folder = folder.path();
    let holds = |file: &str, words: &str| {
        let bytes = fs::read(folder.join(file)).unwrap();
        bytes.windows(words.len()).any(|at| at == words.as_bytes())
    };
    for (format, out, file) in ALL {
        let said = done(folder, &export(format, out, &[]));
        let is_cut = said.contains("labels of variables of safe") && said.contains("has them whole");
        assert_eq!(is_cut, ["spss", "stata"].contains(&format[0]), "{format:?}: {said}");
        let whole = match format[0] {
            // Points have answers, and no questions.
            "geojson" => continue,
            "csv" | "spss" | "stata" => format!("{out}/_codebook.csv"),
            "xlsx" => {
                let Some(book) = read_back("xlsx", &folder.join(file)) else { continue };
                let codebook =
                    book["sheets"].as_array().unwrap().iter().find(|sheet| sheet["name"] == "codebook");
                let text = codebook.unwrap()["rows"].to_string();
                assert!(text.contains(END) && text.contains(ARABIC));
                continue;
            }
            _ => file.to_owned(),
        };
        for file in [whole.as_str(), if format == ["csv"] { "csv/datapackage.json" } else { &whole }] {
            assert!(holds(file, END) && holds(file, ARABIC), "{format:?}: {file}");
        }
        if ["spss", "stata"].contains(&format[0]) {
            assert!(holds(file, END) && holds(file, ARABIC), "{format:?} has them beside, too");
        }
    }
}

/// A disk that is full half-way: no file of more than a block can be written.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_nothing_behind() {
    let folder = survey(&questionnaire(), "", ANSWERS);
    let folder = folder.path();
    let names = || -> BTreeMap<String, bool> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name().into_string().unwrap(), entry.path().is_dir()))
            .collect()
    };
    let before = names();
    for (format, out, _) in ALL {
        let script = format!(
            "trap '' XFSZ; ulimit -f 1; exec '{}' {}",
            env!("CARGO_BIN_EXE_doorstep"),
            export(format, out, &[]).join(" ")
        );
        let output =
            std::process::Command::new("sh").args(["-c", &script]).current_dir(folder).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{format:?}: {said}");
        assert!(
            said.contains(&format!("cannot write {out}")) && !said.contains("panicked"),
            "{format:?}: {said}"
        );
        assert_eq!(names(), before, "{format:?}");
    }
}
