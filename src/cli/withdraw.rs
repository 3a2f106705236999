//! `doorstep withdraw`: a respondent takes back their consent.

use std::fs;

use anyhow::{Context, Result};
use clap::Args;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::interview::{chosen, short};
use super::outside;
use super::say::{count, say};
use crate::terminal::words::Words;

/// Destroys what an interview said, here and wherever this store or its packages are merged.
#[derive(Debug, Args)]
pub struct Withdraw {
    /// The interview with this in its id.
    id: String,
    /// Why, without saying who; it stays.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// That it is meant: nothing brings the answers back.
    #[arg(long)]
    yes: bool,
}

impl Withdraw {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let (mut store, key) = folder.store("withdraw")?;
        let summary = chosen(&store, &self.id, "none-such-known", &Words::of("en"), |_| true)?;
        let answers = count(summary.answers as usize, "answer");
        if !self.yes {
            return Err(Failure::new(
                Kind::Usage,
                format!(
                    "{answers} of the interview {} by {} would be destroyed for good",
                    short(summary.id),
                    summary.enumerator
                ),
            )
            .help("Add --yes if that is meant.")
            .into());
        }
        store.withdraw(summary.id, self.reason.trim(), &key, outside::wall())?;
        // A copy from before an update of the format holds it as well.
        for backup in store.backups()? {
            fs::remove_file(&backup)
                .with_context(|| format!("cannot remove {}, which holds it too", backup.display()))?;
            say(format_args!("Removed {}, which held it too.", backup.display()));
        }
        say(format_args!(
            "{answers} destroyed; that {} was withdrawn is kept and travels with merges and packages. \
             Packages and copies that were made before still hold the answers: destroy those too.",
            short(summary.id)
        ));
        Ok(())
    }
}
