//! Calibrated weights in scripts: R can be told what they are calibrated to, and then gives the standard errors that Doorstep
//! gives. Where a program is not told, that is said.

use std::borrow::Cow;
use std::fmt::Write;

use super::{Design, Program, kept_inside};
use crate::dataset::design;
use crate::export::csv::{Profile, shown_to};
use crate::export::{Plan, Variable};

/// What weights are calibrated to.
#[derive(Debug, Clone)]
pub struct Calibration {
    /// `rake`, `linear` or `logit`.
    pub method: &'static str,
    /// Between which factors weights move.
    pub bounds: Option<(f64, f64)>,
    /// What is known of the population.
    pub margins: Vec<Margin>,
}

/// What is known of one variable in the population.
#[derive(Debug, Clone)]
pub struct Margin {
    /// The column of the interviews with its values.
    pub column: String,
    /// What they add up to.
    pub totals: Totals,
}

/// What the values of a margin add up to in the population.
#[derive(Debug, Clone)]
pub enum Totals {
    /// How many people have each choice of the column's list.
    Counts {
        /// In the order of the list.
        totals: Vec<f64>,
        /// The places of those that do not follow from others.
        free: Vec<usize>,
    },
    /// The sum of the column's numbers.
    Sum(f64),
}

/// Why the script for a program does not declare that the weights are calibrated, with what comes of it; `None` where it does,
/// or where they are not.
#[must_use]
pub fn undeclared(plan: &Plan<'_>, design: &Design, program: Program) -> Option<String> {
    let calibration = design.calibration.as_ref()?;
    let why = match program {
        Program::Stata => Cow::Borrowed("the script for Stata does not declare that"),
        Program::Spss => Cow::Borrowed("the syntax for SPSS cannot declare that"),
        Program::R => match margins(plan, calibration) {
            Err(column) => Cow::Owned(format!("R is not told, since {column} stays inside")),
            Ok(_) if !is_whole(plan) => {
                Cow::Borrowed("R is not told, since only some of the interviews go out")
            }
            Ok(_) => return None,
        },
    };
    let better = if program == Program::R { "" } else { ", as do those of interviews.R beside `export csv`" };
    Some(format!(
        "Weights are calibrated, and {why}: standard errors come out other than Doorstep's, usually larger. `doorstep indicators` has \
         the right ones{better}."
    ))
}

/// The variables of the margins, or the column that stays inside.
fn margins<'p>(plan: &'p Plan<'_>, calibration: &Calibration) -> Result<Vec<&'p Variable<'p>>, String> {
    let named = |column: &str| {
        let mut variables = plan.tables.iter().take(1).flat_map(|interviews| &interviews.variables);
        variables.find(|variable| variable.column.name == column).ok_or_else(|| column.to_owned())
    };
    named(design::DESIGN_WEIGHT)?;
    calibration.margins.iter().map(|margin| named(&margin.column)).collect()
}

/// Whether all interviews go out that have a weight: totals are of all of them.
fn is_whole(plan: &Plan<'_>) -> bool {
    let Some(interviews) = plan.tables.first() else { return false };
    let Some(weight) = interviews.table.column(design::WEIGHT) else { return false };
    let weighted = |row: &usize| weight.missing(*row).is_none();
    interviews.rows.iter().filter(weighted).count() == (0..weight.len()).filter(weighted).count()
}

/// What R is told of a calibration.
pub(super) struct Declared {
    /// The columns of `interviews.csv` that hold names, and are read as texts whatever they look like.
    pub texts: Vec<String>,
    /// Statements that add to `sampled` what it is calibrated to.
    pub variables: String,
    /// What makes the design of `drawn`, the one with the weights before calibration.
    pub call: String,
    /// The name of the weights before.
    pub weight: String,
}

/// What R is told, where it can be.
pub(super) fn declared(plan: &Plan<'_>, design: &Design, profile: Profile) -> Option<Declared> {
    if !kept_inside(plan).is_empty() || undeclared(plan, design, Program::R).is_some() {
        return None;
    }
    let calibration = design.calibration.as_ref()?;
    let variables = margins(plan, calibration).ok()?;
    let counted = calibration.margins.iter().zip(&variables);
    let counted = counted.filter(|(margin, _)| matches!(margin.totals, Totals::Counts { .. }));
    let find =
        |column: &str| plan.tables.first()?.variables.iter().find(|variable| variable.column.name == column);
    let texts = counted.map(|(_, variable)| variable.name.clone()).collect();
    let tell = if calibration.method == "rake" { raked } else { solved };
    let (variables, call) = tell(plan, calibration, &variables, profile);
    Some(Declared { texts, variables, call, weight: find(design::DESIGN_WEIGHT)?.name.clone() })
}

/// How a choice of a margin stands in `interviews.csv`, as a text of R.
fn category(plan: &Plan<'_>, variable: &Variable<'_>, place: usize, profile: Profile) -> String {
    let shown = variable.list().map(|list| shown_to(list, place as u32, &plan.options, profile));
    let escaped = shown.unwrap_or_default().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}

/// One margin is post-stratification, several are raked: counts only. The statements, and the call.
fn raked(
    plan: &Plan<'_>,
    calibration: &Calibration,
    variables: &[&Variable<'_>],
    profile: Profile,
) -> (String, String) {
    let mut script = String::new();
    let mut known = Vec::new();
    for ((margin, variable), n) in calibration.margins.iter().zip(variables).zip(1..) {
        let Totals::Counts { totals, .. } = &margin.totals else { continue };
        // Writing to a text cannot fail.
        let _ = writeln!(script, "sampled$.margin_{n} <- sampled[[\"{}\"]]", variable.name);
        let names: Vec<String> =
            (0..totals.len()).map(|place| category(plan, variable, place, profile)).collect();
        let totals: Vec<String> = totals.iter().map(ToString::to_string).collect();
        known.push((
            format!("~.margin_{n}"),
            format!("data.frame(.margin_{n} = c({}), Freq = c({}))", names.join(", "), totals.join(", ")),
        ));
    }
    let call = if let [(margin, totals)] = known.as_slice() {
        format!("postStratify(drawn, {margin}, {totals})")
    } else {
        let (margins, totals): (Vec<String>, Vec<String>) = known.into_iter().unzip();
        format!(
            "rake(drawn, list({}), list(\n  {}\n), control = list(maxit = 1000, epsilon = 1e-9))",
            margins.join(", "),
            totals.join(",\n  ")
        )
    };
    (script, call)
}

/// Weights that change as little as they can: a number for each count, and for each sum.
fn solved(
    plan: &Plan<'_>,
    calibration: &Calibration,
    variables: &[&Variable<'_>],
    profile: Profile,
) -> (String, String) {
    let mut script = String::new();
    let mut totals = Vec::new();
    let mut add = |value: String, total: f64| {
        totals.push(total);
        let _ = writeln!(script, "sampled$.known_{} <- {value}", totals.len());
    };
    for (margin, variable) in calibration.margins.iter().zip(variables) {
        let column = format!("sampled[[\"{}\"]]", variable.name);
        match &margin.totals {
            Totals::Counts { totals, free } => {
                for (place, total) in totals.iter().enumerate().filter(|(place, _)| free.contains(place)) {
                    let name = category(plan, variable, place, profile);
                    add(format!("as.numeric({column} == {name})"), *total);
                }
            }
            Totals::Sum(total) => add(column, *total),
        }
    }
    let known: Vec<String> = (1..=totals.len()).map(|n| format!(".known_{n}")).collect();
    let totals: Vec<String> =
        known.iter().zip(&totals).map(|(known, total)| format!("{known} = {total}")).collect();
    let bounds =
        calibration.bounds.map(|(low, high)| format!(", bounds = c({low}, {high})")).unwrap_or_default();
    let call = format!(
        "calibrate(drawn, ~0 + {},\n  c({}),\n  calfun = \"{}\"{bounds}, maxit = 100, epsilon = 1e-9)",
        known.join(" + "),
        totals.join(", "),
        calibration.method
    );
    (script, call)
}
