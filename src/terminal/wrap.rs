//! Breaking text into lines that fit, between words, never within a grapheme.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// No line is wrapped narrower than this, so that words stay readable on odd terminals.
pub const NARROWEST: usize = 20;

/// The columns that text takes, counted as terminals count.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// Breaks text into lines of at most `limit` columns. The first line begins with `first`; every
/// other is indented by as many columns. Line ends in the text stay. A word that is wider than a
/// line is broken between graphemes; any other stays whole, whichever direction it runs in.
pub fn wrap(text: &str, limit: usize, first: &str) -> Vec<String> {
    let indent = width(first);
    let room = limit.max(NARROWEST).saturating_sub(indent).max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split(is_space).filter(|word| !word.is_empty()) {
            let wide = width(word);
            if used > 0 && used + 1 + wide > room {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            if wide <= room {
                line.push_str(word);
                used += wide;
                continue;
            }
            for grapheme in word.graphemes(true) {
                let columns = UnicodeWidthStr::width(grapheme);
                if used > 0 && used + columns > room {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push_str(grapheme);
                used += columns;
            }
        }
        lines.push(line);
    }
    let blank = " ".repeat(indent);
    lines
        .into_iter()
        .enumerate()
        .map(|(n, line)| {
            format!("{}{line}", if n == 0 { first } else { &blank }).trim_end_matches(is_space).to_owned()
        })
        .collect()
}

/// Where a line may break: white space, but not the kinds that hold words together.
fn is_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn breaks_between_words_and_indents_the_rest() {
        assert_eq!(
            wrap("Neither safe nor unsafe here", 20, "  3 "),
            ["  3 Neither safe nor", "    unsafe here"]
        );
    }

    #[test]
    fn keeps_right_to_left_words_whole() {
        let text = "ما مدى شعورك بالأمان عند المشي وحدك في منطقتك بعد حلول الظلام";
        let words: Vec<&str> = text.split(' ').collect();
        let lines = wrap(text, 24, "");
        assert!(lines.len() > 1);
        assert_eq!(lines.iter().flat_map(|l| l.split(' ')).collect::<Vec<_>>(), words);
    }

    #[test]
    fn counts_wide_characters_twice() {
        assert_eq!(wrap("安全安全安全安全安全安全", 20, ""), ["安全安全安全安全安全", "安全"]);
    }

    #[test]
    fn keeps_spaces_that_hold_words_together() {
        assert_eq!(wrap("a\u{a0} ", 20, ""), ["a\u{a0}"]);
    }

    proptest! {
        #[test]
        fn fits_and_loses_nothing(text in "(\\PC| |\n|[a-z]|👩‍👧|ক্ষ|e\u{301}){0,80}", limit in 20_usize..50) {
            let lines = wrap(&text, limit, "  1 ");
            for line in &lines {
                prop_assert!(width(line) <= limit, "{line:?} is wider than {limit}");
            }
            let solid = |s: &str| s.chars().filter(|c| !is_space(*c)).collect::<String>();
            let joined = lines.concat();
            prop_assert_eq!(solid(joined.strip_prefix("  1").unwrap_or(&joined)), solid(&text));
        }

        #[test]
        fn never_breaks_a_grapheme(word in "(ক্ষ|👩‍👩‍👧|e\u{301}|न्दि){1,60}") {
            let whole: Vec<&str> = word.graphemes(true).collect();
            let lines = wrap(&word, 20, "");
            let broken: Vec<&str> = lines.iter().flat_map(|l| l.graphemes(true)).collect();
            prop_assert_eq!(broken, whole);
        }
    }
}
