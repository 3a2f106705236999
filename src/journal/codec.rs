//! Events as bytes and back: CBOR (RFC 8949) in one fixed form. `docs/file-formats.md` has the map.
//!
//! The same event always gives the same bytes, and no other bytes are read: definite lengths,
//! shortest integers, doubles as doubles.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, Timelike};
use minicbor::{Decoder, Encoder};
use thiserror::Error;

use super::{Address, Disposition, Event, Fact, RowKey, Stamp};
use crate::value::{Answer, Hash, Missing, Value};

/// Why bytes are not what they should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// Not CBOR, or cut off.
    #[error("the bytes are cut off or damaged: {0}")]
    Broken(String),
    /// CBOR, but not of our form.
    #[error("the bytes are not of Doorstep's form: {0}")]
    Form(&'static str),
    /// A format of a later Doorstep.
    #[error("written by a newer Doorstep (format {0})")]
    Newer(u32),
    /// The signature is not that of the device that is named.
    #[error("the signature is not that of the device that is named")]
    Signature,
}

impl From<minicbor::decode::Error> for DecodeError {
    fn from(error: minicbor::decode::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Writing to a vector cannot fail, so this alias swallows nothing.
pub(super) type Writer<'a> = Encoder<&'a mut Vec<u8>>;
type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;
type Read<T> = Result<T, DecodeError>;

/// One event as bytes.
#[must_use]
pub fn encode_event(event: &Event) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    let written = write_event(&mut Encoder::new(&mut bytes), event);
    debug_assert!(written.is_ok(), "writing to memory does not fail");
    bytes
}

/// The event of these bytes.
///
/// # Errors
/// Says what is wrong with them.
pub fn decode_event(bytes: &[u8]) -> Result<Event, DecodeError> {
    let mut decoder = Decoder::new(bytes);
    let event = read_event(&mut decoder)?;
    if encode_event(&event) != bytes {
        return Err(DecodeError::Form("not the one form of this event"));
    }
    Ok(event)
}

pub(super) fn write_event(e: &mut Writer<'_>, event: &Event) -> Written {
    e.array(3)?.i64(event.stamp.wall)?.u32(event.stamp.counter)?;
    write_fact(e, &event.fact)
}

pub(super) fn write_fact(e: &mut Writer<'_>, fact: &Fact) -> Written {
    match fact {
        Fact::Started { questionnaire, round, enumerator, language, at, seed } => {
            e.array(7)?.u8(0)?.bytes(&questionnaire.0)?.str(round)?.str(enumerator)?.str(language)?;
            write_moment(e, at)?;
            e.u64(*seed)?;
        }
        Fact::Answered { address, answer } => {
            e.array(3)?.u8(1)?;
            write_address(e, address)?;
            write_answer(e, answer)?;
        }
        Fact::Cleared { address } => write_place(e, 2, address)?,
        Fact::RowAdded { address } => write_place(e, 3, address)?,
        Fact::RowRemoved { address } => write_place(e, 4, address)?,
        Fact::Moved { to } => write_place(e, 5, to)?,
        Fact::LanguageChanged { language } => {
            e.array(2)?.u8(6)?.str(language)?;
        }
        Fact::Commented { address, text } => {
            e.array(3)?.u8(7)?;
            write_address(e, address)?;
            e.str(text)?;
        }
        Fact::Overrode { address, check, reason } => {
            e.array(4)?.u8(8)?;
            write_address(e, address)?;
            e.str(check)?.str(reason)?;
        }
        Fact::Paused => {
            e.array(1)?.u8(9)?;
        }
        Fact::Resumed => {
            e.array(1)?.u8(10)?;
        }
        Fact::Finalised => {
            e.array(1)?.u8(11)?;
        }
        Fact::VersionChanged { questionnaire } => {
            e.array(2)?.u8(12)?.bytes(&questionnaire.0)?;
        }
        Fact::Visited { disposition, note, again } => {
            e.array(4)?.u8(13)?.str(disposition.name())?.str(note)?;
            match again {
                Some(moment) => write_moment(e, moment)?,
                None => {
                    e.null()?;
                }
            }
        }
        Fact::Reopened { reason } => {
            e.array(2)?.u8(14)?.str(reason)?;
        }
        Fact::Resolved { address, answer, reason } => {
            e.array(4)?.u8(15)?;
            write_address(e, address)?;
            match answer {
                Some(answer) => write_answer(e, answer)?,
                None => {
                    e.null()?;
                }
            }
            e.str(reason)?;
        }
    }
    Ok(())
}

pub(super) fn read_event(d: &mut Decoder<'_>) -> Read<Event> {
    expect_array(d, 3, "an event has a time, a counter and a fact")?;
    let stamp = Stamp { wall: d.i64()?, counter: d.u32()? };
    Ok(Event { stamp, fact: read_fact(d)? })
}

pub(super) fn read_fact(d: &mut Decoder<'_>) -> Read<Fact> {
    let length = d.array()?.ok_or(DecodeError::Form("lengths are definite"))?;
    let tag = d.u8()?;
    let fact = match (tag, length) {
        (0, 7) => Fact::Started {
            questionnaire: Hash(read_bytes(d)?),
            round: d.str()?.to_owned(),
            enumerator: d.str()?.to_owned(),
            language: d.str()?.to_owned(),
            at: read_moment(d)?,
            seed: d.u64()?,
        },
        (1, 3) => Fact::Answered { address: read_address(d)?, answer: read_answer(d)? },
        (2, 2) => Fact::Cleared { address: read_address(d)? },
        (3, 2) => Fact::RowAdded { address: read_address(d)? },
        (4, 2) => Fact::RowRemoved { address: read_address(d)? },
        (5, 2) => Fact::Moved { to: read_address(d)? },
        (6, 2) => Fact::LanguageChanged { language: d.str()?.to_owned() },
        (7, 3) => Fact::Commented { address: read_address(d)?, text: d.str()?.to_owned() },
        (8, 4) => Fact::Overrode {
            address: read_address(d)?,
            check: d.str()?.to_owned(),
            reason: d.str()?.to_owned(),
        },
        (9, 1) => Fact::Paused,
        (10, 1) => Fact::Resumed,
        (11, 1) => Fact::Finalised,
        (12, 2) => Fact::VersionChanged { questionnaire: Hash(read_bytes(d)?) },
        (13, 4) => Fact::Visited {
            disposition: Disposition::named(d.str()?).ok_or(DecodeError::Form("no such disposition"))?,
            note: d.str()?.to_owned(),
            again: match d.datatype()? {
                minicbor::data::Type::Null => {
                    d.null()?;
                    None
                }
                _ => Some(read_moment(d)?),
            },
        },
        (14, 2) => Fact::Reopened { reason: d.str()?.to_owned() },
        (15, 4) => Fact::Resolved {
            address: read_address(d)?,
            answer: match d.datatype()? {
                minicbor::data::Type::Null => {
                    d.null()?;
                    None
                }
                _ => Some(read_answer(d)?),
            },
            reason: d.str()?.to_owned(),
        },
        _ => return Err(DecodeError::Form("no such fact")),
    };
    Ok(fact)
}

fn write_place(e: &mut Writer<'_>, tag: u8, address: &Address) -> Written {
    e.array(2)?.u8(tag)?;
    write_address(e, address)
}

fn write_address(e: &mut Writer<'_>, address: &Address) -> Written {
    e.array(1 + address.rows.len() as u64)?.str(&address.name)?;
    for row in &address.rows {
        match row {
            RowKey::Number(n) => e.u32(*n)?,
            RowKey::Choice(name) => e.str(name)?,
        };
    }
    Ok(())
}

fn read_address(d: &mut Decoder<'_>) -> Read<Address> {
    let length = d.array()?.filter(|n| *n >= 1).ok_or(DecodeError::Form("an address has a name"))?;
    let name = d.str()?.to_owned();
    let mut rows = Vec::with_capacity(room(length - 1));
    for _ in 1..length {
        rows.push(match d.datatype()? {
            minicbor::data::Type::String => RowKey::Choice(d.str()?.to_owned()),
            _ => RowKey::Number(d.u32()?),
        });
    }
    Ok(Address { name, rows })
}

fn write_answer(e: &mut Writer<'_>, answer: &Answer) -> Written {
    e.array(2)?;
    match answer {
        Answer::Missing(reason) => {
            let place = Missing::ALL.iter().position(|m| m == reason).unwrap_or_default();
            e.u8(0)?.u8(place as u8)?;
        }
        Answer::Value(value) => match value {
            Value::Boolean(b) => {
                e.u8(1)?.bool(*b)?;
            }
            Value::Integer(i) => {
                e.u8(2)?.i64(*i)?;
            }
            Value::Decimal(n) => {
                e.u8(3)?.f64(*n)?;
            }
            Value::Text(text) => {
                e.u8(4)?.str(text)?;
            }
            Value::Date(date) => {
                e.u8(5)?.i32(date.num_days_from_ce())?;
            }
            Value::Time(time) => {
                e.u8(6)?.u32(time.num_seconds_from_midnight())?;
            }
            Value::DateTime(moment) => {
                e.u8(7)?;
                write_moment(e, moment)?;
            }
            Value::Choice(name) => {
                e.u8(8)?.str(name)?;
            }
            Value::Choices(names) => {
                e.u8(9)?.array(names.len() as u64)?;
                for name in names {
                    e.str(name)?;
                }
            }
        },
    }
    Ok(())
}

fn read_answer(d: &mut Decoder<'_>) -> Read<Answer> {
    expect_array(d, 2, "an answer has a type and a value")?;
    let value = match d.u8()? {
        0 => {
            let reason = Missing::ALL.get(usize::from(d.u8()?));
            return reason.map(|m| Answer::Missing(*m)).ok_or(DecodeError::Form("no such reason"));
        }
        1 => Value::Boolean(d.bool()?),
        2 => Value::Integer(d.i64()?),
        3 => Some(d.f64()?)
            .filter(|n| n.is_finite())
            .map(Value::Decimal)
            .ok_or(DecodeError::Form("a number is finite"))?,
        4 => Value::Text(d.str()?.to_owned()),
        5 => NaiveDate::from_num_days_from_ce_opt(d.i32()?)
            .map(Value::Date)
            .ok_or(DecodeError::Form("no such day"))?,
        6 => NaiveTime::from_num_seconds_from_midnight_opt(d.u32()?, 0)
            .map(Value::Time)
            .ok_or(DecodeError::Form("no such time"))?,
        7 => Value::DateTime(read_moment(d)?),
        8 => Value::Choice(d.str()?.to_owned()),
        9 => {
            let length = d.array()?.ok_or(DecodeError::Form("lengths are definite"))?;
            let mut names = Vec::with_capacity(room(length));
            for _ in 0..length {
                names.push(d.str()?.to_owned());
            }
            Value::Choices(names)
        }
        _ => return Err(DecodeError::Form("no such type of answer")),
    };
    Ok(Answer::Value(value))
}

/// Milliseconds since 1970, and the place's offset in seconds.
fn write_moment(e: &mut Writer<'_>, moment: &DateTime<FixedOffset>) -> Written {
    e.array(2)?.i64(moment.timestamp_millis())?.i32(moment.offset().local_minus_utc())?;
    Ok(())
}

fn read_moment(d: &mut Decoder<'_>) -> Read<DateTime<FixedOffset>> {
    expect_array(d, 2, "a moment has a time and an offset")?;
    let (millis, seconds) = (d.i64()?, d.i32()?);
    let offset = FixedOffset::east_opt(seconds).ok_or(DecodeError::Form("no such offset"))?;
    DateTime::from_timestamp_millis(millis)
        .map(|utc| utc.with_timezone(&offset))
        .filter(|moment| (0..=9999).contains(&moment.year()))
        .ok_or(DecodeError::Form("no such moment"))
}

pub(super) fn expect_array(d: &mut Decoder<'_>, length: u64, what: &'static str) -> Read<()> {
    if d.array()? == Some(length) { Ok(()) } else { Err(DecodeError::Form(what)) }
}

/// Room for an array whose length is a claim: more than so much is only made once it is there.
pub(super) fn room(length: u64) -> usize {
    length.min(256) as usize
}

pub(super) fn read_bytes<const N: usize>(d: &mut Decoder<'_>) -> Read<[u8; N]> {
    d.bytes()?.try_into().map_err(|_| DecodeError::Form("a field of another length"))
}
