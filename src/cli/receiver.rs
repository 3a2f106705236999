//! A satellite receiver, or a file that it wrote: lines of NMEA 0183.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::interview::is_point;

/// As long is a receiver listened to; it sends once a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longer lines are no sentences of a receiver.
const LONGEST: u64 = 1024;

/// As much of a file is read at most.
const MOST_LINES: usize = 1_000_000;

/// The place that a device sends next, or the last one in a file, as the sentence that tells it.
/// Says why there is none.
pub fn receive(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    let is_file = file.metadata().is_ok_and(|about| about.is_file());
    // A device that sends nothing would hold up a read for ever, so another thread reads.
    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(file);
        for _ in 0..MOST_LINES {
            let mut line = Vec::new();
            let read = reader.by_ref().take(LONGEST).read_until(b'\n', &mut line);
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            if !matches!(read, Ok(length) if length > 0) || send.send(line).is_err() {
                return;
            }
        }
    });
    let deadline = Instant::now() + PATIENCE;
    let mut last = None;
    while let Ok(line) = lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        if line.starts_with('$') && is_point(&line) {
            last = Some(line);
            if !is_file {
                break;
            }
        }
    }
    last.ok_or_else(|| format!("{shown} tells no place. Under the open sky a receiver needs a minute or two; type the place otherwise."))
}
