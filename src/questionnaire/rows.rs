//! What a roster's rows are taken from: a question's choices, or another roster's rows.

use super::document::{Body, Draft, DraftInput, Placed};
use super::scope::Known;
use super::{ItemId, codes};
use crate::diagnostic::{Diagnostic, Report, nearest};

/// A key of a roster that names what its rows are taken from.
pub(super) struct Source {
    key: &'static str,
    /// What is to be named, in messages.
    wanted: &'static str,
    fits: fn(&Body) -> bool,
    what_it_does: &'static str,
}

/// One row for each selected choice.
pub(super) const PER_CHOICE: Source = Source {
    key: "per_choice",
    wanted: "select_multiple question",
    fits: |body| matches!(body, Body::Question(q) if matches!(q.input, DraftInput::SelectMultiple { .. })),
    what_it_does: "makes one row for each choice selected in a select_multiple question",
};

/// One row for each row of another roster.
pub(super) const PER_ROW: Source = Source {
    key: "per_row",
    wanted: "roster",
    fits: |body| matches!(body, Body::Roster { .. }),
    what_it_does: "makes one row for each row of another roster",
};

impl Source {
    /// The item that a roster names here. What cannot be one is reported.
    pub(super) fn find(
        &self,
        roster: (ItemId, &Draft),
        name: &Placed<String>,
        drafts: &[Draft],
        known: &Known<'_>,
        report: &mut Report,
    ) -> Option<ItemId> {
        let (id, draft) = roster;
        let found = known.names.get(name.value.as_str()).copied();
        let target = found.and_then(|found| drafts.get(found.0 as usize));
        let wrong = |message: String, help: String| {
            Diagnostic::error(codes::ROWS_FROM, name.span.clone(), message).help(help)
        };
        let (Some(found), Some(target)) = (found, target) else {
            let message = format!("there is no {} `{}`", self.wanted, name.value);
            let candidates = drafts.iter().filter(|d| (self.fits)(&d.body)).map(|d| d.name.value.as_str());
            let help = match nearest(&name.value, candidates) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Name a {}, without ${{…}}.", self.wanted),
            };
            report.push(wrong(message, help));
            return None;
        };
        if matches!(target.body, Body::Broken) {
            return None;
        }
        if found == id {
            let help = format!("`{}` {}: name that one.", self.key, self.what_it_does);
            report.push(wrong(format!("`{}` cannot take its rows from itself", name.value), help));
            return None;
        }
        if !(self.fits)(&target.body) {
            let help = format!("`{}` {}.", self.key, self.what_it_does);
            report.push(wrong(format!("`{}` is not a {}", name.value, self.wanted), help));
            return None;
        }
        if !draft.rosters.starts_with(&target.rosters) && !target.rosters.contains(&id) {
            let help = "Put this roster into the same roster, or take the other out of it.".to_owned();
            report.push(wrong(format!("`{}` is asked once per row of another roster", name.value), help));
            return None;
        }
        Some(found)
    }
}
