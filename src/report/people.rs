//! Who was reached: how the visits ended, response rates, and who answered.

use maud::{Markup, html};

use super::chart::{Axis, Mark};
use super::found::Unit;
use super::material::VisitsBy;
use super::page::{Chapter, Report};
use crate::fieldwork::{Outcome, Rate, Tally};
use crate::indicators::Profile;

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let words = &report.words;
    let visits = &report.material.visits;
    let body = html! {
        p class="lead" { (words.say("reached-note")) }
        div class="pair" {
            div {
                h3 { (words.say("outcomes")) }
                (outcomes(report, visits))
            }
            div {
                h3 { (words.say("rates")) }
                (rates(report, visits))
            }
        }
        @for by in &report.material.visits_by { (visits_by(report, by)) }
        @if !report.material.profiles.is_empty() {
            h3 { (words.say("profile")) }
            p class="note" { (words.say("profile-note")) }
            (profiles(report))
        }
    };
    Chapter { id: String::from("reached"), title: words.say("reached"), body }
}

fn outcomes(report: &Report<'_>, visits: &Tally) -> Markup {
    let words = &report.words;
    let share = |n: usize| words.percent(n as f64 / visits.cases().max(1) as f64);
    html! {
        div class="scroll" role="region" tabindex="0" aria-label=(words.say("outcomes")) {
            table {
                thead { tr { th scope="col" { (words.say("outcome")) } th scope="col" class="n" { (words.say("visits")) } th scope="col" class="n" { (words.say("share")) } } }
                tbody {
                    @for outcome in Outcome::ALL {
                        @let n = visits.count(outcome);
                        @if n > 0 {
                            tr {
                                th scope="row" { (words.say(&format!("outcome-{}", outcome.name()))) }
                                td class="n" { (words.count(n)) }
                                td class="n" { (share(n)) }
                            }
                        }
                    }
                }
                tfoot { tr { th scope="row" { (words.say("all-visits")) } td class="n" { (words.count(visits.cases())) } td class="n" {} } }
            }
        }
    }
}

fn rates(report: &Report<'_>, visits: &Tally) -> Markup {
    let words = &report.words;
    html! {
        div class="scroll" role="region" tabindex="0" aria-label=(words.say("rates")) {
            table {
                thead { tr { th scope="col" { (words.say("rate")) } th scope="col" class="n" { "%" } th scope="col" { (words.say("formula")) } } }
                tbody {
                    @for rate in Rate::ALL {
                        @if let Some(share) = visits.rate(rate) {
                            tr {
                                th scope="row" { (words.say(&format!("rate-{}", rate.name()))) " (" bdi { (rate.name()) } ")" }
                                td class="n" { (words.percent(share)) }
                                td class="formula" { bdi dir="ltr" { (rate.formula()) } }
                            }
                        }
                    }
                }
            }
        }
        p class="note" { (words.say("rates-note")) }
    }
}

/// Response and refusals by the groups of something.
fn visits_by(report: &Report<'_>, by: &VisitsBy) -> Markup {
    let words = &report.words;
    let title = match &by.label {
        Some(label) => words.tell("rates-by", &[("by", label)]),
        None => words.say("rates-by-enumerator"),
    };
    let axis = Axis::around(Unit::Share, std::iter::empty(), report.is_right_to_left);
    html! {
        h3 { (title) }
        figure class="chart" role="group" aria-label=(title) {
            (axis.scale(words))
            @for (label, visits) in &by.groups {
                @if let Some(rate) = visits.rate(Rate::Response1) {
                    @let shown = words.percent(rate);
                    div class="row" {
                        span class="label" { (label) }
                        (axis.bar(Mark { estimate: rate, interval: None, is_imprecise: false }, &shown))
                        span class="figure" aria-hidden="true" {
                            b { (shown) } " "
                            small { (words.count(visits.count(Outcome::Complete))) " / " (words.count(visits.cases())) }
                        }
                    }
                }
            }
        }
    }
}

fn profiles(report: &Report<'_>) -> Markup {
    let words = &report.words;
    let label = |profile: &Profile| {
        let all = &report.material.disaggregations;
        let found = all.iter().find(|own| own.name == profile.disaggregation);
        found.map_or(profile.disaggregation.clone(), |own| own.label.clone())
    };
    let percent = |share: Option<f64>| share.map_or_else(|| String::from("–"), |share| words.percent(share));
    html! {
        div class="profiles" {
            @for profile in &report.material.profiles {
                div class="scroll" role="region" tabindex="0" aria-label=(label(profile)) {
                    table {
                        thead { tr {
                            th scope="col" { (label(profile)) }
                            th scope="col" class="n" { (words.say("n")) }
                            th scope="col" class="n" { (words.say("sample")) }
                            @if report.material.design.is_weighted { th scope="col" class="n" { (words.say("weighted")) } }
                        } }
                        tbody {
                            @for group in &profile.groups {
                                tr {
                                    th scope="row" { (group.label) }
                                    @if let Some(n) = group.n {
                                        td class="n" { (words.count(n)) }
                                        td class="n" { (percent(group.share)) }
                                        @if report.material.design.is_weighted { td class="n" { (percent(group.weighted_share)) } }
                                    } @else {
                                        @let columns = if report.material.design.is_weighted { "3" } else { "2" };
                                        td class="n hidden" colspan=(columns) { (hidden(report)) }
                                    }
                                }
                            }
                            @if let Some(without) = profile.without.filter(|n| *n > 0) {
                                tr {
                                    th scope="row" class="without" { (words.say("without")) }
                                    td class="n" { (words.count(without)) }
                                    td class="n" { "–" }
                                    @if report.material.design.is_weighted { td class="n" { "–" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn hidden(report: &Report<'_>) -> String {
    report.words.tell("hidden-few", &[("n", &report.words.count(report.material.minimum_cell))])
}
