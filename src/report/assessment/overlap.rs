//! What the first three of two groups have in common.

use super::View;
use super::ranked::{RANKED, TOP, items};
use super::table::{self, Table};
use crate::indicators::{Row, Topic};
use crate::report::ranking::{Among, Rank, is_hidden};

/// One group's items.
struct Group<'v> {
    /// Any of its rows, for what they have in common.
    row: &'v Row,
    items: Vec<(&'v Row, Option<Rank>)>,
}

pub(super) fn fill(view: &View<'_>, tables: &mut [Table]) {
    for (topic, _) in RANKED {
        let groups: Vec<Group<'_>> = view
            .groups(topic)
            .filter_map(|rows| Some(Group { row: rows.first()?, items: items(view, rows) }))
            .filter(|group| !group.items.is_empty())
            .collect();
        for of_indicator in groups.chunk_by(|one, other| one.row.indicator == other.row.indicator) {
            let Some((total, parts)) = of_indicator.split_first() else { continue };
            for split in parts.chunk_by(|one, other| one.row.disaggregation == other.row.disaggregation) {
                for group in split {
                    push(view, tables, topic, group, total);
                }
                for (place, group) in split.iter().enumerate() {
                    for other in split.iter().skip(place + 1).filter(|other| are_set_against(group, other)) {
                        push(view, tables, topic, group, other);
                    }
                }
            }
        }
    }
}

/// Groups of a crossed disaggregation are set against each other where they differ in one thing.
fn are_set_against(one: &Group<'_>, other: &Group<'_>) -> bool {
    match (levels(one.row), levels(other.row)) {
        (Some((a, b)), Some((c, d))) => a == c || b == d,
        _ => true,
    }
}

/// The two levels of a domain of a crossed disaggregation.
pub(super) fn levels(row: &Row) -> Option<(&str, &str)> {
    row.disaggregation.contains(" * ").then(|| row.domain.split_once(" * ")).flatten()
}

fn push(view: &View<'_>, tables: &mut [Table], topic: Topic, one: &Group<'_>, other: &Group<'_>) {
    let row = one.row;
    let shown = |group: &Group<'_>| group.items.iter().any(|(_, rank)| rank.is_some());
    let top = |group: &Group<'_>| -> Vec<String> {
        let mut top: Vec<(usize, &str)> = group
            .items
            .iter()
            .filter_map(|(row, rank)| rank.filter(|rank| rank.is_among(TOP)).map(|rank| (rank.place, *row)))
            .map(|(rank, row)| (rank, row.category.as_str()))
            .collect();
        // Stable: equal ranks stay in the order of the list.
        top.sort_by_key(|(rank, _)| *rank);
        top.into_iter().map(|(_, name)| name.to_owned()).collect()
    };
    let (first, second) = (top(one), top(other));
    // What ties leave open: who is in the first three of both for certain, and who can be.
    let reaching = |group: &Group<'_>, wanted: &[Among]| -> Vec<String> {
        // What is hidden may stand at any place.
        let reaches = |(row, rank): &&(&Row, Option<Rank>)| match rank {
            Some(rank) => wanted.contains(&rank.among(TOP)),
            None => is_hidden(row) && wanted.contains(&Among::Maybe),
        };
        group.items.iter().filter(reaches).map(|(row, _)| row.category.clone()).collect()
    };
    let in_both = |a: &[String], b: &[String]| -> Vec<String> {
        a.iter().filter(|name| b.contains(name)).cloned().collect()
    };
    let shared = in_both(&first, &second);
    let [at_least, at_most] = [&[Among::Yes][..], &[Among::Yes, Among::Maybe]]
        .map(|wanted| in_both(&reaching(one, wanted), &reaching(other, wanted)).len());
    let both = shown(one) && shown(other);
    let if_both = |text: String| if both { text } else { String::new() };
    let source = view.about.get(row.indicator.as_str()).and_then(|about| about.source);
    let record = vec![
        row.survey.clone(),
        row.round.clone(),
        row.questionnaire_version.clone(),
        row.indicator.clone(),
        row.title.clone(),
        topic.name().to_owned(),
        source.unwrap_or_default().to_owned(),
        row.disaggregation.clone(),
        row.domain.clone(),
        row.domain_label.clone(),
        other.row.domain.clone(),
        other.row.domain_label.clone(),
        first.join(" "),
        second.join(" "),
        if_both(shared.join(" ")),
        if_both(shared.len().to_string()),
        if_both(at_least.to_string()),
        if_both(at_most.min(TOP).max(shared.len()).to_string()),
    ];
    table::push(tables, "concerns_overlap.csv", record);
}
