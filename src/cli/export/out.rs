//! Where an export goes: whole or not at all, and never over anything but an earlier export.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context, Result};

use crate::cli::failure::{Failure, Kind};
use crate::cli::files;
use crate::cli::folder::Folder;
use crate::cli::indicators::refuse_own;
use crate::cli::say::busy;
use crate::export::codebook::Codebook;
use crate::export::csv::Profile;

/// What every folder of an export has, so that a later one knows it.
const CODEBOOK: &str = "_codebook.csv";

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
        return Err(exists(
            out,
            "Name another folder, or add --force to replace the files of an earlier export in it.",
        ));
    }
    // What is replaced was made by an export, and nothing else of the survey's is.
    if !out.join(mark).exists() {
        return Err(Failure::new(Kind::Usage, format!("{} holds no earlier export", out.display()))
            .help("Name a folder that does not exist yet.")
            .into());
    }
    refuse_own(folder, &out.join(mark))
}

/// Refuses a file that an export may not be written to, before anything is read.
pub fn check_file(folder: &Folder, out: &Path, force: bool) -> Result<()> {
    if out.exists() && !force {
        return Err(exists(out, "Name another file, or add --force to replace it."));
    }
    refuse_own(folder, out)
}

fn exists(out: &Path, help: &str) -> anyhow::Error {
    Failure::new(Kind::Usage, format!("{} exists already", out.display())).help(help).into()
}

/// Writes an export that is a folder, with its codebook, which goes last. A new folder appears whole or not at all; in an
/// old one each file is replaced whole.
pub fn write_folder(
    out: &Path,
    book: &Codebook<'_>,
    profile: Profile,
    files: impl Fn(&Path) -> Result<()>,
) -> Result<()> {
    make_folder(out, |to| {
        files(to)?;
        file_in(to, CODEBOOK, |file| Ok(book.write_csv(profile, file)?))
    })
}

/// Writes a folder: a new one appears whole or not at all, in an old one, which may hold files of the user's, each file is
/// replaced whole.
pub fn make_folder(out: &Path, write: impl Fn(&Path) -> Result<()>) -> Result<()> {
    let cannot = || format!("cannot write {}", out.display());
    if out.exists() { write(out) } else { files::write_folder(out, write) }.with_context(cannot)
}

/// Writes one file of a folder, replacing what has its name.
pub fn file_in(
    folder: &Path,
    name: &str,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<()>,
) -> Result<()> {
    write_file(&folder.join(name), write)
}

/// Writes a file whole or not at all, in place of what is there, and shows how much is written.
pub fn write_file(path: &Path, write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<()>) -> Result<()> {
    let bar = busy("Writing", &path.display().to_string());
    let written = files::write_whole(path, true, |file| {
        let mut buffered = BufWriter::with_capacity(1 << 16, file);
        write(&mut buffered)?;
        buffered.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        Ok(())
    });
    bar.finish_and_clear();
    written.with_context(|| format!("cannot write {}", path.display()))
}
