//! What changed between the questionnaires of two rounds, seen from the questions that a number is computed from.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::authoring::difference::{Effect, Part, compare};
use crate::questionnaire::{Kind, Questionnaire};

/// All differences between the versions that one round was asked with and those of another.
#[derive(Debug, Default)]
pub struct Differences {
    /// For each name of a question, container or list: what changed.
    changed: HashMap<String, String>,
    /// For each name: the names that it depends on.
    leans_on: HashMap<String, HashSet<String>>,
}

impl Differences {
    /// Compares each version of a round with each of the other.
    #[must_use]
    pub fn between(first: &[Arc<Questionnaire>], second: &[Arc<Questionnaire>]) -> Self {
        let mut differences = Self::default();
        for questionnaire in first.iter().chain(second) {
            differences.learn(questionnaire);
        }
        for (old, new) in first.iter().flat_map(|old| second.iter().map(move |new| (old, new))) {
            if old.hash == new.hash {
                continue;
            }
            // Another order changes answers as other words do: what was asked before a question, and which choice was heard
            // last, is part of how it is understood (Schuman and Presser 1981).
            let harmful = compare(old, new)
                .into_iter()
                .filter(|change| matches!(change.effect, Effect::Breaks | Effect::Logic | Effect::Wording))
                .filter(|change| change.part != Part::Aside);
            for change in harmful {
                differences.changed.entry(change.name).or_insert(change.what);
            }
        }
        differences
    }

    /// A question leans on its section, its list and, where it is calculated, on what it reads.
    fn learn(&mut self, questionnaire: &Questionnaire) {
        for item in &questionnaire.items {
            let on = self.leans_on.entry(item.name.clone()).or_default();
            on.extend(item.parent.map(|parent| questionnaire.item(parent).name.clone()));
            match &item.kind {
                Kind::Calculate(expression) => on.extend(names_in(expression.text()).map(str::to_owned)),
                Kind::Question(question) => {
                    on.extend(question.input.list().map(|list| questionnaire.list(list).name.clone()));
                }
                _ => {}
            }
        }
    }

    /// Why numbers from these questions cannot be compared; none where they can.
    #[must_use]
    pub fn reason(&self, questions: &[String], accepted: &[String]) -> Option<String> {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut waiting: Vec<&str> = questions.iter().map(String::as_str).rev().collect();
        while let Some(name) = waiting.pop() {
            if !seen.insert(name) || accepted.iter().any(|a| a == name) {
                continue;
            }
            if let Some(what) = self.changed.get(name) {
                return Some(format!("`{name}` changed ({what})"));
            }
            waiting.extend(self.leans_on.get(name).into_iter().flatten().map(String::as_str));
        }
        None
    }
}

/// The names in `${name}`.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.trim()))
}
