//! All levels at once against one domain at a time, and what calibrated weights and scales owe.

use doorstep::statistics::{
    CalibrationError, Columns, Design, DesignError, Distance, Domains, EstimateError, LonelyPsu, Margin,
    Method, QuantileRule, Quantiles, RakingLimits, ReliabilityError, SecondStage, Targets,
};
use proptest::prelude::*;

/// Rows of a two-stage sample: three strata of three PSUs, with households in them.
#[derive(Debug, Clone)]
struct Rows {
    values: Vec<f64>,
    others: Vec<f64>,
    categories: Vec<Option<u32>>,
    weights: Vec<f64>,
    strata: Vec<u32>,
    psu: Vec<u32>,
    household: Vec<u32>,
    levels: Vec<Option<u32>>,
    cells: Vec<Option<u32>>,
}

fn rows() -> impl Strategy<Value = Rows> {
    let row = (
        -100.0..100.0_f64,
        0.0..20.0_f64,
        0..5_u32,
        prop_oneof![Just(0.0), 0.1..50.0_f64],
        0..9_u32,
        0..4_u32,
        0..6_u32,
        0..10_u8,
    );
    prop::collection::vec(row, 12..80).prop_map(|mut rows| {
        for (at, row) in rows.iter_mut().take(9).enumerate() {
            (row.3, row.4) = (1.0, at as u32);
        }
        Rows {
            values: rows.iter().map(|r| if r.7 == 0 { f64::NAN } else { r.0 }).collect(),
            others: rows.iter().map(|r| r.1).collect(),
            categories: rows.iter().map(|r| (r.2 < 4).then_some(r.2)).collect(),
            weights: rows.iter().map(|r| r.3).collect(),
            strata: rows.iter().map(|r| r.4 / 3).collect(),
            psu: rows.iter().map(|r| r.4).collect(),
            household: rows.iter().map(|r| r.5).collect(),
            levels: rows.iter().map(|r| (r.6 < 5).then_some(r.6)).collect(),
            cells: rows.iter().map(|r| Some(u32::from(r.7 > 4))).collect(),
        }
    })
}

impl Rows {
    /// One of several designs of the same rows.
    fn design(&self, which: u8) -> Design {
        let [psus, households] = [[10.0], [40.0]].map(|count| count.repeat(self.values.len()));
        let columns = Columns {
            weights: &self.weights,
            strata: Some(&self.strata),
            psu: Some(&self.psu),
            fpc: (which % 2 == 1).then_some(&psus),
            nest: false,
            second_stage: Some(SecondStage { units: &self.household, population: &households }),
        };
        let design = Design::new(columns, LonelyPsu::Adjust).unwrap().with_lonely_in_domains();
        if which < 2 { design } else { self.calibrated(&design) }
    }

    /// Weighted counts of two cells doubled and tripled; as it is when one of them is empty.
    fn calibrated(&self, design: &Design) -> Design {
        let sum = |cell: u32| -> f64 {
            (0..self.weights.len()).filter(|&r| self.cells[r] == Some(cell)).map(|r| self.weights[r]).sum()
        };
        design.post_stratify(&self.cells, &[2.0 * sum(0), 3.0 * sum(1)]).unwrap_or_else(|_| design.clone())
    }
}

fn inside(rows: &Rows, level: u32) -> Vec<bool> {
    rows.levels.iter().map(|&found| found == Some(level)).collect()
}

proptest! {
    /// The same sums of the same rows in the same order: equal to the last bit.
    #[test]
    fn all_levels_at_once_equal_one_domain_at_a_time(rows in rows(), which in 0..4_u8) {
        let design = rows.design(which);
        let levels = design.by(&rows.levels, 5).unwrap();
        let wanted = Quantiles {
            probabilities: &[0.2, 0.5], rule: QuantileRule::Hazen, method: Method::Wald, level: 0.9,
        };
        let means = levels.mean(&rows.values).unwrap();
        let totals = levels.total(&rows.values).unwrap();
        let ratios = levels.ratio(&rows.values, &rows.others).unwrap();
        let variances = levels.variance(&rows.values).unwrap();
        let shares = levels.distribution(&rows.categories, 4).unwrap();
        let quantiles = levels.quantiles(&rows.values, &wanted).unwrap();
        for level in 0..5_u32 {
            let at = level as usize;
            let domain = design.domain(&inside(&rows, level)).unwrap();
            prop_assert_eq!(means[at], domain.mean(&rows.values).unwrap());
            prop_assert_eq!(totals[at], domain.total(&rows.values).unwrap());
            prop_assert_eq!(ratios[at], domain.ratio(&rows.values, &rows.others).unwrap());
            prop_assert_eq!(variances[at], domain.variance(&rows.values).unwrap());
            prop_assert_eq!(&shares[at], &domain.distribution(&rows.categories, 4).unwrap());
            prop_assert_eq!(&quantiles[at], &domain.quantiles(&rows.values, &wanted).unwrap());
            prop_assert_eq!(levels.weighting(at), domain.weighting());
            prop_assert_eq!((levels.rows(at), levels.df(at)), (domain.rows(), domain.df()));
        }
    }

    #[test]
    fn post_strata_have_their_totals_without_error(rows in rows()) {
        let design = rows.design(0);
        let totals = [700.0, 300.0];
        match design.post_stratify(&rows.cells, &totals) {
            Ok(design) => {
                for (cell, total) in (0..2_u32).zip(totals) {
                    let is_in: Vec<f64> =
                        rows.cells.iter().map(|&found| f64::from(u8::from(found == Some(cell)))).collect();
                    let got = design.everyone().total(&is_in).unwrap().unwrap();
                    prop_assert!((got.estimate - total).abs() < 1e-9 * total);
                    prop_assert!(got.std_error.unwrap() < 1e-9 * total);
                }
            }
            Err(error) => prop_assert!(matches!(error, CalibrationError::EmptyCell { .. }), "{error}"),
        }
    }

    /// Cells as variables of a regression are post-strata, whatever the distance, and so is one margin.
    #[test]
    fn all_ways_of_calibrating_to_cells_are_one(rows in rows()) {
        let design = rows.design(1);
        let before = [0, 1].map(|cell| -> f64 {
            (0..rows.weights.len()).filter(|&r| rows.cells[r] == Some(cell)).map(|r| rows.weights[r]).sum()
        });
        let totals = [1.5 * before[0], 0.7 * before[1]];
        let Ok(strata) = design.post_stratify(&rows.cells, &totals) else { return Ok(()) };
        let column = |cell: u32| -> Vec<f64> {
            rows.cells.iter().map(|&found| f64::from(u8::from(found == Some(cell)))).collect()
        };
        let (first, second) = (column(0), column(1));
        let variables = [first.as_slice(), second.as_slice()];
        let targets = |distance| Targets {
            variables: &variables, totals: &totals, distance, bounds: None, tolerance: 1e-12, max_steps: 200,
        };
        let limits = RakingLimits { tolerance: 1e-9, max_cycles: 20 };
        let designs = [
            design.calibrate(&targets(Distance::Linear)).unwrap(),
            design.calibrate(&targets(Distance::Raking)).unwrap(),
            design.rake(&[Margin { cells: &rows.cells, totals: &totals }], limits).unwrap(),
        ];
        let of = |design: &Design| design.domain(&inside(&rows, 1)).unwrap().mean(&rows.values).unwrap();
        for (at, other) in designs.iter().enumerate() {
            for (a, b) in strata.weights().iter().zip(other.weights()) {
                prop_assert!((a - b).abs() <= 1e-8 * a.abs());
            }
            let (Some(a), Some(b)) = (of(&strata), of(other)) else { continue };
            prop_assert!((a.estimate - b.estimate).abs() <= 1e-7 * a.estimate.abs().max(1.0));
            // Raking takes unweighted means of residuals off, as R does: another estimate of the same variance.
            if at < 2 {
                let (a, b) = (a.std_error.unwrap(), b.std_error.unwrap());
                prop_assert!((a - b).abs() <= 1e-6 * a.max(1.0), "{a} {b}");
            }
        }
    }

    #[test]
    fn quantiles_ascend_and_stay_among_the_values(rows in rows(), p in 0.0..1.0_f64, q in 0.0..1.0_f64) {
        let design = rows.design(0);
        let everyone = design.everyone();
        let shares = [p.min(q), p.max(q)];
        for rule in [
            QuantileRule::Lower, QuantileRule::Midpoint, QuantileRule::NearestEven, QuantileRule::Hazen,
            QuantileRule::Weibull, QuantileRule::Gumbel, QuantileRule::MedianUnbiased, QuantileRule::Blom,
        ] {
            let wanted = Quantiles { probabilities: &shares, rule, method: Method::Logit, level: 0.95 };
            let found = everyone.quantiles(&rows.values, &wanted).unwrap();
            let [a, b] = found.as_slice() else { continue };
            prop_assert!(a.estimate <= b.estimate, "{rule:?}");
            prop_assert!(rows.values.iter().any(|&value| value <= a.estimate), "{rule:?}");
            prop_assert!(rows.values.iter().any(|&value| value >= b.estimate), "{rule:?}");
// Other rules read the interval of the share off other points than the share itself.
            prop_assert!(rule != QuantileRule::Lower || a.low.is_none_or(|low| low <= a.estimate), "{a:?}");
        }
    }
}

#[test]
fn a_wrong_level_or_length_is_no_level_or_an_error() {
    let weights = [1.0; 4];
    let columns =
        Columns { weights: &weights, strata: None, psu: None, fpc: None, nest: false, second_stage: None };
    let design = Design::new(columns, LonelyPsu::Fail).unwrap();
    let levels: Domains<'_> = design.by(&[Some(0), Some(7), None, Some(0)], 2).unwrap();
    assert_eq!((levels.levels(), levels.rows(0), levels.rows(1), levels.rows(9)), (2, 2, 0, 0));
    assert_eq!(levels.mean(&[1.0, 2.0, 3.0, 5.0]).unwrap()[0].unwrap().estimate.to_bits(), 3.0_f64.to_bits());
    assert_eq!(levels.mean(&[1.0; 4]).unwrap()[1], None);
    let length = EstimateError::Length { expected: 4, found: 3 };
    assert_eq!(design.by(&[None; 3], 1).unwrap_err(), length);
    assert_eq!(levels.mean(&[1.0; 3]).unwrap_err(), length);
    assert_eq!(levels.ratio(&[1.0; 4], &[1.0; 3]).unwrap_err(), length);
    assert_eq!(levels.distribution(&[None; 3], 2).unwrap_err(), length);
}

#[test]
fn a_lonely_psu_fails_only_where_it_counts() {
    let weights = [1.0; 5];
    let (strata, psu) = ([0, 0, 0, 0, 1], [1, 1, 2, 2, 3]);
    let columns = Columns {
        weights: &weights,
        strata: Some(&strata),
        psu: Some(&psu),
        fpc: None,
        nest: false,
        second_stage: None,
    };
    let design = Design::new(columns, LonelyPsu::Fail).unwrap();
    let values = [1.0, 2.0, 3.0, 4.0, 5.0];
    assert_eq!(design.everyone().mean(&values).unwrap_err(), EstimateError::LonelyPsu { stratum: 1 });
    assert!(design.domain(&[true, true, true, true, false]).unwrap().mean(&values).is_ok());
    assert_eq!(design.refuse_lonely().unwrap_err(), DesignError::LonelyPsu { stratum: 1 });
    let zero = [0.0; 5];
    assert_eq!(
        Design::new(Columns { weights: &zero, ..columns }, LonelyPsu::Fail).unwrap_err(),
        DesignError::NoWeight
    );
}

#[test]
fn targets_that_do_not_fit_are_refused() {
    let weights = [2.0; 6];
    let columns =
        Columns { weights: &weights, strata: None, psu: None, fpc: None, nest: false, second_stage: None };
    let design = Design::new(columns, LonelyPsu::Fail).unwrap();
    let cells = [Some(0), Some(0), Some(1), Some(1), Some(1), Some(1)];
    let refused = |cells: &[Option<u32>], totals: &[f64]| design.post_stratify(cells, totals).unwrap_err();
    let mut gap = cells;
    gap[3] = None;
    assert_eq!(refused(&gap, &[5.0, 5.0]), CalibrationError::NoCell { row: 3 });
    assert_eq!(refused(&cells, &[5.0]), CalibrationError::NoCell { row: 2 });
    assert_eq!(refused(&cells, &[5.0, 5.0, 5.0]), CalibrationError::EmptyCell { cell: 2 });
    assert_eq!(refused(&cells, &[0.0, 5.0]), CalibrationError::Total { cell: 0, value: 0.0 });
    assert!(matches!(refused(&cells, &[5.0, f64::NAN]), CalibrationError::Total { cell: 1, .. }));
    assert!(matches!(refused(&cells[1..], &[5.0, 5.0]), CalibrationError::Estimate(_)));
    let calibrated = design.post_stratify(&cells, &[5.0, 5.0]).unwrap();
    assert_eq!(calibrated.post_stratify(&cells, &[5.0, 5.0]).unwrap_err(), CalibrationError::Twice);

    // Margins of another sum never agree.
    let others = [Some(0), Some(1), Some(0), Some(1), Some(0), Some(1)];
    let margins =
        [Margin { cells: &cells, totals: &[5.0, 5.0] }, Margin { cells: &others, totals: &[8.0, 8.0] }];
    let limits = RakingLimits { tolerance: 1e-9, max_cycles: 30 };
    assert_eq!(
        design.rake(&margins, limits).unwrap_err(),
        CalibrationError::MarginMissed { margin: 0, cell: 0, total: 5.0, reached: 8.0 }
    );
    assert!(design.rake(&[], limits).is_err());

    let one = [1.0; 6];
    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let targets = Targets {
        variables: &[&one, &x],
        totals: &[12.0, 45.0],
        distance: Distance::Raking,
        bounds: None,
        tolerance: 1e-7,
        max_steps: 50,
    };
    assert!(design.calibrate(&targets).is_ok());
    let refused = |targets: Targets<'_>| design.calibrate(&targets).unwrap_err();
    assert_eq!(
        refused(Targets { totals: &[12.0], ..targets }),
        CalibrationError::Totals { variables: 2, totals: 1 }
    );
    assert_eq!(
        refused(Targets { variables: &[&x, &x], ..targets }),
        CalibrationError::Collinear { variable: 1 }
    );
    assert_eq!(refused(Targets { distance: Distance::Logit, ..targets }), CalibrationError::Bounds);
    assert_eq!(refused(Targets { bounds: Some((1.0, 2.0)), ..targets }), CalibrationError::Bounds);
    // A mean above the largest value.
    let beyond = Targets { totals: &[12.0, 100.0], ..targets };
    assert!(matches!(refused(beyond), CalibrationError::NotConverged { .. }));
    let tight =
        Targets { distance: Distance::Logit, bounds: Some((0.99, 1.01)), totals: &[12.0, 60.0], ..targets };
    assert!(matches!(refused(tight), CalibrationError::NotConverged { .. }));
    let steep = Targets { distance: Distance::Linear, totals: &[12.0, 65.0], ..targets };
    assert!(matches!(refused(steep), CalibrationError::NegativeWeight { row: 0, .. }));
    let hole = [1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0];
    assert_eq!(
        refused(Targets { variables: &[&one, &hole], ..targets }),
        CalibrationError::NoValue { variable: 1, row: 2 }
    );
    let infinite = Targets { totals: &[12.0, f64::INFINITY], ..targets };
    assert!(matches!(refused(infinite), CalibrationError::Total { cell: 1, .. }));
}

#[test]
fn a_scale_needs_two_items_that_vary() {
    let weights = [1.0; 5];
    let columns =
        Columns { weights: &weights, strata: None, psu: None, fpc: None, nest: false, second_stage: None };
    let design = Design::new(columns, LonelyPsu::Fail).unwrap();
    let everyone = design.everyone();
    let a = [1.0, 2.0, 3.0, 4.0, 5.0];
    let b = [2.0, 1.0, 4.0, 3.0, 5.0];
    let none = [f64::NAN; 5];
    let same = [3.0; 5];
    let against: Vec<f64> = a.iter().map(|value| -value).collect();
    let refused = |items: &[&[f64]]| everyone.reliability(items).unwrap_err();
    assert_eq!(refused(&[&a]), ReliabilityError::TooFewItems { items: 1 });
    assert_eq!(refused(&[&a, &none]), ReliabilityError::NoValues { item: 1 });
    assert_eq!(refused(&[&a, &same]), ReliabilityError::Constant { item: 1 });
    assert_eq!(refused(&[&a, &against]), ReliabilityError::ConstantSum);
    assert!(matches!(refused(&[&a, &b[1..]]), ReliabilityError::Estimate(_)));
    let (left, right) = ([1.0, 2.0, f64::NAN, f64::NAN, 1.0], [f64::NAN, f64::NAN, 1.0, 2.0, 1.0]);
    assert_eq!(refused(&[&left, &right]), ReliabilityError::TooFewRows { rows: 1 });
    // Two equal items agree fully; with k = 2 dropping one leaves none to compare.
    let twice = everyone.reliability(&[&a, &a]).unwrap();
    assert!((twice.alpha - 1.0).abs() < 1e-15);
    assert_eq!(twice.items[0].alpha_if_dropped, None);
    assert!(everyone.reliability(&[&a, &b]).unwrap().alpha < 1.0);
}

#[test]
fn answers_that_go_together_are_not_independent() {
    let weights = vec![1.0; 200];
    let columns =
        Columns { weights: &weights, strata: None, psu: None, fpc: None, nest: false, second_stage: None };
    let design = Design::new(columns, LonelyPsu::Fail).unwrap();
    let rows: Vec<Option<u32>> = (0..200).map(|row| Some(row % 2)).collect();
    let alike: Vec<Option<u32>> =
        (0..200).map(|row| Some(if row % 10 < 8 { row % 2 } else { 1 - row % 2 })).collect();
    let other: Vec<Option<u32>> = (0..200).map(|row| Some(row / 2 % 2)).collect();
    let test =
        |columns: &[Option<u32>]| design.everyone().independence(&rows, columns, 2, 3).unwrap().unwrap();
    assert!(test(&alike).f.unwrap().p_value < 1e-6);
    assert!(test(&other).f.unwrap().p_value > 0.99);
    assert_eq!(test(&alike).counts[0][2], 0);
    let one = vec![Some(1); 200];
    assert_eq!(design.everyone().independence(&rows, &one, 2, 2).unwrap(), None);
}
