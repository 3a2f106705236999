//! Who stands first, and what of that order is certain.

use super::found::{Found, Unit, why_not};
use super::page::Report;
use super::ranking::{Among, First, Rank, are_tied, is_hidden, ranks_by};
use super::words::{Words, capitalised};
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
    /// Those that may be among the first as their numbers are hidden.
    hidden: Vec<&'m str>,
    /// Whether ranges of the first overlap.
    are_tied: bool,
}

impl<'m> Leading<'m> {
    /// The first `most` of these by their figures as they are shown.
    fn of(unit: Unit, items: &[Item<'m>], first: First, most: usize) -> Self {
        let rows: Vec<&Row> = items.iter().map(|(_, row)| *row).collect();
        let ranks = ranks_by(&rows, first, |number| unit.rounded(number));
        let mut ranked: Vec<(Rank, Item<'m>)> =
            ranks.into_iter().zip(items).filter_map(|(rank, item)| Some((rank?, *item))).collect();
        // Stable: equal ones stay in the order of the list.
        ranked.sort_by_key(|(rank, _)| rank.place);
        let leading = ranked.iter().filter(|(rank, _)| rank.is_among(most));
        let listed: Vec<Item<'m>> = leading.take(most + MOST_EQUAL).map(|(_, item)| *item).collect();
        let is_listed = |row: &Row| listed.iter().any(|(_, other)| std::ptr::eq(*other, row));
        // Where fewer are listed than asked for, as nobody named more, the others may still lie wholly behind them.
        let reaches = |row: &Row| listed.iter().any(|(_, other)| are_tied(row, other));
        let others = ranked
            .iter()
            .filter(|(rank, (_, row))| !is_listed(row) && rank.among(most) != Among::No && reaches(row))
            .map(|(_, (label, _))| *label)
            .collect();
        let mut pairs = listed.iter().zip(listed.iter().skip(1));
        let are_tied = pairs.any(|((_, one), (_, other))| are_tied(one, other));
        let hidden = items.iter().filter(|(_, row)| is_hidden(row)).map(|(label, _)| *label).collect();
        Self { listed, others, hidden, are_tied }
    }

    /// What of the order is not certain, in sentences; none where all of it is.
    fn doubt(&self, words: &Words) -> Vec<String> {
        let open = self.are_tied.then(|| words.say("say-order-open"));
        // The order of the first may be certain, and the last of them not certain to be among them.
        let phrases = if self.are_tied {
            ["say-order-others", "say-order-many"]
        } else {
            ["say-order-last", "say-order-last-many"]
        };
        let overlapping = some_others(words, &self.others, phrases).or(open);
        let hidden = some_others(words, &self.hidden, ["say-order-hidden", "say-order-hidden-many"]);
        overlapping.into_iter().chain(hidden).collect()
    }
}

/// What is said of others: of a few by their names, of more by their number; none of nobody.
fn some_others(words: &Words, others: &[&str], [few, many]: [&str; 2]) -> Option<String> {
    match others.len() {
        0 => None,
        1..=MOST_OTHERS => {
            let quoted = |label: &&str| words.tell("quoted", &[("text", label)]);
            let others: Vec<String> = others.iter().map(quoted).collect();
            Some(words.tell(few, &[("others", &words.list(&others))]))
        }
        n => Some(words.tell(many, &[("n", &words.count(n))])),
    }
}

/// The choices that stand first among everybody, in the sentence `id`; what of their order is not certain; and how many
/// gave the answer that excludes all choices. None where no choice has a number.
pub(super) fn first_choices(report: &Report<'_>, found: &Found<'_>, id: &str) -> Option<String> {
    let words = &report.words;
    let rows: Vec<&Row> = found.total().filter(|row| !row.category.is_empty()).collect();
    let items: Vec<Item<'_>> =
        found.items(&rows).into_iter().map(|row| (found.category(&row.category), row)).collect();
    // Nobody ranks what excludes all others.
    let exclusive = if found.unit == Unit::Share { found.exclusive(&rows) } else { Vec::new() };
    if exclusive.is_empty() && items.iter().all(|(_, row)| row.estimate.is_none()) {
        return None;
    }
    let mut sentences = Vec::new();
    let leading = Leading::of(found.unit, &items, First::Largest, NAMED);
    if leading.listed.is_empty() {
        // Those without a number may have been named by many.
        match items.iter().find(|(_, row)| row.estimate.is_none()) {
            Some((_, row)) => {
                let why = capitalised(&why_not(words, row, report.material.minimum_cell));
                sentences.push(words.tell("say-named", &[("list", &why)]));
            }
            None => sentences.push(words.say("say-nobody-named")),
        }
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

/// The most and the least trusted providers, each list with what it is of; nothing where there are too few. Of equal ones that
/// would be in both lists none is in either.
pub(super) fn trust(report: &Report<'_>) -> Vec<(String, String)> {
    let words = &report.words;
    let of_trust = |found: &&Found<'_>| found.indicator.about.topic == Some(Topic::Trust);
    let providers: Vec<(&Found<'_>, Item<'_>)> = report
        .found
        .iter()
        .filter(of_trust)
        .filter_map(|found| {
            let row = found.total().next().filter(|row| row.estimate.is_some() || is_hidden(row))?;
            Some((found, (found.indicator.about.provider?.label.as_str(), row)))
        })
        .collect();
    // Of three the second would be among the most and the least trusted; and what is counted in different units has no order.
    let known = providers.iter().filter(|(_, (_, row))| row.estimate.is_some()).count();
    let Some((first, _)) = providers.first().filter(|_| known > 3) else { return Vec::new() };
    let unit = first.unit;
    if providers.iter().any(|(found, _)| found.unit != unit) {
        return Vec::new();
    }
    let items: Vec<Item<'_>> = providers.iter().map(|(_, item)| *item).collect();
    let rows: Vec<&Row> = items.iter().map(|(_, row)| *row).collect();
    // Whether each is among the first from the one end and from the other.
    let [from_above, from_below] = [First::Largest, First::Smallest].map(|end| -> Vec<bool> {
        let ranks = ranks_by(&rows, end, |number| unit.rounded(number));
        ranks.iter().map(|rank| rank.is_some_and(|rank| rank.place <= NAMED_PROVIDERS)).collect()
    });
    let only = |own: &[bool], other: &[bool]| {
        own.iter().zip(other).filter(|(own, other)| **own && !**other).count().min(NAMED_PROVIDERS)
    };
    let of_row = |row: &Row| providers.iter().find(|(_, (_, own))| std::ptr::eq(*own, row));
    let most = only(&from_above, &from_below);
    let least = only(&from_below, &from_above);
    [("say-trust-most", First::Largest, most), ("say-trust-least", First::Smallest, least)]
        .into_iter()
        .filter_map(|(id, end, named_at_most)| {
            let leading = Leading::of(unit, &items, end, named_at_most);
            let one = |(label, row): &Item<'_>| Some(named(report, of_row(row)?.0, label, row));
            let list: Vec<String> = leading.listed.iter().filter_map(one).collect();
            let mut sentences = vec![words.tell("say-named", &[("list", &words.list(&list))])];
            sentences.extend(leading.doubt(words));
            (!list.is_empty()).then(|| (words.say(id), sentences.join(" ")))
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
