//! Linearised estimates in every level of a grouping variable at once.

use super::compare::unless_rounding;
use super::domains::{Domains, Moments, Summary};
use super::error::EstimateError;
use super::estimate::{Estimate, Kind, Weighting};
use super::stage::Pair;

/// A score that is a linear function of the value, `z_i = w_i (slope (y_i − shift) + constant)`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Score {
    slope: f64,
    constant: f64,
}

impl Score {
    /// Of a mean: `w (y − ȳ) / Σ w`.
    pub(super) fn of_mean(total: &Moments) -> Self {
        let slope = 1.0 / total.weight;
        Self { slope, constant: -slope * total.first / total.weight }
    }

    /// Of a total: `w y`.
    pub(super) fn of_total(shift: f64) -> Self {
        Self { slope: 1.0, constant: shift }
    }

    fn sum(self, weight: f64, first: f64) -> f64 {
        self.slope * first + self.constant * weight
    }

    /// At least `Σ |z|`, as `Σ w |d| ≤ √(Σ w · Σ w d²)`.
    pub(super) fn size(self, total: &Moments) -> f64 {
        self.slope.abs() * (total.weight * total.second).sqrt() + self.constant.abs() * total.weight
    }
}

/// Ratios in every level, and the values whose totals vary as they do.
pub(super) struct Ratios<F> {
    pub(super) residual: F,
    pub(super) ratios: Vec<f64>,
}

/// The estimate of a ratio, from that of the total of its linearised values. Of a ratio that is the same everywhere these
/// are themselves only rounding.
pub(super) fn of_ratio(ratio: f64, residual: Estimate) -> Estimate {
    let std_error = residual.std_error.map(|std_error| unless_rounding(std_error, ratio.abs()));
    Estimate { kind: Kind::Ratio, estimate: ratio, std_error, ..residual }
}

impl Domains<'_> {
    /// Weighted means, `ȳ = Σ w y / Σ w`, with scores `w (y − ȳ) / Σ w`; one for each level, `None` where no row
    /// has a value and a weight. A value that is not a finite number is no value.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn mean(&self, values: &[f64]) -> Result<Vec<Option<Estimate>>, EstimateError> {
        self.design.check_length(values.len())?;
        self.means(&|row, _| values[row], Kind::Mean)
    }

    /// Weighted shares of ones among ones and zeros: means whose intervals stay in 0 to 1.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn proportion(&self, values: &[f64]) -> Result<Vec<Option<Estimate>>, EstimateError> {
        self.design.check_length(values.len())?;
        self.means(&|row, _| values[row], Kind::Proportion)
    }

    /// Shares of the categories `0..categories`, which sum to 1: the proportion of one 0/1 column for each.
    /// A category of `None`, or one beyond the last, is no value. Every category is there, at 0 if nobody is
    /// in it; a level's vector is empty, "no data", if no row has a value and a weight.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn distribution(
        &self,
        values: &[Option<u32>],
        categories: u32,
    ) -> Result<Vec<Vec<Estimate>>, EstimateError> {
        self.design.check_length(values.len())?;
        let mut shares = vec![Vec::new(); self.levels()];
        for category in 0..categories {
            let found = self.means(&share_of(values, category, categories), Kind::Proportion)?;
            for (shares, found) in shares.iter_mut().zip(found) {
                shares.extend(found);
            }
        }
        Ok(shares)
    }

    /// Weighted totals, `Σ w y`, with scores `w y`.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn total(&self, values: &[f64]) -> Result<Vec<Option<Estimate>>, EstimateError> {
        self.design.check_length(values.len())?;
        let summaries = self.summarise(&|row, _| values[row]);
        each(summaries, |level, summary| self.total_of(level, summary, Kind::Total))
    }

    /// Ratios of two totals, `R = Σ w y / Σ w x`, with scores `w (y − R x) / Σ w x`, over the rows that have
    /// both values. `None` also where the denominator is 0.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn ratio(
        &self,
        numerator: &[f64],
        denominator: &[f64],
    ) -> Result<Vec<Option<Estimate>>, EstimateError> {
        let Ratios { residual, ratios } = self.linearised(numerator, denominator)?;
        each(self.summarise(&residual), |level, summary| {
            let residual = self.total_of(level, summary, Kind::Ratio)?;
            Ok(residual.map(|residual| of_ratio(ratios[level], residual)))
        })
    }

    /// A ratio varies as the total of its linearised values does (Särndal, Swensson and Wretman 1992, section 5.6).
    pub(super) fn linearised<'v>(
        &self,
        numerator: &'v [f64],
        denominator: &'v [f64],
    ) -> Result<Ratios<impl Fn(usize, usize) -> f64 + use<'v>>, EstimateError> {
        self.design.check_length(numerator.len())?;
        self.design.check_length(denominator.len())?;
        let both = |row: usize, value: f64| {
            if numerator[row].is_finite() && denominator[row].is_finite() { value } else { f64::NAN }
        };
        let total = |summary: &Summary| summary.total.first + summary.total.shift * summary.total.weight;
        let top = self.summarise(&|row, _| both(row, numerator[row]));
        let bottom = self.summarise(&|row, _| both(row, denominator[row]));
        let bottom: Vec<f64> = bottom.iter().map(total).collect();
        let ratios: Vec<f64> = top.iter().zip(&bottom).map(|(top, bottom)| total(top) / bottom).collect();
        let of_level = ratios.clone();
        let residual = move |row: usize, level: usize| {
            (numerator[row] - of_level[level] * denominator[row]) / bottom[level]
        };
        Ok(Ratios { residual, ratios })
    }

    /// Variances of the values in the population, `n/(n − 1) Σ w (y − ȳ)² / Σ w`, as the means of their terms. As
    /// in R, `n` counts the level's rows with a weight, also those without a value.
    ///
    /// `None` where fewer than two rows have a value and a weight.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn variance(&self, values: &[f64]) -> Result<Vec<Option<Estimate>>, EstimateError> {
        self.design.check_length(values.len())?;
        let summaries = self.summarise(&|row, _| values[row]);
        let terms: Vec<(f64, f64)> = summaries
            .iter()
            .enumerate()
            .map(|(level, Summary { total, .. })| {
                let n = self.level(level).weighted as f64;
                // One value does not vary: an infinite factor makes no term of it a value.
                let factor = if total.n > 1 { n / (n - 1.0) } else { f64::INFINITY };
                (total.shift + total.first / total.weight, factor)
            })
            .collect();
        self.means(
            &|row, level| {
                let (mean, factor) = terms[level];
                (values[row] - mean) * (values[row] - mean) * factor
            },
            Kind::Mean,
        )
    }

    /// Degrees of freedom of a level: PSUs less strata that have a row with a weight in it.
    pub fn df(&self, level: usize) -> usize {
        let level = self.level(level);
        level.psus - level.strata
    }

    /// What unequal weights cost in a level; `None` without a row that has a weight.
    pub fn weighting(&self, level: usize) -> Option<Weighting> {
        let found = self.level(level);
        if found.weighted == 0 {
            return None;
        }
        let n_effective = found.weight * found.weight / found.squares;
        let deff = found.weighted as f64 / n_effective;
        let weights = || self.rows_of(level).map(|(_, weight)| weight).filter(|&weight| weight != 0.0);
        Some(Weighting {
            n: found.weighted,
            n_effective,
            deff,
            cv: (deff - 1.0).max(0.0).sqrt(),
            sum: found.weight,
            min: weights().fold(f64::INFINITY, f64::min),
            max: weights().fold(0.0, f64::max),
        })
    }

    pub(super) fn means(
        &self,
        value: &impl Fn(usize, usize) -> f64,
        kind: Kind,
    ) -> Result<Vec<Option<Estimate>>, EstimateError> {
        each(self.summarise(value), |level, summary| self.mean_of(level, summary, kind))
    }

    pub(super) fn mean_of(
        &self,
        level: usize,
        summary: &Summary,
        kind: Kind,
    ) -> Result<Option<Estimate>, EstimateError> {
        let total = &summary.total;
        let mean = total.shift + total.first / total.weight;
        self.estimate(level, summary, kind, mean, Score::of_mean(total), 1.0)
    }

    pub(super) fn total_of(
        &self,
        level: usize,
        summary: &Summary,
        kind: Kind,
    ) -> Result<Option<Estimate>, EstimateError> {
        let total = &summary.total;
        let sum = total.first + total.shift * total.weight;
        let score = Score::of_total(summary.total.shift);
        self.estimate(level, summary, kind, sum, score, total.weight * total.weight)
    }

    /// `scale` turns the variance of a mean under simple random sampling into that of the estimate.
    fn estimate(
        &self,
        level: usize,
        summary: &Summary,
        kind: Kind,
        estimate: f64,
        score: Score,
        scale: f64,
    ) -> Result<Option<Estimate>, EstimateError> {
        if !estimate.is_finite() {
            return Ok(None);
        }
        let variance = self.design.covariance(&self.unit_scores(summary, score))?;
        let simple = Simple::new(&summary.total);
        let effect = |simple: f64| {
            let effect = variance? / simple;
            (effect.is_finite() && simple > 0.0).then_some(effect)
        };
        let size = score.size(&summary.total);
        let std_error = variance.map(|variance| unless_rounding(variance.sqrt(), size));
        let found = self.level(level);
        let (n_base, n_base_valued) = match self.design.auxiliary {
            Some(_) => (self.design.rows(), self.design.rows()),
            None => (found.rows, summary.total.rows as usize),
        };
        let weighted = summary.units.iter().filter(|unit| unit.1.n > 0).map(|unit| unit.0);
        Ok(Some(Estimate {
            kind,
            estimate,
            std_error,
            df: found.psus - found.strata,
            df_design: self.design.df(),
            deff: effect(simple.without * scale),
            deff_replace: effect(simple.with_replacement * scale),
            n: summary.total.n as usize,
            n_domain: found.rows,
            n_base,
            n_base_valued,
            psus: self.design.psus_of(weighted).len(),
            weight_sum: summary.total.weight,
            weight_mean: found.weight / n_base as f64,
        }))
    }

    /// The sums of a score in the units that count: those with a value or, in a calibrated design, all.
    pub(super) fn unit_scores(&self, summary: &Summary, score: Score) -> Vec<Pair> {
        let sum = |moments: &Moments| score.sum(moments.weight, moments.first);
        let Some(auxiliary) = &self.design.auxiliary else {
            let pair = |&(unit, moments): &(u32, Moments)| (unit, sum(&moments), sum(&moments));
            return summary.units.iter().map(pair).collect();
        };
        let mut scores = vec![0.0; self.design.units()];
        for (unit, moments) in &summary.units {
            scores[*unit as usize] = sum(moments);
        }
        let sums: Vec<f64> =
            summary.auxiliary.iter().map(|&(weight, first)| score.sum(weight, first)).collect();
        auxiliary.take_off(&sums, &mut scores);
        (0..).zip(scores).map(|(unit, score)| (unit, score, score)).collect()
    }
}

/// The estimates of all levels, of which those without a row that has a value and a weight have none.
fn each<T>(
    summaries: Vec<Summary>,
    estimate: impl Fn(usize, &Summary) -> Result<Option<T>, EstimateError>,
) -> Result<Vec<Option<T>>, EstimateError> {
    let level = |(level, summary): (usize, Summary)| {
        if summary.total.n == 0 { Ok(None) } else { estimate(level, &summary) }
    };
    summaries.into_iter().enumerate().map(level).collect()
}

/// 1 in a category, 0 in another, no value without one.
pub(super) fn share_of(
    values: &[Option<u32>],
    category: u32,
    categories: u32,
) -> impl Fn(usize, usize) -> f64 {
    move |row, _| match values[row] {
        Some(value) if value < categories => f64::from(u8::from(value == category)),
        _ => f64::NAN,
    }
}

/// Variance that the mean would have under simple random sampling: `s²/n` with replacement and
/// `s² (N − n)/(N n)` without, where `s² = n/(n − 1) Σ w (y − ȳ)² / N` and `N = Σ w`.
struct Simple {
    with_replacement: f64,
    without: f64,
}

impl Simple {
    fn new(total: &Moments) -> Self {
        let (n, population) = (f64::from(total.n), total.weight);
        let squares = (total.second - total.first * total.first / population).max(0.0);
        let s2 = n / (n - 1.0) * squares / population;
        Self { with_replacement: s2 / n, without: s2 * (population - n) / (population * n) }
    }
}
