//! A closed run of events: what devices exchange, named by the hash of its bytes.

use minicbor::{Decoder, Encoder};

use super::codec::{DecodeError, expect_array, read_bytes, read_event, write_event};
use super::key::is_signed;
use super::{DeviceId, DeviceKey, Event, InterviewId};
use crate::value::Hash;

/// The format of the bytes; a reader refuses later ones.
const FORMAT: u32 = 1;

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
        let content = encode(&draft, &device);
        let bytes = seal(&content, &key.sign(&content));
        Self { id: Hash::of(&bytes), device, content: draft, bytes }
    }

    /// The segment of these bytes.
    ///
    /// # Errors
    /// They are damaged, of a later format, or not signed by the device that they name.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut d = Decoder::new(bytes);
        expect_array(&mut d, 2, "a segment has content and signature")?;
        let content = d.bytes()?;
        let signature: [u8; 64] = read_bytes(&mut d)?;
        let (draft, device) = decode(content)?;
        if !is_signed(&device, content, &signature) {
            return Err(DecodeError::Signature);
        }
        if encode(&draft, &device) != content || seal(content, &signature) != bytes {
            return Err(DecodeError::Form("not the one form of this segment"));
        }
        Ok(Self { id: Hash::of(bytes), device, content: draft, bytes: bytes.to_vec() })
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

fn encode(draft: &Draft, device: &DeviceId) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256 + 48 * draft.events.len());
    let mut e = Encoder::new(&mut bytes);
    let written = (|| {
        e.array(8)?.u32(FORMAT)?.bytes(&draft.interview.0)?.bytes(&device.0)?.u64(draft.sequence)?;
        match &draft.previous {
            Some(hash) => e.bytes(&hash.0)?,
            None => e.null()?,
        };
        e.array(draft.parents.len() as u64)?;
        for parent in &draft.parents {
            e.bytes(&parent.0)?;
        }
        e.bytes(&draft.questionnaire.0)?.array(draft.events.len() as u64)?;
        draft.events.iter().try_for_each(|event| write_event(&mut e, event))
    })();
    debug_assert!(written.is_ok(), "writing to memory does not fail");
    bytes
}

fn decode(content: &[u8]) -> Result<(Draft, DeviceId), DecodeError> {
    let mut d = Decoder::new(content);
    let length = d.array()?;
    let format = d.u32()?;
    if format > FORMAT {
        return Err(DecodeError::Newer(format));
    }
    if length != Some(8) || format == 0 {
        return Err(DecodeError::Form("a segment's content has eight fields"));
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
    // Lengths are claims: nothing is reserved before it is read.
    let mut parents = Vec::new();
    for _ in 0..d.array()?.ok_or(DecodeError::Form("lengths are definite"))? {
        parents.push(Hash(read_bytes(&mut d)?));
    }
    if !parents.is_sorted_by(|a, b| a < b) {
        return Err(DecodeError::Form("parents stand in order, each once"));
    }
    let questionnaire = Hash(read_bytes(&mut d)?);
    let mut events = Vec::new();
    for _ in 0..d.array()?.ok_or(DecodeError::Form("lengths are definite"))? {
        events.push(read_event(&mut d)?);
    }
    Ok((Draft { interview, sequence, previous, parents, questionnaire, events }, device))
}
