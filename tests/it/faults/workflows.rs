//! What the program is made to do while the disk fails: one row for each command that writes.

use std::fs;
use std::path::Path;

use doorstep::journal::Fact;
use doorstep::store::{State, Store, may_be_encrypted};
use rusqlite::Connection;
use tempfile::TempDir;

use super::scratch;
use crate::support::{doorstep, root};

/// So many questions has the survey.
pub const QUESTIONS: usize = 8;

/// A key of the office that stores are encrypted for: the public half and the secret one.
pub const OFFICE: (&str, &str) = (
    "age1a9m5e0kntznwnw74acchsqa3xk3jw3ent4k60mtc4m8j5wqq5uhsucnvdv",
    "AGE-SECRET-KEY-15AKJ6GTS43UASWJFVGTD76G3E2HYDHRR4D8VYP4HEGYX30369QZQLAFDVZ",
);

/// A command, what it is given, and what it promises.
pub struct Workflow {
    /// What to call it in a complaint.
    pub name: &'static str,
    /// Makes what must be there before, in a folder that holds the survey.
    pub prepare: fn(&Path),
    /// The command line.
    pub arguments: &'static [&'static str],
    /// What is typed.
    pub typed: &'static str,
    /// Words that it shows, and what must be in the store as soon as it has shown them. All of it
    /// must be there when it ends well.
    pub promises: &'static [(&'static str, Holds)],
    /// What holds at any moment: what goes in as one is there as one, or not at all.
    pub always: Holds,
    /// Whether the command has nothing left to do, and says so, once it was done.
    pub is_done_once: bool,
}

/// Says something about a store.
pub type Holds = fn(&Store) -> bool;

/// The rows. A new command that writes gets one here.
pub const WORKFLOWS: &[Workflow] = &[
    Workflow {
        name: "start",
        prepare: |_| {},
        arguments: &["interview", "-e", "new"],
        typed: "answer 1\n",
        promises: &[("every answer so far", |s| answers_of(s, "new") >= 1)],
        always: |_| true,
        is_done_once: false,
    },
    Workflow {
        name: "answer",
        prepare: |folder| interview(folder, 2, ""),
        arguments: &["interview", "--resume"],
        typed: "answer 3\nanswer 4\nanswer 5\n",
        promises: &[("every answer so far", |s| answers_of(s, "k") >= 5)],
        always: |_| true,
        is_done_once: false,
    },
    Workflow {
        name: "pause",
        prepare: |folder| interview(folder, 2, ""),
        arguments: &["interview", "--resume"],
        typed: "answer 3\n:p\n",
        promises: &[("Paused.", |s| answers_of(s, "k") >= 3 && has(s, |fact| matches!(fact, Fact::Paused)))],
        always: |_| true,
        is_done_once: false,
    },
    Workflow {
        name: "finalise",
        prepare: |folder| interview(folder, QUESTIONS, ""),
        arguments: &["interview", "--resume"],
        typed: ":f\ny\n",
        promises: &[("Finalised and stored", |s| finalised(s, "k") == 1)],
        always: |_| true,
        is_done_once: true,
    },
    Workflow {
        name: "reopen",
        prepare: |folder| interview(folder, QUESTIONS, ":f\ny\n"),
        arguments: &["reopen", "", "--reason", "a slip"],
        typed: "",
        promises: &[("Reopened.", |s| has(s, |fact| matches!(fact, Fact::Reopened { .. })))],
        always: |_| true,
        is_done_once: true,
    },
    Workflow {
        name: "outcome of an interview",
        prepare: |folder| interview(folder, 3, ":p\n"),
        arguments: &["outcome", "", "-d", "postponed", "--note", "later"],
        typed: "",
        promises: &[("Noted for", |s| has(s, |fact| matches!(fact, Fact::Visited { .. })))],
        always: |_| true,
        is_done_once: false,
    },
    Workflow {
        name: "outcome of a case",
        prepare: |_| {},
        arguments: &["outcome", "-e", "k", "-d", "nobody_home"],
        typed: "",
        promises: &[("Noted for", |s| has(s, |fact| matches!(fact, Fact::Visited { .. })))],
        always: |_| true,
        is_done_once: false,
    },
    Workflow {
        name: "merge",
        prepare: |folder| {
            interview(folder, 3, ":p\n");
            stick(folder, "a", ":f\ny\n");
            stick(folder, "b", "");
        },
        arguments: &["merge", "a.db", "b.db"],
        typed: "",
        promises: &[
            ("a.db: 1 segments in", |s| finalised(s, "a") == 1),
            ("b.db: 0 segments in", |s| answers_of(s, "b") == QUESTIONS),
        ],
        always: |s| {
            [0, QUESTIONS].contains(&answers_of(s, "a")) && [0, QUESTIONS].contains(&answers_of(s, "b"))
        },
        is_done_once: false,
    },
    Workflow {
        name: "merge of a store that was cut off",
        prepare: |folder| {
            stick(folder, "a", ":f\ny\n");
            cut_off(folder);
        },
        arguments: &["merge", "cut.db"],
        typed: "",
        promises: &[("cut.db: 1 segments in", |s| finalised(s, "a") == 1)],
        always: |s| [0, QUESTIONS].contains(&answers_of(s, "a")),
        is_done_once: false,
    },
    Workflow {
        name: "answer file",
        prepare: |folder| fs::write(folder.join("answers.jsonl"), answer_file()).unwrap(),
        arguments: &["interview", "--answers", "answers.jsonl"],
        typed: "",
        promises: &[("3 interviews stored", |s| finalised(s, "paper") == 3)],
        always: |s| [0, 3].contains(&finalised(s, "paper")),
        is_done_once: false,
    },
    Workflow {
        name: "pack",
        prepare: |folder| interview(folder, 3, ":p\n"),
        arguments: &["pack", "--force", "k.doorpack"],
        typed: "",
        promises: &[("1 segment packed", |s| is_packed(s.path()))],
        always: |_| true,
        is_done_once: false,
    },
    Workflow {
        name: "merge of a package",
        prepare: |folder| package(folder, "a", ":f\ny\n"),
        arguments: &["merge", "a.doorpack"],
        typed: "",
        promises: &[("a.doorpack: 1 segments in", |s| finalised(s, "a") == 1)],
        always: |s| [0, QUESTIONS].contains(&answers_of(s, "a")),
        is_done_once: false,
    },
    Workflow {
        name: "migrate",
        prepare: |folder| {
            fs::create_dir_all(folder.join("data")).unwrap();
            fs::copy(root().join("fixtures/stores/format-1/store.db"), folder.join("data/store.db")).unwrap();
            let survey = fs::read_to_string(folder.join("survey.toml")).unwrap();
            fs::write(folder.join("survey.toml"), survey.replace("\"faults\"", "\"visit\"")).unwrap();
        },
        arguments: &["doctor", "--rebuild"],
        typed: "",
        promises: &[("made anew", |s| s.interviews().unwrap().len() == 5)],
        always: |s| s.interviews().unwrap().len() == 5,
        is_done_once: false,
    },
    Workflow {
        name: "compact",
        prepare: |folder| {
            interview(folder, 3, ":p\n");
            interview_of("other", folder, QUESTIONS, ":f\ny\n");
        },
        arguments: &["doctor", "--compact"],
        typed: "",
        promises: &[("written anew", |s| s.interviews().unwrap().len() == 2)],
        always: |s| answers_of(s, "k") == 3 && finalised(s, "other") == 1,
        is_done_once: false,
    },
    Workflow {
        name: "encrypt",
        prepare: |folder| {
            interview(folder, 3, ":p\n");
            interview_of("other", folder, QUESTIONS, ":f\ny\n");
            for_the_office(folder);
        },
        arguments: &ENCRYPT,
        typed: "",
        promises: &[("is encrypted", |s| {
            may_be_encrypted(s.path()) && !s.path().with_file_name("device.key").exists()
        })],
        always: |s| answers_of(s, "k") == 3 && finalised(s, "other") == 1,
        is_done_once: false,
    },
    Workflow {
        name: "answer in an encrypted store",
        prepare: |folder| {
            for_the_office(folder);
            done(folder, &ENCRYPT);
            let typed = "answer 1\nanswer 2\n";
            let held = doorstep(folder, &["interview", "-e", "k", "--passphrase-file", "passphrase"], typed);
            assert!(held.status.success(), "{held:?}");
        },
        arguments: &["interview", "--resume", "--passphrase-file", "passphrase"],
        typed: "answer 3\nanswer 4\nanswer 5\n",
        promises: &[("every answer so far", |s| answers_of(s, "k") >= 5)],
        always: |_| true,
        is_done_once: false,
    },
    Workflow {
        name: "decrypt",
        prepare: |folder| {
            interview(folder, 3, ":p\n");
            for_the_office(folder);
            done(folder, &ENCRYPT);
        },
        arguments: &["decrypt", "--passphrase-file", "passphrase"],
        typed: "",
        promises: &[("is not encrypted", |s| !may_be_encrypted(s.path()))],
        always: |s| answers_of(s, "k") == 3,
        is_done_once: false,
    },
    Workflow {
        name: "resolve",
        prepare: conflict,
        arguments: &["resolve", "--policy", "latest", "--reason", "asked again"],
        typed: "",
        promises: &[("1 conflict decided", |s| has(s, |fact| matches!(fact, Fact::Resolved { .. })))],
        always: |_| true,
        is_done_once: false,
    },
    Workflow {
        name: "withdraw",
        prepare: |folder| {
            interview(folder, 3, ":p\n");
            interview_of("gone", folder, QUESTIONS, ":f\ny\n");
        },
        arguments: &["withdraw", "", "--reason", "asked", "--yes"],
        typed: "",
        promises: &[("8 answers destroyed", |s| !s.withdrawals().unwrap().is_empty())],
        always: |s| {
            let is_there = answers_of(s, "gone") == QUESTIONS;
            let is_withdrawn = !s.withdrawals().unwrap().is_empty() && answers_of(s, "gone") == 0;
            is_there || is_withdrawn
        },
        is_done_once: true,
    },
    Workflow {
        name: "export over an earlier one",
        prepare: |folder| {
            interview(folder, QUESTIONS, ":f\ny\n");
            done(folder, &["export", "csv", "--long", "--out", "out"]);
            // Somebody writes on in a script.
            let script = folder.join("out/interviews.R");
            fs::write(&script, fs::read_to_string(&script).unwrap() + "# mine\n").unwrap();
        },
        arguments: &["export", "csv", "--with", "text", "--out", "out", "--force"],
        typed: "",
        promises: &[("out/interviews.csv: 1 row", |s| export_in(s) == Some(Exported::New))],
        always: |s| export_in(s).is_some() && is_script_kept(s),
        is_done_once: false,
    },
];

/// Which export a folder holds.
#[derive(PartialEq)]
enum Exported {
    Earlier,
    New,
    /// Both in part, and a folder in it says so.
    CutOff,
}

/// The export beside a store; `None` where it is one in part and the other in part, and nobody would know.
fn export_in(store: &Store) -> Option<Exported> {
    let out = beside(store).join("out");
    if out.join("export-was-cut-off").exists() {
        return Some(Exported::CutOff);
    }
    let is_new = |name: &str| fs::read_to_string(out.join(name)).is_ok_and(|text| text.contains("q8"));
    let is_there = |name: &str| out.join(name).exists();
    match ["interviews.csv", "datapackage.json", "_codebook.csv"].map(is_new) {
        [true, true, true] if !is_there("answers.csv") => Some(Exported::New),
        [false, false, false]
            if ["interviews.csv", "answers.csv", "_codebook.csv"].iter().all(|n| is_there(n)) =>
        {
            Some(Exported::Earlier)
        }
        _ => None,
    }
}

/// Whether what somebody wrote on in a script is there, under its name or aside.
fn is_script_kept(store: &Store) -> bool {
    let out = beside(store).join("out");
    let is_mine = |name: &str| fs::read_to_string(out.join(name)).is_ok_and(|text| text.contains("# mine"));
    is_mine("interviews.R") || is_mine("interviews.changed.R")
}

/// The folder of a store's survey.
fn beside(store: &Store) -> &Path {
    store.path().parent().and_then(Path::parent).unwrap()
}

/// With little work, as hundreds of these run.
const ENCRYPT: [&str; 7] =
    ["encrypt", "--passphrase-file", "passphrase", "--new-passphrase-file", "passphrase", "--work", "14"];

/// Gives a survey the office's key, and a passphrase.
fn for_the_office(folder: &Path) {
    let survey = fs::read_to_string(folder.join("survey.toml")).unwrap();
    let office = format!("{survey}[package]\nrecipients = [\"{}\"]\n", OFFICE.0);
    fs::write(folder.join("survey.toml"), office).unwrap();
    fs::write(folder.join("passphrase"), "seven loud wells sleep\n").unwrap();
}

fn done(folder: &Path, arguments: &[&str]) {
    let output = doorstep(folder, arguments, "");
    assert!(output.status.success(), "{output:?}");
}

impl Workflow {
    /// The folder as it is before the command runs, in a folder that goes with the value.
    pub fn prepared(&self) -> (TempDir, std::path::PathBuf) {
        let folder = scratch();
        let place = folder.path().join("before");
        survey(&place);
        (self.prepare)(&place);
        (folder, place)
    }
}

/// A survey of plain text questions, so that the n-th typed line is the n-th answer.
fn survey(folder: &Path) {
    let mut text = String::from(
        "format = 1\nid = \"faults\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Faults\"\n\
         [[sections]]\nname = \"only\"\nlabel = \"Only\"\n",
    );
    for n in 1..=QUESTIONS {
        text.push_str(&format!(
            "[[sections.questions]]\nname = \"q{n}\"\ntype = \"text\"\nlabel = \"Question number {n}\"\n"
        ));
    }
    fs::create_dir_all(folder.join("questionnaire")).unwrap();
    fs::write(folder.join("questionnaire/questionnaire.toml"), text).unwrap();
    fs::write(
        folder.join("survey.toml"),
        "format = 1\nid = \"faults\"\ntitle = \"Faults\"\nquestionnaire = \"questionnaire\"\n\
         store = \"data/store.db\"\nround = \"baseline\"\n[rounds.baseline]\nlabel = \"Baseline\"\n",
    )
    .unwrap();
}

/// An interview of so many answers, and what is typed after them.
pub fn interview(folder: &Path, answers: usize, rest: &str) {
    interview_of("k", folder, answers, rest);
}

fn interview_of(enumerator: &str, folder: &Path, answers: usize, rest: &str) {
    let typed: String = (1..=answers).map(|n| format!("answer {n}\n")).collect();
    let held = doorstep(folder, &["interview", "-e", enumerator], &(typed + rest));
    assert!(held.status.success(), "{held:?}");
}

/// Another laptop's store beside the survey, with an interview of all questions.
fn stick(folder: &Path, enumerator: &str, rest: &str) {
    let laptop = scratch();
    survey(laptop.path());
    interview_of(enumerator, laptop.path(), QUESTIONS, rest);
    fs::copy(laptop.path().join("data/store.db"), folder.join(format!("{enumerator}.db"))).unwrap();
}

/// Puts the store `a.db` into the middle of a write, as `cut.db`.
fn cut_off(folder: &Path) {
    let raw = Connection::open(folder.join("a.db")).unwrap();
    raw.execute_batch(
        "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE; CREATE TABLE half (x);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
         INSERT INTO half SELECT randomblob(200) FROM n",
    )
    .unwrap();
    for name in ["", "-journal"] {
        fs::copy(folder.join(format!("a.db{name}")), folder.join(format!("cut.db{name}"))).unwrap();
    }
}

/// A package of another laptop beside the survey.
fn package(folder: &Path, enumerator: &str, rest: &str) {
    let laptop = scratch();
    survey(laptop.path());
    interview_of(enumerator, laptop.path(), QUESTIONS, rest);
    let packed = doorstep(laptop.path(), &["pack", "it.doorpack"], "");
    assert!(packed.status.success(), "{packed:?}");
    fs::copy(laptop.path().join("it.doorpack"), folder.join(format!("{enumerator}.doorpack"))).unwrap();
}

/// Whether the package that was made beside the survey is whole.
fn is_packed(store: &Path) -> bool {
    let package = store.parent().and_then(Path::parent).unwrap().join("k.doorpack");
    fs::File::open(package).is_ok_and(|mut file| doorstep::package::verify(&mut file).is_ok())
}

/// Two laptops that answered one question differently, merged.
fn conflict(folder: &Path) {
    interview(folder, 3, ":p\n");
    let other = scratch();
    survey(other.path());
    let run = |at: &Path, arguments: &[&str], typed: &str| {
        let output = doorstep(at, arguments, typed);
        assert!(output.status.success(), "{output:?}");
    };
    let mine = folder.join("data/store.db");
    run(other.path(), &["merge", mine.to_str().unwrap()], "");
    run(other.path(), &["interview", "--resume"], "one\n:p\n");
    run(folder, &["interview", "--resume"], "other\n:p\n");
    let theirs = other.path().join("data/store.db");
    run(folder, &["merge", theirs.to_str().unwrap()], "");
}

fn answer_file() -> String {
    let answers: Vec<String> = (1..=QUESTIONS).map(|n| format!("\"q{n}\": \"answer {n}\"")).collect();
    (1..=3)
        .map(|seed| {
            format!(
                "{{\"enumerator\": \"paper\", \"seed\": {seed}, \"started\": \"2026-03-02T09:12:00+03:00\", \"answers\": {{{}}}}}\n",
                answers.join(", ")
            )
        })
        .collect()
}

/// How many answers the interviews of an enumerator have.
fn answers_of(store: &Store, enumerator: &str) -> usize {
    let interviews = store.interviews().unwrap();
    interviews.iter().filter(|s| s.enumerator == enumerator).map(|s| s.answers as usize).sum()
}

fn finalised(store: &Store, enumerator: &str) -> usize {
    let interviews = store.interviews().unwrap();
    interviews.iter().filter(|s| s.enumerator == enumerator && s.state == State::Finalised).count()
}

/// Whether such a fact is in any interview.
fn has(store: &Store, is_it: impl Fn(&Fact) -> bool) -> bool {
    let interviews = store.interviews().unwrap();
    interviews.iter().any(|s| store.history(s.id).unwrap().events.iter().any(|event| is_it(&event.fact)))
}
