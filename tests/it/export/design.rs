//! A sampling design that is made from sensitive answers gives them away exactly, whatever its columns are called.

use std::fs;
use std::path::Path;

use super::{ANSWERS, QUESTIONNAIRE, done, survey};
use crate::support;

const COLUMNS: [&str; 4] = ["_stratum", "_psu", "_weight", "_fpc"];
const HURT: &str = "selected(${hurt}, 'theft')";

/// A whole design, of which one part is another.
fn design(part: &str, value: &str) -> String {
    let parts = [
        ("respondent", "true()"),
        ("stratum", "if(${change} < 0, 'west', 'east')"),
        ("psu", "concat('p', ${change})"),
        ("weight", "2.5"),
        ("fpc", "40"),
    ];
    let of =
        |(name, usual): (&str, &str)| format!("{name} = \"{}\"\n", if name == part { value } else { usual });
    format!("[design]\nlonely_psu = \"adjust\"\n{}", parts.map(of).concat())
}

fn header(folder: &Path, out: &str) -> String {
    let text = fs::read_to_string(folder.join(out).join("interviews.csv")).unwrap();
    text.lines().next().unwrap().to_owned()
}

/// Exports it in various ways, none of which may have a column of the design that nobody asked for.
#[track_caller]
fn stays_inside(questionnaire: &str, design: &str) {
    let folder = survey(questionnaire, design, ANSWERS);
    let folder = folder.path();
    let said = done(folder, &["check"]);
    assert!(said.contains("I0206") && said.contains("The design reads a sensitive answer"), "{said}");
    let said = done(folder, &["export", "csv", "--out", "plain"]);
    let kept = said.lines().find(|line| line.contains("could harm the respondent")).unwrap();
    assert!(COLUMNS.iter().all(|column| kept.contains(column)), "{said}");
    assert!(said.contains("No script declares the sampling design"), "{said}");
    let names = header(folder, "plain");
    assert!(!COLUMNS.iter().any(|column| names.contains(column)), "{names}");
    assert!(!folder.join("plain/interviews.R").exists() && !folder.join("plain/people.R").exists());

    let said = done(folder, &["export", "csv", "--out", "one", "--with", "_weight"]);
    let names = header(folder, "one");
    assert!(names.contains("_weight") && !names.contains("_psu"), "{names}");
    assert!(!folder.join("one/interviews.R").exists(), "a part is another design: {said}");

    let said = done(folder, &["export", "csv", "--out", "all", "--with", "sensitive"]);
    let names = header(folder, "all");
    assert!(COLUMNS.iter().all(|column| names.contains(column)), "{names}");
    assert!(folder.join("all/interviews.R").exists() && !said.contains("No script"), "{said}");
}

#[test]
fn every_part_of_a_design_that_reads_a_sensitive_answer_keeps_it_inside() {
    let choice = format!("if({HURT}, 'a', 'b')");
    for (part, value) in [
        ("stratum", choice.as_str()),
        ("psu", &choice),
        ("weight", &format!("if({HURT}, 2, 1)")),
        ("fpc", &format!("if({HURT}, 40, 40)")),
        ("respondent", &format!("{HURT} or ${{change}} >= 0")),
    ] {
        stays_inside(QUESTIONNAIRE, &design(part, value));
    }
    let margin = format!("[[design.calibrate]]\nof = \"{choice}\"\ntotals = {{ a = 10, b = 30 }}\n");
    stays_inside(QUESTIONNAIRE, &format!("{}{margin}", design("", "")));
}

/// The answer may come by way of the frame, a calculation, or how many rows a roster has.
#[test]
fn so_does_what_is_made_of_a_sensitive_answer() {
    let calculated = format!(
        "{QUESTIONNAIRE}\n[[sections.questions]]\nname = \"was_hurt\"\ntype = \"calculate\"\ncalculation = \"if({HURT}, 2, 1)\"\n"
    );
    stays_inside(&calculated, &design("weight", "${was_hurt}"));
    let rows = QUESTIONNAIRE.replace("count = \"2\"", &format!("count = \"if({HURT}, 2, 2)\""));
    stays_inside(&rows, &design("weight", "1 + count(${people})"));

    let secret = QUESTIONNAIRE.replace("label = \"Change\"", "label = \"Change\"\nsensitive = true");
    let folder = survey(&secret, "", ANSWERS);
    let folder = folder.path();
    fs::write(folder.join("frame.csv"), "change,district,size\n-3,west,4\n0,east,5\n").unwrap();
    let toml = fs::read_to_string(folder.join("survey.toml")).unwrap();
    let framed = "[design]\nframe = \"frame.csv\"\nkey = \"change\"\nweight = \"${size}\"\n";
    fs::write(folder.join("survey.toml"), format!("{toml}{framed}")).unwrap();
    done(folder, &["export", "csv", "--out", "framed"]);
    let names = header(folder, "framed");
    assert!(!["change", "district", "size", "_weight"].iter().any(|name| names.contains(name)), "{names}");
    done(folder, &["export", "csv", "--out", "let", "--with", "sensitive"]);
    assert!(header(folder, "let").contains("district"));
}

#[test]
fn a_design_of_other_answers_goes_out() {
    let folder = survey(QUESTIONNAIRE, &design("", ""), ANSWERS);
    let said = done(folder.path(), &["check"]);
    assert!(!said.contains("I0206"), "{said}");
    let said = done(folder.path(), &["export", "csv", "--out", "out"]);
    let names = header(folder.path(), "out");
    assert!(COLUMNS.iter().all(|column| names.contains(column)), "{names}");
    assert!(folder.path().join("out/interviews.R").exists() && !said.contains("No script"), "{said}");
}

/// All bytes of a file, or of the files in a folder; the names of scripts among them.
fn bytes(path: &Path) -> Vec<u8> {
    if path.is_file() {
        return fs::read(path).unwrap();
    }
    let mut entries: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let named = |path: &Path| [path.display().to_string().into_bytes(), bytes(path)].concat();
    entries.iter().flat_map(|path| named(path)).collect()
}

#[test]
fn every_format_keeps_it_inside() {
    // A map has only those who live somewhere.
    let answers = ANSWERS.replace("\"Asha\"", "\"Asha\", \"home\": \"15.35 44.2\"");
    let folder = survey(QUESTIONNAIRE, &design("weight", &format!("if({HURT}, 2, 1)")), &answers);
    let folder = folder.path();
    let has = |out: &str, words: &str| {
        bytes(&folder.join(out)).windows(words.len()).any(|at| at == words.as_bytes())
    };
    for (format, more, name, script) in [
        ("csv", "--long", "_weight", ".R"),
        ("parquet", "", "_weight", ""),
        ("spss", "", "d_weight", ".sps"),
        ("stata", "", "_weight", ".do"),
        ("sqlite", "", "_weight", ""),
        ("xlsx", "", "", ""),
        ("ddi", "", "_weight", ""),
        ("geojson", "", "_weight", ""),
    ] {
        let export = |out: &str, with: &str| {
            let command = ["export", format, "--out", out, "--with", with, more];
            let output =
                support::doorstep(folder, &command[..command.len() - usize::from(more.is_empty())], "");
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{format}: {said}");
            said
        };
        let (inside, outside) = (format!("{format}-inside"), format!("{format}-outside"));
        let said = export(&inside, "home");
        let kept = said.lines().find(|line| line.contains("could harm the respondent")).unwrap();
        assert!(COLUMNS.iter().all(|column| kept.contains(column)), "{format}: {said}");
        assert_eq!(said.contains("No script"), !script.is_empty(), "{format}: {said}");
        let said = export(&outside, "home,sensitive");
        assert!(!said.contains("could harm the respondent"), "{format}: {said}");
        if !name.is_empty() {
            assert!(!has(&inside, name) && has(&outside, name), "{format}");
        }
        if !script.is_empty() {
            let script = format!("interviews{script}");
            assert!(!has(&inside, &script) && has(&outside, &script), "{format}");
        }
    }
}
