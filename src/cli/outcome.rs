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
use super::say::say;
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
}

impl OutcomeArgs {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let Some(disposition) = Disposition::named(&self.disposition) else {
            let all: Vec<&str> = Disposition::all().map(Disposition::name).collect();
            return Err(Failure::new(Kind::Usage, format!("there is no outcome `{}`", self.disposition))
                .help(format!("There are: {}.", all.join(", ")))
                .into());
        };
        let again = self.appointment.as_deref().map(moment).transpose()?;
        let intent = Intent::Visit { disposition, note: self.note.clone(), again };
        let (mut store, key) = folder.store("outcome")?;
        let (id, mut interview, questionnaire, first) = if let Some(prefix) = &self.id {
            let summary = unfinished(&store, prefix)?;
            take_up(&mut store, &key, summary.id)?;
            let history = store.history(summary.id)?;
            let form = folder.version(&store, summary.questionnaire)?;
            let interview = Interview::replay(form, history.events.iter().map(|e| &e.fact));
            (summary.id, interview, summary.questionnaire, None)
        } else {
            let Some(enumerator) = self.enumerator.clone().filter(|name| !name.trim().is_empty()) else {
                return Err(Failure::new(Kind::Usage, "a visit needs somebody who made it")
                    .help("Name the enumerator: `--enumerator NAME`; or the id of an unfinished interview.")
                    .into());
            };
            let language = folder.questionnaire.languages[0].clone();
            let (id, fact) = started(folder, enumerator, language)?;
            let mut interview = Interview::new(Arc::clone(&folder.questionnaire));
            interview.apply(&fact);
            (id, interview, folder.questionnaire.hash, Some(fact))
        };
        // Before anything is written: a refused outcome leaves no case behind.
        if let Err(why) = interview.decide(&intent) {
            return Err(Failure::new(Kind::Usage, refusal::worded(&why, &Words::of("en"))).into());
        }
        let mut durable = Durable::new(&mut store, id, &key, questionnaire)?;
        durable.commit(first.into_iter().collect())?;
        if durable.carry_out(&mut interview, &intent)?.is_ok() {
            durable.close()?;
        }
        say(format_args!("Noted for {}: {disposition}.", short(id)));
        Ok(())
    }
}

/// An appointment: to come, by the time of this place.
fn moment(text: &str) -> Result<DateTime<FixedOffset>> {
    let now = outside::now();
    let local = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text.trim(), form).ok())
        .and_then(|local| now.offset().from_local_datetime(&local).single());
    match local {
        Some(moment) if moment > now => Ok(moment),
        Some(_) => Err(Failure::new(Kind::Usage, format!("the appointment `{text}` is over already"))
            .help(format!("Here it is now {}.", now.format("%Y-%m-%d %H:%M")))
            .into()),
        None => Err(Failure::new(Kind::Usage, format!("`{text}` is no moment"))
            .help("Write year, month, day, and the time: `2026-11-25 10:00`.")
            .into()),
    }
}
