//! The sampling design of a table of rows, checked once.

use std::collections::BTreeMap;

use super::error::DesignError;
use super::stage::{Stage, StageColumns};

/// What to do with a stratum that has only one sampled PSU, from which no variance can be learned. Strata
/// whose whole population is in the sample are not meant: they vary not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LonelyPsu {
    /// Refuse the design.
    Fail,
    /// Let the stratum add nothing to the variance.
    Remove,
    /// Take the PSU for one that was certain to be sampled; it adds nothing either.
    Certainty,
    /// Let the PSU deviate from 0 instead of its stratum's mean: `(1 − f) T²`. For means and ratios, whose
    /// scores sum to 0, that is the deviation from the grand mean; for totals it is very cautious.
    Adjust,
    /// Give it the average variance of the other strata in the domain.
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
/// Immutable; units and strata are numbered once, so an estimate walks over rows and arrays only.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    pub(super) weights: Vec<f64>,
    pub(super) stages: Vec<Stage>,
    pub(super) lonely: LonelyPsu,
    psus: usize,
    strata: usize,
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
        for counts in
            [columns.fpc, columns.second_stage.map(|second| second.population)].into_iter().flatten()
        {
            if let Some((row, &value)) =
                counts.iter().enumerate().find(|(_, count)| !count.is_finite() || **count <= 0.0)
            {
                return Err(DesignError::Population { row, value });
            }
        }
        if let (Some(psu), Some(strata), false) = (columns.psu, columns.strata, columns.nest) {
            check_psu_in_one_stratum(psu, strata)?;
        }

        let first = StageColumns { strata: columns.strata, units: columns.psu, population: columns.fpc };
        let mut stages = vec![Stage::new(rows, &first)?];
        if let (Some(second), true) = (columns.second_stage, columns.fpc.is_some()) {
            let parent = stages[0].units();
            let below = StageColumns {
                strata: Some(parent),
                units: Some(second.units),
                population: Some(second.population),
            };
            let mut below = Stage::new(rows, &below)?;
            below.place_below(&stages[0]);
            stages.push(below);
        }
        if lonely == LonelyPsu::Fail {
            check_no_lonely(&columns, &stages)?;
        }
        let weighted = (0..rows).filter(|&row| columns.weights[row] != 0.0);
        let (psus, strata) = stages[0].count(weighted);
        Ok(Self { weights: columns.weights.to_vec(), stages, lonely, psus, strata })
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

    /// Sum of all weights.
    pub fn weight_sum(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// Variance of the sum of scores `z_i`, one a row; a weighted total has `z_i = w_i y_i`. Scores that are
    /// not finite are outside the domain and count as 0.
    ///
    /// Every linearised estimate comes down to this (Särndal, Swensson and Wretman 1992, chapters 4 and 5):
    /// scores are summed within PSUs, and the variance is `Σ_h (1 − f_h) n_h/(n_h − 1) Σ_c (T_hc − T̄_h)²`. A
    /// second stage adds, for each PSU, the same formula inside it, times the first stage's `f_h`.
    ///
    /// `None` when the rule [`LonelyPsu::Average`] finds only lonely strata in a stage, or when `scores` has
    /// not one entry for each row.
    pub fn variance(&self, scores: &[f64]) -> Option<f64> {
        self.covariance(scores, scores)
    }

    /// Covariance of two sums of scores; see [`Design::variance`].
    pub fn covariance(&self, a: &[f64], b: &[f64]) -> Option<f64> {
        if a.len() != self.rows() || b.len() != self.rows() {
            return None;
        }
        let finite = |scores: &'_ [f64], row: usize| scores[row].is_finite();
        let rows = || (0..self.rows()).filter(move |&row| finite(a, row) || finite(b, row));
        let mut sum = 0.0;
        for stage in &self.stages {
            let [a, b] = [a, b].map(|scores| {
                stage.totals((0..self.rows()).filter(|&r| scores[r].is_finite()).map(|r| (r, scores[r])))
            });
            sum += stage.covariance(&a, &b, self.lonely, rows())?;
        }
        Some(sum)
    }

    /// [`Design::variance`] of the scores of some rows, without a vector of all.
    pub(super) fn variance_of(&self, scores: &(impl Iterator<Item = (usize, f64)> + Clone)) -> Option<f64> {
        let mut sum = 0.0;
        for stage in &self.stages {
            let totals = stage.totals(scores.clone());
            sum += stage.covariance(&totals, &totals, self.lonely, scores.clone().map(|(row, _)| row))?;
        }
        Some(sum)
    }
}

fn check_lengths(columns: &Columns<'_>) -> Result<(), DesignError> {
    let expected = columns.weights.len();
    if expected == 0 {
        return Err(DesignError::NoRows);
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

fn check_psu_in_one_stratum(psu: &[u32], strata: &[u32]) -> Result<(), DesignError> {
    let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
    for (row, (&psu, &second)) in psu.iter().zip(strata).enumerate() {
        let first = *seen.entry(psu).or_insert(second);
        if first != second {
            return Err(DesignError::PsuInTwoStrata { psu, first, second, row });
        }
    }
    Ok(())
}

fn check_no_lonely(columns: &Columns<'_>, stages: &[Stage]) -> Result<(), DesignError> {
    for (number, stage) in stages.iter().enumerate() {
        if let Some(stratum) = stage.first_lonely() {
            let code = match (number, columns.strata) {
                (0, Some(strata)) => stage.row_in_stratum(stratum).map_or(0, |row| strata[row]),
                _ => stratum as u32,
            };
            return Err(DesignError::LonelyPsu { stratum: code });
        }
    }
    Ok(())
}
