//! The design for SPSS with Complex Samples: syntax.

use std::fmt::Write;

use super::{Columns, Design, Program, row_mark, sealed, title, undeclared};
use crate::export::{Plan, PlannedTable};

/// For SPSS with Complex Samples: syntax that makes a plan file.
#[must_use]
pub fn spss(plan: &Plan<'_>, table: &PlannedTable<'_>, design: &Design) -> Option<String> {
    let columns = Columns::of(plan)?;
    let mut script = format!("* Encoding: UTF-8.\n* {}.\n* Run it in this folder.\n", title(plan, table));
    let is_roster = table.table.parent.is_some();
    let mark = row_mark(table);
    let counts =
        format!("* Only interviews that count have a weight.\nSELECT IF NOT MISSING({}).\n", columns.weight);
    if is_roster {
        let _ = write!(
            script,
            "GET FILE='interviews.sav' /KEEP={key} {names}.\n{counts}SORT CASES BY {key}.\nDATASET COPY d_design.\n\
             GET FILE='{table}.sav'.\nCOMPUTE {mark}=1.\nSORT CASES BY {key}.\n\
             MATCH FILES /FILE=* /TABLE=d_design /BY {key}.\n{counts}\
             * Interviews without rows are part of the sample, too.\n\
             ADD FILES /FILE=* /FILE=d_design.\nSORT CASES BY {key} {mark}(D).\n\
             COMPUTE {mark}2=MISSING({mark}) AND {key}=LAG({key}).\nEXECUTE.\nSELECT IF NOT {mark}2.\n\
             RECODE {mark} (SYSMIS=0).\nDELETE VARIABLES {mark}2.\n\
             * Numbers about the rows: CSDESCRIPTIVES and the like with /SUBPOP TABLE={mark}.\n",
            key = columns.key,
            names = columns.names().join(" "),
            table = table.name
        );
    } else {
        let _ = write!(script, "GET FILE='{}.sav'.\n{counts}", table.name);
    }
    if let Some(why) = undeclared(plan, design, Program::Spss) {
        let _ = writeln!(script, "* {why}");
    }
    let _ = write!(
        script,
        "CSPLAN ANALYSIS\n  /PLAN FILE='{table}.csaplan'\n  /PLANVARS ANALYSISWEIGHT={weight}\n  /PRINT PLAN\n  /DESIGN",
        weight = columns.weight,
        table = table.name
    );
    if let Some(stratum) = columns.stratum {
        let _ = write!(script, " STRATA={stratum}");
    }
    if let Some(unit) = columns.psu.or(is_roster.then_some(columns.key)) {
        let _ = write!(script, " CLUSTER={unit}");
    }
    script.push_str(&match columns.fpc {
        Some(fpc) => format!("\n  /ESTIMATOR TYPE=EQUAL_WOR\n  /POPSIZE VARIABLE={fpc}.\n"),
        None => "\n  /ESTIMATOR TYPE=WR.\n".to_owned(),
    });
    Some(sealed(script, '*'))
}
