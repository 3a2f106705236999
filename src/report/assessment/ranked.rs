//! Concerns and unsafe places, ranked within each group.

use std::collections::HashMap;

use super::View;
use super::table::{self, Table};
use crate::indicators::{Row, TOTAL, Topic};
use crate::report::ranking::{Rank, are_tied, ranks};

/// So many are taken into a meeting.
pub(super) const TOP: usize = 3;

/// The topics whose items are ranked, with their tables.
pub(super) const RANKED: [(Topic, &str); 2] =
    [(Topic::Concerns, "concerns.csv"), (Topic::Places, "places.csv")];

/// One group's items with their ranks; what excludes all others ("none of these") is no item.
pub(super) fn items<'v>(view: &View<'_>, group: &'v [Row]) -> Vec<(&'v Row, Option<Rank>)> {
    let is_item = |row: &&Row| view.category(row).is_some_and(|category| !category.exclusive);
    let rows: Vec<&Row> = group.iter().filter(is_item).collect();
    let ranks = ranks(&rows);
    rows.into_iter().zip(ranks).collect()
}

/// So many of those that something is tied with are named; of the others, which may be all that nobody named, their number.
const MOST_TIED: usize = 20;

/// The cells of a rank: the rank, what the intervals allow, and with what it is tied.
pub(super) fn rank_cells(row: &Row, rank: Option<Rank>, all: &[(&Row, &str)]) -> Vec<String> {
    let Some(rank) = rank else { return vec![String::new(); table::RANK.len()] };
    let mut tied = all.iter().filter(|(other, _)| !std::ptr::eq(*other, row) && are_tied(row, other));
    let mut named: Vec<String> = tied.by_ref().take(MOST_TIED).map(|(_, name)| (*name).to_owned()).collect();
    let others = tied.count();
    named.extend((others > 0).then(|| format!("+{others}")));
    vec![rank.place.to_string(), rank.best.to_string(), rank.worst.to_string(), named.join(" ")]
}

pub(super) fn fill(view: &View<'_>, tables: &mut [Table]) {
    for (topic, file) in RANKED {
        // The total stands before the groups of its indicator.
        let mut overall: HashMap<(&str, &str), Rank> = HashMap::new();
        for group in view.groups(topic) {
            let items = items(view, group);
            let named: Vec<(&Row, &str)> =
                items.iter().map(|(row, _)| (*row, row.category.as_str())).collect();
            for (row, rank) in &items {
                if let Some(rank) = rank.filter(|_| row.disaggregation == TOTAL) {
                    overall.insert((&row.indicator, &row.category), rank);
                }
            }
            let of_all = |row: &Row| overall.get(&(row.indicator.as_str(), row.category.as_str())).copied();
            let is_shared = |(row, rank): &&(&Row, Option<Rank>)| {
                rank.is_some_and(|rank| rank.is_among(TOP))
                    && of_all(row).is_some_and(|rank| rank.is_among(TOP))
            };
            let shown = items.iter().any(|(_, rank)| rank.is_some());
            let shared = items.iter().filter(is_shared).count();
            for row in group {
                let found = items.iter().find(|(item, _)| std::ptr::eq(*item, row));
                let rank = found.and_then(|(_, rank)| *rank);
                let mut cells = view.cells(row);
                cells.extend(rank_cells(row, rank, &named));
                cells.push(rank.map_or("", |rank| rank.among(TOP).name()).to_owned());
                let overall = rank.and_then(|_| of_all(row));
                cells.push(overall.map_or("", |rank| rank.among(TOP).name()).to_owned());
                let counts = shown && found.is_some();
                cells.push(if counts { shared.to_string() } else { String::new() });
                table::push(tables, file, cells);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rank_cells;
    use crate::report::ranking::{ranks, tests::row};

    /// Of a thousand choices that nobody named, each is tied with all others.
    #[test]
    fn of_many_ties_a_few_are_named() {
        let rows = vec![row(0.0, 0.0, 0.1); 1000];
        let all: Vec<_> = rows.iter().map(|row| (row, "choice")).collect();
        let ranks = ranks(&rows.iter().collect::<Vec<_>>());
        let cells = rank_cells(&rows[7], ranks[7], &all);
        assert_eq!(cells[..3], ["1", "1", "1000"]);
        assert_eq!(cells[3], format!("{}+979", "choice ".repeat(20)));
        assert_eq!(rank_cells(&rows[7], ranks[7], &all[..21])[3], ["choice"; 20].join(" "));
    }
}
