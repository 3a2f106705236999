//! The waist of Doorstep: facts about interviews, closed into immutable segments.
//!
//! A [`Fact`] happened in one interview on one device; an [`Event`] is a fact with its [`Stamp`].
//! A [`Segment`] is a closed run of events with deterministic bytes, named by their hash.
//! Facts never change and never vanish.

mod clock;
mod codec;
mod disposition;
mod key;
mod segment;
mod withdrawal;

use std::fmt;

use chrono::{DateTime, FixedOffset};

use crate::value::{Answer, Hash};

pub use self::clock::Clock;
pub use self::codec::{DecodeError, decode_event, encode_event};
pub use self::disposition::Disposition;
pub use self::key::{DeviceKey, is_signed as is_signed_by};
pub use self::segment::{Draft, Segment};
pub use self::withdrawal::Withdrawal;

/// One interview, for ever: a `UUIDv7` fixed at birth.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InterviewId(pub [u8; 16]);

/// One laptop's installation: its Ed25519 public key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId(pub [u8; 32]);

/// A hybrid logical clock reading: wall time as the device saw it, and a counter that keeps the
/// order of facts when the wall clock stands still or runs backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stamp {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub wall: i64,
    /// Order within one millisecond.
    pub counter: u32,
}

/// A roster row's stable key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowKey {
    /// The n-th row, from 1; a removed row's number is not used again.
    Number(u32),
    /// The row of one choice, by its name.
    Choice(String),
}

/// A place in an interview: a question, group or roster by name, and the rows of the enclosing
/// rosters, outermost first. Names, not indices: they mean the same in every version.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The item's name in the questionnaire.
    pub name: String,
    /// One key for each enclosing roster.
    pub rows: Vec<RowKey>,
}

impl Address {
    /// The end of the interview, where nothing is left to ask: it has no name.
    #[must_use]
    pub fn review() -> Self {
        Self { name: String::new(), rows: Vec::new() }
    }

    /// Whether this is [`Self::review`].
    #[must_use]
    pub fn is_review(&self) -> bool {
        self.name.is_empty()
    }
}

impl From<&Fact> for Fact {
    fn from(fact: &Fact) -> Self {
        fact.clone()
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// The interview began. First fact of every interview.
    Started {
        /// The questionnaire that was in use.
        questionnaire: Hash,
        /// Name of the round (`baseline`, …).
        round: String,
        /// Who asks.
        enumerator: String,
        /// Language at the start.
        language: String,
        /// What `now()` and `today()` mean in this interview.
        at: DateTime<FixedOffset>,
        /// What `random()` is drawn from in this interview.
        seed: u64,
    },
    /// An answer was recorded (again).
    Answered {
        /// Where.
        address: Address,
        /// What.
        answer: Answer,
    },
    /// An answer was taken back.
    Cleared {
        /// Where.
        address: Address,
    },
    /// A row was added to an open roster; `address.rows` ends with the new row's key.
    RowAdded {
        /// The roster, and the row.
        address: Address,
    },
    /// A row was removed from an open roster.
    RowRemoved {
        /// The roster, and the row.
        address: Address,
    },
    /// The enumerator went to a question other than the next one.
    Moved {
        /// Where to.
        to: Address,
    },
    /// The language of the interview changed.
    LanguageChanged {
        /// Language tag.
        language: String,
    },
    /// A remark on a question.
    Commented {
        /// On what.
        address: Address,
        /// The remark.
        text: String,
    },
    /// A soft check was overridden.
    Overrode {
        /// The question.
        address: Address,
        /// The check's condition, as written.
        check: String,
        /// Why.
        reason: String,
    },
    /// The interview was put aside.
    Paused,
    /// The interview was taken up again.
    Resumed,
    /// The interview is complete.
    Finalised,
    /// The interview goes on with another version of its questionnaire.
    VersionChanged {
        /// The version from now on.
        questionnaire: Hash,
    },
    /// A visit ended without a complete interview, which is put aside.
    Visited {
        /// How it went.
        disposition: Disposition,
        /// What else there is to say of it; empty where there is nothing.
        note: String,
        /// The appointment to come again.
        again: Option<DateTime<FixedOffset>>,
    },
    /// A complete interview is open again.
    Reopened {
        /// Why.
        reason: String,
    },
    /// Somebody who has seen the different answers to one question decided which one holds.
    Resolved {
        /// The question.
        address: Address,
        /// The answer that holds; none where it is taken back.
        answer: Option<Answer>,
        /// Why.
        reason: String,
    },
}

/// A fact and when it happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When, by the device's hybrid clock.
    pub stamp: Stamp,
    /// What.
    pub fact: Fact,
}

/// The number, or the choice's name.
impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Choice(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for InterviewId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", uuid::Uuid::from_bytes(self.0))
    }
}

impl fmt::Debug for InterviewId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InterviewId({self})")
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceId({self})")
    }
}
