//! `doorstep doctor`: is the store well?

use anyhow::Result;
use clap::Args;

use super::encrypt::cut_off;
use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::outside;
use super::say::{count, progress, put, say};

/// Looks the store over, and says what is wrong and how to mend it.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Looks at everything: each segment with its signature, each file and summary.
    #[arg(long)]
    deep: bool,
    /// Restores a copy beside the store and compares it. Needs as much room again.
    #[arg(long)]
    restore_drill: bool,
    /// Makes the summaries of all interviews anew from their events.
    #[arg(long)]
    rebuild: bool,
    /// Writes the store's file anew without its gaps. Needs as much room again meanwhile.
    #[arg(long)]
    compact: bool,
}

impl Doctor {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        if self.rebuild && folder.store_path().exists() {
            folder.store("doctor")?.0.rebuild()?;
            say("All summaries were made anew.");
        }
        if self.compact && folder.store_path().exists() {
            let (before, after) = folder.store("doctor")?.0.compact()?;
            say(format_args!(
                "The store was written anew: {} KiB, and was {} KiB.",
                after >> 10,
                before >> 10
            ));
        }
        let Some(store) = folder.store_to_read()? else {
            say("No interviews yet: `doorstep interview` begins one.");
            return Ok(());
        };
        let mut findings = if self.deep {
            let bar = progress("Looking", store.interviews()?.len() as u64);
            let findings = store.examine_deeply(|| bar.inc(1))?;
            bar.finish_and_clear();
            findings
        } else {
            store.examine()?
        };
        if self.restore_drill {
            let drill = store.restore_drill(outside::wall())?;
            findings.problems.extend(drill.problems);
            findings.notes.push("A copy was restored and compared.".to_owned());
        }
        findings.problems.extend(cut_off(&folder.store_path())?);
        for backup in store.backups()? {
            findings.notes.push(format!(
                "{} is the store as it was before an update: remove it once you trust this one.",
                backup.display()
            ));
        }
        put(format_args!(
            "{}: {}, {}.",
            store.path().display(),
            count(findings.interviews as usize, "interview"),
            count(findings.segments as usize, "segment")
        ))?;
        for note in &findings.notes {
            put(format_args!("note: {note}"))?;
        }
        for problem in &findings.problems {
            put(format_args!("problem: {problem}"))?;
        }
        if findings.problems.is_empty() {
            say(if self.deep {
                "Everything is well."
            } else {
                "Well, as far as a quick look tells; --deep looks at everything."
            });
            return Ok(());
        }
        Err(Failure::new(Kind::Data, count(findings.problems.len(), "problem"))
            .help("Each is named above. Make a copy of the store before anything else.")
            .into())
    }
}
