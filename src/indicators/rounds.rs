//! How indicators changed from one round to another.

use std::io::Write;

use super::change::{ByShares, Changed};
use super::compute::{Offered, Options, offers, on_all_processors};
use super::contrast::{Certainty, adjusted, certainty};
use super::definition::{Definitions, Grouping, Indicator, Measure, Split};
use super::design::Sampling;
use super::domains::Domains;
use super::estimate::Error;
use super::level::Level;
use super::measure::{Category, Measured};
use super::output::{Cell, IMPRECISE, Suppressed, write_table};
use super::patterns::patterns;
use super::scope;
use super::units::ColumnAt;
use crate::expression::Expression;
use crate::statistics::Difference;
use crate::statistics::distribution::{normal_quantile, student_t_quantile};
use crate::value::Missing;

/// How the note of rounds begins that are not compared.
const REFUSED: &str = "not compared";

/// Numbers that differ by less, as a part of them, are equal.
const ROUNDING: f64 = 1e-12;

/// The chance to see a change, in minimum detectable effects.
const POWER: f64 = 0.8;

/// One change with all that is needed to read it. The fields are the columns of the CSV, which
/// `docs/indicators.md` describes; `None` is an empty cell.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each field is a column, described once in docs/indicators.md")]
pub struct Change {
    pub survey: String,
    pub first_round: String,
    pub second_round: String,
    pub indicator: String,
    pub title: String,
    pub kind: &'static str,
    pub category: String,
    pub disaggregation: String,
    pub domain: String,
    pub domain_label: String,
    pub first_estimate: Option<f64>,
    pub second_estimate: Option<f64>,
    pub difference: Option<f64>,
    pub std_error: Option<f64>,
    pub ci_low: Option<f64>,
    pub ci_high: Option<f64>,
    pub ci_level: f64,
    pub df: Option<f64>,
    pub p_value: Option<f64>,
    pub p_holm: Option<f64>,
    pub p_bh: Option<f64>,
    pub minimum_detectable: Option<f64>,
    pub n_first: Option<usize>,
    pub n_second: Option<usize>,
    pub base: &'static str,
    pub suppressed: Option<Suppressed>,
    pub note: String,
}

/// Two rounds among those of a design, by their places.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'r> {
    /// The names of all rounds.
    pub names: &'r [&'r str],
    /// The round of each interview of the design.
    pub round: &'r [u32],
    /// What is compared with.
    pub first: u32,
    /// What is compared.
    pub second: u32,
}

/// How every indicator changed between two rounds, in the order of [`super::compute`]. `refusal` says of the
/// questions that a number is computed from why two rounds cannot be compared by them, if they cannot.
///
/// # Errors
/// The design does not allow any estimate, in the words of the statistics.
pub fn compare(
    definitions: &Definitions<'_>,
    sampling: &Sampling,
    pair: Pair<'_>,
    refusal: &(dyn Fn(&[String]) -> Option<String> + Sync),
    options: &Options,
) -> Result<Vec<Change>, Error> {
    let levels = Level::all(definitions, sampling, options.language)?;
    let hidden = [pair.first, pair.second].map(|round| {
        let is_of = |level: &Level, unit: usize| round_of(level, pair, unit) == Some(round);
        patterns(definitions, &levels, options.minimum_cell, is_of)
    });
    let tasks: Vec<(usize, &Indicator)> = definitions.indicators.iter().enumerate().collect();
    let changes = |(number, indicator): &(usize, &Indicator)| -> Result<Vec<Change>, Error> {
        let Some(level) = levels.get(indicator.table).and_then(Option::as_ref) else { return Ok(Vec::new()) };
        let measured = definitions.measure(&indicator.measure, &level.units);
        let task = Task { indicator, measured, pair, options, level };
        let reads = definitions.reads(&indicator.measure);
        let mut changes = Vec::new();
        for (place, domains) in level.of(indicator).into_iter().enumerate() {
            let mut questions = reads.clone();
            let split = place.checked_sub(1).and_then(|place| indicator.by.get(place));
            if let Some(split) = split.and_then(|split| definitions.splits.get(*split)) {
                questions.extend(definitions.split_reads(split));
            }
            // What is hidden in either round is hidden in their comparison.
            let hidden = |domain: usize, category: usize| {
                let mut rounds = hidden.iter().filter_map(|round| round.get(*number));
                rounds.find_map(|round| round.of_category(place, domain, category))
            };
            changes.extend(task.changes(domains, &hidden, refusal(&questions).as_deref())?);
        }
        Ok(changes)
    };
    let mut all = Vec::new();
    for changes in on_all_processors(&tasks, changes) {
        all.extend(changes?);
    }
    adjust(&mut all);
    Ok(all)
}

/// The round of a unit's interview.
fn round_of(level: &Level, pair: Pair<'_>, unit: usize) -> Option<u32> {
    pair.round.get(*level.units.interview.get(unit)? as usize).copied()
}

/// One indicator being compared.
struct Task<'t> {
    indicator: &'t Indicator,
    measured: Measured,
    pair: Pair<'t>,
    options: &'t Options,
    level: &'t Level,
}

impl Task<'_> {
    /// The place of each unit that is in a domain, in the base and in one of the rounds: twice the domain's number for the
    /// first round of the pair, and one more for the second.
    fn places(&self, domains: &Domains) -> Vec<Option<u32>> {
        let people = domains.member.iter().zip(&self.measured.status).enumerate();
        let rounds = [self.pair.first, self.pair.second];
        let place = |(unit, (member, status)): (usize, (&Option<u32>, &Option<Missing>))| {
            let domain =
                member.filter(|_| self.indicator.base.counts(*status) && self.measured.takes_part(unit))?;
            let round = round_of(self.level, self.pair, unit)?;
            Some(2 * domain + rounds.iter().position(|of| *of == round)? as u32)
        };
        people.map(place).collect()
    }

    /// A standard error as a share of its number, where it is above a limit and the number cannot be negative.
    fn above(&self, relative: Option<f64>, limit: Option<f64>) -> Option<f64> {
        let is_above = |relative: &f64| limit.is_some_and(|limit| *relative > limit);
        relative.filter(|relative| !self.indicator.measure.is_signed() && is_above(relative))
    }

    /// One change for each domain and category, of which some may be hidden.
    fn changes(
        &self,
        domains: &Domains,
        hidden: &dyn Fn(usize, usize) -> Option<Suppressed>,
        refused: Option<&str>,
    ) -> Result<Vec<Change>, Error> {
        let places = self.places(domains);
        let categories = &self.measured.categories;
        let of_domain = |domain| Found {
            hidden: (0..categories.len()).map(|category| hidden(domain, category)).collect(),
            too_few: None,
            n: [0; 2],
        };
        let mut found: Vec<Found> = (0..domains.groups.len()).map(of_domain).collect();
        for place in places.iter().flatten() {
            if let Some(found) = found.get_mut((place / 2) as usize) {
                found.n[(place % 2) as usize] += 1;
            }
        }
        for found in &mut found {
            let least = self.indicator.precision.minimum_n;
            found.too_few = least.filter(|least| found.n.iter().any(|n| n < least));
        }
        // Nothing is computed that is not shown.
        let is_compared = |found: &Found| {
            let is_shown = found.too_few.is_none() && found.hidden.iter().any(Option::is_none);
            refused.is_none() && is_shown && found.n.iter().all(|n| *n > 0)
        };
        let compared = |place: &u32| found.get((*place / 2) as usize).is_some_and(is_compared);
        let places: Vec<Option<u32>> = places.into_iter().map(|place| place.filter(compared)).collect();
        let rounds = match found.iter().any(is_compared) {
            true => self.level.setting.rounds(&self.measured, &places, found.len())?,
            false => None,
        };
        let intervals = self.options.intervals(self.indicator);
        let of_category = |category: &Category| match &rounds {
            Some(rounds) => rounds.changes(category, intervals),
            None => Ok(Vec::new()),
        };
        let changed: Vec<Vec<Changed>> = categories.iter().map(of_category).collect::<Result<_, _>>()?;
        let mut changes = Vec::new();
        let offers: Vec<Option<Vec<Offered>>> =
            categories.iter().map(|category| offers(category, &places, 2 * found.len())).collect();
        // Whether as many of a domain as `of` says were offered what a category is about, in either round.
        let were_offered = |of: &dyn Fn(usize) -> bool, category: usize, domain: usize| {
            let offers = offers.get(category).and_then(Option::as_ref);
            let rounds = offers.and_then(|offers| offers.get(2 * domain..2 * domain + 2));
            rounds.is_some_and(|rounds| rounds.iter().any(|offered| of(offered.to)))
        };
        let few = |n: usize| (1..self.options.minimum_cell).contains(&n);
        for ((number, found), group) in found.iter().enumerate().zip(&domains.groups) {
            let hidden = found.hidden.iter().copied().enumerate();
            for ((category, changed), (of, hidden)) in categories.iter().zip(&changed).zip(hidden) {
                let are_few = is_compared(found) && were_offered(&few, of, number);
                let hidden = hidden.or(are_few.then_some(Suppressed::Disclosure));
                let is_shown =
                    hidden.is_none() && is_compared(found) && !were_offered(&|n| n == 0, of, number);
                let shown = changed.get(number).copied().filter(|_| is_shown);
                let about = (domains.name.as_str(), group, category.name.as_str());
                changes.push(self.change(about, found, hidden, refused, shown));
            }
        }
        Ok(changes)
    }

    fn change(
        &self,
        (disaggregation, (domain, label), category): (&str, &(String, String), &str),
        found: &Found,
        hidden: Option<Suppressed>,
        refused: Option<&str>,
        changed: Option<Changed>,
    ) -> Change {
        let name_of = |round: u32| self.pair.names.get(round as usize).copied().unwrap_or_default();
        let rounds = [self.pair.first, self.pair.second];
        let level = self.options.intervals(self.indicator).level;
        let [n_first, n_second] = found.n.map(|n| hidden.is_none().then_some(n));
        let mut change = Change {
            survey: self.options.survey.clone(),
            first_round: name_of(self.pair.first).to_owned(),
            second_round: name_of(self.pair.second).to_owned(),
            indicator: self.indicator.id.clone(),
            title: self.indicator.title.clone(),
            kind: self.indicator.measure.kind(),
            category: category.to_owned(),
            disaggregation: disaggregation.to_owned(),
            domain: domain.clone(),
            domain_label: label.clone(),
            first_estimate: None,
            second_estimate: None,
            difference: None,
            std_error: None,
            ci_low: None,
            ci_high: None,
            ci_level: level,
            df: None,
            p_value: None,
            p_holm: None,
            p_bh: None,
            minimum_detectable: None,
            n_first,
            n_second,
            base: self.indicator.base.name(),
            suppressed: hidden.or(found.too_few.map(Suppressed::TooFew)),
            note: String::new(),
        };
        let mut notes: Vec<String> = refused.map(|why| format!("{REFUSED}: {why}")).into_iter().collect();
        for (n, round) in found.n.into_iter().zip(rounds) {
            if n == 0 && hidden.is_none() {
                notes.push(format!("no data in {}", name_of(round)));
            }
        }
        notes.extend(found.too_few.map(|least| format!("fewer than {least} in a round")));
        let relative = changed.map_or([None; 2], |changed| changed.relative);
        for (relative, round) in relative.into_iter().zip(rounds) {
            let above = |limit: Option<f64>| self.above(relative, limit);
            if above(self.options.too_imprecise).is_some() {
                change.suppressed = Some(Suppressed::Precision);
            }
            let imprecise = above(self.options.imprecise).or_else(|| above(self.options.too_imprecise));
            notes.extend(imprecise.map(|relative| {
                let percent = 100.0 * relative;
                format!("{IMPRECISE} in {}: relative standard error {percent:.0}%", name_of(round))
            }));
        }
        if changed.is_none() && notes.is_empty() && change.suppressed.is_none() {
            notes.push(String::from("not offered to anybody in one of the rounds"));
        }
        if let Some(changed) = changed.filter(|_| change.suppressed.is_none()) {
            change.fill(changed, level);
            if change.difference.is_none() {
                notes.push(String::from("no number in one of the rounds"));
            } else if change.ci_low.is_none() {
                notes.push(format!("no interval: {}", changed.no_interval()));
            }
        }
        change.note = notes.join("; ");
        change
    }
}

/// What is known of a domain before anything is estimated.
struct Found {
    /// What is hidden of each category.
    hidden: Vec<Option<Suppressed>>,
    /// The least number of an indicator, where a round has fewer.
    too_few: Option<usize>,
    /// How many units each round has in the base.
    n: [usize; 2],
}

impl Change {
    fn fill(&mut self, Changed { first, second, difference, by_shares, .. }: Changed, level: f64) {
        self.first_estimate = first;
        self.second_estimate = second;
        self.difference = first.zip(second).map(|(first, second)| without_rounding(first, second));
        let Some(estimate) = self.difference else { return };
        let Some(difference) = difference.map(|found| Difference { estimate, ..found }) else { return };
        self.df = Some(difference.df as f64);
        if let Some(ByShares { interval: (low, high), p_value }) = by_shares {
            (self.ci_low, self.ci_high, self.p_value) = (Some(low), Some(high), p_value);
            return;
        }
        let interval = difference.interval(level);
        // Without degrees of freedom the standard error is not an error of 0 but unknown.
        self.std_error = difference.std_error.filter(|_| difference.df > 0);
        self.ci_low = interval.map(|i| i.low);
        self.ci_high = interval.map(|i| i.high);
        self.p_value = difference.test().map(|test| test.p_value);
        let reach = student_t_quantile(0.5 + level / 2.0, difference.df as f64) + normal_quantile(POWER);
        self.minimum_detectable = self.std_error.map(|se| reach * se);
    }

    /// How certain it is that anything changed; none where that is unknown.
    #[must_use]
    pub fn certainty(&self) -> Option<Certainty> {
        certainty(self.ci_low.zip(self.ci_high), self.p_holm, self.ci_level)
    }

    /// Whether the rounds are not compared because a question changed.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.note.starts_with(REFUSED)
    }

    /// The names of the columns, in order.
    pub const COLUMNS: [&'static str; 27] = [
        "survey",
        "first_round",
        "second_round",
        "indicator",
        "title",
        "kind",
        "category",
        "disaggregation",
        "domain",
        "domain_label",
        "first_estimate",
        "second_estimate",
        "difference",
        "std_error",
        "ci_low",
        "ci_high",
        "ci_level",
        "df",
        "p_value",
        "p_holm",
        "p_bh",
        "minimum_detectable",
        "n_first",
        "n_second",
        "base",
        "suppressed",
        "note",
    ];

    /// The cells, in the order of [`Self::COLUMNS`].
    #[must_use]
    pub fn cells(&self) -> [Cell<'_>; Self::COLUMNS.len()] {
        use Cell::{Count, Number, Text};
        [
            Text(&self.survey),
            Text(&self.first_round),
            Text(&self.second_round),
            Text(&self.indicator),
            Text(&self.title),
            Text(self.kind),
            Text(&self.category),
            Text(&self.disaggregation),
            Text(&self.domain),
            Text(&self.domain_label),
            Number(self.first_estimate),
            Number(self.second_estimate),
            Number(self.difference),
            Number(self.std_error),
            Number(self.ci_low),
            Number(self.ci_high),
            Number(Some(self.ci_level)),
            Number(self.df),
            Number(self.p_value),
            Number(self.p_holm),
            Number(self.p_bh),
            Number(self.minimum_detectable),
            Count(self.n_first),
            Count(self.n_second),
            Text(self.base),
            Text(self.suppressed.map_or("", Suppressed::name)),
            Text(&self.note),
        ]
    }
}

/// The second number less the first. Of two equal numbers nothing but the rounding differs, which is no change, however
/// small its error.
fn without_rounding(first: f64, second: f64) -> f64 {
    let difference = second - first;
    if difference.abs() <= ROUNDING * (first.abs() + second.abs()) { 0.0 } else { difference }
}

/// All tests of one comparison are one family: that is how they are looked through.
fn adjust(changes: &mut [Change]) {
    let p_values: Vec<Option<f64>> = changes.iter().map(|change| change.p_value).collect();
    for (change, adjusted) in changes.iter_mut().zip(adjusted(&p_values)) {
        (change.p_holm, change.p_bh) = adjusted;
    }
}

/// Writes changes as CSV with a header, as [`super::write_csv`] does.
///
/// # Errors
/// The writer failed.
pub fn write_changes(changes: &[Change], writer: impl Write) -> csv::Result<()> {
    write_table(Change::COLUMNS, changes.iter().map(Change::cells), writer)
}

impl Definitions<'_> {
    /// The questions that a measure is computed from, those of rosters as well.
    fn reads(&self, measure: &Measure) -> Vec<String> {
        let expressions = measure.expressions().into_iter().flat_map(|expression| self.names_in(expression));
        let columns = measure.columns().into_iter().filter_map(|column| self.column_name(column));
        let groups = measure.grouping().into_iter().flat_map(|grouping| self.grouping_reads(grouping));
        expressions.chain(columns).chain(groups).collect()
    }

    fn split_reads(&self, split: &Split) -> Vec<String> {
        let second = split.second.map(|second| self.grouping_reads(second));
        self.grouping_reads(split.first).into_iter().chain(second.into_iter().flatten()).collect()
    }

    fn grouping_reads(&self, grouping: Grouping) -> Vec<String> {
        match grouping {
            Grouping::Column(column) => self.column_name(column).into_iter().collect(),
            Grouping::Variable(variable) => {
                let categories = self.variables.get(variable).into_iter().flat_map(|v| &v.categories);
                categories.flat_map(|category| self.names_in(&category.when)).collect()
            }
        }
    }

    fn names_in(&self, expression: &Expression) -> Vec<String> {
        let names = expression.references().iter().filter_map(|r| scope::name_of(self.dataset, r));
        names.map(str::to_owned).collect()
    }

    fn column_name(&self, column: ColumnAt) -> Option<String> {
        column.of(self.dataset).map(|column| column.name.clone())
    }
}
