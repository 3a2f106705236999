//! One column of a file: its type, and its values with the levels that say where there is none.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate, Timelike};
use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::schema::types::{Type, TypePtr};

use super::{failed, out_of_step};
use crate::dataset::List;
use crate::export::csv::shown;
use crate::export::{Cell, ExportError, Kind, Plan, PlannedTable, Rows, Shown, Variable};
use crate::value::Missing;

/// A column of the file: a variable, or the offset from UTC that its moments were recorded with, in minutes.
pub(super) struct Column<'t, 'd> {
    variable: &'t Variable<'d>,
    /// For an offset, what the column is called.
    offset: Option<String>,
}

pub(super) fn columns_of<'t, 'd>(table: &'t PlannedTable<'d>) -> Vec<Column<'t, 'd>> {
    let both = |variable: &'t Variable<'d>| {
        let offset = (variable.kind() == Kind::Moment)
            .then(|| Column { variable, offset: Some(table.offset_name(variable)) });
        std::iter::once(Column { variable, offset: None }).chain(offset)
    };
    table.variables.iter().flat_map(both).collect()
}

pub(super) fn schema(
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
        if let Some(name) = &self.offset {
            return plain(name, Physical::INT32, None);
        }
        match self.variable.kind() {
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

    /// Writes its values in these rows.
    pub fn write(
        &self,
        rows: &Rows,
        plan: &Plan<'_>,
        writer: &mut ColumnWriter<'_>,
    ) -> Result<(), ExportError> {
        let variable = self.variable;
        if variable.kind() == Kind::Choices {
            return self.write_sets(rows.iter(), plan, writer);
        }
        // 1 where there is a value, 0 where not.
        let mut levels: Vec<i16> = Vec::with_capacity(rows.len());
        let rows = rows.iter();
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
