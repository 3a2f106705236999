//! Comparing estimates of one design.

use super::design::Design;
use super::distribution;
use super::estimate::Estimate;
use super::interval::{Interval, wald};

/// An estimate with the score of every row of the design; rows outside the domain have none (`NaN`).
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The estimate.
    pub estimate: Estimate,
    /// One score a row, as [`Design::covariance`] takes them.
    pub scores: Vec<f64>,
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

/// A test of "there is no difference".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// The difference in standard errors.
    pub t: f64,
    /// Probability of one at least as far from 0, either way, if there is none.
    pub p_value: f64,
}

impl Design {
    /// How much `second` lies above `first`.
    ///
    /// The variance is that of the difference of scores, so what shared PSUs and strata bring is kept:
    /// `V(b − a) = V(a) + V(b) − 2 Cov(a, b)`. Adding the two variances would be wrong whenever both are
    /// measured in the same PSUs: men and women, or two rounds of a panel of clusters (Lumley 2010, chapter 2).
    ///
    /// `None` when either comes from a design with another number of rows.
    pub fn difference(&self, first: &Scored, second: &Scored) -> Option<Difference> {
        if first.scores.len() != self.rows() || second.scores.len() != self.rows() {
            return None;
        }
        let score = |(row, (&a, &b)): (usize, (&f64, &f64))| match (a.is_finite(), b.is_finite()) {
            (true, true) => Some((row, b - a)),
            (true, false) => Some((row, -a)),
            (false, true) => Some((row, b)),
            (false, false) => None,
        };
        let scores = first.scores.iter().zip(&second.scores).enumerate().filter_map(score);
        Some(Difference {
            estimate: second.estimate.estimate - first.estimate.estimate,
            std_error: self.variance_of(&scores).map(f64::sqrt),
            df: self.df(),
        })
    }
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
