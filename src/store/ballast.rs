//! A file that holds room on the disk, so that an interview can end when everything else is full.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::open::beside;

/// Room for the rest of a long interview: its answers, the journal of each commit, the segment.
const BYTES: usize = 1 << 20;

/// Puts the ballast beside a store, where there is none; whether it is there.
pub(super) fn put(store: &Path) -> bool {
    let path = beside(store, ".ballast");
    if fs::metadata(&path).is_ok_and(|there| there.len() >= BYTES as u64) {
        return true;
    }
    // Real bytes: a file of nothing but a length would hold no room.
    let written = fs::File::create(&path).and_then(|mut file| {
        file.write_all(&vec![0xA5; BYTES])?;
        file.sync_all()
    });
    if written.is_err() {
        let _ = fs::remove_file(&path);
    }
    written.is_ok()
}

/// Throws the ballast off; whether there was any.
pub(super) fn throw_off(store: &Path) -> bool {
    fs::remove_file(beside(store, ".ballast")).is_ok()
}
