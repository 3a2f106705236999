//! What the store packs interviews with: invented interviews show what real ones have in common.

use std::sync::Arc;

use anyhow::Result;

use super::answers::played;
use super::folder::Folder;
use crate::authoring::rehearsal::{Coverage, Respondents, Weights};
use crate::journal::{Clock, DeviceKey, Draft, Segment};
use crate::store::Recorded;

/// Enough interviews to learn from; more are no better.
const SAMPLES: u32 = 96;
/// Enough bytes, many times what is kept of them: of interviews with thousands of questions fewer will do, and an old laptop
/// has not the memory for more.
const ENOUGH: usize = 2 << 20;

/// The bytes of segments of invented interviews with the survey's questionnaire. Nobody answered
/// them, so nothing of anybody is in what is learnt from them.
pub fn samples(folder: &Folder) -> Result<Vec<Vec<u8>>> {
    let questionnaire = &folder.questionnaire;
    let respondents = Respondents::new(Arc::clone(questionnaire), Weights::default(), 1);
    let mut coverage = Coverage::new(Arc::clone(questionnaire));
    let mut clock = Clock::default();
    let key = DeviceKey::from_secret([0; 32]);
    let segment = |recorded: Recorded| {
        let draft = Draft {
            interview: recorded.interview,
            sequence: 0,
            previous: None,
            parents: Vec::new(),
            questionnaire: questionnaire.hash,
            events: recorded.events,
        };
        Segment::close(draft, &key).bytes().to_vec()
    };
    let mut samples: Vec<Vec<u8>> = Vec::new();
    for n in 0..SAMPLES {
        let line = respondents.ask(n, &mut coverage, &|_: &_| String::new()).0;
        samples.extend(played(folder, &serde_json::from_value(line)?, &mut clock)?.into_iter().map(segment));
        if samples.iter().map(Vec::len).sum::<usize>() >= ENOUGH {
            break;
        }
    }
    Ok(samples)
}
