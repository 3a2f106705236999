//! Two groupings of the same people of which one tells something of the other: districts and the regions that they lie in, or
//! ages cut at 30 and at 31.
//!
//! Where nearly all of a group lies in one group of the other grouping, the difference of the two numbers is that of those who do
//! not. The groups of both are the nodes of a graph with an edge wherever somebody is in both. A node with one edge lies
//! within the other; it is taken off, and what is left is looked at again. Whatever is taken off can be worked out by additions
//! and subtractions of groups; the rest hangs together in rings, where it cannot.

use std::collections::VecDeque;

use hashbrown::HashSet;

/// The groups of a grouping: how many there are, and the group of each unit, if it belongs to one.
#[derive(Debug, Clone)]
pub(super) struct Members {
    pub(super) groups: usize,
    pub(super) member: Vec<Option<u32>>,
}

/// People that a sum is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A group of the first grouping.
    First(usize),
    /// A group of the second one.
    Second(usize),
    /// What is left of a group, by its place in [`Nesting::rests`].
    Rest(usize),
}

/// What two groupings tell of each other.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Nesting {
    /// The people of no published group: of those in these pairs of groups.
    pub(super) rests: Vec<Vec<(usize, usize)>>,
    /// Who is made up of whom.
    pub(super) sums: Vec<(Part, Vec<Part>)>,
}

impl Nesting {
    /// That of two groupings; nothing where every group of the one meets several of the other.
    pub(super) fn of(first: &Members, second: &Members) -> Self {
        // As many as people at most, where pairs of villages and of occupations can be billions.
        let pairs =
            first.member.iter().zip(&second.member).filter_map(|(one, other)| Some(((*one)?, (*other)?)));
        let mut meets: Vec<(u32, u32)> = pairs.collect::<HashSet<_>>().into_iter().collect();
        meets.sort_unstable();
        // The groups of the first come first.
        let mut open = vec![Vec::new(); first.groups + second.groups];
        for (one, other) in meets {
            let (one, other) = (one as usize, first.groups + other as usize);
            if other < open.len() && one < first.groups {
                open[one].push(other);
                open[other].push(one);
            }
        }
        Graph { first: first.groups, taken: vec![Vec::new(); open.len()], open, found: Self::default() }
            .taken_apart()
    }
}

/// Groups and where they meet.
struct Graph {
    /// How many of the nodes are groups of the first grouping.
    first: usize,
    /// The nodes that each still meets.
    open: Vec<Vec<usize>>,
    /// What was taken off at each.
    taken: Vec<Vec<Part>>,
    found: Nesting,
}

impl Graph {
    fn taken_apart(mut self) -> Nesting {
        let leaves = (0..self.open.len()).filter(|node| self.open[*node].len() == 1);
        let mut leaves: VecDeque<usize> = leaves.collect();
        while let Some(leaf) = leaves.pop_front() {
            let Some(other) = self.open[leaf].pop() else { continue };
            self.open[other].retain(|node| *node != leaf);
            // A group that nothing was taken off lies within the other; of another one a part does.
            let part = if self.taken[leaf].is_empty() {
                self.group(leaf)
            } else {
                let part = self.rest(&[(leaf, other)]);
                self.close(leaf, part);
                part
            };
            self.taken[other].push(part);
            if self.open[other].len() == 1 {
                leaves.push_back(other);
            }
        }
        let ring: Vec<usize> = (0..self.open.len()).filter(|node| !self.open[*node].is_empty()).collect();
        let closed = (0..self.open.len()).filter(|node| self.open[*node].is_empty());
        for node in closed.collect::<Vec<_>>() {
            if !self.taken[node].is_empty() {
                let parts = std::mem::take(&mut self.taken[node]);
                self.found.sums.push((self.group(node), parts));
            }
        }
        if !self.found.sums.is_empty() || ring.iter().any(|node| !self.taken[*node].is_empty()) {
            self.add_ring(&ring);
        }
        self.found
    }

    /// What is left of the groups in the ring is as much on both sides.
    fn add_ring(&mut self, ring: &[usize]) {
        let pairs =
            |graph: &Self, node: usize| graph.open[node].iter().map(|o| (node, *o)).collect::<Vec<_>>();
        let all: Vec<(usize, usize)> =
            ring.iter().filter(|node| **node < self.first).flat_map(|node| pairs(self, *node)).collect();
        if all.is_empty() {
            return;
        }
        let whole = self.rest(&all);
        let mut sides = [Vec::new(), Vec::new()];
        for node in ring.iter().copied() {
            let part = if self.taken[node].is_empty() {
                self.group(node)
            } else {
                let part = self.rest(&pairs(self, node));
                self.close(node, part);
                part
            };
            sides[usize::from(node >= self.first)].push(part);
        }
        self.found.sums.extend(sides.map(|parts| (whole, parts)));
    }

    fn group(&self, node: usize) -> Part {
        if node < self.first { Part::First(node) } else { Part::Second(node - self.first) }
    }

    /// Those who are in these pairs of nodes.
    fn rest(&mut self, pairs: &[(usize, usize)]) -> Part {
        let pair = |(one, other): &(usize, usize)| (*one.min(other), one.max(other) - self.first);
        self.found.rests.push(pairs.iter().map(pair).collect());
        Part::Rest(self.found.rests.len() - 1)
    }

    /// A group is what was taken off it and this last part.
    fn close(&mut self, node: usize, last: Part) {
        let mut parts = std::mem::take(&mut self.taken[node]);
        parts.push(last);
        self.found.sums.push((self.group(node), parts));
    }
}

#[cfg(test)]
mod tests {
    use super::Part::{First, Rest, Second};
    use super::{Members, Nesting};

    fn nesting(pairs: &[(u32, u32)]) -> Nesting {
        let members = |groups: Vec<u32>| Members {
            groups: groups.iter().max().map_or(0, |most| *most as usize + 1),
            member: groups.into_iter().map(Some).collect(),
        };
        let (one, other) = pairs.iter().copied().unzip();
        Nesting::of(&members(one), &members(other))
    }

    #[test]
    fn districts_add_up_to_their_regions() {
        let found = nesting(&[(0, 0), (1, 0), (2, 1), (3, 1), (3, 1)]);
        assert_eq!(found.rests, Vec::<Vec<_>>::new());
        assert_eq!(
            found.sums,
            [(Second(0), vec![First(0), First(1)]), (Second(1), vec![First(2), First(3)])]
        );
    }

    #[test]
    fn two_cuts_differ_by_those_between_them() {
        // Under 30 and over; under 31 and over: somebody is 30.
        let found = nesting(&[(0, 0), (1, 0), (1, 1)]);
        assert_eq!(found.rests, [vec![(1, 0)]]);
        assert_eq!(found.sums, [(Second(0), vec![First(0), Rest(0)]), (First(1), vec![Second(1), Rest(0)])]);
    }

    #[test]
    fn groupings_that_have_nothing_to_do_with_each_other_tell_nothing() {
        assert_eq!(nesting(&[(0, 0), (0, 1), (1, 0), (1, 1)]), Nesting::default());
        // What is left of a group that has something in a place of its own.
        let found = nesting(&[(0, 0), (0, 1), (1, 0), (1, 1), (2, 1)]);
        assert_eq!(found.rests, [vec![(0, 0), (0, 1), (1, 0), (1, 1)], vec![(0, 1), (1, 1)]]);
        assert_eq!(
            found.sums,
            [
                (Second(1), vec![First(2), Rest(1)]),
                (Rest(0), vec![First(0), First(1)]),
                (Rest(0), vec![Second(0), Rest(1)]),
            ]
        );
    }
}
