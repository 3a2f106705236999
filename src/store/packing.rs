//! How bodies are kept: compressed where that pays, with what is known of their questionnaire.
//!
//! Segments are small and much alike. A dictionary made from invented interviews of the
//! questionnaire holds what they share, and nothing that anybody answered. The first byte of a body
//! tells how it is packed: 0 as it is, 1 compressed, 2 compressed with the dictionary whose number
//! follows in four bytes, lowest first.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rusqlite::Connection;
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{CCtx, DCtx, compress_bound, get_frame_content_size};

use crate::value::Hash;

/// High, as a segment is packed once and kept for ever; higher takes far longer and saves little.
const LEVEL: i32 = 12;
/// The most bytes of a dictionary.
const LARGEST_DICTIONARY: usize = 32 << 10;
/// A damaged body must not ask for all memory.
const MOST: u64 = 256 << 20;

thread_local! {
    static CONTEXTS: RefCell<(CCtx<'static>, DCtx<'static>)> = RefCell::new((CCtx::create(), DCtx::create()));
}

struct Dictionary {
    encoder: EncoderDictionary<'static>,
    decoder: DecoderDictionary<'static>,
}

/// The dictionaries of a store.
#[derive(Clone, Default)]
pub(super) struct Packing {
    by_id: HashMap<u32, Arc<Dictionary>>,
    by_questionnaire: HashMap<Hash, u32>,
    /// Questionnaires of which there is nothing to learn.
    without: HashSet<Hash>,
}

impl std::fmt::Debug for Packing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Packing").field(&self.by_questionnaire).finish()
    }
}

/// The number of a dictionary: it follows from its bytes.
pub(super) fn number_of(dictionary: &[u8]) -> u32 {
    let [a, b, c, d, ..] = Hash::of(dictionary).0;
    u32::from_le_bytes([a, b, c, d])
}

/// A dictionary from samples; none where they are too few or too unlike each other.
pub(super) fn trained(samples: &[Vec<u8>]) -> Option<Vec<u8>> {
    zstd::dict::from_samples(samples, LARGEST_DICTIONARY).ok()
}

impl Packing {
    /// Those that a store holds.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut packing = Self::default();
        let mut rows = connection.prepare("SELECT questionnaire, body FROM dictionary ORDER BY id")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            packing.add(Hash(row.get(0)?), &row.get::<_, Vec<u8>>(1)?);
        }
        Ok(packing)
    }

    /// Takes a dictionary in.
    pub(super) fn add(&mut self, questionnaire: Hash, body: &[u8]) {
        if body.is_empty() {
            self.without.insert(questionnaire);
            return;
        }
        let id = number_of(body);
        let dictionary = || Dictionary {
            encoder: EncoderDictionary::copy(body, LEVEL),
            decoder: DecoderDictionary::copy(body),
        };
        self.by_id.entry(id).or_insert_with(|| Arc::new(dictionary()));
        // Of several, the one with the lowest number, wherever they came from first.
        self.by_questionnaire.entry(questionnaire).and_modify(|old| *old = id.min(*old)).or_insert(id);
    }

    /// Whether there is one for a questionnaire.
    pub(super) fn has(&self, questionnaire: Hash) -> bool {
        self.by_questionnaire.contains_key(&questionnaire)
    }

    /// Whether it is known that there is none.
    pub(super) fn has_none(&self, questionnaire: Hash) -> bool {
        self.without.contains(&questionnaire)
    }

    /// Whether a body can be unpacked here.
    pub(super) fn knows(&self, packed: &[u8]) -> bool {
        match packed {
            [2, a, b, c, d, ..] => self.by_id.contains_key(&u32::from_le_bytes([*a, *b, *c, *d])),
            _ => true,
        }
    }

    /// The bytes of an interview that is asked with a questionnaire, packed.
    pub(super) fn pack_for(&self, questionnaire: Hash, bytes: &[u8]) -> Vec<u8> {
        let known = self.by_questionnaire.get(&questionnaire);
        let Some((id, dictionary)) = known.and_then(|id| Some((id, self.by_id.get(id)?))) else {
            return pack(bytes);
        };
        let mut packed = vec![0; 5 + compress_bound(bytes.len())];
        packed[0] = 2;
        packed[1..5].copy_from_slice(&id.to_le_bytes());
        let written = CONTEXTS.with_borrow_mut(|(context, _)| {
            context.compress_using_cdict(&mut packed[5..], bytes, dictionary.encoder.as_cdict())
        });
        match written {
            Ok(length) if length + 5 <= bytes.len() => {
                packed.truncate(length + 5);
                packed
            }
            _ => pack(bytes),
        }
    }

    /// The bytes that were packed.
    pub(super) fn unpack(&self, packed: &[u8]) -> Result<Vec<u8>, String> {
        match packed {
            [0, body @ ..] => Ok(body.to_vec()),
            [1, body @ ..] => unpacked(body, |context, room| context.decompress(room, body)),
            [2, a, b, c, d, body @ ..] => {
                let dictionary = self
                    .by_id
                    .get(&u32::from_le_bytes([*a, *b, *c, *d]))
                    .ok_or("is packed with a dictionary that is not here")?;
                let decoder = dictionary.decoder.as_ddict();
                unpacked(body, |context, room| context.decompress_using_ddict(room, body, decoder))
            }
            _ => Err("is empty or packed in an unknown way".to_owned()),
        }
    }
}

/// Bytes of any kind, packed without a dictionary.
pub(super) fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![0; 1 + compress_bound(bytes.len())];
    packed[0] = 1;
    // Failing to compress is no reason to fail.
    let written = CONTEXTS.with_borrow_mut(|(context, _)| context.compress(&mut packed[1..], bytes, LEVEL));
    match written {
        Ok(length) if length < bytes.len() => packed.truncate(length + 1),
        _ => {
            packed.truncate(1);
            packed[0] = 0;
            packed.extend_from_slice(bytes);
        }
    }
    packed
}

/// The bytes that were packed without a dictionary.
pub(super) fn unpack(packed: &[u8]) -> Result<Vec<u8>, String> {
    Packing::default().unpack(packed)
}

type Unpacked = Result<usize, zstd::zstd_safe::ErrorCode>;

fn unpacked(
    frame: &[u8],
    decompress: impl FnOnce(&mut DCtx<'static>, &mut [u8]) -> Unpacked,
) -> Result<Vec<u8>, String> {
    let size = get_frame_content_size(frame).ok().flatten().filter(|size| *size <= MOST);
    let mut room = vec![0; size.ok_or("cannot be unpacked: it does not say how large it is")? as usize];
    let written = CONTEXTS
        .with_borrow_mut(|(_, context)| decompress(context, &mut room))
        .map_err(|code| format!("cannot be unpacked ({})", zstd::zstd_safe::get_error_name(code)))?;
    room.truncate(written);
    Ok(room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back_with_and_without_a_dictionary() {
        let samples: Vec<Vec<u8>> = (0..200_u32)
            .map(|n| {
                format!("the answer to question {n} is {}, and so on; {}", n * 7 % 13, n * n).into_bytes()
            })
            .collect();
        let questionnaire = Hash::of(b"q");
        let mut packing = Packing::default();
        packing.add(questionnaire, &trained(&samples).unwrap());
        for bytes in &samples {
            let (with, without) = (packing.pack_for(questionnaire, bytes), pack(bytes));
            assert!(with.len() < without.len());
            assert_eq!(&packing.unpack(&with).unwrap(), bytes);
            assert_eq!(&packing.unpack(&without).unwrap(), bytes);
            assert!(unpack(&with).is_err() && !Packing::default().knows(&with));
        }
    }

    #[test]
    fn damage_is_told_and_not_believed() {
        for damaged in [&[][..], &[9, 1], &[1, 1, 2, 3], &[2, 1], &[1, 0x28, 0xB5, 0x2F, 0xFD, 0xE0]] {
            assert!(unpack(damaged).is_err(), "{damaged:?}");
        }
    }
}
