//! What could harm stays so in whatever is made of it.

use super::graph::{Edge, Why};
use super::model::{Item, Kind};
use crate::expression::Slot;
use crate::value::Type;

/// Makes rosters, what stands in them, and calculations as sensitive as what they are made of: rows for each choice
/// of a sensitive question tell its answer, and so does a number counted from it. A calculated text that reads who
/// somebody is tells it as well; a number made of it, such as an age, need not. A calculated text that repeats somebody's
/// own words has them too.
pub(super) fn inherit(items: &mut [Item], edges: &[Edge]) {
    // Each pass adds at least one mark, so this ends.
    loop {
        let mut has_changed = false;
        for edge in edges.iter().filter(|edge| edge.why != Why::Relevance && edge.why != Why::Inside) {
            let Some(from) = items.get(edge.from.0 as usize).map(Marks::of) else { continue };
            let Some(to) = items.get_mut(edge.to.0 as usize) else { continue };
            let made = if let Kind::Calculate(expression) = &to.kind { Some(expression) } else { None };
            let marks = Marks {
                sensitive: from.sensitive,
                identifying: from.identifying && made.is_some_and(|made| made.ty() == Type::Text),
                own_words: from.own_words && made.is_some_and(|made| made.repeats(Slot(edge.from.0))),
            };
            has_changed |= marks.add_to(to);
        }
        for index in 0..items.len() {
            let rosters = items.get(index).map(|item| item.rosters.clone()).unwrap_or_default();
            let is_within =
                rosters.iter().any(|id| items.get(id.0 as usize).is_some_and(|roster| roster.sensitive));
            if let Some(item) = items.get_mut(index) {
                has_changed |= Marks { sensitive: is_within, ..Marks::default() }.add_to(item);
            }
        }
        if !has_changed {
            return;
        }
    }
}

/// What makes an answer one that stays inside.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Marks {
    sensitive: bool,
    identifying: bool,
    own_words: bool,
}

impl Marks {
    fn of(item: &Item) -> Self {
        Self { sensitive: item.sensitive, identifying: item.identifying, own_words: item.own_words }
    }

    /// Whether one of them is new.
    fn add_to(self, item: &mut Item) -> bool {
        let before = Self::of(item);
        item.sensitive |= self.sensitive;
        item.identifying |= self.identifying;
        item.own_words |= self.own_words;
        before != Self::of(item)
    }
}
