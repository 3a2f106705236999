//! What the enumerator is about to answer: typed text, and for choices the cursor and the marks.

use super::editor::Editor;
use crate::interview::{Field, Offer, View};
use crate::value::{Answer, Value};

/// An answer in the making.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    pub(super) typed: Editor,
    pub(super) list: Option<Choices>,
    /// Whether what is typed was refused: the next letter begins anew.
    pub(super) is_stale: bool,
}

/// Choices as they stand on the screen.
#[derive(Debug, Clone, Default)]
pub(super) struct Choices {
    /// Small letters of each label and name, to search in.
    folded: Vec<String>,
    /// The search that `shown` fits.
    search: String,
    /// Which choices are shown, by their place in the field.
    pub(super) shown: Vec<usize>,
    /// The place of the cursor in `shown`.
    pub(super) cursor: usize,
    /// Whether the cursor stands on something that is recorded, offered or typed, or was moved.
    pub(super) is_placed: bool,
    /// Whether the enumerator moved the cursor since the last letter was typed.
    pub(super) touched: bool,
    /// Whether the enumerator marked something, or took a mark away.
    pub(super) changed: bool,
    /// The marked choices by their place in the field, in the order of marking.
    pub(super) marked: Vec<usize>,
}

/// The choices of a field.
pub(super) fn offers(field: &Field) -> Option<&[Offer]> {
    match field {
        Field::One(offers) | Field::Several(offers, ..) | Field::Rank(offers, _) => Some(offers),
        _ => None,
    }
}

impl Entry {
    /// For what is shown, with what is recorded already.
    pub(super) fn new(view: &View) -> Self {
        // What is not to be shown is not shown as a mark either.
        let offered = view.offered.clone().map(Answer::Value);
        let recorded = view.current.as_ref().filter(|_| !view.sensitive);
        let mut list = offers(&view.field).map(|offers| Choices::new(offers, recorded, offered.as_ref()));
        if let (Some(list), Field::Several(..) | Field::Rank(..)) = (&mut list, &view.field) {
            // Space marks what is under the cursor from the beginning.
            list.is_placed = true;
        }
        Self { typed: Editor::default(), list, is_stale: false }
    }

    /// Goes on with what was half typed or marked, at the same question shown in another way.
    pub(super) fn carried_over(mut self, before: Self) -> Self {
        if let (Some(list), Some(old)) = (&mut self.list, before.list) {
            list.marked = old.marked;
            list.cursor = old.shown.get(old.cursor).copied().unwrap_or(0);
            list.touched = old.touched;
            list.is_placed = old.is_placed;
            list.changed = old.changed;
        }
        self.typed = before.typed;
        self.search();
        self
    }

    /// Brings the choices in line with what is typed.
    pub(super) fn search(&mut self) {
        if let Some(list) = &mut self.list {
            list.search(self.typed.text());
        }
    }
}

impl Choices {
    fn new(offers: &[Offer], current: Option<&Answer>, offered: Option<&Answer>) -> Self {
        let at = |name: &String| offers.iter().position(|offer| offer.name == *name);
        let places = |answer: Option<&Answer>| -> Vec<usize> {
            match answer {
                Some(Answer::Value(Value::Choice(name))) => at(name).into_iter().collect(),
                Some(Answer::Value(Value::Choices(names))) => names.iter().filter_map(at).collect(),
                _ => Vec::new(),
            }
        };
        let (marked, offered) = (places(current), places(offered));
        Self {
            folded: offers.iter().map(|o| format!("{}\n{}", o.label.to_lowercase(), o.name)).collect(),
            search: String::new(),
            shown: (0..offers.len()).collect(),
            cursor: marked.first().or(offered.first()).copied().unwrap_or(0),
            is_placed: !marked.is_empty() || !offered.is_empty(),
            touched: false,
            changed: false,
            marked,
        }
    }

    /// The choice under the cursor, by its place in the field.
    pub(super) fn here(&self) -> Option<usize> {
        self.shown.get(self.cursor).copied()
    }

    /// Shows what fits the search: a number moves to that choice, words narrow the list.
    fn search(&mut self, typed: &str) {
        let search = typed.trim().to_lowercase();
        if search == self.search {
            return;
        }
        let is_words = search.chars().any(char::is_alphabetic) && !search.starts_with(':');
        let here = self.here();
        if is_words {
            let narrower = self.search.chars().any(char::is_alphabetic) && search.starts_with(&self.search);
            if !narrower {
                self.shown = (0..self.folded.len()).collect();
            }
            let folded = &self.folded;
            self.shown.retain(|choice| folded[*choice].contains(&search));
            self.cursor = 0;
            self.is_placed = true;
        } else if self.shown.len() < self.folded.len() {
            self.shown = (0..self.folded.len()).collect();
            self.cursor = here.unwrap_or(0);
        }
        if let Some(number) = crate::interview::number_in(&search)
            && (1..=self.folded.len()).contains(&number)
        {
            self.cursor = number - 1;
            self.is_placed = true;
        }
        self.touched = false;
        self.search = search;
    }

    /// Moves the cursor by so many choices, stopping at the ends.
    pub(super) fn step(&mut self, by: isize) {
        let last = self.shown.len().saturating_sub(1);
        // The first step comes from outside: down to the first choice.
        let by = if self.is_placed { by } else { by - by.signum() };
        self.is_placed = true;
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
        self.touched = true;
    }

    /// Whether a further blank would still lead to some choice.
    pub(super) fn goes_on_with_blank(&self, typed: &str) -> bool {
        let search = format!("{} ", typed.trim_start().to_lowercase());
        self.shown.iter().any(|choice| self.folded[*choice].contains(&search))
    }

    /// Marks the choice under the cursor, or takes the mark away; a choice that goes with no other
    /// takes all other marks away.
    pub(super) fn toggle(&mut self, offers: &[Offer]) {
        let Some(here) = self.here() else { return };
        self.changed = true;
        if let Some(at) = self.marked.iter().position(|m| *m == here) {
            self.marked.remove(at);
            return;
        }
        let alone = |choice: usize| offers.get(choice).is_some_and(|o| o.exclusive);
        if alone(here) {
            self.marked.clear();
        }
        self.marked.retain(|choice| !alone(*choice));
        self.marked.push(here);
    }
}
