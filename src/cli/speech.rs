//! In which language a command speaks to those who interview, and how its lines are laid out.

use anyhow::Result;
use clap::Args;
use fluent_bundle::FluentValue;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::say::{put, say};
use crate::terminal::words::Words;
use crate::terminal::{eye, gate, width};

/// How a command speaks.
#[derive(Debug, Args)]
pub struct Speech {
    /// The language of what is shown, for example `ar`; by default the questionnaire's first.
    #[arg(long, short = 'l', value_name = "TAG", env = "DOORSTEP_LANGUAGE")]
    language: Option<String>,
    /// Puts right-to-left lines into the order of the eye, for terminals that do not.
    #[arg(long, env = "DOORSTEP_REORDER")]
    reorder: bool,
}

impl Speech {
    /// The words of that language. One that neither Doorstep nor the questionnaire speaks is refused.
    pub fn of(&self, folder: &Folder) -> Result<Spoken> {
        let questionnaire = &folder.questionnaire;
        let tag = self.language.as_ref().unwrap_or(&questionnaire.languages[0]);
        let language = questionnaire.language(tag);
        if language.is_none() && !Words::speaks(tag) {
            let own = Words::languages().map(str::to_owned).into_iter();
            let more = own.filter(|tag| !questionnaire.languages.contains(tag));
            let all: Vec<String> = questionnaire.languages.iter().cloned().chain(more).collect();
            return Err(Failure::new(Kind::Usage, format!("there is no language `{tag}` here"))
                .help(format!("There are: {}.", all.join(", ")))
                .into());
        }
        Ok(Spoken { words: Words::of(tag), language: language.unwrap_or(0), reorder: self.reorder })
    }
}

/// The words in which a command speaks.
pub struct Spoken {
    /// Doorstep's own.
    pub words: Words,
    /// The questionnaire's language, by its place there.
    pub language: usize,
    reorder: bool,
}

impl Spoken {
    /// The words of a language, and nothing of a questionnaire's.
    pub fn new(tag: &str, reorder: bool) -> Self {
        Self { words: Words::of(tag), language: 0, reorder }
    }

    /// A line of talk.
    pub fn say(&self, id: &str, filled: &[(&'static str, FluentValue<'_>)]) {
        say(self.laid_out(&self.words.tell(id, filled)));
    }

    /// A line of data.
    pub fn put(&self, line: &str) -> Result<()> {
        Ok(put(self.laid_out(line))?)
    }

    /// The cells of a row of data, each as wide as its column; the last as wide as it is.
    pub fn put_row(&self, cells: &[String], widths: &[usize]) -> Result<()> {
        // In a row from right to left a mark between cells keeps each in its place.
        let between = if self.words.is_right_to_left() { "  \u{200f}" } else { "  " };
        let mut row = if self.words.is_right_to_left() { "\u{200f}".to_owned() } else { String::new() };
        for (n, (cell, column)) in cells.iter().zip(widths).enumerate() {
            row.push_str(if n > 0 { between } else { "" });
            row.push_str(cell);
            row.push_str(&" ".repeat(column.saturating_sub(width(cell))));
        }
        self.put(row.trim_end())
    }

    fn laid_out(&self, line: &str) -> String {
        let line = gate::lines(line);
        if !self.reorder {
            return line.into_owned();
        }
        // Nothing stands to the right of a line that a command prints, so it is not moved there.
        line.lines().map(|line| eye::line(line, 0)).collect::<Vec<_>>().join("\n")
    }
}

/// A refusal of a command in the words of its language, and what to do about it.
pub fn refused(
    words: &Words,
    (id, help): (&str, &str),
    filled: &[(&'static str, FluentValue<'_>)],
) -> anyhow::Error {
    Failure::new(Kind::Usage, words.tell(id, filled)).help(words.tell(help, filled)).into()
}
