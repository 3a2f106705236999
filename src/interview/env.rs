//! The answers of an interview as an expression sees them from one place.

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset};

use super::chance::Chance;
use super::state::State;
use crate::expression::{Env, Slot};
use crate::journal::RowKey;
use crate::questionnaire::{Choice, ChoiceList, Input, Item, ItemId, Kind, Questionnaire};
use crate::value::{Answer, Missing, Value};

/// An [`Env`] at one instance of an item.
#[derive(Clone)]
pub(super) struct At<'a> {
    state: &'a State,
    questionnaire: &'a Questionnaire,
    item: &'a Item,
    rows: &'a [RowKey],
    /// What `.` is, where it is not what is recorded.
    candidate: Option<&'a Answer>,
    /// The choice that a choice filter is asked about.
    choice: Option<(&'a ChoiceList, &'a Choice)>,
    /// How many labels deep this is: a choice's label may pipe an answer whose label …
    depth: u8,
}

/// Deeper than this a choice shows as its name.
const MOST_DEPTH: u8 = 8;

impl<'a> At<'a> {
    pub(super) fn new(
        state: &'a State,
        questionnaire: &'a Questionnaire,
        item: &'a Item,
        rows: &'a [RowKey],
    ) -> Self {
        Self { state, questionnaire, item, rows, candidate: None, choice: None, depth: 0 }
    }

    pub(super) fn with_candidate(self, candidate: &'a Answer) -> Self {
        Self { candidate: Some(candidate), ..self }
    }

    pub(super) fn with_choice(self, list: &'a ChoiceList, choice: &'a Choice) -> Self {
        Self { choice: Some((list, choice)), ..self }
    }

    /// The rows of the instance of `item` that this place sees.
    fn rows_of(&self, item: ItemId) -> Option<&'a [RowKey]> {
        let item = self.questionnaire.items.get(item.0 as usize)?;
        self.rows.get(..item.rosters.len())
    }
}

impl Env for At<'_> {
    fn value(&self, slot: Slot) -> Option<Cow<'_, Value>> {
        if let Some((list, choice)) = self.choice
            && let Some(value) = list.column_value(choice, slot)
        {
            return Some(value);
        }
        let id = ItemId(slot.0);
        if let Some(candidate) = self.candidate
            && id == self.item.id
        {
            return candidate.value().map(Cow::Borrowed);
        }
        self.state.value(id, self.rows_of(id)?).map(Cow::Borrowed)
    }

    fn values(&self, slot: Slot) -> Vec<Option<Cow<'_, Value>>> {
        let Some(item) = self.questionnaire.items.get(slot.0 as usize) else { return Vec::new() };
        let shared = self.questionnaire.shared_rosters(self.item, item);
        // A roster may add up its own rows' items from inside a row of it.
        let prefix = &self.rows[..shared.min(self.rows.len())];
        if matches!(item.kind, Kind::Roster(_)) {
            let instances = self.state.instances(item, prefix);
            return instances.iter().flat_map(|rows| self.state.rows(item.id, rows)).map(|_| None).collect();
        }
        self.state
            .instances(item, prefix)
            .iter()
            .map(|rows| self.state.value(item.id, rows).map(Cow::Borrowed))
            .collect()
    }

    fn missing(&self, slot: Slot) -> Option<Missing> {
        let id = ItemId(slot.0);
        if let Some(candidate) = self.candidate
            && id == self.item.id
        {
            return candidate.missing();
        }
        self.state.missing(id, self.rows_of(id)?)
    }

    fn position(&self, roster: Slot) -> Option<usize> {
        let depth = self.item.rosters.iter().position(|r| r.0 == roster.0)?;
        let (outer, inner) = (self.rows.get(..depth)?, self.rows.get(depth)?);
        self.state.rows(ItemId(roster.0), outer).iter().position(|k| k == inner).map(|p| p + 1)
    }

    fn label(&self, slot: Slot, choice: &str) -> Option<String> {
        let item = self.questionnaire.items.get(slot.0 as usize)?;
        let Kind::Question(question) = &item.kind else { return None };
        let (Input::SelectOne { list, .. } | Input::SelectMultiple { list, .. } | Input::Rank { list, .. }) =
            &question.input
        else {
            return None;
        };
        if self.depth >= MOST_DEPTH {
            return None;
        }
        let choice = self.questionnaire.list(*list).find(choice)?;
        Some(choice.label.render(self.state.language, &Self { depth: self.depth + 1, ..self.clone() }))
    }

    fn look_up(&self, list: &str, column: &str, by: &str, key: &str) -> Option<String> {
        let list = self.questionnaire.find_list(list)?;
        let choice = list.find_by(by, key)?;
        match column {
            "name" => Some(choice.name.clone()),
            "code" => Some(choice.code.to_string()),
            _ => choice.columns.get(list.columns.iter().position(|c| c == column)?).cloned(),
        }
    }

    fn value_in_rows(&self, slot: Slot, rows: &[(Slot, usize)]) -> Option<Cow<'_, Value>> {
        let item = self.questionnaire.items.get(slot.0 as usize)?;
        let mut keys: Vec<RowKey> = Vec::new();
        for (depth, roster) in item.rosters.iter().enumerate() {
            let key = match rows.iter().find(|(picked, _)| picked.0 == roster.0) {
                Some((_, place)) => self.state.rows(*roster, &keys).get(place.checked_sub(1)?)?,
                None => self.rows.get(depth).filter(|_| self.item.rosters.get(depth) == Some(roster))?,
            };
            keys.push(key.clone());
        }
        self.state.value(item.id, &keys).map(Cow::Borrowed)
    }

    fn rows_in(&self, list: &str) -> usize {
        self.questionnaire.find_list(list).map_or(0, |list| list.choices.len())
    }

    fn row_named(&self, list: &str, name: &str) -> Option<usize> {
        self.questionnaire.find_list(list)?.position(name)
    }

    fn cell(&self, list: &str, row: usize, column: &str) -> Option<Cow<'_, Value>> {
        let list = self.questionnaire.find_list(list)?;
        let choice = list.choices.get(row)?;
        Some(Cow::Owned(match column {
            "name" => Value::Text(choice.name.clone()),
            "code" => Value::Integer(choice.code),
            "label" if self.depth >= MOST_DEPTH => Value::Text(choice.name.clone()),
            "label" => {
                let deeper = Self { depth: self.depth + 1, ..self.clone() };
                Value::Text(choice.label.render(self.state.language, &deeper))
            }
            _ => {
                let at = list.columns.iter().position(|c| c == column)?;
                Value::Text(choice.columns.get(at).filter(|text| !text.is_empty())?.clone())
            }
        }))
    }

    fn enumerator(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.state.enumerator)
    }

    fn now(&self) -> DateTime<FixedOffset> {
        self.state.now
    }

    /// Drawn from the interview's seed and this place, so that a replay draws the same.
    fn random(&self) -> f64 {
        Chance::of_values(self.state.seed, &self.item.name, self.rows).unit()
    }
}
