//! Reading one TOML table key by key. Every key that is asked for is known; what is left over at
//! the end was misspelt.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::modules::With;
use super::words::{cure, describe, suggestion};
use crate::diagnostic::{Diagnostic, Report, Span};
use crate::questionnaire::codes;

/// A text longer than this, in bytes, is a mistake.
pub(super) const LONGEST_TEXT: usize = 20_000;

/// What is said of such a text. Only its beginning is pointed at.
pub(super) fn too_long(what: &str, text: &str, span: &Span) -> Diagnostic {
    let start = span.range.start;
    let message = format!("{what} is {} characters long", text.chars().count());
    Diagnostic::error(codes::TOO_LONG, Span::new(span.file, start..start + 1), message)
        .note(format!("A text has at most {LONGEST_TEXT} bytes: nobody reads out more."))
        .help("Look for a quote that closes too late, or split the text over several notes.")
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(in crate::questionnaire) struct Placed<T> {
    pub(in crate::questionnaire) value: T,
    pub(in crate::questionnaire) span: Span,
}

/// One table, and which of its keys have been asked for.
#[derive(Debug)]
pub(in crate::questionnaire) struct Fields<'a> {
    table: &'a DeTable<'a>,
    /// Where the table begins: its header, or all of it where it stands in braces.
    pub(in crate::questionnaire) span: Span,
    what: &'static str,
    asked: Vec<&'static str>,
    /// In a module: what its parameters stand for.
    with: Option<&'a With>,
}

impl<'a> Fields<'a> {
    /// A table; `what` it is in messages, such as `section`.
    pub(in crate::questionnaire) fn new(table: &'a DeTable<'a>, span: Span, what: &'static str) -> Self {
        Self { table, span, what, asked: Vec::new(), with: None }
    }

    /// With parameters filled into every text.
    pub(in crate::questionnaire) fn with(self, with: &'a With) -> Self {
        Self { with: Some(with), ..self }
    }

    /// A table that stands in this one.
    pub(in crate::questionnaire) fn within(
        &self,
        table: &'a DeTable<'a>,
        span: Span,
        what: &'static str,
    ) -> Self {
        Self { with: self.with, ..Self::new(table, span, what) }
    }

    /// A text with the parameters filled in.
    pub(in crate::questionnaire) fn filled(&self, text: &str) -> String {
        self.with.map_or_else(|| text.to_owned(), |with| with.fill(text))
    }

    /// What this is in messages, by name if it has one.
    pub(in crate::questionnaire) fn title(&self) -> String {
        match self.table.get("name").and_then(|v| v.get_ref().as_str()) {
            Some(name) => format!("{} `{}`", self.what, self.filled(name)),
            None => format!("this {}", self.what),
        }
    }

    /// What this is in messages, once it is known better.
    pub(in crate::questionnaire) fn call(&mut self, what: &'static str) {
        self.what = what;
    }

    /// Whether the key is there.
    pub(in crate::questionnaire) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether a parameter stands in the text of a key.
    pub(in crate::questionnaire) fn has_parameter(&self, key: &str) -> bool {
        let text = self.table.get(key).and_then(|value| value.get_ref().as_str());
        text.is_some_and(|text| self.filled(text) != text)
    }

    /// All keys and values, in the order of the file.
    pub(in crate::questionnaire) fn entries(&self) -> Vec<(Placed<String>, &'a Spanned<DeValue<'a>>)> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| {
                let span = self.at(key.span());
                (Placed { value: self.filled(key.get_ref()), span }, value)
            })
            .collect();
        entries.sort_by_key(|(key, _)| key.span.range.start);
        entries
    }

    fn at(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.span.file, range)
    }

    fn ask(&mut self, key: &'static str) {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.ask(key);
        self.table.get(key)
    }

    fn wrong_type(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        wanted: &str,
        help: &str,
        report: &mut Report,
    ) {
        let found = describe(value.get_ref());
        let message = format!("`{key}` of {} is {found}, not {wanted}", self.title());
        let mut diagnostic = Diagnostic::error(codes::WRONG_TYPE, self.at(value.span()), message)
            .label(format!("{wanted} is wanted here"));
        if !help.is_empty() {
            diagnostic.help = Some(help.to_owned());
        }
        report.push(diagnostic);
    }

    fn missing(&self, key: &str, report: &mut Report) {
        if !self.is_misspelt(key) {
            let message = format!("{} has no `{key}`", self.title());
            report.push(Diagnostic::error(codes::MISSING_KEY, self.span.clone(), message).help(cure(key)));
        }
    }

    /// Whether a key is there under a misspelt name, which is reported as such and also says what
    /// is missing.
    fn is_misspelt(&self, key: &str) -> bool {
        self.table.iter().any(|(k, _)| {
            !self.asked.contains(&k.get_ref().as_ref()) && suggestion(k.get_ref(), &[key]).is_some()
        })
    }

    /// A text.
    pub(in crate::questionnaire) fn text(
        &mut self,
        key: &'static str,
        report: &mut Report,
    ) -> Option<Placed<String>> {
        let value = self.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, value, "text", "Put it in quotes.", report);
            return None;
        };
        let span = self.at(value.span());
        if text.len() > LONGEST_TEXT {
            report.push(too_long(&format!("`{key}` of {}", self.title()), text, &span));
            return None;
        }
        Some(Placed { value: self.filled(text), span })
    }

    /// A text that must be there and hold something.
    pub(in crate::questionnaire) fn need_text(
        &mut self,
        key: &'static str,
        report: &mut Report,
    ) -> Option<Placed<String>> {
        if !self.has(key) {
            self.ask(key);
            self.missing(key, report);
            return None;
        }
        let text = self.text(key, report)?;
        if text.value.trim().is_empty() {
            let message = format!("`{key}` of {} is empty", self.title());
            report.push(Diagnostic::error(codes::MISSING_KEY, text.span, message).help(cure(key)));
            return None;
        }
        Some(text)
    }

    /// `true` or `false`.
    pub(in crate::questionnaire) fn flag(
        &mut self,
        key: &'static str,
        report: &mut Report,
    ) -> Option<Placed<bool>> {
        let value = self.get(key)?;
        let Some(flag) = value.get_ref().as_bool() else {
            self.wrong_type(key, value, "true or false", "Write true or false, without quotes.", report);
            return None;
        };
        Some(Placed { value: flag, span: self.at(value.span()) })
    }

    /// Whether it says `true`.
    pub(in crate::questionnaire) fn is_set(&mut self, key: &'static str, report: &mut Report) -> bool {
        self.flag(key, report).is_some_and(|flag| flag.value)
    }

    /// `true`, `false`, or a condition.
    pub(in crate::questionnaire) fn flag_or_text(
        &mut self,
        key: &'static str,
        report: &mut Report,
    ) -> Option<Result<bool, Placed<String>>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(Ok(*flag)),
            DeValue::String(text) if ["true", "false", "yes", "no"].contains(&text.trim()) => {
                let help = "Write true or false, without quotes.";
                self.wrong_type(key, value, "true, false or a condition", help, report);
                None
            }
            DeValue::String(text) => {
                Some(Err(Placed { value: self.filled(text), span: self.at(value.span()) }))
            }
            _ => {
                let help = "Write true, false, or a condition in quotes.";
                self.wrong_type(key, value, "true, false or a condition", help, report);
                None
            }
        }
    }

    /// A whole number.
    pub(in crate::questionnaire) fn integer(
        &mut self,
        key: &'static str,
        report: &mut Report,
    ) -> Option<Placed<i64>> {
        let value = self.get(key)?;
        let number =
            value.get_ref().as_integer().and_then(|i| i64::from_str_radix(i.as_str(), i.radix()).ok());
        let Some(number) = number else {
            let help = match value.get_ref() {
                DeValue::String(_) => "Write the number without quotes.",
                _ => "",
            };
            self.wrong_type(key, value, "a whole number", help, report);
            return None;
        };
        Some(Placed { value: number, span: self.at(value.span()) })
    }

    /// A whole number that must be there.
    pub(in crate::questionnaire) fn need_integer(
        &mut self,
        key: &'static str,
        report: &mut Report,
    ) -> Option<Placed<i64>> {
        if !self.has(key) {
            self.ask(key);
            self.missing(key, report);
            return None;
        }
        self.integer(key, report)
    }

    /// A number of things: whole, not below `least`.
    pub(in crate::questionnaire) fn count(
        &mut self,
        key: &'static str,
        least: u32,
        report: &mut Report,
    ) -> Option<Placed<u32>> {
        let number = self.integer(key, report)?;
        match u32::try_from(number.value) {
            Ok(value) if value >= least => Some(Placed { value, span: number.span }),
            _ => {
                let message = format!(
                    "`{key}` of {} is {}, but {least} is the least possible",
                    self.title(),
                    number.value
                );
                report.push(Diagnostic::error(codes::LIMITS, number.span, message));
                None
            }
        }
    }

    /// A list of texts.
    pub(in crate::questionnaire) fn texts(
        &mut self,
        key: &'static str,
        report: &mut Report,
    ) -> Vec<Placed<String>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "a list of texts", "Write it in brackets: [\"…\", \"…\"].", report);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for element in array {
            match element.get_ref().as_str() {
                Some(text) => texts.push(Placed { value: self.filled(text), span: self.at(element.span()) }),
                None => self.wrong_type(key, element, "text", "Put it in quotes.", report),
            }
        }
        texts
    }

    /// A table.
    pub(in crate::questionnaire) fn table(
        &mut self,
        key: &'static str,
        what: &'static str,
        report: &mut Report,
    ) -> Option<Fields<'a>> {
        let value = self.get(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(key, value, "a table", "", report);
            return None;
        };
        Some(self.within(table, self.at(value.span()), what))
    }

    /// A list of tables.
    pub(in crate::questionnaire) fn tables(
        &mut self,
        key: &'static str,
        what: &'static str,
        report: &mut Report,
    ) -> Vec<Fields<'a>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            let help = match key {
                "sections" => "Write [[sections]], with two brackets on each side, before each section.",
                "questions" => "Write the header with two brackets on each side: [[sections.questions]].",
                _ => "Write it as [{ … }, { … }].",
            };
            self.wrong_type(key, value, "a list of tables", help, report);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for element in array {
            match element.get_ref().as_table() {
                Some(table) => tables.push(self.within(table, self.at(element.span()), what)),
                None => self.wrong_type(key, element, "a table", "Write it in braces: { … }.", report),
            }
        }
        tables
    }

    /// A list of tables that must be there and hold something.
    pub(in crate::questionnaire) fn need_tables(
        &mut self,
        key: &'static str,
        what: &'static str,
        report: &mut Report,
    ) -> Vec<Fields<'a>> {
        let empty = match self.table.get(key).map(Spanned::get_ref) {
            None => true,
            Some(DeValue::Array(array)) => array.is_empty(),
            Some(_) => false,
        };
        if empty && !self.has(key) && self.is_misspelt(key) {
            self.ask(key);
            return Vec::new();
        }
        if empty {
            self.ask(key);
            let message = format!("{} has no {key}", self.title());
            let help = if self.what == "module" {
                format!("Begin each {what} of a module with [[{key}]].")
            } else {
                cure(key)
            };
            report.push(Diagnostic::error(codes::EMPTY, self.span.clone(), message).help(help));
            return Vec::new();
        }
        self.tables(key, what, report)
    }

    /// Reports keys that were probably meant as one of these, which are not there. For tables that
    /// may hold any other key.
    pub(in crate::questionnaire) fn report_misspelt(&self, known: &[&str], report: &mut Report) {
        let free: Vec<&str> = known.iter().copied().filter(|k| !self.has(k)).collect();
        for (key, _) in self.entries() {
            if let Some(near) = suggestion(&key.value, &free).filter(|_| !known.contains(&key.value.as_str()))
            {
                let message = format!("{} has an unknown key `{}`", self.title(), key.value);
                report.push(
                    Diagnostic::error(codes::UNKNOWN_KEY, key.span, message)
                        .help(format!("Did you mean `{near}`?")),
                );
            }
        }
    }

    /// Reports the keys that nobody asked for.
    pub(in crate::questionnaire) fn done(self, report: &mut Report) {
        for (key, _) in self.entries() {
            if self.asked.contains(&key.value.as_str()) {
                continue;
            }
            let message = format!("{} has an unknown key `{}`", self.title(), key.value);
            let free: Vec<&str> = self.asked.iter().copied().filter(|k| !self.has(k)).collect();
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_KEY, key.span, message);
            diagnostic.help = Some(suggestion(&key.value, &free).map_or_else(
                || format!("Keys that can stand here: {}.", self.asked.join(", ")),
                |near| format!("Did you mean `{near}`?"),
            ));
            report.push(diagnostic);
        }
    }
}
