//! Why something is not possible, in words.

use super::words::Words;
use crate::interview::Refusal;

/// A refusal as the enumerator reads it.
#[must_use]
pub fn worded(refusal: &Refusal, words: &Words) -> String {
    let id = match refusal {
        Refusal::Constraint(Some(message)) => return message.clone(),
        Refusal::Checks(warnings) => return warnings.join("\n"),
        Refusal::Type(typed) => return words.tell("refusal-type", &[("typed", typed.as_str().into())]),
        Refusal::NoSuchChoice(typed) => {
            return words.tell("refusal-choice", &[("typed", typed.as_str().into())]);
        }
        Refusal::TooFew(least) => return words.tell("refusal-too-few", &[("count", (*least).into())]),
        Refusal::TooMany(most) => return words.tell("refusal-too-many", &[("count", (*most).into())]),
        Refusal::Exclusive(label) => {
            return words.tell("refusal-exclusive", &[("label", label.as_str().into())]);
        }
        Refusal::OutsideScale(from, to) => {
            let ends = [("from", from.to_string().into()), ("to", to.to_string().into())];
            return words.tell("refusal-scale", &ends);
        }
        Refusal::NoSuchLanguage(tag) => {
            return words.tell("refusal-language", &[("tag", tag.as_str().into())]);
        }
        Refusal::Unanswered(due) => return words.tell("refusal-unanswered", &[("count", due.len().into())]),
        Refusal::Constraint(None) => "refusal-constraint",
        Refusal::Pattern => "refusal-pattern",
        Refusal::MissingNotOffered(_) => "refusal-missing",
        Refusal::Required => "refusal-required",
        Refusal::ReadOnly => "refusal-read-only",
        Refusal::AtStart => "refusal-at-start",
        Refusal::NothingHere => "refusal-nothing-here",
        Refusal::NoComment => "refusal-no-comment",
        Refusal::NotRelevant => "refusal-not-relevant",
        Refusal::Finalised => "refusal-finalised",
        Refusal::NotFinalised => "refusal-not-finalised",
        Refusal::NoReason => "refusal-no-reason",
        Refusal::NoAppointment(_) => "refusal-no-appointment",
    };
    words.say(id)
}
