//! An interview in short: what lists show. Made from its events, and made anew whenever in doubt.

use chrono::{DateTime, FixedOffset};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::read::{history, known_segments, live_of};
use super::visit::{self, Visit};
use super::{Result, Store, StoreError, count_answers};
use crate::journal::{DeviceId, Event, Fact, InterviewId, Segment, Stamp};
use crate::merge::History;
use crate::value::Hash;

/// How far an interview is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Being asked, or cut off.
    InProgress,
    /// Put aside.
    Paused,
    /// Complete.
    Finalised,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::InProgress, Self::Paused, Self::Finalised];

    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InProgress => "in progress",
            Self::Paused => "paused",
            Self::Finalised => "finalised",
        }
    }

    /// The state after a fact; what is finalised stays so until it is reopened.
    pub(super) fn after(self, fact: &Fact) -> Self {
        match fact {
            Fact::Reopened { .. } => Self::InProgress,
            _ if self == Self::Finalised => self,
            Fact::Finalised => Self::Finalised,
            Fact::Paused | Fact::Visited { .. } => Self::Paused,
            Fact::Commented { .. }
            | Fact::Overrode { .. }
            | Fact::LanguageChanged { .. }
            | Fact::VersionChanged { .. } => self,
            _ => Self::InProgress,
        }
    }
}

/// What is known of an interview at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The interview.
    pub id: InterviewId,
    /// The questionnaire that it is asked with.
    pub questionnaire: Hash,
    /// Its round.
    pub round: String,
    /// Who asked.
    pub enumerator: String,
    /// The device where it began.
    pub device: DeviceId,
    /// How far it is.
    pub state: State,
    /// When it began.
    pub started: DateTime<FixedOffset>,
    /// The stamp of its last event.
    pub last: Stamp,
    /// How many answers were recorded, corrections included.
    pub answers: u64,
    /// How many questions have answers in conflict.
    pub conflicts: u64,
    /// How the last visit went; none where the interview went on since, or nobody said.
    pub visit: Option<Visit>,
}

/// State and last visit after these events.
fn follow(before: (State, Option<Visit>), events: &[Event]) -> (State, Option<Visit>) {
    events.iter().fold(before, |now, event| visit::after(now, &event.fact))
}

/// The version in use after these events.
fn version_after(before: Hash, events: &[Event]) -> Hash {
    let changed = events.iter().rev().find_map(|event| match &event.fact {
        Fact::VersionChanged { questionnaire } => Some(*questionnaire),
        _ => None,
    });
    changed.unwrap_or(before)
}

impl Summary {
    /// Whether there is something left to do: neither finalised nor ended by its last visit.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.state != State::Finalised && !self.visit.is_some_and(|visit| visit.disposition.is_ended())
    }

    /// What a history says; `None` where it does not begin with a beginning.
    pub(super) fn of(id: InterviewId, device: DeviceId, history: &History) -> Option<Self> {
        let started = history.events.iter().find_map(|event| match &event.fact {
            Fact::Started { questionnaire, round, enumerator, at, .. } => {
                Some((*questionnaire, round.clone(), enumerator.clone(), *at))
            }
            _ => None,
        })?;
        let (questionnaire, round, enumerator, at) = started;
        let (state, visit) = follow((State::InProgress, None), &history.events);
        Some(Self {
            id,
            questionnaire: version_after(questionnaire, &history.events),
            round,
            enumerator,
            device,
            state,
            started: at,
            last: history.events.iter().map(|e| e.stamp).max()?,
            answers: count_answers(&history.events) as u64,
            conflicts: history.conflicts.len() as u64,
            visit,
        })
    }

    /// The summary after more events on the same line.
    pub(super) fn extended(mut self, events: &[Event]) -> Self {
        (self.state, self.visit) = follow((self.state, self.visit), events);
        self.questionnaire = version_after(self.questionnaire, events);
        self.last = events.iter().map(|e| e.stamp).fold(self.last, Stamp::max);
        self.answers += count_answers(events) as u64;
        self
    }

    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let state = State::ALL.iter().position(|s| *s == self.state).unwrap_or_default();
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO interview VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                self.id.0,
                self.questionnaire.0,
                self.round,
                self.enumerator,
                self.device.0,
                state,
                self.started.to_rfc3339(),
                self.last.wall,
                self.last.counter,
                self.answers,
                self.conflicts,
            ])?;
        visit::write(connection, self.id, self.visit.as_ref())
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let started: String = row.get(6)?;
        let started = DateTime::parse_from_rfc3339(&started).map_err(|e| {
            rusqlite::Error::FromSqlConversionFailure(6, rusqlite::types::Type::Text, Box::new(e))
        })?;
        let state = *State::ALL.get(row.get::<_, usize>(5)?).unwrap_or(&State::InProgress);
        Ok(Self {
            id: InterviewId(row.get(0)?),
            questionnaire: Hash(row.get(1)?),
            round: row.get(2)?,
            enumerator: row.get(3)?,
            device: DeviceId(row.get(4)?),
            state,
            started,
            last: Stamp { wall: row.get(7)?, counter: row.get(8)? },
            answers: row.get(9)?,
            conflicts: row.get(10)?,
            visit: visit::read(row, state)?,
        })
    }

    pub(super) fn find(connection: &Connection, id: InterviewId) -> rusqlite::Result<Option<Self>> {
        connection
            .prepare_cached(&format!("{} WHERE i.id = ?1", visit::source(connection)?))?
            .query_row([id.0], Self::read)
            .optional()
    }
}

/// Makes an interview's summary anew from all that is here of it.
pub(super) fn summarise(t: &Connection, interview: InterviewId) -> rusqlite::Result<Option<Summary>> {
    let segments = known_segments(t, interview)?;
    let live = live_of(t, interview)?;
    let begins = |events: &[Event]| events.iter().any(|e| matches!(e.fact, Fact::Started { .. }));
    let device = segments
        .iter()
        .filter(|s| begins(s.events()))
        .map(Segment::device)
        .chain(live.iter().filter(|l| begins(&l.events)).map(|l| l.device))
        .min();
    let summary = device.and_then(|device| Summary::of(interview, device, &history(&segments, &live)));
    if let Some(summary) = &summary {
        summary.write(t)?;
    }
    Ok(summary)
}

impl Store {
    /// All interviews, in order of their ids (which is the order in which they began).
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn interviews(&self) -> Result<Vec<Summary>> {
        let sql = |e| StoreError::sql(&self.path, e);
        let source = visit::source(&self.connection).map_err(sql)?;
        let mut statement = self.connection.prepare(&format!("{source} ORDER BY i.id")).map_err(sql)?;
        let rows = statement.query_map([], Summary::read).map_err(sql)?;
        rows.collect::<rusqlite::Result<_>>().map_err(sql)
    }
}
