//! Which variables go out.

use super::Options;
use crate::dataset::{Column, Dataset, INTERVIEW, Origin, Table};

/// A name or pattern that fits no variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no variable is named `{0}`")]
pub struct Unknown(pub String);

/// Why a variable stays inside unless it is asked for: the word that lets all of its kind out, and the reason in words.
const CLASSES: [(&str, &str); 3] = [
    ("identifying", "tells who the respondent is"),
    ("sensitive", "could harm the respondent"),
    ("text", "holds people's own words"),
];

const NOT_WANTED: &str = "not wanted";

/// Checks that every name and pattern fits something.
pub(super) fn check(dataset: &Dataset, options: &Options) -> Result<(), Unknown> {
    for written in options.with.iter().chain(&options.without).chain(&options.only) {
        let is_known =
            dataset.tables.iter().flat_map(Table::columns).any(|column| fits(written, column, dataset));
        // A class may well be empty in a questionnaire.
        if !is_known && class(written, dataset).is_none() {
            return Err(Unknown(written.clone()));
        }
    }
    Ok(())
}

/// Why a column stays inside; `None` where it goes out.
pub(super) fn kept_back(column: &Column, dataset: &Dataset, options: &Options) -> Option<&'static str> {
    let is_in = |list: &[String]| list.iter().any(|written| fits(written, column, dataset));
    let is_asked = matches!(column.origin, Origin::Question | Origin::Calculated);
    if is_in(&options.without) || (is_asked && !options.only.is_empty() && !is_in(&options.only)) {
        return Some(NOT_WANTED);
    }
    class_of(column).filter(|_| !is_in(&options.with)).map(|class| class.1)
}

/// Whether a column goes out under these options.
#[must_use]
pub fn is_let_out(column: &Column, dataset: &Dataset, options: &Options) -> bool {
    kept_back(column, dataset, options).is_none()
}

/// Whether a column is what somebody wrote: its name, a pattern with `*`, or the class that keeps it inside.
fn fits(written: &str, column: &Column, dataset: &Dataset) -> bool {
    if column.name == INTERVIEW {
        return false;
    }
    match class(written, dataset) {
        Some(class) => class_of(column).is_some_and(|of| of.0 == class),
        None => is_like(&column.name, written),
    }
}

/// The class that a word names. A variable of that name comes first, so that nothing goes out that was not meant.
fn class(written: &str, dataset: &Dataset) -> Option<&'static str> {
    let is_variable = dataset.tables.iter().any(|table| table.column(written).is_some());
    let class = CLASSES.iter().find(|class| class.0 == written)?;
    (!is_variable).then_some(class.0)
}

/// Why a column stays inside unless it is asked for.
pub(super) fn class_of(column: &Column) -> Option<(&'static str, &'static str)> {
    let [identifying, sensitive, text] = CLASSES;
    if column.identifying || column.leads_back {
        return Some(identifying);
    }
    if column.sensitive {
        return Some(sensitive);
    }
    column.own_words.then_some(text)
}

/// Whether a name is like a pattern, in which `*` stands for any letters.
fn is_like(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn a_star_stands_for_any_letters() {
        for (name, pattern, like) in [
            ("trust_police", "trust_*", true),
            ("trust_police", "*police", true),
            ("trust_police", "t*_*e", true),
            ("trust_police", "trust", false),
            ("trust_police", "trust_police", true),
            ("aba", "ab*ba", false),
            ("abba", "ab*ba", true),
            ("", "*", true),
            ("distrust", "trust*", false),
        ] {
            assert_eq!(is_like(name, pattern), like, "{name} {pattern}");
        }
    }
}
