//! Confidence intervals.

use std::f64::consts::FRAC_PI_2;

use super::distribution::{beta_quantile, student_t_quantile};
use super::estimate::{Estimate, Kind};

/// How an interval is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Estimate plus and minus t standard errors. For a proportion it may leave 0 to 1.
    Wald,
    /// Wald on the scale of `ln(p / (1 − p))`, where the standard error is `SE / (p (1 − p))`. The usual
    /// choice for proportions.
    Logit,
    /// Wilson's score interval (1927) with the effective sample size `p (1 − p) / SE²`.
    Wilson,
    /// Korn and Graubard (1998): the exact binomial interval with the effective sample size times
    /// `(t(n − 1) / t(df))²`, where n counts the rows of the domain. As in R the effective sample size may
    /// exceed n.
    KornGraubard,
    /// Wald on the scale of `asin √p`, where the standard error is `SE / (2 √(p (1 − p)))`. Angles beyond
    /// those of 0 and 1 stop there; R lets them fold back, which pulls the end towards p.
    Arcsine,
    /// Clopper and Pearson's exact binomial interval (1934) for the rows that have a value, their number
    /// times the same factor as in `KornGraubard`. It takes no notice of the standard error, so clusters
    /// do not widen it.
    ClopperPearson,
}

/// A confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// How it was made. It differs from what was asked for in one case: a proportion of 0 or 1, whose
    /// standard error of 0 says nothing, gets [`Method::ClopperPearson`].
    pub method: Method,
}

impl Estimate {
    /// Interval with the confidence `level` (0.95, say), by t with [`Estimate::df`] degrees of freedom. For
    /// those of the whole design set `df` to `df_design` first.
    ///
    /// `None` when there is no honest one: no degrees of freedom, no standard error, a level outside 0 to 1, or
    /// a method for proportions on something else.
    pub fn interval(&self, level: f64, method: Method) -> Option<Interval> {
        let alpha = 1.0 - level;
        let t = critical(level, self.df)?;
        if self.kind != Kind::Proportion {
            return if method == Method::Wald {
                wald(self.estimate, self.std_error?, level, self.df)
            } else {
                None
            };
        }

        let p = self.estimate;
        let method = if p <= 0.0 || p >= 1.0 { Method::ClopperPearson } else { method };
        // With fewer degrees of freedom than rows t is wider, and the rows count for less.
        let shrink = critical(level, self.n_domain.saturating_sub(1))? / t;
        let shrink = shrink * shrink;
        if method == Method::ClopperPearson {
            return exact_binomial(p, self.n as f64 * shrink, alpha, method);
        }
        let std_error = self.std_error?;
        if std_error == 0.0 {
            return Some(Interval { low: p, high: p, method });
        }
        let spread = p * (1.0 - p);
        let n_effective = spread / (std_error * std_error);
        let (low, high) = match method {
            Method::Wald | Method::ClopperPearson => return wald(p, std_error, level, self.df),
            Method::Logit => {
                let (centre, half) = (libm::log(p) - libm::log1p(-p), t * std_error / spread);
                let back = |logit: f64| 1.0 / (1.0 + libm::exp(-logit));
                (back(centre - half), back(centre + half))
            }
            Method::Wilson => {
                let z = t * t / n_effective;
                let (centre, scale) = (p + z / 2.0, 1.0 + z);
                let half = t * (spread / n_effective + z / (4.0 * n_effective)).sqrt();
                ((centre - half) / scale, (centre + half) / scale)
            }
            Method::KornGraubard => return exact_binomial(p, n_effective * shrink, alpha, method),
            Method::Arcsine => {
                let (centre, half) = (libm::asin(p.sqrt()), t * std_error / (2.0 * spread.sqrt()));
                let back = |angle: f64| {
                    let sine = libm::sin(angle.clamp(0.0, FRAC_PI_2));
                    sine * sine
                };
                (back(centre - half), back(centre + half))
            }
        };
        Some(Interval { low, high, method })
    }
}

/// Estimate plus and minus t standard errors.
pub(super) fn wald(estimate: f64, std_error: f64, level: f64, df: usize) -> Option<Interval> {
    let half = critical(level, df)? * std_error;
    Some(Interval { low: estimate - half, high: estimate + half, method: Method::Wald })
}

/// The t that leaves half of `1 − level` above it; `None` without degrees of freedom.
fn critical(level: f64, df: usize) -> Option<f64> {
    let possible = df > 0 && level > 0.0 && level < 1.0;
    possible.then(|| -student_t_quantile((1.0 - level) / 2.0, df as f64))
}

/// Clopper and Pearson's interval for the share `p` of `n` trials, which need not be whole numbers.
fn exact_binomial(p: f64, n: f64, alpha: f64, method: Method) -> Option<Interval> {
    if !(n.is_finite() && n > 0.0) {
        return None;
    }
    let (yes, no) = (n * p, n * (1.0 - p));
    let low = if yes <= 0.0 { 0.0 } else { beta_quantile(alpha / 2.0, yes, no + 1.0) };
    let high = if no <= 0.0 { 1.0 } else { beta_quantile(1.0 - alpha / 2.0, yes + 1.0, no) };
    Some(Interval { low, high, method })
}
