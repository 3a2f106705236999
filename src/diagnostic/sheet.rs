//! CSV files that people write: where their rows and cells stand, whatever saved them.
//!
//! Spreadsheets end lines in two bytes and begin files with a mark; a reader's position then lies before the row that it gave.
//! They also save with semicolons in half of the world's countries.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::Span;

/// What to do about a file that is not UTF-8.
pub const SAVE_AS_UTF8: &str = "Save it as \"CSV UTF-8 (comma separated)\".";

/// What to do about a file whose columns something else than commas separates.
pub const SAVE_WITH_COMMAS: &str =
    "Separate the columns by commas: save the file as \"CSV (comma separated)\".";

/// The text of such a file.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'t> {
    file: usize,
    text: &'t str,
    /// Where the text begins behind the mark of UTF-8.
    skipped: usize,
}

impl<'t> Sheet<'t> {
    /// The text of a file, with the file's number among the sources.
    #[must_use]
    pub fn new(file: usize, text: &'t str) -> Self {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { file, text, skipped: text.len() - body.len() }
    }

    /// Reads its rows, cells trimmed; rows of another length than the header's fail unless it is `flexible`.
    #[must_use]
    pub fn reader(&self, flexible: bool) -> csv::Reader<&'t [u8]> {
        let body = self.text.get(self.skipped..).unwrap_or_default();
        ReaderBuilder::new().flexible(flexible).trim(Trim::All).from_reader(body.as_bytes())
    }

    /// The header's line.
    #[must_use]
    pub fn first_line(&self) -> Span {
        self.line(0)
    }

    /// The line of a row.
    #[must_use]
    pub fn line_of(&self, row: &StringRecord) -> Span {
        self.line(row.position().map_or(0, |place| place.byte() as usize))
    }

    /// The line that a reader could not read.
    #[must_use]
    pub fn line_of_error(&self, error: &csv::Error) -> Span {
        self.line(error.position().map_or(0, |place| place.byte() as usize))
    }

    /// The place of one cell; the whole line where quotes make that uncertain.
    #[must_use]
    pub fn cell(&self, row: &StringRecord, column: usize) -> Span {
        let line = self.line_of(row);
        let text = self.text.get(line.range.clone()).unwrap_or_default();
        if text.contains('"') {
            return line;
        }
        let mut start = line.range.start;
        for (at, cell) in text.split(',').enumerate() {
            if at == column {
                return Span::new(self.file, start..start + cell.len());
            }
            start += cell.len() + 1;
        }
        line
    }

    /// What to do about a header that is one cell because something else than commas separates its columns.
    #[must_use]
    pub fn separator_help(&self, header: &StringRecord) -> Option<&'static str> {
        let line = self.text.get(self.first_line().range).unwrap_or_default();
        (header.len() == 1 && line.contains([';', '\t'])).then_some(SAVE_WITH_COMMAS)
    }

    /// The line that begins at a reader's place or just behind it.
    fn line(&self, place: usize) -> Span {
        let start = self.skipped + place;
        let rest = self.text.get(start..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
        let rest = rest.get(blank..).unwrap_or_default();
        let length = rest.find(['\r', '\n']).unwrap_or(rest.len());
        Span::new(self.file, start + blank..start + blank + length)
    }
}
