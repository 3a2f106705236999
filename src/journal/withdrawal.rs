//! What is left of an interview whose respondent withdrew consent.

use minicbor::{Decoder, Encoder};

use super::codec::{DecodeError, expect_array, read_bytes};
use super::key::is_signed;
use super::{DeviceId, DeviceKey, InterviewId};

/// The format of the bytes; a reader refuses later ones.
const FORMAT: u32 = 1;

/// A respondent withdrew consent: the interview's content is destroyed wherever this arrives, and
/// this stub is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// The interview.
    pub interview: InterviewId,
    /// The device on which it was recorded.
    pub device: DeviceId,
    /// When, in milliseconds since 1970.
    pub wall: i64,
    /// The round that the interview belonged to.
    pub round: String,
    /// Why, without saying who.
    pub reason: String,
    /// How many answers were destroyed on that device.
    pub answers: u64,
}

impl Withdrawal {
    /// Its bytes, signed by the device that the key names (which `device` becomes).
    #[must_use]
    pub fn sign(mut self, key: &DeviceKey) -> (Self, Vec<u8>) {
        self.device = key.id();
        let content = self.content();
        let bytes = seal(&content, &key.sign(&content));
        (self, bytes)
    }

    /// The withdrawal of these bytes.
    ///
    /// # Errors
    /// They are damaged, of a later format, or not signed by the device that they name.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut d = Decoder::new(bytes);
        expect_array(&mut d, 2, "a withdrawal has content and signature")?;
        let content = d.bytes()?;
        let signature: [u8; 64] = read_bytes(&mut d)?;
        let mut d = Decoder::new(content);
        let fields = d.array()?;
        let format = d.u32()?;
        if format > FORMAT {
            return Err(DecodeError::Newer(format));
        }
        if fields != Some(7) {
            return Err(DecodeError::Form("a withdrawal has seven fields"));
        }
        let read = Self {
            interview: InterviewId(read_bytes(&mut d)?),
            device: DeviceId(read_bytes(&mut d)?),
            wall: d.i64()?,
            round: d.str()?.to_owned(),
            reason: d.str()?.to_owned(),
            answers: d.u64()?,
        };
        if read.content() != content || seal(content, &signature) != bytes {
            return Err(DecodeError::Form("not the one form of this withdrawal"));
        }
        if is_signed(&read.device, content, &signature) { Ok(read) } else { Err(DecodeError::Signature) }
    }

    fn content(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(128);
        let written = (|| {
            let mut e = Encoder::new(&mut bytes);
            e.array(7)?.u32(FORMAT)?.bytes(&self.interview.0)?.bytes(&self.device.0)?.i64(self.wall)?;
            e.str(&self.round)?.str(&self.reason)?.u64(self.answers)?;
            Ok::<(), minicbor::encode::Error<std::convert::Infallible>>(())
        })();
        debug_assert!(written.is_ok(), "writing to memory does not fail");
        bytes
    }
}

fn seal(content: &[u8], signature: &[u8; 64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len() + 70);
    let written = Encoder::new(&mut bytes)
        .array(2)
        .and_then(|e| e.bytes(content))
        .and_then(|e| e.bytes(signature))
        .map(|_| ());
    debug_assert!(written.is_ok(), "writing to memory does not fail");
    bytes
}
