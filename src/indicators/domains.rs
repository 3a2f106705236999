//! The domains of a disaggregation: the groups, and who is in each.

use std::collections::BTreeMap;

use super::definition::{Definitions, Grouping, Split};
use super::measure::Groups;

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
            lacking: String::new(),
        }
    }

    /// The domains of a split, whose groupings have these groups.
    pub(super) fn of(
        definitions: &Definitions<'_>,
        split: &Split,
        groups: &BTreeMap<Grouping, Groups>,
    ) -> Option<Self> {
        let first = groups.get(&split.first)?;
        let name = split.name.clone();
        let lacking = definitions.grouping_label(split.first).to_owned();
        let Some(crossed) = split.second else {
            let Groups { groups, member } = first.clone();
            return Some(Self { name, groups, member, lacking });
        };
        let lacking = format!("{lacking} or {}", definitions.grouping_label(crossed));
        let second = groups.get(&crossed)?;
        let width = second.groups.len();
        let cross = |(a, b): (&Option<u32>, &Option<u32>)| Some((*a)? * width as u32 + (*b)?);
        let pair = |(name_a, label_a): &(String, String)| {
            let (name_a, label_a) = (name_a.clone(), label_a.clone());
            second.groups.iter().map(move |(name_b, label_b)| {
                (format!("{name_a} * {name_b}"), format!("{label_a}, {label_b}"))
            })
        };
        Some(Self {
            name,
            groups: first.groups.iter().flat_map(pair).collect(),
            member: first.member.iter().zip(&second.member).map(cross).collect(),
            lacking,
        })
    }
}
