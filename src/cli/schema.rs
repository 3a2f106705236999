//! `doorstep schema`: JSON Schemas for editors.

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::say::put;
use crate::questionnaire::schema;

/// Prints the JSON Schema of a kind of file, for editors that complete and check while typing.
#[derive(Debug, Args)]
pub struct Schema {
    /// The kind of file.
    #[arg(value_enum, default_value_t = Kind::Questionnaire)]
    of: Kind,
}

/// The kinds of files that have a schema.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// `questionnaire.toml`
    Questionnaire,
    /// A module that questionnaires include.
    Module,
    /// `translations/<tag>.toml`
    Translation,
}

impl Schema {
    /// Runs the command.
    pub fn run(&self) -> Result<()> {
        let schema = match self.of {
            Kind::Questionnaire => schema::of_questionnaire(),
            Kind::Module => schema::of_module(),
            Kind::Translation => schema::of_translation(),
        };
        put(serde_json::to_string_pretty(&schema)?)?;
        Ok(())
    }
}
