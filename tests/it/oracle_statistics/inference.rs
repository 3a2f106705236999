//! Running one case: intervals, quantiles, comparisons, tests, weights and scales.

use doorstep::statistics::distribution::student_t_quantile;
use doorstep::statistics::{
    Domain, Domains, Estimate, Interval, Method, Quantile, QuantileRule, Quantiles, Scored, Statistic,
};
use serde_json::Value;

use super::cases::{domain, inside, level, names, text};
use super::check::Check;
use super::sample::{Refusal, Sample};
use super::table::{levels, missing};

fn method(name: &str) -> Method {
    match name {
        "mean" => Method::Wald,
        "logit" | "xlogit" => Method::Logit,
        "beta" => Method::KornGraubard,
        "beta_truncated" => Method::KornGraubardTruncated,
        "likelihood" => Method::Likelihood,
        "asin" => Method::Arcsine,
        "wilson" | "wilson_by_hand" => Method::Wilson,
        name => panic!("no interval {name}"),
    }
}

pub fn proportion(sample: &Sample, case: &Value, check: &mut Check<'_>) -> Result<(), Refusal> {
    let column = sample.table.numbers(names(&case["vars"])[0]);
    let Some(got) = domain(sample, case).proportion(&column)? else {
        check.count("n_valid", 0);
        // What R prints for nobody is not copied.
        check.pass_over_the_rest();
        return Ok(());
    };
    check.figure("est", Some(got.estimate));
    check.figure("se", got.std_error);
    check.count("df", got.df);
    check.count("df_design", got.df_design);
    check.count("n_rows", got.n_base);
    check.count("n_valid", got.n);
    if sample.calibrated {
        // Noted by a formula that R uses for other designs; R has no such interval here.
        let noted = got.weight_sum / got.weight_mean / (got.n as f64 - 1.0);
        check.figure("likelihood_phi", Some(noted));
    } else {
        check.figure("likelihood_phi", got.dispersion());
    }
    if got.df == 0 && got.std_error == Some(0.0) && check.at("n_eff").as_f64().is_some_and(|n| n > 1e20) {
        // R divides by the square of what rounding leaves of a standard error of 0.
        check.pass_over("n_eff");
    } else {
        check.optional("n_eff", got.n_effective());
    }
    check.optional("n_eff_df_adj_95", got.n_effective_adjusted(0.95));
    // Why R has no number for some method; here such a method is compared below.
    check.pass_over("method_errors");

    let methods: Vec<&String> = check.at("ci").as_object().unwrap().keys().collect();
    for name in methods {
        share_interval(check, &format!("ci.{name}"), &got, level(case), name);
    }
    let inside = inside(sample, case);
    let complete: Vec<bool> = inside.iter().zip(&column).map(|(&i, v)| i && !v.is_nan()).collect();
    let complete = sample.design.domain(&complete).unwrap().proportion(&column)?;
    let path = "ci_beta_complete_cases";
    if check.at(path)[0].is_null() && sample.calibrated {
        // Not computed: a calibrated design keeps the rows without a value.
        check.pass_over(path);
    } else if let Some(complete) = complete {
        share_interval(check, path, &complete, level(case), "beta");
    }
    Ok(())
}

fn share_interval(check: &mut Check<'_>, path: &str, got: &Estimate, level: f64, name: &str) {
    let interval = got.interval(level, method(name));
    if got.df > 0 && (got.estimate <= 0.0 || got.estimate >= 1.0) {
        // R has no number here, or an interval without width; ours is exact and says so.
        let exact = interval.is_some_and(|i| i.method == Method::ClopperPearson && i.high - i.low > 1e-6);
        check.pass_over(path);
        if !exact {
            check.deviation(format!("{path} is {interval:?} for a share of {}", got.estimate));
        }
        return;
    }
    let [low, high] = match name {
        "asin" => folded(got, level, interval),
        _ => [interval.map(|i| i.low), interval.map(|i| i.high)],
    };
    for (at, end) in [low, high].into_iter().enumerate() {
        let path = format!("{path}.{at}");
        match name {
            // R interpolates a profile.
            "likelihood" => check.within(&path, end, 0.0, 1e-3),
            // R fits by iteration, which stops at about this distance.
            "logit" => check.within(&path, end, 1e-6, 1e-11),
            _ => check.figure(&path, end),
        }
    }
}

/// Ends of 0 and 1 as R has them, which lets angles beyond those of 0 and 1 fold back.
fn folded(got: &Estimate, level: f64, interval: Option<Interval>) -> [Option<f64>; 2] {
    let (p, t) = (got.estimate, student_t_quantile(0.5 + level / 2.0, got.df as f64));
    let half = t * got.std_error.unwrap_or(f64::NAN) / (2.0 * (p * (1.0 - p)).sqrt());
    let angle = p.sqrt().asin();
    let fold = |end: f64, angle: f64| if end <= 0.0 || end >= 1.0 { angle.sin().powi(2) } else { end };
    [
        interval.map(|interval| fold(interval.low, angle - half)),
        interval.map(|interval| fold(interval.high, angle + half)),
    ]
}

pub fn quantile(sample: &Sample, case: &Value, check: &mut Check<'_>) -> Result<(), Refusal> {
    let column = sample.table.numbers(names(&case["vars"])[0]);
    let domain = domain(sample, case);
    let rule = match text(case, "qrule") {
        "math" | "hf1" => QuantileRule::Lower,
        "school" | "hf2" => QuantileRule::Midpoint,
        "hf3" => QuantileRule::NearestEven,
        "hf4" => QuantileRule::Interpolated,
        "hf5" => QuantileRule::Hazen,
        "hf6" => QuantileRule::Weibull,
        "hf7" => QuantileRule::Gumbel,
        "hf8" => QuantileRule::MedianUnbiased,
        "hf9" => QuantileRule::Blom,
        rule => panic!("no rule {rule}"),
    };
    let probabilities: Vec<f64> =
        case["probs"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
    let keys: Vec<&String> = case["expected"].as_object().unwrap().keys().collect();
    if check.has("error") {
        let method = Method::Wald;
        domain.quantiles(&column, &Quantiles { probabilities: &probabilities, rule, method, level: 0.95 })?;
    }
    for (key, name) in keys.iter().filter_map(|key| Some((key, key.strip_prefix("interval_")?))) {
        let wanted =
            Quantiles { probabilities: &probabilities, rule, method: method(name), level: level(case) };
        let found = domain.quantiles(&column, &wanted)?;
        for (at, &probability) in probabilities.iter().enumerate() {
            let path = |field: &str| format!("{key}.{at}.{field}");
            check.figure(&path("p"), Some(probability));
            let Some(got) = found.get(at) else {
                check.deviation(format!("{key}.{at} has no data"));
                continue;
            };
            let got = nearest(&domain, &column, &wanted, *got, check.at(&path("est")))?;
            check.figure(&path("est"), Some(got.estimate));
            // Where everybody is at or below the quantile the interval has no width; in R rounding may move it beyond
            // the last value instead.
            let is_last = got.std_error == Some(0.0) && check.at(&path("ci"))[0] == "NaN";
            let shown = |number: Option<f64>| number.filter(|_| !is_last);
            check.ends(&path("ci"), shown(got.low), shown(got.high));
            check.figure(&path("se"), shown(got.std_error));
            check.count("df", got.df);
        }
    }
    Ok(())
}

/// Where a share is met exactly, rounding decides in R whether it is, so that a step to either side is right.
fn nearest(
    domain: &Domain<'_>,
    column: &[f64],
    wanted: &Quantiles<'_>,
    got: Quantile,
    expected: &Value,
) -> Result<Quantile, Refusal> {
    let beside = [got.probability - 1e-9, got.probability + 1e-9];
    let beside = domain.quantiles(column, &Quantiles { probabilities: &beside, ..*wanted })?;
    let expected = expected.as_f64().unwrap_or(f64::NAN);
    let step = |other: &&Quantile| (other.estimate - got.estimate).abs() > 1e-6 * (1.0 + got.estimate.abs());
    let agrees = |other: &&Quantile| (other.estimate - expected).abs() <= 1e-9 * expected.abs();
    if agrees(&&got) {
        return Ok(got);
    }
    Ok(beside.iter().filter(step).find(agrees).copied().unwrap_or(got))
}

/// The groups of a column inside the domain of the case, in the order of `levels`; other values come after.
fn by<'s>(sample: &'s Sample, case: &Value, names: &[&str], levels: &[String]) -> Domains<'s> {
    let inside = inside(sample, case);
    let code = |row: usize| {
        let cells: Vec<&str> = names.iter().map(|name| sample.table.text(name)[row].as_str()).collect();
        let known = inside[row] && !cells.iter().any(|cell| missing(cell));
        let joined = cells.join(".");
        known.then(|| levels.iter().position(|level| *level == joined).unwrap_or(levels.len()) as u32)
    };
    let codes: Vec<Option<u32>> = (0..sample.design.rows()).map(code).collect();
    sample.design.by(&codes, levels.len() as u32 + 1).unwrap()
}

fn two(found: Vec<Option<Scored>>) -> [Scored; 2] {
    let mut found = found.into_iter();
    [0, 1].map(|_| found.next().flatten().expect("both groups have data"))
}

pub fn contrast(sample: &Sample, case: &Value, check: &mut Check<'_>) -> Result<(), Refusal> {
    let column = sample.table.numbers(names(&case["vars"])[0]);
    let levels: Vec<String> = names(&case["levels"]).into_iter().map(str::to_owned).collect();
    let definition = text(case, "definition");
    assert_eq!(definition, "mean(levels[2]) - mean(levels[1])", "of this contrast");
    let domains = by(sample, case, &names(&case["by"]), &levels);
    let [first, second] = two(domains.scored_means(&column)?);
    let design = &sample.design;
    let difference = design.difference(&first, &second)?;
    check.figure("est", Some(difference.estimate));
    check.figure("se", difference.std_error);
    check.count("df", difference.df);
    check.figure("m1", Some(first.estimate.estimate));
    check.figure("m2", Some(second.estimate.estimate));
    check.figure("var1", design.covariance_of(&first, &first)?);
    check.figure("var2", design.covariance_of(&second, &second)?);
    check.figure("cov", design.covariance_of(&first, &second)?);
    check.figure("t", difference.test().map(|test| test.t));
    check.figure("p_value", difference.test().map(|test| test.p_value));
    check.interval("ci", difference.interval(level(case)));
    let quotient = design.quotient(&first, &second)?;
    check.optional("ratio", quotient.map(|quotient| quotient.estimate));
    check.optional("log_ratio_se", quotient.and_then(|quotient| quotient.relative_std_error));
    // How R came by it.
    check.pass_over("via");
    Ok(())
}

pub fn t_test(sample: &Sample, case: &Value, check: &mut Check<'_>) -> Result<(), Refusal> {
    let column = sample.table.numbers(text(case, "y"));
    let group = text(case, "group");
    let inside = inside(sample, case);
    let cells = sample.table.text(group);
    let complete: Vec<bool> =
        (0..column.len()).map(|row| inside[row] && !column[row].is_nan() && !missing(&cells[row])).collect();
    let present: Vec<String> =
        cells.iter().zip(&complete).filter(|cell| *cell.1).map(|cell| cell.0.clone()).collect();
    let levels = levels(&present);
    assert_eq!(levels.len(), 2, "a t test compares two groups");
    let [first, second] = two(by(sample, case, &[group], &levels).scored_means(&column)?);
    let mut difference = sample.design.difference(&first, &second)?;
    // R's test takes one more off: that of the group effect.
    difference.df = sample.design.domain(&complete).unwrap().df().saturating_sub(1);
    check.figure("estimate", Some(difference.estimate));
    check.figure("se", difference.std_error);
    check.count("df", difference.df);
    check.figure("t", difference.test().map(|test| test.t));
    check.figure("p_value", difference.test().map(|test| test.p_value));
    check.interval("ci", difference.interval(level(case)));
    Ok(())
}

pub fn independence(sample: &Sample, case: &Value, check: &mut Check<'_>) -> Result<(), Refusal> {
    let names = names(&case["vars"]);
    // Where an error is expected, no answers are named.
    let labels = |key: &str, name: &str| -> Vec<String> {
        match check.at(key).as_array() {
            Some(labels) => labels.iter().map(|label| label.as_str().unwrap().to_owned()).collect(),
            None => levels(sample.table.text(name)),
        }
    };
    let (rows, columns) = (labels("row_levels", names[0]), labels("col_levels", names[1]));
    let codes = |name: &str, labels: &[String]| -> Vec<Option<u32>> {
        let code = |cell: &String| labels.iter().position(|label| label == cell).map(|at| at as u32);
        sample.table.text(name).iter().map(code).collect()
    };
    let (row_codes, column_codes) = (codes(names[0], &rows), codes(names[1], &columns));
    let got = domain(sample, case)
        .independence(&row_codes, &column_codes, rows.len() as u32, columns.len() as u32)?
        .expect("two answers on either side");
    check.pass_over("row_levels");
    check.pass_over("col_levels");
    for (i, (counts, weights)) in got.counts.iter().zip(&got.weights).enumerate() {
        for (j, (&count, &weight)) in counts.iter().zip(weights).enumerate() {
            check.count(&format!("n_table.{i}.{j}"), count);
            check.figure(&format!("weighted_table.{i}.{j}"), Some(weight));
        }
    }
    for (name, test) in [("F", got.f), ("Wald", got.wald), ("adjWald", got.wald_adjusted)] {
        let path = |field: &str| format!("tests.{name}.{field}");
        statistic(check, &path(""), test);
        check.figure(&path("parameter.ndf"), test.map(|test| test.df));
        check.figure(&path("parameter.ddf"), test.map(|test| test.denominator_df));
        check.figure(&path("p_value"), test.map(|test| test.p_value));
    }
    statistic(check, "tests.Chisq.", got.chi_square);
    check.figure("tests.Chisq.parameter.df", got.chi_square.map(|test| test.df));
    check.figure("tests.Chisq.p_value", got.chi_square.map(|test| test.p_value));
    statistic(check, "tests.saddlepoint.", got.saddlepoint);
    check.pass_over("tests.saddlepoint.parameter");
    // R looks for the saddlepoint less closely.
    check.within("tests.saddlepoint.p_value", got.saddlepoint.map(|test| test.p_value), 1e-4, 1e-11);
    Ok(())
}

fn statistic(check: &mut Check<'_>, path: &str, test: Option<Statistic>) {
    check.figure(&format!("{path}statistic"), test.map(|test| test.statistic));
}

pub fn calibrated_weights(sample: &Sample, check: &mut Check<'_>) {
    let weights = sample.design.weights();
    for at in 0..check.len("row_index_0based") {
        let row = check.at("row_index_0based")[at].as_u64().unwrap() as usize;
        check.figure(&format!("weights.{at}"), weights.get(row).copied());
    }
    check.pass_over("row_index_0based");
    check.figure("sum", Some(weights.iter().sum()));
    check.figure("sum_sq", Some(weights.iter().map(|weight| weight * weight).sum()));
    check.figure("min", weights.iter().copied().reduce(f64::min));
    check.figure("max", weights.iter().copied().reduce(f64::max));
}

pub fn alpha(sample: &Sample, case: &Value, check: &mut Check<'_>) -> Result<(), Refusal> {
    let names = names(&case["items"]);
    let columns: Vec<Vec<f64>> = names.iter().map(|name| sample.table.numbers(name)).collect();
    let items: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let got = domain(sample, case).reliability(&items).map_err(Refusal::Reliability)?;
    check.count("n", got.n);
    check.count("k", names.len());
    check.figure("raw_alpha", Some(got.alpha));
    check.figure("std_alpha", Some(got.alpha_standardized));
    check.figure("raw_alpha_pairwise", got.alpha_pairwise);
    check.figure("weighted_alpha", got.alpha_weighted);
    for (name, item) in names.iter().zip(&got.items) {
        check.figure(&format!("alpha_if_dropped.{name}"), item.alpha_if_dropped);
        check.figure(&format!("item_rest_r.{name}"), item.item_rest_correlation);
    }
    Ok(())
}
