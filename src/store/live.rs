//! Writing an interview: each answer in one transaction, then closed into a segment.

use std::sync::Arc;

use rusqlite::{OptionalExtension, TransactionBehavior, params};

use super::ballast;
use super::open::FORMAT;
use super::read::{Live, heads_of, known_segments, live_of};
use super::summary::summarise;
use super::tables::Tables;
use super::{Result, Store, StoreError, Summary};
use crate::journal::{DeviceId, DeviceKey, Draft, Event, Fact, InterviewId, Segment, encode_event};
use crate::value::Hash;

/// A whole interview, to be stored at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Which.
    pub interview: InterviewId,
    /// All that happened, from the beginning.
    pub events: Vec<Event>,
    /// Whether it was paused or finalised, rather than broken off.
    pub is_closed: bool,
}

impl Store {
    /// Appends events to an interview's open run on this device, begun if need be, in one
    /// transaction. When this returns they are on the disk.
    ///
    /// # Errors
    /// They are not acknowledged; nothing else changed. (After a failing disk they may be there
    /// all the same, whole.)
    pub fn append(
        &mut self,
        interview: InterviewId,
        device: DeviceId,
        questionnaire: Hash,
        events: &[Event],
    ) -> Result<()> {
        let Some(last) = events.last() else { return Ok(()) };
        let failed = match self.transact(|t| append(t, interview, device, questionnaire, events)) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        // A full disk: what was kept free for this moment lets the interview end.
        if matches!(failed, StoreError::Full { .. }) && ballast::throw_off(&self.path) {
            return self
                .transact(|t| append(t, interview, device, questionnaire, events))
                .map_err(|_| failed);
        }
        if !matches!(failed, StoreError::Sql { .. } | StoreError::Io { .. }) {
            return Err(failed);
        }
        // A commit that failed may have happened all the same: look, and otherwise try once more.
        self.reconnect()?;
        if self.has_event(interview, device, last)? {
            // It may be in memory only: a disk reports a failed sync once, and then forgets what was
            // not written. A commit that changes something is synced anew, the old one with it.
            return self.transact(|t| t.pragma_update(None, "user_version", FORMAT)).map_err(|_| failed);
        }
        self.transact(|t| append(t, interview, device, questionnaire, events)).map_err(|_| failed)
    }

    fn has_event(&self, interview: InterviewId, device: DeviceId, event: &Event) -> Result<bool> {
        self.connection
            .prepare_cached(
                "SELECT 1 FROM live_event JOIN live USING (run) WHERE interview = ?1 AND device = ?2 AND body = ?3",
            )
            .and_then(|mut found| found.exists(params![interview.0, device.0, encode_event(event)]))
            .map_err(|e| self.sql(e))
    }

    /// Closes this device's open run of an interview into a signed segment, in one transaction.
    ///
    /// # Errors
    /// There is no open run, or the store cannot be written; nothing changed then.
    pub fn close(&mut self, interview: InterviewId, key: &DeviceKey) -> Result<Hash> {
        let path = self.path.clone();
        self.transact(|t| {
            let Some(live) = own_run(t, interview, key.id())? else { return Ok(None) };
            let parents = live.parents.clone();
            let segment = seal(t, interview, parents, live.questionnaire, live.events, key)?;
            t.execute("DELETE FROM live WHERE run = ?1", [live.run])?;
            insert(t, &segment)?;
            // A closed segment may have decided a conflict.
            summarise(t, interview)?;
            Ok(Some(segment.id()))
        })?
        .ok_or_else(|| StoreError::NoInterview { path, interview: interview.to_string() })
    }

    /// The devices that have an open run of an interview.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn open_runs(&self, interview: InterviewId) -> Result<Vec<DeviceId>> {
        let runs = live_of(self.tables(), interview).map_err(|e| self.sql(e))?;
        Ok(runs.into_iter().map(|run| run.device).collect())
    }

    /// Closes this device's runs that ended with a pause or a visit's outcome, or were finalised or
    /// reopened, where the process died before it could.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn close_ended(&mut self, key: &DeviceKey) -> Result<()> {
        let open = self
            .connection
            .prepare_cached("SELECT interview FROM live WHERE device = ?1")
            .and_then(|mut open| {
                open.query_map([key.id().0], |row| row.get(0).map(InterviewId))?
                    .collect::<rusqlite::Result<Vec<_>>>()
            })
            .map_err(|e| self.sql(e))?;
        for interview in open {
            let own = own_run(self.tables(), interview, key.id()).map_err(|e| self.sql(e))?;
            let last = own.as_ref().and_then(|run| run.events.last()).map(|event| &event.fact);
            if matches!(
                last,
                Some(Fact::Paused | Fact::Visited { .. } | Fact::Finalised | Fact::Reopened { .. })
            ) {
                self.close(interview, key)?;
            }
        }
        Ok(())
    }

    /// Stores interviews that happened elsewhere (on paper, in a script), all in one transaction:
    /// a closed one as one segment, one that was broken off as an open run.
    ///
    /// # Errors
    /// The store cannot be written; nothing changed then.
    pub fn record(&mut self, interviews: &[Recorded], questionnaire: Hash, key: &DeviceKey) -> Result<()> {
        self.transact(|t| {
            for Recorded { interview, events, is_closed } in interviews {
                if *is_closed {
                    let segment = seal(t, *interview, Vec::new(), questionnaire, events.clone(), key)?;
                    insert(t, &segment)?;
                    summarise(t, *interview)?;
                } else {
                    append(t, *interview, key.id(), questionnaire, events)?;
                }
            }
            Ok(())
        })
    }

    /// Runs work in one immediate transaction: all of it, or nothing.
    pub(super) fn transact<T>(&mut self, work: impl FnOnce(Tables<'_>) -> rusqlite::Result<T>) -> Result<T> {
        let (path, packing) = (&self.path, Arc::clone(&self.packing));
        let sql = |e| StoreError::sql(path, e);
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
        let result = work(Tables::new(&transaction, &packing)).map_err(sql)?;
        transaction.commit().map_err(sql)?;
        Ok(result)
    }
}

fn append(
    t: Tables<'_>,
    interview: InterviewId,
    device: DeviceId,
    questionnaire: Hash,
    events: &[Event],
) -> rusqlite::Result<()> {
    let find = "SELECT run FROM live WHERE interview = ?1 AND device = ?2 AND own = 1";
    let open: Option<i64> =
        t.prepare_cached(find)?.query_row((interview.0, device.0), |row| row.get(0)).optional()?;
    let run = if let Some(run) = open {
        run
    } else {
        let known = known_segments(t, interview)?;
        let parents = heads_of(&known).iter().flat_map(|hash| hash.0).collect::<Vec<u8>>();
        let birth = Hash::of(&events.first().map(encode_event).unwrap_or_default());
        // It may be here already, from a store into which this one was merged before.
        t.query_row(
            "INSERT INTO live (interview, device, questionnaire, parents, birth, own)
             VALUES (?1, ?2, ?3, ?4, ?5, 1) ON CONFLICT DO UPDATE SET own = 1 RETURNING run",
            params![interview.0, device.0, questionnaire.0, parents, birth.0],
            |row| row.get(0),
        )?
    };
    let last: i64 = t
        .prepare_cached("SELECT coalesce(max(n), 0) FROM live_event WHERE run = ?1")?
        .query_row([run], |row| row.get(0))?;
    let mut insert = t.prepare_cached("INSERT INTO live_event VALUES (?1, ?2, ?3)")?;
    for (n, event) in (last + 1..).zip(events) {
        insert.execute(params![run, n, encode_event(event)])?;
    }
    let summary = if let Some(summary) = Summary::find(t, interview)? {
        Some(summary.extended(events))
    } else {
        Summary::of(interview, device, events, 0)
    };
    summary.map_or(Ok(()), |summary| summary.write(t))
}

/// The run that a device has open: the one that was opened here, or else one that came back from
/// another store after this one was lost.
fn own_run(t: Tables<'_>, interview: InterviewId, device: DeviceId) -> rusqlite::Result<Option<Live>> {
    let mut runs = live_of(t, interview)?;
    runs.retain(|run| run.device == device && !run.events.is_empty());
    let own = runs.iter().position(|run| run.own).unwrap_or(0);
    Ok(if runs.is_empty() { None } else { Some(runs.swap_remove(own)) })
}

/// Closes events into this device's next segment.
fn seal(
    t: Tables<'_>,
    interview: InterviewId,
    parents: Vec<Hash>,
    questionnaire: Hash,
    events: Vec<Event>,
    key: &DeviceKey,
) -> rusqlite::Result<Segment> {
    let before: Option<(u64, [u8; 32])> = t
        .prepare_cached("SELECT sequence, segment FROM head JOIN known ON n = device WHERE bytes = ?1")?
        .query_row([key.id().0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let draft = Draft {
        interview,
        sequence: before.map_or(0, |(sequence, _)| sequence + 1),
        previous: before.map(|(_, id)| Hash(id)),
        parents,
        questionnaire,
        events,
    };
    Ok(Segment::close(draft, key))
}

/// What a segment is known by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) id: Hash,
    pub(super) interview: InterviewId,
    pub(super) device: DeviceId,
    pub(super) sequence: u64,
}

impl Name {
    pub(super) fn of(segment: &Segment) -> Self {
        Self {
            id: segment.id(),
            interview: segment.interview(),
            device: segment.device(),
            sequence: segment.sequence(),
        }
    }
}

/// Stores a segment, once.
pub(super) fn insert(t: Tables<'_>, segment: &Segment) -> rusqlite::Result<()> {
    let body = t.packing.pack_for(segment.questionnaire(), segment.bytes());
    insert_packed(t, &Name::of(segment), &body).map(drop)
}

/// Stores a segment whose bytes are packed already, once. `None` if it was here; else whether the same device closed
/// another under the same number, as far as that follows from how many of its segments came in; the doctor looks at each.
pub(super) fn insert_packed(t: Tables<'_>, segment: &Name, body: &[u8]) -> rusqlite::Result<Option<bool>> {
    let device = t.number(&segment.device.0)?;
    let is_fork = t
        .prepare_cached("SELECT 1 FROM head WHERE device = ?1 AND sequence >= ?2 AND came > sequence")?
        .exists(params![device, segment.sequence])?;
    let new = t
        .prepare_cached("INSERT OR IGNORE INTO segment VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![segment.interview.0, segment.id.0, device, segment.sequence, body])?;
    if new == 0 {
        return Ok(None);
    }
    let is_later = "(excluded.sequence, excluded.segment) > (sequence, segment)";
    t.prepare_cached(&format!(
        "INSERT INTO head VALUES (?1, ?2, ?3, 1) ON CONFLICT DO UPDATE SET came = came + 1,
             segment = CASE WHEN {is_later} THEN excluded.segment ELSE segment END,
             sequence = max(sequence, excluded.sequence)"
    ))?
    .execute(params![device, segment.sequence, segment.id.0])?;
    Ok(Some(is_fork))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Address, Stamp};
    use crate::value::{Answer, Value};

    fn answered(n: i64) -> Event {
        let address = Address { name: format!("q{n}"), rows: Vec::new() };
        let answer = Answer::Value(Value::Text("x".repeat(300)));
        Event { stamp: Stamp { wall: n, counter: 0 }, fact: Fact::Answered { address, answer } }
    }

    #[test]
    fn a_full_disk_refuses_the_answer_and_keeps_all_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let (id, device, form) = (InterviewId([1; 16]), DeviceId([1; 32]), Hash::of(b"q"));
        let mut store = Store::create(&path, "here", "test").unwrap();
        store.connection.pragma_update_and_check(None, "max_page_count", 40, |_| Ok(())).unwrap();
        let mut kept = 0;
        let error = loop {
            match store.append(id, device, form, &[answered(kept + 1)]) {
                Ok(()) => kept += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(error, StoreError::Full { .. }), "{error}");
        assert!(kept > 5);
        drop(store);
        let store = Store::open(&path, crate::store::Access::Write, "test").unwrap();
        assert_eq!(store.history(id).unwrap().events.len() as i64, kept);
    }

    /// The commit happened, and its acknowledgement was lost: the answer is there once.
    #[test]
    fn an_unknown_commit_is_looked_up_before_it_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let (id, device, form) = (InterviewId([1; 16]), DeviceId([1; 32]), Hash::of(b"q"));
        let mut store = Store::create(&folder.path().join("store.db"), "here", "test").unwrap();
        store.append(id, device, form, &[answered(1)]).unwrap();
        store.reconnect().unwrap();
        assert!(store.has_event(id, device, &answered(1)).unwrap());
        assert!(!store.has_event(id, device, &answered(2)).unwrap());
        store.append(id, device, form, &[answered(2)]).unwrap();
        assert_eq!(store.history(id).unwrap().events.len(), 2);
    }
}
