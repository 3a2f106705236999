//! Distribution functions and quantiles of the normal, Student's t, beta, F and chi-square distributions.
//!
//! Good to 1e-9, and in the values they are tested against to 1e-11, at any parameters that a survey can meet:
//! degrees of freedom from 0.1 to infinity, whole or not, and beta parameters from 0.01 to 1e14. Both tails
//! keep their relative precision as far as the probability passed in has it: for a far upper quantile pass
//! the small lower probability and change the sign.
//!
//! Arguments that make no sense (a probability outside 0 to 1, parameters that are not positive, NaN) give NaN.

use std::f64::consts::{PI, SQRT_2};

use super::incomplete_beta::{self, logistic};
use super::incomplete_gamma;

/// From here on Student's t cannot be told from the normal distribution in `f64`.
const NORMAL_DF: f64 = 1e17;

/// Probability that a standard normal variable is at most `z`.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// The `z` that a standard normal variable stays below with this probability.
///
/// A rational approximation (Abramowitz and Stegun 26.2.23) improved by Newton's method: near the middle on the
/// distance from one half, in the tails on the logarithm.
pub fn normal_quantile(probability: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    if probability > 0.5 {
        return -normal_quantile_below(1.0 - probability, 0.5 - probability);
    }
    normal_quantile_below(probability, probability - 0.5)
}

/// `probability` is at most one half; `centred` is less than it by one half, without rounding.
fn normal_quantile_below(probability: f64, centred: f64) -> f64 {
    let density = |z: f64| libm::exp(-0.5 * z * z) / (2.0 * PI).sqrt();
    if probability == 0.0 {
        return f64::NEG_INFINITY;
    }
    if centred > -0.25 {
        let mut z = centred * (2.0 * PI).sqrt();
        for _ in 0..6 {
            z += (centred - 0.5 * libm::erf(z / SQRT_2)) / density(z);
        }
        return z;
    }
    let target = libm::log(probability);
    let root = (-2.0 * target).sqrt();
    let top = 2.515_517 + root * (0.802_853 + root * 0.010_328);
    let bottom = 1.0 + root * (1.432_788 + root * (0.189_269 + root * 0.001_308));
    let mut z = top / bottom - root;
    for _ in 0..4 {
        let tail = normal_cdf(z);
        if tail > 0.0 {
            z += (target - libm::log(tail)) * tail / density(z);
        }
    }
    z
}

/// Probability that Student's t with `df` degrees of freedom is at most `t`.
pub fn student_t_cdf(t: f64, df: f64) -> f64 {
    let tail = 0.5 * student_t_two_sided(t, df);
    if t > 0.0 { 1.0 - tail } else { tail }
}

/// Probability that Student's t with `df` degrees of freedom is at least as far from 0 as `t`, either way:
/// the p-value of a two-sided test.
pub fn student_t_two_sided(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    let t = t.abs();
    if t == 0.0 {
        return 1.0;
    }
    if t.is_infinite() {
        return 0.0;
    }
    if df > NORMAL_DF {
        return libm::erfc(t / SQRT_2);
    }
    incomplete_beta::tail(0.5 * df, 0.5, libm::log(df) - 2.0 * libm::log(t)).lower
}

/// The value that Student's t with `df` degrees of freedom stays below with this probability.
pub fn student_t_quantile(probability: f64, df: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if df > NORMAL_DF {
        return normal_quantile(probability);
    }
    let outside = 2.0 * probability.min(1.0 - probability);
    let inside = 2.0 * (probability - 0.5).abs();
    if inside == 0.0 {
        return 0.0;
    }
    let size = if outside == 0.0 {
        f64::INFINITY
    } else {
        // v = ln(df / t²)
        let v = incomplete_beta::quantile(outside, inside, 0.5 * df, 0.5);
        libm::exp(0.5 * (libm::log(df) - v))
    };
    if probability < 0.5 { -size } else { size }
}

/// Probability that a beta variable with parameters `a` and `b` is at most `x`.
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    if x.is_nan() || !positive(a) || !positive(b) {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    incomplete_beta::tail(a, b, libm::log(x) - libm::log1p(-x)).lower
}

/// The value that a beta variable with parameters `a` and `b` stays below with this probability.
pub fn beta_quantile(probability: f64, a: f64, b: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) || !positive(a) || !positive(b) {
        return f64::NAN;
    }
    if probability == 0.0 || probability >= 1.0 {
        return probability;
    }
    logistic(incomplete_beta::quantile(probability, 1.0 - probability, a, b))
}

/// Probability that an F variable with these degrees of freedom is above `f`: the p-value of an F test.
pub fn f_upper(f: f64, numerator_df: f64, denominator_df: f64) -> f64 {
    if f.is_nan() || !positive(numerator_df) || !positive(denominator_df) {
        return f64::NAN;
    }
    if f <= 0.0 {
        return 1.0;
    }
    if f.is_infinite() {
        return 0.0;
    }
    let v = libm::log(denominator_df) - libm::log(numerator_df) - libm::log(f);
    incomplete_beta::tail(0.5 * denominator_df, 0.5 * numerator_df, v).lower
}

/// The value that an F variable with these degrees of freedom stays below with this probability.
pub fn f_quantile(probability: f64, numerator_df: f64, denominator_df: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) || !positive(numerator_df) || !positive(denominator_df) {
        return f64::NAN;
    }
    if probability == 0.0 {
        return 0.0;
    }
    if probability >= 1.0 {
        return f64::INFINITY;
    }
    let v =
        incomplete_beta::quantile(probability, 1.0 - probability, 0.5 * numerator_df, 0.5 * denominator_df);
    libm::exp(v) / numerator_df * denominator_df
}

/// Probability that a chi-square variable with `df` degrees of freedom is at most `x`.
pub fn chi_square_cdf(x: f64, df: f64) -> f64 {
    chi_square(x, df, 0.0, 1.0, |a, v| incomplete_gamma::tail(a, v).lower)
}

/// Probability that a chi-square variable with `df` degrees of freedom is above `x`: the p-value of a
/// chi-square test.
pub fn chi_square_upper(x: f64, df: f64) -> f64 {
    chi_square(x, df, 1.0, 0.0, |a, v| incomplete_gamma::upper_tail(a, v).lower)
}

fn chi_square(x: f64, df: f64, at_zero: f64, at_infinity: f64, tail: impl Fn(f64, f64) -> f64) -> f64 {
    if x.is_nan() || !positive(df) {
        return f64::NAN;
    }
    if x <= 0.0 {
        return at_zero;
    }
    if x.is_infinite() {
        return at_infinity;
    }
    tail(0.5 * df, libm::log(0.5 * x))
}

/// The value that a chi-square variable with `df` degrees of freedom stays below with this probability.
pub fn chi_square_quantile(probability: f64, df: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) || !positive(df) {
        return f64::NAN;
    }
    if probability == 0.0 {
        return 0.0;
    }
    if probability >= 1.0 {
        return f64::INFINITY;
    }
    2.0 * libm::exp(incomplete_gamma::quantile(probability, 1.0 - probability, 0.5 * df))
}

fn positive(parameter: f64) -> bool {
    parameter.is_finite() && parameter > 0.0
}
