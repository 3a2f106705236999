//! Parts of a sample in which to estimate, and the sums that one walk over their rows gives.

use super::auxiliary::Auxiliary;
use super::design::Design;
use super::error::EstimateError;

/// The parts into which the levels of a grouping variable divide the rows: one for each level.
///
/// All levels are estimated in one walk over the rows, which are ordered by unit and level once, here. The
/// variance keeps all PSUs and strata of the design: scores outside a domain are 0 (Särndal, Swensson and
/// Wretman 1992, section 10.3). Filtering rows before making the design would give wrong standard errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Domains<'d> {
    pub(super) design: &'d Design,
    /// The rows that belong to a level, by unit of the last stage, level and row.
    rows: Vec<u32>,
    weights: Vec<f64>,
    cells: Vec<Cell>,
    levels: Vec<Level>,
}

/// The rows of one level in one unit: those up to `end`, from where the cell before ends.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    unit: u32,
    level: u32,
    end: u32,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Level {
    /// Its cells, by unit.
    cells: Vec<u32>,
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
    pub(super) fn add(&mut self, weight: f64, deviation: f64) {
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
    /// What was taken off every value.
    pub shift: f64,
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
            rows: Vec::with_capacity(design.rows()),
            weights: Vec::with_capacity(design.rows()),
            cells: Vec::new(),
            levels: vec![Level::default(); levels as usize],
        };
        let unit = |row: &u32| design.unit_of_row[*row as usize];
        let mut here: Vec<(u32, u32)> = Vec::new();
        for run in design.order.chunk_by(|a, b| unit(a) == unit(b)) {
            here.clear();
            here.extend(run.iter().filter_map(|&row| Some((level(row as usize)?, row))));
            here.sort_by_key(|&(level, _)| level);
            for cell in here.chunk_by(|a, b| a.0 == b.0) {
                domains.push(unit(&run[0]), cell);
            }
        }
        domains.count_psus();
        domains
    }

    /// Adds the rows of one level in one unit.
    fn push(&mut self, unit: u32, rows: &[(u32, u32)]) {
        let number = self.cells.len() as u32;
        let code = rows[0].0;
        let level = &mut self.levels[code as usize];
        level.cells.push(number);
        level.rows += rows.len();
        for &(_, row) in rows {
            let weight = self.design.weights[row as usize];
            level.weighted += usize::from(weight != 0.0);
            level.weight += weight;
            level.squares += weight * weight;
            self.rows.push(row);
            self.weights.push(weight);
        }
        self.cells.push(Cell { unit, level: code, end: self.rows.len() as u32 });
    }

    fn count_psus(&mut self) {
        for at in 0..self.levels.len() {
            let weighted = |&&cell: &&u32| {
                let cell = cell as usize;
                self.weights[self.start(cell)..self.cells[cell].end as usize]
                    .iter()
                    .any(|&weight| weight != 0.0)
            };
            let units =
                self.levels[at].cells.iter().filter(weighted).map(|&cell| self.cells[cell as usize].unit);
            let psus = self.design.psus_of(units);
            let (psus, strata) = self.design.stages[0].count(psus.into_iter());
            (self.levels[at].psus, self.levels[at].strata) = (psus, strata);
        }
    }

    fn start(&self, cell: usize) -> usize {
        cell.checked_sub(1).map_or(0, |before| self.cells[before].end as usize)
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

    /// The rows of a level with their weights, by unit.
    pub(super) fn rows_of(&self, level: usize) -> impl Iterator<Item = (usize, f64)> {
        self.levels[level].cells.iter().flat_map(|&cell| {
            let range = self.start(cell as usize)..self.cells[cell as usize].end as usize;
            range.map(|at| (self.rows[at] as usize, self.weights[at]))
        })
    }

    /// Walks over the rows once and sums up a variable, `value(row, level)`, in every level. What is not a
    /// finite number is no value.
    pub(super) fn summarise(&self, value: &impl Fn(usize, usize) -> f64) -> Vec<Summary> {
        let columns = self.design.auxiliary.as_ref().map_or(0, Auxiliary::columns);
        let mut summaries: Vec<Summary> = self
            .levels
            .iter()
            .map(|level| Summary {
                shift: f64::NAN,
                units: Vec::with_capacity(level.cells.len()),
                auxiliary: vec![(0.0, 0.0); columns],
                ..Summary::default()
            })
            .collect();
        let mut start = 0;
        for cell in &self.cells {
            let (level, end) = (cell.level as usize, cell.end as usize);
            let rows = &self.rows[start..end];
            let weights = &self.weights[start..end];
            start = end;
            let summary = &mut summaries[level];
            if summary.shift.is_nan() {
                let values = rows.iter().map(|&row| value(row as usize, level));
                let Some(first) = values.into_iter().find(|value| value.is_finite()) else { continue };
                summary.shift = first;
            }
            let mut moments = Moments::default();
            for (&row, &weight) in rows.iter().zip(weights) {
                let deviation = value(row as usize, level) - summary.shift;
                if deviation.is_finite() {
                    moments.add(weight, deviation);
                    if let Some(auxiliary) = &self.design.auxiliary {
                        for entry in auxiliary.of_row(row as usize) {
                            let sums = &mut summary.auxiliary[entry.column as usize];
                            sums.0 += entry.inward;
                            sums.1 += entry.inward * deviation;
                        }
                    }
                }
            }
            if moments.rows > 0 {
                summary.total.merge(&moments);
                summary.units.push((cell.unit, moments));
            }
        }
        summaries
    }
}
