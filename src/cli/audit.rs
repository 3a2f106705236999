//! `doorstep audit`: everything that happened in an interview, readably.

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, FixedOffset, Utc};
use clap::Args;
use fluent_bundle::FluentValue;
use serde_json::json;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::interview::{chosen, short};
use super::outside;
use super::say::put;
use super::speech::{Speech, Spoken};
use crate::fieldwork::paradata;
use crate::interview::{Interview, Place};
use crate::journal::{Address, Event, Fact};
use crate::questionnaire::Item;
use crate::terminal::words::Words;
use crate::value::Answer;

/// Shows what happened in an interview, in order, and how long each question took.
#[derive(Debug, Args)]
pub struct Audit {
    /// The interview with this in its id.
    id: String,
    /// Shows what could harm or tells who somebody is, too: which sensitive questions were asked, the answers, and what was
    /// written beside them.
    #[arg(long)]
    answers: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    speech: Speech,
}

impl Audit {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let mut spoken = self.speech.of(folder)?;
        let words = &spoken.words;
        let Some(store) = folder.store_to_read()? else {
            return Err(Failure::new(Kind::Usage, words.say("list-none")).into());
        };
        let summary = chosen(&store, &self.id, "none-such-known", words, |_| true)?;
        let history = store.history(summary.id)?;
        let form = folder.version(&store, summary.questionnaire)?;
        let mut interview = Interview::new(form);
        if self.json {
            // What programs read stays the same in every language.
            spoken = Spoken::new("en", false);
        }
        let words = &spoken.words;
        let mut took: HashMap<String, i64> = HashMap::new();
        let mut before: Option<i64> = None;
        let (mut was_hidden, mut shown) = (false, 0);
        if !self.json {
            let filled =
                [("id", summary.id.to_string().into()), ("enumerator", summary.enumerator.as_str().into())];
            spoken.put(&words.tell("audit-of", &filled))?;
        }
        for event in &history.events {
            interview.apply(&event.fact);
            if matches!(event.fact, Fact::Started { .. } | Fact::LanguageChanged { .. }) {
                interview.show_in(spoken.language);
            }
            let seconds = before.map_or(0, |wall| (event.stamp.wall - wall) / 1000);
            before = Some(event.stamp.wall);
            // Which sensitive questions were asked, how many, and how long each took tells what was answered.
            let is_hidden = self.is_hidden(&interview, &event.fact);
            if std::mem::replace(&mut was_hidden, is_hidden) && is_hidden {
                continue;
            }
            shown += 1;
            let (what, place) = if is_hidden {
                (words.say("audit-sensitive"), None)
            } else {
                self.told(&interview, event, words)
            };
            if let (Fact::Answered { address, .. }, false, true) =
                (&event.fact, is_hidden, (0..paradata::REST / 1000).contains(&seconds))
            {
                *took.entry(address.name.clone()).or_default() += seconds;
            }
            let at = local(event.stamp.wall);
            if self.json {
                put(json!({ "at": at.to_rfc3339(), "seconds": seconds, "what": what, "question": place }))?;
            } else {
                let at = at.format("%Y-%m-%d %H:%M:%S").to_string();
                spoken.put_row(&[at, format!("{seconds:>5} s"), what], &[19, 7, 0])?;
            }
        }
        if !self.json {
            let mut took: Vec<(String, i64)> = took.into_iter().collect();
            took.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            spoken.put(&words.say("audit-times"))?;
            for (name, seconds) in took {
                spoken.put_row(&[format!("  {seconds:>5} s"), name], &[9, 0])?;
            }
        }
        let filled = [
            ("id", short(summary.id).into()),
            ("events", shown.into()),
            ("conflicts", history.conflicts.len().into()),
        ];
        spoken.say("audit-counts", &filled);
        Ok(())
    }

    /// An event in words, and the question that it is about.
    fn told(&self, interview: &Interview, event: &Event, words: &Words) -> (String, Option<String>) {
        let plain = |id: &str| (words.say(id), None);
        // What happened to a question or row, with what else there is to say of it.
        let about = |id: &str, address: &Address, more: &[(&'static str, FluentValue<'_>)]| {
            let rows: String = address.rows.iter().map(|row| format!("[{row}]")).collect();
            let name = format!("{}{rows}", address.name);
            let own = [("question", name.as_str().into()), ("row", name.as_str().into())];
            (words.tell(id, &[&own, more].concat()), Some(name))
        };
        let written = |address: &Address, text: &str| {
            let is_shown = self.may_show(interview.place_of(address).as_ref(), interview);
            if is_shown { text.to_owned() } else { words.say("not-shown") }
        };
        let answered = |address: &Address, answer: &Answer| {
            FluentValue::from(self.answer(interview, interview.place_of(address), answer, words))
        };
        match &event.fact {
            Fact::Started { round, enumerator, language, .. } => {
                let filled = [
                    ("enumerator", enumerator.as_str().into()),
                    ("round", round.as_str().into()),
                    ("language", language.as_str().into()),
                ];
                (words.tell("audit-began", &filled), None)
            }
            Fact::Answered { address, answer } => {
                about("audit-answered", address, &[("answer", answered(address, answer))])
            }
            Fact::Cleared { address } => about("audit-cleared", address, &[]),
            Fact::RowAdded { address } => about("audit-row-added", address, &[]),
            Fact::RowRemoved { address } => about("audit-row-removed", address, &[]),
            Fact::Moved { to } if to.is_review() => plain("audit-review"),
            Fact::Moved { to } => about("audit-moved", to, &[]),
            Fact::LanguageChanged { language } => {
                (words.tell("audit-language", &[("language", language.as_str().into())]), None)
            }
            Fact::Commented { address, text } => {
                about("audit-remark", address, &[("text", written(address, text).into())])
            }
            Fact::Overrode { address, check, reason } => {
                let place = interview.place_of(address);
                let warned =
                    place.as_ref().map_or_else(|| check.clone(), |place| interview.warning(place, check));
                let is_shown = self.answers || !place.is_some_and(|place| checks_tell(interview, &place));
                let written = |text: &str| {
                    if is_shown { written(address, text) } else { words.say("not-shown") }
                };
                let more = [("warning", written(&warned).into()), ("reason", written(reason).into())];
                about("audit-kept", address, &more)
            }
            Fact::Paused => plain("state-paused"),
            Fact::Resumed => plain("audit-resumed"),
            Fact::Finalised => plain("state-finalised"),
            Fact::Resolved { address, answer, reason } => {
                let answer = match answer {
                    Some(answer) => answered(address, answer),
                    None => words.say("audit-no-answer").into(),
                };
                let reason = written(address, reason);
                about("audit-decided", address, &[("answer", answer), ("reason", reason.into())])
            }
            Fact::Reopened { reason } => {
                (words.tell("audit-reopened", &[("reason", reason.as_str().into())]), None)
            }
            Fact::Visited { disposition, note, again } => {
                let visit = words.visit(*disposition, *again);
                let outcome = if note.is_empty() { visit } else { format!("{visit}: {note}") };
                (words.tell("audit-visit", &[("outcome", outcome.into())]), None)
            }
            Fact::VersionChanged { questionnaire } => {
                let version = questionnaire.short();
                (words.tell("audit-version", &[("version", version.into())]), None)
            }
        }
    }

    /// Whether a fact is about a sensitive question, or about one that this version does not know.
    fn is_hidden(&self, interview: &Interview, fact: &Fact) -> bool {
        let (Fact::Answered { address, .. }
        | Fact::Cleared { address }
        | Fact::RowAdded { address }
        | Fact::RowRemoved { address }
        | Fact::Commented { address, .. }
        | Fact::Overrode { address, .. }
        | Fact::Resolved { address, .. }
        | Fact::Moved { to: address }) = fact
        else {
            return false;
        };
        let known = interview.questionnaire().find(&address.name);
        !self.answers && !address.is_review() && known.is_none_or(Item::is_sensitive)
    }

    /// Whether what was answered or written at a place is shown. What this version does not know may be anything.
    fn may_show(&self, place: Option<&Place>, interview: &Interview) -> bool {
        let item = place.map(|place| interview.questionnaire().item(place.item));
        self.answers || item.is_some_and(|item| !item.stays_inside())
    }

    fn answer(&self, interview: &Interview, place: Option<Place>, answer: &Answer, words: &Words) -> String {
        if !self.may_show(place.as_ref(), interview) {
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

/// Whether a warning at a place reads what is sensitive, so that it tells by being there.
fn checks_tell(interview: &Interview, place: &Place) -> bool {
    let questionnaire = interview.questionnaire();
    let checks = questionnaire.item(place.item).question().map_or(&[][..], |question| &question.checks);
    let mut read = checks.iter().flat_map(|check| check.when.references());
    read.any(|reference| questionnaire.items.get(reference.slot.0 as usize).is_some_and(Item::is_sensitive))
}

/// A stamp by the time of this place.
fn local(wall: i64) -> DateTime<FixedOffset> {
    let moment = DateTime::<Utc>::from_timestamp_millis(wall).unwrap_or_default();
    moment.with_timezone(outside::now().offset())
}
