//! How numbers changed between two rounds, in all domains of a disaggregation together.

use super::estimate::{
    Error, How, Intervals, NO_ERROR, Numbers, Parts, Setting, TOO_FEW_PSUS, df_of_two, wanted,
};
use super::measure::{Category, Measured};
use crate::statistics::{
    Difference, Domains, Estimate, Kind, Linearised, Scored, interval_of_parts, p_value_of_interval,
};

/// The units of an indicator in two rounds, in the domains of one disaggregation.
pub(super) struct Rounds<'p> {
    /// Two levels for each domain: the first round and the second.
    each: Parts<'p>,
    /// A level for each domain.
    both: Domains<'p>,
}

impl Setting {
    /// Divides units into two rounds of the domains `0..domains`, twice the domain's number for the first round and one more
    /// for the second.
    pub(super) fn rounds<'p>(
        &'p self,
        measured: &'p Measured,
        level: &[Option<u32>],
        domains: usize,
    ) -> Result<Option<Rounds<'p>>, Error> {
        let Some(each) = self.parts(measured, level, 2 * domains)? else { return Ok(None) };
        let domain: Vec<Option<u32>> = level.iter().map(|level| level.map(|level| level / 2)).collect();
        Ok(Some(Rounds { both: each.design.by(&domain, domains as u32)?, each }))
    }
}

impl Rounds<'_> {
    /// How the number of each domain changed from the first round to the second.
    pub(super) fn changes(&self, category: &Category, intervals: Intervals) -> Result<Vec<Changed>, Error> {
        let (scores, how) = (&*category.all_scores(), &category.how);
        let Parts { domains, sides, measured, .. } = &self.each;
        let linear = match how {
            How::Share | How::Mean => domains.linearised_means(scores)?,
            How::Total => domains.linearised_totals(scores)?,
            How::Ratio => domains.linearised_ratios(scores, &measured.denominators)?,
            How::Gap => match sides {
                Some(sides) => sides.linearised_means(scores)?,
                None => return Ok(Vec::new()),
            },
            How::Quantile(share) => domains.linearised_quantiles(scores, &wanted(&[*share], intervals))?,
        };
        // The scores of one domain at a time: those of all would be as many as domains times PSUs.
        let of_domain = |domain| self.of_scores(domain, &linear, *how, intervals);
        (0..self.both.levels()).map(of_domain).collect()
    }

    fn of_scores(
        &self,
        domain: usize,
        linear: &Linearised<'_>,
        how: How,
        intervals: Intervals,
    ) -> Result<Changed, Error> {
        let rounds = if how == How::Gap {
            let sides = linear.scored(4 * domain..4 * domain + 4)?;
            let gap = |(round, sides)| self.each.gap(2 * domain + round, sides);
            sides.chunks(2).enumerate().map(gap).collect::<Result<_, _>>()?
        } else {
            linear.scored(2 * domain..2 * domain + 2)?
        };
        let [first, second] = rounds.as_slice() else { return Ok(Changed::default()) };
        let number = |round: usize, scored: &Option<Scored>| {
            // A quantile is there also where it has no error, and so no scores.
            let quantile = linear.quantile(2 * domain + round).map(|found| (found.estimate, found.std_error));
            let scored = scored.as_ref().map(|scored| scored.estimate);
            let scored = scored.map(|found| (found.estimate, found.std_error.filter(|_| found.df > 0)));
            let (estimate, std_error) = quantile.or(scored).unzip();
            Numbers { estimate, std_error: std_error.flatten(), ..Numbers::default() }
        };
        let numbers = [number(0, first), number(1, second)];
        let difference = match (first, second) {
            (Some(first), Some(second)) => {
                let df = df_of_two(self.both.df(domain), first, second);
                Some(Difference { df, ..self.each.design.difference(first, second)? })
            }
            _ => None,
        };
        let by_shares = match (how, first, second, &difference) {
            (How::Share, Some(first), Some(second), Some(difference)) => {
                by_shares([first, second].map(|scored| &scored.estimate), difference.df, intervals)
            }
            _ => None,
        };
        let relative = numbers.each_ref().map(Numbers::relative_error);
        let [first, second] = numbers.map(|number| number.estimate);
        Ok(Changed { first, second, relative, difference, by_shares })
    }
}

impl Changed {
    /// Why the difference has no interval, if it has none.
    pub(super) fn no_interval(&self) -> &'static str {
        match &self.difference {
            None => "no standard error in one of the rounds",
            Some(difference) if difference.df == 0 => TOO_FEW_PSUS,
            Some(_) => NO_ERROR,
        }
    }
}

/// How sure a difference is, by the intervals of its two shares.
#[derive(Debug, Clone, Copy)]
pub(super) struct ByShares {
    pub(super) interval: (f64, f64),
    pub(super) p_value: Option<f64>,
}

/// That of two shares of which one is 0 or 1, whose standard error of 0 says nothing; none of others.
fn by_shares(shares: [&Estimate; 2], df: usize, intervals: Intervals) -> Option<ByShares> {
    if shares.iter().all(|share| share.estimate > 0.0 && share.estimate < 1.0) {
        return None;
    }
    let part = |(coefficient, share): (f64, &Estimate)| {
        let share = Estimate { kind: Kind::Proportion, ..*share };
        let interval = share.interval(intervals.level, intervals.method)?;
        Some((coefficient, share.estimate, (interval.low, interval.high)))
    };
    let [first, second] = shares;
    let parts = [part((-1.0, first))?, part((1.0, second))?];
    let interval = interval_of_parts(&parts);
    let difference = second.estimate - first.estimate;
    Some(ByShares { interval, p_value: p_value_of_interval(difference, interval, intervals.level, df) })
}

/// How a number changed from one round to another; none where a round has no data or no error.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Changed {
    pub(super) first: Option<f64>,
    pub(super) second: Option<f64>,
    /// The standard error of each as a share of it.
    pub(super) relative: [Option<f64>; 2],
    pub(super) difference: Option<Difference>,
    /// What the difference is judged by in the place of its standard error.
    pub(super) by_shares: Option<ByShares>,
}
