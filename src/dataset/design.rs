//! The names of the columns that say where an interview stands in the sampling design.

/// Its stratum.
pub const STRATUM: &str = "_stratum";
/// Its primary sampling unit, within the stratum.
pub const PSU: &str = "_psu";
/// Its weight.
pub const WEIGHT: &str = "_weight";
/// How many PSUs the stratum has in the population.
pub const FPC: &str = "_fpc";
