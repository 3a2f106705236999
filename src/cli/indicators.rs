//! `doorstep indicators`: from the store to numbers with their uncertainty.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use super::data;
use super::failure::{Failure, Kind};
use super::folder::{Folder, refuse};
use super::say::{colour, put, put_bytes, say, show_drawn};
use super::{files, sampling};
use crate::dataset::Dataset;
use crate::diagnostic::Report;
use crate::indicators::{self, Definitions, Options, Row, SamplingPlan};
use crate::statistics::Method;

/// Computes the survey's indicators, as CSV.
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
}

impl Indicators {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        if let Some(path) = &self.out {
            refuse_own(folder, path)?;
        }
        let rows = compute(folder, self.language.as_deref())?;
        if let Some(path) = &self.out {
            files::write_whole(path, self.force, |to| Ok(indicators::write_csv(&rows, to)?))?;
            say(format_args!("{} numbers in {}.", rows.len(), path.display()));
            return Ok(());
        }
        let mut csv = Vec::new();
        indicators::write_csv(&rows, &mut csv)?;
        Ok(put_bytes(&csv)?)
    }
}

/// The design and the definitions of a survey, checked against its data.
pub struct Prepared<'d> {
    /// The design.
    pub plan: SamplingPlan<'d>,
    /// The definitions.
    pub definitions: Definitions<'d>,
}

impl<'d> Prepared<'d> {
    /// Checks them; mistakes are shown at their places.
    pub fn new(folder: &Folder, dataset: &'d Dataset, mut report: Report) -> Result<Self> {
        let Some(name) = &folder.survey.indicators else {
            return Err(Failure::input("survey.toml names no file of indicators")
                .help("Add `indicators = \"indicators.toml\"`; docs/indicators.md has the format.")
                .into());
        };
        let path = folder.path(name);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let plan = SamplingPlan::compile(&sampling::texts(&folder.survey), dataset, &mut report);
        let definitions = indicators::compile(&text, &path.display().to_string(), dataset, &mut report);
        let (Some(plan), Some(definitions)) = (plan, definitions) else {
            return Err(refuse(&mut report, "the survey"));
        };
        say_warnings(&mut report);
        Ok(Self { plan, definitions })
    }
}

/// What is the same for all results of a round.
pub fn options(folder: &Folder, round: &str, language: usize) -> Options {
    Options {
        survey: folder.survey.id.clone(),
        round: round.to_owned(),
        level: folder.survey.disclosure.ci_level,
        method: Method::Logit,
        minimum_cell: folder.survey.disclosure.minimum_cell,
        imprecise: Some(0.3),
        too_imprecise: None,
        language,
    }
}

/// Why there are no numbers at all.
pub fn no_numbers(error: &indicators::Error) -> anyhow::Error {
    Failure::input(format!("no numbers can be given: {error}"))
        .help("Look at [design] in survey.toml; docs/survey.md explains it.")
        .into()
}

/// Computes everything; what was left out is said on stderr.
pub fn compute(folder: &Folder, language: Option<&str>) -> Result<Vec<Row>> {
    let language = super::language_index(&folder.questionnaire, language)?;
    let (dataset, report) = data::read(folder)?;
    let prepared = Prepared::new(folder, &dataset, report)?;
    let round = &folder.survey.round;
    let counted = indicators::counted(&dataset, round);
    let (sampled, flaws) = prepared.plan.evaluate(&counted);
    data::say_flaws(&flaws);
    say(format_args!(
        "{} interviews, {} of them finalised in the round `{round}`, {} of those with a respondent.",
        dataset.interviews().rows(),
        counted.len(),
        sampled.interviews()
    ));
    let options = options(folder, round, language);
    indicators::compute(&prepared.definitions, &sampled, &options).map_err(|error| no_numbers(&error))
}

fn say_warnings(report: &mut Report) {
    if report.warnings() > 0 {
        report.sort();
        show_drawn(&report.render(colour()));
    }
}

/// Results never replace what the survey lives from, not even with `--force`.
pub fn refuse_own(folder: &Folder, path: &Path) -> Result<()> {
    let Ok(there) = path.canonicalize() else { return Ok(()) };
    let survey = &folder.survey;
    let mut own = vec![folder.path("survey.toml"), folder.path(&survey.questionnaire)];
    own.extend(folder.store_path().parent().map(Path::to_owned));
    own.extend(survey.indicators.as_ref().map(|name| folder.path(name)));
    own.extend(survey.design.frame.as_ref().map(|frame| folder.path(&frame.file.text)));
    let is_own = own.iter().filter_map(|own| own.canonicalize().ok()).any(|own| there.starts_with(own));
    if is_own || !there.is_file() {
        return Err(Failure::new(Kind::Usage, format!("{} is not a place for results", path.display()))
            .help("Name a new file outside the survey's own files and its data folder.")
            .into());
    }
    Ok(())
}

/// A short table: each indicator's total, as percentages where it is a share.
pub fn print_some(rows: &[Row], most: usize) -> io::Result<()> {
    put(format_args!("   {:<52} {:>8}   {:<17} {:>5}", "", "estimate", "95% interval", "n"))?;
    let totals = rows.iter().filter(|r| r.disaggregation == "total" && r.category.is_empty());
    for row in totals.take(most) {
        let percent = matches!(row.kind, "proportion" | "net_balance");
        let shown = |number: Option<f64>| match number {
            Some(n) if percent => format!("{:.1}%", 100.0 * n),
            Some(n) => format!("{n:.2}"),
            None => "–".to_owned(),
        };
        put(format_args!(
            "   {:<52} {:>8}   {:<17} {:>5}",
            row.title.chars().take(52).collect::<String>(),
            shown(row.estimate),
            format!("{} to {}", shown(row.ci_low), shown(row.ci_high)),
            row.n_unweighted.map_or_else(|| "–".to_owned(), |n| n.to_string()),
        ))?;
    }
    Ok(())
}
