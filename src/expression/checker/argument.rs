//! Arguments: each kind of parameter, and what it takes.

use regex::Regex;

use super::arithmetic::moment_literal;
use super::{Checker, Part, Ty, with_article};
use crate::diagnostic::nearest;
use crate::expression::format::{FIELDS, Format};
use crate::expression::functions::{Function, Kind};
use crate::expression::node::{Literal, Node};
use crate::expression::parser::{Expr, ExprKind};
use crate::expression::problem::{Code, Problem};
use crate::expression::{Reference, moment};
use crate::value::Type;

impl Checker<'_> {
    /// One argument, checked against what its parameter takes.
    pub(super) fn argument(
        &mut self,
        function: &Function,
        kind: Kind,
        argument: &Expr,
        first: Option<&Part>,
    ) -> Part {
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
                Some(()) => self.many(argument),
                None => Part::unknown(argument.range.clone()),
            },
            Kind::Question => match self.question(function, argument) {
                Some(()) => self.value(argument),
                None => Part::unknown(argument.range.clone()),
            },
            Kind::Roster => self.roster(argument),
            Kind::Parent => self.parent(argument),
            Kind::Pattern => self.pattern(argument),
            Kind::Format => self.format(argument),
            Kind::QuestionName => self.question_name(argument, first),
            Kind::Constant => self.constant(function, argument),
            Kind::ListName => self.list_name(argument),
            Kind::Column => self.list_column(argument, first),
            Kind::OneOf(words) => self.one_of(function, argument, words),
        }
    }

    /// A choice list, by its name.
    pub(super) fn list_name(&mut self, argument: &Expr) -> Part {
        match self.written_out(argument, "the name of the list").map(|name| (name, self.scope.list(name))) {
            Some((name, Err(lists))) => {
                let message = format!("there is no choice list `{name}`");
                let help = "name one of the [lists], without .csv".to_owned();
                self.no_such(argument, name, &lists, message, help)
            }
            Some((_, Ok(_))) => self.value(argument),
            None => Part::unknown(argument.range.clone()),
        }
    }

    /// A column of the list that the first argument names.
    fn list_column(&mut self, argument: &Expr, list: Option<&Part>) -> Part {
        let columns = list.and_then(Part::literal_text).and_then(|list| self.scope.list(list).ok());
        match (self.written_out(argument, "the name of the column"), columns) {
            (Some(name), Some(columns)) if !columns.is_empty() && !columns.contains(&name) => {
                let message = format!("this list has no column `{name}`");
                let help = format!("its columns are {}", columns.join(", "));
                self.no_such(argument, name, &columns, message, help)
            }
            (Some(_), _) => self.value(argument),
            (None, _) => Part::unknown(argument.range.clone()),
        }
    }

    /// A word that must be one of these.
    fn one_of(&mut self, function: &Function, argument: &Expr, words: &[&str]) -> Part {
        match self.written_out(argument, "this") {
            Some(word) if !words.contains(&word) => {
                let message = format!("{}() does not know `{word}`", function.name);
                let help = format!("it knows {}", words.join(", "));
                self.no_such(argument, word, words, message, help)
            }
            Some(_) => self.value(argument),
            None => Part::unknown(argument.range.clone()),
        }
    }

    /// Reports a written-out name that is none of these, with the nearest or else this help.
    fn no_such(
        &mut self,
        argument: &Expr,
        name: &str,
        known: &[&str],
        message: String,
        help: String,
    ) -> Part {
        let near = nearest(name, known.iter().copied()).map(|near| format!("did you mean '{near}'?"));
        let range = argument.range.clone();
        self.report(Problem::error(Code::UnknownName, range.clone(), message).help(near.unwrap_or(help)));
        Part::unknown(range)
    }

    /// A part that reads no answer.
    fn constant(&mut self, function: &Function, argument: &Expr) -> Part {
        if let Some(answer) = argument.first_reference() {
            self.report(
                Problem::error(
                    Code::Unsupported,
                    answer,
                    format!("{}() cannot hold what reads an answer", function.name),
                )
                .help(format!("a calculation follows its answers: leave {}() out", function.name)),
            );
            return Part::unknown(argument.range.clone());
        }
        self.value(argument)
    }

    /// A part that may have many values.
    fn many(&mut self, argument: &Expr) -> Part {
        let range = argument.range.clone();
        if !is_reference(argument) || (self.in_look_up() && matches!(argument.kind, ExprKind::Word(_))) {
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
        if let Some(path) = super::look_up::path(argument) {
            return self.look_up_rows(path, argument);
        }
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
        if let Some(reference) = reference {
            self.note(&reference);
            Part::new(Node::ReadMany(reference.slot), Ty::Unknown, range)
        } else {
            self.report(
                Problem::error(Code::NoPlace, range.clone(), "there is no row here")
                    .help("position(..) works inside a roster"),
            );
            Part::unknown(range)
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
                match moment_literal(&text) {
                    Some((node, ty)) => {
                        part.node = node;
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
    fn question_name(&mut self, argument: &Expr, choice: Option<&Part>) -> Part {
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
                let mut part = Part::new(Node::ReadMany(reference.slot), Ty::Unknown, range);
                part.choices = reference.choices;
                if let Some(choice) = choice {
                    self.named_choices(&part, choice);
                }
                part
            }
            Err(why) => {
                self.unresolved(name, range.clone(), why);
                Part::unknown(range)
            }
        }
    }
}

/// Whether it is a name, and nothing else.
pub(super) fn is_reference(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Name(..) | ExprKind::This | ExprKind::Word(_))
}
