//! Looking at segments that arrived: are they what their names say, and signed by whom they name?
//! Most of the work of a merge, so it is shared among the processors.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::live::Name;
use super::packing::Packing;
use super::summary::{Summary, made};
use crate::journal::{InterviewId, Segment};
use crate::value::Hash;

/// Segments of one interview that arrived together.
pub(super) struct Group {
    pub(super) interview: InterviewId,
    pub(super) arrived: Vec<Arrived>,
}

/// A segment that arrived.
pub(super) struct Arrived {
    /// The name that it is said to have.
    pub(super) id: Vec<u8>,
    pub(super) body: Vec<u8>,
    /// What is here under this name.
    pub(super) here: Option<Vec<u8>>,
}

/// What a segment that arrived is.
pub(super) enum Verdict {
    /// Here already.
    Duplicate,
    /// Not what it says it is.
    Damaged { body: Vec<u8>, reason: String },
    /// New here, or whole where what is here is damaged.
    New { segment: Name, body: Vec<u8>, replaces: bool },
}

/// Segments that are being looked at, in the background.
pub(super) struct Checking(Vec<JoinHandle<Checked>>);

/// For each group its interview, its verdicts, and what its segments say of the interview where
/// nothing else is known of it.
type Checked = Vec<(InterviewId, Vec<Verdict>, Option<Summary>)>;

impl Checking {
    /// Begins to look at them.
    pub(super) fn begin(groups: Vec<Group>, packing: &Arc<Packing>) -> Self {
        let parts = thread::available_parallelism().map_or(1, usize::from).min(8);
        let size = groups.len().div_ceil(parts).max(1);
        let mut rest = groups;
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let behind = rest.split_off(size.min(rest.len()));
            pieces.push(std::mem::replace(&mut rest, behind));
        }
        let begin = |piece| {
            let packing = Arc::clone(packing);
            thread::spawn(move || check_piece(piece, &packing))
        };
        Self(pieces.into_iter().map(begin).collect())
    }

    /// Waits for the answers, which stand in the order of the groups.
    pub(super) fn end(self) -> Checked {
        // A thread ends only with its answers: checking has no panic.
        self.0.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    }
}

fn check_piece(groups: Vec<Group>, packing: &Packing) -> Checked {
    // First what the bytes alone tell, then all signatures together.
    let unpacked: Vec<Vec<Result<Vec<u8>, String>>> = groups
        .iter()
        .map(|group| group.arrived.iter().map(|arrived| named(&arrived.id, &arrived.body, packing)).collect())
        .collect();
    let is_new = |arrived: &Arrived, bytes: &Result<Vec<u8>, String>| {
        bytes.is_ok() && arrived.here.as_ref().is_none_or(|here| *here != arrived.body)
    };
    let to_read: Vec<&[u8]> = groups
        .iter()
        .zip(&unpacked)
        .flat_map(|(group, bytes)| group.arrived.iter().zip(bytes))
        .filter(|(arrived, bytes)| is_new(arrived, bytes))
        .filter_map(|(_, bytes)| bytes.as_deref().ok())
        .collect();
    let mut read = Segment::decode_all(&to_read).into_iter();
    groups
        .into_iter()
        .zip(&unpacked)
        .map(|(group, all)| {
            let interview = group.interview;
            let mut whole = Vec::new();
            let verdicts = group.arrived.into_iter().zip(all).map(|(arrived, bytes)| {
                if arrived.here.as_ref() == Some(&arrived.body) {
                    return Verdict::Duplicate;
                }
                let segment = match bytes {
                    Ok(_) => read.next().map(|read| read.map_err(|why| why.to_string())),
                    Err(why) => Some(Err(why.clone())),
                };
                let segment = segment.unwrap_or_else(|| Err("was not read".into()));
                let verdict = verdict(arrived, interview, segment.as_ref(), packing);
                whole.extend(segment.ok().filter(|_| matches!(verdict, Verdict::New { .. })));
                verdict
            });
            let verdicts = verdicts.collect();
            (interview, verdicts, made(interview, &whole, &[]))
        })
        .collect()
}

fn verdict(
    arrived: Arrived,
    interview: InterviewId,
    segment: Result<&Segment, &String>,
    packing: &Packing,
) -> Verdict {
    let Arrived { id, body, here } = arrived;
    match segment {
        Err(reason) => Verdict::Damaged { body, reason: reason.clone() },
        Ok(segment) if segment.interview() != interview => {
            Verdict::Damaged { body, reason: "it belongs to another interview".to_owned() }
        }
        // The same content, packed differently; or what is here is damaged.
        Ok(segment) => match here {
            Some(here) if named(&id, &here, packing).is_ok() => Verdict::Duplicate,
            here => {
                let is_small = !matches!(body.first(), Some(0 | 1)) && packing.knows(&body);
                let body = if is_small || !packing.has(segment.questionnaire()) {
                    body
                } else {
                    packing.pack_for(segment.questionnaire(), segment.bytes())
                };
                Verdict::New { segment: Name::of(segment), body, replaces: here.is_some() }
            }
        },
    }
}

/// The bytes of a body, if they have this name.
fn named(id: &[u8], body: &[u8], packing: &Packing) -> Result<Vec<u8>, String> {
    let bytes = packing.unpack(body)?;
    if Hash::of(&bytes).0.as_slice() == id {
        Ok(bytes)
    } else {
        Err("its bytes do not match its name".to_owned())
    }
}
