//! `doorstep remove`: makes room, of what the office has said it has.

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;

use super::folder::Folder;
use super::say::{count, say};

/// Removes finalised interviews from this laptop that an imported receipt of the office names whole.
#[derive(Debug, Args)]
pub struct Remove {
    /// Only interviews that began before this day.
    #[arg(long, value_name = "DAY")]
    before: NaiveDate,
}

impl Remove {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let (mut store, _) = folder.store("remove")?;
        let removed = store.remove_acknowledged(self.before)?;
        say(format_args!("{} removed that the office has.", count(removed as usize, "interview")));
        if removed == 0 {
            say(
                "Only finalised interviews are, and only after `doorstep merge` took a receipt in which the office names them (`doorstep pack --receipt` there).",
            );
        }
        Ok(())
    }
}
