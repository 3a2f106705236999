//! `doorstep reopen`: a finalised interview can be corrected again, for a reason.

use anyhow::Result;
use clap::Args;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::interview::{chosen, short, take_up};
use super::recorder::Durable;
use super::speech::Speech;
use crate::interview::{Intent, Interview};
use crate::store::State;
use crate::terminal::{Recorder, refusal};

/// Opens a finalised interview again.
#[derive(Debug, Args)]
pub struct Reopen {
    /// The finalised interview with this in its id.
    id: String,
    /// Why; it stays in the journal.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    speech: Speech,
}

impl Reopen {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let spoken = self.speech.of(folder)?;
        let (mut store, key) = folder.store("reopen")?;
        let summary =
            chosen(&store, &self.id, "none-such-finalised", &spoken.words, |s| s.state == State::Finalised)?;
        let id = summary.id;
        take_up(&mut store, &key, id, &spoken.words)?;
        let history = store.history(id)?;
        let form = folder.version(&store, summary.questionnaire)?;
        let mut interview = Interview::replay(form, history.events.iter().map(|e| &e.fact));
        let mut durable = Durable::new(&mut store, id, &key, summary.questionnaire)?;
        if let Err(why) = durable.carry_out(&mut interview, &Intent::Reopen(self.reason.clone()))? {
            return Err(Failure::new(Kind::Usage, refusal::worded(&why, &spoken.words)).into());
        }
        durable.close()?;
        spoken.say("reopened", &[("id", short(id).into())]);
        Ok(())
    }
}
