//! `doorstep export spss` and `doorstep export stata`: folders with a file for each table.

use std::cell::RefCell;
use std::fs::File;
use std::io::BufWriter;

use anyhow::Result;
use clap::Args;

use super::common::{Common, rename, say_done, say_shortened, say_undeclared, unfit};
use super::out;
use crate::cli::folder::Folder;
use crate::export::csv::Profile;
use crate::export::names::{Rules, SPSS, STATA};
use crate::export::{ExportError, Multiple, Plan, PlannedTable, Shortened, spss, stata, syntax};

/// A folder of SPSS files: the interviews, each roster, a codebook, and syntax that declares the sampling design.
#[derive(Debug, Args)]
pub struct Spss {
    #[command(flatten)]
    common: Common,
}

/// A folder of Stata files: the interviews, each roster, a codebook, and a do-file that declares the sampling design.
#[derive(Debug, Args)]
pub struct Stata {
    #[command(flatten)]
    common: Common,
}

/// A statistics program.
struct Program {
    rules: Rules,
    /// What its files' names end in.
    ending: &'static str,
    /// The script beside each file, with what its name ends in.
    script: fn(&Plan<'_>, &PlannedTable<'_>, &syntax::Design) -> Option<String>,
    script_ending: &'static str,
    syntax: syntax::Program,
    write: Write,
}

/// Writes a table, and gives what there was no room for.
type Write =
    fn(&Plan<'_>, &PlannedTable<'_>, &mut BufWriter<&mut File>) -> Result<Vec<Shortened>, ExportError>;

impl Spss {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let write = |plan: &Plan<'_>, table: &PlannedTable<'_>, to: &mut BufWriter<&mut File>| {
            spss::write(plan, table, to)
        };
        export(
            &self.common,
            folder,
            &Program {
                rules: SPSS,
                ending: "sav",
                script: syntax::spss,
                script_ending: "sps",
                syntax: syntax::Program::Spss,
                write,
            },
        )
    }
}

impl Stata {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let write = |plan: &Plan<'_>, table: &PlannedTable<'_>, to: &mut BufWriter<&mut File>| {
            stata::write(plan, table, to)
        };
        export(
            &self.common,
            folder,
            &Program {
                rules: STATA,
                ending: "dta",
                script: syntax::stata,
                script_ending: "do",
                syntax: syntax::Program::Stata,
                write,
            },
        )
    }
}

fn export(common: &Common, folder: &Folder, program: &Program) -> Result<()> {
    let options = common.options(folder, Multiple::Split)?;
    out::check_folder(folder, &common.out, common.force)?;
    let source = common.read(folder, options)?;
    let mut plan = source.plan()?;
    rename(&mut plan, &program.rules);
    let book = source.codebook(&plan);
    let file_of = |table: &str| format!("{table}.{}", program.ending);
    let shortened = RefCell::new(Vec::new());
    out::write_folder(&common.out, &book, Profile::Spreadsheet, |to| {
        for table in &plan.tables {
            to.file(&file_of(&table.name), |file| {
                shortened.borrow_mut().extend((program.write)(&plan, table, file).map_err(unfit)?);
                Ok(())
            })?;
            if let Some(script) = (program.script)(&plan, table, &source.design) {
                to.script(&format!("{}.{}", table.name, program.script_ending), &script)?;
            }
        }
        Ok(())
    })?;
    say_done(&plan, |table| common.out.join(file_of(table)).display().to_string());
    say_undeclared(&plan, &source.design, program.syntax);
    let mut shortened = shortened.into_inner();
    shortened.extend(plan.with_nul());
    say_shortened(program.rules.program, shortened);
    Ok(())
}
