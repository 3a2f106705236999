//! What is in a package.

use std::io::{BufReader, Read, Seek, SeekFrom};

use super::frame::next;
use super::{Identity, PackageError, Verified};
use crate::merge::Parcel;

/// Gives the parcels of a package that was [verified](super::verify), in order; a sealed one needs
/// an identity that it is sealed to.
///
/// # Errors
/// It is sealed to others, cannot be read, is not what it was when it was verified, or what `take`
/// says.
pub fn read<E: From<PackageError>>(
    file: &mut (impl Read + Seek),
    verified: &Verified,
    identities: &[Identity],
    mut take: impl FnMut(Parcel) -> Result<(), E>,
) -> Result<(), E> {
    let (begins, ends) = verified.payload;
    file.seek(SeekFrom::Start(begins)).map_err(PackageError::Io)?;
    let payload = BufReader::new(file.take(ends - begins));
    if !verified.header.sealed {
        return each(payload, &mut take);
    }
    let damaged = |error: age::DecryptError| match error {
        age::DecryptError::NoMatchingKeys => PackageError::Sealed,
        other => PackageError::Damaged(other.to_string()),
    };
    let sealed = age::Decryptor::new(payload).map_err(damaged)?;
    let identities = identities.iter().map(|identity| &identity.0 as &dyn age::Identity);
    each(sealed.decrypt(identities).map_err(damaged)?, &mut take)
}

fn each<E: From<PackageError>>(
    mut payload: impl Read,
    take: &mut impl FnMut(Parcel) -> Result<(), E>,
) -> Result<(), E> {
    while let Some(parcel) = next(&mut payload)? {
        take(parcel)?;
    }
    Ok(())
}
