//! One call after another fails, or is the last.

use super::check::{Kept, after, again};
use super::shim::{Mode, count, run};
use super::workflows::WORKFLOWS;
use super::{complaints, copy, none_of, scratch};

/// All calls up to this one are tried; then at most so many more, spread evenly.
const EACH: usize = 60;
const SPREAD: usize = 60;

/// What is tried with a workflow of so many calls: the process dies at each, and they fail in turns
/// in one way and in the other. Neighbours are alike, so that nothing is left out by this.
fn sample(calls: usize) -> Vec<(usize, Mode)> {
    let step = calls.saturating_sub(EACH).div_ceil(SPREAD).max(1);
    let tried = (1..=calls.min(EACH)).chain((EACH + 1..=calls).step_by(step));
    let modes = tried.enumerate().flat_map(|(n, at)| {
        let failing = if n % 2 == 0 { Mode::Once(at) } else { Mode::Full(at) };
        [Mode::Die(at), failing]
    });
    modes.enumerate().collect()
}

#[test]
fn the_same_command_makes_the_same_calls() {
    let jobs: Vec<_> = WORKFLOWS.iter().collect();
    none_of(&complaints(&jobs, |workflow| {
        let (_folder, prepared) = workflow.prepared();
        let (first, second) = (count(workflow, &prepared), count(workflow, &prepared));
        if first < 10 || first != second {
            return Err(format!("{}: {first} calls, then {second}", workflow.name));
        }
        Ok(())
    }));
}

#[test]
fn a_disk_that_fails_anywhere_loses_nothing() {
    for workflow in WORKFLOWS {
        let (_folder, prepared) = workflow.prepared();
        let before = Kept::of(&prepared);
        let jobs = sample(count(workflow, &prepared));
        none_of(&complaints(&jobs, |(n, mode)| {
            let folder = scratch();
            let place = folder.path().join("run");
            copy(&prepared, &place);
            let run = run(workflow, &place, Some(*mode));
            let complain = |why: String| {
                let hit = String::from_utf8_lossy(&run.noted);
                format!(
                    "{}, {mode:?}, exit code {:?}: {why}\ncall: {hit}shown: {}",
                    workflow.name, run.code, run.shown
                )
            };
            match (mode, run.code) {
                _ if run.noted.is_empty() => return Err(complain("the call was never made".to_owned())),
                (Mode::Die(_), Some(137)) => {}
                (Mode::Once(_) | Mode::Full(_), Some(0..=4)) => {}
                _ => return Err(complain("it ended in an unforeseen way".to_owned())),
            }
            let kept = after(workflow, &place, &before, &run.shown, run.code == Some(0)).map_err(complain)?;
            // Pairs take turns, so that each way to fail is followed by a second time as often.
            if n / 4 % 2 == 0 { again(workflow, &place, &kept).map_err(complain) } else { Ok(()) }
        }));
    }
}
