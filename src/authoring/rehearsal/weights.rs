//! What a respondent by chance is likelier to say: a file that an author may write.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::named::find;
use super::{CODES, UNKNOWN_NAME, WRONG_NAME, WRONG_VALUE};
use crate::diagnostic::document::{self, Free};
use crate::diagnostic::{Diagnostic, Report, Span, nearest};
use crate::questionnaire::{Input, Item, ItemId, Kind, Questionnaire, Rows};

/// How likely an answer without a value is where nothing is said.
const USUAL_MISSING: f64 = 0.02;

/// How likely answers are. What is not named is equally likely.
#[derive(Debug, Clone)]
pub struct Weights {
    /// Question -> choice -> weight; a choice that is not named has 1.
    choices: HashMap<ItemId, HashMap<String, f64>>,
    /// Question -> least and greatest number.
    numbers: HashMap<ItemId, (f64, f64)>,
    missing: HashMap<ItemId, f64>,
    usual_missing: f64,
    /// Open roster -> the weights of 0, 1, 2 … rows.
    rows: HashMap<ItemId, Vec<f64>>,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            choices: HashMap::new(),
            numbers: HashMap::new(),
            missing: HashMap::new(),
            usual_missing: USUAL_MISSING,
            rows: HashMap::new(),
        }
    }
}

impl Weights {
    /// Reads a file of weights for a questionnaire. All mistakes go to the report; the weights are
    /// there unless it gained an error.
    pub fn read(questionnaire: &Questionnaire, text: &str, name: &str, report: &mut Report) -> Option<Self> {
        let before = report.errors();
        let weights = document::read(name, text, CODES, report, |reader, mut top| {
            let mut weights = Self::default();
            let answers = reader.free_table(&mut top, "answers");
            let missing = reader.free_table(&mut top, "missing");
            let rows = reader.free_table(&mut top, "rows");
            top.finish(reader);
            let mut read = |free: Option<Free>, one: ReadOne| {
                for (name, json) in free.iter().flat_map(Free::entries) {
                    if let Some(free) = &free {
                        one(
                            &mut weights,
                            &mut Entry { questionnaire, free, name, json, report: reader.report },
                        );
                    }
                }
            };
            read(answers, Self::read_answer);
            read(missing, Self::read_missing);
            read(rows, Self::read_rows);
            Some(weights)
        });
        weights.filter(|_| report.errors() == before)
    }

    fn read_answer(&mut self, entry: &mut Entry<'_>) {
        let Some(item) = entry.item() else { return };
        let Some(question) = item.question() else {
            return entry.wrong(WRONG_NAME, &entry.key(), format!("`{}` is never answered", item.name));
        };
        if let Some(list) = question.input.list() {
            let list = entry.questionnaire.list(list);
            let mut weights = HashMap::new();
            let Some(choices) = entry.json.as_object() else {
                return entry.wrong(
                    WRONG_VALUE,
                    &entry.value(),
                    "Write the weights of choices: `{ yes = 9, no = 1 }`",
                );
            };
            for (choice, weight) in choices {
                let path = format!("{}.{choice}", entry.name);
                if list.find(choice).is_none() {
                    entry.unknown_choice(&path, choice, list.choices.iter().map(|c| c.name.as_str()));
                } else if let Some(weight) = entry.weight(weight, &entry.free.value(&path)) {
                    weights.insert(choice.clone(), weight);
                }
            }
            self.choices.insert(item.id, weights);
        } else if matches!(question.input, Input::Integer | Input::Decimal | Input::Scale { .. }) {
            let end = |key: &str| entry.json.get(key).and_then(Json::as_f64);
            let keys = entry.json.as_object().map_or(0, serde_json::Map::len);
            match (end("from"), end("to")) {
                (Some(from), Some(to)) if keys == 2 && from <= to => {
                    self.numbers.insert(item.id, (from, to));
                }
                _ => entry.wrong(
                    WRONG_VALUE,
                    &entry.value(),
                    "Write the least and the greatest number: `{ from = 18, to = 90 }`",
                ),
            }
        } else {
            entry.wrong(
                WRONG_NAME,
                &entry.key(),
                format!("`{}` has neither choices nor numbers to weigh", item.name),
            );
        }
    }

    fn read_missing(&mut self, entry: &mut Entry<'_>) {
        let probability = entry.json.as_f64().filter(|p| (0.0..=1.0).contains(p));
        let Some(probability) = probability else {
            return entry.wrong(WRONG_VALUE, &entry.value(), "A share lies between 0 and 1");
        };
        if entry.name == "default" {
            self.usual_missing = probability;
            return;
        }
        let Some(item) = entry.item() else { return };
        if item.question().is_none_or(|question| question.missing.is_empty()) {
            return entry.wrong(
                WRONG_NAME,
                &entry.key(),
                format!("`{}` offers no reason for a missing answer", item.name),
            );
        }
        self.missing.insert(item.id, probability);
    }

    fn read_rows(&mut self, entry: &mut Entry<'_>) {
        let Some(item) = entry.item() else { return };
        if !matches!(&item.kind, Kind::Roster(roster) if matches!(roster.rows, Rows::Open)) {
            let wrong = format!("`{}` is no roster whose end the enumerator decides", item.name);
            return entry.wrong(WRONG_NAME, &entry.key(), wrong);
        }
        let span = entry.value();
        let Some(array) = entry.json.as_array() else {
            return entry.wrong(WRONG_VALUE, &span, "Write the weights of 0, 1, 2 … rows: `[1, 2, 3]`");
        };
        let weights: Option<Vec<f64>> = array.iter().map(|weight| entry.weight(weight, &span)).collect();
        match weights {
            Some(weights) if weights.iter().any(|w| *w > 0.0) => {
                self.rows.insert(item.id, weights);
            }
            Some(_) => entry.wrong(WRONG_VALUE, &span, "One weight at least must be more than 0"),
            None => {}
        }
    }

    /// The weight of a choice.
    pub(super) fn of_choice(&self, item: &Item, choice: &str) -> f64 {
        self.choices.get(&item.id).and_then(|choices| choices.get(choice)).copied().unwrap_or(1.0)
    }

    /// Whether anything is said about the answers to a question.
    pub(super) fn is_named(&self, item: &Item) -> bool {
        self.choices.contains_key(&item.id) || self.numbers.contains_key(&item.id)
    }

    /// The least and the greatest number, where they are said.
    pub(super) fn of_number(&self, item: &Item) -> Option<(f64, f64)> {
        self.numbers.get(&item.id).copied()
    }

    /// How likely an answer without a value is.
    pub(super) fn of_missing(&self, item: &Item) -> f64 {
        self.missing.get(&item.id).copied().unwrap_or(self.usual_missing)
    }

    /// The weights of 0, 1, 2 … rows of an open roster.
    pub(super) fn of_rows(&self, roster: ItemId) -> &[f64] {
        self.rows.get(&roster).map_or(&[1.0; 5], Vec::as_slice)
    }
}

type ReadOne = fn(&mut Weights, &mut Entry<'_>);

/// One key of a table, and where its mistakes go.
struct Entry<'a> {
    questionnaire: &'a Questionnaire,
    free: &'a Free,
    name: &'a str,
    json: &'a Json,
    report: &'a mut Report,
}

impl<'a> Entry<'a> {
    fn key(&self) -> Span {
        self.free.key(self.name)
    }

    fn value(&self) -> Span {
        self.free.value(self.name)
    }

    fn item(&mut self) -> Option<&'a Item> {
        find(self.questionnaire, self.name, &self.free.key(self.name), self.report)
    }

    fn wrong(&mut self, code: &'static str, span: &Span, message: impl Into<String>) {
        self.report.push(Diagnostic::error(code, span.clone(), message));
    }

    fn weight(&mut self, json: &Json, span: &Span) -> Option<f64> {
        let weight = json.as_f64().filter(|weight| *weight >= 0.0);
        if weight.is_none() {
            self.wrong(WRONG_VALUE, span, "A weight is a number that is not negative");
        }
        weight
    }

    fn unknown_choice<'c>(&mut self, path: &str, choice: &str, choices: impl Iterator<Item = &'c str>) {
        let unknown = Diagnostic::error(
            UNKNOWN_NAME,
            self.free.key(path),
            format!("`{choice}` is no choice of `{}`", self.name),
        );
        self.report.push(match nearest(choice, choices) {
            Some(near) => unknown.label(format!("did you mean `{near}`?")),
            None => unknown,
        });
    }
}
