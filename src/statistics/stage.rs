//! One stage of sampling: which unit and stratum each row belongs to, and the variance it contributes.

use super::design::LonelyPsu;
use super::error::{DesignError, EstimateError};

/// A stratum of one stage: a run of neighbouring units.
#[derive(Debug, Clone, PartialEq)]
struct Stratum {
    /// Its code in the columns.
    code: u32,
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

/// What to do with lonely units: see [`LonelyPsu`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lonely {
    pub rule: LonelyPsu,
    /// The rule also holds for a unit that is alone only among the rows of an estimate.
    pub in_domains: bool,
}

/// A unit with the sums of two scores over its rows; its dense number comes first.
pub(super) type Pair = (u32, f64, f64);

/// Units and strata of one stage, numbered densely in the order of their codes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stage {
    stratum_of_unit: Vec<u32>,
    strata: Vec<Stratum>,
    /// Each stratum is a unit of the stage above.
    below: bool,
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

/// The rows by the units of a stage.
pub(super) struct Numbering {
    /// Dense unit number of every row.
    pub unit_of_row: Vec<u32>,
    /// The rows, by unit and inside it in their own order.
    pub order: Vec<u32>,
}

impl Stage {
    /// Numbers units and strata and checks the population counts, which the caller has seen to be finite.
    pub(super) fn new(rows: usize, columns: &StageColumns<'_>) -> Result<(Self, Numbering), DesignError> {
        let stratum_code = |row: u32| columns.strata.map_or(0, |codes| codes[row as usize]);
        let unit_code = |row: u32| columns.units.map_or(row, |codes| codes[row as usize]);
        let code = |row: u32| (stratum_code(row), unit_code(row));
        let mut order: Vec<u32> = (0..rows as u32).collect();
        if !order.is_sorted_by_key(|&row| code(row)) {
            let mut keyed: Vec<((u32, u32), u32)> = order.iter().map(|&row| (code(row), row)).collect();
            keyed.sort_unstable();
            order.iter_mut().zip(keyed).for_each(|(row, sorted)| *row = sorted.1);
        }

        let mut stage = Self { stratum_of_unit: Vec::new(), strata: Vec::new(), below: false };
        let mut unit_of_row = vec![0; rows];
        let mut last: Option<u32> = None;
        for &row in &order {
            let new_stratum = last.is_none_or(|last| stratum_code(last) != stratum_code(row));
            if new_stratum {
                let code = stratum_code(row);
                stage.strata.push(Stratum { code, units: 0, fraction: 0.0, share_above: 1.0 });
            }
            if new_stratum || last.is_none_or(|last| unit_code(last) != unit_code(row)) {
                stage.stratum_of_unit.push(stage.strata.len() as u32 - 1);
                if let Some(stratum) = stage.strata.last_mut() {
                    stratum.units += 1;
                }
            }
            unit_of_row[row as usize] = stage.stratum_of_unit.len() as u32 - 1;
            last = Some(row);
        }
        let numbering = Numbering { unit_of_row, order };
        if let Some(population) = columns.population {
            stage.set_fractions(population, &numbering)?;
        }
        Ok((stage, numbering))
    }

    fn set_fractions(&mut self, population: &[f64], rows: &Numbering) -> Result<(), DesignError> {
        let mut expected: Vec<Option<f64>> = vec![None; self.strata.len()];
        for (row, &found) in population.iter().enumerate() {
            let at = self.stratum_of_unit[rows.unit_of_row[row] as usize] as usize;
            let expected = *expected[at].get_or_insert(found);
            // Counts are typed in, not computed: anything but the same number is a mistake in the frame.
            if found.total_cmp(&expected).is_ne() {
                let stratum = self.strata[at].code;
                return Err(DesignError::PopulationVaries { row, stratum, found, expected });
            }
        }
        for (stratum, population) in self.strata.iter_mut().zip(expected.into_iter().flatten()) {
            if population < stratum.units as f64 {
                let (stratum, sampled) = (stratum.code, stratum.units);
                return Err(DesignError::PopulationTooSmall { stratum, population, sampled });
            }
            stratum.fraction = stratum.units as f64 / population;
        }
        Ok(())
    }

    /// Makes this the stage below `above`: each of its strata is a unit of `above`, in the same order, and
    /// counts by the share of units that was sampled there.
    pub(super) fn place_below(&mut self, above: &Self) {
        self.below = true;
        for (stratum, &parent) in self.strata.iter_mut().zip(&above.stratum_of_unit) {
            let parent = &above.strata[parent as usize];
            stratum.share_above = parent.share_above * parent.fraction;
        }
    }

    /// Code of the first stratum that has one sampled unit of several.
    pub(super) fn first_lonely(&self) -> Option<u32> {
        self.strata.iter().find(|stratum| stratum.is_lonely()).map(|stratum| stratum.code)
    }

    /// How many units there are.
    pub(super) fn units(&self) -> usize {
        self.stratum_of_unit.len()
    }

    /// The stratum of a unit, which in the second stage is the unit of the first.
    pub(super) fn stratum(&self, unit: u32) -> u32 {
        self.stratum_of_unit[unit as usize]
    }

    /// How many units and strata there are in a list of units that ascends.
    pub(super) fn count(&self, units: impl Iterator<Item = u32>) -> (usize, usize) {
        let (mut touched, mut strata, mut last) = (0, 0, None);
        for unit in units {
            touched += 1;
            strata += usize::from(last.replace(self.stratum(unit)) != Some(self.stratum(unit)));
        }
        (touched, strata)
    }

    /// The covariance that this stage contributes, from the totals of two scores in units:
    /// `Σ_h share_h (1 − f_h) n_h/(n_h − 1) Σ_c (A_hc − Ā_h)(B_hc − B̄_h)`.
    ///
    /// `pairs` are the units that have a row in the estimate, ascending; all others of a stratum have the
    /// total 0 and count in `n_h` and the means. `Ok(None)`: the rule `Average` found no stratum to learn from.
    pub(super) fn covariance(&self, pairs: &[Pair], lonely: Lonely) -> Result<Option<f64>, EstimateError> {
        let (mut sum, mut present, mut unknown) = (0.0, 0_usize, 0_usize);
        for run in pairs.chunk_by(|a, b| self.stratum(a.0) == self.stratum(b.0)) {
            let stratum = &self.strata[self.stratum(run[0].0) as usize];
            present += 1;
            if stratum.is_take_all() {
                continue;
            }
            let n = stratum.units as f64;
            let alone = stratum.units == 1 || (lonely.in_domains && run.len() == 1);
            let squares = match lonely.rule {
                LonelyPsu::Fail if stratum.units == 1 => {
                    return Err(EstimateError::LonelyPsu { stratum: stratum.code });
                }
                LonelyPsu::Average if alone => {
                    unknown += 1;
                    continue;
                }
                LonelyPsu::Adjust if alone => run[0].1 * run[0].2,
                _ if stratum.units == 1 => 0.0,
                _ => centred_products(run, n),
            };
            let factor = if stratum.units == 1 { 1.0 } else { n / (n - 1.0) };
            sum += stratum.share_above * (1.0 - stratum.fraction) * factor * squares;
        }
        if unknown == 0 {
            return Ok(Some(sum));
        }
        // Units below a PSU are averaged over that PSU alone, as in R, so that one lonely unit is all of them.
        let others = unknown < present && !self.below;
        Ok(others.then(|| sum * present as f64 / (present - unknown) as f64))
    }
}

/// Sum of the products of deviations from the means, over `n` units of which those not in `run` are 0.
fn centred_products(run: &[Pair], n: f64) -> f64 {
    let mean_a = run.iter().map(|pair| pair.1).sum::<f64>() / n;
    let mean_b = run.iter().map(|pair| pair.2).sum::<f64>() / n;
    let products: f64 = run.iter().map(|&(_, a, b)| (a - mean_a) * (b - mean_b)).sum();
    products + (n - run.len() as f64) * mean_a * mean_b
}
