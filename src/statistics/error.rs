//! What is refused, and how to mend it.

/// Why columns do not make a design. Rows count from 0 here and from 1 in the messages.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// There is no row.
    #[error("the sample has no rows, so nothing can be estimated; check the filter and the data")]
    NoRows,
    /// A column has more or fewer entries than there are weights.
    #[error(
        "the column of {column} has {found} entries but there are {expected} weights; give one for each row"
    )]
    Length {
        /// Which column.
        column: &'static str,
        /// Rows, counted by the weights.
        expected: usize,
        /// Entries in the column.
        found: usize,
    },
    /// A weight is negative, infinite or not a number.
    #[error("row {} has the weight {value}; a weight is a finite number that is not negative", .row + 1)]
    Weight {
        /// The row.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// A PSU code occurs in two strata of a design that is not nested.
    #[error(
        "PSU {psu} is in stratum {first} and, in row {}, also in stratum {second}; give each PSU its own code, \
         or say that codes start again in every stratum (nested)", .row + 1
    )]
    PsuInTwoStrata {
        /// Code of the PSU.
        psu: u32,
        /// Stratum where it was seen first.
        first: u32,
        /// The other stratum.
        second: u32,
        /// Row that is in the other stratum.
        row: usize,
    },
    /// A population count is not a finite number above 0.
    #[error("row {} has the population count {value}; it is a finite number above 0", .row + 1)]
    Population {
        /// The row.
        row: usize,
        /// Its count.
        value: f64,
    },
    /// A population count changes inside a stratum (in the second stage: inside a PSU, by its number in the
    /// order of strata and codes).
    #[error(
        "row {} gives stratum {stratum} a population of {found} units, another row one of {expected}; \
         a stratum has one population count", .row + 1
    )]
    PopulationVaries {
        /// The row.
        row: usize,
        /// The stratum.
        stratum: u32,
        /// The row's count.
        found: f64,
        /// The stratum's count, from one of its other rows.
        expected: f64,
    },
    /// More units were sampled than the population is said to have.
    #[error(
        "stratum {stratum} has {sampled} sampled units but a population of only {population}; \
         correct the population count, or the codes if rows carry the wrong ones"
    )]
    PopulationTooSmall {
        /// The stratum.
        stratum: u32,
        /// Its count.
        population: f64,
        /// Sampled units.
        sampled: usize,
    },
    /// A stratum has one sampled PSU, and the rule is [`LonelyPsu::Fail`](super::LonelyPsu::Fail).
    #[error(
        "stratum {stratum} has only one PSU, so its variance is unknown; merge it with a similar stratum, \
         or choose another rule for lonely PSUs"
    )]
    LonelyPsu {
        /// The stratum (in the second stage: the PSU by its number in the order of strata and codes).
        stratum: u32,
    },
}

/// A column that has not one entry for each row of the design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the column has {found} entries but the design has {expected} rows; give one for each row")]
pub struct LengthMismatch {
    /// Rows of the design.
    pub expected: usize,
    /// Entries in the column.
    pub found: usize,
}
