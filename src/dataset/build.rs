//! From a questionnaire to empty tables, and from an interview to rows.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::cells::Cells;
use super::coded::Texts;
use super::data::Sets;
use super::{Column, Data, Dataset, List, Origin, Table};
use crate::interview::{Interview, Place, Status};
use crate::questionnaire::{ChoiceList, Input, Item, ItemId, Kind, ListId, Questionnaire};
use crate::value::{Answer, Hash, Missing, Type, Value};

/// The column with the interview's key.
pub const INTERVIEW: &str = "_interview";
/// The column with the name of the round.
pub const ROUND: &str = "_round";
/// The column with the version of the questionnaire that was in use.
pub const VERSION: &str = "_version";
/// The column that says how far the interview is: `in_progress`, `paused` or `finalised`.
pub const STATUS: &str = "_status";

/// The column with the name of who asked.
pub const ENUMERATOR: &str = "_enumerator";

/// The column with the moment when the interview began.
pub const STARTED: &str = "_started";

/// Data about interviews. The names begin with `_`, which no question's name can.
const METADATA: [(&str, &str, Type); 6] = [
    (INTERVIEW, "Interview", Type::Text),
    (ROUND, "Round", Type::Text),
    (ENUMERATOR, "Enumerator", Type::Text),
    (VERSION, "Questionnaire version", Type::Text),
    (STATUS, "Status", Type::Text),
    (STARTED, "Started", Type::DateTime),
];

/// Where one version of the questionnaire keeps what the tables hold.
#[derive(Debug)]
pub(super) struct Mapping {
    questionnaire: Hash,
    /// For each table: its roster. None for the interviews, or where the version has none.
    rosters: Vec<Option<ItemId>>,
    /// For each table, for each column from a question: its item, where the version has it.
    items: Vec<Vec<(usize, Option<ItemId>)>>,
    /// By table and column: the choices of today's list that the version did not offer, by their places.
    lacking: HashMap<(usize, usize), Vec<u32>>,
    /// The questions of the version that no column is filled from.
    homeless: Vec<ItemId>,
}

impl Dataset {
    /// The empty tables of a questionnaire.
    #[must_use]
    pub fn new(questionnaire: &Questionnaire) -> Self {
        let lists: Vec<Arc<List>> =
            questionnaire.lists.iter().map(|list| Arc::new(list_of(list, questionnaire))).collect();
        let mut interviews = Table::new("interviews", None);
        for (name, label, ty) in METADATA {
            let labels = vec![label.to_owned(); questionnaire.languages.len()];
            let data = if name == INTERVIEW { Data::Text(Texts::keys()) } else { Data::of(ty) };
            interviews.add(Column::new(name, labels, Origin::Metadata, data));
        }
        let mut tables = vec![interviews];
        let mut rosters: Vec<Option<ItemId>> = vec![None];
        for item in &questionnaire.items {
            let inside = item.rosters.last().copied();
            let home = rosters.iter().position(|r| *r == inside).unwrap_or(0);
            if matches!(item.kind, Kind::Roster(_)) {
                let mut table = Table::new(&item.name, Some(home));
                table.sensitive = item.is_sensitive();
                tables.push(table);
                rosters.push(Some(item.id));
            } else if let Some(column) = column_of(item, questionnaire, &lists) {
                tables[home].add(column);
            }
        }
        Self {
            questionnaire: questionnaire.id.clone(),
            version: questionnaire.version.clone(),
            languages: questionnaire.languages.clone(),
            tables,
            unmapped: Vec::new(),
            mappings: Vec::new(),
        }
    }

    /// The tables of a questionnaire with these interviews, in the order given. A key is the
    /// interview's own, whatever the caller names it by.
    pub fn build<'i>(
        questionnaire: &Questionnaire,
        interviews: impl IntoIterator<Item = (String, &'i Interview)>,
    ) -> Self {
        let mut dataset = Self::new(questionnaire);
        for (key, interview) in interviews {
            dataset.push(&key, interview);
        }
        dataset
    }

    /// Adds an interview. It may be of another version of the questionnaire: questions are found
    /// by name; those that its version does not have are *not asked*.
    pub fn push(&mut self, key: &str, interview: &Interview) {
        let mapping = self.mapping(interview.questionnaire());
        let metadata = metadata_of(key, interview);
        for (column, answer) in metadata.into_iter().enumerate() {
            // The types of METADATA are those of `metadata_of`.
            self.tables[0].push(column, answer.found());
        }
        let row = self.tables[0].rows();
        let at = Place { item: ItemId(0), rows: Vec::new() };
        self.fill(interview, &mapping, 0, (key, row), &at);
        let version = interview.questionnaire();
        for item in mapping.homeless.iter().map(|id| version.item(*id)) {
            let answers = answers(interview, item);
            if answers > 0 {
                self.count_unmapped(&version.version, &item.name, answers);
            }
        }
    }

    /// Adds one row to a table, and the rows of the rosters in it: its key, and the row of the parent table.
    fn fill(
        &mut self,
        interview: &Interview,
        mapping: &Mapping,
        table: usize,
        (row_key, parent): (&str, usize),
        at: &Place,
    ) {
        let row = self.tables[table].rows();
        self.tables[table].begin(row_key, parent);
        let mut place = at.clone();
        for (column, item) in mapping.items.get(table).into_iter().flatten() {
            let answer = match item {
                Some(item) => {
                    place.item = *item;
                    interview.found(&place)
                }
                None => Err(Missing::NotAsked),
            };
            if !self.tables[table].push(*column, answer) && answer.is_ok() {
                let question = self.tables[table].columns()[*column].name.clone();
                self.count_unmapped(&interview.questionnaire().version, &question, 1);
            }
        }
        for ((of, column), choices) in &mapping.lacking {
            if *of == table {
                self.tables[table].lack(*column, choices);
            }
        }
        for child in table + 1..self.tables.len() {
            if self.tables[child].parent != Some(table) {
                continue;
            }
            if let Some(roster) = mapping.rosters.get(child).copied().flatten() {
                let roster = Place { item: roster, rows: at.rows.clone() };
                for row_key in interview.rows(&roster).to_vec() {
                    let name = row_key.to_string();
                    let mut inside = roster.clone();
                    inside.rows.push(row_key);
                    self.fill(interview, mapping, child, (&name, row), &inside);
                }
            }
            self.tables[child].close();
        }
    }

    fn mapping(&mut self, version: &Questionnaire) -> Arc<Mapping> {
        if let Some(known) = self.mappings.iter().find(|m| m.questionnaire == version.hash) {
            return Arc::clone(known);
        }
        let mut rosters: Vec<Option<ItemId>> = Vec::new();
        let mut items: Vec<Vec<(usize, Option<ItemId>)>> = Vec::new();
        for (number, table) in self.tables.iter().enumerate() {
            // Where the enclosing roster is missing in this version, so is everything inside.
            let outer = table.parent.and_then(|parent| rosters.get(parent).copied().flatten());
            let here = if number == 0 { None } else { roster_in(version, &table.name, outer) };
            let exists = number == 0 || here.is_some();
            rosters.push(here);
            let columns = table.columns().iter().enumerate();
            let asked = columns.filter(|(_, c)| matches!(c.origin, Origin::Question | Origin::Calculated));
            items.push(
                asked
                    .map(|(place, column)| {
                        let item = version.find(&column.name).filter(|item| {
                            exists
                                && item.rosters.last().copied() == here
                                && matches!(item.kind, Kind::Question(_) | Kind::Calculate(_))
                        });
                        (place, item.map(|i| i.id))
                    })
                    .collect(),
            );
        }
        let lacking = self.lacking(version, &items);
        let housed: HashSet<ItemId> = items.iter().flatten().filter_map(|(_, item)| *item).collect();
        let questions = version.items.iter().filter(|item| matches!(item.kind, Kind::Question(_)));
        let homeless = questions.map(|item| item.id).filter(|id| !housed.contains(id)).collect();
        let mapping = Arc::new(Mapping { questionnaire: version.hash, rosters, items, lacking, homeless });
        self.mappings.push(Arc::clone(&mapping));
        mapping
    }

    /// What a version did not offer of the choices that columns have.
    fn lacking(
        &self,
        version: &Questionnaire,
        items: &[Vec<(usize, Option<ItemId>)>],
    ) -> HashMap<(usize, usize), Vec<u32>> {
        let mut lacking = HashMap::new();
        for (table, columns) in items.iter().enumerate() {
            for (column, item) in columns {
                let today = self.tables.get(table).and_then(|table| table.columns().get(*column)?.list());
                let Kind::Question(question) = (match item {
                    Some(item) => &version.item(*item).kind,
                    None => continue,
                }) else {
                    continue;
                };
                let (Some(today), Some(then)) = (today, question.input.list()) else { continue };
                let then = version.list(then);
                let choices = (0..).zip(today.names.iter()).filter(|(_, name)| then.position(name).is_none());
                let choices: Vec<u32> = choices.map(|(place, _)| place).collect();
                if !choices.is_empty() {
                    lacking.insert((table, *column), choices);
                }
            }
        }
        lacking
    }
}

/// How many answers an interview has to a question, in all rows of the rosters around it.
fn answers(interview: &Interview, item: &Item) -> usize {
    let mut places = vec![Place { item: item.id, rows: Vec::new() }];
    for roster in &item.rosters {
        let within = |place: Place| {
            let around = Place { item: *roster, ..place };
            let keys = interview.rows(&around).to_vec();
            keys.into_iter().map(move |key| {
                let mut inside = around.clone();
                inside.rows.push(key);
                inside
            })
        };
        places = places.into_iter().flat_map(within).collect();
    }
    places
        .into_iter()
        .filter(|place| interview.found(&Place { item: item.id, ..place.clone() }).is_ok())
        .count()
}

/// The roster of that name directly inside another (or outside of all).
fn roster_in(version: &Questionnaire, name: &str, outer: Option<ItemId>) -> Option<ItemId> {
    let item = version.find(name)?;
    (matches!(item.kind, Kind::Roster(_)) && item.rosters.last().copied() == outer).then_some(item.id)
}

fn metadata_of(key: &str, interview: &Interview) -> [Answer; METADATA.len()] {
    let text = |text: &str| Answer::Value(Value::Text(text.to_owned()));
    let status = match interview.status() {
        Status::InProgress => "in_progress",
        Status::Paused => "paused",
        Status::Finalised => "finalised",
    };
    let header = interview.header();
    let from_header = |read: fn(&crate::interview::Header) -> Value| {
        header.map_or(Answer::Missing(Missing::NotReached), |h| Answer::Value(read(h)))
    };
    [
        text(key),
        from_header(|h| Value::Text(h.round.clone())),
        from_header(|h| Value::Text(h.enumerator.clone())),
        text(&interview.questionnaire().version),
        text(status),
        from_header(|h| Value::DateTime(h.at)),
    ]
}

/// The names of the sections and groups around an item, outermost first, within its innermost roster.
fn groups_of(item: &Item, questionnaire: &Questionnaire) -> Vec<String> {
    let mut groups = Vec::new();
    let mut above = item.parent;
    while let Some(around) = above.map(|id| questionnaire.item(id)) {
        if matches!(around.kind, Kind::Roster(_)) {
            break;
        }
        groups.push(around.name.clone());
        above = around.parent;
    }
    groups.reverse();
    groups
}

fn list_of(list: &ChoiceList, questionnaire: &Questionnaire) -> List {
    let languages = 0..questionnaire.languages.len();
    let choices = list.choices.iter();
    List {
        exclusive: choices.clone().map(|c| c.exclusive).collect(),
        ..List::new(
            &list.name,
            choices.clone().map(|c| c.name.clone()).collect(),
            choices.clone().map(|c| c.code).collect(),
            choices.map(|c| languages.clone().map(|language| c.label.source(language)).collect()).collect(),
        )
    }
}

fn column_of(item: &Item, questionnaire: &Questionnaire, lists: &[Arc<List>]) -> Option<Column> {
    let labels = (0..questionnaire.languages.len()).map(|language| item.label.source(language)).collect();
    let list = |id: &ListId| lists.get(id.0 as usize).map(Arc::clone);
    let mut column = match &item.kind {
        Kind::Section | Kind::Group | Kind::Roster(_) | Kind::Note => None,
        Kind::Calculate(expression) => {
            Some(Column::plain(&item.name, labels, Origin::Calculated, expression.ty()))
        }
        Kind::Question(question) => {
            let plain = |ty| Column::plain(&item.name, labels.clone(), Origin::Question, ty);
            let listed = |data| Column::new(&item.name, labels.clone(), Origin::Question, data);
            let column = match &question.input {
                Input::SelectOne { list: id, .. } => listed(Data::Choice(list(id)?, Cells::default())),
                Input::SelectMultiple { list: id, .. } => {
                    listed(Data::Choices(list(id)?, Sets::default(), None))
                }
                Input::Rank { list: id, top, .. } => {
                    listed(Data::Choices(list(id)?, Sets::default(), Some(*top)))
                }
                Input::Scale { .. } | Input::Integer => plain(Type::Integer),
                Input::Decimal => plain(Type::Decimal),
                Input::Text { .. } | Input::GeoPoint | Input::Barcode { .. } | Input::File { .. } => {
                    plain(Type::Text)
                }
                Input::Date => plain(Type::Date),
                Input::Time => plain(Type::Time),
                Input::DateTime => plain(Type::DateTime),
            };
            Some(column)
        }
    }?;
    // A place, a picture, a calculation from a name: the item knows what its answer tells.
    column.sensitive = item.is_sensitive();
    column.identifying = item.is_identifying();
    column.own_words = item.has_own_words();
    column.groups = groups_of(item, questionnaire);
    Some(column)
}
