//! `doorstep export xlsx`.

use std::panic::{self, PanicHookInfo};
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;

use super::common::{Common, Form, say_done, say_shortened, unfit};
use super::out;
use crate::cli::folder::Folder;
use crate::cli::say::say;
use crate::export::{Multiple, Plan, xlsx};

/// A workbook: a sheet for the interviews and for each roster, a codebook, and the choices of all lists.
#[derive(Debug, Args)]
pub struct Xlsx {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    form: Form,
}

impl Xlsx {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let mut options = self.common.options(folder, Multiple::Both)?;
        self.form.shape(&mut options)?;
        let out = &self.common.out;
        out::check_file(folder, out, self.common.force)?;
        let source = self.common.read(folder, options)?;
        let plan = source.plan()?;
        let book = source.codebook(&plan).records(false);
        // The rows on their way go to the disk that the workbook goes to, and to no other.
        let beside = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut sheets = Vec::new();
        out::write_file(out, |file| {
            sheets = without_panic_message(|| xlsx::write(&plan, &book, beside, file)).map_err(unfit)?;
            Ok(())
        })?;
        say_sheets(&plan, &sheets);
        say_done(&plan, |table| format!("{}, {}", out.display(), names_of(table, &sheets)));
        say_shortened("a spreadsheet", plan.with_nul());
        Ok(())
    }
}

/// The sheets of a table.
fn names_of(table: &str, sheets: &[xlsx::Sheet]) -> String {
    let names = sheets.iter().filter(|sheet| sheet.table == table).map(|sheet| sheet.name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

/// Says where a table is not in the one sheet of its name.
fn say_sheets(plan: &Plan<'_>, sheets: &[xlsx::Sheet]) {
    for table in &plan.tables {
        let of_table: Vec<&xlsx::Sheet> = sheets.iter().filter(|sheet| sheet.table == table.name).collect();
        if let [first, _, ..] = of_table.as_slice() {
            say(format_args!(
                "`{}` has more rows than a sheet holds, so it goes on: {} ({} rows in the first).",
                table.name,
                names_of(&table.name, sheets),
                first.rows
            ));
        } else if of_table.iter().any(|sheet| sheet.name != table.name) {
            say(format_args!(
                "`{}` is in the sheet `{}`: its own name is too long for one, or taken.",
                table.name,
                names_of(&table.name, sheets)
            ));
        }
    }
}

/// A disk that cannot be written to is told as an error, so the library's panic about it needs no words of its own. Others
/// keep theirs.
fn without_panic_message<T>(work: impl FnOnce() -> T) -> T {
    let usual = Arc::new(panic::take_hook());
    let others = Arc::clone(&usual);
    panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
        if xlsx::lost_rows(info.payload()).is_none() {
            others(info);
        }
    }));
    let done = work();
    panic::set_hook(Box::new(move |info| usual(info)));
    done
}
