//! The sampling frame and design of a survey, joined to its interviews.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::data;
use super::failure::Failure;
use super::folder::{Folder, refuse};
use crate::dataset::design::{DESIGN_WEIGHT, FPC, MARGIN, PSU, STRATUM, WEIGHT};
use crate::dataset::{Dataset, List, NameTaken};
use crate::diagnostic::Report;
use crate::diagnostic::sheet::SAVE_AS_UTF8;
use crate::export::syntax;
use crate::fieldwork::{Frame, Known, Margin, Survey};
use crate::indicators::{
    self, Calibration, CalibrationTexts, Conditions, DesignPlace, DesignTexts, MarginTargets, MarginTexts,
    SamplingPlan, Values,
};
use crate::questionnaire::Questionnaire;
use crate::value::{Type, Value};

/// Reads the frame that a survey names, if it names one. Mistakes in it go to the report.
pub fn read_frame(root: &Path, survey: &Survey, report: &mut Report) -> Result<Option<Frame>> {
    let Some(source) = &survey.design.frame else { return Ok(None) };
    let path = root.join(&source.file.text);
    let text = read_sheet(&path, "the frame")?;
    Ok(Frame::read(&text, &path.display().to_string(), &source.key, report))
}

/// The tables of a questionnaire without any interview, the frame's columns attached, and the
/// design checked against them: what definitions are checked with before there is data.
pub fn empty_dataset(
    questionnaire: &Questionnaire,
    survey: Option<&Survey>,
    frame: Option<&Frame>,
    report: &mut Report,
) -> Dataset {
    let mut dataset = Dataset::new(questionnaire);
    if let Some(frame) = frame {
        frame.attach(&mut dataset, report);
    }
    // Without its frame, the design would lack names that are not its mistake.
    if let Some(survey) = survey.filter(|s| frame.is_some() || s.design.frame.is_none()) {
        let margins = margins(survey);
        let texts = texts(survey, &margins);
        if let Some(plan) = SamplingPlan::compile(&texts, &dataset, report) {
            plan.warn_of_sensitive(&texts, report);
        }
        outcomes(survey, &dataset, report);
    }
    if let Some(written) = survey.and_then(|survey| survey.disclosure.ci_method.as_ref()) {
        indicators::check_method(written, report);
    }
    dataset
}

/// Reads the files of counts that a survey's margins name. Mistakes in them go to the report.
pub fn read_margins(root: &Path, survey: &mut Survey, report: &mut Report) -> Result<()> {
    for margin in &mut survey.design.margins {
        let Known::File(file) = &margin.known else { continue };
        let path = root.join(&file.text);
        let text = read_sheet(&path, "the counts of the population in")?;
        margin.read_counts(&text, &path.display().to_string(), report);
    }
    Ok(())
}

/// The text of a CSV file; `what` it is to the survey.
fn read_sheet(path: &Path, what: &str) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {what} {}", path.display()))?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::input(format!("cannot read {what} {}: it is not text in UTF-8", path.display()))
            .help(SAVE_AS_UTF8)
            .into()
    })
}

/// What is known of the population, as the indicators take it.
pub fn margins(survey: &Survey) -> Vec<MarginTexts> {
    let margin = |margin: &Margin| {
        let targets = match &margin.known {
            Known::Counts(counts) => MarginTargets::Counts(counts.clone()),
            Known::Sum(sum) => MarginTargets::Sum(*sum),
            // The file could not be read, which was reported.
            Known::File(_) => return None,
        };
        Some(MarginTexts { of: margin.of.clone(), targets })
    };
    survey.design.margins.iter().filter_map(margin).collect()
}

/// The design as `survey.toml` has it, with the [`margins`] of the population.
pub fn texts<'t>(survey: &'t Survey, margins: &'t [MarginTexts]) -> DesignTexts<'t> {
    let design = &survey.design;
    DesignTexts {
        respondent: design.respondent.as_ref(),
        stratum: design.stratum.as_ref(),
        psu: design.psu.as_ref(),
        weight: design.weight.as_ref(),
        fpc: design.fpc.as_ref(),
        nest: design.nest,
        lonely_psu: design.lonely_psu.as_ref(),
        calibration: CalibrationTexts {
            method: design.calibration.as_ref(),
            bounds: design.calibration_bounds,
            margins,
        },
    }
}

/// Adds to the interviews where they stand in the survey's design: `_stratum`, `_psu` and `_fpc` where the design has them,
/// and `_weight`, which only the interviews have that count in the indicators. Where weights are calibrated, `_design_weight` is what
/// they were before, and `_margin_1` and following what the interview is in each margin. Interviews of several rounds stand in one
/// design, as when rounds are compared. Where the design reads a sensitive answer, so are its columns. Gives what scripts declare
/// besides the columns.
pub fn attach_design(
    folder: &Folder,
    round: Option<&str>,
    dataset: &mut Dataset,
    report: &mut Report,
) -> Result<syntax::Design> {
    let (places, calibrated, is_told, is_sensitive) = {
        let margins = margins(&folder.survey);
        let Some(plan) = SamplingPlan::compile(&texts(&folder.survey, &margins), dataset, report) else {
            return Err(refuse(report, "the design in survey.toml"));
        };
        let rounds = folder.survey.rounds.iter().map(|known| known.id.as_str());
        let rounds: Vec<(&str, Vec<usize>)> = rounds
            .filter(|known| round.is_none_or(|round| round == *known))
            .map(|known| (known, indicators::counted(dataset, known)))
            .filter(|(_, rows)| !rows.is_empty())
            .collect();
        let (sampling, flaws) = if let [(_, rows)] = rounds.as_slice() {
            plan.evaluate(rows)
        } else {
            let (sampling, _, flaws) = plan.evaluate_rounds(&rounds);
            (sampling, flaws)
        };
        data::say_flaws(&flaws);
        let rows = dataset.interviews().rows();
        let calibrated = sampling.calibration().map(|calibration| {
            Calibrated::new(calibration, sampling.places().map(|p| (p.row, p.weight)), rows)
        });
        let sampling = sampling.with_final_weights().map_err(|error| {
            Failure::input(format!("the sampling design cannot stand beside the data: {error}"))
                .help("Look at [design] in survey.toml; docs/survey.md explains it. Without it, data go out without a design.")
        })?;
        let mut places = Places::new(rows);
        sampling.places().for_each(|place| places.add(&place));
        (places, calibrated, plan.names_tell(), plan.is_sensitive())
    };
    let attach = || {
        places.attach(dataset, is_told)?;
        calibrated.map(|calibrated| calibrated.attach(dataset)).transpose()
    };
    let calibration = attach().map_err(|taken| {
        Failure::input(format!("the frame has a column `{}`, which the design adds to the data", taken.0))
            .help("Give that column of the frame another name.")
    })?;
    if is_sensitive {
        let margins = calibration.iter().flat_map(|calibration| &calibration.margins);
        let margins = margins.map(|margin| margin.column.as_str());
        let columns = [STRATUM, PSU, WEIGHT, FPC, DESIGN_WEIGHT].into_iter().chain(margins);
        columns.for_each(|column| dataset.mark_sensitive(column));
    }
    let lonely = folder.survey.design.lonely_psu.as_ref();
    let lonely = lonely.map_or_else(|| "fail".to_owned(), |written| written.text.clone());
    Ok(syntax::Design { lonely, calibration })
}

/// What weights are calibrated to, by the interviews' rows.
struct Calibrated {
    method: &'static str,
    bounds: Option<(f64, f64)>,
    /// The weights before; not a number where there is none.
    before: Vec<f64>,
    margins: Vec<CalibratedMargin>,
}

struct CalibratedMargin {
    of: String,
    /// Whether it stays inside with what it is made of.
    tells: bool,
    totals: syntax::Totals,
    /// The names of its values; a sum of numbers has none.
    names: Vec<String>,
    /// The place among the names, or the number, of each interview.
    values: Vec<f64>,
}

impl Calibrated {
    /// `placed` are the rows of the interviews of the design, and their weights before calibration.
    fn new(calibration: &Calibration, placed: impl Iterator<Item = (usize, f64)>, rows: usize) -> Self {
        let (places, weights): (Vec<usize>, Vec<f64>) = placed.unzip();
        let by_row = |numbers: &mut dyn Iterator<Item = f64>| {
            let mut all = vec![f64::NAN; rows];
            for (row, number) in places.iter().zip(numbers) {
                if let Some(cell) = all.get_mut(*row) {
                    *cell = number;
                }
            }
            all
        };
        let margin = |(known, free): (&indicators::Known, Vec<usize>)| {
            let (names, totals, values) = match &known.known {
                Values::Counts { names, totals, cells } => (
                    names.clone(),
                    syntax::Totals::Counts { totals: totals.clone(), free },
                    by_row(&mut cells.iter().map(|cell| f64::from(*cell))),
                ),
                Values::Sum { total, numbers } => {
                    (Vec::new(), syntax::Totals::Sum(*total), by_row(&mut numbers.iter().copied()))
                }
            };
            CalibratedMargin { of: known.name.clone(), tells: known.tells, totals, names, values }
        };
        Self {
            method: calibration.method(),
            bounds: calibration.bounds(),
            before: by_row(&mut weights.into_iter()),
            margins: calibration.margins().iter().zip(calibration.free_cells()).map(margin).collect(),
        }
    }

    /// Adds the weights before calibration and the margins to the interviews.
    fn attach(self, dataset: &mut Dataset) -> std::result::Result<syntax::Calibration, NameTaken> {
        dataset.attach(DESIGN_WEIGHT, Type::Decimal, number_at(self.before))?;
        dataset.describe(DESIGN_WEIGHT, "Weight before calibration");
        let mut margins = Vec::new();
        for (margin, n) in self.margins.into_iter().zip(1..) {
            let column = format!("{MARGIN}{n}");
            if margin.names.is_empty() {
                dataset.attach(&column, Type::Decimal, number_at(margin.values))?;
            } else {
                let labels = margin.names.iter().map(|name| vec![name.clone(); dataset.languages.len()]);
                let (labels, codes) = (labels.collect(), (1..).take(margin.names.len()).collect());
                let list = List::new(&column, margin.names.into(), codes, labels);
                let place = |row: usize| margin.values.get(row).filter(|place| !place.is_nan());
                dataset.attach_choices(&column, list, |row| place(row).map(|place| *place as u32))?;
            }
            dataset.describe(&column, &format!("Weights are calibrated to {}", margin.of));
            if margin.tells {
                dataset.mark_leading_back(&column);
            }
            margins.push(syntax::Margin { column, totals: margin.totals });
        }
        Ok(syntax::Calibration { method: self.method, bounds: self.bounds, margins })
    }
}

/// The number of a row, where there is one.
fn number_at(all: Vec<f64>) -> impl Fn(usize) -> Option<Value> {
    move |row| all.get(row).copied().filter(|number| !number.is_nan()).map(Value::Decimal)
}

/// The design's columns, by the interviews' rows. There may be a million: what is not there is not a number, and a column without
/// any value is empty.
struct Places {
    rows: usize,
    stratum: Names,
    psu: Names,
    weight: Vec<f64>,
    fpc: Vec<f64>,
}

/// Names by number, and the number of each row; [`NONE`] where it has no name. Empty where none has.
struct Names {
    index: HashMap<String, u32>,
    of: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl Places {
    fn new(rows: usize) -> Self {
        let names = || Names { index: HashMap::new(), of: Vec::new() };
        Self { rows, stratum: names(), psu: names(), weight: Vec::new(), fpc: Vec::new() }
    }

    fn add(&mut self, place: &DesignPlace<'_>) {
        self.stratum.add(place.row, place.stratum, self.rows);
        self.psu.add(place.row, place.psu, self.rows);
        let set = |all: &mut Vec<f64>, number: Option<f64>| {
            let Some(number) = number else { return };
            all.resize(self.rows, f64::NAN);
            if let Some(cell) = all.get_mut(place.row) {
                *cell = number;
            }
        };
        set(&mut self.weight, Some(place.weight));
        set(&mut self.fpc, place.fpc);
    }

    fn attach(
        self,
        dataset: &mut Dataset,
        [is_stratum_told, is_psu_told]: [bool; 2],
    ) -> std::result::Result<(), NameTaken> {
        self.stratum.attach(STRATUM, dataset, is_stratum_told)?;
        self.psu.attach(PSU, dataset, is_psu_told)?;
        let has_fpc = !self.fpc.is_empty();
        dataset.attach(WEIGHT, Type::Decimal, number_at(self.weight))?;
        if has_fpc {
            dataset.attach(FPC, Type::Decimal, number_at(self.fpc))?;
        }
        for (column, label) in [
            (STRATUM, "Stratum"),
            (PSU, "Primary sampling unit"),
            (WEIGHT, "Weight"),
            (FPC, "Primary sampling units of the stratum in the population"),
        ] {
            dataset.describe(column, label);
        }
        Ok(())
    }
}

impl Names {
    fn add(&mut self, row: usize, name: Option<&str>, rows: usize) {
        let Some(name) = name else { return };
        self.of.resize(rows, NONE);
        let next = self.index.len() as u32;
        let number = match self.index.get(name) {
            Some(known) => *known,
            None => *self.index.entry(name.to_owned()).or_insert(next),
        };
        if let Some(cell) = self.of.get_mut(row) {
            *cell = number;
        }
    }

    /// Adds the column, unless the design has none. Where the names tell what stays inside, numbers stand for them, in the order of
    /// the interviews; else the names do, in the order of the alphabet.
    fn attach(
        self,
        column: &str,
        dataset: &mut Dataset,
        is_told: bool,
    ) -> std::result::Result<(), NameTaken> {
        if self.index.is_empty() {
            return Ok(());
        }
        let mut names: Vec<(String, u32)> = self.index.into_iter().collect();
        if is_told {
            names.iter_mut().for_each(|(name, number)| *name = (*number + 1).to_string());
            names.sort_unstable_by_key(|(_, number)| *number);
        } else {
            names.sort_unstable();
        }
        let mut place = vec![0; names.len()];
        for ((_, number), new) in names.iter().zip(0..) {
            if let Some(place) = place.get_mut(*number as usize) {
                *place = new;
            }
        }
        let labels = names.iter().map(|(name, _)| vec![name.clone(); dataset.languages.len()]).collect();
        let codes = (1..).take(names.len()).collect();
        let list = List::new(column, names.into_iter().map(|(name, _)| name).collect(), codes, labels);
        let of = self.of;
        dataset.attach_choices(column, list, |row| {
            let number = of.get(row).copied()?;
            place.get(number as usize).copied()
        })
    }
}

/// How interviews without a respondent ended, as `survey.toml` has it.
pub fn outcomes<'d>(survey: &Survey, dataset: &'d Dataset, report: &mut Report) -> Option<Conditions<'d>> {
    Conditions::compile(survey.outcomes.iter().map(|(_, condition)| condition), dataset, report)
}
