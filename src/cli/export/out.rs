//! Where an export goes: whole or not at all, and never over anything but an earlier export.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cli::failure::{Failure, Kind};
use crate::cli::files;
use crate::cli::folder::Folder;
use crate::cli::own;
use crate::cli::say::{busy, say};
use crate::export::codebook::Codebook;
use crate::export::csv::Profile;
use crate::export::{long, parquet, syntax};

/// What every folder of an export has, so that a later one knows it.
const CODEBOOK: &str = "_codebook.csv";
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

/// Writes an export that is a folder, with its codebook, which goes last. A new folder appears whole or not at all. In an
/// old one each file is replaced whole; what an earlier export left and this one does not write goes away and is named, and
/// files of others stay, also scripts that somebody changed.
pub fn write_folder(
    out: &Path,
    book: &Codebook<'_>,
    profile: Profile,
    files: impl Fn(&Target) -> Result<()>,
) -> Result<()> {
    let earlier = Earlier::in_folder(out, book);
    make_folder(
        out,
        |path| earlier.wrote(path),
        |to| {
            files(to)?;
            to.file(CODEBOOK, |file| Ok(book.write_csv(profile, file)?))
        },
    )
}

/// The same for any folder. `is_ours` says of a file, by its place in the folder, whether an earlier run made it.
pub fn make_folder(
    out: &Path,
    is_ours: impl Fn(&Path) -> bool,
    write: impl Fn(&Target) -> Result<()>,
) -> Result<()> {
    let cannot = || format!("cannot write {}", out.display());
    if !out.exists() {
        return files::write_folder(out, |to| write(&Target::new(to))).with_context(cannot);
    }
    let target = Target::new(out);
    write(&target).with_context(cannot)?;
    let mut removed = Vec::new();
    let is_left = |path: &Path| !target.written.borrow().contains(path) && is_ours(path);
    let done = remove_left(out, Path::new(""), &is_left, &mut removed);
    removed.sort_unstable();
    if !removed.is_empty() {
        say(format_args!("Removed, as an earlier export left it: {}", removed.join(", ")));
    }
    done
}

/// A folder that is written, and the files that are in it by now.
pub struct Target {
    folder: PathBuf,
    written: RefCell<HashSet<PathBuf>>,
}

impl Target {
    fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), written: RefCell::default() }
    }

    /// Writes one file, named by its place in the folder, replacing what has its name.
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
        write_file(&path, write)
    }

    /// Writes a script. One of its name that somebody wrote or changed moves aside.
    pub fn script(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        if path.exists() && !is_as_written(&path) {
            let aside = aside(&path);
            fs::rename(&path, &aside)
                .with_context(|| format!("cannot move {} out of the way", path.display()))?;
            say(format_args!(
                "{} was changed by somebody: it is kept as {}.",
                path.display(),
                aside.display()
            ));
        }
        self.file(name, |file| Ok(file.write_all(text.as_bytes())?))
    }
}

/// Whether a file is a script of an export that nobody has changed.
fn is_as_written(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| syntax::is_as_written(&text))
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

/// How deep the folders of an export go: a table's, and in it a round's.
const DEEPEST: usize = 2;

/// Removes files of a folder and of the folders in it, and folders that held nothing else; adds the names of what is removed.
fn remove_left(
    folder: &Path,
    inside: &Path,
    is_left: &impl Fn(&Path) -> bool,
    removed: &mut Vec<String>,
) -> Result<()> {
    let here = folder.join(inside);
    let cannot = || format!("cannot read {}", here.display());
    let mut is_emptied = false;
    for entry in fs::read_dir(&here).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        let path = inside.join(entry.file_name());
        // A link is somebody else's, wherever it leads.
        let kind = entry.file_type().with_context(cannot)?;
        if kind.is_dir() && inside.iter().count() < DEEPEST {
            remove_left(folder, &path, is_left, removed)?;
            is_emptied = true;
        } else if kind.is_file() && is_left(&path) {
            let file = entry.path();
            fs::remove_file(&file)
                .with_context(|| format!("cannot remove the earlier {}", file.display()))?;
            removed.push(path.display().to_string());
            is_emptied = true;
        }
    }
    if is_emptied && inside != Path::new("") {
        // One with something else in it stays.
        let _ = fs::remove_dir(&here);
    }
    Ok(())
}

/// What an earlier export to a folder was of.
struct Earlier {
    folder: PathBuf,
    /// The names of its tables.
    tables: HashSet<String>,
}

/// The beginnings by which files of exports are known, so that a file of that name that somebody else made stays.
const MARKS: [(&str, &[&str]); 6] = [
    ("csv", &["_interview", "\u{feff}_interview"]),
    ("sav", &["$FL2@(#) SPSS DATA FILE written by Doorstep"]),
    ("dta", &["<stata_dta><header><release>118</release>"]),
    ("R", &["# The sampling design of "]),
    ("do", &["* The sampling design of "]),
    ("sps", &["* Encoding: UTF-8.\n* The sampling design of "]),
];

/// What the names of scripts end in, which people go on writing in.
const SCRIPTS: [&str; 3] = ["R", "do", "sps"];

impl Earlier {
    /// Reads it from the codebook that every export has; a roster of which nothing went out is in the new one's plan.
    fn in_folder(folder: &Path, book: &Codebook<'_>) -> Self {
        let mut tables: HashSet<String> = book.plan.tables.iter().map(|table| table.name.clone()).collect();
        tables.insert(long::NAME.to_owned());
        if let Ok(mut codebook) = ::csv::Reader::from_path(folder.join(CODEBOOK)) {
            // The first column names the table. A line that cannot be read names none.
            tables.extend(codebook.records().flatten().filter_map(|line| line.get(0).map(str::to_owned)));
        }
        Self { folder: folder.to_owned(), tables }
    }

    /// Whether it made a file, and nobody changed it as scripts are changed: such a one is named.
    fn wrote(&self, path: &Path) -> bool {
        let parts: Vec<&str> = path.iter().filter_map(OsStr::to_str).collect();
        match parts.as_slice() {
            [name] if *name == DESCRIPTION => true,
            [name] => {
                let Some((table, ending)) = name.rsplit_once('.') else { return false };
                let marks = MARKS.iter().find(|(known, _)| *known == ending).map(|(_, marks)| marks);
                let is_ours =
                    self.tables.contains(table) && marks.is_some_and(|marks| self.begins(path, marks));
                let file = self.folder.join(path);
                let is_changed = is_ours && SCRIPTS.contains(&ending) && !is_as_written(&file);
                if is_changed {
                    say(format_args!(
                        "{} was changed by somebody: it stays, though it is of an earlier export.",
                        file.display()
                    ));
                }
                is_ours && !is_changed
            }
            [table, round, name] => {
                self.tables.contains(*table) && round.starts_with("round") && *name == parquet::FILE
            }
            _ => false,
        }
    }

    fn begins(&self, path: &Path, marks: &[&str]) -> bool {
        let longest = marks.iter().map(|mark| mark.len()).max().unwrap_or(0);
        let mut begin = Vec::new();
        let read = File::open(self.folder.join(path))
            .and_then(|file| file.take(longest as u64).read_to_end(&mut begin));
        read.is_ok() && marks.iter().any(|mark| begin.starts_with(mark.as_bytes()))
    }
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
