//! What is blanked of all indicators together.
//!
//! Indicators about the same people count the same numbers: what one blanks, another must not show in a disaggregation
//! that the first does not have. So those with one base are looked at as one set of tables.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::cells::{Cell, cells};
use super::compute::{Level, on_all_processors};
use super::definition::{Definitions, Indicator, Split};
use super::disclosure::{Sum, suppress};
use super::domains::{Domains, sums};
use super::output::Suppressed;
use super::reasons::Cells;

/// For each disaggregation of an indicator, the total first, what is blanked of each domain.
pub(super) type Pattern = Vec<Vec<Option<Suppressed>>>;

/// For each disaggregation of an indicator, whether each cell tells why people have no value: see [`Cells`].
pub(super) fn tell_reasons(
    all: &[&Domains],
    splits: &[&Split],
    counted: &[Vec<Cell>],
    pattern: &Pattern,
    minimum: usize,
) -> Vec<Vec<bool>> {
    let cells = || counted.iter().flatten();
    let hidden = pattern.iter().flatten();
    let protected: Vec<bool> =
        cells().zip(hidden).map(|(cell, hidden)| hidden.is_some() || cell.is_few_without(minimum)).collect();
    if !protected.contains(&true) {
        return counted.iter().map(|cells| vec![true; cells.len()]).collect();
    }
    let (sums, unpublished) = sums(all, splits);
    let of_reason = |reason: usize| {
        let mut counts: Vec<usize> = cells().map(|cell| cell.told_reasons()[reason]).collect();
        add_margins(&mut counts, unpublished, &sums);
        counts
    };
    let reasons: Vec<Vec<usize>> = (0..5).map(of_reason).collect();
    let mut start = 0;
    let range = |cells: &Vec<Cell>| {
        start += cells.len();
        start - cells.len()..start
    };
    let tables: Vec<_> = counted.iter().map(range).collect();
    let told = Cells { tables: &tables, sums: &sums, protected: &protected, reasons: &reasons }.told();
    tables.into_iter().map(|cells| told[cells].to_vec()).collect()
}

/// Behind the counts of published cells those of the margins that nobody publishes.
fn add_margins(counts: &mut Vec<usize>, unpublished: usize, sums: &[Sum]) {
    let published = counts.len();
    counts.resize(published + unpublished, 0);
    for sum in sums {
        if let Some(margin) = sum.total.filter(|margin| *margin >= published) {
            counts[margin] = sum.parts.iter().filter_map(|part| counts.get(*part)).sum();
        }
    }
}

/// What tells one base from another: the table, and who counts.
type Base = (usize, u64);
/// The cells of a disaggregation, with its place among the splits; the total has none.
type Counted = (Option<usize>, Vec<Cell>);
/// The same, borrowed.
type Tables<'c> = Vec<(Option<usize>, &'c [Cell])>;

/// The pattern of every indicator, of the units that `takes_part` says.
pub(super) fn patterns(
    definitions: &Definitions<'_>,
    levels: &[Option<Level>],
    minimum: usize,
    takes_part: impl Fn(&Level, usize) -> bool + Sync,
) -> Vec<Pattern> {
    let level_of = |indicator: &Indicator| levels.get(indicator.table).and_then(Option::as_ref);
    // How many there are in every cell, by the disaggregation's place among the splits; the total has none.
    let count = |indicator: &Indicator| {
        let level = level_of(indicator)?;
        let measured = definitions.measure(&indicator.measure, &level.units);
        let takes_part = |unit: usize| takes_part(level, unit);
        let mut hasher = DefaultHasher::new();
        for (unit, status) in measured.status.iter().enumerate() {
            (indicator.base.counts(*status) && takes_part(unit)).hash(&mut hasher);
        }
        measured.sides.hash(&mut hasher);
        let count = |domains: &Domains| cells(domains, indicator.base, &measured, &level.units, takes_part);
        let of = std::iter::once(None).chain(indicator.by.iter().copied().map(Some));
        let counted = of.filter_map(|place| Some((place, count(level.disaggregation(place)?))));
        Some(((indicator.table, hasher.finish()), counted.collect::<Vec<Counted>>()))
    };
    let counted = on_all_processors(&definitions.indicators, count);
    let mut bases: HashMap<Base, Tables<'_>> = HashMap::new();
    for (base, of_indicator) in counted.iter().flatten() {
        let of_base = bases.entry(*base).or_default();
        for (place, cells) in of_indicator {
            if of_base.iter().all(|(known, _)| known != place) {
                of_base.push((*place, cells));
            }
        }
    }
    let blanked: HashMap<Base, HashMap<Option<usize>, Vec<Option<Suppressed>>>> = bases
        .into_iter()
        .filter_map(|(base, tables)| {
            let level = levels.get(base.0)?.as_ref()?;
            Some((base, blanked(definitions, level, tables, minimum)))
        })
        .collect();
    let pattern = |counted: &Option<(Base, Vec<Counted>)>| {
        let Some((base, of_indicator)) = counted else { return Pattern::new() };
        let of_base = blanked.get(base);
        let hidden = |(place, _): &Counted| of_base.and_then(|all| all.get(place)).cloned();
        of_indicator.iter().map(|cells| hidden(cells).unwrap_or_default()).collect()
    };
    counted.iter().map(pattern).collect()
}

/// What is blanked of the tables of one base.
fn blanked(
    definitions: &Definitions<'_>,
    level: &Level,
    mut tables: Tables<'_>,
    minimum: usize,
) -> HashMap<Option<usize>, Vec<Option<Suppressed>>> {
    // The total first, as the sums want it; and the same order whatever indicator came first.
    tables.sort_by_key(|(place, _)| *place);
    let domains: Vec<&Domains> =
        tables.iter().filter_map(|(place, _)| level.disaggregation(*place)).collect();
    let splits: Vec<&Split> =
        tables.iter().filter_map(|(place, _)| definitions.splits.get((*place)?)).collect();
    let all = || tables.iter().flat_map(|(_, cells)| cells.iter());
    let mut bases: Vec<usize> = all().map(|cell| cell.base).collect();
    let small: Vec<bool> = all().map(|cell| cell.is_small(minimum)).collect();
    let (sums, unpublished) = sums(&domains, &splits);
    add_margins(&mut bases, unpublished, &sums);
    let mut hidden = suppress(&bases, &small, &sums, minimum).into_iter();
    tables.iter().map(|(place, cells)| (*place, hidden.by_ref().take(cells.len()).collect())).collect()
}
