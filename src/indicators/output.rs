//! The results: one row per number, and their CSV.

use std::io::Write;

use crate::value::not_a_formula;

/// How the note begins of a number whose error is larger than the survey calls precise.
pub(super) const IMPRECISE: &str = "imprecise";

/// Why numbers are blanked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suppressed {
    /// Too few respondents, or it would help to work out a number from too few. Which of the two is not told: it would say
    /// how large either is at most or at least.
    Disclosure,
    /// Fewer respondents than the indicator's `minimum_n`.
    TooFew(usize),
    /// Too large an error to be told.
    Precision,
}

impl Suppressed {
    /// The word in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Disclosure => "disclosure",
            Self::TooFew(_) | Self::Precision => "precision",
        }
    }
}

/// One number with all that is needed to read it. The fields are the columns of the CSV, which
/// `docs/indicators.md` describes; `None` is an empty cell.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each field is a column, described once in docs/indicators.md")]
pub struct Row {
    pub survey: String,
    pub round: String,
    pub questionnaire_version: String,
    pub indicator: String,
    pub title: String,
    pub kind: &'static str,
    pub category: String,
    pub disaggregation: String,
    pub domain: String,
    pub domain_label: String,
    pub estimate: Option<f64>,
    pub std_error: Option<f64>,
    pub ci_low: Option<f64>,
    pub ci_high: Option<f64>,
    pub ci_level: f64,
    pub ci_method: &'static str,
    pub df: Option<f64>,
    pub deff: Option<f64>,
    pub n_unweighted: Option<usize>,
    pub weight_sum: Option<f64>,
    pub base: &'static str,
    pub n_dont_know: Option<usize>,
    pub n_refused: Option<usize>,
    pub n_not_applicable: Option<usize>,
    pub n_not_asked: Option<usize>,
    pub suppressed: Option<Suppressed>,
    pub note: String,
}

impl Row {
    /// The names of the columns, in order.
    pub const COLUMNS: [&'static str; 27] = [
        "survey",
        "round",
        "questionnaire_version",
        "indicator",
        "title",
        "kind",
        "category",
        "disaggregation",
        "domain",
        "domain_label",
        "estimate",
        "std_error",
        "ci_low",
        "ci_high",
        "ci_level",
        "ci_method",
        "df",
        "deff",
        "n_unweighted",
        "weight_sum",
        "base",
        "n_dont_know",
        "n_refused",
        "n_not_applicable",
        "n_not_asked",
        "suppressed",
        "note",
    ];

    /// Whether its standard error is 0 without meaning that it is known exactly: a share of 0 or 1, whose interval says more.
    #[must_use]
    pub(super) fn says_nothing_by_error(&self) -> bool {
        self.std_error == Some(0.0) && self.ci_low < self.ci_high
    }

    /// Whether its error is larger than the survey calls precise.
    #[must_use]
    pub fn is_imprecise(&self) -> bool {
        self.note.split("; ").any(|note| note.starts_with(IMPRECISE))
    }

    /// The cells, in the order of [`Self::COLUMNS`].
    #[must_use]
    pub fn cells(&self) -> [Cell<'_>; Self::COLUMNS.len()] {
        use Cell::{Count, Number, Text};
        [
            Text(&self.survey),
            Text(&self.round),
            Text(&self.questionnaire_version),
            Text(&self.indicator),
            Text(&self.title),
            Text(self.kind),
            Text(&self.category),
            Text(&self.disaggregation),
            Text(&self.domain),
            Text(&self.domain_label),
            Number(self.estimate),
            Number(self.std_error),
            Number(self.ci_low),
            Number(self.ci_high),
            Number(Some(self.ci_level)),
            Text(self.ci_method),
            Number(self.df),
            Number(self.deff),
            Count(self.n_unweighted),
            Number(self.weight_sum),
            Text(self.base),
            Count(self.n_dont_know),
            Count(self.n_refused),
            Count(self.n_not_applicable),
            Count(self.n_not_asked),
            Text(self.suppressed.map_or("", Suppressed::name)),
            Text(&self.note),
        ]
    }
}

/// A cell of results. Numbers that are not there are empty cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'r> {
    /// Words.
    Text(&'r str),
    /// A number, with the digits of [`format_number`].
    Number(Option<f64>),
    /// A count of people.
    Count(Option<usize>),
}

impl Cell<'_> {
    /// What stands in a CSV: texts as [`not_a_formula`] has them.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => not_a_formula(*text).into_owned(),
            Self::Number(number) => number.map(format_number).unwrap_or_default(),
            Self::Count(count) => count.map(|n| n.to_string()).unwrap_or_default(),
        }
    }
}

/// Writes results as CSV with a header: UTF-8, commas, lines end with `\n`. The same rows give
/// the same bytes.
///
/// # Errors
/// The writer failed.
pub fn write_csv(rows: &[Row], writer: impl Write) -> csv::Result<()> {
    write_table(Row::COLUMNS, rows.iter().map(Row::cells), writer)
}

/// Writes a table of results with its header.
pub(super) fn write_table<'r, const N: usize>(
    columns: [&str; N],
    records: impl Iterator<Item = [Cell<'r>; N]>,
    writer: impl Write,
) -> csv::Result<()> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(columns)?;
    for record in records {
        csv.write_record(record.map(|cell| cell.shown()))?;
    }
    csv.flush()?;
    Ok(())
}

/// Ten significant digits at most, the shortest way to write them, never with an exponent: more
/// digits than any survey carries, and few enough to be the same on every machine.
#[must_use]
pub fn format_number(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    let rounded: f64 = format!("{number:.9e}").parse().unwrap_or(number);
    // Negative zero reads as a mistake.
    if rounded == 0.0 { String::from("0") } else { rounded.to_string() }
}

/// A share that somebody chose (a level, a chance) in per cent with all its digits: `95%`, `97.5%`.
#[must_use]
pub fn exact_percent(share: f64) -> String {
    format!("{}%", format_number(100.0 * share))
}

#[cfg(test)]
mod tests {
    use super::{exact_percent, format_number};

    #[test]
    fn a_level_has_all_its_digits() {
        let told = [0.95, 0.975, 0.999, 0.29].map(exact_percent);
        assert_eq!(told, ["95%", "97.5%", "99.9%", "29%"]);
    }

    #[test]
    fn numbers_are_short_and_stable() {
        assert_eq!(format_number(0.1 + 0.2), "0.3");
        assert_eq!(format_number(-0.0), "0");
        assert_eq!(format_number(1.0 / 3.0), "0.3333333333");
        assert_eq!(format_number(1_234_567.0), "1234567");
        assert_eq!(format_number(1.5e-7), "0.00000015");
        assert_eq!(format_number(f64::NAN), "");
        assert_eq!(format_number(f64::INFINITY), "");
    }
}
