//! What those who write questionnaires see: outline, paper, differences. Golden files stand in
//! `fixtures/authoring/`; `UPDATE_GOLDEN=1` writes them anew, to be read.

use std::path::PathBuf;

use assert_cmd::Command;

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/authoring").join(name)
}

fn doorstep(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("doorstep").unwrap();
    command.current_dir(fixture("")).args(arguments);
    command
}

fn golden(name: &str, text: &str) {
    let path = fixture(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    } else {
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "{name}");
    }
}

fn output(arguments: &[&str]) -> String {
    let output = doorstep(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_outline_says_the_logic_in_words() {
    golden("show.txt", &output(&["show", "old", "--choices"]));
    golden("show-ar.txt", &output(&["show", "old", "--language", "ar"]));
    let refused = doorstep(&["show", "old", "--language", "arr"]).assert().code(2);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("It has: en, ar."));
}

#[test]
fn the_difference_says_what_changed_for_the_data() {
    golden("diff.txt", &output(&["diff", "old", "new"]));
    assert_eq!(output(&["diff", "old", "old"]), "authoring 1 → authoring 1\nNo changes.\n");
    let lines = output(&["diff", "old", "new", "--json"]);
    let changes: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let recoded = changes.iter().find(|c| c["name"] == "yes_no").unwrap();
    assert_eq!(
        (recoded["effect"].as_str(), recoded["old"].as_str(), recoded["new"].as_str()),
        (Some("breaks"), Some("2"), Some("0"))
    );
}

/// What is gone in one direction is new in the other.
#[test]
fn the_difference_backwards_exchanges_new_and_gone() {
    let names = |text: &str, what: &str| -> Vec<String> {
        let found = text.lines().filter(|line| line.contains(what));
        let mut names: Vec<String> =
            found.map(|line| line.trim().split(':').next().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    let (there, back) = (output(&["diff", "old", "new"]), output(&["diff", "new", "old"]));
    assert_eq!(names(&there, " added"), names(&back, " removed"));
    assert_eq!(names(&there, " removed"), names(&back, " added"));
    assert!(!names(&there, " removed").is_empty());
}

#[test]
fn the_paper_holds_every_question_and_needs_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    for language in ["en", "ar"] {
        let page = folder.path().join(format!("{language}.html"));
        let out = page.to_str().unwrap();
        doorstep(&["print", "old", "--language", language, "--out", out]).assert().success();
        doorstep(&["print", "old", "--out", out]).assert().code(2);
        let html = std::fs::read_to_string(&page).unwrap();
        for outside in ["http:", "https:", "src=", "<script", "@import", "url("] {
            assert!(!html.contains(outside), "{outside}");
        }
        for number in ["A1", "B1", "B2", "B3", "B4", "B5", "B6", "B7"] {
            assert!(html.contains(&format!(">{number}</span>")), "{number}");
        }
        golden(&format!("paper-{language}.html"), &html);
    }
}

/// Skips that questionnaires of the field are full of.
const SKIPS: &str = r#"
format = 1
id = "skips"
version = "1"
language = "en"
title = "Skips"
lists.jobs.choices = [
  { name = "farm", code = 1, label = "Farming" }, { name = "herd", code = 2, label = "Herding" },
  { name = "trade", code = 3, label = "Trade" },
]
[[sections]]
name = "only"
label = "Only"
questions = [
  { name = "age", type = "integer", label = "Age", missing = ["dont_know", "refused"] },
  { name = "wife", type = "integer", label = "Her age" },
  { name = "job", type = "select_one", list = "jobs", label = "Job" },
  { name = "more", type = "select_multiple", list = "jobs", label = "More" },
  { name = "adults", type = "calculate", calculation = "${age} + ${wife}", label = "Adults here" },
  { name = "idle", type = "calculate", calculation = "${age} * 2", label = "For analysts" },
  { name = "unknown", type = "text", label = "Q", relevant = "is-dont-know(${age}) or is-refused(${age})" },
  { name = "reason", type = "text", label = "Q", relevant = "missing-reason(${age}) = 'refused'" },
  { name = "known", type = "text", label = "Q", relevant = "not(is-dont-know(${age}))" },
  { name = "one_of", type = "text", label = "Q", relevant = "${job} = 'farm' or ${job} = 'herd'" },
  { name = "none_of", type = "text", label = "Q", relevant = "${job} != 'farm' and ${job} != 'herd'" },
  { name = "neither", type = "text", label = "Q", relevant = "not(${job} = 'farm' or ${job} = 'herd')" },
  { name = "any", type = "text", label = "Q", relevant = "selected(${more}, 'farm') or selected(${more}, 'herd')" },
  { name = "not_any", type = "text", label = "Q", relevant = "not(selected(${more}, 'farm')) and not(selected(${more}, 'herd'))" },
  { name = "both", type = "text", label = "Q", relevant = "selected(${more}, 'farm') and selected(${more}, 'herd')" },
  { name = "older", type = "text", label = "Q", relevant = "${age} > ${wife}" },
  { name = "counted", type = "text", label = "Q", relevant = "${adults} >= 1" },
  { name = "strange", type = "text", label = "Q", relevant = "${age} mod 2 = 0" },
]
"#;

/// Nothing but the name of the language: its own words are Doorstep's.
const SWAHILI: &str = "language = \"sw\"\nname = \"Kiswahili\"\ntitle = \"Maruko\"\n";

#[test]
fn skips_stand_in_plain_words_and_a_formula_only_where_there_are_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("questionnaire.toml"), SKIPS).unwrap();
    std::fs::create_dir(folder.path().join("translations")).unwrap();
    std::fs::write(folder.path().join("translations/sw.toml"), SWAHILI).unwrap();
    let page = folder.path().join("paper.html");
    let print = |language: &str| {
        let (folder, out) = (folder.path().to_str().unwrap(), page.to_str().unwrap());
        doorstep(&["print", folder, "--language", language, "--force", "--out", out]).assert().success();
        std::fs::read_to_string(&page).unwrap()
    };
    let html = print("en");
    let skips: Vec<&str> = html
        .split("class=\"skip\">Ask only if ")
        .skip(1)
        .filter_map(|rest| rest.split(".</p>").next())
        .collect();
    assert_eq!(
        skips,
        [
            "A1 is “Don't know” or A1 is “Refused”",
            "A1 is “Refused”",
            "A1 is not “Don't know”",
            "A3 is “Farming” or “Herding”",
            "A3 is none of “Farming”, “Herding”",
            "A3 is none of “Farming”, “Herding”",
            "“Farming” or “Herding” is chosen in A4",
            "none of “Farming”, “Herding” is chosen in A4",
            "“Farming” is chosen in A4 and “Herding” is chosen in A4",
            "A1 is above A2",
            "“Adults here” is at least 1",
            "A1 mod 2 = 0",
        ]
    );
    assert!(html.contains("Work out: Adults here"), "who skips by it has it on paper");
    assert!(!html.contains("For analysts"), "nobody at the door needs it");
    let swahili = print("sw");
    assert!(swahili.contains("Uliza tu ikiwa A1 ni “Sijui” au A1 ni “Amekataa kujibu”."), "{swahili}");
    assert!(swahili.contains("A3 si lolote kati ya “Farming”, “Herding”"));
}
