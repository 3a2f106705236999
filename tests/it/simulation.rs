//! A whole field season in a test: laptops that interview, lose, copy, pack and merge, with clocks
//! that are wrong, from one seed. Whatever happens, the office has every acknowledged answer in the
//! end, in whatever order things arrive.
//!
//! `DOORSTEP_SEEDS=100000 cargo test --release --test it simulation` runs more seeds;
//! `DOORSTEP_SEED=17` one alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use doorstep::journal::{Clock, DeviceKey, Event, Fact, InterviewId};
use doorstep::package::{Header, PackageError, Purpose, Writer, read, verify};
use doorstep::store::{Access, Mode, Selection, State, Store, StoreError};
use doorstep::value::{Answer, Hash, Value};

use crate::journal::{address, started};

/// Numbers by chance, the same for the same seed: the steps of `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() >> 11) as usize % most
    }

    fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

const NOW: i64 = 1_772_431_920_000;
const YEAR: i64 = 365 * 24 * 3_600_000;

struct Laptop {
    path: PathBuf,
    /// Copied disks share it.
    secret: u8,
    /// How wrong its clock is, in milliseconds.
    skew: i64,
}

impl Laptop {
    fn key(&self) -> DeviceKey {
        DeviceKey::from_secret([self.secret; 32])
    }

    fn open(&self) -> Store {
        Store::open(&self.path, Access::Write, "simulation").unwrap()
    }
}

struct Season<'f> {
    folder: &'f Path,
    dice: Dice,
    laptops: Vec<Laptop>,
    /// Packages and copies of stores on their way.
    sticks: Vec<Stick>,
    /// Every acknowledged answer: its interview, and a value that no other has.
    acknowledged: Vec<(InterviewId, i64)>,
    withdrawn: BTreeSet<InterviewId>,
    time: i64,
    values: i64,
    interviews: u64,
}

enum Stick {
    Package(Vec<u8>),
    Copy(PathBuf),
}

impl<'f> Season<'f> {
    fn new(folder: &'f Path, seed: u64) -> Self {
        let mut season = Self {
            folder,
            dice: Dice(seed),
            laptops: Vec::new(),
            sticks: Vec::new(),
            acknowledged: Vec::new(),
            withdrawn: BTreeSet::new(),
            time: NOW,
            values: 0,
            interviews: 0,
        };
        // The first is the office. Most seasons are small, some are not.
        let most = if season.dice.happens(10) { 11 } else { 4 };
        for n in 0..2 + season.dice.below(most) {
            let path = folder.join(format!("laptop{n}.db"));
            drop(Store::create(&path, "season", "simulation").unwrap());
            let skew = [0, 0, 0, -NOW, 10 * YEAR, -3_600_000][season.dice.below(6)];
            season.laptops.push(Laptop { path, secret: n as u8 + 1, skew });
        }
        season
    }

    fn play(&mut self) {
        for _ in 0..12 + self.dice.below(25) {
            self.time += self.dice.below(7_200_000) as i64;
            match self.dice.below(100) {
                0..45 => self.interview(),
                45..60 => self.pack(),
                60..65 => self.copy_by_hand(),
                65..88 => self.merge(),
                88..92 => self.clone_a_laptop(),
                92..95 => self.receipt(),
                95..97 => self.withdraw(),
                _ => self.spoil_a_stick(),
            }
        }
    }

    fn any(&mut self) -> usize {
        self.dice.below(self.laptops.len())
    }

    /// Answers in a new interview or in one that is here; paused, finalised, or cut off.
    fn interview(&mut self) {
        let at = self.any();
        let (mut store, key) = (self.laptops[at].open(), self.laptops[at].key());
        let wall = self.time + self.laptops[at].skew;
        let mut clock: Clock = store.clock(wall).unwrap();
        let known = store.interviews().unwrap();
        let mut facts = Vec::new();
        let id = if known.is_empty() || self.dice.happens(50) {
            self.interviews += 1;
            let mut id = [0; 16];
            id[..8].copy_from_slice(&self.interviews.to_be_bytes());
            facts.push(started());
            InterviewId(id)
        } else {
            known[self.dice.below(known.len())].id
        };
        let mut answers = Vec::new();
        for _ in 0..=self.dice.below(4) {
            self.values += 1;
            answers.push(self.values);
            let question = address(["a", "b", "c", "d"][self.dice.below(4)]);
            facts.push(Fact::Answered {
                address: question,
                answer: Answer::Value(Value::Integer(self.values)),
            });
        }
        let ends = self.dice.below(3);
        facts.extend([None, Some(Fact::Paused), Some(Fact::Finalised)][ends].clone());
        // As the program does it: what this laptop has open is closed before it goes on.
        if store.open_runs(id).unwrap().contains(&key.id()) && self.dice.happens(50) {
            store.close(id, &key).unwrap();
        }
        for fact in facts {
            let event = Event { stamp: clock.next(wall), fact };
            store.append(id, key.id(), Hash::of(b"q"), &[event]).unwrap();
        }
        self.acknowledged.extend(answers.into_iter().map(|value| (id, value)));
        if ends > 0 {
            store.close(id, &key).unwrap();
        }
    }

    fn pack(&mut self) {
        let at = self.any();
        let selection = Selection { only_new: self.dice.happens(30), ..Selection::default() };
        let (store, key) = (self.laptops[at].open(), self.laptops[at].key());
        self.sticks.push(Stick::Package(packed(&store, &key, Purpose::Interviews, |store, take| {
            store.send(&selection, take)
        })));
    }

    fn receipt(&mut self) {
        let (store, key) = (self.laptops[0].open(), self.laptops[0].key());
        self.sticks.push(Stick::Package(packed(&store, &key, Purpose::Receipt, Store::acknowledge)));
    }

    fn copy_by_hand(&mut self) {
        let at = self.any();
        let path = self.folder.join(format!("copy{}.db", self.sticks.len()));
        fs::copy(&self.laptops[at].path, &path).unwrap();
        self.sticks.push(Stick::Copy(path));
    }

    /// A stick that may be lost afterwards, or merged again elsewhere.
    fn merge(&mut self) {
        if self.sticks.is_empty() {
            return;
        }
        let (stick, into) = (self.dice.below(self.sticks.len()), self.any());
        arrives(&mut self.laptops[into].open(), &self.sticks[stick]);
        if self.dice.happens(40) {
            self.sticks.swap_remove(stick);
        }
    }

    fn clone_a_laptop(&mut self) {
        let at = self.any();
        if at == 0 || self.laptops.len() > 12 {
            return;
        }
        let path = self.folder.join(format!("laptop{}.db", self.laptops.len()));
        fs::copy(&self.laptops[at].path, &path).unwrap();
        let Laptop { secret, skew, .. } = self.laptops[at];
        self.laptops.push(Laptop { path, secret, skew });
    }

    fn withdraw(&mut self) {
        let at = self.any();
        let (mut store, key) = (self.laptops[at].open(), self.laptops[at].key());
        let known = store.interviews().unwrap();
        if !known.is_empty() {
            let id = known[self.dice.below(known.len())].id;
            store.withdraw(id, "asked", &key, self.time).unwrap();
            self.withdrawn.insert(id);
        }
    }

    /// A stick breaks: cut off, or a byte of it changed. It must bring nothing, or what is whole.
    fn spoil_a_stick(&mut self) {
        if self.sticks.is_empty() {
            return;
        }
        let at = self.dice.below(self.sticks.len());
        let spoil = |dice: &mut Dice, bytes: &mut Vec<u8>| {
            let place = dice.below(bytes.len().max(1));
            if dice.happens(50) {
                bytes.truncate(place);
            } else if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 1 << dice.below(8);
            }
        };
        match &mut self.sticks[at] {
            Stick::Package(bytes) => spoil(&mut self.dice, bytes),
            Stick::Copy(path) => {
                let mut bytes = fs::read(&path).unwrap();
                spoil(&mut self.dice, &mut bytes);
                fs::write(path, bytes).unwrap();
            }
        }
    }

    /// All laptops come home, in two orders, to two offices: both have the same, and everything.
    fn end(&mut self) {
        let mut homes = Vec::new();
        for (n, backwards) in [false, true].into_iter().enumerate() {
            let path = self.folder.join(format!("home{n}.db"));
            let mut home = Store::create(&path, "season", "simulation").unwrap();
            let mut order: Vec<&Laptop> = self.laptops.iter().collect();
            if backwards {
                order.reverse();
            }
            for laptop in order {
                let receipt = home.merge_from(&laptop.path, self.time, Mode::Keep).unwrap();
                assert_eq!(receipt.segments_in, receipt.new + receipt.duplicate + receipt.quarantined);
                // Only a spoilt copy that was merged on the way could bring damage, and that stays behind.
                assert_eq!(receipt.quarantined, 0, "{receipt}");
            }
            homes.push(home);
        }
        let [first, second] = homes.as_slice() else { unreachable!() };
        assert_eq!(first.segment_ids().unwrap(), second.segment_ids().unwrap());
        assert_eq!(first.interviews().unwrap(), second.interviews().unwrap());
        assert_eq!(parcels(first), parcels(second), "what they would send");
        let mut histories = BTreeMap::new();
        for summary in first.interviews().unwrap() {
            let history = first.history(summary.id).unwrap();
            assert_eq!(history, second.history(summary.id).unwrap());
            assert!(!self.withdrawn.contains(&summary.id), "withdrawn, and still here");
            histories.insert(summary.id, history.events);
        }
        for (interview, value) in &self.acknowledged {
            let is_there = |events: &Vec<Event>| {
                events.iter().any(|event| match &event.fact {
                    Fact::Answered { answer: Answer::Value(Value::Integer(v)), .. } => v == value,
                    _ => false,
                })
            };
            let kept = histories.get(interview).is_some_and(is_there);
            assert!(kept || self.withdrawn.contains(interview), "answer {value} of {interview} is lost");
        }
        let stubs: BTreeSet<InterviewId> = first.withdrawals().unwrap().iter().map(|s| s.interview).collect();
        assert_eq!(stubs, self.withdrawn);
        let found = first.examine_deeply(|| {}).unwrap();
        // Questionnaires are no part of this game.
        let real = |problem: &&String| !problem.starts_with("the questionnaire");
        assert_eq!(found.problems.iter().filter(real).count(), 0, "{:?}", found.problems);
        // What was finalised anywhere is finalised at home: nothing here reopens.
        for laptop in &self.laptops {
            for there in laptop.open().interviews().unwrap() {
                let home = first.interviews().unwrap().into_iter().find(|s| s.id == there.id);
                let undone = home.is_some_and(|home| home.state != State::Finalised);
                assert!(!(there.state == State::Finalised && undone), "{} is open again", there.id);
            }
        }
    }
}

/// Everything that a store would send, its segments by their bytes' names.
fn parcels(store: &Store) -> Vec<String> {
    let mut all = Vec::new();
    store
        .send(&Selection::default(), &mut |parcel| {
            all.push(format!("{parcel:?}"));
            Ok(())
        })
        .unwrap();
    all
}

type Send<'a> = &'a mut dyn FnMut(doorstep::merge::Parcel) -> Result<(), StoreError>;

fn packed(
    store: &Store,
    key: &DeviceKey,
    purpose: Purpose,
    send: impl FnOnce(&Store, Send<'_>) -> Result<(), StoreError>,
) -> Vec<u8> {
    let header = Header {
        survey: "season".into(),
        device: key.id(),
        made: 0,
        purpose,
        set: [0; 16],
        part: 1,
        sealed: false,
    };
    let mut writer = Writer::new(Vec::new(), &header, &[]).unwrap();
    send(store, &mut |parcel| {
        writer.put(&parcel).unwrap();
        Ok(())
    })
    .unwrap();
    writer.finish(key, true).unwrap()
}

enum Stop {
    Store(StoreError),
    Package(PackageError),
}

impl From<PackageError> for Stop {
    fn from(error: PackageError) -> Self {
        Self::Package(error)
    }
}

/// Merges a stick; one that is spoilt is refused, or brings what is whole.
fn arrives(store: &mut Store, stick: &Stick) {
    let before = store.segment_ids().unwrap();
    let merged = match stick {
        Stick::Copy(path) => store.merge_from(path, 0, Mode::Keep).ok(),
        Stick::Package(bytes) => {
            let mut file = Cursor::new(bytes);
            verify(&mut file).ok().map(|package| {
                store
                    .merge("stick", 0, Mode::Keep, |take| {
                        read(&mut file, &package, &[], |parcel| take(parcel).map_err(Stop::Store)).map_err(
                            |stop| match stop {
                                Stop::Store(error) => error,
                                Stop::Package(error) => panic!("{error} after it was verified"),
                            },
                        )
                    })
                    .unwrap()
            })
        }
    };
    let after = store.segment_ids().unwrap();
    match merged {
        None => assert_eq!(before, after, "refused, and yet something changed"),
        Some(receipt) => {
            assert_eq!(receipt.segments_in, receipt.new + receipt.duplicate + receipt.quarantined);
            let is_monotone = before.iter().all(|id| after.contains(id));
            assert!(is_monotone || receipt.withdrawn > 0);
        }
    }
}

fn one(seed: u64) {
    let memory = Path::new("/dev/shm");
    let inside = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::Builder::new().prefix("doorstep-season-").tempdir_in(inside).unwrap();
    let mut season = Season::new(folder.path(), seed);
    season.play();
    season.end();
}

#[test]
fn nothing_is_lost_in_any_season() {
    let set = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    if let Some(seed) = set("DOORSTEP_SEED") {
        return one(seed);
    }
    let (most, next) = (set("DOORSTEP_SEEDS").unwrap_or(2_000), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= most {
                        return;
                    }
                    if let Err(why) = std::panic::catch_unwind(|| one(seed)) {
                        next.store(most, Ordering::Relaxed);
                        let why = why.downcast_ref::<String>().cloned().unwrap_or_default();
                        panic!("DOORSTEP_SEED={seed} fails: {why}");
                    }
                }
            });
        }
    });
}
