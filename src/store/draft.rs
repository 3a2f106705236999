//! Half-typed text, so that it outlives a power cut. It is no answer: it is in no segment, and
//! travels nowhere.

use rusqlite::OptionalExtension;

use super::{Result, Store};
use crate::journal::InterviewId;

impl Store {
    /// Keeps what is half typed in an interview, instead of what was kept before; nothing, if
    /// empty.
    ///
    /// # Errors
    /// The store cannot be written; what was kept before is kept still.
    pub fn keep_draft(&mut self, interview: InterviewId, place: &str, text: &str) -> Result<()> {
        self.transact(|t| {
            if text.is_empty() {
                t.prepare_cached("DELETE FROM draft WHERE interview = ?1")?.execute([interview.0])?;
            } else {
                t.prepare_cached("INSERT OR REPLACE INTO draft VALUES (?1, ?2, ?3)")?.execute((
                    interview.0,
                    place,
                    text,
                ))?;
            }
            Ok(())
        })
    }

    /// What is kept as half typed at a place of an interview.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn draft(&self, interview: InterviewId, place: &str) -> Result<Option<String>> {
        self.connection
            .prepare_cached("SELECT text FROM draft WHERE interview = ?1 AND place = ?2")
            .and_then(|mut found| found.query_row((interview.0, place), |row| row.get(0)).optional())
            .map_err(|e| self.sql(e))
    }
}
