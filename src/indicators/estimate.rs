//! The bridge to the statistics: a design once, then numbers for one domain after another.

use super::design::Sampling;
use crate::statistics::{Columns, Design, DesignError, Difference, Domain, EstimateError, LonelyPsu, Method};

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

    /// The mean of the scores in a domain; `share` where they are 0 or 1.
    pub(super) fn estimate(
        &self,
        domain: &Domain<'_>,
        scores: &[f64],
        share: bool,
    ) -> Result<Numbers, Error> {
        let (found, method) = if share {
            (domain.proportion(scores)?, Method::Logit)
        } else {
            (domain.mean(scores)?, Method::Wald)
        };
        let Some(found) = found else { return Ok(Numbers::default()) };
        let interval = found.interval(self.level, method);
        Ok(Numbers {
            estimate: Some(found.estimate),
            std_error: found.std_error,
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
    /// How the mean of the scores differs between two domains; none where one of them has no data.
    pub(super) fn change(
        &self,
        first: &Domain<'_>,
        second: &Domain<'_>,
        scores: &[f64],
    ) -> Result<Option<Changed>, Error> {
        let (Some(design), Some(first), Some(second)) =
            (&self.design, first.scored_mean(scores)?, second.scored_mean(scores)?)
        else {
            return Ok(None);
        };
        let difference = design.difference(&first, &second)?;
        Ok(Some(Changed { first: first.estimate.estimate, second: second.estimate.estimate, difference }))
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
