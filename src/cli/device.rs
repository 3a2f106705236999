//! The key of this laptop: made at the first interview, kept beside the store.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};

use super::failure::{Failure, Kind};
use super::outside;
use super::secrets::Secrets;
use crate::journal::DeviceKey;
use crate::store::sync_folder;

/// The file of the key, beside a store that is not encrypted.
pub const FILE: &str = "device.key";

/// The key in this file; a new one where there is no file yet.
pub fn key(path: &Path) -> Result<DeviceKey> {
    secret(path).map(DeviceKey::from_secret)
}

/// The bytes of the key in this file; a new one where there is no file yet.
pub fn secret(path: &Path) -> Result<[u8; 32]> {
    match fs::read(path) {
        Ok(bytes) => match <[u8; 32]>::try_from(bytes.as_slice()) {
            Ok(secret) => Ok(secret),
            Err(_) => Err(Failure::new(
                Kind::Data,
                format!("{} is no device key: it holds {} bytes, not 32", path.display(), bytes.len()),
            )
            .help("Put the file back from your backup. Without it, move it away: this laptop then counts as a new device, and nothing is lost.")
            .into()),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => make(path),
        Err(error) => Err(error).with_context(|| format!("cannot read the device key {}", path.display())),
    }
}

fn make(path: &Path) -> Result<[u8; 32]> {
    let secret = outside::random()?;
    put(path, &secret)?;
    Ok(secret)
}

/// Written whole or not at all, and readable by this user only. A key that is there stays.
pub fn put(path: &Path, secret: &[u8; 32]) -> Result<()> {
    let cannot = || format!("cannot write the device key {}", path.display());
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut part = tempfile::NamedTempFile::new_in(folder).with_context(cannot)?;
    part.write_all(secret).and_then(|()| part.as_file().sync_all()).with_context(cannot)?;
    match part.persist_noclobber(path) {
        Err(error) if fs::read(path).is_ok_and(|there| there == secret) => drop(error),
        other => drop(other.map_err(|e| e.error).with_context(cannot)?),
    }
    sync_folder(path).with_context(cannot)
}

/// Removes the file of a key that is among an encrypted store's secrets, if it is still there.
pub fn forget(path: &Path, secrets: &Secrets) -> Result<()> {
    refuse_other(path, secrets)?;
    if !path.exists() {
        return Ok(());
    }
    let cannot = || format!("cannot remove {}", path.display());
    fs::remove_file(path).with_context(cannot)?;
    sync_folder(path).with_context(cannot)
}

/// Refuses a file with another key than the one among an encrypted store's secrets.
pub fn refuse_other(path: &Path, secrets: &Secrets) -> Result<()> {
    let Ok(there) = fs::read(path) else { return Ok(()) };
    if there == secrets.device_secret() {
        return Ok(());
    }
    Err(Failure::new(Kind::Data, format!("{} is the key of another device", path.display()))
        .help("The key of an encrypted store's laptop is among its secrets. Move this file away.")
        .into())
}
