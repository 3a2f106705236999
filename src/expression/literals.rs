//! What is written out in an expression, and what it rests on.

use super::Expression;
use super::look_up::Predicate;
use super::node::{Literal, Node};
use crate::value::Value;

/// Functions whose value does not follow from their arguments.
const MOODY: &[&str] = &[
    "today",
    "now",
    "random",
    "once",
    "uuid",
    "pulldata",
    "jr:choice-name",
    "position",
    "randomize",
    "enumerator",
];

impl Expression {
    /// The literals in it, in order: the limits and names that decide what it gives. Patterns come
    /// as their text.
    #[must_use]
    pub fn literals(&self) -> Vec<Value> {
        let mut found = Vec::new();
        collect(&self.0.node, &mut found);
        found
    }

    /// Whether its value follows from the answers and columns that it reads, and from nothing else:
    /// no clock, no chance, no look-up in a list.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        is_plain(&self.0.node)
    }
}

impl Node {
    /// What stands directly in it.
    fn parts(&self) -> Vec<&Self> {
        match self {
            Self::And(parts) | Self::Or(parts) | Self::Call(_, parts) => parts.iter().collect(),
            Self::IsEmpty(part) | Self::IsFilled(part) | Self::Negate(part) => vec![part],
            Self::Binary(_, parts) => parts.iter().collect(),
            Self::LookUp(look_up) => {
                let conditions = look_up.predicates.iter().filter_map(|predicate| match predicate {
                    Predicate::Condition(condition) => Some(condition),
                    Predicate::Place(_) => None,
                });
                conditions.collect()
            }
            Self::Literal(_)
            | Self::Pattern(_)
            | Self::Format(_)
            | Self::Read(_)
            | Self::ReadMany(_)
            | Self::Column(_) => Vec::new(),
        }
    }
}

fn collect(node: &Node, found: &mut Vec<Value>) {
    match node {
        Node::Literal(literal) => found.extend(match literal {
            Literal::Empty => None,
            Literal::Integer(i) => Some(Value::Integer(*i)),
            Literal::Decimal(d) => Some(Value::Decimal(*d)),
            Literal::Text(t) => Some(Value::Text(t.clone())),
            Literal::Date(d) => Some(Value::Date(*d)),
            Literal::Time(t) => Some(Value::Time(*t)),
        }),
        Node::Pattern(pattern) => found.push(Value::Text(pattern.as_str().to_owned())),
        _ => node.parts().into_iter().for_each(|part| collect(part, found)),
    }
}

fn is_plain(node: &Node) -> bool {
    let is_moody = match node {
        Node::LookUp(_) => true,
        Node::Call(function, _) => MOODY.contains(&function.name),
        _ => false,
    };
    !is_moody && node.parts().into_iter().all(is_plain)
}
