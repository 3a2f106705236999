//! How an interview is held on a terminal: views out, intents in.
//!
//! A front end shows [`View`](crate::interview::View)s and sends [`Intent`]s. It knows no disk and
//! no clock: a [`Recorder`] makes what an intent means durable before the interview moves on. All
//! text that reaches a terminal passes the [`gate`]; all of Doorstep's own words stand in
//! [`words`]; all commands stand in [`keys`]; what a line or a key means stands in `talk`. Two front
//! ends share all that: line mode, and the full [`screen`].

pub mod eye;
pub mod gate;
pub mod keys;
mod line;
mod page;
pub mod refusal;
pub mod screen;
mod talk;
pub mod words;
mod wrap;

use std::io;

use crate::interview::{Intent, Interview, Refusal};

pub use self::line::run;
pub use self::wrap::{width, wrap};

/// Makes intents durable.
pub trait Recorder {
    /// What can go wrong outside the interview.
    type Error: From<io::Error>;

    /// Decides what an intent means, makes it durable, and only then applies it.
    ///
    /// # Errors
    /// It could not be made durable; the interview is as it was.
    fn carry_out(
        &mut self,
        interview: &mut Interview,
        intent: &Intent,
    ) -> Result<Result<(), Refusal>, Self::Error>;

    /// Keeps a file with the interview and gives the name that it is kept under, or says why it
    /// cannot be kept.
    ///
    /// # Errors
    /// It could not be made durable.
    fn attach(&mut self, path: &str) -> Result<Result<String, String>, Self::Error>;

    /// Whether [`Recorder::receive`] has a satellite receiver to ask.
    fn has_receiver(&self) -> bool;

    /// The place that a satellite receiver tells, as it sends it.
    ///
    /// # Errors
    /// Why it tells none.
    fn receive(&mut self) -> Result<String, String>;

    /// Keeps what is half typed at a place, instead of what was kept before; nothing, if empty.
    ///
    /// # Errors
    /// It could not be made durable.
    fn keep_draft(&mut self, place: &str, text: &str) -> Result<(), Self::Error>;

    /// What was kept as half typed at a place.
    fn draft(&mut self, place: &str) -> Option<String>;
}

/// How an interview is held here.
#[derive(Debug, Clone)]
pub struct Options {
    /// What brings a covered screen back; Enter does, if absent.
    pub pin: Option<String>,
    /// Whether lines are put into the order of the eye, for terminals that do not.
    pub reorder: bool,
    /// The colours of the full screen.
    pub colours: Colours,
    /// Whether the full screen listens to the mouse; the terminal's own marking of text is gone then.
    pub mouse: bool,
    /// The function keys of the full screen.
    pub shortcuts: Vec<screen::Shortcut>,
}

/// The colours of the full screen. None carries a meaning alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// Some of the terminal's sixteen, on its own ground.
    Few,
    /// The terminal's own two, with bold and reversed letters.
    None,
    /// Bright white and yellow on black, whatever the terminal's own are: for sunlight and weak eyes.
    Contrast,
}

/// Enter uncovers, the terminal orders its lines, colours, and the keys of the guide.
impl Default for Options {
    fn default() -> Self {
        Self {
            pin: None,
            reorder: false,
            colours: Colours::Few,
            mouse: false,
            shortcuts: screen::SHORTCUTS.to_vec(),
        }
    }
}

impl Options {
    /// Whether what was typed brings a covered screen back.
    fn uncovers(&self, typed: &str) -> bool {
        self.pin.as_ref().is_none_or(|pin| typed.trim() == pin)
    }
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Put aside by the enumerator.
    Paused,
    /// Complete.
    Finalised,
    /// The input ended; the interview stays as it is.
    EndOfInput,
}
