//! The names of items and lists, and what they stand for.

use std::collections::HashMap;
use std::sync::Arc;

use super::document::{Body, Draft, DraftInput, DraftList, Placed};
use super::scope::{Known, Meaning};
use super::{ItemId, codes};
use crate::diagnostic::{Diagnostic, Report, nearest};
use crate::value::Type;

/// The lists by name, and the names of their choices.
pub(super) struct Lists<'d> {
    pub(super) by_name: HashMap<&'d str, usize>,
    /// `None` where some are not known.
    pub(super) choices: Vec<Option<Arc<[String]>>>,
}

/// The lists by name.
pub(super) fn index_lists(lists: &[DraftList]) -> Lists<'_> {
    let by_name = lists.iter().enumerate().map(|(index, list)| (list.name.value.as_str(), index)).collect();
    let names = |list: &DraftList| list.choices.iter().map(|c| c.name.value.clone()).collect();
    let choices = lists.iter().map(|list| list.complete.then(|| names(list))).collect();
    Lists { by_name, choices }
}

/// All names and what they stand for; calculations are not known yet. A second item of one name
/// and a list that does not exist are reported.
pub(super) fn index_names<'d>(
    drafts: &'d [Draft],
    draft_lists: &'d [DraftList],
    lists: &Lists<'_>,
    report: &mut Report,
) -> Known<'d> {
    let mut known = Known { lists: draft_lists, ..Known::default() };
    for (index, draft) in drafts.iter().enumerate() {
        known.rosters.push(&draft.rosters);
        known.meanings.push(meaning(draft, lists, report));
        known.refused.extend(draft.refused.as_deref());
        if !draft.named {
            continue;
        }
        let first = *known.names.entry(&draft.name.value).or_insert(ItemId(index as u32));
        if let Some(first) = drafts.get(first.0 as usize).filter(|_| first.0 as usize != index) {
            let message = format!("two items are named `{}`", draft.name.value);
            report.push(
                Diagnostic::error(codes::DUPLICATE_NAME, draft.name.span.clone(), message)
                    .related(first.name.span.clone(), "the first")
                    .help("Give one of them another name: answers are stored under it."),
            );
        }
    }
    for (index, draft) in drafts.iter().enumerate() {
        if let Body::Roster { per_row: Some(other), .. } = &draft.body
            && let Some(other) = known.names.get(other.value.as_str())
        {
            known.same_rows.insert(ItemId(index as u32), *other);
        }
    }
    known
}

fn meaning(draft: &Draft, lists: &Lists<'_>, report: &mut Report) -> Meaning {
    let question = match &draft.body {
        Body::Section => return Meaning::Nothing("section"),
        Body::Group { grid: true } => return Meaning::Nothing("grid"),
        Body::Group { grid: false } => return Meaning::Nothing("group"),
        Body::Note => return Meaning::Nothing("note"),
        Body::Roster { .. } => return Meaning::Rows,
        Body::Calculate { .. } | Body::Broken => return Meaning::Unsure,
        Body::Question(question) => question,
    };
    let mut choices = None;
    if let Some(list) = question.input.list() {
        match lists.by_name.get(list.value.as_str()) {
            Some(index) => choices = lists.choices.get(*index).cloned().flatten(),
            None => report_unknown_list(list, lists, report),
        }
    }
    let ty = match &question.input {
        DraftInput::SelectOne { .. } => Type::Choice,
        DraftInput::SelectMultiple { .. } | DraftInput::Rank { .. } => Type::Choices,
        DraftInput::Scale { .. } | DraftInput::Integer => Type::Integer,
        DraftInput::Decimal => Type::Decimal,
        DraftInput::Text { .. }
        | DraftInput::GeoPoint
        | DraftInput::Barcode { .. }
        | DraftInput::File { .. } => Type::Text,
        DraftInput::Date => Type::Date,
        DraftInput::Time => Type::Time,
        DraftInput::DateTime => Type::DateTime,
    };
    Meaning::Value(ty, choices)
}

fn report_unknown_list(list: &Placed<String>, lists: &Lists<'_>, report: &mut Report) {
    let message = format!("there is no list `{}`", list.value);
    let help = match nearest(&list.value, lists.by_name.keys().copied()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => format!("Add [lists.{}] with its choices.", list.value),
    };
    report.push(Diagnostic::error(codes::UNKNOWN_LIST, list.span.clone(), message).help(help));
}
