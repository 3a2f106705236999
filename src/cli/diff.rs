//! `doorstep diff`: what changed between two versions of a questionnaire.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::folder::Form;
use super::say::put;
use crate::authoring::difference::{Change, Effect, compare};
use crate::questionnaire::Questionnaire;

/// Shows what changed for the data between two versions of a questionnaire.
#[derive(Debug, Args)]
pub struct Diff {
    /// The folder of the earlier version.
    old: PathBuf,
    /// The folder of the later version.
    new: PathBuf,
    /// One JSON object a change.
    #[arg(long)]
    json: bool,
}

/// The effects with their headings, in the order in which they are shown.
const EFFECTS: [(Effect, &str, &str); 5] = [
    (Effect::Breaks, "breaks", "Data before and after do not fit together as they are:"),
    (Effect::Logic, "logic", "Other people are asked, or other answers are accepted:"),
    (Effect::Wording, "wording", "The same in other words:"),
    (Effect::New, "new", "New:"),
    (Effect::Other, "other", "Without effect on the data:"),
];

impl Diff {
    /// Runs the command.
    pub fn run(&self) -> Result<()> {
        let (old, new) = (Form::open(&self.old)?, Form::open(&self.new)?);
        let changes = compare(&old.questionnaire, &new.questionnaire);
        if self.json {
            for change in &changes {
                let effect =
                    EFFECTS.iter().find(|(effect, ..)| *effect == change.effect).map(|(_, name, _)| name);
                put(json!({
                    "effect": effect,
                    "name": change.name,
                    "what": change.what,
                    "old": change.old,
                    "new": change.new,
                }))?;
            }
            return Ok(());
        }
        show(&old.questionnaire, &new.questionnaire, &changes)
    }
}

/// Shows changes under their headings.
pub fn show(old: &Questionnaire, new: &Questionnaire, changes: &[Change]) -> Result<()> {
    put(format_args!("{} {} → {} {}", old.id, old.version, new.id, new.version))?;
    if changes.is_empty() {
        put("No changes.")?;
    }
    for (effect, _, heading) in EFFECTS {
        let mut of_effect = changes.iter().filter(|change| change.effect == effect).peekable();
        if of_effect.peek().is_some() {
            put("")?;
            put(heading)?;
        }
        for change in of_effect {
            put(format_args!("  {}: {}", change.name, change.what))?;
            for (mark, text) in [("-", &change.old), ("+", &change.new)] {
                if let Some(text) = text {
                    put(format_args!("    {mark} {text}"))?;
                }
            }
        }
    }
    Ok(())
}
