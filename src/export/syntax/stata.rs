//! The design for Stata: a do-file.

use std::fmt::Write;

use super::{Columns, Design, Program, row_mark, sealed, title, undeclared};
use crate::export::{Plan, PlannedTable};

/// For Stata: a do-file.
#[must_use]
pub fn stata(plan: &Plan<'_>, table: &PlannedTable<'_>, design: &Design) -> Option<String> {
    let columns = Columns::of(plan)?;
    let mut script = format!("* {}.\n* Run it in this folder.\nversion 14\n", title(plan, table));
    let is_roster = table.table.parent.is_some();
    let mark = row_mark(table);
    let _ = if is_roster {
        writeln!(
            script,
            "use {key} {names} using \"interviews.dta\", clear\n\
             * Only interviews that count have a weight.\ndrop if missing({weight})\n\
             * Interviews without rows are part of the sample, too.\n\
             merge 1:m {key} using \"{table}.dta\", keep(master match)\n\
             generate byte {mark} = _merge == 3\ndrop _merge\n\
             label variable {mark} \"A row of {table}\"",
            key = columns.key,
            names = columns.names().join(" "),
            weight = columns.weight,
            table = table.name
        )
    } else {
        writeln!(script, "use \"{}.dta\", clear\n* Only interviews that count have a weight.", table.name)
    };
    let unit = match columns.psu {
        Some(psu) => psu,
        None if is_roster => {
            let _ = writeln!(script, "egen long d_unit = group({})", columns.key);
            "d_unit"
        }
        None => "_n",
    };
    let mut options = Vec::new();
    options.extend(columns.stratum.map(|name| format!("strata({name})")));
    options.extend(columns.fpc.map(|name| format!("fpc({name})")));
    // Stata's names of the rules. It has none that leaves a stratum out altogether; `certainty` adds nothing either.
    let rule = match design.lonely.as_str() {
        "remove" | "certainty" => "certainty",
        "adjust" => "centered",
        "average" => "scaled",
        _ => "missing",
    };
    options.push(format!("singleunit({rule})"));
    if let Some(why) = undeclared(plan, design, Program::Stata) {
        let _ = writeln!(script, "* {why}");
    }
    let _ =
        writeln!(script, "svyset {unit} [pweight = {}], {}\nsvydescribe", columns.weight, options.join(" "));
    if is_roster {
        let _ = writeln!(script, "* Numbers about the rows: svy, subpop({mark}): mean …");
    }
    Some(sealed(script, '*'))
}
