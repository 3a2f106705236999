//! The end of a package, and whether all before it is what it was.

use std::io::{Read, Seek, SeekFrom};

use minicbor::{Decoder, Encoder};

use super::{END, Header, MAGIC, PackageError};
use crate::journal::{DeviceKey, is_signed_by};
use crate::value::Hash;

/// The signature, the length of the signed end in four bytes, and [`END`].
const BEHIND: u64 = 64 + 4 + 8;
/// The signed end is short.
const LONGEST: u64 = 1 << 10;
/// The header too.
pub(super) const LONGEST_HEADER: u32 = 1 << 16;

/// What the end of a package says of all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) length: u64,
    pub(super) hash: Hash,
    pub(super) segments: u64,
    pub(super) is_last: bool,
}

/// A package that is whole, and signed by the device that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it says of itself.
    pub header: Header,
    /// How many segments it holds, or acknowledges.
    pub segments: u64,
    /// Whether it is the last part of what was packed together.
    pub is_last: bool,
    /// Where the payload begins and ends.
    pub(super) payload: (u64, u64),
    /// The hash of everything before the end.
    pub hash: Hash,
}

impl End {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        let written = (|| {
            let mut e = Encoder::new(&mut bytes);
            e.array(4)?.u64(self.length)?.bytes(&self.hash.0)?.u64(self.segments)?.bool(self.is_last)?;
            Ok::<(), minicbor::encode::Error<std::convert::Infallible>>(())
        })();
        debug_assert!(written.is_ok(), "writing to memory does not fail");
        bytes
    }

    /// The last bytes of the file.
    pub(super) fn signed(&self, key: &DeviceKey) -> Vec<u8> {
        let mut bytes = self.bytes();
        let signature = key.sign(&bytes);
        let length = (bytes.len() as u32).to_le_bytes();
        bytes.extend_from_slice(&signature);
        bytes.extend_from_slice(&length);
        bytes.extend_from_slice(END);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Self, PackageError> {
        let mut d = Decoder::new(bytes);
        let cut = |_| PackageError::CutOff;
        if d.array().map_err(cut)? != Some(4) {
            return Err(PackageError::CutOff);
        }
        let end = Self {
            length: d.u64().map_err(cut)?,
            hash: Hash(d.bytes().map_err(cut)?.try_into().map_err(|_| PackageError::CutOff)?),
            segments: d.u64().map_err(cut)?,
            is_last: d.bool().map_err(cut)?,
        };
        if end.bytes() == bytes { Ok(end) } else { Err(PackageError::CutOff) }
    }
}

/// Reads a whole package and compares it with what its end says. Needs no key.
///
/// # Errors
/// It is no package, cut off, damaged, newer, or signed by somebody else.
pub fn verify(file: &mut (impl Read + Seek)) -> Result<Verified, PackageError> {
    let size = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut hasher = blake3::Hasher::new();
    let mut magic = [0; 8];
    if file.read_exact(&mut magic).is_err() || magic != *MAGIC {
        return Err(PackageError::NotAPackage);
    }
    let mut length = [0; 4];
    file.read_exact(&mut length).map_err(|_| PackageError::CutOff)?;
    let header_length = u32::from_le_bytes(length);
    if header_length > LONGEST_HEADER {
        return Err(PackageError::Damaged("its header has another form".into()));
    }
    let mut header_bytes = vec![0; header_length as usize];
    file.read_exact(&mut header_bytes).map_err(|_| PackageError::CutOff)?;
    let header = Header::read(&header_bytes)?;

    let behind = size.checked_sub(BEHIND).ok_or(PackageError::CutOff)?;
    file.seek(SeekFrom::Start(behind))?;
    let mut last = [0; BEHIND as usize];
    file.read_exact(&mut last).map_err(|_| PackageError::CutOff)?;
    let (signature, rest) = last.split_at(64);
    let (length, end_magic) = rest.split_at(4);
    let length = u64::from(u32::from_le_bytes(length.try_into().map_err(|_| PackageError::CutOff)?));
    if end_magic != END || length > LONGEST {
        return Err(PackageError::CutOff);
    }
    let at = behind.checked_sub(length).ok_or(PackageError::CutOff)?;
    file.seek(SeekFrom::Start(at))?;
    let mut end_bytes = vec![0; length as usize];
    file.read_exact(&mut end_bytes).map_err(|_| PackageError::CutOff)?;
    let end = End::read(&end_bytes)?;
    let begins = 12 + u64::from(header_length);
    if end.length != at || at < begins {
        return Err(PackageError::CutOff);
    }
    file.rewind()?;
    hasher.update_reader(file.by_ref().take(at))?;
    if Hash(*hasher.finalize().as_bytes()) != end.hash {
        return Err(PackageError::Damaged("its bytes are not what they were when it was made".into()));
    }
    let signature: [u8; 64] = signature.try_into().map_err(|_| PackageError::CutOff)?;
    if !is_signed_by(&header.device, &end_bytes, &signature) {
        return Err(PackageError::Signature);
    }
    let payload = (begins, at);
    Ok(Verified { header, segments: end.segments, is_last: end.is_last, payload, hash: end.hash })
}
