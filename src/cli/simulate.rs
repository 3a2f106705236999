//! `doorstep simulate`: a questionnaire answered by chance, to see what of it is ever reached.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use super::failure::Failure;
use super::folder::Form;
use super::say::{colour, count, progress, put, say, show_drawn};
use super::{files, own};
use crate::authoring::rehearsal::{Coverage, Respondents, Weights};
use crate::diagnostic::Report;
use crate::terminal::refusal;
use crate::terminal::words::Words;

/// Answers a questionnaire by chance, and says what of it was never seen.
#[derive(Debug, Args)]
pub struct Simulate {
    /// The folder of the questionnaire or of the survey; the survey's where it is not given.
    folder: Option<PathBuf>,
    /// How many interviews.
    #[arg(short, long = "interviews", value_name = "N", default_value_t = 1000,
          value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    n: u32,
    /// The same seed gives the same interviews.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How likely which answers are; docs/questionnaire.md has the format.
    #[arg(long, value_name = "FILE.toml")]
    weights: Option<PathBuf>,
    /// Write the interviews into an answer file.
    #[arg(long, value_name = "OUT.jsonl")]
    answers: Option<PathBuf>,
    /// Replace the answer file, if there is one.
    #[arg(long, requires = "answers")]
    force: bool,
    /// Report as one JSON object.
    #[arg(long)]
    json: bool,
}

impl Simulate {
    /// Runs the command.
    pub fn run(&self, survey: &Path) -> Result<()> {
        let folder = self.folder.as_deref().unwrap_or(survey);
        let form = Form::open(folder)?;
        let weights = match &self.weights {
            Some(path) => read_weights(&form, path)?,
            None => Weights::default(),
        };
        let respondents = Respondents::new(Arc::clone(&form.questionnaire), weights, self.seed);
        let coverage = match &self.answers {
            None => self.hold(&form, &respondents, &mut std::io::sink())?,
            Some(path) => {
                own::refuse_for(folder, &form, path)?;
                let mut coverage = None;
                files::write_whole(path, self.force, |file| {
                    let mut to = BufWriter::new(file);
                    coverage = Some(self.hold(&form, &respondents, &mut to)?);
                    Ok(to.flush()?)
                })?;
                say(format_args!("{} in {}.", count(self.n as usize, "interview"), path.display()));
                coverage.context("nothing was written")?
            }
        };
        if self.json {
            put(coverage.json())?;
        } else {
            put(coverage.text())?;
        }
        Ok(())
    }

    /// Holds all interviews and writes each as a line.
    fn hold(&self, form: &Form, respondents: &Respondents, to: &mut dyn Write) -> Result<Coverage> {
        let mut coverage = Coverage::new(Arc::clone(&form.questionnaire));
        let bar = progress("Interviewing", u64::from(self.n));
        let began = Instant::now();
        let words = Words::of("en");
        for number in 0..self.n {
            let interview =
                respondents.ask(number, &mut coverage, &|refused: &_| refusal::worded(refused, &words));
            writeln!(to, "{}", interview.0).context("cannot write the answer file")?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        let interviews = count(self.n as usize, "interview");
        say(format_args!("{interviews} by chance in {:.2} s.", began.elapsed().as_secs_f64()));
        Ok(coverage)
    }
}

fn read_weights(form: &Form, path: &Path) -> Result<Weights> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.display().to_string();
    let text = String::from_utf8(text)
        .map_err(|_| Failure::input(format!("{name} is not text in UTF-8")).help("Save it as UTF-8."))?;
    let mut report = Report::default();
    let weights = Weights::read(&form.questionnaire, &text, &name, &mut report);
    report.sort();
    show_drawn(&report.render(colour()));
    weights.ok_or_else(|| {
        Failure::input(format!("{} in {name}; nobody was interviewed", count(report.errors(), "mistake")))
            .into()
    })
}
