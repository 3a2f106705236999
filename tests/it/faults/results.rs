//! A disk that is full when results are written: it is said which file could not be, and what to do, once.

use std::fs;
use std::path::Path;

use super::shim::{Mode, count, run};
use super::workflows::{QUESTIONS, Workflow, interview};
use super::{complaints, copy, none_of, scratch};

const INDICATORS: &str = "format = 1\n[[indicators]]\nid = \"said\"\ntitle = \"Said\"\nkind = \"proportion\"\nof = \"${q1} = 'answer 1'\"\n\
                          base = \"all\"\n";

/// A survey with interviews and an indicator.
fn prepare(folder: &Path) {
    interview(folder, QUESTIONS, ":f\ny\n");
    interview(folder, QUESTIONS, ":f\ny\n");
    let survey = fs::read_to_string(folder.join("survey.toml")).unwrap();
    let survey = survey.replacen("store =", "indicators = \"indicators.toml\"\nstore =", 1);
    fs::write(folder.join("survey.toml"), survey).unwrap();
    fs::write(folder.join("indicators.toml"), INDICATORS).unwrap();
}

/// A command that writes `results`, or `results` with an ending.
const fn command(name: &'static str, arguments: &'static [&'static str]) -> Workflow {
    Workflow { name, prepare, arguments, typed: "", promises: &[], always: |_| true, is_done_once: false }
}

const COMMANDS: [Workflow; 9] = [
    command("indicators", &["indicators", "--out", "results"]),
    command("report", &["report", "--out", "results"]),
    command("assess", &["assess", "--out", "results"]),
    command("codebook", &["codebook", "--out", "results.csv"]),
    command("csv", &["export", "csv", "--out", "results"]),
    command("xlsx", &["export", "xlsx", "--out", "results"]),
    command("sqlite", &["export", "sqlite", "--out", "results"]),
    command("parquet", &["export", "parquet", "--out", "results"]),
    command("paradata", &["export", "paradata", "--out", "results"]),
];

#[test]
fn a_full_disk_is_told_with_the_file_and_what_to_do() {
    let jobs: Vec<_> = COMMANDS.iter().collect();
    none_of(&complaints(&jobs, |workflow| {
        let (_folder, prepared) = workflow.prepared();
        let mut told = 0;
        for at in 1..=count(workflow, &prepared) {
            let folder = scratch();
            let place = folder.path().join("run");
            copy(&prepared, &place);
            let run = run(workflow, &place, Some(Mode::Full(at)));
            // What the store says of itself is tested elsewhere; and what cannot be tidied up at the end is left.
            if run.code == Some(0) || run.shown.contains("store.db") {
                continue;
            }
            told += 1;
            let is_told = run.shown.contains("error: cannot write results")
                && run.shown.matches("cannot write").count() == 1
                && run.shown.contains("help: Free some space on that disk");
            let is_there = ["results", "results.csv"].iter().any(|name| place.join(name).exists());
            if run.code != Some(4) || !is_told || is_there {
                return Err(format!("{}, call {at}, code {:?}: {}", workflow.name, run.code, run.shown));
            }
        }
        if told == 0 { Err(format!("{}: the disk was never full", workflow.name)) } else { Ok(()) }
    }));
}
