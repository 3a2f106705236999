//! One translation file: reading it, and what it lacks or has too much.

use std::collections::HashMap;

use toml::de::DeValue;

use super::{Entry, Language, Part};
use crate::diagnostic::{Diagnostic, Report, Span, nearest};
use crate::questionnaire::codes;
use crate::questionnaire::document::{DraftList, Fields, Placed};

/// As many names are listed where many are meant.
const LISTED: usize = 5;

impl Language {
    /// Reads a translation file. `None` if it translates nothing; mistakes are reported.
    pub(super) fn read(
        mut top: Fields<'_>,
        tag: &str,
        default: Option<&Placed<String>>,
        lists: &[DraftList],
        report: &mut Report,
    ) -> Option<Self> {
        let written = top.need_text("language", report);
        let name = top.need_text("name", report);
        if let Some(status) = top.text("status", report)
            && !["draft", "reviewed"].contains(&status.value.as_str())
        {
            let message = format!("`{}` is not a status of a translation", status.value);
            report.push(
                Diagnostic::error(codes::LANGUAGE, status.span, message)
                    .help("Write \"draft\", or \"reviewed\" once a native speaker has read it."),
            );
        }
        let mut span = top.span.clone();
        if let Some(written) = &written {
            span = written.span.clone();
            if written.value != tag {
                let message =
                    format!("the language is `{}`, but the file is named `{tag}.toml`", written.value);
                report.push(Diagnostic::error(codes::LANGUAGE, written.span.clone(), message).help(format!(
                    "Rename the file to `{}.toml`, or write language = \"{tag}\".",
                    written.value
                )));
            }
        }
        if default.is_some_and(|d| d.value == tag) {
            let message = format!("`{tag}` is the language that the questionnaire itself is written in");
            report.push(
                Diagnostic::error(codes::LANGUAGE, span.clone(), message)
                    .help("Correct the texts in questionnaire.toml and remove this file."),
            );
            return None;
        }
        let mut language = Self {
            tag: tag.to_owned(),
            name: name.map_or_else(|| tag.to_owned(), |n| n.value),
            span,
            path: String::new(),
            entries: HashMap::new(),
            missing: Vec::new(),
        };
        if let Some(title) = top.text("title", report) {
            language.put(Part::Title, "", title.span.clone(), title);
        }
        if let Some(referral) = top.text("referral", report) {
            language.put(Part::Referral, "", referral.span.clone(), referral);
        }
        let parts = [
            ("labels", Part::Label),
            ("hints", Part::Hint),
            ("notes_to_enumerator", Part::NoteToEnumerator),
            ("constraint_messages", Part::ConstraintMessage),
            ("row_labels", Part::RowLabel),
        ];
        for (key, part) in parts {
            if let Some(table) = top.table(key, "table of translations", report) {
                language.read_texts(part, &table, report);
            }
        }
        if let Some(table) = top.table("checks", "table of translations", report) {
            language.read_checks(&table, report);
        }
        if let Some(table) = top.table("scales", "table of translations", report) {
            language.read_scales(&table, report);
        }
        if let Some(table) = top.table("choices", "table of translations", report) {
            language.read_choices(&table, lists, report);
        }
        top.done(report);
        Some(language)
    }

    fn put(&mut self, part: Part, name: &str, key: Span, text: Placed<String>) {
        // An empty text is one that is still to be translated.
        if !text.value.trim().is_empty() {
            self.entries.entry(part).or_default().insert(name.to_owned(), Entry { text, key, used: false });
        }
    }

    fn read_texts(&mut self, part: Part, table: &Fields<'_>, report: &mut Report) {
        for (key, value) in table.entries() {
            let span = Span::new(key.span.file, value.span());
            match value.get_ref().as_str() {
                Some(text) => self.put(part, &key.value, key.span, Placed { value: text.to_owned(), span }),
                None => not_text(&key, span, "text in quotes", report),
            }
        }
    }

    fn read_checks(&mut self, table: &Fields<'_>, report: &mut Report) {
        for (key, value) in table.entries() {
            let file = key.span.file;
            let Some(messages) = value.get_ref().as_array() else {
                not_text(&key, Span::new(file, value.span()), "a list of messages: [\"…\"]", report);
                continue;
            };
            for (index, message) in messages.iter().enumerate() {
                let span = Span::new(file, message.span());
                match message.get_ref().as_str() {
                    Some(text) => {
                        let text = Placed { value: text.to_owned(), span };
                        self.put(Part::Check(index), &key.value, key.span.clone(), text);
                    }
                    None => not_text(&key, span, "text in quotes", report),
                }
            }
        }
    }

    fn read_scales(&mut self, table: &Fields<'_>, report: &mut Report) {
        for (key, value) in table.entries() {
            let span = Span::new(key.span.file, value.span());
            let DeValue::Table(ends) = value.get_ref() else {
                not_text(&key, span, "{ low = \"…\", high = \"…\" }", report);
                continue;
            };
            let mut ends = Fields::new(ends, span, "scale");
            for (end, part) in [("low", Part::ScaleLow), ("high", Part::ScaleHigh)] {
                if let Some(text) = ends.text(end, report) {
                    self.put(part, &key.value, key.span.clone(), text);
                }
            }
            ends.done(report);
        }
    }

    fn read_choices(&mut self, table: &Fields<'_>, lists: &[DraftList], report: &mut Report) {
        for (key, value) in table.entries() {
            let Some(index) = lists.iter().position(|l| l.name.value == key.value) else {
                let message = format!("there is no list `{}` to translate", key.value);
                let mut diagnostic = Diagnostic::warning(codes::TRANSLATES_NOTHING, key.span, message);
                diagnostic.help = nearest(&key.value, lists.iter().map(|l| l.name.value.as_str()))
                    .map(|near| format!("Did you mean `{near}`?"));
                report.push(diagnostic);
                continue;
            };
            let span = Span::new(key.span.file, value.span());
            match value.get_ref().as_table() {
                Some(choices) => {
                    let choices = Fields::new(choices, key.span.clone(), "table of translations");
                    self.entries.entry(Part::Choice(index)).or_default();
                    self.read_texts(Part::Choice(index), &choices, report);
                }
                None => not_text(&key, span, "a table", report),
            }
        }
    }

    /// Takes up the labels of a column of a choice file, unless the translation has its own.
    pub(super) fn take_column(&mut self, index: usize, list: &DraftList, column: usize) {
        let part = Part::Choice(index);
        self.entries.entry(part).or_default();
        for choice in &list.choices {
            let there = self.entries.get(&part).is_some_and(|names| names.contains_key(&choice.name.value));
            if let Some(label) = choice.labels.get(column).filter(|_| !there) {
                self.put(part, &choice.name.value, label.span.clone(), label.clone());
            }
        }
    }

    /// Whether a text should be there. Files of choices often hold the names of places, which are
    /// the same in every language: they count once a language translates any of them.
    pub(super) fn wants(&self, part: Part, lists: &[DraftList]) -> bool {
        match part {
            Part::Choice(list) => {
                self.entries.contains_key(&part) || !lists.get(list).is_some_and(|l| l.from_file)
            }
            _ => true,
        }
    }

    /// Warns of what is missing and of what translates nothing.
    pub(super) fn finish(self, broken: &[&str], names: &[&str], lists: &[DraftList], report: &mut Report) {
        if !self.missing.is_empty() {
            let message = format!("`{}` lacks {}", self.path, counted(self.missing.len(), "text"));
            report.push(
                Diagnostic::warning(codes::UNTRANSLATED, self.span.clone(), message)
                    .note(format!("Missing: {}.", listed(&self.missing)))
                    .help("Until they are translated, these are shown in the questionnaire's own language."),
            );
        }
        let mut superfluous = Vec::new();
        let mut unused: Vec<(Part, String, Entry)> = self
            .entries
            .into_iter()
            .flat_map(|(part, names)| names.into_iter().map(move |(name, entry)| (part, name, entry)))
            .filter(|(_, name, entry)| !entry.used && !broken.contains(&name.as_str()))
            .collect();
        unused.sort_by_key(|(part, _, entry)| (entry.key.range.start, *part));
        let mut reported: Option<Span> = None;
        for (part, name, entry) in unused {
            let candidates: Vec<&str> = match part {
                Part::Choice(list) => lists
                    .get(list)
                    .map_or_else(Vec::new, |l| l.choices.iter().map(|c| c.name.value.as_str()).collect()),
                _ => names.to_vec(),
            };
            if part == Part::Title || candidates.contains(&name.as_str()) {
                superfluous.push(part.describe(&name, lists));
            } else if reported.as_ref() != Some(&entry.key) {
                let message = match part {
                    Part::Choice(list) => {
                        let list = lists.get(list).map_or("", |l| l.name.value.as_str());
                        format!("list `{list}` has no choice `{name}` to translate")
                    }
                    _ => format!("the questionnaire has nothing named `{name}` to translate"),
                };
                let mut diagnostic =
                    Diagnostic::warning(codes::TRANSLATES_NOTHING, entry.key.clone(), message);
                diagnostic.help = nearest(&name, candidates).map(|near| format!("Did you mean `{near}`?"));
                report.push(diagnostic);
                reported = Some(entry.key);
            }
        }
        if !superfluous.is_empty() {
            let message = format!(
                "`{}` translates {} that the questionnaire does not have",
                self.path,
                counted(superfluous.len(), "text")
            );
            report.push(
                Diagnostic::warning(codes::SUPERFLUOUS, self.span, message)
                    .note(format!("Not needed: {}.", listed(&superfluous)))
                    .help("Remove them here, or add the texts to questionnaire.toml."),
            );
        }
    }
}

fn not_text(key: &Placed<String>, span: Span, wanted: &str, report: &mut Report) {
    let message = format!("the translation of `{}` is not {wanted}", key.value);
    report.push(Diagnostic::error(codes::WRONG_TYPE, span, message));
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn listed(names: &[String]) -> String {
    let first: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
    match names.len().saturating_sub(LISTED) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
