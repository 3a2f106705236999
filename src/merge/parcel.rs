//! What travels from one store to another.

use crate::journal::{DeviceId, InterviewId};
use crate::value::Hash;

/// One thing that travels. A source gives them in this order, and the segments of an interview
/// one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parcel {
    /// The exact files of a questionnaire, packed.
    Questionnaire {
        /// Their hash.
        hash: Hash,
        /// Packed.
        body: Vec<u8>,
    },
    /// What bodies of a questionnaire's interviews are packed with.
    Dictionary {
        /// The questionnaire's hash.
        questionnaire: Hash,
        /// The dictionary.
        body: Vec<u8>,
    },
    /// That somebody withdrew their consent: the bytes of a
    /// [`Withdrawal`](crate::journal::Withdrawal).
    Withdrawal(Vec<u8>),
    /// That an office has a segment.
    Acknowledged(Hash),
    /// A file that was given as an answer.
    Attachment {
        /// The hash of its content, and an ending.
        name: String,
        /// Packed.
        body: Vec<u8>,
    },
    /// A closed segment.
    Segment {
        /// The interview that it is said to belong to.
        interview: InterviewId,
        /// The name that it is said to have; other than 32 bytes if it is damaged.
        id: Vec<u8>,
        /// Packed.
        body: Vec<u8>,
    },
    /// An event that is not closed into a segment yet.
    Open {
        /// The interview.
        interview: InterviewId,
        /// The device that has it open.
        device: DeviceId,
        /// The questionnaire in use.
        questionnaire: Hash,
        /// The segments that the open run goes on from.
        parents: Vec<Hash>,
        /// The hash of the first event of the run.
        birth: Hash,
        /// Its place in the run.
        n: i64,
        /// The bytes of the event.
        event: Vec<u8>,
    },
}
