//! The results: one chapter a topic, one block an indicator.

use maud::{Markup, html};

use super::chart::{Axis, MOST_PARTS, Mark};
use super::choices::{firsts, ranked_label, ranking};
use super::found::{Domain, Found, Unit, why_not};
use super::front;
use super::page::{Chapter, Report};
use super::ranking::{First, ranks_by};
use crate::indicators::{Row, TOTAL, Topic};

/// The chapters, in the order of an assessment; indicators without a topic stand last.
pub(super) fn all(report: &Report<'_>) -> Vec<Chapter> {
    let has_topics = report.found.iter().any(|found| found.indicator.about.topic.is_some());
    let topics = Topic::ALL.into_iter().map(Some).chain([None]);
    topics
        .filter_map(|topic| {
            let found: Vec<&Found<'_>> =
                report.found.iter().filter(|found| found.indicator.about.topic == topic).collect();
            let name = match topic {
                Some(topic) => format!("topic-{}", topic.name()),
                None if has_topics => String::from("topic-other"),
                None => String::from("chapter-results"),
            };
            (!found.is_empty()).then(|| Chapter {
                title: report.words.say(&name),
                id: name,
                body: html! {
                    @if topic == Some(Topic::Trust) { (providers(report, &found)) }
                    @for found in &found { (block(report, found)) }
                },
            })
        })
        .collect()
}

/// Whether a domain has a line of its own in charts: crossed groups stand in the tables alone.
fn is_in_depth(report: &Report<'_>, domain: &Domain<'_>) -> bool {
    let all = &report.material.disaggregations;
    domain.disaggregation != TOTAL
        && !all.iter().any(|own| own.name == domain.disaggregation && own.is_crossed)
}

/// Trust in every provider, from the most to the least trusted.
fn providers(report: &Report<'_>, found: &[&Found<'_>]) -> Markup {
    let words = &report.words;
    let rows: Vec<_> = found
        .iter()
        .filter_map(|found| Some((*found, found.indicator.about.provider?, found.total().next()?)))
        .filter(|(found, ..)| found.unit == Unit::Share)
        .collect();
    if rows.len() < 2 {
        return html! {};
    }
    let ranks = ranks_by(&rows.iter().map(|(.., row)| *row).collect::<Vec<_>>(), First::Largest, |n| {
        Unit::Share.rounded(n)
    });
    let mut rows: Vec<_> = ranks.into_iter().zip(rows).collect();
    // Those without a number stand last.
    rows.sort_by_key(|(rank, _)| rank.map_or(usize::MAX, |rank| rank.place));
    let axis = Axis::around(Unit::Share, std::iter::empty(), report.is_right_to_left);
    html! {
        article class="indicator" {
            h3 { (words.say("providers")) }
            p class="note" { (words.say("providers-note")) }
            figure class="chart providers" role="group" aria-label=(words.say("providers")) {
                (axis.scale(words))
                @for (rank, (found, provider, row)) in &rows {
                    @let sector = words.say(&format!("sector-{}", provider.sector.name()));
                    @let label = html! { (provider.label) " " small class="tag" { (sector) } };
                    (line(report, found, row, &axis, &ranked_label(words, rank.map(|rank| rank.place), &label), Form::Dot))
                }
            }
            p class="note" { (words.say("ranks-note")) }
        }
    }
}

/// How a number is drawn.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    Dot,
    Bar,
}

/// One line of a chart: what it is about, the picture, the figures.
pub(super) fn line(
    report: &Report<'_>,
    found: &Found<'_>,
    row: &Row,
    axis: &Axis,
    label: &Markup,
    form: Form,
) -> Markup {
    let words = &report.words;
    let figures = found.figures(words, row, report.material.minimum_cell);
    html! {
        div class=(if row.disaggregation == TOTAL && !found.has_choices() { "row total" } else { "row" }) {
            span class="label" { (label) }
            @match Mark::of(found, row) {
                Some(mark) => {
                    @match form { Form::Dot => (axis.dot(mark, &figures)), Form::Bar => (axis.bar(mark, &figures)) }
                    span class="figure" aria-hidden="true" {
                        b { (found.shown(words, mark.estimate)) } " "
                        small {
                            @match found.interval(words, row) { Some(interval) => span { (interval) }, None => (words.say("no-interval")) }
                            @if mark.is_imprecise { " " em { (words.say("imprecise")) } }
                        }
                    }
                }
                None => { span class="strip none" {} span class="figure hidden" { (figures) } }
            }
        }
    }
}

/// An indicator: a sentence, a chart, and all its numbers.
fn block(report: &Report<'_>, found: &Found<'_>) -> Markup {
    let words = &report.words;
    let about = &found.indicator.about;
    let base = found.rows.first().map_or("valid", |row| row.base);
    let own_level = found.rows.first().map(|row| row.ci_level);
    let own_level = own_level.filter(|own| own.total_cmp(&report.material.level).is_ne());
    html! {
        article class="indicator" id={ "i-" (about.id) } {
            h3 { (found.title()) }
            p class="say" { (front::sentences(report, found)) }
            (chart(report, found))
            p class="note" {
                (words.say(&format!("base-{base}")))
                @if let Some(n) = found.total().next().and_then(|row| row.n_unweighted) { " (n = " (words.count(n)) ")" }
                "."
                @if found.unit == Unit::Balance { " " (words.say("points-note")) }
                @if let Some(level) = own_level { " " (words.tell("own-level", &[("level", &words.exact_percent(level))])) }
                @if let Some(source) = about.source { " " (words.tell("source", &[("source", source)])) }
            }
            details {
                summary { (words.say("all-numbers")) }
                div class="scroll" role="region" tabindex="0" aria-label=(found.title()) { (table(report, found)) }
            }
        }
    }
}

fn chart(report: &Report<'_>, found: &Found<'_>) -> Markup {
    let domains = found.domains();
    let shown: Vec<&Domain<'_>> =
        domains.iter().filter(|d| d.disaggregation == TOTAL || is_in_depth(report, d)).collect();
    let count = domains.first().map_or(0, |total| total.rows.len());
    let label = report.words.tell("chart-label", &[("title", found.title())]);
    html! {
        figure class="chart" role="group" aria-label=(label) {
            @if !found.has_choices() {
                (dots(report, found, &shown))
            } @else if found.indicator.about.kind == "distribution" && count <= MOST_PARTS {
                (parts(report, found, &shown))
            } @else {
                (ranking(report, found, &domains))
                (firsts(report, found, &shown))
            }
        }
    }
}

/// Calls for each domain, with the name of its disaggregation before the first of each.
fn by_group(report: &Report<'_>, domains: &[&Domain<'_>], line: impl Fn(&Domain<'_>) -> Markup) -> Markup {
    let of_one = domains.chunk_by(|one, other| one.disaggregation == other.disaggregation);
    html! {
        @for domains in of_one {
            @if let Some(first) = domains.first().filter(|first| first.disaggregation != TOTAL) {
                p class="split" { (split_label(report, first.disaggregation)) }
            }
            @for domain in domains { (line(domain)) }
        }
    }
}

fn split_label<'m>(report: &Report<'m>, name: &'m str) -> &'m str {
    let found = report.material.disaggregations.iter().find(|own| own.name == name);
    found.map_or(name, |own| own.label.as_str())
}

fn domain_label<'m>(report: &Report<'_>, domain: &Domain<'m>) -> std::borrow::Cow<'m, str> {
    if domain.disaggregation == TOTAL { report.words.say("total").into() } else { domain.label.into() }
}

/// The group of a row, and which quantile it is.
fn row_label(report: &Report<'_>, found: &Found<'_>, domain: &Domain<'_>, row: &Row) -> Markup {
    html! {
        (domain_label(report, domain))
        @if let Some(quantile) = found.quantile(&report.words, row) { " " small class="tag" { (quantile) } }
    }
}

/// A point with its range for each number of each domain.
fn dots(report: &Report<'_>, found: &Found<'_>, domains: &[&Domain<'_>]) -> Markup {
    let rows = || domains.iter().flat_map(|domain| domain.rows.iter().copied());
    let axis = Axis::of(found.unit, rows(), report.is_right_to_left);
    html! {
        (axis.scale(&report.words))
        (by_group(report, domains, |domain| html! {
            @for row in &domain.rows {
                (line(report, found, row, &axis, &row_label(report, found, domain, row), Form::Dot))
            }
        }))
        @if rows().any(|row| row.estimate.is_some() && found.is_imprecise(row)) {
            p class="note" { (report.words.say("imprecise-note")) }
        }
    }
}

/// The shares of a few answers, side by side, for each domain.
fn parts(report: &Report<'_>, found: &Found<'_>, domains: &[&Domain<'_>]) -> Markup {
    let words = &report.words;
    let axis = Axis::around(Unit::Share, std::iter::empty(), report.is_right_to_left);
    let categories = domains.first().map_or(&[][..], |total| total.rows.as_slice());
    html! {
        ul class="legend" {
            @for (place, row) in categories.iter().enumerate() {
                li { span class={ "key k" (place) } {} (found.category(&row.category)) }
            }
        }
        (by_group(report, domains, |domain| {
            let shares: Option<Vec<f64>> = domain.rows.iter().map(|row| row.estimate).collect();
            let n = domain.rows.first().and_then(|row| row.n_unweighted);
            html! {
                div class="row" {
                    span class="label" { (domain_label(report, domain)) }
                    @match shares {
                        Some(shares) => {
                            @let spoken: Vec<String> = domain.rows.iter().zip(&shares)
                                .map(|(row, share)| format!("{} {}", found.category(&row.category), words.percent(*share))).collect();
                            (axis.parts(&shares, words, &spoken.join(", ")))
                            span class="figure" { @if let Some(n) = n { small { "n = " (words.count(n)) } } }
                        }
                        None => {
                            span class="strip none" {}
                            span class="figure hidden" {
                                @if let Some(row) = domain.rows.iter().find(|row| row.estimate.is_none()) {
                                    (why_not(words, row, report.material.minimum_cell))
                                }
                            }
                        }
                    }
                }
            }
        }))
        p class="note on-screen" { (words.say("stacked-note")) }
    }
}

/// Every number of an indicator.
fn table(report: &Report<'_>, found: &Found<'_>) -> Markup {
    let words = &report.words;
    let domains = found.domains();
    let minimum = report.material.minimum_cell;
    if found.has_choices() {
        let categories = domains.first().map_or(&[][..], |total| total.rows.as_slice());
        return html! {
            table {
                thead { tr {
                    th scope="col" { (words.say("group")) }
                    th scope="col" class="n" { (words.say("n")) }
                    @for row in categories { th scope="col" class="n" { (found.category(&row.category)) } }
                } }
                tbody {
                    @for domain in &domains {
                        tr {
                            th scope="row" { (domain_label(report, domain)) }
                            @match why_all(&domain.rows) {
                                Some(row) => td class="hidden" colspan=(categories.len() + 1) { (why_not(words, row, minimum)) },
                                None => {
                                    td class="n" { @if let Some(n) = domain.rows.iter().find_map(|row| row.n_unweighted) { (words.count(n)) } }
                                    @for row in &domain.rows { (cell(report, found, row)) }
                                }
                            }
                        }
                    }
                }
            }
        };
    }
    let count = |n: Option<usize>| n.map_or_else(|| String::from("–"), |n| words.count(n));
    html! {
        table {
            thead { tr {
                th scope="col" { (words.say("group")) }
                @for head in ["estimate", "range", "n", "dont-know", "no-answer"] { th scope="col" class="n" { (words.say(head)) } }
            } }
            tbody {
                @for (domain, row) in domains.iter().flat_map(|domain| domain.rows.iter().map(move |row| (domain, *row))) {
                    tr {
                        th scope="row" { (row_label(report, found, domain, row)) }
                        @match row.estimate {
                            Some(number) => {
                                td class="n" { (found.shown(words, number)) }
                                td class="n" { (found.interval(words, row).unwrap_or_else(|| words.say("no-interval"))) }
                                td class="n" { (count(row.n_unweighted)) }
                                td class="n" { (count(row.n_dont_know)) }
                                td class="n" { (count(row.n_refused)) }
                            }
                            None => td class="hidden" colspan="5" { (why_not(words, row, minimum)) },
                        }
                    }
                }
            }
        }
    }
}

/// A row that says why none of these has a number, where it is one reason for all.
fn why_all<'m>(rows: &[&'m Row]) -> Option<&'m Row> {
    let first = rows.first()?;
    let is_alike = |row: &&Row| row.estimate.is_none() && row.suppressed == first.suppressed;
    rows.iter().all(is_alike).then_some(first)
}

/// The number of a choice with its range, or why there is none.
fn cell(report: &Report<'_>, found: &Found<'_>, row: &Row) -> Markup {
    let words = &report.words;
    html! {
        @match row.estimate {
            Some(estimate) => td class="n" {
                (found.shown(words, estimate))
                @if let Some(interval) = found.interval(words, row) { br; small { (interval) } }
            },
            None => td class="n hidden" { (why_not(words, row, report.material.minimum_cell)) },
        }
    }
}
