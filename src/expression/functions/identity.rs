//! Identifiers and fingerprints: what tells one thing from another.

use data_encoding::{BASE64, HEXLOWER};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::{Call, Function, Gives, Kind, one, optional};
use crate::expression::operand::Operand;
use crate::value::Type::Text;

/// The longest identifier that `uuid` gives.
const LONGEST: i64 = 1000;

const METHODS: &[&str] = &["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"];
const ENCODINGS: &[&str] = &["base64", "hex"];

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "digest",
        parameters: &[
            one("text", Kind::Text),
            one("method", Kind::OneOf(METHODS)),
            optional("encoding", Kind::OneOf(ENCODINGS)),
        ],
        gives: Gives::Is(Text),
        doc: "The fingerprint of a text by `'MD5'`, `'SHA-1'`, `'SHA-256'`, `'SHA-384'` or `'SHA-512'`, written in \
              `'base64'` (if left out) or `'hex'`.",
        code: digest,
    },
    Function {
        name: "base64-decode",
        parameters: &[one("text", Kind::Text)],
        gives: Gives::Is(Text),
        doc: "The text that is written in base64; empty where it is not, or is no text.",
        code: |c| {
            let bytes = BASE64.decode(c.text(0).trim().as_bytes()).ok();
            bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map_or(Operand::Empty, Operand::text)
        },
    },
    Function {
        name: "enumerator",
        parameters: &[],
        gives: Gives::Is(Text),
        doc: "Who asks, by the name that the interview was begun with.",
        code: |c| match c.env.enumerator() {
            name if name.is_empty() => Operand::Empty,
            name => Operand::text(name.into_owned()),
        },
    },
    Function {
        name: "uuid",
        parameters: &[optional("length", Kind::Number)],
        gives: Gives::Is(Text),
        doc: "A random identifier (UUID, version 4), or so many random letters and digits, drawn once for each place \
              and row of an interview.",
        code: identifier,
    },
];

fn digest(c: Call<'_>) -> Operand<'_> {
    let text = c.text(0);
    let bytes = text.as_bytes();
    let sum = match &*c.text(1) {
        "MD5" => Md5::digest(bytes).to_vec(),
        "SHA-1" => Sha1::digest(bytes).to_vec(),
        "SHA-256" => Sha256::digest(bytes).to_vec(),
        "SHA-384" => Sha384::digest(bytes).to_vec(),
        "SHA-512" => Sha512::digest(bytes).to_vec(),
        _ => return Operand::Empty,
    };
    let encoding = if c.text(2) == "hex" { HEXLOWER } else { BASE64 };
    Operand::text(encoding.encode(&sum))
}

/// Everything is drawn from the one random number of this place, so that a replay draws the same.
fn identifier(c: Call<'_>) -> Operand<'_> {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut hasher = blake3::Hasher::new_derive_key("Doorstep uuid() 1");
    hasher.update(&c.env.random().to_bits().to_le_bytes());
    let mut drawn = hasher.finalize_xof();
    if c.len() == 0 {
        let mut bytes = [0; 16];
        drawn.fill(&mut bytes);
        return Operand::text(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string());
    }
    let Some(length) = c.number(0) else { return Operand::Empty };
    let length = length.whole().clamp(0, LONGEST) as usize;
    let mut bytes = vec![0; length * 8];
    drawn.fill(&mut bytes);
    let letters = bytes.chunks_exact(8).map(|eight| {
        let number = eight.iter().fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
        char::from(LETTERS[(number % LETTERS.len() as u64) as usize])
    });
    Operand::text(letters.collect::<String>())
}
