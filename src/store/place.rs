//! Where a store may live: on a disk of this computer, and in no folder that a program copies
//! elsewhere while it is written.

use std::path::Path;

use super::{Result, StoreError};

/// Folders that their programs copy to other computers, file by file, as they change.
const SYNCED: [&str; 9] = [
    "dropbox",
    "onedrive",
    "google drive",
    "googledrive",
    "icloud drive",
    "nextcloud",
    "owncloud",
    "syncthing",
    "seafile",
];

/// Refuses places where a live store would be lost or torn.
///
/// # Errors
/// It is such a place, and says which.
pub(super) fn refuse_shared(store: &Path) -> Result<()> {
    let whole = std::path::absolute(store).unwrap_or_else(|_| store.to_owned());
    for part in whole.parent().into_iter().flat_map(Path::components) {
        let name = part.as_os_str().to_string_lossy().to_lowercase();
        // Company folders are named after the company: `OneDrive - Our NGO`.
        if SYNCED.iter().any(|synced| name == *synced || name.starts_with(&format!("{synced} "))) {
            let what =
                format!("a folder that is copied elsewhere (`{}`)", part.as_os_str().to_string_lossy());
            return Err(StoreError::Shared { path: store.to_owned(), what });
        }
    }
    if let Some(what) = network(whole.parent().unwrap_or(&whole)) {
        return Err(StoreError::Shared { path: store.to_owned(), what: format!("a network drive ({what})") });
    }
    Ok(())
}

/// The kind of network drive that a folder is on, if it is.
#[cfg(target_os = "linux")]
fn network(folder: &Path) -> Option<&'static str> {
    let kind = rustix::fs::statfs(folder).ok()?.f_type;
    // As Linux numbers them (statfs(2)).
    match kind as u32 {
        0x6969 => Some("NFS"),
        0x517B | 0xFE53_4D42 | 0xFF53_4D42 => Some("SMB"),
        0x564C => Some("NCP"),
        0x5346_414F => Some("AFS"),
        0x7375_7245 => Some("Coda"),
        0x00C3_6400 => Some("Ceph"),
        _ => None,
    }
}

/// Elsewhere the path alone tells: `\\server\share`.
#[cfg(not(target_os = "linux"))]
fn network(folder: &Path) -> Option<&'static str> {
    folder.to_string_lossy().replace('/', "\\").starts_with("\\\\").then_some("a share")
}
