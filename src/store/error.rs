//! What can go wrong with a store: what, where, why, and how to mend it.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error;

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The data is refused: damaged, of another survey, newer.
    Data,
    /// The disk, a lock, a permission.
    Environment,
}

/// Why a store cannot be used as asked. Nothing was changed by it.
#[derive(Debug, Error)]
pub enum StoreError {
    /// It is another kind of file, or a store that is damaged or cut off.
    #[error("{} is no store of Doorstep, or it is damaged or cut off: {why}. Copy it anew from where it comes from", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// It is encrypted, and no key was given; or it is no store at all.
    #[error("{} is encrypted, or no store of Doorstep. The key of an encrypted store is in secrets.age beside it: copy both", path.display())]
    Encrypted {
        /// The file.
        path: PathBuf,
    },
    /// A later Doorstep made it.
    #[error("{} was written by a newer Doorstep (store format {found}; this one knows {known}). Update Doorstep on this computer", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// An earlier Doorstep made it, and it cannot be brought up to date where it lies.
    #[error("{} was written by an earlier Doorstep (store format {found}), and is only read here. Copy it to a disk that can be written and open it there", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
    },
    /// A source of a merge cannot be read to its end.
    #[error("{} {why}. Copy it anew from its laptop", path.display())]
    Source {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// It belongs to another survey.
    #[error("{} holds interviews of the survey `{theirs}`, and this store is for `{ours}`. Merge it in the folder of that survey", path.display())]
    OtherSurvey {
        /// The file.
        path: PathBuf,
        /// Its survey.
        theirs: String,
        /// Ours.
        ours: String,
    },
    /// Somebody else has it open.
    #[error("{} is open already: {holder}. End that first, then try again", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
        /// Who has it open.
        holder: String,
    },
    /// It lies where a live store would be lost or torn.
    #[error("{} lies in {what}, where a store that is written gets lost or torn. Name a file on this computer's own disk under `store` in survey.toml, and use `doorstep pack` to send interviews", path.display())]
    Shared {
        /// The file.
        path: PathBuf,
        /// Which kind of place.
        what: String,
    },
    /// The disk is full.
    #[error("the disk is full: {} cannot grow. Everything acknowledged before is kept; free some space and go on", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// It may not be written.
    #[error("{} cannot be written: the file, its folder or its disk is read-only. Copy it to a folder of your own", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// A store cannot be merged into itself.
    #[error("{} is this survey's own store: it cannot be merged into itself. Name the stores of other laptops", path.display())]
    Itself {
        /// The file.
        path: PathBuf,
    },
    /// The SQLite that was built in loses data.
    #[error(
        "this Doorstep was built with SQLite {0}, which can lose data. Build it with SQLite 3.51.3 or newer"
    )]
    OldSqlite(&'static str),
    /// A setting that keeps answers safe did not hold.
    #[error("{}: the setting `{name}` is `{found}` and must be `{wanted}` to keep answers safe. Use another disk or file system", path.display())]
    Setting {
        /// The file.
        path: PathBuf,
        /// The pragma.
        name: &'static str,
        /// What it must be.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// There is nothing of this interview to close or show.
    #[error("{}: the store has no interview {interview}", path.display())]
    NoInterview {
        /// The file.
        path: PathBuf,
        /// The interview.
        interview: String,
    },
    /// Any other trouble of SQLite.
    #[error("{}: {source}", path.display())]
    Sql {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// Any other trouble of the disk.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl StoreError {
    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotAStore { .. }
            | Self::Encrypted { .. }
            | Self::Newer { .. }
            | Self::Source { .. }
            | Self::OtherSurvey { .. }
            | Self::Itself { .. }
            | Self::NoInterview { .. } => ErrorKind::Data,
            _ => ErrorKind::Environment,
        }
    }

    /// SQLite's error as ours.
    pub(super) fn sql(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                Self::NotAStore { path, why: source.to_string() }
            }
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Locked { path, holder: "another program holds the database".into() }
            }
            _ => Self::Sql { path, source },
        }
    }

    /// The system's error as ours.
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            _ => Self::Io { path, source },
        }
    }
}
