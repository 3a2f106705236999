//! One process at a time: a lock file that names its holder and dies with it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::StoreError;
use super::open::beside;

/// The lock on a store, held while this lives. The system lets go of it when the process ends,
/// however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock, and writes who has it.
    pub(super) fn take(store: &Path, holder: &str) -> Result<Self, StoreError> {
        let path = beside(store, ".lock");
        if path.is_symlink() {
            let elsewhere = std::io::Error::other("the lock file points elsewhere; remove it");
            return Err(StoreError::io(&path, elsewhere));
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| StoreError::io(&path, e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(store, &mut file)),
            Err(TryLockError::Error(e)) => return Err(StoreError::io(&path, e)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{holder}"))
            .map_err(|e| StoreError::io(&path, e))?;
        Ok(Self { file })
    }

    /// Refuses a store that a process on this computer is writing: it would be read half-way
    /// through. On a disk where no lock can be looked at, nobody writes either.
    pub(super) fn is_free(store: &Path) -> Result<(), StoreError> {
        let Ok(mut file) = File::open(beside(store, ".lock")) else { return Ok(()) };
        if let Err(TryLockError::WouldBlock) = file.try_lock_shared() {
            return Err(held(store, &mut file));
        }
        let _ = file.unlock();
        Ok(())
    }
}

impl Drop for Lock {
    /// Lets go at once, even where a process that was started meanwhile still has a copy of the
    /// handle.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

/// Who holds a store. Knowing it helps; not knowing it changes nothing.
fn held(store: &Path, file: &mut File) -> StoreError {
    let mut text = String::new();
    let _ = file.read_to_string(&mut text);
    let holder = match text.trim() {
        "" => "another Doorstep uses it".to_owned(),
        text => text.to_owned(),
    };
    StoreError::Locked { path: store.to_owned(), holder }
}
