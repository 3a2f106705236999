//! Comparing the figures of a case, and seeing to it that none is left out.

use std::collections::BTreeSet;

use doorstep::statistics::{EstimateError, Interval};
use serde_json::Value;

use super::sample::Refusal;

/// The figures of one case. A figure is found by its path, as in `rows.0.ci`.
pub struct Check<'a> {
    expected: &'a Value,
    relative: f64,
    absolute: f64,
    seen: BTreeSet<String>,
    found: Vec<String>,
}

impl<'a> Check<'a> {
    pub fn new(case: &'a Value) -> Self {
        let tolerance = |key: &str| case[key].as_f64().expect("a tolerance");
        Self {
            expected: &case["expected"],
            relative: tolerance("rel_tol"),
            absolute: tolerance("abs_tol"),
            seen: BTreeSet::new(),
            found: Vec::new(),
        }
    }

    /// What is expected at a path; null if nothing is.
    pub fn at(&self, path: &str) -> &'a Value {
        let pointer = format!("/{}", path.replace('.', "/"));
        self.expected.pointer(&pointer).unwrap_or(&Value::Null)
    }

    pub fn has(&self, path: &str) -> bool {
        let pointer = format!("/{}", path.replace('.', "/"));
        self.expected.pointer(&pointer).is_some()
    }

    /// How many entries the list at a path has.
    pub fn len(&self, path: &str) -> usize {
        self.at(path).as_array().map_or(0, Vec::len)
    }

    /// `expected` may be a number, or "NaN", "Inf" or null, which stand for no number.
    pub fn figure(&mut self, path: &str, got: Option<f64>) {
        self.within(path, got, self.relative, self.absolute);
    }

    /// The same within another tolerance.
    pub fn within(&mut self, path: &str, got: Option<f64>, relative: f64, absolute: f64) {
        let expected = self.at(path);
        self.pass_over(path);
        let agrees = match (got.filter(|got| got.is_finite()), expected.as_f64()) {
            (Some(got), Some(expected)) => (got - expected).abs() <= absolute.max(relative * expected.abs()),
            (None, None) => self.has(path),
            _ => false,
        };
        if !agrees {
            self.deviation(format!("{path} is {got:?}, not {expected}"));
        }
    }

    /// A figure that only some cases have.
    pub fn optional(&mut self, path: &str, got: Option<f64>) {
        if self.has(path) {
            self.figure(path, got);
        }
    }

    pub fn count(&mut self, path: &str, got: usize) {
        self.figure(path, Some(got as f64));
    }

    pub fn interval(&mut self, path: &str, got: Option<Interval>) {
        self.ends(path, got.map(|interval| interval.low), got.map(|interval| interval.high));
    }

    pub fn ends(&mut self, path: &str, low: Option<f64>, high: Option<f64>) {
        self.figure(&format!("{path}.0"), low);
        self.figure(&format!("{path}.1"), high);
    }

    /// Everything at and below a path needs no comparison, or was compared otherwise.
    pub fn pass_over(&mut self, path: &str) {
        self.seen.insert(path.to_owned());
    }

    pub fn pass_over_the_rest(&mut self) {
        for key in self.expected.as_object().into_iter().flat_map(|entries| entries.keys()) {
            self.pass_over(key);
        }
    }

    pub fn deviation(&mut self, deviation: String) {
        self.found.push(deviation);
    }

    /// All deviations, with the figures that nothing was compared to among them.
    pub fn finish(mut self) -> Vec<String> {
        let mut left = Vec::new();
        leaves(self.expected, String::new(), &mut left);
        let compared = left.len();
        let seen = |path: &String| {
            self.seen.iter().any(|seen| {
                path.strip_prefix(seen.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        left.retain(|path| !seen(path));
        if compared == 0 || left.len() == compared {
            self.found.push("no figure was compared".to_owned());
        }
        self.found.extend(left.into_iter().map(|path| format!("{path} was not compared")));
        self.found
    }
}

fn leaves(value: &Value, path: String, into: &mut Vec<String>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| leaves(value, below(key), into)),
        Value::Array(entries) => {
            entries.iter().enumerate().for_each(|(at, value)| leaves(value, below(&at.to_string()), into));
        }
        _ => into.push(path),
    }
}

/// A refusal is right where an error is expected, if it is the same one.
pub fn refused(case: &Value, refusal: &Refusal) -> Vec<String> {
    let expected = case["expected"]["error"].as_str();
    let lonely = matches!(refusal, Refusal::Estimate(EstimateError::LonelyPsu { .. }));
    match expected {
        Some(expected) if lonely == expected.contains("only one PSU") => Vec::new(),
        _ => vec![format!("refused: {refusal:?}, expected: {expected:?}")],
    }
}
