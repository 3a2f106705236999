//! One SQLite file that an acknowledged answer never leaves.
//!
//! A store holds closed segments for ever, the events of interviews in progress until they are
//! closed, every questionnaire that was used, and a summary of each interview that can be made
//! anew. What a method returns `Ok` for is on the disk.

mod attachment;
mod ballast;
mod checking;
mod compacting;
mod draft;
mod encryption;
mod error;
mod examination;
mod key;
mod live;
mod lock;
mod merging;
mod migrate;
mod open;
mod packing;
mod place;
mod read;
mod reading;
mod receipt;
mod sending;
mod summary;
mod tables;
mod visit;
mod withdrawal;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use crate::journal::{Clock, Event, Stamp};
use crate::value::Hash;

pub use self::attachment::name_of;
pub use self::encryption::shred;
pub use self::error::{ErrorKind, StoreError};
pub use self::examination::Findings;
pub use self::key::{At, SECRETS, StoreKey, may_be_encrypted};
pub use self::live::Recorded;
pub use self::merging::Mode;
pub use self::open::{Access, own_file, sync_folder};
pub use self::reading::{Kept, Opener};
pub use self::receipt::Receipt;
pub use self::sending::{Selection, Take};
pub use self::summary::{State, Summary};
pub use self::visit::Visit;

use self::lock::Lock;
use self::packing::{Packing, number_of, pack, trained};
use self::tables::Tables;

/// An open store.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    /// What opens it, where it is encrypted.
    key: Option<StoreKey>,
    connection: Connection,
    packing: Arc<Packing>,
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

    fn at(&self) -> At<'_> {
        At::new(&self.path, self.key.as_ref())
    }

    fn tables(&self) -> Tables<'_> {
        Tables::new(&self.connection, &self.packing)
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

    /// Whether it is settled with what bodies of a questionnaire's interviews are packed.
    #[must_use]
    pub fn has_dictionary(&self, questionnaire: Hash) -> bool {
        self.packing.has(questionnaire) || self.packing.has_none(questionnaire)
    }

    /// From now on packs bodies of a questionnaire's interviews with what these samples share:
    /// bytes of segments of invented interviews. Where they are too few, it is settled that there is
    /// nothing to pack with.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn add_dictionary(&mut self, questionnaire: Hash, samples: &[Vec<u8>]) -> Result<()> {
        let body = trained(samples).unwrap_or_default();
        let number = number_of(if body.is_empty() { &questionnaire.0 } else { &body });
        self.connection
            .execute("INSERT OR IGNORE INTO dictionary VALUES (?1, ?2, ?3)", (number, questionnaire.0, &body))
            .map_err(|e| self.sql(e))?;
        Arc::make_mut(&mut self.packing).add(questionnaire, &body);
        Ok(())
    }
}

/// How many answers a run of events holds.
fn count_answers(events: &[Event]) -> usize {
    events.iter().filter(|e| matches!(e.fact, crate::journal::Fact::Answered { .. })).count()
}
