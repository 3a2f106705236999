//! What an earlier export left in a folder, known by its codebook and by how its files begin.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::out::{CODEBOOK, DESCRIPTION};
use crate::cli::say::say;
use crate::export::codebook::Codebook;
use crate::export::{long, parquet, syntax};

/// What an earlier export to a folder was of.
pub struct Earlier {
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
pub const SCRIPTS: [&str; 3] = ["R", "do", "sps"];

impl Earlier {
    /// Reads it from the codebook that every export has; a roster of which nothing went out is in the new one's plan.
    pub fn in_folder(folder: &Path, book: &Codebook<'_>) -> Self {
        let mut tables: HashSet<String> = book.plan.tables.iter().map(|table| table.name.clone()).collect();
        tables.insert(long::NAME.to_owned());
        if let Ok(mut codebook) = ::csv::Reader::from_path(folder.join(CODEBOOK)) {
            // The first column names the table. A line that cannot be read names none.
            tables.extend(codebook.records().flatten().filter_map(|line| line.get(0).map(str::to_owned)));
        }
        Self { folder: folder.to_owned(), tables }
    }

    /// Whether it made a file, and nobody changed it as scripts are changed: such a one is named.
    pub fn wrote(&self, path: &Path) -> bool {
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

/// Whether a file is a script of an export that nobody has changed.
pub fn is_as_written(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| syntax::is_as_written(&text))
}

/// How deep the folders of an export go: a table's, and in it a round's.
const DEEPEST: usize = 2;

/// The files of a folder and of the folders in it that are left, by their places in it, in the order of their names.
pub fn left_in(folder: &Path, is_left: &impl Fn(&Path) -> bool) -> Result<Vec<String>> {
    let mut left = Vec::new();
    add_left(folder, Path::new(""), is_left, &mut left)?;
    left.sort_unstable();
    Ok(left)
}

fn add_left(
    folder: &Path,
    inside: &Path,
    is_left: &impl Fn(&Path) -> bool,
    left: &mut Vec<String>,
) -> Result<()> {
    let here = folder.join(inside);
    let cannot = || format!("cannot read {}", here.display());
    for entry in fs::read_dir(&here).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        let path = inside.join(entry.file_name());
        // A link is somebody else's, wherever it leads.
        let kind = entry.file_type().with_context(cannot)?;
        if kind.is_dir() && inside.iter().count() < DEEPEST {
            add_left(folder, &path, is_left, left)?;
        } else if kind.is_file() && is_left(&path) {
            left.push(path.display().to_string());
        }
    }
    Ok(())
}
