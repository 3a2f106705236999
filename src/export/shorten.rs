//! What a program has no room for is cut, left out or marked, never silently.

use std::borrow::Cow;

use super::{Plan, What};

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
    /// A mark ([`LOST`]) stands in the place of what it cannot hold: `a NUL character`.
    Marked(&'static str),
}

/// Where labels stand whole.
pub(super) const IN_CODEBOOK: &str = "_codebook.csv";
/// Where texts stand whole.
pub(super) const IN_CSV: &str = "`doorstep export csv --raw`";
const IN_QUESTIONNAIRE: &str = "The questionnaire";

const MARK: char = '…';

/// What stands in the place of a character that a program cannot hold.
pub const LOST: char = '\u{fffd}';

/// A text without NUL, with which many programs end a text wherever it stands: a mark is in its place.
pub(super) fn without_nul<'t>(text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
    let text = text.into();
    if has_nul(&text) { Cow::Owned(text.replace('\0', LOST.encode_utf8(&mut [0; 4]))) } else { text }
}

impl Plan<'_> {
    /// The texts and labels in which a NUL stands, for formats that mark it.
    #[must_use]
    pub fn with_nul(&self) -> Vec<Shortened> {
        let how = How::Marked("a NUL character");
        let variables = self.tables.iter().flat_map(|table| table.variables.iter().map(move |v| (table, v)));
        let of_variables =
            variables.filter(|(_, variable)| variable.what == What::Value).flat_map(|(table, v)| {
                let mut texts = table.rows.iter().filter_map(|row| v.column.text(row));
                let one = |what, whole| Shortened { what, how, whole, name: v.name.clone() };
                [
                    texts.any(has_nul).then(|| one("texts", IN_CSV)),
                    v.column
                        .labels
                        .iter()
                        .any(|label| has_nul(label))
                        .then(|| one("labels of variables", IN_QUESTIONNAIRE)),
                ]
            });
        let of_choices = self
            .lists()
            .into_iter()
            .flat_map(|list| list.names.iter().zip(&list.labels).map(move |c| (list, c)));
        let of_choices = of_choices.filter(|(_, (_, labels))| labels.iter().any(|label| has_nul(label))).map(
            |(list, (name, _))| {
                let name = format!("{} {name}", list.name);
                Some(Shortened { what: "labels of choices", how, whole: IN_QUESTIONNAIRE, name })
            },
        );
        of_variables.chain(of_choices).flatten().collect()
    }
}

fn has_nul(text: &str) -> bool {
    text.contains('\0')
}

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
    use std::borrow::Cow;

    use super::{bytes, characters, without_nul};

    #[test]
    fn only_a_nul_is_marked() {
        assert_eq!(without_nul("a\0b\0"), "a\u{fffd}b\u{fffd}");
        assert!(matches!(without_nul("a\u{1}b"), Cow::Borrowed("a\u{1}b")));
    }

    #[test]
    fn letters_stay_whole() {
        assert_eq!(characters("größer", 6), None);
        assert_eq!(characters("größer", 5).as_deref(), Some("größ…"));
        assert_eq!(bytes("größer", 8), None);
        assert_eq!(bytes("größer", 7).as_deref(), Some("grö…"));
        assert_eq!(bytes("größer", 6).as_deref(), Some("gr…"));
    }
}
