//! The checked tree and its evaluation, which is total: whatever the answers, it gives a value or
//! empty. It recurses no deeper than the parser allowed.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveTime};
use regex::Regex;

use super::format::Format;
use super::functions::{Call, Function, Gives};
use super::lexer::Op;
use super::look_up::LookUp;
use super::operand::{self, Operand};
use super::{Env, Slot, compare};
use crate::value::{Type, Value};

#[derive(Debug)]
pub(super) enum Node {
    Literal(Literal),
    /// The value at a slot.
    Read(Slot),
    /// The values at a slot that is many, or the rows of a roster.
    ReadMany(Slot),
    And(Vec<Node>),
    Or(Vec<Node>),
    /// Whether the part gives nothing (`= ''`).
    IsEmpty(Box<Node>),
    /// Whether the part gives something (`!= ''`).
    IsFilled(Box<Node>),
    Binary(Op, Box<[Node; 2]>),
    Negate(Box<Node>),
    Call(&'static Function, Vec<Node>),
    /// What stands in a column of the row that a look-up is at.
    Column(String),
    /// A look-up in a choice list.
    LookUp(Box<LookUp>),
    /// A pattern, compiled once.
    Pattern(Regex),
    /// A date format, read once.
    Format(Format),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Empty,
    Integer(i64),
    Decimal(f64),
    Text(String),
    Date(NaiveDate),
    Time(NaiveTime),
}

impl Literal {
    fn operand(&self) -> Operand<'_> {
        match self {
            Self::Empty => Operand::Empty,
            Self::Integer(i) => Operand::Integer(*i),
            Self::Decimal(d) => Operand::Decimal(*d),
            Self::Text(t) => Operand::text(t.as_str()),
            Self::Date(d) => Operand::Date(*d),
            Self::Time(t) => Operand::Time(*t),
        }
    }
}

impl Node {
    pub(super) fn evaluate<'a>(&'a self, env: &'a dyn Env) -> Operand<'a> {
        match self {
            Self::Literal(literal) => literal.operand(),
            Self::Read(slot) => Operand::from_value(env.value(*slot)),
            Self::And(parts) => Operand::Boolean(parts.iter().all(|p| p.evaluate(env).truth())),
            Self::Or(parts) => Operand::Boolean(parts.iter().any(|p| p.evaluate(env).truth())),
            Self::IsEmpty(part) => Operand::Boolean(part.evaluate(env).is_empty()),
            Self::IsFilled(part) => Operand::Boolean(!part.evaluate(env).is_empty()),
            Self::Binary(op, parts) => {
                let [left, right] = parts.as_ref();
                binary(*op, &left.evaluate(env), &right.evaluate(env))
            }
            Self::Negate(part) => operand::multiply(&part.evaluate(env), &Operand::Integer(-1)),
            Self::Column(name) => Operand::from_value(env.column(name)),
            Self::LookUp(look_up) => look_up.first(env),
            Self::Call(function, arguments) => (function.code)(Call { arguments, env }),
            // Only functions look at these, and they do not evaluate them.
            Self::ReadMany(_) | Self::Pattern(_) | Self::Format(_) => Operand::Empty,
        }
    }

    /// Whether what this gives is made of what stands at a slot, and not only chosen by a condition on it.
    pub(super) fn is_made_of(&self, slot: Slot) -> bool {
        let any = |parts: &[Self]| parts.iter().any(|part| part.is_made_of(slot));
        match self {
            Self::Read(read) | Self::ReadMany(read) => *read == slot,
            Self::Binary(Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Modulo, parts) => {
                any(parts.as_slice())
            }
            Self::Negate(part) => part.is_made_of(slot),
            Self::Call(function, arguments) => match function.gives {
                Gives::Is(Type::Boolean) => false,
                Gives::Common(from) => any(arguments.get(from..).unwrap_or_default()),
                _ => any(arguments),
            },
            // What is looked up by a value leads back to it.
            Self::LookUp(look_up) => look_up.conditions().any(|condition| condition.compares(slot)),
            _ => false,
        }
    }

    /// Whether a condition reads what stands at a slot.
    fn compares(&self, slot: Slot) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(|part| part.compares(slot)),
            Self::IsEmpty(part) | Self::IsFilled(part) => part.compares(slot),
            Self::Binary(_, parts) => parts.iter().any(|part| part.compares(slot)),
            Self::Call(_, arguments) => arguments.iter().any(|argument| argument.compares(slot)),
            other => other.is_made_of(slot),
        }
    }

    /// The values of an argument that may be many.
    pub(super) fn values<'a>(&'a self, env: &'a dyn Env) -> Vec<Operand<'a>> {
        match self {
            Self::ReadMany(slot) => env.values(*slot).into_iter().map(from_row).collect(),
            Self::LookUp(look_up) => look_up.all(env),
            one => vec![one.evaluate(env)],
        }
    }
}

fn from_row(value: Option<Cow<'_, Value>>) -> Operand<'_> {
    Operand::from_value(value)
}

fn binary<'a>(op: Op, left: &Operand<'a>, right: &Operand<'a>) -> Operand<'a> {
    match op {
        Op::Add => operand::add(left, right, 1),
        Op::Subtract => operand::add(left, right, -1),
        Op::Multiply => operand::multiply(left, right),
        Op::Divide => operand::divide(left, right),
        Op::Modulo => operand::modulo(left, right),
        _ => Operand::Boolean(compare::holds(op, left, right)),
    }
}
