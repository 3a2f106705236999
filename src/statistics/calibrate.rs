//! Weights that add up to what is known of the population.
//!
//! Post-stratification and raking scale the weights of cells until they have the known counts; calibration
//! changes weights as little as it can so that totals of auxiliary variables come out right (Deville and Särndal
//! 1992; Deville, Särndal and Sautory 1993). Standard errors of a calibrated design are those of residuals: see
//! the module `auxiliary`.

use super::auxiliary::{Auxiliary, Entry, Solution};
use super::design::{Design, are_summable};
use super::error::CalibrationError;
use super::matrix::{Cholesky, Matrix};

/// How a weight may move away from where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// `g = 1 + u`: the generalised regression estimator. Without bounds weights may turn out negative, which
    /// is refused.
    Linear,
    /// `g = e^u`: weights stay positive.
    Raking,
    /// An S-shaped curve between the bounds, which must be given.
    Logit,
}

/// What weights are calibrated to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Targets<'a> {
    /// Auxiliary variables, one column each, with a finite value in every row. One of them, or a sum of some,
    /// should be 1 everywhere.
    pub variables: &'a [&'a [f64]],
    /// Total of each in the population.
    pub totals: &'a [f64],
    /// How weights move.
    pub distance: Distance,
    /// Between which factors weights move; below and above 1.
    pub bounds: Option<(f64, f64)>,
    /// Newton's method stops when every total T is met to this times `1 + |T|`. R's default is 1e-7.
    pub tolerance: f64,
    /// It gives up after this many steps. R's default is 50.
    pub max_steps: usize,
}

impl Design {
    /// This design with the weights of each cell scaled to its total: `w N_c / Σ_c w`.
    ///
    /// # Errors
    ///
    /// [`CalibrationError`]: a row without a cell, a cell without rows, a total that is not above 0.
    pub fn post_stratify(&self, cells: &[Option<u32>], totals: &[f64]) -> Result<Self, CalibrationError> {
        self.check_uncalibrated()?;
        let cells = self.check_cells(cells, totals)?;
        let before = cell_sums(&self.weights, &cells, totals.len());
        let mut weights = self.weights.clone();
        scale(&mut weights, &cells, totals, &before);
        let rows = (0..self.rows())
            .map(|row| vec![Entry { column: cells[row], inward: self.weights[row], outward: weights[row] }]);
        let diagonal = |i: usize, j: usize| match (i == j, before[i] > 0.0) {
            (true, true) => before[i],
            // A cell of nobody; its sum is 0 as well.
            (true, false) => 1.0,
            (false, _) => 0.0,
        };
        let matrix = Matrix::from_fn(totals.len(), totals.len(), diagonal);
        let factor = Cholesky::new(&matrix).map_err(|variable| CalibrationError::Collinear { variable })?;
        let auxiliary = self.auxiliary_of(totals.len(), rows, Solution::Regression(factor));
        self.reweighted(weights, auxiliary)
    }

    /// This design with weights calibrated to totals.
    ///
    /// # Errors
    ///
    /// [`CalibrationError`]: columns or totals that do not fit, variables of which one is a sum of multiples of
    /// others, bounds that do not hold 1 between them, targets that cannot be met, negative weights.
    pub fn calibrate(&self, targets: &Targets<'_>) -> Result<Self, CalibrationError> {
        self.check_uncalibrated()?;
        self.check_targets(targets)?;
        let k = targets.variables.len();
        let x = |row: usize, variable: usize| targets.variables[variable][row];
        let factors = self.factors(targets)?;
        let weights: Vec<f64> = self.weights.iter().zip(&factors).map(|(w, g)| w * g).collect();
        if let Some((row, &value)) = weights.iter().enumerate().find(|(_, weight)| **weight < 0.0) {
            return Err(CalibrationError::NegativeWeight { row, value });
        }
        let rows = (0..self.rows()).map(|row| {
            let entry = |variable: usize| Entry {
                column: variable as u32,
                inward: self.weights[row] * x(row, variable),
                outward: weights[row] * x(row, variable),
            };
            (0..k).filter(|&variable| x(row, variable) != 0.0).map(entry).collect()
        });
        let products = self.products(targets, |_| 1.0);
        let factor = Cholesky::new(&products).map_err(|variable| CalibrationError::Collinear { variable })?;
        let auxiliary = self.auxiliary_of(k, rows, Solution::Regression(factor));
        self.reweighted(weights, auxiliary)
    }

    fn check_targets(&self, targets: &Targets<'_>) -> Result<(), CalibrationError> {
        let (variables, totals) = (targets.variables.len(), targets.totals.len());
        if variables != totals || variables == 0 {
            return Err(CalibrationError::Totals { variables, totals });
        }
        for (variable, column) in targets.variables.iter().enumerate() {
            self.check_length(column.len())?;
            if let Some(row) = column.iter().position(|value| !value.is_finite()) {
                return Err(CalibrationError::NoValue { variable, row });
            }
        }
        if let Some(cell) = targets.totals.iter().position(|total| !total.is_finite()) {
            return Err(CalibrationError::Total { cell, value: targets.totals[cell] });
        }
        match targets.bounds {
            None if targets.distance == Distance::Logit => Err(CalibrationError::Bounds),
            Some((lower, upper)) if !(lower < 1.0 && upper > 1.0) => Err(CalibrationError::Bounds),
            _ => Ok(()),
        }
    }

    /// The factors g of all rows, by Newton's method from g = 1.
    fn factors(&self, targets: &Targets<'_>) -> Result<Vec<f64>, CalibrationError> {
        let curve = Curve { distance: targets.distance, bounds: targets.bounds };
        let along = |coefficients: &[f64]| -> Vec<f64> {
            let position = |row: usize| -> f64 {
                targets.variables.iter().zip(coefficients).map(|(column, a)| column[row] * a).sum()
            };
            (0..self.rows()).map(position).collect()
        };
        let misfit = |positions: &[f64]| -> Vec<f64> {
            let reached = |column: &[f64]| -> f64 {
                let rows = self.weights.iter().zip(column).zip(positions);
                rows.map(|((w, x), &u)| w * x * curve.factor(u)).sum()
            };
            targets.variables.iter().zip(targets.totals).map(|(x, total)| total - reached(x)).collect()
        };
        let mut coefficients = vec![0.0; targets.variables.len()];
        let mut positions = along(&coefficients);
        let mut left = misfit(&positions);
        for step in 0..targets.max_steps {
            let slopes = self.products(targets, |row| curve.slope(positions[row]));
            let factor = Cholesky::new(&slopes).map_err(|variable| match step {
                0 => CalibrationError::Collinear { variable },
                _ => CalibrationError::NotConverged { steps: step },
            })?;
            let mut change = factor.solve(&left);
            loop {
                let next: Vec<f64> = coefficients.iter().zip(&change).map(|(a, b)| a + b).collect();
                positions = along(&next);
                left = misfit(&positions);
                if left.iter().all(|left| left.is_finite()) {
                    coefficients = next;
                    break;
                }
                change.iter_mut().for_each(|change| *change /= 2.0);
                if change.iter().all(|change| change.abs() < 1e-300) {
                    return Err(CalibrationError::NotConverged { steps: step + 1 });
                }
            }
            let met = |(left, total): (&f64, &f64)| left.abs() / (1.0 + total.abs()) < targets.tolerance;
            // Without bounds the straight line is there after one step, to rounding.
            let straight = targets.distance == Distance::Linear && targets.bounds.is_none();
            if straight || left.iter().zip(targets.totals).all(met) {
                return Ok(positions.iter().map(|&u| curve.factor(u)).collect());
            }
        }
        Err(CalibrationError::NotConverged { steps: targets.max_steps })
    }

    /// `Σ_i w_i s_i x_i x_i'`.
    fn products(&self, targets: &Targets<'_>, scale: impl Fn(usize) -> f64) -> Matrix {
        let k = targets.variables.len();
        let weights: Vec<f64> = (0..self.rows()).map(|row| self.weights[row] * scale(row)).collect();
        Matrix::from_fn(k, k, |i, j| {
            let pairs = targets.variables[i].iter().zip(targets.variables[j]).zip(&weights);
            pairs.map(|((x, y), w)| w * x * y).sum()
        })
    }

    pub(super) fn check_uncalibrated(&self) -> Result<(), CalibrationError> {
        if self.auxiliary.is_some() { Err(CalibrationError::Twice) } else { Ok(()) }
    }

    /// The cell of every row, if all have one and all cells can have their totals.
    pub(super) fn check_cells(
        &self,
        cells: &[Option<u32>],
        totals: &[f64],
    ) -> Result<Vec<u32>, CalibrationError> {
        self.check_length(cells.len())?;
        let known = |(row, cell): (usize, &Option<u32>)| {
            cell.filter(|&cell| (cell as usize) < totals.len()).ok_or(CalibrationError::NoCell { row })
        };
        let cells: Vec<u32> = cells.iter().enumerate().map(known).collect::<Result<_, _>>()?;
        let sums = cell_sums(&self.weights, &cells, totals.len());
        for (cell, (&value, &sum)) in totals.iter().zip(&sums).enumerate() {
            if !(value.is_finite() && value >= 0.0) || (value == 0.0 && sum > 0.0) {
                return Err(CalibrationError::Total { cell, value });
            }
            if value > 0.0 && sum <= 0.0 {
                return Err(CalibrationError::EmptyCell { cell });
            }
        }
        Ok(cells)
    }

    pub(super) fn auxiliary_of(
        &self,
        columns: usize,
        rows: impl Iterator<Item = Vec<Entry>>,
        solution: Solution,
    ) -> Auxiliary {
        Auxiliary::new(columns, rows, &self.unit_of_row, self.units(), solution)
    }

    pub(super) fn reweighted(
        &self,
        weights: Vec<f64>,
        auxiliary: Auxiliary,
    ) -> Result<Self, CalibrationError> {
        if !are_summable(&weights) {
            return Err(CalibrationError::WeightsTooLarge);
        }
        let mut design = self.clone();
        design.weights = weights;
        design.auxiliary = Some(auxiliary);
        Ok(design)
    }
}

/// Sum of the weights of each cell.
pub(super) fn cell_sums(weights: &[f64], cells: &[u32], count: usize) -> Vec<f64> {
    let mut sums = vec![0.0; count];
    for (weight, &cell) in weights.iter().zip(cells) {
        sums[cell as usize] += weight;
    }
    sums
}

/// Scales the weights of each cell from its sum to its total.
pub(super) fn scale(weights: &mut [f64], cells: &[u32], totals: &[f64], sums: &[f64]) {
    for (weight, &cell) in weights.iter_mut().zip(cells) {
        if *weight != 0.0 {
            *weight *= totals[cell as usize] / sums[cell as usize];
        }
    }
}

/// How far a weight moves along `u = x'λ`.
#[derive(Clone, Copy)]
struct Curve {
    distance: Distance,
    bounds: Option<(f64, f64)>,
}

impl Curve {
    fn factor(self, u: f64) -> f64 {
        let (lower, upper) = self.bounds.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        match self.distance {
            Distance::Linear => (1.0 + u).clamp(lower, upper),
            Distance::Raking => libm::exp(u).clamp(lower, upper),
            Distance::Logit => {
                let (a, b, e) = logit_terms(lower, upper, u);
                (lower * a + upper * b * e) / (a + b * e)
            }
        }
    }

    fn slope(self, u: f64) -> f64 {
        let (lower, upper) = self.bounds.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        // R looks at u here, also where g = e^u.
        let inside = u > lower - 1.0 && u < upper - 1.0;
        match self.distance {
            Distance::Linear => f64::from(u8::from(inside)),
            Distance::Raking => {
                if inside {
                    libm::exp(u)
                } else {
                    0.0
                }
            }
            Distance::Logit => {
                let (a, b, e) = logit_terms(lower, upper, u);
                let steep = (upper - lower) / (a * b);
                let below = a + b * e;
                (upper - lower) * a * b * e * steep / (below * below)
            }
        }
    }
}

/// `U − 1`, `1 − L` and `e^(A u)` with `A = (U − L) / ((U − 1)(1 − L))`.
fn logit_terms(lower: f64, upper: f64, u: f64) -> (f64, f64, f64) {
    let (a, b) = (upper - 1.0, 1.0 - lower);
    (a, b, libm::exp((upper - lower) / (a * b) * u))
}
