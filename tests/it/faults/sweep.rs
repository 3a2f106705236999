//! One call after another fails, or is the last.

use super::check::{Kept, after, again};
use super::shim::{Mode, count, run};
use super::workflows::WORKFLOWS;
use super::{complaints, copy, none_of, scratch};

/// All calls up to this one are tried; then so many more, spread evenly.
const EACH: usize = 60;
const SPREAD: usize = 60;

fn sample(calls: usize) -> Vec<usize> {
    let step = calls.saturating_sub(EACH).div_ceil(SPREAD).max(1);
    (1..=calls.min(EACH)).chain((EACH + 1..=calls).step_by(step)).collect()
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
        let jobs: Vec<Mode> = sample(count(workflow, &prepared))
            .into_iter()
            .flat_map(|at| [Mode::Die(at), Mode::Once(at), Mode::Full(at)])
            .collect();
        let began = std::time::Instant::now();
        let found = complaints(&jobs, |mode| {
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
                (Mode::Die(_), Some(137)) | (_, Some(0..=4)) => {}
                _ => return Err(complain("it ended in an unforeseen way".to_owned())),
            }
            let kept = after(workflow, &place, &before, &run.shown, run.code == Some(0)).map_err(complain)?;
            again(workflow, &place, &kept).map_err(complain)
        });
        eprintln!("{}: {} jobs, {:?}", workflow.name, jobs.len(), began.elapsed());
        none_of(&found);
    }
}
