//! The sampling frame and design of a survey, joined to its interviews.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::data;
use super::failure::Failure;
use super::folder::{Folder, refuse};
use crate::dataset::design::{FPC, PSU, STRATUM, WEIGHT};
use crate::dataset::{Dataset, List, NameTaken};
use crate::diagnostic::Report;
use crate::diagnostic::sheet::SAVE_AS_UTF8;
use crate::fieldwork::{Frame, Known, Margin, Survey};
use crate::indicators::{
    self, CalibrationTexts, Conditions, DesignPlace, DesignTexts, MarginTargets, MarginTexts, SamplingPlan,
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
/// and `_weight`, which only the interviews have that count in the indicators. Interviews of several rounds stand in one design, as
/// when rounds are compared. Where the design reads a sensitive answer, so are its columns.
pub fn attach_design(
    folder: &Folder,
    round: Option<&str>,
    dataset: &mut Dataset,
    report: &mut Report,
) -> Result<()> {
    let (places, is_told, is_sensitive) = {
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
        let sampling = sampling.with_final_weights().map_err(|error| {
            Failure::input(format!("the sampling design cannot stand beside the data: {error}"))
                .help("Look at [design] in survey.toml; docs/survey.md explains it. Without it, data go out without a design.")
        })?;
        let mut places = Places::new(dataset.interviews().rows());
        sampling.places().for_each(|place| places.add(&place));
        (places, plan.names_tell(), plan.is_sensitive())
    };
    places.attach(dataset, is_told).map_err(|taken| {
        Failure::input(format!("the frame has a column `{}`, which the design adds to the data", taken.0))
            .help("Give that column of the frame another name.")
    })?;
    if is_sensitive {
        [STRATUM, PSU, WEIGHT, FPC].into_iter().for_each(|column| dataset.mark_sensitive(column));
    }
    Ok(())
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
        let number = |all: Vec<f64>| {
            move |row: usize| all.get(row).copied().filter(|number| !number.is_nan()).map(Value::Decimal)
        };
        let has_fpc = !self.fpc.is_empty();
        dataset.attach(WEIGHT, Type::Decimal, number(self.weight))?;
        if has_fpc {
            dataset.attach(FPC, Type::Decimal, number(self.fpc))?;
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
