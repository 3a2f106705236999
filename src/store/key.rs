//! The key of an encrypted store, and where a store is.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use zeroize::Zeroizing;

/// What the pages of an encrypted store are encrypted with (SQLCipher, AES-256 with an HMAC for each
/// page). Forgotten (zeroised) when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreKey(Zeroizing<[u8; 32]>);

impl StoreKey {
    /// The key of 32 secret bytes.
    #[must_use]
    pub fn from_secret(secret: [u8; 32]) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// The key as SQLCipher takes it: a blob literal, used as it is and not stretched again.
    pub(super) fn literal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(67));
        text.push_str("x'");
        for byte in self.0.iter() {
            for half in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        text.push('\'');
        text
    }
}

/// The secret never shows.
impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(…)")
    }
}

/// Where a store is, and what opens it. A path alone is a store that is not encrypted.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    pub(super) path: &'a Path,
    pub(super) key: Option<&'a StoreKey>,
}

impl<'a> At<'a> {
    /// A store that this key opens, or one that is not encrypted.
    #[must_use]
    pub fn new(path: &'a Path, key: Option<&'a StoreKey>) -> Self {
        Self { path, key }
    }
}

impl<'a> From<&'a Path> for At<'a> {
    fn from(path: &'a Path) -> Self {
        Self { path, key: None }
    }
}

impl<'a> From<&'a PathBuf> for At<'a> {
    fn from(path: &'a PathBuf) -> Self {
        Self { path, key: None }
    }
}

/// Whether a file may be an encrypted store: all of its bytes look random, where any other database
/// begins with the format's name. A file that is empty, cut off within its first bytes or not there is none.
#[must_use]
pub fn may_be_encrypted(path: &Path) -> bool {
    const PLAIN: &[u8; 16] = b"SQLite format 3\0";
    let mut begins = [0; 16];
    File::open(path).and_then(|mut file| file.read_exact(&mut begins)).is_ok() && begins != *PLAIN
}

/// The files beside a store that hold its key: for its own passphrase, and for the office.
pub const SECRETS: [&str; 2] = ["secrets.age", "secrets.office.age"];

/// Whether a store is encrypted, and the files that hold its key are there.
pub(super) fn has_secrets(path: &Path) -> bool {
    may_be_encrypted(path) && SECRETS.iter().any(|name| path.with_file_name(name).exists())
}

/// Gives a fresh connection its key, before anything else.
pub(super) fn give(connection: &Connection, key: &StoreKey) -> rusqlite::Result<()> {
    // A wrong key is an error that we tell; SQLCipher would tell it on stderr as well.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    let statement = Zeroizing::new(format!("PRAGMA key = \"{}\"", key.literal().as_str()));
    connection.execute_batch(&statement)
}
