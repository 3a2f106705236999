//! From definitions and a design to rows: measure, split, blank, estimate.

use super::definition::{Base, Definitions, Indicator, Split};
use super::design::Sampling;
use super::disclosure::suppress;
use super::domains::{Domains, sums};
use super::estimate::{Error, Numbers, Setting};
use super::measure::Measured;
use super::output::{Row, Suppressed};
use crate::dataset::{Dataset, ROUND, STATUS, VERSION};
use crate::value::{Missing, Value};

/// What is the same for all results.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The survey's id.
    pub survey: String,
    /// The round that the interviews are of.
    pub round: String,
    /// The level of confidence intervals, between 0 and 1.
    pub level: f64,
    /// Numbers from fewer respondents are blanked.
    pub minimum_cell: usize,
    /// The language of labels, by its place in the questionnaire's languages.
    pub language: usize,
}

/// The interviews of a round that count: the finalised ones, as rows of the table.
#[must_use]
pub fn counted(dataset: &Dataset, round: &str) -> Vec<usize> {
    let interviews = dataset.interviews();
    let is = |column: &str, row: usize, text: &str| {
        let value = interviews.column(column).and_then(|c| c.value(row));
        matches!(value.as_deref(), Some(Value::Text(t)) if t == text)
    };
    (0..interviews.rows()).filter(|row| is(STATUS, *row, "finalised") && is(ROUND, *row, round)).collect()
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
    let rows = &sampling.rows;
    let setting = Setting::new(sampling, options.level)?;
    let version = versions(definitions.dataset, rows);
    let total = Domains::total(rows.len());
    let splits: Vec<(&Split, Domains)> = definitions
        .splits
        .iter()
        .map(|split| (split, Domains::of(definitions, split, rows, options.language)))
        .collect();
    let mut results = Vec::new();
    for indicator in &definitions.indicators {
        let used = || indicator.by.iter().filter_map(|place| splits.get(*place));
        let task = Task {
            indicator,
            measured: definitions.measure(&indicator.measure, rows),
            denominators: definitions.denominators(&indicator.measure, rows),
            disaggregations: std::iter::once(&total).chain(used().map(|(_, domains)| domains)).collect(),
            splits: used().map(|(split, _)| *split).collect(),
            left_out: sampling.left_out,
            version: &version,
            options,
        };
        task.run(&setting, &mut results)?;
    }
    Ok(results)
}

/// The questionnaire's versions in these interviews, joined by spaces.
fn versions(dataset: &Dataset, rows: &[usize]) -> String {
    let column = dataset.interviews().column(VERSION);
    let version = |row: &usize| column.and_then(|c| c.value(*row)).map(|v| v.to_string());
    let versions: std::collections::BTreeSet<String> = rows.iter().filter_map(version).collect();
    Vec::from_iter(versions).join(" ")
}

/// One indicator being computed.
struct Task<'t> {
    indicator: &'t Indicator,
    measured: Measured,
    denominators: Option<Vec<f64>>,
    disaggregations: Vec<&'t Domains>,
    splits: Vec<&'t Split>,
    left_out: usize,
    version: &'t str,
    options: &'t Options,
}

/// The respondents of one domain.
#[derive(Debug, Clone, Default)]
struct Cell {
    /// Who counts in the base.
    base: usize,
    /// All, asked or not.
    members: usize,
    /// How many lack a value, by reason, in the order of [`Missing::ALL`].
    reasons: [usize; Missing::ALL.len()],
}

impl Cell {
    fn count(&mut self, base: Base, status: Option<Missing>) {
        self.members += 1;
        self.base += usize::from(base.counts(status));
        if let Some(reason) = status
            && let Some(count) = Missing::ALL.iter().position(|m| *m == reason)
            && let Some(count) = self.reasons.get_mut(count)
        {
            *count += 1;
        }
    }

    fn reason(&self, reason: Missing) -> usize {
        let counts = Missing::ALL.iter().zip(&self.reasons);
        counts.filter(|(m, _)| **m == reason).map(|(_, n)| *n).sum()
    }
}

impl Task<'_> {
    fn run(&self, setting: &Setting, results: &mut Vec<Row>) -> Result<(), Error> {
        let cells: Vec<Vec<Cell>> = self.disaggregations.iter().map(|d| self.cells(d)).collect();
        let how = self.indicator.measure.how(self.denominators.as_deref());
        let counts: Vec<usize> = cells.iter().flatten().map(|cell| cell.base).collect();
        let sums = sums(&self.disaggregations, &self.splits);
        let mut suppressed = suppress(&counts, &sums, self.options.minimum_cell).into_iter();
        for (domains, cells) in self.disaggregations.iter().zip(&cells) {
            for ((domain, cell), number) in domains.groups.iter().zip(cells).zip(0..) {
                let suppressed = suppressed.next().flatten();
                let inside: Vec<bool> = domains
                    .member
                    .iter()
                    .zip(&self.measured.status)
                    .map(|(member, status)| *member == Some(number) && self.indicator.base.counts(*status))
                    .collect();
                let domain_of_design =
                    if suppressed.is_some() || cell.base == 0 { None } else { setting.domain(&inside)? };
                for (category, scores) in &self.measured.categories {
                    let numbers = match &domain_of_design {
                        Some(rows) => setting.estimate(rows, scores, how)?,
                        None => Numbers::default(),
                    };
                    results.push(self.row(domains, domain, category, cell, suppressed, &numbers));
                }
            }
        }
        Ok(())
    }

    fn cells(&self, domains: &Domains) -> Vec<Cell> {
        let mut cells = vec![Cell::default(); domains.groups.len()];
        for (member, status) in domains.member.iter().zip(&self.measured.status) {
            if let Some(cell) = member.and_then(|m| cells.get_mut(m as usize)) {
                cell.count(self.indicator.base, *status);
            }
        }
        cells
    }

    fn row(
        &self,
        domains: &Domains,
        (domain, domain_label): &(String, String),
        category: &str,
        cell: &Cell,
        suppressed: Option<Suppressed>,
        numbers: &Numbers,
    ) -> Row {
        // A few people without a value are still a few people.
        let few = cell.base == 0 && cell.members > 0 && cell.members < self.options.minimum_cell;
        let shown = |n: usize| (suppressed.is_none() && !few).then_some(n);
        let published = |n: usize| suppressed.is_none().then_some(n);
        Row {
            survey: self.options.survey.clone(),
            round: self.options.round.clone(),
            questionnaire_version: self.version.to_owned(),
            indicator: self.indicator.id.clone(),
            title: self.indicator.title.clone(),
            kind: self.indicator.measure.kind(),
            category: category.to_owned(),
            disaggregation: domains.name.clone(),
            domain: domain.clone(),
            domain_label: domain_label.clone(),
            estimate: numbers.estimate,
            std_error: numbers.std_error,
            ci_low: numbers.interval.map(|(low, _)| low),
            ci_high: numbers.interval.map(|(_, high)| high),
            ci_level: self.options.level,
            ci_method: numbers.method,
            df: numbers.df,
            deff: numbers.deff,
            n_unweighted: published(cell.base),
            weight_sum: numbers.weight_sum,
            base: self.indicator.base.name(),
            n_dont_know: shown(cell.reason(Missing::DontKnow)),
            n_refused: shown(cell.reason(Missing::Refused)),
            n_not_applicable: shown(cell.reason(Missing::NotApplicable)),
            n_not_asked: shown(cell.reason(Missing::NotAsked) + cell.reason(Missing::NotReached)),
            suppressed,
            note: self.note(domains, cell, suppressed.is_some() || few, numbers),
        }
    }

    fn note(&self, domains: &Domains, cell: &Cell, blanked: bool, numbers: &Numbers) -> String {
        let mut notes = Vec::new();
        if cell.base == 0 {
            notes.push(String::from("no data"));
        }
        if cell.base > 0 && !blanked && numbers.estimate.is_none() {
            notes.push(String::from("nothing to divide by"));
        }
        if numbers.estimate.is_some() && numbers.interval.is_none() {
            notes.push(String::from("no interval: too few PSUs"));
        }
        if !blanked {
            let not_alone = cell.reason(Missing::NotAlone);
            if not_alone > 0 {
                notes.push(format!("not alone: {not_alone}"));
            }
            let without = domains.left_out();
            if without > 0 {
                notes.push(format!("without {}: {without}", domains.lacking));
            }
        }
        if self.left_out > 0 {
            notes.push(format!("left out of the design: {}", self.left_out));
        }
        notes.join("; ")
    }
}
