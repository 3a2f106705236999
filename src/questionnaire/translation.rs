//! Translations: one flat file per language, `translations/<tag>.toml`.

use std::collections::HashMap;

use toml::de::DeValue;

use super::bundle::Bundle;
use super::codes;
use super::document::{Draft, DraftList, Fields, Placed, open, parse};
use super::scope::View;
use super::text::Text;
use crate::diagnostic::{Diagnostic, Report, Span, nearest};

/// As many names are listed where many are meant.
const LISTED: usize = 5;

/// Which text of an item or list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Part {
    Title,
    Label,
    Hint,
    NoteToEnumerator,
    ConstraintMessage,
    RowLabel,
    /// The message of the check of that number, from 0.
    Check(usize),
    ScaleLow,
    ScaleHigh,
    /// A choice of the list of that number.
    Choice(usize),
}

impl Part {
    fn describe(self, name: &str, lists: &[DraftList]) -> String {
        match self {
            Self::Title => "the title".to_owned(),
            Self::Label => format!("label of `{name}`"),
            Self::Hint => format!("hint of `{name}`"),
            Self::NoteToEnumerator => format!("note to the enumerator at `{name}`"),
            Self::ConstraintMessage => format!("constraint message of `{name}`"),
            Self::RowLabel => format!("row label of `{name}`"),
            Self::Check(index) => format!("message of check {} of `{name}`", index + 1),
            Self::ScaleLow | Self::ScaleHigh => format!("end of scale `{name}`"),
            Self::Choice(list) => {
                let list = lists.get(list).map_or("", |l| l.name.value.as_str());
                format!("choice `{name}` of list `{list}`")
            }
        }
    }
}

/// One translated text.
#[derive(Debug)]
struct Entry {
    text: Placed<String>,
    key: Span,
    used: bool,
}

/// One language other than the default.
#[derive(Debug)]
pub(super) struct Language {
    pub(super) tag: String,
    pub(super) name: String,
    /// What the language's warnings as a whole point at.
    span: Span,
    path: String,
    entries: HashMap<Part, HashMap<String, Entry>>,
    missing: Vec<String>,
}

/// All languages other than the default.
#[derive(Debug, Default)]
pub(super) struct Translations {
    pub(super) languages: Vec<Language>,
}

impl Translations {
    /// Reads all translation files of a bundle.
    pub(super) fn read(
        bundle: &Bundle,
        folder: &str,
        default: Option<&Placed<String>>,
        lists: &[DraftList],
        report: &mut Report,
    ) -> Self {
        let mut languages = Vec::new();
        for (path, bytes) in &bundle.files {
            let tag = path.strip_prefix("translations/").and_then(|name| name.strip_suffix(".toml"));
            let Some(tag) = tag.filter(|tag| !tag.contains('/')) else { continue };
            let Some((file, text)) = open(bytes, folder, path, report) else { continue };
            let Some(table) = parse(file, &text, report) else { continue };
            let start = Span::new(file, 0..text.lines().next().map_or(0, str::len));
            let top = Fields::new(table.get_ref(), start, "translation");
            if let Some(mut language) = Language::read(top, tag, default, lists, report) {
                path.clone_into(&mut language.path);
                languages.push(language);
            }
        }
        let mut translations = Self { languages };
        translations.take_labels_of_files(default, lists, report);
        translations
    }

    /// Takes up the `label::ar` columns of choice files.
    fn take_labels_of_files(
        &mut self,
        default: Option<&Placed<String>>,
        lists: &[DraftList],
        report: &mut Report,
    ) {
        for (index, list) in lists.iter().enumerate() {
            for (column, written) in list.label_languages.iter().enumerate() {
                if let Some(language) = self.languages.iter_mut().find(|l| l.tag == written.value) {
                    language.take_column(index, list, column);
                } else if default.is_some_and(|d| d.value != written.value) {
                    let tags: Vec<&str> = self.languages.iter().map(|l| l.tag.as_str()).collect();
                    let message = format!(
                        "there is no translation into `{}` that these labels belong to",
                        written.value
                    );
                    let help = match nearest(&written.value, tags) {
                        Some(near) => format!("Did you mean `label::{near}`?"),
                        None => {
                            format!("Add a file `translations/{}.toml`, or remove the column.", written.value)
                        }
                    };
                    report.push(
                        Diagnostic::warning(codes::TRANSLATES_NOTHING, written.span.clone(), message)
                            .help(help),
                    );
                }
            }
        }
    }

    /// The text in every language.
    pub(super) fn text(
        &mut self,
        part: Part,
        name: &str,
        written: &Placed<String>,
        view: &View<'_>,
        lists: &[DraftList],
        report: &mut Report,
    ) -> Text {
        let mut text = Text::default();
        text.add(Some(written), view, report);
        for (index, language) in self.languages.iter_mut().enumerate() {
            let entry = language.entries.get_mut(&part).and_then(|names| names.get_mut(name));
            if let Some(entry) = entry {
                entry.used = true;
                text.add(Some(&entry.text), view, report);
                compare_pipes(&text, index + 1, &entry.text, report);
            } else {
                text.add(None, view, report);
                if language.wants(part, lists) {
                    language.missing.push(part.describe(name, lists));
                }
            }
        }
        text
    }

    /// Warns of what is missing and of what translates nothing, once all texts are read.
    pub(super) fn finish(self, drafts: &[Draft], names: &[&str], lists: &[DraftList], report: &mut Report) {
        let broken: Vec<&str> = drafts
            .iter()
            .filter(|d| matches!(d.body, super::document::Body::Broken))
            .map(|d| d.name.value.as_str())
            .collect();
        for language in self.languages {
            language.finish(&broken, names, lists, report);
        }
    }
}

impl Language {
    fn read(
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

    fn take_column(&mut self, index: usize, list: &DraftList, column: usize) {
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
    fn wants(&self, part: Part, lists: &[DraftList]) -> bool {
        match part {
            Part::Choice(list) => {
                self.entries.contains_key(&part) || !lists.get(list).is_some_and(|l| l.from_file)
            }
            _ => true,
        }
    }

    fn finish(self, broken: &[&str], names: &[&str], lists: &[DraftList], report: &mut Report) {
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

/// A translation that pipes other answers than the text it translates is probably out of date.
fn compare_pipes(text: &Text, language: usize, written: &Placed<String>, report: &mut Report) {
    let (Some(original), Some(translated)) = (text.piped(0), text.piped(language)) else { return };
    let lost: Vec<&str> = original.iter().copied().filter(|p| !translated.contains(p)).collect();
    if !lost.is_empty() {
        let message = format!("the translation leaves out {}", lost.join(", "));
        report.push(
            Diagnostic::warning(codes::LOST_PIPE, written.span.clone(), message)
                .help("Put it where the answer belongs in this language's sentence."),
        );
    }
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
