//! What could harm stays so in whatever is made of it.

use super::graph::{Edge, Why};
use super::model::{Item, Kind};
use crate::value::Type;

/// Makes rosters, what stands in them, and calculations as sensitive as what they are made of: rows for each choice
/// of a sensitive question tell its answer, and so does a number counted from it. A calculated text that reads who
/// somebody is tells it as well; a number made of it, such as an age, need not.
pub(super) fn inherit(items: &mut [Item], edges: &[Edge]) {
    // Each pass adds at least one mark, so this ends.
    loop {
        let mut has_changed = false;
        for edge in edges.iter().filter(|edge| edge.why != Why::Relevance && edge.why != Why::Inside) {
            let marks = items.get(edge.from.0 as usize).map(|item| (item.sensitive, item.identifying));
            let (Some((sensitive, identifying)), Some(to)) = (marks, items.get_mut(edge.to.0 as usize))
            else {
                continue;
            };
            let tells = matches!(&to.kind, Kind::Calculate(expression) if expression.ty() == Type::Text);
            has_changed |= mark(to, sensitive, identifying && tells);
        }
        for index in 0..items.len() {
            let rosters = items.get(index).map(|item| item.rosters.clone()).unwrap_or_default();
            let is_within =
                rosters.iter().any(|id| items.get(id.0 as usize).is_some_and(|roster| roster.sensitive));
            if let Some(item) = items.get_mut(index) {
                has_changed |= mark(item, is_within, false);
            }
        }
        if !has_changed {
            return;
        }
    }
}

/// Whether a mark is new.
fn mark(item: &mut Item, sensitive: bool, identifying: bool) -> bool {
    let before = (item.sensitive, item.identifying);
    item.sensitive |= sensitive;
    item.identifying |= identifying;
    before != (item.sensitive, item.identifying)
}
