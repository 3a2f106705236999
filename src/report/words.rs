//! Doorstep's own words in reports, and numbers as each language writes them.

use chrono::{Datelike, NaiveDate};
use fluent_bundle::FluentValue;

use crate::indicators::format_number;
use crate::phrases::Phrases;

const FILES: [(&str, &str); 4] = [
    ("en", include_str!("words/en.ftl")),
    ("ar", include_str!("words/ar.ftl")),
    ("bn", include_str!("words/bn.ftl")),
    ("sw", include_str!("words/sw.ftl")),
];

/// Doorstep's words in one language.
pub(super) struct Words {
    phrases: Phrases,
    digits: Vec<char>,
    decimal_mark: String,
    group_mark: String,
}

impl Words {
    /// The words of a language, by its tag; English where Doorstep does not speak it.
    pub(super) fn of(tag: &str) -> Self {
        let phrases = Phrases::of(&FILES, tag);
        Self {
            digits: phrases.tell("digits", &[]).chars().collect(),
            decimal_mark: phrases.tell("decimal-mark", &[]),
            group_mark: phrases.tell("group-mark", &[]),
            phrases,
        }
    }

    /// The tag of the language that these words are in.
    pub(super) fn tag(&self) -> &'static str {
        self.phrases.tag()
    }

    /// A message.
    pub(super) fn say(&self, id: &str) -> String {
        self.phrases.tell(id, &[])
    }

    /// A message with texts filled in.
    pub(super) fn tell(&self, id: &str, filled: &[(&'static str, &str)]) -> String {
        let filled: Vec<(&'static str, FluentValue<'_>)> =
            filled.iter().map(|(name, text)| (*name, FluentValue::from(*text))).collect();
        self.phrases.tell(id, &filled)
    }

    /// A whole number, in groups of three digits.
    pub(super) fn count(&self, n: usize) -> String {
        self.digits(&grouped(&n.to_string()))
    }

    /// A number with so many decimals.
    pub(super) fn decimal(&self, number: f64, places: usize) -> String {
        let text = format!("{:.places$}", number.abs());
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        // -0.04 to one place is 0.0, not -0.0.
        let is_negative = number < 0.0 && is_something(&text);
        let point = if rest.is_empty() { "" } else { "." };
        self.digits(&format!("{}{}{point}{rest}", if is_negative { "−" } else { "" }, grouped(whole)))
    }

    /// A share as a percentage: whole, with one decimal only where it would read as 0% or 100% and is not.
    pub(super) fn percent(&self, share: f64) -> String {
        self.tell("percent", &[("n", &self.decimal(100.0 * share, Self::places(share)))])
    }

    /// A share that somebody chose, such as a level, as a percentage with all its digits.
    pub(super) fn exact_percent(&self, share: f64) -> String {
        let exact = format_number(100.0 * share);
        let places = exact.split_once('.').map_or(0, |(_, rest)| rest.len());
        self.tell("percent", &[("n", &self.decimal(100.0 * share, places))])
    }

    /// How many decimals a share has as a percentage.
    pub(super) fn places(share: f64) -> usize {
        let is_near_end = |distance: f64| distance > 0.0 && distance <= 0.5;
        usize::from(is_near_end(100.0 * share) || is_near_end(100.0 - 100.0 * share))
    }

    /// A balance in points, with its sign.
    pub(super) fn points(&self, balance: f64) -> String {
        let text = self.decimal(100.0 * balance, 0);
        if balance > 0.0 && is_something(&format!("{:.0}", 100.0 * balance)) {
            format!("+{text}")
        } else {
            text
        }
    }

    /// From one to the other.
    pub(super) fn interval(&self, low: &str, high: &str) -> String {
        self.tell("interval", &[("low", low), ("high", high)])
    }

    /// A day.
    pub(super) fn day(&self, day: NaiveDate) -> String {
        let month = self.say(&format!("month-{}", day.month()));
        let filled = [
            ("day", &*self.digits(&day.day().to_string())),
            ("month", &month),
            ("year", &self.digits(&day.year().to_string())),
        ];
        self.tell("date", &filled)
    }

    /// `a`, `b` and `c`.
    pub(super) fn list(&self, texts: &[String]) -> String {
        let Some((last, rest)) = texts.split_last() else { return String::new() };
        let joined = rest.iter().fold(String::new(), |all, text| {
            if all.is_empty() {
                text.clone()
            } else {
                self.tell("comma", &[("first", &all), ("second", text)])
            }
        });
        if joined.is_empty() {
            last.clone()
        } else {
            self.tell("and", &[("first", &joined), ("second", last)])
        }
    }

    /// A share in spoken fractions, as people say it to each other.
    pub(super) fn about(&self, share: f64) -> String {
        let named = [
            (0.0, "about-none"),
            (0.03, "about-almost-none"),
            (0.075, "about-1-in-20"),
            (0.23, "tenths"),
            (0.27, "about-quarter"),
            (0.31, "tenths"),
            (0.355, "about-third"),
            (0.45, "tenths"),
            (0.55, "about-half"),
            (0.645, "tenths"),
            (0.69, "about-two-thirds"),
            (0.73, "tenths"),
            (0.77, "about-three-quarters"),
            (0.925, "tenths"),
            (0.97, "about-19-in-20"),
            (0.999_999, "about-almost-all"),
            (f64::INFINITY, "about-all"),
        ];
        let id = named.iter().find(|(to, _)| share <= *to).map_or("about-all", |(_, id)| id);
        match id {
            "tenths" => self.tell("about-tenths", &[("n", &self.decimal(10.0 * share, 0))]),
            id => self.say(id),
        }
    }

    /// Latin digits, point and comma as this language writes them.
    fn digits(&self, latin: &str) -> String {
        let mut text = String::with_capacity(latin.len() * 2);
        for c in latin.chars() {
            match c {
                '.' => text.push_str(&self.decimal_mark),
                ',' => text.push_str(&self.group_mark),
                _ => {
                    text.push(c.to_digit(10).and_then(|d| self.digits.get(d as usize).copied()).unwrap_or(c));
                }
            }
        }
        text
    }
}

/// Text as a sentence begins.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Whether a number in Latin digits is not 0 as it is written.
fn is_something(latin: &str) -> bool {
    latin.bytes().any(|b| (b'1'..=b'9').contains(&b))
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        // Four digits are read at a glance.
        if place > 0 && digits.len() > 4 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_message_with_the_same_places() {
        crate::phrases::tests::same_messages(&FILES);
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        let english = Words::of("en");
        assert_eq!(english.percent(0.452), "45%");
        assert_eq!(english.percent(0.004), "0.4%");
        assert_eq!(english.percent(0.9987), "99.9%");
        // Half a per cent would be rounded to the even 0% and 100%.
        assert_eq!((english.percent(0.005), english.percent(0.995)), ("0.5%".into(), "99.5%".into()));
        assert_eq!(english.percent(1.0), "100%");
        assert_eq!(english.percent(0.975), "98%");
        assert_eq!([0.975, 0.95, 0.999].map(|level| english.exact_percent(level)), ["97.5%", "95%", "99.9%"]);
        assert_eq!(english.count(1234), "1234");
        assert_eq!(english.count(1_234_567), "1,234,567");
        assert_eq!(english.decimal(-0.04, 1), "0.0");
        assert_eq!(english.points(0.24), "+24");
        assert_eq!(english.points(-0.052), "−5");
        // Half a point is rounded to the even 0, which has no sign.
        assert_eq!((english.points(0.005), english.points(-0.005)), ("0".into(), "0".into()));
        assert_eq!((english.points(0.0051), Words::of("ar").points(0.24)), ("+1".into(), "+٢٤".into()));
        assert_eq!(english.list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(Words::of("ar").percent(0.45), "٤٥٪");
        assert_eq!(
            Words::of("bn").decimal(1234.5, 1),
            "1234.5"
                .replace('1', "১")
                .replace('2', "২")
                .replace('3', "৩")
                .replace('4', "৪")
                .replace('5', "৫")
        );
    }

    #[test]
    fn shares_are_spoken_in_fractions() {
        let words = Words::of("en");
        for (share, spoken) in [
            (0.0, "nobody"),
            (0.01, "almost nobody"),
            (0.05, "about 1 in 20"),
            (0.08, "about 1 in 10"),
            (0.26, "about a quarter"),
            (0.38, "about 4 in 10"),
            (0.5, "about half"),
            (0.76, "about three quarters"),
            (0.92, "about 9 in 10"),
            (0.95, "about 19 in 20"),
            (0.99, "almost everybody"),
            (1.0, "everybody"),
        ] {
            assert_eq!(words.about(share), spoken, "{share}");
        }
    }
}
