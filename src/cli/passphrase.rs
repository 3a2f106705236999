//! `doorstep passphrase`: another passphrase for an encrypted store.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::new_key::identities;
use super::pack::recipients;
use super::say::say;
use super::secrets::{NewPassphrase, Secrets, say_who_opens};
use crate::store::{Access, At, Store, may_be_encrypted};

/// Sets another passphrase for this laptop's store, with the present one or with a key of the office.
#[derive(Debug, Args)]
pub struct ChangePassphrase {
    /// The file of a secret key of the office, where the passphrase is forgotten.
    #[arg(long, short = 'i', value_name = "FILE")]
    identity: Option<PathBuf>,
    #[command(flatten)]
    new: NewPassphrase,
}

impl ChangePassphrase {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let path = folder.store_path();
        if !path.exists() || !may_be_encrypted(&path) {
            return Err(Failure::new(Kind::Usage, format!("{} is not encrypted", path.display()))
                .help("`doorstep encrypt` encrypts it.")
                .into());
        }
        let secrets = match &self.identity {
            None => folder.secrets(&path)?.clone(),
            Some(file) => Secrets::unlock_for(&path, &identities(file)?)?.ok_or_else(|| {
                Failure::new(Kind::Usage, format!("{} does not open this store's secrets", file.display()))
                    .help("It opens stores that were encrypted when survey.toml named its public key under [package].")
            })?,
        };
        // What does not open the store never takes the place of what does.
        drop(Store::open(At::new(&path, Some(&secrets.store())), Access::Read, "")?);
        let office = recipients(folder)?;
        secrets.write(&path, &self.new, &office, &folder.words())?;
        say("The new passphrase holds from now on.");
        say_who_opens(folder, &office);
        Ok(())
    }
}
