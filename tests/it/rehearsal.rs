//! `doorstep test` and `doorstep simulate`: a questionnaire tried out before anybody is asked.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value as Json;

use crate::support;

const QUESTIONNAIRE: &str = r#"
format = 1
id = "little"
version = "1"
language = "en"
title = "Little"

[lists.yes_no]
choices = [{ name = "yes", code = 1, label = "Yes" }, { name = "no", code = 2, label = "No" }]

[[sections]]
name = "main"
label = "Main"

  [[sections.questions]]
  name = "consent"
  type = "select_one"
  list = "yes_no"
  label = "May I?"

  [[sections.questions]]
  name = "age"
  type = "integer"
  label = "Your age?"
  relevant = "${consent} = 'yes'"
  constraint = ". >= 18 and . <= 120"
  constraint_message = "An age lies between 18 and 120."
  checks = [{ when = ". > 100", message = "Over 100?" }]
  missing = ["refused"]

  [[sections.questions]]
  name = "age_group"
  type = "calculate"
  calculation = "if(${age} < 25, '18-24', '25+')"

  [[sections.questions]]
  name = "animals"
  type = "roster"
  label = "Animals"
  relevant = "${consent} = 'yes'"

    [[sections.questions.questions]]
    name = "animal"
    type = "text"
    label = "What animal?"

  [[sections.questions]]
  name = "farewell"
  type = "note"
  label = "You are ${age}."
"#;

/// A folder with this questionnaire and these cases.
fn folder(questionnaire: &str, cases: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("questionnaire.toml"), questionnaire).unwrap();
    fs::create_dir(folder.path().join("tests")).unwrap();
    if !cases.is_empty() {
        fs::write(folder.path().join("tests/a.toml"), cases).unwrap();
    }
    folder
}

fn doorstep(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_doorstep")).current_dir(folder).args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn talk(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The report of a simulation that must succeed.
#[track_caller]
fn simulated(folder: &Path, more: &[&str]) -> Json {
    let output = doorstep(folder, &[&["simulate", "--json"], more].concat());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the report says of one question.
fn question<'a>(report: &'a Json, name: &str) -> &'a Json {
    report["questions"].as_array().unwrap().iter().find(|q| q["name"] == name).unwrap()
}

const PASSING: &str = r#"
[[case]]
name = "A young person with two animals"
answers = { consent = "yes", age = 20, animals = [{ animal = "goat" }, { animal = "cow" }] }
[case.expect]
asked = ["age", "animals[2].animal"]
values = { age_group = "18-24", animals = 2, "animals[2].animal" = "cow", age = 20 }
labels = { farewell = "You are 20." }

[[case]]
name = "A refusal ends the interview"
answers = { consent = "no" }
[case.expect]
not_asked = ["age", "animals"]
values = { age = { missing = "not_asked" }, age_group = "25+" }

[[case]]
name = "A child is refused"
answers = { consent = "yes", age = 9 }
[case.expect]
refused = { question = "age", text = "between 18" }

[[case]]
name = "The age is refused by the respondent"
answers = { consent = "yes", age = { missing = "refused" } }
[case.expect]
values = { age = { empty = true } }

[[case]]
name = "Very old, and sure of it"
answers = { consent = "yes", age = { value = 104, because = "Identity card" } }
expect = { values = { age = 104 } }
"#;

#[test]
fn cases_that_hold_pass() {
    let folder = folder(QUESTIONNAIRE, PASSING);
    let output = doorstep(folder.path(), &["test"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), talk(&output));
    let lines = [
        "ok      A young person with two animals",
        "ok      A refusal ends the interview",
        "ok      A child is refused",
        "ok      The age is refused by the respondent",
        "ok      Very old, and sure of it",
    ];
    assert_eq!(out(&output), lines.join("\n") + "\n");
    assert_eq!(talk(&output), "5 cases: all as expected.\n");
}

#[test]
fn what_came_otherwise_is_said_at_its_place() {
    let cases = r#"
[[case]]
name = "Wrong everywhere"
answers = { consent = "yes", age = 30 }
[case.expect]
asked = ["animals[1].animal"]
not_asked = ["age"]
values = { age_group = "18-24", age = 31 }
labels = { farewell = "You are old." }
refused = { question = "age" }

[[case]]
name = "Does not fit"
answers = { consent = "yes", age = 9 }

[[case]]
name = "Refused with other words"
answers = { consent = "yes", age = 9 }
expect.refused = { question = "age", text = "too young" }

[[case]]
name = "Not asked"
answers = { consent = "no", age = 9 }

[[case]]
name = "Not answered"
answers = { consent = "yes" }
"#;
    let folder = folder(QUESTIONNAIRE, cases);
    let output = doorstep(folder.path(), &["test"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = r#"FAILED  Wrong everywhere
        ./tests/a.toml:6:10: `animals[1].animal` was to be asked, and is not
        ./tests/a.toml:7:14: `age` was not to be asked, and is
        ./tests/a.toml:8:24: `age_group`: expected "18-24", came "25+"
        ./tests/a.toml:8:39: `age`: expected 31, came 30
        ./tests/a.toml:9:23: `farewell` reads otherwise: expected "You are old.", came "You are 30."
        ./tests/a.toml:10:11: `age` was to be refused, and its answer was taken
FAILED  Does not fit
        ./tests/a.toml:14:30: `age`: the answer 9 is refused: An age lies between 18 and 120.
FAILED  Refused with other words
        ./tests/a.toml:19:18: the refusal of `age` was to hold "too young", and reads "An age lies between 18 and 120."
FAILED  Not asked
        ./tests/a.toml:23:29: `age` has an answer, but was not asked
FAILED  Not answered
        ./tests/a.toml:26:8: `age` is asked and has no answer
"#;
    assert_eq!(out(&output), expected);
    assert_eq!(talk(&output), "error: 5 of 5 cases failed\n");
}

#[test]
fn misspelt_cases_are_not_played() {
    let cases = r#"
[[case]]
name = "Misspelt"
anwsers = {}
answers = { consnt = "yes", animals = [{ anmal = "goat" }] }
[case.expect]
asked = ["age", "agee"]
values = { animal = "goat", farewell = 1, age = { missing = "never" } }
"#;
    let folder = folder(QUESTIONNAIRE, cases);
    let output = doorstep(folder.path(), &["test"]);
    assert_eq!(output.status.code(), Some(1));
    let said = talk(&output);
    let words = [
        "`anwsers` is not a key of a case",
        "did you mean `answers`?",
        "`consnt` is no question of this questionnaire",
        "did you mean `consent`?",
        "did you mean `animal`?",
        "a.toml:7:",
        "`agee` is no question",
        "`animal` stands in the roster `animals`",
        "\"animals[1].animal\"",
        "`farewell` holds no value",
        "nothing that `age` can hold",
        "7 mistakes in",
        "no case was played",
    ];
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
    assert_eq!(out(&output), "");
}

#[test]
fn update_writes_what_came_and_nothing_else() {
    let cases = "# kept\n[[case]]\nname = \"x\"\nanswers = { consent = \"yes\", age = 30 }\n\
                 expect.values = { age_group = \"18-24\",  age = 31 } # also kept\n\
                 expect.labels.farewell = \"?\"\n";
    let folder = folder(QUESTIONNAIRE, cases);
    let output = doorstep(folder.path(), &["test", "--update"]);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    assert_eq!(out(&output).lines().next(), Some("updated x"));
    let now = fs::read_to_string(folder.path().join("tests/a.toml")).unwrap();
    let expected = cases
        .replace("\"18-24\"", "\"25+\"")
        .replace("age = 31", "age = 30")
        .replace("\"?\"", "\"You are 30.\"");
    assert_eq!(now, expected);
    assert_eq!(doorstep(folder.path(), &["test"]).status.code(), Some(0));

    // What is not a value is the author's to mend.
    fs::write(
        folder.path().join("tests/a.toml"),
        cases
            .replace("expect.values", "expect.asked = []\nexpect.values")
            .replace("[]", "[\"animals[1].animal\"]"),
    )
    .unwrap();
    assert_eq!(doorstep(folder.path(), &["test", "--update"]).status.code(), Some(1));
}

#[test]
fn no_cases_are_no_success() {
    let folder = folder(QUESTIONNAIRE, "");
    let output = doorstep(folder.path(), &["test"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(talk(&output).contains("there are no cases in") && talk(&output).contains("help:"));
}

#[test]
fn a_new_survey_has_cases_that_pass() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(doorstep(folder.path(), &["new", "north"]).status.code(), Some(0));
    let output = doorstep(&folder.path().join("north"), &["test"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), talk(&output));
    assert!(talk(&output).contains("7 cases"), "{}", talk(&output));
}

#[test]
fn the_same_seed_gives_the_same_interviews() {
    let folder = folder(QUESTIONNAIRE, "");
    let run = |seed: &str, file: &str| {
        let arguments = ["simulate", "-n", "40", "--seed", seed, "--answers", file];
        let output = doorstep(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
        (output.stdout, fs::read(folder.path().join(file)).unwrap())
    };
    let first = run("7", "a.jsonl");
    assert_eq!(first, run("7", "b.jsonl"));
    assert_ne!(first.1, run("8", "c.jsonl").1);
    assert_eq!(first.1.split(|b| *b == b'\n').filter(|line| !line.is_empty()).count(), 40);
    let again = doorstep(folder.path(), &["simulate", "--answers", "a.jsonl"]);
    assert_eq!(again.status.code(), Some(2), "an answer file is not replaced unasked");
}

#[test]
fn respondents_see_both_sides_of_a_small_questionnaire() {
    let folder = folder(QUESTIONNAIRE, "");
    let report = simulated(folder.path(), &["-n", "200"]);
    for nothing in ["never_asked", "conditions_never_held", "conditions_always_held", "checks_never_warned"] {
        assert_eq!(report[nothing], serde_json::json!([]), "{nothing}");
    }
    assert_eq!(report["constraints_never_refused"], serde_json::json!([]));
    assert_eq!(report["finalised"], 200);
    let age = question(&report, "age");
    assert!(age["missing"].as_u64().unwrap() > 0 && age["answered"].as_u64().unwrap() > 100, "{age}");
}

#[test]
fn weights_decide() {
    let folder = folder(QUESTIONNAIRE, "");
    let weights = "[answers]\nconsent = { yes = 1, no = 0 }\nage = { from = 30, to = 33 }\n\
                   [missing]\nage = 0\n[rows]\nanimals = [0, 0, 1]\n";
    fs::write(folder.path().join("w.toml"), weights).unwrap();
    let arguments = ["-n", "50", "--weights", "w.toml", "--answers", "a.jsonl"];
    let report = simulated(folder.path(), &arguments);
    assert_eq!(question(&report, "consent")["choices"], serde_json::json!({ "yes": 50, "no": 0 }));
    assert_eq!(report["choices_never_taken"], serde_json::json!({ "consent": ["no"] }));
    assert_eq!(report["conditions_always_held"][0]["name"], "age");
    for line in fs::read_to_string(folder.path().join("a.jsonl")).unwrap().lines() {
        let line: Json = serde_json::from_str(line).unwrap();
        assert!((30..=33).contains(&line["answers"]["age"].as_i64().unwrap()), "{line}");
        assert_eq!(line["answers"]["animals"].as_array().unwrap().len(), 2, "{line}");
    }

    let wrong = "[answers]\nconsnt = { yes = 1 }\nconsent = { yess = 1 }\nanimal = { yes = 1 }\n\
                 age = { from = 9 }\n[missing]\nconsent = 0.5\nage = 2\n[rows]\nmain = [1]\n[row]\n";
    fs::write(folder.path().join("w.toml"), wrong).unwrap();
    let output = doorstep(folder.path(), &["simulate", "--weights", "w.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let said = talk(&output);
    let words = [
        "did you mean `consent`?",
        "did you mean `yes`?",
        "neither choices nor numbers",
        "{ from = 18, to = 90 }",
        "offers no reason",
        "A share lies between 0 and 1",
        "no roster whose end",
        "did you mean `rows`?",
        "8 mistakes in w.toml",
    ];
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

#[test]
fn what_is_never_reached_or_cannot_be_answered_is_named() {
    let more = r#"
  [[sections.questions]]
  name = "dead"
  type = "text"
  label = "Never asked"
  relevant = "${consent} = 'yes' and ${consent} = 'no'"

  [[sections.questions]]
  name = "impossible"
  type = "integer"
  label = "Impossible"
  constraint = ". > 5 and . < 3"
  constraint_message = "No number will do."
"#;
    let folder = folder(&format!("{QUESTIONNAIRE}{more}"), "");
    let output = doorstep(folder.path(), &["simulate", "-n", "30"]);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let words = [
        "Never asked in 30 interviews:\n  dead\n",
        "Conditions that never held in 30 interviews:\n  dead: ${consent} = 'yes' and ${consent} = 'no'\n",
        "No answer found that is accepted:\n  impossible, 30 of 30 times: No number will do.\n",
        "30 interviews, 0 of them finalised;",
        "What was never seen in 30 interviews may be possible all the same.",
    ];
    for word in words {
        assert!(out(&output).contains(word), "`{word}` is not in: {}", out(&output));
    }
}

#[test]
fn patterns_of_texts_are_met() {
    let more = r#"
  [[sections.questions]]
  name = "code"
  type = "text"
  label = "Code"
  pattern = '(?i)[A-F]{2}-(one|two)\d{3,}(x|yz)?'

  [[sections.questions]]
  name = "other_code"
  type = "text"
  label = "Other code"
  constraint = "regex(., '[KLM][0-9]{4}')"

  [[sections.questions]]
  name = "short"
  type = "text"
  label = "Short"
  constraint = "string-length(.) = 11"
"#;
    let folder = folder(&format!("{QUESTIONNAIRE}{more}"), "");
    let report = simulated(folder.path(), &["-n", "50"]);
    for name in ["code", "other_code", "short"] {
        assert_eq!(question(&report, name)["answered"], 50, "{name}");
        assert_eq!(question(&report, name)["no_answer_found"], 0, "{name}");
    }
}

/// Every interview that was held by chance is one that the answer file plays again.
#[track_caller]
fn replays(questionnaire: Option<(&str, &str)>, n: usize) {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(doorstep(folder.path(), &["new", "north"]).status.code(), Some(0));
    let survey = folder.path().join("north");
    if let Some((questionnaire, towns)) = questionnaire {
        let inside = survey.join("questionnaire");
        fs::remove_dir_all(&inside).unwrap();
        fs::create_dir(&inside).unwrap();
        fs::write(inside.join("questionnaire.toml"), questionnaire).unwrap();
        fs::write(inside.join("towns.csv"), towns).unwrap();
    }
    let count = n.to_string();
    let report = simulated(&survey, &["-n", &count, "--answers", "a.jsonl"]);
    assert!(report["finalised"].as_u64().unwrap() > n as u64 / 2, "{}", report["finalised"]);
    let played = doorstep(&survey, &["interview", "--answers", "a.jsonl"]);
    assert_eq!(played.status.code(), Some(0), "{}", talk(&played));
    let unfinished = n as u64 - report["finalised"].as_u64().unwrap();
    let words = format!("{n} interviews stored, {unfinished} of them unfinished");
    assert!(talk(&played).contains(&words), "`{words}` is not in: {}", talk(&played));
}

#[test]
fn simulated_interviews_of_community_security_replay() {
    replays(None, 150);
}

#[test]
fn simulated_interviews_of_every_type_replay() {
    let towns = "name,code,label,region\nalba,1,Alba,north\nborgo,2,Borgo,south\n";
    let every = fs::read_to_string(support::root().join("fixtures/every_type.toml")).unwrap();
    replays(Some((&every, towns)), 150);
}
