//! How the survey was done, and how to read its numbers.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::found::{FEW_ANSWERS, LOOSE, WIDE};
use super::material::Population;
use super::page::{Chapter, Report};

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    Chapter { id: String::from("method"), title: report.words.say("method"), body: body(report) }
}

fn body(report: &Report<'_>) -> Markup {
    let (material, words) = (report.material, &report.words);
    let design = &material.design;
    let level = words.exact_percent(material.level);
    let (interviews, out) = (words.count(design.interviews), words.count(design.left_out));
    let sample = match design.psus {
        Some(psus) => words.tell(
            "method-sample-text",
            &[
                ("interviews", &interviews),
                ("psus", &words.count(psus)),
                ("strata", &words.count(design.strata)),
                ("out", &out),
            ],
        ),
        None => words.tell("method-simple-text", &[("interviews", &interviews), ("out", &out)]),
    };
    let finite = match design.population {
        Population::Large => String::new(),
        Population::Counted => words.say("method-finite"),
        Population::Refused => words.say("method-finite-refused"),
    };
    let notes = [
        (
            "method-survey",
            words.tell(
                "method-survey-text",
                &[
                    ("title", material.title),
                    ("round", material.round),
                    ("questionnaire", material.questionnaire.0),
                    ("version", material.questionnaire.1),
                ],
            ),
        ),
        ("method-sample", sample),
        (
            "method-weights",
            words.say(if design.is_weighted { "method-weights-yes" } else { "method-weights-no" }),
        ),
        (
            "method-ranges",
            words.tell(
                "method-ranges-text",
                &[("level", &level), ("methods", &methods(report)), ("finite", &finite)],
            ),
        ),
        ("method-differ", words.say("method-differ-text")),
        ("method-base", words.say("method-base-text")),
        ("method-hidden", words.tell("method-hidden-text", &[("n", &words.count(material.minimum_cell))])),
        (
            "method-imprecise",
            words.tell(
                "method-imprecise-text",
                &[
                    ("n", &words.count(FEW_ANSWERS)),
                    ("width", &words.decimal(100.0 * WIDE, 0)),
                    ("cv", &words.percent(LOOSE)),
                ],
            ),
        ),
    ];
    html! {
        dl class="method" { @for (name, text) in notes { div { dt { (words.say(name)) } dd { (text) } } } }
    }
}

/// The ways in which intervals were made, by their usual names.
fn methods(report: &Report<'_>) -> String {
    let used: BTreeSet<&str> = report.material.rows.iter().map(|row| row.ci_method).collect();
    let name = |method: &&str| match *method {
        "wald" => String::from("Student's t"),
        "clopper_pearson" => String::from("Clopper-Pearson"),
        "korn_graubard" | "korn_graubard_truncated" => String::from("Korn-Graubard"),
        other => other.to_owned(),
    };
    used.iter().filter(|method| !method.is_empty()).map(name).collect::<Vec<_>>().join(", ")
}
