//! What the questionnaire itself says about its answers, and why something follows from it.

use super::domain::Domain;
use super::search::{Premise, is_possible};
use crate::diagnostic::{Report, Span};
use crate::expression::{Comparison, Condition, Expression, Slot};
use crate::questionnaire::document::{Body, Draft};
use crate::questionnaire::{Input, Item, ItemId, Questionnaire};
use crate::value::Value;

/// As much is taken into account for one question, the nearest first; less makes nothing impossible.
const MOST_PREMISES: usize = 24;

/// All conditions of a questionnaire, taken apart.
pub(super) struct Facts<'q> {
    pub(super) questionnaire: &'q Questionnaire,
    pub(super) drafts: &'q [Draft],
    relevant: Vec<Option<Condition>>,
    constraint: Vec<Option<Condition>>,
    limits: Vec<Option<Condition>>,
}

/// Where a premise comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Origin {
    /// What is being looked at.
    Own,
    /// That something is answered at all.
    Answered(ItemId),
    /// The condition under which this is asked.
    Relevance(ItemId),
    /// What every answer to this must meet.
    Constraint(ItemId),
    /// How far this can go by its type.
    Limits(ItemId),
}

/// What is known where something is looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct Knowledge<'c> {
    premises: Vec<Premise<'c>>,
    origins: Vec<Origin>,
}

impl<'q> Facts<'q> {
    pub(super) fn new(questionnaire: &'q Questionnaire, drafts: &'q [Draft]) -> Self {
        let items = &questionnaire.items;
        let constraint = |item: &Item| {
            let question = item.question()?;
            // What is only shown is not held against it.
            question.constraint.as_ref().filter(|_| !question.read_only).map(|c| c.condition.condition())
        };
        Self {
            questionnaire,
            drafts,
            relevant: items.iter().map(|i| i.relevant.as_ref().map(Expression::condition)).collect(),
            constraint: items.iter().map(constraint).collect(),
            limits: items.iter().map(limits).collect(),
        }
    }

    pub(super) fn relevance(&self, id: ItemId) -> Option<&Condition> {
        self.relevant.get(id.0 as usize)?.as_ref()
    }

    pub(super) fn constraint(&self, id: ItemId) -> Option<&Condition> {
        self.constraint.get(id.0 as usize)?.as_ref()
    }

    pub(super) fn item(&self, slot: Slot) -> Option<&'q Item> {
        self.questionnaire.items.get(slot.0 as usize)
    }

    pub(super) fn draft(&self, id: ItemId) -> Option<&'q Draft> {
        self.drafts.get(id.0 as usize)
    }

    /// An item and what it is in, the item first.
    fn chain(&self, id: ItemId) -> Vec<ItemId> {
        let mut chain = vec![id];
        let mut item = self.questionnaire.item(id);
        while let Some(parent) = item.parent {
            chain.push(parent);
            item = self.questionnaire.item(parent);
        }
        chain
    }

    /// What holds wherever an item is asked, its own condition left out if `own_too` is not set.
    pub(super) fn where_asked<'c>(&'c self, id: ItemId, own_too: bool) -> Knowledge<'c>
    where
        'q: 'c,
    {
        let mut knowledge = Knowledge::default();
        for id in self.chain(id).into_iter().skip(usize::from(!own_too)) {
            if let Some(condition) = self.relevance(id) {
                knowledge.add(None, condition, true, Origin::Relevance(id));
            }
        }
        knowledge
    }

    /// Adds what holds of every answer that the knowledge speaks of, and of those that this speaks
    /// of in turn. The constraint of `but` is left out.
    pub(super) fn complete<'c>(&'c self, knowledge: &mut Knowledge<'c>, but: Option<ItemId>) {
        let mut known: Vec<Slot> = Vec::new();
        let mut at = 0;
        while let Some(premise) =
            knowledge.premises.get(at).filter(|_| knowledge.premises.len() < MOST_PREMISES)
        {
            for slot in premise.condition.slots() {
                if known.contains(&slot) {
                    continue;
                }
                known.push(slot);
                let Some(item) = self.item(slot) else { continue };
                for id in self.chain(item.id) {
                    let relevance = self.relevance(id).filter(|_| !knowledge.has(Origin::Relevance(id)));
                    if let Some(condition) = relevance {
                        knowledge.add(Some(slot), condition, true, Origin::Relevance(id));
                    }
                }
                if let Some(condition) = self.constraint(item.id).filter(|_| but != Some(item.id)) {
                    knowledge.add(Some(slot), condition, true, Origin::Constraint(item.id));
                }
                if let Some(condition) = self.limits.get(item.id.0 as usize).and_then(Option::as_ref) {
                    knowledge.add(Some(slot), condition, true, Origin::Limits(item.id));
                }
            }
            at += 1;
        }
    }

    /// Whether there may be answers like this.
    pub(super) fn is_possible(&self, knowledge: &Knowledge<'_>) -> bool {
        is_possible(&knowledge.premises, &|slot| self.domain(slot))
    }

    fn domain(&self, slot: Slot) -> Domain {
        // A slot of no item is a column, of which a filter speaks: it is never searched for.
        let item = self.item(slot).unwrap_or_else(|| self.questionnaire.item(ItemId(0)));
        Domain::of(self.questionnaire, item)
    }

    /// The premises that together leave no answer, none of which can be spared; `None` if there
    /// may be answers.
    pub(super) fn contradiction(&self, mut knowledge: Knowledge<'_>) -> Option<Vec<Origin>> {
        if self.is_possible(&knowledge) {
            return None;
        }
        let mut at = knowledge.premises.len();
        while at > 0 {
            at -= 1;
            if knowledge.origins.get(at) == Some(&Origin::Own) {
                continue;
            }
            let mut fewer = knowledge.clone();
            fewer.premises.remove(at);
            fewer.origins.remove(at);
            if !self.is_possible(&fewer) {
                knowledge = fewer;
            }
        }
        Some(knowledge.origins)
    }

    /// Where a premise is written.
    fn span(&self, origin: Origin) -> Option<Span> {
        let placed = |id: ItemId| {
            let draft = self.draft(id)?;
            Some(match (&draft.body, origin) {
                (Body::Question(question), Origin::Constraint(_)) => {
                    question.constraint.as_ref()?.span.clone()
                }
                (_, Origin::Relevance(_)) => draft.relevant.as_ref()?.span.clone(),
                _ => draft.name.span.clone(),
            })
        };
        match origin {
            Origin::Own | Origin::Answered(_) => None,
            Origin::Relevance(id) | Origin::Constraint(id) | Origin::Limits(id) => placed(id),
        }
    }

    /// The reason in words, and the places that it speaks of.
    pub(super) fn reason(&self, origins: &[Origin], report: &Report) -> (Option<String>, Vec<Span>) {
        let mut clauses = Vec::new();
        let mut spans = Vec::new();
        for origin in origins {
            let named = |id: ItemId| format!("`{}`", self.questionnaire.item(id).name);
            let written = |id: ItemId, constraint: bool| {
                let item = self.questionnaire.item(id);
                let expression = if constraint {
                    item.question().and_then(|q| q.constraint.as_ref()).map(|c| &c.condition)
                } else {
                    item.relevant.as_ref()
                };
                expression.map_or("", |e| e.text()).split_whitespace().collect::<Vec<_>>().join(" ")
            };
            let clause = match *origin {
                // What is looked at is in sight, and that answers are there is said before.
                Origin::Own | Origin::Answered(_) => continue,
                Origin::Relevance(id) => {
                    format!("{} is only asked where `{}`", named(id), written(id, false))
                }
                Origin::Constraint(id) => {
                    format!("every answer to {} meets `{}`", named(id), written(id, true))
                }
                Origin::Limits(id) => format!("{} {}", named(id), self.limits_in_words(id)),
            };
            let span = self.span(*origin);
            clauses.push(match &span {
                Some(span) => format!("{clause} (line {})", report.sources.line_column(span).0),
                None => clause,
            });
            spans.extend(span);
        }
        let (last, rest) = match clauses.split_last() {
            Some((last, [])) => (last.clone(), String::new()),
            Some((last, rest)) => (last.clone(), format!("{}, and ", rest.join(", "))),
            None => return (None, spans),
        };
        (Some(format!("Because {rest}{last}.")), spans)
    }

    fn limits_in_words(&self, id: ItemId) -> String {
        match self.questionnaire.item(id).question().map(|q| &q.input) {
            Some(Input::Scale { from, to, .. }) => format!("goes from {from} to {to}"),
            Some(Input::SelectMultiple { min, max, .. }) => match (min, max) {
                (Some(min), Some(max)) => format!("takes {min} to {max} choices"),
                (Some(min), None) => format!("takes {min} choices or more"),
                (None, Some(max)) => format!("takes {max} choices or fewer"),
                (None, None) => String::new(),
            },
            Some(Input::Rank { top, .. }) => format!("takes {top} choices"),
            _ => String::new(),
        }
    }
}

impl<'c> Knowledge<'c> {
    pub(super) fn add(
        &mut self,
        where_answered: Option<Slot>,
        condition: &'c Condition,
        holds: bool,
        origin: Origin,
    ) {
        self.premises.push(Premise { where_answered, condition, holds });
        self.origins.push(origin);
    }

    fn has(&self, origin: Origin) -> bool {
        self.origins.contains(&origin)
    }
}

/// How far an answer can go by its type, where that is narrower than the type alone.
fn limits(item: &Item) -> Option<Condition> {
    let slot = Slot(item.id.0);
    let number = |how, n: i64| Condition::Compares(slot, how, Value::Integer(n));
    if item.question()?.read_only {
        return None;
    }
    let count = |how, n: u32| Condition::Counts(slot, how, i64::from(n));
    match &item.question()?.input {
        Input::Scale { from, to, .. } => {
            Some(Condition::All(vec![number(Comparison::AtLeast, *from), number(Comparison::AtMost, *to)]))
        }
        Input::SelectMultiple { min: None, max: None, .. } => None,
        Input::SelectMultiple { min, max, .. } => {
            let least = min.map(|n| count(Comparison::AtLeast, n));
            let most = max.map(|n| count(Comparison::AtMost, n));
            Some(Condition::All(least.into_iter().chain(most).collect()))
        }
        Input::Rank { top, .. } => Some(count(Comparison::AtMost, *top)),
        _ => None,
    }
}
