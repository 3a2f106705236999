//! `doorstep codebook`: what every variable means.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use clap::Args;

use super::export::wording;
use super::failure::{Failure, Kind};
use super::folder::{Folder, Form};
use super::say::{count, say};
use super::{data, files, language_index, own, sampling};
use crate::dataset::{Column, Dataset};
use crate::export::codebook::{self, Codebook};
use crate::export::csv::Profile;
use crate::export::{Missings, Multiple, Options, Plan, Shown, is_let_out};
use crate::questionnaire::Questionnaire;

/// Writes what every variable means: labels, types, choices, when it is asked, which reasons stand for no answer, and how
/// many have it. Interviews need not be there yet.
#[derive(Debug, Args)]
pub struct CodebookArgs {
    /// The questionnaire's folder or a survey's; the survey's where it is not given.
    folder: Option<PathBuf>,
    /// The file to write: a page where it ends with `.html`, a table where it ends with `.csv`.
    #[arg(long, short = 'o', value_name = "FILE")]
    out: PathBuf,
    /// Replaces the file if it exists.
    #[arg(long)]
    force: bool,
    /// The language of the page.
    #[arg(long, short = 'l', value_name = "TAG")]
    language: Option<String>,
    /// Also counts interviews that are not finalised.
    #[arg(long)]
    all: bool,
    /// Only counts interviews of this round.
    #[arg(long, value_name = "ROUND")]
    round: Option<String>,
    /// Tells how many have a value also of these, which would stay inside: by name, `trust_*`, `identifying`, `sensitive` or
    /// `text`.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    with: Vec<String>,
}

impl CodebookArgs {
    /// Runs the command.
    pub fn run(&self, survey: &Path, passphrase_file: Option<&Path>) -> Result<()> {
        let is_page = self.is_page()?;
        let survey = self.folder.as_deref().unwrap_or(survey);
        own::refuse_for(survey, &Form::open(survey)?, &self.out)?;
        files::refuse_existing(&self.out, self.force)?;
        let (questionnaire, dataset, versions) = self.read(survey, passphrase_file)?;
        let language = language_index(&questionnaire, self.language.as_deref())?;
        let mut options = Options {
            unfinished: self.all,
            round: self.round.clone(),
            with: self.with.clone(),
            without: Vec::new(),
            only: Vec::new(),
            shown: Shown::Names,
            language,
            group_names: false,
            multiple: Multiple::Both,
            missings: Missings::Beside,
            wording: questionnaire.languages.iter().map(|tag| wording(tag)).collect(),
        };
        let named = options.clone();
        // Every variable is described; what stays inside is not counted.
        options.with.extend(["identifying", "sensitive", "text"].map(str::to_owned));
        let plan = Plan::new(&dataset, options, |_| true).map_err(|unknown| {
            Failure::new(Kind::Usage, unknown.to_string()).help("`doorstep show` lists the questions.")
        })?;
        let versions: Vec<&Questionnaire> = versions.iter().map(AsRef::as_ref).collect();
        let counted = |column: &Column| is_let_out(column, &dataset, &named);
        let book = Codebook::new(&plan, &questionnaire, &versions, counted);
        files::write_whole(&self.out, self.force, |to| {
            if is_page {
                Ok(to.write_all(codebook::page(&book, language).as_bytes())?)
            } else {
                Ok(book.write_csv(Profile::Spreadsheet, to)?)
            }
        })?;
        let variables = plan.tables.iter().map(|table| table.variables.len()).sum();
        let interviews = plan.tables.first().map_or(0, |table| table.rows.len());
        say(format_args!(
            "{}: {}, {}",
            self.out.display(),
            count(variables, "variable"),
            count(interviews, "interview")
        ));
        Ok(())
    }

    /// Whether the file is a page; otherwise it is a table.
    fn is_page(&self) -> Result<bool> {
        match self.out.extension().and_then(|ending| ending.to_str()) {
            Some("html" | "htm") => Ok(true),
            Some("csv") => Ok(false),
            _ => Err(Failure::new(
                Kind::Usage,
                format!("{} is neither a page nor a table", self.out.display()),
            )
            .help("Name a file that ends with `.html` or `.csv`.")
            .into()),
        }
    }

    /// The questionnaire, the interviews as far as there are any, and the versions that are in use.
    fn read(
        &self,
        folder: &Path,
        passphrase_file: Option<&Path>,
    ) -> Result<(Arc<Questionnaire>, Dataset, Vec<Arc<Questionnaire>>)> {
        if folder.join("survey.toml").exists() {
            let folder = Folder::open(folder, passphrase_file)?;
            self.round.iter().try_for_each(|round| folder.check_round(round))?;
            if folder.store_path().exists() {
                let (mut dataset, mut report) = data::read(&folder)?;
                sampling::attach_design(&folder, self.round.as_deref(), &mut dataset, &mut report)?;
                return Ok((Arc::clone(&folder.questionnaire), dataset, data::versions(&folder)?));
            }
        }
        let questionnaire = Form::open(folder)?.questionnaire;
        let dataset = Dataset::new(&questionnaire);
        Ok((Arc::clone(&questionnaire), dataset, vec![questionnaire]))
    }
}
