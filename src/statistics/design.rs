//! The sampling design of a table of rows, checked once.

use std::collections::BTreeMap;

use super::auxiliary::Auxiliary;
use super::error::{DesignError, EstimateError};
use super::stage::{Lonely, Numbering, Pair, Stage, StageColumns};

/// What to do with a stratum that has only one sampled PSU, from which no variance can be learned. Strata
/// whose whole population is in the sample are not meant: they vary not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LonelyPsu {
    /// Refuse to estimate where such a stratum has a row; [`Design::refuse_lonely`] refuses at once.
    Fail,
    /// Let the stratum add nothing to the variance.
    Remove,
    /// Take the PSU for one that was certain to be sampled; it adds nothing either.
    Certainty,
    /// Let the PSU deviate from 0 instead of its stratum's mean: `(1 − f) T²`. For means and ratios, whose
    /// scores sum to 0, that is the deviation from the grand mean; for totals it is very cautious.
    Adjust,
    /// Give it the average variance of the other strata in the estimate. In the second stage each PSU is on
    /// its own, so that a lonely unit there leaves the variance unknown.
    Average,
}

/// The second stage of a design that samples units (households, say) inside PSUs without replacement.
#[derive(Debug, Clone, Copy)]
pub struct SecondStage<'a> {
    /// Code of the unit of each row; codes may repeat in other PSUs.
    pub units: &'a [u32],
    /// How many units the row's PSU has in the population.
    pub population: &'a [f64],
}

/// The columns that describe a design. Every slice has one entry a row.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// Sampling weights, finite and not negative. A row of weight 0 keeps its PSU and stratum in the variance
    /// but counts neither in `n` nor in the degrees of freedom.
    pub weights: &'a [f64],
    /// Stratum codes; none: one stratum.
    pub strata: Option<&'a [u32]>,
    /// PSU codes; none: every row is its own PSU.
    pub psu: Option<&'a [u32]>,
    /// How many PSUs the row's stratum has in the population; none: sampled with replacement, or so many
    /// that it makes no difference.
    pub fpc: Option<&'a [f64]>,
    /// PSU codes start again in every stratum, so that a PSU is known by stratum and code.
    pub nest: bool,
    /// Sampling inside PSUs; it matters only together with `fpc` and is ignored without it, since then the
    /// variance between PSUs already holds all of it.
    pub second_stage: Option<SecondStage<'a>>,
}

/// A checked sampling design: weights and, for one or two stages, who was sampled from what.
///
/// Immutable; rows are ordered by unit once, so an estimate walks over arrays only.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    pub(super) weights: Vec<f64>,
    /// The first stage, and the second if it matters.
    pub(super) stages: Vec<Stage>,
    /// Unit of every row in the last stage.
    pub(super) unit_of_row: Vec<u32>,
    /// Rows by unit.
    pub(super) order: Vec<u32>,
    pub(super) lonely: Lonely,
    /// What the weights were calibrated to, if they were.
    pub(super) auxiliary: Option<Auxiliary>,
    pub(super) psus: usize,
    pub(super) strata: usize,
}

impl Design {
    /// Checks the columns and numbers PSUs and strata.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with the columns: see [`DesignError`].
    pub fn new(columns: Columns<'_>, lonely: LonelyPsu) -> Result<Self, DesignError> {
        let rows = columns.weights.len();
        check_lengths(&columns)?;
        if let Some((row, &value)) =
            columns.weights.iter().enumerate().find(|(_, weight)| !weight.is_finite() || **weight < 0.0)
        {
            return Err(DesignError::Weight { row, value });
        }
        if columns.weights.iter().all(|&weight| weight == 0.0) {
            return Err(DesignError::NoWeight);
        }
        if !are_summable(columns.weights) {
            return Err(DesignError::WeightsTooLarge);
        }
        for counts in
            [columns.fpc, columns.second_stage.map(|second| second.population)].into_iter().flatten()
        {
            if let Some((row, &value)) =
                counts.iter().enumerate().find(|(_, count)| !count.is_finite() || **count <= 0.0)
            {
                return Err(DesignError::Population { row, value });
            }
        }
        let first = StageColumns { strata: columns.strata, units: columns.psu, population: columns.fpc };
        let (first, mut rows_by_unit) = Stage::new(rows, &first)?;
        if let (Some(psu), Some(strata), false) = (columns.psu, columns.strata, columns.nest) {
            check_psu_in_one_stratum(psu, strata, &rows_by_unit)?;
        }
        let mut stages = vec![first];
        if let (Some(second), true) = (columns.second_stage, columns.fpc.is_some()) {
            let below = StageColumns {
                strata: Some(&rows_by_unit.unit_of_row),
                units: Some(second.units),
                population: Some(second.population),
            };
            let (mut below, numbering) = Stage::new(rows, &below)?;
            below.place_below(&stages[0]);
            stages.push(below);
            rows_by_unit = numbering;
        }
        let mut design = Self {
            weights: columns.weights.to_vec(),
            stages,
            unit_of_row: rows_by_unit.unit_of_row,
            order: rows_by_unit.order,
            lonely: Lonely { rule: lonely, in_domains: false },
            auxiliary: None,
            psus: 0,
            strata: 0,
        };
        let weighted = design.order.iter().filter(|&&row| design.weights[row as usize] != 0.0);
        let psus = design.psus_of(weighted.map(|&row| design.unit_of_row[row as usize]));
        (design.psus, design.strata) = design.stages[0].count(psus.into_iter());
        Ok(design)
    }

    /// Applies the rule for lonely PSUs also where a domain leaves one PSU in a stratum that has several.
    /// Otherwise the PSUs without a row in the domain count with the total 0, as everywhere.
    ///
    /// With `Adjust` such a PSU is not centred, with `Average` its stratum gets the variance of the others; no
    /// other rule changes. In a calibrated design no domain leaves a PSU alone, since residuals are everywhere.
    #[must_use]
    pub fn with_lonely_in_domains(mut self) -> Self {
        self.lonely.in_domains = true;
        self
    }

    /// Refuses a design that has a lonely PSU.
    ///
    /// # Errors
    ///
    /// [`DesignError::LonelyPsu`].
    pub fn refuse_lonely(self) -> Result<Self, DesignError> {
        match self.stages.iter().find_map(Stage::first_lonely) {
            Some(stratum) => Err(DesignError::LonelyPsu { stratum }),
            None => Ok(self),
        }
    }

    /// How many rows the design has.
    pub fn rows(&self) -> usize {
        self.weights.len()
    }

    /// PSUs that have a row with a weight.
    pub fn psus(&self) -> usize {
        self.psus
    }

    /// Strata that have a row with a weight.
    pub fn strata(&self) -> usize {
        self.strata
    }

    /// Degrees of freedom of the whole design: PSUs less strata (Korn and Graubard 1999; Lumley 2010).
    pub fn df(&self) -> usize {
        self.psus - self.strata
    }

    /// The weights of all rows; of a calibrated design, the calibrated ones.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Sum of all weights.
    pub fn weight_sum(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// How many units the last stage has.
    pub(super) fn units(&self) -> usize {
        self.stages.last().map_or(0, Stage::units)
    }

    /// The PSUs of units of the last stage that ascend, each once.
    pub(super) fn psus_of(&self, units: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut psus: Vec<u32> = match self.stages.get(1) {
            Some(second) => units.map(|unit| second.stratum(unit)).collect(),
            None => units.collect(),
        };
        psus.dedup();
        psus
    }

    /// Covariance of two sums of scores, of which `units` holds the parts in units of the last stage: those
    /// that have a row in the estimate, ascending.
    ///
    /// Every linearised estimate comes down to this (Särndal, Swensson and Wretman 1992, chapters 4 and 5):
    /// scores are summed within PSUs, and the variance is `Σ_h (1 − f_h) n_h/(n_h − 1) Σ_c (T_hc − T̄_h)²`. A
    /// second stage adds, for each PSU, the same formula inside it, times the first stage's `f_h`.
    ///
    /// `Ok(None)` when the rule [`LonelyPsu::Average`] finds only lonely strata in a stage.
    pub(super) fn covariance(&self, units: &[Pair]) -> Result<Option<f64>, EstimateError> {
        let Some(second) = self.stages.get(1) else {
            return self.stages[0].covariance(units, self.lonely);
        };
        let psu = |pair: &Pair| second.stratum(pair.0);
        let sum_up = |run: &[Pair]| {
            run.iter().fold((psu(&run[0]), 0.0, 0.0), |sum, pair| (sum.0, sum.1 + pair.1, sum.2 + pair.2))
        };
        let psus: Vec<Pair> = units.chunk_by(|a, b| psu(a) == psu(b)).map(sum_up).collect();
        let between = self.stages[0].covariance(&psus, self.lonely)?;
        let within = second.covariance(units, self.lonely)?;
        Ok(between.zip(within).map(|(between, within)| between + within))
    }
}

fn check_lengths(columns: &Columns<'_>) -> Result<(), DesignError> {
    let expected = columns.weights.len();
    if expected == 0 {
        return Err(DesignError::NoRows);
    }
    if u32::try_from(expected).is_err() {
        return Err(DesignError::TooManyRows { rows: expected });
    }
    let second = columns.second_stage;
    let lengths = [
        ("strata", columns.strata.map(<[u32]>::len)),
        ("PSUs", columns.psu.map(<[u32]>::len)),
        ("population counts", columns.fpc.map(<[f64]>::len)),
        ("second-stage units", second.map(|second| second.units.len())),
        ("second-stage population counts", second.map(|second| second.population.len())),
    ];
    for (column, found) in lengths {
        if let Some(found) = found.filter(|&found| found != expected) {
            return Err(DesignError::Length { column, expected, found });
        }
    }
    Ok(())
}

/// Whether weights and their squares add up to numbers.
pub(super) fn are_summable(weights: &[f64]) -> bool {
    weights.iter().map(|weight| weight * weight).sum::<f64>().is_finite()
}

fn check_psu_in_one_stratum(psu: &[u32], strata: &[u32], rows: &Numbering) -> Result<(), DesignError> {
    let unit = |row: &u32| rows.unit_of_row[*row as usize];
    let mut codes: Vec<u32> =
        rows.order.chunk_by(|a, b| unit(a) == unit(b)).map(|unit| psu[unit[0] as usize]).collect();
    codes.sort_unstable();
    if codes.windows(2).all(|pair| pair[0] != pair[1]) {
        return Ok(());
    }
    let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
    for (row, (&psu, &second)) in psu.iter().zip(strata).enumerate() {
        let first = *seen.entry(psu).or_insert(second);
        if first != second {
            return Err(DesignError::PsuInTwoStrata { psu, first, second, row });
        }
    }
    Ok(())
}
