//! Who stands first, and what of that order is certain.

use super::found::{Found, Unit};
use super::page::Report;
use super::ranking::{Among, First, Rank, are_tied, ranks_by};
use super::words::Words;
use crate::indicators::{Row, Topic};

/// So many choices are named in a list.
const NAMED: usize = 3;
/// So many providers are named at either end.
const NAMED_PROVIDERS: usize = 2;
/// So many others are named where they may belong among the first; of more their number is told.
const MOST_OTHERS: usize = 3;
/// So many more than asked for are listed where their figures are equal.
const MOST_EQUAL: usize = 2;

/// One of those that are put into an order: what people call it, and its number.
type Item<'m> = (&'m str, &'m Row);

/// Those that stand first, and who else may.
struct Leading<'m> {
    /// The first few, with all whose figures are equal to those of the last, as far as they are few.
    listed: Vec<Item<'m>>,
    /// Those that the ranges allow among the first as well.
    others: Vec<&'m str>,
    /// Whether ranges of the first overlap.
    are_tied: bool,
}

impl<'m> Leading<'m> {
    /// The first `most` of these, which have a number, by their figures as they are shown.
    fn of(unit: Unit, items: &[Item<'m>], first: First, most: usize) -> Self {
        let rows: Vec<&Row> = items.iter().map(|(_, row)| *row).collect();
        let ranks = ranks_by(&rows, first, |number| unit.rounded(number));
        let ranked: Vec<(Rank, Item<'m>)> =
            ranks.into_iter().zip(items).filter_map(|(rank, item)| Some((rank?, *item))).collect();
        let mut leading: Vec<&(Rank, Item<'m>)> =
            ranked.iter().filter(|(rank, _)| rank.is_among(most)).collect();
        // Stable: equal ones stay in the order of the list.
        leading.sort_by_key(|(rank, _)| rank.place);
        leading.truncate(most + MOST_EQUAL);
        let listed: Vec<Item<'m>> = leading.into_iter().map(|(_, item)| *item).collect();
        let is_listed = |row: &Row| listed.iter().any(|(_, other)| std::ptr::eq(*other, row));
        let others = ranked
            .iter()
            .filter(|(rank, (_, row))| !is_listed(row) && rank.among(most) != Among::No)
            .map(|(_, (label, _))| *label)
            .collect();
        let mut pairs = listed.iter().zip(listed.iter().skip(1));
        let are_tied = pairs.any(|((_, one), (_, other))| are_tied(one, other));
        Self { listed, others, are_tied }
    }

    /// What of the order is not certain, as a sentence; none where all of it is.
    fn doubt(&self, words: &Words) -> Option<String> {
        let n = self.others.len();
        match n {
            0 if !self.are_tied => None,
            0 => Some(words.say("say-order-open")),
            1..=MOST_OTHERS => {
                let quoted = |label: &&str| words.tell("quoted", &[("text", label)]);
                let others: Vec<String> = self.others.iter().map(quoted).collect();
                Some(words.tell("say-order-others", &[("others", &words.list(&others))]))
            }
            _ => Some(words.tell("say-order-many", &[("n", &words.count(n))])),
        }
    }
}

/// The choices that stand first among everybody, in the sentence `id`; what of their order is not certain; and how many
/// gave the answer that excludes all choices. None where no choice has a number.
pub(super) fn first_choices(report: &Report<'_>, found: &Found<'_>, id: &str) -> Option<String> {
    let words = &report.words;
    let rows: Vec<&Row> = found.total().filter(|row| !row.category.is_empty()).collect();
    let items: Vec<Item<'_>> =
        found.ranked(&rows).into_iter().map(|(_, row)| (found.category(&row.category), row)).collect();
    // Nobody ranks what excludes all others.
    let exclusive = if found.unit == Unit::Share { found.exclusive(&rows) } else { Vec::new() };
    if items.is_empty() && exclusive.is_empty() {
        return None;
    }
    let mut sentences = Vec::new();
    let leading = Leading::of(found.unit, &items, First::Largest, NAMED);
    if leading.listed.is_empty() {
        sentences.push(words.say("say-nobody-named"));
    } else {
        let one = |(label, row): &Item<'_>| named(report, found, label, row);
        let list: Vec<String> = leading.listed.iter().map(one).collect();
        sentences.push(words.tell(id, &[("list", &words.list(&list))]));
        sentences.extend(leading.doubt(words));
    }
    for row in exclusive {
        let filled = [
            ("what", &*words.tell("quoted", &[("text", found.category(&row.category))])),
            ("figures", &*found.figures(words, row, report.material.minimum_cell)),
        ];
        sentences.push(words.tell("say-exclusive", &filled));
    }
    Some(sentences.join(" "))
}

/// The most and the least trusted providers, each list with what it is of; nothing where there are too few.
pub(super) fn trust(report: &Report<'_>) -> Vec<(String, String)> {
    let words = &report.words;
    let of_trust = |found: &&Found<'_>| found.indicator.about.topic == Some(Topic::Trust);
    let providers: Vec<(&Found<'_>, Item<'_>)> = report
        .found
        .iter()
        .filter(of_trust)
        .filter_map(|found| {
            let row = found.total().next().filter(|row| row.estimate.is_some())?;
            Some((found, (found.indicator.about.provider?.label.as_str(), row)))
        })
        .collect();
    // Of three the second would be among the most and the least trusted; and what is counted in different units has no order.
    let Some((first, _)) = providers.first().filter(|_| providers.len() > 3) else { return Vec::new() };
    let unit = first.unit;
    if providers.iter().any(|(found, _)| found.unit != unit) {
        return Vec::new();
    }
    let items: Vec<Item<'_>> = providers.iter().map(|(_, item)| *item).collect();
    let of_row = |row: &Row| providers.iter().find(|(_, (_, own))| std::ptr::eq(*own, row));
    [("say-trust-most", First::Largest), ("say-trust-least", First::Smallest)]
        .into_iter()
        .filter_map(|(id, end)| {
            let leading = Leading::of(unit, &items, end, NAMED_PROVIDERS);
            let one = |(label, row): &Item<'_>| Some(named(report, of_row(row)?.0, label, row));
            let list: Vec<String> = leading.listed.iter().filter_map(one).collect();
            let sentence = words.tell("say-named", &[("list", &words.list(&list))]);
            let sentence = match leading.doubt(words) {
                Some(doubt) => format!("{sentence} {doubt}"),
                None => sentence,
            };
            (!list.is_empty()).then(|| (words.say(id), sentence))
        })
        .collect()
}

/// Something with its figures: `theft (45%; 40% to 51%)`.
fn named(report: &Report<'_>, found: &Found<'_>, label: &str, row: &Row) -> String {
    report.words.tell("with", &[("what", label), ("figures", &figures(report, found, row))])
}

/// `45%; 40% to 51%`.
fn figures(report: &Report<'_>, found: &Found<'_>, row: &Row) -> String {
    let words = &report.words;
    let estimate = row.estimate.map(|number| found.shown(words, number)).unwrap_or_default();
    match found.interval(words, row) {
        Some(interval) => words.tell("semicolon", &[("first", &estimate), ("second", &interval)]),
        None => estimate,
    }
}
