//! Laws of estimates that hold for any sample, and what a design refuses.

use doorstep::statistics::{
    Columns, Design, DesignError, Distance, Estimate, LonelyPsu, Method, SecondStage, Targets,
};
use proptest::prelude::*;

fn columns(weights: &[f64]) -> Columns<'_> {
    Columns { weights, strata: None, psu: None, fpc: None, nest: false, second_stage: None }
}

/// Rows of a stratified cluster sample with at least two PSUs in each of two strata.
#[derive(Debug, Clone)]
struct Rows {
    values: Vec<f64>,
    weights: Vec<f64>,
    strata: Vec<u32>,
    psu: Vec<u32>,
    inside: Vec<bool>,
}

impl Rows {
    fn design(&self) -> Design {
        let columns = Columns {
            strata: Some(&self.strata),
            psu: Some(&self.psu),
            nest: true,
            ..columns(&self.weights)
        };
        Design::new(columns, LonelyPsu::Fail).unwrap()
    }

    fn mean(&self) -> Option<Estimate> {
        self.design().domain(&self.inside).unwrap().mean(&self.values).unwrap()
    }

    fn total(&self) -> Option<Estimate> {
        self.design().domain(&self.inside).unwrap().total(&self.values).unwrap()
    }

    fn in_order(&self, order: &[usize]) -> Self {
        Self {
            values: order.iter().map(|&row| self.values[row]).collect(),
            weights: order.iter().map(|&row| self.weights[row]).collect(),
            strata: order.iter().map(|&row| self.strata[row]).collect(),
            psu: order.iter().map(|&row| self.psu[row]).collect(),
            inside: order.iter().map(|&row| self.inside[row]).collect(),
        }
    }
}

fn rows() -> impl Strategy<Value = Rows> {
    let row = (-100.0..100.0_f64, 0.1..50.0_f64, 0..2_u32, 0..4_u32, any::<bool>(), 0..10_u8);
    prop::collection::vec(row, 4..60).prop_map(|mut rows| {
        for (at, row) in rows.iter_mut().take(4).enumerate() {
            (row.2, row.3) = (at as u32 / 2, at as u32 % 2);
        }
        Rows {
            values: rows.iter().map(|r| if r.5 == 0 { f64::NAN } else { r.0 }).collect(),
            weights: rows.iter().map(|r| r.1).collect(),
            strata: rows.iter().map(|r| r.2).collect(),
            psu: rows.iter().map(|r| r.3).collect(),
            inside: rows.iter().map(|r| r.4).collect(),
        }
    })
}

fn close(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-12 * scale.max(1.0) * 100.0
}

proptest! {
    #[test]
    fn the_scale_of_weights_changes_no_mean(rows in rows(), factor in 0.001..1000.0_f64) {
        let mut scaled = rows.clone();
        scaled.weights.iter_mut().for_each(|weight| *weight *= factor);
        match (rows.mean(), scaled.mean()) {
            (Some(a), Some(b)) => {
                prop_assert!(close(a.estimate, b.estimate, 1.0));
                prop_assert!(close(a.std_error.unwrap(), b.std_error.unwrap(), 1.0));
                prop_assert_eq!((a.n, a.df), (b.n, b.df));
            }
            (a, b) => prop_assert_eq!(a.is_some(), b.is_some()),
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(
        (rows, order) in rows().prop_flat_map(|rows| {
            let order: Vec<usize> = (0..rows.values.len()).collect();
            (Just(rows), Just(order).prop_shuffle())
        })
    ) {
        let other = rows.in_order(&order);
        for (a, b) in [(rows.mean(), other.mean()), (rows.total(), other.total())] {
            if let (Some(a), Some(b)) = (a, b) {
                prop_assert!(close(a.estimate, b.estimate, a.estimate.abs()));
                prop_assert!(close(a.std_error.unwrap(), b.std_error.unwrap(), a.std_error.unwrap()));
            } else {
                prop_assert_eq!(a.is_some(), b.is_some());
            }
        }
    }

    #[test]
    fn a_domain_of_everyone_is_everyone(rows in rows()) {
        let design = rows.design();
        let all = vec![true; rows.values.len()];
        prop_assert_eq!(
            design.domain(&all).unwrap().mean(&rows.values).unwrap(),
            design.everyone().mean(&rows.values).unwrap()
        );
    }

    #[test]
    fn a_domain_mean_is_the_ratio_of_its_zeroed_totals(rows in rows()) {
        let design = rows.design();
        let used = |row: usize| rows.inside[row] && rows.values[row].is_finite();
        let length = rows.values.len();
        let top: Vec<f64> = (0..length).map(|row| if used(row) { rows.values[row] } else { 0.0 }).collect();
        let bottom: Vec<f64> = (0..length).map(|row| f64::from(u8::from(used(row)))).collect();
        let ratio = design.everyone().ratio(&top, &bottom).unwrap();
        match (rows.mean(), ratio) {
            (Some(mean), Some(ratio)) => {
                prop_assert!(close(mean.estimate, ratio.estimate, 1.0));
                prop_assert!(close(mean.std_error.unwrap(), ratio.std_error.unwrap(), 1.0));
            }
            (mean, ratio) => prop_assert_eq!(mean.is_some(), ratio.is_some()),
        }
    }

    #[test]
    fn an_unweighted_simple_sample_follows_the_textbook(
        values in prop::collection::vec(-1000.0..1000.0_f64, 2..80), more in 0..5000_u32
    ) {
        let n = values.len() as f64;
        let population = vec![n + f64::from(more); values.len()];
        let weights = vec![1.0; values.len()];
        let design =
            Design::new(Columns { fpc: Some(&population), ..columns(&weights) }, LonelyPsu::Fail).unwrap();
        let got = design.everyone().mean(&values).unwrap().unwrap();
        let mean = values.iter().sum::<f64>() / n;
        let s2 = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let expected = ((1.0 - n / population[0]) * s2 / n).sqrt();
        prop_assert!(close(got.estimate, mean, mean.abs()));
        prop_assert!((got.std_error.unwrap() - expected).abs() <= 1e-9 * expected.max(1e-6));
        prop_assert_eq!(got.df, values.len() - 1);
    }

    #[test]
    fn shares_sum_to_one_and_equal_proportions(codes in prop::collection::vec(0..5_u32, 2..60)) {
        let weights: Vec<f64> = (0..codes.len()).map(|row| 1.0 + (row % 3) as f64).collect();
        let design = Design::new(columns(&weights), LonelyPsu::Fail).unwrap();
        let values: Vec<Option<u32>> = codes.iter().map(|&code| (code < 4).then_some(code)).collect();
        let shares = design.everyone().distribution(&values, 4).unwrap();
        if codes.iter().all(|&code| code == 4) {
            prop_assert!(shares.is_empty());
        } else {
            prop_assert!((shares.iter().map(|share| share.estimate).sum::<f64>() - 1.0).abs() < 1e-12);
            let first: Vec<f64> =
                values.iter().map(|v| v.map_or(f64::NAN, |v| f64::from(u8::from(v == 0)))).collect();
            prop_assert_eq!(shares[0], design.everyone().proportion(&first).unwrap().unwrap());
        }
    }

    #[test]
    fn intervals_hold_the_share_and_stay_in_bounds(
        flags in prop::collection::vec(any::<bool>(), 3..80), level in 0.5..0.999_f64
    ) {
        let weights = vec![1.0; flags.len()];
        let design = Design::new(columns(&weights), LonelyPsu::Fail).unwrap();
        let values: Vec<f64> = flags.iter().map(|&flag| f64::from(u8::from(flag))).collect();
        let got = design.everyone().proportion(&values).unwrap().unwrap();
        for method in [Method::Logit, Method::Wilson, Method::KornGraubard, Method::Arcsine, Method::ClopperPearson] {
            let interval = got.interval(level, method).unwrap();
            prop_assert!(0.0 <= interval.low && interval.high <= 1.0, "{method:?} {interval:?}");
            prop_assert!(
                interval.low <= got.estimate && got.estimate <= interval.high && interval.low < interval.high,
                "{method:?} {interval:?} around {}", got.estimate
            );
        }
    }
}

proptest! {
    /// Totals that some weights between the bounds have are met, however far they are from those of the sample.
    #[test]
    fn totals_that_can_be_met_are_met(
        people in prop::collection::vec((0.5_f64..40.0, any::<bool>(), 1_u32..9, 0.32_f64..3.9), 12..60),
        rare in 0.3_f64..3.9,
    ) {
        let bounds = (0.3, 4.0);
        let weights: Vec<f64> = people.iter().map(|person| person.0).collect();
        let ones = vec![1.0; people.len()];
        let women: Vec<f64> = people.iter().map(|person| f64::from(u8::from(person.1))).collect();
        let sizes: Vec<f64> = people.iter().map(|person| f64::from(person.2)).collect();
        prop_assume!(women.contains(&0.0) && women.contains(&1.0) && people.iter().any(|person| person.2 != people[0].2));
        let factor = |n: usize| if n.is_multiple_of(3) { rare } else { people[n].3 };
        let total = |x: &[f64]| -> f64 { x.iter().enumerate().map(|(n, x)| weights[n] * factor(n) * x).sum() };
        let totals = [total(&ones), total(&women), total(&sizes)];
        let targets = Targets {
            variables: &[&ones, &women, &sizes],
            totals: &totals,
            distance: Distance::Logit,
            bounds: Some(bounds),
            tolerance: 1e-7,
            max_steps: 50,
        };
        let calibrated = Design::new(columns(&weights), LonelyPsu::Fail).unwrap().calibrate(&targets);
        match calibrated {
            Ok(design) => {
                let found = design.everyone().total(&ones).unwrap().unwrap().estimate;
                prop_assert!((found - totals[0]).abs() <= 1e-6 * (1.0 + totals[0]), "{found} is not {}", totals[0]);
            }
            // One variable may be a sum of the others in so few people.
            Err(error) => prop_assert!(error.to_string().contains("sum"), "{error}"),
        }
    }
}

#[test]
fn an_empty_domain_is_no_data() {
    let design = Design::new(columns(&[1.0, 2.0, 0.0]), LonelyPsu::Fail).unwrap();
    let nobody = design.domain(&[false; 3]).unwrap();
    let weightless = design.domain(&[false, false, true]).unwrap();
    for domain in [nobody, weightless] {
        assert_eq!(domain.mean(&[1.0; 3]).unwrap(), None);
        assert_eq!(domain.total(&[1.0; 3]).unwrap(), None);
        assert_eq!(domain.ratio(&[1.0; 3], &[1.0; 3]).unwrap(), None);
        assert_eq!(domain.weighting(), None);
    }
    assert_eq!(design.everyone().mean(&[f64::NAN; 3]).unwrap(), None);
    assert_eq!(design.everyone().ratio(&[1.0; 3], &[0.0; 3]).unwrap(), None);
    assert!(design.everyone().mean(&[1.0]).is_err());
    assert!(design.domain(&[true]).is_err());
}

#[test]
fn a_row_without_weight_keeps_its_psu_but_does_not_count() {
    let design = Design::new(columns(&[1.0, 1.0, 1.0, 0.0]), LonelyPsu::Fail).unwrap();
    let got = design.everyone().mean(&[1.0, 2.0, 3.0, 900.0]).unwrap().unwrap();
    assert_eq!((got.n, got.n_domain, got.df), (3, 4, 2));
    // Scores −1/3, 0, 1/3 and 0 in four PSUs: 4/3 · 2/9.
    assert!((got.std_error.unwrap().powi(2) - 8.0 / 27.0).abs() < 1e-15);
}

#[test]
fn a_share_of_nobody_or_everybody_gets_an_exact_interval_that_says_so() {
    let design = Design::new(columns(&[1.0; 20]), LonelyPsu::Fail).unwrap();
    for method in [Method::Wald, Method::Logit, Method::Wilson, Method::KornGraubard, Method::Arcsine] {
        let none = design.everyone().proportion(&[0.0; 20]).unwrap().unwrap().interval(0.95, method).unwrap();
        // 1 − 0.025^(1/20)
        assert!(none.low.abs() < 1e-15 && (none.high - 0.168_433_470_983_085_3).abs() < 1e-12, "{none:?}");
        assert_eq!(none.method, Method::ClopperPearson);
        let all = design.everyone().proportion(&[1.0; 20]).unwrap().unwrap().interval(0.95, method).unwrap();
        assert!((all.high - 1.0).abs() < 1e-15 && (all.low - (1.0 - none.high)).abs() < 1e-12, "{all:?}");
    }
    // Fewer degrees of freedom make the same twenty answers worth less.
    let psu: Vec<u32> = (0..20).map(|row| row / 5).collect();
    let clustered = Design::new(Columns { psu: Some(&psu), ..columns(&[1.0; 20]) }, LonelyPsu::Fail).unwrap();
    let wide = clustered.everyone().proportion(&[0.0; 20]).unwrap().unwrap();
    assert!(wide.interval(0.95, Method::Logit).unwrap().high > 0.3);
}

#[test]
fn no_interval_without_degrees_of_freedom_or_sense() {
    let one_psu = [7; 4];
    let columns = Columns { psu: Some(&one_psu), ..columns(&[1.0; 4]) };
    let design = Design::new(columns, LonelyPsu::Adjust).unwrap();
    let got = design.everyone().proportion(&[0.0, 1.0, 1.0, 0.0]).unwrap().unwrap();
    assert_eq!(got.df, 0);
    assert_eq!(got.std_error, Some(0.0));
    assert_eq!(got.interval(0.95, Method::Logit), None);
    let average = Design::new(columns, LonelyPsu::Average).unwrap();
    assert_eq!(average.everyone().mean(&[0.0, 1.0, 1.0, 0.0]).unwrap().unwrap().std_error, None);

    let weights = [1.0; 4];
    let design = Design::new(self::columns(&weights), LonelyPsu::Fail).unwrap();
    let mean = design.everyone().mean(&[0.0, 1.0, 1.0, 0.5]).unwrap().unwrap();
    assert_eq!(mean.interval(0.95, Method::Logit), None);
    assert_eq!(mean.interval(1.0, Method::Wald), None);
    assert_eq!(mean.interval(f64::NAN, Method::Wald), None);
    assert!(mean.interval(0.95, Method::Wald).is_some());
}

#[test]
fn a_census_has_no_sampling_error() {
    let weights = [1.0; 5];
    let population = [5.0; 5];
    let design =
        Design::new(Columns { fpc: Some(&population), ..columns(&weights) }, LonelyPsu::Fail).unwrap();
    let got = design.everyone().mean(&[1.0, 5.0, 2.0, 8.0, 3.0]).unwrap().unwrap();
    assert_eq!(got.std_error, Some(0.0));
}

#[test]
fn a_design_refuses_what_it_cannot_mean() {
    let two = [1.0, 1.0];
    let refused = |columns: Columns<'_>| {
        Design::new(columns, LonelyPsu::Fail).and_then(Design::refuse_lonely).unwrap_err()
    };
    assert_eq!(refused(columns(&[])), DesignError::NoRows);
    assert_eq!(refused(columns(&[1.0, -2.0])), DesignError::Weight { row: 1, value: -2.0 });
    assert!(matches!(refused(columns(&[f64::NAN, 1.0])), DesignError::Weight { row: 0, .. }));
    assert!(matches!(refused(columns(&[f64::INFINITY, 1.0])), DesignError::Weight { row: 0, .. }));
    assert_eq!(
        refused(Columns { strata: Some(&[1]), ..columns(&two) }),
        DesignError::Length { column: "strata", expected: 2, found: 1 }
    );
    assert_eq!(
        refused(Columns { strata: Some(&[1, 2]), psu: Some(&[9, 9]), ..columns(&two) }),
        DesignError::PsuInTwoStrata { psu: 9, first: 1, second: 2, row: 1 }
    );
    assert_eq!(
        refused(Columns { fpc: Some(&[10.0, 11.0]), ..columns(&two) }),
        DesignError::PopulationVaries { row: 1, stratum: 0, found: 11.0, expected: 10.0 }
    );
    assert_eq!(
        refused(Columns { fpc: Some(&[1.0, 1.0]), ..columns(&two) }),
        DesignError::PopulationTooSmall { stratum: 0, population: 1.0, sampled: 2 }
    );
    assert_eq!(
        refused(Columns { fpc: Some(&[0.0, 3.0]), ..columns(&two) }),
        DesignError::Population { row: 0, value: 0.0 }
    );
    assert_eq!(
        refused(Columns { strata: Some(&[4, 6]), ..columns(&two) }),
        DesignError::LonelyPsu { stratum: 4 }
    );
    let second = SecondStage { units: &[1, 2], population: &[4.0, 5.0] };
    assert!(matches!(
        refused(Columns {
            psu: Some(&[1, 1]),
            fpc: Some(&[9.0, 9.0]),
            second_stage: Some(second),
            ..columns(&two)
        }),
        DesignError::PopulationVaries { row: 1, .. }
    ));
    let take_all = Columns { strata: Some(&[4, 6]), fpc: Some(&[1.0, 1.0]), ..columns(&two) };
    assert!(Design::new(take_all, LonelyPsu::Fail).and_then(Design::refuse_lonely).is_ok());
}

#[test]
fn shared_psus_make_a_difference_more_certain() {
    // Two groups in the same four PSUs, of which some are high and some low for both.
    let weights = [1.0; 8];
    let psu = [1, 1, 2, 2, 3, 3, 4, 4];
    let values = [10.0, 11.0, 20.0, 21.5, 30.0, 31.0, 40.0, 41.5];
    let design = Design::new(Columns { psu: Some(&psu), ..columns(&weights) }, LonelyPsu::Fail).unwrap();
    let group = |odd: bool| {
        let inside: Vec<bool> = (0..8).map(|row| (row % 2 == 1) == odd).collect();
        design.domain(&inside).unwrap().scored_mean(&values).unwrap().unwrap()
    };
    let (even, odd) = (group(false), group(true));
    let difference = design.difference(&even, &odd).unwrap();
    assert!((difference.estimate - 1.25).abs() < 1e-12);
    let apart = even.estimate.std_error.unwrap().hypot(odd.estimate.std_error.unwrap());
    assert!(difference.std_error.unwrap() < apart / 20.0);
    assert!(difference.test().unwrap().p_value < 0.01);
    assert!(difference.interval(0.95).unwrap().low > 0.0);
}
