//! Date formats as `XLSForm` writes them: `%d/%m/%Y`.

use chrono::{DateTime, Datelike, FixedOffset, Timelike};

/// A date format, read once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Format(Vec<Piece>);

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    Field(char),
}

/// The fields, with what each gives; also the table in the language's page.
pub(super) const FIELDS: &[(char, &str)] = &[
    ('Y', "year, four digits"),
    ('y', "year, two digits"),
    ('m', "month, two digits"),
    ('n', "month, without a leading zero"),
    ('b', "month, three letters"),
    ('d', "day, two digits"),
    ('e', "day, without a leading zero"),
    ('H', "hour, two digits"),
    ('h', "hour, without a leading zero"),
    ('M', "minute"),
    ('S', "second"),
    ('3', "thousandths of a second"),
    ('a', "weekday, three letters"),
    ('%', "a percent sign"),
];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Format {
    /// Reads a format.
    ///
    /// # Errors
    /// What is not a field, as it is written.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut characters = text.chars();
        while let Some(c) = characters.next() {
            if c != '%' {
                plain.push(c);
                continue;
            }
            match characters.next() {
                Some('%') => plain.push('%'),
                Some(field) if FIELDS.iter().any(|(f, _)| *f == field) => {
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    pieces.push(Piece::Field(field));
                }
                Some(other) => return Err(format!("%{other}")),
                None => return Err("%".to_owned()),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }

    /// A moment in this format.
    pub(super) fn write(&self, time: &DateTime<FixedOffset>) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Field(field) => write_field(*field, time),
            })
            .collect()
    }
}

fn write_field(field: char, time: &DateTime<FixedOffset>) -> String {
    match field {
        'Y' => format!("{:04}", time.year()),
        'y' => format!("{:02}", time.year().rem_euclid(100)),
        'm' => format!("{:02}", time.month()),
        'n' => time.month().to_string(),
        'b' => MONTHS.get(time.month0() as usize).copied().unwrap_or_default().to_owned(),
        'd' => format!("{:02}", time.day()),
        'e' => time.day().to_string(),
        'H' => format!("{:02}", time.hour()),
        'h' => time.hour().to_string(),
        'M' => format!("{:02}", time.minute()),
        'S' => format!("{:02}", time.second()),
        '3' => format!("{:03}", time.timestamp_subsec_millis()),
        'a' => {
            let day = time.weekday().num_days_from_monday() as usize;
            WEEKDAYS.get(day).copied().unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}
