//! Doorstep's own words in an interview, in the languages of its people.
//!
//! One Fluent file a language stands beside this one; a message that a language lacks is English.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use fluent_bundle::FluentValue;

use crate::interview::{Disposition, Field};
use crate::phrases::{self, Phrases};
use crate::value::{Missing, Value};

const FILES: [(&str, &str); 4] = [
    ("en", include_str!("en.ftl")),
    ("ar", include_str!("ar.ftl")),
    ("bn", include_str!("bn.ftl")),
    ("sw", include_str!("sw.ftl")),
];

/// What stands before what is typed.
pub const PROMPT: &str = "> ";
pub(super) const GPS: &str = "gps";

/// Doorstep's words in one language.
pub struct Words(Phrases);

impl Words {
    /// The words of a language, by its tag; English where Doorstep does not speak it.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        Self(Phrases::of(&FILES, tag))
    }

    /// Whether Doorstep speaks the language of a tag.
    #[must_use]
    pub fn speaks(tag: &str) -> bool {
        Self::of(tag).0.tag() != "en" || plain(tag) == "en"
    }

    /// The tags of the languages that Doorstep speaks.
    #[must_use]
    pub fn languages() -> [&'static str; 4] {
        FILES.map(|(tag, _)| tag)
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub fn is_right_to_left(&self) -> bool {
        phrases::is_right_to_left(self.0.tag())
    }

    /// A message.
    #[must_use]
    pub fn say(&self, id: &str) -> String {
        self.tell(id, &[])
    }

    /// A message with what is filled in.
    #[must_use]
    pub fn tell(&self, id: &str, filled: &[(&'static str, FluentValue<'_>)]) -> String {
        self.0.tell(id, filled)
    }

    /// The reason for a missing answer.
    #[must_use]
    pub fn missing(&self, reason: Missing) -> String {
        self.say(match reason {
            Missing::DontKnow => "missing-dont-know",
            Missing::Refused => "missing-refused",
            Missing::NotApplicable => "missing-not-applicable",
            Missing::NotAlone => "missing-not-alone",
            Missing::NotAsked => "missing-not-asked",
            Missing::NotReached => "missing-not-reached",
        })
    }

    /// What was typed as yes or no, in the words and letters of this language or of English.
    #[must_use]
    pub fn yes_or_no(&self, typed: &str) -> Option<bool> {
        let typed = typed.trim().to_lowercase();
        let is_in = |id| self.say(id).split(' ').any(|word| word == typed);
        match (is_in("typed-yes"), is_in("typed-no")) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }

    /// How a visit went.
    #[must_use]
    pub fn outcome(&self, disposition: Disposition) -> String {
        self.say(&format!("outcome-{}", disposition.name()))
    }

    /// A day as it is written in this language.
    #[must_use]
    pub fn day(&self, day: NaiveDate) -> String {
        let month = self.say(&format!("month-{}", day.month()));
        let filled = [
            ("day", day.day().to_string().into()),
            ("month", month.into()),
            ("year", day.year().to_string().into()),
        ];
        self.tell("date", &filled)
    }

    /// A day, or a moment by its own clock, as it is written in this language; `None` for any other
    /// value.
    #[must_use]
    pub fn moment(&self, value: &Value) -> Option<String> {
        match value {
            Value::Date(day) => Some(self.day(*day)),
            Value::DateTime(at) => Some(self.time(*at)),
            _ => None,
        }
    }

    /// A moment by its own clock, as it is written in this language.
    #[must_use]
    pub fn time(&self, at: DateTime<FixedOffset>) -> String {
        format!("{} {}", self.day(at.date_naive()), at.format("%H:%M"))
    }

    /// How a visit went, and when to come again.
    #[must_use]
    pub fn visit(&self, disposition: Disposition, again: Option<DateTime<FixedOffset>>) -> String {
        let outcome = self.outcome(disposition);
        match again {
            Some(at) => {
                self.tell("outcome-again", &[("outcome", outcome.into()), ("moment", self.time(at).into())])
            }
            None => outcome,
        }
    }

    /// Typed text that is no answer to a question of this kind.
    pub(super) fn does_not_fit(&self, typed: &str, field: &Field) -> String {
        let id = match field {
            Field::Integer | Field::Scale(..) => "fits-integer",
            Field::Decimal => "fits-decimal",
            Field::Date => "fits-date",
            Field::Time => "fits-time",
            Field::DateTime => "fits-datetime",
            Field::GeoPoint => "fits-place",
            Field::YesNo => "fits-yes-no",
            _ => "fits-not",
        };
        self.tell(id, &[("typed", typed.into())])
    }
}

/// A tag without its region: `ar-YE` is Arabic.
fn plain(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_message_with_the_same_places() {
        phrases::tests::same_messages(&FILES);
    }

    #[test]
    fn a_language_that_is_not_spoken_is_english() {
        assert_eq!(Words::of("fr").say("key-back"), "back");
        assert_ne!(Words::of("ar-YE").say("key-back"), "back");
        assert_eq!(
            Words::of("sw").tell("refusal-scale", &[("from", 1.into()), ("to", 5.into())]),
            "Kipimo ni kutoka 1 hadi 5."
        );
    }
}
