//! A secret key that opens sealed packages.

use std::fmt;
use std::str::FromStr;

use age::secrecy::ExposeSecret;

use super::Recipient;

/// A secret key that opens packages sealed to it. It never shows but where it is written on purpose.
pub struct Identity(pub(super) age::x25519::Identity);

impl Identity {
    /// A new key, as the text to be kept, and the recipient that packages are sealed to.
    #[must_use]
    pub fn generate() -> (String, Recipient) {
        let identity = age::x25519::Identity::generate();
        (identity.to_string().expose_secret().to_owned(), identity.to_public())
    }
}

impl FromStr for Identity {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.0.to_public())
    }
}
