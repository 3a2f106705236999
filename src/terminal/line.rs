//! Line mode: one question after another as plain lines, for any terminal, a screen reader, a
//! pipe. Nothing is drawn twice, and nothing depends on colour or position.

use std::io::{BufRead, Write};

use super::keys::{Action, Typed, understand};
use super::page::{self, Line};
use super::talk::{Talk, Then};
use super::words::PROMPT;
use super::wrap::wrap;
use super::{Options, Outcome, Recorder, eye, gate};
use crate::interview::{Field, Interview, Stop, View};
use crate::value::Value;

/// Holds an interview until it is paused, finalised, or the input ends. Lines are wrapped at
/// `width` columns.
///
/// # Errors
/// What the recorder says, or the terminal is gone.
pub fn run<R: Recorder>(
    interview: Interview,
    input: &mut impl BufRead,
    output: &mut impl Write,
    recorder: &mut R,
    width: usize,
    options: &Options,
) -> Result<Outcome, R::Error> {
    let talk = Talk::new(interview, recorder);
    let mut session = Session { talk, input, output, width, options, headings: Vec::new() };
    let mut language = String::new();
    loop {
        let view = session.talk.interview.view();
        if view.language != language {
            // Headings come again in the new language.
            session.headings.clear();
            language.clone_from(&view.language);
        }
        session.draw(&view)?;
        // The same question stays until something changes it.
        loop {
            let Some(line) = session.ask()? else { return Ok(Outcome::EndOfInput) };
            let then = session.handle(&view, &line)?;
            match session.follow(&view, then)? {
                Then::Draw => break,
                Then::End(outcome) => return Ok(outcome),
                _ => {}
            }
        }
    }
}

struct Session<'a, I, O, R> {
    talk: Talk<'a, R>,
    input: &'a mut I,
    output: &'a mut O,
    width: usize,
    options: &'a Options,
    headings: Vec<String>,
}

/// So many empty lines push everything out of sight.
const COVER: usize = 80;

impl<I: BufRead, O: Write, R: Recorder> Session<'_, I, O, R> {
    fn draw(&mut self, view: &View) -> Result<(), R::Error> {
        let Talk { interview, recorder, words, .. } = &self.talk;
        let lines = match view.stop {
            Stop::Review => page::review(&interview.review(), &view.notes, words),
            _ => page::question(interview, view, &self.headings, recorder.has_receiver(), words),
        };
        self.headings.clone_from(&view.headings);
        self.show(&lines)
    }

    fn show(&mut self, lines: &[Line]) -> Result<(), R::Error> {
        for (first, text) in lines {
            for line in wrap(&gate::lines(text), self.width, first) {
                let line = if self.options.reorder { eye::line(&line, self.width) } else { line };
                writeln!(self.output, "{line}")?;
            }
        }
        Ok(())
    }

    fn tell(&mut self, text: &str) -> Result<(), R::Error> {
        self.show(&[(String::new(), text.to_owned())])
    }

    /// A line from the enumerator; `None` at the end of the input.
    fn ask(&mut self) -> Result<Option<String>, R::Error> {
        loop {
            write!(self.output, "{PROMPT}")?;
            self.output.flush()?;
            let mut bytes = Vec::new();
            if self.input.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            match String::from_utf8(bytes) {
                Ok(line) => return Ok(Some(line.trim_end_matches(['\n', '\r']).to_owned())),
                Err(_) => self.tell(&self.talk.words.say("no-text"))?,
            }
        }
    }

    fn handle(&mut self, view: &View, line: &str) -> Result<Then, R::Error> {
        let many = matches!(view.field, Field::Text(true));
        match understand(line, |command| page::is_free(view, command)) {
            // A text that ends at once is none.
            Typed::Answer(".") if many => self.talk.line(view, ""),
            Typed::Answer(first) if many => {
                let (text, ended) = self.whole_text(first)?;
                let then = self.talk.answer(&view.field, &text)?;
                // The input ended within a text: what was typed is kept all the same.
                Ok(if ended { Then::End(Outcome::EndOfInput) } else { then })
            }
            Typed::Command(Action::Language, rest) if !rest.is_empty() => self.talk.language(rest),
            _ => self.talk.line(view, line),
        }
    }

    /// What a line led to, up to where the question stays, changes, or the session ends.
    fn follow(&mut self, view: &View, then: Then) -> Result<Then, R::Error> {
        let mut then = then;
        loop {
            then = match then {
                Then::Tell(text) | Then::Read(text) => {
                    self.tell(&text)?;
                    return Ok(Then::Stay);
                }
                Then::Help => {
                    self.show(&page::help(&self.talk.words))?;
                    return Ok(Then::Stay);
                }
                Then::Why(warnings, value) => self.ask_why(view, &warnings, value)?,
                Then::Sure => {
                    self.tell(&self.talk.words.say("sure"))?;
                    match self.ask()? {
                        None => return Ok(Then::End(Outcome::EndOfInput)),
                        Some(typed) if is_cover(&typed) => Then::Cover,
                        Some(typed) => self.talk.sure(&typed)?,
                    }
                }
                Then::Remark => {
                    self.tell(&self.talk.words.say("what-remark"))?;
                    // Whatever is typed now is the remark, a letter alone is no command here; but somebody may come.
                    match self.ask()? {
                        None => return Ok(Then::End(Outcome::EndOfInput)),
                        Some(typed) if is_cover(&typed) => Then::Cover,
                        Some(typed) if typed.trim().is_empty() => return Ok(Then::Stay),
                        Some(typed) => self.talk.act(view, Action::Comment, typed.trim())?,
                    }
                }
                Then::Cover => return self.cover(),
                other => return Ok(other),
            };
        }
    }

    /// The rest of a text of several lines, and whether the input ended within it.
    fn whole_text(&mut self, first: &str) -> Result<(String, bool), R::Error> {
        let mut text = first.to_owned();
        loop {
            match self.ask()? {
                None => return Ok((text, true)),
                Some(line) if line.trim() == "." => return Ok((text, false)),
                // What is typed so far is kept, and goes on when nobody looks any more.
                Some(line) if is_cover(&line) => {
                    if matches!(self.cover()?, Then::End(_)) {
                        return Ok((text, true));
                    }
                }
                Some(line) => {
                    text.push('\n');
                    text.push_str(&line);
                }
            }
        }
    }

    /// Soft checks warn: a reason, or another answer.
    fn ask_why(&mut self, view: &View, warnings: &[String], value: Value) -> Result<Then, R::Error> {
        for warning in warnings {
            self.tell(warning)?;
        }
        self.tell(&self.talk.words.say("why"))?;
        match self.ask()? {
            None => Ok(Then::End(Outcome::EndOfInput)),
            Some(typed) if is_cover(&typed) => Ok(Then::Cover),
            Some(reason) => self.talk.because(view, value, &reason),
        }
    }

    /// Everything out of sight, until Enter or the PIN.
    fn cover(&mut self) -> Result<Then, R::Error> {
        writeln!(self.output, "{}", "\n".repeat(COVER))?;
        let asked = if self.options.pin.is_some() { "cover-pin" } else { "cover-back" };
        let asked = self.talk.words.say(asked);
        loop {
            self.tell(&asked)?;
            match self.ask()? {
                None => return Ok(Then::End(Outcome::EndOfInput)),
                Some(typed) if self.options.uncovers(&typed) => return Ok(Then::Draw),
                Some(_) => {}
            }
        }
    }
}

/// Whether somebody asks for everything to be out of sight, where other commands are words like any.
fn is_cover(line: &str) -> bool {
    matches!(understand(line, |_| false), Typed::Command(Action::Cover, _))
}
