//! What is refused, and how to mend it.

/// Why columns do not make a design. Rows count from 0 here and from 1 in the messages.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// There is no row.
    #[error("the sample has no rows, so nothing can be estimated; check the filter and the data")]
    NoRows,
    /// There are more rows than can be numbered.
    #[error("the sample has {rows} rows; no more than {} can be estimated from", u32::MAX)]
    TooManyRows {
        /// Rows.
        rows: usize,
    },
    /// Every weight is 0.
    #[error("every row has the weight 0, so nothing can be estimated; check the column of weights")]
    NoWeight,
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
    /// The sum of the squared weights, which every variance needs, is no number.
    #[error("the weights are too large to compute with; divide all of them by the same number")]
    WeightsTooLarge,
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
    /// A stratum has one sampled PSU, which [`Design::refuse_lonely`](super::Design::refuse_lonely) refuses.
    #[error(
        "stratum {stratum} has only one PSU, so its variance is unknown; merge it with a similar stratum, \
         or choose another rule for lonely PSUs"
    )]
    LonelyPsu {
        /// The stratum (in the second stage: the PSU by its number in the order of strata and codes).
        stratum: u32,
    },
}

/// Why columns are not estimated from a design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EstimateError {
    /// A column has not one entry for each row of the design.
    #[error("the column has {found} entries but the design has {expected} rows; give one for each row")]
    Length {
        /// Rows of the design.
        expected: usize,
        /// Entries in the column.
        found: usize,
    },
    /// The estimate touches a stratum with one sampled PSU, and the rule is
    /// [`LonelyPsu::Fail`](super::LonelyPsu::Fail).
    #[error(
        "stratum {stratum} has only one PSU, so its variance is unknown; merge it with a similar stratum, \
         or choose another rule for lonely PSUs"
    )]
    LonelyPsu {
        /// The stratum (in the second stage: the PSU by its number in the order of strata and codes).
        stratum: u32,
    },
}

/// Why items make no scale. Items count from 0 here and from 1 in the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReliabilityError {
    /// Alpha compares items with each other.
    #[error("the scale has {items} item(s); Cronbach's alpha needs at least 2")]
    TooFewItems {
        /// Items given.
        items: usize,
    },
    /// No row of the domain has a value in this item.
    #[error("item {} has no values here; leave it out of the scale", .item + 1)]
    NoValues {
        /// The item.
        item: usize,
    },
    /// Too few rows have all items.
    #[error("only {rows} row(s) have a value in every item; Cronbach's alpha needs at least 2")]
    TooFewRows {
        /// Complete rows.
        rows: usize,
    },
    /// All complete rows have the same value in this item.
    #[error("item {} has one and the same value in every complete row; leave it out of the scale", .item + 1)]
    Constant {
        /// The item.
        item: usize,
    },
    /// The items cancel each other.
    #[error("the sum of the items does not vary; turn round the items that run the other way")]
    ConstantSum,
    /// A column of another length.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
}

/// Why weights cannot be calibrated. Rows, cells and variables count from 0 here and from 1 in the messages.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum CalibrationError {
    /// The weights were calibrated before.
    #[error("the weights are calibrated already; calibrate the original ones, to all targets at once")]
    Twice,
    /// There is not one total for each variable, or there is no variable at all.
    #[error(
        "there are {variables} variables to calibrate to but {totals} totals; give at least one, and one total for each"
    )]
    Totals {
        /// Variables or margins.
        variables: usize,
        /// Totals.
        totals: usize,
    },
    /// A row is in no cell for which there is a total.
    #[error("row {} is in no cell that has a target; fill in its value, or give its cell a target", .row + 1)]
    NoCell {
        /// The row.
        row: usize,
    },
    /// A cell has a target but no row with a weight.
    #[error("cell {} has a target but no row with a weight; merge it with a similar cell", .cell + 1)]
    EmptyCell {
        /// The cell.
        cell: usize,
    },
    /// A total is no count, or 0 for a cell that has rows.
    #[error("target {} is {value}; it is a finite number, and above 0 for a cell that has rows", .cell + 1)]
    Total {
        /// The cell or variable.
        cell: usize,
        /// Its total.
        value: f64,
    },
    /// A row has no value in an auxiliary variable.
    #[error("row {} has no value in variable {}; fill it in, or calibrate without the variable", .row + 1, .variable + 1)]
    NoValue {
        /// The variable.
        variable: usize,
        /// The row.
        row: usize,
    },
    /// A variable says nothing that those before it do not say.
    #[error("variable {} follows from those before it; leave it out", .variable + 1)]
    Collinear {
        /// The variable.
        variable: usize,
    },
    /// Bounds that do not have 1 between them, or none where they are needed.
    #[error("give a lower bound below 1 and an upper bound above 1")]
    Bounds,
    /// The targets are not met.
    #[error(
        "the weights do not meet the targets after {steps} step(s); check that the targets agree with each other, or widen bounds and tolerance"
    )]
    NotConverged {
        /// Steps or cycles made.
        steps: usize,
    },
    /// Margins contradict each other.
    #[error(
        "margin {} has the target {total} for cell {} but the others let it come to {reached}; check that all \
         margins add up to the same", .margin + 1, .cell + 1
    )]
    MarginMissed {
        /// The margin.
        margin: usize,
        /// Its cell.
        cell: usize,
        /// What it should have.
        total: f64,
        /// What it has.
        reached: f64,
    },
    /// The sum of the squared weights, which every variance needs, would be no number.
    #[error("the weights would be too large to compute with; divide all targets by the same number")]
    WeightsTooLarge,
    /// A weight came out negative.
    #[error("row {} would have the weight {value}; choose the distance \"raking\", or bounds", .row + 1)]
    NegativeWeight {
        /// The row.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// A column of another length.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
}
