//! What definitions are checked against, and the checks that several parts of them share.

use super::about::Provider;
use super::definition::{Grouping, Split, Variable};
use super::scope;
use crate::dataset::{Column, Data, Dataset, Origin};
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

/// What a name groups interviews by; what cannot group them is reported.
pub(super) fn grouping(
    report: &mut Report,
    place: &Span,
    name: &str,
    context: &Context<'_>,
) -> Option<Grouping> {
    if let Some(variable) = context.variables.iter().position(|v| v.name == name) {
        return Some(Grouping::Variable(variable));
    }
    let interviews = context.dataset.interviews();
    let Some(number) = interviews.position(name) else {
        let in_roster = context.dataset.tables.iter().skip(1).any(|t| t.column(name).is_some());
        let message = if in_roster {
            format!("`{name}` has one value for each row of a roster, so it cannot group interviews")
        } else {
            format!("Nothing is named `{name}`")
        };
        let unknown = Diagnostic::error("I0109", place.clone(), message);
        let names = context.variables.iter().map(|v| v.name.as_str());
        let names = names.chain(interviews.columns().iter().map(|c| c.name.as_str()));
        report.push(match nearest(name, names) {
            Some(near) if !in_roster => unknown.label(format!("did you mean `{near}`?")),
            _ => unknown.help(
                "Groups come from a question with choices, a column of the frame, or `[[variables]]` here.",
            ),
        });
        return None;
    };
    let column = interviews.columns().get(number)?;
    if let Some(why) = not_groupable(column) {
        report.push(
            Diagnostic::error("I0110", place.clone(), format!("`{name}` cannot group interviews: {why}"))
                .help("Define groups under `[[variables]]`, each with its condition, and use their name."),
        );
        return None;
    }
    Some(Grouping::Column(number))
}

fn not_groupable(column: &Column) -> Option<String> {
    if column.identifying {
        return Some(String::from("it tells who the respondent is"));
    }
    match (column.data(), column.origin) {
        (Data::Text(_), Origin::Question) => Some(String::from("it is free text")),
        (Data::Choice(..) | Data::Boolean(_) | Data::Text(_), _) => None,
        _ => Some(format!("it holds {}", scope::type_name(column))),
    }
}
