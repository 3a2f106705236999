//! `doorstep export`: data sets for other programs.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::indicators::refuse_own;
use super::say::{count, say};
use super::{data, files};
use crate::dataset::Table;
use crate::diagnostic::nearest;
use crate::export::csv::Profile;
use crate::export::{Missings, Multiple, Options, Plan, PlannedTable, Shown, csv, package};
use crate::store::sync_folder;
use crate::value::Missing;

/// Writes the data for other programs.
#[derive(Debug, Args)]
pub struct Export {
    #[command(subcommand)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Format {
    Csv(Csv),
}

/// A folder of CSV files: the interviews, each roster, a codebook, and a description of them all.
#[derive(Debug, Args)]
struct Csv {
    /// The folder to make.
    #[arg(long, short = 'o', value_name = "DIR")]
    out: PathBuf,
    /// Replaces the files of an earlier export in that folder.
    #[arg(long)]
    force: bool,
    /// Every text exactly as it is, without the mark of UTF-8: for programs, not for spreadsheets.
    #[arg(long)]
    raw: bool,
    /// Also interviews that are not finalised.
    #[arg(long)]
    all: bool,
    /// Only interviews of this round.
    #[arg(long, value_name = "ROUND")]
    round: Option<String>,
    /// Variables that go out although they tell who somebody is, could harm, or hold people's own words.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    with: Vec<String>,
    /// Variables that stay inside.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    without: Vec<String>,
    /// How choices are written.
    #[arg(long, value_enum, default_value = "names")]
    choices: Choices,
    /// The language of labels.
    #[arg(long, short = 'l', value_name = "TAG")]
    language: Option<String>,
    /// How questions with several choices are written.
    #[arg(long, value_enum, default_value = "both")]
    multiple: MultipleForm,
    /// Writes reasons for no value into the cells, as these codes: `dont_know=-88,refused=-99`.
    #[arg(long, value_name = "REASON=CODE", value_delimiter = ',')]
    missing: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Choices {
    Names,
    Codes,
    Labels,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MultipleForm {
    Split,
    Joined,
    Both,
}

impl Export {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        match &self.format {
            Format::Csv(csv) => csv.run(folder),
        }
    }
}

impl Csv {
    fn run(&self, folder: &Folder) -> Result<()> {
        let options = self.options(folder)?;
        self.check_out(folder)?;
        let (dataset, _) = data::read(folder)?;
        let plan = Plan::new(&dataset, &options).map_err(|unknown| {
            let names = dataset.tables.iter().flat_map(Table::columns).map(|column| column.name.as_str());
            let help = nearest(&unknown.0, names).map_or_else(
                || "`doorstep show` lists the questions.".to_owned(),
                |near| format!("Did you mean `{near}`?"),
            );
            Failure::new(Kind::Usage, unknown.to_string()).help(help)
        })?;
        self.write(&plan, &options)?;
        for table in &plan.tables {
            say(format_args!(
                "{}: {}, {}",
                self.out.join(format!("{}.csv", table.name())).display(),
                count(table.rows.len(), "row"),
                count(table.variables.len(), "variable")
            ));
        }
        for why in ["tells who the respondent is", "could harm the respondent", "holds people's own words"] {
            let names: Vec<&str> =
                plan.kept_back.iter().filter(|kept| kept.why == why).map(|kept| kept.name.as_str()).collect();
            if !names.is_empty() {
                say(format_args!("Kept inside ({why}; `--with` lets it out): {}", names.join(", ")));
            }
        }
        Ok(())
    }

    fn options(&self, folder: &Folder) -> Result<Options> {
        if let Some(round) = &self.round
            && !folder.survey.rounds.iter().any(|known| known.id == *round)
        {
            let known: Vec<&str> = folder.survey.rounds.iter().map(|round| round.id.as_str()).collect();
            return Err(Failure::new(Kind::Usage, format!("survey.toml has no round `{round}`"))
                .help(format!("It has: {}.", known.join(", ")))
                .into());
        }
        let language = super::language_index(&folder.questionnaire, self.language.as_deref())?;
        let mut codes = Vec::new();
        for written in &self.missing {
            let parts = written.split_once('=').filter(|(_, code)| !code.is_empty());
            let reason = parts.and_then(|(name, code)| {
                Some((
                    *Missing::ALL.iter().find(|reason| reason.name() == name.trim())?,
                    code.trim().to_owned(),
                ))
            });
            codes.push(reason.ok_or_else(|| {
                Failure::new(Kind::Usage, format!("`--missing {written}` is not a reason with its code"))
                    .help(format!(
                        "Write `--missing dont_know=-88,refused=-99`; the reasons are {}.",
                        Missing::ALL.map(Missing::name).join(", ")
                    ))
            })?);
        }
        Ok(Options {
            unfinished: self.all,
            round: self.round.clone(),
            with: self.with.clone(),
            without: self.without.clone(),
            shown: match self.choices {
                Choices::Names => Shown::Names,
                Choices::Codes => Shown::Codes,
                Choices::Labels => Shown::Labels(language),
            },
            multiple: match self.multiple {
                MultipleForm::Split => Multiple::Split,
                MultipleForm::Joined => Multiple::Joined,
                MultipleForm::Both => Multiple::Both,
            },
            missings: if codes.is_empty() { Missings::Beside } else { Missings::Coded(codes) },
        })
    }

    fn check_out(&self, folder: &Folder) -> Result<()> {
        if !self.out.exists() {
            return Ok(());
        }
        if !self.out.is_dir() {
            return Err(Failure::new(Kind::Usage, format!("{} is not a folder", self.out.display()))
                .help("An export is a folder of files: name one that does not exist yet.")
                .into());
        }
        if !self.force {
            return Err(Failure::new(Kind::Usage, format!("{} exists already", self.out.display()))
                .help("Name another folder, or add --force to replace the files of an earlier export in it.")
                .into());
        }
        // What is replaced was made by an export, and nothing else of the survey's is.
        if !self.out.join(DESCRIPTION).exists() {
            return Err(Failure::new(Kind::Usage, format!("{} holds no earlier export", self.out.display()))
                .help("Name a folder that does not exist yet.")
                .into());
        }
        refuse_own(folder, &self.out.join(DESCRIPTION))
    }

    /// A new folder appears whole or not at all; in an old one each file is replaced whole, the description last.
    fn write(&self, plan: &Plan<'_>, options: &Options) -> Result<()> {
        let profile = if self.raw { Profile::Raw } else { Profile::Spreadsheet };
        let cannot = || format!("cannot write {}", self.out.display());
        if self.out.exists() {
            return write_files(&self.out, plan, options, profile);
        }
        let parent = self.out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let made =
            tempfile::Builder::new().prefix(".doorstep-export-").tempdir_in(parent).with_context(cannot)?;
        write_files(made.path(), plan, options, profile)?;
        fs::rename(made.path(), &self.out).with_context(cannot)?;
        // It has another name now: there is nothing left to remove.
        let _ = made.keep();
        sync_folder(&self.out).with_context(cannot)
    }
}

const DESCRIPTION: &str = "datapackage.json";

fn write_files(to: &Path, plan: &Plan<'_>, options: &Options, profile: Profile) -> Result<()> {
    for table in &plan.tables {
        let path = to.join(format!("{}.csv", table.name()));
        files::write_whole(&path, true, |file| write_table(table, options, profile, file))?;
    }
    let codebook = to.join("_codebook.csv");
    files::write_whole(&codebook, true, |file| Ok(csv::write_codebook(plan, profile, file)?))?;
    let described = serde_json::to_string_pretty(&package::describe(plan, options, profile))?;
    files::write_whole(&to.join(DESCRIPTION), true, |file| Ok(writeln!(file, "{described}")?))
}

fn write_table(
    table: &PlannedTable<'_>,
    options: &Options,
    profile: Profile,
    file: &mut fs::File,
) -> Result<()> {
    let mut buffered = std::io::BufWriter::new(file);
    csv::write(table, options, profile, &mut buffered)?;
    Ok(buffered.flush()?)
}
