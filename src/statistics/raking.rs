//! Raking: scaling weights to one margin after another until all fit (Deming and Stephan 1940).

use std::collections::BTreeMap;

use super::auxiliary::{Entry, Solution};
use super::calibrate::{cell_sums, scale};
use super::design::Design;
use super::error::CalibrationError;
use super::matrix::Matrix;

/// Known counts of one variable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margin<'a> {
    /// The cell of each row.
    pub cells: &'a [Option<u32>],
    /// How many of each cell the population has.
    pub totals: &'a [f64],
}

/// When raking is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RakingLimits {
    /// It is, when a whole cycle over the margins changes the weighted count of every combination of cells by
    /// less than this.
    pub tolerance: f64,
    /// It has failed after this many cycles.
    pub max_cycles: usize,
}

impl Design {
    /// This design with weights raked to margins.
    ///
    /// # Errors
    ///
    /// [`CalibrationError`]: a row without a cell, a cell without rows, a total that is not above 0, margins that
    /// cannot be met together.
    pub fn rake(&self, margins: &[Margin<'_>], limits: RakingLimits) -> Result<Self, CalibrationError> {
        self.check_uncalibrated()?;
        if margins.is_empty() {
            return Err(CalibrationError::Totals { variables: 0, totals: 0 });
        }
        let cells: Vec<Vec<u32>> = margins
            .iter()
            .map(|margin| self.check_cells(margin.cells, margin.totals))
            .collect::<Result<_, _>>()?;
        let (combination, combinations) = combine(&cells, self.rows());

        let mut weights = self.weights.clone();
        let mut counts = cell_sums(&weights, &combination, combinations);
        for _ in 0..limits.max_cycles {
            // The weights as each margin left them: R's variance uses those, and at the end they differ by less
            // than the tolerance.
            let mut after = Vec::with_capacity(margins.len());
            for (margin, cells) in margins.iter().zip(&cells) {
                let sums = cell_sums(&weights, cells, margin.totals.len());
                scale(&mut weights, cells, margin.totals, &sums);
                after.push(weights.clone());
            }
            let now = cell_sums(&weights, &combination, combinations);
            let change =
                counts.iter().zip(&now).map(|(before, now)| (now - before).abs()).fold(0.0, f64::max);
            counts = now;
            if change < limits.tolerance {
                check_met(margins, &cells, &weights, limits.tolerance)?;
                return self.raked(margins, &cells, &after, weights);
            }
        }
        Err(CalibrationError::NotConverged { steps: limits.max_cycles })
    }

    fn raked(
        &self,
        margins: &[Margin<'_>],
        cells: &[Vec<u32>],
        after: &[Vec<f64>],
        weights: Vec<f64>,
    ) -> Result<Self, CalibrationError> {
        let mut columns = 0;
        let ranges: Vec<_> = margins
            .iter()
            .map(|margin| {
                let start = columns;
                columns += margin.totals.len();
                start..columns
            })
            .collect();
        let column = |margin: usize, row: usize| ranges[margin].start + cells[margin][row] as usize;
        let weighted = || (0..self.rows()).filter(|&row| weights[row] > 0.0);
        let mut rows = vec![0.0; columns];
        let mut cross = Matrix::zero(columns, columns);
        for row in weighted() {
            for i in 0..margins.len() {
                rows[column(i, row)] += 1.0;
                for j in 0..margins.len() {
                    *cross.get_mut(column(i, row), column(j, row)) += after[j][row] / after[i][row];
                }
            }
        }
        let entries = (0..self.rows()).map(|row| {
            let entry = |margin: usize| Entry {
                column: column(margin, row) as u32,
                inward: weights[row] / after[margin][row],
                outward: after[margin][row],
            };
            if weights[row] > 0.0 { (0..margins.len()).map(entry).collect() } else { Vec::new() }
        });
        let auxiliary =
            self.auxiliary_of(columns, entries, Solution::Sweeps { margins: ranges.clone(), rows, cross });
        self.reweighted(weights, auxiliary)
    }
}

/// Where margins contradict each other, cycles come to rest too, but at weights that fit the last margin only.
fn check_met(
    margins: &[Margin<'_>],
    cells: &[Vec<u32>],
    weights: &[f64],
    tolerance: f64,
) -> Result<(), CalibrationError> {
    for (number, (margin, cells)) in margins.iter().zip(cells).enumerate() {
        let sums = cell_sums(weights, cells, margin.totals.len());
        for (cell, (&total, reached)) in margin.totals.iter().zip(sums).enumerate() {
            // Published totals are rounded.
            if (reached - total).abs() > (10.0 * tolerance).max(1e-3 * total) {
                return Err(CalibrationError::MarginMissed { margin: number, cell, total, reached });
            }
        }
    }
    Ok(())
}

/// Numbers the combinations of cells that rows have.
fn combine(cells: &[Vec<u32>], rows: usize) -> (Vec<u32>, usize) {
    let mut numbers: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
    let number = |row: usize| {
        let key: Vec<u32> = cells.iter().map(|cells| cells[row]).collect();
        let next = numbers.len() as u32;
        *numbers.entry(key).or_insert(next)
    };
    let combination = (0..rows).map(number).collect();
    (combination, numbers.len())
}
