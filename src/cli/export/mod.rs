//! `doorstep export`: data sets for other programs. One file per format; what they share is in `common` and `out`.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::folder::Folder;

mod common;
mod csv;
mod ddi;
mod earlier;
mod geojson;
mod out;
mod packages;
mod paradata;
mod parquet;
mod replace;
mod sqlite;
mod xlsx;

pub use self::common::wording;

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
    Xlsx(xlsx::Xlsx),
    Parquet(parquet::Parquet),
    Sqlite(sqlite::Sqlite),
    #[command(name = "geojson")]
    GeoJson(geojson::GeoJson),
    Ddi(ddi::Ddi),
    Paradata(paradata::Paradata),
}

impl Export {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        match &self.format {
            Format::Csv(csv) => csv.run(folder),
            Format::Spss(spss) => spss.run(folder),
            Format::Stata(stata) => stata.run(folder),
            Format::Xlsx(xlsx) => xlsx.run(folder),
            Format::Parquet(parquet) => parquet.run(folder),
            Format::Sqlite(sqlite) => sqlite.run(folder),
            Format::GeoJson(geojson) => geojson.run(folder),
            Format::Ddi(ddi) => ddi.run(folder),
            Format::Paradata(paradata) => paradata.run(folder),
        }
    }
}
