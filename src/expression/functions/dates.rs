//! Dates, times and moments.

use super::{Call, Function, Gives, Kind, one};
use crate::expression::moment;
use crate::expression::operand::Operand;
use crate::value::Type::{Date, DateTime, Decimal, Text};

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "today",
        parameters: &[],
        gives: Gives::Is(Date),
        doc: "The day on which the interview began.",
        code: |c| Operand::Date(c.env.now().date_naive()),
    },
    Function {
        name: "now",
        parameters: &[],
        gives: Gives::Is(DateTime),
        doc: "The moment at which the interview began.",
        code: |c| Operand::DateTime(c.env.now()),
    },
    Function {
        name: "date",
        parameters: &[one("value", Kind::Date)],
        gives: Gives::Is(Date),
        doc: "The date that a text spells (2024-03-05), the day of a moment, or the day so many days after 1 January 1970.",
        code: |c| c.value(0).date().map_or(Operand::Empty, Operand::Date),
    },
    Function {
        name: "date-time",
        parameters: &[one("value", Kind::Date)],
        gives: Gives::Is(DateTime),
        doc: "The moment that a text spells (2024-03-05T10:20:30+06:00), or the beginning of a day.",
        code: |c| c.value(0).date_time(*c.env.now().offset()).map_or(Operand::Empty, Operand::DateTime),
    },
    Function {
        name: "decimal-date-time",
        parameters: &[one("value", Kind::Date)],
        gives: Gives::Is(Decimal),
        doc: "Days since 1 January 1970, with the part of the day for a moment.",
        code: |c| match c.value(0) {
            date @ Operand::Date(_) => date.number().into(),
            other => other
                .date_time(*c.env.now().offset())
                .map_or(Operand::Empty, |t| Operand::decimal(moment::decimal_days(&t))),
        },
    },
    Function {
        name: "decimal-time",
        parameters: &[one("time", Kind::Time)],
        gives: Gives::Is(Decimal),
        doc: "The part of the day that has passed at that time: 0.25 for 06:00.",
        code: |c| c.number(0).into(),
    },
    Function {
        name: "format-date",
        parameters: &[one("date", Kind::Date), one("format", Kind::Format)],
        gives: Gives::Is(Text),
        doc: "The date in that format, such as `'%d/%m/%Y'`; the fields are listed below.",
        code: format,
    },
    Function {
        name: "format-date-time",
        parameters: &[one("date", Kind::Date), one("format", Kind::Format)],
        gives: Gives::Is(Text),
        doc: "The moment in that format, such as `'%H:%M'`.",
        code: format,
    },
];

fn format(c: Call<'_>) -> Operand<'_> {
    let time = c.value(0).date_time(*c.env.now().offset());
    match (time, c.format(1)) {
        (Some(time), Some(format)) => Operand::text(format.write(&time)),
        _ => Operand::Empty,
    }
}
