//! Looking something up in a choice list, row by row.

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset};

use super::lexer::Op;
use super::node::Node;
use super::operand::Operand;
use super::{Env, Slot};
use crate::value::{Missing, Value};

/// `instance('list')/root/item[…]…/column`
#[derive(Debug)]
pub(super) struct LookUp {
    pub(super) list: String,
    pub(super) predicates: Vec<Predicate>,
    /// None where only the rows are counted.
    pub(super) column: Option<String>,
}

/// What stands in square brackets.
#[derive(Debug)]
pub(super) enum Predicate {
    /// Rows for which this holds.
    Condition(Node),
    /// The row at this place, from 1, among those left so far.
    Place(usize),
}

impl LookUp {
    /// The conditions on rows.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Node> {
        self.predicates.iter().filter_map(|predicate| match predicate {
            Predicate::Condition(condition) => Some(condition),
            Predicate::Place(_) => None,
        })
    }

    /// What stands in the column, in the first row that fits.
    pub(super) fn first<'a>(&'a self, env: &'a dyn Env) -> Operand<'a> {
        self.rows(env, true).first().map_or(Operand::Empty, |row| self.cell(*row, env))
    }

    /// What stands in the column, in every row that fits.
    pub(super) fn all<'a>(&'a self, env: &'a dyn Env) -> Vec<Operand<'a>> {
        self.rows(env, false).into_iter().map(|row| self.cell(row, env)).collect()
    }

    fn cell<'a>(&'a self, row: usize, env: &'a dyn Env) -> Operand<'a> {
        let column = self.column.as_deref().unwrap_or("name");
        Operand::from_value(env.cell(&self.list, row, column))
    }

    /// The rows that fit, in the order of the list.
    fn rows(&self, env: &dyn Env, only_first: bool) -> Vec<usize> {
        let mut rows: Vec<usize> = match self.key(env) {
            // A row that is found by its name need not be searched for.
            Some(key) => env.row_named(&self.list, &key).into_iter().collect(),
            None => (0..env.rows_in(&self.list)).collect(),
        };
        let last = self.predicates.len().saturating_sub(1);
        for (at, predicate) in self.predicates.iter().enumerate() {
            match predicate {
                Predicate::Place(place) => {
                    let picked = place.checked_sub(1).and_then(|at| rows.get(at)).copied();
                    rows = picked.into_iter().collect();
                }
                Predicate::Condition(condition) => {
                    let fits = |row: &usize| {
                        condition.evaluate(&InRow { outer: env, list: &self.list, row: *row }).truth()
                    };
                    rows = if only_first && at == last {
                        rows.into_iter().find(fits).into_iter().collect()
                    } else {
                        rows.into_iter().filter(fits).collect()
                    };
                }
            }
        }
        rows
    }

    /// The name that the first condition asks for, if it is `name = …` of what no column decides.
    fn key(&self, env: &dyn Env) -> Option<String> {
        let Some(Predicate::Condition(Node::Binary(Op::Equal, sides))) = self.predicates.first() else {
            return None;
        };
        let [left, right] = sides.as_ref();
        let is_name = |node: &Node| matches!(node, Node::Column(name) if name == "name");
        let asked = match (is_name(left), is_name(right)) {
            (true, false) => right,
            (false, true) => left,
            _ => return None,
        };
        match asked {
            Node::Read(_) | Node::Literal(_) => Some(asked.evaluate(env).into_text().into_owned()),
            _ => None,
        }
    }
}

/// The answers around a look-up, and one row of the list.
struct InRow<'e> {
    outer: &'e dyn Env,
    list: &'e str,
    row: usize,
}

impl Env for InRow<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.outer.cell(self.list, self.row, name)
    }

    fn value(&self, slot: Slot) -> Option<Cow<'_, Value>> {
        self.outer.value(slot)
    }

    fn values(&self, slot: Slot) -> Vec<Option<Cow<'_, Value>>> {
        self.outer.values(slot)
    }

    fn value_in_rows(&self, slot: Slot, rows: &[(Slot, usize)]) -> Option<Cow<'_, Value>> {
        self.outer.value_in_rows(slot, rows)
    }

    fn missing(&self, slot: Slot) -> Option<Missing> {
        self.outer.missing(slot)
    }

    fn position(&self, roster: Slot) -> Option<usize> {
        self.outer.position(roster)
    }

    fn label(&self, slot: Slot, choice: &str) -> Option<String> {
        self.outer.label(slot, choice)
    }

    fn look_up(&self, list: &str, column: &str, by: &str, key: &str) -> Option<String> {
        self.outer.look_up(list, column, by, key)
    }

    fn rows_in(&self, list: &str) -> usize {
        self.outer.rows_in(list)
    }

    fn row_named(&self, list: &str, name: &str) -> Option<usize> {
        self.outer.row_named(list, name)
    }

    fn cell(&self, list: &str, row: usize, column: &str) -> Option<Cow<'_, Value>> {
        self.outer.cell(list, row, column)
    }

    fn enumerator(&self) -> Cow<'_, str> {
        self.outer.enumerator()
    }

    fn now(&self) -> DateTime<FixedOffset> {
        self.outer.now()
    }

    fn random(&self) -> f64 {
        self.outer.random()
    }
}
