//! Parts of a sample in which to estimate, and the sums that one walk over their rows gives.

use super::design::Design;
use super::error::EstimateError;

/// The parts into which the levels of a grouping variable divide the rows: one for each level.
///
/// All levels are estimated in one walk over the rows. The variance keeps all PSUs and strata of the design:
/// scores outside a domain are 0 (Särndal, Swensson and Wretman 1992, section 10.3). Filtering rows before
/// making the design would give wrong standard errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Domains<'d> {
    pub(super) design: &'d Design,
    /// The cell of each row, or [`NOWHERE`].
    cell_of_row: Vec<u32>,
    /// By unit and level.
    cells: Vec<Cell>,
    levels: Vec<Level>,
}

/// The rows of one level in one unit of the last stage.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    unit: u32,
    level: u32,
    /// Some row has a weight.
    weighted: bool,
}

const NOWHERE: u32 = u32::MAX;

/// What is known of a level before there is a variable.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Level {
    /// Its rows.
    pub rows: usize,
    /// Its rows with a weight.
    pub weighted: usize,
    /// PSUs with a row that has a weight.
    pub psus: usize,
    /// Strata with such a row.
    pub strata: usize,
    /// Sum of weights.
    pub weight: f64,
    /// Sum of their squares.
    pub squares: f64,
}

/// Sums over rows that have a value, with `d = y − shift`: around a value of the level, so that they lose
/// nothing to rounding when values are large and close together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Moments {
    /// What is taken off every value.
    pub shift: f64,
    /// Rows with a value.
    pub rows: u32,
    /// Those of them with a weight.
    pub n: u32,
    /// `Σ w`.
    pub weight: f64,
    /// `Σ w d`.
    pub first: f64,
    /// `Σ w d²`.
    pub second: f64,
}

impl Moments {
    fn around(shift: f64) -> Self {
        Self { shift, ..Self::default() }
    }

    fn add(&mut self, weight: f64, value: f64) {
        let deviation = value - self.shift;
        self.rows += 1;
        self.n += u32::from(weight != 0.0);
        self.weight += weight;
        self.first += weight * deviation;
        self.second += weight * deviation * deviation;
    }

    fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.n += other.n;
        self.weight += other.weight;
        self.first += other.first;
        self.second += other.second;
    }
}

/// What one walk over the rows found about one variable in one level.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Summary {
    /// Sums over the level.
    pub total: Moments,
    /// Sums over its units, ascending, where a row has a value.
    pub units: Vec<(u32, Moments)>,
    /// In a calibrated design, by auxiliary variable: `Σ v` and `Σ v d`.
    pub auxiliary: Vec<(f64, f64)>,
}

impl Design {
    /// The domains of a grouping variable with the levels `0..levels`. A row whose level is `None`, or beyond
    /// the last, is in no domain.
    ///
    /// # Errors
    ///
    /// [`EstimateError::Length`] when `codes` has not one entry for each row.
    pub fn by(&self, codes: &[Option<u32>], levels: u32) -> Result<Domains<'_>, EstimateError> {
        self.check_length(codes.len())?;
        Ok(Domains::new(self, levels, |row| codes[row].filter(|&code| code < levels)))
    }

    /// [`EstimateError::Length`] unless a column has one entry for each row.
    pub(super) fn check_length(&self, found: usize) -> Result<(), EstimateError> {
        let expected = self.rows();
        if found == expected { Ok(()) } else { Err(EstimateError::Length { expected, found }) }
    }
}

impl<'d> Domains<'d> {
    /// `level` is below `levels`.
    pub(super) fn new(design: &'d Design, levels: u32, level: impl Fn(usize) -> Option<u32>) -> Self {
        let mut domains = Self {
            design,
            cell_of_row: vec![NOWHERE; design.rows()],
            cells: Vec::new(),
            levels: vec![Level::default(); levels as usize],
        };
        let unit = |row: &u32| design.unit_of_row[*row as usize];
        // The cell of each level in the unit at hand.
        let mut cell_of_level = vec![NOWHERE; levels as usize];
        let mut here: Vec<u32> = Vec::new();
        for run in design.order.chunk_by(|a, b| unit(a) == unit(b)) {
            let rows = || run.iter().filter_map(|&row| Some((row as usize, level(row as usize)?)));
            for (_, level) in rows() {
                let cell = &mut cell_of_level[level as usize];
                if *cell == NOWHERE {
                    *cell = 0;
                    here.push(level);
                }
            }
            here.sort_unstable();
            for &level in &here {
                cell_of_level[level as usize] = domains.cells.len() as u32;
                domains.cells.push(Cell { unit: unit(&run[0]), level, weighted: false });
            }
            for (row, level) in rows() {
                domains.put(row, cell_of_level[level as usize]);
            }
            here.drain(..).for_each(|level| cell_of_level[level as usize] = NOWHERE);
        }
        domains.count_psus();
        domains
    }

    fn put(&mut self, row: usize, number: u32) {
        let weight = self.design.weights[row];
        let cell = &mut self.cells[number as usize];
        cell.weighted |= weight != 0.0;
        let level = &mut self.levels[cell.level as usize];
        level.rows += 1;
        level.weighted += usize::from(weight != 0.0);
        level.weight += weight;
        level.squares += weight * weight;
        self.cell_of_row[row] = number;
    }

    fn count_psus(&mut self) {
        let mut units: Vec<Vec<u32>> = vec![Vec::new(); self.levels.len()];
        for cell in self.cells.iter().filter(|cell| cell.weighted) {
            units[cell.level as usize].push(cell.unit);
        }
        for (level, units) in self.levels.iter_mut().zip(units) {
            let psus = self.design.psus_of(units.into_iter());
            (level.psus, level.strata) = self.design.stages[0].count(psus.into_iter());
        }
    }

    /// How many levels there are, with rows or without.
    pub fn levels(&self) -> usize {
        self.levels.len()
    }

    /// How many rows a level has; 0 for one that there is not.
    pub fn rows(&self, level: usize) -> usize {
        self.levels.get(level).map_or(0, |level| level.rows)
    }

    pub(super) fn level(&self, level: usize) -> &Level {
        &self.levels[level]
    }

    /// The level that a row belongs to.
    pub(super) fn level_of(&self, row: usize) -> Option<u32> {
        self.cells.get(self.cell_of_row[row] as usize).map(|cell| cell.level)
    }

    /// The rows of each level with their weights.
    pub(super) fn rows_by_level(&self) -> Vec<Vec<(usize, f64)>> {
        let mut rows: Vec<Vec<(usize, f64)>> =
            self.levels.iter().map(|level| Vec::with_capacity(level.rows)).collect();
        self.all_rows().for_each(|(row, _, level, weight)| rows[level].push((row, weight)));
        rows
    }

    /// The rows of a level with their weights.
    pub(super) fn rows_of(&self, level: usize) -> impl Iterator<Item = (usize, f64)> {
        let inside = move |cell: u32| cell != NOWHERE && self.cells[cell as usize].level as usize == level;
        let rows = self.cell_of_row.iter().zip(&self.design.weights).enumerate();
        rows.filter(move |(_, (cell, _))| inside(**cell)).map(|(row, (_, &weight))| (row, weight))
    }

    /// The rows that belong to a level: with their cell, level and weight.
    fn all_rows(&self) -> impl Iterator<Item = (usize, usize, usize, f64)> {
        let rows = self.cell_of_row.iter().zip(&self.design.weights).enumerate();
        rows.filter(|(_, (cell, _))| **cell != NOWHERE).map(|(row, (&cell, &weight))| {
            (row, cell as usize, self.cells[cell as usize].level as usize, weight)
        })
    }

    /// Walks over the rows once and sums up a variable, `value(row, level)`, in every level. What is not a
    /// finite number is no value.
    pub(super) fn summarise(&self, value: &impl Fn(usize, usize) -> f64) -> Vec<Summary> {
        let shifts = self.first_values(value);
        let mut moments: Vec<Moments> =
            self.cells.iter().map(|cell| Moments::around(shifts[cell.level as usize])).collect();
        for (row, cell, level, weight) in self.all_rows() {
            let value = value(row, level);
            if value.is_finite() {
                moments[cell].add(weight, value);
            }
        }
        let mut summaries: Vec<Summary> = shifts
            .iter()
            .map(|&shift| Summary { total: Moments::around(shift), ..Summary::default() })
            .collect();
        for (cell, moments) in self.cells.iter().zip(moments).filter(|(_, moments)| moments.rows > 0) {
            let summary = &mut summaries[cell.level as usize];
            summary.total.merge(&moments);
            summary.units.push((cell.unit, moments));
        }
        self.add_auxiliary(value, &mut summaries);
        summaries
    }

    /// The first value of each level.
    fn first_values(&self, value: &impl Fn(usize, usize) -> f64) -> Vec<f64> {
        let mut first = vec![f64::NAN; self.levels.len()];
        let mut left = self.levels.iter().filter(|level| level.rows > 0).count();
        for (row, _, level, _) in self.all_rows() {
            if left == 0 {
                break;
            }
            if first[level].is_nan() {
                let found = value(row, level);
                if found.is_finite() {
                    first[level] = found;
                    left -= 1;
                }
            }
        }
        first
    }

    fn add_auxiliary(&self, value: &impl Fn(usize, usize) -> f64, summaries: &mut [Summary]) {
        let Some(auxiliary) = &self.design.auxiliary else { return };
        for summary in summaries.iter_mut() {
            summary.auxiliary = vec![(0.0, 0.0); auxiliary.columns()];
        }
        for (row, _, level, _) in self.all_rows() {
            let summary = &mut summaries[level];
            let deviation = value(row, level) - summary.total.shift;
            if deviation.is_finite() {
                for entry in auxiliary.of_row(row) {
                    let sums = &mut summary.auxiliary[entry.column as usize];
                    sums.0 += entry.inward;
                    sums.1 += entry.inward * deviation;
                }
            }
        }
    }
}
