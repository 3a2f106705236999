//! The gate: what text must pass before a terminal sees it.
//!
//! A label, an answer or a file name may hold bytes that move the cursor, change the title, answer
//! back as if typed, or show text in another order than it is stored. Such characters are made
//! visible as `<U+001B>` instead of being obeyed. Letters, marks, joiners (which Bengali and
//! Persian need) and the three bidi marks (which only order their neighbours) pass as they are.

use std::borrow::Cow;

/// Whether a terminal may not see this character: it is a control, or reorders text beyond
/// itself, or hides text.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Line and paragraph separators: some terminals obey them.
            '\u{2028}' | '\u{2029}'
            // Embeddings and overrides; isolates; the deprecated format characters.
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{206F}'
            // Interlinear annotations.
            | '\u{FFF9}'..='\u{FFFB}'
            // Tags: text that nobody sees.
            | '\u{E0000}'..='\u{E007F}')
}

/// Text that may stand over several lines: line ends stay as `\n`, a tab becomes a space, and
/// everything else that [`is_unsafe`] is made visible.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    pass(text, "\n")
}

/// Text that must stay on one line: as [`lines`], with a space for each line end.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    pass(text, " ")
}

fn pass<'a>(text: &'a str, line_end: &str) -> Cow<'a, str> {
    let stays = |c: char| !is_unsafe(c) || (c == '\n' && line_end == "\n");
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let mut passed = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => passed.push_str(line_end),
            '\t' => passed.push(' '),
            c if is_unsafe(c) => passed.push_str(&visible(c)),
            c => passed.push(c),
        }
    }
    Cow::Owned(passed)
}

/// A character that must not be obeyed, as people can see it. Plain letters, so that a screen
/// reader speaks it and every font has it.
fn visible(c: char) -> String {
    format!("<U+{:04X}>", u32::from(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_are_shown_not_obeyed() {
        assert_eq!(line("\u{1b}[31mred\u{7}"), "<U+001B>[31mred<U+0007>");
        assert_eq!(line("\u{9b}2J"), "<U+009B>2J");
        assert_eq!(line("file\u{202e}gpj.exe"), "file<U+202E>gpj.exe");
    }

    #[test]
    fn line_ends_stay_lines_or_become_spaces() {
        assert_eq!(lines("a\r\nb\rc\u{2028}d\te"), "a\nb\nc\nd e");
        assert_eq!(line("a\r\nb\rc\u{2028}d\te"), "a b c d e");
    }

    #[test]
    fn scripts_pass_untouched() {
        for text in ["নিরাপত্তা সম্পর্কে", "می‌خواهم", "\u{200f}العربية\u{200e}", "👩‍👩‍👧", "e\u{301}"]
        {
            assert!(matches!(lines(text), Cow::Borrowed(passed) if passed == text));
        }
    }

    /// Any characters, with the troublesome ones as often as all others together.
    fn hostile() -> impl Strategy<Value = String> {
        let trouble = prop_oneof![
            prop::char::range('\0', '\u{9f}'),
            prop::char::range('\u{2000}', '\u{206f}'),
            prop::char::range('\u{fff0}', '\u{ffff}'),
            prop::char::range('\u{e0000}', '\u{e007f}'),
        ];
        prop::collection::vec(prop_oneof![trouble, any::<char>()], 0..60)
            .prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn nothing_unsafe_passes(text in hostile()) {
            prop_assert!(!line(&text).chars().any(is_unsafe));
            prop_assert!(!lines(&text).chars().any(|c| c != '\n' && is_unsafe(c)));
        }

        #[test]
        fn passing_twice_changes_nothing_more(text in hostile()) {
            let once = lines(&text).into_owned();
            prop_assert_eq!(lines(&once), once.as_str());
        }

        #[test]
        fn no_other_character_is_lost(text in hostile()) {
            let kept: String = text.chars().filter(|c| !is_unsafe(*c)).collect();
            let mut rest = kept.chars().peekable();
            for c in line(&text).chars() {
                if rest.peek() == Some(&c) {
                    rest.next();
                }
            }
            prop_assert_eq!(rest.next(), None);
        }
    }
}
