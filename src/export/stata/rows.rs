//! The cells of a data set, row by row, and the long texts behind them.

use std::io::{self, Write};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::field::{Field, Storage};
use super::labels::FIRST_MISSING;
use crate::export::PlannedTable;
use crate::export::cell::Cell;
use crate::value::Missing;

/// Writes the cells of all rows.
pub(super) fn write(
    table: &PlannedTable<'_>,
    fields: &[Field<'_, '_>],
    to: &mut impl Write,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    for (number, row) in (1_u64..).zip(table.rows.iter()) {
        bytes.clear();
        for (place, field) in (1_u16..).zip(fields) {
            match field.storage {
                Storage::Text(width) => {
                    let end = bytes.len() + width;
                    bytes.extend(field.source.text(table, row).as_bytes());
                    bytes.resize(end, 0);
                }
                Storage::LongText => {
                    let is_empty = field.source.text(table, row).is_empty();
                    let (place, number) = if is_empty { (0, 0) } else { (place, number) };
                    bytes.extend(place.to_le_bytes());
                    bytes.extend(&number.to_le_bytes()[..6]);
                }
                storage => storage.put(number_in(field, row), &mut bytes),
            }
        }
        to.write_all(&bytes)?;
    }
    Ok(())
}

/// Writes the texts that have no room in their rows.
pub(super) fn write_long_texts(
    table: &PlannedTable<'_>,
    fields: &[Field<'_, '_>],
    to: &mut impl Write,
) -> io::Result<()> {
    let long: Vec<(u32, &Field<'_, '_>)> =
        (1..).zip(fields).filter(|(_, field)| field.storage == Storage::LongText).collect();
    if long.is_empty() {
        return Ok(());
    }
    for (number, row) in (1_u64..).zip(table.rows.iter()) {
        for (place, field) in &long {
            let text = field.source.text(table, row);
            if text.is_empty() {
                continue;
            }
            to.write_all(b"GSO")?;
            to.write_all(&place.to_le_bytes())?;
            to.write_all(&number.to_le_bytes())?;
            // A text, which a zero ends.
            to.write_all(&[130])?;
            to.write_all(&(text.len() as u32 + 1).to_le_bytes())?;
            to.write_all(text.as_bytes())?;
            to.write_all(&[0])?;
        }
    }
    Ok(())
}

/// A number, or why there is none.
#[derive(Debug, Clone, Copy)]
enum Number {
    Is(f64),
    /// `.a` and following; without a reason `.`.
    Missing(Option<Missing>),
}

fn number_in(field: &Field<'_, '_>, row: usize) -> Number {
    let Some(variable) = field.source.variable() else { return Number::Missing(None) };
    Number::Is(match variable.cell(row) {
        Cell::Reason(reason) => f64::from(reason as u8 + 1),
        Cell::Missing(reason) => return Number::Missing(Some(reason)),
        Cell::Flag(flag) => f64::from(u8::from(flag)),
        Cell::Choice(place) => {
            let code = variable.list().and_then(|list| list.codes.get(place as usize));
            let Some(code) = code else { return Number::Missing(None) };
            *code as f64
        }
        Cell::Integer(n) => n as f64,
        Cell::Decimal(d) => d,
        Cell::Date(day) => (day - epoch()).num_days() as f64,
        Cell::Time(time) => f64::from(time.num_seconds_from_midnight()) * 1000.0,
        Cell::Moment(moment) => milliseconds(moment.naive_local()),
        Cell::Text(_) | Cell::Choices(_) | Cell::Nothing => return Number::Missing(None),
    })
}

fn epoch() -> NaiveDate {
    NaiveDate::from_ymd_opt(1960, 1, 1).unwrap_or_default()
}

fn milliseconds(moment: NaiveDateTime) -> f64 {
    (moment - epoch().and_time(NaiveTime::MIN)).num_milliseconds() as f64
}

impl Storage {
    /// Adds a number to a row. Missing values are the highest of each type.
    fn put(self, number: Number, to: &mut Vec<u8>) {
        let whole = |first: i32| match number {
            Number::Is(number) => number as i32,
            Number::Missing(None) => first - 1,
            Number::Missing(Some(reason)) => first + reason as i32,
        };
        match self {
            Self::Byte => to.extend((whole(102) as i8).to_le_bytes()),
            Self::Int => to.extend((whole(32_742) as i16).to_le_bytes()),
            Self::Long => to.extend(whole(FIRST_MISSING).to_le_bytes()),
            _ => to.extend(match number {
                Number::Is(number) => number.to_le_bytes(),
                Number::Missing(reason) => {
                    let place = reason.map_or(0, |reason| reason as u64 + 1);
                    (0x7fe0_0000_0000_0000 + (place << 40)).to_le_bytes()
                }
            }),
        }
    }
}
