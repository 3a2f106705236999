//! Reading the data files and building the designs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use doorstep::statistics::{Columns, Design, DesignError, LonelyPsu, SecondStage};
use serde_json::Value;

/// Columns of text; an empty cell is not available.
#[derive(Clone)]
pub struct Table {
    columns: BTreeMap<String, Vec<String>>,
    rows: usize,
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

    fn keep(&mut self, rows: &[bool]) {
        for cells in self.columns.values_mut() {
            let mut rows = rows.iter();
            cells.retain(|_| *rows.next().unwrap());
        }
        self.rows = rows.iter().filter(|&&kept| kept).count();
    }

    fn codes(&self, name: &str) -> Vec<u32> {
        let cells = self.text(name);
        let sorted: BTreeSet<&String> = cells.iter().collect();
        let codes: BTreeMap<&String, u32> = sorted.into_iter().zip(0..).collect();
        cells.iter().map(|cell| codes[cell]).collect()
    }
}

fn meets(cell: &str, op: &str, value: &Value) -> bool {
    if cell.is_empty() {
        return false;
    }
    let order = || cell.parse::<f64>().unwrap().total_cmp(&value.as_f64().unwrap());
    match op {
        "==" => same(cell, value),
        "!=" => !same(cell, value),
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

/// A table with its design.
pub struct Sample {
    pub table: Table,
    pub design: Design,
    pub weights: Vec<f64>,
}

impl Sample {
    pub fn new(mut table: Table, description: &Value) -> Result<Self, DesignError> {
        table.keep(&table.filter(&description["rows_filter"]));
        let names = |key: &str| -> Vec<String> {
            let list = description[key].as_array();
            list.map_or(vec![], |list| list.iter().map(|name| name.as_str().unwrap().to_owned()).collect())
        };
        let stages: Vec<Vec<u32>> = names("psu").iter().map(|name| table.codes(name)).collect();
        let populations: Vec<Vec<f64>> = names("fpc").iter().map(|name| table.numbers(name)).collect();
        let strata = names("strata").first().map(|name| table.codes(name));
        let weights = match description["weights"].as_str() {
            Some(name) => table.numbers(name),
            None => inverse_probabilities(table.rows, strata.as_deref(), &stages, &populations),
        };
        let columns = Columns {
            weights: &weights,
            strata: strata.as_deref(),
            psu: stages.first().map(Vec::as_slice),
            fpc: populations.first().map(Vec::as_slice),
            nest: description["nest"] == true,
            second_stage: stages
                .get(1)
                .zip(populations.get(1))
                .map(|(units, population)| SecondStage { units, population }),
        };
        let lonely = match description["lonely_psu"].as_str().unwrap() {
            "fail" => LonelyPsu::Fail,
            "remove" => LonelyPsu::Remove,
            "certainty" => LonelyPsu::Certainty,
            "adjust" => LonelyPsu::Adjust,
            "average" => LonelyPsu::Average,
            rule => panic!("no rule {rule}"),
        };
        let design = Design::new(columns, lonely)?;
        Ok(Self { table, design, weights })
    }
}

/// Weights where the data has none: population over sample, multiplied over the stages.
fn inverse_probabilities(
    rows: usize,
    strata: Option<&[u32]>,
    stages: &[Vec<u32>],
    populations: &[Vec<f64>],
) -> Vec<f64> {
    let mut weights = vec![1.0; rows];
    let mut above: Vec<Vec<u32>> =
        (0..rows).map(|row| strata.iter().map(|codes| codes[row]).collect()).collect();
    for (stage, population) in populations.iter().enumerate() {
        let unit = |row: usize| stages.get(stage).map_or(row as u32, |codes| codes[row]);
        let mut units: BTreeMap<Vec<u32>, BTreeSet<u32>> = BTreeMap::new();
        for (row, key) in above.iter().enumerate() {
            units.entry(key.clone()).or_default().insert(unit(row));
        }
        for (row, key) in above.iter_mut().enumerate() {
            weights[row] *= population[row] / units[key].len() as f64;
            key.push(unit(row));
        }
    }
    weights
}
