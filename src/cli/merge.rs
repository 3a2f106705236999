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

/// Merges each source and prints its receipt.
pub fn all(store: &mut Store, sources: &[PathBuf]) -> Result<Vec<Receipt>> {
    let bar = progress("Merging", sources.len() as u64);
    let mut receipts = Vec::new();
    for source in sources {
        let receipt = store.merge_from(source, outside::wall())?;
        bar.inc(1);
        bar.suspend(|| say(&receipt));
        receipts.push(receipt);
    }
    bar.finish_and_clear();
    Ok(receipts)
}
