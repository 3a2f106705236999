//! `doorstep merge`: what other laptops have, into this store.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::outside;
use super::say::{progress, say};
use crate::store::{Receipt, Store};

/// Merges stores into this survey's store: any order, any number of times.
#[derive(Debug, Args)]
pub struct Merge {
    /// Stores of other laptops.
    #[arg(required = true, value_name = "STORE")]
    sources: Vec<PathBuf>,
}

impl Merge {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let (mut store, _) = folder.store("merge")?;
        let receipts = all(&mut store, &self.sources)?;
        let quarantined: u64 = receipts.iter().map(|r| r.quarantined).sum();
        if quarantined > 0 {
            return Err(Failure::new(
                Kind::Data,
                format!("{quarantined} segments are damaged and were put in quarantine; everything else is merged"),
            )
            .help("Copy the store anew from its laptop and merge again; what is whole then replaces nothing and adds the rest.")
            .into());
        }
        Ok(())
    }
}

/// Merges each source and prints its receipt. One that is refused keeps no other out.
pub fn all(store: &mut Store, sources: &[PathBuf]) -> Result<Vec<Receipt>> {
    let bar = progress("Merging", sources.len() as u64);
    let mut receipts = Vec::new();
    let mut refused = Vec::new();
    for source in sources {
        match store.merge_from(source, outside::wall()) {
            Ok(receipt) => {
                bar.suspend(|| say(&receipt));
                receipts.push(receipt);
            }
            Err(error) => refused.push(error),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let (count, all) = (refused.len(), sources.len());
    let Some(last) = refused.pop() else { return Ok(receipts) };
    refused.iter().for_each(|error| say(format_args!("error: {error}")));
    Err(match count {
        1 if all == 1 => last.into(),
        _ => anyhow::Error::from(last).context(format!("{count} of {all} stores were not merged")),
    })
}
