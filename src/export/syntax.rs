//! Scripts that declare the sampling design to R, Stata and SPSS, one beside each table's file.
//!
//! The design's columns stand in the table of interviews; scripts of rosters fetch them from there. Only interviews that count have a
//! weight, so that those without are no part of the sample.

use std::fmt::Write;

use super::{Plan, PlannedTable};
use crate::dataset::design;

/// The names, in the files, of the design's columns.
#[derive(Debug)]
struct Columns<'p> {
    /// The interview's key.
    key: &'p str,
    stratum: Option<&'p str>,
    psu: Option<&'p str>,
    weight: &'p str,
    fpc: Option<&'p str>,
}

impl<'p> Columns<'p> {
    /// The columns that go out; none where one of the design stays inside: what is left would be another design.
    fn of(plan: &'p Plan<'_>) -> Option<Self> {
        let stays_inside = |name: &str| plan.kept_back.iter().any(|kept| kept.name == name);
        if [design::STRATUM, design::PSU, design::WEIGHT, design::FPC].into_iter().any(stays_inside) {
            return None;
        }
        let interviews = plan.tables.first()?;
        let named = |column: &str| {
            let variable = interviews.variables.iter().find(|variable| variable.column.name == column);
            variable.map(|variable| variable.name.as_str())
        };
        Some(Self {
            key: interviews.keys.first()?,
            stratum: named(design::STRATUM),
            psu: named(design::PSU),
            weight: named(design::WEIGHT)?,
            fpc: named(design::FPC),
        })
    }

    /// All of them, without the key.
    fn names(&self) -> Vec<&'p str> {
        [self.stratum, self.psu, Some(self.weight), self.fpc].into_iter().flatten().collect()
    }
}

/// What the scripts say first.
fn title(plan: &Plan<'_>, table: &PlannedTable<'_>) -> String {
    let data = plan.dataset;
    format!(
        "The sampling design of {}, version {}, for the table {}",
        data.questionnaire, data.version, table.name
    )
}

/// For R's package `survey`, reading CSV. `lonely` is the rule for strata of one PSU as `survey.toml` names it, which are
/// `survey`'s own words.
#[must_use]
pub fn r(plan: &Plan<'_>, table: &PlannedTable<'_>, lonely: &str) -> Option<String> {
    let columns = Columns::of(plan)?;
    let quoted = |name: &str| format!("`{name}`");
    let mut script = format!(
        "# {}.\n# Run it in this folder; it needs install.packages(\"survey\").\n\nlibrary(survey)\n\
         options(survey.lonely.psu = \"{lonely}\")\n\
         read <- function(file) read.csv(file, fileEncoding = \"UTF-8-BOM\", check.names = FALSE)\n\n\
         interviews <- read(\"interviews.csv\")\n\
         # Only interviews that count have a weight.\nsampled <- interviews[!is.na(interviews[[\"{}\"]]), ]\n",
        title(plan, table),
        columns.weight
    );
    let is_roster = table.table.parent.is_some();
    let data = if is_roster {
        let names = std::iter::once(columns.key).chain(columns.names()).map(|name| format!("\"{name}\""));
        let _ = writeln!(
            script,
            "rows <- merge(read(\"{}.csv\"), sampled[, c({})], by = \"{}\")",
            table.name,
            names.collect::<Vec<_>>().join(", "),
            columns.key
        );
        "rows"
    } else {
        "sampled"
    };
    let ids = columns.psu.or(is_roster.then_some(columns.key)).map_or_else(|| "1".to_owned(), quoted);
    let mut parts = vec![format!("ids = ~{ids}")];
    parts.extend(columns.stratum.map(|name| format!("strata = ~{}", quoted(name))));
    parts.push(format!("weights = ~{}", quoted(columns.weight)));
    parts.extend(columns.fpc.map(|name| format!("fpc = ~{}", quoted(name))));
    parts.push(format!("data = {data}"));
    parts.push("nest = TRUE".to_owned());
    let _ = writeln!(script, "design <- svydesign({})\nprint(design)", parts.join(", "));
    Some(script)
}

/// For Stata: a do-file.
#[must_use]
pub fn stata(plan: &Plan<'_>, table: &PlannedTable<'_>, lonely: &str) -> Option<String> {
    let columns = Columns::of(plan)?;
    let mut script = format!(
        "* {}.\n* Run it in this folder.\nversion 14\nuse \"{}.dta\", clear\n",
        title(plan, table),
        table.name
    );
    let is_roster = table.table.parent.is_some();
    if is_roster {
        let _ = writeln!(
            script,
            "merge m:1 {} using \"interviews.dta\", keepusing({}) keep(match) nogenerate",
            columns.key,
            columns.names().join(" ")
        );
    }
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
    let rule = match lonely {
        "remove" | "certainty" => "certainty",
        "adjust" => "centered",
        "average" => "scaled",
        _ => "missing",
    };
    options.push(format!("singleunit({rule})"));
    let _ = writeln!(
        script,
        "* Only interviews that count have a weight.\nsvyset {unit} [pweight = {}], {}\nsvydescribe",
        columns.weight,
        options.join(" ")
    );
    Some(script)
}

/// For SPSS with Complex Samples: syntax that makes a plan file.
#[must_use]
pub fn spss(plan: &Plan<'_>, table: &PlannedTable<'_>) -> Option<String> {
    let columns = Columns::of(plan)?;
    let mut script = format!("* Encoding: UTF-8.\n* {}.\n* Run it in this folder.\n", title(plan, table));
    let is_roster = table.table.parent.is_some();
    if is_roster {
        let _ = writeln!(
            script,
            "GET FILE='interviews.sav' /KEEP={key} {names}.\nSORT CASES BY {key}.\nDATASET COPY d_design.\n\
             GET FILE='{table}.sav'.\nSORT CASES BY {key}.\nMATCH FILES /FILE=* /TABLE=d_design /BY {key}.",
            key = columns.key,
            names = columns.names().join(" "),
            table = table.name
        );
    } else {
        let _ = writeln!(script, "GET FILE='{}.sav'.", table.name);
    }
    let _ = write!(
        script,
        "* Only interviews that count have a weight.\nSELECT IF NOT MISSING({weight}).\nCSPLAN ANALYSIS\n  \
         /PLAN FILE='{table}.csaplan'\n  /PLANVARS ANALYSISWEIGHT={weight}\n  /PRINT PLAN\n  /DESIGN",
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
    Some(script)
}
