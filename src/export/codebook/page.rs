//! The codebook as one self-contained HTML page, to read and to print.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::words::Words;
use super::{Codebook, Entry};
use crate::dataset::{List, Origin};
use crate::export::PlannedTable;
use crate::phrases::is_right_to_left;
use crate::value::Missing;

const STYLE: &str = include_str!("page.css");

/// A longer list stands at the end of the page.
const LONGEST_LIST: usize = 12;

/// The page in a language, by its place; the words of the other languages stand below those of this one.
#[must_use]
pub fn page(book: &Codebook<'_>, language: usize) -> String {
    let tag = book.questionnaire.languages.get(language).map_or("en", String::as_str);
    let page = Page { book, language, words: Words::of(tag) };
    let title = book.questionnaire.title.source(language);
    let words = page.words;
    html! {
        (DOCTYPE)
        html lang=(tag) dir=(direction(tag)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (words.codebook) ": " (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p class="kicker" { (words.codebook) }
                    h1 { (title) }
                    p class="soft" {
                        code { (book.questionnaire.id) } " · " (words.version) " " (book.questionnaire.version)
                        " · " (words.languages) ": " (book.questionnaire.language_names.join(", "))
                    }
                }
                (page.contents())
                main {
                    @for (place, table) in book.plan.tables.iter().enumerate() { (page.table(place, table)) }
                    (page.lists())
                }
            }
        }
    }
    .into_string()
}

struct Page<'b> {
    book: &'b Codebook<'b>,
    language: usize,
    words: &'static Words,
}

impl<'b> Page<'b> {
    /// The entries of a table, in parts: data about the interview, the sections, what comes from elsewhere.
    fn parts(&self, table: &PlannedTable<'_>) -> Vec<(String, Vec<&'b Entry<'b>>)> {
        let mut parts: Vec<(String, Vec<&'b Entry<'b>>)> = Vec::new();
        for entry in self.book.entries.iter().filter(|entry| std::ptr::eq(entry.table.table, table.table)) {
            let heading = match entry.column.origin {
                Origin::Metadata => self.words.about_interview.to_owned(),
                Origin::Attached => self.words.attached.to_owned(),
                _ => self.of(&entry.section).unwrap_or_default().to_owned(),
            };
            match parts.last_mut() {
                Some((last, entries)) if *last == heading => entries.push(entry),
                _ => parts.push((heading, vec![entry])),
            }
        }
        parts
    }

    fn contents(&self) -> Markup {
        html! {
            nav {
                ol {
                    @for (place, table) in self.book.plan.tables.iter().enumerate() {
                        @for (number, (heading, entries)) in self.parts(table).iter().enumerate() {
                            li {
                                a href={ "#" (anchor(place, number)) } {
                                    @if table.table.parent.is_some() { (self.heading(table)) ": " }
                                    (heading)
                                }
                                span class="soft" { " " (entries.len()) }
                            }
                        }
                    }
                    @if self.long_lists().next().is_some() { li { a href="#lists" { (self.words.lists) } } }
                }
            }
        }
    }

    fn heading(&self, table: &PlannedTable<'_>) -> String {
        if table.table.parent.is_none() {
            return self.words.interviews.to_owned();
        }
        let roster = self.book.questionnaire.find(&table.table.name);
        let label =
            roster.map(|item| item.label.source(self.language)).filter(|label| !label.trim().is_empty());
        label.unwrap_or_else(|| format!("{} {}", self.words.roster, table.name))
    }

    fn table(&self, place: usize, table: &PlannedTable<'_>) -> Markup {
        let words = self.words;
        html! {
            section {
                h2 { (self.heading(table)) }
                p class="soft" {
                    code { (table.name) } " · " (words.rows) ": " (table.rows.len()) " · " (words.keys) ": "
                    @for key in &table.keys { code { (key) } " " }
                }
                @for (number, (heading, entries)) in self.parts(table).iter().enumerate() {
                    h3 id=(anchor(place, number)) { (heading) }
                    @for entry in entries { (self.entry(entry)) }
                }
            }
        }
    }

    fn entry(&self, entry: &Entry<'_>) -> Markup {
        let words = self.words;
        let is_asked = matches!(entry.column.origin, Origin::Question | Origin::Calculated);
        html! {
            article class="entry" {
                span class="number" { (entry.number.as_deref().unwrap_or_default()) }
                div {
                    div class="name" {
                        h4 { code { (entry.column.name) } }
                        span class="soft" { (entry.type_name) }
                        @if let Some(class) = entry.class {
                            span class="badge" title=(words.inside) { (words.class(class)) }
                        }
                    }
                    @if let Some(label) = self.of(&entry.column.labels).filter(|label| !label.is_empty()) {
                        p class="question" { (piped(label)) }
                    }
                    @if let Some(hint) = self.of(&entry.hint) { p class="hint" { (piped(hint)) } }
                    @if is_asked { (self.others(&entry.column.labels)) }
                    dl {
                        @if let Some(asked) = self.of(&entry.asked_if) { dt { (words.asked) } dd { (asked) } }
                        @if let Some(must) = self.of(&entry.must_meet) { dt { (words.answer) } dd { (must) } }
                        @if let Some(how) = &entry.calculation { dt { (words.calculation) } dd { code { (how) } } }
                        @if !entry.offered.is_empty() {
                            dt { (words.offered) }
                            dd { (entry.offered.iter().map(|r| self.reason(*r)).collect::<Vec<_>>().join(", ")) }
                        }
                        (self.counts(entry))
                        @if !entry.versions.is_empty() { dt { (words.versions) } dd { (entry.versions.join(", ")) } }
                        @if entry.variables.len() > 1 {
                            dt { (words.variables) }
                            dd { @for variable in &entry.variables { code { (variable.name) } " " } }
                        }
                        @if let Some(list) = entry.column.list().filter(|list| is_long(list)) {
                            dt { (words.list) }
                            dd { a href={ "#list-" (list.name) } { code { (list.name) } } " (" (list.names.len()) ")" }
                        }
                    }
                    @if let Some(list) = entry.column.list().filter(|list| !is_long(list)) { (self.choices(list)) }
                }
            }
        }
    }

    /// How many have a value, and why the others have none.
    fn counts(&self, entry: &Entry<'_>) -> Markup {
        let words = self.words;
        let is_asked = matches!(entry.column.origin, Origin::Question | Origin::Calculated);
        html! {
            @if let Some((n, without)) = &entry.counts {
                @if !entry.table.rows.is_empty() {
                    dt { (words.values) }
                    dd { (n) }
                    @if is_asked && without.iter().any(|n| *n > 0) {
                        dt { (words.without) }
                        dd {
                            (Missing::ALL.iter().zip(without).filter(|(_, n)| **n > 0)
                                .map(|(reason, n)| format!("{} {n}", self.reason(*reason))).collect::<Vec<_>>().join(", "))
                        }
                    }
                }
            } @else {
                dt { (words.values) }
                dd class="soft" { (words.not_told) }
            }
        }
    }

    /// A text in the other languages, those that are no translation left out.
    fn others(&self, texts: &[String]) -> Markup {
        let tags = &self.book.questionnaire.languages;
        let own = self.of(texts).unwrap_or_default();
        html! {
            @for (language, (text, tag)) in texts.iter().zip(tags).enumerate() {
                @if language != self.language && !text.is_empty() && text != own {
                    div class="other" {
                        span { (tag) }
                        p lang=(tag) dir=(direction(tag)) { (piped(text)) }
                    }
                }
            }
        }
    }

    fn choices(&self, list: &List) -> Markup {
        let words = self.words;
        html! {
            table {
                thead { tr { th { (words.code) } th { (words.name) } th { (words.label) } } }
                tbody {
                    @for (place, (name, code)) in list.names.iter().zip(&list.codes).enumerate() {
                        tr {
                            td { (code) }
                            td { code { (name) } }
                            td {
                                div class="labels" {
                                    span { (list.label(place, self.language)) }
                                    (self.others(&self.in_every_language(list, place)))
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The label of a choice in every language.
    fn in_every_language(&self, list: &List, place: usize) -> Vec<String> {
        (0..self.book.questionnaire.languages.len())
            .map(|language| list.label(place, language).to_owned())
            .collect()
    }

    fn long_lists(&self) -> impl Iterator<Item = &'b List> {
        self.book.plan.lists().into_iter().filter(|list| is_long(list))
    }

    fn lists(&self) -> Markup {
        html! {
            @if self.long_lists().next().is_some() {
                section id="lists" {
                    h2 { (self.words.lists) }
                    @for list in self.long_lists() {
                        h3 id={ "list-" (list.name) } { code { (list.name) } }
                        (self.choices(list))
                    }
                }
            }
        }
    }

    fn of<'t>(&self, texts: &'t [String]) -> Option<&'t str> {
        texts.get(self.language).map(String::as_str)
    }

    fn reason(&self, reason: Missing) -> &'b str {
        let wording = self.book.plan.options.wording.get(self.language);
        wording.and_then(|wording| wording.reasons.get(reason as usize)).map_or(reason.name(), String::as_str)
    }
}

fn is_long(list: &List) -> bool {
    list.names.len() > LONGEST_LIST
}

fn anchor(table: usize, part: usize) -> String {
    format!("part-{table}-{part}")
}

fn direction(tag: &str) -> &'static str {
    if is_right_to_left(tag) { "rtl" } else { "ltr" }
}

/// A text with answers piped into it: each stands as its name in brackets.
fn piped(text: &str) -> Markup {
    let mut parts = text.split("${");
    html! {
        (parts.next().unwrap_or_default())
        @for part in parts {
            @if let Some((name, rest)) = part.split_once('}') { code { "[" (name.trim()) "]" } (rest) }
            @else { "${" (part) }
        }
    }
}
