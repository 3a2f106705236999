//! What a typed line or a key means in an interview: the same for both front ends.

use super::keys::{Action, Typed, understand};
use super::refusal::worded;
use super::words::{GPS, Words};
use super::{Outcome, Recorder, page};
use crate::interview::{Disposition, Field, Intent, Interview, Place, Refusal, Stop, View, number_in};
use crate::questionnaire::{Kind, Roster, Rows};
use crate::value::Value;

/// An interview, who makes it durable, and the words in which it is held.
pub(super) struct Talk<'a, R> {
    pub(super) interview: Interview,
    pub(super) recorder: &'a mut R,
    pub(super) words: Words,
    /// Where the review was opened from by its key: back goes there.
    looked_from: Option<Place>,
}

/// What comes of a line or a key.
pub(super) enum Then {
    /// The question stays; this is said.
    Tell(String),
    /// The question stays.
    Stay,
    /// What is to be shown has changed.
    Draw,
    /// Soft checks warn about an answer: a reason is asked for, or another answer.
    Why(Vec<String>, Value),
    /// Is it really to be finalised?
    Sure,
    /// A remark is asked for.
    Remark,
    /// A text is to be read.
    Read(String),
    /// All commands are to be shown.
    Help,
    /// The screen is to be covered.
    Cover,
    /// The session is over.
    End(Outcome),
}

impl<'a, R: Recorder> Talk<'a, R> {
    pub(super) fn new(interview: Interview, recorder: &'a mut R) -> Self {
        let words = Words::of(&interview.view().language);
        Self { interview, recorder, words, looked_from: None }
    }

    /// Carries out an intent; a refusal is told.
    pub(super) fn attempt(&mut self, intent: &Intent) -> Result<Then, R::Error> {
        self.forget_where(intent);
        Ok(match self.recorder.carry_out(&mut self.interview, intent)? {
            Ok(()) => Then::Draw,
            Err(refusal) => Then::Tell(worded(&refusal, &self.words)),
        })
    }

    /// Whoever has gone on from a question comes to the review by the way, and goes back by it.
    fn forget_where(&mut self, intent: &Intent) {
        if *intent != Intent::Review && self.interview.stop() != Stop::Review {
            self.looked_from = None;
        }
    }

    /// Back, which from the review leads to where it was opened.
    pub(super) fn back(&mut self) -> Result<Then, R::Error> {
        if let Some(place) = self.looked_from.take().filter(|_| self.interview.stop() == Stop::Review)
            && let Then::Draw = self.attempt(&Intent::Jump(place))?
        {
            return Ok(Then::Draw);
        }
        self.attempt(&Intent::Back)
    }

    /// A typed line, at the stop that `view` shows.
    pub(super) fn line(&mut self, view: &View, line: &str) -> Result<Then, R::Error> {
        match understand(line, |command| page::is_free(view, command)) {
            Typed::Command(action, rest) => self.act(view, action, rest),
            Typed::NoSuchCommand(typed) => {
                Ok(Then::Tell(self.words.tell("no-such-command", &[("typed", typed.into())])))
            }
            Typed::Nothing if matches!(view.field, Field::Review) => Ok(Then::Stay),
            Typed::Nothing => self.attempt(&Intent::Next),
            Typed::Answer(number) if matches!(view.field, Field::Review) => self.jump(number),
            Typed::Answer(text) => match (&view.field, self.words.yes_or_no(text)) {
                (Field::YesNo, Some(yes)) => self.value(Value::Boolean(yes)),
                _ => self.answer(&view.field, text),
            },
        }
    }

    /// An answer as it was typed.
    pub(super) fn answer(&mut self, field: &Field, text: &str) -> Result<Then, R::Error> {
        let fetched = match self.fetched(field, text)? {
            Ok(fetched) => fetched,
            Err(why) => return Ok(Then::Tell(why)),
        };
        match self.interview.read(fetched.as_deref().unwrap_or(text)) {
            Ok(value) => self.value(value),
            Err(Refusal::Type(typed)) => Ok(Then::Tell(self.words.does_not_fit(&typed, field))),
            Err(refusal) => Ok(Then::Tell(worded(&refusal, &self.words))),
        }
    }

    /// An answer.
    pub(super) fn value(&mut self, value: Value) -> Result<Then, R::Error> {
        let intent = Intent::Answer(value);
        self.forget_where(&intent);
        Ok(match (self.recorder.carry_out(&mut self.interview, &intent)?, intent) {
            (Ok(()), _) => Then::Draw,
            (Err(Refusal::Checks(warnings)), Intent::Answer(value)) => Then::Why(warnings, value),
            (Err(refusal), _) => Then::Tell(worded(&refusal, &self.words)),
        })
    }

    /// What was typed after soft checks warned: the reason; or another answer, where it can be one
    /// and could hardly be a reason.
    pub(super) fn because(&mut self, view: &View, value: Value, typed: &str) -> Result<Then, R::Error> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(Then::Tell(self.words.say("answer-anew")));
        }
        let is_text = matches!(view.field, Field::Text(_) | Field::Barcode | Field::File(_));
        if !is_text && let Ok(other) = self.interview.read(typed) {
            return self.value(other);
        }
        self.attempt(&Intent::AnswerAnyway(value, typed.to_owned()))
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
                    let endings = endings.join(" / .").into();
                    return Ok(Err(self.words.tell("wrong-ending", &[("endings", endings)])));
                }
                Ok(self.recorder.attach(path)?.map(Some))
            }
            Field::GeoPoint if typed.trim().eq_ignore_ascii_case(GPS) => {
                Ok(self.recorder.receive().map(Some))
            }
            _ => Ok(Ok(None)),
        }
    }

    /// A command.
    pub(super) fn act(&mut self, view: &View, action: Action, rest: &str) -> Result<Then, R::Error> {
        match action {
            Action::Missing(reason) => self.attempt(&Intent::Missing(reason)),
            Action::Back => self.back(),
            Action::Language if rest.is_empty() => {
                let all = self.interview.questionnaire().languages.join(", ");
                let filled = [("all", all.into()), ("here", view.language.as_str().into())];
                Ok(Then::Tell(self.words.tell("languages", &filled)))
            }
            Action::Language => self.language(rest),
            Action::Comment if rest.is_empty() => Ok(Then::Remark),
            Action::Comment => match self.attempt(&Intent::Comment(rest.to_owned()))? {
                Then::Draw => Ok(self.tell("noted")),
                then => Ok(then),
            },
            Action::Jump if rest.is_empty() => Ok(self.tell("where-to")),
            Action::Jump => self.jump(rest),
            Action::RemoveRow => match self.row_here(&view.stop) {
                Some(row) => self.attempt(&Intent::RemoveRow(row)),
                None => Ok(self.tell("no-row")),
            },
            Action::Review => {
                if let Stop::Question(place) = &view.stop {
                    self.looked_from = Some(place.clone());
                }
                self.attempt(&Intent::Review)
            }
            Action::Finalise if view.stop != Stop::Review => Ok(self.tell("only-at-review")),
            Action::Finalise => Ok(match self.interview.decide(&Intent::Finalise) {
                Ok(_) => Then::Sure,
                Err(refusal) => Then::Tell(worded(&refusal, &self.words)),
            }),
            Action::Pause => match self.attempt(&Intent::Pause)? {
                Then::Draw => Ok(Then::End(Outcome::Paused)),
                then => Ok(then),
            },
            Action::Outcome => self.visit(rest),
            Action::Referral => Ok(match self.interview.referral() {
                Some(text) => Then::Read(text),
                None => self.tell("no-referral"),
            }),
            Action::Cover => Ok(Then::Cover),
            Action::Help => Ok(Then::Help),
        }
    }

    /// Ends the visit with an outcome, perhaps an appointment, and a note; lists the outcomes where
    /// none of them is named.
    fn visit(&mut self, typed: &str) -> Result<Then, R::Error> {
        let (name, note) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
        // By its number in any script's digits, for keyboards without Latin letters.
        let by_number = || Disposition::all().nth(number_in(name)?.checked_sub(1)?);
        let Some(disposition) = Disposition::named(name).or_else(by_number) else {
            let all: Vec<String> = (1..)
                .zip(Disposition::all())
                .map(|(n, disposition)| format!("{n} {}", self.words.outcome(disposition)))
                .collect();
            return Ok(Then::Tell(self.words.tell("outcomes", &[("all", all.join(", ").into())])));
        };
        let (again, note) = match self.interview.leading_moment(note) {
            Some((moment, note)) => (Some(moment), note),
            None => (None, note.trim()),
        };
        let is_date = note.starts_with(|letter: char| letter.is_numeric());
        if again.is_none() && is_date && note.contains(['-', '/', '.', ':']) {
            return Ok(Then::Tell(self.words.tell("fits-datetime", &[("typed", note.into())])));
        }
        if let Some(over) = again.filter(|moment| *moment <= self.interview.began()) {
            let moment = self.words.moment(&Value::DateTime(over)).unwrap_or_default();
            return Ok(Then::Tell(self.words.tell("appointment-over", &[("moment", moment.into())])));
        }
        match self.attempt(&Intent::Visit { disposition, note: note.to_owned(), again })? {
            Then::Draw => Ok(Then::End(Outcome::Paused)),
            then => Ok(then),
        }
    }

    pub(super) fn tell(&self, id: &str) -> Then {
        Then::Tell(self.words.say(id))
    }

    /// Another language; Doorstep's own words follow.
    pub(super) fn language(&mut self, tag: &str) -> Result<Then, R::Error> {
        let then = self.attempt(&Intent::Language(tag.to_owned()))?;
        if matches!(then, Then::Draw) {
            self.words = Words::of(tag);
        }
        Ok(then)
    }

    /// To a question by its number in the review, or by name.
    fn jump(&mut self, target: &str) -> Result<Then, R::Error> {
        let lines = self.interview.review();
        let by_number = target.parse::<usize>().ok().and_then(|n| lines.get(n.checked_sub(1)?));
        let named = |place: &Place| self.interview.questionnaire().item(place.item).name == target;
        match by_number.or_else(|| lines.iter().find(|l| named(&l.place))) {
            Some(line) => self.attempt(&Intent::Jump(line.place.clone())),
            None => Ok(Then::Tell(worded(&Refusal::NotRelevant, &self.words))),
        }
    }

    /// The innermost row that the enumerator added and that the current question is in.
    fn row_here(&self, stop: &Stop) -> Option<Place> {
        let Stop::Question(place) = stop else { return None };
        let questionnaire = self.interview.questionnaire();
        let rosters = &questionnaire.item(place.item).rosters;
        let is_open = |roster: &Roster| matches!(roster.rows, Rows::Open);
        let depth = rosters.iter().rposition(
            |id| matches!(&questionnaire.item(*id).kind, Kind::Roster(roster) if is_open(roster)),
        )?;
        Some(Place { item: rosters[depth], rows: place.rows.get(..=depth)?.to_vec() })
    }

    /// The answer to whether it is really to be finalised.
    pub(super) fn sure(&mut self, typed: &str) -> Result<Then, R::Error> {
        if self.words.yes_or_no(typed) != Some(true) && number_in(typed) != Some(1) {
            return Ok(self.tell("not-finalised"));
        }
        match self.attempt(&Intent::Finalise)? {
            Then::Draw => Ok(Then::End(Outcome::Finalised)),
            then => Ok(then),
        }
    }
}
