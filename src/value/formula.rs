//! Texts in tables that people open in a spreadsheet.

use std::borrow::Cow;

/// Whether a spreadsheet takes a text for a formula. A plain number below zero is none, whether it was a number or a text.
#[must_use]
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_negative(text)
}

/// A minus, digits with or without a point, and maybe an exponent.
fn is_negative(text: &str) -> bool {
    let number = text.strip_prefix('-').filter(|number| number.starts_with(|c: char| c.is_ascii_digit()));
    number.is_some_and(|number| number.parse::<f64>().is_ok())
}

/// A text as a spreadsheet must have it: an apostrophe stands before what it would take for a formula.
#[must_use]
pub fn not_a_formula<'t>(text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
    let text = text.into();
    if is_formula(&text) { Cow::Owned(format!("'{text}")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::not_a_formula;

    #[test]
    fn numbers_below_zero_are_no_formulas_and_what_looks_like_them_is() {
        for number in ["-1", "-0.25", "-1e-7", "1", "a-1", ""] {
            assert_eq!(not_a_formula(number), number);
        }
        // A telephone number would lose its plus.
        for formula in
            ["-", "--1", "-1+2", "-1 ", "-A1", "-inf", "-nan", "-.5", "+1", "+967123", "=1", "@a", "\t1"]
        {
            assert_eq!(not_a_formula(formula), format!("'{formula}"));
        }
    }
}
