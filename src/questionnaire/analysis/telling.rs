//! Questions that give away a sensitive answer although they are not sensitive themselves: whoever sees that one was
//! asked, or which choices it had, knows what was answered before.

use crate::diagnostic::{Diagnostic, Report, Span};
use crate::expression::{Expression, Slot};
use crate::questionnaire::document::{Body, Draft, DraftQuestion};
use crate::questionnaire::{Item, ItemId, Kind, Questionnaire, codes};

/// Warns of every condition and filter through which a sensitive answer shows in what is not sensitive.
pub(super) fn look_at(questionnaire: &Questionnaire, drafts: &[Draft], report: &mut Report) {
    // For each item so far: the sensitive item that it tells of; itself, where it is sensitive.
    let mut tells: Vec<Option<ItemId>> = Vec::with_capacity(questionnaire.items.len());
    for (item, draft) in questionnaire.items.iter().zip(drafts) {
        let above = item.parent.and_then(|id| tells.get(id.0 as usize).copied().flatten());
        let own = item.is_sensitive().then_some(item.id);
        let read = |expression: Option<&Expression>| source(&tells, expression);
        let by_relevance = read(item.relevant.as_ref());
        let (question, asked) = (item.question(), asked(draft));
        let checks = question.map_or(&[][..], |question| &question.checks);
        let warned = checks.iter().zip(asked.map_or(&[][..], |asked| &asked.checks));
        for (check, written) in warned {
            if let (Some(source), Some(telling)) = (read(Some(&check.when)), first_open(questionnaire, item))
            {
                let source = questionnaire.item(source);
                report.push(warning(source, item, telling, Way::Warned, &written.when.span));
            }
        }
        let through = [
            (Way::Asked, by_relevance, draft.relevant.as_ref()),
            (
                Way::Filtered,
                read(question.and_then(|question| question.input.filter())),
                asked.and_then(|asked| asked.input.filter()),
            ),
        ];
        for (way, source, written) in through {
            if let (Some(source), Some(written)) = (source, written)
                && let Some(telling) = first_open(questionnaire, item)
            {
                report.push(warning(questionnaire.item(source), item, telling, way, &written.span));
            }
        }
        tells.push(own.or(by_relevance).or(above));
    }
}

/// How an answer shows in another question.
#[derive(Clone, Copy)]
enum Way {
    Asked,
    Filtered,
    Warned,
}

fn warning(source: &Item, item: &Item, telling: &Item, way: Way, written: &Span) -> Diagnostic {
    let (source, name) = (&source.name, &item.name);
    let message = match way {
        Way::Asked => format!("that `{name}` is asked tells the answer to `{source}`, which is sensitive"),
        Way::Filtered => {
            format!("the choices of `{name}` tell the answer to `{source}`, which is sensitive")
        }
        Way::Warned => {
            format!("that `{name}` warns tells the answer to `{source}`, which is sensitive")
        }
    };
    let note = if telling.id == item.id {
        format!("`{name}` is not sensitive, so it goes into data sets, lists and audits.")
    } else {
        format!("`{}` in it is not sensitive, so it goes into data sets, lists and audits.", telling.name)
    };
    Diagnostic::warning(codes::GIVES_AWAY, written.clone(), message).note(note).help(format!(
        "Add sensitive = true to {}, or let it not depend on `{source}`.",
        if telling.id == item.id { format!("`{name}`") } else { format!("the questions in `{name}`") }
    ))
}

/// The sensitive item of which an expression tells.
fn source(tells: &[Option<ItemId>], expression: Option<&Expression>) -> Option<ItemId> {
    let mut read = expression?.references().iter().map(|reference| reference.slot);
    // What stands later is never read by relevance; columns of a list have slots of their own.
    read.find_map(|Slot(slot)| tells.get(slot as usize).copied().flatten())
}

/// The first in an item, itself counted, whose answer is kept and not sensitive.
fn first_open<'q>(questionnaire: &'q Questionnaire, item: &Item) -> Option<&'q Item> {
    let inside = item.id.0 as usize..item.end as usize;
    let mut inside = questionnaire.items.get(inside)?.iter();
    inside.find(|item| matches!(item.kind, Kind::Question(_) | Kind::Calculate(_)) && !item.is_sensitive())
}

fn asked(draft: &Draft) -> Option<&DraftQuestion> {
    match &draft.body {
        Body::Question(question) => Some(question),
        _ => None,
    }
}
