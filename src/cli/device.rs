//! The key of this laptop: made at the first interview, kept beside the store.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};

use super::failure::{Failure, Kind};
use super::outside;
use crate::journal::DeviceKey;
use crate::store::sync_folder;

/// The key in this file; a new one where there is no file yet.
pub fn key(path: &Path) -> Result<DeviceKey> {
    match fs::read(path) {
        Ok(bytes) => match <[u8; 32]>::try_from(bytes.as_slice()) {
            Ok(secret) => Ok(DeviceKey::from_secret(secret)),
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

/// Written whole or not at all, and readable by this user only.
fn make(path: &Path) -> Result<DeviceKey> {
    let secret = outside::random()?;
    let cannot = || format!("cannot write the device key {}", path.display());
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut part = tempfile::NamedTempFile::new_in(folder).with_context(cannot)?;
    part.write_all(&secret).and_then(|()| part.as_file().sync_all()).with_context(cannot)?;
    part.persist_noclobber(path).map_err(|e| e.error).with_context(cannot)?;
    sync_folder(path).with_context(cannot)?;
    Ok(DeviceKey::from_secret(secret))
}
