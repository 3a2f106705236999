//! The catalogue of indicators: every entry is whole, and every block is compiled and computed as a user would have it.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::support;

fn page() -> String {
    fs::read_to_string(support::root().join("docs/catalogue.md")).unwrap()
}

/// The blocks of a kind: ```` ```toml kind ````.
fn blocks(page: &str, kind: &str) -> Vec<String> {
    let opening = format!("```toml {kind}\n");
    let after = page.split(&opening).skip(1);
    after.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn every_entry_says_how_to_ask_what_is_computed_of_whom_and_where_it_comes_from() {
    let page = page();
    let entries: Vec<&str> = page.split("\n### ").skip(1).collect();
    assert!(entries.len() >= 35, "{}", entries.len());
    for entry in &entries {
        let name = entry.lines().next().unwrap();
        for part in ["**Ask**", "**Number**", "**Base**", "**Source**", "```toml indicators\n"] {
            assert!(entry.contains(part), "{name} lacks {part}");
        }
        for block in blocks(entry, "indicators") {
            let of = |key: &str| block.lines().filter(|line| line.starts_with(key)).count();
            for key in ["id = ", "title = ", "topic = ", "source = ", "base = "] {
                assert_eq!(of(key), of("[[indicators]]"), "{name}: {key}");
            }
        }
    }
    for sdg in ["16.1.3", "16.1.4", "16.3.1", "16.3.3", "16.6.2", "16.7.2", "16.b.1"] {
        assert!(
            blocks(&page, "indicators").iter().any(|block| block.contains(&format!("SDG {sdg}"))),
            "{sdg}"
        );
    }
}

/// A survey with the shipped questionnaire, the questions of the catalogue, and its indicators.
fn survey(folder: &Path) {
    assert!(support::doorstep(folder, &["new", "s"], "").status.success());
    let survey = folder.join("s");
    let page = page();
    let main = survey.join("questionnaire/questionnaire.toml");
    let mut text = fs::read_to_string(&main).unwrap();
    text.push_str(
        "\n[[sections]]\nname = \"catalogue\"\nlabel = \"Catalogue\"\nrelevant = \"${respondent_consent} = 'yes'\"\n\n",
    );
    text.push_str(&blocks(&page, "questionnaire").join("\n"));
    fs::write(&main, text).unwrap();
    let indicators = format!("format = 1\n\n{}", blocks(&page, "indicators").join("\n"));
    fs::write(survey.join("indicators.toml"), indicators).unwrap();
    // They translate the shipped indicators.
    for language in ["ar", "bn", "sw"] {
        fs::remove_file(survey.join(format!("indicators.{language}.toml"))).unwrap();
    }
}

#[test]
fn every_block_compiles_and_gives_a_number() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path());
    let run = |arguments: &[&str]| {
        let output = support::doorstep(&folder.path().join("s"), arguments, "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{arguments:?}: {said}");
        (output.stdout, said)
    };
    // The new questions have no translations; nothing else is said about them.
    let (_, said) = run(&["check"]);
    let found = said.lines().filter(|line| line.starts_with("warning") || line.starts_with("error"));
    for line in found {
        assert!(line.contains("[Q05"), "{line}");
    }
    run(&["simulate", "-n", "400", "--answers", "answers.jsonl"]);
    run(&["interview", "--answers", "answers.jsonl"]);
    let (csv, _) = run(&["indicators"]);
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|h| h == name).unwrap();
    let (indicator, split) = (place("indicator"), place("disaggregation"));
    let (estimate, suppressed) = (place("estimate"), place("suppressed"));
    let mut numbers = HashSet::new();
    for row in reader.records().map(Result::unwrap).filter(|row| &row[split] == "total") {
        assert!(!row[estimate].is_empty(), "{} has no number ({})", &row[indicator], &row[suppressed]);
        numbers.insert(row[indicator].to_owned());
    }
    let written = page().matches("[[indicators]]\nid = ").count();
    assert_eq!(numbers.len(), written, "each has an id of its own");
}
