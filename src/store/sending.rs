//! What a store gives to others: all of it, or a part, as parcels in order.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rusqlite::params;

use super::read::{known_segments, live_of};
use super::summary::{State, Summary};
use super::tables::Tables;
use super::withdrawal::files_in;
use super::{Result, Store, StoreError};
use crate::journal::{DeviceId, InterviewId};
use crate::merge::Parcel;
use crate::value::Hash;

/// Which interviews are sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only what no office has said it has.
    pub only_new: bool,
    /// Only interviews of this enumerator.
    pub enumerator: Option<String>,
    /// Only interviews that began on this day or later, by their own clock.
    pub from: Option<NaiveDate>,
    /// Only interviews that began on this day or earlier.
    pub to: Option<NaiveDate>,
}

impl Selection {
    /// Whether every interview is sent, whole.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// The segments of an interview that are sent.
    fn segments(&self) -> &'static str {
        if self.only_new {
            "SELECT interview, id, body FROM segment WHERE interview = ?1
             AND NOT EXISTS (SELECT 1 FROM acknowledged a WHERE a.segment = id) ORDER BY id"
        } else {
            "SELECT interview, id, body FROM segment WHERE interview = ?1 ORDER BY id"
        }
    }

    fn holds(&self, summary: &Summary) -> bool {
        let day = summary.started.date_naive();
        self.enumerator.as_ref().is_none_or(|name| *name == summary.enumerator)
            && self.from.is_none_or(|from| day >= from)
            && self.to.is_none_or(|to| day <= to)
    }
}

/// Takes parcels, one after another.
pub type Take<'a> = &'a mut dyn FnMut(Parcel) -> Result<()>;

impl Store {
    /// Gives what is selected, in the order of [`Parcel`]. Questionnaires, dictionaries and
    /// withdrawals always go along, files where they are named.
    ///
    /// # Errors
    /// The store cannot be read, or what `take` says.
    pub fn send(&self, selection: &Selection, take: Take<'_>) -> Result<()> {
        let sql = |e| StoreError::sql(self.path(), e);
        let t = self.tables();
        simple(t, "SELECT hash, body FROM questionnaire ORDER BY hash", take, sql, |row| {
            Ok(Parcel::Questionnaire { hash: Hash(row.get(0)?), body: row.get(1)? })
        })?;
        simple(
            t,
            "SELECT questionnaire, body FROM dictionary WHERE length(body) > 0 ORDER BY id",
            take,
            sql,
            |row| Ok(Parcel::Dictionary { questionnaire: Hash(row.get(0)?), body: row.get(1)? }),
        )?;
        simple(t, "SELECT body FROM withdrawal ORDER BY id", take, sql, |row| {
            Ok(Parcel::Withdrawal(row.get(0)?))
        })?;
        let named = if selection.is_all() { None } else { Some(self.files_of(selection)?) };
        simple(
            t,
            "SELECT name, body FROM attachment ORDER BY name",
            &mut |parcel| match (&parcel, &named) {
                (Parcel::Attachment { name, .. }, Some(named)) if !named.contains(name) => Ok(()),
                _ => take(parcel),
            },
            sql,
            |row| Ok(Parcel::Attachment { name: row.get(0)?, body: row.get(1)? }),
        )?;
        if selection.is_all() {
            simple(t, "SELECT interview, id, body FROM segment ORDER BY interview, id", take, sql, segment)?;
            return self.send_open(None, take);
        }
        for summary in self.interviews()?.iter().filter(|summary| selection.holds(summary)) {
            let question = selection.segments();
            let mut rows = t.prepare_cached(question).map_err(sql)?;
            let mut rows = rows.query([summary.id.0]).map_err(sql)?;
            while let Some(row) = rows.next().map_err(sql)? {
                take(segment(row).map_err(sql)?)?;
            }
        }
        for summary in self.interviews()?.iter().filter(|summary| selection.holds(summary)) {
            self.send_open(Some(summary.id), take)?;
        }
        Ok(())
    }

    /// The files that are named in what is selected.
    fn files_of(&self, selection: &Selection) -> Result<BTreeSet<String>> {
        let sql = |e| StoreError::sql(self.path(), e);
        let t = self.tables();
        let mut named = BTreeSet::new();
        for summary in self.interviews()?.iter().filter(|summary| selection.holds(summary)) {
            let mut rows = t.prepare_cached(selection.segments()).map_err(sql)?;
            let ids: Vec<[u8; 32]> =
                rows.query_map([summary.id.0], |row| row.get(1)).and_then(Iterator::collect).map_err(sql)?;
            let segments = known_segments(t, summary.id).map_err(sql)?;
            for segment in segments.iter().filter(|segment| ids.contains(&segment.id().0)) {
                named.extend(files_in(segment.events()));
            }
            for run in live_of(t, summary.id).map_err(sql)? {
                named.extend(files_in(&run.events));
            }
        }
        Ok(named)
    }

    /// Gives the names of all segments here, for a laptop that wants to know what the office has.
    ///
    /// # Errors
    /// The store cannot be read, or what `take` says.
    pub fn acknowledge(&self, take: Take<'_>) -> Result<()> {
        let sql = |e| StoreError::sql(self.path(), e);
        simple(self.tables(), "SELECT id FROM segment ORDER BY interview, id", take, sql, |row| {
            Ok(Parcel::Acknowledged(Hash(row.get(0)?)))
        })
    }

    fn send_open(&self, interview: Option<InterviewId>, take: Take<'_>) -> Result<()> {
        let sql = |e| StoreError::sql(self.path(), e);
        let mut rows = self
            .connection
            .prepare_cached(
                "SELECT l.interview, l.device, l.questionnaire, l.parents, l.birth, e.n, e.body
                 FROM live l JOIN live_event e USING (run) WHERE ?1 IS NULL OR l.interview = ?1
                 ORDER BY l.interview, l.device, l.questionnaire, l.parents, l.birth, e.n, e.body",
            )
            .map_err(sql)?;
        let mut rows = rows.query(params![interview.map(|id| id.0)]).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let parcel = || -> rusqlite::Result<Parcel> {
                let parents: Vec<u8> = row.get(3)?;
                Ok(Parcel::Open {
                    interview: InterviewId(row.get(0)?),
                    device: DeviceId(row.get(1)?),
                    questionnaire: Hash(row.get(2)?),
                    parents: parents.as_chunks().0.iter().map(|hash| Hash(*hash)).collect(),
                    birth: Hash(row.get(4)?),
                    n: row.get(5)?,
                    event: row.get(6)?,
                })
            };
            take(parcel().map_err(sql)?)?;
        }
        Ok(())
    }

    /// Removes finalised interviews that an office has said it has, whole; gives how many. Nothing
    /// else is ever removed.
    ///
    /// # Errors
    /// The store cannot be written; nothing changed then.
    pub fn remove_acknowledged(&mut self, before: NaiveDate) -> Result<u64> {
        let all = self.interviews()?;
        let done = all.iter().filter(|s| s.state == State::Finalised && s.started.date_naive() < before);
        let done: Vec<InterviewId> = done.map(|summary| summary.id).collect();
        self.transact(|t| {
            let mut removed = 0;
            let may_delete = "CREATE TRIGGER segment_is_kept BEFORE DELETE ON segment
                WHEN NOT EXISTS (SELECT 1 FROM withdrawal w WHERE w.interview = old.interview)
                BEGIN SELECT RAISE(ABORT, 'segments never vanish'); END;";
            t.execute_batch("DROP TRIGGER segment_is_kept")?;
            for interview in done {
                let is_known: bool = t
                    .prepare_cached(
                        "SELECT NOT EXISTS (SELECT 1 FROM segment s WHERE interview = ?1
                           AND NOT EXISTS (SELECT 1 FROM acknowledged a WHERE a.segment = s.id))
                         AND NOT EXISTS (SELECT 1 FROM live WHERE interview = ?1)",
                    )?
                    .query_row([interview.0], |row| row.get(0))?;
                if is_known {
                    super::withdrawal::destroy(t, interview)?;
                    removed += 1;
                }
            }
            t.execute_batch(may_delete)?;
            Ok(removed)
        })
    }
}

fn segment(row: &rusqlite::Row<'_>) -> rusqlite::Result<Parcel> {
    // The columns are what they are: a damaged store may hold any length.
    let interview: Vec<u8> = row.get(0)?;
    let interview = interview.try_into().unwrap_or_default();
    Ok(Parcel::Segment { interview: InterviewId(interview), id: row.get(1)?, body: row.get(2)? })
}

fn simple(
    t: Tables<'_>,
    question: &str,
    take: Take<'_>,
    sql: impl Fn(rusqlite::Error) -> StoreError,
    parcel: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<Parcel>,
) -> Result<()> {
    let mut rows = t.prepare_cached(question).map_err(&sql)?;
    let mut rows = rows.query([]).map_err(&sql)?;
    while let Some(row) = rows.next().map_err(&sql)? {
        take(parcel(row).map_err(&sql)?)?;
    }
    Ok(())
}
