//! Why something is not possible, in words.

use crate::interview::Refusal;

/// A refusal as the enumerator reads it.
#[must_use]
pub fn worded(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Constraint(Some(message)) => message.clone(),
        Refusal::Constraint(None) => "This answer is not possible here.".into(),
        Refusal::Checks(warnings) => warnings.join("\n"),
        Refusal::Type(typed) => format!("`{typed}` is no answer to this question."),
        Refusal::NoSuchChoice(typed) => {
            format!("`{typed}` is not one of the answers. Type the number before an answer.")
        }
        Refusal::TooFew(least) => format!("At least {least} must be chosen."),
        Refusal::TooMany(most) => format!("At most {most} can be chosen."),
        Refusal::Exclusive(label) => format!("“{label}” cannot go together with another answer."),
        Refusal::OutsideScale(from, to) => format!("The scale goes from {from} to {to}."),
        Refusal::Pattern => "The text does not have the form that is asked for.".into(),
        Refusal::MissingNotOffered(_) => "That is not offered for this question.".into(),
        Refusal::Required => "This question must be answered.".into(),
        Refusal::ReadOnly => "This is shown only; Enter goes on.".into(),
        Refusal::AtStart => "This is the first question.".into(),
        Refusal::NothingHere => "There is nothing to answer here.".into(),
        Refusal::NoSuchLanguage(tag) => format!("This questionnaire has no language `{tag}`."),
        Refusal::NoComment => "This question takes no remarks.".into(),
        Refusal::NotRelevant => "There is no such question in this interview now.".into(),
        Refusal::Unanswered(due) => {
            format!("{} questions must be answered first; they are marked with !.", due.len())
        }
        Refusal::Finalised => "This interview is finalised and cannot be changed.".into(),
    }
}
