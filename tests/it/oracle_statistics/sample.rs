//! Building the designs.

use std::collections::{BTreeMap, BTreeSet};

use doorstep::statistics::{
    CalibrationError, Columns, Design, DesignError, Distance, EstimateError, LonelyPsu, Margin, RakingLimits,
    ReliabilityError, SecondStage, Targets,
};
use serde_json::Value;

use super::table::{Table, missing, same};

/// A table with its design.
pub struct Sample {
    pub table: Table,
    pub design: Design,
    pub calibrated: bool,
}

/// What a design or an estimate was refused for.
#[derive(Debug)]
#[allow(dead_code, reason = "shown by Debug")]
pub enum Refusal {
    Design(DesignError),
    Calibration(CalibrationError),
    Estimate(EstimateError),
    Reliability(ReliabilityError),
}

impl From<EstimateError> for Refusal {
    fn from(error: EstimateError) -> Self {
        Self::Estimate(error)
    }
}

impl Sample {
    pub fn new(mut table: Table, description: &Value) -> Result<Self, Refusal> {
        table.keep(&table.filter(&description["rows_filter"]));
        let names = |key: &str| -> Vec<String> {
            let list = description[key].as_array();
            list.map_or(vec![], |list| list.iter().map(|name| name.as_str().unwrap().to_owned()).collect())
        };
        let stages: Vec<Vec<u32>> = names("psu").iter().map(|name| table.codes(name)).collect();
        let populations: Vec<Vec<f64>> = names("fpc").iter().map(|name| table.numbers(name)).collect();
        assert!(stages.len() < 3 && populations.len() < 3, "no more than two stages");
        assert!(names("strata").len() < 2, "one column of strata");
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
        let mut design = Design::new(columns, lonely).map_err(Refusal::Design)?;
        if description["adjust_domain_lonely"] == true {
            design = design.with_lonely_in_domains();
        }
        let calibration = &description["calibration"];
        let calibrated = calibration.is_object();
        if calibrated {
            design = calibrate(&design, &table, calibration).map_err(Refusal::Calibration)?;
        }
        Ok(Self { table, design, calibrated })
    }
}

fn calibrate(design: &Design, table: &Table, calibration: &Value) -> Result<Design, CalibrationError> {
    match calibration["type"].as_str().unwrap() {
        "poststratify" => {
            let names: Vec<&str> =
                calibration["vars"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            let cells = calibration["cells"].as_array().unwrap();
            let totals: Vec<f64> = cells.iter().map(|cell| cell["Freq"].as_f64().unwrap()).collect();
            let cell_of = |row: usize| {
                let holds = |cell: &Value| names.iter().all(|name| same(&table.text(name)[row], &cell[name]));
                cells.iter().position(holds).map(|cell| cell as u32)
            };
            let cells: Vec<Option<u32>> = (0..table.rows).map(cell_of).collect();
            design.post_stratify(&cells, &totals)
        }
        "rake" => {
            let margins = calibration["margins"].as_array().unwrap();
            let cells: Vec<Vec<Option<u32>>> =
                margins.iter().map(|margin| margin_cells(table, margin)).collect();
            let totals: Vec<Vec<f64>> = margins.iter().map(|margin| numbers(&margin["totals"])).collect();
            let margins: Vec<Margin<'_>> =
                cells.iter().zip(&totals).map(|(cells, totals)| Margin { cells, totals }).collect();
            let epsilon = calibration["epsilon"].as_f64().unwrap_or(1.0);
            let tolerance = if epsilon < 1.0 { epsilon * design.weight_sum() } else { epsilon };
            let max_cycles = calibration["maxit"].as_u64().unwrap_or(10) as usize;
            design.rake(&margins, RakingLimits { tolerance, max_cycles })
        }
        "calibrate" => {
            let totals = calibration["totals"].as_object().unwrap();
            let columns: Vec<Vec<f64>> = totals.keys().map(|term| term_column(table, term)).collect();
            let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let totals: Vec<f64> = totals.values().map(|total| total.as_f64().unwrap()).collect();
            let distance = match calibration["calfun"].as_str().unwrap() {
                "linear" => Distance::Linear,
                "raking" => Distance::Raking,
                "logit" => Distance::Logit,
                distance => panic!("no distance {distance}"),
            };
            let end = |at: usize, infinite: f64| calibration["bounds"][at].as_f64().unwrap_or(infinite);
            let (lower, upper) = (end(0, f64::NEG_INFINITY), end(1, f64::INFINITY));
            design.calibrate(&Targets {
                variables: &columns,
                totals: &totals,
                distance,
                bounds: (lower.is_finite() || upper.is_finite()).then_some((lower, upper)),
                tolerance: calibration["epsilon"].as_f64().unwrap_or(1e-7),
                max_steps: calibration["maxit"].as_u64().unwrap_or(50) as usize,
            })
        }
        kind => panic!("no calibration {kind}"),
    }
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn margin_cells(table: &Table, margin: &Value) -> Vec<Option<u32>> {
    let levels = margin["levels"].as_array().unwrap();
    let cell = |text: &String| levels.iter().position(|level| same(text, level)).map(|cell| cell as u32);
    table.text(margin["var"].as_str().unwrap()).iter().map(cell).collect()
}

/// A column of R's model matrix: 1, a numeric column, or 0/1 for one level of a column of text.
fn term_column(table: &Table, term: &str) -> Vec<f64> {
    if term == "(Intercept)" {
        return vec![1.0; table.rows];
    }
    if table.has(term) {
        return table.numbers(term);
    }
    let holds = |name: &&String| {
        term.strip_prefix(name.as_str())
            .is_some_and(|level| table.text(name).iter().any(|cell| cell == level))
    };
    let name = table.names().filter(holds).max_by_key(|name| name.len());
    let name = name.unwrap_or_else(|| panic!("no column for the term {term}"));
    let level = &term[name.len()..];
    let value = |cell: &String| if missing(cell) { f64::NAN } else { f64::from(u8::from(cell == level)) };
    table.text(name).iter().map(value).collect()
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
