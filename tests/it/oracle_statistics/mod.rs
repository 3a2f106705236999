//! Estimates against figures computed with R's `survey` package.
//!
//! Reads `expected.json` and `data/` from the folder that `DOORSTEP_CASES_STATISTICS` names, by default
//! `fixtures/statistics/`, and compares every figure within the case's own tolerance.

mod cases;
mod table;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use self::table::{Sample, Table};

/// Kinds of cases that are not computed here, and why. A kind that is neither here nor known is a failure.
const SKIPPED_KINDS: [(&str, &str); 4] = [
    ("quantile", "quantiles are not estimated"),
    ("chisq", "Rao-Scott tests are not made"),
    ("calibrated_weights", "weights are not calibrated"),
    ("alpha", "Cronbach's alpha is not computed"),
];

/// Properties of designs that are not computed here: any case of such a design is skipped.
const SKIPPED_DESIGNS: [(&str, &str); 2] = [
    ("calibration", "weights are not calibrated"),
    ("adjust_domain_lonely", "a PSU left alone by a domain is not treated as lonely"),
];

/// Figures inside computed cases that are not compared: the package does not give them.
const SKIPPED_FIGURES: [(&str, &str); 4] = [
    ("cv", "standard error over estimate"),
    ("n_psu", "PSUs with a value; df_domain is compared"),
    ("likelihood", "the profile likelihood interval is not offered, nor is its phi"),
    ("ratio and log_ratio_se", "of contrasts: means are compared by their difference"),
];

#[derive(Default)]
struct Outcome {
    run: usize,
    agree: usize,
    deviations: Vec<String>,
    skipped: BTreeMap<String, usize>,
}

#[test]
#[allow(clippy::print_stdout)]
fn estimates_agree_with_r() {
    let outcome = run(&folder());
    println!("agree {} of {}", outcome.agree, outcome.run);
    for (what, count) in &outcome.skipped {
        println!("skipped {count}: {what}");
    }
    for (figure, why) in SKIPPED_FIGURES {
        println!("not compared: {figure}: {why}");
    }
    let mut report = String::new();
    for deviation in &outcome.deviations {
        let _ = writeln!(report, "{deviation}");
    }
    assert!(outcome.run > 0, "no case was run");
    assert!(outcome.deviations.is_empty(), "agree {} of {}\n{report}", outcome.agree, outcome.run);
}

fn folder() -> PathBuf {
    std::env::var_os("DOORSTEP_CASES_STATISTICS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/statistics"), PathBuf::from)
}

fn run(folder: &Path) -> Outcome {
    let text = std::fs::read_to_string(folder.join("expected.json")).expect("expected.json can be read");
    let expected: Value = serde_json::from_str(&text).expect("expected.json is JSON");
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let mut outcome = Outcome::default();
    for case in expected["cases"].as_array().expect("cases") {
        let design = &expected["designs"][case["design"].as_str().unwrap()];
        if let Some(reason) = skip(case, design) {
            *outcome.skipped.entry(reason).or_default() += 1;
            continue;
        }
        let file = design["file"].as_str().unwrap();
        let table = tables.entry(file.to_owned()).or_insert_with(|| Table::read(&folder.join(file))).clone();
        let deviations = match Sample::new(table, design) {
            Ok(sample) => cases::deviations(&sample, case),
            Err(refused) if case["expected"]["error"].is_string() => {
                let lonely = matches!(refused, doorstep::statistics::DesignError::LonelyPsu { .. });
                if lonely { Vec::new() } else { vec![format!("refused for another reason: {refused}")] }
            }
            Err(doorstep::statistics::DesignError::LonelyPsu { .. }) if case["kind"] == "design" => {
                let reason =
                    "design with a lonely PSU and the rule to fail: refused here, by R at an estimate";
                *outcome.skipped.entry(reason.to_owned()).or_default() += 1;
                continue;
            }
            Err(refused) => vec![format!("refused: {refused}")],
        };
        outcome.run += 1;
        outcome.agree += usize::from(deviations.is_empty());
        let id = case["id"].as_str().unwrap();
        outcome.deviations.extend(deviations.into_iter().map(|deviation| format!("{id}: {deviation}")));
    }
    outcome
}

fn skip(case: &Value, design: &Value) -> Option<String> {
    let kind = case["kind"].as_str().unwrap();
    if let Some((kind, why)) = SKIPPED_KINDS.iter().find(|(skipped, _)| *skipped == kind) {
        return Some(format!("kind {kind}: {why}"));
    }
    let has = |property: &str| !matches!(design[property], Value::Null | Value::Bool(false));
    let (property, why) = SKIPPED_DESIGNS.iter().find(|(property, _)| has(property))?;
    Some(format!("design with {property}: {why}"))
}
