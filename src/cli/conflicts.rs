//! `doorstep conflicts`: answers that laptops gave differently, side by side.

use std::fmt::Write as _;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::interview::short;
use super::outside;
use super::say::{count, put, say};
use crate::interview::Interview;
use crate::journal::{Address, DeviceId};
use crate::merge::{Alternative, Conflict};
use crate::questionnaire::Item;
use crate::store::{Store, Summary};
use crate::terminal::words::Words;
use crate::value::Answer;

/// Lists the questions that laptops answered differently, with each answer, its laptop and its time.
#[derive(Debug, Args)]
pub struct Conflicts {
    /// Only the interviews with this in their id.
    id: Option<String>,
    /// Shows answers that are sensitive or tell who somebody is, too.
    #[arg(long)]
    answers: bool,
    /// As JSON, one conflict a line.
    #[arg(long)]
    json: bool,
}

impl Conflicts {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let Some(store) = folder.store_to_read()? else {
            say("No interviews yet: `doorstep interview` begins one.");
            return Ok(());
        };
        let words = Words::of("en");
        let mut found = 0;
        for summary in in_conflict(&store, self.id.as_deref())? {
            let (interview, conflicts) = replayed(folder, &store, &summary)?;
            for conflict in &conflicts {
                found += 1;
                if self.json {
                    put(self.as_json(&summary, &interview, conflict, &words))?;
                } else {
                    put(self.as_text(&summary, &interview, conflict, &words).trim_end())?;
                }
            }
        }
        if found == 0 {
            say("No answers are in conflict.");
        } else {
            say(format_args!(
                "{}. `doorstep resolve ID QUESTION --keep NUMBER --reason TEXT` decides one.",
                count(found, "conflict")
            ));
        }
        Ok(())
    }

    fn as_text(
        &self,
        summary: &Summary,
        interview: &Interview,
        conflict: &Conflict,
        words: &Words,
    ) -> String {
        let mut text = format!("{}  {}", short(summary.id), place_name(&conflict.address));
        if let Some(place) = interview.place_of(&conflict.address) {
            let _ = write!(text, "  {}", interview.label_of(&place));
        }
        text.push('\n');
        for (n, alternative) in conflict.alternatives.iter().enumerate() {
            let answer = self.shown(interview, conflict, alternative, words);
            let _ = writeln!(
                text,
                "  {}  {answer}   (laptop {}, {})",
                n + 1,
                laptop(alternative.device),
                when(alternative)
            );
        }
        text
    }

    fn as_json(
        &self,
        summary: &Summary,
        interview: &Interview,
        conflict: &Conflict,
        words: &Words,
    ) -> String {
        let alternatives: Vec<_> = conflict
            .alternatives
            .iter()
            .map(|alternative| {
                json!({
                    "answer": self.shown(interview, conflict, alternative, words),
                    "device": alternative.device.to_string(),
                    "when": when(alternative),
                })
            })
            .collect();
        json!({
            "id": summary.id.to_string(),
            "question": place_name(&conflict.address),
            "alternatives": alternatives,
        })
        .to_string()
    }

    fn shown(
        &self,
        interview: &Interview,
        conflict: &Conflict,
        alternative: &Alternative,
        words: &Words,
    ) -> String {
        let place = interview.place_of(&conflict.address);
        let item = place.as_ref().map(|place| interview.questionnaire().item(place.item));
        if !self.answers && item.is_none_or(Item::stays_inside) {
            return words.say("not-shown");
        }
        match (&alternative.answer, place) {
            (None, _) => "taken back".to_owned(),
            (Some(Answer::Missing(reason)), _) => words.missing(*reason),
            (Some(answer), Some(place)) => interview.words(&place, answer),
            (Some(Answer::Value(value)), None) => value.to_string(),
        }
    }
}

/// The interviews with answers in conflict, perhaps only those with this in their id.
pub fn in_conflict(store: &Store, id: Option<&str>) -> Result<Vec<Summary>> {
    let wanted = id.unwrap_or_default().replace('-', "").to_lowercase();
    let fits = |s: &Summary| s.id.to_string().replace('-', "").contains(&wanted);
    let found: Vec<Summary> =
        store.interviews()?.into_iter().filter(|s| s.conflicts > 0 && fits(s)).collect();
    match id {
        Some(id) if found.is_empty() => Err(Failure::new(
            Kind::Usage,
            format!("no interview with answers in conflict has `{id}` in its id"),
        )
        .help("`doorstep conflicts` lists them.")
        .into()),
        _ => Ok(found),
    }
}

/// An interview as it stands, and its conflicts.
pub fn replayed(folder: &Folder, store: &Store, summary: &Summary) -> Result<(Interview, Vec<Conflict>)> {
    let history = store.history(summary.id)?;
    let form = folder.version(store, summary.questionnaire)?;
    let interview = Interview::replay(form, history.events.iter().map(|e| &e.fact));
    Ok((interview, history.conflicts))
}

/// A question by its name, with the rows that it stands in: `member_age[2]`.
pub fn place_name(address: &Address) -> String {
    let rows: String = address.rows.iter().map(|row| format!("[{row}]")).collect();
    format!("{}{rows}", address.name)
}

fn laptop(device: DeviceId) -> String {
    device.to_string().chars().take(8).collect()
}

fn when(alternative: &Alternative) -> String {
    let moment = chrono::DateTime::from_timestamp_millis(alternative.stamp.wall).unwrap_or_default();
    moment.with_timezone(outside::now().offset()).format("%Y-%m-%d %H:%M").to_string()
}
