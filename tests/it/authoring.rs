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
