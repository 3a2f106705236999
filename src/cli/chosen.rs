//! Which of many results are shown: `--only` and `--by`, as `indicators` and `compare` take them.

use anyhow::Result;
use clap::Args;
use serde_json::{Map, Value as Json};

use super::failure::{Failure, Kind};
use crate::diagnostic::nearest;
use crate::indicators::{Cell, Definitions, TOTAL};

/// What is chosen; everything where nothing is.
#[derive(Debug, Clone, Default, Args)]
pub struct Chosen {
    /// Only these indicators.
    #[arg(long, value_name = "INDICATOR", value_delimiter = ',')]
    only: Vec<String>,
    /// Only these disaggregations beside the total, such as `resp_sex` or `"resp_sex * district"`.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    by: Vec<String>,
}

impl Chosen {
    /// Refuses names that are not there: a slip is not an empty table.
    pub fn check(&self, definitions: &Definitions<'_>) -> Result<()> {
        let ids: Vec<&str> = definitions.about().map(|about| about.id).collect();
        let splits = definitions.disaggregations(0);
        let splits: Vec<&str> = splits.iter().map(|split| split.name.as_str()).collect();
        for (what, given, known) in [("indicator", &self.only, ids), ("disaggregation", &self.by, splits)] {
            if let Some(name) = given.iter().find(|name| !known.contains(&name.as_str())) {
                let help = match nearest(name, known.iter().copied()) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => format!("There are: {}.", known.join(", ")),
                };
                let message = format!("indicators.toml has no {what} `{name}`");
                return Err(Failure::new(Kind::Usage, message).help(help).into());
            }
        }
        Ok(())
    }

    /// Whether a number of an indicator and a disaggregation is among them.
    pub fn has(&self, indicator: &str, disaggregation: &str) -> bool {
        let is_in = |all: &[String], name: &str| all.is_empty() || all.iter().any(|own| own == name);
        is_in(&self.only, indicator) && (disaggregation == TOTAL || is_in(&self.by, disaggregation))
    }

    /// Whether groups stand on a terminal as well: without being asked, only the total does.
    pub fn shows(&self, disaggregation: &str) -> bool {
        disaggregation == TOTAL || !self.by.is_empty()
    }
}

/// A row as an object for programs: numbers as numbers, an empty cell as null.
pub fn as_json<const N: usize>(columns: [&str; N], cells: [Cell<'_>; N]) -> Json {
    let cell = |(column, cell): (&str, Cell<'_>)| {
        let value = match cell {
            Cell::Text(text) => Json::from(text),
            number => number.shown().parse::<serde_json::Number>().map_or(Json::Null, Json::Number),
        };
        (column.to_owned(), value)
    };
    Json::Object(columns.into_iter().zip(cells).map(cell).collect::<Map<_, _>>())
}
