//! Texts. An empty answer reads as a text without characters.

use std::borrow::Cow;

use super::{Call, Function, Gives, Kind, one, optional, repeated};
use crate::expression::operand::{Number, Operand};
use crate::value::Type::{Boolean, Integer, Text};

/// A function of two texts that gives a condition.
macro_rules! test {
    ($name:literal, $second:literal, $doc:literal, $code:expr) => {
        Function {
            name: $name,
            parameters: &[one("text", Kind::Text), one($second, Kind::Text)],
            gives: Gives::Is(Boolean),
            doc: $doc,
            code: |c| {
                let f: fn(&str, &str) -> bool = $code;
                Operand::Boolean(f(&c.text(0), &c.text(1)))
            },
        }
    };
}

/// A function of texts that gives a text.
macro_rules! text {
    ($name:literal, [$($parameter:literal),*], $doc:literal, $code:expr) => {
        Function {
            name: $name,
            parameters: &[$(one($parameter, Kind::Text)),*],
            gives: Gives::Is(Text),
            doc: $doc,
            code: $code,
        }
    };
}

pub(super) const TABLE: &[Function] = &[
    text!("string", ["value"], "As text: integers without a point, dates as 2024-03-05.", |c| {
        Operand::text(c.text(0))
    }),
    Function {
        name: "concat",
        parameters: &[repeated("value", Kind::Texts)],
        gives: Gives::Is(Text),
        doc: "All values one after the other.",
        code: |c| Operand::text(c.values(0).map(Operand::into_text).collect::<String>()),
    },
    Function {
        name: "join",
        parameters: &[one("separator", Kind::Text), repeated("value", Kind::Texts)],
        gives: Gives::Is(Text),
        doc: "All values with the separator between them; an unanswered one leaves its place empty.",
        code: |c| {
            let texts: Vec<_> = c.values(1).map(Operand::into_text).collect();
            Operand::text(texts.join(&*c.text(0)))
        },
    },
    Function {
        name: "string-length",
        parameters: &[one("text", Kind::Text)],
        gives: Gives::Is(Integer),
        doc: "How many characters it has, counted in UTF-16 as the field's tools do: most emoji count as two.",
        code: |c| Operand::Integer(i64::try_from(c.text(0).encode_utf16().count()).unwrap_or(i64::MAX)),
    },
    Function {
        name: "substr",
        parameters: &[one("text", Kind::Text), one("start", Kind::Number), optional("end", Kind::Number)],
        gives: Gives::Is(Text),
        doc: "From the character at `start`, counted from 0, to the one before `end`; negative places count from the end.",
        code: substr,
    },
    test!("contains", "part", "Whether the part occurs in the text.", |t, p| t.contains(p)),
    test!("starts-with", "part", "Whether the text begins with the part.", |t, p| t.starts_with(p)),
    test!("ends-with", "part", "Whether the text ends with the part.", |t, p| t.ends_with(p)),
    text!(
        "substring-before",
        ["text", "part"],
        "What stands before the part; empty if it does not occur.",
        |c| {
            let text = c.text(0);
            Operand::text(
                text.split_once(&*c.text(1)).map(|(before, _)| before).unwrap_or_default().to_owned(),
            )
        }
    ),
    text!(
        "substring-after",
        ["text", "part"],
        "What stands after the part; empty if it does not occur.",
        |c| {
            let text = c.text(0);
            Operand::text(text.split_once(&*c.text(1)).map(|(_, after)| after).unwrap_or_default().to_owned())
        }
    ),
    text!(
        "translate",
        ["text", "from", "to"],
        "Each character of `from` replaced by the one at its place in `to`, or removed if there is none.",
        |c| {
            let (from, to) = (c.text(1), c.text(2));
            let swap = |x: char| match from.chars().position(|f| f == x) {
                Some(place) => to.chars().nth(place),
                None => Some(x),
            };
            Operand::text(c.text(0).chars().filter_map(swap).collect::<String>())
        }
    ),
    text!(
        "normalize-space",
        ["text"],
        "Without spaces at the ends, and with one space wherever there were several.",
        |c| Operand::text(c.text(0).split_whitespace().collect::<Vec<_>>().join(" "))
    ),
    text!("upper-case", ["text"], "In capital letters.", |c| Operand::text(c.text(0).to_uppercase())),
    text!("lower-case", ["text"], "In small letters.", |c| Operand::text(c.text(0).to_lowercase())),
    Function {
        name: "regex",
        parameters: &[one("text", Kind::Text), one("pattern", Kind::Pattern)],
        gives: Gives::Is(Boolean),
        doc: "Whether the whole text matches the pattern, which is written out in quotes.",
        code: |c| Operand::Boolean(c.pattern(1).is_some_and(|p| p.is_match(&c.text(0)))),
    },
];

/// Places count UTF-16 units, as string-length does; half a character is left out.
fn substr(c: Call<'_>) -> Operand<'_> {
    let text = c.text(0);
    let length = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
    let place = |number: Number| {
        let whole = number.whole();
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let from_start = if whole < 0 { whole.saturating_add(length) } else { whole };
        usize::try_from(from_start.clamp(0, length)).unwrap_or(0)
    };
    let Some(start) = c.number(1).map(place) else { return Operand::Empty };
    let end = match c.arguments.get(2) {
        None => length,
        Some(_) => match c.number(2).map(place) {
            Some(end) => end,
            None => return Operand::Empty,
        },
    };
    if start >= end {
        return Operand::Empty;
    }
    if text.is_ascii() {
        return match text {
            Cow::Borrowed(text) => Operand::text(text.get(start..end).unwrap_or_default()),
            Cow::Owned(text) => Operand::text(text.get(start..end).unwrap_or_default().to_owned()),
        };
    }
    let units = text.encode_utf16().skip(start).take(end - start);
    Operand::text(char::decode_utf16(units).filter_map(Result::ok).collect::<String>())
}
