//! The full screen: one question at a time, drawn whole after each key.
//!
//! [`Screen::press`] takes a key in, [`Screen::draw`] shows where that led, and [`Screen::settle`],
//! called once no key waits, keeps what is half typed. Whatever can be typed in line mode can be
//! typed here, with the same meaning; keys are the shorter way.

mod calendar;
mod editor;
mod entry;
mod hints;
mod mouse;
mod paint;
mod press;
mod rows;
mod shortcuts;

use std::cell::{Cell, RefCell};

use ratatui::crossterm::event::{KeyEvent, KeyEventKind};

use self::editor::Editor;
use self::entry::Entry;
use self::rows::Shown;
use super::talk::{Talk, Then};
use super::{Options, Outcome, Recorder};
use crate::interview::{Interview, Place, ReviewLine, Stop, View};
use crate::value::Value;

pub use self::shortcuts::{SHORTCUTS, Shortcut, changed};

/// An interview on the whole terminal.
pub struct Screen<'a, R> {
    talk: Talk<'a, R>,
    options: &'a Options,
    view: View,
    /// The headings around the stop before: what they say is not said again.
    seen: Vec<String>,
    entry: Entry,
    page: Page,
    /// What was said last; gone with the next key.
    message: Option<String>,
    /// Lines of the text above the answers that are scrolled away.
    /// Kept within what there is while drawing, where that is known.
    scroll: Cell<usize>,
    /// The rows of the terminal that show an item of a list, and which: for the mouse.
    drawn: RefCell<Vec<(u16, usize)>>,
    /// Whether the last key sent what is typed.
    is_sent: bool,
    /// The text that was last kept as half typed.
    kept: String,
    review: Review,
}

/// What lies over the question.
enum Page {
    Question,
    Help,
    Text(String),
    Cover(Editor),
    Comment(Editor),
    Language(usize),
    Why { warnings: Vec<String>, value: Value, reason: Editor },
    Sure(Editor),
    Jump { search: Editor, cursor: usize, shown: Shown },
}

/// The answers so far, as the review and the jump list show them.
#[derive(Default)]
struct Review {
    lines: Vec<ReviewLine>,
    sections: Vec<String>,
    cursor: usize,
    /// Whether the cursor was moved since the stop was reached.
    moved: bool,
    is_open: bool,
}

impl Review {
    /// The lines of the section that begins at a line.
    fn section(&self, at: usize) -> &[ReviewLine] {
        let section = self.sections.get(at);
        let same = self.sections.iter().skip(at).take_while(|other| Some(*other) == section).count();
        self.lines.get(at..at + same).unwrap_or_default()
    }
}

/// How the session ended with a key; `None` while it goes on.
pub type Pressed = Option<Outcome>;

impl<'a, R: Recorder> Screen<'a, R> {
    /// Begins where the interview stands, with what was half typed there.
    pub fn new(interview: Interview, recorder: &'a mut R, options: &'a Options) -> Self {
        let talk = Talk::new(interview, recorder);
        let view = talk.interview.view();
        let mut screen = Self {
            entry: Entry::new(&view),
            talk,
            options,
            view,
            seen: Vec::new(),
            page: Page::Question,
            message: None,
            scroll: Cell::new(0),
            drawn: RefCell::default(),
            is_sent: false,
            kept: String::new(),
            review: Review::default(),
        };
        if let Some(draft) = screen.talk.recorder.draft(&screen.place_name()) {
            screen.entry.typed.set(&draft);
            screen.kept = draft;
            screen.entry.search();
        }
        screen.look();
        screen
    }

    /// Takes a key in. The answer says that the session is over, and how.
    ///
    /// # Errors
    /// An intent could not be made durable; the screen is as it was.
    pub fn press(&mut self, key: KeyEvent) -> Result<Pressed, R::Error> {
        if key.kind == KeyEventKind::Release {
            return Ok(None);
        }
        let then = self.take(key)?;
        self.follow(then)
    }

    /// What the screen looks like as a whole: whether it is covered, and its language.
    pub fn face(&self) -> (bool, String) {
        (matches!(self.page, Page::Cover(_)), self.view.language.clone())
    }

    /// Takes pasted text in, or a scanner's.
    pub fn paste(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        match &mut self.page {
            Page::Question => {
                let is_long = matches!(self.view.field, crate::interview::Field::Text(true));
                self.entry.typed.insert(&if is_long { text } else { text.replace('\n', " ") });
                self.entry.search();
            }
            Page::Comment(editor) | Page::Why { reason: editor, .. } => {
                editor.insert(&text.replace('\n', " "));
            }
            _ => {}
        }
    }

    /// Keeps what is half typed, so that it survives whatever comes.
    ///
    /// # Errors
    /// It could not be made durable.
    pub fn settle(&mut self) -> Result<(), R::Error> {
        let typed = self.entry.typed.text();
        if typed != self.kept {
            self.kept = typed.to_owned();
            let place = self.place_name();
            self.talk.recorder.keep_draft(&place, &self.kept)?;
        }
        Ok(())
    }

    /// The stop by its name and rows, for drafts.
    fn place_name(&self) -> String {
        let (Stop::Question(place) | Stop::MoreRows(place)) = &self.view.stop else { return String::new() };
        let address = self.talk.interview.address(place);
        let rows: Vec<String> = address.rows.iter().map(ToString::to_string).collect();
        format!("{} {}", address.name, rows.join(" "))
    }

    fn follow(&mut self, then: Then) -> Result<Pressed, R::Error> {
        match then {
            Then::Stay => {}
            Then::Tell(text) => {
                self.message = Some(text);
                // What did not do stays to be mended; typing anew replaces it.
                self.entry.is_stale |= self.is_sent;
            }
            Then::Draw => self.go_on(),
            Then::Remark => self.page = Page::Comment(Editor::default()),
            Then::Help => self.over(Page::Help),
            Then::Read(text) => self.over(Page::Text(text)),
            Then::Cover => self.page = Page::Cover(Editor::default()),
            Then::Sure => self.page = Page::Sure(Editor::default()),
            Then::Why(warnings, value) => {
                self.page = Page::Why { warnings, value, reason: Editor::default() };
            }
            Then::End(outcome) => {
                if outcome == Outcome::Finalised {
                    self.entry.typed.set("");
                }
                self.settle()?;
                return Ok(Some(outcome));
            }
        }
        Ok(None)
    }

    /// A page to be read, from its beginning.
    fn over(&mut self, page: Page) {
        self.page = page;
        self.scroll.set(0);
    }

    /// Shows where the interview stands now. What is half typed stays at the same stop.
    fn go_on(&mut self) {
        let view = self.talk.interview.view();
        let entry = Entry::new(&view);
        let is_same = view.stop == self.view.stop && view.language != self.view.language;
        let before = std::mem::take(&mut self.entry);
        self.entry = if is_same { entry.carried_over(before) } else { entry };
        if view.stop != self.view.stop {
            self.seen = std::mem::take(&mut self.view.headings);
            self.review.cursor = 0;
            self.review.moved = false;
        }
        self.view = view;
        self.page = Page::Question;
        self.message = None;
        self.scroll.set(0);
        self.look();
    }

    /// Reads the answers so far, where they are shown.
    fn look(&mut self) {
        let shows = self.view.stop == Stop::Review || matches!(self.page, Page::Jump { .. });
        if shows {
            self.review.lines = self.talk.interview.review();
            let headings =
                self.review.lines.iter().map(|line| {
                    self.talk.interview.headings(&line.place).into_iter().next().unwrap_or_default()
                });
            self.review.sections =
                headings.map(|heading| heading.lines().next().unwrap_or_default().to_owned()).collect();
            self.review.cursor = self.review.cursor.min(self.review.lines.len().saturating_sub(1));
        }
    }

    /// The rows of the open roster whose end this is.
    fn open_rows(&self) -> Vec<(Place, String, Option<Place>)> {
        match &self.view.stop {
            Stop::MoreRows(roster) => self.talk.interview.roster_rows(roster),
            _ => Vec::new(),
        }
    }
}
