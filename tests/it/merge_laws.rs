//! The laws of merging: any order, any number of times, nothing lost, no silent winner.

use std::collections::BTreeSet;
use std::path::Path;

use doorstep::journal::{DeviceId, Event, Fact, InterviewId, Segment, Stamp};
use doorstep::merge::{Run, linearise};
use doorstep::store::{Access, Mode, Store};
use doorstep::value::{Answer, Hash, Value};
use proptest::prelude::*;

use crate::journal::{address, draft, event, key, started};

fn answered(wall: i64, question: &str, value: i64) -> Event {
    event(wall, Fact::Answered { address: address(question), answer: Answer::Value(Value::Integer(value)) })
}

fn history(segments: &[&Segment]) -> doorstep::merge::History {
    linearise(&segments.iter().map(|s| Run::from(*s)).collect::<Vec<_>>())
}

/// One interview that two laptops went on with apart: `left` and `right` answer after `base`.
fn fork(left: Vec<Event>, right: Vec<Event>) -> [Segment; 3] {
    let base = Segment::close(draft(1, vec![], vec![event(1, started())]), &key(1));
    let left = Segment::close(draft(1, vec![base.id()], left), &key(1));
    let right = Segment::close(draft(1, vec![base.id()], right), &key(2));
    [base, left, right]
}

#[test]
fn different_questions_answered_apart_both_apply() {
    let [base, left, right] = fork(vec![answered(2, "a", 1)], vec![answered(3, "b", 2)]);
    let history = history(&[&right, &base, &left]);
    assert!(history.conflicts.is_empty());
    assert_eq!(history.events.len(), 3);
}

#[test]
fn the_same_answer_apart_is_no_conflict() {
    let [base, left, right] = fork(vec![answered(2, "a", 1)], vec![answered(3, "a", 1)]);
    assert!(history(&[&base, &left, &right]).conflicts.is_empty());
}

#[test]
fn different_answers_apart_are_a_conflict_with_both_values() {
    let [base, left, right] = fork(vec![answered(2, "a", 1)], vec![answered(3, "a", 2)]);
    let conflicts = history(&[&base, &left, &right]).conflicts;
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].address, address("a"));
    let values: Vec<_> = conflicts[0].alternatives.iter().map(|a| a.answer.clone()).collect();
    assert_eq!(values, [Some(Answer::Value(Value::Integer(1))), Some(Answer::Value(Value::Integer(2)))]);
}

#[test]
fn whoever_has_seen_both_decides() {
    let [base, left, right] = fork(vec![answered(2, "a", 1)], vec![answered(3, "a", 2)]);
    let decided = Segment::close(draft(1, vec![left.id(), right.id()], vec![answered(9, "a", 2)]), &key(3));
    assert!(history(&[&base, &left, &right, &decided]).conflicts.is_empty());
}

/// Interviews of a few devices: each segment goes on from some of the segments before it.
fn segments() -> impl Strategy<Value = Vec<Segment>> {
    let one = (0..3_u8, 1..4_u8, any::<u8>(), 0..3_u8, 0..4_i64);
    prop::collection::vec(one, 1..12).prop_map(|plans| {
        let mut made: Vec<Segment> = Vec::new();
        for (n, (interview, device, parents, question, value)) in plans.into_iter().enumerate() {
            let parents: Vec<Hash> = made
                .iter()
                .filter(|s| s.interview() == InterviewId([interview; 16]))
                .enumerate()
                .filter(|(bit, _)| parents >> (bit % 8) & 1 == 1)
                .map(|(_, s)| s.id())
                .collect();
            let mut events = vec![answered(n as i64, ["a", "b", "c"][question as usize], value)];
            if parents.is_empty() {
                events.insert(0, Event { stamp: Stamp { wall: n as i64 - 1, counter: 9 }, fact: started() });
            }
            made.push(Segment::close(draft(interview, parents, events), &key(device)));
        }
        made
    })
}

fn ids(store: &Store) -> BTreeSet<Hash> {
    store.segment_ids().unwrap().into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_order_of_arrival_does_not_matter(segments in segments(), seed in any::<u64>()) {
        for interview in 0..3 {
            let of: Vec<&Segment> =
                segments.iter().filter(|s| s.interview() == InterviewId([interview; 16])).collect();
            let mut shuffled = of.clone();
            shuffled.sort_by_key(|s| blake3::hash(&[&seed.to_le_bytes()[..], &s.id().0].concat()).to_hex());
            shuffled.extend(of.first());
            let (one, other) = (history(&of), history(&shuffled));
            prop_assert_eq!(&one, &other);
            let told: usize = of.iter().map(|s| (s.id(), s.events().len())).collect::<BTreeSet<_>>()
                .iter().map(|(_, n)| n).sum();
            prop_assert_eq!(one.events.len(), told, "nothing vanishes");
        }
    }

    #[test]
    fn nobody_wins_silently(segments in segments()) {
        // Whatever is said last on two branches that do not know of each other differs only if
        // it is reported.
        let of: Vec<&Segment> =
            segments.iter().filter(|s| s.interview() == InterviewId([0; 16])).collect();
        let knows = |a: &Segment, b: &Segment| {
            let mut open = a.parents().to_vec();
            while let Some(id) = open.pop() {
                if id == b.id() {
                    return true;
                }
                open.extend(of.iter().find(|s| s.id() == id).into_iter().flat_map(|s| s.parents().to_vec()));
            }
            false
        };
        let conflicts = history(&of).conflicts;
        for question in ["a", "b", "c"] {
            let said = |s: &&&Segment| s.events().iter().any(|e| matches!(&e.fact, Fact::Answered { address, .. } if address.name == question));
            let last: Vec<&&Segment> = of.iter().filter(said)
                .filter(|s| !of.iter().filter(said).any(|later| knows(later, s))).collect();
            let values: BTreeSet<String> = last.iter().map(|s| format!("{:?}", s.events().last().unwrap().fact)).collect();
            let reported = conflicts.iter().any(|c| c.address.name == question);
            prop_assert_eq!(values.len() > 1, reported, "{} {:?}", question, values);
        }
    }
}

/// Something that happens on one of three laptops.
#[derive(Debug, Clone)]
enum Happening {
    /// An answer to a question of an interview, closed into a segment or left open.
    Answer { laptop: usize, interview: u8, question: usize, value: i64, is_closed: bool },
    /// One laptop's store is merged into another's.
    Merge { from: usize, into: usize },
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let answer = (0..3_usize, 0..3_u8, 0..3_usize, 0..3_i64, prop::bool::weighted(0.8)).prop_map(
        |(laptop, interview, question, value, is_closed)| Happening::Answer {
            laptop,
            interview,
            question,
            value,
            is_closed,
        },
    );
    let merge =
        (0..3_usize, 1..3_usize).prop_map(|(from, step)| Happening::Merge { from, into: (from + step) % 3 });
    prop::collection::vec(prop_oneof![3 => answer, 1 => merge], 1..14)
}

/// Lets it happen; every event of every laptop gets a stamp of its own.
fn happen(folder: &Path, happenings: &[Happening]) {
    let path = |n: usize| folder.join(format!("laptop{n}.db"));
    let open = |n: usize| {
        if path(n).exists() {
            Store::open(&path(n), Access::Write, "test").unwrap()
        } else {
            Store::create(&path(n), "laws", "test").unwrap()
        }
    };
    (0..3).for_each(|n| drop(open(n)));
    for (n, happening) in happenings.iter().enumerate() {
        match happening {
            Happening::Answer { laptop, interview, question, value, is_closed } => {
                let (mut store, key) = (open(*laptop), key(*laptop as u8 + 1));
                let id = InterviewId([*interview; 16]);
                let wall = 10 * n as i64;
                let mut events = vec![answered(wall + 1, ["a", "b", "c"][*question], *value)];
                if store.interviews().unwrap().iter().all(|s| s.id != id) {
                    events.insert(0, event(wall, started()));
                }
                store.append(id, key.id(), Hash::of(b"q"), &events).unwrap();
                if *is_closed {
                    store.close(id, &key).unwrap();
                }
            }
            Happening::Merge { from, into } => {
                open(*into).merge_from(&path(*from), 0, Mode::Keep).unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn stores_merge_to_the_same_whatever_the_order(happenings in happenings()) {
        let folder = tempfile::tempdir().unwrap();
        happen(folder.path(), &happenings);
        let path = |n: usize| folder.path().join(format!("laptop{n}.db"));
        let mut results = Vec::new();
        for (n, order) in [[0, 1, 2], [2, 1, 0], [1, 0, 2]].iter().enumerate() {
            let mut office = Store::create(&folder.path().join(format!("office{n}.db")), "laws", "test").unwrap();
            // Each twice: the second time everything is a duplicate.
            for round in 0..2 {
                for source in order {
                    let before = ids(&office);
                    let receipt = office.merge_from(&path(*source), 0, Mode::Keep).unwrap();
                    prop_assert_eq!(receipt.segments_in, receipt.new + receipt.duplicate + receipt.quarantined);
                    prop_assert!(before.is_subset(&ids(&office)), "monotone");
                    prop_assert!(round == 0 || receipt.new + receipt.open_events_new == 0, "idempotent");
                }
            }
            let histories: Vec<_> = office.interviews().unwrap().iter()
                .map(|s| (s.clone(), office.history(s.id).unwrap())).collect();
            results.push((ids(&office), histories));
        }
        prop_assert_eq!(&results[0], &results[1]);
        prop_assert_eq!(&results[0], &results[2]);

        // Every answer of every laptop is there, closed or open.
        let answers = happenings.iter().filter(|h| matches!(h, Happening::Answer { .. })).count();
        let kept: usize = results[0].1.iter().flat_map(|(_, history)| &history.events)
            .filter(|e| matches!(e.fact, Fact::Answered { .. })).count();
        prop_assert_eq!(answers, kept);
    }
}

/// What a laptop did not close is carried over, and gives way to the closed segment later.
#[test]
fn open_events_are_carried_and_then_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (laptop_path, office_path) = (folder.path().join("laptop.db"), folder.path().join("office.db"));
    let interview = InterviewId([7; 16]);
    let device: DeviceId = key(1).id();
    let mut laptop = Store::create(&laptop_path, "laws", "test").unwrap();
    let events = [event(1, started()), answered(2, "a", 5)];
    laptop.append(interview, device, Hash::of(b"q"), &events).unwrap();
    drop(laptop);

    let mut office = Store::create(&office_path, "laws", "test").unwrap();
    let first = office.merge_from(&laptop_path, 0, Mode::Keep).unwrap();
    assert_eq!((first.segments_in, first.open_events_new, first.interviews_new), (0, 2, 1));
    assert_eq!(office.merge_from(&laptop_path, 0, Mode::Keep).unwrap().open_events_new, 0);
    assert_eq!(office.history(interview).unwrap().events, events);

    let mut laptop = Store::open(&laptop_path, Access::Write, "test").unwrap();
    laptop.append(interview, device, Hash::of(b"q"), &[event(3, Fact::Finalised)]).unwrap();
    laptop.close(interview, &key(1)).unwrap();
    drop(laptop);
    let second = office.merge_from(&laptop_path, 0, Mode::Keep).unwrap();
    assert_eq!((second.segments_in, second.new, second.open_events_new), (1, 1, 0));
    assert_eq!(office.history(interview).unwrap().events.len(), 3, "nothing twice");
    assert_eq!(office.interviews().unwrap()[0].answers, 1);
}
