//! The design for R's package `survey`, reading CSV.

use std::fmt::Write;

use super::calibration::declared;
use super::{Columns, Design, Program, row_mark, sealed, title, undeclared};
use crate::export::csv::Profile;
use crate::export::{Plan, PlannedTable};

/// What a script of a roster says where weights are calibrated.
const ROWS_OF_CALIBRATED: &str = "\
# Weights are calibrated, interview by interview, which this design of rows does not know: its standard errors are other than\n\
# Doorstep's, usually larger. For the same ones add the rows up in their interviews, and with the design of interviews.R\n\
# take svyratio() of the sums and the numbers of rows.\n";

/// For R's package `survey`, reading CSV. The rule for strata of one PSU is in `survey.toml` as in `survey`'s own words.
/// Calibrated weights are declared as what they are, but for rosters: R knows no rows of an interview that is calibrated.
#[must_use]
pub fn r(plan: &Plan<'_>, table: &PlannedTable<'_>, design: &Design, profile: Profile) -> Option<String> {
    let columns = Columns::of(plan)?;
    let is_roster = table.table.parent.is_some();
    let calibrated = if is_roster { None } else { declared(plan, design, profile) };
    let texts = calibrated.iter().flat_map(|calibrated| &calibrated.texts);
    let texts: Vec<String> = texts.map(|name| format!("\"{name}\" = \"character\"")).collect();
    let classes =
        if texts.is_empty() { String::new() } else { format!(", colClasses = c({})", texts.join(", ")) };
    let quoted = |name: &str| format!("`{name}`");
    let mut script = format!(
        "# {}.\n# Run it in this folder; it needs install.packages(\"survey\").\n\nlibrary(survey)\n\
         options(survey.lonely.psu = \"{lonely}\")\n\
         read <- function(file, ...) read.csv(file, fileEncoding = \"UTF-8-BOM\", check.names = FALSE, ...)\n\n\
         interviews <- read(\"interviews.csv\"{classes})\n\
         # Only interviews that count have a weight.\nsampled <- interviews[!is.na(interviews[[\"{}\"]]), ]\n",
        title(plan, table),
        columns.weight,
        lonely = design.lonely,
    );
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
    let weight = calibrated.as_ref().map_or(columns.weight, |calibrated| &calibrated.weight);
    parts.push(format!("weights = ~{}", quoted(weight)));
    parts.extend(columns.fpc.map(|name| format!("fpc = ~{}", quoted(name))));
    parts.push(format!("data = {}", if is_roster { "rows" } else { "sampled" }));
    parts.push("nest = TRUE".to_owned());
    let made = format!("svydesign({})", parts.join(", "));
    if let Some(why) = undeclared(plan, design, Program::R) {
        let _ = writeln!(script, "# {why}");
    } else if is_roster && design.calibration.is_some() {
        script.push_str(ROWS_OF_CALIBRATED);
    }
    script.push_str(&match calibrated {
        Some(calibrated) => format!(
            "\n# Weights are calibrated to what is known of the population, which is taken into account in standard errors.\n\
             # Of a variable with empty cells: svymean(~variable, design, na.rm = TRUE).\n\
             {}drawn <- {made}\ndesign <- {}\n\
             if (!isTRUE(all.equal(as.vector(weights(design)), sampled[[\"{}\"]], tolerance = 1e-6)))\n  \
             warning(\"These are not the weights of the file: is it the one that Doorstep wrote?\")\nprint(design)\n",
            calibrated.variables, calibrated.call, columns.weight
        ),
        None if is_roster => {
            format!("everyone <- {made}\ndesign <- subset(everyone, !is.na({mark}))\nprint(design)\n")
        }
        None => format!("design <- {made}\nprint(design)\n"),
    });
    Some(sealed(script, '#'))
}
