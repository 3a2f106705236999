//! One SQLite file that an acknowledged answer never leaves.
//!
//! A store holds closed segments for ever, the events of interviews in progress until they are
//! closed, every questionnaire that was used, and a summary of each interview that can be made
//! anew. What a method returns `Ok` for is on the disk.

mod attachment;
mod draft;
mod error;
mod live;
mod lock;
mod merging;
mod open;
mod read;
mod summary;
mod visit;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::journal::{Clock, Event, Stamp};
use crate::value::Hash;

pub use self::attachment::name_of;
pub use self::error::{ErrorKind, StoreError};
pub use self::live::Recorded;
pub use self::merging::Receipt;
pub use self::open::Access;
pub use self::summary::{State, Summary};
pub use self::visit::Visit;

use self::lock::Lock;

/// An open store.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Connection,
    survey: String,
    /// Held until the store is closed; none where it is only read.
    _lock: Option<Lock>,
}

/// What methods give.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl Store {
    /// The survey whose interviews it holds.
    #[must_use]
    pub fn survey_id(&self) -> &str {
        &self.survey
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn sql(&self, error: rusqlite::Error) -> StoreError {
        StoreError::sql(&self.path, error)
    }

    fn damaged(&self, why: impl Into<String>) -> StoreError {
        StoreError::NotAStore { path: self.path.clone(), why: why.into() }
    }

    /// A clock that has seen every stamp here; `wall` in milliseconds since 1970.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn clock(&self, wall: i64) -> Result<Clock> {
        let mut clock = Clock::default();
        let latest = self.connection.query_row(
            "SELECT wall, counter FROM interview ORDER BY wall DESC, counter DESC LIMIT 1",
            [],
            |row| Ok(Stamp { wall: row.get(0)?, counter: row.get(1)? }),
        );
        match latest {
            Ok(stamp) => clock.observe(stamp, wall),
            Err(rusqlite::Error::QueryReturnedNoRows) => {}
            Err(error) => return Err(self.sql(error)),
        }
        Ok(clock)
    }

    /// Keeps the exact files of a questionnaire; the same ones once.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn add_questionnaire(&mut self, hash: Hash, bytes: &[u8]) -> Result<()> {
        if self.questionnaire(hash)?.is_some() {
            return Ok(());
        }
        let body = pack(bytes);
        self.connection
            .execute("INSERT OR IGNORE INTO questionnaire (hash, body) VALUES (?1, ?2)", (hash.0, body))
            .map(|_| ())
            .map_err(|e| self.sql(e))
    }
}

/// Bytes as they are kept: compressed where that pays. The first byte tells.
fn pack(bytes: &[u8]) -> Vec<u8> {
    // Level 3 is the library's own default; failing to compress is no reason to fail.
    let small = zstd::bulk::compress(bytes, 3).unwrap_or_default();
    let (mark, body) =
        if !small.is_empty() && small.len() < bytes.len() { (1, small.as_slice()) } else { (0, bytes) };
    let mut packed = Vec::with_capacity(body.len() + 1);
    packed.push(mark);
    packed.extend_from_slice(body);
    packed
}

/// The bytes that were kept. Bounded, so that a damaged body cannot ask for all memory.
fn unpack(packed: &[u8]) -> std::result::Result<Vec<u8>, String> {
    const MOST: usize = 256 << 20;
    match packed.split_first() {
        Some((0, body)) => Ok(body.to_vec()),
        Some((1, body)) => {
            let size = zstd::zstd_safe::get_frame_content_size(body).ok().flatten().unwrap_or(0);
            let size = usize::try_from(size).unwrap_or(usize::MAX).min(MOST);
            zstd::bulk::decompress(body, size).map_err(|e| format!("cannot be unpacked ({e})"))
        }
        _ => Err("is empty or packed in an unknown way".to_owned()),
    }
}

/// How many answers a run of events holds.
fn count_answers(events: &[Event]) -> usize {
    events.iter().filter(|e| matches!(e.fact, crate::journal::Fact::Answered { .. })).count()
}
