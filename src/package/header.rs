//! What a package says of itself, readable without any key.

use minicbor::{Decoder, Encoder};

use super::PackageError;
use crate::journal::DeviceId;

const FORMAT: u32 = 1;

/// What a package is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It brings interviews.
    Interviews,
    /// It says which segments have arrived.
    Receipt,
}

/// What stands at the beginning of a package. It names no person and no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The survey.
    pub survey: String,
    /// The device that made it.
    pub device: DeviceId,
    /// When, in milliseconds since 1970.
    pub made: i64,
    /// What it is for.
    pub purpose: Purpose,
    /// The same in all parts of what was packed together.
    pub set: [u8; 16],
    /// Which part it is, from 1.
    pub part: u32,
    /// Whether the payload is sealed.
    pub sealed: bool,
}

impl Header {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(128);
        let written = (|| {
            let mut e = Encoder::new(&mut bytes);
            e.array(8)?.u32(FORMAT)?.str(&self.survey)?.bytes(&self.device.0)?.i64(self.made)?;
            e.u8(u8::from(self.purpose == Purpose::Receipt))?
                .bytes(&self.set)?
                .u32(self.part)?
                .bool(self.sealed)?;
            Ok::<(), minicbor::encode::Error<std::convert::Infallible>>(())
        })();
        debug_assert!(written.is_ok(), "writing to memory does not fail");
        bytes
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, PackageError> {
        let mut d = Decoder::new(bytes);
        let fields = d.array()?;
        let format = d.u32()?;
        if format > FORMAT {
            return Err(PackageError::Newer(format));
        }
        let damaged = |what: &str| PackageError::Damaged(what.to_owned());
        if fields != Some(8) {
            return Err(damaged("its header has another form"));
        }
        let header = Self {
            survey: d.str()?.to_owned(),
            device: DeviceId(d.bytes()?.try_into().map_err(|_| damaged("a device has 32 bytes"))?),
            made: d.i64()?,
            purpose: if d.u8()? == 0 { Purpose::Interviews } else { Purpose::Receipt },
            set: d.bytes()?.try_into().map_err(|_| damaged("a set has 16 bytes"))?,
            part: d.u32()?,
            sealed: d.bool()?,
        };
        if header.bytes() == bytes { Ok(header) } else { Err(damaged("its header has another form")) }
    }
}
