//! The tables and views of the database.

use rusqlite::{Connection, params_from_iter};

use crate::dataset::List;
use crate::export::shorten::without_nul;
use crate::export::{ExportError, Kind, Plan, PlannedTable, Variable};
use crate::value::Missing;

/// SQLite's own limit.
const MOST_COLUMNS: usize = 2000;

/// How a table that goes out is kept.
pub(super) struct Layout<'p, 'd> {
    /// The table.
    pub table: &'p PlannedTable<'d>,
    /// Its parent, whose keys are in its own.
    parent: Option<&'p PlannedTable<'d>>,
    plan: &'p Plan<'d>,
}

impl<'p, 'd> Layout<'p, 'd> {
    pub fn new(plan: &'p Plan<'d>, table: &'p PlannedTable<'d>) -> Result<Self, ExportError> {
        let layout =
            Self { table, parent: table.table.parent.and_then(|parent| plan.tables.get(parent)), plan };
        let columns = layout.width();
        if columns > MOST_COLUMNS {
            return Err(ExportError::refused(
                format!(
                    "the table `{}` has {columns} columns, and one of SQLite holds {MOST_COLUMNS}",
                    table.name
                ),
                "Choose variables with `--only`, write `--multiple joined`, or export CSV or Parquet.",
            ));
        }
        Ok(layout)
    }

    /// How many columns the table has.
    fn width(&self) -> usize {
        self.table.keys.len() + self.columns().count()
    }

    /// The variables that are columns of the table.
    pub fn columns(&self) -> impl Iterator<Item = &'p Variable<'d>> + use<'p, 'd> {
        self.table.variables.iter().filter(|variable| variable.kind() != Kind::Choices)
    }

    /// The variables with several choices at once, each of them a table.
    pub fn several(&self) -> impl Iterator<Item = &'p Variable<'d>> + use<'p, 'd> {
        self.table.variables.iter().filter(|variable| variable.kind() == Kind::Choices)
    }

    pub fn insert(&self) -> String {
        format!("INSERT INTO {} VALUES ({})", quoted(&self.table.name), marks(self.width()))
    }

    pub fn insert_chosen(&self, variable: &Variable<'_>) -> String {
        let count = self.table.keys.len() + 2;
        format!("INSERT INTO {} VALUES ({})", quoted(&self.chosen(variable)), marks(count))
    }

    /// The table of what was chosen.
    fn chosen(&self, variable: &Variable<'_>) -> String {
        free(format!("chosen_{}", variable.name), self.plan)
    }

    fn keys(&self) -> String {
        list_of(&self.table.keys)
    }

    fn create(&self) -> String {
        let keys = self.table.keys.iter().map(|key| format!("{} TEXT NOT NULL", quoted(key)));
        let columns = self.columns().map(|variable| {
            let (ty, rule) = match variable.kind() {
                Kind::Flag => ("INTEGER", format!(" CHECK ({} IN (0, 1))", quoted(&variable.name))),
                Kind::Integer => ("INTEGER", String::new()),
                Kind::Decimal => ("REAL", String::new()),
                Kind::Choice => {
                    ("INTEGER", refers(variable.column.list().map(|list| list_table(list, self.plan))))
                }
                Kind::Reason => ("TEXT", refers(Some("_missing".to_owned()))),
                Kind::Text | Kind::Date | Kind::Time | Kind::Moment | Kind::Choices => {
                    ("TEXT", String::new())
                }
            };
            format!("{} {ty}{rule}", quoted(&variable.name))
        });
        let primary = std::iter::once(format!("PRIMARY KEY ({})", self.keys()));
        let lines: Vec<String> = keys.chain(columns).chain(primary).chain(self.foreign()).collect();
        format!("CREATE TABLE {} (\n  {}\n) STRICT;\n", quoted(&self.table.name), lines.join(",\n  "))
    }

    fn foreign(&self) -> Option<String> {
        let parent = self.parent?;
        let keys = list_of(&parent.keys);
        Some(format!("FOREIGN KEY ({keys}) REFERENCES {} ({keys})", quoted(&parent.name)))
    }

    fn create_chosen(&self, variable: &Variable<'_>) -> String {
        let keys: String =
            self.table.keys.iter().map(|key| format!("  {} TEXT NOT NULL,\n", quoted(key))).collect();
        format!(
            "CREATE TABLE {chosen} (\n{keys}  \"rank\" INTEGER NOT NULL,\n  \"code\" INTEGER NOT NULL{list},\n  \
             PRIMARY KEY ({names}, \"rank\"),\n  FOREIGN KEY ({names}) REFERENCES {table} ({names})\n\
             ) STRICT, WITHOUT ROWID;\n",
            chosen = quoted(&self.chosen(variable)),
            list = refers(variable.column.list().map(|list| list_table(list, self.plan))),
            names = self.keys(),
            table = quoted(&self.table.name),
        )
    }

    /// The table with labels in the words of a language. Where questions with several choices would make it too wide, it goes
    /// without them: each has its table.
    fn create_view(&self, tag: &str) -> String {
        let label = quoted(tag);
        let keys = self.table.keys.iter().map(|key| format!("t.{0} AS {0}", quoted(key)));
        let has_room = self.width() + self.several().count() <= MOST_COLUMNS;
        let variables = self.table.variables.iter();
        let columns = variables.filter(|variable| has_room || variable.kind() != Kind::Choices).map(|variable| {
            let name = quoted(&variable.name);
            let look_up = |table: &str, column: &str| {
                format!("(SELECT l.{label} FROM {} l WHERE l.{column} = t.{name}) AS {name}", quoted(table))
            };
            match (variable.kind(), variable.column.list()) {
                (Kind::Choice, Some(list)) => look_up(&list_table(list, self.plan), "\"code\""),
                (Kind::Reason, _) => look_up("_missing", "\"reason\""),
                (Kind::Choices, Some(list)) => {
                    let same: Vec<String> =
                        self.table.keys.iter().map(|key| format!("c.{0} = t.{0}", quoted(key))).collect();
                    format!(
                        "(SELECT group_concat(s.w, '; ') FROM (SELECT l.{label} AS w FROM {} c JOIN {} l ON \
                         l.\"code\" = c.\"code\" WHERE {} ORDER BY c.\"rank\") s) AS {name}",
                        quoted(&self.chosen(variable)),
                        quoted(&list_table(list, self.plan)),
                        same.join(" AND "),
                    )
                }
                _ => format!("t.{name} AS {name}"),
            }
        });
        let columns: Vec<String> = keys.chain(columns).collect();
        format!(
            "CREATE VIEW {} AS SELECT\n  {}\nFROM {} t;\n",
            quoted(&free(format!("{}_labels_{tag}", self.table.name), self.plan)),
            columns.join(",\n  "),
            quoted(&self.table.name)
        )
    }
}

/// Makes all tables and views, and fills those that are known from the questionnaire alone.
pub(super) fn create(
    plan: &Plan<'_>,
    layouts: &[Layout<'_, '_>],
    codebook: &[Vec<String>],
    database: &Connection,
) -> rusqlite::Result<()> {
    let languages = &plan.dataset.languages;
    let labels: String = languages.iter().map(|tag| format!(",\n  {} TEXT NOT NULL", quoted(tag))).collect();
    database.execute_batch(&format!(
        "CREATE TABLE \"_survey\" (\"key\" TEXT PRIMARY KEY, \"value\" TEXT NOT NULL) STRICT, WITHOUT ROWID;\n\
         CREATE TABLE \"_missing\" (\n  \"reason\" TEXT PRIMARY KEY{labels}\n) STRICT, WITHOUT ROWID;\n"
    ))?;
    let mut insert = database.prepare("INSERT INTO \"_survey\" VALUES (?, ?)")?;
    insert.execute(["questionnaire", &plan.dataset.questionnaire])?;
    insert.execute(["version", &plan.dataset.version])?;
    insert.execute(["languages", &languages.join(" ")])?;
    let mut insert =
        database.prepare(&format!("INSERT INTO \"_missing\" VALUES ({})", marks(languages.len() + 1)))?;
    for reason in Missing::ALL {
        let words = (0..languages.len()).map(|language| {
            let wording = plan.options.wording.get(language);
            wording.and_then(|wording| wording.reasons.get(reason as usize)).cloned().unwrap_or_default()
        });
        insert.execute(params_from_iter(std::iter::once(reason.name().to_owned()).chain(words)))?;
    }
    for list in plan.lists() {
        fill_list(&list_table(list, plan), list, &labels, languages.len(), database)?;
    }
    fill_codebook(codebook, database)?;
    for layout in layouts {
        database.execute_batch(&layout.create())?;
        for variable in layout.several() {
            database.execute_batch(&layout.create_chosen(variable))?;
        }
        for tag in languages {
            database.execute_batch(&layout.create_view(tag))?;
        }
    }
    Ok(())
}

fn fill_list(
    table: &str,
    list: &List,
    labels: &str,
    languages: usize,
    database: &Connection,
) -> rusqlite::Result<()> {
    let name = quoted(table);
    database.execute_batch(&format!(
        "CREATE TABLE {name} (\n  \"code\" INTEGER PRIMARY KEY,\n  \"name\" TEXT NOT NULL UNIQUE,\n  \
         \"position\" INTEGER NOT NULL{labels}\n) STRICT;\n"
    ))?;
    let mut insert = database.prepare(&format!("INSERT INTO {name} VALUES ({})", marks(languages + 3)))?;
    for (place, (choice, code)) in list.names.iter().zip(&list.codes).enumerate() {
        let own = [code.to_string(), choice.clone(), (place + 1).to_string()];
        let labels = (0..languages).map(|language| without_nul(list.label(place, language)).into_owned());
        insert.execute(params_from_iter(own.into_iter().chain(labels)))?;
    }
    Ok(())
}

fn fill_codebook(codebook: &[Vec<String>], database: &Connection) -> rusqlite::Result<()> {
    let Some((head, rows)) = codebook.split_first() else { return Ok(()) };
    let columns: Vec<String> = head.iter().map(|name| format!("{} TEXT NOT NULL", quoted(name))).collect();
    database
        .execute_batch(&format!("CREATE TABLE \"_codebook\" (\n  {}\n) STRICT;\n", columns.join(",\n  ")))?;
    let mut insert =
        database.prepare(&format!("INSERT INTO \"_codebook\" VALUES ({})", marks(head.len())))?;
    for row in rows {
        insert.execute(params_from_iter(row.iter().map(|cell| without_nul(cell.as_str()))))?;
    }
    Ok(())
}

/// The table of a list.
fn list_table(list: &List, plan: &Plan<'_>) -> String {
    free(format!("list_{}", list.name), plan)
}

/// A name of ours that no roster has.
fn free(mut name: String, plan: &Plan<'_>) -> String {
    while plan.tables.iter().any(|table| table.name.eq_ignore_ascii_case(&name)) {
        name.push('_');
    }
    name
}

fn refers(table: Option<String>) -> String {
    table.map(|table| format!(" REFERENCES {}", quoted(&table))).unwrap_or_default()
}

fn list_of(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// A name as SQL takes it, whatever it holds.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
