//! `doorstep merge`: what other laptops have, into this store.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::new_key::identities;
use super::outside;
use super::say::{count, progress, say};
use super::secrets::Secrets;
use super::verify::{missing_parts, verified};
use crate::package::{Identity, PackageError, Verified, read};
use crate::store::{At, Mode, Receipt, Store, StoreError, may_be_encrypted};
use crate::terminal::words::Words;

/// Merges packages and stores into this survey's store: any order, any number of times.
#[derive(Debug, Args)]
pub struct Merge {
    /// Packages, receipts of the office, or stores of other laptops.
    #[arg(required = true, value_name = "FILE")]
    sources: Vec<PathBuf>,
    /// The file of a secret key that opens sealed packages; can be given several times.
    #[arg(long, short = 'i', value_name = "FILE", env = "DOORSTEP_IDENTITY")]
    identity: Vec<PathBuf>,
    /// Only says what a merge would bring; each file by itself.
    #[arg(long)]
    dry_run: bool,
}

impl Merge {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let mut keys = Vec::new();
        for path in &self.identity {
            keys.extend(identities(path)?);
        }
        let (mut store, _) = folder.store("merge")?;
        let mode = if self.dry_run { Mode::Try } else { Mode::Keep };
        let opening = Opening::new(keys, folder);
        let receipts = all(&mut store, &self.sources, &opening, mode)?;
        if self.dry_run {
            say("Nothing was merged: this is what would be.");
        }
        let quarantined: u64 = receipts.iter().map(|r| r.quarantined).sum();
        if quarantined > 0 {
            let kept = if self.dry_run { "would be" } else { "were" };
            return Err(Failure::new(
                Kind::Data,
                format!("{} damaged and {kept} put in quarantine; everything else is whole", count(quarantined as usize, "segment")),
            )
            .help("Copy the file anew from its laptop and merge again; what is whole then replaces nothing and adds the rest.")
            .into());
        }
        Ok(())
    }
}

/// What opens sources that are sealed or encrypted.
pub struct Opening<'a> {
    /// Keys of the office.
    keys: Vec<Identity>,
    /// Where the passphrase of encrypted stores is; asked for where there is none.
    passphrase_file: Option<&'a Path>,
    /// What it is asked for with.
    words: Words,
}

impl<'a> Opening<'a> {
    /// These keys of the office, and what the folder of the survey knows.
    pub fn new(keys: Vec<Identity>, folder: &'a Folder) -> Self {
        Self { keys, passphrase_file: folder.passphrase_file(), words: folder.words() }
    }
}

/// Merges each source and prints its receipt. One that is refused keeps no other out.
pub fn all(
    store: &mut Store,
    sources: &[PathBuf],
    opening: &Opening<'_>,
    mode: Mode,
) -> Result<Vec<Receipt>> {
    let bar = progress("Merging", sources.len() as u64);
    let mut receipts = Vec::new();
    let mut refused = Vec::new();
    let mut packages = Vec::new();
    for source in sources {
        match one(store, source, opening, mode, &mut packages) {
            Ok(receipt) => {
                bar.suspend(|| say(&receipt));
                receipts.push(receipt);
            }
            Err(error) => refused.push(error),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if matches!(mode, Mode::Keep) && receipts.iter().any(|receipt| receipt.new > 0) {
        compact(store)?;
    }
    missing_parts(&packages).iter().for_each(say);
    let (count, all) = (refused.len(), sources.len());
    let Some(last) = refused.pop() else { return Ok(receipts) };
    refused.iter().for_each(|error| say(format_args!("error: {error:#}")));
    Err(match count {
        1 if all == 1 => last,
        _ => last.context(format!("{count} of {all} files were not merged")),
    })
}

/// Fills the gaps that many merges leave in the file. Where there is no room for that, everything is
/// there all the same.
fn compact(store: &mut Store) -> Result<()> {
    if !store.is_worth_compacting()? {
        return Ok(());
    }
    let bar = progress("Writing the store anew", 1);
    let compacted = store.compact();
    bar.finish_and_clear();
    if let Err(error) = compacted {
        say(format_args!(
            "Everything is merged. The store is larger than it need be, as it could not be written anew: {error}. \
             `doorstep doctor --compact` does it later."
        ));
    }
    Ok(())
}

fn one(
    store: &mut Store,
    source: &Path,
    opening: &Opening<'_>,
    mode: Mode,
    packages: &mut Vec<Verified>,
) -> Result<Receipt> {
    if !is_package(source) {
        let key = if may_be_encrypted(source) {
            let secrets = match Secrets::unlock_for(source, &opening.keys)? {
                Some(secrets) => secrets,
                None => Secrets::unlock(source, opening.passphrase_file, &opening.words)?,
            };
            Some(secrets.store())
        } else {
            None
        };
        return Ok(store.merge_from(At::new(source, key.as_ref()), outside::wall(), mode)?);
    }
    let (mut file, package) = verified(source)?;
    if package.header.survey != store.survey_id() {
        return Err(StoreError::OtherSurvey {
            path: source.to_owned(),
            theirs: package.header.survey,
            ours: store.survey_id().to_owned(),
        }
        .into());
    }
    let name = source.display().to_string();
    let mut unreadable = None;
    let merged = store.merge(&name, outside::wall(), mode, |take| {
        read(&mut file, &package, &opening.keys, |parcel| take(parcel).map_err(Stopped::Store)).map_err(
            |stopped| match stopped {
                Stopped::Store(error) => error,
                Stopped::Package(error) => {
                    let why = error.to_string();
                    unreadable = Some(error);
                    StoreError::Source { path: source.to_owned(), why }
                }
            },
        )
    });
    if let Some(PackageError::Sealed) = unreadable {
        return Err(Failure::new(
            Kind::Usage,
            format!("{name} is sealed, and no key that was given opens it"),
        )
        .help("Name the office's secret key: `--identity FILE`.")
        .into());
    }
    let receipt = merged?;
    packages.push(package);
    Ok(receipt)
}

/// Why reading a package stopped.
enum Stopped {
    Store(StoreError),
    Package(PackageError),
}

impl From<PackageError> for Stopped {
    fn from(error: PackageError) -> Self {
        Self::Package(error)
    }
}

/// Whether a file begins as packages do, cut off or not.
fn is_package(path: &Path) -> bool {
    use std::io::Read;
    let mut begins = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(8).read_to_end(&mut begins));
    read.is_ok() && !begins.is_empty() && crate::package::begins_like_one(&begins)
}
