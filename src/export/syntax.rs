//! Scripts that declare the sampling design to R, Stata and SPSS, one beside each table's file.
//!
//! The design's columns stand in the table of interviews; scripts of rosters fetch them from there. Only interviews that count have a
//! weight, so that those without are no part of the sample. Those without rows in a roster are part of it: they stay in the
//! design, whose variance would be wrong without them, and the rows are a domain in it.

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
        if !kept_inside(plan).is_empty() {
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

/// The design's columns that stay inside. Where there are any, there is no script.
#[must_use]
pub fn kept_inside<'p>(plan: &'p Plan<'_>) -> Vec<&'p str> {
    let columns = [design::STRATUM, design::PSU, design::WEIGHT, design::FPC];
    let kept = plan.kept_back.iter().map(|kept| kept.name.as_str());
    kept.filter(|name| columns.contains(name)).collect()
}

/// The name of what is 1 for rows of the roster and not for interviews without any: no variable's.
fn row_mark(table: &PlannedTable<'_>) -> String {
    let mut mark = "d_row".to_owned();
    let is_taken = |mark: &str| {
        let variables = table.variables.iter().map(|variable| &variable.name);
        table.keys.iter().chain(variables).any(|name| name.to_ascii_lowercase().starts_with(mark))
    };
    while is_taken(&mark) {
        mark.push('_');
    }
    mark
}

/// What a script says last, before a number that is made from all above it.
const AS_WRITTEN: &str = "As Doorstep wrote it: ";

/// A script with its last line, which is a comment in its language.
fn sealed(mut script: String, comment: char) -> String {
    let number = blake3::hash(script.as_bytes()).to_hex();
    // Writing to a text cannot fail.
    let _ = writeln!(script, "{comment} {AS_WRITTEN}{}.", &number[..16]);
    script
}

/// Whether a script is one of these, and nobody has changed it since.
#[must_use]
pub fn is_as_written(script: &str) -> bool {
    let last = script.trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
    let (above, line) = script.split_at(last);
    line.starts_with(['#', '*'])
        && line.contains(AS_WRITTEN)
        && line.chars().next().is_some_and(|comment| sealed(above.to_owned(), comment) == script)
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
    let mark = row_mark(table);
    if is_roster {
        let names = std::iter::once(columns.key).chain(columns.names()).map(|name| format!("\"{name}\""));
        let _ = writeln!(
            script,
            "\nrows <- read(\"{table}.csv\")\nrows${mark} <- rep(TRUE, nrow(rows))\n\
             # Interviews without rows are part of the sample, too.\n\
             rows <- merge(sampled[, c({names})], rows, by = \"{key}\", all.x = TRUE)",
            table = table.name,
            names = names.collect::<Vec<_>>().join(", "),
            key = columns.key
        );
    }
    let ids = columns.psu.or(is_roster.then_some(columns.key)).map_or_else(|| "1".to_owned(), quoted);
    let mut parts = vec![format!("ids = ~{ids}")];
    parts.extend(columns.stratum.map(|name| format!("strata = ~{}", quoted(name))));
    parts.push(format!("weights = ~{}", quoted(columns.weight)));
    parts.extend(columns.fpc.map(|name| format!("fpc = ~{}", quoted(name))));
    parts.push(format!("data = {}", if is_roster { "rows" } else { "sampled" }));
    parts.push("nest = TRUE".to_owned());
    let design = format!("svydesign({})", parts.join(", "));
    script.push_str(&if is_roster {
        format!("everyone <- {design}\ndesign <- subset(everyone, !is.na({mark}))\nprint(design)\n")
    } else {
        format!("design <- {design}\nprint(design)\n")
    });
    Some(sealed(script, '#'))
}

/// For Stata: a do-file.
#[must_use]
pub fn stata(plan: &Plan<'_>, table: &PlannedTable<'_>, lonely: &str) -> Option<String> {
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
    let rule = match lonely {
        "remove" | "certainty" => "certainty",
        "adjust" => "centered",
        "average" => "scaled",
        _ => "missing",
    };
    options.push(format!("singleunit({rule})"));
    let _ =
        writeln!(script, "svyset {unit} [pweight = {}], {}\nsvydescribe", columns.weight, options.join(" "));
    if is_roster {
        let _ = writeln!(script, "* Numbers about the rows: svy, subpop({mark}): mean …");
    }
    Some(sealed(script, '*'))
}

/// For SPSS with Complex Samples: syntax that makes a plan file.
#[must_use]
pub fn spss(plan: &Plan<'_>, table: &PlannedTable<'_>) -> Option<String> {
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
