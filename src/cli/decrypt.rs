//! `doorstep decrypt`: a store that anybody can read again.

use anyhow::Result;
use clap::Args;

use super::device;
use super::folder::{Folder, holder};
use super::say::say;
use super::secrets::Secrets;
use crate::store::{At, Store, may_be_encrypted};

/// Takes the encryption of this laptop's store away.
#[derive(Debug, Args)]
pub struct Decrypt {}

impl Decrypt {
    /// Runs the command.
    #[expect(clippy::unused_self, reason = "every command is run so")]
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let path = folder.store_path();
        if path.exists() && may_be_encrypted(&path) {
            let secrets = folder.secrets(&path)?;
            // The laptop keeps its name: its key is there before the file that holds it goes.
            let open = path.with_file_name(device::FILE);
            device::put(&open, secrets.device_secret())?;
            let key = secrets.store();
            if let Err(error) = Store::change_key(At::new(&path, Some(&key)), None, &holder("decrypt")) {
                let _ = device::forget(&open, secrets);
                return Err(error.into());
            }
        } else if !path.exists() {
            say("No interviews yet, and nothing to decrypt.");
            return Ok(());
        }
        Secrets::remove(&path)?;
        say(format_args!("{} is not encrypted: whoever has this laptop can read it.", path.display()));
        Ok(())
    }
}
