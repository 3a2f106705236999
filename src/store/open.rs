//! Making and opening a store: every setting that keeps answers safe is set and read back.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::ballast;
use super::key::{At, give, has_secrets};
use super::lock::Lock;
use super::migrate::migrate;
use super::packing::Packing;
use super::place::refuse_shared;
use super::{Result, Store, StoreError};

/// "door" in ASCII: tells our files from other SQLite databases.
const APPLICATION_ID: i64 = 0x646F_6F72;
/// The format of the tables.
pub(super) const FORMAT: i64 = 2;
/// SQLite before this can corrupt a database when a checkpoint meets a commit.
const OLDEST_SQLITE: i32 = 3_051_003;

/// What for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To write: for one process at a time.
    Write,
    /// To read only; the file may lie on a disk that cannot be written.
    Read,
}

/// Settings of a store that is written: name, what is set, what must be read back.
/// `DELETE` with `EXTRA` was the one pair that lost nothing in simulated power cuts.
const SETTINGS: [(&str, &str, &str); 12] = [
    ("locking_mode", "EXCLUSIVE", "exclusive"),
    ("journal_mode", "DELETE", "delete"),
    ("synchronous", "EXTRA", "3"),
    ("fullfsync", "ON", "1"),
    ("foreign_keys", "ON", "1"),
    ("secure_delete", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
    ("cell_size_check", "ON", "1"),
    ("mmap_size", "0", "0"),
    ("temp_store", "MEMORY", "2"),
    // Kibibytes: merging touches pages all over the file.
    ("cache_size", "-8192", "-8192"),
    ("recursive_triggers", "ON", "1"),
];

impl Store {
    /// Makes a store that did not exist. `holder` says what it is opened for, for the message
    /// that a second process gets.
    ///
    /// # Errors
    /// It cannot be written there, or somebody else makes it at the same time.
    pub fn create<'a>(at: impl Into<At<'a>>, survey: &str, holder: &str) -> Result<Self> {
        let at = at.into();
        let path = at.path;
        modern_sqlite()?;
        refuse_shared(path)?;
        let lock = Lock::take(path, holder)?;
        if fs::symlink_metadata(path).is_ok() {
            let there = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
            return Err(StoreError::io(path, there));
        }
        // Born under another name: a power cut leaves no store without tables.
        let part = beside(path, ".part");
        let _ = fs::remove_file(&part);
        own_file(&part).map_err(|e| StoreError::io(path, e))?;
        {
            let connection = connect(
                At::new(&part, at.key),
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            )?;
            let sql = |e| StoreError::sql(path, e);
            connection
                .execute_batch(&format!(
                    "PRAGMA page_size = 4096; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};"
                ))
                .map_err(sql)?;
            settle(path, &connection)?;
            connection.execute_batch(include_str!("sql/schema.sql")).map_err(sql)?;
            connection
                .execute("INSERT INTO meta (key, value) VALUES ('survey', ?1)", [survey])
                .map_err(sql)?;
        }
        fs::rename(&part, path).map_err(|e| StoreError::io(path, e))?;
        sync_folder(path).map_err(|e| StoreError::io(path, e))?;
        Self::finish(at, Access::Write, Some(lock))
    }

    /// Opens a store that exists.
    ///
    /// # Errors
    /// It is no store, damaged, newer, held by another process, or cannot be read or written.
    pub fn open<'a>(at: impl Into<At<'a>>, access: Access, holder: &str) -> Result<Self> {
        let at = at.into();
        let path = at.path;
        modern_sqlite()?;
        let lock = match access {
            Access::Write => {
                refuse_shared(path)?;
                Some(Lock::take(path, holder)?)
            }
            Access::Read => {
                Lock::is_free(path)?;
                // What a process left half-written is rolled back first, and an earlier format is
                // brought up to date, which takes writing.
                if has_hot_journal(path) || is_older(at) {
                    drop(Self::open(at, Access::Write, holder)?);
                }
                None
            }
        };
        Self::finish(at, access, lock)
    }

    fn finish(at: At<'_>, access: Access, lock: Option<Lock>) -> Result<Self> {
        let path = at.path;
        let metadata = fs::metadata(path).map_err(|e| StoreError::io(path, e))?;
        if metadata.len() == 0 || !metadata.is_file() {
            return Err(StoreError::NotAStore {
                path: path.to_owned(),
                why: "it is empty or no file".into(),
            });
        }
        let mut connection = match access {
            Access::Write => connect(at, OpenFlags::SQLITE_OPEN_READ_WRITE)?,
            Access::Read => connect(at, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
        };
        let found = is_ours(path, &connection)?;
        if access == Access::Write {
            settle(path, &connection)?;
            if found < FORMAT {
                migrate(at, &mut connection, found)?;
            }
        } else if found < FORMAT {
            return Err(StoreError::Older { path: path.to_owned(), found });
        }
        let packing = Packing::read(&connection).map_err(|e| StoreError::sql(path, e))?;
        let survey = connection
            .query_row("SELECT value FROM meta WHERE key = 'survey'", [], |row| row.get(0))
            .map_err(|e| StoreError::sql(path, e))?;
        Ok(Self {
            path: path.to_owned(),
            key: at.key.cloned(),
            connection,
            packing: Arc::new(packing),
            survey,
            _lock: lock,
        })
    }

    /// Keeps some room on the disk for the end of an interview; whether there is any. A disk without
    /// it is as good as full.
    #[must_use]
    pub fn keep_room(&self) -> bool {
        ballast::put(&self.path)
    }

    /// Connects anew after a commit of which nobody knows whether it happened.
    pub(super) fn reconnect(&mut self) -> Result<()> {
        // The old connection goes first: it may hold SQLite's own lock.
        self.connection = Connection::open_in_memory().map_err(|e| self.sql(e))?;
        let connection = connect(self.at(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        settle(&self.path, &connection)?;
        self.connection = connection;
        Ok(())
    }
}

pub(super) fn connect(At { path, key }: At<'_>, flags: OpenFlags) -> Result<Connection> {
    if key.is_none() && has_secrets(path) {
        return Err(StoreError::Encrypted { path: path.to_owned() });
    }
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|e| StoreError::sql(path, e))?;
    if let Some(key) = key {
        give(&connection, key).map_err(|e| StoreError::sql(path, e))?;
    }
    connection.busy_timeout(std::time::Duration::from_millis(500)).map_err(|e| StoreError::sql(path, e))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Makes a file that nobody else on this computer may read, where the system knows of others.
///
/// # Errors
/// It is there already, or cannot be made.
pub fn own_file(path: &Path) -> std::io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Refuses files of others and of later formats; gives the format.
fn is_ours(path: &Path, connection: &Connection) -> Result<i64> {
    let read = |pragma: &str| {
        connection
            .pragma_query_value(None, pragma, |row| match row.get_ref(0)? {
                // The size of encrypted pages comes as text.
                ValueRef::Text(text) => Ok(String::from_utf8_lossy(text).parse().unwrap_or(0)),
                other => Ok(other.as_i64()?),
            })
            .map_err(|e| StoreError::sql(path, e))
    };
    // A file that is cut off still has its first page; this reads all tables' roots.
    if read("application_id")? != APPLICATION_ID {
        return Err(StoreError::NotAStore {
            path: path.to_owned(),
            why: "it is a database of another program".into(),
        });
    }
    let found = read("user_version")?;
    if found > FORMAT {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: FORMAT });
    }
    let pages = read("page_count")?.saturating_mul(read("page_size")?);
    let length = fs::metadata(path).map_err(|e| StoreError::io(path, e))?.len();
    if i64::try_from(length).is_ok_and(|length| length < pages) {
        return Err(StoreError::NotAStore {
            path: path.to_owned(),
            why: format!("it is cut off at {length} of {pages} bytes"),
        });
    }
    Ok(found)
}

/// Whether a store is of an earlier format; not so where it cannot be read, which opening it tells.
pub(super) fn is_older(at: At<'_>) -> bool {
    let format = connect(at, OpenFlags::SQLITE_OPEN_READ_ONLY).ok().and_then(|connection| {
        let read = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).ok();
        read("user_version").filter(|_| read("application_id") == Some(APPLICATION_ID))
    });
    format.is_some_and(|format| format < FORMAT)
}

/// Sets every setting, and refuses where one does not hold.
fn settle(path: &Path, connection: &Connection) -> Result<()> {
    let sql = |e| StoreError::sql(path, e);
    for (name, value, wanted) in SETTINGS {
        // Some answer when they are set and some do not; only what is read back counts.
        connection.pragma_update(None, name, value).map_err(sql)?;
        let found = connection
            .pragma_query_value(None, name, |row| {
                row.get::<_, rusqlite::types::Value>(0).map(|value| match value {
                    rusqlite::types::Value::Integer(i) => i.to_string(),
                    rusqlite::types::Value::Text(t) => t.to_lowercase(),
                    other => format!("{other:?}"),
                })
            })
            .map_err(sql)?;
        if found != wanted {
            return Err(StoreError::Setting { path: path.to_owned(), name, wanted: wanted.into(), found });
        }
    }
    Ok(())
}

fn modern_sqlite() -> Result<()> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::OldSqlite(rusqlite::version()));
    }
    Ok(())
}

/// Whether the last process that wrote a store died in the middle of it.
pub(super) fn has_hot_journal(path: &Path) -> bool {
    fs::metadata(beside(path, "-journal")).is_ok_and(|m| m.len() > 0)
}

/// The file of a name that begins like this one's.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// Makes sure that the folder of a file is on the disk: a rename, or a new file, is durable when its
/// folder is. Where folders cannot be synced at all, there is nothing to do.
///
/// # Errors
/// The disk failed: nobody knows what is on it.
pub fn sync_folder(path: &Path) -> std::io::Result<()> {
    /// What systems call a disk that failed.
    const EIO: i32 = 5;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error) if error.raw_os_error() == Some(EIO) => Err(error),
        _ => Ok(()),
    }
}
