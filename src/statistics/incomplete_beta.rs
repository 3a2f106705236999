//! The regularised incomplete beta function and its inverse, on the scale of `v = ln(x / (1 − x))`.
//!
//! On that scale x near 0 and x near 1 are equally exact, the density is `x^a (1 − x)^b / B(a, b)`, and the
//! logarithms of both tails are concave, so that Newton's method always finds the quantile. Student's t is
//! the case `a = df/2, b = 1/2`.

use std::f64::consts::PI;

use super::tail::{Tail, deviance, from_lower, from_upper, integrated_ratio, quantile_below, stirling_error};

/// Above this, for both parameters, integrating the density is quicker than the continued fraction.
const LARGE: f64 = 3000.0;

/// The tail below `v` for positive, finite `a` and `b`.
pub(super) fn tail(a: f64, b: f64, v: f64) -> Tail {
    let log_density = log_density(a, b, v);
    if logistic(v) < (a + 1.0) / (a + b + 2.0) {
        from_lower(log_density, tail_ratio(a, b, v, log_density))
    } else {
        from_upper(log_density, tail_ratio(b, a, -v, log_density))
    }
}

/// The `v` with this much probability below and above it; the two sum to 1, and whichever is smaller counts.
pub(super) fn quantile(lower: f64, upper: f64, a: f64, b: f64) -> f64 {
    let below =
        |probability: f64, a: f64, b: f64| quantile_below(probability, libm::log(a / b), |v| tail(a, b, v));
    if lower <= upper { below(lower, a, b) } else { -below(upper, b, a) }
}

/// `1 / (1 + e^−v)`, exact to rounding for either sign.
pub(super) fn logistic(v: f64) -> f64 {
    if v > 0.0 {
        1.0 / (1.0 + libm::exp(-v))
    } else {
        let odds = libm::exp(v);
        odds / (1.0 + odds)
    }
}

/// Logarithm of [`logistic`].
fn log_logistic(v: f64) -> f64 {
    if v > 0.0 { -libm::log1p(libm::exp(-v)) } else { v - libm::log1p(libm::exp(v)) }
}

/// Logarithm of `x^a (1 − x)^b / B(a, b)`.
///
/// Logarithms of gamma functions would cancel for large parameters. Loader's form for binomial probabilities
/// (2000) has only small terms: with n = a + b it is
/// `√(a b / (2π n)) · exp(δ(n) − δ(a) − δ(b) − D(a, n x) − D(b, n (1 − x)))`, where δ is the error of
/// Stirling's formula and `D(k, m) = k ln(k/m) + m − k`.
fn log_density(a: f64, b: f64, v: f64) -> f64 {
    let n = a + b;
    let (x, y) = (logistic(v), logistic(-v));
    let excess = a * y - b * x;
    let deviances = deviance(a, n * x, excess, libm::log(a / n) - log_logistic(v))
        + deviance(b, n * y, -excess, libm::log(b / n) - log_logistic(-v));
    // a / n * b, not a * b / n, which may overflow.
    let scale = 0.5 * libm::log(a / n * b / (2.0 * PI));
    scale + stirling_error(n) - stirling_error(a) - stirling_error(b) - deviances
}

/// The lower tail divided by the density in v, for points below the mean or not far above it.
fn tail_ratio(a: f64, b: f64, v: f64, log_density_at_v: f64) -> f64 {
    if a > LARGE && b > LARGE {
        // The density is close to a normal one of this standard deviation, and falls off as fast as its
        // logarithm is steep.
        let deviation = (1.0 / a + 1.0 / b).sqrt();
        let slope = a * logistic(-v) - b * logistic(v);
        let panel = 1.0 / (1.0 / deviation + slope.abs());
        integrated_ratio(v, panel, |v| log_density(a, b, v) - log_density_at_v)
    } else {
        1.0 / fraction(a, b, v)
    }
}

/// The ratio's inverse as a continued fraction (Didonato and Morris 1992, equation 9), by Lentz's method.
/// Unlike the better known form it does not cancel when one parameter is huge and x close to 1.
fn fraction(a: f64, b: f64, v: f64) -> f64 {
    let (x, y) = (logistic(v), logistic(-v));
    let excess = a * y - b * x;
    let denominator = |m: f64| {
        let even = if m > 0.0 { m * (b - m) * x / (a + 2.0 * m - 1.0) } else { 0.0 };
        m + even + (a + m) * (excess + 1.0 + m * (1.0 + y)) / (a + 2.0 * m + 1.0)
    };
    let mut value = away_from_zero(denominator(0.0));
    let mut c = value;
    let mut d = 0.0;
    for m in 1..100_000 {
        let m = f64::from(m);
        let below = a + 2.0 * m - 1.0;
        let numerator = (a + m - 1.0) / below * ((a + b + m - 1.0) / below) * m * (b - m) * x * x;
        d = 1.0 / away_from_zero(denominator(m) + numerator * d);
        c = away_from_zero(denominator(m) + numerator / c);
        value *= c * d;
        if (c * d - 1.0).abs() < 2.5e-16 {
            break;
        }
    }
    value
}

fn away_from_zero(value: f64) -> f64 {
    if value.abs() < 1e-300 { 1e-300 } else { value }
}
