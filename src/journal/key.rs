//! A device's signing key.

use std::collections::HashMap;
use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::DeviceId;

/// The secret half of a device's name. Forgotten (zeroised) when dropped.
pub struct DeviceKey(SigningKey);

impl DeviceKey {
    /// The key of 32 secret bytes.
    #[must_use]
    pub fn from_secret(secret: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&secret))
    }

    /// The device that this key names.
    #[must_use]
    pub fn id(&self) -> DeviceId {
        DeviceId(self.0.verifying_key().to_bytes())
    }

    /// Signs bytes.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

/// The secret never shows.
impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({})", self.id())
    }
}

/// Whether a device signed these bytes.
#[must_use]
pub fn is_signed(device: &DeviceId, bytes: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(&device.0)
        .is_ok_and(|key| key.verify_strict(bytes, &Signature::from_bytes(signature)).is_ok())
}

/// Whether every one of these devices signed its bytes; looked at all together.
pub(super) fn are_signed<'s>(signed: &[(&'s DeviceId, &'s [u8], &'s [u8; 64])]) -> bool {
    // Few devices signed them all, and to read a key is half of the work that a signature makes.
    let mut known: HashMap<&DeviceId, Option<VerifyingKey>> = HashMap::new();
    let key = |(device, ..): &(&'s DeviceId, _, _)| {
        let read = || VerifyingKey::from_bytes(&device.0).ok().filter(|key| !key.is_weak());
        *known.entry(*device).or_insert_with(read)
    };
    let Some(keys) = signed.iter().map(key).collect::<Option<Vec<VerifyingKey>>>() else { return false };
    let bytes: Vec<&[u8]> = signed.iter().map(|(_, bytes, _)| *bytes).collect();
    let signatures: Vec<Signature> =
        signed.iter().map(|(.., signature)| Signature::from_bytes(signature)).collect();
    ed25519_dalek::verify_batch(&bytes, &signatures, &keys).is_ok()
}
