//! Which tables, rows and variables go out, and under which names.

use crate::dataset::{Column, Data, Dataset, Origin, Table};
use crate::value::Missing;

/// How choices are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// By their names in the questionnaire.
    Names,
    /// By their numbers.
    Codes,
    /// By their labels in a language, by its place in the questionnaire's languages.
    Labels(usize),
}

/// How questions with several choices are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multiple {
    /// One variable of 0 and 1 for each choice; for a ranking one for each place.
    Split,
    /// One variable with the choices, spaces between them.
    Joined,
    /// Both.
    Both,
}

/// Where the reason goes why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missings {
    /// Into a variable beside, named with `__missing`.
    Beside,
    /// Into the cell itself, as these words; reasons without one leave the cell empty.
    Coded(Vec<(Missing, String)>),
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Also interviews that are not finalised.
    pub unfinished: bool,
    /// Only interviews of this round.
    pub round: Option<String>,
    /// Variables that go out although they would stay inside.
    pub with: Vec<String>,
    /// Variables that stay inside.
    pub without: Vec<String>,
    /// How choices are written.
    pub shown: Shown,
    /// How questions with several choices are written.
    pub multiple: Multiple,
    /// Where reasons for no value go.
    pub missings: Missings,
}

/// A name that no variable has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no variable is named `{0}`")]
pub struct Unknown(pub String);

/// A variable that stays inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBack {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: &'static str,
}

/// What goes out.
#[derive(Debug)]
pub struct Plan<'d> {
    /// Where it comes from.
    pub dataset: &'d Dataset,
    /// The tables, the interviews first.
    pub tables: Vec<PlannedTable<'d>>,
    /// What stays inside.
    pub kept_back: Vec<KeptBack>,
}

/// A table that goes out.
#[derive(Debug)]
pub struct PlannedTable<'d> {
    /// The table.
    pub table: &'d Table,
    /// The names of its keys: `_interview`, and for a roster the rosters from the outermost to itself.
    pub keys: Vec<String>,
    /// Its rows: the cells of the keys, and the row of the table.
    pub rows: Vec<(Vec<&'d str>, usize)>,
    /// Its variables.
    pub variables: Vec<Variable<'d>>,
}

/// A variable that goes out.
#[derive(Debug)]
pub struct Variable<'d> {
    /// Its name.
    pub name: String,
    /// The column that it comes from.
    pub column: &'d Column,
    /// What of the column it is.
    pub what: What,
}

/// What of a column a variable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Its value.
    Value,
    /// Whether a choice is among several, by its place in the list.
    Has(u32),
    /// Which choice has a place of a ranking, counted from 0.
    Ranked(u32),
    /// Why there is no value.
    Missing,
}

impl<'d> Plan<'d> {
    /// Decides what goes out.
    ///
    /// # Errors
    /// A name in `with` or `without` is none of a variable's.
    pub fn new(dataset: &'d Dataset, options: &Options) -> Result<Self, Unknown> {
        for name in options.with.iter().chain(&options.without) {
            if !dataset.tables.iter().any(|table| table.column(name).is_some()) {
                return Err(Unknown(name.clone()));
            }
        }
        let mut plan = Self { dataset, tables: Vec::new(), kept_back: Vec::new() };
        for table in &dataset.tables {
            let planned = plan.table(table, options);
            plan.tables.push(planned);
        }
        Ok(plan)
    }

    fn table(&mut self, table: &'d Table, options: &Options) -> PlannedTable<'d> {
        let (keys, rows) = match table.parent.and_then(|parent| self.tables.get(parent)) {
            None => {
                let keys = vec![crate::dataset::INTERVIEW.to_owned()];
                let rows = (0..table.rows()).filter(|row| goes_out(self.dataset, *row, options));
                (keys, rows.map(|row| (vec![table.key(row)], row)).collect())
            }
            Some(parent) => {
                let keys = parent.keys.iter().cloned().chain([table.name.clone()]).collect();
                let inside = |(above, row): &(Vec<&'d str>, usize)| {
                    let above = above.clone();
                    table
                        .rows_of(*row)
                        .map(move |row| (above.iter().copied().chain([table.key(row)]).collect(), row))
                };
                (keys, parent.rows.iter().flat_map(inside).collect())
            }
        };
        let mut variables = Vec::new();
        for column in table.columns() {
            if column.name == crate::dataset::INTERVIEW {
                continue;
            }
            let named = options.with.contains(&column.name);
            let why = if options.without.contains(&column.name) {
                Some("not wanted")
            } else {
                kept_back(column).filter(|_| !named)
            };
            match why {
                Some(why) => self.kept_back.push(KeptBack { name: column.name.clone(), why }),
                None => variables.extend(variables_of(column, options)),
            }
        }
        PlannedTable { table, keys, rows, variables }
    }
}

impl PlannedTable<'_> {
    /// What it is called outside: a roster may have the name of the table of interviews.
    #[must_use]
    pub fn name(&self) -> &str {
        let is_roster = self.table.parent.is_some();
        if is_roster && self.table.name == "interviews" { "roster_interviews" } else { &self.table.name }
    }
}

fn goes_out(dataset: &Dataset, row: usize, options: &Options) -> bool {
    let is = |column: &str, wanted: &str| {
        let value = dataset.interviews().column(column).and_then(|column| column.value(row));
        value.is_some_and(|value| value.to_string() == wanted)
    };
    (options.unfinished || is(crate::dataset::STATUS, "finalised"))
        && options.round.as_ref().is_none_or(|round| is(crate::dataset::ROUND, round))
}

/// Why a column stays inside unless it is asked for.
fn kept_back(column: &Column) -> Option<&'static str> {
    if column.identifying {
        return Some("tells who the respondent is");
    }
    if column.sensitive {
        return Some("could harm the respondent");
    }
    let free = column.origin == Origin::Question && matches!(column.data(), Data::Text(_));
    free.then_some("holds people's own words")
}

fn variables_of<'d>(column: &'d Column, options: &Options) -> Vec<Variable<'d>> {
    let variable = |name: String, what| Variable { name, column, what };
    let mut variables = Vec::new();
    let (joined, split) = match column.data() {
        Data::Choices(..) => (options.multiple != Multiple::Split, options.multiple != Multiple::Joined),
        _ => (true, false),
    };
    if joined {
        variables.push(variable(column.name.clone(), What::Value));
    }
    if split && let Data::Choices(list, _, top) = column.data() {
        match top {
            // Two underscores: no name in a questionnaire holds them.
            None => variables.extend(
                list.names
                    .iter()
                    .zip(0..)
                    .map(|(choice, n)| variable(format!("{}__{choice}", column.name), What::Has(n))),
            ),
            Some(top) => variables
                .extend((0..*top).map(|n| variable(format!("{}__{}", column.name, n + 1), What::Ranked(n)))),
        }
    }
    let is_answer = matches!(column.origin, Origin::Question | Origin::Calculated);
    if is_answer && options.missings == Missings::Beside {
        variables.push(variable(format!("{}__missing", column.name), What::Missing));
    }
    variables
}
