//! Conditions in words.

use crate::expression::{Comparison, Condition, Slot};
use crate::questionnaire::{ItemId, Questionnaire};
use crate::value::Value;

use super::words::{Words, fill};
use super::{Outline, flat};

/// Conditions in the words of a language, questions by their numbers and choices by their labels.
pub struct Logic<'q> {
    pub(crate) questionnaire: &'q Questionnaire,
    pub(crate) outline: &'q Outline,
    pub(crate) words: &'static Words,
    /// Index of the language of the choices' labels.
    pub(crate) language: usize,
    /// The question that the condition is about, if it is about one.
    pub(crate) this: Option<ItemId>,
}

impl Logic<'_> {
    /// The condition in words.
    #[must_use]
    pub fn say(&self, condition: &Condition) -> String {
        self.said(condition, true, false)
    }

    fn said(&self, condition: &Condition, holds: bool, inner: bool) -> String {
        let words = self.words;
        match condition {
            Condition::Always(always) => {
                (if *always == holds { words.always } else { words.never }).to_owned()
            }
            Condition::Not(part) => self.said(part, !holds, inner),
            Condition::All(parts) if holds && let Some(between) = self.between(parts) => between,
            Condition::All(parts) | Condition::Any(parts)
                if let Some(one_of) = self.one_of(parts, matches!(condition, Condition::All(_)), holds) =>
            {
                one_of
            }
            Condition::All(parts) | Condition::Any(parts) => {
                // Not all of them: one of them is not.
                let all = matches!(condition, Condition::All(_)) == holds;
                let joint = if all { words.and } else { words.or };
                let parts: Vec<String> = parts.iter().map(|part| self.said(part, holds, true)).collect();
                let joined = parts.join(joint);
                if inner && parts.len() > 1 { format!("({joined})") } else { joined }
            }
            Condition::Answered(slot) => {
                fill(if holds { words.answered } else { words.not_answered }, &[&self.name(*slot)])
            }
            Condition::Compares(slot, how, value) => {
                let how = if holds { *how } else { how.opposite() };
                fill(words.compared(how), &[&self.name(*slot), &self.value(*slot, value)])
            }
            Condition::Selected(slot, choice) => {
                let phrase = if holds { words.chosen } else { words.not_chosen };
                fill(phrase, &[&self.name(*slot), &self.value(*slot, &Value::Choice(choice.clone()))])
            }
            Condition::Counts(slot, how, number) => {
                let how = if holds { *how } else { how.opposite() };
                let subject = fill(words.number_in, &[&self.name(*slot)]);
                fill(words.compared(how), &[&subject, &number.to_string()])
            }
            Condition::Same(one, other) => {
                fill(if holds { words.is } else { words.is_not }, &[&self.name(*one), &self.name(*other)])
            }
            Condition::Sides(one, how, other) => {
                let how = if holds { *how } else { how.opposite() };
                fill(words.compared(how), &[&self.name(*one), &self.name(*other)])
            }
            Condition::Lacks(slot, reason) => {
                let reason = fill(words.quoted, &[words.missing(*reason)]);
                fill(if holds { words.is } else { words.is_not }, &[&self.name(*slot), &reason])
            }
            Condition::Other(text) => {
                let text = self.numbered(text);
                if holds { text } else { fill(words.not, &[&text]) }
            }
        }
    }

    /// The words for a lower and an upper limit of one answer.
    fn between(&self, parts: &[Condition]) -> Option<String> {
        use Condition::Compares;
        let [Compares(one, Comparison::AtLeast, low), Compares(other, Comparison::AtMost, high)] = parts
        else {
            return None;
        };
        let limits = [self.name(*one), self.value(*one, low), self.value(*one, high)];
        (one == other).then(|| fill(self.words.between, &limits.each_ref().map(String::as_str)))
    }

    /// The words for one of several answers to one question, and for none of them: `a = 1 or a = 2`, `a != 1 and a != 2`, and
    /// the same with `selected`.
    fn one_of(&self, parts: &[Condition], all: bool, holds: bool) -> Option<String> {
        let words = self.words;
        let mut slot = None;
        let mut said = Vec::new();
        let mut is_selected = None;
        for part in parts {
            let (part, part_holds) = match part {
                Condition::Not(inner) => (&**inner, !holds),
                part => (part, holds),
            };
            let (own, value, equals, selects) = match part {
                Condition::Compares(own, Comparison::Equal, value) => {
                    (*own, value.clone(), part_holds, false)
                }
                Condition::Compares(own, Comparison::NotEqual, value) => {
                    (*own, value.clone(), !part_holds, false)
                }
                Condition::Selected(own, choice) => (*own, Value::Choice(choice.clone()), part_holds, true),
                _ => return None,
            };
            // One of them, or none: `a = 1 and a = 2` is neither.
            let is_joint_all = all == holds;
            if equals == is_joint_all
                || *slot.get_or_insert(own) != own
                || *is_selected.get_or_insert(selects) != selects
            {
                return None;
            }
            said.push(self.value(own, &value));
        }
        let (last, first) = said.split_last()?;
        let (slot, selects) = (slot?, is_selected?);
        if first.is_empty() {
            return None;
        }
        let is_none = all == holds;
        let joint =
            format!("{}{}{last}", first.join(words.comma), if is_none { words.comma } else { words.or });
        let phrase = match (is_none, selects) {
            (false, false) => words.is,
            (true, false) => words.is_none_of,
            (false, true) => words.chosen,
            (true, true) => words.none_chosen,
        };
        Some(fill(phrase, &[&self.name(slot), &joint]))
    }

    /// A question by its number; what is worked out by its label, where it has one; anything else by its name.
    fn name(&self, slot: Slot) -> String {
        let id = ItemId(slot.0);
        if self.this == Some(id) {
            return self.words.this_answer.to_owned();
        }
        match self.questionnaire.items.get(slot.0 as usize) {
            Some(item) => match (self.outline.number(id), item.label.source(self.language).trim()) {
                (Some(number), _) => number.to_owned(),
                (None, "") => item.name.clone(),
                (None, label) => fill(self.words.quoted, &[&flat(label)]),
            },
            None => "…".to_owned(),
        }
    }

    /// A value as it is read: a choice by its label.
    fn value(&self, slot: Slot, value: &Value) -> String {
        let (Value::Text(name) | Value::Choice(name)) = value else { return value.to_string() };
        let item = self.questionnaire.items.get(slot.0 as usize);
        let list = item.and_then(|item| item.question()?.input.list());
        let choice = list.and_then(|list| self.questionnaire.list(list).find(name));
        let said = choice.map_or_else(|| name.clone(), |choice| choice.label.source(self.language));
        fill(self.words.quoted, &[&said])
    }

    /// How often a roster is filled in.
    pub(crate) fn so_often(&self, count: &str) -> String {
        let name = count.trim().strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        match name.and_then(|name| self.questionnaire.find(name.trim())) {
            Some(item) => fill(self.words.so_often, &[&self.name(Slot(item.id.0))]),
            None => fill(self.words.each_row, &[&self.numbered(count)]),
        }
    }

    /// An expression as written, with the numbers of questions in place of their names.
    pub(crate) fn numbered(&self, text: &str) -> String {
        let mut said = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            said.push_str(before);
            let Some((name, behind)) = after.split_once('}') else { break };
            let item = self.questionnaire.find(name.trim());
            let number = item.and_then(|item| self.outline.number(item.id));
            said.push_str(number.unwrap_or(name.trim()));
            rest = behind;
        }
        (said + rest).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
