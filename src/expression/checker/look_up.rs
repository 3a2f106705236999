//! Look-ups in choice lists: `instance('list')/root/item[condition]/column`.

use super::{Checker, Part, Ty};
use crate::diagnostic::nearest;
use crate::expression::look_up::{LookUp, Predicate};
use crate::expression::node::Node;
use crate::expression::parser::{Expr, ExprKind, Path};
use crate::expression::problem::{Code, Problem};
use crate::value::Type;

/// The columns that bare names mean inside the square brackets of a look-up.
#[derive(Debug)]
pub(super) struct Columns(Vec<String>);

impl Checker<'_> {
    /// A look-up that gives values.
    pub(super) fn look_up(&mut self, path: &Path, expr: &Expr) -> Part {
        let part = self.look_up_rows(path, expr);
        if path.column.is_none() && part.is_known() {
            self.report(
                Problem::error(Code::Unsupported, expr.range.clone(), "this names no column of the list")
                    .help("add the column that is wanted, such as /label; count() alone counts without one"),
            );
            return Part::unknown(expr.range.clone());
        }
        part
    }

    /// A look-up of which only the rows may matter.
    pub(super) fn look_up_rows(&mut self, path: &Path, expr: &Expr) -> Part {
        let range = expr.range.clone();
        let list = self.list_name(&path.list);
        let Some(name) = list.literal_text().map(str::to_owned) else {
            // The conditions may hold mistakes of their own, but bare names cannot be judged.
            return Part::unknown(range);
        };
        let known = self.scope.list(&name).unwrap_or_default();
        let mut columns: Vec<String> = known.iter().map(|column| (*column).to_owned()).collect();
        if !columns.is_empty() {
            columns.push("label".to_owned());
        }
        self.columns.push(Columns(columns));
        let predicates = path.predicates.iter().map(|predicate| self.predicate(predicate)).collect();
        let column = path.column.as_ref().map(|(name, at)| {
            let part = self.column(name, at.clone());
            (name.clone(), part.ty)
        });
        self.columns.pop();
        let ty = column.as_ref().map_or(Ty::Is(Type::Text), |(_, ty)| *ty);
        let look_up = LookUp { list: name, predicates, column: column.map(|(name, _)| name) };
        Part::new(Node::LookUp(Box::new(look_up)), ty, range)
    }

    /// A number picks a row by its place; anything else is a condition.
    fn predicate(&mut self, predicate: &Expr) -> Predicate {
        if let ExprKind::Integer(place) = predicate.kind {
            return Predicate::Place(usize::try_from(place).unwrap_or(0));
        }
        Predicate::Condition(self.condition(predicate))
    }

    /// A bare name inside the square brackets.
    pub(super) fn column(&mut self, name: &str, range: std::ops::Range<usize>) -> Part {
        let Some(Columns(columns)) = self.columns.last() else { return Part::unknown(range) };
        if !columns.is_empty() && !columns.iter().any(|column| column == name) {
            let near = nearest(name, columns.iter().map(String::as_str));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its columns are {}", columns.join(", ")),
            };
            let message = format!("this list has no column `{name}`");
            self.report(Problem::error(Code::UnknownName, range.clone(), message).help(help));
            return Part::unknown(range);
        }
        let ty = if name == "code" { Type::Integer } else { Type::Text };
        Part::new(Node::Column(name.to_owned()), Ty::Is(ty), range)
    }

    /// Whether bare names are columns of a look-up here.
    pub(super) fn in_look_up(&self) -> bool {
        !self.columns.is_empty()
    }
}

/// A look-up without a column, as `count()` takes it.
pub(super) fn path(expr: &Expr) -> Option<&Path> {
    match &expr.kind {
        ExprKind::LookUp(path) => Some(path),
        _ => None,
    }
}
