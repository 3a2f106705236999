//! `doorstep export parquet`.

use anyhow::Result;
use clap::Args;

use super::common::{Common, Form, say_done, unfit};
use super::out;
use crate::cli::folder::Folder;
use crate::export::csv::Profile;
use crate::export::{Multiple, parquet};

/// A folder of Parquet data sets, one for the interviews and for each roster, in folders by round.
#[derive(Debug, Args)]
pub struct Parquet {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    form: Form,
}

impl Parquet {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let mut options = self.common.options(folder, Multiple::Both)?;
        self.form.shape(&mut options)?;
        self.form.refuse_codes("Parquet keeps reasons in the variables that end with `__missing`")?;
        out::check_folder(folder, &self.common.out, self.common.force)?;
        let source = self.common.read(folder, options)?;
        let plan = source.plan()?;
        let book = source.codebook(&plan);
        out::write_folder(&self.common.out, &book, Profile::Raw, |to| {
            for table in &plan.tables {
                for part in parquet::parts(&plan, table) {
                    to.file(&format!("{}/{}/{}", table.name, part.folder, parquet::FILE), |file| {
                        parquet::write(&plan, table, &part.rows, file).map_err(unfit)
                    })?;
                }
            }
            Ok(())
        })?;
        say_done(&plan, |table| self.common.out.join(table).display().to_string());
        Ok(())
    }
}
