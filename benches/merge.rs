//! Merging twenty laptops with 100,000 interviews of 60 answers and a roster, against plain SQLite.
//!
//! `cargo bench --bench merge`; `DOORSTEP_INTERVIEWS=1000000` for another number. Prints:
//!
//! - `merge`: all twenty stores into an empty one, hashes verified and summaries made;
//! - `plain`: the same rows by `ATTACH` and `INSERT OR IGNORE … SELECT` with the same settings;
//!   the ratio of the two is the promise (at most 2.5 with the hashes verified);
//! - the memory of this process at its highest, and the size of the merged store, before and after
//!   `doctor --compact`, beside the same answers as wide CSV.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use doorstep::journal::{Address, DeviceKey, Draft, Event, Fact, InterviewId, RowKey, Segment, Stamp};
use doorstep::store::{Access, Mode, Recorded, Store};
use doorstep::value::{Answer, Hash, Value};

const LAPTOPS: u64 = 20;
const ANSWERS: u64 = 60;
/// Rows of the roster, with three answers each.
const ROWS: u32 = 4;
const BEGAN: i64 = 1_772_431_920_000;

/// A number that looks drawn, the same in every run.
fn drawn(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// What one interview answers: question, row, value.
fn answers(n: u64) -> Vec<(Address, Value)> {
    let at = |name: String, rows| Address { name, rows };
    let mut given = Vec::new();
    for question in 0..ANSWERS {
        let by_chance = drawn(n.wrapping_mul(1_000) + question);
        let value = match question % 5 {
            0..=2 => Value::Choice(
                ["very_safe", "fairly_safe", "unsafe", "very_unsafe"][(by_chance % 4) as usize].into(),
            ),
            3 => Value::Integer((by_chance % 90) as i64),
            _ => Value::Choices(
                ["theft", "dogs", "roads", "gangs"]
                    .iter()
                    .take(1 + (by_chance % 3) as usize)
                    .map(|&c| c.into())
                    .collect(),
            ),
        };
        given.push((at(format!("question_{question}"), Vec::new()), value));
    }
    for row in 1..=ROWS {
        let by_chance = drawn(n.wrapping_mul(1_000) + 500 + u64::from(row));
        let rows = || vec![RowKey::Number(row)];
        given.push((at("member_name".into(), rows()), Value::Text(format!("Name {}", by_chance % 5_000))));
        given.push((at("member_age".into(), rows()), Value::Integer((by_chance % 90) as i64)));
        given.push((
            at("member_sex".into(), rows()),
            Value::Choice(["female", "male"][(by_chance % 2) as usize].into()),
        ));
    }
    given
}

fn id(n: u64) -> InterviewId {
    let millis = (BEGAN + (n % (1 << 30)) as i64 * 60_000).to_be_bytes();
    let chance = drawn(n).to_be_bytes();
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&millis[2..]);
    bytes[6..14].copy_from_slice(&chance);
    bytes[6] = 0x70 | bytes[6] & 15;
    bytes[8] = 0x80 | bytes[8] & 63;
    InterviewId(bytes)
}

fn interview(n: u64, questionnaire: Hash) -> Recorded {
    let mut wall = BEGAN + (n % (1 << 30)) as i64 * 60_000;
    let started = Fact::Started {
        questionnaire,
        round: "baseline".into(),
        enumerator: format!("enumerator {}", n % LAPTOPS),
        language: "en".into(),
        at: chrono::DateTime::from_timestamp_millis(wall).unwrap().fixed_offset(),
        seed: drawn(n),
    };
    let facts = answers(n)
        .into_iter()
        .map(|(address, value)| Fact::Answered { address, answer: Answer::Value(value) });
    let facts = std::iter::once(started).chain(facts).chain([Fact::Finalised]);
    let events = facts.map(|fact| {
        wall += 5_000 + (drawn(wall as u64) % 9_000) as i64;
        Event { stamp: Stamp { wall, counter: 0 }, fact }
    });
    Recorded { interview: id(n), events: events.collect(), is_closed: true }
}

/// Interviews that nobody held, as the program itself learns from.
fn samples(questionnaire: Hash) -> Vec<Vec<u8>> {
    let key = DeviceKey::from_secret([0; 32]);
    let segment = |n: u64| {
        let Recorded { interview, events, .. } = interview(1 << 40 | n, questionnaire);
        let (sequence, previous, parents) = (0, None, Vec::new());
        Segment::close(Draft { interview, sequence, previous, parents, questionnaire, events }, &key)
            .bytes()
            .to_vec()
    };
    (0..96).map(segment).collect()
}

/// The stores of the laptops; gives also how large the same answers are as wide CSV.
fn laptops(folder: &Path, interviews: u64) -> (Vec<PathBuf>, u64) {
    let questionnaire = Hash::of(b"bench");
    let mut csv = 0;
    let mut line = String::new();
    let paths = (0..LAPTOPS).map(|laptop| {
        let path = folder.join(format!("laptop{laptop}.db"));
        let mut store = Store::create(&path, "bench", "bench").unwrap();
        store.add_dictionary(questionnaire, &samples(questionnaire)).unwrap();
        let key = DeviceKey::from_secret([laptop as u8 + 1; 32]);
        let own: Vec<u64> = (0..interviews).filter(|n| n % LAPTOPS == laptop).collect();
        for some in own.chunks(2_000) {
            let recorded: Vec<Recorded> = some.iter().map(|n| interview(*n, questionnaire)).collect();
            store.record(&recorded, questionnaire, &key).unwrap();
            for n in some {
                line.clear();
                write!(
                    line,
                    "{},baseline,enumerator {},2026-03-02T09:12:00+03:00,finalised",
                    id(*n),
                    n % LAPTOPS
                )
                .unwrap();
                for (_, value) in answers(*n) {
                    write!(line, ",{value}").unwrap();
                }
                csv += line.len() as u64 + 1;
            }
        }
        path
    });
    (paths.collect(), csv)
}

fn plain(path: &Path, sources: &[PathBuf]) -> Duration {
    let mut connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA; PRAGMA locking_mode=EXCLUSIVE;
             PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;",
        )
        .unwrap();
    let tables: String = {
        let source = rusqlite::Connection::open(&sources[0]).unwrap();
        let mut rows = source
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name IN ('segment', 'interview', 'known') AND type != 'trigger'")
            .unwrap();
        let made: Vec<String> = rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        made.join(";\n")
    };
    connection.execute_batch(&tables).unwrap();
    let began = Instant::now();
    for source in sources {
        connection.execute("ATTACH ?1 AS theirs", [source.to_str().unwrap()]).unwrap();
        let t = connection.transaction().unwrap();
        t.execute_batch(
            "INSERT OR IGNORE INTO main.known SELECT * FROM theirs.known;
             INSERT OR IGNORE INTO main.segment SELECT * FROM theirs.segment;
             INSERT OR IGNORE INTO main.interview SELECT * FROM theirs.interview;",
        )
        .unwrap();
        t.commit().unwrap();
        connection.execute_batch("DETACH theirs").unwrap();
    }
    began.elapsed()
}

fn merged(path: &Path, sources: &[PathBuf]) -> Duration {
    let mut store = Store::create(path, "bench", "bench").unwrap();
    let began = Instant::now();
    for source in sources {
        let receipt = store.merge_from(source, BEGAN, Mode::Keep).unwrap();
        assert_eq!(receipt.segments_in, receipt.new);
    }
    began.elapsed()
}

fn highest() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("memory is not told here").to_owned()
}

fn main() {
    let interviews =
        std::env::var("DOORSTEP_INTERVIEWS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    if let Some(keep) = std::env::var_os("KEEP") {
        laptops(Path::new(&keep), interviews);
        return;
    }
    let (sources, csv) = laptops(folder.path(), interviews);
    println!("{interviews} interviews made; {}", highest());
    let mut ratios = Vec::new();
    for round in 0..3 {
        let ours = merged(&folder.path().join(format!("ours{round}.db")), &sources);
        let theirs = plain(&folder.path().join(format!("plain{round}.db")), &sources);
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        println!("merge {ours:.2?}  plain {theirs:.2?}  ratio {ratio:.2}");
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!("ratio, median          {:.2}", ratios[1]);
    println!("{}", highest());
    let mut store = Store::open(&folder.path().join("ours0.db"), Access::Write, "bench").unwrap();
    let began = Instant::now();
    for (what, size) in ["as merged", "compacted"].iter().zip(<[u64; 2]>::from(store.compact().unwrap())) {
        let ratio = size as f64 / csv as f64;
        println!("store {what} {} MB, as CSV {} MB, ratio {ratio:.2}", size >> 20, csv >> 20);
    }
    println!("compacted in {:.2?}; {}", began.elapsed(), highest());
}
