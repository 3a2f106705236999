//! The sampling frame and design of a survey, joined to its interviews.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::dataset::Dataset;
use crate::diagnostic::Report;
use crate::fieldwork::{Frame, Survey};
use crate::indicators::{DesignTexts, SamplingPlan};
use crate::questionnaire::Questionnaire;

/// Reads the frame that a survey names, if it names one. Mistakes in it go to the report.
pub fn read_frame(root: &Path, survey: &Survey, report: &mut Report) -> Result<Option<Frame>> {
    let Some(source) = &survey.design.frame else { return Ok(None) };
    let path = root.join(&source.file.text);
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read the frame {}", path.display()))?;
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
        SamplingPlan::compile(&texts(survey), &dataset, report);
    }
    dataset
}

/// The design as `survey.toml` has it.
pub fn texts(survey: &Survey) -> DesignTexts<'_> {
    let design = &survey.design;
    DesignTexts {
        respondent: design.respondent.as_ref(),
        stratum: design.stratum.as_ref(),
        psu: design.psu.as_ref(),
        weight: design.weight.as_ref(),
        fpc: design.fpc.as_ref(),
        lonely_psu: design.lonely_psu.as_ref(),
    }
}
