//! Translations: one flat file per language, `translations/<tag>.toml`.

mod language;

use std::collections::HashMap;

use super::bundle::Bundle;
use super::codes;
use super::document::{Draft, DraftList, Fields, Placed, open, parse};
use super::scope::View;
use super::text::Text;
use crate::diagnostic::{Diagnostic, Report, Span, nearest};

/// Which text of an item or list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Part {
    Title,
    Referral,
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
            Self::Referral => "the referral text".to_owned(),
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
