//! A device's signing key.

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

    pub(super) fn sign(&self, bytes: &[u8]) -> [u8; 64] {
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
pub(super) fn is_signed(device: &DeviceId, bytes: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(&device.0)
        .is_ok_and(|key| key.verify_strict(bytes, &Signature::from_bytes(signature)).is_ok())
}
