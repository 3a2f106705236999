//! Encrypting a store that is there already, and back: a copy with the other key takes its place.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use rusqlite::OpenFlags;
use zeroize::Zeroizing;

use super::key::StoreKey;
use super::lock::Lock;
use super::open::{Access, beside, connect, own_file, sync_folder};
use super::{At, Result, Store, StoreError};

impl Store {
    /// Writes a store anew with another key, or with none: whole or not at all. What the file held
    /// before is overwritten, as far as the disk lets a program do that. `holder` as in
    /// [`Store::open`].
    ///
    /// # Errors
    /// It cannot be opened with its present key, or written, or the copy is not what the store is;
    /// the store is as it was then.
    pub fn change_key(at: At<'_>, to: Option<&StoreKey>, holder: &str) -> Result<()> {
        // An earlier format, and what was half-written, are brought in order first.
        drop(Self::open(at, Access::Write, holder)?);
        let path = at.path;
        let _lock = Lock::take(path, holder)?;
        let part = beside(path, ".part");
        let _ = fs::remove_file(&part);
        let io = |e| StoreError::io(&part, e);
        let synced = || File::open(&part).and_then(|file| file.sync_all()).map_err(io);
        own_file(&part).map_err(io)?;
        if let Err(error) = export(at, &part, to).and_then(|()| synced()) {
            // It may hold in clear what the store holds encrypted.
            let _ = shred(&part);
            return Err(error);
        }
        let old = OpenOptions::new().write(true).open(path).map_err(|e| StoreError::io(path, e))?;
        fs::rename(&part, path).map_err(|e| StoreError::io(path, e))?;
        sync_folder(path).map_err(|e| StoreError::io(path, e))?;
        // The store is safe now: this is for whoever searches the disk, and may fail.
        let _ = overwrite(old);
        Ok(())
    }
}

/// Copies a store to a new file with another key, and reads the copy back.
fn export(at: At<'_>, part: &Path, to: Option<&StoreKey>) -> Result<()> {
    let sql = |e| StoreError::sql(part, e);
    let count = "SELECT (SELECT count(*) FROM segment) || ' ' || (SELECT count(*) FROM interview)
                 || ' ' || (SELECT count(*) FROM live_event) || ' ' || (SELECT count(*) FROM attachment)";
    let before: String = {
        // The new file is made by attaching it.
        let source = connect(at, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        source.execute_batch("PRAGMA temp_store = MEMORY").map_err(sql)?;
        let read = |pragma: &str| source.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        let (application, format) =
            (read("application_id").map_err(sql)?, read("user_version").map_err(sql)?);
        let name = part
            .to_str()
            .ok_or_else(|| StoreError::io(part, std::io::Error::other("its name is not text in UTF-8")))?;
        let key = to.map_or_else(
            || Zeroizing::new("''".to_owned()),
            |key| Zeroizing::new(format!("\"{}\"", key.literal().as_str())),
        );
        let attach = Zeroizing::new(format!("ATTACH DATABASE ?1 AS anew KEY {}", key.as_str()));
        source.execute(&attach, [name]).map_err(sql)?;
        source
            .execute_batch(&format!(
                "PRAGMA anew.synchronous = EXTRA; PRAGMA anew.secure_delete = ON;
                 SELECT sqlcipher_export('anew');
                 PRAGMA anew.application_id = {application}; PRAGMA anew.user_version = {format};
                 DETACH DATABASE anew;"
            ))
            .map_err(sql)?;
        source.query_row(count, [], |row| row.get(0)).map_err(sql)?
    };
    let copy = connect(At::new(part, to), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let whole: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(sql)?;
    let after: String = copy.query_row(count, [], |row| row.get(0)).map_err(sql)?;
    if whole != "ok" || before != after {
        return Err(StoreError::NotAStore {
            path: part.to_owned(),
            why: "the copy is not what was copied".into(),
        });
    }
    Ok(())
}

/// Removes a file after its content was overwritten, as far as the disk lets a program do that.
///
/// # Errors
/// It cannot be written or removed.
pub fn shred(path: &Path) -> std::io::Result<()> {
    overwrite(OpenOptions::new().write(true).open(path)?)?;
    fs::remove_file(path)
}

/// Writes zeros over a file, which may have no name any more.
fn overwrite(mut file: File) -> std::io::Result<()> {
    let mut left = file.metadata()?.len();
    file.seek(SeekFrom::Start(0))?;
    let zeros = [0; 8192];
    while left > 0 {
        let now = left.min(zeros.len() as u64);
        file.write_all(&zeros[..now as usize])?;
        left -= now;
    }
    file.sync_all()
}
