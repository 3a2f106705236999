//! What a table that came back from a translator means for the texts of now.

use std::collections::HashMap;

use super::{Cells, Key, Row, variables};
use crate::diagnostic::nearest;

/// A line that cannot be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its number in the sheet.
    pub row: usize,
    /// What is wrong, and how to mend it.
    pub what: String,
}

/// A translation of a text that has changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Its number in the sheet.
    pub row: usize,
    /// Which text.
    pub key: String,
    /// What was translated.
    pub translated: String,
    /// What the questionnaire says now.
    pub now: String,
}

/// What is to be done with a table.
#[derive(Debug, Default)]
pub struct Import {
    /// New and changed translations, in the order of the questionnaire.
    pub changes: Vec<(Key, String)>,
    /// Lines that say what is there already.
    pub unchanged: usize,
    /// Texts without a translation afterwards.
    pub missing: usize,
    /// Translations of texts that have changed since; not taken over unless that is asked for.
    pub stale: Vec<Stale>,
    /// What is wrong; nothing is to be written then.
    pub mistakes: Vec<Finding>,
}

/// Holds a table against the texts of the questionnaire.
#[must_use]
pub fn judge(rows: &[Row], table: &[Cells], accept_stale: bool) -> Import {
    let mut import = Import::default();
    let known: HashMap<String, usize> =
        rows.iter().enumerate().map(|(at, row)| (row.key.to_string(), at)).collect();
    let mut seen: HashMap<usize, usize> = HashMap::new();
    let mut taken: HashMap<usize, String> = HashMap::new();
    for cells in table {
        let mut wrong = |what: String| import.mistakes.push(Finding { row: cells.row, what });
        let Some(at) = known.get(&cells.key).copied() else {
            let near = nearest(&cells.key, known.keys().map(String::as_str));
            let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            wrong(format!("the questionnaire has no text `{}`{help}", cells.key));
            continue;
        };
        let Some(row) = rows.get(at) else { continue };
        if let Some(first) = seen.insert(at, cells.row) {
            wrong(format!("`{}` is there twice, first in row {first}", cells.key));
            continue;
        }
        let translation = cells.translation.replace("\r\n", "\n");
        if translation.trim().is_empty() {
            continue;
        }
        let odd = |c: &char| c.is_control() && !matches!(c, '\n' | '\t');
        if let Some(odd) = translation.chars().find(odd) {
            wrong(format!("the translation of `{}` holds the character {}", cells.key, odd.escape_unicode()));
            continue;
        }
        let (kept, wanted) = (variables(&translation), &row.keep);
        let lost: Vec<&str> = wanted.iter().filter(|v| !kept.contains(v)).map(String::as_str).collect();
        let strange: Vec<&str> = kept.iter().filter(|v| !wanted.contains(v)).map(String::as_str).collect();
        // A text that has changed may hold other variables: then the older one is the matter.
        let is_stale = cells.source.as_ref().is_some_and(|s| plain(s) != plain(&row.source));
        if is_stale && !accept_stale {
            import.stale.push(Stale {
                row: cells.row,
                key: cells.key.clone(),
                translated: cells.source.clone().unwrap_or_default(),
                now: row.source.clone(),
            });
            continue;
        }
        if !lost.is_empty() {
            wrong(format!("the translation of `{}` leaves out {}", cells.key, lost.join(", ")));
            continue;
        }
        if !strange.is_empty() {
            let strange = strange.join(", ");
            wrong(format!("the translation of `{}` holds {strange}, which the text does not", cells.key));
            continue;
        }
        if translation == row.translation {
            import.unchanged += 1;
        } else {
            taken.insert(at, translation);
        }
    }
    for (at, row) in rows.iter().enumerate() {
        match taken.remove(&at) {
            Some(translation) => import.changes.push((row.key.clone(), translation)),
            None if row.translation.is_empty() => import.missing += 1,
            None => {}
        }
    }
    import
}

/// A text as spreadsheets may give it back: line ends and spaces at the ends do not count.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}
