//! Running one case: estimates in domains and groups.

use doorstep::statistics::{Domain, Estimate, Method, Scored};
use serde_json::Value;

use super::check::{Check, refused};
use super::inference;
use super::sample::{Refusal, Sample};
use super::table::{levels, missing, same};

/// Every figure of the case that deviates, in words; empty when all agree.
pub fn deviations(sample: &Sample, case: &Value) -> Vec<String> {
    let mut check = Check::new(case);
    let done = match case["kind"].as_str().unwrap() {
        "design" => {
            design(sample, &mut check);
            Ok(())
        }
        "mean" | "total" => means(sample, case, &mut check),
        "ratio" => ratio(sample, case, &mut check),
        "by_mean" | "by_total" | "by_ratio" => groups(sample, case, &mut check),
        "catmean" => distribution(sample, case, &mut check),
        "var" => variance(sample, case, &mut check),
        "kish" => {
            kish(sample, case, &mut check);
            Ok(())
        }
        "prop" => inference::proportion(sample, case, &mut check),
        "quantile" => inference::quantile(sample, case, &mut check),
        "contrast" => inference::contrast(sample, case, &mut check),
        "ttest" => inference::t_test(sample, case, &mut check),
        "chisq" => inference::independence(sample, case, &mut check),
        "calibrated_weights" => {
            inference::calibrated_weights(sample, &mut check);
            Ok(())
        }
        "alpha" => inference::alpha(sample, case, &mut check),
        kind => {
            check.deviation(format!("the kind {kind} is not known here"));
            Ok(())
        }
    };
    match done {
        Err(refusal) => refused(case, &refusal),
        Ok(()) => check.finish(),
    }
}

pub fn text<'c>(case: &'c Value, key: &str) -> &'c str {
    case[key].as_str().unwrap_or_else(|| panic!("no {key}"))
}

pub fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

pub fn inside(sample: &Sample, case: &Value) -> Vec<bool> {
    assert_eq!(case["domain"].is_string(), case["domain_filter"].is_array(), "a domain has a filter");
    sample.table.filter(&case["domain_filter"])
}

pub fn domain<'s>(sample: &'s Sample, case: &Value) -> Domain<'s> {
    sample.design.domain(&inside(sample, case)).unwrap()
}

pub fn level(case: &Value) -> f64 {
    case["level"].as_f64().unwrap_or(0.95)
}

/// Columns of which a row has all values or none.
pub fn listwise(sample: &Sample, names: &[&str]) -> Vec<Vec<f64>> {
    let mut columns: Vec<Vec<f64>> = names.iter().map(|name| sample.table.numbers(name)).collect();
    for row in 0..sample.design.rows() {
        if columns.iter().any(|column| column[row].is_nan()) {
            columns.iter_mut().for_each(|column| column[row] = f64::NAN);
        }
    }
    columns
}

/// Whether a case that keeps missing values has one, so that there is no number.
fn lacks_a_value(case: &Value, inside: &[bool], columns: &[Vec<f64>]) -> bool {
    let lacks = |row: usize| inside[row] && columns.iter().any(|column| column[row].is_nan());
    case["na_rm"] == false && (0..inside.len()).any(lacks)
}

fn no_number(check: &mut Check<'_>, path: &str) {
    check.figure(&format!("{path}.est"), None);
    check.figure(&format!("{path}.se"), None);
    check.pass_over(path);
}

/// An estimate against a row of figures, of which not every case has all.
fn estimate(check: &mut Check<'_>, path: &str, got: Option<Estimate>, level: f64) {
    let at = |key: &str| format!("{path}.{key}");
    let Some(got) = got else {
        // R prints 0 with a standard error of 0 for an empty domain; here it is no data.
        if check.at(&at("n")) != 0 && check.at(&at("sum_w")) != 0 {
            check.deviation(format!("{path} has no data, not {}", check.at(path)));
        }
        check.pass_over(path);
        return;
    };
    for label in ["var", "group"] {
        check.pass_over(&at(label));
    }
    let wald = |df: usize| Estimate { df, ..got }.interval(level, Method::Wald);
    check.figure(&at("est"), Some(got.estimate));
    check.figure(&at("se"), got.std_error);
    let intervals = [
        ("ci", got.df_design),
        // So many degrees of freedom that t is the normal distribution.
        ("ci_z", usize::MAX),
        ("ci_df_domain", got.df),
    ];
    for (key, df) in intervals {
        if check.has(&at(key)) {
            check.interval(&at(key), wald(df));
        }
    }
    let figures = [
        ("cv", got.cv()),
        ("df", Some(got.df_design as f64)),
        ("df_domain", Some(got.df as f64)),
        ("deff", got.deff),
        ("deff_replace", got.deff_replace),
        ("n", Some(got.n as f64)),
        ("n_psu", Some(got.psus as f64)),
        ("sum_w", Some(got.weight_sum)),
    ];
    for (key, got) in figures {
        check.optional(&at(key), got);
    }
}

fn design(sample: &Sample, check: &mut Check<'_>) {
    check.count("n", sample.design.rows());
    check.count("n_psu", sample.design.psus());
    check.count("n_strata", sample.design.strata());
    check.count("degf", sample.design.df());
    check.figure("sum_weights", Some(sample.design.weight_sum()));
}

fn means(sample: &Sample, case: &Value, check: &mut Check<'_>) -> Result<(), Refusal> {
    let names = names(&case["vars"]);
    let columns = listwise(sample, &names);
    let inside = inside(sample, case);
    let domain = sample.design.domain(&inside).unwrap();
    // Only the difference to the other missing values, which the figures show themselves.
    check.pass_over("listwise_na");
    if lacks_a_value(case, &inside, &columns) {
        for index in 0..names.len() {
            no_number(check, &format!("rows.{index}"));
        }
        check.pass_over("vcov");
        return Ok(());
    }
    let is_mean = case["kind"] == "mean";
    let mut scored = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let got = if is_mean { domain.mean(column)? } else { domain.total(column)? };
        estimate(check, &format!("rows.{index}"), got, level(case));
        scored.extend(if is_mean { domain.scored_mean(column)? } else { domain.scored_total(column)? });
    }
    covariances(sample, &scored, check)
}

/// The matrix of covariances, if there is one; rows without data have none.
pub fn covariances(sample: &Sample, scored: &[Scored], check: &mut Check<'_>) -> Result<(), Refusal> {
    if !check.at("vcov").is_array() {
        check.pass_over("vcov");
        return Ok(());
    }
    for (i, a) in scored.iter().enumerate() {
        for (j, b) in scored.iter().enumerate() {
            check.figure(&format!("vcov.{i}.{j}"), sample.design.covariance_of(a, b)?);
        }
    }
    Ok(())
}

fn ratio(sample: &Sample, case: &Value, check: &mut Check<'_>) -> Result<(), Refusal> {
    let column = |key: &str| sample.table.numbers(text(case, key));
    let columns = [column("num"), column("den")];
    if lacks_a_value(case, &inside(sample, case), &columns) {
        no_number(check, "rows.0");
        return Ok(());
    }
    let got = domain(sample, case).ratio(&columns[0], &columns[1])?;
    estimate(check, "rows.0", got, level(case));
    Ok(())
}

fn groups(sample: &Sample, case: &Value, check: &mut Check<'_>) -> Result<(), Refusal> {
    let by = names(&case["by"]);
    let inside = inside(sample, case);
    // All levels at once: the groups that R has, and one for each other combination of values.
    let rows = check.at("rows").as_array().map_or(&[][..], Vec::as_slice);
    let belongs =
        |row: usize, group: &Value| by.iter().all(|name| same(&sample.table.text(name)[row], &group[name]));
    let code = |row: usize| {
        let known = by.iter().all(|name| !missing(&sample.table.text(name)[row]));
        let group = rows.iter().position(|found| belongs(row, &found["group"]));
        (inside[row] && known).then(|| group.unwrap_or(rows.len()) as u32)
    };
    let codes: Vec<Option<u32>> = (0..sample.design.rows()).map(code).collect();
    let domains = sample.design.by(&codes, rows.len() as u32 + 1).unwrap();
    let vars = case["vars"].as_array().map_or(vec![], |_| names(&case["vars"]));
    let column = |key: &str| sample.table.numbers(text(case, key));
    let kind = text(case, "kind");
    let columns =
        if kind == "by_ratio" { vec![column("num"), column("den")] } else { listwise(sample, &vars) };
    let found: Vec<Vec<Option<Estimate>>> = match kind {
        "by_ratio" => vec![domains.ratio(&columns[0], &columns[1])?],
        "by_mean" => columns.iter().map(|column| domains.mean(column)).collect::<Result<_, _>>()?,
        _ => columns.iter().map(|column| domains.total(column)).collect::<Result<_, _>>()?,
    };
    for (index, row) in rows.iter().enumerate() {
        let found = &found[vars.iter().position(|var| *var == text(row, "var")).unwrap_or(0)];
        // Several variables have several rows for a group, and the first of them has its code.
        let level_of = rows.iter().position(|other| other["group"] == row["group"]).unwrap();
        let of_level: Vec<bool> = codes.iter().map(|code| *code == Some(level_of as u32)).collect();
        if lacks_a_value(case, &of_level, &columns) {
            no_number(check, &format!("rows.{index}"));
            continue;
        }
        estimate(check, &format!("rows.{index}"), found[level_of], level(case));
        if let Some(other) = found[rows.len()] {
            check.deviation(format!("there is another group: {other:?}"));
        }
    }
    if check.has("df") {
        check.count("df", sample.design.df());
    }
    Ok(())
}

fn distribution(sample: &Sample, case: &Value, check: &mut Check<'_>) -> Result<(), Refusal> {
    let cells = sample.table.text(names(&case["vars"])[0]);
    // Where an error is expected, no categories are named.
    let categories: Vec<String> = match check.at("rows").as_array() {
        Some(rows) => rows.iter().map(|row| text(row, "var").to_owned()).collect(),
        None => levels(cells),
    };
    let category = |cell: &String| categories.iter().position(|level| level == cell).map(|at| at as u32);
    let values: Vec<Option<u32>> = cells.iter().map(category).collect();
    let inside = inside(sample, case);
    let present: Vec<String> =
        cells.iter().zip(&inside).filter(|cell| *cell.1).map(|cell| cell.0.clone()).collect();
    if let Some(other) = levels(&present).iter().find(|level| !categories.contains(level)) {
        check.deviation(format!("there is another category: {other}"));
    }
    let domain = domain(sample, case);
    let shares = domain.distribution(&values, categories.len() as u32)?;
    let mut scored = Vec::new();
    for at in 0..categories.len() {
        estimate(check, &format!("rows.{at}"), shares.get(at).copied(), level(case));
        let dummy = |value: &Option<u32>| value.map_or(f64::NAN, |v| f64::from(u8::from(v as usize == at)));
        let dummy: Vec<f64> = values.iter().map(dummy).collect();
        let total = domain.total(&dummy)?;
        check.optional(&format!("rows.{at}.total"), total.map(|total| total.estimate));
        check.optional(&format!("rows.{at}.total_se"), total.and_then(|total| total.std_error));
        scored.extend(domain.scored_mean(&dummy)?);
    }
    covariances(sample, &scored, check)
}

fn kish(sample: &Sample, case: &Value, check: &mut Check<'_>) {
    let got = domain(sample, case).weighting();
    check.figure("n", got.map(|got| got.n as f64));
    check.figure("n_eff", got.map(|got| got.n_effective));
    check.figure("deff_kish", got.map(|got| got.deff));
    check.figure("cv_w", got.map(|got| got.cv));
    check.figure("sum_w", got.map(|got| got.sum));
    check.figure("min_w", got.map(|got| got.min));
    check.figure("max_w", got.map(|got| got.max));
}

fn variance(sample: &Sample, case: &Value, check: &mut Check<'_>) -> Result<(), Refusal> {
    let column = sample.table.numbers(names(&case["vars"])[0]);
    let got = domain(sample, case).variance(&column)?;
    check.figure("est", got.map(|got| got.estimate));
    check.figure("se", got.and_then(|got| got.std_error));
    Ok(())
}
