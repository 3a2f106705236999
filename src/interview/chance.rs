//! What is drawn by chance in an interview: from its seed and a place, so that a replay draws the
//! same.

use crate::journal::RowKey;

/// A stream of random numbers that belongs to one place of one interview. The bytes are `BLAKE3`'s
/// extended output over the seed, the item's name and its rows.
pub(super) struct Chance(blake3::OutputReader);

impl Chance {
    /// The stream for the values of expressions.
    pub(super) fn of_values(seed: u64, name: &str, rows: &[RowKey]) -> Self {
        Self(hash(seed, name, rows).finalize_xof())
    }

    /// The stream for the order in which choices or questions come: apart from that for values, so
    /// that the order tells nothing about them.
    pub(super) fn of_order(seed: u64, name: &str, rows: &[RowKey]) -> Self {
        Self(hash(seed, name, rows).update(b"\xffORDER").finalize_xof())
    }

    fn next(&mut self) -> u64 {
        let mut eight = [0; 8];
        self.0.fill(&mut eight);
        u64::from_le_bytes(eight)
    }

    /// A number in [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        // 53 bits are what a double holds exactly.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Puts things into an order in which each is equally likely (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for left in (2..=things.len()).rev() {
            // The high half of a product: as even as 64 bits are over a handful of things.
            let drawn = (u128::from(self.next()) * left as u128) >> 64;
            things.swap(left - 1, drawn as usize);
        }
    }
}

fn hash(seed: u64, name: &str, rows: &[RowKey]) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(name.as_bytes());
    for row in rows {
        match row {
            RowKey::Number(n) => hasher.update(b"#").update(&n.to_le_bytes()),
            RowKey::Choice(name) => hasher.update(b"/").update(name.as_bytes()),
        };
    }
    hasher
}
