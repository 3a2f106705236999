//! Mistakes in what people write: where, what, why and how to mend it, and how that is drawn.
//!
//! A phase that finds mistakes pushes [`Diagnostic`]s; nothing stops at the first. Codes are
//! stable: `Q0…` questionnaire, `X0…` expression, `I0…` indicators, `S0…` survey, `T0…` cases and
//! weights.

pub mod document;
pub mod sheet;

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A file that was read, with the name under which people know it.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path as the user knows it.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// All files of one compilation; a [`Span`] points into one of them.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file and returns its number.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> usize {
        self.files.push(Source { name: name.into(), text: text.into() });
        self.files.len() - 1
    }

    /// The file of that number.
    #[must_use]
    pub fn get(&self, file: usize) -> Option<&Source> {
        self.files.get(file)
    }

    /// The number of the file of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.files.iter().position(|file| file.name == name)
    }

    /// Line and column (both from 1, the column in characters) of the start of a span.
    #[must_use]
    pub fn line_column(&self, span: &Span) -> (usize, usize) {
        let Some(source) = self.files.get(span.file) else { return (1, 1) };
        let mut start = span.range.start.min(source.text.len());
        while !source.text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &source.text[..start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        (line, column)
    }
}

/// A stretch of bytes in one file of a [`Sources`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The file's number in its [`Sources`].
    pub file: usize,
    /// Byte offsets in the file's text.
    pub range: Range<usize>,
}

impl Span {
    /// A span of one file.
    #[must_use]
    pub fn new(file: usize, range: Range<usize>) -> Self {
        Self { file, range }
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It cannot be used like this.
    Error,
    /// It works, but probably not as meant.
    Warning,
}

/// One mistake with its place and its cure.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable code such as `Q0101`.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where, and what stands there.
    pub span: Span,
    /// What to say at the place itself; may be empty.
    pub label: String,
    /// Other places that matter, each with what it shows.
    pub related: Vec<(Span, String)>,
    /// Why it is a mistake, where that is not obvious.
    pub note: Option<String>,
    /// How to mend it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            span,
            label: String::new(),
            related: Vec::new(),
            note: None,
            help: None,
        }
    }

    /// A warning at a place.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// Says something at the place itself.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Points at another place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push((span, text.into()));
        self
    }

    /// Says why.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The mistakes of a compilation, with the files that they point into.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The files.
    pub sources: Sources,
    /// The mistakes, in the order found until [`Report::sort`].
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Adds a mistake.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// How many errors there are.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|d| d.severity == Severity::Error).count()
    }

    /// How many warnings there are.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.diagnostics.len() - self.errors()
    }

    /// Orders by file and place, so that people mend from top to bottom. What was found twice in
    /// one place, as in a file that is included twice, is there once.
    pub fn sort(&mut self) {
        self.diagnostics.sort_by(|a, b| {
            (a.span.file, a.span.range.start, a.code).cmp(&(b.span.file, b.span.range.start, b.code))
        });
        self.diagnostics.dedup_by(|a, b| a.code == b.code && a.span == b.span && a.message == b.message);
    }

    /// Draws all mistakes with their lines, as plain text or with colour.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        // C1 controls would reach the terminal; a visible character of two bytes keeps every place.
        let clean = |text: &mut String| {
            if text.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c)) {
                *text =
                    text.chars().map(|c| if ('\u{80}'..='\u{9f}').contains(&c) { '¿' } else { c }).collect();
            }
        };
        let mut report = self.clone();
        for file in &mut report.sources.files {
            clean(&mut file.name);
            clean(&mut file.text);
        }
        for diagnostic in &mut report.diagnostics {
            clean(&mut diagnostic.message);
            clean(&mut diagnostic.label);
            diagnostic.related.iter_mut().for_each(|(_, text)| clean(text));
            diagnostic.note.iter_mut().for_each(clean);
            diagnostic.help.iter_mut().for_each(clean);
        }
        report.draw(colour)
    }

    fn draw(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut drawn = String::new();
        for diagnostic in &self.diagnostics {
            drawn.push_str(&renderer.render(&self.groups(diagnostic)));
            drawn.push_str("\n\n");
        }
        drawn
    }

    fn groups<'a>(&'a self, diagnostic: &'a Diagnostic) -> Vec<Group<'a>> {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = level.primary_title(&diagnostic.message).id(diagnostic.code);
        let mut group = {
            let mut first = Group::with_title(std::mem::replace(&mut group, Level::ERROR.primary_title("")));
            if let Some(source) = self.sources.get(diagnostic.span.file) {
                let mut snippet = Snippet::source(&source.text).path(&source.name).annotation(
                    AnnotationKind::Primary
                        .span(clamp(&diagnostic.span.range, &source.text))
                        .label(&diagnostic.label),
                );
                for (span, text) in &diagnostic.related {
                    if span.file == diagnostic.span.file {
                        snippet = snippet.annotation(
                            AnnotationKind::Context.span(clamp(&span.range, &source.text)).label(text),
                        );
                    }
                }
                first = first.element(snippet);
            }
            first
        };
        for (span, text) in &diagnostic.related {
            if span.file != diagnostic.span.file
                && let Some(source) = self.sources.get(span.file)
            {
                group =
                    group.element(Snippet::source(&source.text).path(&source.name).annotation(
                        AnnotationKind::Context.span(clamp(&span.range, &source.text)).label(text),
                    ));
            }
        }
        if let Some(note) = &diagnostic.note {
            group = group.element(Level::NOTE.message(note));
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(help));
        }
        vec![group]
    }
}

/// A span that lies within the text and on character boundaries, whatever was asked for.
fn clamp(range: &Range<usize>, text: &str) -> Range<usize> {
    let snap = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = snap(range.start);
    start..snap(range.end).max(start)
}

/// The candidate nearest to what was typed, if one is near enough to be meant.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // What is much longer or shorter is never near, and the distance of long texts takes long.
    let comparable = |c: &&str| typed.len().max(c.len()) <= 200 && typed.len().abs_diff(c.len()) <= 100;
    candidates
        .into_iter()
        .filter(comparable)
        .map(|c| (strsim::damerau_levenshtein(typed, c), c))
        .filter(|(distance, c)| *distance <= 1.max(typed.chars().count().min(c.chars().count()) / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}
