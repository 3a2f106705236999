//! What could harm stays so in whatever is made of it.

use super::graph::{Edge, Why};
use super::model::{Item, ItemId, Kind};
use crate::value::Type;

/// Makes rosters, what stands in them, and calculations as sensitive as what they are made of: rows for each choice
/// of a sensitive question tell its answer, and so does a number counted from it. What is calculated from who somebody is,
/// or begins with it by default, tells it as well, but for a number made of a day, such as an age; what is only chosen by a
/// condition on it does not. A text that repeats somebody's own words has them too, and a roster in which every answer is
/// sensitive is sensitive itself.
pub(super) fn inherit(items: &mut [Item], edges: &[Edge]) {
    // Each pass adds at least one mark, so this ends.
    loop {
        let mut has_changed = false;
        for edge in edges.iter().filter(|edge| edge.why == Why::Rows) {
            let sensitive = is_sensitive(items, edge.from);
            has_changed |= Marks { sensitive, ..Marks::default() }.add_to(items, edge.to.0 as usize);
        }
        for index in 0..items.len() {
            let marks = taken_over(items, index);
            let sensitive = marks.sensitive || is_within(items, index) || is_told_by_rows_alone(items, index);
            has_changed |= Marks { sensitive, ..marks }.add_to(items, index);
        }
        if !has_changed {
            return;
        }
    }
}

fn is_sensitive(items: &[Item], id: ItemId) -> bool {
    items.get(id.0 as usize).is_some_and(|item| item.sensitive)
}

/// Whether an item is in a sensitive roster.
fn is_within(items: &[Item], index: usize) -> bool {
    items.get(index).is_some_and(|item| item.rosters.iter().any(|roster| is_sensitive(items, *roster)))
}

/// Whether an item is a roster in which every answer is sensitive: that it has a row tells that there is something to tell.
fn is_told_by_rows_alone(items: &[Item], index: usize) -> bool {
    let Some(roster) = items.get(index).filter(|item| matches!(item.kind, Kind::Roster(_))) else {
        return false;
    };
    let inside = items.get(index + 1..roster.end as usize).unwrap_or_default();
    let mut kept =
        inside.iter().filter(|item| matches!(item.kind, Kind::Question(_) | Kind::Calculate(_))).peekable();
    kept.peek().is_some() && kept.all(|item| item.sensitive)
}

/// What a calculation, or a question with a default, takes over from what it reads.
fn taken_over(items: &[Item], index: usize) -> Marks {
    let made = match items.get(index).map(|item| &item.kind) {
        Some(Kind::Calculate(expression)) => Some(expression),
        Some(Kind::Question(question)) => question.default.as_ref(),
        _ => None,
    };
    let mut marks = Marks::default();
    let Some(made) = made else { return marks };
    for reference in made.references() {
        let Some(from) = items.get(reference.slot.0 as usize) else { continue };
        let is_made_of = made.is_made_of(reference.slot);
        let is_age = matches!(made.ty(), Type::Integer | Type::Decimal) && from.is_day();
        marks.sensitive |= from.sensitive;
        marks.identifying |= from.identifying && !is_age && is_made_of;
        marks.own_words |= from.own_words && made.ty() == Type::Text && is_made_of;
    }
    marks
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
    fn add_to(self, items: &mut [Item], index: usize) -> bool {
        let Some(item) = items.get_mut(index) else { return false };
        let before = Self::of(item);
        item.sensitive |= self.sensitive;
        item.identifying |= self.identifying;
        item.own_words |= self.own_words;
        before != Self::of(item)
    }
}
