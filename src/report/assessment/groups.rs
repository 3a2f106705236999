//! Gaps between groups.

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
    let total = |row: &Row| rows.iter().find(|r| r.disaggregation == TOTAL && r.category == row.category);
    let mut pairs = Vec::new();
    for split in rows.chunk_by(|one, other| one.disaggregation == other.disaggregation) {
        let domains = distinct(split.iter().map(|row| row.domain.as_str()));
        let of =
            |row: &Row, domain: &str| split.iter().find(|r| r.domain == domain && r.category == row.category);
        let crossed = split.first().is_some_and(|row| levels(row).is_some());
        for row in split.iter().filter(|row| row.disaggregation != TOTAL) {
            let is_sum = row.kind == "total";
            let against = match (crossed, domains.as_slice()) {
                (true, _) => across(row, split).and_then(|domain| of(row, &domain)),
                (false, [first, second]) => (row.domain == *first).then(|| of(row, second)).flatten(),
                // Of course a part is less than the whole that it is part of.
                (false, _) => total(row).filter(|_| !is_sum),
            };
            pairs.extend(against.map(|against| (row, against)));
        }
    }
    pairs
}

/// In a crossed disaggregation, the domain that differs from a row's in the one variable with two groups alone; none where
/// no variable has two groups, and for the second of them.
fn across(row: &Row, split: &[Row]) -> Option<String> {
    let (first, second) = levels(row)?;
    let firsts = distinct(split.iter().filter_map(levels).map(|(first, _)| first));
    let seconds = distinct(split.iter().filter_map(levels).map(|(_, second)| second));
    match (firsts.as_slice(), seconds.as_slice()) {
        ([one, other], _) => (first == *one).then(|| format!("{other} * {second}")),
        (_, [one, other]) => (second == *one).then(|| format!("{first} * {other}")),
        _ => None,
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut distinct = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}
