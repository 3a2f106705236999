//! The regularised incomplete gamma function and its inverse, on the scale of `v = ln x`.
//!
//! On that scale the density is `x^a e^−x / Γ(a)`.

use std::f64::consts::PI;

use super::tail::{Tail, deviance, from_lower, from_upper, integrated_ratio, quantile_below, stirling_error};

/// Above this, integrating the density is quicker than the series and the continued fraction.
const LARGE: f64 = 3000.0;

/// The tail below `v` for positive, finite `a`.
pub(super) fn tail(a: f64, v: f64) -> Tail {
    let log_density = log_density(a, v);
    let ratio = tail_ratio(a, v, log_density);
    if beyond(a, v) { from_upper(log_density, ratio) } else { from_lower(log_density, ratio) }
}

/// The tail above `v`.
pub(super) fn upper_tail(a: f64, v: f64) -> Tail {
    let log_density = log_density(a, v);
    let ratio = tail_ratio(a, v, log_density);
    if beyond(a, v) { from_lower(log_density, ratio) } else { from_upper(log_density, ratio) }
}

/// The `v` with this much probability below and above it; the two sum to 1, and whichever is smaller counts.
pub(super) fn quantile(lower: f64, upper: f64, a: f64) -> f64 {
    let start = libm::log(a);
    if lower <= upper {
        quantile_below(lower, start, |v| tail(a, v))
    } else {
        -quantile_below(upper, -start, |v| upper_tail(a, -v))
    }
}

/// Whether the upper tail is the one to compute.
fn beyond(a: f64, v: f64) -> bool {
    libm::exp(v) > a + 1.0
}

/// That tail divided by the density.
fn tail_ratio(a: f64, v: f64, log_density_at_v: f64) -> f64 {
    let beyond = beyond(a, v);
    if a > LARGE {
        // The density is close to a normal one of the standard deviation 1/√a, and falls off as fast as its
        // logarithm is steep.
        let panel = 1.0 / (a.sqrt() + (a - libm::exp(v)).abs());
        let side = if beyond { -1.0 } else { 1.0 };
        integrated_ratio(side * v, panel, |v| log_density(a, side * v) - log_density_at_v)
    } else if beyond {
        upper_ratio(a, libm::exp(v))
    } else {
        lower_ratio(a, libm::exp(v))
    }
}

/// Logarithm of `x^a e^−x / Γ(a)`, as Loader (2000) writes Poisson probabilities:
/// `√(a / 2π) exp(−δ(a) − D(a, x))`; see [`deviance`] and [`stirling_error`].
fn log_density(a: f64, v: f64) -> f64 {
    let x = libm::exp(v);
    // a − x without cancelling where they are close.
    let difference = -a * libm::expm1(v - libm::log(a));
    let deviance = if x.is_finite() { deviance(a, x, difference, libm::log(a) - v) } else { f64::INFINITY };
    0.5 * libm::log(a / (2.0 * PI)) - stirling_error(a) - deviance
}

/// The lower tail over the density, `1/a + x/(a (a + 1)) + …`.
fn lower_ratio(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    let mut k = a;
    while term > 1e-17 * sum {
        k += 1.0;
        term *= x / k;
        sum += term;
    }
    sum
}

/// The upper tail over the density: Legendre's continued fraction, by Lentz's method.
fn upper_ratio(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut c = f64::INFINITY;
    let mut d = 1.0 / b;
    let mut value = d;
    for k in 1..100_000 {
        let k = f64::from(k);
        let numerator = k * (a - k);
        b += 2.0;
        d = 1.0 / (b + numerator * d);
        c = b + numerator / c;
        value *= c * d;
        if (c * d - 1.0).abs() < 2.5e-16 {
            break;
        }
    }
    value
}
