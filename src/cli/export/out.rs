//! Where an export goes: whole or not at all, and never over anything but an earlier export.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::earlier::{Earlier, left_in};
use super::replace;
use crate::cli::failure::{Failure, Kind};
use crate::cli::files;
use crate::cli::folder::Folder;
use crate::cli::own;
use crate::cli::say::busy;
use crate::export::codebook::Codebook;
use crate::export::csv::Profile;

/// What every folder of an export has, so that a later one knows it.
pub const CODEBOOK: &str = "_codebook.csv";
/// What a folder of CSV files says of them.
pub const DESCRIPTION: &str = "datapackage.json";

/// Refuses a folder that an export may not be written to, before anything is read.
pub fn check_folder(folder: &Folder, out: &Path, force: bool) -> Result<()> {
    check_folder_of(folder, out, force, CODEBOOK)
}

/// The same for a folder that is known by another file.
pub fn check_folder_of(folder: &Folder, out: &Path, force: bool, mark: &str) -> Result<()> {
    if !out.exists() {
        return Ok(());
    }
    if !out.is_dir() {
        return Err(Failure::new(Kind::Usage, format!("{} is not a folder", out.display()))
            .help("This export is a folder of files: name one that does not exist yet.")
            .into());
    }
    if !force {
        let help = if replace::is_cut_off(out) {
            "An export to it was cut off, and it holds files of two: add --force to finish that and to replace it."
        } else {
            "Name another folder, or add --force to replace the files of an earlier export in it."
        };
        return Err(exists(out, help));
    }
    // What is replaced was made by an export, and nothing else of the survey's is.
    if !out.join(mark).exists() {
        return Err(Failure::new(Kind::Usage, format!("{} holds no earlier export", out.display()))
            .help("Name a folder that does not exist yet.")
            .into());
    }
    own::refuse(folder, &out.join(mark))
}

/// Refuses a file that an export may not be written to, before anything is read.
pub fn check_file(folder: &Folder, out: &Path, force: bool) -> Result<()> {
    if out.exists() && !force {
        return Err(exists(out, "Name another file, or add --force to replace it."));
    }
    own::refuse(folder, out)
}

fn exists(out: &Path, help: &str) -> anyhow::Error {
    Failure::new(Kind::Usage, format!("{} exists already", out.display())).help(help).into()
}

/// Writes an export that is a folder, with its codebook. It appears whole or not at all, also in the place of an earlier one: what
/// that left and this one does not write goes away and is named, and files of others stay, also scripts that somebody changed.
pub fn write_folder(
    out: &Path,
    book: &Codebook<'_>,
    profile: Profile,
    files: impl Fn(&Target) -> Result<()>,
) -> Result<()> {
    make_folder(
        out,
        || {
            let earlier = Earlier::in_folder(out, book);
            move |path: &Path| earlier.wrote(path)
        },
        |to| {
            files(to)?;
            to.file(CODEBOOK, |file| Ok(book.write_csv(profile, file)?))
        },
    )
}

/// The same for any folder. `is_ours` gives what says of a file, by its place in the folder, whether an earlier run made it.
pub fn make_folder<O: Fn(&Path) -> bool>(
    out: &Path,
    is_ours: impl FnOnce() -> O,
    write: impl Fn(&Target) -> Result<()>,
) -> Result<()> {
    let cannot = |error| files::unwritten(error, out);
    let target = |folder: &Path| Target {
        folder: folder.to_owned(),
        out: out.to_owned(),
        written: RefCell::default(),
    };
    if !out.exists() {
        return files::write_folder(out, |to| write(&target(to)));
    }
    replace::finish(out).map_err(cannot)?;
    replace::replace(out, |to| {
        let target = target(to);
        write(&target)?;
        let (written, is_ours) = (target.written.into_inner(), is_ours());
        left_in(out, &|path| !written.contains(path) && is_ours(path))
    })
    .map_err(cannot)
}

/// A folder that is written, and the files that are in it by now.
pub struct Target {
    folder: PathBuf,
    /// What it is called in the end.
    out: PathBuf,
    written: RefCell<HashSet<PathBuf>>,
}

impl Target {
    /// Writes one file, named by its place in the folder.
    pub fn file(
        &self,
        name: &str,
        write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<()>,
    ) -> Result<()> {
        let path = self.folder.join(name);
        if let Some(around) = path.parent() {
            fs::create_dir_all(around).with_context(|| format!("cannot make {}", around.display()))?;
        }
        self.written.borrow_mut().insert(PathBuf::from(name));
        write_shown(&path, &self.out.join(name), write)
    }

    /// Writes a script.
    pub fn script(&self, name: &str, text: &str) -> Result<()> {
        self.file(name, |file| Ok(file.write_all(text.as_bytes())?))
    }
}

/// Writes a file whole or not at all, in place of what is there, and shows how much is written.
pub fn write_file(path: &Path, write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<()>) -> Result<()> {
    write_shown(path, path, write)
}

/// The same for a file that people know by another name, which it gets in the end.
fn write_shown(
    path: &Path,
    shown: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<()>,
) -> Result<()> {
    let bar = busy("Writing", &shown.display().to_string());
    let written = files::write_whole(path, true, |file| {
        let mut buffered = BufWriter::with_capacity(1 << 16, file);
        write(&mut buffered)?;
        buffered.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        Ok(())
    });
    bar.finish_and_clear();
    written.map_err(|error| files::unwritten(error, shown))
}
