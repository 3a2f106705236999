//! Arithmetic of numbers and dates, and what is written out as one of them.

use std::ops::Range;

use super::{Checker, Part, Ty, name_of, with_article};
use crate::expression::functions::Function;
use crate::expression::lexer::Op;
use crate::expression::node::{Literal, Node};
use crate::expression::problem::{Code, Problem};
use crate::expression::{moment, operand};
use crate::value::Type;

impl Checker<'_> {
    /// A part that is read as a number.
    pub(super) fn number(&mut self, mut part: Part) -> Part {
        match part.ty {
            Ty::Is(Type::Text) => {
                if let Some(number) = part.literal_text().and_then(operand::parse_number) {
                    part.node = Node::Literal(number_literal(number));
                    part.ty = Ty::Is(match number {
                        operand::Number::Integer(_) => Type::Integer,
                        operand::Number::Decimal(_) => Type::Decimal,
                    });
                    return part;
                }
                self.not_a_number(&part, Type::Text);
            }
            Ty::Is(ty) if !part.is_number() => self.not_a_number(&part, ty),
            Ty::Empty => part.ty = Ty::Is(Type::Decimal),
            Ty::Unknown | Ty::Is(_) => return part,
        }
        if part.ty != Ty::Unknown {
            part.ty = Ty::Is(Type::Decimal);
        }
        part
    }

    fn not_a_number(&mut self, part: &Part, ty: Type) {
        let problem = Problem::error(
            Code::Type,
            part.range.clone(),
            format!("a number is needed here, and this is {}", with_article(ty)),
        );
        self.lenient.push(match ty {
            Type::Choices => problem.help("count the chosen with count-selected(...)"),
            _ => problem.help("number(...) reads a text, choice or date as a number"),
        });
    }

    pub(super) fn arithmetic(
        &mut self,
        op: Op,
        op_range: &Range<usize>,
        mut left: Part,
        mut right: Part,
        range: Range<usize>,
    ) -> Part {
        let days = |part: &Part| matches!(part.ty, Ty::Is(Type::Date | Type::DateTime));
        let ty = if (days(&left) || days(&right)) && left.is_known() && right.is_known() {
            if op == Op::Subtract && days(&left) {
                self.as_moment(&mut right);
            }
            self.date_arithmetic(op, op_range, &mut left, &mut right)
        } else {
            left = self.number(left);
            right = self.number(right);
            match (left.ty, right.ty) {
                (Ty::Unknown, _) | (_, Ty::Unknown) => Ty::Unknown,
                (Ty::Is(Type::Decimal), _) | (_, Ty::Is(Type::Decimal)) => Ty::Is(Type::Decimal),
                _ if op == Op::Divide => Ty::Is(Type::Decimal),
                _ => Ty::Is(Type::Integer),
            }
        };
        Part::new(Node::Binary(op, Box::new([left.node, right.node])), ty, range)
    }

    fn date_arithmetic(&mut self, op: Op, op_range: &Range<usize>, left: &mut Part, right: &mut Part) -> Ty {
        let ty = match (op, left.ty, right.ty) {
            (Op::Subtract, Ty::Is(Type::Date), Ty::Is(Type::Date)) => Some(Type::Integer),
            (Op::Subtract, Ty::Is(Type::Date | Type::DateTime), Ty::Is(Type::Date | Type::DateTime)) => {
                Some(Type::Decimal)
            }
            (Op::Add | Op::Subtract, Ty::Is(ty @ (Type::Date | Type::DateTime)), Ty::Is(n))
                if n.is_number() =>
            {
                Some(ty)
            }
            (Op::Add, Ty::Is(n), Ty::Is(ty @ (Type::Date | Type::DateTime))) if n.is_number() => Some(ty),
            (Op::Add | Op::Subtract, Ty::Is(ty), Ty::Empty) | (Op::Add, Ty::Empty, Ty::Is(ty)) => Some(ty),
            _ => None,
        };
        if let Some(ty) = ty {
            return Ty::Is(ty);
        }
        self.lenient.push(
            Problem::error(
                Code::Type,
                op_range.clone(),
                format!("`{}` cannot join {} and {}", op.symbol(), name_of(left.ty), name_of(right.ty)),
            )
            .help("days can be added to a date, and two dates subtracted; date(...) reads a text as a date, number(...) gives a date's day number"),
        );
        Ty::Is(Type::Decimal)
    }

    /// Reads a written-out text as a date or moment, where it meets one.
    pub(super) fn as_moment(&mut self, part: &mut Part) {
        let Some(text) = part.literal_text().filter(|t| !t.is_empty()) else { return };
        if let Some((node, ty)) = moment_literal(text) {
            part.node = node;
            part.ty = Ty::Is(ty);
        } else {
            let problem = Problem::error(Code::Moment, part.range.clone(), format!("`{text}` is not a date"))
                .help("write year, month and day: '2024-03-05'");
            self.lenient.push(problem);
            part.ty = Ty::Unknown;
        }
    }
}

/// The date or moment that a written-out text spells. The offset of a moment without one of its
/// own is known only in the interview.
pub(super) fn moment_literal(text: &str) -> Option<(Node, Type)> {
    let date = moment::parse_date(text)?;
    if !text.contains('T') {
        return Some((Node::Literal(Literal::Date(date)), Type::Date));
    }
    let literal = Node::Literal(Literal::Text(text.to_owned()));
    Some((Node::Call(Function::find("date-time")?, vec![literal]), Type::DateTime))
}

pub(super) fn number_literal(number: operand::Number) -> Literal {
    match number {
        operand::Number::Integer(i) => Literal::Integer(i),
        operand::Number::Decimal(d) => Literal::Decimal(d),
    }
}
