//! Packages: files in which interviews travel from a laptop to the office, and word of what has
//! arrived back.
//!
//! A package is a header, a payload of [parcels](crate::merge::Parcel), and an end that holds the length and the
//! hash of everything before it, signed by the device that made it. The payload can be sealed to
//! the survey's recipients (age, X25519). [`verify`] needs no key; nothing is believed before it.
//! `docs/file-formats.md` has the bytes.

mod end;
mod frame;
mod header;
mod identity;
mod read;
mod seal;
mod write;

use std::io;

use thiserror::Error;

pub use self::end::{Verified, verify};
pub use self::header::{Header, Purpose};
pub use self::identity::Identity;
pub use self::read::read;
pub use self::seal::{MOST_WORK, Passphrase, WORK, open_for, open_with, seal_to, seal_with};
pub use self::write::Writer;
pub use age::x25519::Recipient;

/// What a file begins with.
const MAGIC: &[u8; 8] = b"DOORPKG1";
/// What it ends with.
const END: &[u8; 8] = b"DOOREND1";

/// Whether these first bytes of a file may be those of a package, cut off or not.
#[must_use]
pub fn begins_like_one(bytes: &[u8]) -> bool {
    !bytes.is_empty() && MAGIC.starts_with(&bytes[..bytes.len().min(MAGIC.len())])
}

/// Why a package cannot be used. What was read of it counts for nothing.
#[derive(Debug, Error)]
pub enum PackageError {
    /// It does not begin like one.
    #[error("is no package of Doorstep")]
    NotAPackage,
    /// It does not end like one.
    #[error("is cut off: it does not end as a package does")]
    CutOff,
    /// A later Doorstep made it.
    #[error("was written by a newer Doorstep (package format {0}). Update Doorstep on this computer")]
    Newer(u32),
    /// Some of its bytes are not what they were.
    #[error("is damaged: {0}")]
    Damaged(String),
    /// The signature is not that of the device that it names.
    #[error("is not signed by the device that it names")]
    Signature,
    /// It is sealed, and none of the identities opens it.
    #[error("is sealed, and no identity that was given opens it")]
    Sealed,
    /// The disk.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<minicbor::decode::Error> for PackageError {
    fn from(error: minicbor::decode::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<crate::journal::DecodeError> for PackageError {
    fn from(error: crate::journal::DecodeError) -> Self {
        Self::Damaged(error.to_string())
    }
}
