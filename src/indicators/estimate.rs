//! The bridge to the statistics: a design once, then the numbers of all domains of a disaggregation together.

use super::calibration::Refusal;
use super::design::Sampling;
use super::measure::{Category, Measured};
use super::units::Units;
use crate::statistics::{
    Columns, Design, DesignError, Difference, Domains, Estimate, EstimateError, LonelyPsu, Method, Quantile,
    QuantileRule, Quantiles, Reliability, ReliabilityError, Scored,
};

/// Why nothing can be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A stratum has one PSU, and the survey says that this is a failure.
    #[error(
        "the stratum `{0}` has only one PSU with interviews, so its variance is unknown; merge it with a similar \
         stratum, or choose another rule for `lonely_psu` in survey.toml"
    )]
    Lonely(String),
    /// A PSU stands in two strata, and the survey does not say that this is meant.
    #[error(
        "the PSU `{psu}` stands in the strata `{}` and `{}`; correct the interviews that are wrong, or write `nest = true` \
         in [design] if the names of PSUs start again in every stratum", .strata[0], .strata[1]
    )]
    PsuInTwoStrata {
        /// The PSU's name.
        psu: String,
        /// The names of two of its strata.
        strata: [String; 2],
    },
    /// The columns of the design contradict each other.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// The weights cannot be calibrated.
    #[error(transparent)]
    Calibration(#[from] Refusal),
    /// A bug: columns of different lengths.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
}

/// How the scores of units become one number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum How {
    /// The mean of scores of 0 or 1.
    Share,
    /// The mean.
    Mean,
    /// The weighted sum.
    Total,
    /// The weighted sum over that of denominators.
    Ratio,
    /// The number with this share of the weight at or below it.
    Quantile(f64),
    /// The mean of one side less that of the other.
    Gap,
}

/// How intervals are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Intervals {
    /// Of shares.
    pub(super) method: Method,
    pub(super) level: f64,
}

/// The numbers of one cell; none of them where there is no data.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    pub(super) estimate: Option<f64>,
    pub(super) std_error: Option<f64>,
    pub(super) interval: Option<(f64, f64)>,
    /// Why there is no interval, where there is a number.
    pub(super) no_interval: &'static str,
    /// There is no number since those that it is made from are too large to be added up.
    pub(super) is_too_large: bool,
    pub(super) method: &'static str,
    pub(super) df: Option<f64>,
    pub(super) deff: Option<f64>,
    pub(super) weight_sum: Option<f64>,
}

/// Above this, squares are more than a number can be.
const TOO_LARGE: f64 = 1e150;

/// Why a number has no interval.
pub(super) const TOO_FEW_PSUS: &str = "too few PSUs";
const AT_THE_END: &str = "too few values lie above or below it";
const LARGE_NUMBERS: &str = "the numbers are too large to compute with";
pub(super) const NO_ERROR: &str = "its standard error is not known";

impl Numbers {
    /// The standard error as a share of the estimate.
    pub(super) fn relative_error(&self) -> Option<f64> {
        let relative = self.std_error? / self.estimate?.abs();
        relative.is_finite().then_some(relative)
    }
}

/// The design, of which interviews or parts of them are the rows.
pub(super) struct Setting {
    /// None without any interview: then there is nothing to estimate.
    design: Option<Design>,
}

/// The units of an indicator, in the domains of one disaggregation.
pub(super) struct Parts<'p> {
    pub(super) design: &'p Design,
    pub(super) domains: Domains<'p>,
    /// Two levels for each of those, where sides are compared.
    pub(super) sides: Option<Domains<'p>>,
    pub(super) measured: &'p Measured,
}

impl Setting {
    pub(super) fn new(sampling: &Sampling) -> Result<Self, Error> {
        if sampling.rows.is_empty() {
            return Ok(Self { design: None });
        }
        sampling.check_clear()?;
        let columns = Columns {
            weights: &sampling.weight,
            strata: sampling.stratum.as_deref(),
            psu: sampling.psu.as_deref(),
            fpc: sampling.fpc.as_deref(),
            // PSUs were numbered by stratum and name already.
            nest: false,
            second_stage: None,
        };
        let design = Design::new(columns, sampling.lonely);
        let refuses = sampling.lonely == LonelyPsu::Fail;
        match design.and_then(|design| if refuses { design.refuse_lonely() } else { Ok(design) }) {
            Ok(design) => {
                let calibrated = sampling.calibration.as_ref().map(|calibration| calibration.apply(&design));
                Ok(Self { design: Some(calibrated.transpose()?.unwrap_or(design)) })
            }
            Err(DesignError::LonelyPsu { stratum }) => {
                let name = sampling.strata.get(stratum as usize).cloned();
                Err(Error::Lonely(name.unwrap_or_else(|| String::from("all interviews"))))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The weights of the design's rows, calibrated where it is.
    pub(super) fn weights(&self) -> &[f64] {
        self.design.as_ref().map_or(&[], Design::weights)
    }

    /// The same design with these units as its rows.
    pub(super) fn of(&self, units: &Units) -> Self {
        Self { design: self.design.as_ref().map(|design| design.of_parts(&units.interview)) }
    }

    /// Divides units into domains `0..domains`; those of none count nowhere.
    pub(super) fn parts<'p>(
        &'p self,
        measured: &'p Measured,
        domain: &[Option<u32>],
        domains: usize,
    ) -> Result<Option<Parts<'p>>, Error> {
        let Some(design) = &self.design else { return Ok(None) };
        let levels = domains as u32;
        let sides = measured.sides.as_ref().map(|sides| {
            let level =
                |(domain, side): (&Option<u32>, &Option<bool>)| Some((*domain)? * 2 + u32::from((*side)?));
            let levels_of_sides: Vec<Option<u32>> = domain.iter().zip(sides).map(level).collect();
            design.by(&levels_of_sides, 2 * levels)
        });
        Ok(Some(Parts { design, domains: design.by(domain, levels)?, sides: sides.transpose()?, measured }))
    }

    /// The reliability of the items of an index among these units.
    pub(super) fn reliability(
        &self,
        measured: &Measured,
        inside: &[bool],
    ) -> Result<Option<Result<Reliability, ReliabilityError>>, Error> {
        let Some(design) = self.design.as_ref().filter(|_| !measured.items.is_empty()) else {
            return Ok(None);
        };
        let items: Vec<&[f64]> = measured.items.iter().map(Vec::as_slice).collect();
        Ok(Some(design.domain(inside)?.reliability(&items)))
    }
}

impl Setting {
    /// The sum of numbers of the design, each times its coefficient.
    pub(super) fn combination(&self, parts: &[(f64, &Scored)]) -> Result<Option<Difference>, Error> {
        self.design.as_ref().map(|design| design.combination(parts)).transpose().map_err(Error::from)
    }
}

impl Parts<'_> {
    /// What the scores come to in every domain.
    pub(super) fn numbers(&self, category: &Category, intervals: Intervals) -> Result<Vec<Numbers>, Error> {
        let how = &category.how;
        let scores = &*category.all_scores();
        let estimates = match how {
            How::Share => self.domains.proportion(scores)?,
            How::Mean => self.domains.mean(scores)?,
            How::Total => self.domains.total(scores)?,
            How::Ratio => self.domains.ratio(scores, &self.measured.denominators)?,
            How::Gap => self.gaps(scores)?.into_iter().map(|gap| gap.map(|gap| gap.estimate)).collect(),
            How::Quantile(share) => {
                let found = self.domains.quantiles(scores, &wanted(&[*share], intervals))?;
                let weights = self.domains.total(&vec![1.0; scores.len()])?;
                let number = |(found, weights): (Vec<Quantile>, Option<Estimate>)| {
                    Some(of_quantile(*found.first()?, weights?.estimate))
                };
                return Ok(found
                    .into_iter()
                    .zip(weights)
                    .map(|both| number(both).unwrap_or_default())
                    .collect());
            }
        };
        let method = if *how == How::Share { intervals.method } else { Method::Wald };
        let scored = || scores.iter().chain(&self.measured.denominators);
        let none = Numbers {
            is_too_large: estimates.iter().any(Option::is_none)
                && scored().any(|score| score.abs() > TOO_LARGE),
            ..Numbers::default()
        };
        let number = |found: Option<Estimate>| {
            found.map_or_else(|| none.clone(), |found| of_estimate(&found, intervals.level, method))
        };
        Ok(estimates.into_iter().map(number).collect())
    }

    /// What the scores come to in every domain, ready to be compared.
    pub(super) fn scored(
        &self,
        category: &Category,
        intervals: Intervals,
    ) -> Result<Vec<Option<Scored>>, Error> {
        let scores = &*category.all_scores();
        Ok(match &category.how {
            How::Share | How::Mean => self.domains.scored_means(scores)?,
            How::Total => self.domains.scored_totals(scores)?,
            How::Ratio => self.domains.scored_ratios(scores, &self.measured.denominators)?,
            How::Gap => self.gaps(scores)?,
            How::Quantile(share) => self.domains.scored_quantiles(scores, &wanted(&[*share], intervals))?,
        })
    }

    /// The first side's mean less the second's in every domain, where both have somebody.
    fn gaps(&self, scores: &[f64]) -> Result<Vec<Option<Scored>>, Error> {
        let Some(sides) = &self.sides else { return Ok(Vec::new()) };
        let means = sides.scored_means(scores)?;
        means.chunks(2).enumerate().map(|(domain, sides)| self.gap(domain, sides)).collect()
    }

    /// The gap in a domain, from the means of its sides, of which the first side's is number 0.
    pub(super) fn gap(&self, domain: usize, sides: &[Option<Scored>]) -> Result<Option<Scored>, Error> {
        let [Some(kept), Some(taken_off)] = sides else { return Ok(None) };
        let df = df_of_two(self.domains.df(domain), kept, taken_off);
        Ok(Some(self.design.contrast(taken_off, kept, df)?))
    }
}

/// Degrees of freedom of the difference of two numbers of different units: those of the domain that holds both, as R's
/// `degf` counts them of a subset, and none where either number has none. Its error is then unknown, and with it that of
/// the difference, in however many PSUs the other was seen.
pub(super) fn df_of_two(both: usize, one: &Scored, other: &Scored) -> usize {
    if one.estimate.df == 0 || other.estimate.df == 0 { 0 } else { both }
}

fn of_estimate(found: &Estimate, level: f64, method: Method) -> Numbers {
    let interval = found.interval(level, method);
    let no_interval = match interval {
        Some(_) => "",
        None if found.df == 0 => TOO_FEW_PSUS,
        None if found.estimate.abs() > TOO_LARGE => LARGE_NUMBERS,
        None => NO_ERROR,
    };
    Numbers {
        no_interval,
        is_too_large: false,
        estimate: Some(found.estimate),
        // Without degrees of freedom the standard error is not an error of 0 but unknown.
        std_error: found.std_error.filter(|_| found.df > 0),
        interval: interval.map(|i| (i.low, i.high)),
        method: interval.map_or("", |i| method_name(i.method)),
        df: Some(found.df as f64),
        // Against sampling with replacement, so that the scale of the weights does not matter.
        deff: found.deff_replace,
        weight_sum: Some(found.weight_sum),
    }
}

/// The interval reads back that of the share below, as Woodruff does, with the usual median.
pub(super) fn wanted(probabilities: &[f64], intervals: Intervals) -> Quantiles<'_> {
    let (rule, method) = (QuantileRule::Midpoint, intervals.method);
    Quantiles { probabilities, rule, method, level: intervals.level }
}

fn of_quantile(found: Quantile, weight_sum: f64) -> Numbers {
    let interval = found.low.zip(found.high);
    let no_interval = match interval {
        Some(_) => "",
        None if found.df == 0 => TOO_FEW_PSUS,
        // The interval of the share below is read back, and would reach beyond all values.
        None => AT_THE_END,
    };
    Numbers {
        no_interval,
        is_too_large: false,
        estimate: Some(found.estimate),
        std_error: found.std_error,
        interval,
        method: if interval.is_some() { "woodruff" } else { "" },
        df: Some(found.df as f64),
        deff: None,
        weight_sum: Some(weight_sum),
    }
}

fn method_name(method: Method) -> &'static str {
    match method {
        Method::Wald => "wald",
        Method::Logit => "logit",
        Method::Wilson => "wilson",
        Method::KornGraubard => "korn_graubard",
        Method::KornGraubardTruncated => "korn_graubard_truncated",
        Method::Likelihood => "likelihood",
        Method::Arcsine => "arcsine",
        Method::ClopperPearson => "clopper_pearson",
    }
}

#[cfg(test)]
mod tests {
    use super::super::scores::Scores;
    use super::{Category, How, Intervals, Measured, Setting};
    use crate::indicators::design::Sampling;
    use crate::indicators::units::Units;
    use crate::statistics::{LonelyPsu, Method};

    const WEIGHTS: [f64; 8] = [1.0, 2.0, 1.0, 3.0, 2.0, 1.0, 1.0, 2.0];
    const Y: [f64; 8] = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0];
    const X: [f64; 8] = [2.0, 7.0, 1.0, 8.0, 2.0, 8.0, 1.0, 8.0];
    const INTERVALS: Intervals = Intervals { method: Method::Logit, level: 0.95 };

    /// Two rounds of four PSUs, each a stratum of its own.
    fn two_rounds() -> Sampling {
        Sampling {
            rows: (0..8).collect(),
            left_out: 0,
            strata: vec![String::from("first"), String::from("second")],
            stratum: Some(vec![0, 0, 0, 0, 1, 1, 1, 1]),
            psu: Some((0..8).collect()),
            psus: Vec::new(),
            weight: WEIGHTS.to_vec(),
            fpc: None,
            lonely: LonelyPsu::Fail,
            calibration: None,
            unclear: None,
        }
    }

    fn measured(how: How, denominators: &[f64]) -> Measured {
        let category = Category::new(String::new(), Scores::own(Y.to_vec()), how);
        let sides = (how == How::Gap).then(|| (0..8).map(|row| Some(row % 2 == 0)).collect());
        let (status, denominators) = (vec![None; 8], denominators.to_vec());
        Measured { status, categories: vec![category], denominators, sides, items: Vec::new() }
    }

    fn close(one: f64, other: f64) {
        assert!((one - other).abs() <= 1e-12 * other.abs().max(1.0), "{one} is not {other}");
    }

    #[test]
    fn the_variance_of_a_change_is_the_sum_of_two_samples_variances() {
        let setting = Setting::new(&two_rounds()).unwrap();
        let rounds: Vec<Option<u32>> = (0..8).map(|row| Some(row / 4)).collect();
        for how in [How::Mean, How::Total, How::Ratio, How::Gap, How::Quantile(0.5)] {
            let measured = measured(how, &X);
            let parts = setting.parts(&measured, &rounds, 2).unwrap().unwrap();
            let numbers = parts.numbers(&measured.categories[0], INTERVALS).unwrap();
            let [a, b] = numbers.as_slice() else { panic!("two rounds") };
            let rounds = setting.rounds(&measured, &rounds, 1).unwrap().unwrap();
            let changes = rounds.changes(&measured.categories[0], INTERVALS).unwrap();
            let [change] = changes.as_slice() else { panic!("one domain") };
            close(change.first.unwrap(), a.estimate.unwrap());
            let Some(difference) = change.difference else {
                assert!(a.std_error.is_none() || b.std_error.is_none(), "{how:?}");
                continue;
            };
            close(difference.estimate, b.estimate.unwrap() - a.estimate.unwrap());
            close(difference.std_error.unwrap(), a.std_error.unwrap().hypot(b.std_error.unwrap()));
        }
    }

    fn of_everyone(setting: &Setting, how: How, denominators: &[f64]) -> Option<f64> {
        let measured = measured(how, denominators);
        let parts = setting.parts(&measured, &[Some(0); 8], 1).unwrap().unwrap();
        parts.numbers(&measured.categories[0], INTERVALS).unwrap()[0].estimate
    }

    #[test]
    fn a_total_is_a_weighted_sum_and_a_ratio_one_over_another() {
        let setting = Setting::new(&two_rounds()).unwrap();
        let sum = |numbers: &[f64]| numbers.iter().zip(WEIGHTS).map(|(n, w)| n * w).sum::<f64>();
        close(of_everyone(&setting, How::Total, &[]).unwrap(), sum(&Y));
        close(of_everyone(&setting, How::Ratio, &X).unwrap(), sum(&Y) / sum(&X));
        assert_eq!(of_everyone(&setting, How::Ratio, &[0.0; 8]), None);
    }

    #[test]
    fn a_gap_is_one_mean_less_another() {
        let setting = Setting::new(&two_rounds()).unwrap();
        let mean = |side: usize| {
            let rows = || (0..8).filter(move |row| row % 2 == side);
            rows().map(|row| Y[row] * WEIGHTS[row]).sum::<f64>() / rows().map(|row| WEIGHTS[row]).sum::<f64>()
        };
        // The mean of the rows whose side is true is taken off that of the others.
        close(of_everyone(&setting, How::Gap, &[]).unwrap(), mean(1) - mean(0));
    }

    #[test]
    fn units_of_an_interview_are_one_cluster_where_there_is_no_other() {
        let sampling = Sampling { psu: None, ..two_rounds() };
        let setting = Setting::new(&sampling).unwrap();
        // Every interview has two rows that answer alike: as precise as one row, not as two.
        let units =
            Units { table: 1, rows: (0..16).collect(), interview: (0..16).map(|row| row / 2).collect() };
        let rows = setting.of(&units);
        let double = |numbers: &[f64]| numbers.iter().flat_map(|n| [*n, *n]).collect::<Vec<f64>>();
        let category = Category::new(String::new(), Scores::own(double(&Y)), How::Mean);
        let measured_rows = Measured {
            status: vec![None; 16],
            categories: vec![category],
            denominators: Vec::new(),
            sides: None,
            items: Vec::new(),
        };
        let of_rows = rows.parts(&measured_rows, &[Some(0); 16], 1).unwrap().unwrap();
        let of_rows = of_rows.numbers(&measured_rows.categories[0], INTERVALS).unwrap().remove(0);
        let measured = measured(How::Mean, &[]);
        let interviews = setting.parts(&measured, &[Some(0); 8], 1).unwrap().unwrap();
        let of_interviews = interviews.numbers(&measured.categories[0], INTERVALS).unwrap().remove(0);
        close(of_rows.estimate.unwrap(), of_interviews.estimate.unwrap());
        close(of_rows.std_error.unwrap(), of_interviews.std_error.unwrap());
        assert_eq!(of_rows.df, of_interviews.df);
        close(of_rows.weight_sum.unwrap(), 2.0 * of_interviews.weight_sum.unwrap());
    }
}
