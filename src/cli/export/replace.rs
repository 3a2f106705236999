//! A new export takes the place of an earlier one: all of it, or none.
//!
//! The new files are first written beside, in a folder whose name is that of all that is half-written. When they are whole, it
//! gets a name that says what it is, and from that moment the new export is the one that holds: its files go to their places one
//! by one, what the earlier one left goes away, and the folder last. Who is killed in between leaves that folder for everybody to
//! see, and the next export there first does what is left to do.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};

use super::earlier::{SCRIPTS, is_as_written};
use crate::cli::files;
use crate::cli::say::say;
use crate::store::sync_folder;

/// What the folder with the new files is called while they go to their places.
const CUT_OFF: &str = "export-was-cut-off";
/// The new files, in it.
const FILES: &str = "files";
/// Says in it what it is, and which files of the earlier export go away: a line for each.
const ABOUT: &str = "README.txt";
const HEADING: &str = "This export was cut off while it took the place of an earlier one: the files beside this folder are of both.";
const EXPLAINED: &str =
    "The next `doorstep export … --force` to that folder moves what is in `files` to its place, and removes:";

/// Writes new files with `write`, and puts them in the place of those in a folder. It gives the files of that folder which go away
/// for them, by their places in it.
pub fn replace(out: &Path, write: impl FnOnce(&Path) -> Result<Vec<String>>) -> Result<()> {
    let part = files::part_in(out)?;
    let new = part.path().join(FILES);
    files::create_own_folder(&new).with_context(|| format!("cannot make {}", new.display()))?;
    let left = write(&new)?;
    let about = format!(
        "{HEADING}\n{EXPLAINED}\n{}",
        left.iter().map(|name| format!("{name}\n")).collect::<String>()
    );
    files::write_whole(&part.path().join(ABOUT), false, |file| Ok(file.write_all(about.as_bytes())?))?;
    let decided = out.join(CUT_OFF);
    let cannot = || format!("cannot make {}", decided.display());
    fs::rename(part.path(), &decided).with_context(cannot)?;
    // It has another name now.
    let _ = part.keep();
    sync_folder(&decided).with_context(cannot)?;
    settle(out)?;
    if !left.is_empty() {
        say(format_args!("Removed, as an earlier export left it: {}", left.join(", ")));
    }
    Ok(())
}

/// Finishes what an earlier run began in a folder when it was killed.
pub fn finish(out: &Path) -> Result<()> {
    if !out.join(CUT_OFF).exists() {
        return Ok(());
    }
    settle(out)?;
    say(format_args!("The last export to {} was cut off: that was finished first.", out.display()));
    Ok(())
}

/// Whether an export to a folder was cut off.
pub fn is_cut_off(out: &Path) -> bool {
    out.join(CUT_OFF).join(ABOUT).exists()
}

/// Moves the new files to their places, and removes what the earlier export left: as far as that is still to be done.
fn settle(out: &Path) -> Result<()> {
    let decided = out.join(CUT_OFF);
    let files = decided.join(FILES);
    let settled = || -> Result<()> {
        let about = is_there(fs::read_to_string(decided.join(ABOUT)))?.unwrap_or_default();
        let mut changed: BTreeSet<PathBuf> = BTreeSet::new();
        for name in files_in(&files, Path::new(""))? {
            let place = out.join(&name);
            if let Some(around) = place.parent() {
                fs::create_dir_all(around).with_context(|| format!("cannot make {}", around.display()))?;
            }
            keep_changed(&place)?;
            fs::rename(files.join(&name), &place)
                .with_context(|| format!("cannot write {}", place.display()))?;
            changed.insert(place);
        }
        let names = about.lines().skip(2).map(Path::new);
        // A line that somebody wrote into it leads nowhere else.
        for name in names.filter(|name| name.components().all(|part| matches!(part, Component::Normal(_)))) {
            let place = out.join(name);
            is_there(fs::remove_file(&place))
                .with_context(|| format!("cannot remove the earlier {}", place.display()))?;
            remove_empty(out, name);
            changed.insert(place);
        }
        // On the disk before what says that it is to be done goes.
        changed
            .iter()
            .filter(|place| place.parent().is_some_and(Path::exists))
            .try_for_each(|place| sync_folder(place))?;
        is_there(fs::remove_dir_all(&files))?;
        is_there(fs::remove_file(decided.join(ABOUT)))?;
        is_there(fs::remove_dir(&decided))?;
        Ok(sync_folder(&decided)?)
    };
    settled().with_context(|| {
        format!(
            "{} holds files of two exports now; the next one there, with --force, finishes what {} says",
            out.display(),
            decided.join(ABOUT).display()
        )
    })
}

/// Moves a script aside that somebody wrote or changed, so that a new one does not take its place.
fn keep_changed(place: &Path) -> Result<()> {
    let is_script = place.extension().and_then(OsStr::to_str).is_some_and(|ending| SCRIPTS.contains(&ending));
    if !is_script || !place.exists() || is_as_written(place) {
        return Ok(());
    }
    let aside = aside(place);
    let cannot = || format!("cannot move {} out of the way", place.display());
    fs::rename(place, &aside).with_context(cannot)?;
    // On the disk before the new one has its name.
    sync_folder(place).with_context(cannot)?;
    say(format_args!("{} was changed by somebody: it is kept as {}.", place.display(), aside.display()));
    Ok(())
}

/// A name beside a file's that is free: `interviews.changed.R`, `interviews.changed2.R`.
fn aside(path: &Path) -> PathBuf {
    let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    let named = |number: &str| path.with_extension(format!("changed{number}.{ending}"));
    let mut free = named("");
    let mut number = 2;
    while free.exists() {
        free = named(&number.to_string());
        number += 1;
    }
    free
}

/// All files of a folder and of those in it, by their places in it, in the order of their names. None where it is gone.
fn files_in(folder: &Path, inside: &Path) -> Result<BTreeSet<PathBuf>> {
    let here = folder.join(inside);
    let cannot = || format!("cannot read {}", here.display());
    let entries = match fs::read_dir(&here) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries.with_context(cannot)?,
    };
    let mut all = BTreeSet::new();
    for entry in entries {
        let entry = entry.with_context(cannot)?;
        let path = inside.join(entry.file_name());
        if entry.file_type().with_context(cannot)?.is_dir() {
            all.append(&mut files_in(folder, &path)?);
        } else {
            all.insert(path);
        }
    }
    Ok(all)
}

/// Removes the folders that a file was in, inside of another, as far as they hold nothing else.
fn remove_empty(out: &Path, name: &Path) {
    let around = name.ancestors().skip(1).take_while(|around| *around != Path::new(""));
    // One with something else in it stays, and so do those around it.
    let _ = around.map(|around| fs::remove_dir(out.join(around))).take_while(Result::is_ok).count();
}

fn is_there<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        done => done.map(Some),
    }
}
