//! Files that were given as answers: kept whole in the store, named by their content, so that they
//! travel with it.

use rusqlite::{OptionalExtension, Transaction};

use super::packing::{pack, unpack};
use super::{Result, Store};
use crate::value::Hash;

/// The name that content is kept under: its hash, and the ending of the file it came from.
#[must_use]
pub fn name_of(content: &[u8], ending: &str) -> String {
    let hash = Hash::of(content);
    if ending.is_empty() { hash.to_string() } else { format!("{hash}.{ending}") }
}

impl Store {
    /// Keeps a file. It is on the disk when this returns.
    ///
    /// # Errors
    /// The store cannot be written; nothing is kept then.
    pub fn attach(&mut self, name: &str, content: &[u8]) -> Result<()> {
        self.connection
            .execute("INSERT OR IGNORE INTO attachment (name, body) VALUES (?1, ?2)", (name, pack(content)))
            .map(|_| ())
            .map_err(|e| self.sql(e))
    }

    /// The names of all files, in order.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn attachments(&self) -> Result<Vec<String>> {
        let names = || -> rusqlite::Result<Vec<String>> {
            let mut rows = self.connection.prepare("SELECT name FROM attachment ORDER BY name")?;
            rows.query_map([], |row| row.get(0))?.collect()
        };
        names().map_err(|e| self.sql(e))
    }

    /// The content of a file; `None` if it is not here, or not what its name says.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn attachment(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let body: Option<Vec<u8>> = self
            .connection
            .query_row("SELECT body FROM attachment WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(|e| self.sql(e))?;
        Ok(body.and_then(|body| unpack(&body).ok()).filter(|content| is_whole(name, content)))
    }
}

/// Whether content is what its name says.
fn is_whole(name: &str, content: &[u8]) -> bool {
    name.split('.').next() == Some(Hash::of(content).to_string().as_str())
}

/// Takes over a file of another store; whether it is new, or nothing where it is not what its name
/// says and stays behind.
pub(super) fn take(t: &Transaction<'_>, name: &str, body: Vec<u8>) -> rusqlite::Result<Option<bool>> {
    if !unpack(&body).is_ok_and(|content| is_whole(name, &content)) {
        return Ok(None);
    }
    let new = t.prepare_cached("INSERT OR IGNORE INTO attachment VALUES (?1, ?2)")?.execute((name, body))?;
    Ok(Some(new > 0))
}
