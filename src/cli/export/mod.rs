//! `doorstep export`: data sets for other programs. One file per format; what they share is in `common` and `out`.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::folder::Folder;

mod common;
mod csv;
mod out;
mod packages;

/// Writes the data for other programs.
#[derive(Debug, Args)]
pub struct Export {
    #[command(subcommand)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Format {
    Csv(csv::Csv),
    Spss(packages::Spss),
    Stata(packages::Stata),
}

impl Export {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        match &self.format {
            Format::Csv(csv) => csv.run(folder),
            Format::Spss(spss) => spss.run(folder),
            Format::Stata(stata) => stata.run(folder),
        }
    }
}
