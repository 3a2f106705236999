//! The compiled questionnaire: immutable, and valid if it exists.
//!
//! [`compile`] reads a [`Bundle`] (the TOML as written, its translations and choice files) and
//! gives every mistake at once with its place. Items stand in one array in interview order; an
//! item's descendants follow it directly, so a subtree is a range.
//!
//! The way from bytes to a questionnaire: `document` reads the TOML and CSV files (structure),
//! `build` gives names, expressions and texts their meaning (`names`, `scope`, `calculation`, `text`,
//! `translation`, `check`), and `graph` orders what depends on what.

mod analysis;
mod build;
mod bundle;
mod calculation;
mod check;
mod codes;
mod document;
mod graph;
mod inheritance;
mod model;
mod names;
mod rows;
pub mod schema;
mod scope;
mod text;
mod translation;

pub use bundle::Bundle;
pub use codes::CODES;
pub use document::files_named_in;
pub use model::{
    COLUMN_BASE, Check, Choice, ChoiceList, Constraint, Input, Item, ItemId, Kind, ListId, Question, Roster,
    Rows,
};
pub use text::Text;

use self::graph::Graph;
use self::translation::Translations;
use crate::diagnostic::Report;
use crate::value::Hash;

/// A valid questionnaire.
#[derive(Debug)]
pub struct Questionnaire {
    /// Stable name, `community-security`.
    pub id: String,
    /// Version as written.
    pub version: String,
    /// Hash of the bundle's exact bytes.
    pub hash: Hash,
    /// Language tags; the first is the default language.
    pub languages: Vec<String>,
    /// Each language's name for itself, as its translation says; its tag where nothing does.
    pub language_names: Vec<String>,
    /// Title.
    pub title: Text,
    /// Where a respondent can turn for help, at hand at every moment of an interview.
    pub referral: Option<Text>,
    /// All items, in interview order.
    pub items: Vec<Item>,
    /// All choice lists.
    pub lists: Vec<ChoiceList>,
    names: hashbrown::HashMap<String, ItemId>,
    graph: Graph,
}

/// Compiles a bundle. The questionnaire is there unless the report holds an error. File names in
/// the report are the bundle's paths behind `folder`. The report is sorted by place.
#[must_use]
pub fn compile(bundle: &Bundle, folder: &str) -> (Option<Questionnaire>, Report) {
    let mut report = Report::default();
    let questionnaire = document::read(bundle, folder, &mut report).and_then(|document| {
        let language = document.language.as_ref();
        let translations = Translations::read(bundle, folder, language, &document.lists, &mut report);
        build::build(&document, translations, Hash::of(&bundle.to_bytes()), &mut report)
    });
    report.sort();
    (questionnaire, report)
}

impl Questionnaire {
    /// The item of that id.
    #[must_use]
    pub fn item(&self, id: ItemId) -> &Item {
        &self.items[id.0 as usize]
    }

    /// The item of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Item> {
        self.names.get(name).map(|id| self.item(*id))
    }

    /// The list of that id.
    #[must_use]
    pub fn list(&self, id: ListId) -> &ChoiceList {
        &self.lists[id.0 as usize]
    }

    /// The list of that name.
    #[must_use]
    pub fn find_list(&self, name: &str) -> Option<&ChoiceList> {
        self.lists.iter().find(|list| list.name == name)
    }

    /// The items to look at again when this one's answer, rows or relevance change, nearest first:
    /// what reads it, and what stands directly in it. Those behind them follow from theirs.
    #[must_use]
    pub fn dependents(&self, id: ItemId) -> &[ItemId] {
        self.graph.dependents.get(id.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The place of an item in an order in which nothing stands before what it reads.
    #[must_use]
    pub fn rank(&self, id: ItemId) -> u32 {
        self.graph.rank.get(id.0 as usize).copied().unwrap_or(id.0)
    }

    /// All items in the order of their ranks.
    #[must_use]
    pub fn order(&self) -> &[ItemId] {
        &self.graph.order
    }

    /// How many of the rosters around two items, outermost first, have the same rows.
    #[must_use]
    pub fn shared_rosters(&self, one: &Item, other: &Item) -> usize {
        let same =
            |(a, b): &(&ItemId, &ItemId)| a == b || self.source_of_rows(**a) == self.source_of_rows(**b);
        one.rosters.iter().zip(&other.rosters).take_while(same).count()
    }

    /// The roster whose rows a roster has: its own, or those of another.
    fn source_of_rows(&self, mut roster: ItemId) -> ItemId {
        while let Kind::Roster(Roster { rows: Rows::PerRow(other), .. }) = &self.item(roster).kind {
            roster = *other;
        }
        roster
    }

    /// The index of a language.
    #[must_use]
    pub fn language(&self, tag: &str) -> Option<usize> {
        self.languages.iter().position(|l| l == tag)
    }
}
