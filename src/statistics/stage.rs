//! One stage of sampling: which unit and stratum each row belongs to, and the variance it contributes.

use super::design::LonelyPsu;
use super::error::DesignError;

/// A stratum of one stage: a run of neighbouring units.
#[derive(Debug, Clone, PartialEq)]
struct Stratum {
    /// Dense number of its first unit; the units of a stratum are neighbours.
    first: usize,
    /// How many units were sampled in it, in the full design.
    units: usize,
    /// Share of the population's units that were sampled; 0 when the population is not known.
    fraction: f64,
    /// What its variance is multiplied by: 1 in the first stage, the sampled share of the stratum above in
    /// the second.
    share_above: f64,
}

impl Stratum {
    /// Every unit of the population is in the sample, so nothing here varies. The bound is R's.
    fn is_take_all(&self) -> bool {
        1.0 - self.fraction < 1e-7
    }

    fn is_lonely(&self) -> bool {
        self.units == 1 && !self.is_take_all()
    }
}

/// Rows, units and strata of one stage, numbered densely in the order of their codes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stage {
    unit_of_row: Vec<u32>,
    stratum_of_unit: Vec<u32>,
    strata: Vec<Stratum>,
}

/// What a stage is made of. All slices have one entry a row.
pub(super) struct StageColumns<'a> {
    /// Stratum codes; none: one stratum.
    pub strata: Option<&'a [u32]>,
    /// Unit codes, read within their stratum; none: every row is a unit.
    pub units: Option<&'a [u32]>,
    /// How many units the stratum has in the population; none: sampled with replacement.
    pub population: Option<&'a [f64]>,
}

impl Stage {
    /// Numbers units and strata and checks the population counts, which the caller has seen to be finite.
    pub(super) fn new(rows: usize, columns: &StageColumns<'_>) -> Result<Self, DesignError> {
        let stratum_code = |row: usize| columns.strata.map_or(0, |codes| codes[row]);
        let unit_code = |row: usize| columns.units.map_or(row, |codes| codes[row] as usize);
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by_key(|&row| (stratum_code(row), unit_code(row), row));

        let mut stage = Self { unit_of_row: vec![0; rows], stratum_of_unit: Vec::new(), strata: Vec::new() };
        let mut last: Option<usize> = None;
        let mut first_rows: Vec<usize> = Vec::new();
        for &row in &order {
            let new_stratum = last.is_none_or(|last| stratum_code(last) != stratum_code(row));
            if new_stratum {
                let first = stage.stratum_of_unit.len();
                stage.strata.push(Stratum { first, units: 0, fraction: 0.0, share_above: 1.0 });
                first_rows.push(row);
            }
            if new_stratum || last.is_none_or(|last| unit_code(last) != unit_code(row)) {
                stage.stratum_of_unit.push(stage.strata.len() as u32 - 1);
                if let Some(stratum) = stage.strata.last_mut() {
                    stratum.units += 1;
                }
            }
            stage.unit_of_row[row] = stage.stratum_of_unit.len() as u32 - 1;
            last = Some(row);
        }
        if let Some(population) = columns.population {
            stage.set_fractions(population, &first_rows, &stratum_code)?;
        }
        Ok(stage)
    }

    fn set_fractions(
        &mut self,
        population: &[f64],
        first_rows: &[usize],
        stratum_code: &dyn Fn(usize) -> u32,
    ) -> Result<(), DesignError> {
        for (row, &found) in population.iter().enumerate() {
            let first = first_rows[self.stratum_of_row(row)];
            let expected = population[first];
            // Counts are typed in, not computed: anything but the same number is a mistake in the frame.
            if found.total_cmp(&expected).is_ne() {
                return Err(DesignError::PopulationVaries {
                    row,
                    stratum: stratum_code(row),
                    found,
                    expected,
                });
            }
        }
        for (stratum, &first) in self.strata.iter_mut().zip(first_rows) {
            let population = population[first];
            if population < stratum.units as f64 {
                let (stratum, sampled) = (stratum_code(first), stratum.units);
                return Err(DesignError::PopulationTooSmall { stratum, population, sampled });
            }
            stratum.fraction = stratum.units as f64 / population;
        }
        Ok(())
    }

    /// Makes this the stage below `above`: each of its strata is a unit of `above`, in the same order, and
    /// counts by the share of units that was sampled there.
    pub(super) fn place_below(&mut self, above: &Self) {
        for (stratum, &parent) in self.strata.iter_mut().zip(&above.stratum_of_unit) {
            let parent = &above.strata[parent as usize];
            stratum.share_above = parent.share_above * parent.fraction;
        }
    }

    /// The first stratum that has one sampled unit of several, by its dense number.
    pub(super) fn first_lonely(&self) -> Option<usize> {
        self.strata.iter().position(Stratum::is_lonely)
    }

    /// Dense unit number of every row.
    pub(super) fn units(&self) -> &[u32] {
        &self.unit_of_row
    }

    fn stratum_of_row(&self, row: usize) -> usize {
        self.stratum_of_unit[self.unit_of_row[row] as usize] as usize
    }

    /// Any row of the stratum with this dense number.
    pub(super) fn row_in_stratum(&self, stratum: usize) -> Option<usize> {
        (0..self.unit_of_row.len()).find(|&row| self.stratum_of_row(row) == stratum)
    }

    /// How many units and strata the rows touch.
    pub(super) fn count(&self, rows: impl Iterator<Item = usize>) -> (usize, usize) {
        let mut units = vec![false; self.stratum_of_unit.len()];
        for row in rows {
            units[self.unit_of_row[row] as usize] = true;
        }
        let touched = units.iter().filter(|&&unit| unit).count();
        let strata = self.strata.iter().filter(|s| units[s.first..s.first + s.units].contains(&true));
        (touched, strata.count())
    }

    /// Sums the scores of each unit, in the order of the rows.
    pub(super) fn totals(&self, scores: impl Iterator<Item = (usize, f64)>) -> Vec<f64> {
        let mut totals = vec![0.0; self.stratum_of_unit.len()];
        for (row, score) in scores {
            totals[self.unit_of_row[row] as usize] += score;
        }
        totals
    }

    /// Which strata the rows touch.
    fn present(&self, rows: impl Iterator<Item = usize>) -> Vec<bool> {
        let mut present = vec![false; self.strata.len()];
        for row in rows {
            present[self.stratum_of_row(row)] = true;
        }
        present
    }

    /// The covariance that this stage contributes, from the unit totals of two scores:
    /// `Σ_h share_h (1 − f_h) n_h/(n_h − 1) Σ_c (A_hc − Ā_h)(B_hc − B̄_h)`.
    ///
    /// Units without a row in the domain have the total 0 and count in `n_h` and the means. `rows` are those
    /// of the domain; only the rule `Average` looks at them, to know which strata are there at all.
    /// `None`: `Average` found no stratum to learn from.
    pub(super) fn covariance(
        &self,
        a: &[f64],
        b: &[f64],
        lonely: LonelyPsu,
        rows: impl Iterator<Item = usize>,
    ) -> Option<f64> {
        let mut sum = 0.0;
        for stratum in &self.strata {
            if stratum.is_take_all() {
                continue;
            }
            let range = stratum.first..stratum.first + stratum.units;
            let (a, b) = (&a[range.clone()], &b[range]);
            let squares = if stratum.units > 1 {
                let n = stratum.units as f64;
                let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
                let squares: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
                squares * n / (n - 1.0)
            } else if lonely == LonelyPsu::Adjust {
                a[0] * b[0]
            } else {
                0.0
            };
            sum += stratum.share_above * (1.0 - stratum.fraction) * squares;
        }
        if lonely != LonelyPsu::Average || self.first_lonely().is_none() {
            return Some(sum);
        }
        let present = self.present(rows);
        let count = |keep: &dyn Fn(&Stratum) -> bool| {
            self.strata.iter().zip(&present).filter(|&(stratum, &present)| present && keep(stratum)).count()
        };
        let (all, alone) = (count(&|_| true), count(&Stratum::is_lonely));
        (alone < all).then(|| sum * all as f64 / (all - alone) as f64)
    }
}
