//! Calculations, compiled in an order in which each type is known before it is needed.

use std::collections::{BTreeSet, HashMap};

use super::document::{Body, Draft};
use super::scope::{Known, Meaning, View};
use super::{ItemId, codes};
use crate::diagnostic::{Diagnostic, Report};
use crate::expression::{Expect, Expression};

/// Compiles all calculations and puts their types into `known`. Circles among them are reported;
/// what is in one keeps an unknown type.
pub(super) fn compile_all<'d>(
    drafts: &'d [Draft],
    known: &mut Known<'d>,
    report: &mut Report,
) -> HashMap<ItemId, Expression> {
    let mut compiled = HashMap::new();
    for id in order(drafts, known, report) {
        let Some(Draft { body: Body::Calculate { calculation: written, .. }, rosters, .. }) =
            drafts.get(id.0 as usize)
        else {
            continue;
        };
        let Some(expression) = View::new(known, rosters).compile(written, Expect::Any, report) else {
            continue;
        };
        if let Some(meaning) = known.meanings.get_mut(id.0 as usize) {
            *meaning = Meaning::Value(expression.ty(), None);
        }
        compiled.insert(id, expression);
    }
    compiled
}

/// How far a calculation is in the walk along what it reads.
#[derive(Clone, Copy, PartialEq)]
enum Progress {
    Open,
    Done,
}

/// The calculations, each behind those that it reads. A walk with a stack of its own, so that no
/// chain is too long for it.
fn order(drafts: &[Draft], known: &Known<'_>, report: &mut Report) -> Vec<ItemId> {
    let reads = |id: ItemId| -> Vec<ItemId> {
        match drafts.get(id.0 as usize).map(|d| &d.body) {
            Some(Body::Calculate { calculation: written, .. }) => {
                let names: BTreeSet<&str> = names(&written.value).into_iter().collect();
                let ids = names.into_iter().filter_map(|name| known.names.get(name).copied());
                ids.filter(|id| is_calculation(drafts, *id)).collect()
            }
            _ => Vec::new(),
        }
    };
    let mut progress: HashMap<ItemId, Progress> = HashMap::new();
    let mut order = Vec::new();
    for root in (0..drafts.len() as u32).map(ItemId).filter(|id| is_calculation(drafts, *id)) {
        if progress.contains_key(&root) {
            continue;
        }
        progress.insert(root, Progress::Open);
        let mut path = vec![(root, reads(root))];
        while let Some((id, rest)) = path.last_mut() {
            let id = *id;
            match rest.pop() {
                None => {
                    progress.insert(id, Progress::Done);
                    order.push(id);
                    path.pop();
                }
                Some(next) => match progress.get(&next) {
                    Some(Progress::Done) => {}
                    Some(Progress::Open) => {
                        let from = path.iter().position(|(on, _)| *on == next).unwrap_or(0);
                        let circle: Vec<ItemId> = path.iter().skip(from).map(|(on, _)| *on).collect();
                        report.push(describe(&circle, drafts));
                    }
                    None => {
                        progress.insert(next, Progress::Open);
                        path.push((next, reads(next)));
                    }
                },
            }
        }
    }
    order
}

fn is_calculation(drafts: &[Draft], id: ItemId) -> bool {
    matches!(drafts.get(id.0 as usize).map(|d| &d.body), Some(Body::Calculate { .. }))
}

/// The circle in words; each item reads the next, the last the first.
fn describe(circle: &[ItemId], drafts: &[Draft]) -> Diagnostic {
    let draft = |id: &ItemId| drafts.get(id.0 as usize);
    let name = |id: &ItemId| draft(id).map_or("", |d| d.name.value.as_str());
    let span = |id: &ItemId| match draft(id).map(|d| (&d.body, &d.name)) {
        Some((Body::Calculate { calculation: written, .. }, _)) => written.span.clone(),
        Some((_, name)) => name.span.clone(),
        None => crate::diagnostic::Span::new(0, 0..0),
    };
    let Some((first, rest)) = circle.split_first() else {
        return Diagnostic::error(
            codes::CYCLE,
            crate::diagnostic::Span::new(0, 0..0),
            "calculations run in a circle",
        );
    };
    if rest.is_empty() {
        let message = format!("`{}` is calculated from itself", name(first));
        return Diagnostic::error(codes::CYCLE, span(first), message)
            .help("Take its own name out of the calculation.");
    }
    let chain: Vec<String> = rest.iter().chain([first]).map(|id| format!("`{}`", name(id))).collect();
    let message =
        format!("`{}` is calculated from itself: it reads {}", name(first), chain.join(", which reads "));
    rest.iter()
        .fold(Diagnostic::error(codes::CYCLE, span(first), message), |diagnostic, id| {
            diagnostic.related(span(id), "")
        })
        .help("Change one of these calculations so that the circle is broken.")
}

/// The names in `${…}` in an expression, those in quoted texts left out.
fn names(expression: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut quote = None;
    for (at, c) in expression.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            None if expression[at..].starts_with("${") => {
                let rest = &expression[at + 2..];
                names.extend(rest.find('}').map(|end| rest[..end].trim()));
            }
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_in_quoted_texts_are_texts() {
        assert_eq!(names("${a} + concat('${b}', \"it's ${c}\", ${ d }) + ${e"), ["a", "d"]);
    }
}
