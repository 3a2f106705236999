//! Tree to checked tree: names through the scope, and static types.
//!
//! An expression without any reference is a constant: its conversions are `XPath`'s, all of them.
//! As soon as an answer is read, conversions that are more likely mistakes than meant (a text as a
//! condition, a choice as a number) are refused. They are therefore kept apart as *lenient*
//! problems until the whole expression is known.

mod argument;
mod arithmetic;
mod call;
mod compare;
mod look_up;

use std::ops::Range;
use std::sync::Arc;

use super::functions::Function;
use super::lexer::Op;
use super::node::{Literal, Node};
use super::parser::{Expr, ExprKind};
use super::problem::{Code, Problem};
use super::{Expect, Reference, Scope, Unresolved};
use crate::diagnostic::nearest;
use crate::value::Type;

/// What is known of a part's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ty {
    /// A mistake was reported here; nothing more is to be said of it.
    Unknown,
    /// The literal `''`.
    Empty,
    Is(Type),
}

/// A checked part.
#[derive(Debug)]
struct Part {
    node: Node,
    ty: Ty,
    /// The names of the choices, where it is a choice or choices.
    choices: Option<Arc<[String]>>,
    range: Range<usize>,
}

impl Part {
    fn new(node: Node, ty: Ty, range: Range<usize>) -> Self {
        Self { node, ty, choices: None, range }
    }

    fn unknown(range: Range<usize>) -> Self {
        Self::new(Node::Literal(Literal::Empty), Ty::Unknown, range)
    }

    /// The text, if it is one that is written out.
    fn literal_text(&self) -> Option<&str> {
        match &self.node {
            Node::Literal(Literal::Text(text)) => Some(text),
            Node::Literal(Literal::Empty) if self.ty == Ty::Empty => Some(""),
            _ => None,
        }
    }

    fn is_number(&self) -> bool {
        matches!(self.ty, Ty::Is(Type::Integer | Type::Decimal | Type::Boolean))
    }

    fn is_known(&self) -> bool {
        self.ty != Ty::Unknown
    }
}

/// What an expression became.
pub(super) struct Checked {
    pub(super) node: Node,
    pub(super) ty: Type,
    pub(super) references: Vec<Reference>,
    pub(super) problems: Vec<Problem>,
}

/// Checks a tree. If one of the problems is an error, the node is not to be evaluated.
pub(super) fn check(tree: &Expr, scope: &dyn Scope, expect: Expect) -> Checked {
    let mut checker = Checker {
        scope,
        problems: Vec::new(),
        lenient: Vec::new(),
        references: Vec::new(),
        columns: Vec::new(),
    };
    let part = checker.value(tree);
    let ty = checker.expected(&part, expect);
    let mut problems = checker.problems;
    if !checker.references.is_empty() {
        problems.append(&mut checker.lenient);
    }
    Checked { node: part.node, ty, references: checker.references, problems }
}

struct Checker<'s> {
    scope: &'s dyn Scope,
    problems: Vec<Problem>,
    lenient: Vec<Problem>,
    references: Vec<Reference>,
    /// The columns of the look-ups around, the innermost last.
    columns: Vec<look_up::Columns>,
}

impl Checker<'_> {
    fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// The type that the expression gives in its place.
    fn expected(&mut self, part: &Part, expect: Expect) -> Type {
        let given = match part.ty {
            Ty::Is(ty) => ty,
            Ty::Unknown | Ty::Empty => match expect {
                Expect::Boolean => Type::Boolean,
                Expect::Number => Type::Decimal,
                Expect::Any => Type::Text,
            },
        };
        match expect {
            Expect::Any => given,
            Expect::Boolean if part.is_number() || !matches!(part.ty, Ty::Is(_)) => Type::Boolean,
            Expect::Number if given == Type::Boolean => Type::Integer,
            Expect::Number if given.is_number() => given,
            Expect::Boolean => {
                self.report(
                    Problem::error(
                        Code::Type,
                        part.range.clone(),
                        format!("a condition is needed here, and this gives {}", with_article(given)),
                    )
                    .help("compare it with something, such as ${name} = 'yes'"),
                );
                Type::Boolean
            }
            Expect::Number => {
                self.report(
                    Problem::error(
                        Code::Type,
                        part.range.clone(),
                        format!("a number is needed here, and this gives {}", with_article(given)),
                    )
                    .help("number(...) reads a text or a choice as a number"),
                );
                Type::Decimal
            }
        }
    }

    /// A part that must have one value.
    fn value(&mut self, expr: &Expr) -> Part {
        let range = expr.range.clone();
        match &expr.kind {
            ExprKind::Error => Part::unknown(range),
            ExprKind::Integer(i) => {
                Part::new(Node::Literal(Literal::Integer(*i)), Ty::Is(Type::Integer), range)
            }
            ExprKind::Decimal(d) => {
                Part::new(Node::Literal(Literal::Decimal(*d)), Ty::Is(Type::Decimal), range)
            }
            ExprKind::Text(text) if text.is_empty() => {
                Part::new(Node::Literal(Literal::Empty), Ty::Empty, range)
            }
            ExprKind::Text(text) => {
                Part::new(Node::Literal(Literal::Text(text.clone())), Ty::Is(Type::Text), range)
            }
            ExprKind::LookUp(path) => self.look_up(path, expr),
            ExprKind::Word(name) if self.in_look_up() => self.column(name, range),
            ExprKind::Name(..) | ExprKind::Word(_) | ExprKind::This => match self.resolve(expr) {
                Some(reference) => self.read(&reference, range),
                None => Part::unknown(range),
            },
            ExprKind::Parent => {
                self.report(
                    Problem::error(Code::NoPlace, range.clone(), "`..` stands only in position(..)")
                        .help("name the question or roster as ${name}"),
                );
                Part::unknown(range)
            }
            ExprKind::And(parts) => {
                let parts = parts.iter().map(|p| self.condition(p)).collect();
                Part::new(Node::And(parts), Ty::Is(Type::Boolean), range)
            }
            ExprKind::Or(parts) => {
                let parts = parts.iter().map(|p| self.condition(p)).collect();
                Part::new(Node::Or(parts), Ty::Is(Type::Boolean), range)
            }
            ExprKind::Negate(inner) => {
                let inner = self.value(inner);
                let inner = self.number(inner);
                let ty = if inner.ty == Ty::Is(Type::Boolean) { Ty::Is(Type::Integer) } else { inner.ty };
                Part::new(Node::Negate(Box::new(inner.node)), ty, range)
            }
            ExprKind::Binary(op, op_range, sides) => {
                let [left, right] = sides.as_ref();
                let (left, right) = (self.value(left), self.value(right));
                match op {
                    Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Modulo => {
                        self.arithmetic(*op, op_range, left, right, range)
                    }
                    _ => self.comparison(*op, op_range, left, right, range),
                }
            }
            ExprKind::Call(name, name_range, arguments) => self.call(name, name_range, arguments, range),
        }
    }

    /// One value of a reference.
    fn read(&mut self, reference: &Reference, range: Range<usize>) -> Part {
        let Some(ty) = reference.ty else {
            self.report(
                Problem::error(Code::NoValue, range.clone(), "a roster or group has no value of its own")
                    .help("count the rows of a roster with count(${roster}), or name a question in it"),
            );
            return Part::unknown(range);
        };
        if reference.many {
            self.report(
                Problem::error(
                    Code::Many,
                    range.clone(),
                    "this has one value in each row of its roster, and one value is needed here",
                )
                .help(
                    "take them together with sum, mean, min, max, count-non-empty or join, or read one \
                     row with indexed-repeat(${question}, ${roster}, row)",
                ),
            );
            return Part::unknown(range);
        }
        let mut part = Part::new(Node::Read(reference.slot), Ty::Is(ty), range);
        part.choices.clone_from(&reference.choices);
        part
    }

    /// What a name, `.` or a bare name refers to; a mistake is reported.
    fn resolve(&mut self, expr: &Expr) -> Option<Reference> {
        let reference = match &expr.kind {
            ExprKind::Name(name, at) => match self.scope.resolve(name) {
                Ok(reference) => reference,
                Err(why) => {
                    self.unresolved(name, at.clone(), why);
                    return None;
                }
            },
            ExprKind::This => {
                if let Some(reference) = self.scope.this() {
                    reference
                } else {
                    self.report(
                        Problem::error(
                            Code::NoPlace,
                            expr.range.clone(),
                            "`.` means the answer to this question, and there is none here",
                        )
                        .help("name the question as ${name}"),
                    );
                    return None;
                }
            }
            ExprKind::Word(word) => {
                if let Some(reference) = self.scope.column(word) {
                    reference
                } else {
                    self.unknown_word(word, expr.range.clone());
                    return None;
                }
            }
            _ => return None,
        };
        self.note(&reference);
        Some(reference)
    }

    fn note(&mut self, reference: &Reference) {
        if !self.references.iter().any(|r| r.slot == reference.slot) {
            self.references.push(reference.clone());
        }
    }

    fn unresolved(&mut self, name: &str, range: Range<usize>, why: Unresolved) {
        let problem = match why {
            Unresolved::Unknown => {
                let problem =
                    Problem::error(Code::UnknownName, range, format!("there is no question named `{name}`"));
                match nearest(name, self.scope.names()) {
                    Some(near) => problem.help(format!("did you mean ${{{near}}}?")),
                    None => problem,
                }
            }
            Unresolved::OutOfScope(why) => {
                Problem::error(Code::OutOfScope, range, format!("`{name}` cannot be used here: {why}"))
            }
        };
        self.report(problem);
    }

    fn unknown_word(&mut self, word: &str, range: Range<usize>) {
        let problem = Problem::error(Code::UnknownName, range, format!("`{word}` means nothing here"));
        let problem = if !matches!(self.scope.resolve(word), Err(Unresolved::Unknown)) {
            problem.help(format!("to read the answer, write ${{{word}}}"))
        } else if Function::find(word).is_some() {
            problem.help(format!("a function needs its parentheses: {word}()"))
        } else if let Some(near) = nearest(word, self.scope.names()) {
            problem.help(format!("to read an answer, write ${{{near}}}; a text stands in quotes: '{word}'"))
        } else {
            problem.help(format!("a text stands in quotes: '{word}'; an answer is read as ${{name}}"))
        };
        self.report(problem);
    }

    /// A part that is read as a condition.
    fn condition(&mut self, expr: &Expr) -> Node {
        let part = self.value(expr);
        if let Ty::Is(ty) = part.ty
            && !part.is_number()
        {
            let problem = Problem::error(
                Code::Type,
                part.range.clone(),
                format!("a condition is needed here, and this is {}", with_article(ty)),
            );
            self.lenient.push(match part.literal_text() {
                Some(text) => problem.help(format!(
                    "repeat the comparison: ${{name}} = '{text}'; a text alone would always hold"
                )),
                None => problem.help("compare it with something, or ask is-answered(${name})"),
            });
        }
        part.node
    }
}

/// What two types have in common, where a value may be of either.
fn common(a: Ty, b: Ty) -> Option<Ty> {
    Some(match (a, b) {
        (Ty::Unknown, _) | (_, Ty::Unknown) => Ty::Unknown,
        (Ty::Empty, other) | (other, Ty::Empty) => other,
        (Ty::Is(a), Ty::Is(b)) if a == b => Ty::Is(a),
        (Ty::Is(a), Ty::Is(b)) if a.is_number() && b.is_number() => Ty::Is(Type::Decimal),
        (Ty::Is(a), Ty::Is(b)) if is_texty(a) && is_texty(b) => Ty::Is(Type::Text),
        _ => return None,
    })
}

/// Whether it can stand beside a text in `if` and `coalesce`.
fn is_texty(ty: Type) -> bool {
    matches!(ty, Type::Text | Type::Choice | Type::Integer | Type::Decimal)
}

fn name_of(ty: Ty) -> String {
    match ty {
        Ty::Is(ty) => with_article(ty),
        Ty::Empty | Ty::Unknown => "nothing".to_owned(),
    }
}

fn with_article(ty: Type) -> String {
    match ty {
        Type::Boolean => "a condition".to_owned(),
        Type::Integer => "an integer".to_owned(),
        ty => format!("a {ty}"),
    }
}
