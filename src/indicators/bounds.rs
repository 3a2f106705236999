//! How closely somebody who knows what is published can bound what is not: the range of a blanked count over all tables that
//! agree with the published ones.
//!
//! Blanked counts are numbers of at least 0, and published sums say what some of them add up to. The smallest and the
//! largest value that one of them can take are two linear programs (Fischetti and Salazar 2001), small enough here for
//! the simplex method on a dense tableau, with Bland's rule, which always ends.

/// Rounding in the tableau is far below this, and counts are whole numbers.
const TINY: f64 = 1e-9;

/// An equation over the unknowns: they add up, with these signs, to the value that they have in truth.
#[derive(Debug, Clone, Default)]
pub(super) struct Equation(pub(super) Vec<(usize, f64)>);

/// How far apart the smallest and the largest possible value of an unknown are; `truth` holds the real values. `None` where
/// there is no largest.
pub(super) fn width(equations: &[Equation], truth: &[f64], unknown: usize) -> Option<f64> {
    let highest = extreme(equations, truth, unknown, 1.0)?;
    let lowest = extreme(equations, truth, unknown, -1.0)?;
    Some(highest + lowest)
}

/// The largest value of `sign` times an unknown.
fn extreme(equations: &[Equation], truth: &[f64], unknown: usize, sign: f64) -> Option<f64> {
    let mut tableau = Tableau::new(equations, truth);
    tableau.make_feasible();
    tableau.maximise(unknown, sign)
}

/// Equations solved for their basic unknowns. Columns: the unknowns, one artificial unknown for each equation, the right
/// side.
struct Tableau {
    rows: Vec<Vec<f64>>,
    basis: Vec<usize>,
    unknowns: usize,
}

impl Tableau {
    fn new(equations: &[Equation], truth: &[f64]) -> Self {
        let unknowns = truth.len();
        let rows = equations.iter().enumerate().map(|(number, Equation(terms))| {
            let value = |(at, sign): &(usize, f64)| sign * truth.get(*at).copied().unwrap_or(0.0);
            let right: f64 = terms.iter().map(value).sum();
            let turn = if right < 0.0 { -1.0 } else { 1.0 };
            let mut row = vec![0.0; unknowns + equations.len() + 1];
            terms.iter().for_each(|(at, sign)| row[*at] += turn * sign);
            row[unknowns + number] = 1.0;
            row[unknowns + equations.len()] = turn * right;
            row
        });
        let rows: Vec<Vec<f64>> = rows.collect();
        Self { basis: (unknowns..unknowns + rows.len()).collect(), rows, unknowns }
    }

    fn no_prices(&self) -> Vec<f64> {
        vec![0.0; self.unknowns + self.rows.len()]
    }

    /// The first phase: no artificial unknown stays above 0, which the truth shows to be possible.
    fn make_feasible(&mut self) {
        let mut prices = self.no_prices();
        prices.iter_mut().skip(self.unknowns).take(self.rows.len()).for_each(|price| *price = -1.0);
        self.climb(&prices, self.unknowns + self.rows.len());
        // What is left of them at 0 leaves the basis where it can; elsewhere its equation follows from the others.
        for row in 0..self.rows.len() {
            if self.basis[row] >= self.unknowns
                && let Some(column) = (0..self.unknowns).find(|column| self.rows[row][*column].abs() > TINY)
            {
                self.pivot(row, column);
            }
        }
    }

    /// The second phase.
    fn maximise(&mut self, unknown: usize, sign: f64) -> Option<f64> {
        let mut prices = self.no_prices();
        prices[unknown] = sign;
        if !self.climb(&prices, self.unknowns) {
            return None;
        }
        let row = self.basis.iter().position(|basic| *basic == unknown);
        Some(sign * row.and_then(|row| self.rows[row].last()).copied().unwrap_or(0.0))
    }

    /// Pivots until no unknown among the first `columns` makes the sum of prices larger; whether there is a largest.
    fn climb(&mut self, prices: &[f64], columns: usize) -> bool {
        loop {
            let gain = |column: usize| {
                let basic =
                    self.rows.iter().zip(&self.basis).map(|(row, basic)| prices[*basic] * row[column]);
                prices[column] - basic.sum::<f64>()
            };
            // Bland: the first that gains, and of the rows that bind the one whose unknown is first.
            let Some(column) = (0..columns).find(|column| gain(*column) > TINY) else { return true };
            let ratio = |row: &Vec<f64>| row.last().copied().unwrap_or(0.0) / row[column];
            let binding = self.rows.iter().enumerate().filter(|(_, row)| row[column] > TINY);
            let binding = binding.map(|(number, row)| (ratio(row), self.basis[number], number));
            let Some((_, _, row)) = binding.reduce(|a, b| {
                let earlier = if (a.0 - b.0).abs() <= TINY { b.1 < a.1 } else { b.0 < a.0 };
                if earlier { b } else { a }
            }) else {
                return false;
            };
            self.pivot(row, column);
        }
    }

    fn pivot(&mut self, row: usize, column: usize) {
        let by = self.rows[row][column];
        self.rows[row].iter_mut().for_each(|cell| *cell /= by);
        let pivot = self.rows[row].clone();
        for (number, other) in self.rows.iter_mut().enumerate() {
            let times = other[column];
            if number != row && times != 0.0 {
                other.iter_mut().zip(&pivot).for_each(|(cell, pivot)| *cell -= times * pivot);
            }
        }
        self.basis[row] = column;
    }
}

#[cfg(test)]
mod tests {
    use super::{Equation, width};

    fn sum(of: &[usize]) -> Equation {
        Equation(of.iter().map(|at| (*at, 1.0)).collect())
    }

    #[test]
    fn a_sum_bounds_its_parts_and_a_table_its_cells() {
        assert_eq!(width(&[sum(&[0, 1])], &[3.0, 4.0], 0), Some(7.0));
        assert_eq!(width(&[sum(&[0])], &[3.0], 0), Some(0.0));
        assert_eq!(width(&[], &[3.0], 0), None);
        // Two rows and two columns: the cell at the corner lies between 0 and 5.
        let table = [sum(&[0, 1]), sum(&[2, 3]), sum(&[0, 2]), sum(&[1, 3])];
        assert_eq!(width(&table, &[2.0, 3.0, 4.0, 9.0], 0), Some(5.0));
        // A difference does not bound what is subtracted.
        assert_eq!(width(&[Equation(vec![(0, 1.0), (1, -1.0)])], &[3.0, 1.0], 1), None);
    }
}
