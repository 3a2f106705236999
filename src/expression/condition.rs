//! A condition taken apart, for those who reason about it or put it into words: what it says of
//! single answers, as far as that is plain to see.

use super::functions::Function;
use super::lexer::Op;
use super::node::{Literal, Node};
use super::parser::{Expr, ExprKind, parse};
use super::{Expression, Slot};
use crate::value::{Missing, Value};

/// What a condition says. Comparing an answer that is not there never holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The same whatever is answered.
    Always(bool),
    /// All of these hold.
    All(Vec<Condition>),
    /// At least one of these holds.
    Any(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
    /// There is an answer.
    Answered(Slot),
    /// The answer compares so with what is written out.
    Compares(Slot, Comparison, Value),
    /// The choice of this name is among the chosen.
    Selected(Slot, String),
    /// The number of chosen choices compares so.
    Counts(Slot, Comparison, i64),
    /// Two answers, or a column of a list and an answer, are equal.
    Same(Slot, Slot),
    /// One answer compares so with another.
    Sides(Slot, Comparison, Slot),
    /// There is no answer, for this reason.
    Lacks(Slot, Missing),
    /// Anything else, as written.
    Other(String),
}

impl Condition {
    /// The answers of which it says what they are, as far as it is plain; some may come twice.
    #[must_use]
    pub fn slots(&self) -> Vec<Slot> {
        match self {
            Self::Always(_) | Self::Sides(..) | Self::Lacks(..) | Self::Other(_) => Vec::new(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::slots).collect(),
            Self::Not(part) => part.slots(),
            Self::Same(one, other) => vec![*one, *other],
            Self::Answered(slot)
            | Self::Compares(slot, ..)
            | Self::Selected(slot, _)
            | Self::Counts(slot, ..) => vec![*slot],
        }
    }
}

/// How something compares with something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Comparison {
    fn of(op: Op) -> Option<Self> {
        Some(match op {
            Op::Equal => Self::Equal,
            Op::NotEqual => Self::NotEqual,
            Op::Less => Self::Less,
            Op::LessOrEqual => Self::AtMost,
            Op::Greater => Self::More,
            Op::GreaterOrEqual => Self::AtLeast,
            _ => return None,
        })
    }

    /// The same with its sides exchanged.
    fn turned(self) -> Self {
        match self {
            Self::Equal | Self::NotEqual => self,
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
        }
    }

    /// What holds, of two things that are there, exactly where this does not.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::More,
            Self::More => Self::AtMost,
            Self::AtLeast => Self::Less,
        }
    }
}

impl Expression {
    /// What it says, for a condition.
    #[must_use]
    pub fn condition(&self) -> Condition {
        let (tree, _) = parse(self.text());
        taken_apart(&self.0.node, Some(&tree), self.text())
    }
}

/// The tree tells what is written where; it runs beside the node as long as both have one shape.
fn taken_apart(node: &Node, tree: Option<&Expr>, text: &str) -> Condition {
    let parts = |nodes: &[Node], trees: Option<&Vec<Expr>>| -> Vec<Condition> {
        let of = |(at, node): (usize, &Node)| taken_apart(node, trees.and_then(|t| t.get(at)), text);
        nodes.iter().enumerate().map(of).collect()
    };
    let written = tree.map_or(0..text.len(), |tree| tree.range.clone());
    let other = || Condition::Other(text.get(written.clone()).unwrap_or(text).trim().to_owned());
    match node {
        Node::And(nodes) => Condition::All(parts(
            nodes,
            match tree.map(|t| &t.kind) {
                Some(ExprKind::And(trees)) => Some(trees),
                _ => None,
            },
        )),
        Node::Or(nodes) => Condition::Any(parts(
            nodes,
            match tree.map(|t| &t.kind) {
                Some(ExprKind::Or(trees)) => Some(trees),
                _ => None,
            },
        )),
        Node::IsEmpty(part) => match &**part {
            Node::Read(slot) => Condition::Not(Box::new(Condition::Answered(*slot))),
            _ => other(),
        },
        Node::IsFilled(part) => match &**part {
            Node::Read(slot) => Condition::Answered(*slot),
            _ => other(),
        },
        Node::Binary(op, sides) => compared(*op, sides).unwrap_or_else(other),
        Node::Call(function, arguments) => {
            let trees = match tree.map(|t| &t.kind) {
                Some(ExprKind::Call(_, _, trees)) => Some(trees),
                _ => None,
            };
            called(function, arguments)
                .or_else(|| {
                    let inner = (function.name == "not").then(|| parts(arguments, trees).pop()).flatten()?;
                    Some(Condition::Not(Box::new(inner)))
                })
                .unwrap_or_else(other)
        }
        Node::Literal(literal) => Condition::Always(match literal {
            Literal::Empty => false,
            Literal::Integer(i) => *i != 0,
            Literal::Decimal(d) => *d != 0.0,
            Literal::Text(_) | Literal::Date(_) | Literal::Time(_) => true,
        }),
        _ => other(),
    }
}

fn compared(op: Op, [left, right]: &[Node; 2]) -> Option<Condition> {
    let how = Comparison::of(op)?;
    if let (Node::Read(left), Node::Read(right)) = (left, right) {
        return Some(match how {
            Comparison::Equal => Condition::Same(*left, *right),
            how => Condition::Sides(*left, how, *right),
        });
    }
    let (read, how, literal) = match (value(left), value(right)) {
        (None, Some(literal)) => (left, how, literal),
        (Some(literal), None) => (right, how.turned(), literal),
        _ => return None,
    };
    match (read, &literal) {
        (Node::Read(slot), _) => Some(Condition::Compares(*slot, how, literal)),
        (Node::Call(function, arguments), Value::Integer(number)) if function.name == "count-selected" => {
            match arguments.first()? {
                Node::Read(slot) => Some(Condition::Counts(*slot, how, *number)),
                _ => None,
            }
        }
        (Node::Call(function, arguments), Value::Text(reason)) if function.name == "missing-reason" => {
            let reason = Missing::ALL.into_iter().find(|known| known.name() == reason)?;
            let [Node::Read(slot)] = arguments.as_slice() else { return None };
            // Whoever answered has no reason, and a comparison with nothing is false: `!=` is not the opposite.
            (how == Comparison::Equal).then_some(Condition::Lacks(*slot, reason))
        }
        _ => None,
    }
}

fn called(function: &Function, arguments: &[Node]) -> Option<Condition> {
    match (function.name, arguments) {
        ("true", _) => Some(Condition::Always(true)),
        ("false", _) => Some(Condition::Always(false)),
        ("is-answered", [Node::Read(slot)]) => Some(Condition::Answered(*slot)),
        ("is-dont-know", [Node::Read(slot)]) => Some(Condition::Lacks(*slot, Missing::DontKnow)),
        ("is-refused", [Node::Read(slot)]) => Some(Condition::Lacks(*slot, Missing::Refused)),
        ("selected", [Node::Read(slot), Node::Literal(Literal::Text(name))]) => {
            Some(Condition::Selected(*slot, name.trim().to_owned()))
        }
        _ => None,
    }
}

/// A value that is written out.
fn value(node: &Node) -> Option<Value> {
    Some(match node {
        Node::Literal(Literal::Integer(i)) => Value::Integer(*i),
        Node::Literal(Literal::Decimal(d)) => Value::Decimal(*d),
        Node::Literal(Literal::Text(text)) => Value::Text(text.clone()),
        Node::Literal(Literal::Date(date)) => Value::Date(*date),
        Node::Literal(Literal::Time(time)) => Value::Time(*time),
        Node::Negate(inner) => match value(inner)? {
            Value::Integer(i) => Value::Integer(i.checked_neg()?),
            Value::Decimal(d) => Value::Decimal(-d),
            _ => return None,
        },
        _ => return None,
    })
}
