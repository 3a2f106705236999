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
    /// The notes that were passed since the last stop.
    pub(super) notes: Vec<Place>,
}

impl<'a> Walk<'a> {
    /// From the first item.
    pub(super) fn start(state: &'a State, questionnaire: &'a Questionnaire) -> Self {
        Self { state, questionnaire, at: 0, rosters: Vec::new(), rows: Vec::new(), notes: Vec::new() }
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
            notes: Vec::new(),
        }
    }

    /// From just behind a place and all that is in it.
    pub(super) fn after(state: &'a State, questionnaire: &'a Questionnaire, place: &Place) -> Self {
        let mut walk = Self::from(state, questionnaire, place);
        walk.at = walk.behind(questionnaire.item(place.item));
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

    /// Where the walk goes on behind an item and all that is in it; the end of the roster where it
    /// is the last in its row.
    fn behind(&self, mut item: &'a Item) -> u32 {
        loop {
            let Some(parent) = item.parent.map(|parent| self.questionnaire.item(parent)) else {
                return item.end;
            };
            if parent.shuffled {
                let order = self.order_in(parent);
                let at = order.iter().position(|child| *child == item.id);
                if let Some(next) = at.and_then(|at| order.get(at + 1)) {
                    return next.0;
                }
            } else if item.end < parent.end {
                return item.end;
            }
            if matches!(parent.kind, Kind::Roster(_)) {
                return parent.end;
            }
            item = parent;
        }
    }

    fn order_in(&self, container: &Item) -> Vec<ItemId> {
        let depth = container.rosters.len().min(self.rows.len());
        self.state.order_in(self.questionnaire, container, &self.rows[..depth])
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
        self.at = self.behind(item);
        is_open(item).then(|| Stop::MoreRows(self.place(item)))
    }
}

impl Iterator for Walk<'_> {
    type Item = Stop;

    fn next(&mut self) -> Option<Stop> {
        self.notes.clear();
        loop {
            if let Some(roster) = self.rosters.last().copied()
                && self.at >= self.questionnaire.item(roster).end
            {
                if let Some(stop) = self.leave_roster(roster) {
                    return Some(stop);
                }
                continue;
            }
            let questionnaire = self.questionnaire;
            let item = questionnaire.items.get(self.at as usize)?;
            if !self.state.relevant(item.id, &self.rows) {
                self.at = self.behind(item);
                continue;
            }
            match &item.kind {
                Kind::Question(_) => {
                    self.at = self.behind(item);
                    return Some(Stop::Question(self.place(item)));
                }
                Kind::Roster(_) => {
                    if let Some(first) = self.state.rows(item.id, &self.rows).first() {
                        let first = first.clone();
                        self.enter(item.id, first);
                    } else {
                        self.at = self.behind(item);
                        if is_open(item) {
                            return Some(Stop::MoreRows(self.place(item)));
                        }
                    }
                }
                Kind::Section | Kind::Group if item.shuffled => {
                    let first = self.order_in(item).first().copied();
                    self.at = first.map_or_else(|| self.behind(item), |first| first.0);
                }
                Kind::Section | Kind::Group if item.end > item.id.0 + 1 => self.at += 1,
                Kind::Note => {
                    self.notes.push(self.place(item));
                    self.at = self.behind(item);
                }
                Kind::Section | Kind::Group | Kind::Calculate(_) => self.at = self.behind(item),
            }
        }
    }
}

fn is_open(item: &Item) -> bool {
    matches!(&item.kind, Kind::Roster(roster) if matches!(roster.rows, Rows::Open))
}
