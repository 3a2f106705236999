//! Codes for reasons that are answers as well: in a cell, nobody could tell one from the other.

use super::cell::Kind;
use super::csv::{Profile, put};
use super::{Missings, Options, Plan, Rows, Variable};
use crate::value::{Missing, Value};

/// A code for a reason that is an answer as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// The reason.
    pub reason: Missing,
    /// Its code.
    pub code: String,
    /// The variable that has it as an answer.
    pub variable: String,
}

/// A code as it is wanted, and the number that a program would read.
struct Code<'o> {
    reason: Missing,
    text: &'o str,
    number: Option<f64>,
}

impl Plan<'_> {
    /// The first code for a reason that is also what a variable has in a row that goes out, or a choice that it may have.
    #[must_use]
    pub fn clash(&self) -> Option<Clash> {
        let Missings::Coded(codes) = &self.options.missings else { return None };
        let codes: Vec<Code<'_>> = codes
            .iter()
            .map(|(reason, text)| Code { reason: *reason, text, number: text.trim().parse().ok() })
            .collect();
        let variables = self.tables.iter().flat_map(|table| table.variables.iter().map(move |v| (table, v)));
        variables
            .filter(|(_, variable)| variable.is_answer())
            .find_map(|(table, variable)| variable.clash(&table.rows, &codes, &self.options))
    }
}

impl Variable<'_> {
    fn clash(&self, rows: &Rows, codes: &[Code<'_>], options: &Options) -> Option<Clash> {
        let text_is = |answer: &str| codes.iter().find(|code| code.is(answer));
        let number_is = |answer: f64| codes.iter().find(|code| code.number == Some(answer));
        let answered = || rows.iter().filter(|row| self.column.missing(*row).is_none());
        let code = match self.kind() {
            Kind::Flag => ["0", "1"].into_iter().find_map(text_is),
            // Also a choice that nobody has made yet: the next interview may.
            Kind::Choice | Kind::Choices => {
                let choices = self.column.list().map_or(0, |list| list.names.len() as u32);
                (0..choices).find_map(|place| text_is(&self.shown(place, options)))
            }
            Kind::Integer | Kind::Decimal => {
                answered().find_map(|row| match self.column.value(row).as_deref() {
                    Some(Value::Integer(number)) => number_is(*number as f64),
                    Some(Value::Decimal(number)) => number_is(*number),
                    _ => None,
                })
            }
            Kind::Text | Kind::Date | Kind::Time | Kind::Moment | Kind::Reason => {
                let mut text = String::new();
                answered().find_map(|row| {
                    text.clear();
                    put(self, row, options, Profile::Raw, &mut text);
                    text_is(&text)
                })
            }
        }?;
        Some(Clash { reason: code.reason, code: code.text.to_owned(), variable: self.name.clone() })
    }
}

impl Code<'_> {
    /// Whether a reader could take it for this answer: `-88` and `-88.0` are one number.
    fn is(&self, answer: &str) -> bool {
        let answer = answer.trim();
        answer == self.text.trim() || (self.number.is_some() && answer.parse::<f64>().ok() == self.number)
    }
}
