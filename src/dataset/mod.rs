//! Interviews as typed, columnar tables: one row per interview, one table per roster.
//!
//! [`Dataset::new`] gives the empty tables of a questionnaire, which is enough to check what
//! reads them; [`Dataset::push`] adds an interview. Every cell is a value or the reason why there
//! is none, as it was recorded. Nothing is imputed, recoded or dropped in silence: what an older version of
//! the questionnaire recorded and this one has no place for is counted in [`Dataset::unmapped`], and stays in the store.

mod build;
mod cells;
mod coded;
mod coding;
mod column;
mod data;
pub mod design;
mod offers;
mod table;

use std::sync::Arc;

use crate::value::{Type, Value};

pub use self::build::{ENUMERATOR, INTERVIEW, ROUND, STARTED, STATUS, VERSION};
pub use self::coding::Coding;
pub use self::column::{Column, Origin};
pub use self::data::Data;
pub use self::offers::Offers;
pub use self::table::Table;

use self::build::Mapping;
use self::cells::Cells;

/// A list of so few names is looked through from its beginning sooner than by halves.
const FEW_NAMES: usize = 12;

/// All interviews of a survey under one questionnaire.
#[derive(Debug)]
pub struct Dataset {
    /// The questionnaire's name.
    pub questionnaire: String,
    /// The questionnaire's version.
    pub version: String,
    /// Language tags; labels stand in this order.
    pub languages: Vec<String>,
    /// The interviews first, then the rosters in questionnaire order.
    pub tables: Vec<Table>,
    /// Answers of other versions that no column here can hold, by version and question in the order in which they were met.
    pub unmapped: Vec<Unmapped>,
    /// Where each version seen so far keeps the columns.
    mappings: Vec<Arc<Mapping>>,
}

/// A choice list, as data sees it.
#[derive(Debug, PartialEq)]
pub struct List {
    /// Its name in the questionnaire.
    pub name: String,
    /// The names of its choices, in order.
    pub names: Arc<[String]>,
    /// The number of each choice.
    pub codes: Vec<i64>,
    /// The labels of each choice, one per language.
    pub labels: Vec<Vec<String>>,
    /// Whether each choice excludes all others: "none of these".
    pub exclusive: Vec<bool>,
    /// Each choice as a value.
    values: Vec<Value>,
    /// The places of the choices in the order of their names: lists of villages are long.
    by_name: Vec<u32>,
}

/// Answers to a question that were given under another version and have no place in this one: it has no such question, has it
/// in another roster, or with a type or choices that they do not fit. Only how many they are is kept: a million would
/// need as much memory as a column of their own, and what they say may be for nobody's eyes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmapped {
    /// The version of the questionnaire that they were given under.
    pub version: String,
    /// The question.
    pub question: String,
    /// How many answers.
    pub answers: usize,
}

/// Why a column cannot be attached: this name is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the interviews already have a column `{0}`")]
pub struct NameTaken(pub String);

impl Dataset {
    /// Gives all interviews that are here, and goes on without any: for work in pieces.
    #[must_use]
    pub fn take(&mut self) -> Self {
        let empty = Self {
            questionnaire: self.questionnaire.clone(),
            version: self.version.clone(),
            languages: self.languages.clone(),
            tables: self.tables.iter().map(Table::emptied).collect(),
            unmapped: Vec::new(),
            mappings: self.mappings.clone(),
        };
        std::mem::replace(self, empty)
    }

    /// Adds the interviews of another dataset of the same questionnaire behind those that are here: as if they had
    /// been pushed one after another. Columns that were attached must be there in both.
    pub fn append(&mut self, other: Self) {
        let before: Vec<usize> = self.tables.iter().map(Table::rows).collect();
        for (table, theirs) in self.tables.iter_mut().zip(other.tables) {
            let parents = table.parent.and_then(|parent| before.get(parent)).copied().unwrap_or(table.rows());
            table.append(theirs, parents as u32);
        }
        for theirs in other.unmapped {
            self.count_unmapped(&theirs.version, &theirs.question, theirs.answers);
        }
    }

    /// Counts answers that no column can hold.
    fn count_unmapped(&mut self, version: &str, question: &str, answers: usize) {
        let is_it = |known: &&mut Unmapped| known.version == version && known.question == question;
        match self.unmapped.iter_mut().find(is_it) {
            Some(known) => known.answers += answers,
            None => self.unmapped.push(Unmapped {
                version: version.to_owned(),
                question: question.to_owned(),
                answers,
            }),
        }
    }

    /// The table of interviews.
    #[must_use]
    pub fn interviews(&self) -> &Table {
        // `new` always makes it, and nothing removes tables.
        &self.tables[0]
    }

    /// Adds a column to the interviews: `cell` gives the value for each row. Values that are not
    /// of type `ty` read as not reached.
    ///
    /// # Errors
    /// The name is taken.
    pub fn attach(
        &mut self,
        name: &str,
        ty: Type,
        cell: impl FnMut(usize) -> Option<Value>,
    ) -> Result<(), NameTaken> {
        let labels = vec![name.to_owned(); self.languages.len()];
        self.tables[0].attach(Column::plain(name, labels, Origin::Attached, ty), cell)
    }

    /// Says in words, the same in every language, what an attached column holds.
    pub fn describe(&mut self, name: &str, label: &str) {
        self.tables[0].describe(name, label);
    }

    /// Says that what an attached column holds could harm respondents if it leaked.
    pub fn mark_sensitive(&mut self, name: &str) {
        self.tables[0].mark_sensitive(name);
    }

    /// Says that what an attached column holds leads back to an answer that tells who the respondent is.
    pub fn mark_leading_back(&mut self, name: &str) {
        self.tables[0].mark_leading_back(name);
    }

    /// Adds a column of choices to the interviews: `cell` gives the place in the list for each row.
    ///
    /// # Errors
    /// The name is taken.
    pub fn attach_choices(
        &mut self,
        name: &str,
        list: List,
        cell: impl FnMut(usize) -> Option<u32>,
    ) -> Result<(), NameTaken> {
        let labels = vec![name.to_owned(); self.languages.len()];
        let column =
            Column::new(name, labels, Origin::Attached, Data::Choice(Arc::new(list), Cells::default()));
        self.tables[0].attach_with(column, cell, Column::push_choice)
    }
}

impl List {
    /// A list of choices: for each its name, its number, and its labels, one per language. None excludes the others.
    #[must_use]
    pub fn new(name: &str, names: Arc<[String]>, codes: Vec<i64>, labels: Vec<Vec<String>>) -> Self {
        let values = names.iter().cloned().map(Value::Choice).collect();
        let exclusive = vec![false; names.len()];
        let mut by_name: Vec<u32> = (0..names.len() as u32).collect();
        by_name.sort_by_key(|place| names.get(*place as usize));
        Self { name: name.to_owned(), names, codes, labels, exclusive, values, by_name }
    }

    /// The place of the choice of that name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        // Nearly every list: most names differ in length from the one that is looked for.
        if self.names.len() <= FEW_NAMES {
            return self.names.iter().position(|known| known == name);
        }
        let name_at = |place: &u32| self.names.get(*place as usize).map_or("", String::as_str);
        let found = self.by_name.binary_search_by(|place| name_at(place).cmp(name)).ok()?;
        self.by_name.get(found).map(|place| *place as usize)
    }

    /// The label of a choice, by its place, in a language; its name where there is no label.
    #[must_use]
    pub fn label(&self, choice: usize, language: usize) -> &str {
        let label = self.labels.get(choice).and_then(|labels| labels.get(language));
        label.or_else(|| self.names.get(choice)).map_or("", String::as_str)
    }
}
