//! Writing a store anew: full pages, in the order of their keys.
//!
//! Merging laptops puts interviews between those that are there, which leaves pages half empty; what
//! was withdrawn or removed leaves room. The new file stands beside the old one until it is whole and
//! on the disk, and then takes its place.

use std::fs::{self, File};

use rusqlite::{Connection, OptionalExtension};

use super::open::{beside, sync_folder};
use super::{Result, Store, StoreError};

/// The pages of a large store: of larger ones less stays empty. A laptop's store, which is written at
/// each answer, has small ones.
const PAGE: u32 = 16384;
/// From so many bytes on a store is large; in a smaller one each table alone would fill less than a page.
const LARGE: u64 = 16 << 20;
/// A store with fewer segments is not worth it.
const FEWEST: u64 = 1000;
/// How many segments there were when it was written anew last.
const LAST: &str = "compacted";

impl Store {
    /// Writes the file anew without its gaps. Needs as much room again while it runs. Gives the bytes
    /// before and after.
    ///
    /// # Errors
    /// The new file cannot be written; nothing changed then.
    pub fn compact(&mut self) -> Result<(u64, u64)> {
        let before = self.size()?;
        let segments = self.came()?;
        self.transact(|t| {
            t.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", (LAST, segments.to_string())).map(drop)
        })?;
        let path = self.path.clone();
        let part = beside(&path, ".compact.part");
        let io = |e| StoreError::io(&part, e);
        if part.exists() {
            fs::remove_file(&part).map_err(io)?;
        }
        let name = part.to_str().ok_or_else(|| io(std::io::Error::other("its name is not text in UTF-8")))?;
        // An encrypted file's pages have the size that its key goes with.
        if before >= LARGE && self.key.is_none() {
            self.connection.pragma_update(None, "page_size", PAGE).map_err(|e| self.sql(e))?;
        }
        let written = self
            .connection
            .execute("VACUUM INTO ?1", [name])
            .map_err(|e| StoreError::sql(&part, e))
            .and_then(|_| File::open(&part).and_then(|file| file.sync_all()).map_err(io));
        if let Err(error) = written {
            let _ = fs::remove_file(&part);
            return Err(error);
        }
        // The old connection goes first: nobody may write into a file that has no name any more.
        self.connection = Connection::open_in_memory().map_err(|e| self.sql(e))?;
        let renamed = fs::rename(&part, &path).and_then(|()| sync_folder(&path));
        self.reconnect()?;
        renamed.map_err(|e| StoreError::io(&path, e))?;
        Ok((before, self.size()?))
    }

    /// Whether so much came in since the file was written anew last that it is worth doing again: a
    /// quarter of what was there. So a store that grows and grows is written anew a few times only.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn is_worth_compacting(&self) -> Result<bool> {
        let last: Option<String> = self
            .connection
            .query_row("SELECT value FROM meta WHERE key = ?1", [LAST], |row| row.get(0))
            .optional()
            .map_err(|e| self.sql(e))?;
        let last: u64 = last.and_then(|last| last.parse().ok()).unwrap_or(0);
        Ok(self.came()? >= FEWEST.max(last.saturating_add(last / 4)))
    }

    /// How many segments ever came in, as the heads of their devices count them.
    fn came(&self) -> Result<u64> {
        self.connection
            .query_row("SELECT coalesce(sum(came), 0) FROM head", [], |row| row.get(0))
            .map_err(|e| self.sql(e))
    }

    fn size(&self) -> Result<u64> {
        fs::metadata(self.path()).map(|file| file.len()).map_err(|e| StoreError::io(self.path(), e))
    }
}
