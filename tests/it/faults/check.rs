//! What must hold after anything that can happen.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use doorstep::journal::{Fact, InterviewId, encode_event};
use doorstep::store::{Access, At, Store, StoreError, StoreKey, may_be_encrypted};
use doorstep::value::Hash;
use rusqlite::{Connection, OpenFlags};

use super::shim;
use super::workflows::{OFFICE, QUESTIONS, Workflow};

/// Everything that a store may never lose again.
#[derive(Default, PartialEq)]
pub struct Kept {
    events: BTreeSet<(InterviewId, Vec<u8>)>,
    segments: BTreeSet<(InterviewId, Hash)>,
    /// Interviews that were destroyed on purpose.
    withdrawn: BTreeSet<InterviewId>,
    receipts: usize,
    /// Whether a workflow has nothing left to do.
    is_done: bool,
}

impl Kept {
    /// What is in the store of a folder; nothing, if there is none.
    pub fn of(folder: &Path) -> Self {
        if !folder.join("data/store.db").exists() {
            return Self::default();
        }
        Self::read(&open(&folder.join("data/store.db")).unwrap()).unwrap()
    }

    fn read(store: &Store) -> Result<Self, StoreError> {
        let mut kept = Self {
            withdrawn: store.withdrawals()?.iter().map(|stub| stub.interview).collect(),
            receipts: store.receipts()?.len(),
            ..Self::default()
        };
        for summary in store.interviews()? {
            let events = store.history(summary.id)?.events;
            kept.segments.extend(store.segments_of(summary.id)?.iter().map(|s| (summary.id, s.id())));
            kept.events.extend(events.iter().map(|event| (summary.id, encode_event(event))));
        }
        Ok(kept)
    }

    fn holds(&self, earlier: &Self) -> bool {
        let is_kept = |interview: &InterviewId| !self.withdrawn.contains(interview);
        earlier.events.iter().all(|event| !is_kept(&event.0) || self.events.contains(event))
            && earlier.segments.iter().all(|segment| !is_kept(&segment.0) || self.segments.contains(segment))
            && self.withdrawn.is_superset(&earlier.withdrawn)
            && self.receipts >= earlier.receipts
    }
}

/// Looks at the folder after a run that showed this, ended or not.
pub fn after(
    workflow: &Workflow,
    folder: &Path,
    before: &Kept,
    shown: &str,
    has_ended_well: bool,
) -> Result<Kept, String> {
    let path = folder.join("data/store.db");
    let acknowledged = acknowledged(shown);
    if !path.exists() {
        let owes = has_ended_well || acknowledged > 0 || *before != Kept::default();
        let promised = workflow.promises.iter().find(|(words, _)| shown.contains(words));
        return match promised {
            _ if owes => Err("there is no store, which ought to be there".to_owned()),
            Some((words, _)) => Err(format!("`{words}` was shown, and there is no store")),
            None => Ok(Kept::default()),
        };
    }
    // Opened to write, so that a half-written transaction is rolled back first.
    let store = open(&path).map_err(|why| format!("it does not open: {why}"))?;
    let mut kept = Kept::read(&store).map_err(|why| format!("it cannot be read: {why}"))?;
    if !kept.holds(before) {
        return Err("something that was there before is gone".to_owned());
    }
    let found = answers(&store);
    if let Some(lost) =
        (1..=acknowledged).find(|n| !found.contains(&(format!("q{n}"), format!("answer {n}"))))
    {
        return Err(format!("answer {lost} was acknowledged and is not there"));
    }
    for (words, holds) in workflow.promises {
        if (has_ended_well || shown.contains(words)) && !holds(&store) {
            return Err(format!("`{words}` was promised and does not hold"));
        }
    }
    if !(workflow.always)(&store) {
        return Err("what belongs together is there in part".to_owned());
    }
    kept.is_done = workflow.promises.iter().all(|(_, holds)| holds(&store));
    agrees(&store)?;
    drop(store);
    if !may_be_encrypted(&path) {
        sound(&path)?;
    }
    Ok(kept)
}

/// The same command, with a disk that works: it does what is left to do.
pub fn again(workflow: &Workflow, folder: &Path, before: &Kept) -> Result<(), String> {
    let run = shim::run(workflow, folder, None);
    let is_well = run.code == Some(0) || (run.code == Some(2) && workflow.is_done_once && before.is_done);
    if !is_well {
        return Err(format!("the second time it ends with {:?}: {}", run.code, run.shown));
    }
    // What is typed may answer other questions now, so only the promises and the past count.
    after(workflow, folder, before, "", true).map(drop).map_err(|why| format!("after a second time, {why}"))
}

/// Answers that the screen acknowledged: each shown question acknowledges those before it.
fn acknowledged(shown: &str) -> usize {
    (2..=QUESTIONS)
        .rev()
        .find(|n| shown.lines().any(|line| line.ends_with(&format!("/{QUESTIONS}] Question number {n}"))))
        .map_or(0, |n| n - 1)
}

/// All answers in all histories, as text.
fn answers(store: &Store) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for summary in store.interviews().unwrap() {
        for event in store.history(summary.id).unwrap().events {
            if let Fact::Answered { address, answer } = event.fact {
                let text = format!("{answer:?}");
                let text = text.split('"').nth(1).unwrap_or_default();
                found.insert((address.name, text.to_owned()));
            }
        }
    }
    found
}

/// Opens a store to write, with the office's key where it is encrypted: its passphrase takes long.
fn open(path: &Path) -> Result<Store, StoreError> {
    let key = may_be_encrypted(path).then(|| {
        let sealed = fs::read(path.with_file_name("secrets.office.age")).unwrap();
        let office = [OFFICE.1.parse().unwrap()];
        let secrets = doorstep::package::open_for(&office, &sealed).unwrap();
        StoreKey::from_secret(secrets[8..40].try_into().unwrap())
    });
    Store::open(At::new(path, key.as_ref()), Access::Write, "test")
}

/// What SQLite itself thinks of the file.
fn sound(path: &Path) -> Result<(), String> {
    let sql = |why: rusqlite::Error| format!("SQLite cannot read it: {why}");
    let raw = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(sql)?;
    let said: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).map_err(sql)?;
    if said != "ok" {
        return Err(format!("the integrity check says: {said}"));
    }
    if raw.prepare("PRAGMA foreign_key_check").and_then(|mut check| check.exists([])).map_err(sql)? {
        return Err("events have lost the run that they belong to".to_owned());
    }
    Ok(())
}

/// Whether the summaries agree with the histories.
fn agrees(store: &Store) -> Result<(), String> {
    for summary in store.interviews().unwrap() {
        let history = store.history(summary.id).unwrap();
        let count = history.events.iter().filter(|e| matches!(e.fact, Fact::Answered { .. })).count();
        if summary.answers != count as u64 {
            return Err(format!("a summary counts {} answers of {count}", summary.answers));
        }
    }
    Ok(())
}
