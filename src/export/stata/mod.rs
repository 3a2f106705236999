//! Stata's data sets (`.dta`, format 118: Stata 14 and later), one for each table: labels in every language of the
//! questionnaire (`label language`), extended missing values by their reasons, texts of any length, notes, dates.
//!
//! Written after Stata's own description of the format, `help dta`. What the few libraries that read it write of it lacks most of
//! this.
//!
//! Why an answer is missing stands in the cell: `.a` to `.f` in the order of [`Missing::ALL`](crate::value::Missing::ALL). A text
//! has its reason in a variable beside it. A moment is by the clock of its place; Stata knows no offset.

mod field;
mod labels;
mod rows;
mod write;

pub use self::write::write;
