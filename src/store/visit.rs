//! The outcome of an interview's last visit, as its summary carries it.

use chrono::{DateTime, FixedOffset};
use rusqlite::{Row, params};

use super::State;
use super::tables::Tables;
use crate::journal::{Disposition, Fact, InterviewId};

/// How the last visit went, while the interview did not go on since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// How it went.
    pub disposition: Disposition,
    /// The appointment to come again.
    pub again: Option<DateTime<FixedOffset>>,
}

/// State and last visit after a fact; a visit is forgotten as soon as the interview goes on.
pub(super) fn after((state, visit): (State, Option<Visit>), fact: &Fact) -> (State, Option<Visit>) {
    let now = state.after(fact);
    let visit = match fact {
        _ if now != State::Paused => None,
        Fact::Visited { disposition, again, .. } => Some(Visit { disposition: *disposition, again: *again }),
        _ => visit,
    };
    (now, visit)
}

/// The columns and tables of a summary.
pub(super) const SOURCE: &str = "SELECT i.id, q.bytes, i.round, i.enumerator, d.bytes, i.state, i.started,
    i.start_offset, i.wall, i.counter, i.answers, i.conflicts, v.disposition, v.again
    FROM interview i JOIN known q ON q.n = i.questionnaire JOIN known d ON d.n = i.device
    LEFT JOIN visit v ON v.interview = i.id";

/// Replaces what is kept of an interview's visit.
pub(super) fn write(t: Tables<'_>, interview: InterviewId, visit: Option<&Visit>) -> rusqlite::Result<()> {
    match visit {
        Some(Visit { disposition, again }) => t
            .prepare_cached("INSERT OR REPLACE INTO visit VALUES (?1, ?2, ?3)")?
            .execute(params![interview.0, disposition.name(), again.map(|moment| moment.to_rfc3339())]),
        None => t.prepare_cached("DELETE FROM visit WHERE interview = ?1")?.execute([interview.0]),
    }
    .map(|_| ())
}

/// The visit in a row of [`SOURCE`]. One of an interview that has gone on was left there by an
/// earlier Doorstep, which did not know the table.
pub(super) fn read(row: &Row<'_>, state: State) -> rusqlite::Result<Option<Visit>> {
    let (name, again): (Option<String>, Option<String>) = (row.get(12)?, row.get(13)?);
    let disposition = name.as_deref().and_then(Disposition::named).filter(|_| state == State::Paused);
    let again = again.and_then(|again| DateTime::parse_from_rfc3339(&again).ok());
    Ok(disposition.map(|disposition| Visit { disposition, again }))
}
