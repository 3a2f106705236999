//! Arithmetic, and aggregates over rows.

use std::cmp::Ordering;

use super::{Call, Function, Gives, Kind, one, optional, repeated};
use crate::expression::compare::order;
use crate::expression::operand::{self, Number, Operand};
use crate::value::Type::{Decimal, Integer};

/// A function of one number.
fn map(c: Call<'_>, f: fn(f64) -> f64) -> Operand<'_> {
    c.decimal(0).map_or(Operand::Empty, |x| Operand::decimal(f(x)))
}

/// A function of one number that gives a whole one; what is whole already stays exact.
fn whole(c: Call<'_>, f: fn(f64) -> f64) -> Operand<'_> {
    match c.number(0) {
        Some(Number::Decimal(d)) => Operand::whole(f(d)),
        other => other.into(),
    }
}

/// A function of one number that gives a decimal.
macro_rules! real {
    ($name:literal, $doc:literal, $code:expr) => {
        Function {
            name: $name,
            parameters: &[one("number", Kind::Number)],
            gives: Gives::Is(Decimal),
            doc: $doc,
            code: |c| map(c, $code),
        }
    };
}

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "number",
        parameters: &[one("value", Kind::Any)],
        gives: Gives::Number,
        doc: "The number that a text spells, 1 or 0 for a condition, days since 1 January 1970 for a date; empty for any other text.",
        code: |c| c.number(0).into(),
    },
    Function {
        name: "int",
        parameters: &[one("value", Kind::Any)],
        gives: Gives::Is(Integer),
        doc: "The number without its fraction, cut towards zero.",
        code: |c| match c.number(0) {
            Some(Number::Decimal(d)) => Operand::whole(d.trunc()),
            other => other.into(),
        },
    },
    Function {
        name: "floor",
        parameters: &[one("number", Kind::Number)],
        gives: Gives::Is(Integer),
        doc: "The largest whole number that is not above it.",
        code: |c| whole(c, f64::floor),
    },
    Function {
        name: "ceiling",
        parameters: &[one("number", Kind::Number)],
        gives: Gives::Is(Integer),
        doc: "The smallest whole number that is not below it.",
        code: |c| whole(c, f64::ceil),
    },
    Function {
        name: "round",
        parameters: &[one("number", Kind::Number), optional("places", Kind::Number)],
        gives: Gives::Rounded,
        doc: "Rounded to that many decimal places (0), halves away from zero; a decimal if places are given.",
        code: round,
    },
    Function {
        name: "abs",
        parameters: &[one("number", Kind::Number)],
        gives: Gives::Number,
        doc: "Without its sign.",
        code: |c| match c.number(0) {
            Some(Number::Integer(i)) if i != i64::MIN => Operand::Integer(i.abs()),
            Some(n) => Operand::decimal(n.decimal().abs()),
            None => Operand::Empty,
        },
    },
    Function {
        name: "sum",
        parameters: &[one("${question}", Kind::Numbers)],
        gives: Gives::Number,
        doc: "The sum over the rows of a roster, passing over the unanswered; 0 if there are none.",
        code: |c| {
            c.values(0).fold(Operand::Integer(0), |sum, value| match value.number() {
                Some(number) => operand::add(&sum, &Some(number).into(), 1),
                None => sum,
            })
        },
    },
    Function {
        name: "mean",
        parameters: &[one("${question}", Kind::Numbers)],
        gives: Gives::Is(Decimal),
        doc: "The mean over the answered rows of a roster; empty if there are none.",
        code: |c| {
            let numbers: Vec<f64> = c.values(0).filter_map(|v| v.number()).map(Number::decimal).collect();
            Operand::decimal(numbers.iter().sum::<f64>() / numbers.len() as f64)
        },
    },
    Function {
        name: "min",
        parameters: &[one("value", Kind::Comparables), repeated("value", Kind::Comparables)],
        gives: Gives::Common(0),
        doc: "The smallest number or earliest date, passing over the unanswered; empty if there are none.",
        code: |c| extreme(c, Ordering::Less),
    },
    Function {
        name: "max",
        parameters: &[one("value", Kind::Comparables), repeated("value", Kind::Comparables)],
        gives: Gives::Common(0),
        doc: "The greatest number or latest date, passing over the unanswered; empty if there are none.",
        code: |c| extreme(c, Ordering::Greater),
    },
    Function {
        name: "pow",
        parameters: &[one("number", Kind::Number), one("power", Kind::Number)],
        gives: Gives::Is(Decimal),
        doc: "The number raised to that power.",
        code: |c| match (c.decimal(0), c.decimal(1)) {
            (Some(x), Some(y)) => Operand::decimal(x.powf(y)),
            _ => Operand::Empty,
        },
    },
    real!("sqrt", "The square root; empty for a negative number.", f64::sqrt),
    real!("exp", "e raised to that power.", f64::exp),
    real!("exp10", "10 raised to that power.", |x| 10f64.powf(x)),
    real!("log", "The natural logarithm; empty for zero and below.", f64::ln),
    real!("log10", "The logarithm to base 10; empty for zero and below.", f64::log10),
    real!("sin", "The sine of an angle in radians.", f64::sin),
    real!("cos", "The cosine of an angle in radians.", f64::cos),
    real!("tan", "The tangent of an angle in radians.", f64::tan),
    real!("asin", "The angle in radians that has this sine.", f64::asin),
    real!("acos", "The angle in radians that has this cosine.", f64::acos),
    real!("atan", "The angle in radians that has this tangent.", f64::atan),
    Function {
        name: "atan2",
        parameters: &[one("y", Kind::Number), one("x", Kind::Number)],
        gives: Gives::Is(Decimal),
        doc: "The angle in radians of the point (x, y).",
        code: |c| match (c.decimal(0), c.decimal(1)) {
            (Some(y), Some(x)) => Operand::decimal(y.atan2(x)),
            _ => Operand::Empty,
        },
    },
    Function {
        name: "pi",
        parameters: &[],
        gives: Gives::Is(Decimal),
        doc: "3.141592653589793.",
        code: |_| Operand::Decimal(std::f64::consts::PI),
    },
    Function {
        name: "random",
        parameters: &[],
        gives: Gives::Is(Decimal),
        doc: "A number from 0 up to but not including 1, drawn once for each place and row of an interview.",
        code: |c| Operand::decimal(c.env.random()),
    },
];

/// Rounds the number as it is written in decimal, so that 2.345 to two places is 2.35 although
/// its binary form lies a little below.
fn round(c: Call<'_>) -> Operand<'_> {
    let Some(number) = c.number(0) else { return Operand::Empty };
    if c.len() < 2 {
        return match number {
            Number::Integer(i) => Operand::Integer(i),
            Number::Decimal(d) => Operand::whole(d.round()),
        };
    }
    let Some(places) = c.number(1) else { return Operand::Empty };
    let places = places.whole().clamp(-400, 400);
    let shift = |x: f64, by: i64| format!("{x}e{by}").parse::<f64>().ok().filter(|x| x.is_finite());
    let x = number.decimal();
    // Too far to shift: there is nothing left to round.
    let Some(shifted) = shift(x, places) else { return Operand::decimal(x) };
    shift(shifted.round(), -places).map_or(Operand::Empty, Operand::decimal)
}

fn extreme(c: Call<'_>, wanted: Ordering) -> Operand<'_> {
    c.values(0)
        .map(|value| match value {
            Operand::Text(text) => operand::parse_number(&text).into(),
            other => other,
        })
        .filter(|value| !value.is_empty())
        .reduce(|best, value| if order(&value, &best) == Some(wanted) { value } else { best })
        .unwrap_or(Operand::Empty)
}
