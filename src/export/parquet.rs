//! Parquet: typed columns for Python, R, `DuckDB` and the like, compressed with zstd.
//!
//! Choices and texts are kept once each (dictionaries); what variables, choices and reasons mean stands as JSON in the
//! file's own metadata under [`METADATA`]. A data set is a folder with one folder for each round (`round=baseline`), as Hive
//! names them, so that readers know the round and read no others than they need. The same data give the same bytes.

use std::io::Write;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, Timelike};
use parquet::basic::{
    Compression, ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel,
};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use serde_json::{Map, Value as Json, json};

use super::csv::shown;
use super::{Cell, ExportError, Kind, Plan, PlannedTable, Shown, Variable, What};
use crate::dataset::{List, ROUND};
use crate::value::Missing;

/// The key of the description in a file's metadata.
pub const METADATA: &str = "doorstep";

/// So many rows are written at once.
const GROUP: usize = 1 << 17;

/// The rows of a table that belong to one round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The folder of the round: `round=baseline`.
    pub folder: String,
    /// Rows of the table.
    pub rows: Vec<u32>,
}

/// The rows of a table by round, in the order of their names. A table without rows has one part, so that its columns are
/// known.
#[must_use]
pub fn parts(plan: &Plan<'_>, table: &PlannedTable<'_>) -> Vec<Part> {
    let rounds = plan.dataset.interviews().column(ROUND);
    let round_of =
        |interview: usize| rounds.and_then(|column| column.value(interview)).map(|round| round.to_string());
    let key = partition(plan);
    let mut parts: Vec<Part> = Vec::new();
    // Rows of an interview stand together, so the last round is mostly the right one.
    let mut last = (None, 0);
    for row in &table.rows {
        let interview = table.interview_of(*row as usize);
        if last.0 != Some(interview) {
            let folder = folder(&key, round_of(interview).as_deref());
            let at = parts.iter().position(|part| part.folder == folder).unwrap_or_else(|| {
                parts.push(Part { folder, rows: Vec::new() });
                parts.len() - 1
            });
            last = (Some(interview), at);
        }
        parts[last.1].rows.push(*row);
    }
    if parts.is_empty() {
        parts.push(Part { folder: folder(&key, plan.options.round.as_deref()), rows: Vec::new() });
    }
    parts.sort_by(|a, b| a.folder.cmp(&b.folder));
    parts
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
    rows: &[u32],
    to: impl Write + Send,
) -> Result<(), ExportError> {
    let columns = columns_of(table);
    let schema = schema(table, &columns, plan.options.shown).map_err(failed)?;
    let level = ZstdLevel::try_new(3).map_err(failed)?;
    let description = KeyValue::new(METADATA.to_owned(), describe(plan, table).to_string());
    let properties = WriterProperties::builder()
        .set_created_by(concat!("doorstep ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(level))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(GROUP))
        .set_key_value_metadata(Some(vec![description]))
        .build();
    let mut file = SerializedFileWriter::new(to, schema, Arc::new(properties)).map_err(failed)?;
    for rows in rows.chunks(GROUP) {
        let mut group = file.next_row_group().map_err(failed)?;
        for place in 0..table.keys.len() {
            let mut column = group.next_column().map_err(failed)?.ok_or_else(out_of_step)?;
            let keys: Vec<ByteArray> = rows
                .iter()
                .map(|row| table.keys_of(*row as usize).nth(place).unwrap_or_default().into())
                .collect();
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

/// A column of the file: a variable, or the offset from UTC that its moments were recorded with, in minutes.
struct Column<'t, 'd> {
    variable: &'t Variable<'d>,
    is_offset: bool,
}

fn columns_of<'t, 'd>(table: &'t PlannedTable<'d>) -> Vec<Column<'t, 'd>> {
    let both = |variable: &'t Variable<'d>| {
        let offset = (variable.kind() == Kind::Moment).then_some(Column { variable, is_offset: true });
        std::iter::once(Column { variable, is_offset: false }).chain(offset)
    };
    table.variables.iter().flat_map(both).collect()
}

fn schema(
    table: &PlannedTable<'_>,
    columns: &[Column<'_, '_>],
    form: Shown,
) -> Result<TypePtr, ParquetError> {
    let keys = table.keys.iter().map(|name| text(name, Repetition::REQUIRED));
    let fields: Result<Vec<TypePtr>, ParquetError> =
        keys.chain(columns.iter().map(|column| column.field(form))).collect();
    Ok(Arc::new(Type::group_type_builder("schema").with_fields(fields?).build()?))
}

fn text(name: &str, repetition: Repetition) -> Result<TypePtr, ParquetError> {
    let builder = Type::primitive_type_builder(name, Physical::BYTE_ARRAY);
    Ok(Arc::new(builder.with_repetition(repetition).with_logical_type(Some(LogicalType::String)).build()?))
}

fn plain(name: &str, physical: Physical, logical: Option<LogicalType>) -> Result<TypePtr, ParquetError> {
    let builder = Type::primitive_type_builder(name, physical);
    Ok(Arc::new(builder.with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build()?))
}

impl Column<'_, '_> {
    fn field(&self, form: Shown) -> Result<TypePtr, ParquetError> {
        let name = self.variable.name.as_str();
        let codes = form == Shown::Codes;
        let micros = TimeUnit::MICROS;
        match self.variable.kind() {
            Kind::Moment if self.is_offset => plain(&format!("{name}__offset"), Physical::INT32, None),
            Kind::Flag => plain(name, Physical::BOOLEAN, None),
            Kind::Integer => plain(name, Physical::INT64, None),
            Kind::Choice if codes => plain(name, Physical::INT64, None),
            Kind::Decimal => plain(name, Physical::DOUBLE, None),
            Kind::Date => plain(name, Physical::INT32, Some(LogicalType::Date)),
            Kind::Time => {
                let time = LogicalType::time(false, micros);
                plain(name, Physical::INT64, Some(time))
            }
            Kind::Moment => {
                let moment = LogicalType::timestamp(true, micros);
                plain(name, Physical::INT64, Some(moment))
            }
            Kind::Text | Kind::Choice | Kind::Reason => text(name, Repetition::OPTIONAL),
            Kind::Choices => {
                let element = if codes {
                    plain("element", Physical::INT64, None)?
                } else {
                    text("element", Repetition::OPTIONAL)?
                };
                let repeated = Type::group_type_builder("list")
                    .with_repetition(Repetition::REPEATED)
                    .with_fields(vec![element])
                    .build()?;
                let list = Type::group_type_builder(name)
                    .with_repetition(Repetition::OPTIONAL)
                    .with_converted_type(ConvertedType::LIST)
                    .with_logical_type(Some(LogicalType::List))
                    .with_fields(vec![Arc::new(repeated)])
                    .build()?;
                Ok(Arc::new(list))
            }
        }
    }

    fn write(&self, rows: &[u32], plan: &Plan<'_>, writer: &mut ColumnWriter<'_>) -> Result<(), ExportError> {
        let variable = self.variable;
        let rows = rows.iter().map(|row| *row as usize);
        if variable.kind() == Kind::Choices {
            return self.write_sets(rows, plan, writer);
        }
        // 1 where there is a value, 0 where not.
        let mut levels: Vec<i16> = Vec::with_capacity(rows.len());
        let mut put = |has: bool| levels.push(i16::from(has));
        match writer {
            ColumnWriter::BoolColumnWriter(writer) => {
                let flag = |cell| if let Cell::Flag(yes) = cell { Some(yes) } else { None };
                let values: Vec<bool> =
                    rows.filter_map(|row| noted(flag(variable.cell(row)), &mut put)).collect();
                writer.write_batch(&values, Some(&levels), None).map_err(failed)?;
            }
            ColumnWriter::DoubleColumnWriter(writer) => {
                let number = |cell| if let Cell::Decimal(number) = cell { Some(number) } else { None };
                let values: Vec<f64> =
                    rows.filter_map(|row| noted(number(variable.cell(row)), &mut put)).collect();
                writer.write_batch(&values, Some(&levels), None).map_err(failed)?;
            }
            ColumnWriter::Int32ColumnWriter(writer) => {
                let whole = |cell| match cell {
                    Cell::Date(day) => Some(day.num_days_from_ce() - epoch().num_days_from_ce()),
                    Cell::Moment(moment) => Some(moment.offset().local_minus_utc() / 60),
                    _ => None,
                };
                let values: Vec<i32> =
                    rows.filter_map(|row| noted(whole(variable.cell(row)), &mut put)).collect();
                writer.write_batch(&values, Some(&levels), None).map_err(failed)?;
            }
            ColumnWriter::Int64ColumnWriter(writer) => {
                let whole = |cell| match cell {
                    Cell::Integer(number) => Some(number),
                    Cell::Choice(place) => variable.code(place),
                    Cell::Moment(moment) => Some(moment.timestamp_micros()),
                    Cell::Time(time) => Some(
                        i64::from(time.num_seconds_from_midnight()) * 1_000_000
                            + i64::from(time.nanosecond() / 1000),
                    ),
                    _ => None,
                };
                let values: Vec<i64> =
                    rows.filter_map(|row| noted(whole(variable.cell(row)), &mut put)).collect();
                writer.write_batch(&values, Some(&levels), None).map_err(failed)?;
            }
            ColumnWriter::ByteArrayColumnWriter(writer) => {
                let choices = variable.list().map(|list| texts_of(list, plan)).unwrap_or_default();
                let reasons = Missing::ALL.map(|reason| ByteArray::from(reason.name()));
                let text = |cell: Cell<'_>| match cell {
                    Cell::Text(text) => Some(ByteArray::from(text.as_ref())),
                    Cell::Choice(place) => choices.get(place as usize).cloned(),
                    Cell::Reason(reason) => reasons.get(reason as usize).cloned(),
                    _ => None,
                };
                let values: Vec<ByteArray> =
                    rows.filter_map(|row| noted(text(variable.cell(row)), &mut put)).collect();
                writer.write_batch(&values, Some(&levels), None).map_err(failed)?;
            }
            _ => return Err(out_of_step()),
        }
        Ok(())
    }

    /// Lists. The level says how far a value is there: 0 no list, 1 an empty one, 3 an element.
    fn write_sets(
        &self,
        rows: impl Iterator<Item = usize>,
        plan: &Plan<'_>,
        writer: &mut ColumnWriter<'_>,
    ) -> Result<(), ExportError> {
        let (mut defined, mut repeated, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            let before = defined.len();
            if let Cell::Choices(chosen) = self.variable.cell(row) {
                places.extend_from_slice(chosen);
                defined.extend(chosen.iter().map(|_| 3_i16));
                repeated.extend((0..chosen.len()).map(|n| i16::from(n > 0)));
                if chosen.is_empty() {
                    defined.push(1);
                }
            } else {
                defined.push(0);
            }
            repeated.resize(repeated.len().max(before + 1), 0);
        }
        let Some(list) = self.variable.column.list() else { return Err(out_of_step()) };
        let written = match writer {
            ColumnWriter::Int64ColumnWriter(writer) => {
                let codes: Vec<i64> = places
                    .iter()
                    .map(|place| list.codes.get(*place as usize).copied().unwrap_or_default())
                    .collect();
                writer.write_batch(&codes, Some(&defined), Some(&repeated))
            }
            ColumnWriter::ByteArrayColumnWriter(writer) => {
                let texts = texts_of(list, plan);
                let values: Vec<ByteArray> =
                    places.iter().filter_map(|place| texts.get(*place as usize).cloned()).collect();
                writer.write_batch(&values, Some(&defined), Some(&repeated))
            }
            _ => return Err(out_of_step()),
        };
        written.map(drop).map_err(failed)
    }
}

/// Notes whether there is a value, and gives it on.
fn noted<T>(value: Option<T>, put: &mut impl FnMut(bool)) -> Option<T> {
    put(value.is_some());
    value
}

/// Every choice of a list as it is written, by its place.
fn texts_of(list: &List, plan: &Plan<'_>) -> Vec<ByteArray> {
    (0..list.names.len() as u32)
        .map(|place| ByteArray::from(shown(list, place, &plan.options).as_ref()))
        .collect()
}

fn epoch() -> NaiveDate {
    NaiveDate::default()
}

/// What the table, its variables, the choices and the reasons mean.
fn describe(plan: &Plan<'_>, table: &PlannedTable<'_>) -> Json {
    let languages = &plan.dataset.languages;
    let in_all = |text: &dyn Fn(usize) -> String| -> Json {
        let texts = languages.iter().enumerate().map(|(place, tag)| (tag.clone(), Json::from(text(place))));
        Json::Object(texts.collect())
    };
    let mut variables = Map::new();
    for variable in &table.variables {
        let mut about = json!({
            "question": variable.column.name,
            "type": variable.type_name(),
            "label": in_all(&|language| variable.label(language)),
        });
        if let Some(list) = variable.column.list().filter(|_| variable.what != What::Missing) {
            about["list"] = json!(list.name);
        }
        if let What::Has(place) = variable.what
            && let Some(list) = variable.column.list()
        {
            about["choice"] = json!(list.names.get(place as usize));
        }
        variables.insert(variable.name.clone(), about);
    }
    let mut lists = Map::new();
    for list in plan.lists() {
        let choices = list.names.iter().zip(&list.codes).enumerate().map(|(place, (name, code))| {
            json!({ "name": name, "code": code, "label": in_all(&|language| list.label(place, language).to_owned()) })
        });
        lists.insert(list.name.clone(), choices.collect());
    }
    let reasons = Missing::ALL.iter().map(|reason| {
        let words = in_all(&|language| {
            let words =
                plan.options.wording.get(language).and_then(|wording| wording.reasons.get(*reason as usize));
            words.cloned().unwrap_or_default()
        });
        (reason.name().to_owned(), words)
    });
    json!({
        "questionnaire": plan.dataset.questionnaire,
        "version": plan.dataset.version,
        "languages": languages,
        "table": table.name,
        "keys": table.keys,
        "variables": variables,
        "lists": lists,
        "missing": Json::Object(reasons.collect()),
    })
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
