//! Typed text as an answer to the current stop.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

use super::view::{Field, Offer};
use super::{Interview, Refusal, geopoint};
use crate::value::Value;

impl Interview {
    /// Reads typed text as an answer to the current stop: a choice by its number in the view, by
    /// name or by label; several separated by spaces or commas; dates as `2026-03-31`, times as
    /// `14:30`. Digits may be those of another script.
    ///
    /// # Errors
    /// Says what does not fit.
    pub fn read(&self, text: &str) -> Result<Value, Refusal> {
        let text = text.trim();
        let plain = western_digits(text);
        let wrong = || Refusal::Type(text.to_owned());
        match self.field() {
            Field::One(offers) => find(&offers, text, &plain).map(|o| Value::Choice(o.name.clone())),
            Field::Several(offers, ..) | Field::Rank(offers, _) => {
                find_all(&offers, text, &plain).map(Value::Choices)
            }
            Field::Scale(..) | Field::Integer => plain.parse().map(Value::Integer).map_err(|_| wrong()),
            Field::Decimal => {
                // A comma is how much of the world writes the point; no number here groups its digits.
                let point = plain.replace([',', '٫'], ".");
                point.parse().ok().filter(|d: &f64| d.is_finite()).map(Value::Decimal).ok_or_else(wrong)
            }
            Field::Text(_) | Field::Barcode | Field::File(_) => Ok(Value::Text(text.to_owned())),
            Field::GeoPoint => geopoint::read(&plain).map(Value::Text).ok_or_else(wrong),
            Field::Date => {
                // Four digits: `26-01-01` is a slip, not the year 26.
                let day = NaiveDate::parse_from_str(&plain, "%Y-%m-%d").ok();
                day.filter(|d| (1000..=9999).contains(&d.year())).map(Value::Date).ok_or_else(wrong)
            }
            Field::Time => NaiveTime::parse_from_str(&plain, "%H:%M")
                .or_else(|_| NaiveTime::parse_from_str(&plain, "%H:%M:%S"))
                .map(Value::Time)
                .map_err(|_| wrong()),
            Field::DateTime => self.read_moment(&plain).ok_or_else(wrong),
            Field::YesNo => match plain.to_lowercase().as_str() {
                "y" | "yes" | "1" => Ok(Value::Boolean(true)),
                "n" | "no" | "2" => Ok(Value::Boolean(false)),
                _ => Err(wrong()),
            },
            Field::Review => Err(Refusal::NothingHere),
        }
    }

    /// A day and a time of day at the beginning of a text, at the interview's offset, and what stands
    /// behind them.
    #[must_use]
    pub fn leading_moment<'t>(&self, text: &'t str) -> Option<(DateTime<FixedOffset>, &'t str)> {
        let text = text.trim();
        let (day, rest) = text.split_once(char::is_whitespace)?;
        let (time, rest) = rest.trim_start().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
        match self.read_moment(&western_digits(&format!("{day} {time}")))? {
            Value::DateTime(moment) => Some((moment, rest.trim())),
            _ => None,
        }
    }

    /// A moment with its offset, or local time at the offset at which the interview began.
    fn read_moment(&self, plain: &str) -> Option<Value> {
        if let Ok(moment) = DateTime::parse_from_rfc3339(plain) {
            return Some(Value::DateTime(moment));
        }
        let local = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(plain, form).ok())?;
        local.and_local_timezone(*self.state.now.offset()).single().map(Value::DateTime)
    }
}

/// The digits that our users' keyboards give, as the ten that numbers are written with here.
pub(super) fn western_digits(text: &str) -> String {
    // First digit of: Arabic-Indic, extended Arabic-Indic, Devanagari, Bengali.
    const ZEROS: [u32; 4] = [0x0660, 0x06F0, 0x0966, 0x09E6];
    text.chars()
        .map(|c| {
            ZEROS
                .iter()
                .find_map(|zero| (c as u32).checked_sub(*zero).filter(|d| *d < 10))
                .and_then(|digit| char::from_digit(digit, 10))
                .unwrap_or(c)
        })
        .collect()
}

fn find<'a>(offers: &'a [Offer], text: &str, plain: &str) -> Result<&'a Offer, Refusal> {
    let by_number = plain.parse::<usize>().ok().and_then(|n| offers.get(n.checked_sub(1)?));
    let folded = text.to_lowercase();
    offers
        .iter()
        .find(|o| o.name == text)
        .or(by_number)
        .or_else(|| offers.iter().find(|o| o.label.to_lowercase() == folded))
        .ok_or_else(|| Refusal::NoSuchChoice(text.to_owned()))
}

/// Several choices. Labels may hold spaces, so commas separate where there are any, and a text
/// that is one label is that one choice.
fn find_all(offers: &[Offer], text: &str, plain: &str) -> Result<Vec<String>, Refusal> {
    if let Ok(offer) = find(offers, text, plain) {
        return Ok(vec![offer.name.clone()]);
    }
    let is_comma = |c: char| matches!(c, ',' | ';' | '،' | '؛');
    let by_comma = text.contains(is_comma);
    let mut names: Vec<String> = Vec::new();
    let parts = text.split(|c: char| if by_comma { is_comma(c) } else { c.is_whitespace() });
    for part in parts.map(str::trim).filter(|p| !p.is_empty()) {
        names.push(find(offers, part, &western_digits(part))?.name.clone());
    }
    Ok(names)
}
