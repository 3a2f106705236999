//! What a program has no room for is cut or left out, never silently.

/// Something that a program has no room for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortened {
    /// What it is, in words: `labels of variables`.
    pub what: &'static str,
    /// What became of it.
    pub how: How,
    /// Where it stands whole.
    pub whole: &'static str,
    /// Whose.
    pub name: String,
}

/// What becomes of what a program has no room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// Cut to the most that there is room for: `80 characters`.
    Cut(&'static str),
    /// Left out, for this reason.
    LeftOut(&'static str),
}

/// Where labels stand whole.
pub(super) const IN_CODEBOOK: &str = "_codebook.csv";
/// Where texts stand whole.
pub(super) const IN_CSV: &str = "`doorstep export csv`";

const MARK: char = '…';

/// A text that has room in so many characters, its end cut where it has not.
pub(super) fn characters(text: &str, most: usize) -> Option<String> {
    (text.chars().count() > most).then(|| text.chars().take(most - 1).chain([MARK]).collect())
}

/// A text that has room in so many bytes of UTF-8, its end cut where it has not.
pub(super) fn bytes(text: &str, most: usize) -> Option<String> {
    let end = || text.floor_char_boundary(most - MARK.len_utf8());
    (text.len() > most).then(|| format!("{}{MARK}", &text[..end()]))
}

#[cfg(test)]
mod tests {
    use super::{bytes, characters};

    #[test]
    fn letters_stay_whole() {
        assert_eq!(characters("größer", 6), None);
        assert_eq!(characters("größer", 5).as_deref(), Some("größ…"));
        assert_eq!(bytes("größer", 8), None);
        assert_eq!(bytes("größer", 7).as_deref(), Some("grö…"));
        assert_eq!(bytes("größer", 6).as_deref(), Some("gr…"));
    }
}
