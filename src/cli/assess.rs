//! `doorstep assess`: the tables that a community security programme takes into its meetings.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::indicators::{Prepared, no_numbers, nobody, options};
use super::say::{count, say};
use super::{data, files, own};
use crate::indicators::counted;
use crate::report::assessment::{INDEX, Round, Table, assess};

/// Writes the assessment pack: ranked concerns, trust and access by provider, change, places, voice.
#[derive(Debug, Args)]
pub struct Assess {
    /// The folder to make.
    #[arg(long, short = 'o', value_name = "DIR")]
    out: PathBuf,
    /// Replaces an earlier pack in that folder.
    #[arg(long)]
    force: bool,
    /// The rounds; every round with finalised interviews where none is named.
    #[arg(long, value_name = "ROUND", value_delimiter = ',')]
    round: Vec<String>,
    /// The language of labels.
    #[arg(long, short = 'l', value_name = "TAG")]
    language: Option<String>,
}

impl Assess {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        check_out(folder, &self.out, self.force)?;
        let tables = tables(folder, &self.round, self.language.as_deref())?;
        files::write_folder(&self.out, |to| write(to, &tables))?;
        for table in &tables {
            say(format_args!("  {:<22} {:>5}  {}", table.file, table.rows(), table.answers));
        }
        say(format_args!("{} in {}.", count(tables.len(), "file"), self.out.display()));
        Ok(())
    }
}

/// Computes the pack of a survey's rounds.
pub fn tables(folder: &Folder, rounds: &[String], language: Option<&str>) -> Result<Vec<Table>> {
    rounds.iter().try_for_each(|round| folder.check_round(round))?;
    let language = super::language_index(&folder.questionnaire, language)?;
    let (dataset, report) = data::read(folder)?;
    let prepared = Prepared::new(folder, &dataset, report, language)?;
    let known = folder.survey.rounds.iter().map(|round| round.id.as_str());
    let wanted: Vec<&str> = known.filter(|id| rounds.is_empty() || rounds.iter().any(|r| r == id)).collect();
    let mut sampled = Vec::new();
    for round in wanted {
        let rows = counted(&dataset, round);
        if rows.is_empty() && rounds.is_empty() {
            continue;
        }
        let (sampling, flaws) = prepared.plan.evaluate(&rows);
        data::say_flaws(&flaws);
        if sampling.interviews() == 0 {
            return Err(nobody(round, rows.len()).into());
        }
        say(format_args!(
            "{} of the round `{round}`, {} with a respondent.",
            count(rows.len(), "finalised interview"),
            sampling.interviews()
        ));
        sampled.push((round, sampling));
    }
    if sampled.is_empty() {
        return Err(Failure::input("no round has a finalised interview")
            .help("`doorstep list` shows what there is, and how far it is.")
            .into());
    }
    let rounds: Vec<Round<'_>> = sampled
        .iter()
        .map(|(round, sampling)| Round { sampling, options: options(folder, round, language) })
        .collect();
    assess(&prepared.definitions, &rounds).map_err(|error| no_numbers(&error))
}

/// Writes the files of a pack into an empty folder.
pub fn write(to: &Path, tables: &[Table]) -> Result<()> {
    for table in tables {
        files::write_whole(&to.join(table.file), false, |file| {
            Ok(table.write(std::io::BufWriter::new(file))?)
        })?;
    }
    Ok(())
}

/// A pack goes into a new folder, or over an earlier pack: a folder that holds what its index lists, and nothing else.
fn check_out(folder: &Folder, out: &Path, force: bool) -> Result<()> {
    let usage = |what: &str, help: &str| -> Result<()> {
        Err(Failure::new(Kind::Usage, format!("{} {what}", out.display())).help(help).into())
    };
    let new = "Name a folder that does not exist yet.";
    if !out.exists() {
        return Ok(());
    }
    if !out.is_dir() {
        return usage("is not a folder", "A pack is a folder of files: name one that does not exist yet.");
    }
    if !force {
        return usage(
            "exists already",
            "Name another folder, or add --force to replace an earlier pack in it.",
        );
    }
    let Some(listed) = listed(&out.join(INDEX)) else {
        return usage("holds no earlier assessment pack", new);
    };
    let entries = fs::read_dir(out).with_context(|| format!("cannot read {}", out.display()))?;
    for entry in entries {
        let name = entry.with_context(|| format!("cannot read {}", out.display()))?.file_name();
        if name != INDEX && !listed.contains(name.to_string_lossy().as_ref()) {
            return usage(
                &format!("also holds {}", name.display()),
                "Move that elsewhere, or name a new folder.",
            );
        }
    }
    own::refuse(folder, &out.join(INDEX))
}

/// The files that an index lists; none where it is not the index of a pack.
fn listed(index: &Path) -> Option<BTreeSet<String>> {
    let mut reader = csv::Reader::from_path(index).ok()?;
    let header = reader.headers().ok()?;
    if header.get(0) != Some("file") || header.get(1) != Some("rows") {
        return None;
    }
    reader.records().map(|record| record.ok()?.get(0).map(str::to_owned)).collect()
}
