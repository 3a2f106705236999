//! Files that were given as answers: kept whole in the store, named by their content, so that they
//! travel with it.

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::{Result, Store, pack, unpack};
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
            if !has_attachments(&self.connection)? {
                return Ok(Vec::new());
            }
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

/// A store of an earlier day may have no table of files.
fn has_attachments(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'attachment'")?.exists([])
}

/// Takes over the files of another store; gives how many are new, and how many are not what their
/// names say and stay behind.
pub(super) fn take(t: &Transaction<'_>, theirs: &Connection) -> rusqlite::Result<(u64, u64)> {
    let (mut new, mut damaged) = (0, 0);
    if !has_attachments(theirs)? {
        return Ok((new, damaged));
    }
    let mut rows = theirs.prepare("SELECT name, body FROM attachment ORDER BY name")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let (name, body): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
        if unpack(&body).is_ok_and(|content| is_whole(&name, &content)) {
            new += t.execute("INSERT OR IGNORE INTO attachment VALUES (?1, ?2)", (name, body))? as u64;
        } else {
            damaged += 1;
        }
    }
    Ok((new, damaged))
}
