//! P values of many tests at once.

/// Holm's adjustment (Holm 1979): an adjusted value at or below α keeps the chance of even one false
/// finding among all tests at or below α, however the tests depend on each other. In the order given.
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let tests = p_values.len();
    let mut highest: f64 = 0.0;
    adjusted(p_values, false, |place, p| {
        highest = highest.max(p * (tests - place) as f64).min(1.0);
        highest
    })
}

/// Benjamini and Hochberg's adjustment (1995): of the findings with an adjusted value at or below q, a share
/// of at most q is expected to be false, where the tests are independent or positively dependent. In the order given.
#[must_use]
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let tests = p_values.len();
    let mut lowest: f64 = 1.0;
    adjusted(p_values, true, |place, p| {
        lowest = lowest.min(p * tests as f64 / (place + 1) as f64);
        lowest
    })
}

/// Steps through the values by size; a step gets the place among the ascending ones.
fn adjusted(p_values: &[f64], descending: bool, mut step: impl FnMut(usize, f64) -> f64) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = p_values.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut take = |(place, (test, p)): (usize, &(usize, f64))| adjusted[*test] = step(place, *p);
    if descending {
        order.iter().enumerate().rev().for_each(&mut take);
    } else {
        order.iter().enumerate().for_each(&mut take);
    }
    adjusted
}
