//! Numbers of one round set against each other: gaps between groups and between indicators, and averages of several.
//!
//! A contrast is a weighted sum of *published* numbers, taken from the rows that [`super::compute`] gave: where one of
//! them is blanked there is no contrast, so nothing can be had from it that the rows do not tell.

use std::collections::HashMap;

use super::compute::Options;
use super::definition::Definitions;
use super::design::Sampling;
use super::estimate::{Error, Setting};
use super::level::Level;
use super::measure::Measured;
use super::output::Row;
use crate::statistics::{Scored, benjamini_hochberg, holm, interval_of_parts, p_value_of_interval};

/// A weighted sum of published numbers, with its error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// The sum.
    pub estimate: f64,
    /// Its standard error; none where too few PSUs leave it unknown, or a share of 0 or 1 among the numbers has none that
    /// says anything.
    pub std_error: Option<f64>,
    /// Degrees of freedom: the smallest of the numbers in it.
    pub df: f64,
    /// The level of the interval: that of the numbers in it, and the survey's where they differ.
    pub level: f64,
    /// Student's t interval; with a share of 0 or 1 one from the intervals of the numbers.
    pub interval: Option<(f64, f64)>,
    /// Of the t test that the sum is 0; with a share of 0 or 1 by the end of the interval that is nearer to 0.
    pub p_value: Option<f64>,
    /// The same, adjusted for all tests of a family; see [`adjust`].
    pub p_holm: Option<f64>,
    /// The same by the rule that allows few false findings among the findings.
    pub p_bh: Option<f64>,
}

/// How certain it is that a contrast is not 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Also when all tests of its family are looked at together.
    Certain,
    /// By its own interval only: one in twenty such findings is false at a level of 95%.
    Likely,
    /// Its interval holds 0.
    Unclear,
}

impl Certainty {
    /// The word in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Unclear => "unclear",
        }
    }
}

impl Contrast {
    /// How certain it is that this is not 0, at the level of its interval; none where that is unknown.
    #[must_use]
    pub fn certainty(&self) -> Option<Certainty> {
        certainty(self.interval, self.p_holm, self.level)
    }
}

/// How certain it is that something is not 0, by its interval and its p value as adjusted for its family.
pub(super) fn certainty(interval: Option<(f64, f64)>, p_holm: Option<f64>, level: f64) -> Option<Certainty> {
    let (low, high) = interval?;
    Some(match p_holm {
        Some(p) if p <= 1.0 - level => Certainty::Certain,
        _ if low > 0.0 || high < 0.0 => Certainty::Likely,
        _ => Certainty::Unclear,
    })
}

/// Fills in the p values of a family of tests that are looked through together.
pub fn adjust<'c>(family: impl Iterator<Item = &'c mut Contrast>) {
    let mut family: Vec<&mut Contrast> = family.collect();
    let p_values: Vec<Option<f64>> = family.iter().map(|contrast| contrast.p_value).collect();
    for (contrast, adjusted) in family.iter_mut().zip(adjusted(&p_values)) {
        (contrast.p_holm, contrast.p_bh) = adjusted;
    }
}

/// The p values of a family of tests as Holm, and as Benjamini and Hochberg adjust them; none where there is no test.
pub(super) fn adjusted(p_values: &[Option<f64>]) -> Vec<(Option<f64>, Option<f64>)> {
    let tested: Vec<f64> = p_values.iter().copied().flatten().collect();
    let mut adjusted = holm(&tested).into_iter().zip(benjamini_hochberg(&tested));
    p_values.iter().map(|p_value| p_value.and_then(|_| adjusted.next()).unzip()).collect()
}

/// The contrasts of one round.
pub struct Contrasts<'d> {
    definitions: &'d Definitions<'d>,
    options: &'d Options,
    /// The design of interviews, whose PSUs are those of the rows of rosters as well.
    setting: Setting,
    levels: Vec<Option<Level>>,
    /// What was measured and estimated last: neighbours in a table need the same again.
    measured: HashMap<usize, Measured>,
    scored: HashMap<Place, Option<Scored>>,
    /// How many units these scores are of.
    remembered: usize,
}

/// The interval of a sum of numbers from theirs.
fn interval_of(parts: &[(f64, &Row)]) -> Option<(f64, f64)> {
    let part =
        |(coefficient, row): &(f64, &Row)| Some((*coefficient, row.estimate?, (row.ci_low?, row.ci_high?)));
    Some(interval_of_parts(&parts.iter().map(part).collect::<Option<Vec<_>>>()?))
}

/// Where a number stands: its indicator, category, disaggregation and domain.
type Place = (usize, String, String, String);

/// What so many units add is remembered at most, so that memory does not grow with what is asked for: 64 MB.
const REMEMBERED: usize = 1 << 22;
/// So many indicators are remembered at most.
const MEASURED: usize = 16;

impl<'d> Contrasts<'d> {
    /// Those of a design, which must be the one that the rows were computed from.
    ///
    /// # Errors
    /// The design does not allow any estimate.
    pub fn new(
        definitions: &'d Definitions<'d>,
        sampling: &Sampling,
        options: &'d Options,
    ) -> Result<Self, Error> {
        Ok(Self {
            definitions,
            options,
            setting: Setting::new(sampling)?,
            levels: Level::all(definitions, sampling, 0)?,
            measured: HashMap::new(),
            scored: HashMap::new(),
            remembered: 0,
        })
    }

    /// The sum of these published numbers, each times its coefficient; none where one of them is blanked or has no
    /// data.
    ///
    /// # Errors
    /// The statistics refuse the design.
    pub fn of(&mut self, parts: &[(f64, &Row)]) -> Result<Option<Contrast>, Error> {
        if parts.iter().any(|(_, row)| row.suppressed.is_some() || row.estimate.is_none()) {
            return Ok(None);
        }
        if self.measured.len() > MEASURED {
            self.measured.clear();
        }
        let mut places = Vec::with_capacity(parts.len());
        for (coefficient, row) in parts {
            let Some(place) = self.place(row) else { return Ok(None) };
            places.push((*coefficient, place, *row));
        }
        // What one contrast needs is never forgotten before it is made.
        let is_known = places.iter().all(|(_, place, _)| self.scored.contains_key(place));
        if !is_known && self.remembered > REMEMBERED {
            self.scored.clear();
            self.remembered = 0;
        }
        for (_, place, row) in &places {
            self.score(place, row)?;
        }
        let mut scored = Vec::with_capacity(places.len());
        for (coefficient, place, _) in &places {
            let Some(Some(part)) = self.scored.get(place) else { return Ok(None) };
            scored.push((*coefficient, part));
        }
        let Some(found) = self.setting.combination(&scored)? else { return Ok(None) };
        let mut levels = parts.iter().map(|(_, row)| row.ci_level);
        let own = levels.next().filter(|own| levels.all(|level| level.total_cmp(own).is_eq()));
        let level = own.unwrap_or(self.options.level);
        let unknown = Contrast {
            estimate: found.estimate,
            std_error: None,
            df: found.df as f64,
            level,
            interval: None,
            p_value: None,
            p_holm: None,
            p_bh: None,
        };
        if parts.iter().any(|(_, row)| row.says_nothing_by_error()) {
            let interval = own.and_then(|_| interval_of(parts));
            let p_value =
                interval.and_then(|interval| p_value_of_interval(found.estimate, interval, level, found.df));
            return Ok(Some(Contrast { interval, p_value, ..unknown }));
        }
        Ok(Some(Contrast {
            // Without degrees of freedom the standard error is not an error of 0 but unknown.
            std_error: found.std_error.filter(|_| found.df > 0),
            interval: found.interval(level).map(|interval| (interval.low, interval.high)),
            p_value: found.test().map(|test| test.p_value),
            ..unknown
        }))
    }

    fn place(&self, row: &Row) -> Option<Place> {
        let number =
            self.definitions.indicators.iter().position(|indicator| indicator.id == row.indicator)?;
        Some((number, row.category.clone(), row.disaggregation.clone(), row.domain.clone()))
    }

    /// Sees to it that the scores of a row's number are at hand, if it has any.
    fn score(&mut self, place: &Place, row: &Row) -> Result<(), Error> {
        let definitions = self.definitions;
        let number = place.0;
        let Some(indicator) = definitions.indicators.get(number) else { return Ok(()) };
        if self.scored.contains_key(place) {
            return Ok(());
        }
        let Some(level) = self.levels.get(indicator.table).and_then(Option::as_ref) else { return Ok(()) };
        let measured = self
            .measured
            .entry(number)
            .or_insert_with(|| definitions.measure(&indicator.measure, &level.units));
        // Domains are told apart by their names, which no language changes.
        let domains = level.of(indicator).into_iter().find(|domains| domains.name == row.disaggregation);
        let domains = domains.filter(|domains| domains.groups.iter().any(|(name, _)| *name == row.domain));
        let category = measured.categories.iter().find(|category| category.name == row.category);
        let (Some(domains), Some(category)) = (domains, category) else { return Ok(()) };
        let inside = |(unit, member): (usize, &Option<u32>)| {
            let counts = indicator.base.counts(measured.status.get(unit).copied().flatten());
            member.filter(|_| counts && measured.takes_part(unit))
        };
        let inside: Vec<Option<u32>> = domains.member.iter().enumerate().map(inside).collect();
        // All domains in one walk over the units: the others are needed next.
        let parts = match level.setting.parts(measured, &inside, domains.groups.len())? {
            Some(parts) => parts.scored(category, self.options.intervals(indicator))?,
            None => Vec::new(),
        };
        let parts = parts.into_iter().chain(std::iter::repeat(None));
        for ((domain, _), part) in domains.groups.iter().zip(parts) {
            self.remembered += part.as_ref().map_or(0, Scored::units);
            self.scored
                .insert((number, row.category.clone(), row.disaggregation.clone(), domain.clone()), part);
        }
        Ok(())
    }
}
