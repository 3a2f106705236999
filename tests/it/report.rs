//! The report, as those who hand it out make it and those who decide read it.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use expectrl::{Eof, Expect, Session};

use crate::support;

#[track_caller]
fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = support::doorstep(folder, arguments, "");
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {talk}");
    talk
}

#[track_caller]
fn refused(folder: &Path, arguments: &[&str], code: i32, says: &str) {
    let output = support::doorstep(folder, arguments, "");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {talk}");
    assert!(talk.contains(says), "{arguments:?}: {talk}");
}

/// The demo's survey with a second round, in which more people feel safe after dark.
static TWO_ROUNDS: LazyLock<(tempfile::TempDir, PathBuf)> = LazyLock::new(|| {
    let place = tempfile::tempdir().unwrap();
    done(place.path(), &["demo", "demo"]);
    let folder = place.path().join("demo");
    let survey = folder.join("survey.toml");
    let text = fs::read_to_string(&survey).unwrap().replace("round = \"baseline\"", "round = \"endline\"");
    fs::write(&survey, text.replace("[design]", "[rounds.endline]\nlabel = \"Endline\"\n\n[design]"))
        .unwrap();
    for name in ["amina", "bashir", "chandni"] {
        let answers =
            fs::read_to_string(support::root().join(format!("fixtures/demo/{name}.jsonl"))).unwrap();
        let later = answers.replace("2026-", "2027-");
        let safer = ["fairly_unsafe", "neither"].iter().fold(later, |text, choice| {
            let now = format!("\"safe_after_dark\":\"{choice}\"");
            text.replace(&now, "\"safe_after_dark\":\"fairly_safe\"")
        });
        let file = format!("{name}-endline.jsonl");
        fs::write(folder.join(&file), safer).unwrap();
        done(&folder, &["interview", "--answers", &file]);
    }
    (place, folder)
});

fn page(name: &str, arguments: &[&str]) -> String {
    let (_, folder) = &*TWO_ROUNDS;
    let path = folder.join(name);
    done(folder, &[&["report", "--force", "--out", name], arguments].concat());
    fs::read_to_string(path).unwrap()
}

/// The text between two marks, after the first.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("no {from}")).1;
    rest.split_once(to).unwrap_or_else(|| panic!("no {to}")).0
}

#[test]
fn the_demo_writes_a_report_of_itself() {
    let place = tempfile::tempdir().unwrap();
    done(place.path(), &["demo", "demo"]);
    let page = fs::read_to_string(place.path().join("demo/report.html")).unwrap();
    // 264 visits of the answer files: 212 respondents, and how the others ended by the survey's [outcomes].
    let facts = between(&page, "<dl class=\"facts\">", "</dl>");
    for figure in ["<dd>212</dd>", "<dd>264</dd>", "<dd>81%</dd>", "<dd>12</dd>"] {
        assert!(facts.contains(figure), "{facts}");
    }
    let outcomes = between(&page, "How the visits ended", "Response rates");
    assert!(outcomes.contains("R: refused</th><td class=\"n\">"), "{outcomes}");
    assert!(page.contains("Interviews from 2 March 2026 to"));
    // 45.0%, 34.2% to 56.3%, women 30.6%, men 59.9%: as `doorstep indicators` has it.
    let dark = between(&page, "id=\"i-safe_after_dark\"", "</article>");
    assert_eq!(
        between(dark, "class=\"say\">", "</p>"),
        "About 4 in 10 (34% to 56%). Lower for Female (31%) than for Male (60%): that is certain, but not how much, as the \
         figures are imprecise."
    );
    assert!(dark.contains("<b>45%</b>"));
    // A ranking of fifteen has room for twelve.
    assert!(page.contains("Further choices: 3."));
    assert!(!page.contains("Change from"), "there is no earlier round");
}

#[test]
fn it_is_one_file_that_needs_nothing_else_and_is_always_the_same() {
    let first = page("same.html", &[]);
    assert_eq!(first, page("same.html", &[]));
    for outside in ["<script", "src=", "http://", "https://", "url(", "@import", "<link", "onload"] {
        assert!(!first.contains(outside), "{outside}");
    }
    assert!(first.contains("default-src 'none'"));
    assert!(first.len() < 1_000_000, "{} bytes", first.len());
    // Every picture says in words what it shows, and every indicator has its table.
    assert_eq!(first.matches("<svg").count(), first.matches("role=\"img\"").count());
    assert_eq!(first.matches("<svg").count(), first.matches("</title>").count() - 1);
    let indicators = first.matches("<article class=\"indicator\" id=").count();
    assert!(indicators > 40, "{indicators}");
    assert!(first.matches("<details>").count() >= indicators);
}

#[test]
fn what_changed_for_certain_is_told_apart_from_what_may_be_chance() {
    let page = page("change.html", &[]);
    let change = between(&page, "id=\"change-1\"", "</section>");
    let certain = between(change, "<h3>Certain</h3>", "<h3>May be chance");
    assert!(certain.contains("safe walking alone after dark") && certain.contains("▲ certain"), "{certain}");
    assert!(!certain.contains("Never go out"), "nobody's answer to that changed");
    let short = between(&page, "class=\"findings\"", "</ul>");
    assert!(short.contains("Higher than in Baseline, with certainty:"), "{short}");
    // The baseline itself has nothing before it.
    assert!(!self::page("first.html", &["--round", "baseline"]).contains("id=\"change-1\""));
}

#[test]
fn it_speaks_the_languages_of_the_survey() {
    let arabic = page("ar.html", &["--language", "ar"]);
    assert!(arabic.contains("<html lang=\"ar\" dir=\"rtl\">"));
    for words in [
        "باختصار",
        "يشعرون بأمان تام أو إلى حد ما عند المشي وحدهم بعد حلول الظلام",
        "الفئة العمرية",
        "الشرطة",
        "٪",
    ] {
        assert!(arabic.contains(words), "{words}");
    }
    // Nothing of Doorstep's own words is left in English.
    for words in ["In short", "All numbers", "imprecise", "Clearly", "not shown", "may be chance"] {
        assert!(!arabic.contains(words), "{words}");
    }
    assert!(page("sw.html", &["--language", "sw"]).contains("Kwa kifupi"));
    assert!(page("bn.html", &["--language", "bn"]).contains("সংক্ষেপে"));
}

#[test]
fn enumerators_are_named_only_when_asked_for() {
    assert!(!page("none.html", &[]).contains("chandni"));
    assert!(page("enumerators.html", &["--enumerators"]).contains("chandni"));
}

#[test]
fn it_is_refused_whole() {
    let (_, folder) = &*TWO_ROUNDS;
    fs::write(folder.join("taken.html"), "mine").unwrap();
    refused(folder, &["report", "--out", "taken.html"], 2, "exists already");
    assert_eq!(fs::read_to_string(folder.join("taken.html")).unwrap(), "mine");
    refused(folder, &["report", "--out", "survey.toml", "--force"], 2, "not a place for results");
    refused(folder, &["report", "--out", "a.html", "--language", "fr"], 2, "no language `fr`");
    refused(folder, &["report", "--out", "a.html", "--round", "endlin"], 2, "endline");
    refused(folder, &["report", "--out", "a.html", "--compare", "endline"], 2, "compared with itself");
    refused(folder, &["report", "--out", "nowhere/a.html"], 4, "nowhere");
    assert!(!folder.join("a.html").exists());
}

const QUESTIONNAIRE: &str = r#"
format = 1
id = "small"
version = "1"
language = "en"
title = "Small"

[lists.yes_no]
choices = [{ name = "yes", code = 1, label = "Yes" }, { name = "no", code = 2, label = "LABEL" }]

[[sections]]
name = "only"
label = "Only"

[[sections.questions]]
name = "safe"
type = "select_one"
list = "yes_no"
label = "Do you feel safe?"
missing = ["dont_know"]

[[sections.questions]]
name = "years"
type = "integer"
label = "Years here"
missing = ["dont_know"]
"#;

const INDICATORS: &str = r#"
format = 1
[[indicators]]
id = "safe"
title = "TITLE"
kind = "proportion"
of = "${safe} = 'yes'"
base = "valid"
by = ["safe"]
[[indicators]]
id = "answers"
title = "Answers"
kind = "distribution"
of = "${safe}"
base = "valid"
[[indicators]]
id = "years"
title = "Years"
kind = "mean"
of = "${years}"
base = "valid"
by = ["safe"]
"#;

/// A small survey with these titles, labels and answers to `safe` and `years`.
fn small(title: &str, label: &str, answers: &[&str]) -> tempfile::TempDir {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    survey_of(
        &QUESTIONNAIRE.replace("LABEL", &quoted(label)),
        &INDICATORS.replace("TITLE", &quoted(title)),
        answers,
    )
}

/// A survey of this questionnaire and these indicators, with these answers, each of them a line of an answer file or what
/// stands in its `answers`.
fn survey_of(questionnaire: &str, indicators: &str, answers: &[&str]) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    fs::create_dir_all(folder.join("questionnaire")).unwrap();
    fs::write(folder.join("questionnaire/questionnaire.toml"), questionnaire).unwrap();
    fs::write(folder.join("indicators.toml"), indicators).unwrap();
    fs::write(
        folder.join("survey.toml"),
        "format = 1\nid = \"small\"\ntitle = \"Small\"\nquestionnaire = \"questionnaire\"\nindicators = \
         \"indicators.toml\"\nstore = \"data/store.db\"\nround = \"r\"\n[rounds.r]\nlabel = \"R\"\n[design]\nlonely_psu = \"adjust\"\n",
    )
    .unwrap();
    if !answers.is_empty() {
        let line = |a: &&str| match a.strip_prefix('{') {
            Some(_) => (*a).to_owned(),
            None => format!("{{\"enumerator\": \"a\", \"answers\": {{{a}}}}}"),
        };
        let lines: Vec<String> = answers.iter().map(line).collect();
        fs::write(folder.join("answers.jsonl"), lines.join("\n")).unwrap();
        done(folder, &["interview", "--answers", "answers.jsonl"]);
    }
    place
}

fn report_of(survey: &tempfile::TempDir) -> String {
    done(survey.path(), &["report", "--out", "report.html"]);
    fs::read_to_string(survey.path().join("report.html")).unwrap()
}

const YES: &str = "\"safe\": \"yes\", \"years\": 3";
const NO: &str = "\"safe\": \"no\", \"years\": 78";

#[test]
fn few_answers_are_hidden_and_stay_so() {
    // Three said no, who lived here for 78 years on average: nothing of theirs may be seen.
    let survey = small("Feel safe", "No", &[[YES; 12].as_slice(), &[NO; 3]].concat());
    let page = report_of(&survey);
    let years = between(&page, "id=\"i-years\"", "</article>");
    assert!(years.contains("not shown: fewer than 5"), "{years}");
    // Both groups, in the picture and in the table; which of them is small is not told.
    assert_eq!(years.matches("or it would give away a group of so few").count(), 4, "{years}");
    assert!(!years.contains("78.00"), "{years}");
    let profile = between(&page, "class=\"profiles\"", "id=\"chapter-results\"");
    assert!(
        profile.contains("not shown: fewer than 5") && !profile.contains("<td class=\"n\">3</td>"),
        "{profile}"
    );
}

#[test]
fn visits_by_group_are_shown_for_all_groups_or_for_none() {
    let begun = |answer: &str| {
        format!("{{\"enumerator\": \"a\", \"end\": \"pause\", \"answers\": {{\"safe\": \"{answer}\"}}}}")
    };
    let (no, yes) = (begun("no"), begun("yes"));
    let shows = |finished_no: usize| {
        let open = [no.as_str(), no.as_str(), no.as_str(), yes.as_str()];
        let all = [&[YES; 12][..], &vec![NO; finished_no], &open].concat();
        report_of(&small("Feel safe", "No", &all)).contains("<small>12 / 13</small>")
    };
    assert!(shows(6));
    assert!(!shows(3), "three people are all less the others");
}

#[test]
fn nobody_one_person_and_nothing_known_each_make_an_honest_page() {
    refused(small("T", "No", &[]).path(), &["report", "--out", "r.html"], 1, "no interviews");
    let one = report_of(&small("Feel safe", "No", &[YES]));
    assert!(between(&one, "id=\"i-safe\"", "</article>").contains("Not shown: fewer than 5 answers."));
    let unknown = "\"safe\": {\"missing\": \"dont_know\"}, \"years\": {\"missing\": \"dont_know\"}";
    let nothing = report_of(&small("Feel safe", "No", &[unknown; 9]));
    assert!(between(&nothing, "id=\"i-years\"", "</article>").contains("No data."), "all missing");
}

#[test]
fn where_nobody_finished_it_is_said_how_to_go_on_and_no_report_of_nothing_is_written() {
    let begun = small(
        "Feel safe",
        "No",
        &["{\"enumerator\": \"a\", \"end\": \"pause\", \"answers\": {\"safe\": \"yes\"}}"],
    );
    let folder = begun.path();
    for command in [&["report", "--out", "r.html"][..], &["assess", "--round", "r", "--out", "pack"]] {
        refused(folder, command, 1, "`r` has no finalised interview");
        refused(folder, command, 1, "`doorstep list --round r` shows how far");
    }
    refused(folder, &["assess", "--out", "pack"], 1, "no round has a finalised interview");
    assert!(!folder.join("r.html").exists() && !folder.join("pack").exists());
    // A table without numbers says so itself, and is one: other programs may wait for it.
    let talk = done(folder, &["indicators", "--out", "numbers.csv"]);
    assert!(talk.contains("There are no numbers: the round `r` has no finalised interview"), "{talk}");
    assert!(fs::read_to_string(folder.join("numbers.csv")).unwrap().starts_with("survey,round,"));
    let evening = done(folder, &["summary"]);
    assert!(evening.contains("none of them is finalised") && evening.contains("--all"), "{evening}");
}

/// What people worry about: eight worries and an answer that excludes them.
const WORRIES: &str = r#"
format = 1
id = "worries"
version = "1"
language = "en"
title = "Worries"
lists.worries.choices = [
  { name = "theft", code = 1, label = "Theft" }, { name = "gangs", code = 2, label = "Gangs" },
  { name = "land", code = 3, label = "Land" }, { name = "drugs", code = 4, label = "Drugs" },
  { name = "killing", code = 5, label = "Killing" }, { name = "raids", code = 6, label = "Raids" },
  { name = "mines", code = 7, label = "Mines" },
  { name = "none", code = 9, label = "No concerns", exclusive = true },
]
[[sections]]
name = "only"
label = "Only"
questions = [
  { name = "worries", type = "select_multiple", list = "worries", label = "Worries?" },
  { name = "worst", type = "rank", list = "worries", top = 2, label = "Worst?" },
]
"#;
const WORRIES_INDICATORS: &str = r#"
format = 1
[[indicators]]
id = "worries"
title = "Worries"
topic = "concerns"
kind = "mentions"
of = "${worries}"
base = "valid"
[[indicators]]
id = "worst"
title = "Worst"
topic = "concerns"
kind = "rank_score"
of = "${worst}"
base = "valid"
"#;

/// Sixty people who all name theft; gangs 40 of them, land 14 and drugs 10: only the third place is open.
#[test]
fn an_order_that_is_certain_is_not_doubted_because_of_the_last() {
    let said =
        |worries: &str| format!("\"worries\": [\"theft\", {worries}], \"worst\": [\"theft\", \"raids\"]");
    let (both, gangs) = (said(r#""gangs", "land""#), said(r#""gangs""#));
    let (drugs, killing) = (said(r#""drugs""#), said(r#""killing""#));
    let answers: Vec<&str> = [(&both, 14), (&gangs, 32), (&drugs, 8), (&killing, 6)]
        .into_iter()
        .flat_map(|(line, n)| vec![line.as_str(); n])
        .collect();
    let page = report_of(&survey_of(WORRIES, WORRIES_INDICATORS, &answers));
    let worries = between(&page, "What worries people most:</b> ", "</li>");
    assert!(worries.starts_with("Theft (100%;") && worries.contains("Land (23%;"), "{worries}");
    assert!(worries.contains("By the ranges, “Drugs” and “Killing” may belong among them."), "{worries}");
    assert!(!worries.contains("not certain"), "{worries}");
}

#[test]
fn rankings_say_what_is_equal_what_is_not_certain_and_who_named_nothing() {
    let said = |worries: &str| format!("\"worries\": [{worries}], \"worst\": [\"theft\", \"raids\"]");
    // Of 40: theft 30; gangs and land 8 each; drugs 2; ten have none.
    let both = said(r#""theft", "gangs""#);
    let third = said(r#""theft", "land""#);
    let (theft, drugs) = (said(r#""theft""#), said(r#""theft", "drugs""#));
    let none = said(r#""none""#);
    let answers: Vec<&str> = [(&both, 8), (&third, 8), (&theft, 12), (&drugs, 2), (&none, 10)]
        .into_iter()
        .flat_map(|(line, n)| vec![line.as_str(); n])
        .collect();
    let page = report_of(&survey_of(WORRIES, WORRIES_INDICATORS, &answers));
    let short = between(&page, "class=\"findings\"", "</ul>");
    let worries = between(short, "What worries people most:</b> ", "</li>");
    assert!(worries.starts_with("Theft (75%;"), "{worries}");
    // Drugs reach into the ranges of gangs and land, and nothing else does.
    assert!(worries.contains("Gangs (20%;") && worries.contains("Land (20%;"), "{worries}");
    assert!(worries.contains("their order is not certain, and “Drugs” may belong among them."), "{worries}");
    assert!(worries.contains("“No concerns” was the answer of 25% ("), "{worries}");
    let block = between(&page, "id=\"i-worries\"", "</article>");
    let ranks: Vec<&str> =
        block.split("class=\"rank\">").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    // The last three were named by nobody, and what excludes all others is no item: neither has a rank.
    assert_eq!(ranks, ["1", "2", "2", "4", "", "", "", ""]);
    assert!(block.contains("Equal figures share a rank."), "{block}");
    let worst = between(&page, "id=\"i-worst\"", "</article>");
    assert!(worst.contains("Highest: Theft (1.00"), "{worst}");
    assert!(worst.contains("Score: 1 if everybody puts it first") && !worst.contains("−"), "{worst}");
}

/// Adds lines to a survey's survey.toml.
fn add(survey: &tempfile::TempDir, lines: &str) {
    let path = survey.path().join("survey.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + lines).unwrap();
}

#[test]
fn what_is_not_shown_is_neither_nobody_nor_left_out_of_the_order() {
    let blocks = std::cell::RefCell::new(Vec::new());
    let said = |worries: &str| format!("\"worries\": [{worries}], \"worst\": [\"theft\", \"raids\"]");
    let worries = |counts: &[(&str, usize)], limit: f64| -> String {
        let lines: Vec<String> = counts.iter().flat_map(|(named, n)| vec![said(named); *n]).collect();
        let survey =
            survey_of(WORRIES, WORRIES_INDICATORS, &lines.iter().map(String::as_str).collect::<Vec<_>>());
        add(&survey, &format!("[disclosure]\ntoo_imprecise = {limit}\n"));
        let page = report_of(&survey);
        blocks.borrow_mut().push(between(&page, "id=\"i-worries\"", "</article>").to_owned());
        let short = between(&page, "class=\"findings\"", "</ul>");
        between(short, "What worries people most:</b> ", "</li>").to_owned()
    };
    // Theft is hidden; what nobody named and what excludes all others keep their numbers.
    let (theft, none) = (r#""theft""#, r#""none""#);
    let hidden = worries(&[(theft, 5), (none, 35)], 0.3);
    assert!(
        hidden.starts_with("Not shown: too imprecise. “No concerns” was the answer of 88% ("),
        "{hidden}"
    );
    let nobody = worries(&[(none, 40)], 0.3);
    assert!(
        nobody.starts_with("Nobody named any of these. “No concerns” was the answer of 100%"),
        "{nobody}"
    );
    // One of two hundred is somebody, though no digit before the point says so.
    let somebody = worries(&[(theft, 1), (none, 249)], 2.0);
    assert!(somebody.starts_with("Theft (0.4%"), "{somebody}");
    // Of 40: theft 30; gangs 8 and drugs 2 are hidden, and may be anywhere.
    let some =
        worries(&[(theft, 20), (r#""theft", "gangs""#, 8), (r#""theft", "drugs""#, 2), (none, 10)], 0.3);
    assert!(
        some.contains("What is not shown may belong among them too: “Gangs” and “Drugs”.")
            && !some.contains("ranges overlap"),
        "{some}"
    );
    let note =
        "Choices without a figure: 2 (not shown: too imprecise). They may stand anywhere in this order.";
    let blocks = blocks.into_inner();
    assert!(blocks[3].contains(note), "{}", blocks[3]);
    assert!(!blocks[1].contains("without a figure"), "{}", blocks[1]);
}

#[test]
fn groups_say_which_choices_have_no_figure() {
    let said = |worries: &str| format!("\"worries\": [{worries}], \"worst\": [\"theft\", \"raids\"]");
    let counts =
        [(r#""theft""#, 20), (r#""theft", "gangs""#, 8), (r#""theft", "drugs""#, 2), (r#""none""#, 10)];
    let lines: Vec<String> = counts.iter().flat_map(|(named, n)| vec![said(named); *n]).collect();
    let by = "by = [\"fear\"]\n[[variables]]\nname = \"fear\"\ncategories = [\n\
        { name = \"some\", label = \"Some\", when = \"selected(${worries}, 'theft')\" },\n\
        { name = \"none\", label = \"None\", when = \"not(selected(${worries}, 'theft'))\" },\n]\n[[indicators]]";
    let (first, second) = WORRIES_INDICATORS.rsplit_once("[[indicators]]").unwrap();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let survey = survey_of(WORRIES, &format!("{first}{by}{second}"), &lines);
    add(&survey, "[disclosure]\ntoo_imprecise = 0.3\n");
    let page = report_of(&survey);
    let block = between(&page, "id=\"i-worries\"", "</article>");
    assert!(block.contains("Some <small>without a figure: 2</small>"), "{block}");
    assert!(
        block.contains(
            "Choices without a figure (not shown: too imprecise) may belong among the first three."
        ),
        "{block}"
    );
}

/// Quantiles are numbers with words of their own: no choices that somebody made, and nothing to rank.
#[test]
fn quantiles_are_told_as_numbers() {
    let indicators = "format = 1\n[[indicators]]\nid = \"years\"\ntitle = \"Years here\"\nkind = \"quantile\"\n\
        p = [0.25, 0.5, 0.9, 0.75]\nof = \"${years}\"\nbase = \"valid\"\nby = [\"safe\"]\n";
    let lived = |more: usize| -> Vec<String> {
        let answer = |n: usize| {
            let safe = if n.is_multiple_of(2) { "yes" } else { "no" };
            format!("\"safe\": \"{safe}\", \"years\": {}", n + more)
        };
        (1..=81).map(answer).collect()
    };
    let first = lived(0);
    let survey = survey_of(QUESTIONNAIRE, indicators, &first.iter().map(String::as_str).collect::<Vec<_>>());
    let page = report_of(&survey);
    assert!(!page.contains("Most often") && !page.contains("Named most, by group"), "{page}");
    assert!(!page.contains("p25") && !page.contains("p50"), "{page}");
    let block = between(&page, "id=\"i-years\"", "</article>");
    let said = between(block, "class=\"say\">", "</p>");
    assert!(
        said.starts_with("A quarter of them: up to 21 (") && said.contains("Half of them: up to 41 ("),
        "{said}"
    );
    assert!(
        said.contains("90% of them: up to 73 (") && said.contains("Three quarters of them: up to 61 ("),
        "{said}"
    );
    // A line for each of everybody and of two groups, and one in the table.
    let (chart, table) = block.split_once("<details>").unwrap();
    assert_eq!(
        (chart.matches("<svg").count(), chart.matches("half of them: up to").count()),
        (12, 3),
        "{chart}"
    );
    assert_eq!(table.matches("half of them: up to").count(), 3, "{table}");
    let short = between(&page, "class=\"findings\"", "</ul>");
    assert!(short.contains("Years here:</b> half of them: up to 41 ("), "{short}");

    // A second round, in which everybody has lived there for much longer.
    let file = survey.path().join("survey.toml");
    let text = fs::read_to_string(&file).unwrap();
    let text = text
        .replace("round = \"r\"", "round = \"s\"")
        .replace("[design]", "[rounds.s]\nlabel = \"S\"\n[design]");
    fs::write(&file, text).unwrap();
    let line = |a: &String| format!("{{\"enumerator\": \"a\", \"answers\": {{{a}}}}}");
    let lines: Vec<String> = lived(500).iter().map(line).collect();
    fs::write(survey.path().join("later.jsonl"), lines.join("\n")).unwrap();
    done(survey.path(), &["interview", "--answers", "later.jsonl"]);
    done(survey.path(), &["report", "--force", "--out", "report.html"]);
    let page = fs::read_to_string(survey.path().join("report.html")).unwrap();
    let change = between(&page, "id=\"change-1\"", "</section>");
    assert!(change.contains("Years here – half of them: up to"), "{change}");
    let short = between(&page, "class=\"findings\"", "</ul>");
    assert!(short.contains("Years here – half of them: up to (41 → 541)"), "{short}");
}

/// One choice that is too imprecise to be told hides itself alone, and says why.
#[test]
fn a_choice_that_is_hidden_hides_no_other() {
    let answers = |yes: usize, no: usize| {
        let lines = [vec![YES; yes], vec![NO; no]].concat();
        let survey = small("Feel safe", "No", &lines);
        add(&survey, "[disclosure]\ntoo_imprecise = 0.3\n");
        let page = report_of(&survey);
        between(&page, "id=\"i-answers\"", "</article>").to_owned()
    };
    // Of 40: 6 have a standard error of 38% of their share, 34 of 7%.
    let last = answers(34, 6);
    let (chart, table) = last.split_once("<details>").unwrap();
    assert!(chart.contains("not shown: too imprecise") && !chart.contains("no data"), "{chart}");
    assert!(table.contains("85%") && table.contains("not shown: too imprecise"), "{table}");
    let first = answers(6, 34);
    let (chart, table) = first.split_once("<details>").unwrap();
    assert!(chart.contains("not shown: too imprecise") && !chart.contains("no data"), "{chart}");
    assert!(table.contains("85%") && table.contains("not shown: too imprecise"), "{table}");
    assert!(table.contains("<td class=\"n\">40</td>"), "{table}");
}

/// `minimum_n` hides what says too little: it is said what it is, on the page, on a terminal and in a comparison.
#[test]
fn fewer_answers_than_an_indicator_wants_are_not_called_imprecise() {
    let said = |worries: &str| format!("\"worries\": [{worries}], \"worst\": [\"theft\", \"raids\"]");
    let lines = [vec![said("\"theft\""); 12], vec![said("\"theft\", \"gangs\""); 8]].concat();
    let indicators =
        WORRIES_INDICATORS.replacen("kind = \"mentions\"\n", "kind = \"mentions\"\nminimum_n = 30\n", 1);
    assert_ne!(indicators, WORRIES_INDICATORS);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let survey = survey_of(WORRIES, &indicators, &lines);
    let page = report_of(&survey);
    let block = between(&page, "id=\"i-worries\"", "</article>");
    assert!(block.contains("not shown: fewer than 30 answers") && !block.contains("imprecise"), "{block}");
    let table = on_terminal(survey.path(), "C.UTF-8", &["indicators"]);
    assert!(table.contains("not shown: fewer than 30"), "{table}");
}

#[test]
fn nobody_is_both_among_the_most_and_the_least_trusted() {
    let names = ["police", "court", "elders", "army", "mayor", "imam"];
    let question = |name: &&str| {
        format!(
            "  {{ name = \"{name}\", type = \"select_one\", list = \"yes_no\", label = \"Trust {name}?\" }},\n"
        )
    };
    let trust = |trusting: &[usize], more: &str| -> Vec<String> {
        let names = &names[..trusting.len()];
        let questionnaire = format!(
            "format = 1\nid = \"trust\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Trust\"\nlists.yes_no.choices = [{{ \
         name = \"yes\", code = 1, label = \"Yes\" }}, {{ name = \"no\", code = 2, label = \"No\" \
         }}]\n[[sections]]\nname = \"only\"\nlabel = \"Only\"\nquestions = [\n{}]\n",
            names.iter().map(question).collect::<String>()
        );
        let provider =
            |name: &&str| format!("{{ name = \"{name}\", label = \"The {name}\", type = \"formal\" }}");
        let indicator = |name: &&str| {
            format!(
                "[[indicators]]\nid = \"trust_{name}\"\ntitle = \"Trust {name}\"\ntopic = \"trust\"\nprovider = \
                 \"{name}\"\nkind = \"proportion\"\nof = \"${{{name}}} = 'yes'\"\nbase = \"valid\"\n"
            )
        };
        let indicators = format!(
            "format = 1\nproviders = [{}]\n{}",
            names.iter().map(provider).collect::<Vec<_>>().join(", "),
            names.iter().map(indicator).collect::<String>()
        );
        let answers: Vec<String> = (0..40)
            .map(|n| {
                let one = |(name, least): (&&str, &usize)| {
                    format!("\"{name}\": \"{}\"", if n < *least { "yes" } else { "no" })
                };
                names.iter().zip(trusting).map(one).collect::<Vec<_>>().join(", ")
            })
            .collect();
        let survey =
            survey_of(&questionnaire, &indicators, &answers.iter().map(String::as_str).collect::<Vec<_>>());
        add(&survey, more);
        let page = report_of(&survey);
        let short = between(&page, "class=\"findings\"", "</ul>");
        short.split("<b>").skip(1).map(|rest| rest.split("</li>").next().unwrap().to_owned()).collect()
    };
    // Three are equal and one is less trusted: it alone can be told from the others.
    let three = trust(&[30, 30, 30, 6], "");
    assert_eq!(three.len(), 1, "{three:?}");
    assert!(three[0].starts_with("Trusted least:</b> The army (15%; "), "{three:?}");
    assert!(!three[0].contains("The police") && !three[0].contains("overlap"), "{three:?}");
    // One is more trusted than five equal ones, which are more than a list holds.
    let five = trust(&[20, 20, 38, 20, 20, 20], "");
    assert_eq!(five.len(), 1, "{five:?}");
    assert!(
        five[0].starts_with("Trusted most:</b> The elders (95%; ") && !five[0].contains("mayor"),
        "{five:?}"
    );
    // Equal ones have no order, whether people trust them or not: the first is told by itself.
    for all in [[20; 4], [0; 4]] {
        let equal = trust(&all, "");
        assert!(equal.len() == 1 && equal[0].starts_with("Trust police:</b>"), "{equal:?}");
    }
    // One is hidden: it may be at either end.
    let hidden = trust(&[38, 30, 25, 20, 4], "[disclosure]\ntoo_imprecise = 0.3\n");
    assert_eq!(hidden.len(), 2, "{hidden:?}");
    for (end, first) in hidden.iter().zip(["The police", "The army"]) {
        assert!(end.split_once("</b> ").unwrap().1.starts_with(first), "{end}");
        assert!(end.contains("What is not shown may belong among them too: “The mayor”."), "{end}");
    }
}

#[test]
fn what_is_clear_is_not_said_of_imprecise_figures() {
    let page = page("clear.html", &["--round", "baseline"]);
    let mut clear = 0;
    for block in page.split("<article class=\"indicator\" id=").skip(1) {
        let Some((_, sentence)) = block.split_once("Clearly ") else { continue };
        let sentence = sentence.split('<').next().unwrap();
        let (who, _) = sentence.split_once(" for ").unwrap().1.split_once(" (").unwrap();
        let line = between(block, &format!(">{who}</span>"), "</div>");
        assert!(!line.contains("imprecise"), "{sentence}: {line}");
        clear += 1;
    }
    assert!(clear > 0);
    // Women and men feel safe after dark so differently that it is certain, but the range of women is wide.
    let dark = between(&page, "id=\"i-safe_after_dark\"", "</article>");
    let women = between(dark, ">Female</span>", "</div>");
    assert!(women.contains("imprecise") && dark.contains("that is certain, but not how much"), "{women}");
}

#[test]
fn labels_are_text_whatever_they_hold() {
    let long = "ظلام ".repeat(60);
    let hostile = format!("<script>alert(1)</script>\"'& 🏚️👩‍👩‍👧 {long}");
    let survey = small(&hostile, &hostile, &[[YES; 9].as_slice(), &[NO; 9]].concat());
    let page = report_of(&survey);
    assert!(!page.contains("<script"));
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;")
            && page.contains("👩‍👩‍👧")
            && page.contains(long.trim())
    );
    support::looked_at(&survey.path().join("report.html"));
}

#[test]
fn browsers_find_nothing_wrong_with_it() {
    let (_, folder) = &*TWO_ROUNDS;
    for language in ["en", "ar"] {
        let name = format!("look-{language}.html");
        page(&name, &["--language", language, "--enumerators"]);
        support::looked_at(&folder.join(name));
    }
}

/// What a command shows on a terminal of 80 columns.
pub fn on_terminal(folder: &Path, locale: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorstep"));
    command.current_dir(folder).args(arguments).env("COLUMNS", "80").env("LC_ALL", locale);
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_mins(1)));
    let seen = session.expect(Eof).unwrap();
    // Wider than the terminal was, so that longer lines show.
    let mut screen = vt100::Parser::new(NonZero::new(2000).unwrap(), NonZero::new(200).unwrap(), 0);
    screen.process(seen.get(0).unwrap());
    screen.screen().contents()
}

#[test]
fn terminals_show_numbers_as_tables_with_pictures() {
    let (_, folder) = &*TWO_ROUNDS;
    let table = on_terminal(
        folder,
        "C.UTF-8",
        &["indicators", "--only", "safe_after_dark,security_score", "--by", "resp_sex"],
    );
    assert!(table.contains("Female") && table.contains("├─●"), "{table}");
    // The first line tells how many interviews there are, on stderr.
    assert!(table.lines().skip(1).all(|line| line.chars().count() <= 80), "{table}");
    let plain = on_terminal(folder, "C", &["compare", "baseline", "endline", "--only", "safe_after_dark"]);
    assert!(plain.contains("45.0 -> ") && plain.contains("certain"), "{plain}");
    assert!(plain.is_ascii(), "{plain}");
    assert!(plain.lines().all(|line| line.chars().count() <= 80), "{plain}");
}

fn lines_of_json(folder: &Path, arguments: &[&str]) -> Vec<serde_json::Value> {
    let output = support::doorstep(folder, arguments, "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn programs_read_the_same_numbers_as_objects() {
    let (_, folder) = &*TWO_ROUNDS;
    let rows = lines_of_json(folder, &["indicators", "--json", "--only", "safe_day", "--by", "district"]);
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0]["domain"], "total");
    assert!(
        rows[0]["estimate"].as_f64().is_some_and(|n| (0.7..0.8).contains(&n))
            && rows[0]["n_unweighted"] == 204
    );
    let changes = lines_of_json(
        folder,
        &["compare", "baseline", "endline", "--json", "--only", "safe_after_dark", "--by", "resp_sex"],
    );
    assert!(
        changes.iter().all(|change| change["difference"].as_f64().is_some_and(|n| n > 0.1)),
        "{changes:?}"
    );
    refused(folder, &["indicators", "--only", "safe_dy"], 2, "safe_day");
    refused(folder, &["indicators", "--by", "sex"], 2, "no disaggregation `sex`");
}

#[test]
fn the_evening_shows_what_was_answered_and_keeps_harm_inside() {
    let (_, folder) = &*TWO_ROUNDS;
    let all = lines_of_json(folder, &["summary", "--json", "--round", "baseline"]);
    let of = |name: &str| all.iter().find(|object| object["question"] == name).unwrap();
    // As the answer files of the demo have it.
    let amina = all.iter().find(|object| object["enumerator"] == "amina").unwrap();
    assert_eq!((amina["interviews"].as_u64(), amina["finalised"].as_u64()), (Some(88), Some(86)));
    let day = of("safe_day");
    assert_eq!(day["n"], 204);
    let named: u64 = day["choices"].as_array().unwrap().iter().filter_map(|c| c["n"].as_u64()).sum();
    assert_eq!(named, 204);
    assert!(of("resp_age")["min"].as_f64() >= Some(18.0) && of("resp_age")["median"].is_number());
    assert!(of("member_sex")["table"] == "members" && of("member_sex")["n"].as_u64() > Some(500));
    // What could harm is counted; so are people's own words, and what tells who they are.
    assert_eq!(of("arms_common")["hidden"], "could harm respondents");
    assert!(of("arms_common")["choices"].is_null() && of("arms_common")["n"].as_u64() > Some(100));
    assert_eq!(of("phone")["hidden"], "tells who somebody is");
    let shown =
        lines_of_json(folder, &["summary", "--json", "--with", "arms_common", "--only", "arms_common"]);
    assert!(shown.iter().any(|object| object["choices"].is_array()));
    // Identifying answers stay inside, also when they are named.
    let named = lines_of_json(folder, &["summary", "--json", "--with", "phone", "--only", "phone"]);
    assert!(named.iter().all(|object| object["choices"].is_null()));
    let one = lines_of_json(
        folder,
        &["summary", "--json", "-e", "bashir", "--day", "2026-03-02", "--round", "baseline"],
    );
    assert!(one.iter().filter(|o| !o["enumerator"].is_null()).all(|o| o["enumerator"] == "bashir"));
    refused(folder, &["summary", "--only", "safe_dai"], 2, "safe_day");
    refused(folder, &["summary", "--day", "monday"], 2, "no day");
    let table = on_terminal(folder, "C.UTF-8", &["summary", "--only", "safe_day,arms_common"]);
    assert!(
        table.contains("█") && table.contains("--with arms_common") && table.contains("chandni"),
        "{table}"
    );
    // How the visits ended, by [outcomes]; and what nobody asked stands behind all questions, a line each.
    let all = on_terminal(folder, "C.UTF-8", &["summary", "--round", "baseline"]);
    assert!(all.contains("Visits: 212 with a respondent, 23 refused, 12 nobody met"), "{all}");
    let is_talk = |line: &&str| line.contains("unweighted");
    assert!(all.lines().filter(|line| !is_talk(line)).all(|line| line.chars().count() <= 80), "{all}");
    let place = |text: &str| all.find(text).unwrap_or_else(|| panic!("no {text}"));
    assert!(
        place("enumerator_no:") < place("safe_day:") && place("safe_day:") < place("\n  organisation: text")
    );
    assert!(all.contains("Can you speak with [respondent_name]?"), "{all}");
}
