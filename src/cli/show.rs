//! `doorstep show`: the outline of a questionnaire, with its logic in words.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use super::folder::Form;
use super::language_index;
use super::say::put;
use crate::outline;
use crate::questionnaire::Questionnaire;

/// Shows the outline of a questionnaire: numbers, names, types, labels, logic in words.
#[derive(Debug, Args)]
pub struct Show {
    /// The questionnaire's folder or a survey's; the survey's where it is not given.
    folder: Option<PathBuf>,
    /// The language of the labels, for example `ar`.
    #[arg(long, short = 'l', value_name = "TAG")]
    language: Option<String>,
    /// The choices of each list as well.
    #[arg(long)]
    choices: bool,
}

/// More choices of a list than this are not shown.
const SHOWN: usize = 30;

impl Show {
    /// Runs the command.
    pub fn run(&self, survey: &Path) -> Result<()> {
        let form = Form::open(self.folder.as_deref().unwrap_or(survey))?;
        let questionnaire = &form.questionnaire;
        let language = language_index(questionnaire, self.language.as_deref())?;
        put(format_args!(
            "{} {}: {} ({})",
            questionnaire.id,
            questionnaire.version,
            questionnaire.title.source(language),
            questionnaire.languages.join(", ")
        ))?;
        for line in outline::lines(questionnaire, language) {
            let indent = "  ".repeat(line.depth);
            if line.depth == 0 {
                put("")?;
                put(format_args!("{}  {}: {}", line.number, line.name, line.label))?;
            } else {
                put(format_args!("{indent}{:<5} {} ({})", line.number, line.name, line.what))?;
                if !line.label.is_empty() {
                    put(format_args!("{indent}      {}", line.label))?;
                }
            }
            for note in &line.notes {
                put(format_args!("{indent}      – {note}"))?;
            }
        }
        if self.choices { lists(questionnaire, language) } else { Ok(()) }
    }
}

fn lists(questionnaire: &Questionnaire, language: usize) -> Result<()> {
    for list in &questionnaire.lists {
        put("")?;
        put(format_args!("list {}", list.name))?;
        for choice in list.choices.iter().take(SHOWN) {
            let exclusive = if choice.exclusive { " (goes with no other)" } else { "" };
            put(format_args!(
                "  {:>4} {}: {}{exclusive}",
                choice.code,
                choice.name,
                choice.label.source(language)
            ))?;
        }
        if list.choices.len() > SHOWN {
            put(format_args!("  and {} more", list.choices.len() - SHOWN))?;
        }
    }
    Ok(())
}
