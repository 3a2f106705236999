//! Tokens to a tree. Never fails: where something is missing the tree holds [`ExprKind::Error`]
//! and a problem says so.
//!
//! ```text
//! expression = or
//! or         = and { "or" and }
//! and        = equality { "and" equality }
//! equality   = relation { ( "=" | "!=" ) relation }
//! relation   = sum { ( "<" | "<=" | ">" | ">=" ) sum }
//! sum        = product { ( "+" | "-" ) product }
//! product    = unary { ( "*" | "div" | "mod" ) unary }
//! unary      = { "-" } operand
//! operand    = number | text | "${" name "}" | "." | ".." | column
//!            | function "(" [ expression { "," expression } ] ")"
//!            | "instance" "(" text ")" "/root/item" { "[" expression "]" } [ "/" column ]
//!            | "(" expression ")"
//! ```
//!
//! All binary operators group to the left. `and`, `or`, `div` and `mod` are operators only where
//! an operator can stand.

use std::ops::Range;

use super::lexer::{Op, Token, TokenKind, lex};
use super::problem::{Code, Problem};

/// How deep a tree may be. Checking and evaluating recurse no deeper than this.
pub(super) const MAX_DEPTH: usize = 128;

#[derive(Debug, Clone)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) range: Range<usize>,
    depth: usize,
}

#[derive(Debug, Clone)]
pub(super) enum ExprKind {
    /// Something that could not be read; it has been reported.
    Error,
    Integer(i64),
    Decimal(f64),
    Text(String),
    /// `${name}`, with the range of the name alone.
    Name(String, Range<usize>),
    /// A bare name.
    Word(String),
    This,
    Parent,
    /// Two or more conditions joined by `and`.
    And(Vec<Expr>),
    /// Two or more conditions joined by `or`.
    Or(Vec<Expr>),
    /// Any other operator; the range is the operator's.
    Binary(Op, Range<usize>, Box<[Expr; 2]>),
    Negate(Box<Expr>),
    /// A function's name, its range, and the arguments.
    Call(String, Range<usize>, Vec<Expr>),
    /// A look-up in a choice list.
    LookUp(Box<Path>),
}

/// `instance(list)/root/item[predicate]…/column`
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) list: Expr,
    pub(super) predicates: Vec<Expr>,
    pub(super) column: Option<(String, Range<usize>)>,
}

impl Expr {
    /// Where the first answer is read, if any is.
    pub(super) fn first_reference(&self) -> Option<Range<usize>> {
        match &self.kind {
            ExprKind::Name(..) | ExprKind::Word(_) | ExprKind::This | ExprKind::Parent => {
                Some(self.range.clone())
            }
            ExprKind::And(parts) | ExprKind::Or(parts) | ExprKind::Call(_, _, parts) => {
                parts.iter().find_map(Self::first_reference)
            }
            ExprKind::Binary(_, _, sides) => sides.iter().find_map(Self::first_reference),
            ExprKind::Negate(inner) => inner.first_reference(),
            ExprKind::LookUp(path) => path.predicates.iter().find_map(Self::first_reference),
            ExprKind::Error | ExprKind::Integer(_) | ExprKind::Decimal(_) | ExprKind::Text(_) => None,
        }
    }
}

/// The tree of a text, and what is wrong with it.
pub(super) fn parse(text: &str) -> (Expr, Vec<Problem>) {
    let (tokens, problems) = lex(text);
    let mut parser = Parser { tokens, at: 0, problems, nesting: 0, brackets: 0 };
    let tree = parser.expression(0);
    parser.end();
    (tree, parser.problems)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    problems: Vec<Problem>,
    nesting: usize,
    /// How many square brackets are open.
    brackets: usize,
}

impl Parser {
    /// The token at the current place; the last one is always [`TokenKind::End`].
    fn peek(&self) -> (TokenKind, Range<usize>) {
        self.tokens.get(self.at).map_or((TokenKind::End, 0..0), |t| (t.kind.clone(), t.range.clone()))
    }

    fn is(&self, kind: &TokenKind) -> bool {
        self.tokens.get(self.at).is_none_or(|t| t.kind == *kind)
    }

    /// Moves on, but never beyond the end.
    fn next(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len().saturating_sub(1));
    }

    fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn leaf(kind: ExprKind, range: Range<usize>) -> Expr {
        Expr { kind, range, depth: 1 }
    }

    /// A node over its parts, unless that would make the tree too deep.
    fn node(&mut self, kind: ExprKind, range: Range<usize>, depth: usize) -> Expr {
        if depth < MAX_DEPTH {
            return Expr { kind, range, depth: depth + 1 };
        }
        self.too_deep(range.clone());
        Self::leaf(ExprKind::Error, range)
    }

    fn is_too_deep(&self) -> bool {
        self.problems.iter().any(|p| p.code == Code::Depth.text())
    }

    fn too_deep(&mut self, range: Range<usize>) {
        if !self.is_too_deep() {
            self.report(
                Problem::error(
                    Code::Depth,
                    range,
                    format!("this is nested more than {MAX_DEPTH} levels deep"),
                )
                .help("split it into several calculations"),
            );
        }
    }

    /// An expression whose operators all bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Expr {
        let mut left = self.unary();
        loop {
            let (TokenKind::Op(op), op_range) = self.peek() else {
                if self.refuse_path() {
                    left.kind = ExprKind::Error;
                    left.depth = 1;
                    continue;
                }
                return left;
            };
            let tightness = tightness(op);
            if tightness < least {
                return left;
            }
            self.next();
            let right = self.expression(tightness + 1);
            left = self.join(op, op_range, left, right);
        }
    }

    fn join(&mut self, op: Op, op_range: Range<usize>, left: Expr, right: Expr) -> Expr {
        let range = left.range.start..right.range.end;
        let depth = left.depth.max(right.depth);
        let kind = match (op, left.kind) {
            // Long lists of conditions stay flat, so that they may be as long as people write them.
            (Op::And, ExprKind::And(mut all)) | (Op::Or, ExprKind::Or(mut all)) => {
                let depth = left.depth.max(right.depth + 1);
                all.push(right);
                let kind = if op == Op::And { ExprKind::And(all) } else { ExprKind::Or(all) };
                return self.node(kind, range, depth - 1);
            }
            (Op::And, kind) => ExprKind::And(vec![Expr { kind, ..left }, right]),
            (Op::Or, kind) => ExprKind::Or(vec![Expr { kind, ..left }, right]),
            (_, kind) => ExprKind::Binary(op, op_range, Box::new([Expr { kind, ..left }, right])),
        };
        self.node(kind, range, depth)
    }

    fn unary(&mut self) -> Expr {
        let mut signs = Vec::new();
        while let (TokenKind::Op(Op::Subtract), range) = self.peek() {
            signs.push(range.start);
            self.next();
        }
        let mut operand = self.operand();
        while let Some(start) = signs.pop() {
            let range = start..operand.range.end;
            let depth = operand.depth;
            operand = self.node(ExprKind::Negate(Box::new(operand)), range, depth);
        }
        operand
    }

    fn operand(&mut self) -> Expr {
        let (kind, range) = self.peek();
        let kind = match kind {
            TokenKind::Integer(i) => ExprKind::Integer(i),
            TokenKind::Decimal(d) => ExprKind::Decimal(d),
            TokenKind::Text(t) => ExprKind::Text(t),
            TokenKind::Name(name, at) => ExprKind::Name(name, at),
            TokenKind::This => ExprKind::This,
            TokenKind::Parent => ExprKind::Parent,
            TokenKind::Word(word) => {
                if self.stray_operator(&word).is_some() {
                    self.missing_operand(range.clone());
                    return Self::leaf(ExprKind::Error, range.start..range.start);
                }
                self.next();
                if self.is(&TokenKind::Open) {
                    let call = self.call(word, range);
                    return self.path(call);
                }
                return Self::leaf(ExprKind::Word(word), range);
            }
            TokenKind::Open => return self.parenthesis(range),
            TokenKind::Path(_) => {
                self.refuse_path();
                return Self::leaf(ExprKind::Error, range);
            }
            TokenKind::Op(_) | TokenKind::Close | TokenKind::Comma | TokenKind::End => {
                self.missing_operand(range.clone());
                return Self::leaf(ExprKind::Error, range.start..range.start);
            }
        };
        self.next();
        Self::leaf(kind, range)
    }

    /// Makes an operator of a word such as `and` that stands where a value should.
    fn stray_operator(&mut self, word: &str) -> Option<()> {
        let op = [Op::And, Op::Or, Op::Divide, Op::Modulo].into_iter().find(|op| op.symbol() == word)?;
        let called = self.tokens.get(self.at + 1).is_some_and(|t| t.kind == TokenKind::Open);
        if called {
            return None;
        }
        self.tokens.get_mut(self.at)?.kind = TokenKind::Op(op);
        Some(())
    }

    /// Says that a value is missing, in terms of what stands before or after.
    fn missing_operand(&mut self, range: Range<usize>) {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|t| t.kind.clone());
        let message = match (before, self.peek().0) {
            (None, TokenKind::End) => "there is no expression".to_owned(),
            (Some(TokenKind::Op(op)), _) => format!("a value is missing after `{}`", op.symbol()),
            (_, TokenKind::Op(op)) => format!("a value is missing before `{}`", op.symbol()),
            _ => "a value is missing here".to_owned(),
        };
        self.report(Problem::error(Code::Syntax, range, message));
    }

    /// Enters one more level of parentheses. `None` if there are too many: they are passed over.
    fn enter(&mut self, range: Range<usize>) -> Option<()> {
        if self.nesting >= MAX_DEPTH {
            self.too_deep(range);
            self.at = self.tokens.len().saturating_sub(1);
            return None;
        }
        self.nesting += 1;
        Some(())
    }

    fn parenthesis(&mut self, open: Range<usize>) -> Expr {
        self.next();
        if self.enter(open.clone()).is_none() {
            return Self::leaf(ExprKind::Error, open);
        }
        let inner = self.expression(0);
        self.nesting -= 1;
        let end = self.close(&open);
        Expr { range: open.start..end.max(inner.range.end), ..inner }
    }

    /// Expects the parenthesis that closes `open`, passing over what else stands before it.
    fn close(&mut self, open: &Range<usize>) -> usize {
        if !matches!(self.peek().0, TokenKind::Close | TokenKind::End) {
            self.unexpected();
            self.skip();
        }
        let (kind, range) = self.peek();
        if kind == TokenKind::Close {
            self.next();
        } else if kind == TokenKind::End && !self.is_too_deep() {
            self.report(
                Problem::error(Code::Syntax, open.clone(), "this parenthesis is not closed")
                    .help("add `)` where it should end"),
            );
        }
        range.end
    }

    fn call(&mut self, name: String, name_range: Range<usize>) -> Expr {
        let open = self.peek().1;
        self.next();
        if self.enter(open.clone()).is_none() {
            return Self::leaf(ExprKind::Error, name_range);
        }
        let mut arguments = Vec::new();
        if !matches!(self.peek().0, TokenKind::Close | TokenKind::End) {
            loop {
                arguments.push(self.expression(0));
                if !matches!(self.peek().0, TokenKind::Comma | TokenKind::Close | TokenKind::End) {
                    self.unexpected();
                    self.skip();
                }
                if self.is(&TokenKind::Comma) {
                    self.next();
                } else {
                    break;
                }
            }
        }
        self.nesting -= 1;
        let end = self.close(&open);
        let depth = arguments.iter().map(|a| a.depth).max().unwrap_or(0);
        let range = name_range.start..end.max(name_range.end);
        self.node(ExprKind::Call(name, name_range, arguments), range, depth)
    }

    /// What follows a call of `instance`: the path to a column of the list, with conditions.
    fn path(&mut self, call: Expr) -> Expr {
        let ExprKind::Call(name, _, arguments) = &call.kind else { return call };
        let ("instance", [list]) = (name.as_str(), arguments.as_slice()) else { return call };
        let (list, start) = (list.clone(), call.range.start);
        let (mut steps, mut predicates) = (Vec::new(), Vec::new());
        let (mut end, mut depth) = (call.range.end, call.depth);
        loop {
            match self.peek().0 {
                TokenKind::Path('/') => {
                    self.next();
                    let (TokenKind::Word(step), range) = self.peek() else { break };
                    end = range.end;
                    steps.push((step, range));
                    self.next();
                }
                TokenKind::Path('[') if steps.len() == 2 => {
                    let open = self.peek().1;
                    self.next();
                    if self.enter(open.clone()).is_none() {
                        return Self::leaf(ExprKind::Error, call.range);
                    }
                    self.brackets += 1;
                    let predicate = self.expression(0);
                    self.brackets -= 1;
                    self.nesting -= 1;
                    depth = depth.max(predicate.depth);
                    predicates.push(predicate);
                    let (kind, range) = self.peek();
                    end = range.end;
                    if kind == TokenKind::Path(']') {
                        self.next();
                    } else {
                        self.report(
                            Problem::error(Code::Syntax, open, "this square bracket is not closed")
                                .help("add `]` where it should end"),
                        );
                        break;
                    }
                }
                _ => break,
            }
        }
        let is_plain =
            matches!(steps.get(..2), Some([(root, _), (item, _)]) if root == "root" && item == "item");
        if !is_plain || steps.len() > 3 {
            self.report(
                Problem::error(Code::Unsupported, start..end, "this is not a look-up that can be read")
                    .help("write instance('list')/root/item[name = ${question}]/column"),
            );
            return Self::leaf(ExprKind::Error, start..end);
        }
        let path = Path { list, predicates, column: steps.into_iter().nth(2) };
        self.node(ExprKind::LookUp(Box::new(path)), start..end, depth)
    }

    /// Whether a path, union or predicate stands here; it is reported and passed over.
    fn refuse_path(&mut self) -> bool {
        let (TokenKind::Path(sign), range) = self.peek() else { return false };
        if sign == ']' && self.brackets > 0 {
            return false;
        }
        let message = match sign {
            '|' => "unions with `|` are not supported",
            '[' | ']' => "conditions in square brackets are not supported",
            _ => "paths are not supported",
        };
        let mut problem = Problem::error(Code::Unsupported, range, message);
        problem = match sign {
            '/' => problem.help("name the question as ${name}; to divide, write `div`"),
            '|' => problem.help("join conditions with `or`; name each question as ${name}"),
            _ => problem.help("name the question as ${name}; to filter a list, use choice_filter"),
        };
        self.report(problem);
        self.skip();
        true
    }

    /// Passes over everything up to the comma or parenthesis that ends this part.
    fn skip(&mut self) {
        let mut open = 0usize;
        loop {
            match self.peek().0 {
                TokenKind::End => return,
                TokenKind::Open => open += 1,
                TokenKind::Close | TokenKind::Comma if open == 0 => return,
                TokenKind::Path(']') if open == 0 && self.brackets > 0 => return,
                TokenKind::Close => open -= 1,
                _ => {}
            }
            self.next();
        }
    }

    fn unexpected(&mut self) {
        let (kind, range) = self.peek();
        let problem = match kind {
            TokenKind::Close => Problem::error(Code::Syntax, range, "this parenthesis closes nothing")
                .help("remove it, or add the `(` that it belongs to"),
            TokenKind::Comma => {
                Problem::error(Code::Syntax, range, "a comma stands only between the arguments of a function")
            }
            _ => Problem::error(Code::Syntax, range, "an operator is missing before this")
                .help("join two conditions with `and` or `or`"),
        };
        self.report(problem);
    }

    /// Reports what is left when the expression is complete.
    fn end(&mut self) {
        if !self.is(&TokenKind::End) {
            self.unexpected();
        }
    }
}

fn tightness(op: Op) -> u8 {
    match op {
        Op::Or => 0,
        Op::And => 1,
        Op::Equal | Op::NotEqual => 2,
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => 3,
        Op::Add | Op::Subtract => 4,
        Op::Multiply | Op::Divide | Op::Modulo => 5,
    }
}
