//! `doorstep summary`: what was answered so far, as those who lead the fieldwork want it in the evening.

mod questions;
mod units;
mod work;

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;

use self::questions::{as_json, print_table};
use self::units::Units;
use self::work::{Work, minutes, print_works, works};
use super::data;
use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::outside;
use super::pictures::{Pictures, put_row};
use super::sampling;
use super::say::{count, put, say};
use super::visits::Visits;
use crate::dataset::{Dataset, ENUMERATOR, ROUND, STARTED, STATUS, Table};
use crate::diagnostic::{Report, nearest};
use crate::fieldwork::{Outcome, frequencies};
use crate::indicators::SamplingPlan;
use crate::value::Value;

/// Shows what was answered so far: each question's answers, and how the interviews go.
///
/// Nothing is weighted, and nothing here is for publishing: the results are for those who lead the fieldwork.
#[derive(Debug, Args)]
pub struct Summary {
    /// Only interviews of this round; the survey's present one where it is not given.
    #[arg(long, value_name = "ROUND")]
    round: Option<String>,
    /// Only interviews of this enumerator.
    #[arg(long, short = 'e', value_name = "NAME")]
    enumerator: Option<String>,
    /// Only interviews that began on this day: `2026-11-25`, or `today`.
    #[arg(long, value_name = "DAY")]
    day: Option<String>,
    /// Also answers of interviews that are not finalised.
    #[arg(long)]
    all: bool,
    /// Only these questions.
    #[arg(long, value_name = "QUESTION", value_delimiter = ',')]
    only: Vec<String>,
    /// Questions whose answers are shown although they could harm respondents; the question of the sampling frame, to name its
    /// units.
    #[arg(long, value_name = "QUESTION", value_delimiter = ',')]
    with: Vec<String>,
    /// The language of labels.
    #[arg(long, short = 'l', value_name = "TAG")]
    language: Option<String>,
    /// One JSON object an enumerator and a question, and one on the units of the sampling frame, on stdout.
    #[arg(long)]
    json: bool,
}

impl Summary {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let language = super::language_index(&folder.questionnaire, self.language.as_deref())?;
        let round = self.round.as_deref().unwrap_or(&folder.survey.round);
        folder.check_round(round)?;
        let day = self.day.as_deref().map(day).transpose()?;
        let (dataset, report) = data::read(folder)?;
        self.check_names(&dataset)?;
        let wanted = self.wanted(&dataset, round, day);
        let works = works(&dataset, &wanted, &minutes(folder)?);
        let finalised: Vec<usize> = wanted
            .iter()
            .copied()
            .filter(|row| self.all || dataset.interviews().has(STATUS, *row, "finalised"))
            .collect();
        let mut tables = frequencies(&dataset, &finalised, &self.with, language);
        for table in &mut tables {
            table.questions.retain(|q| self.only.is_empty() || self.only.contains(&q.name));
        }
        tables.retain(|table| !table.questions.is_empty());
        let units = Units::of(folder, &dataset, round, &self.with)?;
        if self.json {
            units.iter().map(Units::as_json).try_for_each(put)?;
            works.iter().map(Work::as_json).try_for_each(put)?;
            let questions =
                tables.iter().flat_map(|table| table.questions.iter().map(move |q| as_json(table, q)));
            return Ok(questions.into_iter().try_for_each(put)?);
        }
        if wanted.is_empty() {
            say("No interviews there. `doorstep list` shows what there is.");
            return Ok(());
        }
        let pictures = Pictures::of_terminal();
        print_works(&pictures, &works)?;
        print_visits(&pictures, folder, &dataset, report, (round, &wanted))?;
        units.iter().try_for_each(|units| units.print(&pictures))?;
        if finalised.is_empty() {
            say(format_args!(
                "{}, but none of them is finalised: `--all` shows the answers that are there.",
                count(wanted.len(), "interview")
            ));
            return Ok(());
        }
        let interviews = dataset.interviews().name.as_str();
        for table in &tables {
            print_table(&pictures, table, table.name != interviews)?;
        }
        say(format_args!(
            "{}, unweighted: for those who lead the fieldwork. What may be published, `doorstep report` tells.",
            count(finalised.len(), "interview")
        ));
        Ok(())
    }

    /// A name that is not there is a slip.
    fn check_names(&self, dataset: &Dataset) -> Result<()> {
        let names = || dataset.tables.iter().flat_map(Table::columns).map(|column| column.name.as_str());
        match self.only.iter().chain(&self.with).find(|name| !names().any(|known| known == **name)) {
            Some(name) => {
                let help = match nearest(name, names()) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => "`doorstep show` lists the questions.".to_owned(),
                };
                Err(Failure::new(Kind::Usage, format!("there is no question `{name}`")).help(help).into())
            }
            None => Ok(()),
        }
    }

    /// The interviews of the round, the enumerator and the day, as rows of the table.
    fn wanted(&self, dataset: &Dataset, round: &str, day: Option<NaiveDate>) -> Vec<usize> {
        let began =
            |row: usize| match dataset.interviews().column(STARTED).and_then(|c| c.value(row)).as_deref() {
                Some(Value::DateTime(at)) => Some(at.date_naive()),
                _ => None,
            };
        (0..dataset.interviews().rows())
            .filter(|row| dataset.interviews().has(ROUND, *row, round))
            .filter(|row| {
                self.enumerator.as_deref().is_none_or(|name| dataset.interviews().has(ENUMERATOR, *row, name))
            })
            .filter(|row| day.is_none_or(|day| began(*row) == Some(day)))
            .collect()
    }
}

fn day(text: &str) -> Result<NaiveDate> {
    if text == "today" {
        return Ok(outside::now().date_naive());
    }
    text.parse().map_err(|_| {
        Failure::new(Kind::Usage, format!("`{text}` is no day"))
            .help("Write year, month, day: `2026-11-25`; or `today`.")
            .into()
    })
}

/// How the visits ended. It needs what survey.toml says of respondents and outcomes; mistakes there are for `doorstep check`,
/// and take nothing else away from the evening.
fn print_visits(
    pictures: &Pictures,
    folder: &Folder,
    dataset: &Dataset,
    mut report: Report,
    (round, rows): (&str, &[usize]),
) -> Result<()> {
    let margins = sampling::margins(&folder.survey);
    let plan = SamplingPlan::compile(&sampling::texts(&folder.survey, &margins), dataset, &mut report);
    let outcomes = sampling::outcomes(&folder.survey, dataset, &mut report);
    let (Some(plan), Some(outcomes)) = (plan, outcomes) else { return Ok(()) };
    let tally = Visits::of(folder, dataset, (&plan, &outcomes), round)?.tally_of(rows);
    let said: Vec<String> = Outcome::ALL
        .into_iter()
        .map(|outcome| (tally.count(outcome), outcome))
        .filter(|(n, _)| *n > 0)
        .map(|(n, outcome)| format!("{n} {}", ended(outcome)))
        .collect();
    Ok(put_row(&format!("Visits: {}.", said.join(", ")), (0, pictures.columns), "")?)
}

/// How a visit ended, behind its number.
fn ended(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Complete => "with a respondent",
        Outcome::Partial => "broken off",
        Outcome::Refused => "refused",
        Outcome::NonContact => "nobody met",
        Outcome::Other => "for another reason without",
        Outcome::Open => "still open",
        Outcome::Unknown => "not reached",
        Outcome::NotEligible => "not eligible",
    }
}
