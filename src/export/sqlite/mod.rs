//! A relational SQLite database, for those who think in SQL.
//!
//! One table for the interviews and for each roster, with keys that join them. Choices stand as their codes, which refer to a
//! table of their list; several choices stand in a table of their own. Beside each table there are views with labels, one
//! for each language. The same data give the same bytes.

mod schema;

use std::borrow::Cow;
use std::io::{self, ErrorKind};

use rusqlite::types::{ToSqlOutput as Sql, Value, ValueRef};
use rusqlite::{Connection, ErrorCode, Statement, params_from_iter};

use self::schema::Layout;
use super::names::{Length, Rules};
use super::shorten::without_nul;
use super::{Cell, ExportError, Plan, Variable};

/// SQLite takes any name, in quotation marks, but small and large letters are the same.
pub const NAMES: Rules = Rules {
    program: "SQLite",
    longest: Length::Characters(usize::MAX),
    first: |_| true,
    rest: |_| true,
    lead: "",
    reserved: &[],
    folds_case: true,
};

/// Writes the database into an empty one. `codebook` is a header and its rows.
///
/// # Errors
/// A table has more columns than a database takes, or the disk failed.
pub fn write(plan: &Plan<'_>, codebook: &[Vec<String>], to: &mut Connection) -> Result<(), ExportError> {
    let layouts = plan.tables.iter().map(|table| Layout::new(plan, table)).collect::<Result<Vec<_>, _>>()?;
    // Nobody sees the file before it is whole, and half of it is of no use.
    to.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;").map_err(failed)?;
    let transaction = to.transaction().map_err(failed)?;
    schema::create(plan, &layouts, codebook, &transaction).map_err(failed)?;
    for layout in &layouts {
        fill(layout, &transaction).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}

/// Writes the rows of a table, and what was chosen where there may be several choices.
fn fill(layout: &Layout<'_, '_>, database: &Connection) -> rusqlite::Result<()> {
    let mut insert = database.prepare(&layout.insert())?;
    let mut several: Vec<(&Variable<'_>, Statement<'_>)> = Vec::new();
    for variable in layout.several() {
        several.push((variable, database.prepare(&layout.insert_chosen(variable))?));
    }
    for row in layout.table.rows.iter() {
        let keys = || layout.table.keys_of(row).map(text);
        let cells = layout.columns().map(|variable| sql(variable, variable.cell(row)));
        insert.execute(params_from_iter(keys().chain(cells)))?;
        for (variable, insert) in &mut several {
            let Cell::Choices(places) = variable.cell(row) else { continue };
            for (rank, place) in (1..).zip(places) {
                let code = variable.code(*place).unwrap_or_default();
                insert.execute(params_from_iter(keys().chain([rank, code].map(integer))))?;
            }
        }
    }
    Ok(())
}

/// A cell as SQLite keeps it: days, times and moments as ISO 8601 text, which its functions understand.
fn sql<'d>(variable: &Variable<'d>, cell: Cell<'d>) -> Sql<'d> {
    let owned = |text: String| Sql::Owned(Value::Text(text));
    match cell {
        Cell::Missing(_) | Cell::Nothing | Cell::Choices(_) => Sql::Owned(Value::Null),
        Cell::Reason(reason) => text(reason.name()),
        Cell::Flag(yes) => integer(yes.into()),
        Cell::Integer(number) => integer(number),
        Cell::Decimal(number) => Sql::Owned(Value::Real(number)),
        Cell::Text(text) => match without_nul(text) {
            Cow::Borrowed(borrowed) => self::text(borrowed),
            Cow::Owned(text) => owned(text),
        },
        Cell::Date(day) => owned(day.format("%Y-%m-%d").to_string()),
        Cell::Time(time) => owned(time.format("%H:%M:%S").to_string()),
        Cell::Moment(moment) => owned(moment.to_rfc3339()),
        Cell::Choice(place) => variable.code(place).map_or(Sql::Owned(Value::Null), integer),
    }
}

fn text(text: &str) -> Sql<'_> {
    Sql::Borrowed(ValueRef::Text(text.as_bytes()))
}

fn integer<'s>(number: i64) -> Sql<'s> {
    Sql::Owned(Value::Integer(number))
}

/// What SQLite says, as the disk's failure where it is one.
fn failed(error: rusqlite::Error) -> ExportError {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => ErrorKind::StorageFull,
        _ => ErrorKind::Other,
    };
    io::Error::new(kind, error).into()
}
