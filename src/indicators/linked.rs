//! The tables of the same people as one set of cells, and which of them add up: tables to their margins, and groupings of which
//! one tells something of the other.

use std::collections::BTreeMap;

use super::definition::{Grouping, Split};
use super::disclosure::Sum;
use super::nesting::{Members, Nesting, Part};

/// What tells the groups of a table apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Axis {
    /// A grouping.
    Group(Grouping),
    /// Those in either of two groups of a grouping, which a gap counts together, and those in the others, whom nobody counts.
    Gap(Grouping, [u32; 2]),
}

impl Axis {
    /// The place of those whom a gap counts.
    pub(super) const IN_GAP: usize = 0;

    pub(super) fn is_gap(self) -> bool {
        matches!(self, Self::Gap(..))
    }

    /// Those of a disaggregation; the total has none.
    pub(super) fn of(split: Option<&Split>) -> Vec<Self> {
        let groupings = split.into_iter().flat_map(|split| std::iter::once(split.first).chain(split.second));
        groupings.map(Self::Group).collect()
    }
}

/// The groups of every axis, and which of them tell something of each other.
#[derive(Debug, Default)]
pub(super) struct Axes {
    pub(super) members: BTreeMap<Axis, Members>,
    nestings: Vec<(Axis, Axis, Nesting)>,
}

impl Axes {
    pub(super) fn new(members: BTreeMap<Axis, Members>) -> Self {
        let mut nestings = Vec::new();
        for (place, (first, of_first)) in members.iter().enumerate() {
            for (second, of_second) in members.iter().skip(place + 1) {
                let nesting = Nesting::of(of_first, of_second);
                if !nesting.sums.is_empty() {
                    nestings.push((*first, *second, nesting));
                }
            }
        }
        Self { members, nestings }
    }

    /// How many groups an axis has.
    pub(super) fn groups(&self, axis: Axis) -> usize {
        self.members.get(&axis).map_or(0, |members| members.groups)
    }

    /// The place on each axis of a cell, where the last axis runs fastest.
    pub(super) fn places(&self, axes: &[Axis], mut cell: usize) -> Vec<(Axis, usize)> {
        let mut places = Vec::with_capacity(axes.len());
        for axis in axes.iter().rev() {
            let groups = self.groups(*axis).max(1);
            places.push((*axis, cell % groups));
            cell /= groups;
        }
        places
    }
}

/// A table: its axes in order with their groups, and its first cell. The last axis runs fastest.
#[derive(Debug)]
struct Table {
    axes: Vec<(Axis, usize)>,
    start: usize,
}

impl Table {
    fn len(&self) -> usize {
        self.axes.iter().map(|(_, groups)| groups).product()
    }

    fn names(&self) -> Vec<Axis> {
        self.axes.iter().map(|(axis, _)| *axis).collect()
    }

    fn has(&self, axis: Axis) -> bool {
        self.axes.iter().any(|(own, _)| *own == axis)
    }

    /// The cell at these places, of which there may be more than the table has axes.
    fn cell(&self, places: &[(Axis, usize)]) -> Option<usize> {
        let mut cell = 0;
        for (axis, groups) in &self.axes {
            let (_, place) = places.iter().find(|(other, _)| other == axis)?;
            cell = cell * groups + place;
        }
        Some(self.start + cell)
    }
}

/// Cells for what is left of groups of one axis that are nearly groups of another: for each cell of a table of other axes.
#[derive(Debug)]
struct Rests<'a> {
    nesting: &'a (Axis, Axis, Nesting),
    of: Table,
}

/// Tables with their cells, numbered through: those that were asked for, then their margins and what is left of groups.
#[derive(Debug)]
pub(super) struct Linked<'a> {
    axes: &'a Axes,
    tables: Vec<Table>,
    rests: Vec<Rests<'a>>,
    cells: usize,
    pub(super) sums: Vec<Sum>,
}

impl<'a> Linked<'a> {
    /// The tables of these axes; the one without any is the total.
    pub(super) fn new<'t>(axes: &'a Axes, asked: impl IntoIterator<Item = &'t [Axis]>) -> Self {
        let mut linked = Self { axes, tables: Vec::new(), rests: Vec::new(), cells: 0, sums: Vec::new() };
        asked.into_iter().for_each(|axes| linked.add(axes));
        let asked = linked.tables.len();
        let mut at = 0;
        while let Some(names) = linked.tables.get(at).map(Table::names) {
            if names.len() > 1 {
                names.iter().for_each(|axis| linked.add(&without(&names, *axis)));
            }
            at += 1;
        }
        for table in 0..linked.tables.len() {
            linked.add_sums(table, table < asked);
        }
        for nesting in &axes.nestings {
            linked.add_nesting(nesting);
        }
        linked
    }

    fn add(&mut self, axes: &[Axis]) {
        let mut axes: Vec<(Axis, usize)> = axes.iter().map(|axis| (*axis, self.axes.groups(*axis))).collect();
        axes.sort_unstable();
        if self.tables.iter().all(|table| table.axes != axes) {
            let table = Table { axes, start: self.cells };
            self.cells += table.len();
            self.tables.push(table);
        }
    }

    fn table(&self, axes: &[Axis]) -> Option<&Table> {
        let is_it =
            |table: &&Table| table.axes.len() == axes.len() && axes.iter().all(|axis| table.has(*axis));
        self.tables.iter().find(is_it)
    }

    /// How a table adds up to its margins, and a simple one to what everybody knows.
    fn add_sums(&mut self, place: usize, is_asked: bool) {
        let Some(table) = self.tables.get(place) else { return };
        let names = table.names();
        let all = || (table.start..table.start + table.len()).collect();
        let mut found = Vec::new();
        // Where only gaps are told, nobody knows how many there are besides.
        let has_total = || self.table(&[]).is_some();
        let is_known = match names.as_slice() {
            [] => false,
            [one] => !one.is_gap() || has_total(),
            several => is_asked && !several.iter().any(|axis| axis.is_gap()),
        };
        if is_known {
            found.push(Sum { total: None, parts: all() });
        }
        for axis in names.iter().filter(|_| names.len() > 1) {
            let Some(margin) = self.table(&without(&names, *axis)) else { continue };
            let mut parts = vec![Vec::new(); margin.len()];
            for cell in 0..table.len() {
                let places = self.axes.places(&names, cell);
                if let Some(parts) = margin.cell(&places).and_then(|to| parts.get_mut(to - margin.start)) {
                    parts.push(table.start + cell);
                }
            }
            found.extend((margin.start..).zip(parts).map(|(total, parts)| Sum { total: Some(total), parts }));
        }
        self.sums.extend(found);
    }

    /// Links tables that differ in two axes of which one tells something of the other.
    fn add_nesting(&mut self, nesting: &'a (Axis, Axis, Nesting)) {
        let (first, second, of) = nesting;
        let pairs: Vec<(usize, usize)> = (0..self.tables.len())
            .flat_map(|one| (0..self.tables.len()).map(move |other| (one, other)))
            .filter(|(one, other)| {
                let (one, other) = (&self.tables[*one], &self.tables[*other]);
                let is_between =
                    one.has(*first) && other.has(*second) && !one.has(*second) && !other.has(*first);
                is_between && without(&one.names(), *first) == without(&other.names(), *second)
            })
            .collect();
        for (one, other) in pairs {
            let names = without(&self.tables[one].names(), *first);
            let axes: Vec<(Axis, usize)> =
                names.iter().map(|axis| (*axis, self.axes.groups(*axis))).collect();
            let table = Table { axes, start: self.cells };
            for at in 0..table.len() {
                let mut places = self.axes.places(&names, at);
                let start = self.cells;
                let (one, other) = (&self.tables[one], &self.tables[other]);
                let mut cell = |part: &Part| match part {
                    Part::Rest(rest) => Some(start + rest),
                    Part::First(group) | Part::Second(group) => {
                        let (table, axis) =
                            if matches!(part, Part::First(_)) { (one, first) } else { (other, second) };
                        places.push((*axis, *group));
                        let cell = table.cell(&places);
                        places.pop();
                        cell
                    }
                };
                let sums = of.sums.iter().map(|(whole, parts)| Sum {
                    total: cell(whole),
                    parts: parts.iter().filter_map(&mut cell).collect(),
                });
                self.sums.extend(sums.collect::<Vec<_>>());
                self.cells += of.rests.len();
            }
            self.rests.push(Rests { nesting, of: table });
        }
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.cells
    }

    /// How many of them are of tables; the others are what is left of groups.
    pub(super) fn in_tables(&self) -> usize {
        self.tables.iter().map(Table::len).sum()
    }

    /// The cells of the table with these axes.
    pub(super) fn range(&self, axes: &[Axis]) -> std::ops::Range<usize> {
        self.table(axes).map_or(0..0, |table| table.start..table.start + table.len())
    }

    /// The cell at these places.
    pub(super) fn cell(&self, places: &[(Axis, usize)]) -> Option<usize> {
        let axes: Vec<Axis> = places.iter().map(|(axis, _)| *axis).collect();
        self.table(&axes)?.cell(places)
    }

    /// Says of each unit that takes part, and of each cell that it is in, that it is.
    pub(super) fn tally(&self, takes_part: &[bool], mut is_in: impl FnMut(usize, usize)) {
        for table in &self.tables {
            self.tally_table(table, takes_part, &mut is_in);
        }
        self.tally_rests(takes_part, is_in);
    }

    /// The same of the table with these axes alone.
    pub(super) fn tally_of(&self, axes: &[Axis], takes_part: &[bool], is_in: impl FnMut(usize, usize)) {
        if let Some(table) = self.table(axes) {
            self.tally_table(table, takes_part, is_in);
        }
    }

    fn tally_table(&self, table: &Table, takes_part: &[bool], mut is_in: impl FnMut(usize, usize)) {
        let columns = self.columns(&table.axes);
        for unit in units(takes_part) {
            if let Some(cell) = cell_of(&columns, unit) {
                is_in(unit, table.start + cell);
            }
        }
    }

    fn tally_rests(&self, takes_part: &[bool], mut is_in: impl FnMut(usize, usize)) {
        for Rests { nesting: (first, second, nesting), of } in &self.rests {
            let mut rests: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for (rest, pairs) in nesting.rests.iter().enumerate() {
                for (one, other) in pairs {
                    rests.entry(one * self.axes.groups(*second) + other).or_default().push(rest);
                }
            }
            let columns = self.columns(&of.axes);
            let pair = self.columns(&[*first, *second].map(|axis| (axis, self.axes.groups(axis))));
            for unit in units(takes_part).filter(|_| !rests.is_empty()) {
                let here = cell_of(&pair, unit).and_then(|pair| rests.get(&pair));
                let (Some(here), Some(at)) = (here, cell_of(&columns, unit)) else { continue };
                here.iter().for_each(|rest| is_in(unit, of.start + at * nesting.rests.len() + rest));
            }
        }
    }

    fn columns(&self, axes: &[(Axis, usize)]) -> Vec<(&[Option<u32>], usize)> {
        let member = |axis: &Axis| self.axes.members.get(axis).map_or(&[][..], |members| &members.member);
        axes.iter().map(|(axis, groups)| (member(axis), *groups)).collect()
    }
}

/// The units that take part.
fn units(takes_part: &[bool]) -> impl Iterator<Item = usize> {
    takes_part.iter().enumerate().filter(|(_, takes_part)| **takes_part).map(|(unit, _)| unit)
}

/// Where a unit is in a table of these axes.
fn cell_of(columns: &[(&[Option<u32>], usize)], unit: usize) -> Option<usize> {
    columns.iter().try_fold(0, |cell, (member, groups)| {
        Some(cell * groups + member.get(unit).copied().flatten()? as usize)
    })
}

fn without(axes: &[Axis], axis: Axis) -> Vec<Axis> {
    axes.iter().copied().filter(|other| *other != axis).collect()
}
