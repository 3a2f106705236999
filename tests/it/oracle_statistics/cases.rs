//! Running one case and comparing its figures.

use doorstep::statistics::{Domain, Estimate, Interval, Method};
use serde_json::Value;

use super::table::{Sample, same};

/// Every figure of the case that deviates, in words; empty when all agree.
pub fn deviations(sample: &Sample, case: &Value) -> Vec<String> {
    let mut check = Check::new(case);
    if case["expected"]["error"].is_string() {
        check.found.push(format!("nothing was refused, expected: {}", case["expected"]["error"]));
        return check.found;
    }
    match case["kind"].as_str().unwrap() {
        "design" => design(sample, &mut check),
        "mean" | "total" => means(sample, case, &mut check),
        "ratio" => ratio(sample, case, &mut check),
        "by_mean" | "by_total" | "by_ratio" => groups(sample, case, &mut check),
        "catmean" => distribution(sample, case, &mut check),
        "prop" => proportion(sample, case, &mut check),
        "contrast" => contrast(sample, case, &mut check),
        "ttest" => t_test(sample, case, &mut check),
        "kish" => kish(sample, case, &mut check),
        "var" => variance(sample, case, &mut check),
        kind => check.found.push(format!("the kind {kind} is not known here; compute it or skip it by name")),
    }
    if check.compared == 0 {
        check.found.push("no figure was compared".to_owned());
    }
    check.found
}

struct Check<'a> {
    expected: &'a Value,
    relative: f64,
    absolute: f64,
    found: Vec<String>,
    compared: usize,
}

impl<'a> Check<'a> {
    fn new(case: &'a Value) -> Self {
        let tolerance = |key: &str| case[key].as_f64().unwrap();
        Self {
            expected: &case["expected"],
            relative: tolerance("rel_tol"),
            absolute: tolerance("abs_tol"),
            found: Vec::new(),
            compared: 0,
        }
    }

    /// `expected` may be a number, or "NaN", "Inf" or null, which stand for no number.
    fn figure(&mut self, name: &str, got: Option<f64>, expected: &Value) {
        self.compared += 1;
        let agrees = match (got, expected.as_f64()) {
            (Some(got), Some(expected)) => {
                (got - expected).abs() <= self.absolute.max(self.relative * expected.abs())
            }
            (None, None) => true,
            _ => false,
        };
        if !agrees {
            self.found.push(format!("{name} is {got:?}, not {expected}"));
        }
    }

    fn field(&mut self, key: &str, got: Option<f64>) {
        let expected = self.expected;
        self.figure(key, got, &expected[key]);
    }

    fn interval(&mut self, name: &str, got: Option<Interval>, expected: &Value) {
        self.figure(&format!("{name}, low"), got.map(|interval| interval.low), &expected[0]);
        self.figure(&format!("{name}, high"), got.map(|interval| interval.high), &expected[1]);
    }

    /// An estimate against a row of figures; those that the row lacks were not computed by R.
    fn estimate(&mut self, name: &str, got: Option<Estimate>, row: &Value, level: f64) {
        let Some(got) = got else {
            // R prints 0 with a standard error of 0 for an empty domain; here it is no data.
            if row["n"] != 0 {
                self.found.push(format!("{name} has no data, not {}", row["est"]));
            }
            self.compared += 1;
            return;
        };
        let wald = |df: usize| Estimate { df, ..got }.interval(level, Method::Wald);
        self.figure(&format!("{name}, est"), Some(got.estimate), &row["est"]);
        self.figure(&format!("{name}, se"), got.std_error, &row["se"]);
        self.figure(&format!("{name}, df"), Some(got.df_design as f64), &row["df"]);
        self.interval(&format!("{name}, ci"), wald(got.df_design), &row["ci"]);
        // So many degrees of freedom that t is the normal distribution.
        self.interval(&format!("{name}, ci_z"), wald(usize::MAX), &row["ci_z"]);
        let optional = [
            ("deff", got.deff),
            ("deff_replace", got.deff_replace),
            ("n", Some(got.n as f64)),
            ("sum_w", Some(got.weight_sum)),
            ("df_domain", Some(got.df as f64)),
        ];
        for (key, got) in optional {
            if let Some(expected) = row.get(key) {
                self.figure(&format!("{name}, {key}"), got, expected);
            }
        }
        if let Some(expected) = row.get("ci_df_domain") {
            self.interval(&format!("{name}, ci_df_domain"), wald(got.df), expected);
        }
    }
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

fn domain<'s>(sample: &'s Sample, case: &Value) -> Domain<'s> {
    sample.design.domain(&sample.table.filter(&case["domain_filter"])).unwrap()
}

fn level(case: &Value) -> f64 {
    case["level"].as_f64().unwrap_or(0.95)
}

fn design(sample: &Sample, check: &mut Check<'_>) {
    check.field("n", Some(sample.design.rows() as f64));
    check.field("n_psu", Some(sample.design.psus() as f64));
    check.field("n_strata", Some(sample.design.strata() as f64));
    check.field("degf", Some(sample.design.df() as f64));
    check.field("sum_weights", Some(sample.design.weight_sum()));
}

fn means(sample: &Sample, case: &Value, check: &mut Check<'_>) {
    let names = names(&case["vars"]);
    let mut columns: Vec<Vec<f64>> = names.iter().map(|name| sample.table.numbers(name)).collect();
    for row in 0..sample.design.rows() {
        if columns.iter().any(|column| column[row].is_nan()) {
            for column in &mut columns {
                column[row] = f64::NAN;
            }
        }
    }
    let domain = domain(sample, case);
    let expected = check.expected;
    let any_missing = columns.iter().flatten().any(|value| value.is_nan());
    for (index, (name, column)) in names.iter().zip(&columns).enumerate() {
        let row = &expected["rows"][index];
        if case["na_rm"] == false && any_missing {
            check.figure(name, None, &row["est"]);
            continue;
        }
        let got = if case["kind"] == "mean" { domain.mean(column) } else { domain.total(column) };
        check.estimate(name, got.unwrap(), row, level(case));
    }
    if expected["vcov"].is_array() && case["kind"] == "mean" {
        covariances(sample, &domain, &columns, check);
    }
}

fn covariances(sample: &Sample, domain: &Domain<'_>, columns: &[Vec<f64>], check: &mut Check<'_>) {
    let scored: Vec<_> =
        columns.iter().map(|column| domain.scored_mean(column).unwrap().expect("data")).collect();
    for (i, a) in scored.iter().enumerate() {
        for (j, b) in scored.iter().enumerate() {
            let got = sample.design.covariance(&a.scores, &b.scores);
            check.figure(&format!("covariance {i}, {j}"), got, &check.expected["vcov"][i][j]);
        }
    }
}

fn ratio(sample: &Sample, case: &Value, check: &mut Check<'_>) {
    let column = |key: &str| sample.table.numbers(case[key].as_str().unwrap());
    let got = domain(sample, case).ratio(&column("num"), &column("den")).unwrap();
    check.estimate("ratio", got, &check.expected["rows"][0], level(case));
}

fn groups(sample: &Sample, case: &Value, check: &mut Check<'_>) {
    let column = |name: &Value| sample.table.numbers(name.as_str().unwrap());
    let by = names(&case["by"]);
    for row in check.expected["rows"].as_array().unwrap() {
        let group = &row["group"];
        let belongs = |at: usize| by.iter().all(|name| same(&sample.table.text(name)[at], &group[name]));
        let inside: Vec<bool> = (0..sample.design.rows()).map(belongs).collect();
        let domain = sample.design.domain(&inside).unwrap();
        let got = match case["kind"].as_str().unwrap() {
            "by_mean" => domain.mean(&column(&case["vars"][0])),
            "by_total" => domain.total(&column(&case["vars"][0])),
            _ => domain.ratio(&column(&case["num"]), &column(&case["den"])),
        };
        check.estimate(&group.to_string(), got.unwrap(), row, level(case));
    }
}

fn distribution(sample: &Sample, case: &Value, check: &mut Check<'_>) {
    let cells = sample.table.text(case["vars"][0].as_str().unwrap());
    let rows = check.expected["rows"].as_array().unwrap();
    let levels: Vec<&str> = rows.iter().map(|row| row["var"].as_str().unwrap()).collect();
    let category = |cell: &String| levels.iter().position(|level| level == cell).map(|at| at as u32);
    let values: Vec<Option<u32>> = cells.iter().map(category).collect();
    let domain = domain(sample, case);
    let shares = domain.distribution(&values, levels.len() as u32).unwrap();
    let dummy = |at: u32| move |value: &Option<u32>| value.map_or(f64::NAN, |v| f64::from(u8::from(v == at)));
    let dummies: Vec<Vec<f64>> =
        (0..levels.len() as u32).map(|at| values.iter().map(dummy(at)).collect()).collect();
    for (at, row) in rows.iter().enumerate() {
        check.estimate(levels[at], shares.get(at).copied(), row, level(case));
        let total = domain.total(&dummies[at]).unwrap().expect("data");
        check.figure(&format!("{}, total", levels[at]), Some(total.estimate), &row["total"]);
        check.figure(&format!("{}, total_se", levels[at]), total.std_error, &row["total_se"]);
    }
    covariances(sample, &domain, &dummies, check);
}

fn proportion(sample: &Sample, case: &Value, check: &mut Check<'_>) {
    const METHODS: [(&str, Method); 6] = [
        ("mean", Method::Wald),
        ("logit", Method::Logit),
        ("xlogit", Method::Logit),
        ("beta", Method::KornGraubard),
        ("asin", Method::Arcsine),
        ("wilson_by_hand", Method::Wilson),
    ];
    let column = sample.table.numbers(case["vars"][0].as_str().unwrap());
    let got = domain(sample, case).proportion(&column).unwrap().expect("data");
    check.field("est", Some(got.estimate));
    check.field("se", got.std_error);
    check.field("df", Some(got.df as f64));
    check.field("df_design", Some(got.df_design as f64));
    check.field("n_rows", Some(got.n_domain as f64));
    check.field("n_valid", Some(got.n as f64));

    let inside = sample.table.filter(&case["domain_filter"]);
    let complete: Vec<bool> = inside.iter().zip(&column).map(|(&i, v)| i && !v.is_nan()).collect();
    let complete = sample.design.domain(&complete).unwrap().proportion(&column).unwrap().expect("data");
    let level = level(case);
    let certain = got.estimate <= 0.0 || got.estimate >= 1.0;
    let offered = METHODS.iter().map(|&(name, method)| (name, method, got, &check.expected["ci"][name]));
    let by_complete =
        ("complete cases", Method::KornGraubard, complete, &check.expected["ci_beta_complete_cases"]);
    for (name, method, estimate, expected) in offered.chain([by_complete]) {
        if !expected.is_array() || (expected[0].is_null() && estimate.df > 0) {
            continue;
        }
        let interval = estimate.interval(level, method);
        if certain && estimate.df > 0 {
            // R has no number here, or an interval without width; ours is exact and says so.
            let exact = interval.is_some_and(|i| i.method == Method::ClopperPearson && i.high - i.low > 1e-6);
            check.compared += 1;
            if !exact {
                check.found.push(format!("{name} is {interval:?} for a share of {}", estimate.estimate));
            }
            continue;
        }
        // R fits "logit" by iteration, which stops at about this distance.
        let kept = check.relative;
        if name == "logit" {
            check.relative = kept.max(1e-6);
        }
        check.interval(name, interval, expected);
        check.relative = kept;
    }
}

fn contrast(sample: &Sample, case: &Value, check: &mut Check<'_>) {
    let column = sample.table.numbers(case["vars"][0].as_str().unwrap());
    let inside = sample.table.filter(&case["domain_filter"]);
    let cells = sample.table.text(case["by"][0].as_str().unwrap());
    let [first, second] = [0, 1].map(|at| {
        let level = &case["levels"][at];
        let group: Vec<bool> = inside
            .iter()
            .zip(cells)
            .map(|(&inside, cell)| inside && cell == level.as_str().unwrap_or_default())
            .collect();
        sample.design.domain(&group).unwrap().scored_mean(&column).unwrap().expect("data")
    });
    let design = &sample.design;
    let difference = design.difference(&first, &second).unwrap();
    check.field("est", Some(difference.estimate));
    check.field("se", difference.std_error);
    check.field("df", Some(difference.df as f64));
    check.field("m1", Some(first.estimate.estimate));
    check.field("m2", Some(second.estimate.estimate));
    check.field("var1", design.variance(&first.scores));
    check.field("var2", design.variance(&second.scores));
    check.field("cov", design.covariance(&first.scores, &second.scores));
    check.field("t", difference.test().map(|test| test.t));
    check.field("p_value", difference.test().map(|test| test.p_value));
    check.interval("ci", difference.interval(0.95), &check.expected["ci"]);
}

fn t_test(sample: &Sample, case: &Value, check: &mut Check<'_>) {
    let column = sample.table.numbers(case["y"].as_str().unwrap());
    let cells = sample.table.text(case["group"].as_str().unwrap());
    let inside = sample.table.filter(&case["domain_filter"]);
    let mut levels: Vec<&String> = cells.iter().filter(|cell| !cell.is_empty()).collect();
    levels.sort();
    levels.dedup();
    assert_eq!(levels.len(), 2, "a t test compares two groups");
    let [first, second] = [0, 1].map(|at| {
        let group: Vec<bool> = inside.iter().zip(cells).map(|(&i, cell)| i && cell == levels[at]).collect();
        sample.design.domain(&group).unwrap().scored_mean(&column).unwrap().expect("data")
    });
    let complete: Vec<bool> =
        (0..column.len()).map(|row| inside[row] && !column[row].is_nan() && !cells[row].is_empty()).collect();
    let mut difference = sample.design.difference(&first, &second).unwrap();
    // R's test takes one more off: that of the group effect.
    difference.df = sample.design.domain(&complete).unwrap().df() - 1;
    check.field("estimate", Some(difference.estimate));
    check.field("se", difference.std_error);
    check.field("df", Some(difference.df as f64));
    check.field("t", difference.test().map(|test| test.t));
    check.field("p_value", difference.test().map(|test| test.p_value));
    check.interval("ci", difference.interval(0.95), &check.expected["ci"]);
}

fn kish(sample: &Sample, case: &Value, check: &mut Check<'_>) {
    let got = domain(sample, case).weighting().expect("data");
    check.field("n", Some(got.n as f64));
    check.field("n_eff", Some(got.n_effective));
    check.field("deff_kish", Some(got.deff));
    check.field("cv_w", Some(got.cv));
    let inside = sample.table.filter(&case["domain_filter"]);
    let sum: f64 = sample.weights.iter().zip(&inside).map(|(w, &inside)| if inside { *w } else { 0.0 }).sum();
    check.field("sum_w", Some(sum));
}

fn variance(sample: &Sample, case: &Value, check: &mut Check<'_>) {
    let column = sample.table.numbers(case["vars"][0].as_str().unwrap());
    let got = domain(sample, case).variance(&column).unwrap().expect("data");
    check.field("est", Some(got.estimate));
    check.field("se", got.std_error);
}
