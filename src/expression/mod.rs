//! The expression language: `XLSForm`'s, statically typed, with one documented meaning
//! (`docs/language.md`).
//!
//! Text goes through the lexer and parser (which never fail: a tree and [`Problem`]s) and the
//! checker (types, names through a [`Scope`]) into an [`Expression`], which never errors when it
//! is evaluated. An unanswered question reads as empty; comparing with empty is false, computing
//! with it is empty.

mod checker;
mod compare;
mod condition;
mod format;
pub mod functions;
mod lexer;
mod literals;
mod look_up;
mod moment;
mod node;
mod operand;
mod parser;
mod problem;

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

use crate::value::{Missing, Type, Value};
pub use condition::{Comparison, Condition};
use node::Node;
use problem::Code;
pub use problem::{CODES, Problem};

/// A scope's own number for a name; handed back to the [`Env`] at evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub u32);

/// What a name stands for, as seen from the place where the expression stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// The scope's number for it.
    pub slot: Slot,
    /// What it holds; `None` for a roster or group, which holds no value of its own.
    pub ty: Option<Type>,
    /// Whether it is one value here, or one for each row of a roster.
    pub many: bool,
    /// The names of the choices, where it is a choice or choices.
    pub choices: Option<Arc<[String]>>,
}

/// Why a name cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unresolved {
    /// Nothing has this name.
    Unknown,
    /// It exists, but not from here; the text says why.
    OutOfScope(String),
}

/// The names that an expression may use.
pub trait Scope {
    /// What `${name}` stands for.
    ///
    /// # Errors
    /// Says why it stands for nothing.
    fn resolve(&self, name: &str) -> Result<Reference, Unresolved>;

    /// What `.` stands for, if this is an expression about one question.
    fn this(&self) -> Option<Reference>;

    /// The nearest roster around the expression, whose current row `position(..)` counts.
    fn row(&self) -> Option<Reference> {
        None
    }

    /// What a bare `name` stands for: a column of the choice list in a choice filter.
    fn column(&self, _name: &str) -> Option<Reference> {
        None
    }

    /// The columns of a choice list, `name` and `code` included; none where they are not known.
    ///
    /// # Errors
    /// Gives the names of all lists where there is none of that name.
    fn list(&self, _name: &str) -> Result<Vec<&str>, Vec<&str>> {
        Err(Vec::new())
    }

    /// All names, to suggest the nearest.
    fn names(&self) -> Vec<&str>;
}

/// The answers that an expression is evaluated over. Slots are those that the scope gave.
pub trait Env {
    /// The value at a slot that is one value here; `None` where it is empty or missing.
    fn value(&self, slot: Slot) -> Option<Cow<'_, Value>>;

    /// The values at a slot that is many, in row order. For a roster: one `None` a row.
    fn values(&self, slot: Slot) -> Vec<Option<Cow<'_, Value>>>;

    /// Why the value at a slot is missing, if a reason is known.
    fn missing(&self, slot: Slot) -> Option<Missing>;

    /// The number, from 1, of the current row of a roster.
    fn position(&self, roster: Slot) -> Option<usize>;

    /// The label, in the current language, of a choice of the question at a slot.
    fn label(&self, slot: Slot, choice: &str) -> Option<String>;

    /// What stands in a column of a choice list, in the first choice that has `key` in the column
    /// `by`; `None` where that is empty or there is no such choice.
    fn look_up(&self, _list: &str, _column: &str, _by: &str, _key: &str) -> Option<String> {
        None
    }

    /// The value at a slot in the rows that are picked, each a roster and a place in it from 1; in
    /// rosters that are not picked, in the row that this place is in.
    fn value_in_rows(&self, _slot: Slot, _rows: &[(Slot, usize)]) -> Option<Cow<'_, Value>> {
        None
    }

    /// How many choices a list has.
    fn rows_in(&self, _list: &str) -> usize {
        0
    }

    /// The place, from 0, of the choice of that name in a list.
    fn row_named(&self, _list: &str, _name: &str) -> Option<usize> {
        None
    }

    /// What stands in a column of a list, `label` in the current language; `None` where that is
    /// empty.
    fn cell(&self, _list: &str, _row: usize, _column: &str) -> Option<Cow<'_, Value>> {
        None
    }

    /// What stands in a column of the row that a look-up is at.
    fn column(&self, _name: &str) -> Option<Cow<'_, Value>> {
        None
    }

    /// Who asks, by the name that the interview was begun with; empty where nobody does.
    fn enumerator(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    /// What the clock said when the interview began.
    fn now(&self) -> DateTime<FixedOffset>;

    /// A number in [0, 1), the same at every evaluation of this expression in this place.
    fn random(&self) -> f64;
}

/// What the place of an expression needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// A condition.
    Boolean,
    /// An integer or decimal.
    Number,
    /// Anything that has a value.
    Any,
}

/// A checked expression. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Expression(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    text: String,
    node: Node,
    ty: Type,
    references: Vec<Reference>,
}

/// Parses and checks. The expression is there unless one of the problems is an error. Problems
/// stand in the order of their places.
#[must_use]
pub fn compile(text: &str, scope: &dyn Scope, expect: Expect) -> (Option<Expression>, Vec<Problem>) {
    let (tree, mut problems) = parser::parse(text);
    let mut checked = checker::check(&tree, scope, expect);
    if !problems.is_empty() {
        // Where something could not be read, arguments may seem to be missing that are there.
        checked.problems.retain(|p| p.code != Code::Arguments.text());
    }
    problems.append(&mut checked.problems);
    problems.sort_by_key(|p| (p.range.start, p.range.end));
    if problems.iter().any(|p| !p.warning) {
        return (None, problems);
    }
    let compiled = Compiled {
        text: text.to_owned(),
        node: checked.node,
        ty: checked.ty,
        references: checked.references,
    };
    (Some(Expression(Arc::new(compiled))), problems)
}

/// The longest text, in bytes, that an expression gives.
pub const MOST_TEXT: usize = 1 << 20;

impl Expression {
    /// The text as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The type of what it gives. An integer that outgrows 64 bits comes as a decimal all the same.
    #[must_use]
    pub fn ty(&self) -> Type {
        self.0.ty
    }

    /// What it reads, each once, `.` and the roster of `position(..)` included.
    #[must_use]
    pub fn references(&self) -> &[Reference] {
        &self.0.references
    }

    /// Whether what it gives is made of what stands at a slot: `${a} + 1` is made of `a`, `if(${a} > 1, 'yes', 'no')` is only
    /// chosen by it.
    #[must_use]
    pub fn is_made_of(&self, slot: Slot) -> bool {
        self.0.node.is_made_of(slot)
    }

    /// What it gives; `None` is empty. A decimal is always finite, and a text longer than
    /// [`MOST_TEXT`] is empty, so that calculations which double each other cannot fill the memory.
    #[must_use]
    pub fn evaluate(&self, env: &dyn Env) -> Option<Value> {
        let value = self.0.node.evaluate(env).into_value(self.0.ty);
        value.filter(|value| !matches!(value, Value::Text(text) if text.len() > MOST_TEXT))
    }

    /// Whether it holds, for a condition: empty does not.
    #[must_use]
    pub fn holds(&self, env: &dyn Env) -> bool {
        self.0.node.evaluate(env).truth()
    }
}
