//! `doorstep report`: one page for people who decide.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;

use super::compare;
use super::folder::Folder;
use super::indicators::{Prepared, no_numbers, options, refuse_own};
use super::say::say;
use super::{data, files};
use crate::dataset::{Dataset, ENUMERATOR, ROUND, STARTED, STATUS};
use crate::fieldwork::{Outcome, Tally};
use crate::indicators::{self, Contrasts, Options, Row, Sampling};
use crate::journal::Disposition;
use crate::report::assessment::{self, Gap};
use crate::report::{self, Comparison, DesignFacts, Indicator, Material, VisitsBy};
use crate::value::Value;

/// Groups are known of every visit where at least so many of the visits have one.
const NEARLY_ALL: f64 = 0.95;

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
        refuse_own(folder, &self.out)?;
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
        let options = options(folder, round, language);
        let rows =
            indicators::compute(&prepared.definitions, &sampling, &options).map_err(|e| no_numbers(&e))?;
        let gaps = gaps(&prepared, &sampling, &options, &rows).map_err(|e| no_numbers(&e))?;
        let visits = Visits::of(folder, &dataset, &prepared, round)?;
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
            visits_by: visits.by(folder, &dataset, &prepared, language, self.enumerators),
            profiles: indicators::profile(&prepared.definitions, &sampling, &options),
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

/// How groups differ, where there is one number to compare them by.
fn gaps<'r>(
    prepared: &Prepared<'_>,
    sampling: &Sampling,
    options: &Options,
    rows: &'r [Row],
) -> Result<Vec<Gap<'r>>, indicators::Error> {
    let mut contrasts = Contrasts::new(&prepared.definitions, sampling, options)?;
    let mut gaps = Vec::new();
    for of_indicator in rows.chunk_by(|one, other| one.indicator == other.indicator) {
        if of_indicator.iter().all(|row| row.category.is_empty()) {
            gaps.extend(assessment::gaps(of_indicator, &mut contrasts)?);
        }
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
        is_weighted: design.weight.is_some(),
        is_finite: design.fpc.is_some(),
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

/// The visits of a round, as rows of the table, and how each ended.
struct Visits(Vec<(usize, Outcome)>);

impl Visits {
    fn of(folder: &Folder, dataset: &Dataset, prepared: &Prepared<'_>, round: &str) -> Result<Self> {
        let noted: HashMap<String, Disposition> = match folder.store_to_read()? {
            Some(store) => store
                .interviews()?
                .into_iter()
                .filter_map(|summary| Some((summary.id.to_string(), summary.visit?.disposition)))
                .collect(),
            None => HashMap::new(),
        };
        let interviews = dataset.interviews();
        let is = |column: &str, row: usize, text: &str| {
            let value = interviews.column(column).and_then(|column| column.value(row));
            matches!(value.as_deref(), Some(Value::Text(own)) if own == text)
        };
        let outcome = |row: usize| {
            if !is(STATUS, row, "finalised") {
                return noted.get(interviews.key(row)).map_or(Outcome::Open, |noted| Outcome::from(*noted));
            }
            if prepared.plan.has_respondent(row) {
                return Outcome::Complete;
            }
            let place = prepared.outcomes.first(row).and_then(|place| folder.survey.outcomes.get(place));
            place.map_or(Outcome::Other, |(disposition, _)| Outcome::from(*disposition))
        };
        let rows = (0..interviews.rows()).filter(|row| is(ROUND, *row, round));
        Ok(Self(rows.map(|row| (row, outcome(row))).collect()))
    }

    fn tally(&self) -> Tally {
        tally(self.0.iter().map(|(_, outcome)| *outcome))
    }

    /// By every disaggregation that is known of nearly all visits, also of those without a respondent.
    fn by(
        &self,
        folder: &Folder,
        dataset: &Dataset,
        prepared: &Prepared<'_>,
        language: usize,
        with_enumerators: bool,
    ) -> Vec<VisitsBy> {
        let minimum = folder.survey.disclosure.minimum_cell;
        let rows: Vec<usize> = self.0.iter().map(|(row, _)| *row).collect();
        let mut all = Vec::new();
        let is_told = self.0.iter().any(|(_, outcome)| *outcome != Outcome::Complete);
        for split in prepared.definitions.disaggregations(language) {
            if !is_told || split.is_crossed || split.name == ENUMERATOR {
                continue;
            }
            let Some(members) = prepared.definitions.members(&split.name, &rows, language) else { continue };
            let known = members.member.iter().filter(|member| member.is_some()).count();
            if known as f64 >= NEARLY_ALL * rows.len() as f64 {
                let groups = members.groups.into_iter().map(|(_, label)| label).collect();
                all.push(self.split(Some(split.label), groups, &members.member, minimum));
            }
        }
        if let Some(column) = dataset.interviews().column(ENUMERATOR).filter(|_| with_enumerators) {
            let name = |row: &usize| column.value(*row).map(|name| name.to_string()).unwrap_or_default();
            let mut names: Vec<String> = rows.iter().map(name).collect();
            names.sort_unstable();
            names.dedup();
            let place = |row: &usize| names.binary_search(&name(row)).ok().map(|place| place as u32);
            let member: Vec<Option<u32>> = rows.iter().map(place).collect();
            all.push(self.split(None, names, &member, minimum));
        }
        all.retain(|by| by.groups.len() > 1);
        all
    }

    fn split(
        &self,
        label: Option<String>,
        groups: Vec<String>,
        member: &[Option<u32>],
        minimum: usize,
    ) -> VisitsBy {
        let of_group = |place: usize| {
            let inside = self.0.iter().zip(member).filter(move |(_, member)| **member == Some(place as u32));
            tally(inside.map(|((_, outcome), _)| *outcome))
        };
        let groups = groups.into_iter().enumerate().map(|(place, label)| (label, of_group(place)));
        let groups: Vec<(String, Tally)> = groups.filter(|(_, tally)| tally.cases() > 0).collect();
        // Few people of one group would be the rest of all others, so then none is shown.
        let is_few =
            |tally: &Tally| tally.cases() < minimum || (1..minimum).contains(&tally.count(Outcome::Complete));
        let has_few = groups.iter().any(|(_, tally)| is_few(tally));
        VisitsBy { label, groups: if has_few { Vec::new() } else { groups } }
    }
}

fn tally(outcomes: impl Iterator<Item = Outcome>) -> Tally {
    let mut tally = Tally::default();
    outcomes.for_each(|outcome| tally.add(outcome));
    tally
}
