//! Quantiles of weighted values, with Woodruff's intervals.

use super::compare::Scored;
use super::domains::Domains;
use super::error::EstimateError;
use super::estimate::{Domain, Estimate, Kind};
use super::interval::{Method, critical};
use super::linearised::Linearised;

/// How a quantile is read off the weighted values in order. The numbers are those of Hyndman and Fan (1996),
/// with cumulated weights in place of counts, as in R's `survey` 4.1.
///
/// With `S_k` the weights up to and including the k-th value, `w_k` its own and `W` all of them, the continuous
/// rules draw straight lines between the points (position, value), and stay at the first and last value
/// outside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantileRule {
    /// 1, "math": the smallest value with at least this share of weight at or below it.
    Lower,
    /// 2, "school": the same, but the mean with the next value where the share is met exactly. The usual median.
    Midpoint,
    /// 3: as 1, but where the share is met exactly the even one of that value and the next among the distinct
    /// values in order.
    NearestEven,
    /// 4: positions `S_k / W`; below the first point its line goes on.
    Interpolated,
    /// 5: positions `(S_k − w_k/2) / W`.
    Hazen,
    /// 6: positions `S_k / (W + w_n)`.
    Weibull,
    /// 7: positions `S_(k−1) / S_(n−1)`. The usual quantile of spreadsheets.
    Gumbel,
    /// 8: positions `(S_(k−1)/3 + 2 S_k/3) / (W + w_n/3)`.
    MedianUnbiased,
    /// 9: positions `(3 S_(k−1)/8 + 5 S_k/8) / (W + w_n/4)`.
    Blom,
}

/// A quantile with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile {
    /// The share of weight that lies below.
    pub probability: f64,
    /// The quantile.
    pub estimate: f64,
    /// Lower end of the interval; `None` when the interval of the share has none, or it is below 0.
    pub low: Option<f64>,
    /// Upper end; `None` when the interval of the share has none, or it is above 1.
    pub high: Option<f64>,
    /// The interval's length over twice t; `None` unless both ends are there.
    pub std_error: Option<f64>,
    /// Degrees of freedom: PSUs less strata that have a row with a value and a weight.
    pub df: usize,
    /// Rows with a value and a weight.
    pub n: usize,
}

/// What quantiles are wanted, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantiles<'a> {
    /// Shares between 0 and 1.
    pub probabilities: &'a [f64],
    /// How they are read off.
    pub rule: QuantileRule,
    /// How the interval of the share at or below the quantile is made.
    pub method: Method,
    /// Confidence level.
    pub level: f64,
}

impl Domains<'_> {
    /// Quantiles in every level, in the order of `wanted.probabilities`; none where no row has a value and a
    /// weight. A probability that is not in 0 to 1 gives NaN without an interval.
    ///
    /// Intervals are Woodruff's (1952): that of the share of weight at or below the quantile, by
    /// `wanted.method`, read back by the same rule.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn quantiles(
        &self,
        values: &[f64],
        wanted: &Quantiles<'_>,
    ) -> Result<Vec<Vec<Quantile>>, EstimateError> {
        self.design.check_length(values.len())?;
        self.complete(values).complete_quantiles(values, wanted)
    }

    /// Quantiles of one probability together with their scores, to be compared with each other; `None` where no row
    /// has a value and a weight, or the quantile has no standard error.
    ///
    /// A quantile moves against the share of weight at or below it, as steeply as Woodruff's standard error says:
    /// its scores are those of the share, scaled to that standard error (Francisco and Fuller 1991).
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn scored_quantiles(
        &self,
        values: &[f64],
        wanted: &Quantiles<'_>,
    ) -> Result<Vec<Option<Scored>>, EstimateError> {
        self.linearised_quantiles(values, wanted)?.scored(0..self.levels())
    }

    /// Quantiles of one probability, to be compared some levels at a time.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn linearised_quantiles(
        &self,
        values: &[f64],
        wanted: &Quantiles<'_>,
    ) -> Result<Linearised<'_>, EstimateError> {
        self.design.check_length(values.len())?;
        let complete = self.complete(values);
        let found = complete.complete_quantiles(values, wanted)?;
        let first: Vec<Option<Quantile>> = found.iter().map(|quantiles| quantiles.first().copied()).collect();
        let below = below(values, &first);
        Ok(Linearised::of_quantiles(complete, &below, first))
    }

    /// The rows of each level that have a value. R takes the others out of the domain of a quantile, also for the
    /// degrees of freedom.
    fn complete(&self, values: &[f64]) -> Self {
        let levels = self.levels() as u32;
        Domains::new(self.design, levels, |row| self.level_of(row).filter(|_| values[row].is_finite()))
    }

    /// Where all rows have a value: every probability takes one walk over the rows, however many levels there are.
    fn complete_quantiles(
        &self,
        values: &[f64],
        wanted: &Quantiles<'_>,
    ) -> Result<Vec<Vec<Quantile>>, EstimateError> {
        let sorted: Vec<Option<Sorted>> =
            self.rows_by_level().into_iter().map(|rows| Sorted::new(values, rows)).collect();
        let mut found = vec![Vec::new(); self.levels()];
        for &probability in wanted.probabilities {
            let plain = |(level, sorted): (usize, &Option<Sorted>)| {
                let estimate = sorted.as_ref()?.quantile(probability, wanted.rule);
                let n = self.level(level).weighted;
                let df = self.df(level);
                Some(Quantile { probability, estimate, low: None, high: None, std_error: None, df, n })
            };
            let quantiles: Vec<Option<Quantile>> = sorted.iter().enumerate().map(plain).collect();
            let shares = self.means(&below(values, &quantiles), Kind::Proportion)?;
            for (level, ((quantile, share), sorted)) in
                quantiles.into_iter().zip(shares).zip(&sorted).enumerate()
            {
                let (Some(mut quantile), Some(sorted)) = (quantile, sorted) else { continue };
                let interval = share.and_then(|share| share.share_interval(wanted.level, wanted.method));
                let end =
                    |share: f64| (0.0..=1.0).contains(&share).then(|| sorted.quantile(share, wanted.rule));
                quantile.low = interval.and_then(|interval| end(interval.low));
                quantile.high = interval.and_then(|interval| end(interval.high));
                let t = critical(wanted.level, quantile.df);
                let both = quantile.low.zip(quantile.high).zip(t);
                quantile.std_error = both.map(|((low, high), t)| (high - low) / (2.0 * t));
                found[level].push(quantile);
            }
        }
        Ok(found)
    }
}

impl Quantile {
    /// The quantile with scores, from the share of weight at or below it; none without a standard error.
    pub(super) fn scored(&self, mut share: Scored) -> Option<Scored> {
        let std_error = self.std_error?;
        let steepness = share.estimate.std_error.filter(|se| *se > 0.0).map_or(0.0, |se| -std_error / se);
        share.scores.iter_mut().for_each(|(_, score)| *score *= steepness);
        share.size *= steepness.abs();
        let (estimate, std_error) = (self.estimate, Some(std_error));
        let (deff, deff_replace) = (None, None);
        share.estimate =
            Estimate { kind: Kind::Mean, estimate, std_error, deff, deff_replace, ..share.estimate };
        Some(share)
    }
}

impl Domain<'_> {
    /// As [`Domains::quantiles`].
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub fn quantiles(&self, values: &[f64], wanted: &Quantiles<'_>) -> Result<Vec<Quantile>, EstimateError> {
        self.0.quantiles(values, wanted).map(|mut levels| levels.pop().unwrap_or_default())
    }
}

/// 1 where a value is at or below the quantile of its level.
fn below<'v>(values: &'v [f64], quantiles: &[Option<Quantile>]) -> impl Fn(usize, usize) -> f64 + use<'v> {
    let ends: Vec<f64> =
        quantiles.iter().map(|quantile| quantile.map_or(f64::NAN, |quantile| quantile.estimate)).collect();
    move |row, level| {
        ends.get(level).filter(|end| !end.is_nan()).map_or(f64::NAN, |end| share(values[row] <= *end))
    }
}

fn share(has: bool) -> f64 {
    f64::from(u8::from(has))
}

/// Shares closer than this are the same: cumulated weights are not exact, but a median of equal weights shall
/// not depend on that.
const SAME: f64 = 1e-12;

/// Values in ascending order with cumulated weights.
struct Sorted {
    /// At least one.
    values: Vec<f64>,
    /// `S_k`.
    cumulated: Vec<f64>,
}

impl Sorted {
    /// `None` without a row that has a weight; rows without weight are nowhere. Of equal values the earlier
    /// row comes first.
    fn new(values: &[f64], mut rows: Vec<(usize, f64)>) -> Option<Self> {
        rows.retain(|row| row.1 != 0.0);
        rows.sort_by(|a, b| values[a.0].total_cmp(&values[b.0]).then(a.0.cmp(&b.0)));
        let mut sum = 0.0;
        let cumulate = |row: &(usize, f64)| {
            sum += row.1;
            sum
        };
        let cumulated = rows.iter().map(cumulate).collect();
        let values: Vec<f64> = rows.iter().map(|row| values[row.0]).collect();
        (!values.is_empty()).then_some(Self { values, cumulated })
    }

    fn quantile(&self, p: f64, rule: QuantileRule) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            return f64::NAN;
        }
        let total = self.total();
        let n = self.values.len();
        let own = |k: usize| self.upto(k) - self.before(k);
        let last = own(n - 1);
        match rule {
            QuantileRule::Lower | QuantileRule::Midpoint | QuantileRule::Interpolated => {
                self.stepped(p, rule)
            }
            QuantileRule::NearestEven => self.nearest_even(p),
            QuantileRule::Hazen => self.along(p, |k| (self.upto(k) - own(k) / 2.0) / total),
            QuantileRule::Weibull => self.along(p, |k| self.upto(k) / (total + last)),
            QuantileRule::Gumbel => self.along(p, |k| self.before(k) / self.before(n - 1)),
            QuantileRule::MedianUnbiased => {
                self.along(p, |k| (self.before(k) + 2.0 * self.upto(k)) / 3.0 / (total + last / 3.0))
            }
            QuantileRule::Blom => {
                self.along(p, |k| (3.0 * self.before(k) + 5.0 * self.upto(k)) / 8.0 / (total + last / 4.0))
            }
        }
    }

    fn total(&self) -> f64 {
        self.cumulated[self.cumulated.len() - 1]
    }

    fn upto(&self, k: usize) -> f64 {
        self.cumulated[k]
    }

    fn before(&self, k: usize) -> f64 {
        k.checked_sub(1).map_or(0.0, |before| self.cumulated[before])
    }

    /// The rules that begin at the last value whose share of weight, with those before it, is at most p.
    fn stepped(&self, p: f64, rule: QuantileRule) -> f64 {
        let total = self.total();
        let within = self.cumulated.partition_point(|&sum| sum / total <= p + SAME);
        let k = within.saturating_sub(1);
        let next = (k + 1).min(self.values.len() - 1);
        let (low, high) = (self.values[k], self.values[next]);
        let gap = p - self.upto(k) / total;
        match rule {
            QuantileRule::Interpolated => {
                let width = (self.upto(next) - self.upto(k)) / total;
                if width > 0.0 { low + (high - low) * (gap / width) } else { low }
            }
            _ if gap.abs() > SAME => high,
            QuantileRule::Midpoint => low + (high - low) / 2.0,
            _ => low,
        }
    }

    fn nearest_even(&self, p: f64) -> f64 {
        let mut distinct = Self { values: Vec::new(), cumulated: Vec::new() };
        for (k, value) in self.values.iter().enumerate() {
            if self.values.get(k + 1).is_none_or(|next| next > value) {
                distinct.values.push(*value);
                distinct.cumulated.push(self.upto(k));
            }
        }
        let total = distinct.total();
        let within = distinct.cumulated.partition_point(|&sum| sum / total <= p + SAME);
        let k = within.saturating_sub(1);
        // The first value is number 1.
        let met = (p - distinct.upto(k) / total).abs() <= SAME && k % 2 == 1;
        let at = if met { k } else { (k + 1).min(distinct.values.len() - 1) };
        distinct.values[at]
    }

    /// On straight lines between the points (position, value), the positions ascending.
    fn along(&self, p: f64, position: impl Fn(usize) -> f64) -> f64 {
        let n = self.values.len();
        if n == 1 || p <= position(0) {
            return self.values[0];
        }
        let (mut low, mut high) = (0, n - 1);
        if p >= position(high) {
            return self.values[high];
        }
        while high - low > 1 {
            let middle = usize::midpoint(low, high);
            if position(middle) <= p { low = middle } else { high = middle }
        }
        let (from, to) = (position(low), position(high));
        let (start, end) = (self.values[low], self.values[high]);
        start + (end - start) * ((p - from) / (to - from))
    }
}
