//! Chance that is the same for the same seed, on every machine.

/// `SplitMix64`: small, and good enough to try out a questionnaire (not to draw a sample).
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

/// The odd number by which the state goes on: 2^64 over the golden ratio.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl Chance {
    /// The chance of one respondent; neighbours have nothing in common.
    pub(super) fn new(seed: u64, respondent: u64) -> Self {
        let mut first = Self(seed);
        let base = first.next();
        let mut second = Self(base ^ respondent.wrapping_mul(STEP));
        Self(second.next())
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 where `n` is 0.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// A number from `from` to `to`, both possible; `from` where `to` lies below it.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = (i128::from(to) - i128::from(from)).max(0);
        from.wrapping_add(self.below(u64::try_from(width + 1).unwrap_or(u64::MAX)) as i64)
    }

    /// A number in [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        // 53 bits are what a double holds exactly.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of this probability happens.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of these, each as likely.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len() as u64) as usize)
    }

    /// The place of one of these weights, as likely as it weighs; never one of weight 0.
    pub(super) fn weighted(&mut self, weights: &[f64]) -> Option<usize> {
        let all: f64 = weights.iter().sum();
        let mut left = self.unit() * all;
        let mut last = None;
        for (place, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            last = Some(place);
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        last
    }
}
