//! `doorstep encrypt`: from now on nobody reads this laptop's store without its passphrase.

use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;

use super::device;
use super::folder::{Folder, holder};
use super::pack::recipients;
use super::say::say;
use super::secrets::{NewPassphrase, Secrets, say_who_opens};
use crate::store::{At, Store, may_be_encrypted, shred, sync_folder};

/// Encrypts this laptop's store with a passphrase, which every command asks for from then on.
#[derive(Debug, Args)]
pub struct Encrypt {
    #[command(flatten)]
    new: NewPassphrase,
}

impl Encrypt {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let path = folder.store_path();
        if path.exists() && may_be_encrypted(&path) {
            // What an encryption that was cut off left to do is done on the way.
            remove_what_lies_open(folder)?;
            say(format_args!(
                "{} is encrypted already. `doorstep passphrase` changes the passphrase.",
                path.display()
            ));
            return Ok(());
        }
        let office = recipients(folder)?;
        let is_new = !path.exists();
        if !is_new {
            drop(folder.store("encrypt")?);
        }
        begin(folder, &path, &self.new, |secrets| {
            let key = secrets.store();
            if is_new {
                Store::create(At::new(&path, Some(&key)), &folder.survey.id, &holder("encrypt"))?;
                return Ok(());
            }
            Ok(Store::change_key((&path).into(), Some(&key), &holder("encrypt"))?)
        })?;
        remove_what_lies_open(folder)?;
        say(format_args!("{} is encrypted; the laptop's own key is inside.", path.display()));
        say_who_opens(folder, &office);
        say("What the disk held before may still be found by experts: encrypt before the first interview.");
        Ok(())
    }
}

/// Removes copies from before the store's format was brought up to date, and finishes what was cut off.
fn remove_what_lies_open(folder: &Folder) -> Result<()> {
    for backup in folder.store("encrypt")?.0.backups()? {
        let cannot = || format!("cannot remove {}, which holds it in clear", backup.display());
        shred(&backup).with_context(cannot)?;
        sync_folder(&backup).with_context(cannot)?;
        say(format_args!("Removed {}, which held it in clear.", backup.display()));
    }
    Ok(())
}

/// That an encryption was cut off, in words: the secrets are there, and the store can be read without them.
pub fn cut_off(store: &Path) -> Result<Option<String>> {
    let is_half = Secrets::exist(store)? && store.exists() && !may_be_encrypted(store);
    Ok(is_half.then(|| {
        format!(
            "{} has a passphrase and can be read without: encrypting or decrypting it was cut off. \
             `doorstep encrypt` or `doorstep decrypt` finishes it.",
            store.display()
        )
    }))
}

/// Makes secrets, keeps them, does what needs them, and forgets the key of the laptop that lay open.
pub fn begin(
    folder: &Folder,
    store: &Path,
    new: &NewPassphrase,
    then: impl FnOnce(&Secrets) -> Result<()>,
) -> Result<()> {
    folder.make_data_folder()?;
    let open = store.with_file_name(device::FILE);
    let secrets = if Secrets::exist(store)? {
        // A store that was moved away may come back: what opens it is used again, never replaced.
        say("Secrets from before are there: their passphrase holds.");
        let secrets = folder.secrets(store)?.clone();
        device::refuse_other(&open, &secrets)?;
        secrets.write_for(store, &recipients(folder)?)?;
        secrets
    } else {
        let secrets = Secrets::new(device::secret(&open)?)?;
        secrets.write(store, new, &recipients(folder)?, &folder.words())?;
        secrets
    };
    then(&secrets)?;
    device::forget(&open, &secrets)?;
    folder.remember(secrets);
    Ok(())
}
