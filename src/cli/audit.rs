//! `doorstep audit`: everything that happened in an interview, readably.

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, FixedOffset, Utc};
use clap::Args;
use serde_json::json;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::interview::{chosen, short};
use super::outside;
use super::say::{count, put, say};
use crate::interview::{Interview, Place};
use crate::journal::{Address, Event, Fact};
use crate::terminal::words::Words;
use crate::value::Answer;

/// Longer pauses are a rest, not the time of a question.
const REST: i64 = 30 * 60;

/// Shows what happened in an interview, in order, and how long each question took.
#[derive(Debug, Args)]
pub struct Audit {
    /// The interview with this in its id.
    id: String,
    /// Shows sensitive answers too.
    #[arg(long)]
    answers: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

impl Audit {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let store = folder.store_to_read()?.ok_or_else(|| {
            Failure::new(Kind::Usage, "there are no interviews yet").help("`doorstep interview` begins one.")
        })?;
        let summary = chosen(&store, &self.id, "known", |_| true)?;
        let history = store.history(summary.id)?;
        let form = folder.version(&store, summary.questionnaire)?;
        let mut interview = Interview::new(form);
        let words = Words::of("en");
        let mut took: HashMap<String, i64> = HashMap::new();
        let mut before: Option<i64> = None;
        if !self.json {
            put(format_args!("Interview {}, {}", summary.id, summary.enumerator))?;
        }
        for event in &history.events {
            interview.apply(&event.fact);
            let seconds = before.map_or(0, |wall| (event.stamp.wall - wall) / 1000);
            before = Some(event.stamp.wall);
            let (what, place) = self.told(&interview, event, &words);
            if let (Fact::Answered { address, .. }, true) = (&event.fact, (0..REST).contains(&seconds)) {
                *took.entry(address.name.clone()).or_default() += seconds;
            }
            let at = local(event.stamp.wall);
            if self.json {
                put(json!({ "at": at.to_rfc3339(), "seconds": seconds, "what": what, "question": place }))?;
            } else {
                put(format_args!("{}  {seconds:>5} s  {what}", at.format("%Y-%m-%d %H:%M:%S")))?;
            }
        }
        if !self.json {
            let mut took: Vec<(String, i64)> = took.into_iter().collect();
            took.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            put("Time per question, until it was answered:")?;
            for (name, seconds) in took {
                put(format_args!("  {seconds:>5} s  {name}"))?;
            }
        }
        say(format_args!(
            "{} in {}; {} in conflict.",
            count(history.events.len(), "event"),
            short(summary.id),
            history.conflicts.len()
        ));
        Ok(())
    }

    /// An event in words, and the question that it is about.
    fn told(&self, interview: &Interview, event: &Event, words: &Words) -> (String, Option<String>) {
        let name = |address: &Address| {
            let rows: String = address.rows.iter().map(|row| format!("[{row}]")).collect();
            format!("{}{rows}", address.name)
        };
        let about = |what: String, address: &Address| (what, Some(name(address)));
        match &event.fact {
            Fact::Started { round, enumerator, language, .. } => {
                (format!("began: {enumerator}, round {round}, in {language}"), None)
            }
            Fact::Answered { address, answer } => {
                let answer = self.answer(interview, interview.place_of(address), answer, words);
                about(format!("answered {}: {answer}", name(address)), address)
            }
            Fact::Cleared { address } => about(format!("took back {}", name(address)), address),
            Fact::RowAdded { address } => about(format!("added {}", name(address)), address),
            Fact::RowRemoved { address } => about(format!("removed {}", name(address)), address),
            Fact::Moved { to } if to.is_review() => ("went to the review".into(), None),
            Fact::Moved { to } => about(format!("went to {}", name(to)), to),
            Fact::LanguageChanged { language } => (format!("changed the language to {language}"), None),
            Fact::Commented { address, text } => {
                about(format!("remarked on {}: {text}", name(address)), address)
            }
            Fact::Overrode { address, check, reason } => {
                let place = interview.place_of(address);
                let warned = place.map_or_else(|| check.clone(), |place| interview.warning(&place, check));
                about(format!("kept {} all the same ({warned}): {reason}", name(address)), address)
            }
            Fact::Paused => ("paused".into(), None),
            Fact::Resumed => ("went on".into(), None),
            Fact::Finalised => ("finalised".into(), None),
            Fact::Resolved { address, answer, reason } => {
                let place = interview.place_of(address);
                let answer = answer.as_ref().map_or_else(
                    || "no answer".to_owned(),
                    |answer| self.answer(interview, place, answer, words),
                );
                about(format!("decided {}: {answer}, because {reason}", name(address)), address)
            }
            Fact::Reopened { reason } => (format!("reopened: {reason}"), None),
            Fact::Visited { disposition, note, again } => {
                let note = if note.is_empty() { String::new() } else { format!(": {note}") };
                let again =
                    again.map_or_else(String::new, |at| format!(", again {}", at.format("%Y-%m-%d %H:%M")));
                (format!("visit: {disposition}{again}{note}"), None)
            }
            Fact::VersionChanged { questionnaire } => {
                (format!("goes on with the questionnaire {}", questionnaire.short()), None)
            }
        }
    }

    fn answer(&self, interview: &Interview, place: Option<Place>, answer: &Answer, words: &Words) -> String {
        let item = place.as_ref().map(|place| interview.questionnaire().item(place.item));
        // What this version does not know may be anything.
        if !self.answers && item.is_none_or(|item| item.is_sensitive() || item.is_identifying()) {
            return words.say("not-shown");
        }
        match (answer, place) {
            (Answer::Missing(reason), _) => words.missing(*reason),
            (Answer::Value(value), _) if words.moment(value).is_some() => {
                words.moment(value).unwrap_or_default()
            }
            (answer, Some(place)) => interview.words(&place, answer),
            (Answer::Value(value), None) => value.to_string(),
        }
    }
}

/// A stamp by the time of this place.
fn local(wall: i64) -> DateTime<FixedOffset> {
    let moment = DateTime::<Utc>::from_timestamp_millis(wall).unwrap_or_default();
    moment.with_timezone(outside::now().offset())
}
