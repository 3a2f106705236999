//! Disks that fail, processes that die, and power cuts: at every call that changes a file.
//!
//! The program runs with a small library (`shim.c`) between it and the disk. A sweep lets one call
//! after another fail, or lets the process die in its place; a record of all calls is replayed into
//! a simulated disk that loses what was not synced yet. Whatever happens, what was acknowledged is
//! there afterwards, what was there before is there still, and the same command works again.

mod check;
mod cut;
mod disk;
mod results;
mod shim;
mod sweep;
mod workflows;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

/// A folder for one run; in memory where that is possible, as thousands are made.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let inside = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("doorstep-faults-").tempdir_in(inside).unwrap()
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Does all jobs, two at a time, and gives what they complain of.
fn complaints<J: Sync>(jobs: &[J], work: impl Fn(&J) -> Result<(), String> + Sync) -> Vec<String> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = work(job) {
                        found.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    found.into_inner().unwrap()
}

/// Fails with the first of many complaints.
fn none_of(complaints: &[String]) {
    let first = complaints.iter().take(10).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    assert!(complaints.is_empty(), "{} complaints, such as:\n{first}", complaints.len());
}
