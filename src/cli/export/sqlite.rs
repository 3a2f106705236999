//! `doorstep export sqlite`.

use anyhow::{Context, Result};
use clap::Args;
use rusqlite::Connection;

use super::common::{Common, rename, say_done, say_shortened, unfit};
use super::out;
use crate::cli::files;
use crate::cli::folder::Folder;
use crate::cli::say::busy;
use crate::export::{Missings, Multiple, sqlite};

/// A relational SQLite database: a table for the interviews and for each roster, tables of choices, and views with labels.
#[derive(Debug, Args)]
pub struct Sqlite {
    #[command(flatten)]
    common: Common,
}

impl Sqlite {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let mut options = self.common.options(folder, Multiple::Both)?;
        options.missings = Missings::Beside;
        let out = &self.common.out;
        out::check_file(folder, out, self.common.force)?;
        let source = self.common.read(folder, options)?;
        let mut plan = source.plan()?;
        rename(&mut plan, &sqlite::NAMES);
        let book = source.codebook(&plan).records(false);
        let bar = busy("Writing", &out.display().to_string());
        let written = files::write_whole_at(out, true, |path| {
            let mut database = Connection::open(path)
                .with_context(|| format!("cannot make a database in {}", path.display()))?;
            sqlite::write(&plan, &book, &mut database).map_err(unfit)?;
            Ok(database.close().map_err(|(_, error)| error)?)
        });
        bar.finish_and_clear();
        written?;
        say_done(&plan, |table| format!("{}, {table}", out.display()));
        say_shortened("a text of SQLite", plan.with_nul());
        Ok(())
    }
}
