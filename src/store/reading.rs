//! Reading all interviews, one after another, on as many threads as there are.
//!
//! One statement walks over the store in the order of interviews and gives what is kept of each, packed as it is. An
//! [`Opener`] makes a history of it, wherever there is a processor for that. Segments were looked at on their way into the
//! store, so that here only their hash is: `doorstep doctor --deep` looks at the rest again.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Rows;

use super::packing::Packing;
use super::read::{Live, history, live_of};
use super::{Result, Store, StoreError};
use crate::journal::{InterviewId, Segment};
use crate::merge::History;
use crate::value::Hash;

/// What a store keeps of one interview, packed.
#[derive(Debug)]
pub struct Kept {
    /// Which.
    pub interview: InterviewId,
    /// The version of the questionnaire that it is asked with.
    pub questionnaire: Hash,
    segments: Vec<(Hash, Vec<u8>)>,
    live: Vec<Live>,
}

/// What is needed to understand [`Kept`].
#[derive(Debug, Clone)]
pub struct Opener {
    packing: Arc<Packing>,
    path: PathBuf,
}

impl Store {
    /// How many interviews there are.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn count(&self) -> Result<u64> {
        self.connection
            .query_row("SELECT count(*) FROM interview", [], |row| row.get(0))
            .map_err(|e| self.sql(e))
    }

    /// The versions of the questionnaire that interviews are asked with, in the order of their hashes.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn versions(&self) -> Result<Vec<Hash>> {
        let sql = |e| self.sql(e);
        let mut statement = self
            .connection
            .prepare("SELECT DISTINCT q.bytes FROM interview i JOIN known q ON q.n = i.questionnaire ORDER BY q.bytes")
            .map_err(sql)?;
        let versions = statement.query_map([], |row| row.get(0).map(Hash)).map_err(sql)?;
        versions.collect::<rusqlite::Result<_>>().map_err(sql)
    }

    /// Hands over what is kept of each interview, in order of their ids.
    ///
    /// # Errors
    /// The store cannot be read, or `take` says so.
    pub fn each_kept<E: From<StoreError>>(
        &self,
        mut take: impl FnMut(Kept) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = |e| E::from(self.sql(e));
        let open = self.open_interviews().map_err(sql)?;
        let mut statement = self
            .connection
            .prepare(
                "SELECT i.id, q.bytes, s.id, s.body FROM interview i JOIN known q ON q.n = i.questionnaire
                 LEFT JOIN segment s ON s.interview = i.id ORDER BY i.id, s.id",
            )
            .map_err(sql)?;
        let mut rows = statement.query([]).map_err(sql)?;
        let mut last: Option<Kept> = None;
        while let Some((interview, questionnaire, segment)) = next(&mut rows).map_err(sql)? {
            if last.as_ref().is_none_or(|kept| kept.interview != interview) {
                if let Some(kept) = last.take() {
                    take(kept)?;
                }
                let live = if open.contains(&interview) {
                    live_of(self.tables(), interview).map_err(sql)?
                } else {
                    Vec::new()
                };
                last = Some(Kept { interview, questionnaire, segments: Vec::new(), live });
            }
            if let Some(kept) = &mut last {
                kept.segments.extend(segment);
            }
        }
        last.map_or(Ok(()), take)
    }

    fn open_interviews(&self) -> rusqlite::Result<HashSet<InterviewId>> {
        let mut statement = self.connection.prepare("SELECT interview FROM live")?;
        let open = statement.query_map([], |row| row.get(0).map(InterviewId))?;
        open.collect()
    }

    /// What makes histories of what is kept.
    #[must_use]
    pub fn opener(&self) -> Opener {
        Opener { packing: Arc::clone(&self.packing), path: self.path.clone() }
    }
}

type Packed = (InterviewId, Hash, Option<(Hash, Vec<u8>)>);

fn next(rows: &mut Rows<'_>) -> rusqlite::Result<Option<Packed>> {
    let Some(row) = rows.next()? else { return Ok(None) };
    let segment: Option<[u8; 32]> = row.get(2)?;
    let segment = match segment {
        Some(id) => Some((Hash(id), row.get(3)?)),
        None => None,
    };
    Ok(Some((InterviewId(row.get(0)?), Hash(row.get(1)?), segment)))
}

impl Opener {
    /// All that is known of an interview, as [`Store::history`] gives it.
    ///
    /// # Errors
    /// A segment of it is damaged.
    pub fn open(&self, kept: Kept) -> Result<History> {
        let damaged = |why| StoreError::NotAStore { path: self.path.clone(), why };
        let segments = kept.segments.into_iter().map(|(id, body)| self.segment(id, &body).map_err(damaged));
        let mut segments: Vec<Segment> = segments.collect::<Result<_>>()?;
        // One run of events, the usual case, needs no order.
        if segments.len() == 1
            && kept.live.is_empty()
            && let Some(only) = segments.pop()
        {
            return Ok(History { events: only.into_events(), conflicts: Vec::new() });
        }
        Ok(history(&segments, &kept.live))
    }

    fn segment(&self, id: Hash, body: &[u8]) -> std::result::Result<Segment, String> {
        let bytes = self.packing.unpack(body).map_err(|why| format!("segment {} {why}", id.short()))?;
        if Hash::of(&bytes) != id {
            return Err(format!("segment {} is not what it was", id.short()));
        }
        Segment::decode_known(id, bytes).map_err(|why| format!("segment {}: {why}", id.short()))
    }
}
