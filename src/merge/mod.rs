//! Merging is union: what two sets of segments say together, and where they disagree.
//!
//! The segments of one interview form a graph by their parents. [`linearise`] orders their events
//! so that nothing stands before what it goes on from; the order depends on the segments alone,
//! never on the order in which they arrived. Where branches that did not know of each other gave
//! one question different answers, that is a [`Conflict`]: both stay, nobody wins.

mod parcel;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::journal::{Address, DeviceId, Event, Fact, Segment, Stamp};
use crate::value::{Answer, Hash};

pub use self::parcel::Parcel;

/// A run of events of one device, closed or not.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// What later runs name as their parent; of its own for a run that is not closed yet.
    pub id: Hash,
    /// Whose it is.
    pub device: DeviceId,
    /// The runs that it goes on from.
    pub parents: &'a [Hash],
    /// What happened, in order.
    pub events: &'a [Event],
}

impl<'a> From<&'a Segment> for Run<'a> {
    fn from(segment: &'a Segment) -> Self {
        Self {
            id: segment.id(),
            device: segment.device(),
            parents: segment.parents(),
            events: segment.events(),
        }
    }
}

/// What happened in one interview, on all devices together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// All events, nothing before what it goes on from.
    pub events: Vec<Event>,
    /// Where devices disagree and nobody has decided, by address.
    pub conflicts: Vec<Conflict>,
}

/// Different answers to one question, given apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The question.
    pub address: Address,
    /// Each answer, in order of run.
    pub alternatives: Vec<Alternative>,
}

/// One side of a conflict.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// The run that says so.
    pub run: Hash,
    /// Whose it is.
    pub device: DeviceId,
    /// When.
    pub stamp: Stamp,
    /// What; `None` where the answer was taken back.
    pub answer: Option<Answer>,
}

/// The ids that no other run of the interview goes on from, in order.
#[must_use]
pub fn heads(runs: &[Run<'_>]) -> Vec<Hash> {
    let continued: BTreeSet<Hash> = runs.iter().flat_map(|r| r.parents.iter().copied()).collect();
    let ids: BTreeSet<Hash> = runs.iter().map(|r| r.id).collect();
    ids.difference(&continued).copied().collect()
}

/// The history that the runs of one interview tell together, whatever their order. A parent that
/// is not among them counts as not there (it may arrive with a later merge).
#[must_use]
pub fn linearise(runs: &[Run<'_>]) -> History {
    let order = causal_order(runs);
    let ancestors = ancestors(&order);
    History {
        events: order.iter().flat_map(|run| run.events.iter().cloned()).collect(),
        conflicts: conflicts(&order, &ancestors),
    }
}

/// Parents first; among runs that are free to come next, the earliest by stamp, device and id.
fn causal_order<'a>(runs: &[Run<'a>]) -> Vec<Run<'a>> {
    let unique: BTreeMap<Hash, Run<'a>> = runs.iter().map(|r| (r.id, *r)).collect();
    let mut waiting: HashMap<Hash, usize> = HashMap::new();
    let mut children: HashMap<Hash, Vec<Hash>> = HashMap::new();
    for run in unique.values() {
        let parents: BTreeSet<&Hash> = run.parents.iter().filter(|p| unique.contains_key(p)).collect();
        waiting.insert(run.id, parents.len());
        for parent in parents {
            children.entry(*parent).or_default().push(run.id);
        }
    }
    let key = |run: &Run<'_>| (run.events.first().map(|e| e.stamp), run.device, run.id);
    let mut free: BTreeMap<_, Run<'a>> =
        unique.values().filter(|r| waiting[&r.id] == 0).map(|r| (key(r), *r)).collect();
    let mut order = Vec::with_capacity(unique.len());
    while let Some((_, run)) = free.pop_first() {
        for child in children.get(&run.id).into_iter().flatten() {
            if let Some(left) = waiting.get_mut(child) {
                *left -= 1;
                if *left == 0 {
                    free.insert(key(&unique[child]), unique[child]);
                }
            }
        }
        order.push(run);
    }
    // Ids are hashes over the parents, so there is no cycle, and every run has come up.
    order
}

/// For each run in order, the places of all runs that it goes on from, near and far.
fn ancestors(order: &[Run<'_>]) -> Vec<BTreeSet<usize>> {
    let places: HashMap<Hash, usize> = order.iter().enumerate().map(|(n, r)| (r.id, n)).collect();
    let mut all: Vec<BTreeSet<usize>> = Vec::with_capacity(order.len());
    for run in order {
        let mut own = BTreeSet::new();
        for parent in run.parents.iter().filter_map(|p| places.get(p)) {
            own.insert(*parent);
            own.extend(&all[*parent]);
        }
        all.push(own);
    }
    all
}

fn conflicts(order: &[Run<'_>], ancestors: &[BTreeSet<usize>]) -> Vec<Conflict> {
    // One line of runs, the usual case, has nobody to disagree with.
    if ancestors.iter().enumerate().all(|(n, a)| a.len() == n) {
        return Vec::new();
    }
    let mut said: BTreeMap<&Address, BTreeMap<usize, Alternative>> = BTreeMap::new();
    for (n, run) in order.iter().enumerate() {
        for event in run.events {
            let (address, answer) = match &event.fact {
                Fact::Answered { address, answer } => (address, Some(answer.clone())),
                Fact::Cleared { address } => (address, None),
                Fact::Resolved { address, answer, .. } => (address, answer.clone()),
                _ => continue,
            };
            let alternative = Alternative { run: run.id, device: run.device, stamp: event.stamp, answer };
            said.entry(address).or_default().insert(n, alternative);
        }
    }
    said.into_iter()
        .filter_map(|(address, by_run)| {
            // The last word of each branch: a run whose answer no later run has replaced knowingly.
            let last: Vec<&Alternative> = by_run
                .iter()
                .filter(|(n, _)| by_run.keys().all(|later| !ancestors[*later].contains(n)))
                .map(|(_, alternative)| alternative)
                .collect();
            let agree = last.windows(2).all(|pair| pair[0].answer == pair[1].answer);
            (!agree).then(|| Conflict {
                address: address.clone(),
                alternatives: last.into_iter().cloned().collect(),
            })
        })
        .collect()
}
