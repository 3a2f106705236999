//! Names as people write them in cases and weights: `age`, `members[2].member_age`.

use super::{UNKNOWN_NAME, WRONG_NAME};
use crate::diagnostic::{Diagnostic, Report, Span, nearest};
use crate::interview::{Interview, Place};
use crate::questionnaire::{Item, ItemId, Questionnaire};

/// An item, and which rows of its rosters.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// As written.
    pub text: String,
    /// What it names.
    pub item: ItemId,
    /// One for each roster around it, from 0.
    rows: Vec<usize>,
}

/// The item of a name; what has no such name is reported with the nearest.
pub(super) fn find<'q>(
    questionnaire: &'q Questionnaire,
    name: &str,
    span: &Span,
    report: &mut Report,
) -> Option<&'q Item> {
    let found = questionnaire.find(name);
    if found.is_none() {
        let unknown = Diagnostic::error(
            UNKNOWN_NAME,
            span.clone(),
            format!("`{name}` is no question of this questionnaire"),
        );
        let names = questionnaire.items.iter().map(|item| item.name.as_str());
        report.push(match nearest(name, names) {
            Some(near) => unknown.label(format!("did you mean `{near}`?")),
            None => unknown,
        });
    }
    found
}

impl Named {
    /// Reads a name with its rows; mistakes go to the report.
    pub(super) fn read(
        questionnaire: &Questionnaire,
        text: &str,
        span: &Span,
        report: &mut Report,
    ) -> Option<Self> {
        let mut parts: Vec<(&str, Option<usize>)> = text.split('.').map(part).collect();
        let last = parts.pop()?;
        let item = find(questionnaire, last.0, span, report)?;
        let rosters: Vec<&str> =
            item.rosters.iter().map(|id| questionnaire.item(*id).name.as_str()).collect();
        let rows: Option<Vec<usize>> = parts.iter().map(|(_, row)| *row).collect();
        let fits = last.1.is_none() && parts.iter().map(|(name, _)| *name).eq(rosters.iter().copied());
        if let Some(rows) = rows
            && fits
        {
            return Some(Self { text: text.to_owned(), item: item.id, rows });
        }
        let path: String = rosters.iter().map(|roster| format!("{roster}[1].")).collect();
        let wrong = match rosters.last() {
            Some(roster) => format!("`{}` stands in the roster `{roster}`, once for each row", item.name),
            None => format!("`{}` stands in no roster", item.name),
        };
        report.push(
            Diagnostic::error(WRONG_NAME, span.clone(), wrong)
                .help(format!("Write `\"{path}{}\"`, with the number of the row.", item.name)),
        );
        None
    }

    /// Where that is in an interview; nothing where there are not so many rows.
    pub(super) fn place(&self, interview: &Interview) -> Option<Place> {
        let item = interview.questionnaire().item(self.item);
        let mut rows = Vec::new();
        for (roster, row) in item.rosters.iter().zip(&self.rows) {
            let key = interview.rows(&Place { item: *roster, rows: rows.clone() }).get(*row)?.clone();
            rows.push(key);
        }
        Some(Place { item: self.item, rows })
    }
}

/// `members[2]` as the name and the row, from 0.
fn part(text: &str) -> (&str, Option<usize>) {
    let row = text.strip_suffix(']').and_then(|text| text.rsplit_once('['));
    match row.and_then(|(name, row)| Some((name, row.parse::<usize>().ok()?.checked_sub(1)?))) {
        Some((name, row)) => (name, Some(row)),
        None => (text, None),
    }
}
