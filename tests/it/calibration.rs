//! Weights that add up to known counts, from a file of counts to numbers, changes and exports: by hand.

use std::fs;
use std::path::Path;

use crate::rounds::{done, number, rows};
use crate::support;

const QUESTIONNAIRE: &str = r#"
format = 1
id = "calibration"
version = "1"
language = "en"
title = "Calibration"

[lists.yes_no]
choices = [{ name = "yes", code = 1, label = "Yes" }, { name = "no", code = 2, label = "No" }]

[lists.sexes]
choices = [{ name = "female", code = 1, label = "Woman" }, { name = "male", code = 2, label = "Man" }]

[[sections]]
name = "only"
label = "Only"

[[sections.questions]]
name = "sex"
type = "select_one"
list = "sexes"
label = "Sex"

[[sections.questions]]
name = "safe"
type = "select_one"
list = "yes_no"
label = "Do you feel safe?"

[[sections.questions]]
name = "children"
type = "roster"
count = "2"

[[sections.questions.questions]]
name = "school"
type = "select_one"
list = "yes_no"
label = "Does this child go to school?"
"#;

const INDICATORS: &str = r#"
format = 1
[[indicators]]
id = "safe"
title = "Feel safe"
kind = "proportion"
of = "${safe} = 'yes'"
base = "valid"
[[indicators]]
id = "school"
title = "Children at school"
unit = "children"
kind = "proportion"
of = "${school} = 'yes'"
base = "valid"
"#;

const COUNTS: &str = "category,total\nfemale,750\nmale,250\n";
const DESIGN: &str = "[[design.calibrate]]\nof = \"${sex}\"\nfile = \"population.csv\"\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir_all(folder.path().join("questionnaire")).unwrap();
    write("questionnaire/questionnaire.toml", QUESTIONNAIRE);
    write("indicators.toml", INDICATORS);
    write("population.csv", COUNTS);
    folder
}

fn survey(folder: &Path, round: &str, design: &str) {
    let text = format!(
        "format = 1\nid = \"calibration\"\ntitle = \"C\"\nquestionnaire = \"questionnaire\"\nindicators = \"indicators.toml\"\n\
         store = \"data/store.db\"\nround = \"{round}\"\n[rounds.baseline]\nlabel = \"B\"\n[rounds.endline]\nlabel = \"E\"\n{design}"
    );
    fs::write(folder.join("survey.toml"), text).unwrap();
}

/// Thirty women, of whom some feel safe and whose children all go to school; thirty men, of whom ten do and of whose two
/// children one does.
fn ask(folder: &Path, round: &str, safe_women: usize) {
    survey(folder, round, DESIGN);
    let line = |n: usize| {
        let (sex, safe, second) =
            if n < 30 { ("female", n < safe_women, "yes") } else { ("male", n < 40, "no") };
        let safe = if safe { "yes" } else { "no" };
        format!(
            "{{\"enumerator\": \"amina\", \"answers\": {{\"sex\": \"{sex}\", \"safe\": \"{safe}\", \
             \"children\": [{{\"school\": \"yes\"}}, {{\"school\": \"{second}\"}}]}}}}"
        )
    };
    let lines: Vec<String> = (0..60).map(line).collect();
    fs::write(folder.join("answers.jsonl"), lines.join("\n")).unwrap();
    done(folder, &["interview", "--answers", "answers.jsonl"]);
}

#[track_caller]
fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-8, "{found} is not {wanted}");
}

#[test]
fn counts_of_a_file_weigh_interviews_and_the_rows_of_their_rosters() {
    let folder = folder();
    let folder = folder.path();
    ask(folder, "baseline", 20);
    let found = rows(&done(folder, &["indicators"]).0);
    // Three quarters of women's two thirds, a quarter of men's third.
    near(number(&found[0], "estimate"), 0.75 * 2.0 / 3.0 + 0.25 / 3.0);
    near(number(&found[0], "weight_sum"), 1000.0);
    // What varies is what is left within women and men: 59 degrees of freedom, w (y - mean of the sex).
    let left = |weight: f64, share: f64| 30.0 * (weight / 1000.0).powi(2) * share * (1.0 - share);
    let variance = 60.0 / 59.0 * (left(25.0, 2.0 / 3.0) + left(250.0 / 30.0, 1.0 / 3.0));
    near(number(&found[0], "std_error"), variance.sqrt());
    // All children of women and half of men's: known of each sex, so that nothing is left to vary.
    near(number(&found[1], "estimate"), 0.75 + 0.25 / 2.0);
    near(number(&found[1], "weight_sum"), 2000.0);
    assert!(number(&found[1], "std_error") < 1e-9, "{}", found[1]);
    survey(folder, "baseline", "");
    let plain = rows(&done(folder, &["indicators"]).0);
    near(number(&plain[1], "estimate"), 0.75);
    assert!(number(&plain[1], "std_error") > 0.03, "{}", plain[1]);
}

#[test]
fn rounds_are_calibrated_each_and_compared() {
    let folder = folder();
    let folder = folder.path();
    let alone = |round, safe_women| {
        ask(folder, round, safe_women);
        let row = rows(&done(folder, &["indicators"]).0).remove(0);
        (number(&row, "estimate"), number(&row, "std_error"))
    };
    let (first, second) = (alone("baseline", 20), alone("endline", 26));
    let change = rows(&done(folder, &["compare", "baseline", "endline"]).0).remove(0);
    near(number(&change, "first_estimate"), first.0);
    near(number(&change, "difference"), second.0 - first.0);
    near(number(&change, "difference"), 0.75 * 6.0 / 30.0);
    near(number(&change, "std_error"), first.1.hypot(second.1));
}

/// Half of those asked are women, and three quarters of the population: that is what every estimate stands for.
#[test]
fn the_report_shows_the_calibrated_shares() {
    let folder = folder();
    let folder = folder.path();
    ask(folder, "baseline", 20);
    let by_sex = INDICATORS.replacen("base = \"valid\"", "base = \"valid\"\nby = [\"sex\"]", 1);
    fs::write(folder.join("indicators.toml"), by_sex).unwrap();
    let page = || {
        done(folder, &["report", "--force", "--out", "report.html"]);
        fs::read_to_string(folder.join("report.html")).unwrap()
    };
    let women = |n: &str| {
        format!("Woman</th>{}", n.split(' ').map(|n| format!("<td class=\"n\">{n}</td>")).collect::<String>())
    };
    let calibrated = page();
    assert!(calibrated.contains(&women("30 50% 75%")), "{calibrated}");
    assert!(calibrated.contains("Each answer counts with the number of people whom it stands for"));
    survey(folder, "baseline", "");
    let plain = page();
    assert!(plain.contains(&women("30 50%")) && plain.contains("Every interview counts the same"), "{plain}");
    assert!(!plain.contains("Weighted</th>"), "{plain}");
}

#[test]
fn exports_carry_the_calibrated_weights() {
    let folder = folder();
    let folder = folder.path();
    ask(folder, "baseline", 20);
    done(folder, &["export", "csv", "--raw", "--out", "data-out"]);
    let csv = fs::read_to_string(folder.join("data-out/interviews.csv")).unwrap();
    let data = rows(&csv);
    assert_eq!(data.len(), 60);
    for row in data {
        near(number(&row, "_weight"), if row["sex"] == "female" { 25.0 } else { 250.0 / 30.0 });
    }
}

#[test]
fn a_file_of_counts_that_is_wrong_is_named_with_its_line() {
    let folder = folder();
    let folder = folder.path();
    ask(folder, "baseline", 20);
    for (text, words) in [
        ("category,total\nfemale,many\nmale,250\n", "`many` is not a number"),
        ("category,total\nfemale,750\nfemale,250\n", "`female` stands twice"),
        ("category,total\nfemale,750\nmale,-1\n", "must be above 0"),
        ("sex,total\nfemale,750\n", "no column `category`"),
    ] {
        fs::write(folder.join("population.csv"), text).unwrap();
        let output = support::doorstep(folder, &["indicators"], "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words) && said.contains("population.csv:"), "{said}");
        assert!(output.stdout.is_empty());
    }
    // Somebody is counted whom nobody asked.
    fs::write(folder.join("population.csv"), format!("{COUNTS}other,5\n")).unwrap();
    let output = support::doorstep(folder, &["indicators"], "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("no respondent here has it"), "{said}");
}

/// Sums that are no number would make of every share a certainty.
#[test]
fn what_is_too_large_to_add_up_is_refused() {
    let folder = folder();
    let folder = folder.path();
    ask(folder, "baseline", 20);
    let counts = |total: &str| {
        format!("[[design.calibrate]]\nof = \"${{sex}}\"\ntotals = {{ female = {total}, male = {total} }}\n")
    };
    let linear = |total: &str| {
        format!(
            "[design]\ncalibration = \"linear\"\n[[design.calibrate]]\nof = \"if(${{sex}} = 'male', 1, 2)\"\ntotal = {total}\n"
        )
    };
    let weight = |weight: &str| format!("[design]\nweight = \"{weight}\"\n");
    for (design, words) in [
        (counts("1e308"), "I0205"),
        (counts("1e200"), "I0205"),
        (counts("inf"), "S0004"),
        (counts("nan"), "S0004"),
        (linear("1e200"), "I0205"),
        (weight("pow(10, 308)"), "too large to compute with"),
        (weight("pow(10, 200)"), "too large to compute with"),
        (format!("{}{}", weight("pow(10, 200)"), counts("1000")), "too large to compute with"),
    ] {
        survey(folder, "baseline", &design);
        let output = support::doorstep(folder, &["indicators"], "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains(words), "{design}: {said}");
        assert!(output.stdout.is_empty(), "{design}");
    }
    // As many people as there are on earth are not too many.
    survey(folder, "baseline", &counts("8e9"));
    near(number(&rows(&done(folder, &["indicators"]).0)[0], "weight_sum"), 16e9);
    fs::write(folder.join("population.csv"), "category,total\nfemale,1e308\nmale,1e308\n").unwrap();
    survey(folder, "baseline", DESIGN);
    let output = support::doorstep(folder, &["check"], "");
    let said = [output.stdout, output.stderr].concat();
    assert!(!output.status.success() && String::from_utf8(said).unwrap().contains("I0205"));
}
