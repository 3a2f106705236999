//! What the tails of the beta and gamma distributions have in common.
//!
//! Both are on a scale v where the logarithms of their tails are concave, so that Newton's method always finds
//! the quantile.

use std::f64::consts::PI;

/// The lower tail of a distribution at a point.
pub(super) struct Tail {
    /// Probability below the point.
    pub lower: f64,
    log_lower: f64,
    /// The lower tail divided by the density in v.
    lower_over_density: f64,
}

/// From the lower tail divided by the density.
pub(super) fn from_lower(log_density: f64, ratio: f64) -> Tail {
    let log_lower = log_density + libm::log(ratio);
    let lower = libm::exp(log_lower);
    Tail { lower, log_lower, lower_over_density: ratio }
}

/// From the upper tail divided by the density.
pub(super) fn from_upper(log_density: f64, ratio: f64) -> Tail {
    let upper = libm::exp(log_density + libm::log(ratio));
    let lower = 1.0 - upper;
    Tail { lower, log_lower: libm::log1p(-upper), lower_over_density: lower / libm::exp(log_density) }
}

/// The point with this much probability below it, by Newton's method on the logarithm of the lower tail. That
/// is concave, so after the first step it climbs to the solution from below without passing it, until rounding
/// stops it.
pub(super) fn quantile_below(probability: f64, start: f64, tail: impl Fn(f64) -> Tail) -> f64 {
    let target = libm::log(probability);
    let mut v = start;
    let mut last = f64::INFINITY;
    for _ in 0..200 {
        let tail = tail(v);
        let step = (target - tail.log_lower) * tail.lower_over_density;
        if !step.is_finite() {
            break;
        }
        v += step;
        let size = step.abs();
        if size <= 1e-16 * v.abs() || (size < 1e-10 * (1.0 + v.abs()) && size >= last) {
            break;
        }
        last = size;
    }
    v
}

/// `k ln(k/m) + m − k`, given also `k − m` and `ln(k/m)`.
pub(super) fn deviance(k: f64, m: f64, difference: f64, log_ratio: f64) -> f64 {
    if difference.abs() > 0.1 * (k + m) {
        return k * log_ratio - difference;
    }
    // k ln((1 + r)/(1 − r)) with r = (k − m)/(k + m), as a power series less its first term.
    let r = difference / (k + m);
    let mut term = 2.0 * k * r;
    let mut sum = difference * r;
    let mut divisor = 3.0;
    loop {
        term *= r * r;
        let next = sum + term / divisor;
        if next.total_cmp(&sum).is_eq() || divisor > 100.0 {
            return sum;
        }
        sum = next;
        divisor += 2.0;
    }
}

/// `ln Γ(n + 1) − ((n + 1/2) ln n − n + ln(2π)/2)`.
pub(super) fn stirling_error(n: f64) -> f64 {
    if n < 15.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - 0.5 * libm::log(2.0 * PI);
    }
    let inverse = 1.0 / (n * n);
    let series = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0];
    series.iter().rev().fold(0.0, |sum, term| sum * inverse + term) / n
}

/// The lower tail divided by the density at v, by integrating outwards from v over panels of this width with
/// ten-point Gauss-Legendre. `log_ratio` is the logarithm of a density over that at v.
pub(super) fn integrated_ratio(v: f64, panel: f64, log_ratio: impl Fn(f64) -> f64) -> f64 {
    const NODES: [(f64, f64); 5] = [
        (0.148_874_338_981_631_2, 0.295_524_224_714_752_87),
        (0.433_395_394_129_247_2, 0.269_266_719_309_996_36),
        (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
        (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
        (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
    ];
    let half = panel / 2.0;
    let at = |v: f64| libm::exp(log_ratio(v));
    let mut sum = 0.0;
    for panel in 0..200 {
        let centre = v - half * f64::from(2 * panel + 1);
        let part: f64 = NODES
            .iter()
            .map(|&(node, weight)| weight * (at(centre - half * node) + at(centre + half * node)))
            .sum();
        sum += part;
        if part < 1e-17 * sum {
            break;
        }
    }
    sum * half
}
