//! What is the same for all indicators about the rows of one table: units, design, domains, and groups.

use std::collections::BTreeMap;

use super::definition::{Definitions, Grouping, Indicator, Measure, Split};
use super::design::Sampling;
use super::domains::Domains;
use super::estimate::{Error, Setting};
use super::linked::{Axes, Axis};
use super::measure::Groups;
use super::nesting::Members;
use super::units::Units;

/// What is the same for all indicators about the rows of one table.
pub(super) struct Level {
    pub(super) units: Units,
    pub(super) setting: Setting,
    total: Domains,
    /// By their places in the definitions; those alone that an indicator here uses.
    splits: Vec<Option<Domains>>,
    /// What disclosure control tells people apart by.
    pub(super) axes: Axes,
}

impl Level {
    /// One for each table that has indicators.
    pub(super) fn all(
        definitions: &Definitions<'_>,
        sampling: &Sampling,
        language: usize,
    ) -> Result<Vec<Option<Self>>, Error> {
        let mut levels = Vec::new();
        let whole = Setting::new(sampling)?;
        for table in 0..definitions.dataset.tables.len() {
            let mut here = definitions.indicators.iter().filter(|i| i.table == table).peekable();
            if here.peek().is_none() {
                levels.push(None);
                continue;
            }
            let here: Vec<&Indicator> = here.collect();
            let units = Units::new(definitions.dataset, table, &sampling.rows);
            let used = |place: &usize| here.iter().any(|indicator| indicator.by.contains(place));
            let all = || definitions.splits.iter().enumerate();
            let used = || all().map(|(place, split)| used(&place).then_some(split));
            let groups = groups(definitions, used().flatten(), &here, &units, language);
            let domains = |split: Option<&Split>| Domains::of(definitions, split?, &groups);
            levels.push(Some(Self {
                total: Domains::total(units.len()),
                splits: used().map(domains).collect(),
                axes: axes(&groups, &here),
                setting: whole.of(&units),
                units,
            }));
        }
        Ok(levels)
    }

    /// A disaggregation by its place among the splits; the total has none.
    pub(super) fn disaggregation(&self, place: Option<usize>) -> Option<&Domains> {
        place.map_or(Some(&self.total), |place| self.splits.get(place)?.as_ref())
    }

    /// The disaggregations of an indicator, the total first.
    pub(super) fn of(&self, indicator: &Indicator) -> Vec<&Domains> {
        let places = std::iter::once(None).chain(indicator.by.iter().copied().map(Some));
        places.filter_map(|place| self.disaggregation(place)).collect()
    }
}

/// The groupings that splits and indicators put these units into.
fn groups<'d>(
    definitions: &Definitions<'_>,
    splits: impl Iterator<Item = &'d Split>,
    indicators: &[&Indicator],
    units: &Units,
    language: usize,
) -> BTreeMap<Grouping, Groups> {
    let of_splits = splits.flat_map(|split| std::iter::once(split.first).chain(split.second));
    let of_indicators = indicators.iter().filter_map(|indicator| indicator.measure.grouping());
    let mut groups = BTreeMap::new();
    for grouping in of_splits.chain(of_indicators) {
        groups.entry(grouping).or_insert_with(|| definitions.groups(grouping, units, language));
    }
    groups
}

/// These groupings, and those in either group of a gap against the others.
fn axes(groups: &BTreeMap<Grouping, Groups>, indicators: &[&Indicator]) -> Axes {
    let members = |(grouping, Groups { groups, member }): (&Grouping, &Groups)| {
        (Axis::Group(*grouping), Members { groups: groups.len(), member: member.clone() })
    };
    let mut axes: BTreeMap<Axis, Members> = groups.iter().map(members).collect();
    for indicator in indicators {
        let Measure::Gap { between, groups: sides, .. } = &indicator.measure else { continue };
        let side = |group: &Option<u32>| group.map(|group| u32::from(!sides.contains(&group)));
        let member = groups.get(between).map(|groups| groups.member.iter().map(side).collect());
        let members = Members { groups: 2, member: member.unwrap_or_default() };
        axes.entry(Axis::Gap(*between, *sides)).or_insert(members);
    }
    Axes::new(axes)
}
