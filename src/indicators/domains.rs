//! The domains of a disaggregation: the groups, who is in each, and which of them add up.

use super::definition::{Definitions, Split};
use super::disclosure::Sum;
use super::measure::Groups;
use super::units::Units;

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
            name: String::from("total"),
            groups: vec![(String::from("total"), String::from("Total"))],
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

/// Which cells add up. Cells are numbered through all disaggregations, domain by domain. The
/// overall total is no cell of a sum: it is known.
pub(super) fn sums(all: &[&Domains], splits: &[&Split]) -> Vec<Sum> {
    let first_cell = |place: usize| all.iter().take(place).map(|d| d.groups.len()).sum::<usize>();
    // Disaggregation 0 is the total; the splits follow.
    let margin = |grouping| {
        let split = splits.iter().position(|s| s.second.is_none() && s.first == grouping)?;
        Some(first_cell(split + 1))
    };
    let mut sums = Vec::new();
    for ((place, domains), split) in all.iter().enumerate().skip(1).zip(splits) {
        let start = first_cell(place);
        let cells = domains.groups.len();
        sums.push(Sum { total: None, parts: (start..start + cells).collect() });
        let (Some(width), Some(second)) = (domains.width.filter(|w| *w > 0), split.second) else { continue };
        for row in 0..cells / width {
            let total = margin(split.first).map(|margin| margin + row);
            sums.push(Sum { total, parts: (start + row * width..start + (row + 1) * width).collect() });
        }
        for column in 0..width {
            let total = margin(second).map(|margin| margin + column);
            sums.push(Sum { total, parts: (start + column..start + cells).step_by(width).collect() });
        }
    }
    sums
}
