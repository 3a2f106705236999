//! Merging twenty laptops with 100,000 interviews of 60 answers and a roster, against plain SQLite.
//!
//! `cargo bench --bench merge`; `DOORSTEP_INTERVIEWS=1000000` for another number. Prints:
//!
//! - `merge`: all twenty stores into an empty one, hashes verified, summaries made, and the file written
//!   anew in the end, as the command does;
//! - `plain`: the same rows by `ATTACH` and `INSERT OR IGNORE … SELECT` with the same settings;
//!   the ratio of the two is the promise (at most 2.5 with the hashes verified);
//! - the memory of this process at its highest, and the size of the merged store beside the same answers
//!   as wide CSV.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use doorstep::journal::DeviceKey;
use doorstep::store::{Mode, Recorded, Store};
use doorstep::value::Hash;

mod made;

use made::{BEGAN, LAPTOPS, answers, id, interview, samples};

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
    // As the command does.
    if store.is_worth_compacting().unwrap() {
        store.compact().unwrap();
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
    let size = fs::metadata(folder.path().join("ours0.db")).unwrap().len();
    println!("store {} MB, as CSV {} MB, ratio {:.2}", size >> 20, csv >> 20, size as f64 / csv as f64);
}
