//! The main job, from the shipped answer files to the CSV, through the binary.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

use crate::demo_data::TRUTH;
use crate::support;

fn doorstep(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_doorstep"))
        .current_dir(folder)
        .args(arguments)
        .env_remove("DOORSTEP_ENUMERATOR")
        .output()
        .unwrap()
}

fn talk(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Indicator, category, disaggregation, domain -> the row.
type Rows = HashMap<[String; 4], csv::StringRecord>;

fn rows(csv: &[u8]) -> (csv::StringRecord, Rows) {
    let mut reader = csv::Reader::from_reader(csv);
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|h| h == name).unwrap();
    let key = ["indicator", "category", "disaggregation", "domain"].map(place);
    let rows = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            (key.map(|k| record[k].to_owned()), record)
        })
        .collect();
    (header, rows)
}

#[test]
fn the_demo_plays_the_whole_job() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let output = doorstep(folder.path(), &["demo"]);
    let said = talk(&output);
    assert!(output.status.success(), "{said}");
    for step in ["1. A survey", "2. Three enumerators", "3. The office merges", "4. ", "Try next"] {
        assert!(said.contains(step), "{said}");
    }
    let mut outside: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    outside.sort();
    assert_eq!(outside, ["demo", "mine.txt"], "nothing outside the chosen folder is touched");
    let csv = fs::read(folder.path().join("demo/indicators.csv")).unwrap();
    as_computed_apart(&csv);
    covers_the_truth(&csv);

    // Every command runs in it without further flags, and a second demo gives the same bytes.
    let inside = folder.path().join("demo");
    let listed = doorstep(&inside, &["list", "--json"]);
    let lines = String::from_utf8(listed.stdout).unwrap();
    assert!(lines.lines().count() >= 240);
    assert!(lines.contains("\"paused\"") && lines.contains("\"in progress\""));
    assert!(doorstep(&inside, &["check"]).status.success());
    assert_eq!(doorstep(&inside, &["indicators"]).stdout, csv);
    assert!(doorstep(folder.path(), &["demo"]).status.success());
    assert_eq!(fs::read(folder.path().join("demo/indicators.csv")).unwrap(), csv);
}

/// `fixtures/demo/expected.csv` was computed by `expected.py` from the answer files alone.
fn as_computed_apart(csv: &[u8]) {
    let (header, ours) = rows(csv);
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let apart = fs::read(support::root().join("fixtures/demo/expected.csv")).unwrap();
    let (_, expected) = rows(&apart);
    let (mut compared, mut blanked) = (0, 0);
    for (key, theirs) in &expected {
        let Some(row) = ours.get(key) else {
            // Not every indicator is split in every way.
            assert!(!ours.keys().any(|k| k[0] == key[0] && k[2] == key[2]), "no row {key:?}");
            continue;
        };
        if !row[column("suppressed")].is_empty() {
            blanked += 1;
            continue;
        }
        let number = |text: &str| text.parse::<f64>().unwrap_or_else(|_| panic!("{key:?}: `{text}`"));
        for (name, place) in [("estimate", 4), ("std_error", 5)] {
            let (our, their) = (number(&row[column(name)]), number(&theirs[place]));
            assert!((our - their).abs() <= 1e-9 + 1e-8 * their.abs(), "{key:?} {name}: {our} and {their}");
        }
        assert_eq!(row[column("n_unweighted")], theirs[6], "{key:?}");
        compared += 1;
    }
    assert!(compared > 200 && blanked < compared / 5, "{compared} compared, {blanked} blanked");
}

/// The respondents were drawn from a known population: 95 % intervals hold it nearly always.
fn covers_the_truth(csv: &[u8]) {
    let (header, ours) = rows(csv);
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let (mut all, mut holding) = (0, 0);
    for truth in &TRUTH {
        for (sex, shares) in [("female", truth.women), ("male", truth.men)] {
            for (district, share) in ["marenda", "tosavi", "belkuru"].iter().zip(shares) {
                let key = [truth.question, "", "resp_sex * district", &format!("{sex} * {district}")];
                // Not every indicator is split by sex and district.
                let Some(row) = ours.get(&key.map(str::to_owned)) else { continue };
                let bound = |name: &str| row[column(name)].parse::<f64>().unwrap();
                all += 1;
                holding += i32::from((bound("ci_low")..=bound("ci_high")).contains(&share));
            }
        }
    }
    assert!(all >= 12);
    assert!(holding >= all - 2, "only {holding} of {all} intervals hold the true share");
}
