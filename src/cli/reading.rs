//! From a store to tables, on all processors: one thread reads, the others unpack, replay and lay out the interviews in
//! pieces, which are put together in the order of the store.

use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::Result;

use super::folder::Folder;
use crate::dataset::Dataset;
use crate::interview::Interview;
use crate::questionnaire::Questionnaire;
use crate::store::{Kept, Opener, Store, StoreError};

/// Interviews in one piece of work: enough that handing it over costs nothing, few enough to keep memory small.
const PIECE: usize = 500;

/// Interviews with their versions of the questionnaire, and the piece's number.
type Piece = (usize, Vec<(Arc<Questionnaire>, Kept)>);
/// Tables, and how many answers were in conflict and left out.
type Laid = Result<(Dataset, usize), StoreError>;

/// All interviews of a store as tables, each read with the version that it was asked with, and how many answers are in
/// conflict and left out. `done` hears of every piece that is ready.
pub fn load(folder: &Folder, store: &Store, done: impl Fn(u64)) -> Result<(Dataset, usize)> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let opener = store.opener();
    // Few pieces wait, so that reading does not run ahead of the rest and fill the memory.
    let (to_workers, pieces) = sync_channel::<Piece>(workers);
    let (from_workers, laid) = channel();
    // The workers' own: once the last of them is gone, nobody waits for it to take a piece.
    let pieces = Arc::new(Mutex::new(pieces));
    thread::scope(|scope| {
        for _ in 0..workers {
            let (pieces, opener, from_workers) = (Arc::clone(&pieces), &opener, from_workers.clone());
            let empty = Dataset::new(&folder.questionnaire);
            scope.spawn(move || lay_out(&pieces, opener, empty, &from_workers));
        }
        drop((pieces, from_workers));
        let mut whole = Whole {
            dataset: Dataset::new(&folder.questionnaire),
            conflicts: 0,
            waiting: BTreeMap::new(),
            next: 0,
        };
        let mut versions: HashMap<_, Arc<Questionnaire>> = HashMap::new();
        let mut piece = Vec::with_capacity(PIECE);
        let mut number = 0;
        let mut told = 0;
        store.each_kept::<anyhow::Error>(|kept| {
            let version = if let Some(known) = versions.get(&kept.questionnaire) {
                Arc::clone(known)
            } else {
                let version = folder.version(store, kept.questionnaire)?;
                Arc::clone(versions.entry(kept.questionnaire).or_insert(version))
            };
            piece.push((version, kept));
            if piece.len() == PIECE {
                send(&to_workers, (number, std::mem::replace(&mut piece, Vec::with_capacity(PIECE))));
                number += 1;
                while let Ok((number, laid)) = laid.try_recv() {
                    whole.take(number, laid)?;
                }
                done(whole.rows_since(&mut told));
            }
            Ok(())
        })?;
        send(&to_workers, (number, piece));
        drop(to_workers);
        for (number, laid) in laid {
            whole.take(number, laid)?;
            done(whole.rows_since(&mut told));
        }
        Ok((whole.dataset, whole.conflicts))
    })
}

/// Where all workers are gone, one of them panicked, which the scope passes on.
fn send(to_workers: &std::sync::mpsc::SyncSender<Piece>, piece: Piece) {
    let _ = to_workers.send(piece);
}

/// What is ready so far.
struct Whole {
    dataset: Dataset,
    conflicts: usize,
    /// Pieces that are ready before one that comes before them.
    waiting: BTreeMap<usize, (Dataset, usize)>,
    next: usize,
}

impl Whole {
    /// How many interviews came in since this was asked the last time.
    fn rows_since(&self, told: &mut usize) -> u64 {
        let rows = self.dataset.interviews().rows();
        let more = rows - *told;
        *told = rows;
        more as u64
    }

    fn take(&mut self, number: usize, laid: Laid) -> Result<()> {
        self.waiting.insert(number, laid?);
        while let Some((part, conflicts)) = self.waiting.remove(&self.next) {
            self.dataset.append(part);
            self.conflicts += conflicts;
            self.next += 1;
        }
        Ok(())
    }
}

/// Lays out pieces until there are no more, in the tables of a data set that is empty between them.
fn lay_out(
    pieces: &Mutex<Receiver<Piece>>,
    opener: &Opener,
    mut dataset: Dataset,
    ready: &Sender<(usize, Laid)>,
) {
    loop {
        let next = pieces.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, piece)) = next else { return };
        // Nobody listens any more once another piece has failed.
        if ready.send((number, lay_out_one(opener, &mut dataset, piece))).is_err() {
            return;
        }
    }
}

fn lay_out_one(opener: &Opener, dataset: &mut Dataset, piece: Vec<(Arc<Questionnaire>, Kept)>) -> Laid {
    let mut conflicts = 0;
    for (version, kept) in piece {
        let id = kept.interview;
        let history = opener.open(kept)?;
        let mut interview = Interview::replay(version, history.events.into_iter().map(|event| event.fact));
        for conflict in &history.conflicts {
            interview.set_aside(&conflict.address);
            conflicts += 1;
        }
        dataset.push(&id.to_string(), &interview);
    }
    Ok((dataset.take(), conflicts))
}
