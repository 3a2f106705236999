//! Expressions against what the field's two engines give for them.
//!
//! Reads the file that `DOORSTEP_CASES_EXPRESSION` names, by default `fixtures/expression/cases.tsv`.
//! Its header names the tab-separated columns: `expression`, `expected` and `type` must be there;
//! where `javarosa_agrees` says that the engines differ, a case is not counted. A file with the values of
//! both engines beside each other counts where they are the same. `\n`, `\r`
//! and `\t` stand for the characters. What differs on purpose is one of [`DEVIATIONS`], which
//! `docs/language.md` lists with their reasons.

use std::path::{Path, PathBuf};

use doorstep::expression::{Expect, compile};
use regex::Regex;

use super::expressions::form;

/// Where Doorstep differs on purpose: the pattern that tells such an expression, and why.
const DEVIATIONS: [(&str, &str); 6] = [
    (r"div 0(?:[^.\d]|$)|log\(0\)", "numbers are finite"),
    (r"^(?:'' = false\(\)|number\(''\) != number\(''\))$", "a comparison with empty does not hold"),
    (r"date\('(?:zzz|not a date|2024-02-30)'\)", "a date that does not exist is refused"),
    (r"^(?:a-b|true)$", "a bare name means nothing"),
    (r"'\d+,\d+'", "a comma is no decimal point"),
    (r"\b(explode[-\w]*|substring)\(", "a function that does not exist is refused"),
];

/// As many of a hundred cases must agree.
const LEAST: usize = 99;

struct Case {
    text: String,
    expected: String,
    ty: String,
    agreed: bool,
}

impl Case {
    fn read(header: &[&str], line: &str) -> Self {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |name: &str| {
            let at = header.iter().position(|h| *h == name);
            at.and_then(|at| cells.get(at)).copied().unwrap_or_default().to_owned()
        };
        let unescape = |text: &str| text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t");
        let text = unescape(&cell("expression"));
        if header.contains(&"openrosa_xpath_evaluator") {
            // What both engines were seen to give, side by side: `type:value` and a text.
            let theirs = unescape(&cell("openrosa_xpath_evaluator"));
            let (ty, expected) = theirs.split_once(':').unwrap_or(("error", &theirs));
            let other = unescape(&cell("javarosa_as_string"));
            let (ty, expected) = (ty.to_owned(), expected.to_owned());
            return Self { text, agreed: other == expected, expected, ty };
        }
        let agreed = matches!(cell("javarosa_agrees").as_str(), "" | "True" | "n/a");
        Self { text, expected: unescape(&cell("expected")), ty: cell("type"), agreed }
    }

    /// What is given, where that is not what is expected.
    fn deviation(&self) -> Option<String> {
        let form = form();
        let (expression, problems) = compile(&self.text, &form, Expect::Any);
        let Some(expression) = expression else {
            let why: Vec<_> = problems.iter().map(|p| format!("{} {}", p.code, p.message)).collect();
            return (self.ty != "error").then(|| format!("refused: {}", why.join("; ")));
        };
        let given = expression.evaluate(&form).map(|v| v.to_string()).unwrap_or_default();
        let fits = match self.ty.as_str() {
            "error" if self.expected.starts_with('X') => false,
            _ if given == self.expected => true,
            "boolean" | "true/false" => expression.holds(&form).to_string() == self.expected,
            // What the engines refuse while evaluating is empty here, for evaluation never fails.
            "error" => given.is_empty(),
            "string-length" => given.chars().count().to_string() == self.expected,
            "string-regex" => {
                let pattern = self.expected.trim_matches('/').replace("\\/", "/");
                Regex::new(&pattern).expect("the case's pattern").is_match(&given)
            }
            "integer" | "decimal" => self.is_number(&given),
            ty if ty.starts_with("number") => self.is_number(&given),
            _ => (self.expected == "NaN" && given.is_empty()) || self.is_moment(&given),
        };
        (!fits).then_some(given)
    }

    fn is_number(&self, given: &str) -> bool {
        let number = |text: &str| match text {
            "true" => Some(1.0),
            "false" => Some(0.0),
            text => text.parse::<f64>().ok().or_else(|| day_number(text)),
        };
        let places =
            self.ty.split_once("1/").and_then(|(_, by)| by.trim_end_matches(')').parse::<f64>().ok());
        match (number(given), number(&self.expected)) {
            (given, Some(wanted)) if wanted.is_nan() => given.is_none(),
            (Some(given), Some(wanted)) => {
                let margin = places.map_or(1e-12 * wanted.abs().max(1.0), |by| 1.0 / by);
                (given - wanted).abs() <= margin
            }
            _ => false,
        }
    }

    /// Dates and moments that are written differently may be the same.
    fn is_moment(&self, given: &str) -> bool {
        let moment = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok();
        moment(given).is_some_and(|given| moment(&self.expected) == Some(given))
    }
}

fn day_number(text: &str) -> Option<f64> {
    let date: chrono::NaiveDate = text.parse().ok()?;
    Some(date.signed_duration_since(chrono::NaiveDate::default()).num_days() as f64)
}

fn file() -> PathBuf {
    std::env::var_os("DOORSTEP_CASES_EXPRESSION").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/expression/cases.tsv"),
        PathBuf::from,
    )
}

#[test]
#[allow(clippy::print_stdout)]
fn oracle_expression() {
    let path = file();
    let cases = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut lines = cases.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let cases: Vec<Case> = lines
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
        .map(|line| Case::read(&header, line))
        .collect();
    let known = DEVIATIONS.map(|(pattern, reason)| (Regex::new(pattern).expect("a pattern"), reason));
    let (mut in_scope, mut agree, mut on_purpose, mut unexplained) = (0, 0, Vec::new(), Vec::new());
    for case in cases.iter().filter(|case| case.agreed) {
        let Some(given) = case.deviation() else {
            (in_scope, agree) = (in_scope + 1, agree + 1);
            continue;
        };
        let line = format!("{}: {} {}, given: {given}", case.text, case.ty, case.expected);
        if let Some((_, reason)) = known.iter().find(|(pattern, _)| pattern.is_match(&case.text)) {
            on_purpose.push(format!("{line} ({reason})"));
        } else {
            in_scope += 1;
            unexplained.push(line);
        }
    }
    println!("agree {agree} of {in_scope}");
    unexplained.iter().for_each(|line| println!("deviation: {line}"));
    println!("out of scope, with a reason: {}", on_purpose.len());
    on_purpose.iter().for_each(|line| println!("deviation on purpose: {line}"));
    println!("not counted, for the engines differ: {}", cases.iter().filter(|case| !case.agreed).count());
    assert!(in_scope > 0, "no case was run");
    assert!(agree * 100 >= in_scope * LEAST, "agree {agree} of {in_scope}\n{}", unexplained.join("\n"));
}
