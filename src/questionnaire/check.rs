//! What fits together: lists with what uses them, defaults and limits with their questions.

use std::collections::HashSet;

use regex::Regex;

use super::document::{Body, Document, DraftChoice, DraftInput, Placed};
use super::scope::place;
use super::{ChoiceList, codes};
use crate::diagnostic::{Diagnostic, Report};
use crate::expression::Expression;
use crate::value::Type;

/// Names of choices that are reasons for a missing answer, with the reason.
const HAND_WRITTEN: &[(&str, &str)] = &[
    ("dk", "dont_know"),
    ("dont_know", "dont_know"),
    ("don_t_know", "dont_know"),
    ("do_not_know", "dont_know"),
    ("does_not_know", "dont_know"),
    ("doesnt_know", "dont_know"),
    ("not_sure", "dont_know"),
    ("unknown", "dont_know"),
    ("refused", "refused"),
    ("refuse", "refused"),
    ("refusal", "refused"),
    ("refused_to_answer", "refused"),
    ("prefer_not_to_say", "refused"),
    ("prefer_not_to_answer", "refused"),
    ("no_answer", "refused"),
    ("na", "not_applicable"),
    ("not_applicable", "not_applicable"),
];

/// Codes that missing answers are often given by hand.
const HAND_CODES: &[i64] = &[77, 88, 97, 98, 99, 777, 888, 999, 9998, 9999];

/// Words of labels that, with such a code, tell a missing answer.
const HAND_WORDS: &[(&str, &str)] = &[
    ("know", "dont_know"),
    ("refuse", "refused"),
    ("prefer not", "refused"),
    ("no answer", "refused"),
    ("no response", "refused"),
    ("not applicable", "not_applicable"),
];

/// Warns of lists that nothing uses and of missing answers written by hand as choices.
pub(super) fn lists(document: &Document, looked_up: &HashSet<usize>, report: &mut Report) {
    let (drafts, lists) = (&document.items, &document.lists);
    let used: HashSet<&str> = drafts
        .iter()
        .filter_map(|draft| match &draft.body {
            Body::Question(question) => question.input.list().map(|list| list.value.as_str()),
            _ => None,
        })
        .collect();
    // What a broken item uses cannot be told.
    let all_known = document.complete && drafts.iter().all(|draft| !matches!(draft.body, Body::Broken));
    for (index, list) in lists.iter().enumerate() {
        let name = list.name.value.as_str();
        if all_known && !used.contains(name) && !looked_up.contains(&index) {
            let message = format!("no question uses list `{}`", list.name.value);
            report.push(
                Diagnostic::warning(codes::UNUSED_LIST, list.name.span.clone(), message)
                    .help("Remove it, or name it as the `list` of a question."),
            );
        }
        for choice in &list.choices {
            if let Some(reason) = reason_by_hand(choice) {
                let message = format!("choice `{}` is a missing answer written by hand", choice.name.value);
                report.push(
                    Diagnostic::warning(codes::MISSING_AS_CHOICE, choice.name.span.clone(), message)
                        .note("As a choice it counts as an answer: percentages and means then include it.")
                        .help(format!(
                            "Remove it, and write missing = [\"{reason}\"] in the questions that offer it."
                        )),
                );
            }
        }
    }
}

fn reason_by_hand(choice: &DraftChoice) -> Option<&'static str> {
    let named = HAND_WRITTEN.iter().find(|(name, _)| choice.name.value.eq_ignore_ascii_case(name));
    named.map(|(_, reason)| *reason).or_else(|| {
        let coded = HAND_CODES.contains(&choice.code.value.saturating_abs());
        let label = if coded { choice.label.value.to_lowercase() } else { return None };
        HAND_WORDS.iter().find(|(word, _)| label.contains(word)).map(|(_, reason)| *reason)
    })
}

/// A number of choices cannot be larger than the list.
pub(super) fn within_list(key: &str, limit: &Placed<u32>, list: &ChoiceList, report: &mut Report) {
    let size = list.choices.len();
    if size > 0 && limit.value as usize > size {
        let message = format!("`{key}` is {}, but list `{}` has only {size} choices", limit.value, list.name);
        report.push(
            Diagnostic::error(codes::LIMITS, limit.span.clone(), message)
                .help(format!("Write at most {key} = {size}, or add choices to the list.")),
        );
    }
}

/// The pattern, which must match a whole text.
pub(super) fn pattern(written: &Placed<String>, report: &mut Report) -> Option<Regex> {
    // Alone first, so that a bracket too many cannot close the one around it.
    let whole = Regex::new(&written.value).and_then(|_| Regex::new(&format!("^(?:{})$", written.value)));
    let reason = match whole {
        Ok(pattern) => return Some(pattern),
        Err(regex::Error::CompiledTooBig(_)) => "it is too large".to_owned(),
        Err(error) => {
            let words = error.to_string();
            words.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        }
    };
    let span = place(written, 0..written.value.len(), report);
    report.push(
        Diagnostic::error(codes::BAD_PATTERN, span, "this pattern is not a regular expression").label(reason).help(
            "Put \\ before a character that stands for itself, such as \\( or \\+; '…' in place of \"…\" keeps TOML \
             from reading the \\.",
        ),
    );
    None
}

/// A default must be something that could be answered.
pub(super) fn default_fits(
    input: &DraftInput,
    list: Option<&ChoiceList>,
    default: &Expression,
    written: &Placed<String>,
    report: &mut Report,
) {
    let given = default.ty();
    let literal = quoted(&written.value);
    let wrong = |wanted: &str, help: &str| {
        let message = format!("the default is {}, but the question takes {wanted}", article(given));
        Diagnostic::error(codes::DEFAULT_TYPE, written.span.clone(), message).help(help.to_owned())
    };
    let diagnostic = match input {
        DraftInput::SelectOne { .. } | DraftInput::SelectMultiple { .. } | DraftInput::Rank { .. } => {
            let several = !matches!(input, DraftInput::SelectOne { .. });
            match (given, list, literal) {
                (Type::Text, Some(list), Some(names)) => {
                    let mut names = if several { names.split(' ').collect() } else { vec![names] };
                    names.retain(|name| !name.is_empty() && list.find(name).is_none());
                    names.first().map(|name| {
                        let message = format!("the default `{name}` is not in list `{}`", list.name);
                        let near =
                            crate::diagnostic::nearest(name, list.choices.iter().map(|c| c.name.as_str()));
                        let mut diagnostic =
                            Diagnostic::error(codes::DEFAULT_TYPE, written.span.clone(), message);
                        diagnostic.help = near.map(|near| format!("Did you mean `{near}`?"));
                        diagnostic
                    })
                }
                (Type::Text | Type::Choice, ..) => None,
                (Type::Choices, ..) if several => None,
                _ => Some(wrong(
                    "choices of its list",
                    "Write the name of a choice in single quotes: \"'yes'\".",
                )),
            }
        }
        DraftInput::Integer | DraftInput::Scale { .. } | DraftInput::Decimal => {
            let fits = given.is_number();
            (!fits).then(|| {
                wrong("a number", "Write the number without single quotes, or a calculation that gives one.")
            })
        }
        DraftInput::Text { .. }
        | DraftInput::GeoPoint
        | DraftInput::Barcode { .. }
        | DraftInput::File { .. } => (given != Type::Text).then(|| {
            wrong("text", "Write text in single quotes: \"'…'\", or turn the value into text with string(…).")
        }),
        DraftInput::Date => {
            (given != Type::Date).then(|| wrong("a date", "Write \"today()\" or \"date('2026-01-31')\"."))
        }
        DraftInput::Time => {
            (given != Type::Time).then(|| wrong("a time", "Leave the default out: the time is typed."))
        }
        DraftInput::DateTime => {
            (given != Type::DateTime).then(|| wrong("a date and time", "Write \"now()\"."))
        }
    };
    report.diagnostics.extend(diagnostic);
}

/// What stands between quotes, if an expression is nothing but a quoted text.
fn quoted(expression: &str) -> Option<&str> {
    let trimmed = expression.trim();
    let quote = trimmed.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inner = trimmed.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains(quote)).then_some(inner)
}

fn article(ty: Type) -> String {
    match ty {
        Type::Boolean | Type::Text => ty.to_string(),
        Type::Integer => "an integer".to_owned(),
        _ => format!("a {ty}"),
    }
}
