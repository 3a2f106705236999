//! Calls: the function, the number of arguments, and each argument against its parameter.

use std::ops::Range;

use regex::Regex;

use super::{Checker, Part, Ty, common, with_article};
use crate::diagnostic::nearest;
use crate::expression::Reference;
use crate::expression::format::{FIELDS, Format};
use crate::expression::functions::{Function, Gives, Kind, UNSUPPORTED};
use crate::expression::moment;
use crate::expression::node::{Literal, Node};
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
                let _ = self.value(argument);
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
        let problem = match UNSUPPORTED.iter().find(|(n, _)| *n == name) {
            Some((_, instead)) => {
                Problem::error(Code::Unsupported, range, format!("{name}() is not supported")).help(*instead)
            }
            None => {
                let problem =
                    Problem::error(Code::UnknownFunction, range, format!("there is no function `{name}`"));
                match nearest(name, Function::all().map(|f| f.name)) {
                    Some(near) => problem.help(format!("did you mean {near}()?")),
                    None => problem,
                }
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
            match common(ty, part.ty) {
                Some(both) => ty = both,
                None => {
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

    fn argument(&mut self, function: &Function, kind: Kind, argument: &Expr, first: Option<&Part>) -> Part {
        match kind {
            Kind::Condition => {
                let node = self.condition(argument);
                Part::new(node, Ty::Is(Type::Boolean), argument.range.clone())
            }
            Kind::Number => {
                let part = self.value(argument);
                self.number(part)
            }
            Kind::Text | Kind::Any => self.value(argument),
            Kind::List => {
                let part = self.value(argument);
                self.list(&part);
                part
            }
            Kind::Choice => self.choice(argument, first),
            Kind::Date => self.date(argument),
            Kind::Time => self.time(argument),
            Kind::Numbers => {
                let part = self.many(argument);
                self.number(part)
            }
            Kind::Comparables => {
                let part = self.many(argument);
                if let Ty::Is(Type::Date | Type::DateTime | Type::Time) = part.ty {
                    part
                } else {
                    self.number(part)
                }
            }
            Kind::Texts => self.many(argument),
            Kind::Rows => self.rows(function, argument),
            Kind::Answers => match self.question(function, argument) {
                Some(_) => self.many(argument),
                None => Part::unknown(argument.range.clone()),
            },
            Kind::Question => match self.question(function, argument) {
                Some(_) => self.value(argument),
                None => Part::unknown(argument.range.clone()),
            },
            Kind::Roster => self.roster(argument),
            Kind::Parent => self.parent(argument),
            Kind::Pattern => self.pattern(argument),
            Kind::Format => self.format(argument),
            Kind::QuestionName => self.question_name(argument),
        }
    }

    /// A part that may have many values.
    fn many(&mut self, argument: &Expr) -> Part {
        let range = argument.range.clone();
        if !is_reference(argument) {
            return self.value(argument);
        }
        match self.resolve(argument) {
            None => Part::unknown(range),
            Some(Reference { many: true, ty: Some(ty), slot, choices }) => {
                Part { node: Node::ReadMany(slot), ty: Ty::Is(ty), choices, range }
            }
            Some(reference) => self.read(&reference, range),
        }
    }

    /// Whether the argument names a question, as it must.
    fn question(&mut self, function: &Function, argument: &Expr) -> Option<()> {
        if is_reference(argument) {
            return Some(());
        }
        if !matches!(argument.kind, ExprKind::Error) {
            self.report(
                Problem::error(
                    Code::NotAQuestion,
                    argument.range.clone(),
                    format!("{}() needs a question here", function.name),
                )
                .help("name it as ${name}"),
            );
        }
        None
    }

    fn rows(&mut self, function: &Function, argument: &Expr) -> Part {
        let range = argument.range.clone();
        if self.question(function, argument).is_none() {
            return Part::unknown(range);
        }
        match self.resolve(argument) {
            None => Part::unknown(range),
            Some(reference) => {
                let rows = reference.many || reference.ty.is_none();
                if !rows {
                    self.report(
                        Problem::warning(
                            Code::OneValue,
                            range.clone(),
                            "count() of one value: this question has only one here",
                        )
                        .help("count the rows of a roster with count(${roster})"),
                    );
                }
                let slot = reference.slot;
                let node = if rows { Node::ReadMany(slot) } else { Node::Read(slot) };
                Part::new(node, Ty::Is(Type::Integer), range)
            }
        }
    }

    fn roster(&mut self, argument: &Expr) -> Part {
        let range = argument.range.clone();
        if is_reference(argument) {
            match self.resolve(argument) {
                Some(Reference { ty: None, slot, .. }) => {
                    return Part::new(Node::ReadMany(slot), Ty::Unknown, range);
                }
                None => return Part::unknown(range),
                Some(_) => {}
            }
        }
        self.report(
            Problem::error(Code::NotAQuestion, range.clone(), "a roster is needed here")
                .help("name the roster that the question stands in, as ${roster}"),
        );
        Part::unknown(range)
    }

    /// `..`: the row of the nearest roster around.
    fn parent(&mut self, argument: &Expr) -> Part {
        let range = argument.range.clone();
        let reference = match &argument.kind {
            ExprKind::Parent => self.scope.row(),
            ExprKind::Name(..) => return self.roster(argument),
            _ => {
                self.report(
                    Problem::error(Code::NotAQuestion, range.clone(), "position() needs `..` here")
                        .help("write position(..)"),
                );
                return Part::unknown(range);
            }
        };
        match reference {
            Some(reference) => {
                self.note(&reference);
                Part::new(Node::ReadMany(reference.slot), Ty::Unknown, range)
            }
            None => {
                self.report(
                    Problem::error(Code::NoPlace, range.clone(), "there is no row here")
                        .help("position(..) works inside a roster"),
                );
                Part::unknown(range)
            }
        }
    }

    fn list(&mut self, part: &Part) {
        if let Ty::Is(ty) = part.ty
            && !matches!(ty, Type::Choice | Type::Choices | Type::Text)
        {
            self.lenient.push(
                Problem::error(
                    Code::Type,
                    part.range.clone(),
                    format!("choices are needed here, and this is {}", with_article(ty)),
                )
                .help("name a question that chooses from a list, as ${name}"),
            );
        }
    }

    fn choice(&mut self, argument: &Expr, choices: Option<&Part>) -> Part {
        let mut part = self.value(argument);
        if let Node::Literal(Literal::Integer(i)) = part.node {
            part.node = Node::Literal(Literal::Text(i.to_string()));
            part.ty = Ty::Is(Type::Text);
        }
        match part.ty {
            Ty::Is(Type::Text | Type::Choice) | Ty::Empty | Ty::Unknown => {}
            Ty::Is(ty) => self.lenient.push(
                Problem::error(
                    Code::Type,
                    part.range.clone(),
                    format!("the name of a choice is needed here, and this is {}", with_article(ty)),
                )
                .help("write the name of a choice in quotes"),
            ),
        }
        if let (Some(choices), Some(name)) = (choices, part.literal_text())
            && !name.is_empty()
        {
            let name = name.trim().to_owned();
            self.named_choice(choices, &name, &part.range);
        }
        part
    }

    fn date(&mut self, argument: &Expr) -> Part {
        let mut part = self.value(argument);
        match part.ty {
            Ty::Is(Type::Text) if part.literal_text().is_some() => {
                let text = part.literal_text().unwrap_or_default().to_owned();
                match super::moment_literal(&text) {
                    Some((literal, ty)) => {
                        part.node = Node::Literal(literal);
                        part.ty = Ty::Is(ty);
                    }
                    None => self.report(
                        Problem::error(
                            Code::Moment,
                            part.range.clone(),
                            format!("`{text}` is not a date that exists"),
                        )
                        .help("write year, month and day: '2024-03-05'"),
                    ),
                }
            }
            Ty::Is(ty @ (Type::Boolean | Type::Choices | Type::Time)) => self.lenient.push(Problem::error(
                Code::Type,
                part.range.clone(),
                format!("a date is needed here, and this is {}", with_article(ty)),
            )),
            _ => {}
        }
        part
    }

    fn time(&mut self, argument: &Expr) -> Part {
        let mut part = self.value(argument);
        let written = part.literal_text().filter(|t| !t.is_empty()).map(str::to_owned);
        match (part.ty, written) {
            (Ty::Is(Type::Text), Some(text)) => match moment::parse_time(&text) {
                Some(time) => {
                    part.node = Node::Literal(Literal::Time(time));
                    part.ty = Ty::Is(Type::Time);
                }
                None => self.report(
                    Problem::error(
                        Code::Moment,
                        part.range.clone(),
                        format!("`{text}` is not a time of day"),
                    )
                    .help("write hours and minutes: '17:30'"),
                ),
            },
            (Ty::Is(Type::Time) | Ty::Empty | Ty::Unknown, _) => {}
            (Ty::Is(ty), _) => self.report(Problem::error(
                Code::Type,
                part.range.clone(),
                format!("a time is needed here, and this is {}", with_article(ty)),
            )),
        }
        part
    }

    /// The text of an argument that must be written out.
    fn written_out<'e>(&mut self, argument: &'e Expr, what: &str) -> Option<&'e str> {
        match &argument.kind {
            ExprKind::Text(text) => Some(text),
            ExprKind::Error => None,
            _ => {
                self.report(
                    Problem::error(
                        Code::NotWrittenOut,
                        argument.range.clone(),
                        format!("{what} must be written out in quotes"),
                    )
                    .help("it is read once, when the questionnaire is checked"),
                );
                None
            }
        }
    }

    fn pattern(&mut self, argument: &Expr) -> Part {
        let range = argument.range.clone();
        let Some(pattern) = self.written_out(argument, "the pattern") else { return Part::unknown(range) };
        // On its own first: a stray parenthesis must not close the group around it.
        match Regex::new(pattern).and_then(|_| Regex::new(&format!(r"\A(?:{pattern})\z"))) {
            Ok(regex) => Part::new(Node::Pattern(regex), Ty::Unknown, range),
            Err(error) => {
                let why = error.to_string();
                let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                self.report(
                    Problem::error(Code::Pattern, range.clone(), "this pattern cannot be used").help(why),
                );
                Part::unknown(range)
            }
        }
    }

    fn format(&mut self, argument: &Expr) -> Part {
        let range = argument.range.clone();
        let Some(format) = self.written_out(argument, "the format") else { return Part::unknown(range) };
        match Format::read(format) {
            Ok(format) => Part::new(Node::Format(format), Ty::Unknown, range),
            Err(field) => {
                let fields: Vec<_> = FIELDS.iter().map(|(f, _)| format!("%{f}")).collect();
                self.report(
                    Problem::error(
                        Code::Format,
                        range.clone(),
                        format!("`{field}` is not a field of a date format"),
                    )
                    .help(format!("the fields are {}", fields.join(" "))),
                );
                Part::unknown(range)
            }
        }
    }

    /// A question named by a text, as `jr:choice-name` wants it: `'${name}'`.
    fn question_name(&mut self, argument: &Expr) -> Part {
        let range = argument.range.clone();
        if is_reference(argument) {
            return self.many(argument);
        }
        let name = match &argument.kind {
            ExprKind::Text(text) => text.trim().strip_prefix("${").and_then(|t| t.strip_suffix('}')),
            _ => None,
        };
        let Some(name) = name.map(str::trim) else {
            self.report(
                Problem::error(Code::NotAQuestion, range.clone(), "a question is needed here")
                    .help("name it in quotes: '${name}'"),
            );
            return Part::unknown(range);
        };
        match self.scope.resolve(name) {
            Ok(reference) => {
                self.note(&reference);
                Part::new(Node::ReadMany(reference.slot), Ty::Unknown, range)
            }
            Err(why) => {
                self.unresolved(name, range.clone(), why);
                Part::unknown(range)
            }
        }
    }
}

fn is_reference(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Name(..) | ExprKind::This | ExprKind::Word(_))
}
