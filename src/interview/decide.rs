//! From what the enumerator wants to the facts that it means, or the reason why not.

use super::chance::Chance;
use super::env::At;
use super::geopoint;
use super::walk::Walk;
use super::{Intent, Interview, Place, Refusal, Status, Stop};
use crate::journal::{Address, Fact};
use crate::questionnaire::{Choice, ChoiceList, Input, Item, Kind, Question, Rows};
use crate::value::{Answer, Missing, Value};

impl Interview {
    /// What an intent means here: the facts to make durable and then [`Self::apply`].
    ///
    /// # Errors
    /// Says why it is not possible.
    pub fn decide(&self, intent: &Intent) -> Result<Vec<Fact>, Refusal> {
        match intent {
            Intent::Reopen(reason) => self.decide_reopen(reason),
            _ if self.status == Status::Finalised => Err(Refusal::Finalised),
            Intent::Visit { disposition, again: Some(_), .. } if !disposition.takes_appointment() => {
                Err(Refusal::NoAppointment(*disposition))
            }
            Intent::Visit { disposition, note, again } => Ok(vec![Fact::Visited {
                disposition: *disposition,
                note: note.trim().to_owned(),
                again: *again,
            }]),
            Intent::Answer(value) => self.decide_answer(value, None),
            Intent::AnswerAnyway(value, reason) => self.decide_answer(value, Some(reason)),
            Intent::Missing(reason) => self.decide_missing(*reason),
            Intent::Next => self.decide_next(),
            Intent::Back => self.decide_back(),
            Intent::Jump(place) => self.decide_jump(place),
            Intent::Review => Ok(vec![Fact::Moved { to: Address::review() }]),
            Intent::Comment(text) => match self.stop() {
                Stop::Question(place) if self.question(&place).is_some_and(|(_, q)| !q.allow_comment) => {
                    Err(Refusal::NoComment)
                }
                Stop::Question(place) | Stop::MoreRows(place) => {
                    Ok(vec![Fact::Commented { address: self.address(&place), text: text.clone() }])
                }
                Stop::Review => Err(Refusal::NothingHere),
            },
            Intent::Language(tag) => match self.questionnaire.language(tag) {
                Some(_) => Ok(vec![Fact::LanguageChanged { language: tag.clone() }]),
                None => Err(Refusal::NoSuchLanguage(tag.clone())),
            },
            Intent::RemoveRow(place) => self.decide_remove_row(place),
            Intent::Pause => Ok(vec![Fact::Paused]),
            Intent::Resume if self.status == Status::Paused => Ok(vec![Fact::Resumed]),
            Intent::Resume => Ok(Vec::new()),
            Intent::Finalise => {
                let due = self.due();
                if due.is_empty() { Ok(vec![Fact::Finalised]) } else { Err(Refusal::Unanswered(due)) }
            }
        }
    }

    fn decide_reopen(&self, reason: &str) -> Result<Vec<Fact>, Refusal> {
        match reason.trim() {
            _ if self.status != Status::Finalised => Err(Refusal::NotFinalised),
            "" => Err(Refusal::NoReason),
            reason => Ok(vec![Fact::Reopened { reason: reason.to_owned() }]),
        }
    }

    fn decide_answer(&self, value: &Value, reason: Option<&str>) -> Result<Vec<Fact>, Refusal> {
        let place = match self.stop() {
            Stop::Question(place) => place,
            Stop::MoreRows(roster) => return self.decide_more_rows(&roster, value),
            Stop::Review => return Err(Refusal::NothingHere),
        };
        let Some((item, question)) = self.question(&place) else { return Err(Refusal::NothingHere) };
        if question.read_only {
            return Err(Refusal::ReadOnly);
        }
        let answer = Answer::Value(self.fit(&place, item, question, value)?);
        self.meets_constraint(&place, item, question, &answer)?;

        let warnings = self.warnings(&place, item, question, &answer);
        let address = self.address(&place);
        let mut facts = vec![Fact::Answered { address: address.clone(), answer }];
        match reason {
            None if !warnings.is_empty() => {
                return Err(Refusal::Checks(warnings.into_iter().map(|(_, message)| message).collect()));
            }
            None => {}
            Some(reason) => facts.extend(warnings.into_iter().map(|(check, _)| Fact::Overrode {
                address: address.clone(),
                check,
                reason: reason.to_owned(),
            })),
        }
        Ok(facts)
    }

    fn decide_more_rows(&self, roster: &Place, value: &Value) -> Result<Vec<Fact>, Refusal> {
        match value {
            Value::Boolean(true) => {
                let mut address = self.address(roster);
                address.rows.push(self.state.next_row(roster));
                Ok(vec![Fact::RowAdded { address }])
            }
            Value::Boolean(false) => Ok(vec![self.move_past(roster)]),
            other => Err(Refusal::Type(other.to_string())),
        }
    }

    fn decide_missing(&self, reason: Missing) -> Result<Vec<Fact>, Refusal> {
        let Stop::Question(place) = self.stop() else { return Err(Refusal::NothingHere) };
        let Some((_, question)) = self.question(&place) else { return Err(Refusal::NothingHere) };
        if question.read_only {
            return Err(Refusal::ReadOnly);
        }
        if !question.missing.contains(&reason) {
            return Err(Refusal::MissingNotOffered(reason));
        }
        Ok(vec![Fact::Answered { address: self.address(&place), answer: Answer::Missing(reason) }])
    }

    fn decide_next(&self) -> Result<Vec<Fact>, Refusal> {
        let place = match self.stop() {
            Stop::Question(place) => place,
            Stop::MoreRows(roster) => return Ok(vec![self.move_past(&roster)]),
            Stop::Review => return Err(Refusal::NothingHere),
        };
        let Some((item, question)) = self.question(&place) else { return Err(Refusal::NothingHere) };
        if question.read_only || self.state.recorded(place.item, &place.rows).is_some() {
            // What no longer fits is asked again rather than passed over.
            return if self.is_due(&place) {
                self.refuse_recorded(&place, item, question)
            } else {
                Ok(vec![self.move_past(&place)])
            };
        }
        if let Some(offered) = self.offered_default(&place, item, question) {
            return self.decide_answer(&offered, None);
        }
        if self.is_required(&place, item, question) {
            Err(Refusal::Required)
        } else {
            Ok(vec![self.move_past(&place)])
        }
    }

    /// Why the recorded answer no longer does.
    fn refuse_recorded(&self, place: &Place, item: &Item, question: &Question) -> Result<Vec<Fact>, Refusal> {
        match self.state.recorded(place.item, &place.rows) {
            Some(Answer::Value(value)) => {
                self.fit(place, item, question, value)?;
                self.meets_constraint(place, item, question, &Answer::Value(value.clone()))?;
                Err(Refusal::Required)
            }
            Some(Answer::Missing(reason)) => Err(Refusal::MissingNotOffered(*reason)),
            None => Err(Refusal::Required),
        }
    }

    fn decide_back(&self) -> Result<Vec<Fact>, Refusal> {
        let here = self.stop();
        let before = self.walk().take_while(|stop| *stop != here).last();
        match before {
            Some(stop) => Ok(vec![Fact::Moved { to: self.stop_address(&stop) }]),
            None => Err(Refusal::AtStart),
        }
    }

    fn decide_jump(&self, place: &Place) -> Result<Vec<Fact>, Refusal> {
        if self.questionnaire.items.get(place.item.0 as usize).is_none() || !self.is_relevant(place) {
            return Err(Refusal::NotRelevant);
        }
        Ok(vec![Fact::Moved { to: self.address(place) }])
    }

    fn decide_remove_row(&self, row: &Place) -> Result<Vec<Fact>, Refusal> {
        let is_open = self
            .questionnaire
            .items
            .get(row.item.0 as usize)
            .is_some_and(|item| matches!(&item.kind, Kind::Roster(r) if matches!(r.rows, Rows::Open)));
        let exists =
            row.rows.split_last().is_some_and(|(key, outer)| self.state.rows(row.item, outer).contains(key));
        if is_open && exists {
            Ok(vec![Fact::RowRemoved { address: self.address(row) }])
        } else {
            Err(Refusal::NotRelevant)
        }
    }

    fn stop_address(&self, stop: &Stop) -> Address {
        match stop {
            Stop::Question(place) | Stop::MoreRows(place) => self.address(place),
            Stop::Review => Address::review(),
        }
    }

    fn move_past(&self, place: &Place) -> Fact {
        let next = Walk::after(&self.state, &self.questionnaire, place).next().unwrap_or(Stop::Review);
        Fact::Moved { to: self.stop_address(&next) }
    }

    /// The value as this question stores it, or what does not fit.
    fn fit(&self, place: &Place, item: &Item, question: &Question, value: &Value) -> Result<Value, Refusal> {
        let wrong = || Err(Refusal::Type(value.to_string()));
        match (&question.input, value) {
            (Input::SelectOne { .. }, Value::Choice(name)) => {
                let (_, offered) = self.offered(place, item, question);
                if offered.iter().any(|c| c.name == *name) {
                    Ok(value.clone())
                } else {
                    Err(Refusal::NoSuchChoice(name.clone()))
                }
            }
            (Input::SelectMultiple { min, max, .. }, Value::Choices(names)) => {
                let (_, offered) = self.offered(place, item, question);
                if let Some(stranger) = names.iter().find(|n| offered.iter().all(|c| c.name != **n)) {
                    return Err(Refusal::NoSuchChoice(stranger.clone()));
                }
                let least = min.unwrap_or(1).min(offered.len() as u32);
                let chosen: Vec<&Choice> = offered.into_iter().filter(|c| names.contains(&c.name)).collect();
                match chosen.iter().find(|c| c.exclusive) {
                    Some(loner) if chosen.len() > 1 => {
                        return Err(Refusal::Exclusive(self.label(place, item, loner)));
                    }
                    Some(_) => {}
                    None if (chosen.len() as u32) < least => return Err(Refusal::TooFew(least)),
                    None => {}
                }
                match max {
                    Some(max) if chosen.len() as u32 > *max => Err(Refusal::TooMany(*max)),
                    _ => Ok(Value::Choices(chosen.into_iter().map(|c| c.name.clone()).collect())),
                }
            }
            (Input::Rank { top, .. }, Value::Choices(names)) => {
                let (_, offered) = self.offered(place, item, question);
                for (n, name) in names.iter().enumerate() {
                    if names[..n].contains(name) || offered.iter().all(|c| c.name != *name) {
                        return Err(Refusal::NoSuchChoice(name.clone()));
                    }
                }
                let places = (*top).min(offered.len() as u32);
                match (names.len() as u32).cmp(&places) {
                    std::cmp::Ordering::Less => Err(Refusal::TooFew(places)),
                    std::cmp::Ordering::Greater => Err(Refusal::TooMany(places)),
                    std::cmp::Ordering::Equal => Ok(value.clone()),
                }
            }
            (Input::Scale { from, to, .. }, Value::Integer(n)) => {
                if (from..=to).contains(&n) {
                    Ok(value.clone())
                } else {
                    Err(Refusal::OutsideScale(*from, *to))
                }
            }
            (Input::Decimal, Value::Integer(n)) => Ok(Value::Decimal(*n as f64)),
            (Input::Decimal, Value::Decimal(d)) if !d.is_finite() => wrong(),
            (Input::File { endings }, Value::Text(name)) if is_attached(name, endings) => Ok(value.clone()),
            (Input::GeoPoint, Value::Text(text)) => {
                geopoint::read(text).map(Value::Text).ok_or(Refusal::Type(text.clone()))
            }
            (Input::Text { pattern, .. } | Input::Barcode { pattern }, Value::Text(text)) => match pattern {
                _ if text.trim().is_empty() => Err(Refusal::Required),
                Some(pattern) if !pattern.is_match(text) => Err(Refusal::Pattern),
                _ => Ok(value.clone()),
            },
            (Input::Integer, Value::Integer(_))
            | (Input::Decimal, Value::Decimal(_))
            | (Input::Date, Value::Date(_))
            | (Input::Time, Value::Time(_))
            | (Input::DateTime, Value::DateTime(_)) => Ok(value.clone()),
            _ => wrong(),
        }
    }

    fn meets_constraint(
        &self,
        place: &Place,
        item: &Item,
        question: &Question,
        answer: &Answer,
    ) -> Result<(), Refusal> {
        let Some(constraint) = &question.constraint else { return Ok(()) };
        let here = At::new(&self.state, &self.questionnaire, item, &place.rows).with_candidate(answer);
        if constraint.condition.holds(&here) {
            return Ok(());
        }
        Err(Refusal::Constraint(constraint.message.as_ref().map(|m| m.render(self.state.language, &here))))
    }

    /// The soft checks that an answer sets off: each condition as written, and what to say.
    pub(super) fn warnings(
        &self,
        place: &Place,
        item: &Item,
        question: &Question,
        answer: &Answer,
    ) -> Vec<(String, String)> {
        let here = At::new(&self.state, &self.questionnaire, item, &place.rows).with_candidate(answer);
        question
            .checks
            .iter()
            .filter(|check| check.when.holds(&here))
            .map(|check| (check.when.text().to_owned(), check.message.render(self.state.language, &here)))
            .collect()
    }

    /// The list of a question and the choices of it that are offered here; none for a question
    /// without a list.
    pub(super) fn offered<'a>(
        &'a self,
        place: &Place,
        item: &Item,
        question: &'a Question,
    ) -> (Option<&'a ChoiceList>, Vec<&'a Choice>) {
        let (Input::SelectOne { list, filter }
        | Input::SelectMultiple { list, filter, .. }
        | Input::Rank { list, filter, .. }) = &question.input
        else {
            return (None, Vec::new());
        };
        let list = self.questionnaire.list(*list);
        let offered = list
            .choices
            .iter()
            .filter(|choice| {
                filter.as_ref().is_none_or(|f| {
                    let here = At::new(&self.state, &self.questionnaire, item, &place.rows);
                    f.holds(&here.with_choice(list, choice))
                })
            })
            .collect();
        (Some(list), offered)
    }

    /// The offered choices in the order in which they are shown. Where that is drawn by chance,
    /// "other" and what goes with no other choice stay behind the rest.
    pub(super) fn presented<'a>(
        &'a self,
        place: &Place,
        item: &Item,
        question: &'a Question,
    ) -> Vec<&'a Choice> {
        let (_, mut offered) = self.offered(place, item, question);
        if question.shuffled {
            let is_last = |c: &Choice| c.exclusive || question.other.as_ref() == Some(&c.name);
            offered.sort_by_key(|c| is_last(c));
            let free = offered.iter().filter(|c| !is_last(c)).count();
            Chance::of_order(self.state.seed, &item.name, &place.rows).shuffle(&mut offered[..free]);
        }
        offered
    }

    pub(super) fn label(&self, place: &Place, item: &Item, choice: &Choice) -> String {
        choice
            .label
            .render(self.state.language, &At::new(&self.state, &self.questionnaire, item, &place.rows))
    }

    /// The default of a question, where it is a possible answer.
    pub(super) fn offered_default(&self, place: &Place, item: &Item, question: &Question) -> Option<Value> {
        let default = question.default.as_ref().filter(|_| !question.read_only)?;
        let value = default.evaluate(&At::new(&self.state, &self.questionnaire, item, &place.rows))?;
        let value = match (&question.input, value) {
            (Input::SelectOne { .. }, Value::Text(name)) => Value::Choice(name),
            (Input::SelectMultiple { .. } | Input::Rank { .. }, Value::Text(names)) => {
                Value::Choices(names.split_whitespace().map(str::to_owned).collect())
            }
            (_, value) => value,
        };
        self.fit(place, item, question, &value).ok()
    }

    pub(super) fn is_required(&self, place: &Place, item: &Item, question: &Question) -> bool {
        let (list, offered) = self.offered(place, item, question);
        if question.read_only || (list.is_some() && offered.is_empty()) {
            return false;
        }
        question.required.as_ref().is_none_or(|condition| {
            condition.holds(&At::new(&self.state, &self.questionnaire, item, &place.rows))
        })
    }

    /// Whether a question must still be answered: nothing is recorded, or what is recorded no
    /// longer fits because something before it has changed.
    pub(super) fn is_due(&self, place: &Place) -> bool {
        let Some((item, question)) = self.question(place) else { return false };
        if question.read_only {
            return false;
        }
        if self.is_set_aside(place) {
            return true;
        }
        match self.state.recorded(place.item, &place.rows) {
            None => self.is_required(place, item, question),
            Some(Answer::Missing(_)) => false,
            Some(answer @ Answer::Value(value)) => {
                self.fit(place, item, question, value).is_err()
                    || self.meets_constraint(place, item, question, answer).is_err()
            }
        }
    }

    /// All questions that must still be answered, in order.
    fn due(&self) -> Vec<Place> {
        self.walk()
            .filter_map(|stop| match stop {
                Stop::Question(place) if self.is_due(&place) => Some(place),
                _ => None,
            })
            .collect()
    }
}

/// Whether it is the name of a file that is kept: the hash of its content and its ending.
fn is_attached(name: &str, endings: &[String]) -> bool {
    let (hash, ending) = name.split_once('.').unwrap_or((name, ""));
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let is_plain = ending.len() <= 10 && ending.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    is_hash && is_plain && (endings.is_empty() || endings.iter().any(|e| e == ending))
}
