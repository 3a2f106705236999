//! `doorstep indicators`: from the store to numbers with their uncertainty.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use super::chosen::{Chosen, as_json};
use super::data;
use super::failure::Failure;
use super::folder::{Folder, refuse};
use super::results::{self, Names};
use super::say::{colour, count, put, put_bytes, say, show_drawn};
use super::{files, own, sampling};
use crate::dataset::Dataset;
use crate::diagnostic::Report;
use crate::indicators::{self, Conditions, Definitions, Options, Row, SamplingPlan};
use crate::statistics::Method;

/// Computes the survey's indicators: a table on a terminal, CSV in a pipe.
#[derive(Debug, Args)]
pub struct Indicators {
    /// The file to write; stdout where it is not given.
    #[arg(long, short = 'o', value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replaces the file if it exists.
    #[arg(long)]
    force: bool,
    /// The language of titles and labels of domains.
    #[arg(long, short = 'l', value_name = "TAG")]
    language: Option<String>,
    #[command(flatten)]
    chosen: Chosen,
    /// One JSON object a number, on stdout.
    #[arg(long, conflicts_with = "out")]
    json: bool,
}

impl Indicators {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        if let Some(path) = &self.out {
            own::refuse(folder, path)?;
            files::refuse_existing(path, self.force)?;
        }
        let Computed { mut rows, names } = compute(folder, self.language.as_deref(), &self.chosen)?;
        rows.retain(|row| self.chosen.has(&row.indicator, &row.disaggregation));
        if let Some(path) = &self.out {
            files::write_whole(path, self.force, |to| Ok(indicators::write_csv(&rows, to)?))?;
            say(format_args!("{} numbers in {}.", rows.len(), path.display()));
            return Ok(());
        }
        if self.json {
            return Ok(rows.iter().try_for_each(|row| put(as_json(Row::COLUMNS, row.cells())))?);
        }
        if io::stdout().is_terminal() {
            results::print_rows(&rows, &names, &self.chosen, folder.survey.disclosure.minimum_cell)?;
            say("`--by NAME` shows groups, `--only INDICATOR` some; `--out FILE` writes CSV.");
            return Ok(());
        }
        let mut csv = Vec::new();
        indicators::write_csv(&rows, &mut csv)?;
        Ok(put_bytes(&csv)?)
    }
}

/// The numbers of a round.
pub struct Computed {
    /// The numbers, in the order of the definitions.
    pub rows: Vec<Row>,
    /// What people call their parts.
    pub names: Names,
}

/// The design and the definitions of a survey, checked against its data.
pub struct Prepared<'d> {
    /// The design.
    pub plan: SamplingPlan<'d>,
    /// The definitions, named in the language of results.
    pub definitions: Definitions<'d>,
    /// How interviews without a respondent ended, in the order of the survey's outcomes.
    pub outcomes: Conditions<'d>,
}

impl<'d> Prepared<'d> {
    /// Checks them; mistakes are shown at their places.
    pub fn new(folder: &Folder, dataset: &'d Dataset, mut report: Report, language: usize) -> Result<Self> {
        let Some(name) = &folder.survey.indicators else {
            return Err(Failure::input("survey.toml names no file of indicators")
                .help("Add `indicators = \"indicators.toml\"`; docs/indicators.md has the format.")
                .into());
        };
        let path = folder.path(name);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let margins = sampling::margins(&folder.survey);
        let plan = SamplingPlan::compile(&sampling::texts(&folder.survey, &margins), dataset, &mut report);
        if let Some(written) = &folder.survey.disclosure.ci_method {
            indicators::check_method(written, &mut report);
        }
        let mut definitions = indicators::compile(&text, &path.display().to_string(), dataset, &mut report);
        let outcomes = sampling::outcomes(&folder.survey, dataset, &mut report);
        // The default language is that of indicators.toml itself.
        if let (Some(definitions), Some(tag)) =
            (&mut definitions, folder.questionnaire.languages.get(language).filter(|_| language > 0))
        {
            translate(definitions, &path, tag, &mut report)?;
        }
        let (Some(plan), Some(definitions), Some(outcomes), 0) =
            (plan, definitions, outcomes, report.errors())
        else {
            return Err(refuse(&mut report, "the survey"));
        };
        say_warnings(&mut report);
        Ok(Self { plan, definitions, outcomes })
    }
}

/// Names everything in a language, where there is a file for it beside that of the indicators:
/// `indicators.ar.toml`.
pub fn translate(
    definitions: &mut Definitions<'_>,
    indicators: &Path,
    tag: &str,
    report: &mut Report,
) -> Result<()> {
    let path = indicators.with_extension(format!("{tag}.toml"));
    match fs::read_to_string(&path) {
        Ok(text) => definitions.translate(&text, &path.display().to_string(), report),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
    Ok(())
}

/// What is the same for all results of a round.
pub fn options(folder: &Folder, round: &str, language: usize) -> Options {
    let disclosure = &folder.survey.disclosure;
    let method = disclosure.ci_method.as_ref();
    Options {
        survey: folder.survey.id.clone(),
        round: round.to_owned(),
        level: disclosure.ci_level,
        method: method.and_then(|written| indicators::method(&written.text)).unwrap_or(Method::Logit),
        minimum_cell: disclosure.minimum_cell,
        imprecise: Some(disclosure.imprecise),
        too_imprecise: disclosure.too_imprecise,
        language,
    }
}

/// Why there are no numbers at all.
pub fn no_numbers(error: &indicators::Error) -> anyhow::Error {
    Failure::input(format!("no numbers can be given: {error}"))
        .help("Look at [design] in survey.toml; docs/survey.md explains it.")
        .into()
}

/// Why nothing can be told of a round, and how to go on.
pub fn nobody(round: &str, finalised: usize) -> Failure {
    if finalised == 0 {
        return Failure::input(format!("the round `{round}` has no finalised interview")).help(format!(
            "`doorstep list --round {round}` shows how far its interviews are; `doorstep merge` brings those of other laptops."
        ));
    }
    Failure::input(format!(
        "the round `{round}` has {}, but none with a respondent and a place in the design",
        count(finalised, "finalised interview")
    ))
    .help("Look at `respondent` and the others under [design] in survey.toml; docs/survey.md explains them.")
}

/// Computes everything; what was left out is said on stderr.
pub fn compute(folder: &Folder, language: Option<&str>, chosen: &Chosen) -> Result<Computed> {
    let language = super::language_index(&folder.questionnaire, language)?;
    let (dataset, report) = data::read(folder)?;
    let prepared = Prepared::new(folder, &dataset, report, language)?;
    chosen.check(&prepared.definitions)?;
    let round = &folder.survey.round;
    let counted = indicators::counted(&dataset, round);
    let (sampled, flaws) = prepared.plan.evaluate(&counted);
    data::say_flaws(&flaws);
    say(format_args!(
        "{}, {} of them finalised in the round `{round}`, {} of those with a respondent.",
        count(dataset.interviews().rows(), "interview"),
        counted.len(),
        sampled.interviews()
    ));
    if sampled.interviews() == 0 {
        let Failure { message, help, .. } = nobody(round, counted.len());
        say(format_args!("There are no numbers: {message}. {}", help.unwrap_or_default()));
    }
    let options = options(folder, round, language);
    let rows = indicators::compute(&prepared.definitions, &sampled, &options).map_err(|e| no_numbers(&e))?;
    Ok(Computed { rows, names: Names::of(&prepared.definitions, language) })
}

fn say_warnings(report: &mut Report) {
    if report.warnings() > 0 {
        report.sort();
        show_drawn(&report.render(colour()));
    }
}
