//! What names stand for, as seen from a place in the questionnaire.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::document::{DraftList, Placed};
use super::{ChoiceList, ItemId};
use crate::diagnostic::{Diagnostic, Report, Span, nearest};
use crate::expression::{self, Expect, Expression, Problem, Reference, Scope, Slot, Unresolved};
use crate::value::Type;

/// What an item's name stands for.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    /// An answer or a calculated value, with the names of the choices it can be.
    Value(Type, Option<Arc<[String]>>),
    /// Rows.
    Rows,
    /// Nothing: a section, group, grid or note, by its word.
    Nothing(&'static str),
    /// Not known, because of a mistake that is reported elsewhere.
    Unsure,
}

/// All names of a questionnaire.
#[derive(Debug, Default)]
pub(super) struct Known<'d> {
    pub(super) names: HashMap<&'d str, ItemId>,
    pub(super) meanings: Vec<Meaning>,
    /// The rosters that each item is in.
    pub(super) rosters: Vec<&'d [ItemId]>,
    /// Rosters with one row for each row of another.
    pub(super) same_rows: HashMap<ItemId, ItemId>,
    /// Names that cannot be names, each of which is reported where it is given.
    pub(super) refused: HashSet<&'d str>,
    /// Whether these are all names; otherwise one that is not there proves nothing.
    pub(super) complete: bool,
    /// The choice lists.
    pub(super) lists: &'d [DraftList],
    /// Indices of the lists that expressions have looked something up in.
    pub(super) looked_up: RefCell<HashSet<usize>>,
}

impl<'d> Known<'d> {
    pub(super) fn meaning(&self, id: ItemId) -> &Meaning {
        self.meanings.get(id.0 as usize).unwrap_or(&Meaning::Unsure)
    }

    pub(super) fn rosters(&self, id: ItemId) -> &'d [ItemId] {
        self.rosters.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The roster whose rows a roster has: its own, or those of another.
    fn source_of_rows(&self, mut roster: ItemId) -> ItemId {
        // Circles are reported elsewhere, and must not hold us up here.
        for _ in 0..self.same_rows.len() {
            match self.same_rows.get(&roster) {
                Some(other) => roster = *other,
                None => break,
            }
        }
        roster
    }

    /// Whether something in the rosters `inner` has one value as seen from a place in `outer`.
    fn is_one(&self, inner: &[ItemId], outer: &[ItemId]) -> bool {
        inner.len() <= outer.len()
            && inner
                .iter()
                .zip(outer)
                .all(|(a, b)| a == b || self.source_of_rows(*a) == self.source_of_rows(*b))
    }
}

/// The columns of a list, as a choice filter sees them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns<'a> {
    pub(super) list: &'a ChoiceList,
    pub(super) names: &'a Arc<[String]>,
}

/// The names as seen from one place.
#[derive(Debug)]
pub(super) struct View<'a> {
    known: &'a Known<'a>,
    rosters: &'a [ItemId],
    this: Option<ItemId>,
    columns: Option<Columns<'a>>,
    /// Names that were asked for and are not to be judged.
    unsure: RefCell<Vec<String>>,
}

impl<'a> View<'a> {
    /// From a place in these rosters, outermost first.
    pub(super) fn new(known: &'a Known<'a>, rosters: &'a [ItemId]) -> Self {
        Self { known, rosters, this: None, columns: None, unsure: RefCell::default() }
    }

    /// With `.` standing for an item.
    pub(super) fn about(self, item: ItemId) -> Self {
        Self { this: Some(item), ..self }
    }

    /// With bare names standing for columns.
    pub(super) fn with_columns(self, columns: Columns<'a>) -> Self {
        Self { columns: Some(columns), ..self }
    }

    fn reference(&self, id: ItemId) -> Result<Reference, Unresolved> {
        let slot = Slot(id.0);
        match self.known.meaning(id) {
            Meaning::Value(ty, choices) => Ok(Reference {
                slot,
                ty: Some(*ty),
                many: !self.known.is_one(self.known.rosters(id), self.rosters),
                choices: choices.clone(),
            }),
            Meaning::Rows => Ok(Reference { slot, ty: None, many: true, choices: None }),
            Meaning::Nothing(word) => {
                Err(Unresolved::OutOfScope(format!("it is a {word}, which has no answer")))
            }
            Meaning::Unsure => Err(Unresolved::Unknown),
        }
    }

    /// Compiles an expression that stands here. Its mistakes are reported at their places.
    pub(super) fn compile(
        &self,
        written: &Placed<String>,
        expect: Expect,
        report: &mut Report,
    ) -> Option<Expression> {
        self.compile_part(written, 0..written.value.len(), expect, report)
    }

    /// Compiles the part of a text that is an expression.
    pub(super) fn compile_part(
        &self,
        written: &Placed<String>,
        part: std::ops::Range<usize>,
        expect: Expect,
        report: &mut Report,
    ) -> Option<Expression> {
        let text = written.value.get(part.clone())?;
        let (expression, problems) = expression::compile(text, self, expect);
        for mut problem in problems {
            if self.is_consequence(&problem, text) {
                continue;
            }
            self.speak_of_columns(&mut problem, text);
            let range = part.start + problem.range.start..part.start + problem.range.end;
            report.push(diagnostic(problem, place(written, range, report)));
        }
        expression
    }

    /// In a choice filter, a bare name that means nothing was meant as a column.
    fn speak_of_columns(&self, problem: &mut Problem, text: &str) {
        let (Some(columns), Some(bare)) = (self.columns, text.get(problem.range.clone())) else { return };
        let is_name = bare.starts_with(|c: char| c.is_ascii_alphabetic())
            && bare.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let names_a_question = text.get(..problem.range.start).is_some_and(|t| t.ends_with('{'));
        if !is_name || names_a_question || columns.list.column_slot(bare).is_some() {
            return;
        }
        let known = || ["name", "code"].into_iter().chain(columns.list.columns.iter().map(String::as_str));
        problem.message = format!("list `{}` has no column `{bare}`", columns.list.name);
        problem.help = Some(match nearest(bare, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "its columns are {}; an answer is read as ${{name}}, and a text stands in quotes: '{bare}'",
                known().collect::<Vec<_>>().join(", ")
            ),
        });
    }

    /// Whether a problem only follows from a mistake that is reported elsewhere.
    fn is_consequence(&self, problem: &Problem, text: &str) -> bool {
        let about = text.get(problem.range.clone()).unwrap_or(text);
        self.unsure.borrow().iter().any(|name| about.contains(name.as_str()))
    }
}

impl Scope for View<'_> {
    fn resolve(&self, name: &str) -> Result<Reference, Unresolved> {
        let id = self.known.names.get(name).copied();
        let is_unsure = id.map_or(!self.known.complete || self.known.refused.contains(name), |id| {
            matches!(self.known.meaning(id), Meaning::Unsure)
        });
        if is_unsure {
            self.unsure.borrow_mut().push(name.to_owned());
        }
        self.reference(id.ok_or(Unresolved::Unknown)?)
    }

    fn this(&self) -> Option<Reference> {
        self.reference(self.this?).ok()
    }

    fn row(&self) -> Option<Reference> {
        self.reference(*self.rosters.last()?).ok()
    }

    fn column(&self, name: &str) -> Option<Reference> {
        let columns = self.columns?;
        let slot = columns.list.column_slot(name)?;
        let (ty, choices) = match name {
            "name" => (Type::Choice, Some(Arc::clone(columns.names))),
            "code" => (Type::Integer, None),
            _ => (Type::Text, None),
        };
        Some(Reference { slot, ty: Some(ty), many: false, choices })
    }

    fn list(&self, name: &str) -> Result<Vec<&str>, Vec<&str>> {
        let lists = self.known.lists;
        match lists.iter().enumerate().find(|(_, list)| list.name.value == name) {
            Some((index, list)) => {
                self.known.looked_up.borrow_mut().insert(index);
                if !list.complete {
                    return Ok(Vec::new());
                }
                Ok(["name", "code"].into_iter().chain(list.columns.iter().map(String::as_str)).collect())
            }
            None => Err(lists.iter().map(|list| list.name.value.as_str()).collect()),
        }
    }

    fn names(&self) -> Vec<&str> {
        let usable = |id: ItemId| matches!(self.known.meaning(id), Meaning::Value(..) | Meaning::Rows);
        self.known.names.iter().filter(|(_, id)| usable(**id)).map(|(name, _)| *name).collect()
    }
}

/// A problem at its place, its help as a sentence like those of the other diagnostics.
fn diagnostic(problem: Problem, span: Span) -> Diagnostic {
    let new = if problem.warning { Diagnostic::warning } else { Diagnostic::error };
    let mut diagnostic = new(problem.code, span, problem.message);
    diagnostic.help = problem.help.map(|help| {
        let stop = if help.ends_with(['.', '?', '!']) { "" } else { "." };
        // The name of a function stays as it is.
        let is_word = help.split(' ').next().is_some_and(|word| word.chars().all(char::is_alphabetic));
        let mut letters = help.chars();
        match letters.next().filter(|_| is_word) {
            Some(first) => format!("{}{}{stop}", first.to_uppercase(), letters.as_str()),
            None => format!("{help}{stop}"),
        }
    });
    diagnostic
}

/// The place of a part of a text that stands in a TOML file: exact unless escapes or line ends
/// before its end make the written text differ from the text.
pub(super) fn place(written: &Placed<String>, part: std::ops::Range<usize>, report: &Report) -> Span {
    let exact = || {
        let source = report.sources.get(written.span.file)?;
        let raw = source.text.get(written.span.range.clone())?;
        let quotes = ["\"\"\"\r\n", "\"\"\"\n", "\"\"\"", "'''\r\n", "'''\n", "'''", "\"", "'"];
        // In a CSV file there may be none.
        let opening = quotes.into_iter().find(|q| raw.starts_with(q)).map_or(0, str::len);
        let inner = raw.get(opening..)?;
        // An empty place, such as the end, still needs a letter to point at.
        let same = inner.get(..part.end)? == written.value.get(..part.end)?;
        let start = written.span.range.start + opening;
        same.then(|| Span::new(written.span.file, start + part.start..start + part.end))
    };
    exact().unwrap_or_else(|| written.span.clone())
}
