//! Text that a regular expression matches.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::chance::Chance;

/// A repetition without an end is drawn at most so often beyond its least.
const MOST_MORE: u32 = 6;

/// Text longer than this is not drawn: `x{1000000}` would only take time.
const MOST_TEXT: usize = 4000;

/// Text drawn from a pattern; nothing where it cannot be read. Look-arounds such as `\b` are not
/// heeded, so whoever uses the text tries whether it fits.
pub(super) fn draw(pattern: &str, chance: &mut Chance) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, chance, &mut text);
    Some(text)
}

fn write(hir: &Hir, chance: &mut Chance, text: &mut String) {
    if text.len() > MOST_TEXT {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(Class::Unicode(class)) => {
            let ranges: Vec<(u32, u32)> =
                class.ranges().iter().map(|r| (u32::from(r.start()), u32::from(r.end()))).collect();
            // What a keyboard gives, where the class allows it: "anything but a digit" should
            // read as a word.
            let plain = |(from, to): &(u32, u32)| {
                let letters = |low: u8, high: u8| {
                    let (from, to) = ((*from).max(u32::from(low)), (*to).min(u32::from(high)));
                    (from <= to).then_some((from, to))
                };
                [letters(b'a', b'z'), letters(b'A', b'Z'), letters(b'0', b'9')]
            };
            let usual: Vec<(u32, u32)> = ranges.iter().flat_map(plain).flatten().collect();
            let from = if usual.is_empty() { &ranges } else { &usual };
            if let Some((low, high)) = chance.pick(from) {
                let letter = chance.between(i64::from(*low), i64::from(*high));
                text.extend(u32::try_from(letter).ok().and_then(char::from_u32));
            }
        }
        HirKind::Class(Class::Bytes(class)) => {
            if let Some(range) = chance.pick(class.ranges()) {
                text.push(char::from(range.start()));
            }
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX).min(repetition.min.saturating_add(MOST_MORE));
            let times = chance.between(i64::from(repetition.min), i64::from(most));
            for _ in 0..times.min(MOST_TEXT as i64) {
                write(&repetition.sub, chance, text);
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, chance, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, chance, text)),
        HirKind::Alternation(parts) => {
            if let Some(part) = chance.pick(parts) {
                write(part, chance, text);
            }
        }
    }
}
