//! `doorstep test`: the cases beside a questionnaire, played through the engine.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use super::failure::{Failure, Kind};
use super::files;
use super::folder::Form;
use super::say::{colour, count, put, say, show_drawn};
use crate::authoring::rehearsal::{Case, Mismatch};
use crate::diagnostic::Report;
use crate::terminal::words::Words;
use crate::terminal::{gate, refusal};

/// Plays the cases in tests/ beside a questionnaire, and says what came otherwise.
#[derive(Debug, Args)]
pub struct Test {
    /// The folder of the questionnaire or of the survey; the survey's where it is not given.
    folder: Option<PathBuf>,
    /// Write what came into the cases, where `values` and `labels` expected something else.
    #[arg(long)]
    update: bool,
}

/// A file of cases.
struct File {
    path: PathBuf,
    text: String,
    cases: Vec<Case>,
}

impl Test {
    /// Runs the command.
    pub fn run(&self, survey: &Path) -> Result<()> {
        let form = Form::open(self.folder.as_deref().unwrap_or(survey))?;
        let mut report = Report::default();
        let files = read(&form, &mut report)?;
        let all: usize = files.iter().map(|file| file.cases.len()).sum();
        if all == 0 {
            let folder = form.root.join("tests");
            return Err(Failure::new(Kind::Usage, format!("there are no cases in {}", folder.display()))
                .help("Write some in a file tests/….toml beside questionnaire.toml; docs/questionnaire.md shows how.")
                .into());
        }
        let words = Words::of("en");
        let mut failed = 0;
        for file in &files {
            let mut mends = Vec::new();
            for case in &file.cases {
                let found = case.run(&form.questionnaire, &|refused: &_| refusal::worded(refused, &words));
                let name = gate::line(&case.name.text);
                if found.is_empty() {
                    put(format_args!("ok      {name}"))?;
                    continue;
                }
                let mended = self.update && found.iter().all(|mismatch| mismatch.instead.is_some());
                failed += usize::from(!mended);
                put(format_args!("{:7} {name}", if mended { "updated" } else { "FAILED" }))?;
                for mismatch in &found {
                    let (line, column) = report.sources.line_column(&mismatch.span);
                    let text = gate::line(&mismatch.text);
                    put(format_args!("        {}:{line}:{column}: {text}", file.path.display()))?;
                }
                mends.extend(found);
            }
            if self.update {
                mend(file, &mends)?;
            }
        }
        if failed > 0 {
            return Err(Failure::input(format!("{failed} of {} failed", count(all, "case"))).into());
        }
        say(format_args!("{}: all as expected.", count(all, "case")));
        Ok(())
    }
}

/// Reads the files of cases, in the order of their names.
fn read(form: &Form, report: &mut Report) -> Result<Vec<File>> {
    let folder = form.root.join("tests");
    let mut paths = Vec::new();
    if folder.is_dir() {
        let cannot = || format!("cannot read the folder {}", folder.display());
        for entry in fs::read_dir(&folder).with_context(cannot)? {
            let path = entry.with_context(cannot)?.path();
            let is_hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
            if !is_hidden && path.extension().is_some_and(|e| e == "toml") && path.is_file() {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let bytes = fs::read(&path).with_context(|| format!("cannot read {name}"))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::input(format!("{name} is not text in UTF-8")).help("Save it as UTF-8."))?;
        if let Some(cases) = Case::read(&form.questionnaire, &text, &name, report) {
            files.push(File { path, text, cases });
        }
    }
    report.sort();
    show_drawn(&report.render(colour()));
    match report.errors() {
        0 => Ok(files),
        n => {
            let what = format!("{} in {}; no case was played", count(n, "mistake"), folder.display());
            Err(Failure::input(what).into())
        }
    }
}

/// Writes what came in the place of what was expected; all else in the file stays letter by letter.
fn mend(file: &File, found: &[Mismatch]) -> Result<()> {
    let mut mends: Vec<_> =
        found.iter().filter_map(|m| Some((m.span.range.clone(), m.instead.as_ref()?))).collect();
    if mends.is_empty() {
        return Ok(());
    }
    // From the end, so that the places before stay where they are.
    mends.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = file.text.clone();
    for (range, instead) in &mends {
        text.replace_range(range.clone(), instead);
    }
    files::write_whole(&file.path, true, |to| Ok(to.write_all(text.as_bytes())?))?;
    say(format_args!("{}: {} written anew.", file.path.display(), count(mends.len(), "expectation")));
    Ok(())
}
