//! Points on a map, as `GeoJSON` (RFC 7946).
//!
//! Where somebody lives tells who they are. Points therefore come out only when their question is named, and then on a grid:
//! what is nearer than about a kilometre looks the same. Only a second, explicit wish gives them exactly.

use std::io::Write;

use serde_json::{Map, Value as Json, json};

use super::cell::MOST_EXACT;
use super::{Cell, ExportError, Plan, PlannedTable, Shown, Variable, What};
use crate::dataset::Column;

/// How exact points are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exactness {
    /// On a grid of so many decimals of a degree; with 2 its lines are about 1.1 km apart, from east to west less towards
    /// the poles.
    Grid(u8),
    /// As they were recorded.
    Exact,
}

/// The answer to a question for a place.
struct Point {
    latitude: f64,
    longitude: f64,
}

/// Writes a feature for each row that has an answer to one of the questions in `places`, and gives how many there are.
/// No place stands among the properties, whatever the plan lets out.
///
/// # Errors
/// The writer failed.
pub fn write(
    plan: &Plan<'_>,
    places: &[&str],
    exactness: Exactness,
    mut to: impl Write,
) -> Result<usize, ExportError> {
    let about = json!({ "questionnaire": plan.dataset.questionnaire, "version": plan.dataset.version });
    write!(to, "{{\"type\":\"FeatureCollection\",\"doorstep\":{about},\"features\":[")?;
    let mut count = 0;
    for table in &plan.tables {
        for column in table.table.columns().iter().filter(|column| places.contains(&column.name.as_str())) {
            for row in table.rows.iter() {
                let Some(point) = point(column, row) else { continue };
                let feature = feature(plan, table, column, row, &point, places, exactness);
                write!(to, "{}\n{feature}", if count == 0 { "" } else { "," })?;
                count += 1;
            }
        }
    }
    writeln!(to, "\n]}}")?;
    Ok(count)
}

fn feature(
    plan: &Plan<'_>,
    table: &PlannedTable<'_>,
    column: &Column,
    row: usize,
    point: &Point,
    places: &[&str],
    exactness: Exactness,
) -> Json {
    let keys: Vec<&str> = table.keys_of(row).collect();
    let mut properties = Map::new();
    properties.insert("_place".to_owned(), json!(column.name));
    for (name, key) in table.keys.iter().zip(&keys) {
        properties.insert(name.clone(), json!(key));
    }
    for variable in table.variables.iter().filter(|variable| is_property(variable, places)) {
        properties.insert(variable.name.clone(), property(variable, row, plan));
    }
    // GeoJSON has the longitude first.
    let at = [on_grid(point.longitude, exactness), on_grid(point.latitude, exactness)];
    json!({
        "type": "Feature",
        "id": keys.join("/"),
        "geometry": { "type": "Point", "coordinates": at },
        "properties": properties,
    })
}

/// Whether a variable is a property: not the place itself, which would undo the grid.
fn is_property(variable: &Variable<'_>, places: &[&str]) -> bool {
    variable.what == What::Missing || !places.contains(&variable.column.name.as_str())
}

fn property(variable: &Variable<'_>, row: usize, plan: &Plan<'_>) -> Json {
    let options = &plan.options;
    match variable.cell(row) {
        Cell::Missing(reason) => options.missings.code(reason).map_or(Json::Null, |code| {
            code.parse::<i64>().map_or_else(|_| json!(code), |number| json!(number))
        }),
        Cell::Nothing => Json::Null,
        Cell::Reason(reason) => json!(reason.name()),
        Cell::Flag(yes) => json!(yes),
        Cell::Integer(number) => whole(number),
        Cell::Decimal(number) => json!(number),
        Cell::Text(text) => json!(text),
        Cell::Date(day) => json!(day.format("%Y-%m-%d").to_string()),
        Cell::Time(time) => json!(time.format("%H:%M:%S").to_string()),
        Cell::Moment(moment) => json!(moment.to_rfc3339()),
        Cell::Choice(place) => match options.shown {
            Shown::Codes => variable.code(place).map_or(Json::Null, whole),
            _ => json!(variable.shown(place, options)),
        },
        // One text: what shows maps takes no lists.
        Cell::Choices(places) => json!(variable.joined(places, options)),
    }
}

/// A whole number; as text where readers of JSON, whose numbers have a point, would round it.
fn whole(number: i64) -> Json {
    if number.unsigned_abs() > MOST_EXACT { json!(number.to_string()) } else { json!(number) }
}

/// A coordinate on the grid: the nearest of its lines.
fn on_grid(degrees: f64, exactness: Exactness) -> f64 {
    match exactness {
        Exactness::Exact => degrees,
        Exactness::Grid(decimals) => {
            let scale = 10_f64.powi(i32::from(decimals));
            // Never `-0`.
            (degrees * scale).round() / scale + 0.0
        }
    }
}

/// Reads `latitude longitude [altitude accuracy]`.
fn point(column: &Column, row: usize) -> Option<Point> {
    let mut numbers = column.text(row)?.split_whitespace().map(str::parse::<f64>);
    let (latitude, longitude) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let exists = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    exists.then_some(Point { latitude, longitude })
}

#[cfg(test)]
mod tests {
    use super::{Exactness, on_grid};

    #[test]
    fn a_grid_hides_where_in_its_cell_a_point_is() {
        let grid = Exactness::Grid(2);
        let is = |degrees: f64, wanted: f64| on_grid(degrees, grid).to_bits() == wanted.to_bits();
        assert!(is(15.354_91, 15.35) && is(15.345_01, 15.35) && is(-179.999, -180.0));
        assert!(is(-0.001, 0.0), "never `-0`");
        assert_eq!(on_grid(15.354_91, Exactness::Exact).to_bits(), 15.354_91_f64.to_bits());
    }
}
