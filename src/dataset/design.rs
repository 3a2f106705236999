//! The names of the columns that say where an interview stands in the sampling design.

/// Its stratum.
pub const STRATUM: &str = "_stratum";
/// Its primary sampling unit, within the stratum.
pub const PSU: &str = "_psu";
/// Its weight.
pub const WEIGHT: &str = "_weight";
/// How many PSUs the stratum has in the population.
pub const FPC: &str = "_fpc";
/// Its weight before it was calibrated; only where weights are.
pub const DESIGN_WEIGHT: &str = "_design_weight";
/// What it is in a margin that weights are calibrated to, before the margin's number.
pub const MARGIN: &str = "_margin_";
