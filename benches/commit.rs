//! Committing one answer, against a bare SQLite commit with the same settings.
//!
//! `cargo bench --bench commit`; `DOORSTEP_FOLDER` names the disk to try. The two take turns, answer
//! by answer, in stores that already hold interviews; prints the median of each, and their ratio
//! (the promise: at most 1.2).

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use doorstep::journal::{Address, DeviceKey, Event, Fact, InterviewId, Stamp};
use doorstep::store::{At, Store, StoreKey};
use doorstep::value::{Answer, Hash, Value};

const INTERVIEWS: u8 = 25;
const ANSWERS: u32 = 60;
const BEGAN: i64 = 1_772_431_920_000;

fn event(interview: u8, n: u32, questionnaire: Hash) -> Event {
    let fact = if n == 0 {
        Fact::Started {
            questionnaire,
            round: "baseline".into(),
            enumerator: "amina".into(),
            language: "en".into(),
            at: chrono::DateTime::from_timestamp_millis(BEGAN).unwrap().fixed_offset(),
            seed: u64::from(interview),
        }
    } else {
        let address = Address { name: format!("question_{n}"), rows: Vec::new() };
        Fact::Answered { address, answer: Answer::Value(Value::Choice("fairly_safe".into())) }
    };
    Event { stamp: Stamp { wall: BEGAN + i64::from(n) * 9_000, counter: 0 }, fact }
}

fn bare(path: &std::path::Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;
             PRAGMA fullfsync=ON; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;
             CREATE TABLE answer (interview INTEGER, n INTEGER, body BLOB, PRIMARY KEY (interview, n)) WITHOUT ROWID;",
        )
        .unwrap();
    connection
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn main() {
    let place = std::env::var_os("DOORSTEP_FOLDER").map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(place).unwrap();
    let questionnaire = Hash::of(b"bench");
    let device = DeviceKey::from_secret([7; 32]).id();
    let mut store = Store::create(&folder.path().join("store.db"), "bench", "bench").unwrap();
    let key = StoreKey::from_secret([9; 32]);
    let path = folder.path().join("encrypted.db");
    let mut encrypted = Store::create(At::new(&path, Some(&key)), "bench", "bench").unwrap();
    let plain = bare(&folder.path().join("bare.db"));
    let (mut ours, mut sealed, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for interview in 1..=INTERVIEWS {
        for n in 0..ANSWERS {
            let event = event(interview, n, questionnaire);
            let body = doorstep::journal::encode_event(&event);
            let began = Instant::now();
            store
                .append(InterviewId([interview; 16]), device, questionnaire, std::slice::from_ref(&event))
                .unwrap();
            ours.push(began.elapsed());
            let began = Instant::now();
            encrypted.append(InterviewId([interview; 16]), device, questionnaire, &[event]).unwrap();
            sealed.push(began.elapsed());
            let began = Instant::now();
            plain.execute("INSERT INTO answer VALUES (?1, ?2, ?3)", (interview, n, body)).unwrap();
            theirs.push(began.elapsed());
        }
    }
    let (ours, sealed, theirs) = (median(&mut ours), median(&mut sealed), median(&mut theirs));
    println!(
        "one answer {ours:.1?}, in an encrypted store {sealed:.1?}, a bare commit {theirs:.1?}, ratios {:.2} and {:.2}",
        ours.as_secs_f64() / theirs.as_secs_f64(),
        sealed.as_secs_f64() / theirs.as_secs_f64()
    );
}
