//! Writing results: whole or not at all.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};
use tempfile::NamedTempFile;

use super::failure::{Failure, Kind};
use crate::store::sync_folder;

/// Writes a file whole or not at all; an existing one is replaced only with `force`.
pub fn write_whole(path: &Path, force: bool, write: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    whole(path, force, |part| write(part.as_file_mut()))
}

/// The same for what opens its file by itself: `write` gets the place of one that is empty, in the same folder.
pub fn write_whole_at(path: &Path, force: bool, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    whole(path, force, |part| write(part.path()))
}

fn whole(path: &Path, force: bool, write: impl FnOnce(&mut NamedTempFile) -> Result<()>) -> Result<()> {
    refuse_existing(path, force)?;
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = || format!("cannot write {}", path.display());
    let mut part = NamedTempFile::new_in(parent).with_context(cannot)?;
    write(&mut part)?;
    part.as_file().sync_all().with_context(cannot)?;
    part.persist(path).map_err(|e| e.error).with_context(cannot)?;
    sync_folder(path).with_context(cannot)
}

/// Makes a folder whole or not at all. One that exists is moved aside for the new one, and then removed; whether it may
/// be is the caller's to judge.
pub fn write_folder(path: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = || tempfile::Builder::new().prefix(".doorstep-").tempdir_in(parent);
    let made = beside().with_context(cannot)?;
    write(made.path())?;
    // Removed at the end, with what stood here before.
    let old = beside().with_context(cannot)?;
    let aside = old.path().join("old");
    let existed = path.exists();
    if existed {
        fs::rename(path, &aside).with_context(cannot)?;
    }
    if let Err(error) = fs::rename(made.path(), path) {
        if existed && fs::rename(&aside, path).is_err() {
            // Whatever happens, it is not removed.
            let kept = old.keep();
            return Err(error)
                .with_context(|| format!("{}; what was there is in {}", cannot(), kept.display()));
        }
        return Err(error).with_context(cannot);
    }
    // It has another name now: there is nothing left to remove.
    let _ = made.keep();
    sync_folder(path).with_context(cannot)
}

/// Refuses to replace a file without `force`: before the work is done whose result it would hold.
pub fn refuse_existing(path: &Path, force: bool) -> Result<()> {
    if path.exists() && !force {
        return Err(Failure::new(Kind::Usage, format!("{} exists already", path.display()))
            .help("Name another file, or add --force to replace it.")
            .into());
    }
    Ok(())
}
