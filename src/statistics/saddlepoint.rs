//! Tail probabilities of weighted sums of chi-square variables.

use super::distribution::{f_upper, normal_cdf};

/// Probability that `Σ_i λ_i χ²_1` exceeds `x` times `χ²_ν / ν`, by Lugannani and Rice's saddlepoint
/// approximation as Kuonen (1999) applies it: the probability that the difference of both is above 0. Near the
/// mean, where the approximation breaks down, Satterthwaite's F stands in.
///
/// As in R, the difference has a whole number of variables: a part of a degree of freedom is left out.
pub(super) fn upper(x: f64, lambdas: &[f64], df: f64) -> f64 {
    // A weight and how many variables have it.
    let terms: Vec<(f64, f64)> =
        lambdas.iter().map(|&lambda| (lambda, 1.0)).chain([(-x / df, (df + 1e-9).floor())]).collect();
    if let Some(p) = above_zero(&terms) {
        return p;
    }
    let k = lambdas.len() as f64;
    let mean = lambdas.iter().sum::<f64>() / k;
    let spread = lambdas.iter().map(|lambda| lambda * lambda).sum::<f64>() / k / (mean * mean);
    f_upper(x / (k * mean), k / spread, df)
}

/// Probability that the sum of `λ χ²_m` over `(λ, m)` is above 0; `None` where the saddlepoint is too close to 0.
fn above_zero(terms: &[(f64, f64)]) -> Option<f64> {
    let largest = terms.iter().map(|term| term.0).fold(0.0, f64::max);
    let terms: Vec<(f64, f64)> = terms.iter().map(|&(lambda, m)| (lambda / largest, m)).collect();
    let sum = |term: &dyn Fn(f64) -> f64| terms.iter().map(|&(lambda, m)| m * term(lambda)).sum::<f64>();
    // Cumulant generating function and its derivatives; the first has its only root where all logarithms are
    // defined.
    let cumulants = |zeta: f64| -0.5 * sum(&|lambda| libm::log1p(-2.0 * zeta * lambda));
    let slope = |zeta: f64| sum(&|lambda| lambda / (1.0 - 2.0 * zeta * lambda));
    let curve = |zeta: f64| 2.0 * sum(&|lambda| (lambda / (1.0 - 2.0 * zeta * lambda)).powi(2));

    let smallest = terms.iter().map(|term| term.0).fold(f64::INFINITY, f64::min);
    let (mut low, mut high) = (0.5 / smallest, 0.5);
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if slope(middle) < 0.0 { low = middle } else { high = middle }
    }
    let zeta = low + (high - low) / 2.0;
    // R's bound.
    if zeta.is_nan() || zeta.abs() < 1e-4 {
        return None;
    }
    let w = zeta.signum() * (-2.0 * cumulants(zeta)).sqrt();
    let v = zeta * curve(zeta).sqrt();
    Some(normal_cdf(-(w + libm::log(v / w) / w)))
}
