//! How well the items of a scale hang together: Cronbach's alpha.

use super::error::ReliabilityError;
use super::estimate::Domain;
use super::matrix::Matrix;

/// Reliability of a scale of k items.
#[derive(Debug, Clone, PartialEq)]
pub struct Reliability {
    /// Rows that have all items; everything but `alpha_pairwise` is of these.
    pub n: usize,
    /// Cronbach's alpha (1951), `k/(k − 1) (1 − Σ_i S_ii / Σ_ij S_ij)`, of the covariances S without weights.
    pub alpha: f64,
    /// The same of correlations, as if all items varied equally.
    pub alpha_standardized: f64,
    /// The same of covariances of which each is over the rows that have both items. `None` when an item or the
    /// sum does not vary there.
    pub alpha_pairwise: Option<f64>,
    /// The same with the weights of the design, `n/(n − 1) Σ w (x − x̄)(y − ȳ) / Σ w`.
    pub alpha_weighted: Option<f64>,
    /// Each item by itself.
    pub items: Vec<ItemReliability>,
}

/// What one item does to a scale, without weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ItemReliability {
    /// Cronbach's alpha of the other items; `None` unless there are two that vary.
    pub alpha_if_dropped: Option<f64>,
    /// Correlation with the sum of the other items; `None` when that does not vary.
    pub item_rest_correlation: Option<f64>,
}

impl Domain<'_> {
    /// Cronbach's alpha of some items, one column each. A value that is not a finite number is no value. Items
    /// that run the other way are not turned round.
    ///
    /// # Errors
    ///
    /// [`ReliabilityError`]: fewer than two items, an item without values or of one value only, fewer than two
    /// complete rows.
    pub fn reliability(&self, items: &[&[f64]]) -> Result<Reliability, ReliabilityError> {
        if items.len() < 2 {
            return Err(ReliabilityError::TooFewItems { items: items.len() });
        }
        for item in items {
            self.0.design.check_length(item.len())?;
        }
        let rows: Vec<(usize, f64)> = self.0.rows_of(0).collect();
        if let Some(item) = items.iter().position(|item| rows.iter().all(|row| !item[row.0].is_finite())) {
            return Err(ReliabilityError::NoValues { item });
        }
        let complete: Vec<(usize, f64)> =
            rows.iter().copied().filter(|row| items.iter().all(|item| item[row.0].is_finite())).collect();
        if complete.len() < 2 {
            return Err(ReliabilityError::TooFewRows { rows: complete.len() });
        }
        let k = items.len();
        let unweighted: Vec<(usize, f64)> = complete.iter().map(|row| (row.0, 1.0)).collect();
        let covariances = Matrix::from_fn(k, k, |i, j| covariance(items[i], items[j], &unweighted));
        if let Some(item) = (0..k).find(|&item| covariances.get(item, item) <= 0.0) {
            return Err(ReliabilityError::Constant { item });
        }
        let scale = |i: usize| covariances.get(i, i).sqrt();
        let correlations =
            Matrix::from_fn(
                k,
                k,
                |i, j| {
                    if i == j { 1.0 } else { covariances.get(i, j) / (scale(i) * scale(j)) }
                },
            );
        let pairwise = Matrix::from_fn(k, k, |i, j| {
            let both = |row: &&(usize, f64)| items[i][row.0].is_finite() && items[j][row.0].is_finite();
            let both: Vec<(usize, f64)> = rows.iter().filter(both).map(|row| (row.0, 1.0)).collect();
            covariance(items[i], items[j], &both)
        });
        let weighted = Matrix::from_fn(k, k, |i, j| covariance(items[i], items[j], &complete));
        let all: Vec<usize> = (0..k).collect();
        let without = |item: usize| -> Vec<usize> { (0..k).filter(|&other| other != item).collect() };
        let item = |item: usize| ItemReliability {
            alpha_if_dropped: alpha(&covariances, &without(item)),
            item_rest_correlation: item_rest(&covariances, item, &without(item)),
        };
        Ok(Reliability {
            n: complete.len(),
            alpha: alpha(&covariances, &all).ok_or(ReliabilityError::ConstantSum)?,
            alpha_standardized: alpha(&correlations, &all).ok_or(ReliabilityError::ConstantSum)?,
            alpha_pairwise: alpha(&pairwise, &all),
            alpha_weighted: alpha(&weighted, &all),
            items: (0..k).map(item).collect(),
        })
    }
}

/// Covariance over rows with weights, in two walks; with weights of 1 the usual one.
fn covariance(a: &[f64], b: &[f64], rows: &[(usize, f64)]) -> f64 {
    let n = rows.iter().filter(|row| row.1 != 0.0).count() as f64;
    let weight: f64 = rows.iter().map(|row| row.1).sum();
    let mean = |values: &[f64]| rows.iter().map(|&(row, w)| w * values[row]).sum::<f64>() / weight;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let products: f64 = rows.iter().map(|&(row, w)| w * (a[row] - mean_a) * (b[row] - mean_b)).sum();
    n / (n - 1.0) * products / weight
}

/// Alpha of some items; `None` unless there are two and their sum varies.
fn alpha(covariances: &Matrix, items: &[usize]) -> Option<f64> {
    let own: f64 = items.iter().map(|&i| covariances.get(i, i)).sum();
    let sum = sum_of(covariances, items, items);
    let k = items.len() as f64;
    // The sum of items that cancel each other is 0 but for rounding.
    (k > 1.0 && sum > 1e-12 * own).then(|| k / (k - 1.0) * (1.0 - own / sum))
}

fn item_rest(covariances: &Matrix, item: usize, rest: &[usize]) -> Option<f64> {
    let (own, others) = (covariances.get(item, item), sum_of(covariances, rest, rest));
    let correlation = sum_of(covariances, &[item], rest) / (own * others).sqrt();
    (own > 0.0 && others > 1e-12 * own).then_some(correlation)
}

fn sum_of(matrix: &Matrix, rows: &[usize], columns: &[usize]) -> f64 {
    rows.iter().flat_map(|&i| columns.iter().map(move |&j| matrix.get(i, j))).sum()
}
