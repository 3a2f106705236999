//! What a questionnaire that is valid may still have wrong: conditions that always or never hold,
//! questions that nobody can reach, constraints that no answer meets, filters that leave no choice,
//! sensitive questions without a privacy check, questions that give away a sensitive answer
//! (`telling`). Found by reasoning over what each answer can be (`search`, `domain`) with what the
//! questionnaire says about it (`facts`).

mod domain;
mod facts;
mod filters;
mod search;
mod telling;

use self::facts::{Facts, Knowledge, Origin};
use super::document::{Body, Draft, DraftQuestion, Placed, Required};
use super::{Item, ItemId, Question, Questionnaire, codes};
use crate::diagnostic::{Diagnostic, Report};
use crate::expression::{Condition, Expression, Slot};
use crate::value::Missing;

/// Looks at all conditions of a questionnaire without mistakes.
pub(super) fn run(questionnaire: &Questionnaire, drafts: &[Draft], report: &mut Report) {
    let facts = Facts::new(questionnaire, drafts);
    let mut columns = filters::Columns::default();
    let mut unreachable_until = 0;
    for item in &questionnaire.items {
        if item.id.0 < unreachable_until {
            continue;
        }
        if !relevance(&facts, item, report) {
            // What is in it is never asked either, which is the same mistake.
            unreachable_until = item.end;
            continue;
        }
        if let (Some(question), Some(Draft { body: Body::Question(draft), .. })) =
            (item.question(), facts.draft(item.id))
        {
            conditions(&facts, item, question, draft, report);
            filters::look_at(&facts, &mut columns, item, question, draft, report);
        }
    }
    privacy(questionnaire, drafts, report);
    telling::look_at(questionnaire, drafts, report);
}

/// A condition that is looked at.
struct Looked<'a> {
    item: &'a Item,
    condition: &'a Condition,
    written: &'a Placed<String>,
    part: Part,
}

/// What a condition decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Relevance,
    Required,
    Constraint,
    Check,
}

impl Looked<'_> {
    /// What is known where it is looked at.
    fn knowledge<'c>(&self, facts: &'c Facts<'_>, answered: &'c Condition) -> Knowledge<'c> {
        let mut knowledge = facts.where_asked(self.item.id, self.part != Part::Relevance);
        // These are looked at when the answer is there.
        if matches!(self.part, Part::Constraint | Part::Check) {
            knowledge.add(None, answered, true, Origin::Answered(self.item.id));
        }
        knowledge
    }

    /// The question whose constraint says nothing here, for it is what is looked at.
    fn own_constraint(&self) -> Option<ItemId> {
        (self.part == Part::Constraint).then_some(self.item.id)
    }

    /// Why it never holds; `None` if it may.
    fn never(&self, facts: &Facts<'_>) -> Option<Vec<Origin>> {
        let answered = Condition::Answered(Slot(self.item.id.0));
        let mut knowledge = self.knowledge(facts, &answered);
        knowledge.add(None, self.condition, true, Origin::Own);
        facts.complete(&mut knowledge, self.own_constraint());
        facts.contradiction(knowledge)
    }

    /// Why it always holds, at least wherever there are answers to compare; `None` if it may not.
    fn always(&self, facts: &Facts<'_>) -> Option<Vec<Origin>> {
        if matches!(self.condition, Condition::Always(_)) {
            // Written so on purpose.
            return None;
        }
        let answered = Condition::Answered(Slot(self.item.id.0));
        let compared = without_asking_for_answers(self.condition);
        let slots = compared.slots();
        let all_answered: Vec<Condition> = slots.iter().map(|slot| Condition::Answered(*slot)).collect();
        let mut knowledge = self.knowledge(facts, &answered);
        knowledge.add(None, &compared, false, Origin::Own);
        for (slot, answered) in slots.iter().zip(&all_answered) {
            knowledge.add(None, answered, true, Origin::Answered(ItemId(slot.0)));
        }
        facts.complete(&mut knowledge, self.own_constraint());
        facts.contradiction(knowledge)
    }

    fn warn(
        &self,
        code: &'static str,
        message: String,
        why: &[Origin],
        facts: &Facts<'_>,
        report: &mut Report,
    ) {
        let mut diagnostic = Diagnostic::warning(code, self.written.span.clone(), message);
        let (reason, spans) = facts.reason(why, report);
        let (alone, help) = match code {
            codes::ALWAYS_HOLDS => (
                "Every answer that is possible meets it.",
                "Take it out if it is not needed, or write the condition that was meant.",
            ),
            codes::IMPOSSIBLE => ("Its parts contradict each other.", "Correct the limits in it."),
            _ => (
                "Its parts contradict each other, or ask for an answer that cannot be given.",
                "Write the condition that was meant, or take out what can never happen.",
            ),
        };
        diagnostic.note = Some(reason.unwrap_or_else(|| alone.to_owned()));
        diagnostic.help = Some(help.to_owned());
        for span in spans.into_iter().filter(|span| *span != self.written.span) {
            diagnostic.related.push((span, String::new()));
        }
        report.push(diagnostic);
    }
}

/// Whether it can be known that a condition asks for nothing but that there is an answer, is left
/// open: `${a} != ''` is always true of an answer, and is meant so.
fn without_asking_for_answers(condition: &Condition) -> Condition {
    match condition {
        Condition::Answered(_) => Condition::Other(String::new()),
        Condition::All(parts) => Condition::All(parts.iter().map(without_asking_for_answers).collect()),
        Condition::Any(parts) => Condition::Any(parts.iter().map(without_asking_for_answers).collect()),
        Condition::Not(part) => Condition::Not(Box::new(without_asking_for_answers(part))),
        other => other.clone(),
    }
}

/// Looks at the condition under which an item is asked. Whether it can be asked.
fn relevance(facts: &Facts<'_>, item: &Item, report: &mut Report) -> bool {
    let written = facts.draft(item.id).and_then(|draft| draft.relevant.as_ref());
    let (Some(condition), Some(written)) = (facts.relevance(item.id), written) else { return true };
    let looked = Looked { item, condition, written, part: Part::Relevance };
    if let Some(why) = looked.never(facts) {
        let alone = why.iter().all(|origin| *origin == Origin::Own);
        if alone {
            let message = format!("this condition never holds, so `{}` is never asked", item.name);
            looked.warn(codes::NEVER_HOLDS, message, &why, facts, report);
        } else {
            let message = format!("nobody can reach `{}`", item.name);
            looked.warn(codes::UNREACHABLE, message, &why, facts, report);
        }
        return false;
    }
    if let Some(why) = looked.always(facts) {
        let message = format!("this condition always holds{}", where_answered(&why, item.id));
        looked.warn(codes::ALWAYS_HOLDS, message, &why, facts, report);
    }
    true
}

/// Looks at what a question asks of its answer.
fn conditions(
    facts: &Facts<'_>,
    item: &Item,
    question: &Question,
    draft: &DraftQuestion,
    report: &mut Report,
) {
    let look = |condition: &Condition, written: &Placed<String>, part, report: &mut Report| {
        let looked = Looked { item, condition, written, part };
        if let Some(why) = looked.never(facts) {
            if part == Part::Constraint {
                let message = format!("no answer to `{}` meets this constraint", item.name);
                looked.warn(codes::IMPOSSIBLE, message, &why, facts, report);
            } else {
                looked.warn(codes::NEVER_HOLDS, "this condition never holds".to_owned(), &why, facts, report);
            }
        } else if let Some(why) = looked.always(facts) {
            let message = format!("this condition always holds{}", where_answered(&why, item.id));
            looked.warn(codes::ALWAYS_HOLDS, message, &why, facts, report);
        }
    };
    let own = |expression: Option<&Expression>| expression.map(Expression::condition);
    if let (Some(condition), Required::When(written)) = (own(question.required.as_ref()), &draft.required) {
        look(&condition, written, Part::Required, report);
    }
    if let (Some(condition), Some(written)) = (facts.constraint(item.id), &draft.constraint) {
        look(condition, written, Part::Constraint, report);
    }
    for (check, written) in question.checks.iter().zip(&draft.checks) {
        look(&check.when.condition(), &written.when, Part::Check, report);
    }
}

/// Words for a reason that needs an answer to another question than this.
fn where_answered(why: &[Origin], item: ItemId) -> &'static str {
    let other = |origin: &Origin| matches!(origin, Origin::Answered(id) if *id != item);
    if why.iter().any(other) { " where there is an answer" } else { "" }
}

/// Warns of the first sensitive question that may be asked while others listen.
fn privacy(questionnaire: &Questionnaire, drafts: &[Draft], report: &mut Report) {
    for (item, draft) in questionnaire.items.iter().zip(drafts) {
        let Some(question) = item.question() else { continue };
        if question.privacy_check {
            return;
        }
        if question.sensitive && !question.missing.contains(&Missing::NotAlone) {
            report.push(
                Diagnostic::warning(
                    codes::NO_PRIVACY_CHECK,
                    draft.name.span.clone(),
                    format!("`{}` is sensitive, and nothing before it asks whether others listen", item.name),
                )
                .note("An answer that somebody overhears can harm whoever gave it.")
                .help(
                    "Before it, ask the enumerator whether they are alone with the respondent, with privacy_check = true; \
                     or offer missing = [\"not_alone\"].",
                ),
            );
            return;
        }
    }
}
