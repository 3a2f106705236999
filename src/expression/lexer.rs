//! Text to tokens. Never fails: what means nothing becomes a problem and is passed over.

use std::ops::Range;

use super::problem::{Code, Problem};

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Op {
    /// How it is written.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "div",
            Self::Modulo => "mod",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// Digits without a point that fit 64 bits.
    Integer(i64),
    /// Any other number.
    Decimal(f64),
    /// A text in quotes, without them.
    Text(String),
    /// `${name}`; the range is that of the name alone.
    Name(String, Range<usize>),
    /// A bare name: a function or a column.
    Word(String),
    Op(Op),
    /// `.`
    This,
    /// `..`
    Parent,
    Open,
    Close,
    Comma,
    /// The beginning of a path, a union or a predicate: `/`, `|`, `[`, `]`, `@`.
    Path(char),
    End,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) range: Range<usize>,
}

/// The tokens of a text, ending with [`TokenKind::End`], and what could not be read.
pub(super) fn lex(text: &str) -> (Vec<Token>, Vec<Problem>) {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), problems: Vec::new() };
    while lexer.step() {}
    lexer.push(TokenKind::End, text.len());
    (lexer.tokens, lexer.problems)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    problems: Vec<Problem>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Adds the token that runs from `start` to the current place.
    fn push(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(Token { kind, range: start..self.at.max(start) });
    }

    fn operator(&mut self, op: Op, length: usize) {
        let start = self.at;
        self.at += length;
        self.push(TokenKind::Op(op), start);
    }

    /// An operator of another language, read as what is meant, and reported.
    fn foreign(&mut self, op: Op, length: usize) {
        let range = self.at..self.at + length;
        let written = self.rest().get(..length).unwrap_or_default();
        self.problems.push(
            Problem::error(Code::Foreign, range, format!("`{written}` is not an operator here"))
                .help(format!("write `{}`", op.symbol())),
        );
        self.operator(op, length);
    }

    /// Whether an operand has just ended, so that an operator must follow.
    fn after_operand(&self) -> bool {
        self.tokens.last().is_some_and(|t| {
            matches!(
                t.kind,
                TokenKind::Integer(_)
                    | TokenKind::Decimal(_)
                    | TokenKind::Text(_)
                    | TokenKind::Name(..)
                    | TokenKind::Word(_)
                    | TokenKind::This
                    | TokenKind::Parent
                    | TokenKind::Close
            )
        })
    }

    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return false };
        let start = self.at;
        let simple = match first {
            c if c.is_whitespace() => {
                self.at += c.len_utf8();
                return true;
            }
            '(' => Some(TokenKind::Open),
            ')' => Some(TokenKind::Close),
            ',' => Some(TokenKind::Comma),
            '[' | ']' | '@' => Some(TokenKind::Path(first)),
            _ => None,
        };
        if let Some(kind) = simple {
            self.at += 1;
            self.push(kind, start);
            return true;
        }
        if self.symbol(rest) {
            return true;
        }
        match first {
            '\'' | '"' => self.quoted(first, first),
            '‘' | '’' => self.curly('’'),
            '“' | '”' => self.curly('”'),
            '$' => self.name(),
            '0'..='9' => self.number(),
            '.' if rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) => self.number(),
            '.' => {
                let parent = rest.starts_with("..");
                self.at += if parent { 2 } else { 1 };
                self.push(if parent { TokenKind::Parent } else { TokenKind::This }, start);
            }
            c if c.is_alphabetic() || c == '_' => self.word(),
            c => {
                self.at += c.len_utf8();
                let problem = Problem::error(
                    Code::Character,
                    start..self.at,
                    format!("`{}` means nothing here", c.escape_debug()),
                );
                self.problems.push(if c == '!' { problem.help("write not(...)") } else { problem });
            }
        }
        true
    }

    /// Operators made of signs. Longest first.
    fn symbol(&mut self, rest: &str) -> bool {
        const SIGNS: &[(&str, Op, bool)] = &[
            ("<=", Op::LessOrEqual, false),
            (">=", Op::GreaterOrEqual, false),
            ("!=", Op::NotEqual, false),
            ("==", Op::Equal, true),
            ("<>", Op::NotEqual, true),
            ("&&", Op::And, true),
            ("||", Op::Or, true),
            ("≤", Op::LessOrEqual, true),
            ("≥", Op::GreaterOrEqual, true),
            ("≠", Op::NotEqual, true),
            ("×", Op::Multiply, true),
            ("−", Op::Subtract, true),
            ("%", Op::Modulo, true),
            ("=", Op::Equal, false),
            ("<", Op::Less, false),
            (">", Op::Greater, false),
            ("+", Op::Add, false),
            ("-", Op::Subtract, false),
            ("*", Op::Multiply, false),
        ];
        if let Some((sign, op, foreign)) = SIGNS.iter().find(|(sign, ..)| rest.starts_with(sign)) {
            if *foreign {
                self.foreign(*op, sign.len());
            } else {
                self.operator(*op, sign.len());
            }
            return true;
        }
        if let Some(path) = rest.chars().next().filter(|c| matches!(c, '/' | '|')) {
            let start = self.at;
            self.at += if rest.starts_with("//") { 2 } else { 1 };
            self.push(TokenKind::Path(path), start);
            return true;
        }
        false
    }

    fn quoted(&mut self, open: char, close: char) {
        let start = self.at;
        self.at += open.len_utf8();
        let rest = self.rest();
        let length = rest.find(close).unwrap_or(rest.len());
        self.at += length;
        if rest.len() == length {
            self.problems.push(
                Problem::error(Code::Unclosed, start..self.at, "this text is not closed")
                    .help(format!("end it with {close}")),
            );
        } else {
            self.at += close.len_utf8();
        }
        self.push(TokenKind::Text(rest.get(..length).unwrap_or_default().to_owned()), start);
    }

    /// A text in the quotation marks of a word processor.
    fn curly(&mut self, close: char) {
        let start = self.at;
        self.quoted(close, close);
        self.problems.push(
            Problem::error(Code::Character, start..self.at, "a text stands in straight quotation marks")
                .help("write ' or \" instead of the curly marks of a word processor"),
        );
    }

    fn name(&mut self) {
        let start = self.at;
        let Some(inner) = self.rest().strip_prefix("${") else {
            self.at += 1;
            self.problems.push(
                Problem::error(Code::Character, start..self.at, "`$` alone means nothing")
                    .help("write ${name} to read an answer"),
            );
            return;
        };
        let end = inner.find('}');
        // Without its brace, the name ends where a name can no longer go on.
        let length = end.unwrap_or_else(|| {
            inner.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(inner.len())
        });
        let written = inner.get(..length).unwrap_or_default();
        let name = written.trim();
        let from = start + 2 + (written.len() - written.trim_start().len());
        self.at = start + 2 + length + usize::from(end.is_some());
        if end.is_none() {
            self.problems.push(
                Problem::error(Code::Unclosed, start..self.at, format!("the name `{name}` is not closed"))
                    .help(format!("write ${{{name}}}")),
            );
        }
        self.push(TokenKind::Name(name.to_owned(), from..from + name.len()), start);
    }

    fn number(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let mut point = false;
        let length = rest
            .find(|c: char| match c {
                '.' if !point => {
                    point = true;
                    false
                }
                c => !c.is_ascii_digit(),
            })
            .unwrap_or(rest.len());
        self.at += length;
        let digits = rest.get(..length).unwrap_or_default();
        let integer = if point { None } else { digits.parse().ok() };
        let kind = match integer {
            Some(i) => TokenKind::Integer(i),
            // Digits with at most one point always parse; hundreds of them may overflow.
            None => match digits.parse::<f64>() {
                Ok(d) if d.is_finite() => TokenKind::Decimal(d),
                _ => {
                    self.problems.push(Problem::error(
                        Code::Syntax,
                        start..self.at,
                        "this number is too large",
                    ));
                    TokenKind::Decimal(0.0)
                }
            },
        };
        self.push(kind, start);
    }

    fn word(&mut self) {
        const OPERATORS: &[(&str, Op)] =
            &[("and", Op::And), ("or", Op::Or), ("div", Op::Divide), ("mod", Op::Modulo)];
        let start = self.at;
        let rest = self.rest();
        let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        if self.after_operand() {
            // `1and1` is three tokens in the field's tools, so it is here.
            for (word, op) in OPERATORS {
                let next = rest.strip_prefix(word).map(|r| r.chars().next());
                if next.is_some_and(|c| !c.is_some_and(|c| goes_on(c) && !c.is_ascii_digit() && c != '-')) {
                    self.operator(*op, word.len());
                    return;
                }
            }
        }
        let mut length = rest.find(|c| !goes_on(c)).unwrap_or(rest.len());
        // A prefix, as in `jr:choice-name`.
        if let Some(after) = rest.get(length..).and_then(|r| r.strip_prefix(':'))
            && after.starts_with(char::is_alphabetic)
        {
            length += 1 + after.find(|c| !goes_on(c)).unwrap_or(after.len());
        }
        let word = rest.get(..length).unwrap_or_default();
        if self.after_operand()
            && let Some((_, op)) = OPERATORS.iter().find(|(w, _)| word.eq_ignore_ascii_case(w))
        {
            self.foreign(*op, length);
            return;
        }
        self.at += length;
        self.push(TokenKind::Word(word.to_owned()), start);
    }
}
