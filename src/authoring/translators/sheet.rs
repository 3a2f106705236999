//! The table as XLSX and CSV, and back.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};
use thiserror::Error;

use super::Row;
use crate::phrases::is_right_to_left;

const HEADER: [&str; 6] = ["key", "where", "source", "translation", "keep", "note"];
const WIDTHS: [f64; 6] = [28.0, 34.0, 60.0, 60.0, 22.0, 12.0];

/// What spreadsheets take for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A line of a table that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells {
    /// Its number in the sheet, the header counted.
    pub row: usize,
    /// Which text, as written.
    pub key: String,
    /// What was to be translated; `None` where the table has no such column.
    pub source: Option<String>,
    /// The translation.
    pub translation: String,
}

/// Why a table cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SheetError {
    /// It is neither XLSX nor text in UTF-8.
    #[error("it is neither an XLSX file nor CSV text in UTF-8: {0}")]
    Format(String),
    /// A column is missing.
    #[error("it has no column `{0}`; its columns are {1}")]
    NoColumn(&'static str, String),
}

fn cells(row: &Row) -> [String; 6] {
    let note = if row.translation.is_empty() { "missing" } else { "" };
    [
        row.key.to_string(),
        row.place.clone(),
        row.source.clone(),
        row.translation.clone(),
        row.keep.join(" "),
        note.to_owned(),
    ]
}

/// The rows as CSV with a byte order mark, by which spreadsheets know UTF-8. What looks like a
/// formula gets an apostrophe before it, which [`read`] takes off again.
///
/// # Errors
/// If a record cannot be written, which to memory does not happen.
pub fn write_csv(rows: &[Row]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(HEADER)?;
    for row in rows {
        writer.write_record(cells(row).map(|cell| guarded(&cell)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn guarded(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

/// The rows as a sheet whose cells are all text, the same bytes for the same rows.
///
/// # Errors
/// What does not fit into a sheet: a text of more than 32,767 characters, more than a million rows.
pub fn write_xlsx(rows: &[Row], tag: &str) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The time of writing would make every file another.
    let day = ExcelDateTime::from_ymd(2020, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&day));
    let sheet = book.add_worksheet();
    sheet.set_name("texts")?;
    sheet.set_right_to_left(is_right_to_left(tag));
    let text = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    let grey = text.clone().set_font_color(Color::Gray);
    let head = Format::new().set_bold().set_background_color(Color::RGB(0x00EE_F1F4));
    for (column, (name, width)) in (0..).zip(HEADER.iter().zip(WIDTHS)) {
        sheet.write_string_with_format(0, column, *name, &head)?;
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(1, 1)?;
    for (line, row) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells(row)) {
            let format = if column == 2 || column == 3 { &text } else { &grey };
            sheet.write_string_with_format(line, column, cell, format)?;
        }
    }
    book.save_to_buffer()
}

/// Reads a table back, from XLSX or from CSV with commas or semicolons. Columns are found by their
/// header; those that are not known are passed over, as are lines without a key.
///
/// # Errors
/// Says why it is no such table.
pub fn read(bytes: &[u8]) -> Result<Vec<Cells>, SheetError> {
    let lines = if bytes.starts_with(b"PK") { read_xlsx(bytes)? } else { read_csv(bytes)? };
    let mut lines = lines.into_iter();
    let header: Vec<String> = lines
        .next()
        .map(|(_, cells)| cells)
        .unwrap_or_default()
        .iter()
        .map(|c| c.trim().to_lowercase())
        .collect();
    let find = |name: &str| header.iter().position(|column| column == name);
    let need = |name: &'static str| find(name).ok_or_else(|| SheetError::NoColumn(name, header.join(", ")));
    let (key, translation, source) = (need("key")?, need("translation")?, find("source"));
    let cell = |cells: &[String], at: usize| cells.get(at).cloned().unwrap_or_default();
    Ok(lines
        .filter(|(_, cells)| !cell(cells, key).trim().is_empty())
        .map(|(row, cells)| Cells {
            row,
            key: cell(&cells, key).trim().to_owned(),
            source: source.map(|at| cell(&cells, at)),
            translation: cell(&cells, translation),
        })
        .collect())
}

type Lines = Vec<(usize, Vec<String>)>;

fn read_xlsx(bytes: &[u8]) -> Result<Lines, SheetError> {
    let wrong = |error: &dyn std::fmt::Display| SheetError::Format(error.to_string());
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| wrong(&error))?;
    let range = book
        .worksheet_range_at(0)
        .ok_or_else(|| wrong(&"there is no sheet in it"))?
        .map_err(|error| wrong(&error))?;
    let first = range.start().map_or(0, |(row, _)| row as usize);
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        other => other.to_string(),
    };
    Ok(range.rows().enumerate().map(|(at, row)| (first + at + 1, row.iter().map(text).collect())).collect())
}

fn read_csv(bytes: &[u8]) -> Result<Lines, SheetError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        SheetError::Format(format!(
            "byte {} is part of no letter; save it as \"CSV UTF-8\"",
            error.valid_up_to() + 1
        ))
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or_default();
    let count = |delimiter: char| head.matches(delimiter).count();
    let delimiter = [',', ';', '\t'].into_iter().max_by_key(|d| count(*d)).filter(|d| count(*d) > 0);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.map_or(b',', |d| d as u8))
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|error| SheetError::Format(error.to_string()))?;
        let bare = |cell: &str| match cell.strip_prefix('\'') {
            Some(rest) if rest.starts_with(FORMULA) => rest.to_owned(),
            _ => cell.to_owned(),
        };
        lines.push((at + 1, record.iter().map(bare).collect()));
    }
    Ok(lines)
}
