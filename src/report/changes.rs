//! How this round differs from earlier ones, with a clear sign of what is certain.

use maud::{Markup, html};

use super::chart::Axis;
use super::found::{Unit, has_choices, why_hidden};
use super::front::title_of;
use super::material::Comparison;
use super::page::{Chapter, Report};
use crate::indicators::{Certainty, Change, TOTAL, Topic};

/// One chapter for each earlier round.
pub(super) fn chapters(report: &Report<'_>) -> Vec<Chapter> {
    let comparisons = report.material.comparisons.iter().enumerate();
    comparisons
        .map(|(place, comparison)| Chapter {
            id: format!("change-{}", place + 1),
            title: between(report, "changes", comparison),
            body: body(report, comparison),
        })
        .collect()
}

fn between(report: &Report<'_>, id: &str, comparison: &Comparison) -> String {
    report.words.tell(id, &[("first", &comparison.first), ("second", &comparison.second)])
}

fn body(report: &Report<'_>, comparison: &Comparison) -> Markup {
    let words = &report.words;
    let is_background = |change: &Change| {
        let topic = report.material.indicators.iter().find(|own| own.about.id == change.indicator);
        topic.is_some_and(|own| own.about.topic == Some(Topic::Background))
    };
    let single = |change: &&Change| !has_choices(change.kind) && !is_background(change);
    let totals: Vec<&Change> =
        comparison.changes.iter().filter(|c| c.disaggregation == TOTAL).filter(single).collect();
    let in_groups: Vec<&Change> = comparison
        .changes
        .iter()
        .filter(|change| change.disaggregation != TOTAL && is_certain(change))
        .filter(single)
        .collect();
    html! {
        p class="lead" { (between(report, "changes-note", comparison)) }
        @for (id, certainty) in PARTS {
            @let part: Vec<&&Change> = totals.iter().filter(|change| part_of(change) == certainty).collect();
            @if !part.is_empty() {
                h3 { (words.say(id)) }
                (lines(report, &words.say(id), part.into_iter().map(|change| (title_of(words, change), *change))))
            }
        }
        h3 { (words.say("changes-groups")) }
        @if in_groups.is_empty() {
            p { (words.say("changes-groups-none")) }
        } @else {
            (lines(report, &words.say("changes-groups"), in_groups.iter().map(|change| {
                (format!("{} – {}", change.domain_label, title_of(words, change)), *change)
            })))
        }
        details {
            summary { (words.say("all-numbers")) }
            div class="scroll" role="region" tabindex="0" aria-label=(between(report, "changes", comparison)) {
                (table(report, comparison, &totals))
            }
        }
    }
}

/// The changes of everybody, from the certain ones to those that nobody can tell.
const PARTS: [(&str, Option<Certainty>); 3] = [
    ("changes-certain", Some(Certainty::Certain)),
    ("changes-likely", Some(Certainty::Likely)),
    ("changes-rest", None),
];

fn part_of(change: &Change) -> Option<Certainty> {
    change.certainty().filter(|certainty| *certainty != Certainty::Unclear)
}

fn is_certain(change: &Change) -> bool {
    change.certainty() == Some(Certainty::Certain)
}

fn verdict_id(change: &Change) -> &'static str {
    let has_risen = change.difference.is_some_and(|difference| difference > 0.0);
    match (change.certainty(), has_risen) {
        _ if change.is_refused() => "verdict-refused",
        (Some(Certainty::Certain), true) => "verdict-up",
        (Some(Certainty::Certain), false) => "verdict-down",
        (Some(Certainty::Likely), true) => "verdict-likely-up",
        (Some(Certainty::Likely), false) => "verdict-likely-down",
        (Some(Certainty::Unclear), _) => "verdict-unclear",
        (None, _) => "verdict-none",
    }
}

/// Changes with what they are about: those of one unit stand under one scale; numbers of other kinds have none in common.
fn lines<'c>(
    report: &Report<'_>,
    title: &str,
    changes: impl Iterator<Item = (String, &'c Change)>,
) -> Markup {
    let changes: Vec<(String, &Change)> = changes.collect();
    html! {
        figure class="chart changes" role="group" aria-label=(title) {
            @for unit in [Unit::Share, Unit::Balance, Unit::Score, Unit::Number] {
                @let of_unit: Vec<_> = changes.iter().filter(|(_, change)| Unit::of(change.kind) == unit).collect();
                @let axis = Axis::around(unit, of_unit.iter().flat_map(|(_, c)| [c.first_estimate, c.second_estimate]).flatten(), report.is_right_to_left);
                @let is_drawn = unit != Unit::Number && of_unit.iter().any(|(_, c)| c.first_estimate.is_some() && c.second_estimate.is_some());
                @if is_drawn { (axis.scale(&report.words)) }
                @for (label, change) in of_unit { (line(report, change, label, axis)) }
            }
        }
    }
}

fn line(report: &Report<'_>, change: &Change, label: &str, axis: Axis) -> Markup {
    let words = &report.words;
    let unit = Unit::of(change.kind);
    let verdict = words.say(verdict_id(change));
    let class = match change.certainty() {
        Some(Certainty::Certain) => "verdict certain",
        Some(Certainty::Likely) => "verdict likely",
        _ => "verdict",
    };
    html! {
        div class="row" {
            span class="label" { (label) }
            @match change.first_estimate.zip(change.second_estimate) {
                Some((first, second)) => {
                    @let shown = [unit.shown(words, first), unit.shown(words, second)];
                    @let figures = words.tell("step", &[("first", &shown[0]), ("second", &shown[1])]);
                    // Numbers of different kinds have no scale in common.
                    @if unit == Unit::Number { span class="strip none" {} } @else { (axis.step(first, second, &figures)) }
                    span class="figure" { b { (figures) } " " span class=(class) { (verdict) } }
                }
                None => {
                    span class="strip none" {}
                    span class="figure hidden" {
                        @match change.suppressed {
                            Some(why) => (why_hidden(words, why, report.material.minimum_cell)),
                            None => (verdict),
                        }
                    }
                }
            }
        }
    }
}

fn table(report: &Report<'_>, comparison: &Comparison, totals: &[&Change]) -> Markup {
    let words = &report.words;
    html! {
        table {
            thead { tr {
                th scope="col" { (words.say("group")) }
                th scope="col" class="n" { (comparison.first) }
                th scope="col" class="n" { (comparison.second) }
                @for head in ["change", "range"] { th scope="col" class="n" { (words.say(head)) } }
                th scope="col" { (words.say("verdict")) }
                th scope="col" class="n" { (words.say("detectable")) }
            } }
            tbody {
                @for change in totals {
                    @let unit = Unit::of(change.kind);
                    @let shown = |n: Option<f64>| n.map_or_else(|| String::from("–"), |n| unit.shown(words, n));
                    // A difference of shares is told in points.
                    @let difference = if unit == Unit::Share { Unit::Balance } else { unit };
                    @let differ = |n: Option<f64>| n.map_or_else(|| String::from("–"), |n| difference.shown(words, n));
                    tr {
                        th scope="row" { (title_of(words, change)) }
                        td class="n" { (shown(change.first_estimate)) }
                        td class="n" { (shown(change.second_estimate)) }
                        td class="n" { (differ(change.difference)) }
                        td class="n" {
                            @if change.ci_low.is_some() { (words.interval(&differ(change.ci_low), &differ(change.ci_high))) } @else { "–" }
                        }
                        td { (words.say(verdict_id(change))) }
                        td class="n" { (differ(change.minimum_detectable)) }
                    }
                }
            }
        }
    }
}
