//! Sealing a few secret bytes, as [age](https://age-encryption.org) does it: with a passphrase, or to
//! recipients.

use std::io::{Read, Write};

use age::scrypt;
use age::secrecy::SecretString;
use zeroize::Zeroizing;

use super::{Identity, PackageError, Recipient};

/// How hard a guess is made, unless somebody wants it otherwise: scrypt's N is two to the power of this. It
/// is what OWASP recommends (Password Storage Cheat Sheet): 128 MB, and under a second on an old laptop.
pub const WORK: u8 = 17;
/// More than this is no file of ours, and would keep the laptop busy for minutes.
pub const MOST_WORK: u8 = 22;

/// Words that open what is sealed with them. Forgotten (zeroised) when dropped.
pub struct Passphrase(SecretString);

impl Passphrase {
    /// These words.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text.into())
    }
}

/// Seals bytes with a passphrase; each guess at it takes this much [work](WORK), from 1 to [`MOST_WORK`].
///
/// # Errors
/// There are no random numbers.
pub fn seal_with(passphrase: &Passphrase, work: u8, bytes: &[u8]) -> Result<Vec<u8>, PackageError> {
    let mut recipient = scrypt::Recipient::new(passphrase.0.clone());
    recipient.set_work_factor(work.clamp(1, MOST_WORK));
    sealed(&[&recipient], bytes)
}

/// Seals bytes to recipients; each of them can open it.
///
/// # Errors
/// There are no random numbers, or no recipients.
pub fn seal_to(recipients: &[Recipient], bytes: &[u8]) -> Result<Vec<u8>, PackageError> {
    let recipients: Vec<&dyn age::Recipient> =
        recipients.iter().map(|recipient| recipient as &dyn age::Recipient).collect();
    sealed(&recipients, bytes)
}

/// Opens what was sealed with a passphrase.
///
/// # Errors
/// [`PackageError::Sealed`] where the passphrase is another; it is damaged.
pub fn open_with(passphrase: &Passphrase, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, PackageError> {
    let mut identity = scrypt::Identity::new(passphrase.0.clone());
    identity.set_max_work_factor(MOST_WORK);
    opened(&[&identity], sealed)
}

/// Opens what was sealed to one of these identities.
///
/// # Errors
/// [`PackageError::Sealed`] where it was sealed to none of them; it is damaged.
pub fn open_for(identities: &[Identity], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, PackageError> {
    let identities: Vec<&dyn age::Identity> =
        identities.iter().map(|identity| &identity.0 as &dyn age::Identity).collect();
    opened(&identities, sealed)
}

fn sealed(recipients: &[&dyn age::Recipient], bytes: &[u8]) -> Result<Vec<u8>, PackageError> {
    let sealing = age::Encryptor::with_recipients(recipients.iter().copied())
        .map_err(|error| std::io::Error::other(error.to_string()))?;
    let mut out = Vec::new();
    let mut writer = sealing.wrap_output(&mut out)?;
    writer.write_all(bytes)?;
    writer.finish()?;
    Ok(out)
}

fn opened(identities: &[&dyn age::Identity], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, PackageError> {
    let refused = |error: age::DecryptError| match error {
        age::DecryptError::NoMatchingKeys | age::DecryptError::DecryptionFailed => PackageError::Sealed,
        // Its own words count with a number that a spoilt file made up.
        age::DecryptError::ExcessiveWork { .. } => {
            PackageError::Damaged("opening it would take more work than any of ours does".into())
        }
        other => PackageError::Damaged(other.to_string()),
    };
    let mut bytes = Zeroizing::new(Vec::new());
    age::Decryptor::new(sealed)
        .map_err(refused)?
        .decrypt(identities.iter().copied())
        .map_err(refused)?
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
