//! `doorstep check`: questionnaire, indicators and survey, every mistake at its place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use super::cases;
use super::failure::{self, Failure};
use super::folder::{read_bundle, read_survey};
use super::say::{colour, put, say, show_drawn};
use super::{indicators, sampling};
use crate::diagnostic::{Report, Severity};
use crate::questionnaire::{self, Kind, Questionnaire};

/// Checks a survey folder or the folder of a questionnaire.
#[derive(Debug, Args)]
pub struct Check {
    /// The folder; the survey's where it is not given.
    folder: Option<PathBuf>,
    /// One JSON object a mistake, on stdout.
    #[arg(long)]
    json: bool,
    /// Check again whenever a file of the folder is saved, until Ctrl-C.
    #[arg(long, conflicts_with = "json")]
    watch: bool,
}

/// As deep below a survey's folder does anything lie that a check reads.
const DEEPEST: usize = 4;

/// How often a watched folder is looked at.
const INTERVAL: Duration = Duration::from_millis(300);

impl Check {
    /// Runs the command.
    pub fn run(&self, survey: &Path) -> Result<()> {
        let folder = self.folder.as_deref().unwrap_or(survey);
        if self.watch { watch(folder, || self.check_once(folder)) } else { self.check_once(folder) }
    }

    fn check_once(&self, folder: &Path) -> Result<()> {
        let mut reports = Vec::new();
        let summary = check(folder, &mut reports)?;
        let (mut errors, mut warnings) = (0, 0);
        for report in &mut reports {
            report.sort();
            errors += report.errors();
            warnings += report.warnings();
            if self.json {
                print_json(report)?;
            } else {
                show_drawn(&report.render(colour()));
            }
        }
        let warned = match warnings {
            0 => String::new(),
            1 => ", 1 warning".to_owned(),
            n => format!(", {n} warnings"),
        };
        if errors > 0 {
            let mistakes = if errors == 1 { "1 mistake".to_owned() } else { format!("{errors} mistakes") };
            return Err(Failure::input(format!("{mistakes}{warned} in {}", folder.display())).into());
        }
        say(format_args!("{summary}: no mistakes{warned}."));
        Ok(())
    }
}

/// Checks at once and after every change; what is wrong is shown, and the next change awaited.
fn watch(folder: &Path, check: impl Fn() -> Result<()>) -> Result<()> {
    fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    loop {
        let seen = times(folder);
        if let Err(error) = check() {
            failure::show(&error);
        }
        say(format_args!("Watching {}: save a file to check again, Ctrl-C to end.", folder.display()));
        while times(folder) == seen {
            std::thread::sleep(INTERVAL);
        }
    }
}

/// When each file that a check reads was last written. Editors that replace a file on saving are
/// seen as well as those that write into it.
fn times(folder: &Path) -> BTreeMap<PathBuf, (SystemTime, u64)> {
    let mut times = BTreeMap::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            // Links are followed, as by the check; the depth ends what leads back to itself.
            let Ok(about) = fs::metadata(&path) else { continue };
            let read = path.extension().is_some_and(|e| e == "toml" || e == "csv");
            if about.is_dir() && depth < DEEPEST {
                folders.push((path, depth + 1));
            } else if about.is_file() && read {
                times.insert(path, (about.modified().unwrap_or(SystemTime::UNIX_EPOCH), about.len()));
            }
        }
    }
    times
}

/// Checks everything in a folder that can be checked; says what there was.
fn check(folder: &Path, reports: &mut Vec<Report>) -> Result<String> {
    let mut report = Report::default();
    let survey = if folder.join("survey.toml").exists() {
        if let Some(survey) = read_survey(folder, &mut report)? {
            Some(survey)
        } else {
            reports.push(report);
            return Ok(String::new());
        }
    } else {
        None
    };
    let questionnaire_folder = survey.as_ref().map_or(folder.to_owned(), |s| folder.join(&s.questionnaire));
    let bundle = read_bundle(&questionnaire_folder)?;
    let (questionnaire, found) = questionnaire::compile(&bundle, &questionnaire_folder.display().to_string());
    reports.push(found);
    let Some(questionnaire) = questionnaire else {
        if survey.is_some() || folder.join("indicators.toml").exists() {
            say("The frame and the indicators are checked once the questionnaire has no mistakes.");
        }
        reports.push(report);
        return Ok(String::new());
    };
    let mut summary = describe(&questionnaire);
    let frame = match &survey {
        Some(survey) => sampling::read_frame(folder, survey, &mut report)?,
        None => None,
    };
    if let Some(survey) = &survey {
        cases::questions(survey, &questionnaire, &mut report);
    }
    let defined = match &survey {
        Some(survey) => survey.indicators.as_ref().map(|name| folder.join(name)),
        None => Some(folder.join("indicators.toml")).filter(|path| path.exists()),
    };
    let dataset = sampling::empty_dataset(&questionnaire, survey.as_ref(), frame.as_ref(), &mut report);
    if let Some(path) = defined {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.display().to_string();
        if let Some(mut definitions) = crate::indicators::compile(&text, &name, &dataset, &mut report) {
            for tag in questionnaire.languages.iter().skip(1) {
                indicators::translate(&mut definitions, &path, tag, &mut report)?;
            }
            summary.push_str(&format!(", {} indicators", definitions.len()));
        }
    }
    reports.push(report);
    Ok(summary)
}

fn describe(questionnaire: &Questionnaire) -> String {
    let questions = questionnaire.items.iter().filter(|i| matches!(i.kind, Kind::Question(_))).count();
    let languages = match questionnaire.languages.len() {
        1 => "1 language".to_owned(),
        n => format!("{n} languages"),
    };
    format!("{} {}: {questions} questions, {languages}", questionnaire.id, questionnaire.version)
}

fn print_json(report: &Report) -> Result<()> {
    for d in &report.diagnostics {
        let (line, column) = report.sources.line_column(&d.span);
        put(json!({
            "severity": match d.severity { Severity::Error => "error", Severity::Warning => "warning" },
            "code": d.code,
            "message": d.message,
            "file": report.sources.get(d.span.file).map(|s| s.name.as_str()),
            "line": line,
            "column": column,
            "start": d.span.range.start,
            "end": d.span.range.end,
            "label": d.label,
            "note": d.note,
            "help": d.help,
        }))?;
    }
    Ok(())
}
