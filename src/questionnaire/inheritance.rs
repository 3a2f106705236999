//! What could harm stays so in whatever is made of it.

use super::graph::{Edge, Why};
use super::model::{Item, Kind};
use crate::expression::Expression;
use crate::value::Type;

/// Makes rosters, what stands in them, and calculations as sensitive as what they are made of: rows for each choice
/// of a sensitive question tell its answer, and so does a number counted from it. What is calculated from who somebody is,
/// or begins with it by default, tells it as well, but for a number made of a day, such as an age; what is only chosen by a
/// condition on it does not. A calculated text that repeats somebody's
/// own words has them too, and a roster in which every answer is sensitive is sensitive itself.
pub(super) fn inherit(items: &mut [Item], edges: &[Edge]) {
    // Each pass adds at least one mark, so this ends.
    loop {
        let mut has_changed = false;
        for edge in edges.iter().filter(|edge| edge.why != Why::Relevance && edge.why != Why::Inside) {
            let Some(from) = items.get(edge.from.0 as usize).map(Marks::of) else { continue };
            let Some(to) = items.get_mut(edge.to.0 as usize) else { continue };
            let marks = Marks { sensitive: from.sensitive, ..Marks::default() };
            has_changed |= marks.add_to(to);
        }
        for index in 0..items.len() {
            has_changed |= takes_over(items, index);
        }
        for index in 0..items.len() {
            let rosters = items.get(index).map(|item| item.rosters.clone()).unwrap_or_default();
            let is_within =
                rosters.iter().any(|id| items.get(id.0 as usize).is_some_and(|roster| roster.sensitive));
            if let Some(item) = items.get_mut(index) {
                has_changed |= Marks { sensitive: is_within, ..Marks::default() }.add_to(item);
            }
        }
        for index in 0..items.len() {
            if is_told_by_rows_alone(items, index)
                && let Some(roster) = items.get_mut(index)
            {
                has_changed |= Marks { sensitive: true, ..Marks::default() }.add_to(roster);
            }
        }
        if !has_changed {
            return;
        }
    }
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

/// Whether a calculation, or a question with a default, takes over a mark that is new from what it reads.
fn takes_over(items: &mut [Item], index: usize) -> bool {
    let Some(item) = items.get(index) else { return false };
    let made = match &item.kind {
        Kind::Calculate(expression) => Some(expression),
        Kind::Question(question) => question.default.as_ref(),
        _ => None,
    };
    let mut marks = Marks::default();
    for reference in made.map_or(&[][..], Expression::references) {
        let (Some(made), Some(from)) = (made, items.get(reference.slot.0 as usize)) else { continue };
        let is_age = matches!(made.ty(), Type::Integer | Type::Decimal) && from.is_day();
        marks.sensitive |= from.sensitive;
        marks.identifying |= from.identifying && !is_age && made.is_made_of(reference.slot);
        marks.own_words |= from.own_words && made.repeats(reference.slot);
    }
    items.get_mut(index).is_some_and(|item| marks.add_to(item))
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
