//! Quantiles and distribution functions against values computed with 40 digits.

use std::path::Path;

use doorstep::statistics::distribution::{
    beta_cdf, beta_quantile, chi_square_cdf, chi_square_quantile, chi_square_upper, f_quantile, f_upper,
    normal_cdf, normal_quantile, student_t_cdf, student_t_quantile, student_t_two_sided,
};

struct Row {
    distribution: String,
    probability: f64,
    a: f64,
    b: f64,
    quantile: f64,
}

fn rows() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/statistics/quantiles.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let number = |text: &str| if text.is_empty() { f64::NAN } else { text.parse().unwrap() };
    let rows: Vec<Row> = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            Row {
                distribution: record[0].to_owned(),
                probability: number(&record[1]),
                a: number(&record[2]),
                b: number(&record[3]),
                quantile: number(&record[4]),
            }
        })
        .collect();
    assert!(rows.len() > 250, "only {} reference values", rows.len());
    rows
}

/// Relative to the figure, so that tails count as much as the middle.
fn off(got: f64, expected: f64) -> f64 {
    if got.to_bits() == expected.to_bits() { 0.0 } else { ((got - expected) / expected).abs() }
}

#[test]
fn quantiles_hold_1e_11_everywhere() {
    let mut worst = Vec::new();
    for row in rows() {
        let got = match row.distribution.as_str() {
            "normal" => normal_quantile(row.probability),
            "student_t" => student_t_quantile(row.probability, row.a),
            "chi_square" => chi_square_quantile(row.probability, row.a),
            "f" => f_quantile(row.probability, row.a, row.b),
            _ => beta_quantile(row.probability, row.a, row.b),
        };
        let error = off(got, row.quantile);
        if error.is_nan() || error > 1e-11 {
            worst.push(format!(
                "{} p={} a={} b={}: {got:e}, not {:e}, off by {error:e}",
                row.distribution, row.probability, row.a, row.b, row.quantile
            ));
        }
    }
    assert!(worst.is_empty(), "{} quantiles are off:\n{}", worst.len(), worst.join("\n"));
}

#[test]
fn distribution_functions_give_the_probability_back() {
    let mut worst = Vec::new();
    for row in rows() {
        let got = match row.distribution.as_str() {
            "normal" => normal_cdf(row.quantile),
            "student_t" => student_t_cdf(row.quantile, row.a),
            "chi_square" => chi_square_cdf(row.quantile, row.a),
            "f" => f_upper(1.0 / row.quantile, row.b, row.a),
            _ => beta_cdf(row.quantile, row.a, row.b),
        };
        // How far one rounding of the quantile moves the probability: no function can do better.
        let rounding = match row.distribution.as_str() {
            "beta" => row.quantile * f64::EPSILON * (row.a + row.b) * 10.0,
            "chi_square" => row.quantile.max(row.a) * f64::EPSILON,
            _ => 0.0,
        };
        let error = off(got, row.probability);
        if error.is_nan() || error > 1e-11 + rounding {
            worst.push(format!(
                "{} x={} a={} b={}: {got:e}, not {:e}, off by {error:e}",
                row.distribution, row.quantile, row.a, row.b, row.probability
            ));
        }
    }
    assert!(worst.is_empty(), "{} probabilities are off:\n{}", worst.len(), worst.join("\n"));
}

#[test]
fn distributions_are_symmetric() {
    for p in [1e-6, 0.01, 0.25, 0.375] {
        let q = 1.0 - p;
        assert!((normal_quantile(p) + normal_quantile(q)).abs() < 1e-9, "normal at {p}");
        assert!((student_t_quantile(p, 3.5) + student_t_quantile(q, 3.5)).abs() < 1e-7, "t at {p}");
        assert!((beta_quantile(p, 2.0, 7.0) + beta_quantile(q, 7.0, 2.0) - 1.0).abs() < 1e-12, "beta at {p}");
    }
    assert!((student_t_cdf(1.3, 9.0) + student_t_cdf(-1.3, 9.0) - 1.0).abs() < 1e-15);
}

#[test]
#[allow(clippy::float_cmp)]
fn ends_and_nonsense_have_an_answer() {
    assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
    assert_eq!(normal_quantile(0.5), 0.0);
    assert_eq!(normal_quantile(1.0), f64::INFINITY);
    assert_eq!(student_t_quantile(0.5, 4.0), 0.0);
    assert_eq!(student_t_quantile(1.0, 4.0), f64::INFINITY);
    assert_eq!(student_t_quantile(0.3, f64::INFINITY), normal_quantile(0.3));
    assert_eq!(student_t_two_sided(0.0, 5.0), 1.0);
    assert_eq!(student_t_two_sided(f64::INFINITY, 5.0), 0.0);
    assert_eq!(beta_quantile(0.0, 2.0, 3.0), 0.0);
    assert_eq!(beta_quantile(1.0, 2.0, 3.0), 1.0);
    assert_eq!(beta_cdf(-1.0, 2.0, 3.0), 0.0);
    assert_eq!(beta_cdf(1.5, 2.0, 3.0), 1.0);
    assert_eq!((chi_square_quantile(0.0, 3.0), chi_square_quantile(1.0, 3.0)), (0.0, f64::INFINITY));
    assert_eq!((f_quantile(0.0, 3.0, 4.0), f_quantile(1.0, 3.0, 4.0)), (0.0, f64::INFINITY));
    assert_eq!((chi_square_upper(0.0, 3.0), chi_square_upper(f64::INFINITY, 3.0)), (1.0, 0.0));
    assert_eq!((f_upper(0.0, 3.0, 4.0), f_upper(f64::INFINITY, 3.0, 4.0)), (1.0, 0.0));
    for nonsense in [
        normal_quantile(-0.1),
        student_t_quantile(0.3, 0.0),
        student_t_quantile(f64::NAN, 3.0),
        beta_quantile(0.5, 0.0, 1.0),
        beta_cdf(0.5, 1.0, f64::INFINITY),
        student_t_cdf(1.0, -2.0),
        chi_square_quantile(0.5, -1.0),
        chi_square_cdf(f64::NAN, 1.0),
        f_quantile(1.5, 2.0, 2.0),
        f_upper(1.0, 0.0, 2.0),
    ] {
        assert!(nonsense.is_nan());
    }
}

/// Far tails of steep distributions, where a step too wide would miss all of the probability.
#[test]
fn far_quantiles_give_the_probability_back() {
    for p in [1e-300, 1e-100, 1e-12, 1e-4, 0.3] {
        for a in [0.02, 1.0, 33.0, 3500.0, 6001.0, 1e5, 1e8, 1e12] {
            for b in [0.5, 20.0, 3500.0, 1e6, 1e13] {
                let x = beta_quantile(p, a, b);
                let rounding = (a + b) * x.max(1e-3) * 1e-14;
                let error = off(beta_cdf(x, a, b), p);
                // Beyond that x cannot say how far it is from 1.
                assert!(
                    x == 0.0 || x > 1.0 - 1e-3 || error < 1e-10 + rounding,
                    "{p} {a} {b}: {x:e} {error:e}"
                );
            }
        }
    }
}

/// A chi-square variable with one degree of freedom is a squared normal one, an F variable a squared t.
#[test]
fn distributions_agree_where_they_meet() {
    let close = |a: f64, b: f64| assert!(off(a, b) < 1e-12, "{a:e} {b:e}");
    for x in [1e-8, 0.01, 0.5, 2.0, 9.0, 40.0, 700.0, 1300.0] {
        close(chi_square_upper(x, 1.0), 2.0 * normal_cdf(-f64::sqrt(x)));
        close(chi_square_upper(x, 2.0), (-x / 2.0).exp());
        for df in [0.3, 1.0, 7.5, 60.0, 8000.0] {
            close(f_upper(x, 1.0, df), student_t_two_sided(x.sqrt(), df));
        }
    }
    for p in [1e-300, 1e-9, 0.02, 0.4] {
        for df in [0.05, 0.7, 5.0, 2999.0, 6001.0, 1e7, 1e12] {
            let x = chi_square_quantile(p, df);
            // The step that one rounding of x makes.
            let rounding = x.max(df) * f64::EPSILON * 2.0;
            assert!(x == 0.0 || off(chi_square_cdf(x, df), p) < 1e-11 + rounding, "{p} {df}");
        }
    }
    // With many degrees of freedom F is chi-square over its own, and that is nearly normal.
    assert!(off(f_quantile(0.975, 7.0, 1e15), chi_square_quantile(0.975, 7.0) / 7.0) < 1e-12);
    let large = 1e14_f64;
    let normal = large + (2.0 * large).sqrt() * normal_quantile(0.975);
    assert!(off(chi_square_quantile(0.975, large), normal) < 1e-13);
}
