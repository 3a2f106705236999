//! Calibrated weights in exports: the weights before, the margins, and scripts that give the standard errors that Doorstep gives.

use std::fs;
use std::path::Path;

use super::readers::r;
use super::{done, rows, survey};

const QUESTIONNAIRE: &str = r#"
format = 1
id = "market"
version = "1"
language = "en"
title = "Market"

[lists.sexes]
choices = [{ name = "female", code = 1, label = "=Woman" }, { name = "male", code = 2, label = "Man" }]

[[sections]]
name = "only"
label = "Only"

[[sections.questions]]
name = "village"
type = "integer"
label = "Village"

[[sections.questions]]
name = "sex"
type = "select_one"
list = "sexes"
label = "Sex"

[[sections.questions]]
name = "income"
type = "integer"
label = "Income"
missing = ["refused"]

[[sections.questions]]
name = "animals"
type = "roster"
label = "Animals"
count = "2"
[[sections.questions.questions]]
name = "price"
type = "integer"
label = "Price"
"#;

const INDICATORS: &str = "format = 1\n[[indicators]]\nid = \"income\"\ntitle = \"Income\"\nkind = \"mean\"\nof = \"${income}\"\n\
                          base = \"valid\"\n[[indicators]]\nid = \"all\"\ntitle = \"All income\"\nkind = \"total\"\nof = \"${income}\"\n\
                          base = \"valid\"\n";

const DESIGN: &str = "[rounds.endline]\nlabel = \"Endline\"\n\
                      [design]\nstratum = \"if(${village} > 6, 'hills', 'plain')\"\npsu = \"${village}\"\nfpc = \"40\"\n\
                      weight = \"40 + 4 * ${village}\"\nlonely_psu = \"adjust\"\n";

/// Of the second margin the values are `true` and `false`, which R would not take for texts.
const COUNTS: &str = "[[design.calibrate]]\nof = \"${sex}\"\ntotals = { female = 5200, male = 4600 }\n\
                      [[design.calibrate]]\nof = \"${village} <= 4\"\ntotals = { true = 3000, false = 6800 }\n";

fn answers(add: u64) -> String {
    let household = |n: u64| {
        let income = match n % 11 {
            0 => serde_json::json!({ "missing": "refused" }),
            _ => serde_json::json!(n * n * 37 % 900 + add * (n % 3)),
        };
        let sex = if n * 7 % 5 < 3 { "female" } else { "male" };
        let answers = serde_json::json!({ "village": n % 12 + 1, "sex": sex, "income": income,
                                          "animals": [{ "price": n }, { "price": n * 3 % 17 }] });
        format!("{}\n", serde_json::json!({ "enumerator": "a", "answers": answers }))
    };
    (0..96).map(household).collect()
}

fn market(calibration: &str) -> tempfile::TempDir {
    let design = if calibration.starts_with("calibration") {
        format!("{DESIGN}{calibration}")
    } else {
        format!("{DESIGN}{COUNTS}{calibration}")
    };
    let folder = survey(QUESTIONNAIRE, &design, &answers(0));
    fs::write(folder.path().join("indicators.toml"), INDICATORS).unwrap();
    let toml = folder.path().join("survey.toml");
    let text = fs::read_to_string(&toml).unwrap();
    fs::write(&toml, text.replacen("store =", "indicators = \"indicators.toml\"\nstore =", 1)).unwrap();
    folder
}

/// Weights, a mean of those who answered and a total, as R's `survey` finds them from the script.
const SCRIPT: &str = r#"
if (!requireNamespace("survey", quietly = TRUE)) { cat("no survey"); quit() }
options(warn = 2)
source("interviews.R")
mean <- svymean(~income, design, na.rm = TRUE)
total <- svytotal(~income, design, na.rm = TRUE)
cat(sprintf("%.9f %.9f %.9f %.9f", mean[[1]], survey::SE(mean)[[1]], total[[1]], survey::SE(total)[[1]]))
"#;

/// What R finds from an export is what `doorstep indicators` says.
#[track_caller]
fn r_agrees(folder: &Path, out: &str) {
    let Some(printed) = r(&folder.join(out), SCRIPT) else { return };
    let Some(line) = printed.lines().last().filter(|last| *last != "no survey") else { return };
    let found: Vec<f64> = line.split(' ').map(|number| number.parse().unwrap()).collect();
    done(folder, &["indicators", "--out", "indicators.csv", "--force"]);
    let said = rows(&folder.join("indicators.csv"));
    let said: Vec<f64> = said
        .iter()
        .filter(|row| row["disaggregation"] == "total")
        .flat_map(|row| ["estimate", "std_error"].map(|column| row[column].parse::<f64>().unwrap()))
        .collect();
    let near = |(said, found): (&f64, &f64)| (said - found).abs() < 1e-6 * (1.0 + said.abs());
    assert!(said.len() == 4 && said.iter().zip(&found).all(near), "{said:?} {found:?}");
}

#[test]
fn r_finds_the_standard_errors_of_calibrated_weights() {
    let linear = format!(
        "calibration = \"linear\"\n{COUNTS}[[design.calibrate]]\nof = \"${{village}}\"\ntotal = 62000\n"
    );
    let logit = format!("calibration = \"logit\"\ncalibration_bounds = [0.1, 6]\n{COUNTS}");
    let one = "calibration = \"rake\"\n[[design.calibrate]]\nof = \"${sex}\"\ntotals = { female = 5200, male = 4600 }\n";
    for (calibration, call) in
        [("", "rake(drawn"), (one, "postStratify(drawn"), (&linear, "\"linear\""), (&logit, "\"logit\"")]
    {
        let folder = market(calibration);
        let folder = folder.path();
        for (out, more) in [
            ("raw", &["--raw"][..]),
            ("labels", &["--choices", "labels"]),
            ("codes", &["--choices", "codes"]),
        ] {
            let said = done(folder, &[&["export", "csv", "--out", out], more].concat());
            assert!(!said.contains("calibrated"), "{said}");
            let script = fs::read_to_string(folder.join(out).join("interviews.R")).unwrap();
            assert!(script.contains(call) && script.contains("weights = ~`_design_weight`"), "{script}");
            r_agrees(folder, out);
        }
        for row in rows(&folder.join("raw/interviews.csv")) {
            let weight = 40.0 + 4.0 * row["village"].parse::<f64>().unwrap();
            assert_eq!((row["_design_weight"].parse(), &row["_margin_1"]), (Ok(weight), &row["sex"]));
        }
    }
}

#[test]
fn every_round_is_calibrated_in_the_script_too() {
    let linear = format!(
        "calibration = \"linear\"\n{COUNTS}[[design.calibrate]]\nof = \"${{village}}\"\ntotal = 62000\n"
    );
    for calibration in ["", &linear] {
        let folder = market(calibration);
        let folder = folder.path();
        let toml = fs::read_to_string(folder.join("survey.toml")).unwrap();
        fs::write(folder.join("survey.toml"), toml.replace("round = \"baseline\"", "round = \"endline\""))
            .unwrap();
        fs::write(folder.join("answers.jsonl"), answers(50)).unwrap();
        done(folder, &["interview", "--answers", "answers.jsonl"]);
        done(folder, &["export", "csv", "--out", "both"]);
        for row in rows(&folder.join("both/interviews.csv")) {
            assert_eq!(row["_margin_1"], format!("{}, {}", row["sex"], row["_round"]));
        }
        done(folder, &["export", "csv", "--out", "one", "--round", "endline"]);
        r_agrees(folder, "one");
        let script = SCRIPT.replace("design, na.rm", "subset(design, `_round` == 'endline'), na.rm");
        let Some(both) = r(&folder.join("both"), &script) else { return };
        let one = r(&folder.join("one"), SCRIPT).unwrap();
        let numbers = |printed: &str| -> Vec<f64> {
            printed.lines().last().unwrap().split(' ').filter_map(|number| number.parse().ok()).collect()
        };
        let near = |(one, both): (&f64, &f64)| (one - both).abs() < 1e-6 * (1.0 + one.abs());
        assert!(numbers(&one).iter().zip(&numbers(&both)).all(near), "{one} {both}");
    }
}

#[test]
fn what_a_script_does_not_declare_is_said_there_and_to_who_exports() {
    let folder = market("");
    let folder = folder.path();
    let words = "Weights are calibrated, and";
    for (format, out, script) in [
        ("stata", "dta", "interviews.do"),
        ("spss", "sav", "interviews.sps"),
        ("stata", "rows", "animals.do"),
    ] {
        let said = done(folder, &["export", format, "--out", out]);
        let script = fs::read_to_string(folder.join(out).join(script)).unwrap();
        assert!(said.contains(words) && script.contains(&format!("\n* {words}")), "{said}{script}");
        assert!(script.contains("d_weight") || script.contains("[pweight = _weight]"), "{script}");
    }
    // A part of the interviews has other totals, and what stays inside is not told.
    for (out, more, why) in [
        ("some", ["--filter", "${village} > 3"], "only some of the interviews go out"),
        ("less", ["--without", "_margin_2"], "_margin_2 stays inside"),
    ] {
        let said = done(folder, &[&["export", "csv", "--out", out][..], &more].concat());
        let script = fs::read_to_string(folder.join(out).join("interviews.R")).unwrap();
        assert!(said.contains(why) && script.contains(why), "{said}{script}");
        assert!(script.contains("weights = ~`_weight`") && !script.contains("rake("), "{script}");
    }
    done(folder, &["export", "csv", "--out", "csv"]);
    let script = fs::read_to_string(folder.join("csv/animals.R")).unwrap();
    assert!(script.contains("# Weights are calibrated, interview by interview"), "{script}");
    assert!(script.contains("weights = ~`_weight`"), "{script}");
}

/// A margin by villages has their names, as the village itself has.
#[test]
fn a_margin_of_what_tells_who_somebody_is_stays_inside() {
    let questionnaire =
        QUESTIONNAIRE.replace("label = \"Village\"", "label = \"Village\"\nidentifying = true");
    let folder = survey(&questionnaire, &format!("{DESIGN}{COUNTS}"), &answers(0));
    let folder = folder.path();
    let said = done(folder, &["export", "csv", "--out", "csv"]);
    let row = rows(&folder.join("csv/interviews.csv")).remove(0);
    assert!(row.contains_key("_margin_1") && !row.contains_key("_margin_2"), "{row:?}");
    assert!(said.contains("R is not told, since _margin_2 stays inside"), "{said}");
    done(folder, &["export", "csv", "--out", "with", "--with", "_margin_2"]);
    assert!(fs::read_to_string(folder.join("with/interviews.R")).unwrap().contains("rake(drawn"));
}
