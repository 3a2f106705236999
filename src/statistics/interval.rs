//! Confidence intervals.

use std::f64::consts::FRAC_PI_2;

use super::distribution::{beta_quantile, student_t_quantile};
use super::estimate::{Estimate, Kind};
use super::incomplete_beta::logistic;

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
    /// `(t(n − 1) / t(df))²`, where n is [`Estimate::n_base`]. As in R the effective sample size may exceed the
    /// number of answers.
    KornGraubard,
    /// The same with an effective sample size of at most [`Estimate::n`], as the National Center for Health
    /// Statistics presents proportions (Parker et al. 2017).
    KornGraubardTruncated,
    /// The shares `q` that a scaled likelihood ratio does not reject:
    /// `2 n* (p ln(p/q) + (1 − p) ln((1 − p)/(1 − q))) ≤ φ t²`, with the effective sample size `n*` and the
    /// dispersion `φ` (Rao and Scott 1984), see [`Estimate::dispersion`].
    Likelihood,
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
        critical(level, self.df)?;
        if self.kind != Kind::Proportion {
            return if method == Method::Wald {
                wald(self.estimate, self.std_error?, level, self.df)
            } else {
                None
            };
        }

        let p = self.estimate;
        if method == Method::ClopperPearson || p <= 0.0 || p >= 1.0 {
            let n = self.n as f64 * self.shrinkage(level)?;
            return exact_binomial(p, n, 1.0 - level, Method::ClopperPearson);
        }
        let std_error = self.std_error?;
        if std_error == 0.0 {
            return Some(Interval { low: p, high: p, method });
        }
        self.share_interval(level, method)
    }

    /// The interval of a share by its standard error, whatever the share is; `None` if the formula has no
    /// number for it.
    pub(super) fn share_interval(&self, level: f64, method: Method) -> Option<Interval> {
        let t = critical(level, self.df)?;
        let (p, std_error) = (self.estimate, self.std_error?);
        if method == Method::Wald {
            return wald(p, std_error, level, self.df);
        }
        let spread = p * (1.0 - p);
        let n_effective = self.n_effective()?;
        let (low, high) = match method {
            Method::Wald | Method::ClopperPearson => return None,
            Method::Logit => {
                let (centre, half) = (logit(p), t * std_error / spread);
                (logistic(centre - half), logistic(centre + half))
            }
            Method::Wilson => {
                let z = t * t / n_effective;
                let (centre, scale) = (p + z / 2.0, 1.0 + z);
                let half = t * (spread / n_effective + z / (4.0 * n_effective)).sqrt();
                ((centre - half) / scale, (centre + half) / scale)
            }
            Method::KornGraubard => {
                return exact_binomial(p, self.n_effective_adjusted(level)?, 1.0 - level, method);
            }
            Method::KornGraubardTruncated => {
                let n = self.n_effective_adjusted(level)?.min(self.n as f64);
                return exact_binomial(p, n, 1.0 - level, method);
            }
            Method::Likelihood => {
                let bound = self.dispersion()? * t * t / (2.0 * n_effective);
                (divergent_share(p, bound, -1.0), divergent_share(p, bound, 1.0))
            }
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

    /// The dispersion of [`Method::Likelihood`]: that of Pearson's residuals, `n/(n − 1)`, times what R has for missing
    /// values, the mean weight of [`Estimate::n_base_valued`] rows over that of [`Estimate::n_base`]. `None` with one
    /// row.
    pub fn dispersion(&self) -> Option<f64> {
        let n = self.n as f64;
        let relative = self.weight_sum / self.n_base_valued as f64 / self.weight_mean;
        (self.n > 1).then(|| n / (n - 1.0) * relative)
    }

    /// The effective sample size of [`Method::KornGraubard`] at a level; `None` as [`Estimate::n_effective`], and
    /// without degrees of freedom.
    pub fn n_effective_adjusted(&self, level: f64) -> Option<f64> {
        Some(self.n_effective()? * self.shrinkage(level)?)
    }

    /// With fewer degrees of freedom than rows t is wider, and the rows count for less.
    fn shrinkage(&self, level: f64) -> Option<f64> {
        let ratio = critical(level, self.n_base.saturating_sub(1))? / critical(level, self.df)?;
        Some(ratio * ratio)
    }
}

/// The share below (`side` −1) or above (+1) `p` that lies at this Kullback-Leibler divergence from it, by
/// halving an interval of logits.
fn divergent_share(p: f64, divergence: f64, side: f64) -> f64 {
    let beyond = |v: f64| {
        let q = logistic(v);
        let (yes, no) = (libm::log(p) - libm::log(q), libm::log1p(-p) - libm::log1p(-q));
        p * yes + (1.0 - p) * no > divergence
    };
    let mut near = logit(p);
    let mut far = near + side;
    while !beyond(far) && far.abs() < 700.0 {
        far += far - near;
    }
    for _ in 0..80 {
        let middle = near + (far - near) / 2.0;
        if beyond(middle) { far = middle } else { near = middle }
    }
    logistic(near)
}

fn logit(p: f64) -> f64 {
    libm::log(p) - libm::log1p(-p)
}

/// Estimate plus and minus t standard errors.
pub(super) fn wald(estimate: f64, std_error: f64, level: f64, df: usize) -> Option<Interval> {
    let half = critical(level, df)? * std_error;
    Some(Interval { low: estimate - half, high: estimate + half, method: Method::Wald })
}

/// The t that leaves half of `1 − level` above it; `None` without degrees of freedom.
pub(super) fn critical(level: f64, df: usize) -> Option<f64> {
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
