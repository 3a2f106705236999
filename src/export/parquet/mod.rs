//! Parquet: typed columns for Python, R, `DuckDB` and the like, compressed with zstd.
//!
//! Choices and texts are kept once each (dictionaries); what variables, choices and reasons mean stands as JSON in the
//! file's own metadata under [`METADATA`]. A data set is a folder with one folder for each round (`round=baseline`), as Hive
//! names them, so that readers know the round and read no others than they need. The same data give the same bytes.

mod column;
mod description;

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;

use self::column::{columns_of, schema};
use super::{ExportError, Plan, PlannedTable, Rows};
use crate::dataset::{Column, Data, ROUND};

/// The key of the description in a file's metadata.
pub const METADATA: &str = "doorstep";

/// The one file in the folder of a round.
pub const FILE: &str = "data.parquet";

/// So many rows are written at once.
const GROUP: usize = 1 << 17;

/// The rows of a table that belong to one round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The folder of the round: `round=baseline`.
    pub folder: String,
    /// Rows of the table.
    pub rows: Rows,
}

/// The rows of a table by round, in the order of their names. A table without rows has one part, so that its columns are
/// known.
#[must_use]
pub fn parts(plan: &Plan<'_>, table: &PlannedTable<'_>) -> Vec<Part> {
    let rounds = plan.dataset.interviews().column(ROUND);
    let round_of = |interview: usize| rounds.and_then(|column| column.text(interview));
    let key = partition(plan);
    let mut parts: Vec<Part> = Vec::new();
    // Rows of an interview stand together, so the last round is mostly the right one.
    let mut last = (None, 0);
    for row in table.rows.iter() {
        let interview = table.interview_of(row);
        if last.0 != Some(interview) {
            let folder = folder(&key, round_of(interview));
            let at = parts.iter().position(|part| part.folder == folder).unwrap_or_else(|| {
                parts.push(Part { folder, rows: Rows::default() });
                parts.len() - 1
            });
            last = (Some(interview), at);
        }
        parts[last.1].rows.add(row..row + 1);
    }
    if parts.is_empty() {
        // Readers make out nothing of a null that is the only round.
        let round = plan.options.round.as_deref().or_else(|| first_round(rounds)).unwrap_or("none");
        parts.push(Part { folder: folder(&key, Some(round)), rows: Rows::default() });
    }
    parts.sort_by(|a, b| a.folder.cmp(&b.folder));
    parts
}

/// The first of the rounds, by the alphabet.
fn first_round(rounds: Option<&Column>) -> Option<&str> {
    let Data::Text(texts) = rounds?.data() else { return None };
    texts.distinct().map(|(_, round)| round).min()
}

/// What the folders' names begin with: `round`, and more where a variable has that name, as readers make a column of it.
fn partition(plan: &Plan<'_>) -> String {
    let mut key = "round".to_owned();
    let is_taken = |key: &str| {
        plan.tables.iter().any(|table| {
            table.keys.iter().any(|name| name == key)
                || table.variables.iter().any(|variable| variable.name == key)
        })
    };
    while is_taken(&key) {
        key.push('_');
    }
    key
}

/// The folder of a round, as Hive writes it: what is no letter, digit, `-`, `_` or `.` stands as its bytes.
fn folder(key: &str, round: Option<&str>) -> String {
    let Some(round) = round else { return format!("{key}=__HIVE_DEFAULT_PARTITION__") };
    let mut folder = format!("{key}=");
    for byte in round.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => folder.push(char::from(byte)),
            _ => folder.push_str(&format!("%{byte:02X}")),
        }
    }
    folder
}

/// Writes these rows of a table as one file.
///
/// # Errors
/// The writer failed.
pub fn write(
    plan: &Plan<'_>,
    table: &PlannedTable<'_>,
    rows: &Rows,
    to: impl Write + Send,
) -> Result<(), ExportError> {
    let columns = columns_of(table);
    let schema = schema(table, &columns, plan.options.shown).map_err(failed)?;
    let level = ZstdLevel::try_new(3).map_err(failed)?;
    let description = KeyValue::new(METADATA.to_owned(), description::of(plan, table).to_string());
    let properties = WriterProperties::builder()
        .set_created_by(concat!("doorstep ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(level))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(GROUP))
        .set_key_value_metadata(Some(vec![description]))
        .build();
    let mut file = SerializedFileWriter::new(to, schema, Arc::new(properties)).map_err(failed)?;
    for rows in rows.parts(GROUP).iter().filter(|rows| !rows.is_empty()) {
        let mut group = file.next_row_group().map_err(failed)?;
        for place in 0..table.keys.len() {
            let mut column = group.next_column().map_err(failed)?.ok_or_else(out_of_step)?;
            let keys: Vec<ByteArray> = rows.iter().map(|row| table.key_of(row, place).into()).collect();
            let ColumnWriter::ByteArrayColumnWriter(writer) = column.untyped() else {
                return Err(out_of_step());
            };
            writer.write_batch(&keys, None, None).map_err(failed)?;
            column.close().map_err(failed)?;
        }
        for column in &columns {
            let mut writer = group.next_column().map_err(failed)?.ok_or_else(out_of_step)?;
            column.write(rows, plan, writer.untyped())?;
            writer.close().map_err(failed)?;
        }
        group.close().map_err(failed)?;
    }
    file.close().map_err(failed)?;
    Ok(())
}

fn failed(error: ParquetError) -> ExportError {
    match error {
        ParquetError::External(error) => match error.downcast::<std::io::Error>() {
            Ok(error) => ExportError::Io(*error),
            Err(error) => std::io::Error::other(error).into(),
        },
        other => std::io::Error::other(other).into(),
    }
}

/// The file's columns are not those of the table: a mistake of ours.
fn out_of_step() -> ExportError {
    std::io::Error::other("the columns of the file are out of step with the table").into()
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn the_folder_of_a_round_stays_one_folder() {
        assert_eq!(folder("round", Some("baseline")), "round=baseline");
        assert_eq!(folder("round", Some("../été 1")), "round=..%2F%C3%A9t%C3%A9%201");
        assert_eq!(folder("round", None), "round=__HIVE_DEFAULT_PARTITION__");
    }
}
