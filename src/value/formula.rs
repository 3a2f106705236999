//! Texts in tables that people open in a spreadsheet.

use std::borrow::Cow;

/// Whether a spreadsheet takes a text for a formula.
#[must_use]
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A text as a spreadsheet must have it: an apostrophe stands before what it would take for a formula. Numbers are no
/// texts and stay as they are.
#[must_use]
pub fn not_a_formula<'t>(text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
    let text = text.into();
    if is_formula(&text) { Cow::Owned(format!("'{text}")) } else { text }
}
