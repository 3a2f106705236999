//! Merging another store or package into this one: union of what both have, all or nothing, with a
//! receipt.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};
use tempfile::TempDir;

use super::checking::{Arrived, Checking, Group, Verdict};
use super::key::At;
use super::live::{Name, insert_packed};
use super::lock::Lock;
use super::open::{Access, beside, has_hot_journal, is_older};
use super::packing::{Packing, number_of, unpack};
use super::read::known_segments;
use super::sending::{Selection, Take};
use super::summary::summarise;
use super::tables::Tables;
use super::withdrawal::{destroy, is_withdrawn, keep};
use super::{Receipt, Result, Store, StoreError, Summary, attachment};
use crate::journal::{DeviceId, InterviewId, Segment, Withdrawal, decode_event, encode_event};
use crate::merge::Parcel;
use crate::value::Hash;

/// Segments that are looked at together: enough for all processors, and for signatures, which cost less the more are looked
/// at together; few enough for little memory.
const BATCH: usize = 512;

/// Whether a merge is to stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It stays.
    Keep,
    /// Everything is done and then undone: for its receipt.
    Try,
}

impl Store {
    /// Merges the store at `source` into this one. The source is only read. All of it goes in as
    /// one transaction; what is damaged is put aside and blocks nothing. `wall` in milliseconds
    /// since 1970.
    ///
    /// # Errors
    /// The source is no store, newer, damaged as a whole, in use, or of another survey; or this
    /// store cannot be written. Nothing changed then.
    pub fn merge_from<'a>(&mut self, source: impl Into<At<'a>>, wall: i64, mode: Mode) -> Result<Receipt> {
        let source = source.into();
        let (theirs, _copy) = self.open_source(source)?;
        let name = source.path.display().to_string();
        self.merge(&name, wall, mode, |take| theirs.send(&Selection::default(), take))
    }

    /// Merges what a source feeds, which is named in the receipt. All or nothing, as
    /// [`Store::merge_from`].
    ///
    /// # Errors
    /// What the source says, or this store cannot be written. Nothing changed then.
    pub fn merge(
        &mut self,
        source: &str,
        wall: i64,
        mode: Mode,
        feed: impl FnOnce(Take<'_>) -> Result<()>,
    ) -> Result<Receipt> {
        let path = self.path.clone();
        let sql = |e| StoreError::sql(&path, e);
        let t = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
        let any =
            |table| t.query_row(&format!("SELECT EXISTS (SELECT 1 FROM {table})"), [], |row| row.get(0));
        let mut merging = Merging {
            packing: Arc::clone(&self.packing),
            receipt: Receipt { source: source.to_owned(), ..Receipt::default() },
            touched: BTreeSet::new(),
            waiting: Vec::new(),
            waiting_rows: 0,
            checking: None,
            has_withdrawn: any("withdrawal").map_err(sql)?,
            has_open: any("live").map_err(sql)?,
            closed: None,
            t: &t,
        };
        feed(&mut |parcel| merging.take(parcel).map_err(sql))?;
        merging.finish().map_err(sql)?;
        let Merging { packing, receipt, .. } = merging;
        let body = serde_json::to_string(&receipt).unwrap_or_default();
        t.execute("INSERT INTO receipt (wall, body) VALUES (?1, ?2)", (wall, body)).map_err(sql)?;
        match mode {
            Mode::Keep => {
                t.commit().map_err(sql)?;
                self.packing = packing;
            }
            Mode::Try => t.rollback().map_err(sql)?,
        }
        Ok(receipt)
    }

    /// Opens a source to read. One that was cut off in the middle of a write needs its last
    /// transaction rolled back, and one of an earlier format is brought up to date, which is done on
    /// a copy beside this store.
    fn open_source(&self, at: At<'_>) -> Result<(Self, Option<TempDir>)> {
        let source = at.path;
        let io = |e| StoreError::io(source, e);
        let real = |path: &Path| fs::canonicalize(path).ok();
        if real(source).is_some() && real(source) == real(&self.path) {
            return Err(StoreError::Itself { path: source.to_owned() });
        }
        Lock::is_free(source)?;
        let (store, copy) = if has_hot_journal(source) || is_older(at) {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            let copy = tempfile::Builder::new().prefix(".doorstep-merge-").tempdir_in(folder).map_err(io)?;
            let path = copy.path().join("store.db");
            fs::copy(source, &path).map_err(io)?;
            if has_hot_journal(source) {
                fs::copy(beside(source, "-journal"), beside(&path, "-journal")).map_err(io)?;
            }
            (Self::open(At::new(&path, at.key), Access::Write, "merge")?, Some(copy))
        } else {
            (Self::open(at, Access::Read, "")?, None)
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

/// A run that is not closed yet, as it arrives.
struct OpenRun {
    interview: InterviewId,
    device: DeviceId,
    questionnaire: Hash,
    parents: Vec<Hash>,
    birth: Hash,
}

/// Events that are closed into segments: their devices and bytes.
type Closed = HashSet<(DeviceId, Vec<u8>)>;

/// A merge in progress.
struct Merging<'t> {
    t: &'t Transaction<'t>,
    packing: Arc<Packing>,
    receipt: Receipt,
    touched: BTreeSet<InterviewId>,
    /// Segments that arrived and are not looked at yet, by interview.
    waiting: Vec<Group>,
    waiting_rows: usize,
    /// Those that are being looked at while more arrive.
    checking: Option<Checking>,
    /// Whether any consent is withdrawn here, and whether anything is open: mostly not, and then no interview needs to be
    /// looked up for it.
    has_withdrawn: bool,
    has_open: bool,
    /// What is closed here of the interview whose open events arrive.
    closed: Option<(InterviewId, Closed)>,
}

impl Merging<'_> {
    fn tables(&self) -> Tables<'_> {
        Tables::new(self.t, &self.packing)
    }

    fn take(&mut self, parcel: Parcel) -> rusqlite::Result<()> {
        match parcel {
            Parcel::Segment { interview, id, body } => return self.segment(interview, id, body),
            Parcel::Questionnaire { hash, body } => {
                if unpack(&body).is_ok_and(|bytes| Hash::of(&bytes) == hash) {
                    let new = self
                        .t
                        .execute("INSERT OR IGNORE INTO questionnaire VALUES (?1, ?2)", (hash.0, body))?;
                    self.receipt.questionnaires_new += new as u64;
                } else {
                    self.receipt.attachments_damaged += 1;
                }
            }
            Parcel::Dictionary { questionnaire, body } => {
                self.t.prepare_cached("INSERT OR IGNORE INTO dictionary VALUES (?1, ?2, ?3)")?.execute((
                    number_of(&body),
                    questionnaire.0,
                    &body,
                ))?;
                Arc::make_mut(&mut self.packing).add(questionnaire, &body);
            }
            Parcel::Withdrawal(bytes) => match Withdrawal::decode(&bytes) {
                Ok(stub) => {
                    self.has_withdrawn = true;
                    let is_new = keep(self.tables(), &stub, &bytes)?;
                    self.receipt.withdrawn += u64::from(is_new && destroy(self.tables(), stub.interview)?);
                }
                Err(_) => self.receipt.attachments_damaged += 1,
            },
            Parcel::Acknowledged(segment) => {
                let new = self
                    .t
                    .prepare_cached("INSERT OR IGNORE INTO acknowledged VALUES (?1)")?
                    .execute([segment.0])?;
                self.receipt.acknowledged += new as u64;
            }
            Parcel::Attachment { name, body } => match attachment::take(self.t, &name, body)? {
                Some(is_new) => self.receipt.attachments_new += u64::from(is_new),
                None => self.receipt.attachments_damaged += 1,
            },
            Parcel::Open { interview, device, questionnaire, parents, birth, n, event } => {
                self.flush()?;
                let run = OpenRun { interview, device, questionnaire, parents, birth };
                return self.open(&run, n, &event);
            }
        }
        Ok(())
    }

    fn segment(&mut self, interview: InterviewId, id: Vec<u8>, body: Vec<u8>) -> rusqlite::Result<()> {
        if self.waiting.last().is_none_or(|group| group.interview != interview) {
            if self.waiting_rows >= BATCH {
                self.look()?;
            }
            self.waiting.push(Group { interview, arrived: Vec::new() });
        }
        self.receipt.segments_in += 1;
        self.waiting_rows += 1;
        let here = self
            .t
            .prepare_cached("SELECT body FROM segment WHERE interview = ?1 AND id = ?2")?
            .query_row(params![interview.0, id], |row| row.get(0))
            .optional()?;
        if let Some(group) = self.waiting.last_mut() {
            group.arrived.push(Arrived { id, body, here });
        }
        Ok(())
    }

    /// Begins to look at the segments that wait, and takes those in that were looked at meanwhile.
    fn look(&mut self) -> rusqlite::Result<()> {
        self.waiting_rows = 0;
        let waiting = std::mem::take(&mut self.waiting);
        let next = (!waiting.is_empty()).then(|| Checking::begin(waiting, &self.packing));
        match std::mem::replace(&mut self.checking, next) {
            Some(checking) => self.take_in(checking),
            None => Ok(()),
        }
    }

    /// Takes in all segments that arrived so far.
    fn flush(&mut self) -> rusqlite::Result<()> {
        self.look()?;
        self.look()
    }

    fn take_in(&mut self, checking: Checking) -> rusqlite::Result<()> {
        for (interview, verdicts, summary) in checking.end() {
            if self.has_withdrawn && is_withdrawn(self.tables(), interview)? {
                self.receipt.duplicate += verdicts.len() as u64;
                continue;
            }
            let mut fresh = 0;
            for verdict in verdicts {
                match verdict {
                    Verdict::Duplicate => self.receipt.duplicate += 1,
                    Verdict::Damaged { body, reason } => {
                        self.receipt.quarantined += 1;
                        self.t
                            .prepare_cached("INSERT OR IGNORE INTO quarantine VALUES (?1, ?2, ?3, ?4)")?
                            .execute(params![Hash::of(&body).0, self.receipt.source, reason, body])?;
                    }
                    Verdict::New { segment, body, replaces } => {
                        if replaces {
                            self.mend(&segment, &body)?;
                        } else {
                            let Some(is_fork) = insert_packed(self.tables(), &segment, &body)? else {
                                // The source holds it twice.
                                self.receipt.duplicate += 1;
                                continue;
                            };
                            self.receipt.forks += u64::from(is_fork);
                        }
                        self.receipt.new += 1;
                        if self.has_open {
                            drop_carried(self.tables(), &segment, &body)?;
                        }
                        fresh += 1;
                    }
                }
            }
            if fresh > 0 {
                self.gained(interview, fresh, summary)?;
            }
        }
        Ok(())
    }

    /// Puts the whole bytes of a segment in the place of damaged ones.
    fn mend(&self, segment: &Name, body: &[u8]) -> rusqlite::Result<()> {
        let kept: String =
            self.t.query_row("SELECT sql FROM sqlite_schema WHERE name = 'segment_stays'", [], |row| {
                row.get(0)
            })?;
        self.t.execute_batch("DROP TRIGGER segment_stays")?;
        self.t.execute(
            "UPDATE segment SET body = ?3 WHERE interview = ?1 AND id = ?2",
            params![segment.interview.0, segment.id.0, body],
        )?;
        self.t.execute_batch(&kept)
    }

    /// Makes the summary of an interview that gained segments: from these alone where nothing of it
    /// was here.
    fn gained(&mut self, interview: InterviewId, fresh: i64, made: Option<Summary>) -> rusqlite::Result<()> {
        let t = self.tables();
        let (is_new, here): (bool, i64) = t
            .prepare_cached(
                "SELECT NOT EXISTS (SELECT 1 FROM interview WHERE id = ?1),
                 (SELECT count(*) FROM segment WHERE interview = ?1) + (SELECT count(*) FROM live WHERE interview = ?1)",
            )?
            .query_row([interview.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let summary = if is_new && here == fresh {
            if let Some(summary) = &made {
                summary.write(t)?;
            }
            made
        } else {
            summarise(t, interview)?
        };
        self.receipt.interviews_new += u64::from(is_new);
        self.receipt.interviews_changed += 1;
        self.receipt.interviews_in_conflict += u64::from(summary.is_some_and(|s| s.conflicts > 0));
        Ok(())
    }

    /// Carries over what the source has not closed yet, without what is closed here already. A
    /// later summary of the interview counts it.
    fn open(&mut self, run: &OpenRun, n: i64, bytes: &[u8]) -> rusqlite::Result<()> {
        let OpenRun { interview, device, .. } = *run;
        self.has_open = true;
        if is_withdrawn(self.tables(), interview)? {
            return Ok(());
        }
        if decode_event(bytes).is_err() {
            self.receipt.open_events_damaged += 1;
            return Ok(());
        }
        if self.closed.as_ref().is_none_or(|(of, _)| *of != interview) {
            let segments = known_segments(self.tables(), interview)?;
            let events =
                segments.iter().flat_map(|s| s.events().iter().map(|e| (s.device(), encode_event(e))));
            self.closed = Some((interview, events.collect()));
        }
        if self.closed.as_ref().is_some_and(|(_, closed)| closed.contains(&(device, bytes.to_vec()))) {
            return Ok(());
        }
        let parents: Vec<u8> = run.parents.iter().flat_map(|p| p.0).collect();
        let run = params![interview.0, device.0, run.questionnaire.0, parents, run.birth.0];
        self.t
            .prepare_cached(
                "INSERT OR IGNORE INTO live (interview, device, questionnaire, parents, birth, own)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0)",
            )?
            .execute(run)?;
        let run: i64 = self
            .t
            .prepare_cached(
                "SELECT run FROM live
                 WHERE interview = ?1 AND device = ?2 AND questionnaire = ?3 AND parents = ?4 AND birth = ?5",
            )?
            .query_row(run, |row| row.get(0))?;
        let new = self
            .t
            .prepare_cached("INSERT OR IGNORE INTO live_event VALUES (?1, ?2, ?3)")?
            .execute(params![run, n, bytes])?;
        if new > 0 {
            self.receipt.open_events_new += 1;
            self.touched.insert(interview);
        }
        Ok(())
    }

    fn finish(&mut self) -> rusqlite::Result<()> {
        self.flush()?;
        for interview in std::mem::take(&mut self.touched) {
            let is_new = Summary::find(self.tables(), interview)?.is_none();
            let summary = summarise(self.tables(), interview)?;
            self.receipt.interviews_changed += 1;
            self.receipt.interviews_new += u64::from(is_new);
            self.receipt.interviews_in_conflict += u64::from(summary.is_some_and(|s| s.conflicts > 0));
        }
        Ok(())
    }
}

/// Open events that a closed segment now holds are no longer open.
fn drop_carried(t: Tables<'_>, segment: &Name, body: &[u8]) -> rusqlite::Result<()> {
    let (interview, device) = (segment.interview.0, segment.device.0);
    let is_open: bool = t
        .prepare_cached("SELECT 1 FROM live WHERE interview = ?1 AND device = ?2")?
        .exists((interview, device))?;
    if !is_open {
        return Ok(());
    }
    let Some(segment) = t.packing.unpack(body).ok().and_then(|bytes| Segment::decode(&bytes).ok()) else {
        return Ok(());
    };
    let mut delete = t.prepare_cached(
        "DELETE FROM live_event WHERE body = ?3
         AND run IN (SELECT run FROM live WHERE interview = ?1 AND device = ?2)",
    )?;
    for event in segment.events() {
        delete.execute(params![interview, device, encode_event(event)])?;
    }
    t.execute(
        "DELETE FROM live WHERE interview = ?1 AND device = ?2 AND NOT EXISTS
         (SELECT 1 FROM live_event e WHERE e.run = live.run)",
        (interview, device),
    )?;
    Ok(())
}
