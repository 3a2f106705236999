//! Comparing rounds, by the laws of differences and by hand, and planning samples.

#![expect(clippy::float_cmp, reason = "whole numbers are the same numbers")]

use std::fs;
use std::path::Path;

use doorstep::statistics::{Plan, benjamini_hochberg, holm};
use serde_json::Value as Json;

use crate::report::on_terminal;
use crate::support;

pub const QUESTIONNAIRE: &str = r#"
format = 1
id = "rounds"
version = "1"
language = "en"
title = "Rounds"

[lists.yes_no]
choices = [{ name = "yes", code = 1, label = "Yes" }, { name = "no", code = 2, label = "No" }]

[[sections]]
name = "only"
label = "Only"

[[sections.questions]]
name = "village"
type = "integer"
label = "Village"

[[sections.questions]]
name = "group"
type = "integer"
label = "Group"

[[sections.questions]]
name = "safe"
type = "select_one"
list = "yes_no"
label = "Do you feel safe?"
"#;

const INDICATORS: &str = r#"
format = 1
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
by = ["half"]
[[indicators]]
id = "village"
title = "Villages"
kind = "mean"
of = "${village}"
base = "valid"
"#;

/// One respondent: village, whether safe.
pub type Person = (u32, bool);

pub fn survey(folder: &Path, round: &str, design: &str) {
    fs::create_dir_all(folder.join("questionnaire")).unwrap();
    fs::write(
        folder.join("survey.toml"),
        format!(
            "format = 1\nid = \"rounds\"\ntitle = \"Rounds\"\nquestionnaire = \"questionnaire\"\n\
             indicators = \"indicators.toml\"\nstore = \"data/store.db\"\nround = \"{round}\"\n\
             [rounds.baseline]\nlabel = \"Baseline\"\n[rounds.endline]\nlabel = \"Endline\"\n[design]\n{design}\n"
        ),
    )
    .unwrap();
}

/// Interviews of a round, by an answer file.
pub fn ask(folder: &Path, round: &str, design: &str, people: &[Person]) {
    survey(folder, round, design);
    let line = |(n, (village, safe)): (usize, &Person)| {
        format!(
            "{{\"enumerator\": \"amina\", \"answers\": {{\"village\": {village}, \"group\": {}, \"safe\": \"{}\"}}}}",
            n % 2,
            if *safe { "yes" } else { "no" }
        )
    };
    let lines: Vec<String> = people.iter().enumerate().map(line).collect();
    fs::write(folder.join("answers.jsonl"), lines.join("\n")).unwrap();
    done(folder, &["interview", "--answers", "answers.jsonl"]);
}

#[track_caller]
pub fn done(folder: &Path, arguments: &[&str]) -> (String, String) {
    let output = support::doorstep(folder, arguments, "");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{err}");
    (out, err)
}

/// The rows of a CSV, by the names of its columns.
pub fn rows(csv: &str) -> Vec<Json> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        names.iter().zip(&record).map(|(name, cell)| (name.to_owned(), Json::from(cell))).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[track_caller]
pub fn number(row: &Json, column: &str) -> f64 {
    row[column].as_str().unwrap().parse().unwrap_or_else(|_| panic!("{column} of {row}"))
}

pub fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("questionnaire")).unwrap();
    fs::write(folder.path().join("questionnaire/questionnaire.toml"), QUESTIONNAIRE).unwrap();
    fs::write(folder.path().join("indicators.toml"), INDICATORS).unwrap();
    folder
}

/// Some answers of each village, and one more safe person in each village of the second round.
pub fn people(first_village: u32, safe: u32) -> Vec<Person> {
    (0..6)
        .flat_map(|village| (0..10).map(move |n| (first_village + village, n < safe + village % 3)))
        .collect()
}

#[test]
fn rounds_drawn_apart_add_their_variances() {
    let folder = folder();
    let folder = folder.path();
    let design = "psu = \"${village}\"";
    ask(folder, "baseline", design, &people(1, 2));
    let alone = |csv: &str| number(&rows(csv)[0], "std_error");
    let first = alone(&done(folder, &["indicators"]).0);
    ask(folder, "endline", design, &people(101, 4));
    let second = alone(&done(folder, &["indicators"]).0);
    let changes = rows(&done(folder, &["compare", "baseline", "endline"]).0);
    let total = &changes[0];
    assert_eq!(total["indicator"], "safe");
    assert!((number(total, "difference") - 0.2).abs() < 1e-9, "{total}");
    assert!((number(total, "std_error").powi(2) - first * first - second * second).abs() < 1e-9);
    assert_eq!(number(total, "df"), 10.0);
    let reach = number(total, "ci_high") - number(total, "difference");
    assert!((reach / number(total, "std_error") - 2.228_138_852).abs() < 1e-6, "t of 10 degrees of freedom");
    assert!((number(total, "minimum_detectable") / number(total, "std_error") - 3.069_760_1).abs() < 1e-6);
    assert_eq!((number(total, "n_first"), number(total, "n_second")), (60.0, 60.0));
}

#[test]
fn the_same_villages_in_both_rounds_keep_their_covariance() {
    let folder = folder();
    let folder = folder.path();
    let design = "psu = \"${village}\"";
    ask(folder, "baseline", design, &people(1, 2));
    let first = number(&rows(&done(folder, &["indicators"]).0)[0], "std_error");
    ask(folder, "endline", design, &people(1, 4));
    let changes = rows(&done(folder, &["compare", "baseline", "endline"]).0);
    // Every village changed by the same share: the change is certain although its levels are not.
    assert!(first > 0.01);
    assert!((number(&changes[0], "difference") - 0.2).abs() < 1e-9);
    assert!(number(&changes[0], "std_error") < 1e-9, "{}", changes[0]);
    assert_eq!(number(&changes[0], "df"), 5.0);
    // One PSU fewer in one round is no reason to lose what the others share.
    let village = changes.iter().find(|row| row["indicator"] == "village").unwrap();
    assert_eq!(number(village, "difference"), 0.0);
}

#[test]
fn what_is_hidden_in_one_round_is_hidden_in_their_comparison() {
    let folder = folder();
    let folder = folder.path();
    ask(folder, "baseline", "", &people(1, 2));
    ask(folder, "endline", "", &people(1, 4)[..6]);
    let table = on_terminal(folder, "C", &["compare", "baseline", "endline", "--by", "half"]);
    assert!(table.contains("not shown: fewer than 5, or next to it"), "{table}");
    let (csv, _) = done(folder, &["compare", "baseline", "endline"]);
    for row in rows(&csv).iter().filter(|row| row["disaggregation"] == "half") {
        assert_eq!(row["suppressed"], "disclosure");
        for column in
            ["first_estimate", "second_estimate", "difference", "std_error", "p_value", "n_first", "n_second"]
        {
            assert_eq!(row[column], "", "{column}");
        }
    }
}

#[test]
fn what_is_too_imprecise_in_one_round_is_not_compared() {
    let folder = folder();
    let folder = folder.path();
    let design = "psu = \"${village}\"\n[disclosure]\nimprecise = 0.05\ntoo_imprecise = 0.15";
    ask(folder, "baseline", design, &people(1, 1));
    let first = rows(&done(folder, &["indicators"]).0).remove(0);
    ask(folder, "endline", design, &people(101, 5));
    let second = rows(&done(folder, &["indicators"]).0).remove(0);
    assert_eq!((&first["suppressed"], &second["suppressed"]), (&Json::from("precision"), &Json::from("")));
    let changes = rows(&done(folder, &["compare", "baseline", "endline"]).0);
    let change = &changes[0];
    assert_eq!(change["suppressed"], "precision");
    for column in ["first_estimate", "second_estimate", "difference", "std_error", "p_value", "p_holm"] {
        assert_eq!(change[column], "", "{column}");
    }
    assert_eq!((number(change, "n_first"), number(change, "n_second")), (60.0, 60.0));
    let note = change["note"].as_str().unwrap();
    assert!(note.contains("imprecise in baseline: relative standard error"), "{note}");
    // It is not said that its people are few: they are sixty in each round.
    let table = on_terminal(folder, "C", &["compare", "baseline", "endline", "--only", "safe"]);
    assert!(table.contains(&format!("not shown: {note}")), "{table}");
    done(folder, &["report", "--out", "report.html"]);
    let page = fs::read_to_string(folder.join("report.html")).unwrap();
    let chapter = page.split_once("id=\"change-1\"").unwrap().1.split_once("</section>").unwrap().0;
    assert!(
        chapter.contains("not shown: too imprecise") && !chapter.contains("not shown: fewer than"),
        "{chapter}"
    );
    // Where the survey only notes it, the change is given.
    let noted = design.replace("too_imprecise = 0.15", "");
    survey(folder, "endline", &noted);
    let change = rows(&done(folder, &["compare", "baseline", "endline"]).0).remove(0);
    assert_eq!(change["suppressed"], "");
    assert!(
        number(&change, "difference") > 0.3 && change["note"].as_str().unwrap().contains("imprecise in"),
        "{change}"
    );
}

#[test]
fn what_has_too_few_for_an_indicator_says_so_of_one_round_and_of_two() {
    let folder = folder();
    let folder = folder.path();
    let path = folder.join("indicators.toml");
    let with = INDICATORS.replace("id = \"safe\"", "id = \"safe\"\nminimum_n = 70");
    fs::write(&path, with).unwrap();
    ask(folder, "baseline", "", &people(1, 2));
    ask(folder, "endline", "", &people(101, 4));
    let table = on_terminal(folder, "C", &["compare", "baseline", "endline", "--only", "safe"]);
    assert!(table.contains("not shown: fewer than 70 in a round"), "{table}");
    done(folder, &["report", "--out", "report.html"]);
    let page = fs::read_to_string(folder.join("report.html")).unwrap();
    let chapter = page.split_once("id=\"change-1\"").unwrap().1.split_once("</section>").unwrap().0;
    let block = page.split_once("id=\"i-safe\"").unwrap().1.split_once("</article>").unwrap().0;
    for part in [chapter, block] {
        // Not what disclosure control says of a few people, and nothing about how exact a figure is.
        assert!(part.contains("ewer than 70 answers") && !part.contains("too imprecise"), "{part}");
    }
}

#[test]
fn three_rounds_are_each_compared_with_the_first() {
    let folder = folder();
    let folder = folder.path();
    let three = |round: &str| {
        let text = fs::read_to_string(folder.join("survey.toml")).unwrap();
        let text =
            text.replace("[rounds.endline]", "[rounds.midline]\nlabel = \"Midline\"\n[rounds.endline]");
        fs::write(
            folder.join("survey.toml"),
            text.replace("round = \"baseline\"", &format!("round = \"{round}\"")),
        )
        .unwrap();
    };
    let design = "psu = \"${village}\"";
    ask(folder, "baseline", design, &people(1, 2));
    let answers = |safe, first| {
        let line = |(n, (village, safe)): (usize, Person)| {
            let safe = if safe { "yes" } else { "no" };
            format!(
                "{{\"enumerator\": \"a\", \"answers\": {{\"village\": {village}, \"group\": {}, \"safe\": \"{safe}\"}}}}",
                n % 2
            )
        };
        people(first, safe).into_iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
    };
    survey(folder, "baseline", design);
    three("midline");
    fs::write(folder.join("answers.jsonl"), answers(3, 51)).unwrap();
    done(folder, &["interview", "--answers", "answers.jsonl"]);
    survey(folder, "baseline", design);
    three("endline");
    fs::write(folder.join("answers.jsonl"), answers(5, 101)).unwrap();
    done(folder, &["interview", "--answers", "answers.jsonl"]);
    let changes = rows(&done(folder, &["compare", "baseline", "midline", "endline", "--only", "safe"]).0);
    let of =
        |second: &str| -> Vec<&Json> { changes.iter().filter(|row| row["second_round"] == second).collect() };
    assert!(changes.iter().all(|row| row["first_round"] == "baseline"));
    assert_eq!((of("midline").len(), of("endline").len()), (3, 3));
    assert!((number(of("midline")[0], "difference") - 0.1).abs() < 1e-9);
    assert!((number(of("endline")[0], "difference") - 0.3).abs() < 1e-9);
    // The tests of a pair are a family of their own: the same as when the pair is compared alone.
    let alone = rows(&done(folder, &["compare", "baseline", "endline", "--only", "safe"]).0);
    for (together, alone) in of("endline").into_iter().zip(&alone) {
        assert!((number(together, "p_holm") - number(alone, "p_holm")).abs() < 1e-9);
        assert!((number(together, "std_error") - number(alone, "std_error")).abs() < 1e-9);
    }
}

#[test]
fn a_question_that_changed_is_not_compared_until_somebody_says_that_it_may() {
    let folder = folder();
    let folder = folder.path();
    ask(folder, "baseline", "", &people(1, 2));
    let changed =
        QUESTIONNAIRE.replace("Do you feel safe?", "Do you feel safe after dark?").replace("\"1\"", "\"2\"");
    fs::write(folder.join("questionnaire/questionnaire.toml"), changed).unwrap();
    ask(folder, "endline", "", &people(1, 4));
    let (csv, said) = done(folder, &["compare", "baseline", "endline"]);
    assert!(said.contains("3 numbers are not compared") && said.contains("--accept"), "{said}");
    for row in rows(&csv) {
        let is_safe = row["indicator"] == "safe";
        assert_eq!(
            row["note"].as_str().unwrap().contains("not compared: `safe` changed (label)"),
            is_safe,
            "{row}"
        );
        assert_eq!(row["difference"] == "", is_safe);
    }
    let (csv, said) = done(folder, &["compare", "baseline", "endline", "--accept", "safe"]);
    assert!(!said.contains("not compared"), "{said}");
    assert!((number(&rows(&csv)[0], "difference") - 0.2).abs() < 1e-9);

    // Other choices in its list, or another rule about who is asked, are changes of the question as well.
    let list = QUESTIONNAIRE.replace("label = \"No\"", "label = \"Not at all\"").replace("\"1\"", "\"3\"");
    fs::write(folder.join("questionnaire/questionnaire.toml"), list).unwrap();
    ask(folder, "endline", "", &people(1, 4));
    let (csv, _) = done(folder, &["compare", "baseline", "endline", "--accept", "safe"]);
    assert_eq!(rows(&csv)[0]["note"], "", "what is accepted is accepted with its list");
    let (csv, _) = done(folder, &["compare", "baseline", "endline"]);
    assert!(rows(&csv)[0]["note"].as_str().unwrap().starts_with("not compared"));
}

#[test]
fn wording_scale_and_base_decide_whether_rounds_are_compared() {
    let safe = "label = \"Do you feel safe?\"";
    let no = "{ name = \"no\", code = 2, label = \"No\" }";
    // A choice whose name holds words that also stand for what changes nothing.
    let guards = "{ name = \"border_guards\", code = 5, label = \"Guards with a hint\" }";
    let asked = QUESTIONNAIRE.replace(no, &format!("{no}, {guards}"));
    let group = "[[sections.questions]]\nname = \"group\"\ntype = \"integer\"\nlabel = \"Group\"\n\n";
    let rule = "constraint = \"${safe} != 'border_guards'\"\nconstraint_message =";
    let asked = asked.replace(safe, &format!("{safe}\n{rule} \"Are you sure?\""));
    let moved = format!("{}\n{group}", asked.replace(group, ""));
    for (old, new, is_refused) in [
        (guards, "{ name = \"border_guards\", code = 4, label = \"Guards with a hint\" }", true),
        (guards, "{ name = \"border_guards\", code = 5, label = \"Guards\" }", true),
        // What comes before a question, and the order of its choices, is part of how it is heard.
        (&asked, &moved, true),
        (&format!("{no}, {guards}"), &format!("{guards}, {no}"), true),
        (safe, "label = \"Do you feel safe?\"\nrandomize = true", true),
        ("Are you sure?", "Is that right?", false),
        (
            rule,
            "note_to_enumerator = \"Wait.\"\nconstraint = \"${safe} != 'border_guards'\"\nconstraint_message =",
            false,
        ),
        (safe, "label = \"Do you feel secure?\"", true),
        (
            no,
            "{ name = \"no\", code = 2, label = \"No\" }, { name = \"unsure\", code = 3, label = \"Not sure\" }",
            true,
        ),
        (no, "{ name = \"no\", code = 0, label = \"No\" }", true),
        (safe, "label = \"Do you feel safe?\"\nrelevant = \"${village} > 0\"", true),
        ("label = \"Only\"", "label = \"Only\"\nrelevant = \"today() > date('2020-01-01')\"", true),
        (safe, "label = \"Do you feel safe?\"\nhint = \"At night.\"", false),
        ("label = \"Group\"", "label = \"Group of people\"", false),
    ] {
        let folder = folder();
        let folder = folder.path();
        fs::write(folder.join("questionnaire/questionnaire.toml"), &asked).unwrap();
        ask(folder, "baseline", "", &people(1, 2));
        let changed = asked.replace(old, new).replace("version = \"1\"", "version = \"2\"");
        assert_ne!(changed.replace("\"2\"", "\"1\""), asked.replace("\"2\"", "\"1\""), "{new}");
        fs::write(folder.join("questionnaire/questionnaire.toml"), changed).unwrap();
        ask(folder, "endline", "", &people(1, 4));
        let change = rows(&done(folder, &["compare", "baseline", "endline", "--only", "safe"]).0).remove(0);
        let note = change["note"].as_str().unwrap();
        assert_eq!(note.starts_with("not compared: `"), is_refused, "{new}: {note}");
        assert_eq!(change["difference"] == "", is_refused, "{new}: {change}");
    }
}

#[test]
fn rounds_are_named_as_the_survey_has_them() {
    let folder = folder();
    let folder = folder.path();
    ask(folder, "baseline", "", &people(1, 2));
    for (arguments, code, words) in [
        (&["compare", "baseline", "endlin"][..], 2, "Did you mean `endline`?"),
        (&["compare", "baseline", "baseline"], 2, "with itself"),
        (&["compare", "baseline"], 2, "<ROUND>"),
        (&["compare", "baseline", "endline"], 1, "no finalised interview"),
        (&["compare", "baseline", "endline", "--accept", "nothing"], 2, "no question `nothing`"),
    ] {
        let output = support::doorstep(folder, arguments, "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(words), "{said}");
    }
}

/// The figures of `p.adjust` in R 4.
#[test]
fn many_tests_are_adjusted_as_in_the_handbooks() {
    let near = |found: Vec<f64>, wanted: [f64; 4]| {
        found
            .iter()
            .zip(wanted)
            .for_each(|(found, wanted)| assert!((found - wanted).abs() < 1e-12, "{found} {wanted}"));
    };
    let p_values = [0.01, 0.04, 0.03, 0.005];
    near(holm(&p_values), [0.03, 0.06, 0.06, 0.02]);
    near(benjamini_hochberg(&p_values), [0.02, 0.04, 0.04, 0.02]);
    assert!(holm(&[]).is_empty());
}

/// Cochran's textbook figures.
#[test]
fn samples_are_planned_as_in_the_handbooks() {
    let plan = Plan {
        proportion: 0.5,
        level: 0.95,
        intra_cluster: 0.0,
        cluster_size: 10.0,
        weighting: 1.0,
        population: None,
        response: 1.0,
    };
    assert_eq!(plan.size_for_margin(0.05).interviews, 385.0);
    assert_eq!(Plan { population: Some(1_000.0), ..plan }.size_for_margin(0.05).interviews, 278.0);
    assert_eq!(plan.size_for_change(0.6, 0.8).interviews, 385.0);
    // Of 500 people, those who are asked in both rounds are no longer unknown.
    let few = Plan { population: Some(500.0), ..plan };
    assert_eq!(few.size_for_change(0.6, 0.8).interviews, 218.0);
    assert_eq!(few.change_shown_by(500.0, 0.8), 0.0);
    let clustered = Plan { intra_cluster: 0.1, response: 0.8, ..plan };
    assert!((clustered.design_effect() - 1.9).abs() < 1e-12);
    let size = clustered.size_for_margin(0.05);
    assert_eq!((size.interviews, size.clusters, size.selected), (730.0, 73.0, 913.0));
    // What a margin needs gives that margin.
    assert!(
        clustered.margin_of(size.interviews) <= 0.05 && clustered.margin_of(size.interviews - 1.0) > 0.05
    );
    let change = plan.change_shown_by(385.0, 0.8);
    assert!((change - 0.101).abs() < 1e-3, "{change}");
}

#[test]
fn power_says_what_a_sample_needs_and_refuses_nonsense() {
    let folder = tempfile::tempdir().unwrap();
    let said = |arguments: &[&str]| done(folder.path(), arguments).0;
    let size = said(&["power", "--margin", "0.05", "--icc", "0.1", "--groups", "3"]);
    assert!(
        size.contains("2190 interviews in all (730 in each of 3 groups)") && size.contains("219 clusters"),
        "{size}"
    );
    let reach = said(&["power", "--interviews", "730", "--icc", "0.1"]);
    assert!(reach.contains("margin of error 5.0 points"), "{reach}");
    let change = said(&["power", "--proportion", "0.4", "--change-to", "0.5", "--icc", "0", "--json"]);
    let change: Json = serde_json::from_str(&change).unwrap();
    assert_eq!(change["interviews"], 385.0);
    // A small population needs fewer, and cannot give more interviews than it has people.
    let few = said(&["power", "--margin", "0.05", "--icc", "0", "--population", "1000", "--json"]);
    let few: Json = serde_json::from_str(&few).unwrap();
    assert_eq!((few["interviews"].as_f64(), few["clusters"].as_f64()), (Some(278.0), Some(28.0)));
    let (_, warned) =
        done(folder.path(), &["power", "--population", "100", "--response", "0.5", "--icc", "0"]);
    assert!(warned.contains("100 people in a group, but 160 would have to be selected"), "{warned}");
    for arguments in [
        &["power", "--margin", "5"][..],
        &["power", "--icc", "2"],
        &["power", "--cluster-size", "0"],
        &["power", "--proportion", "0"],
        &["power", "--level", "95"],
        &["power", "--power", "1"],
        &["power", "--population", "0"],
        &["power", "--response", "0"],
        &["power", "--weighting", "0.5"],
        &["power", "--groups", "0"],
        &["power", "--interviews", "0"],
        &["power", "--margin", "NaN"],
    ] {
        let output = support::doorstep(folder.path(), arguments, "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains("makes no sense"), "{said}");
    }
}
