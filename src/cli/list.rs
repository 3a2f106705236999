//! `doorstep list`: interviews and how far they are.

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use serde_json::json;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::interview::short;
use super::outside;
use super::say::{count, put, say};
use crate::journal::Disposition;
use crate::store::{State, Summary};
use crate::terminal::gate;

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
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

impl List {
    /// A filter that can find nothing is a slip, not an empty list.
    fn refuse_unknown(&self, folder: &Folder) -> Result<()> {
        let rounds: Vec<&str> = folder.survey.rounds.iter().map(|round| round.id.as_str()).collect();
        for (what, given, all) in [
            ("state", &self.state, State::ALL.map(State::name).to_vec()),
            ("outcome", &self.disposition, Disposition::all().map(Disposition::name).collect()),
            ("round", &self.round, rounds),
        ] {
            if let Some(given) = given
                && !all.contains(&given.as_str())
            {
                return Err(Failure::new(Kind::Usage, format!("there is no {what} `{given}`"))
                    .help(format!("There are: {}.", all.join(", ")))
                    .into());
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
        let Some(store) = folder.store_to_read()? else {
            say("No interviews yet: `doorstep interview` begins one.");
            return Ok(());
        };
        let mut interviews = store.interviews()?;
        self.refuse_unknown(folder)?;
        let today = outside::now().date_naive();
        interviews.retain(|i| self.shows(i, today));
        interviews.sort_by_key(|i| (i.started, i.id));
        if !self.json && !interviews.is_empty() {
            put(format_args!(
                "{:<8}  {:<11}  {:<16}  {:<12}  {:>7}  {:<8}  outcome",
                "id", "state", "began", "enumerator", "answers", "device"
            ))?;
        }
        for i in &interviews {
            if self.json {
                put(json!({
                    "id": i.id.to_string(),
                    "state": i.state.name(),
                    "began": i.started.to_rfc3339(),
                    "round": i.round,
                    "enumerator": i.enumerator,
                    "answers": i.answers,
                    "conflicts": i.conflicts,
                    "questionnaire": i.questionnaire.to_string(),
                    "device": i.device.to_string(),
                    "disposition": i.visit.map(|visit| visit.disposition.name()),
                    "appointment": i.visit.and_then(|visit| visit.again).map(|at| at.to_rfc3339()),
                }))?;
            } else {
                put(format_args!(
                    "{:<8}  {:<11}  {:<16}  {:<12}  {:>7}  {}{}{}",
                    short(i.id),
                    i.state.name(),
                    i.started.format("%Y-%m-%d %H:%M"),
                    gate::line(&i.enumerator),
                    i.answers,
                    &i.device.to_string()[..8],
                    visited(i),
                    if i.conflicts > 0 { "  answers in conflict" } else { "" },
                ))?;
            }
        }
        let of = |state| interviews.iter().filter(|i| i.state == state).count();
        say(format_args!(
            "{}: {} finalised, {} paused, {} in progress.",
            count(interviews.len(), "interview"),
            of(State::Finalised),
            of(State::Paused),
            of(State::InProgress)
        ));
        Ok(())
    }
}

/// How the last visit went, and when to come again.
fn visited(i: &Summary) -> String {
    i.visit.map_or_else(String::new, |visit| {
        let again =
            visit.again.map_or_else(String::new, |at| format!(", again {}", at.format("%Y-%m-%d %H:%M")));
        format!("  {}{again}", visit.disposition)
    })
}
