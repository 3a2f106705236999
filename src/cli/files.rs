//! Writing results: whole or not at all.

use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::{NamedTempFile, TempDir};

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
    remove_remains(parent);
    let written = || -> Result<()> {
        let mut part = tempfile::Builder::new().prefix(PREFIX).tempfile_in(parent)?;
        write(&mut part)?;
        part.as_file().sync_all()?;
        part.persist(path).map_err(|e| e.error)?;
        Ok(sync_folder(path)?)
    };
    // What lies in a folder that is not finished has no name that people know: who makes the folder says it.
    let is_inside = parent.components().any(|part| part.as_os_str().to_str().is_some_and(is_part));
    written().map_err(|error| if is_inside { error } else { unwritten(error, path) })
}

/// What could not be written, as people know it.
#[derive(Debug)]
pub struct Unwritten(PathBuf);

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write {}", self.0.display())
    }
}

/// Says which file could not be written, unless that is said already, or it was refused for another reason.
pub fn unwritten(error: anyhow::Error, path: &Path) -> anyhow::Error {
    let is_refused = error.chain().any(<dyn std::error::Error>::is::<Failure>);
    if is_refused || error.is::<Unwritten>() { error } else { error.context(Unwritten(path.to_owned())) }
}

/// Makes a folder whole or not at all. One that exists is moved aside for the new one, and then removed; whether it may
/// be is the caller's to judge.
pub fn write_folder(path: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    make_folder(path, write).map_err(|error| unwritten(error, path))
}

fn make_folder(path: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let made = part_in(parent)?;
    write(made.path())?;
    // Removed at the end, with what stood here before.
    let old = own(tempfile::Builder::new().prefix(EARLIER)).tempdir_in(parent)?;
    let aside = old.path().join("old");
    let existed = path.exists();
    if existed {
        fs::rename(path, &aside)?;
    }
    if let Err(error) = fs::rename(made.path(), path) {
        if existed && fs::rename(&aside, path).is_err() {
            // Whatever happens, it is not removed.
            let kept = old.keep();
            return Err(error).with_context(|| format!("what was there is in {}", kept.display()));
        }
        return Err(error.into());
    }
    // It has another name now: there is nothing left to remove.
    let _ = made.keep();
    Ok(sync_folder(path)?)
}

/// A folder for what is not finished, in another, from which abandoned ones are removed. It goes with the value.
pub fn part_in(folder: &Path) -> Result<TempDir> {
    remove_remains(folder);
    Ok(own(tempfile::Builder::new().prefix(PREFIX)).tempdir_in(folder)?)
}

/// How the names of what is not finished begin.
const PREFIX: &str = ".doorstep-part-";

/// The same for what was there before, which is nobody's to remove where its place was not taken.
const EARLIER: &str = ".earlier-doorstep-";

/// As long nothing is written to what somebody still works on.
const ABANDONED: Duration = Duration::from_hours(1);

/// Removes what an earlier run left half-written when it was killed: it may hold what people answered. Whatever cannot be
/// removed stays for the next.
fn remove_remains(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(is_part);
        if !is_ours || !is_abandoned(&entry.path()) {
            continue;
        }
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let _ = if is_folder { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) };
    }
}

/// Whether a name is one that was drawn for what is not finished.
fn is_part(name: &str) -> bool {
    name.strip_prefix(PREFIX)
        .is_some_and(|drawn| drawn.len() == 6 && drawn.chars().all(char::is_alphanumeric))
}

/// Whether nothing was written to a file, or to a folder and what is in it, for so long that nobody will.
fn is_abandoned(path: &Path) -> bool {
    let rests = fs::symlink_metadata(path)
        .and_then(|about| about.modified())
        .is_ok_and(|at| at.elapsed().is_ok_and(|rest| rest > ABANDONED));
    rests && fs::read_dir(path).into_iter().flatten().flatten().all(|inside| is_abandoned(&inside.path()))
}

/// Makes a folder that nobody else on this computer looks into.
pub fn create_own_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The same for a folder with a name that is free.
fn own<'a, 'b>(builder: &'a mut tempfile::Builder<'b, 'b>) -> &'a mut tempfile::Builder<'b, 'b> {
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder
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
