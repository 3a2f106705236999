//! What definitions are checked against, and the checks that several parts of them share.

use super::about::Provider;
use super::definition::{Grouping, Split, Variable};
use super::scope::{self, Scope};
use super::units::{ColumnAt, is_around};
use crate::dataset::{Column, Data, Dataset};
use crate::diagnostic::document::{Located, list};
use crate::diagnostic::{Diagnostic, Report, Span, nearest};

/// What the file's parts are checked against, and what has been defined so far.
pub(super) struct Context<'d> {
    pub(super) dataset: &'d Dataset,
    pub(super) variables: Vec<Variable>,
    pub(super) providers: Vec<Provider>,
    pub(super) splits: Vec<Split>,
}

/// Reports a word that is not one of a fixed few.
pub(super) fn unknown_word(
    report: &mut Report,
    code: &'static str,
    written: &Located,
    what: &str,
    words: &[&str],
) {
    let unknown =
        Diagnostic::error(code, written.span.clone(), format!("There is no {what} `{}`", written.text))
            .help(format!("Use one of {}.", list(words)));
    report.push(match nearest(&written.text, words.iter().copied()) {
        Some(near) => unknown.label(format!("did you mean `{near}`?")),
        None => unknown,
    });
}

impl<'d> Context<'d> {
    /// The names as the rows of a table see them.
    pub(super) fn scope(&self, table: usize) -> Scope<'d> {
        Scope { dataset: self.dataset, table }
    }

    /// What one row of a table is called.
    pub(super) fn rows_of(&self, table: usize) -> String {
        match self.dataset.tables.get(table).filter(|_| table > 0) {
            Some(table) => format!("rows of `{}`", table.name),
            None => String::from("interviews"),
        }
    }

    /// The column of that name that a row of a table has one value of.
    pub(super) fn column(&self, name: &str, table: usize) -> Option<(ColumnAt, &'d Column)> {
        let tables = self.dataset.tables.iter().enumerate();
        tables.filter(|(outer, _)| is_around(self.dataset, *outer, table)).find_map(|(table, outer)| {
            let column = outer.position(name)?;
            Some((ColumnAt { table, column }, outer.columns().get(column)?))
        })
    }

    /// The roster that has a column of that name, of which a row of a table sees many.
    pub(super) fn roster_with(&self, name: &str, table: usize) -> Option<&'d str> {
        let tables = self.dataset.tables.iter().enumerate().skip(1);
        let mut far = tables.filter(|(other, _)| !is_around(self.dataset, *other, table));
        far.find(|(_, other)| other.column(name).is_some()).map(|(_, other)| other.name.as_str())
    }

    /// The names of all columns that a row of a table has one value of.
    pub(super) fn names(&self, table: usize) -> impl Iterator<Item = &'d str> {
        let tables = self.dataset.tables.iter().enumerate();
        let around = tables.filter(move |(outer, _)| is_around(self.dataset, *outer, table));
        around.flat_map(|(_, table)| table.columns()).map(|column| column.name.as_str())
    }
}

/// What a name groups the rows of a table by; what cannot group them is reported.
pub(super) fn grouping(
    report: &mut Report,
    place: &Span,
    name: &str,
    table: usize,
    context: &Context<'_>,
) -> Option<Grouping> {
    let variable = context.variables.iter().position(|v| v.name == name);
    let of_variable = |variable: usize| context.variables.get(variable).map_or(0, |v| v.table);
    if let Some(variable) = variable.filter(|v| is_around(context.dataset, of_variable(*v), table)) {
        return Some(Grouping::Variable(variable));
    }
    let Some((at, column)) = context.column(name, table) else {
        let roster =
            variable.and_then(|v| context.dataset.tables.get(of_variable(v))).map(|t| t.name.as_str());
        let roster = roster.or_else(|| context.roster_with(name, table));
        let rows = context.rows_of(table);
        report.push(if let Some(roster) = roster {
            let message = format!("`{name}` has one value for each row of a roster, so it cannot group {rows}");
            Diagnostic::error("I0109", place.clone(), message)
                .help(format!("For numbers about the rows of `{roster}`, write `unit = \"{roster}\"`."))
        } else {
            let unknown = Diagnostic::error("I0109", place.clone(), format!("Nothing is named `{name}`"));
            let names = context.variables.iter().map(|v| v.name.as_str());
            match nearest(name, names.chain(context.names(table))) {
                Some(near) => unknown.label(format!("did you mean `{near}`?")),
                None => unknown.help(
                    "Groups come from a question with choices, a column of the frame, or `[[variables]]` here.",
                ),
            }
        });
        return None;
    };
    if let Some(why) = not_groupable(column) {
        let rows = context.rows_of(table);
        report.push(
            Diagnostic::error("I0110", place.clone(), format!("`{name}` cannot group {rows}: {why}"))
                .help("Define groups under `[[variables]]`, each with its condition, and use their name."),
        );
        return None;
    }
    Some(Grouping::Column(at))
}

/// The table that `unit` names: a roster, whose rows are counted; interviews where it is left out.
pub(super) fn unit(report: &mut Report, written: Option<&Located>, context: &Context<'_>) -> usize {
    let Some(written) = written else { return 0 };
    let rosters = || context.dataset.tables.iter().enumerate().skip(1);
    if let Some((table, _)) = rosters().find(|(_, table)| table.name == written.text) {
        return table;
    }
    let unknown =
        Diagnostic::error("I0119", written.span.clone(), format!("There is no roster `{}`", written.text));
    report.push(match nearest(&written.text, rosters().map(|(_, table)| table.name.as_str())) {
        Some(near) => unknown.label(format!("did you mean `{near}`?")),
        None => unknown.help("Name the roster whose rows are counted; without `unit` interviews are."),
    });
    0
}

fn not_groupable(column: &Column) -> Option<String> {
    if column.identifying {
        return Some(String::from("it tells who the respondent is"));
    }
    match column.data() {
        _ if column.own_words => Some(String::from("it is free text")),
        Data::Choice(..) | Data::Boolean(_) | Data::Text(_) => None,
        _ => Some(format!("it holds {}", scope::type_name(column))),
    }
}
