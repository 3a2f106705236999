//! Merging another store into this one: union of what both have, all or nothing, with a receipt.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::fs;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;
use tempfile::TempDir;

use super::attachment;
use super::live::insert;
use super::lock::Lock;
use super::open::{Access, beside, has_hot_journal};
use super::read::{Live, known_segments, live_of};
use super::summary::summarise;
use super::{Result, Store, StoreError, Summary, unpack};
use crate::journal::{DeviceId, Event, InterviewId, Segment, Stamp, encode_event};
use crate::value::Hash;

/// What came of merging one source: `segments_in = new + duplicate + quarantined`, always.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The file that was merged.
    pub source: String,
    /// Segments in it.
    pub segments_in: u64,
    /// Those that were not here yet.
    pub new: u64,
    /// Those that were here already.
    pub duplicate: u64,
    /// Those that are damaged and were put aside.
    pub quarantined: u64,
    /// Interviews that were not here at all.
    pub interviews_new: u64,
    /// Interviews that gained something.
    pub interviews_changed: u64,
    /// Answers of unfinished interviews that were not here yet, carried over as they are.
    pub open_events_new: u64,
    /// Interviews touched by this merge in which answers are in conflict.
    pub interviews_in_conflict: u64,
    /// Questionnaires that were not here yet.
    pub questionnaires_new: u64,
    /// Files given as answers that were not here yet.
    pub attachments_new: u64,
    /// Such files that are damaged and stayed behind.
    pub attachments_damaged: u64,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "   {}: {} segments in = {} new + {} duplicate + {} quarantined; interviews: {} new, {} changed",
            self.source,
            self.segments_in,
            self.new,
            self.duplicate,
            self.quarantined,
            self.interviews_new,
            self.interviews_changed - self.interviews_new
        )?;
        if self.open_events_new > 0 {
            write!(f, "; {} events of unfinished interviews", self.open_events_new)?;
        }
        if self.attachments_new > 0 {
            write!(f, "; files: {} new", self.attachments_new)?;
        }
        if self.attachments_damaged > 0 {
            write!(f, "; damaged files left behind: {}", self.attachments_damaged)?;
        }
        if self.interviews_in_conflict > 0 {
            write!(f, ", {} with answers in conflict", self.interviews_in_conflict)?;
        }
        Ok(())
    }
}

impl Store {
    /// Merges the store at `source` into this one. The source is only read. All of it goes in as
    /// one transaction; what is damaged is put aside and blocks nothing. `wall` in milliseconds
    /// since 1970.
    ///
    /// # Errors
    /// The source is no store, newer, damaged as a whole, in use, or of another survey; or this
    /// store cannot be written. Nothing changed then.
    pub fn merge_from(&mut self, source: &Path, wall: i64) -> Result<Receipt> {
        let (source_store, _copy) = self.open_source(source)?;
        let theirs = &source_store.connection;
        let mut receipt = Receipt { source: source.display().to_string(), ..Receipt::default() };
        let path = source.to_owned();
        let foreign = |e| StoreError::sql(&path, e);
        let own = self.path.clone();
        let ours = |e| StoreError::sql(&own, e);

        let t = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(ours)?;
        let mut touched = BTreeSet::new();
        receipt.questionnaires_new = take_questionnaires(&t, theirs).map_err(foreign)?;
        (receipt.attachments_new, receipt.attachments_damaged) =
            attachment::take(&t, theirs).map_err(foreign)?;
        take_segments(&t, theirs, &mut receipt, &mut touched).map_err(foreign)?;
        take_live(&t, theirs, &mut receipt, &mut touched).map_err(foreign)?;
        for interview in touched {
            receipt.interviews_changed += 1;
            receipt.interviews_new += u64::from(Summary::find(&t, interview).map_err(ours)?.is_none());
            let summary = summarise(&t, interview).map_err(ours)?;
            receipt.interviews_in_conflict += u64::from(summary.is_some_and(|s| s.conflicts > 0));
        }
        let body = serde_json::to_string(&receipt).unwrap_or_default();
        t.execute("INSERT INTO receipt (wall, body) VALUES (?1, ?2)", (wall, body)).map_err(ours)?;
        t.commit().map_err(ours)?;
        Ok(receipt)
    }

    /// Opens a source to read. One that was cut off in the middle of a write needs its last
    /// transaction rolled back, which is done on a copy beside this store.
    fn open_source(&self, source: &Path) -> Result<(Self, Option<TempDir>)> {
        let io = |e| StoreError::io(source, e);
        let real = |path: &Path| fs::canonicalize(path).ok();
        if real(source).is_some() && real(source) == real(&self.path) {
            return Err(StoreError::Itself { path: source.to_owned() });
        }
        Lock::is_free(source)?;
        let (store, copy) = if has_hot_journal(source) {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            let copy = tempfile::Builder::new().prefix(".doorstep-merge-").tempdir_in(folder).map_err(io)?;
            let path = copy.path().join("store.db");
            fs::copy(source, &path).map_err(io)?;
            fs::copy(beside(source, "-journal"), beside(&path, "-journal")).map_err(io)?;
            (Self::open(&path, Access::Write, "merge")?, Some(copy))
        } else {
            (Self::open(source, Access::Read, "")?, None)
        };
        let whole: String = store
            .connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(|e| StoreError::sql(source, e))?;
        if whole != "ok" {
            return Err(StoreError::NotAStore { path: source.to_owned(), why: whole });
        }
        if store.survey != self.survey {
            return Err(StoreError::OtherSurvey {
                path: source.to_owned(),
                theirs: store.survey,
                ours: self.survey.clone(),
            });
        }
        Ok((store, copy))
    }
}

fn take_questionnaires(t: &Transaction<'_>, theirs: &Connection) -> rusqlite::Result<u64> {
    let mut new = 0;
    let mut rows = theirs.prepare("SELECT hash, body FROM questionnaire ORDER BY hash")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let (hash, body): ([u8; 32], Vec<u8>) = (row.get(0)?, row.get(1)?);
        if unpack(&body).is_ok_and(|bytes| Hash::of(&bytes).0 == hash) {
            new += t.execute("INSERT OR IGNORE INTO questionnaire VALUES (?1, ?2)", (hash, body))?;
        }
    }
    Ok(new as u64)
}

fn take_segments(
    t: &Transaction<'_>,
    theirs: &Connection,
    receipt: &mut Receipt,
    touched: &mut BTreeSet<InterviewId>,
) -> rusqlite::Result<()> {
    let mut rows = theirs.prepare("SELECT id, body FROM segment ORDER BY id")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let (id, body): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
        receipt.segments_in += 1;
        let here: Option<Vec<u8>> = t
            .prepare_cached("SELECT body FROM segment WHERE id = ?1")?
            .query_row([&id], |row| row.get(0))
            .optional()?;
        if here.as_ref() == Some(&body) {
            receipt.duplicate += 1;
            continue;
        }
        let segment = unpack(&body).and_then(|bytes| {
            if Hash::of(&bytes).0.as_slice() != id.as_slice() {
                return Err("its bytes do not match its name".to_owned());
            }
            Segment::decode(&bytes).map_err(|why| why.to_string())
        });
        match segment {
            Err(reason) => {
                receipt.quarantined += 1;
                t.execute(
                    "INSERT OR IGNORE INTO quarantine VALUES (?1, ?2, ?3, ?4)",
                    params![Hash::of(&body).0, receipt.source, reason, body],
                )?;
            }
            Ok(_) if here.is_some() => receipt.duplicate += 1,
            Ok(segment) => {
                insert(t, &segment)?;
                drop_carried(t, &segment)?;
                touched.insert(segment.interview());
                receipt.new += 1;
            }
        }
    }
    Ok(())
}

/// Open events that a closed segment now holds are no longer open.
fn drop_carried(t: &Transaction<'_>, segment: &Segment) -> rusqlite::Result<()> {
    let (interview, device) = (segment.interview().0, segment.device().0);
    let is_open: bool = t
        .prepare_cached("SELECT 1 FROM live WHERE interview = ?1 AND device = ?2")?
        .exists((interview, device))?;
    if !is_open {
        return Ok(());
    }
    let mut delete =
        t.prepare_cached("DELETE FROM live_event WHERE interview = ?1 AND device = ?2 AND body = ?3")?;
    for event in segment.events() {
        delete.execute(params![interview, device, encode_event(event)])?;
    }
    t.execute(
        "DELETE FROM live WHERE interview = ?1 AND device = ?2 AND NOT EXISTS
         (SELECT 1 FROM live_event e WHERE e.interview = live.interview AND e.device = live.device)",
        (interview, device),
    )?;
    Ok(())
}

/// Carries over what the source has not closed yet, without what is closed here already.
fn take_live(
    t: &Transaction<'_>,
    theirs: &Connection,
    receipt: &mut Receipt,
    touched: &mut BTreeSet<InterviewId>,
) -> rusqlite::Result<()> {
    let interviews: Vec<[u8; 16]> = theirs
        .prepare("SELECT DISTINCT interview FROM live ORDER BY interview")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for interview in interviews.into_iter().map(InterviewId) {
        let closed: HashSet<(DeviceId, Stamp)> = known_segments(t, interview)?
            .iter()
            .flat_map(|s| s.events().iter().map(|e| (s.device(), e.stamp)).collect::<Vec<_>>())
            .collect();
        for live in live_of(theirs, interview)? {
            let open: Vec<(&i64, &Event)> = live
                .numbers
                .iter()
                .zip(&live.events)
                .filter(|(_, e)| !closed.contains(&(live.device, e.stamp)))
                .collect();
            if open.is_empty() {
                continue;
            }
            let new = carry(t, interview, &live, &open)?;
            if new > 0 {
                receipt.open_events_new += new;
                touched.insert(interview);
            }
        }
    }
    Ok(())
}

fn carry(
    t: &Transaction<'_>,
    interview: InterviewId,
    live: &Live,
    open: &[(&i64, &Event)],
) -> rusqlite::Result<u64> {
    let parents: Vec<u8> = live.parents.iter().flat_map(|p| p.0).collect();
    t.execute(
        "INSERT OR IGNORE INTO live (interview, device, questionnaire, parents) VALUES (?1, ?2, ?3, ?4)",
        params![interview.0, live.device.0, live.questionnaire.0, parents],
    )?;
    let mut new = 0;
    let mut insert = t.prepare_cached("INSERT OR IGNORE INTO live_event VALUES (?1, ?2, ?3, ?4)")?;
    for (n, event) in open {
        new += insert.execute(params![interview.0, live.device.0, n, encode_event(event)])?;
    }
    Ok(new as u64)
}
