//! From the questionnaire as written to the compiled one: names, expressions and texts.

use std::collections::HashMap;

use super::document::{Body, Document, Draft, DraftInput, DraftList, DraftQuestion, Placed, Required};
use super::graph::{Edge, Why};
use super::inheritance::inherit;
use super::names::{Lists, index_lists, index_names};
use super::scope::{Columns, Known, View};
use super::translation::{Part, Translations};
use super::{
    Check, Choice, ChoiceList, Constraint, Input, Item, ItemId, Kind, ListId, Question, Questionnaire,
    Roster, Rows, analysis, calculation, check, graph, rows,
};
use crate::diagnostic::Report;
use crate::expression::{Expect, Expression};
use crate::value::Hash;

/// What items are compiled with.
struct Builder<'d, 'r> {
    drafts: &'d [Draft],
    draft_lists: &'d [DraftList],
    known: &'d Known<'d>,
    lists: &'d Lists<'d>,
    compiled: &'d [ChoiceList],
    translations: Translations,
    calculations: HashMap<ItemId, Expression>,
    edges: Vec<Edge>,
    report: &'r mut Report,
}

/// Compiles a document. `None` if there is any error, all of which are reported.
pub(super) fn build(
    document: &Document,
    mut translations: Translations,
    hash: Hash,
    report: &mut Report,
) -> Option<Questionnaire> {
    let (drafts, draft_lists) = (&document.items, &document.lists);
    let lists = index_lists(draft_lists);
    let mut known = index_names(drafts, draft_lists, &lists, report);
    known.complete = document.complete;
    let calculations = calculation::compile_all(drafts, &mut known, report);
    let outside = View::new(&known, &[]);
    let empty = Placed { value: String::new(), span: document.start.clone()? };
    let title = document.title.as_ref().unwrap_or(&empty);
    let title = translations.text(Part::Title, "", title, &outside, draft_lists, report);
    let referral = document.referral.as_ref();
    let referral =
        referral.map(|text| translations.text(Part::Referral, "", text, &outside, draft_lists, report));
    let compiled = compile_lists(draft_lists, &outside, &mut translations, report);

    let mut builder = Builder {
        drafts,
        draft_lists,
        known: &known,
        lists: &lists,
        compiled: &compiled,
        translations,
        calculations,
        edges: Vec::new(),
        report,
    };
    let items: Vec<Option<Item>> =
        (0..drafts.len() as u32).map(|index| builder.item(ItemId(index))).collect();
    let Builder { translations, edges, .. } = builder;
    check::lists(document, &known.looked_up.borrow(), report);
    let reads = edges.clone();
    let graph = graph::build(drafts, edges, report);
    let language_names = translations.languages.iter().map(|l| (l.tag.clone(), l.name.clone()));
    let default = document.language.as_ref().map(|l| (l.value.clone(), l.value.clone()));
    let (languages, language_names) = default.into_iter().chain(language_names).unzip();
    let names: Vec<&str> = known.names.keys().copied().collect();
    if document.complete {
        translations.finish(drafts, &names, draft_lists, report);
    }
    if report.errors() > 0 {
        return None;
    }
    let mut items = items.into_iter().collect::<Option<Vec<Item>>>()?;
    inherit(&mut items, &reads);
    let questionnaire = Questionnaire {
        id: document.id.as_ref()?.value.clone(),
        version: document.version.as_ref()?.value.clone(),
        hash,
        languages,
        language_names,
        title,
        referral,
        names: items.iter().map(|item| (item.name.clone(), item.id)).collect(),
        items,
        lists: compiled,
        graph,
    };
    analysis::run(&questionnaire, drafts, report);
    Some(questionnaire)
}

fn compile_lists(
    drafts: &[DraftList],
    view: &View<'_>,
    translations: &mut Translations,
    report: &mut Report,
) -> Vec<ChoiceList> {
    let mut lists = Vec::with_capacity(drafts.len());
    for (index, list) in drafts.iter().enumerate() {
        let mut choices = Vec::with_capacity(list.choices.len());
        for choice in &list.choices {
            let name = &choice.name.value;
            choices.push(Choice {
                name: name.clone(),
                code: choice.code.value,
                label: translations.text(Part::Choice(index), name, &choice.label, view, drafts, report),
                exclusive: choice.exclusive,
                columns: choice.columns.clone(),
            });
        }
        lists.push(ChoiceList::new(list.name.value.clone(), choices, list.columns.clone(), list.from_file));
    }
    lists
}

impl<'d> Builder<'d, '_> {
    /// Compiles an item. `None` if something is wrong with it that leaves it without a meaning.
    fn item(&mut self, id: ItemId) -> Option<Item> {
        let draft = self.drafts.get(id.0 as usize)?;
        let view = View::new(self.known, &draft.rosters);
        let relevant = self.expression(draft.relevant.as_ref(), &view, Expect::Boolean);
        self.read_by(id, relevant.as_ref(), Why::Relevance, draft.relevant.as_ref());
        let label = self.text(Part::Label, draft, draft.label.as_ref(), &view).unwrap_or_default();
        let hint = self.text(Part::Hint, draft, draft.hint.as_ref(), &view);
        let kind = self.kind(id, draft, &view)?;
        let own_words = matches!(&draft.body, Body::Question(question) if question.input.is_written());
        let (sensitive, identifying) = match &draft.body {
            Body::Calculate { sensitive, identifying, .. } => (*sensitive, *identifying),
            // Where somebody lives tells who it is, and so may a picture or a voice.
            Body::Question(question) => (
                question.sensitive,
                question.identifying
                    || matches!(question.input, DraftInput::GeoPoint | DraftInput::File { .. }),
            ),
            _ => (false, false),
        };
        Some(Item {
            id,
            name: draft.name.value.clone(),
            parent: draft.parent,
            end: draft.end,
            rosters: draft.rosters.clone(),
            label,
            hint,
            relevant,
            shuffled: draft.shuffled,
            on_one_screen: draft.on_one_screen || matches!(draft.body, Body::Group { grid: true }),
            kind,
            sensitive,
            identifying,
            own_words,
        })
    }

    fn expression(
        &mut self,
        written: Option<&Placed<String>>,
        view: &View<'_>,
        expect: Expect,
    ) -> Option<Expression> {
        view.compile(written?, expect, self.report)
    }

    fn text(
        &mut self,
        part: Part,
        draft: &Draft,
        written: Option<&Placed<String>>,
        view: &View<'_>,
    ) -> Option<super::Text> {
        let name = &draft.name.value;
        Some(self.translations.text(part, name, written?, view, self.draft_lists, self.report))
    }

    /// Notes what an item reads, as far as it must be looked at again when that changes.
    fn read_by(
        &mut self,
        to: ItemId,
        expression: Option<&Expression>,
        why: Why,
        written: Option<&Placed<String>>,
    ) {
        let (Some(expression), Some(written)) = (expression, written) else { return };
        for reference in expression.references() {
            let from = ItemId(reference.slot.0);
            self.edges.push(Edge { from, to, why, span: written.span.clone() });
        }
    }

    fn kind(&mut self, id: ItemId, draft: &'d Draft, view: &View<'_>) -> Option<Kind> {
        Some(match &draft.body {
            Body::Section => Kind::Section,
            Body::Group { .. } => Kind::Group,
            Body::Note => Kind::Note,
            Body::Broken => return None,
            Body::Calculate { calculation: written, .. } => {
                let expression = self.calculations.remove(&id)?;
                self.read_by(id, Some(&expression), Why::Calculation, Some(written));
                Kind::Calculate(expression)
            }
            Body::Roster { count, per_choice, per_row, row_label } => {
                let rows = match (count, per_choice, per_row) {
                    (Some(count), ..) => {
                        let count_of = view.compile(count, Expect::Number, self.report);
                        self.read_by(id, count_of.as_ref(), Why::Rows, Some(count));
                        Rows::Count(count_of?)
                    }
                    (None, Some(name), _) => {
                        Rows::PerChoice(self.rows_of(&rows::PER_CHOICE, id, draft, name)?)
                    }
                    (None, None, Some(name)) => {
                        Rows::PerRow(self.rows_of(&rows::PER_ROW, id, draft, name)?)
                    }
                    (None, None, None) => Rows::Open,
                };
                let inside: Vec<ItemId> = draft.rosters.iter().copied().chain([id]).collect();
                let row = View::new(self.known, &inside);
                Kind::Roster(Roster {
                    rows,
                    row_label: self.text(Part::RowLabel, draft, row_label.as_ref(), &row),
                })
            }
            Body::Question(question) => Kind::Question(Box::new(self.question(id, draft, question, view)?)),
        })
    }

    /// What a roster takes its rows from.
    fn rows_of(
        &mut self,
        source: &rows::Source,
        id: ItemId,
        draft: &Draft,
        name: &Placed<String>,
    ) -> Option<ItemId> {
        let found = source.find((id, draft), name, self.drafts, self.known, self.report)?;
        self.edges.push(Edge { from: found, to: id, why: Why::Rows, span: name.span.clone() });
        Some(found)
    }

    fn question(
        &mut self,
        id: ItemId,
        draft: &Draft,
        question: &DraftQuestion,
        view: &View<'_>,
    ) -> Option<Question> {
        let about = View::new(self.known, &draft.rosters).about(id);
        let input = self.input(draft, &question.input, view);
        let required = match &question.required {
            Required::Always => None,
            Required::Never => crate::expression::compile("false()", view, Expect::Boolean).0,
            Required::When(written) => view.compile(written, Expect::Boolean, self.report),
        };
        let default = self.expression(question.default.as_ref(), view, Expect::Any);
        if let (Some(default), Some(written)) = (&default, &question.default) {
            let index = question.input.list().and_then(|list| self.lists.by_name.get(list.value.as_str()));
            let complete = index.filter(|index| self.lists.choices.get(**index).is_some_and(Option::is_some));
            let choices = complete.and_then(|index| self.compiled.get(*index));
            check::default_fits(&question.input, choices, default, written, self.report);
        }
        if question.read_only.is_some() {
            self.read_by(id, default.as_ref(), Why::Default, question.default.as_ref());
        }
        let condition = self.expression(question.constraint.as_ref(), &about, Expect::Boolean);
        let message = self.text(Part::ConstraintMessage, draft, question.constraint_message.as_ref(), view);
        let mut checks = Vec::with_capacity(question.checks.len());
        for (index, written) in question.checks.iter().enumerate() {
            let when = about.compile(&written.when, Expect::Boolean, self.report);
            let message = self.text(Part::Check(index), draft, Some(&written.message), view);
            checks.extend(when.zip(message).map(|(when, message)| Check { when, message }));
        }
        let note_to_enumerator =
            self.text(Part::NoteToEnumerator, draft, question.note_to_enumerator.as_ref(), view);
        Some(Question {
            input: input?,
            required,
            default,
            read_only: question.read_only.is_some(),
            constraint: condition.map(|condition| Constraint { condition, message }),
            checks,
            missing: question.missing.clone(),
            sensitive: question.sensitive,
            identifying: question.identifying,
            note_to_enumerator,
            allow_comment: question.allow_comment,
            privacy_check: question.privacy_check,
            shuffled: question.shuffled,
            other: question.other.as_ref().map(|other| other.choice.value.clone()),
        })
    }

    fn input(&mut self, draft: &Draft, input: &DraftInput, view: &View<'_>) -> Option<Input> {
        Some(match input {
            DraftInput::SelectOne { list, filter } => {
                let (list, filter) = self.list(draft, list, filter.as_ref())?;
                Input::SelectOne { list, filter }
            }
            DraftInput::SelectMultiple { list, filter, min, max } => {
                let (id, filter) = self.list(draft, list, filter.as_ref())?;
                for (key, limit) in [("min", min), ("max", max)] {
                    if let (Some(limit), Some(choices)) = (limit, self.compiled.get(id.0 as usize)) {
                        check::within_list(key, limit, choices, self.report);
                    }
                }
                Input::SelectMultiple {
                    list: id,
                    filter,
                    min: min.as_ref().map(|m| m.value),
                    max: max.as_ref().map(|m| m.value),
                }
            }
            DraftInput::Rank { list, filter, top } => {
                let (id, filter) = self.list(draft, list, filter.as_ref())?;
                if let Some(choices) = self.compiled.get(id.0 as usize) {
                    check::within_list("top", top, choices, self.report);
                }
                Input::Rank { list: id, filter, top: top.value }
            }
            DraftInput::Scale { from, to, low, high } => Input::Scale {
                from: from.value,
                to: to.value,
                low: self.text(Part::ScaleLow, draft, Some(low), view)?,
                high: self.text(Part::ScaleHigh, draft, Some(high), view)?,
            },
            DraftInput::Integer => Input::Integer,
            DraftInput::Decimal => Input::Decimal,
            DraftInput::Text { multiline, pattern } => {
                Input::Text { multiline: *multiline, pattern: self.pattern(pattern.as_ref()).ok()? }
            }
            DraftInput::Date => Input::Date,
            DraftInput::Time => Input::Time,
            DraftInput::DateTime => Input::DateTime,
            DraftInput::GeoPoint => Input::GeoPoint,
            DraftInput::File { endings } => Input::File {
                endings: endings.iter().map(|e| e.value.trim_start_matches('.').to_lowercase()).collect(),
            },
            DraftInput::Barcode { pattern } => {
                Input::Barcode { pattern: self.pattern(pattern.as_ref()).ok()? }
            }
        })
    }

    /// A pattern, if one is written; what is none is reported.
    fn pattern(&mut self, written: Option<&Placed<String>>) -> Result<Option<regex::Regex>, ()> {
        match written {
            Some(written) => check::pattern(written, self.report).map(Some).ok_or(()),
            None => Ok(None),
        }
    }

    fn list(
        &mut self,
        draft: &Draft,
        list: &Placed<String>,
        filter: Option<&Placed<String>>,
    ) -> Option<(ListId, Option<Expression>)> {
        let index = *self.lists.by_name.get(list.value.as_str())?;
        let names = self.lists.choices.get(index)?.as_ref()?;
        let columns = Columns { list: self.compiled.get(index)?, names };
        let view = View::new(self.known, &draft.rosters).with_columns(columns);
        let filter = self.expression(filter, &view, Expect::Boolean);
        Some((ListId(index as u32), filter))
    }
}
