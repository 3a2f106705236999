//! The sheet of a table.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use rust_xlsxwriter::Worksheet;
use unicode_width::UnicodeWidthStr;

use super::{LONGEST_TEXT, Looks, MOST_DIGITS, failed, finish};
use crate::export::shorten::without_nul;
use crate::export::{Cell, ExportError, Kind, Plan, PlannedTable, Rows, Shown, Variable};

/// So many rows decide how wide the columns are.
const MEASURED: usize = 500;

/// What one column of a sheet shows of a variable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The cell.
    Cell,
    /// A moment's offset from UTC: a spreadsheet's own moments have none.
    Offset,
}

pub(super) fn columns_of<'t, 'd>(
    table: &'t PlannedTable<'d>,
) -> impl Iterator<Item = (&'t Variable<'d>, Part)> {
    table.variables.iter().flat_map(|variable| {
        let offset = (variable.kind() == Kind::Moment).then_some((variable, Part::Offset));
        std::iter::once((variable, Part::Cell)).chain(offset)
    })
}

/// Writes a header, a line for each of these rows, and gives the number of columns.
pub(super) fn write_table(
    sheet: &mut Worksheet,
    table: &PlannedTable<'_>,
    rows: &Rows,
    plan: &Plan<'_>,
    looks: &Looks,
) -> Result<usize, ExportError> {
    let mut widths = Vec::new();
    let mut head = |sheet: &mut Worksheet, name: &str| {
        let column = widths.len() as u16;
        // The button of the filter stands beside the name.
        widths.push(name.width() + 3);
        sheet.write_string_with_format(0, column, name, &looks.head).map(|_| column).map_err(failed)
    };
    for key in &table.keys {
        head(sheet, key)?;
    }
    for (variable, part) in columns_of(table) {
        let column = match part {
            Part::Cell => head(sheet, &variable.name)?,
            Part::Offset => head(sheet, &table.offset_name(variable))?,
        };
        if let Some(format) = looks.of(variable.kind()).filter(|_| part == Part::Cell) {
            sheet.set_column_format(column, format).map_err(failed)?;
        }
    }
    for (line, row) in (1..).zip(rows.iter()) {
        let mut place = Place { sheet, line, column: 0, table, row, widths: &mut widths };
        for key in table.keys_of(row) {
            place.text("_interview", key)?;
        }
        for (variable, part) in columns_of(table) {
            place.cell(variable, part, plan, looks)?;
        }
    }
    finish(sheet, rows.len(), &widths, table.keys.len(), looks)?;
    Ok(widths.len())
}

/// The next cell that is written.
struct Place<'p, 'd> {
    sheet: &'p mut Worksheet,
    line: u32,
    column: u16,
    table: &'p PlannedTable<'d>,
    row: usize,
    widths: &'p mut [usize],
}

impl<'d> Place<'_, 'd> {
    fn cell(
        &mut self,
        variable: &Variable<'d>,
        part: Part,
        plan: &Plan<'d>,
        looks: &Looks,
    ) -> Result<(), ExportError> {
        let name = &variable.name;
        match (variable.cell(self.row), part) {
            (Cell::Moment(moment), Part::Offset) => self.text(name, &moment.offset().to_string()),
            (_, Part::Offset) | (Cell::Nothing, _) => {
                self.next(0);
                Ok(())
            }
            (Cell::Missing(reason), _) => {
                if let Some(code) = plan.options.missings.code(reason) {
                    return self.code(name, code, looks);
                }
                self.next(0);
                Ok(())
            }
            (Cell::Reason(reason), _) => self.text(name, reason.name()),
            (Cell::Flag(yes), _) => self.number(f64::from(u8::from(yes)), 1),
            (Cell::Integer(number), _) => self.integer(name, number),
            (Cell::Decimal(number), _) if is_number(number) => self.number(number, 10),
            (Cell::Decimal(number), _) => self.text(name, &number.to_string()),
            (Cell::Text(text), _) => self.text(name, &text),
            (Cell::Date(day), _) => {
                if is_in_calendar(day) {
                    self.sheet.write_datetime(self.line, self.column, day).map_err(failed)?;
                    self.next(10);
                    Ok(())
                } else {
                    self.text(name, &day.format("%Y-%m-%d").to_string())
                }
            }
            (Cell::Time(time), _) => {
                self.sheet.write_datetime(self.line, self.column, time).map_err(failed)?;
                self.next(8);
                Ok(())
            }
            (Cell::Moment(moment), _) => {
                let local: NaiveDateTime = moment.naive_local();
                if is_in_calendar(local.date()) {
                    self.sheet.write_datetime(self.line, self.column, local).map_err(failed)?;
                    self.next(19);
                    Ok(())
                } else {
                    self.text(name, &local.format("%Y-%m-%dT%H:%M:%S%.f").to_string())
                }
            }
            (Cell::Choice(place), _) => match plan.options.shown {
                Shown::Codes => self.integer(name, variable.code(place).unwrap_or_default()),
                _ => self.text(name, &variable.shown(place, &plan.options)),
            },
            (Cell::Choices(places), _) => self.text(name, &variable.joined(places, &plan.options)),
        }
    }

    fn number(&mut self, number: f64, width: usize) -> Result<(), ExportError> {
        self.sheet.write_number(self.line, self.column, number).map_err(failed)?;
        self.next(width);
        Ok(())
    }

    fn integer(&mut self, variable: &str, number: i64) -> Result<(), ExportError> {
        if number.unsigned_abs() < 10_u64.pow(MOST_DIGITS) {
            self.number(number as f64, 8)
        } else {
            self.text(variable, &number.to_string())
        }
    }

    /// The code of a reason: a number where it is one, never dressed as a day.
    fn code(&mut self, variable: &str, code: &str, looks: &Looks) -> Result<(), ExportError> {
        match code.parse::<f64>() {
            Ok(number) if number.is_finite() => {
                let (line, column) = (self.line, self.column);
                self.sheet.write_number_with_format(line, column, number, &looks.general).map_err(failed)?;
                self.next(code.len());
                Ok(())
            }
            _ => self.text(variable, code),
        }
    }

    fn text(&mut self, variable: &str, text: &str) -> Result<(), ExportError> {
        let text = &*without_nul(text);
        let length = text.encode_utf16().count();
        if length > LONGEST_TEXT {
            let interview = self.table.keys_of(self.row).next().unwrap_or_default();
            return Err(ExportError::refused(
                format!(
                    "`{variable}` of the interview {interview} has {length} characters, and a cell holds {LONGEST_TEXT}"
                ),
                format!("Leave it out with `--without {variable}`, or export CSV or Parquet."),
            ));
        }
        self.sheet.write_string(self.line, self.column, text).map_err(failed)?;
        let measured = if usize::try_from(self.line).is_ok_and(|line| line <= MEASURED) { text } else { "" };
        self.next(measured.lines().map(UnicodeWidthStr::width).max().unwrap_or_default());
        Ok(())
    }

    fn next(&mut self, width: usize) {
        if let Some(known) = self.widths.get_mut(self.column as usize) {
            *known = width.max(*known);
        }
        self.column += 1;
    }
}

/// Whether a spreadsheet has that number: others are too great for it, or so near to nothing that it takes them for that.
fn is_number(number: f64) -> bool {
    number == 0.0 || (number.is_normal() && number.abs() < 1e308)
}

/// Whether a spreadsheet has that day. It takes 1900 for a leap year, so earlier days than its March would be off by one.
fn is_in_calendar(day: NaiveDate) -> bool {
    (1900..=9999).contains(&day.year()) && (day.year(), day.month()) >= (1900, 3)
}
