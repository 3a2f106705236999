//! Parcels as bytes: CBOR arrays, each behind its length in four bytes, lowest first.

use std::io::{ErrorKind, Read};

use minicbor::{Decoder, Encoder};

use super::PackageError;
use crate::journal::{DeviceId, InterviewId};
use crate::merge::Parcel;
use crate::value::Hash;

/// A longer frame is damage: files given as answers are bounded at 50 MB.
const LONGEST: u32 = 256 << 20;

/// One parcel with its length before it.
pub(super) fn framed(parcel: &Parcel) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    let written = write(&mut Encoder::new(&mut bytes), parcel);
    debug_assert!(written.is_ok(), "writing to memory does not fail");
    let length = (bytes.len() - 4) as u32;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    bytes
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn write(e: &mut Encoder<&mut Vec<u8>>, parcel: &Parcel) -> Written {
    match parcel {
        Parcel::Questionnaire { hash, body } => e.array(3)?.u8(0)?.bytes(&hash.0)?.bytes(body)?,
        Parcel::Dictionary { questionnaire, body } => {
            e.array(3)?.u8(1)?.bytes(&questionnaire.0)?.bytes(body)?
        }
        Parcel::Withdrawal(bytes) => e.array(2)?.u8(2)?.bytes(bytes)?,
        Parcel::Acknowledged(segment) => e.array(2)?.u8(3)?.bytes(&segment.0)?,
        Parcel::Attachment { name, body } => e.array(3)?.u8(4)?.str(name)?.bytes(body)?,
        Parcel::Segment { interview, id, body } => {
            e.array(4)?.u8(5)?.bytes(&interview.0)?.bytes(id)?.bytes(body)?
        }
        Parcel::Open { interview, device, questionnaire, parents, birth, n, event } => {
            e.array(8)?.u8(6)?.bytes(&interview.0)?.bytes(&device.0)?.bytes(&questionnaire.0)?;
            e.array(parents.len() as u64)?;
            for parent in parents {
                e.bytes(&parent.0)?;
            }
            e.bytes(&birth.0)?.i64(*n)?.bytes(event)?
        }
    };
    Ok(())
}

/// The next parcel; none at the end.
pub(super) fn next(from: &mut impl Read) -> Result<Option<Parcel>, PackageError> {
    let mut length = [0; 4];
    let mut read = 0;
    while read < 4 {
        match from.read(&mut length[read..]) {
            Ok(0) if read == 0 => return Ok(None),
            Ok(0) => return Err(PackageError::Damaged("a parcel is cut off".into())),
            Ok(more) => read += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    let length = u32::from_le_bytes(length);
    if length > LONGEST {
        return Err(PackageError::Damaged(format!("a parcel says that it has {length} bytes")));
    }
    // The length is a claim: memory grows with what is really there.
    let mut bytes = Vec::new();
    from.take(length.into()).read_to_end(&mut bytes)?;
    if bytes.len() < length as usize {
        return Err(PackageError::Damaged("a parcel is cut off".into()));
    }
    parcel(&bytes).map(Some)
}

fn parcel(bytes: &[u8]) -> Result<Parcel, PackageError> {
    let mut d = Decoder::new(bytes);
    let length = d.array()?;
    let tag = d.u8()?;
    let parcel = match (tag, length) {
        (0, Some(3)) => Parcel::Questionnaire { hash: hash(&mut d)?, body: d.bytes()?.to_vec() },
        (1, Some(3)) => Parcel::Dictionary { questionnaire: hash(&mut d)?, body: d.bytes()?.to_vec() },
        (2, Some(2)) => Parcel::Withdrawal(d.bytes()?.to_vec()),
        (3, Some(2)) => Parcel::Acknowledged(hash(&mut d)?),
        (4, Some(3)) => Parcel::Attachment { name: d.str()?.to_owned(), body: d.bytes()?.to_vec() },
        (5, Some(4)) => Parcel::Segment {
            interview: InterviewId(array(&mut d)?),
            id: d.bytes()?.to_vec(),
            body: d.bytes()?.to_vec(),
        },
        (6, Some(8)) => Parcel::Open {
            interview: InterviewId(array(&mut d)?),
            device: DeviceId(array(&mut d)?),
            questionnaire: hash(&mut d)?,
            parents: {
                let mut parents = Vec::new();
                for _ in 0..d.array()?.unwrap_or(0) {
                    parents.push(hash(&mut d)?);
                }
                parents
            },
            birth: hash(&mut d)?,
            n: d.i64()?,
            event: d.bytes()?.to_vec(),
        },
        _ => return Err(PackageError::Damaged(format!("there is no parcel of kind {tag}"))),
    };
    if d.position() == bytes.len() {
        Ok(parcel)
    } else {
        Err(PackageError::Damaged("something stands behind a parcel".into()))
    }
}

fn hash(d: &mut Decoder<'_>) -> Result<Hash, PackageError> {
    array(d).map(Hash)
}

fn array<const N: usize>(d: &mut Decoder<'_>) -> Result<[u8; N], PackageError> {
    d.bytes()?.try_into().map_err(|_| PackageError::Damaged("a field has another length".into()))
}
