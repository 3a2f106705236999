//! A workbook for spreadsheets: a sheet for each table, a codebook, and the choices of all lists.
//!
//! Every text is written as text and never as a formula. Rows go to a temporary file as they come, so memory does not grow
//! with them; what a sheet cannot hold is refused, and never cut.

mod table;

use std::any::Any;
use std::collections::HashSet;
use std::error::Error;
use std::io::{self, ErrorKind, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use self::table::{columns_of, write_table};
use super::shorten::without_nul;
use super::{ExportError, Kind, Plan, PlannedTable, Shown};
use crate::phrases::is_right_to_left;

/// Rows of a sheet, its header among them.
const MOST_ROWS: usize = 1_048_576;
const MOST_COLUMNS: usize = 16_384;
/// Units of UTF-16 in a cell, and in the name of a sheet.
const LONGEST_TEXT: usize = 32_767;
const LONGEST_NAME: usize = 31;
/// Whole numbers beyond this many digits would lose the last of them: a cell's number is a floating one.
const MOST_DIGITS: u32 = 15;

/// More cells than this may fill a file of 4 GiB, which takes another form of zip.
const MANY_CELLS: usize = 50_000_000;

const CODEBOOK: &str = "codebook";
const CHOICES: &str = "choices";

/// A sheet that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What it is called.
    pub name: String,
    /// The table that it belongs to.
    pub table: String,
    /// How many rows it has below its header.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
}

/// Writes the workbook. `codebook` is a header and its rows; `temporary` the folder for the rows on their way, which are
/// gone in any case afterwards.
///
/// # Errors
/// Something does not fit into a sheet, or the disk failed.
pub fn write(
    plan: &Plan<'_>,
    codebook: &[Vec<String>],
    temporary: &Path,
    to: impl Write + Seek + Send,
) -> Result<Vec<Sheet>, ExportError> {
    for table in &plan.tables {
        check(table)?;
    }
    // The library gives up with a panic where a temporary file cannot grow.
    let written = catch_unwind(AssertUnwindSafe(|| workbook(plan, codebook, temporary, to)));
    written.unwrap_or_else(|panic| match lost_rows(panic.as_ref()) {
        Some(error) => Err(on_their_way(&error, temporary).into()),
        None => resume_unwind(panic),
    })
}

/// Why the library could not write a temporary file, if that is what it gave up for: in its own words, or in those of an
/// error of the system that it takes for impossible.
#[must_use]
pub fn lost_rows(panic: &(dyn Any + Send)) -> Option<io::Error> {
    let said =
        panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied())?;
    let is_lost = said.contains("Couldn't write to xml file") || said.contains("`Err` value: Os {");
    let code = said.split_once("Os { code: ").map(|(_, rest)| rest.split(',').next().unwrap_or_default());
    let error = match code.and_then(|code| code.parse().ok()) {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::other(said.to_owned()),
    };
    is_lost.then_some(error)
}

/// The same for people.
fn on_their_way(error: &io::Error, temporary: &Path) -> io::Error {
    let place = temporary.display();
    let is_full =
        matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge);
    let why = if is_full {
        format!("there is no room for the rows on their way in {place}")
    } else {
        format!("the rows on their way cannot be written in {place}: {error}")
    };
    io::Error::new(error.kind(), why)
}

/// Refuses what no sheet can hold.
fn check(table: &PlannedTable<'_>) -> Result<(), ExportError> {
    let columns = table.keys.len() + columns_of(table).count();
    if columns > MOST_COLUMNS {
        return Err(ExportError::refused(
            format!("the table `{}` has {columns} columns, and a sheet holds {MOST_COLUMNS}", table.name),
            "Choose variables with `--only`, write `--multiple joined`, or export CSV.",
        ));
    }
    Ok(())
}

fn workbook(
    plan: &Plan<'_>,
    codebook: &[Vec<String>],
    temporary: &Path,
    to: impl Write + Seek + Send,
) -> Result<Vec<Sheet>, ExportError> {
    let mut book = Workbook::new();
    // The time of writing would make every file another.
    let day = ExcelDateTime::from_ymd(2020, 1, 1).map_err(failed)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&day));
    book.set_tempdir(temporary).map_err(failed)?;
    let cells: usize = plan
        .tables
        .iter()
        .map(|table| table.rows.len() * (table.keys.len() + columns_of(table).count()))
        .sum();
    book.use_zip_large_file(cells > MANY_CELLS);
    let looks = Looks::new(plan);
    let mut taken: HashSet<String> = [CODEBOOK, CHOICES, "history"].map(str::to_owned).into();
    let mut sheets = Vec::new();
    for table in &plan.tables {
        // More rows than a sheet holds go on in a further one.
        for rows in table.rows.parts(MOST_ROWS - 1) {
            let name = sheet_name(&table.name, &mut taken);
            let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
            sheet.set_name(&name).map_err(failed)?;
            let columns = write_table(sheet, table, &rows, plan, &looks)?;
            sheets.push(Sheet { name, table: table.name.clone(), rows: rows.len(), columns });
        }
    }
    let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
    sheet.set_name(CODEBOOK).map_err(failed)?;
    write_texts(sheet, codebook, &looks)?;
    let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
    sheet.set_name(CHOICES).map_err(failed)?;
    write_texts(sheet, &choices(plan), &looks)?;
    book.save_to_writer(to).map_err(failed)?;
    Ok(sheets)
}

/// How cells look.
struct Looks {
    head: Format,
    general: Format,
    day: Format,
    time: Format,
    moment: Format,
    /// The sheets run from right to left.
    mirrored: bool,
}

impl Looks {
    fn new(plan: &Plan<'_>) -> Self {
        let language = plan.dataset.languages.get(plan.options.language).map_or("", String::as_str);
        let number = |format: &str| Format::new().set_num_format(format);
        Self {
            head: Format::new().set_bold().set_background_color(Color::RGB(0x00EE_F1F4)),
            // Unlike the default, a cell that is aligned by itself does not take over its column's days.
            general: Format::new().set_align(FormatAlign::Right),
            day: number("yyyy-mm-dd"),
            time: number("hh:mm:ss"),
            moment: number("yyyy-mm-dd hh:mm:ss"),
            mirrored: plan.options.shown == Shown::Labels && is_right_to_left(language),
        }
    }

    fn of(&self, kind: Kind) -> Option<&Format> {
        match kind {
            Kind::Date => Some(&self.day),
            Kind::Time => Some(&self.time),
            Kind::Moment => Some(&self.moment),
            _ => None,
        }
    }
}

/// No column is wider, in characters.
const WIDEST: usize = 48;

/// Column widths, the frozen header and the filter.
fn finish(
    sheet: &mut Worksheet,
    rows: usize,
    widths: &[usize],
    frozen: usize,
    looks: &Looks,
) -> Result<(), ExportError> {
    sheet.set_right_to_left(looks.mirrored);
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, (*width).clamp(6, WIDEST) as f64 + 1.0).map_err(failed)?;
    }
    sheet.set_freeze_panes(1, frozen as u16).map_err(failed)?;
    if let Some(last) = widths.len().checked_sub(1) {
        sheet.autofilter(0, 0, rows as u32, last as u16).map_err(failed)?;
    }
    Ok(())
}

/// A sheet of texts, the first of them its header.
fn write_texts(sheet: &mut Worksheet, lines: &[Vec<String>], looks: &Looks) -> Result<(), ExportError> {
    if lines.len() > MOST_ROWS {
        return Err(ExportError::refused(
            format!("a sheet of {} rows is wanted, and a sheet holds {MOST_ROWS}", lines.len()),
            "Export CSV, whose files have no such limit.",
        ));
    }
    let mut widths = vec![0; lines.first().map_or(0, Vec::len)];
    for (line, cells) in (0..).zip(lines) {
        for (column, text) in (0..).zip(cells) {
            let text = &*without_nul(text);
            if text.encode_utf16().count() > LONGEST_TEXT {
                let begin: String = text.chars().take(40).collect();
                return Err(ExportError::refused(
                    format!(
                        "the text that begins with `{begin}` is longer than a cell, which holds {LONGEST_TEXT} characters"
                    ),
                    "Export CSV, whose cells have no such limit.",
                ));
            }
            if line == 0 {
                sheet.write_string_with_format(line, column, text, &looks.head).map_err(failed)?;
            } else if let Some(number) = small_number(text) {
                sheet.write_number(line, column, number).map_err(failed)?;
            } else {
                sheet.write_string(line, column, text).map_err(failed)?;
            }
            if let Some(known) = widths.get_mut(column as usize) {
                *known = text.width().max(*known);
            }
        }
    }
    finish(sheet, lines.len().saturating_sub(1), &widths, 2, looks)
}

/// A count or a code, as a number that can be sorted.
fn small_number(text: &str) -> Option<f64> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text && number.unsigned_abs() < 10_u64.pow(MOST_DIGITS)).then_some(number as f64)
}

/// The choices of every list that goes out, with their labels in every language.
fn choices(plan: &Plan<'_>) -> Vec<Vec<String>> {
    let labels = plan.dataset.languages.iter().map(|tag| format!("label ({tag})"));
    let head = ["list", "code", "name"].map(str::to_owned).into_iter().chain(labels).collect();
    let mut lines = vec![head];
    for list in plan.lists() {
        for (place, (name, code)) in list.names.iter().zip(&list.codes).enumerate() {
            let labels =
                (0..plan.dataset.languages.len()).map(|language| list.label(place, language).to_owned());
            lines.push(
                [list.name.clone(), code.to_string(), name.clone()].into_iter().chain(labels).collect(),
            );
        }
    }
    lines
}

/// A name for a sheet: no longer than it may be, and no other's, small and large letters being the same.
fn sheet_name(table: &str, taken: &mut HashSet<String>) -> String {
    let fits = |text: &str| text.encode_utf16().count() <= LONGEST_NAME;
    let cut = |mark: &str| {
        let mut begin = table.to_owned();
        while !fits(&format!("{begin}{mark}")) && begin.pop().is_some() {}
        format!("{begin}{mark}")
    };
    let mut name = cut("");
    let mut number = 2;
    while !taken.insert(name.to_lowercase()) {
        name = cut(&format!("~{number}"));
        number += 1;
    }
    name
}

/// What the library says, as the disk's failure where it is one.
fn failed(error: XlsxError) -> ExportError {
    match error {
        XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => error.into(),
        other => {
            let cause = other.source().and_then(|cause| cause.downcast_ref::<io::Error>());
            io::Error::new(cause.map_or(ErrorKind::Other, io::Error::kind), other).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::io::ErrorKind;
    use std::path::Path;

    use super::{lost_rows, on_their_way, sheet_name};

    #[test]
    fn only_a_full_disk_is_told_as_one() {
        let told = |said: &str| {
            lost_rows(&said.to_owned())
                .map(|error| on_their_way(&error, Path::new("there")))
                .map(|error| (error.kind(), error.to_string()))
        };
        let said = "Couldn't write to xml file: Os { code: 28, kind: StorageFull, message: \"No space left on device\" }";
        assert_eq!(
            told(said),
            Some((ErrorKind::StorageFull, "there is no room for the rows on their way in there".to_owned()))
        );
        let said = "called `Result::unwrap()` on an `Err` value: Os { code: 13, kind: PermissionDenied, message: \"…\" }";
        let (kind, words) = told(said).unwrap();
        assert!(
            kind == ErrorKind::PermissionDenied
                && words.starts_with("the rows on their way cannot be written in there: ")
        );
        assert_eq!(told("index out of bounds"), None);
    }

    #[test]
    fn sheets_have_names_of_their_own_that_fit() {
        let mut taken: HashSet<String> = ["codebook".to_owned()].into();
        let long = "a_very_long_name_of_a_roster_in_a_questionnaire";
        assert_eq!(sheet_name("members", &mut taken), "members");
        assert_eq!(sheet_name("Members", &mut taken), "Members~2");
        assert_eq!(sheet_name("codebook", &mut taken), "codebook~2");
        assert_eq!(sheet_name(long, &mut taken), "a_very_long_name_of_a_roster_in");
        assert_eq!(sheet_name(long, &mut taken), "a_very_long_name_of_a_roster_~2");
    }
}
