//! Weighted sums of estimates of one design.

use super::compare::{Difference, Scored, present};
use super::design::Design;
use super::error::EstimateError;

impl Design {
    /// The weighted sum `Σ c θ` of estimates of this design: a gap between two numbers, or the average of several.
    ///
    /// Its variance is that of the same sum of their scores, so what they share of the sample is kept: the same
    /// respondents, or others in the same PSUs (Särndal, Swensson and Wretman 1992, section 5.7). Degrees of freedom are
    /// the smallest of the parts: a sum is known no better than the part in the fewest PSUs.
    ///
    /// # Errors
    ///
    /// [`EstimateError::LonelyPsu`].
    pub fn combination(&self, parts: &[(f64, &Scored)]) -> Result<Difference, EstimateError> {
        let mut scores: Vec<_> =
            parts.iter().map(|(coefficient, part)| (*coefficient, part.ascending())).collect();
        let pair = |&unit: &u32| {
            let score = scores.iter_mut().map(|(coefficient, of)| *coefficient * of(unit)).sum();
            (unit, score, score)
        };
        let pairs: Vec<_> = present(parts.iter().map(|(_, part)| *part)).iter().map(pair).collect();
        let variance = self.covariance(&pairs)?;
        Ok(Difference {
            estimate: parts.iter().map(|(coefficient, part)| coefficient * part.estimate.estimate).sum(),
            std_error: variance.map(f64::sqrt),
            df: parts.iter().map(|(_, part)| part.estimate.df).min().unwrap_or(0),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::statistics::{Columns, Design, LonelyPsu};

    const Y: [f64; 8] = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0];
    const X: [f64; 8] = [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0];

    fn design() -> Design {
        let columns = Columns {
            weights: &[1.0, 2.0, 1.0, 3.0, 2.0, 1.0, 1.0, 2.0],
            strata: Some(&[0, 0, 0, 0, 1, 1, 1, 1]),
            psu: Some(&[0, 0, 1, 1, 2, 2, 3, 3]),
            fpc: None,
            nest: false,
            second_stage: None,
        };
        Design::new(columns, LonelyPsu::Fail).unwrap()
    }

    #[test]
    fn of_two_parts_it_is_their_difference() {
        let design = design();
        let women = design.domain(&[true, false, true, false, true, false, true, false]).unwrap();
        let men = design.domain(&[false, true, false, true, false, true, false, true]).unwrap();
        let (a, b) = (women.scored_mean(&Y).unwrap().unwrap(), men.scored_mean(&Y).unwrap().unwrap());
        let difference = design.difference(&b, &a).unwrap();
        let combination = design.combination(&[(1.0, &a), (-1.0, &b)]).unwrap();
        assert!((combination.estimate - difference.estimate).abs() < 1e-15);
        assert!((combination.std_error.unwrap() - difference.std_error.unwrap()).abs() < 1e-15);
    }

    #[test]
    fn each_of_many_domains_remembers_its_own_units_alone() {
        let columns = Columns {
            strata: None,
            psu: None,
            weights: &[1.0; 8],
            fpc: None,
            nest: false,
            second_stage: None,
        };
        let design = Design::new(columns, LonelyPsu::Fail).unwrap();
        let four: Vec<Option<u32>> = (0..8).map(|row| Some(row / 2)).collect();
        let scored = design.by(&four, 4).unwrap().scored_means(&Y).unwrap();
        assert!(scored.iter().flatten().all(|scored| scored.units() == 2));
        // The units of the others are among those of the comparison all the same: eight of them, not four.
        let parts = [scored[0].as_ref().unwrap(), scored[1].as_ref().unwrap()];
        let found = design.combination(&[(1.0, parts[0]), (-1.0, parts[1])]).unwrap();
        let sum: f64 = parts.iter().flat_map(|part| &part.scores).map(|(_, score)| score * score).sum();
        assert!((found.std_error.unwrap() - (sum * 8.0 / 7.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn the_average_of_two_numbers_is_the_mean_of_each_respondents_average() {
        let design = design();
        let everyone = design.everyone();
        let [x, y] = [&X, &Y].map(|values| everyone.scored_mean(values).unwrap().unwrap());
        let combination = design.combination(&[(0.5, &x), (0.5, &y)]).unwrap();
        let both: Vec<f64> = X.iter().zip(Y).map(|(x, y)| 0.5 * (x + y)).collect();
        let mean = everyone.mean(&both).unwrap().unwrap();
        assert!((combination.estimate - mean.estimate).abs() < 1e-15);
        assert!((combination.std_error.unwrap() - mean.std_error.unwrap()).abs() < 1e-15);
        assert_eq!(combination.df, mean.df);
    }
}
