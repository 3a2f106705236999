//! `doorstep report`: one page for people who decide.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;

use super::compare;
use super::folder::Folder;
use super::indicators::{Prepared, no_numbers, nobody, options};
use super::say::say;
use super::visits::Visits;
use super::{data, files, own};
use crate::dataset::{Dataset, STARTED};
use crate::indicators::{self, Contrasts, Options, Row, Sampling};
use crate::report::assessment::{self, Gap};
use crate::report::{self, Comparison, DesignFacts, Indicator, Material, Population};
use crate::value::Value;

/// Writes a report to be read and printed: one HTML file that needs nothing else.
#[derive(Debug, Args)]
pub struct Report {
    /// The file to write.
    #[arg(long, short = 'o', value_name = "FILE")]
    out: PathBuf,
    /// Replaces the file if it exists.
    #[arg(long)]
    force: bool,
    /// The language of the report.
    #[arg(long, short = 'l', value_name = "TAG")]
    language: Option<String>,
    /// The round that is reported; the survey's present one where it is not given.
    #[arg(long, value_name = "ROUND")]
    round: Option<String>,
    /// Earlier rounds to compare with; without it, the first round of survey.toml that has interviews.
    #[arg(long, value_name = "ROUND", value_delimiter = ',')]
    compare: Vec<String>,
    /// Questions whose change does no harm: compare although their wording, scale or base changed.
    #[arg(long, value_name = "QUESTION", value_delimiter = ',')]
    accept: Vec<String>,
    /// Also response rates by enumerator: for those who lead the fieldwork, not for publishing.
    #[arg(long)]
    enumerators: bool,
}

/// Writes the report of a survey's present round in its own language.
pub fn write(folder: &Folder, out: &Path) -> Result<()> {
    let report = Report {
        out: out.to_owned(),
        force: true,
        language: None,
        round: None,
        compare: Vec::new(),
        accept: Vec::new(),
        enumerators: false,
    };
    report.write(folder, &folder.survey.round, &[], 0)
}

impl Report {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        own::refuse(folder, &self.out)?;
        files::refuse_existing(&self.out, self.force)?;
        let language = super::language_index(&folder.questionnaire, self.language.as_deref())?;
        let round = self.round.as_deref().unwrap_or(&folder.survey.round);
        let earlier: Vec<&str> = self.compare.iter().map(String::as_str).collect();
        compare::check_rounds(
            folder,
            &std::iter::once(round).chain(earlier.iter().copied()).collect::<Vec<_>>(),
        )?;
        compare::check_questions(folder, &self.accept)?;
        self.write(folder, round, &earlier, language)?;
        say(format_args!(
            "The report is in {}: open it in a browser, or print it from there.",
            self.out.display()
        ));
        Ok(())
    }

    fn write(&self, folder: &Folder, round: &str, earlier: &[&str], language: usize) -> Result<()> {
        let page = self.page(folder, round, earlier, language)?;
        files::write_whole(&self.out, self.force, |file| Ok(file.write_all(page.as_bytes())?))
    }

    fn page(&self, folder: &Folder, round: &str, earlier: &[&str], language: usize) -> Result<String> {
        let (dataset, report) = data::read(folder)?;
        let prepared = Prepared::new(folder, &dataset, report, language)?;
        let counted = indicators::counted(&dataset, round);
        let (sampling, flaws) = prepared.plan.evaluate(&counted);
        data::say_flaws(&flaws);
        if sampling.interviews() == 0 {
            return Err(nobody(round, counted.len()).into());
        }
        let options = options(folder, round, language);
        let rows =
            indicators::compute(&prepared.definitions, &sampling, &options).map_err(|e| no_numbers(&e))?;
        let gaps = gaps(&prepared, &sampling, &options, &rows).map_err(|e| no_numbers(&e))?;
        let profiles =
            indicators::profile(&prepared.definitions, &sampling, &options).map_err(|e| no_numbers(&e))?;
        let visits = Visits::of(folder, &dataset, (&prepared.plan, &prepared.outcomes), round)?;
        let material = Material {
            title: &folder.survey.title,
            language: folder.questionnaire.languages.get(language).map_or("en", String::as_str),
            round: label_of(folder, round),
            questionnaire: (&folder.questionnaire.id, &folder.questionnaire.version),
            fieldwork: fieldwork(&dataset, sampling.rows()),
            level: options.level,
            minimum_cell: options.minimum_cell,
            design: facts(folder, &sampling),
            visits: visits.tally(),
            visits_by: visits.by(folder, &dataset, &prepared.definitions, language, self.enumerators),
            profiles,
            indicators: prepared
                .definitions
                .about()
                .map(|about| Indicator {
                    categories: prepared.definitions.categories(about.id, language),
                    about,
                })
                .collect(),
            disaggregations: prepared.definitions.disaggregations(language),
            rows: &rows,
            gaps,
            comparisons: self.comparisons(folder, &dataset, &prepared, (round, earlier), language)?,
        };
        Ok(report::page(&material))
    }

    fn comparisons(
        &self,
        folder: &Folder,
        dataset: &Dataset,
        prepared: &Prepared<'_>,
        (round, earlier): (&str, &[&str]),
        language: usize,
    ) -> Result<Vec<Comparison>> {
        let first =
            folder.survey.rounds.iter().take_while(|known| known.id != round).map(|known| known.id.as_str());
        let first = first.filter(|id| !indicators::counted(dataset, id).is_empty()).take(1);
        let with: Vec<&str> = if earlier.is_empty() { first.collect() } else { earlier.to_vec() };
        if with.is_empty() || indicators::counted(dataset, round).is_empty() {
            return Ok(Vec::new());
        }
        with.into_iter()
            .map(|earlier| {
                Ok(Comparison {
                    first: label_of(folder, earlier).to_owned(),
                    second: label_of(folder, round).to_owned(),
                    changes: compare::changes(
                        folder,
                        dataset,
                        prepared,
                        &[earlier, round],
                        &self.accept,
                        language,
                    )?,
                })
            })
            .collect()
    }
}

/// How groups differ, where there is one number to compare them by; on all processors, in the order of the rows.
fn gaps<'r>(
    prepared: &Prepared<'_>,
    sampling: &Sampling,
    options: &Options,
    rows: &'r [Row],
) -> Result<Vec<Gap<'r>>, indicators::Error> {
    let single = |of_indicator: &&[Row]| of_indicator.iter().all(|row| row.category.is_empty());
    let numbers: Vec<&[Row]> =
        rows.chunk_by(|one, other| one.indicator == other.indicator).filter(single).collect();
    // A contrast goes over all interviews, and what it needs of them is worked out once for each part.
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let parts: Vec<&[&[Row]]> = numbers.chunks(numbers.len().div_ceil(workers).max(1)).collect();
    let of_part = |indicators: &&[&'r [Row]]| -> Result<Vec<Gap<'r>>, indicators::Error> {
        let mut contrasts = Contrasts::new(&prepared.definitions, sampling, options)?;
        let mut gaps = Vec::new();
        for of_indicator in *indicators {
            gaps.extend(assessment::gaps(of_indicator, &mut contrasts)?);
        }
        Ok(gaps)
    };
    let mut gaps = Vec::new();
    for part in indicators::on_all_processors(&parts, of_part) {
        gaps.extend(part?);
    }
    Ok(gaps)
}

fn label_of<'f>(folder: &'f Folder, round: &'f str) -> &'f str {
    folder.survey.rounds.iter().find(|known| known.id == round).map_or(round, |known| known.label.as_str())
}

fn facts(folder: &Folder, sampling: &Sampling) -> DesignFacts {
    let design = &folder.survey.design;
    let (strata, psus) = sampling.size();
    DesignFacts {
        interviews: sampling.interviews(),
        left_out: sampling.left_out(),
        strata,
        psus: design.psu.is_some().then_some(psus),
        is_weighted: design.weight.is_some() || !design.margins.is_empty(),
        population: match (design.fpc.is_some(), sampling.is_corrected()) {
            (false, _) => Population::Large,
            (true, true) => Population::Counted,
            (true, false) => Population::Refused,
        },
    }
}

/// The first and the last day of these interviews.
fn fieldwork(dataset: &Dataset, rows: &[usize]) -> Option<(NaiveDate, NaiveDate)> {
    let started = dataset.interviews().column(STARTED)?;
    let days = || {
        rows.iter().filter_map(|row| match started.value(*row).as_deref() {
            Some(Value::DateTime(at)) => Some(at.date_naive()),
            _ => None,
        })
    };
    days().min().zip(days().max())
}
