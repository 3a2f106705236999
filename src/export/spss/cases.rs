//! The cells of a system file, row by row, compressed: small whole numbers and empty stretches of text take one byte.

use std::io::{self, Write};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::dictionary::{BIAS, SYSTEM_MISSING};
use super::field::{Field, Form, code};
use crate::export::PlannedTable;
use crate::export::cell::Cell;

/// Writes all rows.
pub(super) fn write(table: &PlannedTable<'_>, fields: &[Field<'_, '_>], to: impl Write) -> io::Result<()> {
    let mut out = Compressed { to, commands: [0; 8], used: 0, raw: Vec::with_capacity(64) };
    let segments: Vec<Vec<usize>> = fields.iter().map(Field::segments).collect();
    for row in table.rows.iter() {
        for (field, segments) in fields.iter().zip(&segments) {
            match field.form {
                Form::Number(_) => out.number(number(field, row))?,
                Form::Text(width) => {
                    let text = field.source.text(table, row);
                    out.text(&text[..text.floor_char_boundary(width)], segments)?;
                }
            }
        }
    }
    out.finish()
}

/// A cell as the number that stands for it.
fn number(field: &Field<'_, '_>, row: usize) -> f64 {
    let Some(variable) = field.source.variable() else { return SYSTEM_MISSING };
    match variable.cell(row) {
        Cell::Reason(reason) => f64::from(reason as u8 + 1),
        Cell::Missing(reason) => field.reasons.map_or(SYSTEM_MISSING, |first| code(first, reason)),
        Cell::Flag(flag) => f64::from(u8::from(flag)),
        Cell::Choice(place) => {
            let code = variable.list().and_then(|list| list.codes.get(place as usize));
            code.map_or(SYSTEM_MISSING, |code| *code as f64)
        }
        Cell::Integer(n) => n as f64,
        Cell::Decimal(d) => d,
        Cell::Date(day) => seconds(day.and_time(NaiveTime::MIN)),
        Cell::Time(time) => f64::from(time.num_seconds_from_midnight()),
        Cell::Moment(moment) => seconds(moment.naive_local()),
        Cell::Text(_) | Cell::Choices(_) | Cell::Nothing => SYSTEM_MISSING,
    }
}

/// Seconds since the Gregorian calendar began, 1582-10-14.
fn seconds(moment: NaiveDateTime) -> f64 {
    let epoch = NaiveDate::from_ymd_opt(1582, 10, 14).unwrap_or_default();
    let since = moment - epoch.and_time(NaiveTime::MIN);
    since.num_seconds() as f64 + f64::from(since.subsec_nanos()) / 1e9
}

/// Eight commands of a byte each, then what those that need it have to say.
struct Compressed<W> {
    to: W,
    commands: [u8; 8],
    used: usize,
    raw: Vec<u8>,
}

const RAW: u8 = 253;
const SPACES: u8 = 254;
const MISSING: u8 = 255;

impl<W: Write> Compressed<W> {
    fn command(&mut self, command: u8, raw: Option<[u8; 8]>) -> io::Result<()> {
        if self.used == self.commands.len() {
            self.flush()?;
        }
        self.commands[self.used] = command;
        self.used += 1;
        self.raw.extend(raw.into_iter().flatten());
        Ok(())
    }

    fn number(&mut self, number: f64) -> io::Result<()> {
        match number {
            n if n == SYSTEM_MISSING => self.command(MISSING, None),
            n if n.fract() == 0.0
                && (1.0..=251.0).contains(&(n + BIAS))
                && n.to_bits() != (-0.0_f64).to_bits() =>
            {
                self.command((n + BIAS) as u8, None)
            }
            n => self.command(RAW, Some(n.to_le_bytes())),
        }
    }

    /// A text in its segments, each of which takes whole groups of 8 bytes.
    fn text(&mut self, text: &str, segments: &[usize]) -> io::Result<()> {
        let mut rest = text.as_bytes();
        for width in segments {
            let (mut here, after) = rest.split_at(rest.len().min(*width));
            rest = after;
            for _ in 0..width.div_ceil(8) {
                let (begin, end) = here.split_at(here.len().min(8));
                here = end;
                let mut eight = [b' '; 8];
                eight[..begin.len()].copy_from_slice(begin);
                if eight == [b' '; 8] {
                    self.command(SPACES, None)?;
                } else {
                    self.command(RAW, Some(eight))?;
                }
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.write_all(&self.commands)?;
        self.to.write_all(&self.raw)?;
        self.raw.clear();
        self.commands = [0; 8];
        self.used = 0;
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        if self.used > 0 {
            self.flush()?;
        }
        self.to.flush()
    }
}
