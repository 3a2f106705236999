//! Comparing two operands. With empty every comparison is false.

use std::cmp::Ordering;

use super::lexer::Op;
use super::operand::{Number, Operand};

/// How far apart two decimals may lie and still be equal.
pub(super) const TOLERANCE: f64 = 1e-12;

/// Whether the comparison holds. Types that do not fit were refused by the checker; should they
/// meet all the same, they are compared as `XPath` does, as numbers or as text.
pub(super) fn holds(op: Op, left: &Operand<'_>, right: &Operand<'_>) -> bool {
    if left.is_empty() || right.is_empty() {
        return false;
    }
    match op {
        Op::Equal => equal(left, right),
        Op::NotEqual => !equal(left, right),
        _ => order(left, right).is_some_and(|o| match op {
            Op::Less => o == Ordering::Less,
            Op::LessOrEqual => o != Ordering::Greater,
            Op::Greater => o == Ordering::Greater,
            Op::GreaterOrEqual => o != Ordering::Less,
            _ => false,
        }),
    }
}

fn equal(left: &Operand<'_>, right: &Operand<'_>) -> bool {
    match (left, right) {
        (Operand::Text(a), Operand::Text(b)) => a == b,
        (Operand::Boolean(_), _) | (_, Operand::Boolean(_)) => left.truth() == right.truth(),
        (Operand::Choices(list), Operand::Text(text)) | (Operand::Text(text), Operand::Choices(list)) => {
            list.iter().map(String::as_str).eq(text.split_whitespace())
        }
        (Operand::Choices(a), Operand::Choices(b)) => a == b,
        _ => order(left, right) == Some(Ordering::Equal),
    }
}

/// Which comes first; `None` if they have no order.
pub(super) fn order(left: &Operand<'_>, right: &Operand<'_>) -> Option<Ordering> {
    match (left, right) {
        (Operand::Date(a), Operand::Date(b)) => Some(a.cmp(b)),
        (Operand::Time(a), Operand::Time(b)) => Some(a.cmp(b)),
        (Operand::DateTime(a), Operand::DateTime(b)) => Some(a.cmp(b)),
        (Operand::DateTime(a), Operand::Date(_) | Operand::Text(_)) => {
            Some((*a).cmp(&right.date_time(*a.offset())?))
        }
        (Operand::Date(_) | Operand::Text(_), Operand::DateTime(b)) => {
            Some(left.date_time(*b.offset())?.cmp(b))
        }
        (Operand::Date(a), Operand::Text(_)) if right.number().is_none() => Some((*a).cmp(&right.date()?)),
        (Operand::Text(_), Operand::Date(b)) if left.number().is_none() => Some(left.date()?.cmp(b)),
        _ => Some(order_numbers(left.number()?, right.number()?)),
    }
}

pub(super) fn order_numbers(a: Number, b: Number) -> Ordering {
    if let (Number::Integer(a), Number::Integer(b)) = (a, b) {
        return a.cmp(&b);
    }
    let (a, b) = (a.decimal(), b.decimal());
    if (a - b).abs() <= TOLERANCE { Ordering::Equal } else { a.total_cmp(&b) }
}
