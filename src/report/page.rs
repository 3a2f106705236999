//! The page as a whole.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::found::{self, Found};
use super::material::Material;
use super::words::Words;
use super::{changes, chapters, front, method, people};
use crate::phrases::is_right_to_left;

const STYLE: &str = include_str!("page.css");

/// Nothing may be loaded, sent or run, whatever a label says.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// What every part of the page is made with.
pub(super) struct Report<'m> {
    pub(super) material: &'m Material<'m>,
    pub(super) words: Words,
    pub(super) found: Vec<Found<'m>>,
    pub(super) is_right_to_left: bool,
}

/// A part of the page that the contents name.
pub(super) struct Chapter {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) body: Markup,
}

/// The page, as HTML.
#[must_use]
pub fn page(material: &Material<'_>) -> String {
    let report = Report {
        material,
        words: Words::of(material.language),
        found: found::all(material),
        is_right_to_left: is_right_to_left(material.language),
    };
    let mut chapters = vec![people::chapter(&report)];
    chapters.extend(changes::chapters(&report));
    chapters.extend(chapters::all(&report));
    chapters.push(method::chapter(&report));
    let direction = if report.is_right_to_left { "rtl" } else { "ltr" };
    html! {
        (DOCTYPE)
        html lang=(material.language) dir=(direction) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "Doorstep " (env!("CARGO_PKG_VERSION")) };
                title { (material.title) " – " (material.round) }
                style { (PreEscaped(STYLE)) }
            }
            body lang=[(report.words.tag() != material.language).then(|| report.words.tag())] {
                (front::header(&report))
                main {
                    (front::summary(&report))
                    (contents(&report, &chapters))
                    @for chapter in &chapters {
                        section class="chapter" id=(chapter.id) {
                            h2 { (chapter.title) }
                            (chapter.body)
                        }
                    }
                }
                footer { p { (report.words.say("footer")) } }
            }
        }
    }
    .into_string()
}

fn contents(report: &Report<'_>, chapters: &[Chapter]) -> Markup {
    html! {
        nav class="contents" aria-labelledby="contents" {
            h2 id="contents" { (report.words.say("contents")) }
            ol { @for chapter in chapters { li { a href={ "#" (chapter.id) } { (chapter.title) } } } }
        }
    }
}
