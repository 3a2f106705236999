//! Dates, times and moments: how they are read from text and counted in days.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

const SECONDS_A_DAY: f64 = 86_400.0;

/// Days since 1 January 1970.
pub(super) fn day_number(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

/// The date that many days after 1 January 1970, if it can be written with four digits of year.
pub(super) fn date_of_day(day: i64) -> Option<NaiveDate> {
    NaiveDate::default().checked_add_signed(TimeDelta::try_days(day)?).filter(|date| is_writable(*date))
}

/// Whether ISO 8601 can write the year with four digits.
pub(super) fn is_writable(date: NaiveDate) -> bool {
    (0..=9999).contains(&date.year())
}

/// Days and parts of days since 1 January 1970, 00:00 UTC.
pub(super) fn decimal_days(time: &DateTime<FixedOffset>) -> f64 {
    let seconds = time.timestamp() as f64 + f64::from(time.timestamp_subsec_nanos()) / 1e9;
    seconds / SECONDS_A_DAY
}

/// The part of the day that has passed, from 0 to 1.
pub(super) fn day_fraction(time: NaiveTime) -> f64 {
    (f64::from(time.num_seconds_from_midnight()) + f64::from(time.nanosecond()) / 1e9) / SECONDS_A_DAY
}

/// A stretch of days, to the millisecond.
pub(super) fn days(days: f64) -> Option<TimeDelta> {
    let milliseconds = (days * SECONDS_A_DAY * 1000.0).round();
    if milliseconds.abs() < 1e15 { TimeDelta::try_milliseconds(milliseconds as i64) } else { None }
}

/// The beginning of a day.
pub(super) fn midnight(date: NaiveDate, offset: FixedOffset) -> Option<DateTime<FixedOffset>> {
    date.and_time(NaiveTime::MIN).and_local_timezone(offset).single()
}

/// `2024-3-5`, or the date part of `2024-03-05T10:20:30Z` as it is written.
pub(super) fn parse_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    if let Some(time) = time {
        parse_time_and_offset(time)?;
    }
    let mut parts = date.split('-');
    let mut part = |longest: usize| -> Option<u32> {
        let digits = parts.next()?;
        let fits = (1..=longest).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if fits { digits.parse().ok() } else { None }
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    if parts.next().is_some() {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// A moment in ISO 8601; without an offset of its own, in the one given. A date is its midnight.
pub(super) fn parse_date_time(text: &str, offset: FixedOffset) -> Option<DateTime<FixedOffset>> {
    let text = text.trim();
    let date = parse_date(text)?;
    let Some((_, time)) = text.split_once('T') else { return midnight(date, offset) };
    let (time, own) = parse_time_and_offset(time)?;
    NaiveDateTime::new(date, time).and_local_timezone(own.unwrap_or(offset)).single()
}

/// `10:20`, `10:20:30` or `10:20:30.5`.
pub(super) fn parse_time(text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    NaiveTime::parse_from_str(text, "%H:%M:%S%.f").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M")).ok()
}

fn parse_time_and_offset(text: &str) -> Option<(NaiveTime, Option<FixedOffset>)> {
    if let Some(time) = text.strip_suffix('Z') {
        return Some((parse_time(time)?, FixedOffset::east_opt(0)));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((parse_time(text)?, None)) };
    let (time, offset) = text.split_at_checked(at)?;
    Some((parse_time(time)?, Some(offset.parse().ok()?)))
}
