//! What calibrated weights do to variances: only what the auxiliary variables do not explain varies.
//!
//! Every way of calibrating replaces a score `z_i` by a residual `z_i − Σ_k a_k p_ik`, where `p_ik` is
//! the calibrated weight times the auxiliary variable, and finds the coefficients `a` from the sums
//! `s_k = Σ_i v_ik z_i / w_i` alone (Deville and Särndal 1992; Lumley 2010, chapter 7). So residuals need no second
//! walk over the rows: their sums in a unit follow from the unit's sum of scores and its `Σ p_ik`.

use std::ops::Range;

use super::matrix::{Cholesky, Matrix};

/// An auxiliary variable of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entry {
    /// Which variable.
    pub column: u32,
    /// `v_ik`, by which its score over its weight counts in the sum.
    pub inward: f64,
    /// `p_ik`, what the coefficient takes off the score.
    pub outward: f64,
}

/// How coefficients follow from sums.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Solution {
    /// `a = (X'WX)⁻¹ s`, with the weights before calibration.
    Regression(Cholesky),
    /// Margin by margin the mean of what is left, as often as R does it.
    Sweeps {
        /// Columns of each margin.
        margins: Vec<Range<usize>>,
        /// Rows in each column.
        rows: Vec<f64>,
        /// `Σ_i v_ij p_ik / w_i`: how much the coefficient of column k takes off the sum of column j.
        cross: Matrix,
    },
}

/// R's number of sweeps over the margins.
const SWEEPS: usize = 10;

/// The auxiliary variables of a calibrated design.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Auxiliary {
    columns: usize,
    /// Where the entries of each row begin.
    starts: Vec<u32>,
    entries: Vec<Entry>,
    /// `Σ p_ik` by unit and column.
    units: Vec<f64>,
    solution: Solution,
}

impl Auxiliary {
    /// `rows` holds the entries of each row, `unit_of_row` numbers `units` units.
    pub(super) fn new(
        columns: usize,
        rows: impl Iterator<Item = Vec<Entry>>,
        unit_of_row: &[u32],
        units: usize,
        solution: Solution,
    ) -> Self {
        let mut auxiliary = Self {
            columns,
            starts: vec![0],
            entries: Vec::new(),
            units: vec![0.0; units * columns],
            solution,
        };
        for (row, &unit) in rows.zip(unit_of_row) {
            for entry in &row {
                auxiliary.units[unit as usize * columns + entry.column as usize] += entry.outward;
            }
            auxiliary.entries.extend(row);
            auxiliary.starts.push(auxiliary.entries.len() as u32);
        }
        auxiliary
    }

    /// Those of parts of the rows, each with the variables of its row.
    pub(super) fn of_parts(&self, whole: &[u32]) -> Self {
        let mut starts = vec![0];
        let mut entries = Vec::new();
        for row in whole {
            entries.extend_from_slice(self.of_row(*row as usize));
            starts.push(entries.len() as u32);
        }
        Self {
            columns: self.columns,
            starts,
            entries,
            units: self.units.clone(),
            solution: self.solution.clone(),
        }
    }

    /// How many variables there are.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The entries of a row.
    pub(super) fn of_row(&self, row: usize) -> &[Entry] {
        &self.entries[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// Turns the sums of scores in all units into those of residuals; `sums` is `Σ_i v_ik z_i / w_i`.
    pub(super) fn take_off(&self, sums: &[f64], scores: &mut [f64]) {
        let coefficients = self.coefficients(sums);
        for (score, unit) in scores.iter_mut().zip(self.units.chunks(self.columns)) {
            *score -= unit.iter().zip(&coefficients).map(|(p, a)| p * a).sum::<f64>();
        }
    }

    fn coefficients(&self, sums: &[f64]) -> Vec<f64> {
        match &self.solution {
            Solution::Regression(cholesky) => cholesky.solve(sums),
            Solution::Sweeps { margins, rows, cross } => {
                let mut coefficients = vec![0.0; self.columns];
                for _ in 0..SWEEPS {
                    for margin in margins {
                        for column in margin.clone() {
                            let taken: f64 =
                                (0..self.columns).map(|k| cross.get(column, k) * coefficients[k]).sum();
                            if rows[column] > 0.0 {
                                coefficients[column] += (sums[column] - taken) / rows[column];
                            }
                        }
                    }
                }
                coefficients
            }
        }
    }
}
