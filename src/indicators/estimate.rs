//! The bridge to the statistics: a design once, then numbers for one domain after another.

use super::design::Sampling;
use crate::statistics::{
    Columns, Design, DesignError, Difference, Domain, EstimateError, LonelyPsu, Method, Scored,
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
    /// The columns of the design contradict each other.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// A bug: columns of different lengths.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
}

/// How the scores of respondents become one number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum How<'m> {
    /// The mean of scores of 0 or 1.
    Share,
    /// The mean.
    Mean,
    /// The weighted sum.
    Total,
    /// The weighted sum over that of these denominators.
    Ratio(&'m [f64]),
}

/// The numbers of one cell; none of them where there is no data.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    pub(super) estimate: Option<f64>,
    pub(super) std_error: Option<f64>,
    pub(super) interval: Option<(f64, f64)>,
    pub(super) method: &'static str,
    pub(super) df: Option<f64>,
    pub(super) deff: Option<f64>,
    pub(super) weight_sum: Option<f64>,
}

/// The design and the level of intervals.
pub(super) struct Setting {
    /// None without any interview: then there is nothing to estimate.
    design: Option<Design>,
    level: f64,
}

impl Setting {
    pub(super) fn new(sampling: &Sampling, level: f64) -> Result<Self, Error> {
        if sampling.rows.is_empty() {
            return Ok(Self { design: None, level });
        }
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
            Ok(design) => Ok(Self { design: Some(design), level }),
            Err(DesignError::LonelyPsu { stratum }) => {
                let name = sampling.strata.get(stratum as usize).cloned();
                Err(Error::Lonely(name.unwrap_or_else(|| String::from("all interviews"))))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The domain of the interviews where `inside` is true.
    pub(super) fn domain(&self, inside: &[bool]) -> Result<Option<Domain<'_>>, Error> {
        self.design.as_ref().map(|design| design.domain(inside)).transpose().map_err(Error::from)
    }

    /// What the scores in a domain come to.
    pub(super) fn estimate(
        &self,
        domain: &Domain<'_>,
        scores: &[f64],
        how: How<'_>,
    ) -> Result<Numbers, Error> {
        let (found, method) = match how {
            How::Share => (domain.proportion(scores)?, Method::Logit),
            How::Mean => (domain.mean(scores)?, Method::Wald),
            How::Total => (domain.total(scores)?, Method::Wald),
            How::Ratio(denominators) if has_nothing(domain, denominators)? => (None, Method::Wald),
            How::Ratio(denominators) => (domain.ratio(scores, denominators)?, Method::Wald),
        };
        let Some(found) = found else { return Ok(Numbers::default()) };
        let interval = found.interval(self.level, method);
        Ok(Numbers {
            estimate: Some(found.estimate),
            // Without degrees of freedom the standard error is not an error of 0 but unknown.
            std_error: found.std_error.filter(|_| found.df > 0),
            interval: interval.map(|i| (i.low, i.high)),
            method: interval.map_or("", |i| method_name(i.method)),
            df: Some(found.df as f64),
            // Against sampling with replacement, so that the scale of the weights does not matter.
            deff: found.deff_replace,
            weight_sum: Some(found.weight_sum),
        })
    }
}

/// How a number changed from one round to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Changed {
    pub(super) first: f64,
    pub(super) second: f64,
    pub(super) difference: Difference,
}

impl Setting {
    /// How what the scores come to differs between two domains; none where one of them has no data.
    pub(super) fn change(
        &self,
        first: &Domain<'_>,
        second: &Domain<'_>,
        scores: &[f64],
        how: How<'_>,
    ) -> Result<Option<Changed>, Error> {
        let (Some(design), Some(first), Some(second)) =
            (&self.design, scored(first, scores, how)?, scored(second, scores, how)?)
        else {
            return Ok(None);
        };
        let difference = design.difference(&first, &second)?;
        Ok(Some(Changed { first: first.estimate.estimate, second: second.estimate.estimate, difference }))
    }
}

impl Setting {
    /// The sum of numbers of the design, each times its coefficient.
    pub(super) fn combination(&self, parts: &[(f64, &Scored)]) -> Result<Option<Difference>, Error> {
        self.design.as_ref().map(|design| design.combination(parts)).transpose().map_err(Error::from)
    }
}

pub(super) fn scored(domain: &Domain<'_>, scores: &[f64], how: How<'_>) -> Result<Option<Scored>, Error> {
    Ok(match how {
        How::Share | How::Mean => domain.scored_mean(scores)?,
        How::Total => domain.scored_total(scores)?,
        How::Ratio(denominators) => scored_ratio(domain, scores, denominators)?,
    })
}

/// A ratio `R = Y / X` varies as the total of its linearised values `(y - R x) / X` does (Särndal, Swensson and Wretman
/// 1992, section 5.6), so their scores are its scores.
fn scored_ratio(domain: &Domain<'_>, scores: &[f64], denominators: &[f64]) -> Result<Option<Scored>, Error> {
    if has_nothing(domain, denominators)? {
        return Ok(None);
    }
    let (Some(ratio), Some(whole)) = (domain.ratio(scores, denominators)?, domain.total(denominators)?)
    else {
        return Ok(None);
    };
    let linearised = |(y, x): (&f64, &f64)| (y - ratio.estimate * x) / whole.estimate;
    let linearised: Vec<f64> = scores.iter().zip(denominators).map(linearised).collect();
    Ok(domain.scored_total(&linearised)?.map(|mut scored| {
        scored.estimate.estimate = ratio.estimate;
        scored
    }))
}

/// Whether nothing is there to divide by.
fn has_nothing(domain: &Domain<'_>, denominators: &[f64]) -> Result<bool, Error> {
    Ok(domain.total(denominators)?.is_none_or(|whole| whole.estimate == 0.0))
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
    use super::{How, Setting};
    use crate::indicators::design::Sampling;
    use crate::statistics::LonelyPsu;

    const WEIGHTS: [f64; 8] = [1.0, 2.0, 1.0, 3.0, 2.0, 1.0, 1.0, 2.0];
    const Y: [f64; 8] = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0];
    const X: [f64; 8] = [2.0, 7.0, 1.0, 8.0, 2.0, 8.0, 1.0, 8.0];

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
        }
    }

    fn close(one: f64, other: f64) {
        assert!((one - other).abs() <= 1e-12 * other.abs().max(1.0), "{one} is not {other}");
    }

    #[test]
    fn the_variance_of_a_change_is_the_sum_of_two_samples_variances() {
        let setting = Setting::new(&two_rounds(), 0.95).unwrap();
        let inside = [0, 1].map(|round| (0..8).map(|row| row / 4 == round).collect::<Vec<bool>>());
        for how in [How::Mean, How::Total, How::Ratio(&X)] {
            let [first, second] = inside.each_ref().map(|inside| setting.domain(inside).unwrap().unwrap());
            let [a, b] = [&first, &second].map(|domain| setting.estimate(domain, &Y, how).unwrap());
            let change = setting.change(&first, &second, &Y, how).unwrap().unwrap();
            close(change.first, a.estimate.unwrap());
            close(change.difference.estimate, b.estimate.unwrap() - a.estimate.unwrap());
            close(change.difference.std_error.unwrap(), a.std_error.unwrap().hypot(b.std_error.unwrap()));
        }
    }

    #[test]
    fn a_total_is_a_weighted_sum_and_a_ratio_one_over_another() {
        let setting = Setting::new(&two_rounds(), 0.95).unwrap();
        let everyone = setting.domain(&[true; 8]).unwrap().unwrap();
        let sum = |numbers: &[f64]| numbers.iter().zip(WEIGHTS).map(|(n, w)| n * w).sum::<f64>();
        let of = |how| setting.estimate(&everyone, &Y, how).unwrap().estimate;
        close(of(How::Total).unwrap(), sum(&Y));
        close(of(How::Ratio(&X)).unwrap(), sum(&Y) / sum(&X));
        assert_eq!(of(How::Ratio(&[0.0; 8])), None);
    }
}
