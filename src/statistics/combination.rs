//! Weighted sums of estimates of one design.

use super::compare::{Difference, Scored, present, unless_rounding};
use super::design::Design;
use super::distribution::student_t_two_sided;
use super::error::EstimateError;
use super::interval::critical;

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
        let size = parts.iter().map(|(coefficient, part)| coefficient.abs() * part.size).sum();
        Ok(Difference {
            estimate: parts.iter().map(|(coefficient, part)| coefficient * part.estimate.estimate).sum(),
            std_error: variance.map(|variance| unless_rounding(variance.sqrt(), size)),
            df: parts.iter().map(|(_, part)| part.estimate.df).min().unwrap_or(0),
        })
    }
}

/// An interval of the weighted sum `Σ c θ` from those of its parts, each `(c, θ, (low, high))`:
/// `Σ c θ ∓ √(Σ (c θ − nearest end of c × interval)²)`.
///
/// For sums with a share of 0 or 1, whose standard error of 0 says nothing while its own interval does (Zou, Huang and
/// Zhang 2009, *Computational Statistics & Data Analysis* 53: 1080–1085; for two parts Newcombe 1998). What parts have in
/// common is left out, which makes the interval of a difference too wide rather than too narrow.
pub fn interval_of_parts(parts: &[(f64, f64, (f64, f64))]) -> (f64, f64) {
    let (mut sum, mut below, mut above) = (0.0, 0.0, 0.0);
    for &(coefficient, estimate, (low, high)) in parts {
        let (low, high) = if coefficient < 0.0 { (high, low) } else { (low, high) };
        sum += coefficient * estimate;
        below += (coefficient * (estimate - low)).powi(2);
        above += (coefficient * (high - estimate)).powi(2);
    }
    (sum - below.sqrt(), sum + above.sqrt())
}

/// Probability of a sum at least as far from 0, either way, if it is 0, for an interval of [`interval_of_parts`] at `level`: of
/// the t test with the standard error that is recovered from the end of the interval that is nearer to 0. None without
/// degrees of freedom.
pub fn p_value_of_interval(estimate: f64, (low, high): (f64, f64), level: f64, df: usize) -> Option<f64> {
    let nearer = if estimate > 0.0 { estimate - low } else { high - estimate };
    let t = estimate / (nearer / critical(level, df)?);
    t.is_finite().then(|| student_t_two_sided(t, df as f64))
}

#[cfg(test)]
mod tests {
    use super::{interval_of_parts, p_value_of_interval};
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

    /// Newcombe 1998, table II, (g) 10/10 against 0/20 and (a) 56/70 against 48/80, by his method 10 from Wilson's intervals.
    #[test]
    fn intervals_of_differences_follow_from_those_of_both_shares() {
        let wilson = |share: f64, n: f64| {
            let z = 1.959_963_984_540_054_f64;
            let centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
            let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
            (centre - half, centre + half)
        };
        for ((a, of_a), (b, of_b), expected) in
            [((56.0, 70.0), (48.0, 80.0), (0.0524, 0.3339)), ((10.0, 10.0), (0.0, 20.0), (0.6791, 1.0))]
        {
            let (a, b): (f64, f64) = (a / of_a, b / of_b);
            let (low, high) = interval_of_parts(&[(1.0, a, wilson(a, of_a)), (-1.0, b, wilson(b, of_b))]);
            assert!((low - expected.0).abs() < 5e-5 && (high - expected.1).abs() < 5e-5, "{low} {high}");
        }
        // An end at 0 is a p value of one less the level; one beyond it is larger.
        for (low, expected) in [(0.0, 0.05), (-0.5, 0.315_4)] {
            let p = p_value_of_interval(0.5, (low, 0.7), 0.95, 30).unwrap();
            assert!((p - expected).abs() < 2e-4, "{p}");
        }
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
