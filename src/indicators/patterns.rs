//! What is blanked of all indicators together.
//!
//! Indicators about the same people count the same numbers: what one blanks, another must not show in a disaggregation
//! that the first does not have. So those with one base are looked at as one set of tables, the groups of gaps and the
//! categories of distributions among them.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use super::compute::on_all_processors;
use super::definition::{Definitions, Indicator, Measure, Split};
use super::guarded::{Guarded, Told};
use super::level::Level;
use super::linked::{Axis, Linked};
use super::measure::Measured;
use super::output::Suppressed;
use super::reasons::Cells;
use crate::value::Missing;

/// For each disaggregation of an indicator, the total first, what is blanked of each domain.
#[derive(Debug, Clone, Default)]
pub(super) struct Pattern(Vec<Vec<Blanked>>);

/// What is blanked of a domain.
#[derive(Debug, Clone, Default)]
struct Blanked {
    all: bool,
    /// Of which categories, where they are looked at.
    categories: Vec<bool>,
}

impl Pattern {
    fn at(&self, place: usize, domain: usize) -> Option<&Blanked> {
        self.0.get(place)?.get(domain)
    }

    /// Why a domain is blanked, if it is.
    pub(super) fn of_domain(&self, place: usize, domain: usize) -> Option<Suppressed> {
        self.at(place, domain)?.all.then_some(Suppressed::Disclosure)
    }

    /// Why a category of a domain is blanked, if it is.
    pub(super) fn of_category(&self, place: usize, domain: usize, category: usize) -> Option<Suppressed> {
        let blanked = self.at(place, domain)?;
        let is_blank = blanked.all || blanked.categories.get(category).copied().unwrap_or_default();
        is_blank.then_some(Suppressed::Disclosure)
    }
}

/// What tells one base from another: the table, and who counts.
type Base = (usize, u64);

/// The pattern of every indicator, of the units that `takes_part` says.
pub(super) fn patterns(
    definitions: &Definitions<'_>,
    levels: &[Option<Level>],
    minimum: usize,
    takes_part: impl Fn(&Level, usize) -> bool + Sync,
) -> Vec<Pattern> {
    let level_of = |table: usize| levels.get(table).and_then(Option::as_ref);
    // Bases are few where indicators are many: one says who counts in it.
    let bases: Mutex<BTreeMap<Base, Vec<bool>>> = Mutex::default();
    let base_of = |indicator: &Indicator| {
        let level = level_of(indicator.table)?;
        let Measured { status, .. } = definitions.measure(&indicator.measure, &level.units);
        let status = status.into_iter().enumerate();
        let counts: Vec<bool> =
            status.map(|(unit, status)| indicator.base.counts(status) && takes_part(level, unit)).collect();
        let mut hasher = DefaultHasher::new();
        counts.hash(&mut hasher);
        let base = (indicator.table, hasher.finish());
        bases.lock().unwrap_or_else(PoisonError::into_inner).entry(base).or_insert(counts);
        Some(base)
    };
    let base_of: Vec<Option<Base>> = on_all_processors(&definitions.indicators, base_of);
    let bases: Vec<(Base, Vec<bool>)> =
        bases.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect();
    let guarded = |(base, counts): &(Base, Vec<bool>)| {
        let of_base = definitions.indicators.iter().zip(&base_of).filter(|(_, of)| **of == Some(*base));
        let indicators: Vec<&Indicator> = of_base.map(|(indicator, _)| indicator).collect();
        let level = level_of(base.0)?;
        let told = told(definitions, &indicators);
        Some((*base, Guarded::new(&level.axes, &told, counts, &level.units.interview, minimum)))
    };
    let guarded: HashMap<Base, Guarded<'_>> =
        on_all_processors(&bases, guarded).into_iter().flatten().collect();
    let of_indicator = |(indicator, base): (&Indicator, &Option<Base>)| {
        let of_base = base.and_then(|base| Some((level_of(base.0)?, guarded.get(&base)?)));
        of_base
            .map_or_else(Pattern::default, |(level, guarded)| pattern(definitions, indicator, level, guarded))
    };
    definitions.indicators.iter().zip(&base_of).map(of_indicator).collect()
}

/// The tables of one base that these indicators tell.
fn told(definitions: &Definitions<'_>, indicators: &[&Indicator]) -> Told {
    let mut told = Told::default();
    for indicator in indicators {
        for axes in disaggregations(definitions, indicator) {
            match gap_of(indicator) {
                Some(gap) => told.gaps.push([axes, vec![gap]].concat()),
                None => told.tables.push(axes),
            }
        }
    }
    // The categories of a distribution are groups of people only where others are split by them.
    let mut categories = Vec::new();
    for indicator in indicators {
        let Measure::Distribution(grouping) = indicator.measure else { continue };
        let axis = Axis::Group(grouping);
        if told.tables.iter().chain(&told.gaps).any(|axes| axes.contains(&axis)) {
            let all = disaggregations(definitions, indicator).into_iter();
            categories
                .extend(all.filter(|axes| !axes.contains(&axis)).map(|axes| [axes, vec![axis]].concat()));
        }
    }
    told.tables.append(&mut categories);
    // The same order whatever indicator comes first.
    for tables in [&mut told.tables, &mut told.gaps] {
        tables.iter_mut().for_each(|axes| axes.sort_unstable());
        tables.sort();
        tables.dedup();
    }
    told
}

/// What is blanked of an indicator.
fn pattern(
    definitions: &Definitions<'_>,
    indicator: &Indicator,
    level: &Level,
    guarded: &Guarded<'_>,
) -> Pattern {
    let of_place = |axes: Vec<Axis>| {
        let domains: usize = axes.iter().map(|axis| level.axes.groups(*axis)).product();
        let of_domain = |domain: usize| {
            let places = level.axes.places(&axes, domain);
            let at =
                |axis: Axis, group: usize| guarded.is_blank(&[places.as_slice(), &[(axis, group)]].concat());
            let all = match gap_of(indicator) {
                Some(gap) => at(gap, Axis::IN_GAP),
                None => guarded.is_blank(&places),
            };
            let categories = match indicator.measure {
                Measure::Distribution(grouping) => {
                    let axis = Axis::Group(grouping);
                    (0..level.axes.groups(axis)).map(|group| at(axis, group)).collect()
                }
                _ => Vec::new(),
            };
            Blanked { all, categories }
        };
        (0..domains).map(of_domain).collect()
    };
    Pattern(disaggregations(definitions, indicator).into_iter().map(of_place).collect())
}

/// What a gap between groups counts.
fn gap_of(indicator: &Indicator) -> Option<Axis> {
    match indicator.measure {
        Measure::Gap { between, groups, .. } => Some(Axis::Gap(between, groups)),
        _ => None,
    }
}

/// The axes of every disaggregation of an indicator, the total first.
fn disaggregations(definitions: &Definitions<'_>, indicator: &Indicator) -> Vec<Vec<Axis>> {
    let splits = indicator.by.iter().map(|place| definitions.splits.get(*place));
    std::iter::once(None).chain(splits).map(Axis::of).collect()
}

/// For each disaggregation of an indicator, whether each cell tells why people have no value: see [`Cells`].
pub(super) fn tell_reasons(
    level: &Level,
    splits: &[&Split],
    measured: &Measured,
    protected: &[Vec<bool>],
) -> Vec<Vec<bool>> {
    if !protected.iter().flatten().any(|protected| *protected) {
        return protected.iter().map(|cells| vec![true; cells.len()]).collect();
    }
    let axes: Vec<Vec<Axis>> =
        std::iter::once(None).chain(splits.iter().copied().map(Some)).map(Axis::of).collect();
    let linked = Linked::new(&level.axes, axes.iter().map(Vec::as_slice));
    // What a table shares with another in another order is protected in both.
    let cells = |place: usize| {
        let axes = axes.get(place).map_or(&[][..], Vec::as_slice);
        let domains = protected.get(place).map_or(0, Vec::len);
        (0..domains).map(|domain| linked.cell(&level.axes.places(axes, domain))).collect::<Vec<_>>()
    };
    let tables: Vec<_> = axes.iter().map(|axes| linked.range(axes)).collect();
    let published = tables.iter().map(|cells| cells.end).max().unwrap_or(0);
    let mut all = vec![false; published];
    for (place, protected) in protected.iter().enumerate() {
        for (cell, protected) in cells(place).into_iter().zip(protected) {
            if let Some(all) = cell.and_then(|cell| all.get_mut(cell)) {
                *all |= *protected;
            }
        }
    }
    let mut reasons = vec![vec![0; linked.len()]; Missing::ALL.len()];
    let takes_part: Vec<bool> = (0..measured.status.len()).map(|unit| measured.takes_part(unit)).collect();
    linked.tally(&takes_part, |unit, cell| {
        if let Some(reason) = measured.status.get(unit).copied().flatten() {
            reasons[told_as(reason) as usize][cell] += 1;
        }
    });
    let told = Cells { tables: &tables, sums: &linked.sums, protected: &all, reasons: &reasons }.told();
    let is_told = |cell: Option<usize>| cell.and_then(|cell| told.get(cell).copied()).unwrap_or_default();
    (0..protected.len()).map(|place| cells(place).into_iter().map(is_told).collect()).collect()
}

/// Those who were not asked and those who were not reached are told together.
fn told_as(reason: Missing) -> Missing {
    if reason == Missing::NotReached { Missing::NotAsked } else { reason }
}
