//! `doorstep export csv`.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::common::{Common, Form, say_done};
use super::out;
use crate::cli::folder::Folder;
use crate::export::csv::{self, Profile};
use crate::export::{Multiple, Plan, package};

/// A folder of CSV files: the interviews, each roster, a codebook, and a description of them all.
#[derive(Debug, Args)]
pub struct Csv {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    form: Form,
    /// Every text exactly as it is, without the mark of UTF-8: for programs, not for spreadsheets.
    #[arg(long)]
    raw: bool,
}

const DESCRIPTION: &str = "datapackage.json";

impl Csv {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let mut options = self.common.options(folder, Multiple::Both)?;
        self.form.shape(&mut options)?;
        out::check_folder(folder, &self.common.out, self.common.force)?;
        let source = self.common.read(folder, options)?;
        let plan = source.plan()?;
        let profile = if self.raw { Profile::Raw } else { Profile::Spreadsheet };
        let book = source.codebook(&plan);
        out::write_folder(&self.common.out, &book, profile, |to| write_files(to, &plan, profile))?;
        say_done(&plan, |table| self.common.out.join(format!("{table}.csv")).display().to_string());
        Ok(())
    }
}

fn write_files(to: &Path, plan: &Plan<'_>, profile: Profile) -> Result<()> {
    for table in &plan.tables {
        out::file_in(to, &format!("{}.csv", table.name), |file| {
            Ok(csv::write(table, &plan.options, profile, file)?)
        })?;
    }
    let described = serde_json::to_string_pretty(&package::describe(plan, profile))?;
    out::file_in(to, DESCRIPTION, |file| Ok(writeln!(file, "{described}")?))
}
