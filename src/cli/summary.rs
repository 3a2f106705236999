//! `doorstep summary`: what was answered so far, as those who lead the fieldwork want it in the evening.

use std::collections::HashMap;
use std::io;

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value as Json, json};

use super::data;
use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::outside;
use super::pictures::{Pictures, pad, put_row};
use super::say::{count, put, say};
use crate::dataset::{Dataset, ENUMERATOR, Origin, ROUND, STARTED, STATUS, Table};
use crate::diagnostic::nearest;
use crate::fieldwork::{Frequencies, Shown, TableOf, frequencies};
use crate::terminal::gate;
use crate::terminal::words::Words;
use crate::value::{Missing, Value};

/// So many choices of a list are shown; of a longer one those that were made most often.
const MOST_CHOICES: usize = 15;
/// How many columns a bar takes.
const BAR: usize = 20;
/// From so many interviews on, somebody's shares are held against those of all.
const ENOUGH: usize = 10;
/// So much more than all others, in parts of answers, is worth a look.
const MORE: f64 = 0.05;

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
    /// Questions whose answers are shown although they could harm respondents.
    #[arg(long, value_name = "QUESTION", value_delimiter = ',')]
    with: Vec<String>,
    /// The language of labels.
    #[arg(long, short = 'l', value_name = "TAG")]
    language: Option<String>,
    /// One JSON object an enumerator and a question, on stdout.
    #[arg(long)]
    json: bool,
}

/// How one enumerator's interviews go.
struct Work {
    enumerator: String,
    interviews: usize,
    finalised: usize,
    /// Minutes from the beginning to the last event, of each finalised interview; pauses count.
    minutes: Vec<i64>,
    /// Questions that were asked in them, and how many of these were don't know and refused.
    asked: usize,
    dont_know: usize,
    refused: usize,
}

impl Summary {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let language = super::language_index(&folder.questionnaire, self.language.as_deref())?;
        let round = self.round.as_deref().unwrap_or(&folder.survey.round);
        folder.check_round(round)?;
        let day = self.day.as_deref().map(day).transpose()?;
        let (dataset, _) = data::read(folder)?;
        self.check_names(&dataset)?;
        let wanted = self.wanted(&dataset, round, day);
        let works = works(&dataset, &wanted, &minutes(folder)?);
        let finalised: Vec<usize> = wanted
            .iter()
            .copied()
            .filter(|row| self.all || is(&dataset, STATUS, *row, "finalised"))
            .collect();
        let mut tables = frequencies(&dataset, &finalised, &self.with, language);
        for table in &mut tables {
            table.questions.retain(|q| self.only.is_empty() || self.only.contains(&q.name));
        }
        tables.retain(|table| !table.questions.is_empty());
        if self.json {
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
        for table in &tables {
            print_table(&pictures, table)?;
        }
        say(format_args!(
            "{} looked at, unweighted. For those who lead the fieldwork, not for publishing: `doorstep report` is.",
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
            .filter(|row| is(dataset, ROUND, *row, round))
            .filter(|row| self.enumerator.as_deref().is_none_or(|name| is(dataset, ENUMERATOR, *row, name)))
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

fn is(dataset: &Dataset, column: &str, row: usize, text: &str) -> bool {
    let value = dataset.interviews().column(column).and_then(|column| column.value(row));
    matches!(value.as_deref(), Some(Value::Text(own)) if own == text)
}

/// How many minutes each interview took, from its beginning to its last event, by its key.
fn minutes(folder: &Folder) -> Result<HashMap<String, i64>> {
    let Some(store) = folder.store_to_read()? else { return Ok(HashMap::new()) };
    let took =
        |i: crate::store::Summary| (i.id.to_string(), (i.last.wall - i.started.timestamp_millis()) / 60_000);
    Ok(store.interviews()?.into_iter().map(took).collect())
}

fn works(dataset: &Dataset, rows: &[usize], minutes: &HashMap<String, i64>) -> Vec<Work> {
    let interviews = dataset.interviews();
    let mut works: Vec<Work> = Vec::new();
    for row in rows {
        let name = interviews.column(ENUMERATOR).and_then(|column| column.value(*row));
        let name = name.map(|name| name.to_string()).unwrap_or_default();
        let place = works.iter().position(|work| work.enumerator == name).unwrap_or_else(|| {
            works.push(Work {
                enumerator: name,
                interviews: 0,
                finalised: 0,
                minutes: Vec::new(),
                asked: 0,
                dont_know: 0,
                refused: 0,
            });
            works.len() - 1
        });
        let Some(work) = works.get_mut(place) else { continue };
        work.interviews += 1;
        if !is(dataset, STATUS, *row, "finalised") {
            continue;
        }
        work.finalised += 1;
        work.minutes.extend(minutes.get(interviews.key(*row)));
        for column in interviews.columns().iter().filter(|column| column.origin == Origin::Question) {
            match column.missing(*row) {
                Some(Missing::NotAsked | Missing::NotReached) => continue,
                Some(Missing::DontKnow) => work.dont_know += 1,
                Some(Missing::Refused) => work.refused += 1,
                _ => {}
            }
            work.asked += 1;
        }
    }
    works.sort_by(|a, b| a.enumerator.cmp(&b.enumerator));
    works
}

impl Work {
    fn share(&self, n: usize) -> Option<f64> {
        (self.asked > 0).then(|| n as f64 / self.asked as f64)
    }

    fn median(&self) -> Option<i64> {
        let mut minutes = self.minutes.clone();
        minutes.sort_unstable();
        minutes.get(minutes.len() / 2).copied()
    }

    fn as_json(&self) -> Json {
        json!({
            "enumerator": self.enumerator,
            "interviews": self.interviews,
            "finalised": self.finalised,
            "median_minutes": self.median(),
            "dont_know": self.share(self.dont_know),
            "refused": self.share(self.refused),
        })
    }

    /// What is worth a look, held against all together.
    fn flags(&self, all: &Self) -> Vec<&'static str> {
        let is_more = |own: Option<f64>, of_all: Option<f64>| {
            own.zip(of_all).is_some_and(|(own, of_all)| own > 2.0 * of_all && own > of_all + MORE)
        };
        let is_short =
            self.median().zip(all.median()).is_some_and(|(own, of_all)| of_all > 4 && 2 * own < of_all);
        let mut flags = Vec::new();
        if self.finalised >= ENOUGH {
            flags.extend(is_short.then_some("short interviews"));
            let dont_know = (self.share(self.dont_know), all.share(all.dont_know));
            flags.extend(is_more(dont_know.0, dont_know.1).then_some("many don't know"));
            let refused = (self.share(self.refused), all.share(all.refused));
            flags.extend(is_more(refused.0, refused.1).then_some("many refused"));
        }
        flags
    }

    /// All together.
    fn sum(works: &[Self]) -> Self {
        let add = |of: fn(&Self) -> usize| works.iter().map(of).sum();
        Self {
            enumerator: "all".to_owned(),
            interviews: add(|work| work.interviews),
            finalised: add(|work| work.finalised),
            minutes: works.iter().flat_map(|work| work.minutes.iter().copied()).collect(),
            asked: add(|work| work.asked),
            dont_know: add(|work| work.dont_know),
            refused: add(|work| work.refused),
        }
    }
}

fn print_works(pictures: &Pictures, works: &[Work]) -> io::Result<()> {
    let all = Work::sum(works);
    put(format!(
        "{}  {:>10} {:>9} {:>8} {:>10} {:>8}",
        pad("enumerator", 16),
        "interviews",
        "finalised",
        "minutes",
        "don't know",
        "refused"
    ))?;
    let is_several = works.len() > 1;
    for work in works.iter().chain(is_several.then_some(&all)) {
        let percent = |n: usize| {
            work.share(n).map_or_else(|| pictures.none().to_owned(), |share| format!("{:.1}%", 100.0 * share))
        };
        let rest = format!(
            "{:>10} {:>9} {:>8} {:>10} {:>8}  {}",
            work.interviews,
            work.finalised,
            work.median().map_or_else(|| pictures.none().to_owned(), |minutes| minutes.to_string()),
            percent(work.dont_know),
            percent(work.refused),
            if is_several { work.flags(&all).join(", ") } else { String::new() }
        );
        put_row(&work.enumerator, (0, 16), &rest)?;
    }
    put("Minutes: the middle one of finalised interviews, pauses included.")
}

fn print_table(pictures: &Pictures, table: &TableOf) -> io::Result<()> {
    put("")?;
    put(format!("{}: {}", table.name, count(table.rows, "row")))?;
    put(pictures.rule())?;
    table.questions.iter().try_for_each(|question| print_question(pictures, question))
}

fn print_question(pictures: &Pictures, question: &Frequencies) -> io::Result<()> {
    put("")?;
    put_row(&format!("{}: {}", question.name, one_line(&question.label)), (0, pictures.columns), "")?;
    let label = pictures.columns - (2 + BAR + 2 + 7 + 1 + 7);
    match &question.shown {
        Shown::Choices { choices, several } => {
            let mut shown: Vec<&(String, String, usize)> = choices.iter().collect();
            if shown.len() > MOST_CHOICES {
                shown.sort_by_key(|(_, _, n)| std::cmp::Reverse(*n));
            }
            for (_, text, n) in shown.iter().take(MOST_CHOICES) {
                let part = if question.n == 0 { 0.0 } else { *n as f64 / question.n as f64 };
                let percent = if question.n == 0 { String::new() } else { format!("{:.1}%", 100.0 * part) };
                let rest = format!("{}  {n:>7} {percent:>7}", pictures.part(part, BAR));
                put_row(&one_line(text), (2, label), &rest)?;
            }
            if shown.len() > MOST_CHOICES {
                let rest: usize = shown.iter().skip(MOST_CHOICES).map(|(_, _, n)| n).sum();
                put(format!("  and {}, named {rest} times", count(shown.len() - MOST_CHOICES, "choice")))?;
            }
            if *several {
                put("  (several answers: more than 100% together)")?;
            }
        }
        Shown::Numbers(Some(numbers)) => {
            let short = |n: f64| if n.fract() == 0.0 { format!("{n:.0}") } else { format!("{n:.2}") };
            put(format!(
                "  smallest {}   median {}   mean {:.2}   largest {}",
                short(numbers.min),
                short(numbers.median),
                numbers.mean,
                short(numbers.max)
            ))?;
        }
        Shown::Moments(Some((first, last))) => put(format!("  from {first} to {last}"))?,
        Shown::Numbers(None) | Shown::Moments(None) => {}
        Shown::Words => put("  (people's own words: counted only)")?,
        Shown::Identifying => put("  (tells who somebody is: counted only)")?,
        Shown::Sensitive => put(format!("  (could harm respondents: `--with {}` shows it)", question.name))?,
    }
    let words = Words::of("en");
    let missing: Vec<String> =
        question.missing.iter().map(|(reason, n)| format!("{} {n}", words.missing(*reason))).collect();
    let missing = if missing.is_empty() { String::new() } else { format!("; {}", missing.join(", ")) };
    put(format!("  n {}{missing}", question.n))
}

/// Labels of several paragraphs would push the answers off the screen: their first line says enough.
fn one_line(text: &str) -> String {
    let first = text.trim().lines().next().unwrap_or_default();
    gate::line(first).into_owned()
}

fn as_json(table: &TableOf, question: &Frequencies) -> Json {
    let missing: serde_json::Map<String, Json> =
        question.missing.iter().map(|(reason, n)| (reason.name().to_owned(), json!(n))).collect();
    let mut object = json!({
        "table": table.name,
        "question": question.name,
        "label": question.label,
        "n": question.n,
        "missing": missing,
    });
    let shown = match &question.shown {
        Shown::Choices { choices, several } => {
            let all: Vec<Json> = choices
                .iter()
                .map(|(name, label, n)| json!({ "name": name, "label": label, "n": n }))
                .collect();
            json!({ "choices": all, "several": several })
        }
        Shown::Numbers(numbers) => json!({
            "min": numbers.map(|n| n.min),
            "median": numbers.map(|n| n.median),
            "mean": numbers.map(|n| n.mean),
            "max": numbers.map(|n| n.max),
        }),
        Shown::Moments(moments) => json!({
            "first": moments.as_ref().map(|(first, _)| first),
            "last": moments.as_ref().map(|(_, last)| last),
        }),
        Shown::Words => json!({ "hidden": "people's own words" }),
        Shown::Identifying => json!({ "hidden": "tells who somebody is" }),
        Shown::Sensitive => json!({ "hidden": "could harm respondents" }),
    };
    if let (Some(object), Json::Object(shown)) = (object.as_object_mut(), shown) {
        object.extend(shown);
    }
    object
}
