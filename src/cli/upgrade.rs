//! `doorstep upgrade`: moves an unfinished interview to the survey's version of the questionnaire.

use std::collections::HashMap;

use anyhow::Result;
use clap::Args;

use super::folder::Folder;
use super::interview::{short, take_up, unfinished};
use super::recorder::Durable;
use super::say::{count, put, say};
use crate::interview::{Interview, ReviewLine};
use crate::journal::{Address, Fact};
use crate::terminal::words::Words;

/// Shows what the survey's version of the questionnaire would change for an unfinished interview
/// that was begun with another, and moves it there with --apply. No answer is lost.
#[derive(Debug, Args)]
pub struct Upgrade {
    /// The interview with this in its id; the latest unfinished one where it is not given.
    #[arg(default_value = "")]
    id: String,
    /// Moves it. Without this, what would change is only shown.
    #[arg(long)]
    apply: bool,
}

/// What becomes of answers and questions.
#[derive(Default)]
struct Consequences {
    /// Answers to questions that are not there any more.
    gone: Vec<String>,
    /// Answers to questions that are not asked in this interview any more.
    not_asked: Vec<String>,
    /// Answers that do not fit any more, so that the question is asked again.
    again: Vec<String>,
    /// Questions that are asked for the first time.
    new: Vec<String>,
    /// Answers that stay as they are.
    kept: usize,
}

impl Upgrade {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let (mut store, key) = folder.store("upgrade")?;
        let words = Words::of("en");
        let summary = unfinished(&store, &self.id, &words)?;
        let (id, target) = (summary.id, &folder.questionnaire);
        if summary.questionnaire == target.hash {
            say(format_args!("Interview {} is asked with version {} already.", short(id), target.version));
            return Ok(());
        }
        let source = folder.version(&store, summary.questionnaire)?;
        let history = store.history(id)?;
        let replayed = |questionnaire| {
            let mut interview = Interview::replay(questionnaire, history.events.iter().map(|e| &e.fact));
            history.conflicts.iter().for_each(|c| interview.set_aside(&c.address));
            interview
        };
        let (before, after) = (replayed(source.clone()), replayed(target.clone()));
        put(format_args!("Interview {}: version {} → {}", short(id), source.version, target.version))?;
        show(&consequences(&before, &after))?;
        if !self.apply {
            say("Nothing was changed. `--apply` moves the interview; every answer stays in its journal.");
            return Ok(());
        }
        take_up(&mut store, &key, id, &words)?;
        let mut durable = Durable::new(&mut store, id, &key, target.hash)?;
        durable.commit(vec![Fact::VersionChanged { questionnaire: target.hash }])?;
        durable.close()?;
        say(format_args!(
            "Moved. `doorstep interview --resume {}` goes on with version {}.",
            short(id),
            target.version
        ));
        Ok(())
    }
}

/// What becomes of an interview that is asked with another version.
fn consequences(before: &Interview, after: &Interview) -> Consequences {
    let by_address = |interview: &Interview| -> HashMap<Address, ReviewLine> {
        interview.review().into_iter().map(|line| (interview.address(&line.place), line)).collect()
    };
    let (old, mut new) = (by_address(before), by_address(after));
    let mut found = Consequences::default();
    for line in before.review() {
        let address = before.address(&line.place);
        let is_answered = line.answer.is_some() || line.missing.is_some();
        let now = new.remove(&address);
        if !is_answered {
            continue;
        }
        match now {
            Some(now) if now.due => found.again.push(now.label),
            Some(_) => found.kept += 1,
            None if after.place_of(&address).is_none() => found.gone.push(line.label),
            None => found.not_asked.push(line.label),
        }
    }
    found.new = after
        .review()
        .into_iter()
        .filter(|line| !old.contains_key(&after.address(&line.place)))
        .map(|line| line.label)
        .collect();
    found
}

fn show(found: &Consequences) -> Result<()> {
    put(format_args!("  {} kept as they are.", count(found.kept, "answer")))?;
    for (labels, heading) in [
        (&found.again, "Answered, but asked again because the answer does not fit any more:"),
        (&found.new, "New questions:"),
        (&found.not_asked, "Answered, but not asked any more (the answers stay in the journal):"),
        (&found.gone, "Answered, but not in the questionnaire any more (the answers stay in the journal):"),
    ] {
        if !labels.is_empty() {
            put(format_args!("  {heading}"))?;
        }
        for label in labels {
            put(format_args!("    {}", label.split_whitespace().collect::<Vec<_>>().join(" ")))?;
        }
    }
    Ok(())
}
