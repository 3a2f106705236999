//! One process at a time: a lock file that names its holder and dies with it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::StoreError;

/// The lock on a store, held while this lives. The system lets go of it when the process ends,
/// however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, and writes who has it.
    pub(super) fn take(store: &Path, holder: &str) -> Result<Self, StoreError> {
        let path = beside(store);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| StoreError::io(&path, e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Who it is helps; not knowing it changes nothing.
                let _ = file.read_to_string(&mut text);
                let holder = match text.trim() {
                    "" => "another Doorstep uses it".to_owned(),
                    text => text.to_owned(),
                };
                return Err(StoreError::Locked { path: store.to_owned(), holder });
            }
            Err(TryLockError::Error(e)) => return Err(StoreError::io(&path, e)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{holder}"))
            .map_err(|e| StoreError::io(&path, e))?;
        Ok(Self { _file: file })
    }
}

/// `store.db.lock` beside `store.db`.
fn beside(store: &Path) -> PathBuf {
    let mut name = store.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    store.with_file_name(name)
}
