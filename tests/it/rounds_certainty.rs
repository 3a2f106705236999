//! What is known of the error of a change, and what is not.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::report::on_terminal;
use crate::rounds::{ask, done, folder, number, people, rows};
use crate::support;

const PSU: &str = "psu = \"${village}\"";

/// Groups of villages: one in each round, two in each, one and two.
const DISTRICTS: &str = r#"
format = 1
[[variables]]
name = "district"
categories = [
  { name = "one", when = "${village} = 1 or ${village} = 101" },
  { name = "two", when = "${village} in (2, 3, 102, 103)" },
  { name = "lopsided", when = "${village} in (4, 104, 105)" },
]
[[variables]]
name = "half"
categories = [
  { name = "even", when = "${group} = 0" },
  { name = "odd", when = "${group} = 1" },
]
[[indicators]]
id = "safe"
title = "Feel safe"
kind = "proportion"
of = "${safe} = 'yes'"
base = "valid"
by = ["district"]
[[indicators]]
id = "gap"
title = "Feel safe, even over odd"
kind = "gap"
of = "${safe} = 'yes'"
between = "half"
groups = ["even", "odd"]
base = "valid"
by = ["district"]
"#;

fn in_districts() -> tempfile::TempDir {
    let folder = folder();
    let text = DISTRICTS.replace("${village} in (2, 3, 102, 103)", &any_of(&[2, 3, 102, 103]));
    let text = text.replace("${village} in (4, 104, 105)", &any_of(&[4, 104, 105]));
    fs::write(folder.path().join("indicators.toml"), text).unwrap();
    folder
}

fn any_of(villages: &[u32]) -> String {
    villages.iter().map(|village| format!("${{village}} = {village}")).collect::<Vec<_>>().join(" or ")
}

fn changes(folder: &Path) -> Vec<Json> {
    rows(&done(folder, &["compare", "baseline", "endline"]).0)
}

fn of<'r>(rows: &'r [Json], indicator: &str, domain: &str) -> &'r Json {
    rows.iter().find(|row| row["indicator"] == indicator && row["domain"] == domain).unwrap()
}

#[test]
fn a_change_is_as_sure_as_the_villages_that_it_was_seen_in() {
    let folder = in_districts();
    let folder = folder.path();
    ask(folder, "baseline", PSU, &people(1, 1));
    ask(folder, "endline", PSU, &people(101, 5));
    let found = changes(folder);
    for indicator in ["safe", "gap"] {
        // One village in a round says nothing of how villages differ, however many there are in the other.
        for domain in ["one", "lopsided"] {
            let change = of(&found, indicator, domain);
            assert_ne!(change["difference"], "", "{change}");
            for column in ["std_error", "ci_low", "ci_high", "p_value", "p_holm", "minimum_detectable"] {
                assert_eq!(change[column], "", "{column} of {change}");
            }
            assert_eq!(
                (number(change, "df"), &change["note"]),
                (0.0, &Json::from("no interval: too few PSUs"))
            );
        }
        let two = of(&found, indicator, "two");
        let total = of(&found, indicator, "total");
        assert_eq!((number(two, "df"), number(total, "df")), (2.0, 10.0), "{two}");
    }
    let two = of(&found, "safe", "two");
    let reach = number(two, "ci_high") - number(two, "difference");
    assert!((reach / number(two, "std_error") - 4.302_652_7).abs() < 1e-6, "{two}");
    let table =
        on_terminal(folder, "C", &["compare", "baseline", "endline", "--only", "safe", "--by", "district"]);
    let line =
        |start: &str| table.lines().find(|line| line.trim_start().starts_with(start)).unwrap().to_owned();
    for group in ["one", "lopsided"] {
        let line = line(group);
        assert!(!line.contains("likely") && !line.contains("certain"), "{table}");
        assert!(table.contains("no interval: too few PSUs"), "{table}");
    }
}

/// None of eight people is no share that is known exactly: a standard error of 0 would make any change from it certain.
#[test]
fn a_share_of_nobody_is_not_certain_by_itself() {
    let compared = |n: u32, safe: u32| {
        let folder = folder();
        let folder = folder.path();
        let round = |safe: u32| (0..n).map(move |person| (person % 8, person < safe)).collect::<Vec<_>>();
        let alone = |name: &str, safe: u32| {
            ask(folder, name, "", &round(safe));
            let rows = rows(&done(folder, &["indicators"]).0);
            let row = of(&rows, "safe", "total");
            ["estimate", "ci_low", "ci_high"].map(|column| number(row, column))
        };
        let rounds = (alone("baseline", 0), alone("endline", safe));
        let found = changes(folder);
        (of(&found, "safe", "total").clone(), rounds)
    };
    let (change, ([none, _, high], [some, low, _])) = compared(8, 2);
    assert_eq!((none, some, &change["std_error"]), (0.0, 0.25, &Json::from("")), "{change}");
    // From the intervals of both shares.
    let end = 0.25 - (high.powi(2) + (some - low).powi(2)).sqrt();
    assert!((number(&change, "ci_low") - end).abs() < 1e-9, "{change}");
    assert!(number(&change, "p_value") > 0.1 && change["minimum_detectable"] == "", "{change}");
    let (change, ..) = compared(64, 40);
    assert!(number(&change, "ci_low") > 0.4 && number(&change, "p_holm") < 1e-6, "{change}");
}

#[test]
fn a_gap_is_not_surer_than_its_side_in_fewer_villages() {
    let folder = in_districts();
    let folder = folder.path();
    let text = fs::read_to_string(folder.join("indicators.toml")).unwrap();
    // All of one side in one village, the other in all.
    let text = text
        .replace("\"${group} = 0\"", "\"${village} = 1\"")
        .replace("\"${group} = 1\"", "\"${village} > 1\"");
    fs::write(folder.join("indicators.toml"), text).unwrap();
    ask(folder, "baseline", PSU, &people(1, 1));
    let found = rows(&done(folder, &["indicators"]).0);
    let gap = of(&found, "gap", "total");
    assert_ne!(gap["estimate"], "", "{gap}");
    assert_eq!(
        (&gap["std_error"], &gap["ci_low"], number(gap, "df")),
        (&Json::from(""), &Json::from(""), 0.0),
        "{gap}"
    );
}

#[test]
fn a_population_count_corrects_what_all_rounds_were_drawn_alike_from() {
    let error = |first: u32, design: &str| {
        let folder = folder();
        let folder = folder.path();
        ask(folder, "baseline", design, &people(1, 1));
        let answers: Vec<_> = people(first, 4).into_iter().map(|(v, safe)| (v, safe || v % 2 == 0)).collect();
        ask(folder, "endline", design, &answers);
        let (csv, said) = done(folder, &["compare", "baseline", "endline"]);
        (number(&rows(&csv)[0], "std_error"), said, folder_script(folder))
    };
    let with = format!("{PSU}\nfpc = \"12\"");
    // The same six villages of twelve, and other six.
    for first in [1, 101] {
        let ((plain, ..), (corrected, said, script)) = (error(first, PSU), error(first, &with));
        assert!((corrected / plain - 0.5_f64.sqrt()).abs() < 1e-9, "{corrected} {plain}");
        assert!(!said.contains("population") && script.contains("_fpc"), "{said}");
    }
    // One village in both, so that neither round is a draw of its own nor the same one: no correction is known to be right.
    let ((plain, ..), (corrected, said, script)) = (error(6, PSU), error(6, &with));
    assert!((corrected / plain - 1.0).abs() < 1e-9, "{corrected} {plain}");
    assert!(said.contains("rounds share some PSUs and not others"), "{said}");
    assert!(!script.contains("_fpc"), "{script}");
}

/// The script for R beside the data of all rounds.
fn folder_script(folder: &Path) -> String {
    done(folder, &["export", "csv", "--out", "out"]);
    let scripts = fs::read_dir(folder.join("out")).unwrap().map(|entry| entry.unwrap().path());
    let script =
        scripts.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "R")).unwrap();
    fs::read_to_string(script).unwrap()
}

#[test]
fn levels_are_told_as_they_are() {
    let folder = folder();
    let folder = folder.path();
    let path = folder.join("indicators.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("id = \"village\"", "id = \"village\"\nci_level = 0.9")).unwrap();
    let design = "[disclosure]\nci_level = 0.975";
    ask(folder, "baseline", design, &people(1, 1));
    ask(folder, "endline", design, &people(101, 5));
    for arguments in [&["indicators"][..], &["compare", "baseline", "endline"]] {
        let table = on_terminal(folder, "C", arguments);
        assert!(table.contains("97.5% interval") && table.contains("Villages (90%"), "{table}");
    }
    done(folder, &["report", "--out", "report.html"]);
    let page = fs::read_to_string(folder.join("report.html")).unwrap();
    let method = page.split_once("id=\"method\"").unwrap().1;
    let brief = page.split_once("id=\"in-short\"").unwrap().1.split_once("</section>").unwrap().0;
    for part in [method, brief] {
        assert!(part.contains("97.5%") && !part.contains("98%"), "{part}");
    }
    let block = |id: &str| {
        page.split_once(&format!("id=\"i-{id}\"")).unwrap().1.split_once("</article>").unwrap().0.to_owned()
    };
    assert!(block("village").contains("90%"), "{}", block("village"));
    let power = done(folder, &["power", "--margin", "0.05", "--level", "0.975"]).0;
    assert!(power.contains("at 97.5% confidence"), "{power}");
    let power = done(folder, &["power", "--interviews", "400", "--level", "0.999", "--power", "0.825"]).0;
    assert!(power.contains("at 99.9% confidence") && power.contains("a chance of 82.5%"), "{power}");
}

#[test]
fn a_file_that_is_there_is_refused_before_the_work() {
    let folder = folder();
    let folder = folder.path();
    ask(folder, "baseline", "", &people(1, 1));
    // What is found wrong during the work would be told otherwise.
    fs::write(folder.join("indicators.toml"), "format = 9").unwrap();
    for arguments in [
        &["indicators", "--out", "there.csv"][..],
        &["compare", "baseline", "endline", "--out", "there.csv"],
        &["codebook", "--with", "nothing_like_it", "--out", "there.csv"],
    ] {
        fs::write(folder.join("there.csv"), "kept").unwrap();
        let output = support::doorstep(folder, arguments, "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains("there.csv exists already"), "{said}");
        assert_eq!(fs::read_to_string(folder.join("there.csv")).unwrap(), "kept");
    }
}
