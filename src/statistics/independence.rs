//! Tests of whether two answers depend on each other, for complex samples.

use super::distribution::{chi_square_upper, f_upper};
use super::domains::Domains;
use super::error::EstimateError;
use super::estimate::{Domain, Kind};
use super::linear::share_of;
use super::matrix::{Cholesky, Matrix};
use super::saddlepoint;

/// A test statistic with the probability of one at least as large if the answers are independent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistic {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom of the numerator, or of the chi-square distribution.
    pub df: f64,
    /// Degrees of freedom of the denominator; infinite for a chi-square distribution.
    pub denominator_df: f64,
    /// The p-value.
    pub p_value: f64,
}

/// Rao and Scott's corrections (1984) of Pearson's test for a table of weighted shares, and Wald's test.
///
/// Pearson's X² of the shares, as if they were counts of `n` rows, is distributed like a sum of chi-square
/// variables with one degree of freedom each, times the eigenvalues of Δ, the matrix of design effects of the
/// interaction (Rao and Scott 1984; Thomas, Singh and Roberts 1996; Lumley 2010, section 2.3.2). R counts rows
/// without a weight in `n` and in ν, and so all rows of a calibrated design; here they count in neither. A test is `None`
/// where its figures are not there: no degrees of freedom, no variance, or a matrix that cannot be inverted.
#[derive(Debug, Clone, PartialEq)]
pub struct Independence {
    /// Rows that have both answers and a weight, in each cell, row by row of the table.
    pub counts: Vec<Vec<usize>>,
    /// Their weights in each cell.
    pub weights: Vec<Vec<f64>>,
    /// The second-order correction as an F statistic, `X² / tr Δ` on `d = (tr Δ)² / tr Δ²` and `d ν`: the one
    /// to use unless there is a reason for another.
    pub f: Option<Statistic>,
    /// The first-order correction: X² itself, with the p-value of `X² / mean eigenvalue`.
    pub chi_square: Option<Statistic>,
    /// Wald's test of the differences between cells and what margins let expect: F on `k` and `ν`.
    pub wald: Option<Statistic>,
    /// The same with `ν − k + 1` in place of `ν`.
    pub wald_adjusted: Option<Statistic>,
    /// X² with the p-value of the sum over its denominator, by a saddlepoint approximation.
    pub saddlepoint: Option<Statistic>,
}

impl Domain<'_> {
    /// Tests whether the answers `rows` (of `0..r`) and `columns` (of `0..c`) are independent, among the rows that
    /// have both. An answer beyond the last is none. Answers that nobody gave are left out of the tests.
    ///
    /// `Ok(None)` where fewer than two answers were given on either side.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn independence(
        &self,
        rows: &[Option<u32>],
        columns: &[Option<u32>],
        r: u32,
        c: u32,
    ) -> Result<Option<Independence>, EstimateError> {
        let design = self.0.design;
        design.check_length(rows.len())?;
        design.check_length(columns.len())?;
        let cell = |row: usize| {
            let (a, b) = (rows[row]?, columns[row]?);
            (a < r && b < c).then_some(a * c + b)
        };
        let mut inside = vec![false; design.rows()];
        self.0.rows_of(0).for_each(|(row, _)| inside[row] = cell(row).is_some());
        let complete = Domains::new(design, 1, |row| inside[row].then_some(0));
        let cells: Vec<Option<u32>> = (0..design.rows()).map(cell).collect();
        let mut counts = vec![vec![0; c as usize]; r as usize];
        let mut weights = vec![vec![0.0; c as usize]; r as usize];
        for (row, weight) in complete.rows_of(0).filter(|row| row.1 != 0.0) {
            if let Some(cell) = cells[row] {
                counts[(cell / c) as usize][(cell % c) as usize] += 1;
                weights[(cell / c) as usize][(cell % c) as usize] += weight;
            }
        }
        let some = |sum: f64| sum > 0.0;
        let used_rows: Vec<u32> = (0..r).filter(|&i| some(weights[i as usize].iter().sum())).collect();
        let used_columns: Vec<u32> =
            (0..c).filter(|&j| some(weights.iter().map(|row| row[j as usize]).sum())).collect();
        if used_rows.len() < 2 || used_columns.len() < 2 {
            return Ok(None);
        }

        let table = Table { domains: &complete, cells: &cells, rows: &used_rows, columns: &used_columns, c };
        let totals = weights.iter().flatten().sum::<f64>();
        let shares: Vec<f64> = (0..table.size())
            .map(|cell| table.place(cell))
            .map(|(i, j)| weights[used_rows[i] as usize][used_columns[j] as usize] / totals)
            .collect();
        let df = complete.df(0) as f64;
        let n = counts.iter().flatten().sum::<usize>() as f64;
        let variances = table.variances(r * c)?;
        let corrected = variances.as_ref().and_then(|variances| {
            let of_shares = Matrix::from_fn(table.size(), table.size(), |share, cell| {
                (f64::from(u8::from(share == cell)) - shares[share]) / totals
            });
            let variances = of_shares.times(variances).times(&of_shares.transposed());
            table.rao_scott(&shares, &variances, n, df)
        });
        let wald = variances.as_ref().and_then(|variances| table.wald(&shares, totals, variances));
        let k = table.interactions() as f64;
        let test = |statistic: f64, denominator_df: f64| {
            let p_value = f_upper(statistic, k, denominator_df);
            (denominator_df > 0.0).then_some(Statistic { statistic, df: k, denominator_df, p_value })
        };
        Ok(Some(Independence {
            counts,
            weights,
            f: corrected.map(|tests| tests.f),
            chi_square: corrected.map(|tests| tests.chi_square),
            saddlepoint: corrected.map(|tests| tests.saddlepoint),
            wald: wald.and_then(|wald| test(wald / k, df)),
            wald_adjusted: wald.and_then(|wald| test(wald * (df - k + 1.0) / (k * df), df - k + 1.0)),
        }))
    }
}

/// The table without empty rows and columns.
struct Table<'a> {
    domains: &'a Domains<'a>,
    cells: &'a [Option<u32>],
    rows: &'a [u32],
    columns: &'a [u32],
    /// Columns of the table with the empty ones.
    c: u32,
}

#[derive(Clone, Copy)]
struct RaoScott {
    f: Statistic,
    chi_square: Statistic,
    saddlepoint: Statistic,
}

impl Table<'_> {
    fn interactions(&self) -> usize {
        (self.rows.len() - 1) * (self.columns.len() - 1)
    }

    /// Row and column of a cell.
    fn place(&self, cell: usize) -> (usize, usize) {
        (cell / self.columns.len(), cell % self.columns.len())
    }

    fn size(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    /// Covariances of the weighted totals of all cells, unless the design cannot tell.
    fn variances(&self, categories: u32) -> Result<Option<Matrix>, EstimateError> {
        let mut scored = Vec::new();
        for cell in 0..self.size() {
            let (i, j) = self.place(cell);
            let share = share_of(self.cells, self.rows[i] * self.c + self.columns[j], categories);
            scored.extend(self.domains.scored(&share, Kind::Total)?.pop().flatten());
        }
        let mut variances = Matrix::zero(self.size(), self.size());
        for (i, a) in scored.iter().enumerate() {
            for (j, b) in scored.iter().enumerate().take(i + 1) {
                let Some(covariance) = self.domains.design.covariance_of(a, b)? else { return Ok(None) };
                *variances.get_mut(i, j) = covariance;
                *variances.get_mut(j, i) = covariance;
            }
        }
        Ok(Some(variances))
    }

    fn margins(&self, shares: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (mut rows, mut columns) = (vec![0.0; self.rows.len()], vec![0.0; self.columns.len()]);
        for (cell, share) in shares.iter().enumerate() {
            let (i, j) = self.place(cell);
            rows[i] += share;
            columns[j] += share;
        }
        (rows, columns)
    }

    fn rao_scott(&self, shares: &[f64], variances: &Matrix, n: f64, df: f64) -> Option<RaoScott> {
        let (rows, columns) = self.margins(shares);
        let pearson: f64 = shares
            .iter()
            .enumerate()
            .map(|(cell, share)| {
                let (i, j) = self.place(cell);
                let expected = rows[i] * columns[j];
                (share - expected) * (share - expected) / expected
            })
            .sum();
        let pearson = n * pearson;
        let effects = self.design_effects(shares, variances, n)?;
        let trace: f64 = effects.iter().sum();
        let squares: f64 = effects.iter().map(|effect| effect * effect).sum();
        if !(trace > 0.0 && df > 0.0) {
            return None;
        }
        let k = effects.len() as f64;
        let d = trace * trace / squares;
        let f = pearson / trace;
        let second_order =
            Statistic { statistic: f, df: d, denominator_df: d * df, p_value: f_upper(f, d, d * df) };
        let first_order = Statistic {
            statistic: pearson,
            df: k,
            denominator_df: f64::INFINITY,
            p_value: chi_square_upper(pearson / (trace / k), k),
        };
        let p_value = saddlepoint::upper(pearson, &effects, d * df);
        Some(RaoScott {
            f: second_order,
            chi_square: first_order,
            saddlepoint: Statistic { statistic: pearson, df: k, denominator_df: d * df, p_value },
        })
    }

    /// Eigenvalues of `Δ = (C' D C / n)⁻¹ C' D V D C`, where D holds the inverse shares, V their covariances and C
    /// the contrasts of the interaction: products of contrasts of row and column, which are orthogonal to the
    /// main effects. Any such contrasts have the same eigenvalues.
    fn design_effects(&self, shares: &[f64], variances: &Matrix, n: f64) -> Option<Vec<f64>> {
        let contrast = |at: usize, level: usize, levels: usize| {
            f64::from(u8::from(at == level + 1)) - 1.0 / levels as f64
        };
        let columns = self.columns.len() - 1;
        let contrasts = Matrix::from_fn(self.size(), self.interactions(), |cell, k| {
            let (i, j) = self.place(cell);
            contrast(i, k / columns, self.rows.len()) * contrast(j, k % columns, self.columns.len())
        });
        let weighted = Matrix::from_fn(self.size(), self.interactions(), |cell, k| {
            if shares[cell] == 0.0 { 0.0 } else { contrasts.get(cell, k) / shares[cell] }
        });
        let simple = contrasts.transposed().times(&weighted);
        let simple = Matrix::from_fn(simple.rows(), simple.rows(), |i, j| simple.get(i, j) / n);
        let actual = weighted.transposed().times(variances).times(&weighted);
        relative_eigenvalues(&simple, &actual)
    }

    /// Wald's statistic of `N_ij − N_i. N_.j / N` in all but the first row and column.
    fn wald(&self, shares: &[f64], total: f64, variances: &Matrix) -> Option<f64> {
        let (rows, columns) = self.margins(shares);
        let used: Vec<(usize, usize)> =
            (0..self.size()).map(|cell| self.place(cell)).filter(|&(i, j)| i > 0 && j > 0).collect();
        let excess =
            |&(i, j): &(usize, usize)| total * (shares[i * self.columns.len() + j] - rows[i] * columns[j]);
        let excess: Vec<f64> = used.iter().map(excess).collect();
        // How much an excess moves with the total of each cell.
        let gradient = Matrix::from_fn(used.len(), self.size(), |at, cell| {
            let ((i, j), (row, column)) = (used[at], self.place(cell));
            let if_same = |same: bool, value: f64| if same { value } else { 0.0 };
            if_same((row, column) == (i, j), 1.0)
                - if_same(row == i, columns[j])
                - if_same(column == j, rows[i])
                + rows[i] * columns[j]
        });
        let covariance = gradient.times(variances).times(&gradient.transposed());
        let half = Cholesky::new(&covariance).ok()?.forward(&excess);
        Some(half.iter().map(|value| value * value).sum())
    }
}

/// Eigenvalues of `A⁻¹ B` for symmetric matrices of which A is positive definite.
fn relative_eigenvalues(a: &Matrix, b: &Matrix) -> Option<Vec<f64>> {
    let n = a.rows();
    let lower = Cholesky::new(a).ok()?;
    let solved = |matrix: &Matrix| {
        let columns: Vec<Vec<f64>> =
            (0..n).map(|j| lower.forward(&(0..n).map(|i| matrix.get(i, j)).collect::<Vec<_>>())).collect();
        Matrix::from_fn(n, n, |i, j| columns[j][i])
    };
    let both = solved(&solved(b).transposed());
    Some(both.symmetric_eigenvalues())
}
