//! Calls: the function, the number of arguments, and the type of the result.

use std::ops::Range;

use super::argument::is_reference;
use super::{Checker, Part, Ty, common};
use crate::diagnostic::nearest;
use crate::expression::functions::{Function, Gives, Kind, UNSUPPORTED};
use crate::expression::node::Node;
use crate::expression::parser::{Expr, ExprKind};
use crate::expression::problem::{Code, Problem};
use crate::value::Type;

impl Checker<'_> {
    pub(super) fn call(
        &mut self,
        name: &str,
        name_range: &Range<usize>,
        arguments: &[Expr],
        range: Range<usize>,
    ) -> Part {
        let Some(function) = Function::find(name) else {
            self.unknown_function(name, name_range.clone());
            // The arguments may hold mistakes of their own.
            for argument in arguments.iter().filter(|a| !matches!(a.kind, ExprKind::Parent)) {
                if is_reference(argument) {
                    let _ = self.resolve(argument);
                } else {
                    let _ = self.value(argument);
                }
            }
            return Part::unknown(range);
        };
        if !function.takes(arguments.len()) {
            self.report(
                Problem::error(
                    Code::Arguments,
                    range.clone(),
                    match arguments.len() {
                        0 => format!("{name}() needs arguments"),
                        1 => format!("{name}() cannot be called with 1 argument"),
                        n => format!("{name}() cannot be called with {n} arguments"),
                    },
                )
                .help(format!("write {}", function.signature())),
            );
            return Part::unknown(range);
        }
        let mut parts: Vec<Part> = Vec::with_capacity(arguments.len());
        for (at, argument) in arguments.iter().enumerate() {
            let Some(parameter) = function.parameter(at) else { break };
            let part = self.argument(function, parameter.kind, argument, parts.first());
            parts.push(part);
        }
        if let [only] = arguments {
            self.single(function, only, &parts);
        }
        self.result(function, parts, range)
    }

    fn unknown_function(&mut self, name: &str, range: Range<usize>) {
        let problem = if let Some((_, instead)) = UNSUPPORTED.iter().find(|(n, _)| *n == name) {
            Problem::error(Code::Unsupported, range, format!("{name}() is not supported")).help(*instead)
        } else {
            let problem =
                Problem::error(Code::UnknownFunction, range, format!("there is no function `{name}`"));
            match nearest(name, Function::all().map(|f| f.name)) {
                Some(near) => problem.help(format!("did you mean {near}()?")),
                None => problem,
            }
        };
        self.report(problem);
    }

    /// The type of the result, and the node.
    fn result(&mut self, function: &'static Function, parts: Vec<Part>, range: Range<usize>) -> Part {
        let first = parts.first().map_or(Ty::Unknown, |p| p.ty);
        let mut choices = None;
        let ty = match function.gives {
            Gives::Is(ty) => Ty::Is(ty),
            Gives::Number => match first {
                Ty::Is(Type::Integer | Type::Boolean | Type::Date) => Ty::Is(Type::Integer),
                Ty::Unknown => Ty::Unknown,
                _ => Ty::Is(Type::Decimal),
            },
            Gives::Rounded if parts.len() == 1 => Ty::Is(Type::Integer),
            Gives::Rounded => Ty::Is(Type::Decimal),
            Gives::First => {
                choices = parts.first().and_then(|p| p.choices.clone());
                first
            }
            Gives::Element => {
                choices = parts.first().and_then(|p| p.choices.clone());
                Ty::Is(if choices.is_some() { Type::Choice } else { Type::Text })
            }
            Gives::Common(from) => {
                let of = parts.get(from..).unwrap_or_default();
                let ty = self.common(function, of);
                // Choices of one list remain choices of that list.
                if let Some(list) = of.iter().find_map(|p| p.choices.as_ref())
                    && of.iter().all(|p| p.choices.as_ref() == Some(list) || p.ty == Ty::Empty)
                {
                    choices = Some(list.clone());
                }
                ty
            }
        };
        let arguments = parts.into_iter().map(|p| p.node).collect();
        Part { node: Node::Call(function, arguments), ty, choices, range }
    }

    fn common(&mut self, function: &Function, parts: &[Part]) -> Ty {
        let mut ty = Ty::Empty;
        for part in parts {
            if let Some(both) = common(ty, part.ty) {
                ty = both;
            } else {
                let names = [ty, part.ty].map(super::name_of);
                self.lenient.push(
                    Problem::error(
                        Code::Type,
                        part.range.clone(),
                        format!(
                            "{}() would give {} or {}, depending on the answers",
                            function.name, names[0], names[1]
                        ),
                    )
                    .help("give it values of one type; string(...) makes a text of anything"),
                );
                return Ty::Is(Type::Text);
            }
        }
        ty
    }

    /// An aggregate over one single question works, but is probably not meant.
    fn single(&mut self, function: &Function, argument: &Expr, parts: &[Part]) {
        let aggregate = function
            .parameter(0)
            .is_some_and(|p| matches!(p.kind, Kind::Numbers | Kind::Comparables | Kind::Answers));
        let reads_one = parts.first().is_some_and(|p| matches!(p.node, Node::Read(_)));
        if aggregate && reads_one {
            self.report(
                Problem::warning(
                    Code::OneValue,
                    argument.range.clone(),
                    format!("{}() of one value: this question has only one here", function.name),
                )
                .help("inside a roster a question means that of the same row; from outside, all rows"),
            );
        }
    }
}
