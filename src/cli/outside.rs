//! The clock and randomness: what the library is given, because it may not take it.

use anyhow::{Context, Result};
use chrono::{DateTime, FixedOffset, Local, Utc};

use crate::journal::InterviewId;

/// The time here, with the offset of this place.
pub fn now() -> DateTime<FixedOffset> {
    Local::now().fixed_offset()
}

/// Milliseconds since 1970.
pub fn wall() -> i64 {
    Utc::now().timestamp_millis()
}

/// Bytes that nobody can guess.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).context("the operating system gives no random numbers")?;
    Ok(bytes)
}

/// A number that nobody can guess.
pub fn seed() -> Result<u64> {
    random().map(u64::from_le_bytes)
}

/// A new interview id that began at that moment.
pub fn interview_id(began: DateTime<FixedOffset>, random: &[u8; 10]) -> InterviewId {
    let millis = u64::try_from(began.timestamp_millis()).unwrap_or(0);
    InterviewId(*uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid().as_bytes())
}
