//! `doorstep list`: interviews and how far they are.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::folder::Folder;
use super::interview::short;
use super::say::{count, put, say};
use crate::store::State;
use crate::terminal::gate;

/// Shows interviews and their state.
#[derive(Debug, Args)]
pub struct List {
    /// Only those that are not finalised.
    #[arg(long)]
    unfinished: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

impl List {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let Some(store) = folder.store_to_read()? else {
            say("No interviews yet: `doorstep interview` begins one.");
            return Ok(());
        };
        let mut interviews = store.interviews()?;
        interviews.retain(|i| !self.unfinished || i.state != State::Finalised);
        interviews.sort_by_key(|i| (i.started, i.id));
        if !self.json && !interviews.is_empty() {
            put(format_args!(
                "{:<8}  {:<11}  {:<16}  {:<12}  {:>7}  device",
                "id", "state", "began", "enumerator", "answers"
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
                }))?;
            } else {
                put(format_args!(
                    "{:<8}  {:<11}  {:<16}  {:<12}  {:>7}  {}{}",
                    short(i.id),
                    i.state.name(),
                    i.started.format("%Y-%m-%d %H:%M"),
                    gate::line(&i.enumerator),
                    i.answers,
                    &i.device.to_string()[..8],
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
