//! The regularised incomplete beta function and its inverse, on the scale of `v = ln(x / (1 − x))`.
//!
//! On that scale x near 0 and x near 1 are equally exact, the density is `x^a (1 − x)^b / B(a, b)`, and the
//! logarithms of both tails are concave, so that Newton's method always finds the quantile. Student's t is
//! the case `a = df/2, b = 1/2`.

use std::f64::consts::PI;

/// Above this, for both parameters, integrating the density is quicker than the continued fraction.
const LARGE: f64 = 3000.0;

/// The lower tail of a beta distribution at a point.
pub(super) struct Tail {
    /// Probability below the point.
    pub lower: f64,
    log_lower: f64,
    /// The lower tail divided by the density in v.
    lower_over_density: f64,
}

/// The tail below `v` for positive, finite `a` and `b`.
pub(super) fn tail(a: f64, b: f64, v: f64) -> Tail {
    let log_density = log_density(a, b, v);
    let x = logistic(v);
    if x < (a + 1.0) / (a + b + 2.0) {
        let ratio = tail_ratio(a, b, v, log_density);
        let log_lower = log_density + libm::log(ratio);
        let lower = libm::exp(log_lower);
        Tail { lower, log_lower, lower_over_density: ratio }
    } else {
        let upper = libm::exp(log_density + libm::log(tail_ratio(b, a, -v, log_density)));
        let lower = 1.0 - upper;
        let density = libm::exp(log_density);
        Tail { lower, log_lower: libm::log1p(-upper), lower_over_density: lower / density }
    }
}

/// The `v` with this much probability below and above it; the two sum to 1, and whichever is smaller counts.
pub(super) fn quantile(lower: f64, upper: f64, a: f64, b: f64) -> f64 {
    if lower <= upper { quantile_below(lower, a, b) } else { -quantile_below(upper, b, a) }
}

/// Newton's method on the logarithm of the lower tail. That is concave, so after the first step it climbs to
/// the solution from below without passing it, until rounding stops it.
fn quantile_below(probability: f64, a: f64, b: f64) -> f64 {
    let target = libm::log(probability);
    let mut v = libm::log(a / b);
    let mut last = f64::INFINITY;
    for _ in 0..200 {
        let tail = tail(a, b, v);
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

/// `k ln(k/m) + m − k`, given also `k − m` and `ln(k/m)`.
fn deviance(k: f64, m: f64, difference: f64, log_ratio: f64) -> f64 {
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
fn stirling_error(n: f64) -> f64 {
    if n < 15.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - 0.5 * libm::log(2.0 * PI);
    }
    let inverse = 1.0 / (n * n);
    let series = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0];
    series.iter().rev().fold(0.0, |sum, term| sum * inverse + term) / n
}

/// The lower tail divided by the density in v, for points below the mean or not far above it.
fn tail_ratio(a: f64, b: f64, v: f64, log_density_at_v: f64) -> f64 {
    if a > LARGE && b > LARGE { integrated_ratio(a, b, v, log_density_at_v) } else { 1.0 / fraction(a, b, v) }
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

/// The same ratio by integrating the density outwards from v, panel by panel, with ten-point Gauss-Legendre.
/// With large parameters the density is close to a normal one of this standard deviation.
fn integrated_ratio(a: f64, b: f64, v: f64, log_density_at_v: f64) -> f64 {
    const NODES: [(f64, f64); 5] = [
        (0.148_874_338_981_631_2, 0.295_524_224_714_752_87),
        (0.433_395_394_129_247_2, 0.269_266_719_309_996_36),
        (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
        (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
        (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
    ];
    let deviation = (1.0 / a + 1.0 / b).sqrt();
    let distance = ((v - libm::log(a / b)) / deviation).abs();
    let half = deviation / (1.0 + distance) / 2.0;
    let at = |v: f64| libm::exp(log_density(a, b, v) - log_density_at_v);
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
