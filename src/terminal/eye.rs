//! Lines in the order of the eye, with Arabic letters joined: for terminals that draw letters one
//! by one, in the order in which they are stored (the console of Linux, old serial terminals).
//!
//! Order follows the Unicode Bidirectional Algorithm (UAX #9), marks and brackets included (its
//! rules L3 and L4). Joining follows chapter 9.2 of the Unicode Standard, with the letters that have
//! presentation forms; others stay as they are.

use unicode_bidi::BidiInfo;
use unicode_segmentation::UnicodeSegmentation;

use super::wrap::width;

/// Letters with their isolated form and how many forms they have, which stand behind each other:
/// isolated, final, and for letters that join on both sides initial and medial.
const FORMS: [(char, u32, u32); 53] = [
    ('ء', 0xFE80, 1),
    ('آ', 0xFE81, 2),
    ('أ', 0xFE83, 2),
    ('ؤ', 0xFE85, 2),
    ('إ', 0xFE87, 2),
    ('ئ', 0xFE89, 4),
    ('ا', 0xFE8D, 2),
    ('ب', 0xFE8F, 4),
    ('ة', 0xFE93, 2),
    ('ت', 0xFE95, 4),
    ('ث', 0xFE99, 4),
    ('ج', 0xFE9D, 4),
    ('ح', 0xFEA1, 4),
    ('خ', 0xFEA5, 4),
    ('د', 0xFEA9, 2),
    ('ذ', 0xFEAB, 2),
    ('ر', 0xFEAD, 2),
    ('ز', 0xFEAF, 2),
    ('س', 0xFEB1, 4),
    ('ش', 0xFEB5, 4),
    ('ص', 0xFEB9, 4),
    ('ض', 0xFEBD, 4),
    ('ط', 0xFEC1, 4),
    ('ظ', 0xFEC5, 4),
    ('ع', 0xFEC9, 4),
    ('غ', 0xFECD, 4),
    ('ف', 0xFED1, 4),
    ('ق', 0xFED5, 4),
    ('ك', 0xFED9, 4),
    ('ل', 0xFEDD, 4),
    ('م', 0xFEE1, 4),
    ('ن', 0xFEE5, 4),
    ('ه', 0xFEE9, 4),
    ('و', 0xFEED, 2),
    ('ى', 0xFEEF, 2),
    ('ي', 0xFEF1, 4),
    // Of Persian, Urdu, Pashto and Kurdish.
    ('\u{671}', 0xFB50, 2),
    ('\u{679}', 0xFB66, 4),
    ('\u{67E}', 0xFB56, 4),
    ('\u{686}', 0xFB7A, 4),
    ('\u{688}', 0xFB88, 2),
    ('\u{691}', 0xFB8C, 2),
    ('\u{698}', 0xFB8A, 2),
    ('\u{6A4}', 0xFB6A, 4),
    ('\u{6A9}', 0xFB8E, 4),
    ('\u{6AF}', 0xFB92, 4),
    ('\u{6BA}', 0xFB9E, 2),
    ('\u{6BE}', 0xFBAA, 4),
    ('\u{6C0}', 0xFBA4, 2),
    ('\u{6C1}', 0xFBA6, 4),
    ('\u{6CC}', 0xFBFC, 4),
    ('\u{6D2}', 0xFBAE, 2),
    ('\u{6D3}', 0xFBB0, 2),
];

/// The alefs that a lam before them swallows, with the isolated form of both together; the final
/// one stands behind it.
const LAM_ALEF: [(char, u32); 4] = [('آ', 0xFEF5), ('أ', 0xFEF7), ('إ', 0xFEF9), ('ا', 0xFEFB)];
const LAM: char = 'ل';

/// Brackets that show their other side in text from right to left.
const MIRRORED: [(&str, &str); 6] = [("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"), ("«", "»"), ("‹", "›")];

/// A line as the eye reads it; one from right to left stands flush right in `columns`.
#[must_use]
pub fn line(text: &str, columns: usize) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let joined = joined(text);
    let info = BidiInfo::new(&joined, None);
    let Some(paragraph) = info.paragraphs.first() else { return joined };
    let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
    let mut line = String::with_capacity(joined.len());
    for run in runs {
        let is_rtl = levels.get(run.start).is_some_and(unicode_bidi::Level::is_rtl);
        if is_rtl {
            line.extend(joined[run].graphemes(true).rev().map(mirrored));
        } else {
            line.push_str(&joined[run]);
        }
    }
    if paragraph.level.is_rtl() {
        let blank = columns.saturating_sub(width(&line));
        return " ".repeat(blank) + &line;
    }
    line
}

/// Whether a line runs from right to left: its first letter with a direction does.
#[must_use]
pub fn is_right_to_left(text: &str) -> bool {
    BidiInfo::new(text, None).paragraphs.first().is_some_and(|paragraph| paragraph.level.is_rtl())
}

fn mirrored(grapheme: &str) -> &str {
    let other = MIRRORED.iter().find_map(|(open, close)| match grapheme {
        g if g == *open => Some(*close),
        g if g == *close => Some(*open),
        _ => None,
    });
    other.unwrap_or(grapheme)
}

/// How a character takes part in joining.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joins {
    /// On both sides: with letters before and behind it.
    Both,
    /// Only with the letter before it.
    Before,
    /// With none.
    None,
    /// It is not seen: letters join across it.
    Across,
}

fn joins(c: char) -> Joins {
    if let Some((.., forms)) = FORMS.iter().find(|(letter, ..)| *letter == c) {
        return match forms {
            4 => Joins::Both,
            2 => Joins::Before,
            _ => Joins::None,
        };
    }
    match c {
        // Tatweel, and the joiner that nobody sees.
        '\u{640}' | '\u{200D}' => Joins::Both,
        // Vowel signs and other marks; marks that order text.
        '\u{610}'..='\u{61A}'
        | '\u{61C}'
        | '\u{64B}'..='\u{65F}'
        | '\u{670}'
        | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}'
        | '\u{6E7}'
        | '\u{6E8}'
        | '\u{6EA}'..='\u{6ED}'
        | '\u{200E}'
        | '\u{200F}' => Joins::Across,
        _ => Joins::None,
    }
}

/// The text with each letter in the form that its neighbours give it.
fn joined(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut joined = String::with_capacity(text.len());
    // Whether what stands before joins with what comes.
    let mut before = false;
    let mut at = 0;
    while let Some(&c) = letters.get(at) {
        at += 1;
        let own = joins(c);
        if own == Joins::Across {
            joined.push(c);
            continue;
        }
        let is_final = before && own != Joins::None;
        let alef = (c == LAM).then(|| letters.get(at)).flatten();
        if let Some((_, both)) = alef.and_then(|next| LAM_ALEF.iter().find(|(alef, _)| alef == next)) {
            joined.extend(char::from_u32(both + u32::from(is_final)));
            at += 1;
            before = false;
            continue;
        }
        let behind = letters[at..].iter().map(|next| joins(*next)).find(|next| *next != Joins::Across);
        let is_initial = own == Joins::Both && behind.is_some_and(|next| next != Joins::None);
        let form = FORMS.iter().find(|(letter, ..)| *letter == c).and_then(|(_, isolated, _)| {
            char::from_u32(isolated + u32::from(is_final) + 2 * u32::from(is_initial))
        });
        joined.push(form.unwrap_or(c));
        before = own == Joins::Both;
    }
    joined
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn every_form_stands_for_its_letter() {
        for (letter, isolated, forms) in FORMS {
            for form in isolated..isolated + forms {
                let form: String = char::from_u32(form).unwrap().nfkc().collect();
                assert_eq!(form, letter.nfkc().collect::<String>(), "{letter}");
            }
        }
        for (alef, isolated) in LAM_ALEF {
            for form in [isolated, isolated + 1] {
                let form: String = char::from_u32(form).unwrap().nfkc().collect();
                assert_eq!(form, format!("{LAM}{alef}"));
            }
        }
    }

    #[test]
    fn letters_take_the_form_that_their_neighbours_give_them() {
        // Initial, medial, final; and letters that join with none behind them.
        assert_eq!(joined("بيت"), "\u{FE91}\u{FEF4}\u{FE96}");
        assert_eq!(joined("دار"), "\u{FEA9}\u{FE8D}\u{FEAD}");
        assert_eq!(joined("سلام"), "\u{FEB3}\u{FEFC}\u{FEE1}");
        assert_eq!(joined("لا"), "\u{FEFB}");
        // Vowel signs are not seen; what cuts letters apart is.
        assert_eq!(joined("بَت"), "\u{FE91}\u{64E}\u{FE96}");
        assert_eq!(joined("می\u{200C}خواهم").chars().nth(1), Some('\u{FBFD}'));
        assert_eq!(joined("ب 3 نعم").chars().next(), Some('\u{FE8F}'));
        assert_eq!(joined("plain নিরাপত্তা"), "plain নিরাপত্তা");
    }

    #[test]
    fn a_line_stands_in_the_order_of_the_eye() {
        // Read from the right: three letters, a number that stays as it is, a bracket that opens there.
        assert_eq!(line("بيت (12)", 12), "    (12) \u{FE96}\u{FEF4}\u{FE91}");
        assert_eq!(line("Sana'a: بيت", 20), "Sana'a: \u{FE96}\u{FEF4}\u{FE91}");
        // A mark stays behind its letter.
        assert_eq!(line("بَت", 2), "\u{FE96}\u{FE91}\u{64E}");
        assert_eq!(line("plain", 20), "plain");
    }
}
