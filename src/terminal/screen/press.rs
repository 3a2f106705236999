//! What each key does on each page.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::editor::Editor;
use super::rows::{self, Shown};
use super::{Page, Review, Screen, calendar, entry, shortcuts};
use crate::interview::{Field, Intent, ReviewLine, Stop, number_in};
use crate::terminal::Recorder;
use crate::terminal::keys::Action;
use crate::terminal::keys::{Typed, understand};
use crate::terminal::page::is_free;
use crate::terminal::talk::Then;
use crate::value::{Answer, Value};

impl<R: Recorder> Screen<'_, R> {
    /// Takes a key in and says what comes of it.
    pub(super) fn take(&mut self, key: KeyEvent) -> Result<Then, R::Error> {
        // Nothing goes past the cover, and nobody needs two keys to get under it.
        if let Page::Cover(editor) = &mut self.page {
            if key.code == KeyCode::Enter {
                if self.options.uncovers(editor.text()) {
                    self.page = Page::Question;
                } else {
                    editor.set("");
                }
            } else {
                editor.press(key);
            }
            return Ok(Then::Stay);
        }
        let action = shortcuts::action_of(key, &self.options.shortcuts);
        if action == Some(Action::Cover) {
            return Ok(Then::Cover);
        }
        match &mut self.page {
            Page::Question | Page::Cover(_) => {}
            Page::Help | Page::Text(_) => match key.code {
                KeyCode::PageDown | KeyCode::Down => {
                    self.scroll.set(self.scroll.get() + 5);
                    return Ok(Then::Stay);
                }
                KeyCode::PageUp | KeyCode::Up => {
                    self.scroll.set(self.scroll.get().saturating_sub(5));
                    return Ok(Then::Stay);
                }
                code => {
                    self.page = Page::Question;
                    self.scroll.set(0);
                    // Whoever types on has read enough.
                    if !matches!(code, KeyCode::Char(_)) || action.is_some() {
                        return Ok(Then::Stay);
                    }
                }
            },
            _ => return self.take_over(key),
        }
        self.message = None;
        self.is_sent = key.code == KeyCode::Enter && action.is_none();
        match action {
            Some(action) => self.command(action),
            None => self.take_answer(key),
        }
    }

    fn command(&mut self, action: Action) -> Result<Then, R::Error> {
        match action {
            Action::Comment => self.page = Page::Comment(Editor::default()),
            Action::Language => {
                let questionnaire = self.talk.interview.questionnaire();
                self.page = Page::Language(questionnaire.language(&self.view.language).unwrap_or(0));
            }
            Action::Jump => {
                self.page = Page::Jump { search: Editor::default(), cursor: 0, shown: Shown::All };
                self.look();
                let here = |line: &ReviewLine| Stop::Question(line.place.clone()) == self.view.stop;
                let at = self.review.lines.iter().position(here).unwrap_or(0);
                self.page = Page::Jump { search: Editor::default(), cursor: at, shown: Shown::All };
            }
            action => return self.talk.act(&self.view, action, ""),
        }
        Ok(Then::Stay)
    }

    /// A key on a page that lies over the question.
    fn take_over(&mut self, key: KeyEvent) -> Result<Then, R::Error> {
        if key.code == KeyCode::Esc {
            // An answer that a check warned about is typed anew.
            self.entry.is_stale |= matches!(self.page, Page::Why { .. });
            self.page = Page::Question;
            return Ok(Then::Stay);
        }
        let is_enter = key.code == KeyCode::Enter;
        match &mut self.page {
            Page::Comment(editor) if is_enter => {
                let text = editor.text().trim().to_owned();
                self.page = Page::Question;
                if text.is_empty() {
                    Ok(Then::Stay)
                } else {
                    self.talk.act(&self.view, Action::Comment, &text)
                }
            }
            Page::Why { value, reason, .. } if is_enter => {
                let (value, reason) = (value.clone(), reason.text().to_owned());
                self.page = Page::Question;
                self.talk.because(&self.view, value, &reason)
            }
            Page::Sure(editor) if is_enter => {
                let typed = editor.text().to_owned();
                self.page = Page::Question;
                self.talk.sure(&typed)
            }
            Page::Comment(editor) | Page::Why { reason: editor, .. } | Page::Sure(editor) => {
                editor.press(key);
                Ok(Then::Stay)
            }
            Page::Language(cursor) => {
                let tags = &self.talk.interview.questionnaire().languages;
                match key.code {
                    KeyCode::Up => *cursor = cursor.saturating_sub(1),
                    KeyCode::Down => *cursor = (*cursor + 1).min(tags.len() - 1),
                    KeyCode::Char(digit) => {
                        let number = number_in(&digit.to_string()).filter(|n| (1..=tags.len()).contains(n));
                        *cursor = number.map_or(*cursor, |n| n - 1);
                    }
                    KeyCode::Enter => {
                        let tag = tags[*cursor].clone();
                        self.page = Page::Question;
                        return self.talk.language(&tag);
                    }
                    _ => {}
                }
                Ok(Then::Stay)
            }
            Page::Jump { search, cursor, shown } => {
                let (lines, sections) = (&self.review.lines, &self.review.sections);
                let found = rows::found(lines, sections, search.text(), *shown);
                match key.code {
                    KeyCode::Up => *cursor = cursor.saturating_sub(1),
                    KeyCode::Down => *cursor += 1,
                    KeyCode::PageUp => *cursor = cursor.saturating_sub(10),
                    KeyCode::PageDown => *cursor += 10,
                    KeyCode::Tab => (*shown, *cursor) = (shown.next(), 0),
                    KeyCode::Enter => {
                        let Some(at) = found.get(*cursor).copied() else { return Ok(Then::Stay) };
                        // Into a section: to what is still to be answered there.
                        let due = || self.review.section(at).iter().find(|line| line.due);
                        let line = if *shown == Shown::Sections { due() } else { None };
                        let Some(line) = line.or(self.review.lines.get(at)) else {
                            return Ok(Then::Stay);
                        };
                        let intent = Intent::Jump(line.place.clone());
                        self.page = Page::Question;
                        return self.talk.attempt(&intent);
                    }
                    _ => {
                        if search.press(key) {
                            *cursor = 0;
                        }
                    }
                }
                let found = rows::found(lines, sections, search.text(), *shown);
                *cursor = (*cursor).min(found.len().saturating_sub(1));
                Ok(Then::Stay)
            }
            Page::Question | Page::Help | Page::Text(_) | Page::Cover(_) => Ok(Then::Stay),
        }
    }

    /// A key that goes into the answer, or sends it.
    fn take_answer(&mut self, key: KeyEvent) -> Result<Then, R::Error> {
        let is_long = matches!(self.view.field, Field::Text(true));
        let is_ctrl_s = key.code == KeyCode::Char('s') && key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter if is_long => return self.enter_line(),
            _ if is_ctrl_s && is_long => {
                let text = self.entry.typed.text().to_owned();
                return self.send_text(&text);
            }
            KeyCode::Enter => return self.send(),
            KeyCode::Esc if self.entry.typed.is_empty() => return self.talk.back(),
            KeyCode::Esc => self.entry.typed.set(""),
            KeyCode::Delete if self.entry.typed.is_empty() && !self.open_rows().is_empty() => {
                let row = self.open_rows().into_iter().nth(self.review.cursor);
                return row.map_or(Ok(Then::Stay), |(row, ..)| self.talk.attempt(&Intent::RemoveRow(row)));
            }
            _ if self.moves(key) => return Ok(Then::Stay),
            _ => {
                if std::mem::take(&mut self.entry.is_stale) && matches!(key.code, KeyCode::Char(_)) {
                    self.entry.typed.set("");
                }
                self.entry.typed.press(key);
            }
        }
        self.entry.search();
        Ok(Then::Stay)
    }

    /// Whether a key moved something other than the text cursor.
    fn moves(&mut self, key: KeyEvent) -> bool {
        let touched = self.entry.list.as_ref().is_some_and(|list| list.touched);
        // Pages belong to a long list, and else to the text.
        let is_short = self.entry.list.as_ref().is_none_or(|list| list.shown.len() <= 10)
            && self.view.stop != Stop::Review;
        match (&self.view.field, key.code) {
            (Field::Date, code) => {
                let typed = self.talk.interview.read(self.entry.typed.text());
                let current = self.view.current.as_ref().and_then(Answer::value).cloned();
                let began = self.talk.interview.header().map(|header| header.at.date_naive());
                let ((Some(Value::Date(day)), _) | (_, Some(day))) = (typed.ok().or(current), began) else {
                    return false;
                };
                let Some(day) = calendar::moved(day, code) else { return false };
                self.entry.typed.set(&day.to_string());
                true
            }
            (Field::Several(offers, ..) | Field::Rank(offers, _), KeyCode::Char(' '))
                if touched || self.entry.typed.is_empty() || self.searched_enough() =>
            {
                if let Some(list) = &mut self.entry.list {
                    list.toggle(offers);
                }
                self.entry.typed.set("");
                self.entry.search();
                true
            }
            (_, KeyCode::PageDown) if is_short => {
                self.scroll.set(self.scroll.get() + 5);
                true
            }
            (_, KeyCode::PageUp) if is_short => {
                self.scroll.set(self.scroll.get().saturating_sub(5));
                true
            }
            (_, code) => {
                let by = match code {
                    KeyCode::Up => -1,
                    KeyCode::Down => 1,
                    KeyCode::PageUp => -10,
                    KeyCode::PageDown => 10,
                    _ => return self.moves_review(code),
                };
                if let Some(list) = &mut self.entry.list {
                    list.step(by);
                    return true;
                }
                let last = match self.view.stop {
                    Stop::Review => self.review.lines.len(),
                    Stop::MoreRows(_) => self.open_rows().len(),
                    Stop::Question(_) => return false,
                }
                .saturating_sub(1);
                self.review.cursor = self.review.cursor.saturating_add_signed(by).min(last);
                self.review.moved = true;
                true
            }
        }
    }

    /// Whether letters were typed to search with, and a blank behind them would find nothing: then
    /// Space marks what was found.
    fn searched_enough(&self) -> bool {
        let typed = self.entry.typed.text();
        let is_search = typed.chars().any(char::is_alphabetic) && !typed.starts_with(':');
        let list = self.entry.list.as_ref();
        is_search && list.is_some_and(|list| !list.shown.is_empty() && !list.goes_on_with_blank(typed))
    }

    fn moves_review(&mut self, code: KeyCode) -> bool {
        let is_toggle = code == KeyCode::Tab && self.view.stop == Stop::Review;
        self.review.is_open ^= is_toggle;
        is_toggle
    }

    /// Enter in a text of several lines: a command, a new line, or, behind a full stop alone on its
    /// line, the end.
    fn enter_line(&mut self) -> Result<Then, R::Error> {
        let text = self.entry.typed.text().to_owned();
        if text == "." || text.ends_with("\n.") {
            return self.send_text(text[..text.len() - 1].trim_end_matches('\n'));
        }
        let stands = understand(&text, |command| is_free(&self.view, command));
        if !text.contains('\n') && !matches!(stands, Typed::Answer(_)) {
            return self.send_line(&text);
        }
        self.entry.typed.insert("\n");
        Ok(Then::Stay)
    }

    fn send_text(&mut self, text: &str) -> Result<Then, R::Error> {
        if text.trim().is_empty() {
            self.send_line("")
        } else {
            {
                // As in line mode, two colons begin a text with one.
                let text = text.strip_prefix(':').filter(|rest| rest.starts_with(':')).unwrap_or(text);
                self.talk.answer(&self.view.field, text)
            }
        }
    }

    fn send_line(&mut self, line: &str) -> Result<Then, R::Error> {
        // A command is done with; an answer that does not do stays to be mended.
        let typed = understand(line, |command| is_free(&self.view, command));
        if matches!(typed, Typed::Command(..)) {
            self.entry.typed.set("");
            self.entry.search();
        }
        self.talk.line(&self.view, line)
    }

    /// Enter: sends what is typed, or what is chosen.
    fn send(&mut self) -> Result<Then, R::Error> {
        let typed = self.entry.typed.text().to_owned();
        if typed.trim().is_empty() && self.review.cursor_counts(&self.view.stop) {
            return self.enter_row();
        }
        let Some(list) = &mut self.entry.list else { return self.send_line(&typed) };
        let offers = entry::offers(&self.view.field).unwrap_or_default();
        let is_one = matches!(self.view.field, Field::One(_));
        let name = |choice: usize| offers.get(choice).map(|offer| offer.name.clone());
        if list.touched && is_one {
            let chosen = list.here().and_then(name);
            return chosen.map_or(Ok(Then::Stay), |name| self.talk.value(Value::Choice(name)));
        }
        if list.changed {
            let mut names: Vec<String> = list.marked.iter().filter_map(|choice| name(*choice)).collect();
            if typed.trim().is_empty() {
                return self.talk.value(Value::Choices(names));
            }
            // What is typed comes to what is marked, and replaces nothing.
            if let Ok(Value::Choices(more)) = self.talk.interview.read(&typed) {
                more.into_iter().for_each(|name| {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                });
                return self.talk.value(Value::Choices(names));
            }
        }
        // As `Interview::read` takes a number, without making thousands of choices once more.
        let numbered = number_in(&typed).and_then(|number| offers.get(number.checked_sub(1)?));
        if let (true, Some(offer)) = (is_one, numbered)
            && offers.iter().all(|other| other.name != typed.trim())
        {
            return self.talk.value(Value::Choice(offer.name.clone()));
        }
        let is_search = typed.chars().any(char::is_alphabetic) && !typed.trim_start().starts_with(':');
        let stands = understand(&typed, |command| is_free(&self.view, command));
        let is_command = !matches!(stands, Typed::Answer(_));
        if !is_search || is_command || self.talk.interview.read(&typed).is_ok() {
            return self.send_line(&typed);
        }
        match list.here() {
            None => {
                let filled = [("typed", typed.trim().into())];
                Ok(Then::Tell(self.talk.words.tell("screen-nothing-found", &filled)))
            }
            Some(choice) if is_one => {
                let chosen = name(choice);
                chosen.map_or(Ok(Then::Stay), |name| self.talk.value(Value::Choice(name)))
            }
            Some(_) => {
                list.toggle(offers);
                self.entry.typed.set("");
                self.entry.search();
                Ok(Then::Stay)
            }
        }
    }

    /// Enter on a line of the review or of a roster: goes there.
    fn enter_row(&mut self) -> Result<Then, R::Error> {
        let cursor = self.review.cursor;
        let target = match self.view.stop {
            Stop::Review => self.review.lines.get(cursor).map(|line| line.place.clone()),
            _ => self.open_rows().into_iter().nth(cursor).and_then(|(.., first)| first),
        };
        target.map_or(Ok(Then::Stay), |place| self.talk.attempt(&Intent::Jump(place)))
    }
}

impl Review {
    /// Whether Enter alone takes the line under the cursor: at the review, and at a roster once the
    /// cursor was moved.
    fn cursor_counts(&self, stop: &Stop) -> bool {
        match stop {
            Stop::Review => self.cursor < self.lines.len(),
            Stop::MoreRows(_) => self.moved,
            Stop::Question(_) => false,
        }
    }
}
