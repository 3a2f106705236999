//! How visits ended, and response rates after the Standard Definitions of the American Association for
//! Public Opinion Research (AAPOR), for household surveys in person.

use crate::journal::Disposition;

/// How a case ended, as response rates count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// I: a complete interview.
    Complete,
    /// P: an interview that was broken off.
    Partial,
    /// R: the household or the respondent did not want to.
    Refused,
    /// NC: nobody was met.
    NonContact,
    /// O: another reason, such as illness or no common language.
    Other,
    /// W: neither complete nor given up: begun, paused or postponed. AAPOR knows only final outcomes; a case that
    /// stays so when the fieldwork ends is one of those who did not respond.
    Open,
    /// U: it is not known whether anybody eligible lives there.
    Unknown,
    /// Nobody eligible lives there.
    NotEligible,
}

/// A rate that [`Tally::rate`] gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// RR1, the lowest: I / ((I + P) + (R + NC + O + W) + U).
    Response1,
    /// RR2: as RR1, with partial interviews as responses.
    Response2,
    /// RR3: as RR1, with only that part `e` of the unknown cases which is likely to be eligible: the eligible
    /// among those of known eligibility.
    Response3,
    /// COOP1: I / ((I + P) + R + O), of those who were met.
    Cooperation,
    /// REF1: R / ((I + P) + (R + NC + O + W) + U).
    Refusal,
    /// CON1: ((I + P) + R + O) / ((I + P) + (R + NC + O + W) + U).
    Contact,
}

/// How many cases ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally([usize; Outcome::ALL.len()]);

impl Outcome {
    /// All of them, in the order in which tables show them.
    pub const ALL: [Self; 8] = [
        Self::Complete,
        Self::Partial,
        Self::Refused,
        Self::NonContact,
        Self::Other,
        Self::Open,
        Self::Unknown,
        Self::NotEligible,
    ];

    /// A stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Refused => "refused",
            Self::NonContact => "non-contact",
            Self::Other => "other",
            Self::Open => "open",
            Self::Unknown => "unknown",
            Self::NotEligible => "not-eligible",
        }
    }
}

impl From<Disposition> for Outcome {
    fn from(disposition: Disposition) -> Self {
        match disposition {
            Disposition::Postponed => Self::Open,
            Disposition::Partial => Self::Partial,
            Disposition::Refused => Self::Refused,
            Disposition::NobodyHome => Self::NonContact,
            Disposition::NotEligible => Self::NotEligible,
            Disposition::NotAccessible => Self::Unknown,
            Disposition::NoCommonLanguage | Disposition::Other => Self::Other,
        }
    }
}

impl Rate {
    /// All of them, in the order in which tables show them.
    pub const ALL: [Self; 6] =
        [Self::Response1, Self::Response2, Self::Response3, Self::Cooperation, Self::Refusal, Self::Contact];

    /// AAPOR's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Response1 => "RR1",
            Self::Response2 => "RR2",
            Self::Response3 => "RR3",
            Self::Cooperation => "COOP1",
            Self::Refusal => "REF1",
            Self::Contact => "CON1",
        }
    }

    /// The formula, in AAPOR's letters; W are those that are still open.
    #[must_use]
    pub fn formula(self) -> &'static str {
        match self {
            Self::Response1 => "I / (I + P + R + NC + O + W + U)",
            Self::Response2 => "(I + P) / (I + P + R + NC + O + W + U)",
            Self::Response3 => "I / (I + P + R + NC + O + W + e × U)",
            Self::Cooperation => "I / (I + P + R + O)",
            Self::Refusal => "R / (I + P + R + NC + O + W + U)",
            Self::Contact => "(I + P + R + O) / (I + P + R + NC + O + W + U)",
        }
    }
}

impl Tally {
    /// Counts a case.
    pub fn add(&mut self, outcome: Outcome) {
        // Every outcome has its place: ALL lists them in the order of the enum, which a test holds.
        self.0[outcome as usize] += 1;
    }

    /// How many cases ended so.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.0[outcome as usize]
    }

    /// All cases.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.0.iter().sum()
    }

    /// A rate between 0 and 1; `None` where there is nothing to divide by.
    #[must_use]
    pub fn rate(&self, rate: Rate) -> Option<f64> {
        let n = |outcome| self.count(outcome) as f64;
        let (i, p, r) = (n(Outcome::Complete), n(Outcome::Partial), n(Outcome::Refused));
        let other = n(Outcome::Other);
        let eligible = i + p + r + n(Outcome::NonContact) + other + n(Outcome::Open);
        let unknown = n(Outcome::Unknown);
        let likely = match eligible + n(Outcome::NotEligible) {
            0.0 => 1.0,
            known => eligible / known,
        };
        let (above, below) = match rate {
            Rate::Response1 => (i, eligible + unknown),
            Rate::Response2 => (i + p, eligible + unknown),
            Rate::Response3 => (i, eligible + likely * unknown),
            Rate::Cooperation => (i, i + p + r + other),
            Rate::Refusal => (r, eligible + unknown),
            Rate::Contact => (i + p + r + other, eligible + unknown),
        };
        (below > 0.0).then(|| above / below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(counts: [usize; 8]) -> Tally {
        Tally(counts)
    }

    #[test]
    fn outcomes_stand_in_their_order() {
        for (place, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, place);
        }
    }

    #[test]
    fn rates_follow_the_formulas() {
        // I 60, P 4, R 10, NC 12, O 2, open 2, U 8, not eligible 10: 90 eligible of 100 known, e = 0.9.
        let tally = tally([60, 4, 10, 12, 2, 2, 8, 10]);
        let near = |rate, expected: f64| {
            let got = tally.rate(rate).unwrap_or(f64::NAN);
            assert!((got - expected).abs() < 1e-12, "{rate:?}: {got}");
        };
        assert_eq!(tally.cases(), 108);
        near(Rate::Response1, 60.0 / 98.0);
        near(Rate::Response2, 64.0 / 98.0);
        near(Rate::Response3, 60.0 / 97.2);
        near(Rate::Cooperation, 60.0 / 76.0);
        near(Rate::Refusal, 10.0 / 98.0);
        near(Rate::Contact, 76.0 / 98.0);
    }

    #[test]
    fn nothing_visited_has_no_rate() {
        assert!(Rate::ALL.iter().all(|rate| tally([0; 8]).rate(*rate).is_none()));
        // Only vacant houses: nobody could have responded.
        assert!(tally([0, 0, 0, 0, 0, 0, 0, 5]).rate(Rate::Response3).is_none());
    }

    #[test]
    fn every_disposition_is_an_outcome_that_is_not_complete() {
        assert!(Disposition::all().all(|d| Outcome::from(d) != Outcome::Complete));
    }
}
