//! A closed run of events: what devices exchange, named by the hash of its bytes.

use std::ops::Range;

use minicbor::{Decoder, Encoder};

use super::codec::{
    DecodeError, expect_array, read_bytes, read_event, read_fact, room, write_event, write_fact,
};
use super::key::{are_signed, is_signed};
use super::{DeviceId, DeviceKey, Event, InterviewId, Stamp};
use crate::value::Hash;

/// The format of the bytes that are written; a reader refuses later ones.
const FORMAT: u32 = 2;
/// The first format, in which each event carried its whole stamp. Segments never change, so those
/// that were closed in it are read for ever.
const FIRST: u32 = 1;

/// A segment before it is closed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The interview that these events belong to.
    pub interview: InterviewId,
    /// How many segments this device closed before.
    pub sequence: u64,
    /// The device's segment before this one.
    pub previous: Option<Hash>,
    /// The segments of this interview that this one goes on from.
    pub parents: Vec<Hash>,
    /// The questionnaire that was in use.
    pub questionnaire: Hash,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// A closed segment: it never changes again.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    id: Hash,
    device: DeviceId,
    content: Draft,
    bytes: Vec<u8>,
}

impl Segment {
    /// Closes a draft: fixes its bytes, and signs them as this device.
    #[must_use]
    pub fn close(mut draft: Draft, key: &DeviceKey) -> Self {
        draft.parents.sort_unstable();
        draft.parents.dedup();
        let device = key.id();
        let content = encode(&draft, &device, FORMAT);
        let bytes = seal(&content, &key.sign(&content));
        Self { id: Hash::of(&bytes), device, content: draft, bytes }
    }

    /// The segment of these bytes.
    ///
    /// # Errors
    /// They are damaged, of a later format, or not signed by the device that they name.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let read = Unsigned::read(bytes)?;
        if !is_signed(&read.segment.device, &bytes[read.content], &read.signature) {
            return Err(DecodeError::Signature);
        }
        Ok(read.segment)
    }

    /// The segment of bytes that were a right segment before, with the hash that names them: every one is looked at on
    /// its way into a store. Neither its signature nor its one form is looked at again.
    ///
    /// # Errors
    /// They are damaged, or of a later format.
    pub fn decode_known(id: Hash, bytes: Vec<u8>) -> Result<Self, DecodeError> {
        let mut d = Decoder::new(&bytes);
        expect_array(&mut d, 2, "a segment has content and signature")?;
        let (content, device, _) = decode(d.bytes()?)?;
        Ok(Self { id, device, content, bytes })
    }

    /// The segments of these bytes, each by itself, as [`Segment::decode`] gives them. Their
    /// signatures are looked at all together, which takes half the time.
    #[must_use]
    pub fn decode_all(all: &[&[u8]]) -> Vec<Result<Self, DecodeError>> {
        let read: Vec<Result<Unsigned, DecodeError>> =
            all.iter().map(|bytes| Unsigned::read(bytes)).collect();
        let signed: Vec<_> = read
            .iter()
            .zip(all)
            .filter_map(|(read, bytes)| {
                let read = read.as_ref().ok()?;
                Some((&read.segment.device, &bytes[read.content.clone()], &read.signature))
            })
            .collect();
        let all_signed = are_signed(&signed);
        read.into_iter()
            .zip(all)
            .map(|(read, bytes)| {
                let read = read?;
                if all_signed || is_signed(&read.segment.device, &bytes[read.content], &read.signature) {
                    Ok(read.segment)
                } else {
                    Err(DecodeError::Signature)
                }
            })
            .collect()
    }

    /// Its name: the hash of its bytes.
    #[must_use]
    pub fn id(&self) -> Hash {
        self.id
    }

    /// Its exact bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The device that closed it.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// The interview that it belongs to.
    #[must_use]
    pub fn interview(&self) -> InterviewId {
        self.content.interview
    }

    /// How many segments its device closed before.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.content.sequence
    }

    /// The segment that its device closed before this one; none for its first.
    #[must_use]
    pub fn previous(&self) -> Option<Hash> {
        self.content.previous
    }

    /// The segments of the interview that this one goes on from, in order of their ids.
    #[must_use]
    pub fn parents(&self) -> &[Hash] {
        &self.content.parents
    }

    /// The questionnaire that was in use.
    #[must_use]
    pub fn questionnaire(&self) -> Hash {
        self.content.questionnaire
    }

    /// What happened, in order.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.content.events
    }

    /// What happened, in order, and nothing else of it.
    #[must_use]
    pub fn into_events(self) -> Vec<Event> {
        self.content.events
    }
}

/// A segment whose signature nobody has looked at.
struct Unsigned {
    segment: Segment,
    /// Where its content stands in its bytes.
    content: Range<usize>,
    signature: [u8; 64],
}

impl Unsigned {
    fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut d = Decoder::new(bytes);
        expect_array(&mut d, 2, "a segment has content and signature")?;
        let content = d.bytes()?;
        let end = d.position();
        let signature: [u8; 64] = read_bytes(&mut d)?;
        let (draft, device, format) = decode(content)?;
        if encode(&draft, &device, format) != content || seal(content, &signature) != bytes {
            return Err(DecodeError::Form("not the one form of this segment"));
        }
        let segment = Segment { id: Hash::of(bytes), device, content: draft, bytes: bytes.to_vec() };
        Ok(Self { segment, content: end - content.len()..end, signature })
    }
}

fn seal(content: &[u8], signature: &[u8; 64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len() + 80);
    let written = Encoder::new(&mut bytes)
        .array(2)
        .and_then(|e| e.bytes(content))
        .and_then(|e| e.bytes(signature))
        .map(|_| ());
    debug_assert!(written.is_ok(), "writing to memory does not fail");
    bytes
}

fn encode(draft: &Draft, device: &DeviceId, format: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256 + 48 * draft.events.len());
    let mut e = Encoder::new(&mut bytes);
    let written = (|| {
        e.array(if format == FIRST { 8 } else { 10 })?
            .u32(format)?
            .bytes(&draft.interview.0)?
            .bytes(&device.0)?
            .u64(draft.sequence)?;
        match &draft.previous {
            Some(hash) => e.bytes(&hash.0)?,
            None => e.null()?,
        };
        e.array(draft.parents.len() as u64)?;
        for parent in &draft.parents {
            e.bytes(&parent.0)?;
        }
        e.bytes(&draft.questionnaire.0)?;
        if format == FIRST {
            e.array(draft.events.len() as u64)?;
            return draft.events.iter().try_for_each(|event| write_event(&mut e, event));
        }
        // Times by themselves, each as what has passed since the one before: they differ from
        // interview to interview where the facts are much alike, and so pack far better.
        let count = draft.events.len() as u64;
        e.array(count)?;
        let mut before = 0_i64;
        for event in &draft.events {
            e.i64(event.stamp.wall.wrapping_sub(before))?;
            before = event.stamp.wall;
        }
        e.array(count)?;
        for event in &draft.events {
            e.u32(event.stamp.counter)?;
        }
        e.array(count)?;
        draft.events.iter().try_for_each(|event| write_fact(&mut e, &event.fact))
    })();
    debug_assert!(written.is_ok(), "writing to memory does not fail");
    bytes
}

fn decode(content: &[u8]) -> Result<(Draft, DeviceId, u32), DecodeError> {
    let mut d = Decoder::new(content);
    let fields = d.array()?;
    let format = d.u32()?;
    if format > FORMAT {
        return Err(DecodeError::Newer(format));
    }
    if fields != Some(if format == FIRST { 8 } else { 10 }) || format == 0 {
        return Err(DecodeError::Form("a segment's content has eight or ten fields"));
    }
    let interview = InterviewId(read_bytes(&mut d)?);
    let device = DeviceId(read_bytes(&mut d)?);
    let sequence = d.u64()?;
    let previous = match d.datatype()? {
        minicbor::data::Type::Null => {
            d.null()?;
            None
        }
        _ => Some(Hash(read_bytes(&mut d)?)),
    };
    let mut parents = Vec::new();
    for _ in 0..length(&mut d)? {
        parents.push(Hash(read_bytes(&mut d)?));
    }
    if !parents.is_sorted_by(|a, b| a < b) {
        return Err(DecodeError::Form("parents stand in order, each once"));
    }
    let questionnaire = Hash(read_bytes(&mut d)?);
    let events = if format == FIRST { read_whole(&mut d)? } else { read_apart(&mut d)? };
    if d.position() != content.len() {
        return Err(DecodeError::Form("nothing stands behind a segment"));
    }
    Ok((Draft { interview, sequence, previous, parents, questionnaire, events }, device, format))
}

/// How long an array says it is.
fn length(d: &mut Decoder<'_>) -> Result<u64, DecodeError> {
    d.array()?.ok_or(DecodeError::Form("lengths are definite"))
}

/// Events with their stamps.
fn read_whole(d: &mut Decoder<'_>) -> Result<Vec<Event>, DecodeError> {
    let count = length(d)?;
    let mut events = Vec::new();
    for _ in 0..count {
        events.push(read_event(d)?);
    }
    Ok(events)
}

/// Times, counters and facts, each by themselves.
fn read_apart(d: &mut Decoder<'_>) -> Result<Vec<Event>, DecodeError> {
    let count = length(d)?;
    let mut stamps = Vec::with_capacity(room(count));
    let mut wall = 0_i64;
    for _ in 0..count {
        wall = wall.wrapping_add(d.i64()?);
        stamps.push(Stamp { wall, counter: 0 });
    }
    let same = DecodeError::Form("there are as many times as facts");
    if length(d)? != count {
        return Err(same);
    }
    for stamp in &mut stamps {
        stamp.counter = d.u32()?;
    }
    if length(d)? != count {
        return Err(same);
    }
    let mut events = Vec::with_capacity(stamps.len());
    for stamp in stamps {
        events.push(Event { stamp, fact: read_fact(d)? });
    }
    Ok(events)
}
