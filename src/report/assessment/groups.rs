//! Gaps between groups.

use std::collections::{HashMap, HashSet};

use super::View;
use super::overlap::levels;
use super::table::{self, Table};
use crate::indicators::{Contrast, Contrasts, Error, Row, TOTAL, Topic, adjust, format_number};

/// A number less another one.
#[derive(Debug, Clone, Copy)]
pub struct Gap<'v> {
    /// The number.
    pub row: &'v Row,
    /// What it is set against: the same in another group, or in all.
    pub against: &'v Row,
    /// The difference with its error; none where one of the two is not published.
    pub contrast: Option<Contrast>,
}

impl Gap<'_> {
    /// The cells of the gap, after those of its row.
    pub(super) fn cells(&self) -> Vec<String> {
        let number = |number: Option<f64>| number.map(format_number).unwrap_or_default();
        let gap = self.contrast.as_ref();
        vec![
            self.against.indicator.clone(),
            self.against.category.clone(),
            self.against.domain.clone(),
            self.against.domain_label.clone(),
            number(self.against.estimate),
            number(gap.map(|gap| gap.estimate)),
            number(gap.and_then(|gap| gap.std_error)),
            number(gap.and_then(|gap| gap.interval).map(|(low, _)| low)),
            number(gap.and_then(|gap| gap.interval).map(|(_, high)| high)),
            number(gap.and_then(|gap| gap.p_value)),
            number(gap.and_then(|gap| gap.p_holm)),
            number(gap.and_then(|gap| gap.p_bh)),
            gap.and_then(Contrast::certainty).map_or("", |certainty| certainty.name()).to_owned(),
        ]
    }
}

pub(super) fn fill(
    view: &View<'_>,
    contrasts: &mut Contrasts<'_>,
    tables: &mut [Table],
) -> Result<(), Error> {
    let is_wanted =
        |rows: &&[Row]| rows.first().is_some_and(|row| view.topic(row) != Some(Topic::Background));
    for of_indicator in view.rows.chunk_by(|one, other| one.indicator == other.indicator).filter(is_wanted) {
        for gap in gaps(of_indicator, contrasts)? {
            let mut cells = view.cells(gap.row);
            cells.extend(gap.cells());
            table::push(tables, "group_gaps.csv", cells);
        }
    }
    Ok(())
}

/// The gaps among the rows of one indicator, which are one family of tests: of two groups the first against the second, of
/// more each against all.
///
/// # Errors
/// The statistics refuse the design.
pub fn gaps<'v>(rows: &'v [Row], contrasts: &mut Contrasts<'_>) -> Result<Vec<Gap<'v>>, Error> {
    let mut gaps = Vec::new();
    for (row, against) in pairs(rows) {
        gaps.push(Gap { row, against, contrast: contrasts.of(&[(1.0, row), (-1.0, against)])? });
    }
    adjust(gaps.iter_mut().filter_map(|gap| gap.contrast.as_mut()));
    Ok(gaps)
}

/// What is set against what among the rows of one indicator, in their order.
fn pairs(rows: &[Row]) -> Vec<(&Row, &Row)> {
    let totals: HashMap<&str, &Row> = rows
        .iter()
        .filter(|row| row.disaggregation == TOTAL)
        .map(|row| (row.category.as_str(), row))
        .collect();
    let mut pairs = Vec::new();
    for split in rows.chunk_by(|one, other| one.disaggregation == other.disaggregation) {
        if split.first().is_some_and(|row| row.disaggregation == TOTAL) {
            continue;
        }
        let places: HashMap<(&str, &str), &Row> =
            split.iter().map(|row| ((row.domain.as_str(), row.category.as_str()), row)).collect();
        let of = |row: &Row, domain: &str| places.get(&(domain, row.category.as_str())).copied();
        let domains = distinct(split.iter().map(|row| row.domain.as_str()));
        let crossed = Crossed::of(split);
        for row in split {
            let is_sum = row.kind == "total";
            let against = match (&crossed, domains.as_slice()) {
                (Some(crossed), _) => crossed.across(row).and_then(|domain| of(row, &domain)),
                (None, [first, second]) => (row.domain == *first).then(|| of(row, second)).flatten(),
                // Of course a part is less than the whole that it is part of.
                (None, _) => totals.get(row.category.as_str()).copied().filter(|_| !is_sum),
            };
            pairs.extend(against.map(|against| (row, against)));
        }
    }
    pairs
}

/// The groups of both variables of a crossed disaggregation.
struct Crossed<'r> {
    firsts: Vec<&'r str>,
    seconds: Vec<&'r str>,
}

impl<'r> Crossed<'r> {
    /// Of its rows; none where it is not crossed.
    fn of(split: &'r [Row]) -> Option<Self> {
        let both = || split.iter().filter_map(levels);
        split.first().and_then(levels).map(|_| Self {
            firsts: distinct(both().map(|(first, _)| first)),
            seconds: distinct(both().map(|(_, second)| second)),
        })
    }

    /// The domain that differs from a row's in the one variable with two groups alone; none where no variable has two groups,
    /// and for the second of them.
    fn across(&self, row: &Row) -> Option<String> {
        let (first, second) = levels(row)?;
        match (self.firsts.as_slice(), self.seconds.as_slice()) {
            ([one, other], _) => (first == *one).then(|| format!("{other} * {second}")),
            (_, [one, other]) => (second == *one).then(|| format!("{first} * {other}")),
            _ => None,
        }
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    names.filter(|name| seen.insert(*name)).collect()
}
