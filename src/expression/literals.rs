//! What is written out in an expression.

use super::Expression;
use super::node::{Literal, Node};
use crate::value::Value;

impl Expression {
    /// The literals in it, in order: the limits and names that decide what it gives. Patterns come
    /// as their text.
    #[must_use]
    pub fn literals(&self) -> Vec<Value> {
        let mut found = Vec::new();
        collect(&self.0.node, &mut found);
        found
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
        Node::And(parts) | Node::Or(parts) | Node::Call(_, parts) => {
            parts.iter().for_each(|part| collect(part, found));
        }
        Node::IsEmpty(part) | Node::IsFilled(part) | Node::Negate(part) => collect(part, found),
        Node::Binary(_, parts) => parts.iter().for_each(|part| collect(part, found)),
        Node::Read(_) | Node::ReadMany(_) | Node::Format(_) => {}
    }
}
