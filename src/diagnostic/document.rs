//! TOML documents read key by key, with every mistake reported at its place.
//!
//! A [`Reader`] holds what is the same for a whole file; an [`Entries`] is one of its tables. A
//! caller takes the keys that it knows and then calls [`Entries::finish`], which reports the
//! others with the nearest known name. Nothing stops at the first mistake.

mod free;

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Diagnostic, Report, Span, nearest};

pub use self::free::Free;

/// What a number must be that can be computed with.
const FINITE: &str = "a number that is neither endless nor too large";

/// The codes under which a kind of file reports mistakes that every file can have.
#[derive(Debug, Clone, Copy)]
pub struct Codes {
    /// The text is not TOML.
    pub syntax: &'static str,
    /// No such key.
    pub unknown_key: &'static str,
    /// A key that must be there is not.
    pub missing_key: &'static str,
    /// A value of another type.
    pub wrong_type: &'static str,
}

/// Text in a document, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The text, escapes resolved.
    pub text: String,
    /// The whole value in its file, quotes included.
    pub span: Span,
    /// Where the text itself begins in the file, if it stands there letter by letter.
    inner: Option<usize>,
}

impl Located {
    /// A text by itself, such as an option of a command: it becomes a source of its own, named so that people know it.
    #[must_use]
    pub fn whole(name: &str, text: &str, report: &mut Report) -> Self {
        let file = report.sources.add(name, text);
        Self { text: text.to_owned(), span: Span::new(file, 0..text.len()), inner: Some(0) }
    }

    /// The place of a byte range of the text; the whole value where escapes shift the letters.
    #[must_use]
    pub fn part(&self, range: &Range<usize>) -> Span {
        match self.inner {
            Some(start) => Span::new(self.span.file, start + range.start..start + range.end),
            None => self.span.clone(),
        }
    }
}

/// A file being read, and where its mistakes go.
#[derive(Debug)]
pub struct Reader<'r> {
    /// Where mistakes go.
    pub report: &'r mut Report,
    /// The file's number in the report's sources.
    pub file: usize,
    text: &'r str,
    codes: Codes,
}

/// Reads a whole file: adds it to the report's sources, parses it, and hands its top table to
/// `read`. A file that is not TOML is reported, and `None` comes back.
pub fn read<T>(
    name: &str,
    text: &str,
    codes: Codes,
    report: &mut Report,
    read: impl FnOnce(&mut Reader<'_>, Entries<'_>) -> Option<T>,
) -> Option<T> {
    let file = report.sources.add(name, text);
    match DeTable::parse(text) {
        Ok(table) => {
            let mut reader = Reader { report, file, text, codes };
            let entries = Entries::new(table.get_ref(), Span::new(file, 0..0), "this file");
            read(&mut reader, entries)
        }
        Err(error) => {
            let span = Span::new(file, error.span().unwrap_or(0..0));
            report.push(
                Diagnostic::error(codes.syntax, span, "This file is not valid TOML")
                    .label(error.message().trim()),
            );
            None
        }
    }
}

/// One table of a document. Keys are asked for by name; `finish` reports those never asked for.
#[derive(Debug)]
pub struct Entries<'t> {
    table: &'t DeTable<'t>,
    place: Span,
    called: &'static str,
    known: Vec<&'static str>,
}

impl<'t> Entries<'t> {
    fn new(table: &'t DeTable<'t>, place: Span, called: &'static str) -> Self {
        Self { table, place, called, known: Vec::new() }
    }

    /// Whether a key is there; it stays to be read.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where the table stands.
    #[must_use]
    pub fn place(&self) -> &Span {
        &self.place
    }

    /// All keys with their places, in the order of the file: for tables whose keys are names.
    #[must_use]
    pub fn keys(&self, file: usize) -> Vec<(&'t str, Span)> {
        let mut keys: Vec<_> =
            self.table.keys().map(|k| (k.get_ref().as_ref(), Span::new(file, k.span()))).collect();
        keys.sort_by_key(|(_, span)| span.range.start);
        keys
    }

    fn get(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.known.push(key);
        self.table.get(key)
    }

    /// Reports the keys that nobody asked for.
    pub fn finish(self, reader: &mut Reader<'_>) {
        for (key, span) in self.keys(reader.file) {
            if self.known.contains(&key) {
                continue;
            }
            let unknown = Diagnostic::error(
                reader.codes.unknown_key,
                span,
                format!("`{key}` is not a key of {}", self.called),
            );
            reader.report.push(match nearest(key, self.known.iter().copied()) {
                Some(near) => unknown.label(format!("did you mean `{near}`?")),
                None => unknown.help(format!("The keys here are {}.", list(&self.known))),
            });
        }
    }
}

impl Reader<'_> {
    fn span(&self, value: &Spanned<DeValue<'_>>) -> Span {
        Span::new(self.file, value.span())
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, key: &str, wanted: &str) {
        let span = self.span(value);
        self.report.push(
            Diagnostic::error(self.codes.wrong_type, span, format!("`{key}` must be {wanted}"))
                .label(format!("this is {}", described(value.get_ref()))),
        );
    }

    /// The number that a value is, or a report that it is none, or none to compute with.
    fn finite(&mut self, value: &Spanned<DeValue<'_>>, key: &str, wanted: &str) -> Option<f64> {
        let number = number_in(value.get_ref());
        if number.is_none() {
            let is_number = matches!(value.get_ref(), DeValue::Float(_) | DeValue::Integer(_));
            self.wrong_type(value, key, if is_number { FINITE } else { wanted });
        }
        number
    }

    fn located(&self, value: &Spanned<DeValue<'_>>) -> Option<Located> {
        let text = value.get_ref().as_str()?.to_owned();
        let range = value.span();
        // The letters of the value stand in the file unless escapes were resolved; then the
        // search fails, since the raw text differs.
        let inner = self.text.get(range.clone()).and_then(|raw| raw.find(&text)).map(|at| range.start + at);
        Some(Located { text, span: Span::new(self.file, range), inner })
    }

    fn absent(&mut self, entries: &Entries<'_>, key: &str, example: &str) {
        self.report.push(
            Diagnostic::error(
                self.codes.missing_key,
                entries.place.clone(),
                format!("`{key}` is missing in {}", entries.called),
            )
            .help(format!("Write `{key} = {example}`.")),
        );
    }

    /// Text that may be left out.
    pub fn text(&mut self, entries: &mut Entries<'_>, key: &'static str) -> Option<Located> {
        let value = entries.get(key)?;
        let located = self.located(value);
        if located.is_none() {
            self.wrong_type(value, key, "text in quotes");
        }
        located
    }

    /// Text that must be there; `example` shows how it is written.
    pub fn required_text(
        &mut self,
        entries: &mut Entries<'_>,
        key: &'static str,
        example: &str,
    ) -> Option<Located> {
        if entries.table.contains_key(key) {
            return self.text(entries, key);
        }
        entries.known.push(key);
        self.absent(entries, key, example);
        None
    }

    /// A whole number that may be left out.
    pub fn integer(&mut self, entries: &mut Entries<'_>, key: &'static str) -> Option<(i64, Span)> {
        let value = entries.get(key)?;
        let number =
            value.get_ref().as_integer().and_then(|i| i64::from_str_radix(i.as_str(), i.radix()).ok());
        if number.is_none() {
            self.wrong_type(value, key, "a whole number");
        }
        number.map(|n| (n, self.span(value)))
    }

    /// A number that may be left out.
    pub fn number(&mut self, entries: &mut Entries<'_>, key: &'static str) -> Option<(f64, Span)> {
        let value = entries.get(key)?;
        let number = self.finite(value, key, "a number");
        number.map(|n| (n, self.span(value)))
    }

    /// True or false; may be left out.
    pub fn boolean(&mut self, entries: &mut Entries<'_>, key: &'static str) -> Option<(bool, Span)> {
        let value = entries.get(key)?;
        let DeValue::Boolean(written) = value.get_ref() else {
            self.wrong_type(value, key, "true or false");
            return None;
        };
        Some((*written, self.span(value)))
    }

    /// The number under a key that is a name: see [`Entries::keys`].
    pub fn named_number(&mut self, entries: &Entries<'_>, key: &str) -> Option<(f64, Span)> {
        let value = entries.table.get(key)?;
        let number = self.finite(value, key, "a number");
        number.map(|n| (n, self.span(value)))
    }

    /// A number, or a list of numbers, that may be left out.
    pub fn numbers(&mut self, entries: &mut Entries<'_>, key: &'static str) -> Option<Vec<(f64, Span)>> {
        let value = entries.get(key)?;
        let members = match value.get_ref().as_array() {
            Some(array) => array.iter().collect(),
            None => vec![value],
        };
        let mut numbers = Vec::new();
        for member in members {
            let number = self.finite(member, key, "a number, or a list of numbers");
            numbers.extend(number.map(|number| (number, self.span(member))));
        }
        Some(numbers)
    }

    /// The `format` key, which must be there and be the given number.
    pub fn format(&mut self, entries: &mut Entries<'_>, expected: i64) {
        if !entries.table.contains_key("format") {
            entries.known.push("format");
            self.absent(entries, "format", &expected.to_string());
            return;
        }
        if let Some((found, span)) = self.integer(entries, "format")
            && found != expected
        {
            self.report.push(
                Diagnostic::error(
                    self.codes.wrong_type,
                    span,
                    format!("Format {found} is not known to this version of Doorstep"),
                )
                .help(format!("This version reads format {expected}.")),
            );
        }
    }

    /// A list of texts that may be left out.
    pub fn texts(&mut self, entries: &mut Entries<'_>, key: &'static str) -> Option<Vec<Located>> {
        let value = entries.get(key)?;
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, key, "a list of texts");
            return None;
        };
        let mut texts = Vec::new();
        for member in array {
            match self.located(member) {
                Some(located) => texts.push(located),
                None => self.wrong_type(member, key, "a list of texts"),
            }
        }
        Some(texts)
    }

    /// A table that may be left out; `called` names it in messages.
    pub fn table<'t>(
        &mut self,
        entries: &mut Entries<'t>,
        key: &'static str,
        called: &'static str,
    ) -> Option<Entries<'t>> {
        let value = entries.get(key)?;
        self.as_table(value, key, called)
    }

    /// The table under a key that is a name: see [`Entries::keys`].
    pub fn named_table<'t>(
        &mut self,
        entries: &Entries<'t>,
        key: &str,
        called: &'static str,
    ) -> Option<Entries<'t>> {
        self.as_table(entries.table.get(key)?, key, called)
    }

    /// Tables under one key (`[[key]]`, or a list of inline tables); none where it is left out.
    pub fn tables<'t>(
        &mut self,
        entries: &mut Entries<'t>,
        key: &'static str,
        called: &'static str,
    ) -> Vec<Entries<'t>> {
        let Some(value) = entries.get(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, key, "a list of tables");
            return Vec::new();
        };
        array.iter().filter_map(|member| self.as_table(member, key, called)).collect()
    }

    fn as_table<'t>(
        &mut self,
        value: &'t Spanned<DeValue<'t>>,
        key: &str,
        called: &'static str,
    ) -> Option<Entries<'t>> {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(value, key, "a table");
            return None;
        };
        Some(Entries::new(table, self.span(value), called))
    }
}

fn number_in(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(f) => f.as_str().parse().ok().filter(|n: &f64| n.is_finite()),
        DeValue::Integer(i) => i.as_str().parse().ok(),
        _ => None,
    }
}

fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// `` `a`, `b` and `c` ``.
#[must_use]
pub fn list<T: AsRef<str>>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{}`", n.as_ref())).collect();
    match quoted.split_last() {
        None => String::from("none"),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
