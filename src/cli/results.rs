//! Indicators and their changes on a terminal.

use std::collections::HashMap;
use std::io;

use super::chosen::Chosen;
use super::pictures::{Pictures, pad, put_row};
use super::say::put;
use crate::indicators::{Certainty, Change, Definitions, Row, Suppressed, TOTAL, exact_percent};
use crate::terminal::width;

/// How many columns the picture of an interval takes.
const PICTURE: usize = 16;
/// How many columns the picture of a change takes.
const CHANGE: usize = 11;

/// What people call the parts of results.
pub struct Names {
    categories: HashMap<String, HashMap<String, String>>,
    disaggregations: HashMap<String, String>,
}

/// How the numbers of a kind are written, and between which of them they lie.
struct Scale {
    is_share: bool,
    axis: Option<(f64, f64)>,
}

impl Names {
    /// Those of a language.
    pub fn of(definitions: &Definitions<'_>, language: usize) -> Self {
        let categories = |id: &str| {
            let all = definitions.categories(id, language).into_iter();
            all.map(|category| (category.name, category.label)).collect()
        };
        let splits = definitions.disaggregations(language).into_iter();
        Self {
            categories: definitions
                .about()
                .map(|about| (about.id.to_owned(), categories(about.id)))
                .collect(),
            disaggregations: splits.map(|split| (split.name, split.label)).collect(),
        }
    }

    fn category<'n>(&'n self, indicator: &str, name: &'n str) -> &'n str {
        let found = self.categories.get(indicator).and_then(|categories| categories.get(name));
        found.map_or(name, String::as_str)
    }

    fn disaggregation<'n>(&'n self, name: &'n str) -> &'n str {
        self.disaggregations.get(name).map_or(name, String::as_str)
    }
}

impl Scale {
    /// That of a kind; other numbers than shares lie between the ends of these.
    fn of(kind: &str, numbers: impl Iterator<Item = f64>) -> Self {
        match kind {
            "proportion" | "distribution" | "mentions" => Self { is_share: true, axis: Some((0.0, 1.0)) },
            "net_balance" => Self { is_share: true, axis: Some((-1.0, 1.0)) },
            _ => {
                let (low, high) = numbers
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), n| (low.min(n), high.max(n)));
                Self { is_share: false, axis: (low < high).then_some((low, high)) }
            }
        }
    }

    /// A number, without the sign of per cent.
    fn plain(&self, number: f64) -> String {
        if self.is_share { format!("{:.1}", 100.0 * number) } else { format!("{number:.2}") }
    }

    fn shown(&self, number: Option<f64>, pictures: &Pictures) -> String {
        match number {
            Some(number) if self.is_share => format!("{}%", self.plain(number)),
            Some(number) => self.plain(number),
            None => pictures.none().to_owned(),
        }
    }

    fn interval(&self, interval: Option<(f64, f64)>) -> String {
        interval
            .map_or_else(String::new, |(low, high)| format!("{} to {}", self.plain(low), self.plain(high)))
    }

    fn picture(
        &self,
        pictures: &Pictures,
        estimate: Option<f64>,
        interval: Option<(f64, f64)>,
        n: usize,
    ) -> String {
        self.axis.map_or_else(|| " ".repeat(n), |axis| pictures.interval(axis, estimate, interval, n))
    }
}

/// A table of these numbers; of groups only where some were chosen.
pub fn print_rows(rows: &[Row], names: &Names, chosen: &Chosen, minimum_cell: usize) -> io::Result<()> {
    let pictures = Pictures::of_terminal();
    let label = pictures.columns - (2 + 7 + 2 + PICTURE + 2 + 15 + 1 + 6);
    let shown = rows.iter().filter(|row| chosen.shows(&row.disaggregation)).collect::<Vec<_>>();
    let level = usual(shown.iter().map(|row| row.ci_level));
    let interval = interval_of(level);
    put(format!("{}  {:>7}  {:PICTURE$}  {interval:<15} {:>6}", " ".repeat(label), "", "", "n"))?;
    for of_indicator in shown.chunk_by(|one, other| one.indicator == other.indicator) {
        let Some(first) = of_indicator.first() else { continue };
        let is_one_line = of_indicator.len() == 1 && first.category.is_empty();
        let numbers = of_indicator.iter().flat_map(|row| [row.estimate, row.ci_low, row.ci_high]).flatten();
        let mut scale = Scale::of(first.kind, numbers);
        // A number by itself has nothing to be held against.
        scale.axis = scale.axis.filter(|_| scale.is_share || !is_one_line);
        let title = with_level(&first.title, first.ci_level, level);
        if !is_one_line {
            put(&title)?;
        }
        let mut before = TOTAL;
        for row in of_indicator {
            if row.disaggregation != before {
                put(format!("  {}", names.disaggregation(&row.disaggregation)))?;
                before = &row.disaggregation;
            }
            let group = if row.disaggregation == TOTAL { "All" } else { row.domain_label.as_str() };
            let (text, indent) = match (is_one_line, row.category.is_empty(), row.disaggregation == TOTAL) {
                (true, ..) => (title.clone(), 0),
                (false, true, true) => (group.to_owned(), 2),
                (false, true, false) => (group.to_owned(), 4),
                (false, false, true) => (names.category(&row.indicator, &row.category).to_owned(), 2),
                (false, false, false) => {
                    (format!("{group}: {}", names.category(&row.indicator, &row.category)), 4)
                }
            };
            let rest = match why_hidden(row.suppressed, &row.note, minimum_cell) {
                Some(why) => format!("{:>7}  {why}", pictures.none()),
                None if row.estimate.is_none() => format!("{:>7}  {}", pictures.none(), row.note),
                None => {
                    let interval = row.ci_low.zip(row.ci_high);
                    let n = row.n_unweighted.map_or_else(String::new, |n| n.to_string());
                    format!(
                        "{:>7}  {}  {:<15} {n:>6}",
                        scale.shown(row.estimate, &pictures),
                        scale.picture(&pictures, row.estimate, interval, PICTURE),
                        scale.interval(interval),
                    )
                }
            };
            put_row(&text, (indent, label), &rest)?;
        }
    }
    Ok(())
}

/// Why a number is not shown, if it is hidden; the note of one that says too little says more.
fn why_hidden(suppressed: Option<Suppressed>, note: &str, minimum_cell: usize) -> Option<String> {
    suppressed.map(|why| match why {
        Suppressed::TooFew(_) | Suppressed::Precision => format!("not shown: {note}"),
        Suppressed::Disclosure => format!("not shown: fewer than {minimum_cell}, or next to it"),
    })
}

/// The level that most of these numbers have, which the heading names.
fn usual(levels: impl Iterator<Item = f64>) -> f64 {
    let mut levels: Vec<f64> = levels.collect();
    levels.sort_by(f64::total_cmp);
    let runs = levels.chunk_by(|one, other| one.total_cmp(other).is_eq());
    runs.max_by_key(|run| run.len()).and_then(|run| run.first()).copied().unwrap_or(0.95)
}

fn interval_of(level: f64) -> String {
    format!("{} interval", exact_percent(level))
}

/// The title of an indicator, with the level of its intervals where the heading names another.
fn with_level(title: &str, own: f64, usual: f64) -> String {
    if own.total_cmp(&usual).is_eq() { title.to_owned() } else { format!("{title} ({})", interval_of(own)) }
}

/// A table of these changes; of groups only where some were chosen.
pub fn print_changes(
    changes: &[Change],
    names: &Names,
    chosen: &Chosen,
    minimum_cell: usize,
) -> io::Result<()> {
    let pictures = Pictures::of_terminal();
    let label = pictures.columns - (2 + 15 + 1 + 6 + 1 + CHANGE + 1 + 14 + 1 + 7);
    let shown: Vec<&Change> = changes.iter().filter(|change| chosen.shows(&change.disaggregation)).collect();
    let of_pair = |one: &&Change, other: &&Change| {
        one.first_round == other.first_round && one.second_round == other.second_round
    };
    for pair in shown.chunk_by(of_pair) {
        let Some(first) = pair.first() else { continue };
        let level = usual(pair.iter().map(|change| change.ci_level));
        put(format!("From {} to {}", first.first_round, first.second_round))?;
        put(format!(
            "{}  {:>15} {:>6} {:<CHANGE$} {:<14}",
            " ".repeat(label),
            "from, to",
            "change",
            "",
            interval_of(level)
        ))?;
        for of_indicator in pair.chunk_by(|one, other| one.indicator == other.indicator) {
            print_indicator(&pictures, of_indicator, names, (label, minimum_cell), level)?;
        }
    }
    put(
        "Shares in per cent. certain: also when all tests are looked at together (Holm);\nlikely: its own interval leaves out 0.",
    )
}

fn print_indicator(
    pictures: &Pictures,
    changes: &[&Change],
    names: &Names,
    (label, minimum_cell): (usize, usize),
    usual: f64,
) -> io::Result<()> {
    let Some(first) = changes.first() else { return Ok(()) };
    let is_share = Scale::of(first.kind, std::iter::empty()).is_share;
    let farthest = changes
        .iter()
        .flat_map(|change| [change.difference, change.ci_low, change.ci_high])
        .flatten()
        .fold(if is_share { 0.5 } else { 0.0 }, |far: f64, n| far.max(n.abs()));
    // No change lies in the middle; shares are alike in all indicators.
    let scale = Scale { is_share, axis: (farthest > 0.0).then_some((-farthest, farthest)) };
    let is_one_line = changes.len() == 1 && first.category.is_empty();
    let title = with_level(&first.title, first.ci_level, usual);
    if !is_one_line {
        put(&title)?;
    }
    let number = |number: Option<f64>| number.map_or_else(|| pictures.none().to_owned(), |n| scale.plain(n));
    for change in changes {
        let group = if change.disaggregation == TOTAL { "All" } else { change.domain_label.as_str() };
        let category = names.category(&change.indicator, &change.category);
        let text = match (is_one_line, change.category.is_empty(), change.disaggregation == TOTAL) {
            (true, ..) => title.clone(),
            (false, true, _) => group.to_owned(),
            (false, false, true) => category.to_owned(),
            (false, false, false) => format!("{group}: {category}"),
        };
        let interval = change.ci_low.zip(change.ci_high);
        let certain = match change.certainty() {
            Some(Certainty::Certain) => String::from("certain"),
            Some(Certainty::Likely) => String::from("likely"),
            Some(Certainty::Unclear) => String::new(),
            None => why_hidden(change.suppressed, &change.note, minimum_cell)
                .unwrap_or_else(|| change.note.clone()),
        };
        let step = pictures.step(&number(change.first_estimate), &number(change.second_estimate));
        let rest = if change.difference.is_some() {
            format!(
                "{}{step} {:>6} {} {:<14} {certain}",
                " ".repeat(15_usize.saturating_sub(width(&step))),
                change.difference.map_or_else(String::new, |n| {
                    let text = scale.plain(n);
                    if n > 0.0 { format!("+{text}") } else { text }
                }),
                scale.picture(pictures, change.difference, interval, CHANGE),
                scale.interval(interval),
            )
        } else {
            format!("{} {certain}", pad("", 15_usize.saturating_sub(1)))
        };
        put_row(&text, (if is_one_line { 0 } else { 2 }, label), &rest)?;
    }
    Ok(())
}
