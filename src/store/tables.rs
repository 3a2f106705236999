//! A connection, and what is needed to understand the bodies behind it.

use std::ops::Deref;

use rusqlite::{Connection, OptionalExtension};

use super::packing::Packing;

/// The tables of a store, as statements see them.
#[derive(Clone, Copy)]
pub(super) struct Tables<'a> {
    connection: &'a Connection,
    pub(super) packing: &'a Packing,
}

impl<'a> Tables<'a> {
    pub(super) fn new(connection: &'a Connection, packing: &'a Packing) -> Self {
        Self { connection, packing }
    }

    /// The number under which a device's key or a questionnaire's hash stands in rows, given if it
    /// has none yet.
    pub(super) fn number(&self, bytes: &[u8; 32]) -> rusqlite::Result<i64> {
        if let Some(number) = self.find_number(bytes)? {
            return Ok(number);
        }
        self.prepare_cached("INSERT INTO known (bytes) VALUES (?1)")?.execute([bytes])?;
        Ok(self.last_insert_rowid())
    }

    /// The number under which it stands in rows, if it does.
    pub(super) fn find_number(&self, bytes: &[u8; 32]) -> rusqlite::Result<Option<i64>> {
        self.prepare_cached("SELECT n FROM known WHERE bytes = ?1")?
            .query_row([bytes], |row| row.get(0))
            .optional()
    }
}

impl Deref for Tables<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
