//! An interview in short: what lists show. Made from its events, and made anew whenever in doubt.

use chrono::{DateTime, FixedOffset};
use rusqlite::{OptionalExtension, Row, params};

use super::read::{Live, history, known_segments, live_of};
use super::tables::Tables;
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
    pub(super) fn of(id: InterviewId, device: DeviceId, events: &[Event], conflicts: usize) -> Option<Self> {
        let started = events.iter().find_map(|event| match &event.fact {
            Fact::Started { questionnaire, round, enumerator, at, .. } => {
                Some((*questionnaire, round.clone(), enumerator.clone(), *at))
            }
            _ => None,
        })?;
        let (questionnaire, round, enumerator, at) = started;
        let (state, visit) = follow((State::InProgress, None), events);
        Some(Self {
            id,
            questionnaire: version_after(questionnaire, events),
            round,
            enumerator,
            device,
            state,
            started: at,
            last: events.iter().map(|e| e.stamp).max()?,
            answers: count_answers(events) as u64,
            conflicts: conflicts as u64,
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

    pub(super) fn write(&self, t: Tables<'_>) -> rusqlite::Result<()> {
        let state = State::ALL.iter().position(|s| *s == self.state).unwrap_or_default();
        t.prepare_cached(
            "INSERT OR REPLACE INTO interview VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            self.id.0,
            t.number(&self.questionnaire.0)?,
            self.round,
            self.enumerator,
            t.number(&self.device.0)?,
            state,
            self.started.timestamp_millis(),
            self.started.offset().local_minus_utc(),
            self.last.wall,
            self.last.counter,
            self.answers,
            self.conflicts,
        ])?;
        visit::write(t, self.id, self.visit.as_ref())
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let utc = DateTime::from_timestamp_millis(row.get(6)?).unwrap_or_default();
        let started = FixedOffset::east_opt(row.get(7)?)
            .map_or_else(|| utc.fixed_offset(), |offset| utc.with_timezone(&offset));
        let state = *State::ALL.get(row.get::<_, usize>(5)?).unwrap_or(&State::InProgress);
        Ok(Self {
            id: InterviewId(row.get(0)?),
            questionnaire: Hash(row.get(1)?),
            round: row.get(2)?,
            enumerator: row.get(3)?,
            device: DeviceId(row.get(4)?),
            state,
            started,
            last: Stamp { wall: row.get(8)?, counter: row.get(9)? },
            answers: row.get(10)?,
            conflicts: row.get(11)?,
            visit: visit::read(row, state)?,
        })
    }

    pub(super) fn find(t: Tables<'_>, id: InterviewId) -> rusqlite::Result<Option<Self>> {
        t.prepare_cached(&format!("{} WHERE i.id = ?1", visit::SOURCE))?
            .query_row([id.0], Self::read)
            .optional()
    }
}

/// Makes an interview's summary anew from all that is here of it.
pub(super) fn summarise(t: Tables<'_>, interview: InterviewId) -> rusqlite::Result<Option<Summary>> {
    let segments = known_segments(t, interview)?;
    let live = live_of(t, interview)?;
    let summary = made(interview, &segments, &live);
    if let Some(summary) = &summary {
        summary.write(t)?;
    }
    Ok(summary)
}

/// What these segments and open runs say of an interview.
pub(super) fn made(interview: InterviewId, segments: &[Segment], live: &[Live]) -> Option<Summary> {
    let begins = |events: &[Event]| events.iter().any(|e| matches!(e.fact, Fact::Started { .. }));
    let device = segments
        .iter()
        .filter(|s| begins(s.events()))
        .map(Segment::device)
        .chain(live.iter().filter(|l| begins(&l.events)).map(|l| l.device))
        .min();
    // One run of events, the usual case, needs no order.
    if let ([only], []) = (segments, live) {
        return Summary::of(interview, device?, only.events(), 0);
    }
    let History { events, conflicts } = history(segments, live);
    Summary::of(interview, device?, &events, conflicts.len())
}

/// Makes all summaries anew.
pub(super) fn summarise_all(t: Tables<'_>) -> rusqlite::Result<()> {
    let all: Vec<[u8; 16]> = t
        .prepare("SELECT interview FROM segment UNION SELECT interview FROM live")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for interview in all {
        summarise(t, InterviewId(interview))?;
    }
    Ok(())
}

impl Store {
    /// All interviews, in order of their ids (which is the order in which they began).
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn interviews(&self) -> Result<Vec<Summary>> {
        let sql = |e| StoreError::sql(&self.path, e);
        let mut statement =
            self.connection.prepare(&format!("{} ORDER BY i.id", visit::SOURCE)).map_err(sql)?;
        let rows = statement.query_map([], Summary::read).map_err(sql)?;
        rows.collect::<rusqlite::Result<_>>().map_err(sql)
    }
}
