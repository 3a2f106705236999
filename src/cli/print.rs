//! `doorstep print`: a questionnaire on paper.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use super::folder::Form;
use super::say::say;
use super::{files, language_index, own};
use crate::authoring::paper;

/// Writes a questionnaire as an HTML page to print, with the skips in words.
#[derive(Debug, Args)]
pub struct Print {
    /// The questionnaire's folder or a survey's; the survey's where it is not given.
    folder: Option<PathBuf>,
    /// The language, for example `ar`.
    #[arg(long, short = 'l', value_name = "TAG")]
    language: Option<String>,
    /// The file to write.
    #[arg(long, short = 'o', value_name = "FILE")]
    out: PathBuf,
    /// Replaces the file if it exists.
    #[arg(long)]
    force: bool,
}

impl Print {
    /// Runs the command.
    pub fn run(&self, survey: &Path) -> Result<()> {
        let folder = self.folder.as_deref().unwrap_or(survey);
        let form = Form::open(folder)?;
        own::refuse_for(folder, &form, &self.out)?;
        let language = language_index(&form.questionnaire, self.language.as_deref())?;
        let page = paper::page(&form.questionnaire, language);
        files::write_whole(&self.out, self.force, |to| Ok(to.write_all(page.as_bytes())?))?;
        say(format_args!("{} written: open it in a browser and print it.", self.out.display()));
        Ok(())
    }
}
