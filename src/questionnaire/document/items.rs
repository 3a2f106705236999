//! Sections and what is in them, flattened into interview order.

use super::fields::{Fields, Placed};
use super::modules::Modules;
use super::questions::{self, DraftType};
use super::{Body, Draft, DraftInput, DraftList, DraftOther, DraftQuestion, Required};
use crate::diagnostic::{Diagnostic, Report};
use crate::questionnaire::{ItemId, codes};

/// Containers within containers beyond this are a mistake in the headers, not a design.
const DEEPEST: usize = 12;

/// What SPSS takes as the name of a variable.
const LONGEST_NAME: usize = 64;

/// Collects items in interview order.
pub(super) struct Items<'b, 'r> {
    pub(super) report: &'r mut Report,
    drafts: Vec<Draft>,
    pub(super) modules: Modules<'b>,
}

/// Where an item stands.
#[derive(Clone, Copy)]
pub(super) struct Within<'w> {
    parent: Option<ItemId>,
    rosters: &'w [ItemId],
    depth: usize,
}

impl<'b, 'r> Items<'b, 'r> {
    pub(super) fn new(modules: Modules<'b>, report: &'r mut Report) -> Self {
        Self { report, drafts: Vec::new(), modules }
    }

    /// The items; all lists, those of modules behind the questionnaire's own; and whether every
    /// module could be read.
    pub(super) fn into_parts(self) -> (Vec<Draft>, Vec<DraftList>, bool) {
        (self.drafts, self.modules.lists, !self.modules.lost)
    }

    /// The sections of a questionnaire.
    pub(super) fn sections(&mut self, sections: Vec<Fields<'_>>) {
        for mut fields in sections {
            if fields.has("include") {
                self.modules.lost |= self.include(fields, None).is_none();
                continue;
            }
            let id = self.begin(&mut fields, Within { parent: None, rosters: &[], depth: 0 }, true);
            let within = Within { parent: Some(id), rosters: &[], depth: 1 };
            self.read_order(id, &mut fields);
            self.finish(id, Body::Section, fields, within);
        }
    }

    /// Takes up an item with what every item has. It is broken until it is finished.
    fn begin(&mut self, fields: &mut Fields<'_>, within: Within<'_>, need_label: bool) -> ItemId {
        let id = ItemId(self.drafts.len() as u32);
        let report = &mut *self.report;
        let mut refused = None;
        let written = fields.need_text("name", report).filter(|name| {
            let good = check_name(name, report);
            refused = (!good).then(|| name.value.clone());
            good
        });
        let label = if need_label { fields.need_text("label", report) } else { fields.text("label", report) };
        self.drafts.push(Draft {
            named: written.is_some(),
            refused,
            name: written.unwrap_or_else(|| Placed { value: String::new(), span: fields.span.clone() }),
            parent: within.parent,
            end: id.0 + 1,
            rosters: within.rosters.to_vec(),
            label,
            hint: fields.text("hint", report),
            relevant: fields.text("relevant", report),
            shuffled: false,
            on_one_screen: false,
            body: Body::Broken,
        });
        id
    }

    /// Reads what is in a container, and closes it.
    fn finish(&mut self, id: ItemId, body: Body, mut fields: Fields<'_>, within: Within<'_>) {
        if within.depth > DEEPEST {
            let message = format!("{} is nested too deeply", fields.title());
            self.report.push(
                Diagnostic::error(codes::NESTING, fields.span.clone(), message)
                    .note(format!("Groups and rosters can stand within each other {DEEPEST} deep.")),
            );
            return;
        }
        let questions = fields.need_tables("questions", "question", self.report);
        fields.done(self.report);
        for question in questions {
            self.question(question, within);
        }
        self.close(id, body);
    }

    fn close(&mut self, id: ItemId, body: Body) {
        let end = self.drafts.len() as u32;
        if let Some(draft) = self.drafts.get_mut(id.0 as usize) {
            draft.body = body;
            draft.end = end;
        }
    }

    /// Anything that stands under `questions`.
    pub(super) fn question(&mut self, mut fields: Fields<'_>, within: Within<'_>) {
        if fields.has("include") {
            self.modules.lost |= self.include(fields, Some(within)).is_none();
            return;
        }
        let kind = questions::read_type(&mut fields, self.report);
        let need_label =
            !matches!(kind, None | Some(DraftType::Calculate | DraftType::Group | DraftType::Roster));
        let id = self.begin(&mut fields, within, need_label);
        let Some(kind) = kind else {
            // Which keys go with it cannot be told, but these go with every item.
            fields.report_misspelt(&["type", "name", "label", "hint", "relevant"], self.report);
            return;
        };
        let inside = Within { parent: Some(id), rosters: within.rosters, depth: within.depth + 1 };
        match kind {
            DraftType::Group => {
                self.read_order(id, &mut fields);
                let on_one_screen = fields.is_set("one_screen", self.report);
                if let Some(draft) = self.drafts.get_mut(id.0 as usize) {
                    draft.on_one_screen = on_one_screen;
                }
                self.finish(id, Body::Group { grid: false }, fields, inside);
            }
            DraftType::Roster => self.roster(id, fields, inside),
            DraftType::Grid => self.grid(id, fields, inside),
            DraftType::Note => {
                fields.done(self.report);
                self.close(id, Body::Note);
            }
            DraftType::Calculate => {
                let calculation = fields.need_text("calculation", self.report);
                let sensitive = fields.is_set("sensitive", self.report);
                let identifying = fields.is_set("identifying", self.report);
                fields.done(self.report);
                let body =
                    calculation.map(|calculation| Body::Calculate { calculation, sensitive, identifying });
                self.close(id, body.unwrap_or(Body::Broken));
            }
            DraftType::Question(input) => {
                let question = questions::read(*input, &mut fields, self.report);
                fields.done(self.report);
                let other = question.as_ref().and_then(|q| Some((q.other.clone()?, q.clone())));
                self.close(id, question.map_or(Body::Broken, |q| Body::Question(Box::new(q))));
                if let Some((other, question)) = other {
                    self.specify(id, &other, question, within);
                }
            }
        }
    }

    /// Whether what stands directly in a section or group is asked in random order.
    fn read_order(&mut self, id: ItemId, fields: &mut Fields<'_>) {
        let shuffled = fields.is_set("randomize", self.report);
        if let Some(draft) = self.drafts.get_mut(id.0 as usize) {
            draft.shuffled = shuffled;
        }
    }

    /// The text question behind one with `other`: what that choice stands for.
    fn specify(&mut self, id: ItemId, other: &DraftOther, question: DraftQuestion, within: Within<'_>) {
        let Some(asked) = self.drafts.get(id.0 as usize).filter(|draft| draft.named) else { return };
        let name = Placed { value: format!("{}_other", asked.name.value), span: other.label.span.clone() };
        let condition = format!("selected(${{{}}}, '{}')", asked.name.value, other.choice.value);
        let specified = DraftQuestion {
            input: DraftInput::Text { multiline: false, pattern: None },
            required: Required::Always,
            default: None,
            read_only: None,
            constraint: None,
            constraint_message: None,
            checks: Vec::new(),
            note_to_enumerator: None,
            privacy_check: false,
            shuffled: false,
            other: None,
            ..question
        };
        let at = self.drafts.len() as u32;
        self.drafts.push(Draft {
            named: true,
            refused: None,
            name,
            parent: within.parent,
            end: at + 1,
            rosters: within.rosters.to_vec(),
            label: Some(other.label.clone()),
            hint: None,
            relevant: Some(Placed { value: condition, span: other.choice.span.clone() }),
            shuffled: false,
            on_one_screen: false,
            body: Body::Question(Box::new(specified)),
        });
    }

    fn roster(&mut self, id: ItemId, mut fields: Fields<'_>, inside: Within<'_>) {
        let count = fields.text("count", self.report);
        let per_choice = fields.text("per_choice", self.report);
        let per_row = fields.text("per_row", self.report);
        let given: Vec<(&str, &Placed<String>)> =
            [("count", &count), ("per_choice", &per_choice), ("per_row", &per_row)]
                .into_iter()
                .filter_map(|(key, written)| Some((key, written.as_ref()?)))
                .collect();
        if let [(first, kept), (second, spare), ..] = given[..] {
            let message = format!("{} has both `{first}` and `{second}`", fields.title());
            self.report.push(
                Diagnostic::error(codes::TWO_COUNTS, spare.span.clone(), message)
                    .related(kept.span.clone(), "")
                    .help("Remove one of them: only one can decide the rows."),
            );
        }
        let row_label = fields.text("row_label", self.report);
        let rosters: Vec<ItemId> = inside.rosters.iter().copied().chain([id]).collect();
        let body = Body::Roster { count, per_choice, per_row, row_label };
        self.finish(id, body, fields, Within { rosters: &rosters, ..inside });
    }

    /// A grid is a group of questions that share a list.
    fn grid(&mut self, id: ItemId, mut fields: Fields<'_>, inside: Within<'_>) {
        let report = &mut *self.report;
        let list = fields.need_text("list", report);
        let shared = questions::read_shared(&mut fields, report);
        self.read_order(id, &mut fields);
        let report = &mut *self.report;
        let rows = fields.need_tables("items", "grid item", report);
        fields.done(report);
        for mut row in rows {
            let item = self.begin(&mut row, inside, true);
            row.done(self.report);
            let question = list.clone().map_or(Body::Broken, |list| {
                let input = DraftInput::SelectOne { list, filter: None };
                Body::Question(Box::new(DraftQuestion { input, ..shared.question() }))
            });
            self.close(item, question);
        }
        self.close(id, Body::Group { grid: true });
    }
}

/// Names are what data columns are called, in every statistics program.
pub(super) fn check_name(name: &Placed<String>, report: &mut Report) -> bool {
    let good = name.value.len() <= LONGEST_NAME
        && name.value.starts_with(|c: char| c.is_ascii_lowercase())
        && name.value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !good {
        let proposal = propose(&name.value);
        let mut diagnostic = Diagnostic::error(
            codes::BAD_NAME,
            name.span.clone(),
            format!("`{}` cannot be a name", shorten(&name.value)),
        )
        .note(format!(
            "A name begins with a small letter and has only small letters (a-z), digits and `_`, {LONGEST_NAME} at most."
        ));
        if let Some(proposal) = proposal {
            diagnostic = diagnostic.help(format!("For example `{proposal}`."));
        }
        report.push(diagnostic);
    }
    good
}

/// A good name that is like a bad one.
fn propose(name: &str) -> Option<String> {
    let plain: String = name
        .trim()
        .chars()
        .take(60)
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect();
    let plain = plain.trim_matches('_');
    if plain.is_empty() {
        return None;
    }
    let digit = plain.starts_with(|c: char| c.is_ascii_digit());
    Some(if digit { format!("q{plain}") } else { plain.to_owned() })
}

/// The beginning of something that may be very long.
pub(in crate::questionnaire) fn shorten(text: &str) -> String {
    const SHOWN: usize = 60;
    let short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
