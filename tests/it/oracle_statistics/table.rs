//! Reading the data files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

/// Columns of text; an empty cell is not available.
#[derive(Clone)]
pub struct Table {
    columns: BTreeMap<String, Vec<String>>,
    pub rows: usize,
}

impl Table {
    pub fn read(path: &Path) -> Self {
        let mut reader =
            csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let mut columns: BTreeMap<String, Vec<String>> = names.iter().map(|n| (n.clone(), vec![])).collect();
        let mut rows = 0;
        for record in reader.records() {
            for (name, cell) in names.iter().zip(&record.unwrap()) {
                columns.get_mut(name).unwrap().push(cell.to_owned());
            }
            rows += 1;
        }
        Self { columns, rows }
    }

    pub fn has(&self, name: &str) -> bool {
        self.columns.contains_key(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.columns.keys()
    }

    pub fn text(&self, name: &str) -> &[String] {
        self.columns.get(name).unwrap_or_else(|| panic!("no column {name}"))
    }

    pub fn numbers(&self, name: &str) -> Vec<f64> {
        let number = |cell: &String| match cell.as_str() {
            "" | "NA" => f64::NAN,
            cell => cell.parse().unwrap_or_else(|_| panic!("{name} holds {cell}")),
        };
        self.text(name).iter().map(number).collect()
    }

    /// Which rows meet every condition of a filter.
    pub fn filter(&self, conditions: &Value) -> Vec<bool> {
        let mut inside = vec![true; self.rows];
        for condition in conditions.as_array().map_or(&[][..], Vec::as_slice) {
            let cells = self.text(condition["var"].as_str().unwrap());
            let op = condition["op"].as_str().unwrap();
            for (inside, cell) in inside.iter_mut().zip(cells) {
                *inside &= meets(cell, op, &condition["value"]);
            }
        }
        inside
    }

    pub fn keep(&mut self, rows: &[bool]) {
        for cells in self.columns.values_mut() {
            let mut rows = rows.iter();
            cells.retain(|_| *rows.next().unwrap());
        }
        self.rows = rows.iter().filter(|&&kept| kept).count();
    }

    /// Codes of the cells, in their order as text.
    pub fn codes(&self, name: &str) -> Vec<u32> {
        let cells = self.text(name);
        let sorted: BTreeSet<&String> = cells.iter().collect();
        let codes: BTreeMap<&String, u32> = sorted.into_iter().zip(0..).collect();
        cells.iter().map(|cell| codes[cell]).collect()
    }
}

/// Not available.
pub fn missing(cell: &str) -> bool {
    matches!(cell, "" | "NA")
}

/// The values of a column in order, of numbers as numbers.
pub fn levels(cells: &[String]) -> Vec<String> {
    let mut levels: Vec<String> = cells.iter().filter(|cell| !missing(cell)).cloned().collect();
    let number = |cell: &String| cell.parse::<f64>().ok();
    match levels.iter().map(number).collect::<Option<Vec<f64>>>() {
        Some(_) => levels.sort_by(|a, b| number(a).partial_cmp(&number(b)).unwrap()),
        None => levels.sort(),
    }
    levels.dedup();
    levels
}

fn meets(cell: &str, op: &str, value: &Value) -> bool {
    if matches!(op, "is.na" | "!is.na") {
        return missing(cell) == (op == "is.na");
    }
    if missing(cell) {
        return false;
    }
    let order = || cell.parse::<f64>().unwrap().total_cmp(&value.as_f64().unwrap());
    match op {
        "==" => same(cell, value),
        "!=" => !same(cell, value),
        "not in" => !value.as_array().unwrap().iter().any(|value| same(cell, value)),
        "in" => value.as_array().unwrap().iter().any(|value| same(cell, value)),
        "<" => order().is_lt(),
        "<=" => order().is_le(),
        ">" => order().is_gt(),
        ">=" => order().is_ge(),
        _ => panic!("no condition {op}"),
    }
}

/// Whether a cell holds this text or number.
pub fn same(cell: &str, value: &Value) -> bool {
    match value {
        Value::String(text) => cell == text,
        value => {
            cell.parse::<f64>().is_ok_and(|cell| value.as_f64().is_some_and(|v| v.total_cmp(&cell).is_eq()))
        }
    }
}
