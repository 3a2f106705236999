//! `doorstep export geojson`.

use anyhow::Result;
use clap::Args;

use super::common::{Common, Form, say_done, unfit};
use super::out;
use crate::cli::failure::{Failure, Kind};
use crate::cli::folder::Folder;
use crate::cli::say::{count, say};
use crate::export::geojson::{self, Exactness};
use crate::export::{Multiple, Plan};
use crate::questionnaire::{Input, Questionnaire};

/// Points for a map. A place comes out only when its question is named, `--with home`, and then on a grid.
#[derive(Debug, Args)]
pub struct GeoJson {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    form: Form,
    /// Decimals of a degree that are kept: 2 are about a kilometre, 1 eleven, 0 a hundred and eleven.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=3))]
    decimals: u8,
    /// Exact places, as they were recorded: they lead to people's doors.
    #[arg(long, conflicts_with = "decimals")]
    exact: bool,
}

impl GeoJson {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let mut options = self.common.options(folder, Multiple::Joined)?;
        self.form.shape(&mut options)?;
        let out = &self.common.out;
        out::check_file(folder, out, self.common.force)?;
        let source = self.common.read(folder, options)?;
        let plan = source.plan()?;
        let places = places(&folder.questionnaire, &plan)?;
        let exactness = if self.exact { Exactness::Exact } else { Exactness::Grid(self.decimals) };
        let mut points = 0;
        out::write_file(out, |file| {
            points = geojson::write(&plan, &places, exactness, file).map_err(unfit)?;
            Ok(())
        })?;
        say(format_args!(
            "{}: {} of {}{}",
            out.display(),
            count(points, "point"),
            places.join(", "),
            if self.exact { ", exact: they lead to people's doors" } else { "" }
        ));
        say_done(&plan, |table| format!("from {table}"));
        Ok(())
    }
}

/// The questions for places that are let out.
fn places<'q>(questionnaire: &'q Questionnaire, plan: &Plan<'_>) -> Result<Vec<&'q str>> {
    let is_place = |item: &&crate::questionnaire::Item| {
        item.question().is_some_and(|question| matches!(question.input, Input::GeoPoint))
    };
    let all: Vec<&str> = questionnaire.items.iter().filter(is_place).map(|item| item.name.as_str()).collect();
    let Some(first) = all.first() else {
        return Err(Failure::new(Kind::Usage, "the questionnaire asks for no place")
            .help("Points come from questions of the type `geopoint`.")
            .into());
    };
    let out: Vec<&str> = all.iter().copied().filter(|name| plan.has(name)).collect();
    if out.is_empty() {
        return Err(Failure::new(
            Kind::Usage,
            "no place is let out: where somebody lives tells who they are",
        )
        .help(format!(
            "Name the question: `--with {first}`. Its points then stand on a grid of about a kilometre."
        ))
        .into());
    }
    Ok(out)
}
