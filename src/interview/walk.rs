//! The order of the interview: from a place to the next stop, and back.

use super::state::State;
use super::{Place, Stop};
use crate::journal::RowKey;
use crate::questionnaire::{Item, ItemId, Kind, Questionnaire, Rows};

/// A walk over the instances that are relevant now, in interview order.
pub(super) struct Walk<'a> {
    state: &'a State,
    questionnaire: &'a Questionnaire,
    at: u32,
    rosters: Vec<ItemId>,
    rows: Vec<RowKey>,
}

impl<'a> Walk<'a> {
    /// From the first item.
    pub(super) fn start(state: &'a State, questionnaire: &'a Questionnaire) -> Self {
        Self { state, questionnaire, at: 0, rosters: Vec::new(), rows: Vec::new() }
    }

    /// From a place, itself included.
    pub(super) fn from(state: &'a State, questionnaire: &'a Questionnaire, place: &Place) -> Self {
        let item = questionnaire.item(place.item);
        Self {
            state,
            questionnaire,
            at: place.item.0,
            rosters: item.rosters.clone(),
            rows: place.rows.clone(),
        }
    }

    /// From just behind a place and all that is in it.
    pub(super) fn after(state: &'a State, questionnaire: &'a Questionnaire, place: &Place) -> Self {
        let mut walk = Self::from(state, questionnaire, place);
        walk.at = questionnaire.item(place.item).end;
        walk
    }

    /// From the first item in a row of a roster.
    pub(super) fn into_row(
        state: &'a State,
        questionnaire: &'a Questionnaire,
        roster: &Place,
        row: RowKey,
    ) -> Self {
        let mut walk = Self::from(state, questionnaire, roster);
        walk.enter(roster.item, row);
        walk
    }

    fn enter(&mut self, roster: ItemId, row: RowKey) {
        self.rosters.push(roster);
        self.rows.push(row);
        self.at = roster.0 + 1;
    }

    fn place(&self, item: &Item) -> Place {
        Place { item: item.id, rows: self.rows.clone() }
    }

    /// Where the walk reaches the end of the roster that it is in: into the next row, or out of
    /// it. An open roster's end is a stop of its own.
    fn leave_roster(&mut self, roster: ItemId) -> Option<Stop> {
        let item = self.questionnaire.item(roster);
        self.rosters.pop();
        let row = self.rows.pop();
        let keys = self.state.rows(roster, &self.rows);
        let next = row.and_then(|row| keys.iter().position(|k| *k == row)).and_then(|p| keys.get(p + 1));
        if let Some(next) = next {
            let next = next.clone();
            self.enter(roster, next);
            return None;
        }
        self.at = item.end;
        is_open(item).then(|| Stop::MoreRows(self.place(item)))
    }
}

impl Iterator for Walk<'_> {
    type Item = Stop;

    fn next(&mut self) -> Option<Stop> {
        loop {
            if let Some(roster) = self.rosters.last().copied()
                && self.at >= self.questionnaire.item(roster).end
            {
                if let Some(stop) = self.leave_roster(roster) {
                    return Some(stop);
                }
                continue;
            }
            let item = self.questionnaire.items.get(self.at as usize)?;
            if !self.state.relevant(item.id, &self.rows) {
                self.at = item.end;
                continue;
            }
            match &item.kind {
                Kind::Question(_) => {
                    self.at += 1;
                    return Some(Stop::Question(self.place(item)));
                }
                Kind::Roster(_) => {
                    if let Some(first) = self.state.rows(item.id, &self.rows).first() {
                        let first = first.clone();
                        self.enter(item.id, first);
                    } else {
                        self.at = item.end;
                        if is_open(item) {
                            return Some(Stop::MoreRows(self.place(item)));
                        }
                    }
                }
                Kind::Section | Kind::Group | Kind::Note | Kind::Calculate(_) => self.at += 1,
            }
        }
    }
}

fn is_open(item: &Item) -> bool {
    matches!(&item.kind, Kind::Roster(roster) if matches!(roster.rows, Rows::Open))
}
