//! `doorstep resolve`: which of several answers holds, and why.

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::conflicts::{in_conflict, place_name, replayed};
use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::interview::{short, take_up};
use super::recorder::Durable;
use super::say::{count, say};
use crate::journal::Fact;
use crate::merge::{Alternative, Conflict};
use crate::terminal::words::Words;

/// Decides which of several answers to a question holds. The others stay in the journal.
#[derive(Debug, Args)]
pub struct Resolve {
    /// The interview with this in its id; with a policy, all interviews may be meant.
    id: Option<String>,
    /// The question, as `doorstep conflicts` names it; with a policy, all questions may be meant.
    question: Option<String>,
    /// The number of the answer that holds, as `doorstep conflicts` shows it.
    #[arg(long, value_name = "NUMBER", conflicts_with = "policy", required_unless_present = "policy")]
    keep: Option<usize>,
    /// Decides by a rule.
    #[arg(long, value_enum)]
    policy: Option<Policy>,
    /// Why; it stays in the journal.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// A rule that decides between answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Policy {
    /// The answer that was given last, by the laptops' clocks.
    Latest,
    /// The answer that was given first, by the laptops' clocks.
    Earliest,
}

impl Resolve {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        if self.reason.trim().is_empty() {
            return Err(Failure::new(Kind::Usage, "a decision needs a reason")
                .help("Say why the answer holds: `--reason TEXT`.")
                .into());
        }
        if self.keep.is_some() && (self.id.is_none() || self.question.is_none()) {
            return Err(Failure::new(Kind::Usage, "`--keep` decides one question of one interview")
                .help("`doorstep conflicts` lists ids, questions and numbers.")
                .into());
        }
        let (mut store, key) = folder.store("resolve")?;
        let summaries = in_conflict(&store, self.id.as_deref())?;
        if self.keep.is_some() && summaries.len() > 1 {
            return Err(Failure::new(
                Kind::Usage,
                format!("{} interviews have that in their id", summaries.len()),
            )
            .help("Give more of the id.")
            .into());
        }
        let mut decided = 0;
        for summary in summaries {
            take_up(&mut store, &key, summary.id, &Words::of("en"))?;
            let (_, conflicts) = replayed(folder, &store, &summary)?;
            let mut facts = Vec::new();
            for conflict in conflicts.iter().filter(|conflict| self.is_meant(conflict)) {
                let chosen = self.choose(conflict)?;
                facts.push(Fact::Resolved {
                    address: conflict.address.clone(),
                    answer: chosen.answer.clone(),
                    reason: self.reason.trim().to_owned(),
                });
            }
            if facts.is_empty() && self.question.is_some() {
                let named: Vec<String> = conflicts.iter().map(|c| place_name(&c.address)).collect();
                return Err(Failure::new(
                    Kind::Usage,
                    format!(
                        "`{}` is not in conflict in {}",
                        self.question.as_deref().unwrap_or_default(),
                        short(summary.id)
                    ),
                )
                .help(format!("In conflict are: {}.", named.join(", ")))
                .into());
            }
            if facts.is_empty() {
                // Decided before, when the power failed.
                continue;
            }
            decided += facts.len();
            let mut durable = Durable::new(&mut store, summary.id, &key, summary.questionnaire)?;
            durable.commit(facts)?;
            durable.close()?;
        }
        say(format_args!("{} decided.", count(decided, "conflict")));
        Ok(())
    }

    fn is_meant(&self, conflict: &Conflict) -> bool {
        self.question.as_ref().is_none_or(|name| *name == place_name(&conflict.address))
    }

    fn choose<'c>(&self, conflict: &'c Conflict) -> Result<&'c Alternative> {
        let all = &conflict.alternatives;
        let by_time = |alternative: &&Alternative| (alternative.stamp, alternative.run);
        let chosen = match (self.policy, self.keep) {
            (Some(Policy::Latest), _) => all.iter().max_by_key(by_time),
            (Some(Policy::Earliest), _) => all.iter().min_by_key(by_time),
            (None, keep) => all.get(keep.unwrap_or(0).wrapping_sub(1)),
        };
        chosen.ok_or_else(|| {
            Failure::new(
                Kind::Usage,
                format!(
                    "there is no answer {} to `{}`",
                    self.keep.unwrap_or(0),
                    place_name(&conflict.address)
                ),
            )
            .help(format!("There are answers 1 to {}.", all.len()))
            .into()
        })
    }
}
