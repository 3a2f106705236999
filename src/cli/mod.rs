//! The command line: one file per command, and the one place where errors become exit codes.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use self::failure::{Failure, Kind};
use self::folder::Folder;
use crate::questionnaire::Questionnaire;

mod answers;
mod assess;
mod attachments;
mod audit;
mod cases;
mod changed;
mod check;
mod chosen;
mod codebook;
mod compare;
mod conflicts;
mod data;
mod decrypt;
mod demo;
mod device;
mod diff;
mod doctor;
mod encrypt;
mod export;
mod failure;
mod files;
mod folder;
mod help;
mod indicators;
mod interview;
mod list;
mod merge;
mod new;
mod new_key;
mod outcome;
mod outside;
mod own;
mod pack;
mod packing;
mod passphrase;
mod pictures;
mod power;
mod print;
mod reading;
mod receiver;
mod recorder;
mod remove;
mod reopen;
mod report;
mod resolve;
mod results;
mod sampling;
mod say;
mod schema;
mod screen;
mod secrets;
mod show;
mod simulate;
mod speech;
mod summary;
mod test;
mod translate;
mod upgrade;
mod verify;
mod visits;
mod withdraw;

/// Offline-first household surveys: questionnaire, interviews, merge, indicators.
#[derive(Debug, Parser)]
#[command(name = "doorstep", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Arguments {
    /// The survey's folder.
    #[arg(long, short = 's', global = true, value_name = "DIR", default_value = ".")]
    survey: PathBuf,
    /// A file whose first line is the passphrase of an encrypted store; asked for where none is given.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "DOORSTEP_PASSPHRASE_FILE",
        hide_env_values = true
    )]
    passphrase_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 mistakes in the input, 2 called wrongly, 3 data refused, \
                          4 disk, lock or permission, 70 a mistake of ours";

#[derive(Debug, Subcommand)]
enum Command {
    New(new::New),
    Check(check::Check),
    Show(show::Show),
    Diff(diff::Diff),
    Print(print::Print),
    Test(test::Test),
    Simulate(simulate::Simulate),
    Schema(schema::Schema),
    Translate(translate::Translate),
    Interview(interview::InterviewArgs),
    List(list::List),
    Outcome(outcome::OutcomeArgs),
    Reopen(reopen::Reopen),
    Audit(audit::Audit),
    Upgrade(upgrade::Upgrade),
    Pack(pack::Pack),
    Verify(verify::Verify),
    NewKey(new_key::NewKey),
    Merge(merge::Merge),
    Conflicts(conflicts::Conflicts),
    Resolve(resolve::Resolve),
    Withdraw(withdraw::Withdraw),
    Remove(remove::Remove),
    Doctor(doctor::Doctor),
    Encrypt(encrypt::Encrypt),
    Passphrase(passphrase::ChangePassphrase),
    Decrypt(decrypt::Decrypt),
    Attachments(attachments::Attachments),
    Summary(summary::Summary),
    Indicators(indicators::Indicators),
    Compare(compare::Compare),
    Assess(assess::Assess),
    Report(report::Report),
    Export(export::Export),
    Codebook(codebook::CodebookArgs),
    Power(power::Power),
    Demo(demo::Demo),
}

/// Parses the command line, runs the command, and says how it went.
#[must_use]
pub fn run() -> ExitCode {
    let matches = help::grouped(Arguments::command()).get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            failure::show(&error);
            ExitCode::from(failure::exit_code(&error))
        }
    }
}

fn dispatch(arguments: &Arguments) -> Result<()> {
    let open = || Folder::open(&arguments.survey, arguments.passphrase_file.as_deref());
    match &arguments.command {
        Command::New(command) => command.run(),
        Command::Check(command) => command.run(&arguments.survey),
        Command::Show(command) => command.run(&arguments.survey),
        Command::Diff(command) => command.run(),
        Command::Print(command) => command.run(&arguments.survey),
        Command::Test(command) => command.run(&arguments.survey),
        Command::Simulate(command) => command.run(&arguments.survey),
        Command::Schema(command) => command.run(),
        Command::Translate(command) => command.run(&arguments.survey),
        Command::Interview(command) => command.run(&open()?),
        Command::List(command) => command.run(&open()?),
        Command::Outcome(command) => command.run(&open()?),
        Command::Reopen(command) => command.run(&open()?),
        Command::Audit(command) => command.run(&open()?),
        Command::Upgrade(command) => command.run(&open()?),
        Command::Pack(command) => command.run(&open()?),
        Command::Verify(command) => command.run(),
        Command::NewKey(command) => command.run(),
        Command::Merge(command) => command.run(&open()?),
        Command::Conflicts(command) => command.run(&open()?),
        Command::Resolve(command) => command.run(&open()?),
        Command::Withdraw(command) => command.run(&open()?),
        Command::Remove(command) => command.run(&open()?),
        Command::Doctor(command) => command.run(&open()?),
        Command::Encrypt(command) => command.run(&open()?),
        Command::Passphrase(command) => command.run(&open()?),
        Command::Decrypt(command) => command.run(&open()?),
        Command::Attachments(command) => command.run(&open()?),
        Command::Summary(command) => command.run(&open()?),
        Command::Indicators(command) => command.run(&open()?),
        Command::Compare(command) => command.run(&open()?),
        Command::Assess(command) => command.run(&open()?),
        Command::Report(command) => command.run(&open()?),
        Command::Export(command) => command.run(&open()?),
        Command::Codebook(command) => command.run(&arguments.survey, arguments.passphrase_file.as_deref()),
        Command::Power(command) => command.run(),
        Command::Demo(command) => command.run(),
    }
}

/// The index of a language that was asked for; the default language where none was.
fn language_index(questionnaire: &Questionnaire, tag: Option<&str>) -> Result<usize> {
    let Some(tag) = tag else { return Ok(0) };
    questionnaire.language(tag).ok_or_else(|| {
        Failure::new(Kind::Usage, format!("the questionnaire has no language `{tag}`"))
            .help(format!("It has: {}.", questionnaire.languages.join(", ")))
            .into()
    })
}
