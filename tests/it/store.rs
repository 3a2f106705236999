//! What a store refuses, and what it keeps when things go wrong around it.

use std::fs;
use std::path::{Path, PathBuf};

use doorstep::journal::{Event, Fact, InterviewId};
use doorstep::merge::Parcel;
use doorstep::store::{
    Access, At, ErrorKind, Mode, Recorded, Selection, State, Store, StoreError, StoreKey, may_be_encrypted,
};
use doorstep::value::{Answer, Hash, Value};
use rusqlite::Connection;

use crate::journal::{address, event, key, started};

const INTERVIEW: InterviewId = InterviewId([9; 16]);

fn answered(n: i64) -> Event {
    let answer = Answer::Value(Value::Text(format!("answer {n}, {}", "x".repeat(200))));
    event(n, Fact::Answered { address: address(&format!("q{n}")), answer })
}

/// A store with one finalised interview of so many answers.
fn filled(path: &Path, answers: i64) {
    let mut store = Store::create(path, "here", "test").unwrap();
    store.add_questionnaire(Hash::of(b"q"), b"q").unwrap();
    store.append(INTERVIEW, key(1).id(), Hash::of(b"q"), &[event(0, started())]).unwrap();
    for n in 1..=answers {
        store.append(INTERVIEW, key(1).id(), Hash::of(b"q"), &[answered(n)]).unwrap();
    }
    store.append(INTERVIEW, key(1).id(), Hash::of(b"q"), &[event(answers + 1, Fact::Finalised)]).unwrap();
    store.close(INTERVIEW, &key(1)).unwrap();
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    (folder, path)
}

#[test]
fn what_was_written_is_read_back() {
    let (_folder, path) = folder();
    filled(&path, 3);
    let store = Store::open(&path, Access::Read, "").unwrap();
    let summaries = store.interviews().unwrap();
    assert_eq!((summaries[0].state, summaries[0].answers), (State::Finalised, 3));
    assert_eq!(store.history(INTERVIEW).unwrap().events.len(), 5);
    assert_eq!(store.questionnaire(Hash::of(b"q")).unwrap().unwrap(), b"q");
    assert_eq!(store.questionnaire(Hash::of(b"other")).unwrap(), None);
}

/// The laptop's clock was years ahead and is set right in the middle: what came last stays last.
#[test]
fn a_clock_set_back_does_not_reorder_an_open_interview() {
    let (_folder, path) = folder();
    let mut store = Store::create(&path, "here", "test").unwrap();
    let device = key(1).id();
    for (wall, value) in [(9_000_000, 1), (10, 2)] {
        let answer = Answer::Value(Value::Integer(value));
        let fact = Fact::Answered { address: address("q"), answer };
        let start = event(wall - 1, started());
        let events = if value == 1 { vec![start, event(wall, fact)] } else { vec![event(wall, fact)] };
        store.append(INTERVIEW, device, Hash::of(b"q"), &events).unwrap();
    }
    let last = |store: &Store| store.history(INTERVIEW).unwrap().events.last().unwrap().stamp.wall;
    assert_eq!(last(&store), 10);
    store.close(INTERVIEW, &key(1)).unwrap();
    assert_eq!(last(&store), 10);
}

#[test]
fn segments_never_change_or_vanish() {
    let (_folder, path) = folder();
    filled(&path, 1);
    let raw = Connection::open(&path).unwrap();
    assert!(raw.execute("UPDATE segment SET body = x'00'", []).is_err());
    assert!(raw.execute("DELETE FROM segment", []).is_err());
}

#[test]
fn a_file_that_is_no_store_is_refused() {
    let (_folder, path) = folder();
    for content in [b"".as_slice(), b"hello", &[0; 8192]] {
        fs::write(&path, content).unwrap();
        let error = Store::open(&path, Access::Read, "").unwrap_err();
        assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
    }
    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let error = Store::open(&path, Access::Write, "test").unwrap_err();
    assert!(error.to_string().contains("another program"), "{error}");
}

#[test]
fn a_store_that_is_cut_off_is_refused_at_every_page() {
    let (folder, path) = folder();
    filled(&path, 40);
    let whole = fs::read(&path).unwrap();
    let mut office = Store::create(&folder.path().join("office.db"), "here", "test").unwrap();
    let cut = folder.path().join("cut.db");
    for length in (0..whole.len()).step_by(1024) {
        fs::write(&cut, &whole[..length]).unwrap();
        let error = office.merge_from(&cut, 0, Mode::Keep).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Data, "at {length}: {error}");
        assert!(error.to_string().contains("cut.db"), "{error}");
    }
    assert!(office.segment_ids().unwrap().is_empty());
    assert!(office.receipts().unwrap().is_empty());
}

#[test]
fn a_newer_store_is_refused_and_left_alone() {
    let (_folder, path) = folder();
    filled(&path, 1);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 3).unwrap();
    let before = fs::read(&path).unwrap();
    for access in [Access::Read, Access::Write] {
        let error = Store::open(&path, access, "test").unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 3, known: 2, .. }), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_store_of_another_survey_is_refused() {
    let (folder, path) = folder();
    filled(&path, 1);
    let mut office = Store::create(&folder.path().join("office.db"), "elsewhere", "test").unwrap();
    let error = office.merge_from(&path, 0, Mode::Keep).unwrap_err();
    assert!(
        matches!(&error, StoreError::OtherSurvey { theirs, ours, .. } if theirs == "here" && ours == "elsewhere")
    );
    assert!(office.segment_ids().unwrap().is_empty());
    let itself = office.merge_from(&folder.path().join("office.db"), 0, Mode::Keep).unwrap_err();
    assert!(matches!(itself, StoreError::Itself { .. }), "{itself}");
}

#[test]
fn a_second_process_learns_who_holds_the_store() {
    let (folder, path) = folder();
    let held = Store::create(&path, "here", "`doorstep interview`, process 42").unwrap();
    let error = Store::open(&path, Access::Write, "second").unwrap_err();
    assert!(error.to_string().contains("`doorstep interview`, process 42"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Environment);
    // Nor is it merged while somebody writes into it.
    let mut office = Store::create(&folder.path().join("office.db"), "here", "test").unwrap();
    assert!(matches!(office.merge_from(&path, 0, Mode::Keep).unwrap_err(), StoreError::Locked { .. }));
    drop(held);
    Store::open(&path, Access::Write, "second").unwrap();
}

/// A damaged segment is put aside; the rest goes in, and merging a good copy mends it.
#[test]
fn a_damaged_segment_blocks_nothing() {
    let (folder, path) = folder();
    filled(&path, 2);
    {
        let mut store = Store::open(&path, Access::Write, "test").unwrap();
        let other = InterviewId([5; 16]);
        let events = vec![event(0, started()), answered(1)];
        let recorded = Recorded { interview: other, events, is_closed: true };
        store.record(&[recorded], Hash::of(b"q"), &key(1)).unwrap();
    }
    let good = folder.path().join("good.db");
    fs::copy(&path, &good).unwrap();
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch(
        "DROP TRIGGER segment_stays;
         UPDATE segment SET body = zeroblob(20) WHERE id = (SELECT min(id) FROM segment)",
    )
    .unwrap();
    drop(raw);
    let mut office = Store::create(&folder.path().join("office.db"), "here", "test").unwrap();
    let receipt = office.merge_from(&path, 0, Mode::Keep).unwrap();
    assert_eq!((receipt.segments_in, receipt.new, receipt.duplicate, receipt.quarantined), (2, 1, 0, 1));
    let mended = office.merge_from(&good, 0, Mode::Keep).unwrap();
    assert_eq!((mended.segments_in, mended.new, mended.duplicate, mended.quarantined), (2, 1, 1, 0));
    assert_eq!(office.interviews().unwrap().len(), 2);
    assert_eq!(office.receipts().unwrap().len(), 2);
}

/// A laptop that died in the middle of a write leaves a journal beside its store: the copy that
/// is merged is rolled back first, and the source stays as it is.
#[test]
fn a_source_with_a_hot_journal_is_merged_from_a_copy() {
    let (folder, path) = folder();
    filled(&path, 2);
    let copy = folder.path().join("stick.db");
    let journal = folder.path().join("stick.db-journal");
    {
        let raw = Connection::open(&path).unwrap();
        raw.execute_batch(
            "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE;
             CREATE TABLE half (x);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             INSERT INTO half SELECT randomblob(200) FROM n",
        )
        .unwrap();
        fs::copy(&path, &copy).unwrap();
        fs::copy(folder.path().join("store.db-journal"), &journal).unwrap();
    }
    assert!(fs::metadata(&journal).unwrap().len() > 0);
    let before = (fs::read(&copy).unwrap(), fs::read(&journal).unwrap());
    let mut office = Store::create(&folder.path().join("office.db"), "here", "test").unwrap();
    let receipt = office.merge_from(&copy, 0, Mode::Keep).unwrap();
    assert_eq!((receipt.new, receipt.quarantined), (1, 0));
    assert_eq!((fs::read(&copy).unwrap(), fs::read(&journal).unwrap()), before);

    // Opened where it is, even to read, it is rolled back in place.
    let store = Store::open(&copy, Access::Read, "").unwrap();
    assert_eq!(store.interviews().unwrap().len(), 1);
    assert!(!fs::metadata(&journal).is_ok_and(|m| m.len() > 0));
}

/// A live store in a folder that a program copies elsewhere would be torn.
#[test]
fn a_synced_folder_is_refused_for_a_live_store() {
    let (folder, _) = folder();
    for name in ["Dropbox", "OneDrive - Our NGO"] {
        let place = folder.path().join(name).join("survey");
        fs::create_dir_all(&place).unwrap();
        let error = Store::create(&place.join("store.db"), "here", "test").unwrap_err();
        assert!(matches!(error, StoreError::Shared { .. }) && error.to_string().contains(name), "{error}");
        assert!(!place.join("store.db").exists());
    }
    let place = folder.path().join("dropboxes").join("store.db");
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    Store::create(&place, "here", "test").unwrap();
}

/// One laptop's clock is at 1970, another's ten years ahead: the office has all their answers in the order in which they
/// were given, and its own clock follows nobody for more than a day.
#[test]
fn wrong_clocks_drag_nobody_along() {
    const NOW: i64 = 1_790_000_000_000;
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let (folder, path) = folder();
    let mut office = Store::create(&path, "here", "test").unwrap();
    for (secret, wall) in [(1, 0), (2, NOW + 3_653 * DAY)] {
        let laptop = folder.path().join(format!("{secret}.db"));
        let mut store = Store::create(&laptop, "here", "test").unwrap();
        let mut clock = store.clock(wall).unwrap();
        let id = InterviewId([secret; 16]);
        let answers = [2, 1, 3].map(answered).into_iter().map(|event| event.fact);
        for fact in std::iter::once(started()).chain(answers) {
            let event = Event { stamp: clock.next(wall), fact };
            store.append(id, key(secret).id(), Hash::of(b"q"), &[event]).unwrap();
        }
        store.close(id, &key(secret)).unwrap();
        drop(store);
        assert_eq!(office.merge_from(&laptop, NOW, Mode::Keep).unwrap().new, 1);
        let given = office.history(id).unwrap().events.into_iter().filter_map(|event| match event.fact {
            Fact::Answered { address, .. } => Some(address.name),
            _ => None,
        });
        assert_eq!(given.collect::<Vec<_>>(), ["q2", "q1", "q3"]);
    }
    let next = office.clock(NOW).unwrap().next(NOW).wall;
    assert!((NOW..=NOW + DAY).contains(&next), "{next}");
}

/// Of a part of the interviews only their own files travel.
#[test]
fn files_travel_with_the_interviews_that_name_them() {
    let (_folder, path) = folder();
    let mut store = Store::create(&path, "here", "test").unwrap();
    let key = key(1);
    let mut names = Vec::new();
    for (n, enumerator) in ["amina", "bashir"].into_iter().enumerate() {
        let name = doorstep::store::name_of(enumerator.as_bytes(), "jpg");
        store.attach(&name, enumerator.as_bytes()).unwrap();
        let mut begun = started();
        if let Fact::Started { enumerator: who, .. } = &mut begun {
            enumerator.clone_into(who);
        }
        let photo =
            Fact::Answered { address: address("photo"), answer: Answer::Value(Value::Text(name.clone())) };
        let events = vec![event(1, begun), event(2, photo)];
        let recorded = Recorded { interview: InterviewId([n as u8; 16]), events, is_closed: n == 0 };
        store.record(&[recorded], Hash::of(b"q"), &key).unwrap();
        names.push(name);
    }
    let sent = |enumerator: Option<&str>| {
        let selection = Selection { enumerator: enumerator.map(str::to_owned), ..Selection::default() };
        let mut files = Vec::new();
        store
            .send(&selection, &mut |parcel| {
                if let Parcel::Attachment { name, .. } = parcel {
                    files.push(name);
                }
                Ok(())
            })
            .unwrap();
        files
    };
    assert_eq!(sent(Some("amina")), names[..1]);
    assert_eq!(sent(Some("bashir")), names[1..], "an open interview too");
    assert_eq!(sent(None).len(), 2);
}

/// Interviews of two laptops, one between the other's each time, leave pages half empty; the file that
/// is written anew is smaller, holds the same, and is not written anew again before it has grown.
#[test]
fn a_store_that_grew_by_merging_is_written_anew_without_its_gaps() {
    grown_and_written_anew(None);
}

#[test]
fn an_encrypted_store_that_is_written_anew_stays_encrypted() {
    grown_and_written_anew(Some(&StoreKey::from_secret([7; 32])));
}

fn grown_and_written_anew(secret: Option<&StoreKey>) {
    let (folder, path) = folder();
    let at = At::new(&path, secret);
    let mut office = Store::create(at, "here", "test").unwrap();
    office.add_questionnaire(Hash::of(b"q"), b"q").unwrap();
    for laptop in 1..=4 {
        let source = folder.path().join(format!("{laptop}.db"));
        let mut store = Store::create(&source, "here", "test").unwrap();
        let recorded: Vec<Recorded> = (0..300_u32)
            .map(|n| {
                let [_, _, a, b] = (n * 4 + u32::from(laptop)).to_be_bytes();
                let events = vec![event(0, started()), answered(i64::from(n)), event(9, Fact::Finalised)];
                Recorded {
                    interview: InterviewId([a, b, laptop, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
                    events,
                    is_closed: true,
                }
            })
            .collect();
        store.record(&recorded, Hash::of(b"q"), &key(laptop)).unwrap();
        drop(store);
        assert!(!office.is_worth_compacting().unwrap());
        office.merge_from(&source, 0, Mode::Keep).unwrap();
    }
    let (ids, interviews) = (office.segment_ids().unwrap(), office.interviews().unwrap());
    assert_eq!(ids.len(), 1200);
    assert!(office.is_worth_compacting().unwrap());
    let (before, after) = office.compact().unwrap();
    assert!(after < before, "{before} {after}");
    assert!(!office.is_worth_compacting().unwrap());
    assert!(office.segment_ids().unwrap() == ids && office.interviews().unwrap() == interviews);
    // It goes on as the same store, here and once it is opened again.
    office.append(INTERVIEW, key(9).id(), Hash::of(b"q"), &[event(0, started())]).unwrap();
    drop(office);
    assert_eq!(may_be_encrypted(&path), secret.is_some());
    let store = Store::open(at, Access::Write, "test").unwrap();
    assert_eq!(store.interviews().unwrap().len(), 1201);
    assert!(store.examine_deeply(|| {}).unwrap().problems.is_empty());
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("part")), "{left:?}");
}
