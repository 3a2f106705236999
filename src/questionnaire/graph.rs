//! Who depends on whom: what must be looked at again when something changes, and in which order.
//!
//! An edge goes from what is read to what reads it: relevance, a roster's rows, a calculation, the
//! default of a read-only question. Another goes from each container to what stands directly in
//! it, which is only there while its container is. Whatever is only looked at when a question is
//! shown or answered (constraints, checks, filters, texts) has no edge.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use super::document::Draft;
use super::{ItemId, codes};
use crate::diagnostic::{Diagnostic, Report, Span};

/// Who depends on whom.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// For each item: the items to look at again when its answer, rows or relevance change.
    pub(super) dependents: Vec<Vec<ItemId>>,
    /// For each item: its place in an order in which nothing stands before what it reads.
    pub(super) rank: Vec<u32>,
    /// All items in that order.
    pub(super) order: Vec<ItemId>,
}

/// Why one item depends on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Relevance,
    Rows,
    Calculation,
    Default,
    Inside,
}

/// That one item depends on another.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    /// What is read.
    pub(super) from: ItemId,
    /// What reads it.
    pub(super) to: ItemId,
    pub(super) why: Why,
    /// Where that is written.
    pub(super) span: Span,
}

/// The graph of these edges and of the containers. Circles are reported.
pub(super) fn build(drafts: &[Draft], mut edges: Vec<Edge>, report: &mut Report) -> Graph {
    for (index, draft) in drafts.iter().enumerate() {
        if let Some(parent) = draft.parent {
            let (to, span) = (ItemId(index as u32), draft.name.span.clone());
            edges.push(Edge { from: parent, to, why: Why::Inside, span });
        }
    }
    let mut outgoing = vec![Vec::new(); drafts.len()];
    for (index, edge) in edges.iter().enumerate() {
        if let Some(list) = outgoing.get_mut(edge.from.0 as usize) {
            list.push(index);
        }
    }
    let arrows = Arrows { edges: &edges, outgoing };
    let rank = arrows.order();
    for component in arrows.circles(&rank) {
        report.push(describe(&component, drafts));
    }
    let place = |id: &ItemId| rank.get(id.0 as usize).copied().flatten();
    let dependents = arrows
        .outgoing
        .iter()
        .map(|list| {
            let mut ids: Vec<ItemId> = list.iter().filter_map(|e| edges.get(*e)).map(|e| e.to).collect();
            ids.sort_unstable_by_key(|id| (place(id), *id));
            ids.dedup();
            ids
        })
        .collect();
    let rank: Vec<u32> = rank.iter().map(|r| r.unwrap_or(u32::MAX)).collect();
    let mut order: Vec<ItemId> = (0..rank.len() as u32).map(ItemId).collect();
    order.sort_by_key(|id| rank.get(id.0 as usize));
    Graph { dependents, rank, order }
}

/// The edges, found by where they begin.
struct Arrows<'e> {
    edges: &'e [Edge],
    /// For each item, indices of the edges that begin there.
    outgoing: Vec<Vec<usize>>,
}

impl Arrows<'_> {
    fn from(&self, item: u32) -> impl Iterator<Item = &Edge> {
        let list = self.outgoing.get(item as usize).map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(|index| self.edges.get(*index))
    }

    /// The place of each item in an order in which nothing stands before what it reads, as near
    /// to interview order as that allows; `None` for items in or behind a circle.
    fn order(&self) -> Vec<Option<u32>> {
        let mut waiting = vec![0_u32; self.outgoing.len()];
        for edge in self.edges {
            if let Some(count) = waiting.get_mut(edge.to.0 as usize) {
                *count += 1;
            }
        }
        let mut rank = vec![None; waiting.len()];
        let mut ready: BinaryHeap<Reverse<u32>> = (0_u32..)
            .zip(&waiting)
            .filter(|(_, count)| **count == 0)
            .map(|(item, _)| Reverse(item))
            .collect();
        let mut next = 0;
        while let Some(Reverse(item)) = ready.pop() {
            if let Some(place) = rank.get_mut(item as usize) {
                *place = Some(next);
                next += 1;
            }
            for edge in self.from(item) {
                if let Some(count) = waiting.get_mut(edge.to.0 as usize) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push(Reverse(edge.to.0));
                    }
                }
            }
        }
        rank
    }

    /// One circle for each knot of items that depend on each other, as the edges along it.
    fn circles(&self, rank: &[Option<u32>]) -> Vec<Vec<Edge>> {
        let mut found = Vec::new();
        for knot in self.knots(rank) {
            if let Some(circle) = self.shortest_circle(&knot) {
                found.push(circle);
            }
        }
        found
    }

    /// The strongly connected components among the items without a rank, by Tarjan's algorithm
    /// with a stack of its own, so that no questionnaire is too deep for it.
    fn knots(&self, rank: &[Option<u32>]) -> Vec<Vec<u32>> {
        let unranked = |item: u32| rank.get(item as usize).is_some_and(Option::is_none);
        let (mut index, mut low) = (HashMap::new(), HashMap::new());
        let (mut open, mut knots) = (Vec::new(), Vec::new());
        let mut is_open = vec![false; rank.len()];
        for root in (0..rank.len() as u32).filter(|item| unranked(*item)) {
            if index.contains_key(&root) {
                continue;
            }
            let mut path: Vec<(u32, Vec<u32>)> = Vec::new();
            let mut enter = Some(root);
            loop {
                if let Some(item) = enter.take() {
                    let number = index.len();
                    index.insert(item, number);
                    low.insert(item, number);
                    open.push(item);
                    is_open[item as usize] = true;
                    path.push((item, self.from(item).map(|e| e.to.0).filter(|to| unranked(*to)).collect()));
                }
                let Some((item, rest)) = path.last_mut() else { break };
                let item = *item;
                if let Some(next) = rest.pop() {
                    if !index.contains_key(&next) {
                        enter = Some(next);
                    } else if is_open[next as usize] {
                        let reached = index[&next];
                        low.entry(item).and_modify(|l| *l = reached.min(*l));
                    }
                    continue;
                }
                path.pop();
                let lowest = low[&item];
                if let Some((above, _)) = path.last() {
                    low.entry(*above).and_modify(|l| *l = lowest.min(*l));
                }
                if lowest == index[&item] {
                    let mut knot = Vec::new();
                    while let Some(member) = open.pop() {
                        is_open[member as usize] = false;
                        knot.push(member);
                        if member == item {
                            break;
                        }
                    }
                    knots.push(knot);
                }
            }
        }
        knots
    }

    /// The shortest way from the first item of a knot back to itself, in the order in which the
    /// items read each other.
    fn shortest_circle(&self, knot: &[u32]) -> Option<Vec<Edge>> {
        let members: std::collections::HashSet<u32> = knot.iter().copied().collect();
        // A circle is best told from an item whose own condition or formula closes it.
        let start =
            *knot.iter().filter(|item| self.closes(**item, &members)).min().or_else(|| knot.iter().min())?;
        let mut came_by: HashMap<u32, &Edge> = HashMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(item) = queue.pop_front() {
            for edge in self.from(item).filter(|e| members.contains(&e.to.0)) {
                if edge.to.0 == start {
                    let mut circle = vec![edge.clone()];
                    let mut at = item;
                    while at != start {
                        let edge = came_by.get(&at)?;
                        circle.push((*edge).clone());
                        at = edge.from.0;
                    }
                    return Some(circle);
                }
                if let std::collections::hash_map::Entry::Vacant(entry) = came_by.entry(edge.to.0) {
                    entry.insert(edge);
                    queue.push_back(edge.to.0);
                }
            }
        }
        None
    }

    fn closes(&self, item: u32, members: &std::collections::HashSet<u32>) -> bool {
        members
            .iter()
            .flat_map(|from| self.from(*from))
            .any(|edge| edge.to.0 == item && edge.why != Why::Inside)
    }
}

/// Words for a circle. Its first edge ends at the item that the message begins with.
fn describe(circle: &[Edge], drafts: &[Draft]) -> Diagnostic {
    let name = |id: ItemId| drafts.get(id.0 as usize).map_or("", |d| d.name.value.as_str());
    let Some(first) = circle.first() else {
        return Diagnostic::error(codes::CYCLE, Span::new(0, 0..0), "items depend on each other in a circle");
    };
    let inside = |edge: &&Edge| edge.why == Why::Inside;
    let rows = circle.iter().find(|e| e.why == Why::Rows);
    let held = circle.iter().filter(inside).count();
    if let Some(edge) = rows.filter(|_| held + 1 == circle.len()) {
        let message = format!("the number of rows of `{}` depends on its own rows", name(edge.to));
        return Diagnostic::error(codes::OWN_COUNT, edge.span.clone(), message).help(
                "Ask for the number in a question before the roster, or leave `count` out: the enumerator then says when there are no more rows.",
            );
    }
    if let Some(edge) =
        circle.iter().find(|e| e.why == Why::Relevance).filter(|_| held > 0 && held + 1 == circle.len())
    {
        let message = format!(
            "whether `{}` is asked depends on `{}`, which stands inside it",
            name(edge.to),
            name(edge.from)
        );
        return Diagnostic::error(codes::INSIDE_ITSELF, edge.span.clone(), message).help(
            "Move the question out in front of it, or the condition to what comes after the question.",
        );
    }
    if circle.len() == 1 {
        let message = format!("{} itself", clause(first, &name));
        return Diagnostic::error(codes::CYCLE, first.span.clone(), message)
            .help("Take its own name out of the expression.");
    }
    let told: Vec<String> =
        circle.iter().map(|edge| format!("{} `{}`", clause(edge, &name), name(edge.from))).collect();
    let message = format!("`{}` depends on itself: {}", name(first.to), told.join(", "));
    let others = circle.iter().skip(1).filter(|e| e.why != Why::Inside);
    others
        .fold(Diagnostic::error(codes::CYCLE, first.span.clone(), message), |diagnostic, edge| {
            diagnostic.related(edge.span.clone(), "")
        })
        .help("Change one of these expressions so that the circle is broken.")
}

fn clause<'n>(edge: &Edge, name: &impl Fn(ItemId) -> &'n str) -> String {
    let to = name(edge.to);
    match edge.why {
        Why::Relevance => format!("whether `{to}` is asked depends on"),
        Why::Rows => format!("the number of rows of `{to}` depends on"),
        Why::Calculation => format!("`{to}` is calculated from"),
        Why::Default => format!("the answer of `{to}` is taken from"),
        Why::Inside => format!("`{to}` stands in"),
    }
}
