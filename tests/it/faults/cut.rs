//! The power fails between one call and the next.

use std::path::Path;

use super::check::{Kept, after, again};
use super::disk::{Call, Disk, Luck, Nature, read};
use super::shim::{Mode, run};
use super::workflows::{WORKFLOWS, Workflow};
use super::{complaints, copy, none_of, scratch};

/// At most about so many moments of a workflow are tried.
const MOMENTS: usize = 150;
/// Power cuts by chance, at each moment.
const SEEDS: usize = 2;
/// At every so many moments, the same command is run again.
const AGAIN: usize = 16;

/// Numbers by chance, the same for the same seed: the steps of `SplitMix64`.
pub struct Dice(pub u64);

impl Dice {
    /// A number below another.
    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as usize % most
    }
}

/// Cuts the power all along a workflow in which the call of that number fails (at 0, none does).
/// Gives what was wrong, or how many cuts there were.
fn cut_all_along(
    workflow: &Workflow,
    (prepared, before): (&Path, &Kept),
    nature: Nature,
    failing: usize,
) -> Result<usize, String> {
    let folder = scratch();
    let place = folder.path().join("run");
    copy(prepared, &place);
    let mut disk = Disk::of(&place, nature);
    let run = run(workflow, &place, Some(Mode::Record(failing)));
    assert!(run.code == Some(0) || failing > 0, "{}: {}", workflow.name, run.shown);
    let calls = read(&run.noted, &place);
    // What is shown changes no file: only the moment after it is worth a look.
    let is_moment = |n: usize| n == calls.len() || !matches!(calls[n], Call::Shown(_));
    let step = (0..=calls.len()).filter(|n| is_moment(*n)).count().div_ceil(MOMENTS);
    let (mut shown, mut moments, mut cuts) = (Vec::new(), 0, 0);
    for n in 0..=calls.len() {
        // The moment right after something was shown is always tried: it is what the promise is about.
        let is_after_shown = n > 0 && matches!(calls[n - 1], Call::Shown(_));
        if is_moment(n) {
            moments += 1;
            if is_after_shown || (failing == 0 && moments % step == 0) {
                let seeds = (0..SEEDS).map(|seed| Luck::Any((n * SEEDS + seed) as u64));
                let fixed = [Luck::None, Luck::All, Luck::Names, Luck::Bytes];
                let lucks: Vec<Luck> = fixed.into_iter().chain(seeds).collect();
                let lucks = match failing {
                    _ if disk.is_settled() => &lucks[..1],
                    0 => &lucks[..],
                    // The many runs with a failed call take the worst, and one by chance.
                    _ => &[lucks[0], lucks[4]],
                };
                for luck in lucks {
                    cuts += 1;
                    let text = String::from_utf8_lossy(&shown);
                    let is_again = (moments + cuts) % AGAIN == 0;
                    one(workflow, &disk, *luck, before, &text, is_again).map_err(|why| {
                        let next = calls.get(n).map(short);
                        format!(
                            "{}, call {failing} fails, power cut before entry {n} ({next:?}), {luck:?}: {why}\nshown: {text}",
                            workflow.name
                        )
                    })?;
                }
            }
        }
        match calls.get(n) {
            Some(Call::Shown(bytes)) => shown.extend_from_slice(bytes),
            Some(call) => disk.follow(call),
            None => {}
        }
    }
    Ok(cuts)
}

fn one(
    workflow: &Workflow,
    disk: &Disk,
    luck: Luck,
    before: &Kept,
    shown: &str,
    is_again: bool,
) -> Result<(), String> {
    let folder = scratch();
    let place = folder.path().join("run");
    std::fs::create_dir(&place).unwrap();
    disk.cut(luck, &place);
    let kept = after(workflow, &place, before, shown, false)?;
    if is_again { again(workflow, &place, &kept) } else { Ok(()) }
}

/// A call without its bytes.
fn short(call: &Call) -> String {
    format!("{call:?}").chars().take(120).collect()
}

#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let jobs: Vec<_> = WORKFLOWS.iter().collect();
    none_of(&complaints(&jobs, |workflow| {
        let (_folder, prepared) = workflow.prepared();
        let cuts = cut_all_along(workflow, (&prepared, &Kept::of(&prepared)), Nature::Kind, 0)?;
        if cuts < 50 { Err(format!("{}: only {cuts} power cuts", workflow.name)) } else { Ok(()) }
    }));
}

/// By the letter of POSIX, the folder `data` itself is lost where the folder above it was not synced.
#[test]
fn a_power_cut_leaves_the_new_folder() {
    let (_folder, prepared) = WORKFLOWS[0].prepared();
    cut_all_along(&WORKFLOWS[0], (&prepared, &Kept::default()), Nature::LosesNewFolders, 0).unwrap();
}

#[test]
fn what_is_acknowledged_after_a_failed_sync_is_on_the_disk() {
    none_of(&after_failed_syncs(Nature::Kind));
}

/// Linux reports a failed sync once. After it, the next sync of the same file succeeds without writing
/// what could not be written the first time.
#[test]
fn what_is_acknowledged_after_a_forgotten_sync_is_on_the_disk() {
    none_of(&after_failed_syncs(Nature::ForgetsFailedSyncs));
}

/// One sync after another fails, and then the power does, at the worst moment: right after something
/// was acknowledged.
fn after_failed_syncs(nature: Nature) -> Vec<String> {
    let prepared: Vec<_> = WORKFLOWS
        .iter()
        .map(|workflow| {
            let (folder, place) = workflow.prepared();
            let before = Kept::of(&place);
            (workflow, folder, place, before)
        })
        .collect();
    let jobs: Vec<_> = prepared
        .iter()
        .flat_map(|(workflow, _, place, before)| {
            syncs(workflow, place).into_iter().map(move |sync| (*workflow, place, before, sync))
        })
        .collect();
    complaints(&jobs, |(workflow, place, before, sync)| {
        cut_all_along(workflow, (place, before), nature, *sync).map(drop)
    })
}

/// The numbers of the calls of a workflow that sync something.
fn syncs(workflow: &Workflow, prepared: &Path) -> Vec<usize> {
    let folder = scratch();
    let place = folder.path().join("run");
    copy(prepared, &place);
    let calls = read(&run(workflow, &place, Some(Mode::Record(0))).noted, &place);
    let counted = calls.iter().filter(|call| !matches!(call, Call::Shown(_)));
    let numbered = (1..).zip(counted);
    numbered.filter(|(_, call)| matches!(call, Call::Sync(_) | Call::SyncFolder(_))).map(|(n, _)| n).collect()
}
