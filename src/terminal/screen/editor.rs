//! Typed text with a cursor between graphemes.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;

/// Text being typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Editor {
    text: String,
    /// Byte offset of the cursor, at a grapheme's edge.
    at: usize,
}

/// Longer texts are a key that is stuck.
const LONGEST: usize = 20_000;

impl Editor {
    pub(super) fn with(text: &str) -> Self {
        Self { text: text.to_owned(), at: text.len() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What stands before the cursor, and behind it.
    pub(super) fn parts(&self) -> (&str, &str) {
        self.text.split_at(self.at)
    }

    pub(super) fn set(&mut self, text: &str) {
        *self = Self::with(text);
    }

    pub(super) fn insert(&mut self, text: &str) {
        if self.text.len() + text.len() <= LONGEST {
            self.text.insert_str(self.at, text);
            self.at += text.len();
        }
    }

    /// Takes a key in; `false` where it means nothing here.
    pub(super) fn press(&mut self, key: KeyEvent) -> bool {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('u') if ctrl => self.set(""),
            KeyCode::Char('a') if ctrl => self.at = 0,
            KeyCode::Char('e') if ctrl => self.at = self.text.len(),
            KeyCode::Char('w') if ctrl => self.delete_word(),
            KeyCode::Char(_) if ctrl || key.modifiers.contains(KeyModifiers::ALT) => return false,
            KeyCode::Char(c) => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace => {
                let before = self.before();
                self.text.replace_range(before..self.at, "");
                self.at = before;
            }
            KeyCode::Delete => self.text.replace_range(self.at..self.behind(), ""),
            KeyCode::Left => self.at = self.before(),
            KeyCode::Right => self.at = self.behind(),
            KeyCode::Home => self.at = self.text[..self.at].rfind('\n').map_or(0, |end| end + 1),
            KeyCode::End => {
                self.at = self.text[self.at..].find('\n').map_or(self.text.len(), |end| self.at + end);
            }
            KeyCode::Up | KeyCode::Down if self.text.contains('\n') => self.line(key.code == KeyCode::Up),
            _ => return false,
        }
        true
    }

    fn before(&self) -> usize {
        self.text[..self.at].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn behind(&self) -> usize {
        self.text[self.at..].graphemes(true).next().map_or(self.at, |grapheme| self.at + grapheme.len())
    }

    fn delete_word(&mut self) {
        let kept = self.text[..self.at].trim_end();
        let start = kept
            .rfind(char::is_whitespace)
            .map_or(0, |at| at + kept[at..].chars().next().map_or(1, char::len_utf8));
        self.text.replace_range(start..self.at, "");
        self.at = start;
    }

    /// To the line above or below, as many graphemes from its start.
    fn line(&mut self, up: bool) {
        let start = self.text[..self.at].rfind('\n').map_or(0, |end| end + 1);
        let column = self.text[start..self.at].graphemes(true).count();
        let target = if up {
            let Some(end) = start.checked_sub(1) else { return };
            self.text[..end].rfind('\n').map_or(0, |at| at + 1)
        } else {
            let Some(end) = self.text[self.at..].find('\n') else { return };
            self.at + end + 1
        };
        let line = self.text[target..].split('\n').next().unwrap_or_default();
        self.at = target + line.graphemes(true).take(column).map(str::len).sum::<usize>();
    }
}
