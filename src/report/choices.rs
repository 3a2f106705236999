//! The choices of many: ranked, and the first three of every group.

use maud::{Markup, html};

use super::chapters::{Form, line};
use super::chart::Axis;
use super::found::{Domain, Found, Unit, why_hidden, why_not};
use super::page::Report;
use super::ranking::Rank;
use super::words::Words;
use crate::indicators::{Row, Suppressed, TOTAL};

/// So many choices stand in a ranking; the rest stand in the table.
const MOST_RANKED: usize = 12;
/// So many that share a place are named.
const MOST_SHARING: usize = 3;

/// The choices of everybody, from the most to the least often made.
pub(super) fn ranking(report: &Report<'_>, found: &Found<'_>, domains: &[Domain<'_>]) -> Markup {
    let Some(total) = domains.first() else { return html! {} };
    let words = &report.words;
    let ranked = found.ranked(&total.rows);
    let exclusive = if found.unit == Unit::Share { found.exclusive(&total.rows) } else { Vec::new() };
    let most = ranked.iter().take(MOST_RANKED);
    let shown = most.clone().map(|(_, row)| *row).chain(exclusive.iter().copied());
    let axis = Axis::of(found.unit, shown.clone(), report.is_right_to_left);
    let label = |row: &Row, place: Option<usize>| {
        ranked_label(words, place, &html! { (found.category(&row.category)) })
    };
    html! {
        @match without_number(&total.rows).filter(|_| ranked.is_empty() && exclusive.is_empty()) {
            Some(row) => p class="hidden" { (why_not(words, row, report.material.minimum_cell)) },
            None => {
                (axis.scale(words))
                @for (rank, row) in most { (line(report, found, row, &axis, &label(row, rank.of_named()), Form::Bar)) }
                @for row in &exclusive {
                    div class="apart" { (line(report, found, row, &axis, &label(row, None), Form::Bar)) }
                }
                p class="note" {
                    (words.say("ranks-note"))
                    @if found.unit == Unit::Score { " " (words.say("score-note")) }
                    @if shown.clone().any(|row| found.is_imprecise(row)) { " " (words.say("imprecise-note")) }
                }
                @if ranked.len() > MOST_RANKED {
                    p class="note" {
                        (words.tell("choices-more", &[("n", &words.count(ranked.len() - MOST_RANKED))]))
                        // On paper there are no tables.
                        span class="on-screen" {
                            " " (words.tell("choices-more-where", &[("table", &words.say("all-numbers"))]))
                        }
                    }
                }
                @for (why, count) in Found::hidden(&total.rows) {
                    p class="note" {
                        (words.tell("choices-hidden", &[
                            ("n", &words.count(count)), ("why", &why_hidden(words, why, report.material.minimum_cell)),
                        ]))
                    }
                }
            }
        }
    }
}

/// The first three choices of each group.
pub(super) fn firsts(report: &Report<'_>, found: &Found<'_>, domains: &[&Domain<'_>]) -> Markup {
    let words = &report.words;
    let groups: Vec<&&Domain<'_>> = domains.iter().filter(|domain| domain.disaggregation != TOTAL).collect();
    let mut reasons: Vec<Suppressed> = Vec::new();
    for domain in groups.iter().filter(|domain| !found.ranked(&domain.rows).is_empty()) {
        let new = Found::hidden(&domain.rows).into_iter().map(|(why, _)| why);
        reasons.extend(new.filter(|why| !reasons.contains(why)).collect::<Vec<_>>());
    }
    html! {
        @if !groups.is_empty() {
            p class="split" { (words.say("top-three")) }
            p class="note" { (words.say("top-three-note")) }
            div class="scroll" role="region" tabindex="0" aria-label=(words.say("top-three")) {
                table class="firsts" {
                    thead { tr {
                        th scope="col" { (words.say("group")) }
                        @for place in ["place-1", "place-2", "place-3"] { th scope="col" { (words.say(place)) } }
                    } }
                    tbody {
                        @for domain in groups {
                            @let ranked = found.ranked(&domain.rows);
                            tr {
                                @let hidden: usize = Found::hidden(&domain.rows).iter().map(|(_, count)| count).sum();
                                th scope="row" {
                                    (domain.label)
                                    // Where nothing is shown at all, the cell says so.
                                    @if hidden > 0 && !ranked.is_empty() {
                                        " " small { (words.tell("choices-hidden-group", &[("n", &words.count(hidden))])) }
                                    }
                                }
                                @match without_number(&domain.rows).filter(|_| ranked.is_empty()) {
                                    Some(row) => td class="hidden" colspan="3" { (why_not(words, row, report.material.minimum_cell)) },
                                    None => {
                                        @for place in 1..=3 {
                                            (firsts_cell(report, found, place, &ranked))
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            @for why in &reasons {
                p class="note" {
                    (words.tell("choices-hidden-note", &[("why", &why_hidden(words, *why, report.material.minimum_cell))]))
                }
            }
        }
    }
}

/// The first of these that has no number.
fn without_number<'m>(rows: &[&'m Row]) -> Option<&'m Row> {
    rows.iter().copied().find(|row| row.estimate.is_none())
}

/// Who shares a place: a few by their names, the others by their number; nobody behind those who share the one before.
fn firsts_cell(report: &Report<'_>, found: &Found<'_>, place: usize, ranked: &[(Rank, &Row)]) -> Markup {
    let words = &report.words;
    let sharing = || ranked.iter().filter(|(rank, _)| rank.place == place && rank.is_among(place));
    let names: Vec<String> =
        sharing().take(MOST_SHARING).map(|(_, row)| found.category(&row.category).to_owned()).collect();
    let more = sharing().count() - names.len();
    let estimate = sharing().next().and_then(|(_, row)| row.estimate);
    html! {
        td data-place=(words.count(place)) {
            @match estimate {
                Some(estimate) => {
                    (words.list(&names))
                    @if more > 0 { " " (words.tell("and-more", &[("n", &words.count(more))])) }
                    " " small { (found.shown(words, estimate)) }
                }
                None => "–",
            }
        }
    }
}

/// A label behind its place in a ranking, where it has one.
pub(super) fn ranked_label(words: &Words, place: Option<usize>, label: &Markup) -> Markup {
    html! {
        span class="ranked" {
            span class="rank" { @if let Some(place) = place { (words.count(place)) } }
            span { (label) }
        }
    }
}
