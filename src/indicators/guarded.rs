//! The tables about the same people, and what is blanked of them.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::disclosure::{Entry, suppress};
use super::linked::{Axes, Axis, Linked};

/// Which tables are told, by their axes in order; the total has none.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) tables: Vec<Vec<Axis>>,
    /// Those of gaps, each with the axis of the gap.
    pub(super) gaps: Vec<Vec<Axis>>,
}

/// Tables as one set of cells, and which of these are blanked.
pub(super) struct Guarded<'a> {
    linked: Linked<'a>,
    blank: Vec<bool>,
}

impl<'a> Guarded<'a> {
    /// Looks through these tables of the units that count, each of which is of an interview.
    pub(super) fn new(
        axes: &'a Axes,
        told: &Told,
        counts: &[bool],
        interview: &[u32],
        minimum: usize,
    ) -> Self {
        let linked = Linked::new(axes, told.tables.iter().chain(&told.gaps).map(Vec::as_slice));
        let mut tallies = vec![Tally::default(); linked.len()];
        linked.tally(counts, |unit, cell| tallies[cell].add(unit, interview.get(unit).copied()));
        let rest = |(cell, tally): (usize, &Tally)| {
            // What is left of a group may be had by subtraction.
            let is_small = cell >= linked.in_tables() && tally.is_small(minimum);
            Entry { is_small, ..Entry::unpublished(tally.people.count) }
        };
        let mut entries: Vec<Entry> = tallies.iter().enumerate().map(rest).collect();
        let mut cells: HashMap<Crowd, Vec<usize>> = HashMap::new();
        for cell in told.tables.iter().flat_map(|axes| linked.range(axes)) {
            let tally = &tallies[cell];
            entries[cell] = Entry::published(tally.people.count, tally.is_small(minimum));
            cells.entry(tally.people).or_default().push(cell);
        }
        let mut follows = Vec::new();
        for names in &told.gaps {
            let sides = sides(&linked, axes, names, counts);
            for (at, cell) in linked.range(names).enumerate() {
                let tally = &tallies[cell];
                let is_told = axes
                    .places(names, at)
                    .iter()
                    .any(|(axis, place)| axis.is_gap() && *place == Axis::IN_GAP);
                let sides = || sides[at].iter().filter(|side| is_told && side.count > 0);
                // Those in neither group are what is left of a table, if one is told.
                let is_small = tally.is_small(minimum) && (is_told || !told.tables.is_empty());
                let is_blank = is_small || !is_told || sides().any(|side| side.count < minimum);
                entries[cell] = Entry { is_small, is_blank, ..Entry::unpublished(tally.people.count) };
                // A gap tells the number of either group to who knows the other.
                let same = sides().filter_map(|side| cells.get(side)).flatten();
                follows.extend(same.map(|of| (cell, *of)));
            }
        }
        let blank = suppress(&entries, &linked.sums, &follows, minimum);
        Self { linked, blank }
    }

    /// Whether a cell is blanked. One that is in no table is not.
    pub(super) fn is_blank(&self, places: &[(Axis, usize)]) -> bool {
        let cell = self.linked.cell(places);
        cell.is_some_and(|cell| self.blank.get(cell).copied().unwrap_or(true))
    }
}

/// For each cell of a table of a gap, who is in either of its groups.
fn sides(linked: &Linked<'_>, axes: &Axes, names: &[Axis], counts: &[bool]) -> Vec<[Crowd; 2]> {
    let range = linked.range(names);
    let mut found = vec![[Crowd::default(); 2]; range.len()];
    let gap = names.iter().find_map(|axis| match axis {
        Axis::Gap(between, groups) => Some((axes.members.get(&Axis::Group(*between))?, groups)),
        Axis::Group(_) => None,
    });
    let Some((members, groups)) = gap else { return found };
    linked.tally_of(names, counts, |unit, cell| {
        let group = members.member.get(unit).copied().flatten();
        if let Some(side) = groups.iter().position(|side| Some(*side) == group) {
            found[cell - range.start][side].add(unit);
        }
    });
    found
}

/// Who is in a cell.
#[derive(Debug, Clone, Default)]
struct Tally {
    people: Crowd,
    /// How many interviews they are of; units of an interview stand beside each other.
    interviews: usize,
    last: Option<u32>,
}

/// People: how many, and a mark that others do not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Crowd {
    count: usize,
    mark: u64,
}

impl Crowd {
    fn add(&mut self, unit: usize) {
        let mut hasher = DefaultHasher::new();
        unit.hash(&mut hasher);
        self.count += 1;
        self.mark = self.mark.wrapping_add(hasher.finish());
    }
}

impl Tally {
    fn add(&mut self, unit: usize, interview: Option<u32>) {
        self.people.add(unit);
        if self.last != interview {
            self.interviews += 1;
            self.last = interview;
        }
    }

    /// Whether they are some, but fewer people or households than the minimum.
    fn is_small(&self, minimum: usize) -> bool {
        [self.people.count, self.interviews].iter().any(|n| (1..minimum).contains(n))
    }
}
