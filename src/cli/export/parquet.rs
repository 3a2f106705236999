//! `doorstep export parquet`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
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

/// The one file in the folder of a round.
const FILE: &str = "data.parquet";

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
            let mut written = Vec::new();
            for table in &plan.tables {
                for part in parquet::parts(&plan, table) {
                    let round = to.join(&table.name).join(&part.folder);
                    fs::create_dir_all(&round).with_context(|| format!("cannot make {}", round.display()))?;
                    out::file_in(&round, FILE, |file| {
                        parquet::write(&plan, table, &part.rows, file).map_err(unfit)
                    })?;
                    written.push(round.join(FILE));
                }
            }
            remove_earlier(to, &written)
        })?;
        say_done(&plan, |table| self.common.out.join(table).display().to_string());
        Ok(())
    }
}

/// Removes the rounds and tables of an earlier export that this one does not have: whoever reads the folder would read
/// them too. Only files that such an export makes are touched.
fn remove_earlier(to: &Path, written: &[PathBuf]) -> Result<()> {
    let cannot = |path: &Path| format!("cannot remove the earlier {}", path.display());
    for table in folders_in(to)? {
        for round in folders_in(&table)? {
            let file = round.join(FILE);
            let is_ours = round
                .file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.starts_with("round"));
            if is_ours && file.is_file() && !written.contains(&file) {
                fs::remove_file(&file).with_context(|| cannot(&file))?;
                // A folder with something else in it stays.
                let _ = fs::remove_dir(&round);
                let _ = fs::remove_dir(&table);
            }
        }
    }
    Ok(())
}

fn folders_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read {}", folder.display());
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    Ok(folders)
}
