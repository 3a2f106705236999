//! The first page: what was found, in plain words, each with its uncertainty.

use maud::{Markup, html};

use super::assessment::Gap;
use super::found::{Found, Unit, has_choices, quantile, why_not};
use super::order::{first_choices, trust};
use super::page::Report;
use super::words::{Words, capitalised};
use crate::fieldwork::Rate;
use crate::indicators::{Certainty, Change, Contrast, Row, Suppressed, TOTAL, Topic};

/// So many changes are named in a list.
const MOST_CHANGES: usize = 4;

/// Title, round, and the size of the survey.
pub(super) fn header(report: &Report<'_>) -> Markup {
    let (material, words) = (report.material, &report.words);
    let response = material.visits.rate(Rate::Response1).map(|rate| words.percent(rate));
    let facts = [
        (Some(words.count(material.design.interviews)), "fact-interviews"),
        (Some(words.count(material.visits.cases())), "fact-visits"),
        (response, "fact-response"),
        (material.design.psus.map(|psus| words.count(psus)), "fact-clusters"),
    ];
    html! {
        header {
            p class="eyebrow" { (words.say("eyebrow")) }
            h1 { (material.title) }
            p class="round" {
                (material.round)
                @if let Some((from, to)) = material.fieldwork {
                    " · " (words.tell("fieldwork", &[("from", &words.day(from)), ("to", &words.day(to))]))
                }
            }
            dl class="facts" {
                @for (figure, what) in facts {
                    @if let Some(figure) = figure { div { dt { (words.say(what)) } dd { (figure) } } }
                }
            }
        }
    }
}

/// What was found.
pub(super) fn summary(report: &Report<'_>) -> Markup {
    let words = &report.words;
    let level = words.exact_percent(report.material.level);
    html! {
        section class="short" aria-labelledby="in-short" {
            h2 id="in-short" { (words.say("in-short")) }
            ul class="findings" { @for (lead, finding) in findings(report) { li { b { (words.tell("titled", &[("title", &lead)])) } " " (finding) } } }
            p class="note" { (words.tell("in-short-note", &[("level", &level)])) }
        }
    }
}

/// What a finding is about, and what was found.
type Finding = (String, String);

/// One finding a topic, and what changed.
fn findings(report: &Report<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for topic in Topic::ALL {
        let of_topic = || report.found.iter().filter(|found| found.indicator.about.topic == Some(topic));
        match topic {
            Topic::Background => {}
            Topic::Concerns => findings.extend(of_topic().find_map(|found| concerns(report, found))),
            Topic::Trust => {
                let trust = trust(report);
                if trust.is_empty() {
                    findings.extend(of_topic().find_map(|found| headline(report, found)));
                }
                findings.extend(trust);
            }
            _ => findings.extend(of_topic().find_map(|found| headline(report, found))),
        }
    }
    if findings.is_empty() {
        // Definitions without topics: the first few, in the order of their file.
        findings.extend(report.found.iter().filter_map(|found| headline(report, found)).take(6));
    }
    findings.extend(changes(report));
    findings
}

/// The finding of an indicator on the first page; none where it has no number to tell.
fn headline(report: &Report<'_>, found: &Found<'_>) -> Option<Finding> {
    let row = found.single().filter(|row| row.estimate.is_some())?;
    let of_all = told(report, found, row);
    let sentence = match difference(report, found) {
        Some(differ) => format!("{of_all} {differ}"),
        None => of_all,
    };
    Some((found.title().to_owned(), sentence))
}

fn concerns(report: &Report<'_>, found: &Found<'_>) -> Option<Finding> {
    Some((report.words.say("say-concerns"), first_choices(report, found, "say-named")?))
}

/// What is certain to have changed.
fn changes(report: &Report<'_>) -> Vec<Finding> {
    let words = &report.words;
    let mut findings = Vec::new();
    for comparison in &report.material.comparisons {
        let certain = |has_risen: bool| {
            let mut changes: Vec<&Change> = comparison
                .changes
                .iter()
                .filter(|change| change.disaggregation == TOTAL && !has_choices(change.kind))
                .filter(|change| change.certainty() == Some(Certainty::Certain))
                .filter(|change| change.difference.is_some_and(|d| (d > 0.0) == has_risen))
                .collect();
            changes.sort_by(|a, b| a.p_value.unwrap_or(1.0).total_cmp(&b.p_value.unwrap_or(1.0)));
            changes
        };
        let mut is_any = false;
        for (has_risen, id) in [(true, "say-risen"), (false, "say-fallen")] {
            let changes = certain(has_risen);
            if changes.is_empty() {
                continue;
            }
            is_any = true;
            let one = |change: &&Change| {
                let unit = Unit::of(change.kind);
                let shown = |number: Option<f64>| number.map(|n| unit.shown(words, n)).unwrap_or_default();
                let (first, second) = (shown(change.first_estimate), shown(change.second_estimate));
                let figures = words.tell("step", &[("first", &first), ("second", &second)]);
                words.tell("with", &[("what", &title_of(words, change)), ("figures", &figures)])
            };
            let list: Vec<String> = changes.iter().take(MOST_CHANGES).map(one).collect();
            findings.push((
                words.tell(id, &[("round", &comparison.first)]),
                words.tell("say-named", &[("list", &words.list(&list))]),
            ));
        }
        if !is_any {
            findings
                .push((words.tell("say-same", &[("round", &comparison.first)]), words.say("say-no-change")));
        }
    }
    findings
}

/// What an indicator says of everybody, as a sentence.
pub(super) fn total(report: &Report<'_>, found: &Found<'_>, row: &Row) -> String {
    let words = &report.words;
    let Some(number) = row.estimate else {
        return match row.suppressed {
            Some(Suppressed::Disclosure) => {
                words.tell("say-hidden", &[("n", &words.count(report.material.minimum_cell))])
            }
            Some(Suppressed::TooFew(least)) => words.tell("say-hidden", &[("n", &words.count(least))]),
            Some(Suppressed::Precision) => {
                words.tell("say-named", &[("list", &capitalised(&words.say("hidden-imprecise")))])
            }
            None => words.say("say-nothing"),
        };
    };
    let estimate = found.shown(words, number);
    let about = words.about(number);
    let Some(interval) = found.interval(words, row) else {
        let filled = [("about", &*about), ("estimate", &*estimate)];
        return match found.unit {
            Unit::Share => words.tell("say-share-bare", &filled),
            _ => words.tell("say-bare", &filled),
        };
    };
    let filled =
        [("about", &*about), ("estimate", &*estimate), ("points", &*estimate), ("interval", &*interval)];
    match found.unit {
        Unit::Share => words.tell("say-share", &filled),
        Unit::Number | Unit::Score => words.tell("say-number", &filled),
        Unit::Balance if row.ci_low.is_some_and(|low| low > 0.0) => words.tell("say-balance-up", &filled),
        Unit::Balance if row.ci_high.is_some_and(|high| high < 0.0) => {
            words.tell("say-balance-down", &filled)
        }
        Unit::Balance => words.tell("say-balance-even", &filled),
    }
}

/// The same, of a quantile with what it is: `half of them: up to 12 (10 to 14).`
fn told(report: &Report<'_>, found: &Found<'_>, row: &Row) -> String {
    let total = total(report, found, row);
    match found.quantile(&report.words, row).filter(|_| row.estimate.is_some()) {
        Some(quantile) => report.words.tell("of-quantile", &[("quantile", &quantile), ("figures", &total)]),
        None => total,
    }
}

/// What a change is of: its title, and of which quantile.
pub(super) fn title_of(words: &Words, change: &Change) -> String {
    match quantile(words, change.kind, &change.category) {
        Some(quantile) => format!("{} – {quantile}", change.title),
        None => change.title.clone(),
    }
}

/// What an indicator says, in a sentence or two: of everybody, and where groups differ.
pub(super) fn sentences(report: &Report<'_>, found: &Found<'_>) -> String {
    let words = &report.words;
    let rows: Vec<&Row> = found.total().collect();
    let Some(first) = rows.first() else { return String::new() };
    if found.has_choices() {
        let id = if found.unit == Unit::Score { "say-first-score" } else { "say-first" };
        return first_choices(report, found, id)
            .unwrap_or_else(|| why_not(words, first, report.material.minimum_cell));
    }
    let mut said: Vec<String> = rows.iter().map(|row| capitalised(&told(report, found, row))).collect();
    // Several quantiles that are not shown for one reason need it once.
    said.dedup();
    let of_all = said.join(" ");
    if rows.iter().all(|row| row.estimate.is_none()) {
        return of_all;
    }
    match difference(report, found) {
        Some(differ) => format!("{of_all} {differ}"),
        None if of_indicator(report, found).next().is_some() => {
            format!("{of_all} {}", words.say("say-differ-not"))
        }
        None => of_all,
    }
}

/// The gaps of an indicator between groups that are not crossed, as far as they can be told.
fn of_indicator<'m>(report: &Report<'m>, found: &Found<'m>) -> impl Iterator<Item = (&'m Gap<'m>, Contrast)> {
    let id = found.indicator.about.id;
    let of_indicator = report.material.gaps.iter().filter(move |gap| gap.row.indicator == id);
    of_indicator
        .filter(|gap| !gap.row.disaggregation.contains('*'))
        .filter_map(|gap| Some((gap, gap.contrast?)))
}

/// The largest difference between groups that is certain, as a sentence. One of imprecise figures is told only where
/// there is no other, and with what it leaves open.
fn difference(report: &Report<'_>, found: &Found<'_>) -> Option<String> {
    let words = &report.words;
    let is_certain = |contrast: &Contrast| contrast.certainty() == Some(Certainty::Certain);
    let is_rough = |gap: &Gap<'_>| found.is_imprecise(gap.row) || found.is_imprecise(gap.against);
    let (gap, contrast) = of_indicator(report, found).filter(|(_, contrast)| is_certain(contrast)).max_by(
        |(one, a), (other, b)| {
            is_rough(other).cmp(&is_rough(one)).then_with(|| a.estimate.abs().total_cmp(&b.estimate.abs()))
        },
    )?;
    let one = |row: &Row| {
        let label =
            if row.disaggregation == TOTAL { words.say("everybody") } else { row.domain_label.clone() };
        let estimate = row.estimate.map(|number| found.shown(words, number)).unwrap_or_default();
        words.tell("with", &[("what", &label), ("figures", &estimate)])
    };
    let id = match (contrast.estimate < 0.0, is_rough(gap)) {
        (true, false) => "say-lower",
        (false, false) => "say-higher",
        (true, true) => "say-lower-rough",
        (false, true) => "say-higher-rough",
    };
    Some(words.tell(id, &[("what", &one(gap.row)), ("than", &one(gap.against))]))
}
