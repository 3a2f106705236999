//! `doorstep list`: interviews and how far they are.

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use fluent_bundle::FluentValue;
use serde_json::json;

use super::cases::Cases;
use super::folder::Folder;
use super::interview::short;
use super::outside;
use super::say::put;
use super::speech::{Speech, Spoken, refused};
use crate::journal::Disposition;
use crate::store::{State, Summary};
use crate::terminal::words::Words;
use crate::terminal::{gate, width};

/// Shows interviews and their state.
#[derive(Debug, Args)]
pub struct List {
    /// Only those that are not finalised.
    #[arg(long)]
    unfinished: bool,
    /// Only those in this state: `in progress`, `paused` or `finalised`.
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Only those of this enumerator.
    #[arg(long, short = 'e', value_name = "NAME")]
    enumerator: Option<String>,
    /// Only those whose last visit went so, such as `postponed`.
    #[arg(long, short = 'd', value_name = "NAME")]
    disposition: Option<String>,
    /// Only those of this round.
    #[arg(long, value_name = "NAME")]
    round: Option<String>,
    /// Only those with an appointment today or earlier.
    #[arg(long)]
    due: bool,
    /// Names the case of each interview also where the list is long.
    #[arg(long)]
    cases: bool,
    /// Shows answers in the names of cases that are sensitive or tell who somebody is, too.
    #[arg(long)]
    answers: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    speech: Speech,
}

/// A list up to this long names its cases: they are read out of each interview.
const NAMED: usize = 500;

impl List {
    /// A filter that can find nothing is a slip, not an empty list.
    fn refuse_unknown(&self, folder: &Folder, words: &Words) -> Result<()> {
        let rounds: Vec<&str> = folder.survey.rounds.iter().map(|round| round.id.as_str()).collect();
        for (message, given, all) in [
            ("no-such-state", &self.state, State::ALL.map(State::name).to_vec()),
            ("no-such-outcome", &self.disposition, Disposition::all().map(Disposition::name).collect()),
            ("no-such-round", &self.round, rounds),
        ] {
            if let Some(given) = given
                && !all.contains(&given.as_str())
            {
                let filled = [("typed", given.as_str().into()), ("all", all.join(", ").into())];
                return Err(refused(words, (message, "there-are"), &filled));
            }
        }
        Ok(())
    }

    fn shows(&self, i: &Summary, today: NaiveDate) -> bool {
        let again = i.visit.and_then(|visit| visit.again);
        (!self.unfinished || i.is_waiting())
            && self.state.as_deref().is_none_or(|state| i.state.name() == state)
            && self.enumerator.as_ref().is_none_or(|name| i.enumerator == *name)
            && self.round.as_ref().is_none_or(|round| i.round == *round)
            && self
                .disposition
                .as_deref()
                .is_none_or(|name| i.visit.is_some_and(|v| v.disposition.name() == name))
            && (!self.due || again.is_some_and(|at| at.date_naive() <= today))
    }

    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let spoken = self.speech.of(folder)?;
        let Some(store) = folder.store_to_read()? else {
            spoken.say("list-none", &[]);
            return Ok(());
        };
        self.refuse_unknown(folder, &spoken.words)?;
        let mut interviews = store.interviews()?;
        let today = outside::now().date_naive();
        interviews.retain(|i| self.shows(i, today));
        interviews.sort_by_key(|i| (i.started, i.id));
        let cases = Cases::of(folder, self.answers)?;
        let is_named = !cases.is_empty() && (self.cases || interviews.len() <= NAMED);
        let mut named = Vec::new();
        for interview in interviews.iter().filter(|_| is_named) {
            named.push(cases.name(&store, interview.id, spoken.language)?);
        }
        if self.json {
            for (n, interview) in interviews.iter().enumerate() {
                put(as_json(interview, named.get(n)))?;
            }
        } else if !interviews.is_empty() {
            table(&spoken, &interviews, &named)?;
        }
        let of = |state| FluentValue::from(interviews.iter().filter(|i| i.state == state).count());
        let filled = [
            ("all", interviews.len().into()),
            ("finalised", of(State::Finalised)),
            ("paused", of(State::Paused)),
            ("progress", of(State::InProgress)),
        ];
        spoken.say("list-counts", &filled);
        if !cases.is_empty() && !is_named {
            spoken.say("list-too-long", &[]);
        }
        Ok(())
    }
}

/// An interview for programs, in names that stay.
fn as_json(interview: &Summary, case: Option<&String>) -> serde_json::Value {
    let visit = interview.visit;
    json!({
        "id": interview.id.to_string(),
        "case": case,
        "state": interview.state.name(),
        "began": interview.started.to_rfc3339(),
        "round": interview.round,
        "enumerator": interview.enumerator,
        "answers": interview.answers,
        "conflicts": interview.conflicts,
        "questionnaire": interview.questionnaire.to_string(),
        "device": interview.device.to_string(),
        "disposition": visit.map(|visit| visit.disposition.name()),
        "appointment": visit.and_then(|visit| visit.again).map(|at| at.to_rfc3339()),
    })
}

/// The interviews as rows under a header. Names of cases stand where there are any.
fn table(spoken: &Spoken, interviews: &[Summary], named: &[String]) -> Result<()> {
    let words = &spoken.words;
    let mut rows = vec![vec![
        words.say("list-id"),
        words.say("list-state"),
        words.say("list-began"),
        words.say("list-enumerator"),
        words.say("list-answers"),
    ]];
    rows.extend(interviews.iter().map(|i| {
        vec![
            short(i.id),
            words.say(state(i.state)),
            i.started.format("%Y-%m-%d %H:%M").to_string(),
            gate::line(&i.enumerator).into_owned(),
            i.answers.to_string(),
        ]
    }));
    let last = std::iter::once(words.say("list-outcome")).chain(interviews.iter().map(|i| outcome(i, words)));
    let case =
        std::iter::once(words.say("list-case")).chain(named.iter().map(|n| gate::line(n).into_owned()));
    let mut case = case.filter(|_| !named.is_empty());
    for (row, last) in rows.iter_mut().zip(last) {
        row.extend(case.next());
        row.push(last);
    }
    let columns = rows[0].len();
    let widths: Vec<usize> =
        (0..columns).map(|n| rows.iter().map(|row| width(&row[n])).max().unwrap_or(0)).collect();
    rows.iter().try_for_each(|row| spoken.put_row(row, &widths))
}

/// The message for a state.
fn state(state: State) -> &'static str {
    match state {
        State::InProgress => "state-in-progress",
        State::Paused => "state-paused",
        State::Finalised => "state-finalised",
    }
}

/// How the last visit went, when to come again, and whether answers are in conflict.
fn outcome(interview: &Summary, words: &Words) -> String {
    let visit = interview.visit.map(|visit| words.visit(visit.disposition, visit.again));
    let conflict = (interview.conflicts > 0).then(|| words.say("list-conflict"));
    visit.into_iter().chain(conflict).collect::<Vec<_>>().join("; ")
}
