//! Estimates, and domains one at a time.

use super::compare::Scored;
use super::design::Design;
use super::domains::Domains;
use super::error::EstimateError;

/// What an estimate is of. It decides which intervals make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A mean of any numbers.
    Mean,
    /// A share between 0 and 1.
    Proportion,
    /// A sum over the population.
    Total,
    /// A sum over the population divided by another.
    Ratio,
}

/// An estimate with what is known about its precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// What it is of.
    pub kind: Kind,
    /// The figure itself.
    pub estimate: f64,
    /// Its linearised standard error, in the unit of `estimate`. `None`: the design cannot tell, because the
    /// rule for lonely PSUs is to average over others and there are none.
    pub std_error: Option<f64>,
    /// Degrees of freedom: PSUs less strata that have a row in the domain, whether or not with a value.
    /// With 0 there is no interval.
    pub df: usize,
    /// Degrees of freedom of the whole design, which some tables use in place of `df`.
    pub df_design: usize,
    /// Variance divided by that of a simple random sample without replacement of `n` out of `weight_sum`
    /// units. `None` when that is not a positive number: one row, no variation, or weights that sum to `n`
    /// or less.
    pub deff: Option<f64>,
    /// The same against simple random sampling with replacement; it does not depend on the scale of weights.
    pub deff_replace: Option<f64>,
    /// Rows in the estimate: in the domain, with a value and a weight.
    pub n: usize,
    /// Rows in the domain, with or without a value or a weight.
    pub n_domain: usize,
    /// Rows among which the domain is: in a calibrated design all, since residuals outside it are not 0, and
    /// otherwise `n_domain`. The interval of Korn and Graubard counts these.
    pub n_base: usize,
    /// Rows among which those with a value are: in a calibrated design all, and otherwise those of the domain that
    /// have one, with or without a weight.
    pub n_base_valued: usize,
    /// PSUs with a row in the estimate.
    pub psus: usize,
    /// Sum of the weights of the `n` rows.
    pub weight_sum: f64,
    /// Mean weight of the `n_base` rows, counting 0 outside the domain.
    pub weight_mean: f64,
}

impl Estimate {
    /// Coefficient of variation: standard error over estimate. `None` without a standard error, and for 0.
    pub fn cv(&self) -> Option<f64> {
        self.std_error.map(|se| se / self.estimate).filter(|cv| cv.is_finite())
    }

    /// Size of a simple random sample with replacement that would give a proportion the same standard error,
    /// `p (1 − p) / SE²`. `None` for another kind, and without variation.
    pub fn n_effective(&self) -> Option<f64> {
        let (p, se) = (self.estimate, self.std_error?);
        let varies = self.kind == Kind::Proportion && p > 0.0 && p < 1.0 && se > 0.0;
        varies.then(|| p * (1.0 - p) / (se * se))
    }
}

/// How much unequal weights alone cost (Kish 1965).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighting {
    /// Rows with a weight.
    pub n: usize,
    /// Rows that equal weights would need for the same precision: `(Σw)² / Σw²`.
    pub n_effective: f64,
    /// `n / n_effective`, which is 1 plus the square of `cv`.
    pub deff: f64,
    /// Coefficient of variation of the weights, over `n`.
    pub cv: f64,
    /// Sum of the weights.
    pub sum: f64,
    /// The smallest weight above 0.
    pub min: f64,
    /// The largest weight.
    pub max: f64,
}

/// A part of the design's rows in which to estimate: [`Domains`] with one level.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain<'d>(pub(super) Domains<'d>);

impl Design {
    /// The domain of all rows.
    pub fn everyone(&self) -> Domain<'_> {
        Domain(Domains::new(self, 1, |_| Some(0)))
    }

    /// The domain of the rows whose entry in `inside` is true.
    ///
    /// # Errors
    ///
    /// [`EstimateError::Length`] when `inside` has not one entry for each row.
    pub fn domain(&self, inside: &[bool]) -> Result<Domain<'_>, EstimateError> {
        self.check_length(inside.len())?;
        Ok(Domain(Domains::new(self, 1, |row| inside[row].then_some(0))))
    }
}

impl<'d> Domain<'d> {
    /// The design this is a part of.
    pub fn design(&self) -> &'d Design {
        self.0.design
    }

    /// How many rows are in the domain.
    pub fn rows(&self) -> usize {
        self.0.rows(0)
    }

    /// Degrees of freedom: PSUs less strata that have a row with a weight in the domain.
    pub fn df(&self) -> usize {
        self.0.df(0)
    }

    /// As [`Domains::mean`]; `Ok(None)` is "no data".
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn mean(&self, values: &[f64]) -> Result<Option<Estimate>, EstimateError> {
        self.0.mean(values).map(only)
    }

    /// As [`Domains::proportion`].
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn proportion(&self, values: &[f64]) -> Result<Option<Estimate>, EstimateError> {
        self.0.proportion(values).map(only)
    }

    /// As [`Domains::distribution`].
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn distribution(
        &self,
        values: &[Option<u32>],
        categories: u32,
    ) -> Result<Vec<Estimate>, EstimateError> {
        self.0.distribution(values, categories).map(|mut levels| levels.pop().unwrap_or_default())
    }

    /// As [`Domains::total`].
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn total(&self, values: &[f64]) -> Result<Option<Estimate>, EstimateError> {
        self.0.total(values).map(only)
    }

    /// As [`Domains::ratio`].
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn ratio(&self, numerator: &[f64], denominator: &[f64]) -> Result<Option<Estimate>, EstimateError> {
        self.0.ratio(numerator, denominator).map(only)
    }

    /// As [`Domains::variance`].
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn variance(&self, values: &[f64]) -> Result<Option<Estimate>, EstimateError> {
        self.0.variance(values).map(only)
    }

    /// As [`Domains::scored_means`].
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn scored_mean(&self, values: &[f64]) -> Result<Option<Scored>, EstimateError> {
        self.0.scored_means(values).map(only)
    }

    /// As [`Domains::scored_totals`].
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn scored_total(&self, values: &[f64]) -> Result<Option<Scored>, EstimateError> {
        self.0.scored_totals(values).map(only)
    }

    /// As [`Domains::weighting`].
    pub fn weighting(&self) -> Option<Weighting> {
        self.0.weighting(0)
    }
}

fn only<T>(mut levels: Vec<Option<T>>) -> Option<T> {
    levels.pop().flatten()
}
