//! SPSS's system files (`.sav`), one for each table: labels, missing values by their reasons, texts of any usual length,
//! measurement levels and multiple response sets, in UTF-8.
//!
//! Written after the description of the format in PSPP's developers' guide, chapter "System File Format". The only libraries
//! that write the format bring a whole engine of columns with them; what Doorstep writes of it fits here.
//!
//! Why an answer is missing stands in the cell as a code that SPSS takes for missing (a range of user-missing values): -9001 to
//! -9006 in the order of [`Missing::ALL`](crate::value::Missing::ALL), or further below where answers come that low. A text has its reason in a variable
//! beside it. A moment is by the clock of its place; SPSS knows no offset.

mod cases;
mod dictionary;
mod field;
mod labels;

use std::io::Write;

use super::shorten::Shortened;
use super::{ExportError, Plan, PlannedTable};

/// Writes a table, whose names must be valid in SPSS ([`SPSS`](super::names::SPSS)).
///
/// # Errors
/// The writer failed.
pub fn write(
    plan: &Plan<'_>,
    table: &PlannedTable<'_>,
    mut to: impl Write,
) -> Result<Vec<Shortened>, ExportError> {
    let mut shortened = Vec::new();
    let fields = field::fields(plan, table, &mut shortened);
    dictionary::write(plan, table, &fields, &mut to, &mut shortened)?;
    cases::write(table, &fields, to)?;
    Ok(shortened)
}
