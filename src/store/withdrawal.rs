//! Withdrawn consent: what an interview said is destroyed, and a signed stub is kept and travels.

use std::collections::BTreeSet;

use rusqlite::params;

use super::read::{known_segments, live_of};
use super::tables::Tables;
use super::{Result, Store, StoreError, Summary};
use crate::journal::{DeviceKey, Event, Fact, InterviewId, Withdrawal};
use crate::value::{Answer, Hash, Value};

impl Store {
    /// Destroys what an interview said, for good, and keeps that it was withdrawn; in one
    /// transaction. `wall` in milliseconds since 1970.
    ///
    /// # Errors
    /// There is no such interview, or the store cannot be written; nothing changed then.
    pub fn withdraw(
        &mut self,
        interview: InterviewId,
        reason: &str,
        key: &DeviceKey,
        wall: i64,
    ) -> Result<Withdrawal> {
        let path = self.path().to_owned();
        self.transact(|t| {
            let Some(summary) = Summary::find(t, interview)? else { return Ok(None) };
            let stub = Withdrawal {
                interview,
                device: key.id(),
                wall,
                round: summary.round,
                reason: reason.to_owned(),
                answers: summary.answers,
            };
            let (stub, bytes) = stub.sign(key);
            keep(t, &stub, &bytes)?;
            destroy(t, interview)?;
            Ok(Some(stub))
        })?
        .ok_or_else(|| StoreError::NoInterview { path, interview: interview.to_string() })
    }

    /// All withdrawals, in order of interview.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn withdrawals(&self) -> Result<Vec<Withdrawal>> {
        let sql = |e| StoreError::sql(self.path(), e);
        let mut rows =
            self.connection.prepare("SELECT body FROM withdrawal ORDER BY interview, id").map_err(sql)?;
        let rows = rows.query_map([], |row| row.get::<_, Vec<u8>>(0)).map_err(sql)?;
        let bodies: Vec<Vec<u8>> = rows.collect::<rusqlite::Result<_>>().map_err(sql)?;
        // What does not read any more is counted by the doctor.
        Ok(bodies.iter().filter_map(|body| Withdrawal::decode(body).ok()).collect())
    }
}

/// Keeps a withdrawal, once; whether it is new.
pub(super) fn keep(t: Tables<'_>, stub: &Withdrawal, bytes: &[u8]) -> rusqlite::Result<bool> {
    let kept = t.prepare_cached("INSERT OR IGNORE INTO withdrawal VALUES (?1, ?2, ?3)")?.execute(params![
        Hash::of(bytes).0,
        stub.interview.0,
        bytes
    ])?;
    Ok(kept > 0)
}

/// Whether an interview's consent was withdrawn.
pub(super) fn is_withdrawn(t: Tables<'_>, interview: InterviewId) -> rusqlite::Result<bool> {
    t.prepare_cached("SELECT 1 FROM withdrawal WHERE interview = ?1")?.exists([interview.0])
}

/// Destroys all that is here of an interview; whether there was anything. The pages that it stood on
/// are overwritten (`secure_delete`).
pub(super) fn destroy(t: Tables<'_>, interview: InterviewId) -> rusqlite::Result<bool> {
    let mut files = BTreeSet::new();
    for segment in known_segments(t, interview)? {
        files.extend(files_in(segment.events()));
    }
    for run in live_of(t, interview)? {
        files.extend(files_in(&run.events));
    }
    let mut gone = 0;
    for table in ["segment", "live", "draft", "visit"] {
        gone += t.execute(&format!("DELETE FROM {table} WHERE interview = ?1"), [interview.0])?;
    }
    gone += t.execute("DELETE FROM interview WHERE id = ?1", [interview.0])?;
    if !files.is_empty() {
        keep_shared(t, &mut files)?;
        for name in files {
            t.execute("DELETE FROM attachment WHERE name = ?1", [name])?;
        }
    }
    Ok(gone > 0)
}

/// Texts among the answers that may be names of files.
pub(super) fn files_in(events: &[Event]) -> impl Iterator<Item = String> {
    let is_name =
        |text: &&String| text.len() >= 64 && text.as_bytes().iter().take(64).all(u8::is_ascii_hexdigit);
    events.iter().filter_map(move |event| match &event.fact {
        Fact::Answered { answer: Answer::Value(Value::Text(text)), .. } => {
            Some(text).filter(is_name).cloned()
        }
        _ => None,
    })
}

/// Takes out the files that other interviews name as well.
fn keep_shared(t: Tables<'_>, files: &mut BTreeSet<String>) -> rusqlite::Result<()> {
    let others: Vec<[u8; 16]> = t
        .prepare("SELECT interview FROM segment UNION SELECT interview FROM live")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for other in others.into_iter().map(InterviewId) {
        for segment in known_segments(t, other)? {
            files_in(segment.events()).for_each(|name| _ = files.remove(&name));
        }
        for run in live_of(t, other)? {
            files_in(&run.events).for_each(|name| _ = files.remove(&name));
        }
    }
    Ok(())
}
