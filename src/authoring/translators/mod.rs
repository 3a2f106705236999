//! Texts for translators who work in a spreadsheet: out as a table, and back into
//! `translations/<tag>.toml`.

mod file;
mod import;
mod sheet;

use crate::questionnaire::{Input, Item, Kind, Questionnaire, Text};

pub use self::file::merged;
pub use self::import::{Finding, Import, Stale, judge};
pub use self::sheet::{Cells, SheetError, read, write_csv, write_xlsx};

/// One text to translate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which text: `label/consent`, `check/age/1`, `choice/yes_no/yes`.
    pub key: Key,
    /// Where it is shown, for people.
    pub place: String,
    /// The text in the questionnaire's own language.
    pub source: String,
    /// Its translation; empty where there is none.
    pub translation: String,
    /// The `${…}` that must survive.
    pub keep: Vec<String>,
}

/// Which text it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// The questionnaire's title.
    Title,
    /// Where a respondent can turn for help.
    Referral,
    /// A text of an item that stands under its name in this table of the file.
    Of(Table, String),
    /// The message of a question's check, by its number from 0.
    Check(String, usize),
    /// An end of a scale: the name, and whether it is the low one.
    Scale(String, bool),
    /// A choice: its list, its name.
    Choice(String, String),
}

/// The tables of a translation file that hold one text a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Table {
    /// `[labels]`
    Labels,
    /// `[hints]`
    Hints,
    /// `[notes_to_enumerator]`
    Notes,
    /// `[constraint_messages]`
    ConstraintMessages,
    /// `[row_labels]`
    RowLabels,
}

impl Table {
    /// Its name in a file, and in keys.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Labels => ("labels", "label"),
            Self::Hints => ("hints", "hint"),
            Self::Notes => ("notes_to_enumerator", "note"),
            Self::ConstraintMessages => ("constraint_messages", "constraint_message"),
            Self::RowLabels => ("row_labels", "row_label"),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Title => f.write_str("title"),
            Self::Referral => f.write_str("referral"),
            Self::Of(table, name) => write!(f, "{}/{name}", table.names().1),
            Self::Check(name, index) => write!(f, "check/{name}/{}", index + 1),
            Self::Scale(name, low) => write!(f, "scale/{name}/{}", if *low { "low" } else { "high" }),
            Self::Choice(list, name) => write!(f, "choice/{list}/{name}"),
        }
    }
}

/// All texts of a questionnaire with their translations into a language: the title, then the items
/// in interview order, then the lists. Choices of files are often names of places, which are the
/// same in every language: they are there if the language translates any of them, or with `all`.
#[must_use]
pub fn rows(questionnaire: &Questionnaire, tag: &str, all: bool) -> Vec<Row> {
    let language = questionnaire.language(tag);
    let mut rows = Vec::new();
    let mut add = |key: Key, place: &str, text: &Text| {
        let source = text.written(0).unwrap_or_default();
        if source.trim().is_empty() {
            return;
        }
        rows.push(Row {
            key,
            place: place.to_owned(),
            keep: variables(&source),
            translation: language.and_then(|language| text.written(language)).unwrap_or_default(),
            source,
        });
    };
    add(Key::Title, "title", &questionnaire.title);
    if let Some(referral) = &questionnaire.referral {
        add(Key::Referral, "where a respondent can turn for help", referral);
    }
    for item in &questionnaire.items {
        let place = place(questionnaire, item);
        let of = |table| Key::Of(table, item.name.clone());
        add(of(Table::Labels), &place, &item.label);
        if let Some(hint) = &item.hint {
            add(of(Table::Hints), &format!("{place}: hint"), hint);
        }
        match &item.kind {
            Kind::Roster(roster) => {
                if let Some(label) = &roster.row_label {
                    add(of(Table::RowLabels), &format!("{place}: heading of a row"), label);
                }
            }
            Kind::Question(question) => {
                if let Some(note) = &question.note_to_enumerator {
                    add(of(Table::Notes), &format!("{place}: for the enumerator only"), note);
                }
                if let Some(message) = question.constraint.as_ref().and_then(|c| c.message.as_ref()) {
                    add(
                        of(Table::ConstraintMessages),
                        &format!("{place}: said to an impossible answer"),
                        message,
                    );
                }
                for (index, check) in question.checks.iter().enumerate() {
                    let key = Key::Check(item.name.clone(), index);
                    add(key, &format!("{place}: warning"), &check.message);
                }
                if let Input::Scale { low, high, .. } = &question.input {
                    add(Key::Scale(item.name.clone(), true), &format!("{place}: lowest"), low);
                    add(Key::Scale(item.name.clone(), false), &format!("{place}: highest"), high);
                }
            }
            _ => {}
        }
    }
    for list in &questionnaire.lists {
        let translated = || {
            language.is_some_and(|language| list.choices.iter().any(|c| c.label.written(language).is_some()))
        };
        if list.from_file && !all && !translated() {
            continue;
        }
        let used = users(questionnaire, &list.name);
        for choice in &list.choices {
            let key = Key::Choice(list.name.clone(), choice.name.clone());
            add(key, &format!("choice of {used}"), &choice.label);
        }
    }
    rows
}

/// Where an item stands: its section, and what it is.
fn place(questionnaire: &Questionnaire, item: &Item) -> String {
    let mut top = item;
    while let Some(parent) = top.parent {
        top = questionnaire.item(parent);
    }
    let what = crate::outline::what(questionnaire, item);
    if top.id == item.id { what } else { format!("{} > {} ({what})", top.label.source(0).trim(), item.name) }
}

/// The questions that choose from a list.
fn users(questionnaire: &Questionnaire, list: &str) -> String {
    const NAMED: usize = 4;
    let uses = |item: &&Item| {
        let used = item.question().and_then(|q| q.input.list());
        used.is_some_and(|used| questionnaire.list(used).name == list)
    };
    let names: Vec<&str> = questionnaire.items.iter().filter(uses).map(|item| item.name.as_str()).collect();
    let more = if names.len() > NAMED { format!(" and {} more", names.len() - NAMED) } else { String::new() };
    let named = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    if named.is_empty() { format!("list {list}") } else { format!("list {list}, used by {named}{more}") }
}

/// The `${…}` of a text, each once, in order.
fn variables(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        // `$${` stands for the two characters themselves.
        let variable = format!("${{{}}}", name.trim());
        if !before.ends_with('$') && !found.contains(&variable) {
            found.push(variable);
        }
        rest = behind;
    }
    found
}
