//! What is said beside numbers is the true reason: why there is no interval or no number, and what was done with the population.

use std::fs;
use std::path::Path;

use crate::export::{ANSWERS, QUESTIONNAIRE, done, rows, survey};

/// A survey with two interviews and these indicators.
fn with_indicators(indicators: &str, design: &str) -> tempfile::TempDir {
    let answers = ANSWERS.replace("\"change\": 0", "\"change\": -3");
    let folder = survey(QUESTIONNAIRE, "", &answers);
    let toml = folder.path().join("survey.toml");
    let text = fs::read_to_string(&toml).unwrap();
    let text = text.replacen("store =", "indicators = \"indicators.toml\"\nstore =", 1);
    fs::write(toml, format!("{text}[disclosure]\nminimum_cell = 1\n[design]\n{design}")).unwrap();
    fs::write(folder.path().join("indicators.toml"), format!("format = 1\n{indicators}")).unwrap();
    folder
}

fn indicator(id: &str, kind: &str, of: &str) -> String {
    format!(
        "[[indicators]]\nid = \"{id}\"\ntitle = \"T\"\nkind = \"{kind}\"\nof = \"{of}\"\nbase = \"valid\"\n"
    )
}

fn note_of(folder: &Path, id: &str) -> String {
    done(folder, &["indicators", "--out", "indicators.csv", "--force"]);
    let rows = rows(&folder.join("indicators.csv"));
    rows.iter().find(|row| row["indicator"] == id).unwrap()["note"].clone()
}

#[test]
fn why_there_is_no_interval_or_no_number() {
    let huge = "1.7 * pow(10, 308) + 0 * ${change}";
    let indicators = [
        format!("{}p = 0.5\n", indicator("constant", "quantile", "${change}")),
        indicator("mean", "mean", "${change}"),
        indicator("sum", "total", huge),
    ]
    .concat();
    let folder = with_indicators(&indicators, "");
    let folder = folder.path();
    assert_eq!(note_of(folder, "constant"), "no interval: too few values lie above or below it");
    assert_eq!(note_of(folder, "mean"), "");
    assert_eq!(note_of(folder, "sum"), "the numbers are too large to compute with");
    // One PSU.
    let folder = with_indicators(&indicators, "psu = \"'one'\"\nlonely_psu = \"remove\"\n");
    assert_eq!(note_of(folder.path(), "constant"), "no interval: too few PSUs");
    assert_eq!(note_of(folder.path(), "mean"), "no interval: too few PSUs");
}

#[test]
fn the_report_says_what_was_done_with_the_population() {
    for (fpc, said, not) in [
        ("fpc = \"40\"\n", "population is taken into account", "is not taken into account"),
        ("fpc = \"1\"\n", "population is not taken into account", "population is taken into account"),
        ("", "Taylor linearisation", "taken into account"),
    ] {
        let folder = with_indicators(&indicator("mean", "mean", "${change}"), fpc);
        done(folder.path(), &["report", "--out", "report.html"]);
        let page = fs::read_to_string(folder.path().join("report.html")).unwrap();
        assert!(page.contains(said) && !page.contains(not), "{fpc}");
    }
}
