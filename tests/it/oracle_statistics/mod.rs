//! Estimates against figures computed with R's `survey` package.
//!
//! Reads `expected.json` and `data/` from the folder that `DOORSTEP_CASES_STATISTICS` names, by default
//! `fixtures/statistics/` and its folder `combinations/`, and compares every figure of every case within the case's own tolerance. A kind,
//! a property of a design or a figure that is not known here is a deviation, never left out in silence.

mod cases;
mod check;
mod inference;
mod sample;
mod table;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use serde_json::Value;

use self::sample::{Refusal, Sample};
use self::table::Table;

#[test]
fn estimates_agree_with_r() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/statistics");
    match std::env::var_os("DOORSTEP_CASES_STATISTICS") {
        Some(folder) => agree(&PathBuf::from(folder)),
        None => [own.join("combinations"), own].iter().for_each(|folder| agree(folder)),
    }
}

#[allow(clippy::print_stdout)]
fn agree(folder: &Path) {
    let text = std::fs::read_to_string(folder.join("expected.json")).expect("expected.json can be read");
    let expected: Value = serde_json::from_str(&text).expect("expected.json is JSON");
    let cases = expected["cases"].as_array().expect("cases");

    let mut samples = BTreeMap::new();
    let mut report = String::new();
    let mut agree = 0;
    for case in cases {
        let deviations = deviations(folder, &expected, case, &mut samples);
        agree += usize::from(deviations.is_empty());
        for deviation in deviations {
            let _ = writeln!(report, "{}: {deviation}", case["id"]);
        }
    }
    let summary = format!("agree {agree} of {}", cases.len());
    println!("{summary}\n{report}");
    assert!(!cases.is_empty(), "no case was run");
    assert!(report.is_empty(), "{summary}\n{report}");
}

type Samples = BTreeMap<String, Result<Sample, Refusal>>;

/// What deviates in a case; whatever stops its computation is a deviation too.
fn deviations(folder: &Path, expected: &Value, case: &Value, samples: &mut Samples) -> Vec<String> {
    let run = || {
        let name = case["design"].as_str().expect("a design");
        let sample = samples.entry(name.to_owned()).or_insert_with(|| {
            let design = &expected["designs"][name];
            let file = design["file"].as_str().expect("a file");
            Sample::new(Table::read(&folder.join(file)), design)
        });
        match sample {
            Ok(sample) => cases::deviations(sample, case),
            Err(refusal) => check::refused(case, refusal),
        }
    };
    // Cases of the fixture do not panic; those of another folder may ask for what nobody thought of.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("for an unknown reason");
        vec![format!("stopped: {text}")]
    })
}
