//! The domains of a disaggregation: the groups, who is in each, and which of them add up.

use super::definition::{Definitions, Grouping, Split};
use super::disclosure::Sum;
use super::measure::Groups;
use super::units::Units;

/// What results call everybody together, as a disaggregation and as its one group.
pub const TOTAL: &str = "total";

/// A disaggregation of units.
pub(super) struct Domains {
    /// `total`, `sex`, `sex * district`.
    pub(super) name: String,
    /// Name and label of each domain, in order.
    pub(super) groups: Vec<(String, String)>,
    /// The domain of each unit, if it belongs to one.
    pub(super) member: Vec<Option<u32>>,
    /// For two groupings crossed: how many groups the second has.
    width: Option<usize>,
    /// What units lack that belong to no domain.
    pub(super) lacking: String,
}

impl Domains {
    /// Everyone.
    pub(super) fn total(units: usize) -> Self {
        Self {
            name: String::from(TOTAL),
            groups: vec![(String::from(TOTAL), String::from("Total"))],
            member: vec![Some(0); units],
            width: None,
            lacking: String::new(),
        }
    }

    /// The domains of a split.
    pub(super) fn of(definitions: &Definitions<'_>, split: &Split, units: &Units, language: usize) -> Self {
        let first = definitions.groups(split.first, units, language);
        let name = split.name.clone();
        let lacking = definitions.grouping_label(split.first).to_owned();
        let Some(second) = split.second else {
            let Groups { groups, member } = first;
            return Self { name, groups, member, width: None, lacking };
        };
        let lacking = format!("{lacking} or {}", definitions.grouping_label(second));
        let second = definitions.groups(second, units, language);
        let width = second.groups.len();
        let cross = |(a, b): (&Option<u32>, &Option<u32>)| Some((*a)? * width as u32 + (*b)?);
        let pair = |(name_a, label_a): &(String, String)| {
            let (name_a, label_a) = (name_a.clone(), label_a.clone());
            second.groups.iter().map(move |(name_b, label_b)| {
                (format!("{name_a} * {name_b}"), format!("{label_a}, {label_b}"))
            })
        };
        Self {
            name,
            groups: first.groups.iter().flat_map(pair).collect(),
            member: first.member.iter().zip(&second.member).map(cross).collect(),
            width: Some(width),
            lacking,
        }
    }
}

/// Which cells add up. Cells are numbered through all disaggregations, domain by domain; behind them stand the margins of
/// crossed disaggregations that are not among these, of which the number comes back: nobody publishes them, but they tie
/// the crossed ones to each other. The overall total is no cell of a sum: it is known.
pub(super) fn sums(all: &[&Domains], splits: &[&Split]) -> (Vec<Sum>, usize) {
    let first_cell = |place: usize| all.iter().take(place).map(|d| d.groups.len()).sum::<usize>();
    let published = first_cell(all.len());
    let mut unpublished = 0;
    let mut behind: Vec<(Grouping, usize)> = Vec::new();
    // Disaggregation 0 is the total; the splits follow.
    let mut margin = |grouping, groups: usize| {
        if let Some(split) = splits.iter().position(|s| s.second.is_none() && s.first == grouping) {
            return first_cell(split + 1);
        }
        if let Some((_, start)) = behind.iter().find(|(known, _)| *known == grouping) {
            return *start;
        }
        let start = published + unpublished;
        behind.push((grouping, start));
        unpublished += groups;
        start
    };
    let mut sums = Vec::new();
    for ((place, domains), split) in all.iter().enumerate().skip(1).zip(splits) {
        let start = first_cell(place);
        let cells = domains.groups.len();
        sums.push(Sum { total: None, parts: (start..start + cells).collect() });
        let (Some(width), Some(second)) = (domains.width.filter(|w| *w > 0), split.second) else { continue };
        let (rows, columns) = (margin(split.first, cells / width), margin(second, width));
        for row in 0..cells / width {
            let parts = (start + row * width..start + (row + 1) * width).collect();
            sums.push(Sum { total: Some(rows + row), parts });
        }
        for column in 0..width {
            let parts = (start + column..start + cells).step_by(width).collect();
            sums.push(Sum { total: Some(columns + column), parts });
        }
    }
    (sums, unpublished)
}
