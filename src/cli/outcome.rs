//! `doorstep outcome`: how a visit went, where it did not complete an interview.

use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone};
use clap::Args;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::interview::{short, started, take_up, unfinished};
use super::outside;
use super::recorder::Durable;
use super::speech::{Speech, refused};
use crate::interview::{Intent, Interview};
use crate::journal::Disposition;
use crate::terminal::words::Words;
use crate::terminal::{Recorder, refusal};

/// Says how a visit went: of an unfinished interview, or of a new case where none was begun.
#[derive(Debug, Args)]
pub struct OutcomeArgs {
    /// The unfinished interview with this in its id; without it, a case of its own.
    id: Option<String>,
    /// How the visit went: `postponed`, `partial`, `refused`, `nobody_home`, `not_eligible`,
    /// `not_accessible`, `no_common_language` or `other`.
    #[arg(long, short = 'd', value_name = "NAME")]
    disposition: String,
    /// What else there is to say.
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    /// When to come again, by the time of this place: `2026-11-25 10:00`.
    #[arg(long, value_name = "MOMENT")]
    appointment: Option<String>,
    /// Who was there; needed without an id.
    #[arg(long, short = 'e', value_name = "NAME", env = "DOORSTEP_ENUMERATOR")]
    enumerator: Option<String>,
    #[command(flatten)]
    speech: Speech,
}

impl OutcomeArgs {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let spoken = self.speech.of(folder)?;
        let words = &spoken.words;
        let Some(disposition) = Disposition::named(&self.disposition) else {
            let all: Vec<&str> = Disposition::all().map(Disposition::name).collect();
            let filled = [("typed", self.disposition.as_str().into()), ("all", all.join(", ").into())];
            return Err(refused(words, ("no-such-outcome", "there-are"), &filled));
        };
        let again = self.appointment.as_deref().map(|typed| moment(typed, words)).transpose()?;
        let intent = Intent::Visit { disposition, note: self.note.clone(), again };
        let (mut store, key) = folder.store("outcome")?;
        let (id, mut interview, questionnaire, first) = if let Some(prefix) = &self.id {
            let summary = unfinished(&store, prefix, words)?;
            take_up(&mut store, &key, summary.id, words)?;
            let history = store.history(summary.id)?;
            let form = folder.version(&store, summary.questionnaire)?;
            let interview = Interview::replay(form, history.events.iter().map(|e| &e.fact));
            (summary.id, interview, summary.questionnaire, None)
        } else {
            let Some(enumerator) = self.enumerator.clone().filter(|name| !name.trim().is_empty()) else {
                return Err(refused(words, ("no-visitor", "no-visitor-help"), &[]));
            };
            let language = folder.questionnaire.languages[0].clone();
            let (id, fact) = started(folder, enumerator, language)?;
            let mut interview = Interview::new(Arc::clone(&folder.questionnaire));
            interview.apply(&fact);
            (id, interview, folder.questionnaire.hash, Some(fact))
        };
        // Before anything is written: a refused outcome leaves no case behind.
        if let Err(why) = interview.decide(&intent) {
            return Err(Failure::new(Kind::Usage, refusal::worded(&why, words)).into());
        }
        let mut durable = Durable::new(&mut store, id, &key, questionnaire)?;
        durable.commit(first.into_iter().collect())?;
        if durable.carry_out(&mut interview, &intent)?.is_ok() {
            durable.close()?;
        }
        let outcome = words.visit(disposition, again);
        spoken.say("outcome-noted", &[("id", short(id).into()), ("outcome", outcome.into())]);
        Ok(())
    }
}

/// An appointment: to come, by the time of this place.
fn moment(text: &str, words: &Words) -> Result<DateTime<FixedOffset>> {
    let now = outside::now();
    let local = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text.trim(), form).ok())
        .and_then(|local| now.offset().from_local_datetime(&local).single());
    match local {
        Some(moment) if moment > now => Ok(moment),
        Some(moment) => {
            let filled = [("moment", words.time(moment).into())];
            Err(Failure::new(Kind::Usage, words.tell("appointment-over", &filled)).into())
        }
        None => Err(Failure::new(Kind::Usage, words.tell("fits-datetime", &[("typed", text.into())])).into()),
    }
}
