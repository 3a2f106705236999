//! Line mode: one question after another as plain lines, for any terminal, a screen reader, a
//! pipe. Nothing is drawn twice, and nothing depends on colour or position.

use std::io::{BufRead, Write};

use super::gate;
use super::keys::{Action, Typed, understand};
use super::page::{self, Line};
use super::refusal::worded;
use super::wrap::wrap;
use super::{Outcome, Recorder, words};
use crate::interview::{Field, Intent, Interview, Place, Refusal, Stop, View};
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
) -> Result<Outcome, R::Error> {
    let mut session = Session { interview, input, output, recorder, width, headings: Vec::new() };
    loop {
        let view = session.interview.view();
        session.draw(&view)?;
        // The same question stays until something changes it.
        loop {
            let Some(line) = session.ask()? else { return Ok(Outcome::EndOfInput) };
            match session.handle(&view, &line)? {
                Then::Ask => {}
                Then::Draw => break,
                Then::End(outcome) => return Ok(outcome),
            }
        }
    }
}

struct Session<'a, I, O, R> {
    interview: Interview,
    input: &'a mut I,
    output: &'a mut O,
    recorder: &'a mut R,
    width: usize,
    headings: Vec<String>,
}

/// What comes after a line was handled.
enum Then {
    /// Another line for the same question.
    Ask,
    /// What is to be shown has changed.
    Draw,
    /// The session is over.
    End(Outcome),
}

impl<I: BufRead, O: Write, R: Recorder> Session<'_, I, O, R> {
    fn draw(&mut self, view: &View) -> Result<(), R::Error> {
        let lines = match view.stop {
            Stop::Review => page::review(&self.interview.review(), &view.notes),
            _ => page::question(&self.interview, view, &self.headings, self.recorder.has_receiver()),
        };
        self.headings.clone_from(&view.headings);
        self.show(&lines)
    }

    fn show(&mut self, lines: &[Line]) -> Result<(), R::Error> {
        for (first, text) in lines {
            for line in wrap(&gate::lines(text), self.width, first) {
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
            write!(self.output, "{}", words::PROMPT)?;
            self.output.flush()?;
            let mut bytes = Vec::new();
            if self.input.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            match String::from_utf8(bytes) {
                Ok(line) => return Ok(Some(line.trim_end_matches(['\n', '\r']).to_owned())),
                Err(_) => self.tell(words::NO_TEXT)?,
            }
        }
    }

    /// Carries out an intent; a refusal is told.
    fn attempt(&mut self, intent: &Intent) -> Result<Then, R::Error> {
        match self.recorder.carry_out(&mut self.interview, intent)? {
            Ok(()) => Ok(Then::Draw),
            Err(refusal) => {
                self.tell(&worded(&refusal))?;
                Ok(Then::Ask)
            }
        }
    }

    fn handle(&mut self, view: &View, line: &str) -> Result<Then, R::Error> {
        match understand(line, |command| page::is_free(view, command)) {
            Typed::Command(action, rest) => self.command(view, action, rest),
            Typed::NoSuchCommand(typed) => {
                self.tell(&words::no_such_command(typed))?;
                Ok(Then::Ask)
            }
            Typed::Nothing if matches!(view.field, Field::Review) => Ok(Then::Ask),
            Typed::Nothing => self.attempt(&Intent::Next),
            Typed::Answer(number) if matches!(view.field, Field::Review) => self.jump(number),
            Typed::Answer(text) => match self.whole_text(view, text)? {
                (text, false) => self.answer(&view.field, &text),
                // The input ended within a text: what was typed is kept all the same.
                (text, true) => self.answer(&view.field, &text).map(|_| Then::End(Outcome::EndOfInput)),
            },
        }
    }

    /// The rest of a text of several lines, and whether the input ended within it.
    fn whole_text(&mut self, view: &View, first: &str) -> Result<(String, bool), R::Error> {
        let mut text = first.to_owned();
        if !matches!(view.field, Field::Text(true)) {
            return Ok((text, false));
        }
        loop {
            match self.ask()? {
                None => return Ok((text, true)),
                Some(line) if line.trim() == "." => return Ok((text, false)),
                Some(line) => {
                    text.push('\n');
                    text.push_str(&line);
                }
            }
        }
    }

    /// The answer that what was typed stands for, where it does not stand for itself: a file's path
    /// for the file, `gps` for what the receiver tells. Says why there is none.
    fn fetched(&mut self, field: &Field, typed: &str) -> Result<Result<Option<String>, String>, R::Error> {
        match field {
            Field::File(endings) => {
                // As terminals paste a path that was dragged into them.
                let path = typed.trim().trim_matches(['\'', '"']).trim_start_matches("file://");
                let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
                if !endings.is_empty() && !endings.contains(&ending) {
                    return Ok(Err(words::wrong_ending(endings)));
                }
                Ok(self.recorder.attach(path)?.map(Some))
            }
            Field::GeoPoint if typed.trim().eq_ignore_ascii_case(words::GPS) => {
                Ok(self.recorder.receive().map(Some))
            }
            _ => Ok(Ok(None)),
        }
    }

    fn answer(&mut self, field: &Field, text: &str) -> Result<Then, R::Error> {
        let fetched = match self.fetched(field, text)? {
            Ok(fetched) => fetched,
            Err(why) => return self.again(&why),
        };
        let text = fetched.as_deref().unwrap_or(text);
        let value = match self.interview.read(text) {
            Ok(value) => value,
            Err(Refusal::Type(typed)) => {
                return self.again(&words::does_not_fit(&typed, field));
            }
            Err(refusal) => return self.again(&worded(&refusal)),
        };
        match self.recorder.carry_out(&mut self.interview, &Intent::Answer(value.clone()))? {
            Ok(()) => Ok(Then::Draw),
            Err(Refusal::Checks(warnings)) => self.ask_why(&warnings, value),
            Err(refusal) => {
                self.tell(&worded(&refusal))?;
                Ok(Then::Ask)
            }
        }
    }

    /// Soft checks warn: a reason, or another answer.
    fn ask_why(&mut self, warnings: &[String], value: Value) -> Result<Then, R::Error> {
        for warning in warnings {
            self.tell(warning)?;
        }
        self.tell(words::WHY)?;
        match self.ask()? {
            None => Ok(Then::End(Outcome::EndOfInput)),
            Some(reason) if reason.trim().is_empty() => {
                self.tell(words::ANSWER_ANEW)?;
                Ok(Then::Ask)
            }
            Some(reason) => self.attempt(&Intent::AnswerAnyway(value, reason.trim().to_owned())),
        }
    }

    fn command(&mut self, view: &View, action: Action, rest: &str) -> Result<Then, R::Error> {
        match action {
            Action::Missing(reason) => self.attempt(&Intent::Missing(reason)),
            Action::Back => self.attempt(&Intent::Back),
            Action::Language if rest.is_empty() => {
                let all = self.interview.questionnaire().languages.clone();
                self.tell(&words::languages(&view.language, &all))?;
                Ok(Then::Ask)
            }
            Action::Language => {
                // Headings come again in the new language.
                self.headings.clear();
                self.attempt(&Intent::Language(rest.to_owned()))
            }
            Action::Comment if rest.is_empty() => self.again(words::WHAT_REMARK),
            Action::Comment => match self.attempt(&Intent::Comment(rest.to_owned()))? {
                Then::Draw => self.again(words::NOTED),
                then => Ok(then),
            },
            Action::Jump if rest.is_empty() => self.again(words::WHERE_TO),
            Action::Jump => self.jump(rest),
            Action::RemoveRow => match self.row_here(&view.stop) {
                Some(row) => self.attempt(&Intent::RemoveRow(row)),
                None => self.again(words::NO_ROW),
            },
            Action::Review => self.attempt(&Intent::Review),
            Action::Finalise if view.stop != Stop::Review => self.again(words::ONLY_AT_REVIEW),
            Action::Finalise => self.finalise(),
            Action::Pause => match self.attempt(&Intent::Pause)? {
                Then::Draw => Ok(Then::End(Outcome::Paused)),
                then => Ok(then),
            },
            Action::Help => {
                self.show(&page::help())?;
                Ok(Then::Ask)
            }
        }
    }

    fn again(&mut self, text: &str) -> Result<Then, R::Error> {
        self.tell(text)?;
        Ok(Then::Ask)
    }

    /// To a question by its number in the review, or by name.
    fn jump(&mut self, target: &str) -> Result<Then, R::Error> {
        let lines = self.interview.review();
        let by_number = target.parse::<usize>().ok().and_then(|n| lines.get(n.checked_sub(1)?));
        let named = |place: &Place| self.interview.questionnaire().item(place.item).name == target;
        match by_number.or_else(|| lines.iter().find(|l| named(&l.place))) {
            Some(line) => self.attempt(&Intent::Jump(line.place.clone())),
            None => self.again(&worded(&Refusal::NotRelevant)),
        }
    }

    /// The innermost roster row that the current question is in.
    fn row_here(&self, stop: &Stop) -> Option<Place> {
        let Stop::Question(place) = stop else { return None };
        let roster = self.interview.questionnaire().item(place.item).rosters.last()?;
        Some(Place { item: *roster, rows: place.rows.clone() })
    }

    fn finalise(&mut self) -> Result<Then, R::Error> {
        if let Err(refusal) = self.interview.decide(&Intent::Finalise) {
            return self.again(&worded(&refusal));
        }
        self.tell(words::SURE)?;
        match self.ask()? {
            None => Ok(Then::End(Outcome::EndOfInput)),
            Some(yes) if matches!(yes.trim().to_lowercase().as_str(), "y" | "yes") => {
                match self.attempt(&Intent::Finalise)? {
                    Then::Draw => Ok(Then::End(Outcome::Finalised)),
                    then => Ok(then),
                }
            }
            Some(_) => self.again(words::NOT_FINALISED),
        }
    }
}
