//! `doorstep export ddi`.

use anyhow::Result;
use clap::Args;

use super::common::{Common, Form, say_done};
use super::out;
use crate::cli::folder::Folder;
use crate::cli::say::{count, say};
use crate::export::ddi::{self, Study};
use crate::export::{LOST, Multiple};
use crate::fieldwork::Survey;

/// A codebook for archives and catalogues, as XML by DDI-Codebook 2.5. It describes the files of `export csv`.
#[derive(Debug, Args)]
pub struct Ddi {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    form: Form,
}

impl Ddi {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let mut options = self.common.options(folder, Multiple::Both)?;
        self.form.shape(&mut options)?;
        out::check_file(folder, &self.common.out, self.common.force)?;
        let source = self.common.read(folder, options)?;
        let plan = source.plan()?;
        let book = source.codebook(&plan);
        let study = study(&folder.survey);
        let mut marked = 0;
        out::write_file(&self.common.out, |file| {
            marked = ddi::write(&book, &study, file)?;
            Ok(())
        })?;
        say_done(&plan, |table| format!("{}, {table}", self.common.out.display()));
        if marked > 0 {
            say(format_args!(
                "Written as {LOST} in the place of what XML cannot hold: {}. `doorstep codebook --out codebook.csv` has them whole.",
                count(marked, "control character")
            ));
        }
        Ok(())
    }
}

/// What `survey.toml` says of the survey.
fn study(survey: &Survey) -> Study {
    let design = &survey.design;
    let said = |what: &str, written: &Option<crate::diagnostic::document::Located>| {
        written.as_ref().map(|written| format!("{what}: {}", written.text))
    };
    let parts: Vec<String> = [said("Stratum", &design.stratum), said("Primary sampling unit", &design.psu)]
        .into_iter()
        .flatten()
        .collect();
    Study {
        id: survey.id.clone(),
        title: survey.title.clone(),
        sampling: (!parts.is_empty()).then(|| format!("{}.", parts.join(". "))),
        weighting: said("Weight", &design.weight),
    }
}
