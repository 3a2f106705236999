//! `doorstep attachments`: the files that were given as answers, out of the store.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use super::failure::{Failure, Kind};
use super::files;
use super::folder::Folder;
use super::say::{count, progress, say};

/// Writes the files that were given as answers into a folder. They can tell who was asked.
#[derive(Debug, Args)]
pub struct Attachments {
    /// The folder; made if it is not there. Files that are there already stay as they are.
    #[arg(long, short = 'o', value_name = "DIR")]
    out: PathBuf,
}

impl Attachments {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let Some(store) = folder.store_to_read()? else {
            say("No interviews yet: `doorstep interview` begins one.");
            return Ok(());
        };
        fs::create_dir_all(&self.out).with_context(|| format!("cannot make {}", self.out.display()))?;
        let names = store.attachments()?;
        let (mut written, mut damaged) = (0, Vec::new());
        let bar = progress("Writing files", names.len() as u64);
        for name in &names {
            bar.inc(1);
            let path = self.out.join(name);
            match store.attachment(name)? {
                Some(_) if path.exists() => {}
                Some(content) => {
                    files::write_whole(&path, false, |to| Ok(to.write_all(&content)?))?;
                    written += 1;
                }
                None => damaged.push(name.as_str()),
            }
        }
        bar.finish_and_clear();
        say(format_args!(
            "{}, {written} of them written to {}.",
            count(names.len(), "file"),
            self.out.display()
        ));
        if damaged.is_empty() {
            return Ok(());
        }
        Err(Failure::new(
            Kind::Data,
            format!("{} damaged: {}", count(damaged.len(), "file"), damaged.join(", ")),
        )
        .help("Merge the store of the laptop where they were attached again.")
        .into())
    }
}
