//! Reading back: segments, live events, and the history that they tell together.

use rusqlite::OptionalExtension;

use super::packing::{Packing, unpack};
use super::tables::Tables;
use super::{Result, Store, StoreError};
use crate::journal::{DeviceId, Event, InterviewId, Segment, decode_event};
use crate::merge::{History, Run, heads, linearise};
use crate::value::Hash;

/// A run of events that is not closed yet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Live {
    /// Its number in this store.
    pub(super) run: i64,
    /// Whether it was opened here.
    pub(super) own: bool,
    pub(super) device: DeviceId,
    pub(super) questionnaire: Hash,
    pub(super) parents: Vec<Hash>,
    /// The hash of its first event.
    pub(super) birth: Hash,
    pub(super) events: Vec<Event>,
}

impl Store {
    /// The exact files of a questionnaire, by hash.
    ///
    /// # Errors
    /// The store cannot be read, or is damaged.
    pub fn questionnaire(&self, hash: Hash) -> Result<Option<Vec<u8>>> {
        let body: Option<Vec<u8>> = self
            .connection
            .query_row("SELECT body FROM questionnaire WHERE hash = ?1", [hash.0], |row| row.get(0))
            .optional()
            .map_err(|e| self.sql(e))?;
        let Some(body) = body else { return Ok(None) };
        let bytes =
            unpack(&body).map_err(|why| self.damaged(format!("questionnaire {} {why}", hash.short())))?;
        if Hash::of(&bytes) != hash {
            return Err(self.damaged(format!("questionnaire {} is not what it was", hash.short())));
        }
        Ok(Some(bytes))
    }

    /// The closed segments of an interview.
    ///
    /// # Errors
    /// The store cannot be read, or a segment in it is damaged.
    pub fn segments_of(&self, interview: InterviewId) -> Result<Vec<Segment>> {
        segments_of(self.tables(), interview)
            .map_err(|e| self.sql(e))?
            .into_iter()
            .map(|(id, body)| decode(&self.packing, id, &body).map_err(|why| self.damaged(why)))
            .collect()
    }

    /// The ids of all closed segments, in order: two stores with the same ids hold the same facts.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn segment_ids(&self) -> Result<Vec<Hash>> {
        let sql = |e| StoreError::sql(&self.path, e);
        let mut statement = self.connection.prepare("SELECT id FROM segment ORDER BY id").map_err(sql)?;
        let ids = statement.query_map([], |row| row.get(0).map(Hash)).map_err(sql)?;
        ids.collect::<rusqlite::Result<_>>().map_err(sql)
    }

    /// All that is known of an interview, closed or not, in order, with its conflicts.
    ///
    /// # Errors
    /// The store cannot be read, or is damaged.
    pub fn history(&self, interview: InterviewId) -> Result<History> {
        let segments = self.segments_of(interview)?;
        let live = live_of(self.tables(), interview).map_err(|e| self.sql(e))?;
        Ok(history(&segments, &live))
    }
}

/// Segments and live runs as one history.
pub(super) fn history(segments: &[Segment], live: &[Live]) -> History {
    let closed = segments.iter().map(Run::from);
    let open = live.iter().map(|run| Run {
        // Nothing goes on from a run that is not closed; any id that is no segment's will do, as long
        // as it is the same in every store.
        id: Hash::of(
            &run.parents
                .iter()
                .fold([run.device.0, run.birth.0].concat(), |all, parent| [all, parent.0.to_vec()].concat()),
        ),
        device: run.device,
        parents: &run.parents,
        events: &run.events,
    });
    linearise(&closed.chain(open).collect::<Vec<_>>())
}

/// The segments that the next one of an interview goes on from.
pub(super) fn heads_of(segments: &[Segment]) -> Vec<Hash> {
    heads(&segments.iter().map(Run::from).collect::<Vec<_>>())
}

fn decode(packing: &Packing, id: Hash, body: &[u8]) -> std::result::Result<Segment, String> {
    let bytes = packing.unpack(body).map_err(|why| format!("segment {} {why}", id.short()))?;
    if Hash::of(&bytes) != id {
        return Err(format!("segment {} is not what it was", id.short()));
    }
    Segment::decode(&bytes).map_err(|why| format!("segment {}: {why}", id.short()))
}

fn segments_of(t: Tables<'_>, interview: InterviewId) -> rusqlite::Result<Vec<(Hash, Vec<u8>)>> {
    t.prepare_cached("SELECT id, body FROM segment WHERE interview = ?1 ORDER BY id")?
        .query_map([interview.0], |row| Ok((Hash(row.get(0)?), row.get(1)?)))?
        .collect()
}

pub(super) fn live_of(t: Tables<'_>, interview: InterviewId) -> rusqlite::Result<Vec<Live>> {
    t.prepare_cached(
        "SELECT run, own, device, questionnaire, parents, birth FROM live WHERE interview = ?1
         ORDER BY device, questionnaire, parents, birth",
    )?
    .query_map([interview.0], |row| {
        let parents: Vec<u8> = row.get(4)?;
        Ok(Live {
            run: row.get(0)?,
            own: row.get(1)?,
            device: DeviceId(row.get(2)?),
            questionnaire: Hash(row.get(3)?),
            parents: parents.as_chunks().0.iter().map(|hash| Hash(*hash)).collect(),
            birth: Hash(row.get(5)?),
            events: Vec::new(),
        })
    })?
    .map(|live| {
        let live = live?;
        Ok(Live { events: live_events(t, live.run)?, ..live })
    })
    .collect()
}

fn live_events(t: Tables<'_>, run: i64) -> rusqlite::Result<Vec<Event>> {
    t.prepare_cached("SELECT body FROM live_event WHERE run = ?1 ORDER BY n, body")?
        .query_map([run], |row| row.get::<_, Vec<u8>>(0))?
        .map(|body| {
            decode_event(&body?).map_err(|e| {
                rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, Box::new(e))
            })
        })
        .collect()
}

/// The segments of an interview that can be read.
pub(super) fn known_segments(t: Tables<'_>, interview: InterviewId) -> rusqlite::Result<Vec<Segment>> {
    Ok(segments_of(t, interview)?
        .into_iter()
        .filter_map(|(id, body)| decode(t.packing, id, &body).ok())
        .collect())
}
