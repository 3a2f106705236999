//! Estimates together with their scores, to be compared with each other.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::compare::Scored;
use super::domains::{Domains, Summary};
use super::error::EstimateError;
use super::estimate::Kind;
use super::linear::{Ratios, Score, of_ratio};
use super::quantile::Quantile;

/// One variable in every level, from which estimates are made together with their scores for those levels that are
/// compared with each other. Scores of all levels at once would be as many as levels times units.
#[derive(Debug)]
pub struct Linearised<'d> {
    domains: Cow<'d, Domains<'d>>,
    summaries: Vec<Summary>,
    kind: Kind,
    becomes: Becomes,
}

/// What the estimates of linearised values become, by level.
#[derive(Debug)]
enum Becomes {
    /// They are those that are wanted.
    Themselves,
    Ratios(Vec<f64>),
    Quantiles(Vec<Option<Quantile>>),
}

impl<'d> Linearised<'d> {
    /// Quantiles, from the shares of weight `below` them.
    pub(super) fn of_quantiles(
        domains: Domains<'d>,
        below: &impl Fn(usize, usize) -> f64,
        quantiles: Vec<Option<Quantile>>,
    ) -> Self {
        let summaries = domains.summarise(below);
        let becomes = Becomes::Quantiles(quantiles);
        Self { domains: Cow::Owned(domains), summaries, kind: Kind::Proportion, becomes }
    }

    /// The quantile of a level, which has no scores where it has no standard error; none of anything else.
    pub fn quantile(&self, level: usize) -> Option<&Quantile> {
        match &self.becomes {
            Becomes::Quantiles(quantiles) => quantiles.get(level)?.as_ref(),
            _ => None,
        }
    }

    /// The estimates of some levels, to be compared with each other: see
    /// [`Design::difference`](super::Design::difference). `None` where a level has no data.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn scored(&self, levels: Range<usize>) -> Result<Vec<Option<Scored>>, EstimateError> {
        let design = self.domains.design;
        let summaries = self.summaries.get(levels.clone()).unwrap_or_default();
        // Strata and PSUs of the other levels are among those that a comparison is made in.
        let mut present: Vec<u32> = if design.auxiliary.is_some() {
            (0..design.units() as u32).collect()
        } else {
            summaries.iter().flat_map(|summary| summary.units.iter().map(|unit| unit.0)).collect()
        };
        present.sort_unstable();
        present.dedup();
        let present: Arc<[u32]> = present.into();
        let scored = |(level, summary): (usize, &Summary)| {
            if summary.total.n == 0 { Ok(None) } else { self.scored_in(level, summary, &present) }
        };
        levels.zip(summaries).map(scored).collect()
    }

    fn scored_in(
        &self,
        level: usize,
        summary: &Summary,
        present: &Arc<[u32]>,
    ) -> Result<Option<Scored>, EstimateError> {
        let Self { domains, kind, .. } = self;
        let (estimate, score) = match kind {
            Kind::Total | Kind::Ratio => {
                (domains.total_of(level, summary, *kind)?, Score::of_total(summary.total.shift))
            }
            _ => (domains.mean_of(level, summary, *kind)?, Score::of_mean(&summary.total)),
        };
        let Some(estimate) = estimate else { return Ok(None) };
        let own = domains.unit_scores(summary, score);
        let scores = own.into_iter().map(|(unit, score, _)| (unit, score)).collect();
        let size = score.size(&summary.total);
        let found = Scored { estimate, scores, present: Arc::clone(present), size };
        Ok(match &self.becomes {
            Becomes::Themselves => Some(found),
            Becomes::Ratios(ratios) => ratios.get(level).map(|ratio| Scored {
                estimate: of_ratio(*ratio, found.estimate),
                size: found.size + ratio.abs(),
                ..found
            }),
            Becomes::Quantiles(_) => self.quantile(level).and_then(|quantile| quantile.scored(found)),
        })
    }
}

impl Domains<'_> {
    /// Ratios together with their scores, to be compared with each other.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn scored_ratios(
        &self,
        numerator: &[f64],
        denominator: &[f64],
    ) -> Result<Vec<Option<Scored>>, EstimateError> {
        self.linearised_ratios(numerator, denominator)?.scored(0..self.levels())
    }

    /// Ratios, to be compared some levels at a time.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn linearised_ratios(
        &self,
        numerator: &[f64],
        denominator: &[f64],
    ) -> Result<Linearised<'_>, EstimateError> {
        let Ratios { residual, ratios } = self.linearised(numerator, denominator)?;
        let (domains, summaries) = (Cow::Borrowed(self), self.summarise(&residual));
        Ok(Linearised { domains, summaries, kind: Kind::Ratio, becomes: Becomes::Ratios(ratios) })
    }

    /// Means together with their scores, to be compared with each other: see
    /// [`Design::difference`](super::Design::difference).
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn scored_means(&self, values: &[f64]) -> Result<Vec<Option<Scored>>, EstimateError> {
        self.linearised_means(values)?.scored(0..self.levels())
    }

    /// Means, to be compared some levels at a time.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn linearised_means(&self, values: &[f64]) -> Result<Linearised<'_>, EstimateError> {
        self.design.check_length(values.len())?;
        Ok(self.linearised_by(&|row, _| values[row], Kind::Mean))
    }

    /// Proportions together with their scores, to be compared with each other.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn scored_proportions(&self, values: &[f64]) -> Result<Vec<Option<Scored>>, EstimateError> {
        self.design.check_length(values.len())?;
        self.scored(&|row, _| values[row], Kind::Proportion)
    }

    /// Totals together with their scores, to be compared with each other.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn scored_totals(&self, values: &[f64]) -> Result<Vec<Option<Scored>>, EstimateError> {
        self.linearised_totals(values)?.scored(0..self.levels())
    }

    /// Totals, to be compared some levels at a time.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn linearised_totals(&self, values: &[f64]) -> Result<Linearised<'_>, EstimateError> {
        self.design.check_length(values.len())?;
        Ok(self.linearised_by(&|row, _| values[row], Kind::Total))
    }

    pub(super) fn scored(
        &self,
        value: &impl Fn(usize, usize) -> f64,
        kind: Kind,
    ) -> Result<Vec<Option<Scored>>, EstimateError> {
        self.linearised_by(value, kind).scored(0..self.levels())
    }

    fn linearised_by(&self, value: &impl Fn(usize, usize) -> f64, kind: Kind) -> Linearised<'_> {
        let (domains, summaries) = (Cow::Borrowed(self), self.summarise(value));
        Linearised { domains, summaries, kind, becomes: Becomes::Themselves }
    }
}
