//! Comparing estimates of one design.

use std::sync::Arc;

use super::design::Design;
use super::distribution;
use super::error::EstimateError;
use super::estimate::{Estimate, Kind};
use super::interval::{Interval, wald};
use super::stage::Pair;

/// An estimate together with what each part of the sample adds to its error, so that it can be compared with
/// another of the same design.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The estimate.
    pub estimate: Estimate,
    /// Sums of scores by unit, ascending; 0 in units that are not named.
    pub(super) scores: Vec<(u32, f64)>,
    /// The units that a comparison is made in, ascending: those of the domains that were estimated together with this one.
    pub(super) present: Arc<[u32]>,
    /// How large the numbers are, all together, that the scores are summed from.
    pub(super) size: f64,
}

impl Scored {
    /// How many units of the sample add to it.
    pub fn units(&self) -> usize {
        self.scores.len()
    }

    /// The scores of units that are asked for in ascending order.
    pub(super) fn ascending(&self) -> impl FnMut(u32) -> f64 {
        let mut own = self.scores.iter().peekable();
        move |unit| {
            while own.next_if(|own| own.0 < unit).is_some() {}
            own.next_if(|own| own.0 == unit).map_or(0.0, |own| own.1)
        }
    }
}

/// The units that any of these is compared in, ascending: strata and PSUs that only one of them has are among those of a
/// comparison as well.
pub(super) fn present<'s>(mut all: impl Iterator<Item = &'s Scored>) -> Arc<[u32]> {
    let Some(first) = all.next() else { return Arc::new([]) };
    let mut present = Arc::clone(&first.present);
    for other in all.filter(|other| !Arc::ptr_eq(&other.present, &first.present)) {
        let mut both = [&*present, &*other.present].concat();
        both.sort_unstable();
        both.dedup();
        present = both.into();
    }
    present
}

/// A difference of two estimates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The second less the first.
    pub estimate: f64,
    /// Its standard error; `None` as in [`Estimate::std_error`].
    pub std_error: Option<f64>,
    /// Degrees of freedom of the whole design.
    pub df: usize,
}

/// How many times one estimate is another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quotient {
    /// The second divided by the first.
    pub estimate: f64,
    /// Its standard error as a share of it, which is that of its natural logarithm; `None` as in
    /// [`Estimate::std_error`].
    pub relative_std_error: Option<f64>,
    /// Degrees of freedom of the whole design.
    pub df: usize,
}

/// A test of "there is no difference".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// The difference in standard errors.
    pub t: f64,
    /// Probability of one at least as far from 0, either way, if there is none.
    pub p_value: f64,
}

impl Design {
    /// Covariance of two estimates, and of one with itself its variance. `Ok(None)` as in
    /// [`Estimate::std_error`].
    ///
    /// # Errors
    ///
    /// [`EstimateError::LonelyPsu`].
    pub fn covariance_of(&self, a: &Scored, b: &Scored) -> Result<Option<f64>, EstimateError> {
        self.covariance(&joined(a, b, |a, b| (a, b)))
    }

    /// How much `second` lies above `first`.
    ///
    /// The variance is that of the difference of scores, so what shared PSUs and strata bring is kept:
    /// `V(b − a) = V(a) + V(b) − 2 Cov(a, b)`. Adding the two variances would be wrong whenever both are
    /// measured in the same PSUs: men and women, or two rounds of a panel of clusters (Lumley 2010, chapter 2).
    ///
    /// # Errors
    ///
    /// [`EstimateError::LonelyPsu`].
    pub fn difference(&self, first: &Scored, second: &Scored) -> Result<Difference, EstimateError> {
        let variance = self.covariance(&joined(first, second, |a, b| (b - a, b - a)))?;
        let size = first.size + second.size;
        Ok(Difference {
            estimate: second.estimate.estimate - first.estimate.estimate,
            std_error: variance.map(|variance| unless_rounding(variance.sqrt(), size)),
            df: self.df(),
        })
    }

    /// How many times `second` is `first`. On the scale of logarithms the delta method gives the scores
    /// `b/B − a/A`.
    ///
    /// `Ok(None)` when either is 0.
    ///
    /// # Errors
    ///
    /// [`EstimateError::LonelyPsu`].
    pub fn quotient(&self, first: &Scored, second: &Scored) -> Result<Option<Quotient>, EstimateError> {
        let (a_mean, b_mean) = (first.estimate.estimate, second.estimate.estimate);
        let estimate = b_mean / a_mean;
        if !estimate.is_finite() || estimate == 0.0 {
            return Ok(None);
        }
        let score = |a: f64, b: f64| b / b_mean - a / a_mean;
        let variance = self.covariance(&joined(first, second, |a, b| (score(a, b), score(a, b))))?;
        Ok(Some(Quotient { estimate, relative_std_error: variance.map(f64::sqrt), df: self.df() }))
    }

    /// [`Design::difference`] as an estimate of its own, to be compared with another one: how a gap between two
    /// groups changed. Its degrees of freedom are `df`.
    ///
    /// # Errors
    ///
    /// [`EstimateError::LonelyPsu`].
    pub fn contrast(&self, first: &Scored, second: &Scored, df: usize) -> Result<Scored, EstimateError> {
        let Difference { estimate, std_error, .. } = self.difference(first, second)?;
        let (a, b) = (&first.estimate, &second.estimate);
        let pairs = joined(first, second, |a, b| (b - a, b - a)).into_iter();
        let scores = pairs.map(|(unit, score, _)| (unit, score)).filter(|(_, score)| *score != 0.0).collect();
        let estimate = Estimate {
            kind: Kind::Mean,
            estimate,
            std_error,
            df,
            deff: None,
            deff_replace: None,
            n: a.n + b.n,
            n_domain: a.n_domain + b.n_domain,
            n_base: a.n_base + b.n_base,
            n_base_valued: a.n_base_valued + b.n_base_valued,
            psus: a.psus.max(b.psus),
            weight_sum: a.weight_sum + b.weight_sum,
            ..*a
        };
        let size = first.size + second.size;
        Ok(Scored { estimate, scores, present: present([first, second].into_iter()), size })
    }
}

/// A standard error, or 0 where it is so small beside the numbers that it was summed from that only their rounding is
/// left of it: clusters that are alike have no error, and a test of it would be one of the last digit.
pub(super) fn unless_rounding(std_error: f64, size: f64) -> f64 {
    const ROUNDING: f64 = 1e-12;
    if std_error <= ROUNDING * size { 0.0 } else { std_error }
}

/// A pair of scores in every unit that either estimate is compared in.
fn joined(a: &Scored, b: &Scored, score: impl Fn(f64, f64) -> (f64, f64)) -> Vec<Pair> {
    let (mut of_a, mut of_b) = (a.ascending(), b.ascending());
    let pair = |&unit: &u32| {
        let (x, y) = score(of_a(unit), of_b(unit));
        (unit, x, y)
    };
    present([a, b].into_iter()).iter().map(pair).collect()
}

impl Difference {
    /// Student's t interval at `level` (between 0 and 1). `None` without degrees of freedom or standard error.
    pub fn interval(&self, level: f64) -> Option<Interval> {
        wald(self.estimate, self.std_error?, level, self.df)
    }

    /// Student's t test, two-sided. `None` without degrees of freedom, without a standard error, and when
    /// that is 0.
    pub fn test(&self) -> Option<Test> {
        let std_error = self.std_error.filter(|&se| se > 0.0)?;
        if self.df == 0 {
            return None;
        }
        let t = self.estimate / std_error;
        Some(Test { t, p_value: distribution::student_t_two_sided(t, self.df as f64) })
    }
}

impl Quotient {
    /// Student's t interval at `level`, made on the scale of logarithms. `None` as in [`Difference::interval`], and
    /// for a quotient below 0.
    pub fn interval(&self, level: f64) -> Option<Interval> {
        if self.estimate <= 0.0 {
            return None;
        }
        let logs = wald(libm::log(self.estimate), self.relative_std_error?, level, self.df)?;
        Some(Interval { low: libm::exp(logs.low), high: libm::exp(logs.high), ..logs })
    }
}

#[cfg(test)]
mod tests {
    use crate::statistics::{Columns, Design, LonelyPsu};

    #[test]
    fn what_is_left_of_equal_clusters_is_rounding_and_no_error() {
        // Two rounds of two clusters that are alike within a round: their scores would sum to 0 in exact numbers.
        let (w, y) = ([0.1, 0.2, 0.3, 0.7], [1.0, 0.0, 1.0, 0.3]);
        let weights: Vec<f64> = w.iter().copied().cycle().take(16).collect();
        let values: Vec<f64> =
            y.iter().copied().cycle().take(8).chain((0..8).map(|n| 1.0 - y[n % 4])).collect();
        let psu: Vec<u32> = (0..16).map(|row| row / 4).collect();
        let strata: Vec<u32> = (0..16).map(|row| row / 8).collect();
        let columns = Columns {
            weights: &weights,
            strata: Some(&strata),
            psu: Some(&psu),
            fpc: None,
            nest: false,
            second_stage: None,
        };
        let design = Design::new(columns, LonelyPsu::Fail).unwrap();
        let rounds: Vec<Option<u32>> = strata.iter().copied().map(Some).collect();
        let by = design.by(&rounds, 2).unwrap();
        let tens: Vec<f64> = values.iter().map(|value| 10.0 * value).collect();
        for found in [
            by.scored_means(&values).unwrap(),
            by.scored_totals(&values).unwrap(),
            by.scored_ratios(&tens, &values).unwrap(),
        ] {
            let [Some(first), Some(second)] = found.as_slice() else { panic!("two rounds") };
            assert_eq!(first.estimate.std_error, Some(0.0));
            let difference = design.difference(first, second).unwrap();
            assert_eq!((difference.std_error, difference.test()), (Some(0.0), None));
            assert_eq!(design.combination(&[(1.0, first), (-1.0, second)]).unwrap().std_error, Some(0.0));
        }
    }
}
