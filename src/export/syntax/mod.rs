//! Scripts that declare the sampling design to R, Stata and SPSS, one beside each table's file.
//!
//! The design's columns stand in the table of interviews; scripts of rosters fetch them from there. Only interviews that count have a
//! weight, so that those without are no part of the sample. Those without rows in a roster are part of it: they stay in the
//! design, whose variance would be wrong without them, and the rows are a domain in it.

mod calibration;
mod r;
mod spss;
mod stata;

use std::fmt::Write;

use super::{Plan, PlannedTable};
use crate::dataset::design;

pub use self::calibration::{Calibration, Margin, Totals, undeclared};
pub use self::r::r;
pub use self::spss::spss;
pub use self::stata::stata;

/// What scripts declare besides the design's columns.
#[derive(Debug, Clone)]
pub struct Design {
    /// What a stratum with one PSU adds to the variance, in the words of `survey.toml`.
    pub lonely: String,
    /// What the weights are calibrated to, where they are.
    pub calibration: Option<Calibration>,
}

/// What reads a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// R, with its package `survey`.
    R,
    /// SPSS, with Complex Samples.
    Spss,
    /// Stata.
    Stata,
}

/// The names, in the files, of the design's columns.
#[derive(Debug)]
struct Columns<'p> {
    /// The interview's key.
    key: &'p str,
    stratum: Option<&'p str>,
    psu: Option<&'p str>,
    weight: &'p str,
    fpc: Option<&'p str>,
}

impl<'p> Columns<'p> {
    /// The columns that go out; none where one of the design stays inside: what is left would be another design.
    fn of(plan: &'p Plan<'_>) -> Option<Self> {
        if !kept_inside(plan).is_empty() {
            return None;
        }
        let interviews = plan.tables.first()?;
        let named = |column: &str| {
            let variable = interviews.variables.iter().find(|variable| variable.column.name == column);
            variable.map(|variable| variable.name.as_str())
        };
        Some(Self {
            key: interviews.keys.first()?,
            stratum: named(design::STRATUM),
            psu: named(design::PSU),
            weight: named(design::WEIGHT)?,
            fpc: named(design::FPC),
        })
    }

    /// All of them, without the key.
    fn names(&self) -> Vec<&'p str> {
        [self.stratum, self.psu, Some(self.weight), self.fpc].into_iter().flatten().collect()
    }
}

/// The design's columns that stay inside. Where there are any, there is no script.
#[must_use]
pub fn kept_inside<'p>(plan: &'p Plan<'_>) -> Vec<&'p str> {
    let columns = [design::STRATUM, design::PSU, design::WEIGHT, design::FPC];
    let kept = plan.kept_back.iter().map(|kept| kept.name.as_str());
    kept.filter(|name| columns.contains(name)).collect()
}

/// The name of what is 1 for rows of the roster and not for interviews without any: no variable's.
fn row_mark(table: &PlannedTable<'_>) -> String {
    let mut mark = "d_row".to_owned();
    let is_taken = |mark: &str| {
        let variables = table.variables.iter().map(|variable| &variable.name);
        table.keys.iter().chain(variables).any(|name| name.to_ascii_lowercase().starts_with(mark))
    };
    while is_taken(&mark) {
        mark.push('_');
    }
    mark
}

/// What a script says last, before a number that is made from all above it.
const AS_WRITTEN: &str = "As Doorstep wrote it: ";

/// A script with its last line, which is a comment in its language.
fn sealed(mut script: String, comment: char) -> String {
    let number = blake3::hash(script.as_bytes()).to_hex();
    // Writing to a text cannot fail.
    let _ = writeln!(script, "{comment} {AS_WRITTEN}{}.", &number[..16]);
    script
}

/// Whether a script is one of these, and nobody has changed it since.
#[must_use]
pub fn is_as_written(script: &str) -> bool {
    let last = script.trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
    let (above, line) = script.split_at(last);
    line.starts_with(['#', '*'])
        && line.contains(AS_WRITTEN)
        && line.chars().next().is_some_and(|comment| sealed(above.to_owned(), comment) == script)
}

/// What the scripts say first.
fn title(plan: &Plan<'_>, table: &PlannedTable<'_>) -> String {
    let data = plan.dataset;
    format!(
        "The sampling design of {}, version {}, for the table {}",
        data.questionnaire, data.version, table.name
    )
}
