//! What an enumerator feels, in a real pseudo-terminal: `cargo bench --bench screen`.
//!
//! - `key to frame`: a letter typed into a text in a form of 2,000 questions and a roster of 50 rows
//!   (the promise: under 10 ms at the 99th percentile).
//! - `answer to question`: Enter on an answer, up to the next question's frame, the disk's commit
//!   included; beside it one bare commit with the same settings (under 10 ms beyond it).
//! - `search`: a letter in a list of 50,000 choices (under 16 ms).
//! - `cover`: F9, up to the innocent screen (under 50 ms).
//! - memory of the whole process at its highest (under 60 MB).

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use expectrl::Session;
use expectrl::session::OsSession;

/// Questions before the roster; a third of them choices, one in ten depending on another.
const QUESTIONS: usize = 1_900;

fn form(folder: &Path) {
    let mut text = String::from(
        "format = 1\nid = \"large\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Large\"\n\
         [lists.yes_no]\nchoices = [{ name = \"yes\", code = 1, label = \"Yes\" }, { name = \"no\", code = 2, label = \"No\" }]\n\
         [lists.places]\nfile = \"places.csv\"\n\
         [[sections]]\nname = \"first\"\nlabel = \"First\"\n\
         [[sections.questions]]\nname = \"place\"\ntype = \"select_one\"\nlist = \"places\"\nlabel = \"Where?\"\n\
         [[sections.questions]]\nname = \"members\"\ntype = \"roster\"\nlabel = \"Member\"\ncount = \"50\"\n\
         [[sections.questions.questions]]\nname = \"name\"\ntype = \"text\"\nlabel = \"Name?\"\n\
         [[sections.questions.questions]]\nname = \"age\"\ntype = \"integer\"\nlabel = \"How old is ${name}?\"\n",
    );
    for n in 0..QUESTIONS {
        if n % 100 == 0 {
            writeln!(text, "[[sections]]\nname = \"part{n}\"\nlabel = \"Part {n}\"").unwrap();
        }
        let kind = if n % 3 == 0 { "type = \"select_one\"\nlist = \"yes_no\"" } else { "type = \"text\"" };
        writeln!(text, "[[sections.questions]]\nname = \"q{n}\"\n{kind}\nlabel = \"What about number {n}?\"")
            .unwrap();
        if n % 10 == 1 {
            writeln!(text, "relevant = \"${{q{}}} = 'yes'\"", (n - 1) / 3 * 3).unwrap();
        }
    }
    let mut places = String::from("name,code,label\n");
    for n in 0..50_000 {
        writeln!(places, "p{n},{n},Place number {n}").unwrap();
    }
    let inner = folder.join("questionnaire");
    fs::create_dir_all(&inner).unwrap();
    fs::write(inner.join("questionnaire.toml"), text).unwrap();
    fs::write(inner.join("places.csv"), places).unwrap();
    fs::write(
        folder.join("survey.toml"),
        "format = 1\nid = \"large\"\ntitle = \"Large\"\nquestionnaire = \"questionnaire\"\n\
         store = \"data/store.db\"\nround = \"baseline\"\n[rounds.baseline]\nlabel = \"Baseline\"\n",
    )
    .unwrap();
}

/// Sends keys and waits until what comes back holds a text; gives the time. Only cells that change
/// are sent, so the text must differ from what stood there in each letter.
fn timed(session: &mut OsSession, keys: &str, until: &str) -> Duration {
    let mut seen = String::new();
    let mut piece = vec![0; 65536];
    let began = Instant::now();
    session.write_all(keys.as_bytes()).unwrap();
    session.flush().unwrap();
    loop {
        let read = session.read(&mut piece).unwrap();
        assert!(read > 0, "the program ended before {until:?}: {seen}");
        seen.push_str(&String::from_utf8_lossy(&piece[..read]));
        if seen.contains(until) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{until:?} never came: {seen}");
    }
    began.elapsed()
}

fn say(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    println!(
        "{what:<22} median {:>9.3?}  99th percentile {:>9.3?}  ({} times)",
        at(0.5),
        at(0.99),
        times.len()
    );
}

fn bare_commits(folder: &Path) -> Vec<Duration> {
    let connection = rusqlite::Connection::open(folder.join("bare.db")).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA; PRAGMA locking_mode=EXCLUSIVE; CREATE TABLE t (a, b);")
        .unwrap();
    let commit = |n: i32| {
        let began = Instant::now();
        connection
            .execute(
                "INSERT INTO t VALUES (?1, 'some sixty bytes of an answer to some question of ours')",
                [n],
            )
            .unwrap();
        began.elapsed()
    };
    (0..200).map(commit).collect()
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    form(folder.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorstep"));
    command.args(["interview", "--enumerator", "b"]).current_dir(folder.path()).env("TERM", "xterm");
    let mut session = Session::spawn(command).unwrap();
    session.get_process_mut().set_window_size(80, 24).unwrap();
    timed(&mut session, "", "Where?");

    // Each letter narrows the list anew: what is typed stands in the frame.
    let mut search = Vec::new();
    for _ in 0..20 {
        for letter in ["p", "l", "a", "c", "e"] {
            search.push(timed(&mut session, letter, letter));
        }
        timed(&mut session, "\u{15}", "");
    }
    timed(&mut session, "77", "77");
    // Both letters have narrowed the list before Enter is timed.
    thread::sleep(Duration::from_millis(200));
    let first = timed(&mut session, "\r", "Name?");

    let mut letters = Vec::new();
    let mut answers = Vec::new();
    for n in 0..50 {
        for letter in ["x", "k", "z", "w", "v"] {
            letters.push(timed(&mut session, letter, letter));
        }
        answers.push(timed(&mut session, "\r", "How"));
        let next = if n == 49 { "What" } else { "Name?" };
        answers.push(timed(&mut session, "30\r", next));
    }
    let mut cover = Vec::new();
    for _ in 0..50 {
        cover.push(timed(&mut session, "\u{1b}[20~", "Notes"));
        timed(&mut session, "\r", "");
    }
    let pid = session.get_process().pid().as_raw();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let highest = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("memory is not told here");

    say("key to frame", letters);
    say("answer to question", answers);
    say("a bare commit", bare_commits(folder.path()));
    say("search in 50,000", search);
    say("cover", cover);
    println!("answer in 50,000       {first:.3?}");
    println!("{highest}");
}
