//! `doorstep export csv`.

use std::io::Write;

use anyhow::Result;
use clap::Args;

use super::common::{Common, Form, say_done, say_shortened, say_undeclared};
use super::out::{self, Target};
use crate::cli::folder::Folder;
use crate::cli::say::{count, say};
use crate::export::csv::{self, Profile};
use crate::export::{Multiple, Plan, long, package, syntax};

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
    /// One row for each answer, in `answers.csv`, and `interviews.csv` with what is about the interviews.
    #[arg(long)]
    long: bool,
}

impl Csv {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let mut options = self.common.options(folder, Multiple::Both)?;
        self.form.shape(&mut options)?;
        out::check_folder(folder, &self.common.out, self.common.force)?;
        if self.long && self.common.multiple.is_none() {
            options.multiple = Multiple::Joined;
        }
        let source = self.common.read(folder, options)?;
        let mut plan = source.plan()?;
        let out = &self.common.out;
        let profile = if self.raw { Profile::Raw } else { Profile::Spreadsheet };
        if self.long {
            long::keep_answers(&mut plan);
            let mut about = source.plan()?;
            long::keep_interviews(&mut about);
            out::write_folder(out, &source.codebook(&plan), profile, |to| {
                write_long(to, &plan, &about, profile, &source.design)
            })?;
            let answers = plan.tables.iter().map(|table| table.rows.len() * table.variables.len()).sum();
            say(format_args!("{}: {}", out.join("answers.csv").display(), count(answers, "row")));
            say_marked(&plan, profile);
            plan.tables = about.tables;
        } else {
            out::write_folder(out, &source.codebook(&plan), profile, |to| {
                write_files(to, &plan, profile, &source.design)
            })?;
            say_marked(&plan, profile);
        }
        say_done(&plan, |table| out.join(format!("{table}.csv")).display().to_string());
        say_undeclared(&plan, &source.design, syntax::Program::R);
        Ok(())
    }
}

/// Says what a spreadsheet cannot hold.
fn say_marked(plan: &Plan<'_>, profile: Profile) {
    if profile == Profile::Spreadsheet {
        say_shortened("a spreadsheet", plan.with_nul());
    }
}

fn write_files(to: &Target, plan: &Plan<'_>, profile: Profile, design: &syntax::Design) -> Result<()> {
    for table in &plan.tables {
        to.file(&format!("{}.csv", table.name), |file| Ok(csv::write(table, &plan.options, profile, file)?))?;
        if let Some(script) = syntax::r(plan, table, design, profile) {
            to.script(&format!("{}.R", table.name), &script)?;
        }
    }
    describe(to, &package::describe(plan, profile))
}

/// The answers one by one, and what is about the interviews in a file of its own.
fn write_long(
    to: &Target,
    plan: &Plan<'_>,
    about: &Plan<'_>,
    profile: Profile,
    design: &syntax::Design,
) -> Result<()> {
    write_files(to, about, profile, design)?;
    let name = long::NAME;
    to.file(&format!("{name}.csv"), |file| Ok(long::write(plan, profile, file)?))?;
    let mut description = package::describe(about, profile);
    if let Some(resources) = description["resources"].as_array_mut() {
        resources.push(package::file(name, profile, &long::describe(plan)));
    }
    describe(to, &description)
}

fn describe(to: &Target, description: &serde_json::Value) -> Result<()> {
    let text = serde_json::to_string_pretty(description)?;
    to.file(out::DESCRIPTION, |file| Ok(writeln!(file, "{text}")?))
}
