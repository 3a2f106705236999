//! Comparisons: what may be compared with what, and the names of choices.

use std::ops::Range;

use super::arithmetic::number_literal;
use super::{Checker, Part, Ty, name_of, with_article};
use crate::diagnostic::nearest;
use crate::expression::lexer::Op;
use crate::expression::moment;
use crate::expression::node::{Literal, Node};
use crate::expression::operand;
use crate::expression::problem::{Code, Problem};
use crate::value::Type;

impl Checker<'_> {
    pub(super) fn comparison(
        &mut self,
        op: Op,
        op_range: &Range<usize>,
        mut left: Part,
        mut right: Part,
        range: Range<usize>,
    ) -> Part {
        let equality = matches!(op, Op::Equal | Op::NotEqual);
        let node = if equality && (left.ty == Ty::Empty || right.ty == Ty::Empty) {
            // `= ''` asks whether there is an answer: the one comparison that empty can pass.
            let asked = Box::new(if right.ty == Ty::Empty { left.node } else { right.node });
            if op == Op::Equal { Node::IsEmpty(asked) } else { Node::IsFilled(asked) }
        } else {
            if left.is_known() && right.is_known() {
                self.convert(&mut left, &right);
                self.convert(&mut right, &left);
                if equality {
                    self.equality(op_range, &left, &right);
                } else {
                    self.order(op, op_range, &left, &right);
                }
            }
            Node::Binary(op, Box::new([left.node, right.node]))
        };
        Part::new(node, Ty::Is(Type::Boolean), range)
    }

    /// Turns something written out into the type of what it is compared with.
    fn convert(&mut self, part: &mut Part, other: &Part) {
        let Ty::Is(other_ty) = other.ty else { return };
        match (&part.node, other_ty) {
            (Node::Literal(Literal::Text(text)), Type::Integer | Type::Decimal) => {
                if let Some(number) = operand::parse_number(text) {
                    part.node = Node::Literal(number_literal(number));
                    part.ty = other.ty;
                }
            }
            (Node::Literal(Literal::Text(_)), Type::Date | Type::DateTime) => self.as_moment(part),
            (Node::Literal(Literal::Text(text)), Type::Time) => {
                if let Some(time) = moment::parse_time(text) {
                    part.node = Node::Literal(Literal::Time(time));
                    part.ty = other.ty;
                } else {
                    let problem = Problem::error(
                        Code::Moment,
                        part.range.clone(),
                        format!("`{text}` is not a time of day"),
                    )
                    .help("write hours and minutes: '17:30'");
                    self.lenient.push(problem);
                    part.ty = Ty::Unknown;
                }
            }
            // Lists often number their choices, and people write the number.
            (Node::Literal(Literal::Integer(i)), Type::Choice | Type::Choices) => {
                part.node = Node::Literal(Literal::Text(i.to_string()));
                part.ty = Ty::Is(Type::Text);
            }
            _ => {}
        }
    }

    fn equality(&mut self, op_range: &Range<usize>, left: &Part, right: &Part) {
        use Type::{Choice, Choices, Date, DateTime, Text, Time};
        let (Ty::Is(a), Ty::Is(b)) = (left.ty, right.ty) else { return };
        match (a, b) {
            (Choice | Choices, Text) => self.named_choices(left, right),
            (Text, Choice | Choices) => self.named_choices(right, left),
            (Choice | Choices, Choice | Choices) => self.same_list(op_range, left, right),
            (Text | Date | DateTime, Text | Date | DateTime) | (Time, Time) => {}
            _ if left.is_number() && right.is_number() => {}
            _ => self.misfit(op_range, (left.ty, right.ty), (a, b)),
        }
        if let (Choices, Text | Choice) | (Text | Choice, Choices) = (a, b) {
            let whole = if a == Choices { left } else { right };
            self.report(
                Problem::warning(
                    Code::WholeSelection,
                    whole.range.clone(),
                    "this compares everything that was chosen, not one of the choices",
                )
                .help("to ask whether one choice is among the chosen, write selected(${name}, 'choice')"),
            );
        }
    }

    /// Two types that cannot be compared.
    fn misfit(&mut self, op_range: &Range<usize>, sides: (Ty, Ty), types: (Type, Type)) {
        use Type::{Boolean, Choice, Date, DateTime, Text};
        let problem = Problem::error(
            Code::Type,
            op_range.clone(),
            format!("{} is compared with {}", name_of(sides.0), name_of(sides.1)),
        );
        self.lenient.push(match types {
            (Boolean, Text) | (Text, Boolean) => {
                problem.help("a condition stands by itself; for its opposite, write not(...)")
            }
            (Text | Choice, n) | (n, Text | Choice) if n.is_number() => {
                problem.help("number(...) reads a text or choice as a number")
            }
            (Date | DateTime, n) | (n, Date | DateTime) if n.is_number() => {
                problem.help("compare with a date such as '2024-03-05', or use number(...)")
            }
            _ => problem,
        });
    }

    fn order(&mut self, op: Op, op_range: &Range<usize>, left: &Part, right: &Part) {
        use Type::{Choice, Choices, Date, DateTime, Text, Time};
        if !left.is_known() || !right.is_known() {
            return;
        }
        let (Ty::Is(a), Ty::Is(b)) = (left.ty, right.ty) else {
            self.lenient.push(
                Problem::error(
                    Code::Type,
                    op_range.clone(),
                    "nothing is greater or smaller than the empty text",
                )
                .help("to ask whether there is an answer, write != ''"),
            );
            return;
        };
        match (a, b) {
            _ if left.is_number() && right.is_number() => {}
            (Date | DateTime, Date | DateTime) | (Time, Time) => {}
            // Either way round, the one that is a text, choice or choices is at fault.
            (Text | Choice | Choices, _) | (_, Text | Choice | Choices) => {
                let part = if matches!(a, Text | Choice | Choices) { left } else { right };
                let ty = if matches!(a, Text | Choice | Choices) { a } else { b };
                self.lenient.push(
                    Problem::error(
                        Code::TextOrder,
                        part.range.clone(),
                        format!("`{}` cannot order {}", op.symbol(), with_article(ty)),
                    )
                    .help("number(...) reads it as a number; to compare equal or not, use = or !="),
                );
            }
            _ => self.misfit(op_range, (left.ty, right.ty), (a, b)),
        }
    }

    /// A text that is compared with choices must name choices of their list.
    pub(super) fn named_choices(&mut self, choices: &Part, text: &Part) {
        let Some(written) = text.literal_text() else { return };
        if choices.ty == Ty::Is(Type::Choices) {
            written.split_whitespace().for_each(|name| self.named_choice(choices, name, &text.range));
        } else {
            self.named_choice(choices, written, &text.range);
        }
    }

    pub(super) fn named_choice(&mut self, choices: &Part, name: &str, range: &Range<usize>) {
        let Some(list) = &choices.choices else { return };
        if list.iter().any(|c| c == name) {
            return;
        }
        let problem = Problem::error(
            Code::UnknownChoice,
            range.clone(),
            format!("`{name}` is not a choice of this question"),
        );
        let problem = match nearest(name, list.iter().map(String::as_str)) {
            Some(near) => problem.help(format!("did you mean '{near}'?")),
            None if list.len() <= 8 => problem.help(format!("its choices are: {}", list.join(", "))),
            None => problem.help(format!("its list has {} choices; none is near this name", list.len())),
        };
        self.report(problem);
    }

    fn same_list(&mut self, op_range: &Range<usize>, left: &Part, right: &Part) {
        if let (Some(a), Some(b)) = (&left.choices, &right.choices)
            && a != b
        {
            self.report(
                Problem::error(
                    Code::OtherList,
                    op_range.clone(),
                    "these two questions have different lists of choices",
                )
                .help("compare each with names of its own choices"),
            );
        }
    }
}
