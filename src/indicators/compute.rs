//! From definitions and a design to rows: measure, split, blank, estimate.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::cells::{Cell, cells};
use super::definition::{Definitions, Indicator, Split};
use super::design::Sampling;
use super::domains::Domains;
use super::estimate::{Error, Intervals, Numbers};
use super::level::Level;
use super::measure::{Category, Measured};
use super::output::{IMPRECISE, Row, Suppressed};
use super::patterns::{Pattern, patterns, tell_reasons};
use crate::dataset::{Column, Data, Dataset, ROUND, STATUS, VERSION};
use crate::statistics::Method;
use crate::value::Missing;

/// What is the same for all results.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The survey's id.
    pub survey: String,
    /// The round that the interviews are of.
    pub round: String,
    /// The level of confidence intervals, between 0 and 1.
    pub level: f64,
    /// How intervals of shares are made.
    pub method: Method,
    /// Numbers from fewer respondents are blanked.
    pub minimum_cell: usize,
    /// A standard error above this share of its estimate is noted.
    pub imprecise: Option<f64>,
    /// A number with a standard error above this share of it is not given.
    pub too_imprecise: Option<f64>,
    /// The language of labels, by its place in the questionnaire's languages.
    pub language: usize,
}

/// The interviews of a round that count: the finalised ones, as rows of the table.
#[must_use]
pub fn counted(dataset: &Dataset, round: &str) -> Vec<usize> {
    let interviews = dataset.interviews();
    let rows_with = |column: &str, text: &str| -> Vec<bool> {
        let Some(Data::Text(texts)) = interviews.column(column).map(Column::data) else { return Vec::new() };
        let code = texts.distinct().find(|(_, found)| *found == text).map(|(code, _)| code);
        (0..interviews.rows()).map(|row| code.is_some() && texts.code(row) == code).collect()
    };
    let (finalised, of_round) = (rows_with(STATUS, "finalised"), rows_with(ROUND, round));
    let both = finalised.into_iter().zip(of_round).enumerate();
    both.filter(|(_, (finalised, of_round))| *finalised && *of_round).map(|(row, _)| row).collect()
}

/// Computes every indicator for every domain, after disclosure control: indicators in the order
/// of their file, for each the total and then its disaggregations, for each domain the
/// categories.
///
/// # Errors
/// The design does not allow any estimate, in the words of the statistics.
pub fn compute(
    definitions: &Definitions<'_>,
    sampling: &Sampling,
    options: &Options,
) -> Result<Vec<Row>, Error> {
    let levels = Level::all(definitions, sampling, options.language)?;
    let version = versions(definitions.dataset, &sampling.rows);
    let hidden = patterns(definitions, &levels, options.minimum_cell, |_, _| true);
    let tasks: Vec<(&Indicator, &Pattern)> = definitions.indicators.iter().zip(&hidden).collect();
    let rows = |(indicator, pattern): &(&Indicator, &Pattern)| {
        let Some(level) = levels.get(indicator.table).and_then(Option::as_ref) else { return Ok(Vec::new()) };
        let task = Task {
            indicator,
            measured: definitions.measure(&indicator.measure, &level.units),
            level,
            splits: indicator.by.iter().filter_map(|place| definitions.splits.get(*place)).collect(),
            left_out: sampling.left_out,
            version: &version,
            options,
        };
        task.run(&level.of(indicator), pattern)
    };
    let mut results = Vec::new();
    for rows in on_all_processors(&tasks, rows) {
        results.extend(rows?);
    }
    Ok(results)
}

/// Does some work for each thing, on all processors; gives the results in the order of the things.
pub fn on_all_processors<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let some = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(thing) = things.get(place) else { return done };
            done.push((place, work(thing)));
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from).min(things.len());
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(some)).collect();
        let mut done = some();
        for other in others {
            match other.join() {
                Ok(theirs) => done.extend(theirs),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The questionnaire's versions in these interviews, joined by spaces.
fn versions(dataset: &Dataset, rows: &[usize]) -> String {
    let column = dataset.interviews().column(VERSION);
    let version = |row: &usize| column.and_then(|c| c.value(*row)).map(|v| v.to_string());
    let versions: BTreeSet<String> = rows.iter().filter_map(version).collect();
    Vec::from_iter(versions).join(" ")
}

/// One indicator being computed.
struct Task<'t> {
    indicator: &'t Indicator,
    measured: Measured,
    level: &'t Level,
    splits: Vec<&'t Split>,
    left_out: usize,
    version: &'t str,
    options: &'t Options,
}

impl Options {
    /// How the intervals of an indicator are made.
    pub(super) fn intervals(&self, indicator: &Indicator) -> Intervals {
        let precision = &indicator.precision;
        Intervals {
            method: precision.method.unwrap_or(self.method),
            level: precision.level.unwrap_or(self.level),
        }
    }
}

impl Task<'_> {
    fn run(&self, all: &[&Domains], pattern: &Pattern) -> Result<Vec<Row>, Error> {
        let Self { indicator, measured, level, options, .. } = self;
        let count = |domains: &&Domains| cells(domains, indicator.base, measured);
        let counted: Vec<Vec<Cell>> = all.iter().map(count).collect();
        let protected = |(place, cells): (usize, &Vec<Cell>)| {
            let is_protected = |(domain, cell): (usize, &Cell)| {
                pattern.of_domain(place, domain).is_some() || cell.is_few_without(options.minimum_cell)
            };
            cells.iter().enumerate().map(is_protected).collect()
        };
        let protected: Vec<Vec<bool>> = counted.iter().enumerate().map(protected).collect();
        let tells_reasons = tell_reasons(level, &self.splits, measured, &protected);
        let intervals = options.intervals(indicator);
        let mut rows = Vec::new();
        for (place, (domains, cells)) in all.iter().zip(&counted).enumerate() {
            // Nothing is computed that is not shown.
            let domain = |(unit, member): (usize, &Option<u32>)| {
                let shown = member.filter(|m| pattern.of_domain(place, *m as usize).is_none())?;
                let counts = indicator.base.counts(measured.status.get(unit).copied().flatten());
                (counts && measured.takes_part(unit)).then_some(shown)
            };
            let domain: Vec<Option<u32>> = domains.member.iter().enumerate().map(domain).collect();
            let parts = level.setting.parts(measured, &domain, cells.len())?;
            let numbers = |category| match &parts {
                Some(parts) => parts.numbers(category, intervals),
                None => Ok(vec![Numbers::default(); cells.len()]),
            };
            let found: Vec<Vec<Numbers>> =
                measured.categories.iter().map(numbers).collect::<Result<_, _>>()?;
            let about = if place == 0 { self.reliability(&domain)? } else { None };
            let without = domains.member.iter().filter(|member| member.is_none()).count();
            let tells_reasons = tells_reasons.get(place).map_or(&[][..], Vec::as_slice);
            let offers: Vec<Option<Vec<Offered>>> =
                measured.categories.iter().map(|category| offers(category, &domain, cells.len())).collect();
            for (number, cell) in cells.iter().enumerate() {
                for (of, (category, found)) in measured.categories.iter().zip(&found).enumerate() {
                    let offered = offers.get(of).and_then(|offers| offers.as_ref()?.get(number)).copied();
                    let are_few = offered.filter(|offered| (1..options.minimum_cell).contains(&offered.to));
                    let suppressed = pattern.of_category(place, number, of);
                    let suppressed = suppressed.or(are_few.map(|_| Suppressed::Disclosure));
                    let nobody = offered.is_some_and(|offered| offered.to == 0);
                    let numbers = found.get(number).filter(|_| !nobody).cloned().unwrap_or_default();
                    let tells_reasons = tells_reasons.get(number).copied().unwrap_or_default();
                    let about = about.as_deref();
                    let told = Told { domains, number, without, tells_reasons, offered, about };
                    rows.push(self.row(&told, &category.name, cell, suppressed, numbers));
                }
            }
        }
        Ok(rows)
    }

    /// How well the items of an index hang together.
    fn reliability(&self, domain: &[Option<u32>]) -> Result<Option<String>, Error> {
        let inside: Vec<bool> = domain.iter().map(Option::is_some).collect();
        Ok(self.level.setting.reliability(&self.measured, &inside)?.map(|found| match found {
            Ok(found) => format!("Cronbach's alpha {:.2} ({} with all items)", found.alpha, found.n),
            Err(why) => format!("no Cronbach's alpha: {why}"),
        }))
    }

    fn row(
        &self,
        told: &Told<'_>,
        category: &str,
        cell: &Cell,
        hidden: Option<Suppressed>,
        numbers: Numbers,
    ) -> Row {
        let Self { indicator, options, .. } = self;
        let too_few = indicator.precision.minimum_n.filter(|least| (1..*least).contains(&cell.base));
        let relative = numbers.relative_error().filter(|_| !indicator.measure.is_signed());
        let above =
            |limit: Option<f64>| relative.filter(|relative| limit.is_some_and(|limit| *relative > limit));
        let suppressed = hidden
            .or_else(|| too_few.map(Suppressed::TooFew))
            .or_else(|| above(options.too_imprecise).map(|_| Suppressed::Precision));
        let imprecise = above(options.imprecise).or_else(|| above(options.too_imprecise));
        let notes = Notes { cell, blanked: hidden.is_some(), too_few, imprecise };
        let note = self.note(told, &notes, &numbers);
        let numbers = if suppressed.is_some() { Numbers::default() } else { numbers };
        let reason = |n: usize| told.tells_reasons.then_some(n);
        let (domain, domain_label) = told.domains.groups.get(told.number).cloned().unwrap_or_default();
        Row {
            survey: options.survey.clone(),
            round: options.round.clone(),
            questionnaire_version: self.version.to_owned(),
            indicator: indicator.id.clone(),
            title: indicator.title.clone(),
            kind: indicator.measure.kind(),
            category: category.to_owned(),
            disaggregation: told.domains.name.clone(),
            domain,
            domain_label,
            estimate: numbers.estimate,
            std_error: numbers.std_error,
            ci_low: numbers.interval.map(|(low, _)| low),
            ci_high: numbers.interval.map(|(_, high)| high),
            ci_level: options.intervals(indicator).level,
            ci_method: numbers.method,
            df: numbers.df,
            deff: numbers.deff,
            n_unweighted: hidden.is_none().then_some(cell.base),
            weight_sum: numbers.weight_sum,
            base: indicator.base.name(),
            n_dont_know: reason(cell.reason(Missing::DontKnow)),
            n_refused: reason(cell.reason(Missing::Refused)),
            n_not_applicable: reason(cell.reason(Missing::NotApplicable)),
            n_not_asked: reason(cell.reason(Missing::NotAsked) + cell.reason(Missing::NotReached)),
            suppressed,
            note,
        }
    }

    fn note(&self, told: &Told<'_>, about: &Notes<'_>, numbers: &Numbers) -> String {
        let Notes { cell, blanked, too_few, imprecise } = about;
        let mut notes = Vec::new();
        if cell.base == 0 {
            notes.push(String::from("no data"));
        }
        let offered = told.offered.filter(|offered| offered.not_to > 0 && !blanked);
        if let Some(Offered { not_to, .. }) = offered {
            let least = self.options.minimum_cell;
            notes.push(match offered.filter(|offered| offered.to == 0) {
                Some(_) => String::from("not offered to anybody"),
                None if not_to < least => format!("not offered to fewer than {least}"),
                None => format!("not offered to {not_to}"),
            });
        }
        if cell.base > 0 && !blanked && numbers.estimate.is_none() && offered.is_none() {
            notes.push(String::from(match self.indicator.measure.kind() {
                _ if numbers.is_too_large => "the numbers are too large to compute with",
                "gap" => "nobody in one of the groups",
                _ => "nothing to divide by",
            }));
        }
        if let Some(least) = too_few {
            notes.push(format!("fewer than {least}"));
        } else if !numbers.no_interval.is_empty() {
            notes.push(format!("no interval: {}", numbers.no_interval));
        }
        if let Some(relative) = imprecise {
            notes.push(format!("{IMPRECISE}: relative standard error {:.0}%", 100.0 * relative));
        }
        if !blanked {
            let not_alone = cell.reason(Missing::NotAlone);
            if not_alone > 0 && told.tells_reasons {
                notes.push(format!("not alone: {not_alone}"));
            }
            let without = told.without;
            let least = self.options.minimum_cell;
            if (1..least).contains(&without) {
                notes.push(format!("without {}: fewer than {least}", told.domains.lacking));
            } else if without > 0 {
                notes.push(format!("without {}: {without}", told.domains.lacking));
            }
            notes.extend(told.about.map(str::to_owned));
        }
        if self.left_out > 0 {
            notes.push(format!("left out of the design: {}", self.left_out));
        }
        notes.join("; ")
    }
}

/// What a row is about.
struct Told<'t> {
    domains: &'t Domains,
    /// The domain's place.
    number: usize,
    /// How many units belong to no domain.
    without: usize,
    /// Whether it may be said how many have no value, and why.
    tells_reasons: bool,
    /// Who was offered what the number is about, where not all were.
    offered: Option<Offered>,
    /// What else is known of the whole.
    about: Option<&'t str>,
}

/// How many people of a domain were offered a choice, and how many were not: their questionnaire did not have it yet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Offered {
    pub(super) to: usize,
    not_to: usize,
}

/// Who was offered what a category is about, in each domain; none where all were.
pub(super) fn offers(category: &Category, domain: &[Option<u32>], domains: usize) -> Option<Vec<Offered>> {
    let mut offers = vec![Offered::default(); domains];
    for (domain, is_offered) in domain.iter().zip(category.offered.as_ref()?.units()) {
        if let Some(offered) = domain.and_then(|domain| offers.get_mut(domain as usize)) {
            *(if is_offered { &mut offered.to } else { &mut offered.not_to }) += 1;
        }
    }
    Some(offers)
}

/// What the note of a row is made from.
struct Notes<'t> {
    cell: &'t Cell,
    blanked: bool,
    too_few: Option<usize>,
    imprecise: Option<f64>,
}
