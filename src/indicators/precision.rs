//! What an indicator says of its own precision: `ci_method`, `ci_level`, `minimum_n`.

use super::context::unknown_word;
use super::definition::Precision;
use crate::diagnostic::document::{Entries, Located, Reader};
use crate::diagnostic::{Diagnostic, Report};
use crate::statistics::Method;

/// The ways to make the interval of a share that a survey can choose from.
const METHODS: [&str; 8] = [
    "logit",
    "wilson",
    "korn_graubard",
    "korn_graubard_truncated",
    "likelihood",
    "arcsine",
    "mean",
    "clopper_pearson",
];

/// The method of that name.
#[must_use]
pub fn method(name: &str) -> Option<Method> {
    Some(match name {
        "logit" => Method::Logit,
        "wilson" => Method::Wilson,
        "korn_graubard" => Method::KornGraubard,
        "korn_graubard_truncated" => Method::KornGraubardTruncated,
        "likelihood" => Method::Likelihood,
        "arcsine" => Method::Arcsine,
        "mean" => Method::Wald,
        "clopper_pearson" => Method::ClopperPearson,
        _ => return None,
    })
}

/// The method that is written somewhere; a word that names none is reported.
pub fn check_method(written: &Located, report: &mut Report) -> Option<Method> {
    let found = method(&written.text);
    if found.is_none() {
        unknown_word(report, "I0120", written, "way to make an interval", &METHODS);
    }
    found
}

pub(super) fn read(reader: &mut Reader<'_>, table: &mut Entries<'_>) -> Precision {
    let mut precision = Precision::default();
    if let Some(written) = reader.text(table, "ci_method") {
        precision.method = check_method(&written, reader.report);
    }
    if let Some((level, span)) = reader.number(table, "ci_level") {
        if level > 0.0 && level < 1.0 {
            precision.level = Some(level);
        } else {
            reader.report.push(
                Diagnostic::error("I0121", span, "`ci_level` must lie between 0 and 1")
                    .help("0.95 is customary."),
            );
        }
    }
    if let Some((least, span)) = reader.integer(table, "minimum_n") {
        match usize::try_from(least) {
            Ok(least) if least >= 1 => precision.minimum_n = Some(least),
            _ => reader.report.push(
                Diagnostic::error("I0121", span, "`minimum_n` must be at least 1")
                    .help("Numbers from fewer respondents are not given; 30 is a common choice."),
            ),
        }
    }
    precision
}
