//! The mouse, where there is one: nothing needs it.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::{Page, Pressed, Screen, entry};
use crate::interview::Field;
use crate::terminal::Recorder;

impl<R: Recorder> Screen<'_, R> {
    /// Takes a move of the mouse in: a click goes to an item of a list, or marks it where several can
    /// be marked; a second click takes it, as Enter does; the wheel moves as the arrows do.
    ///
    /// # Errors
    /// An intent could not be made durable; the screen is as it was.
    pub fn point(&mut self, mouse: MouseEvent) -> Result<Pressed, R::Error> {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.press(plain(KeyCode::Up)),
            MouseEventKind::ScrollDown => self.press(plain(KeyCode::Down)),
            MouseEventKind::Down(MouseButton::Left) => {
                let item = self.drawn.borrow().iter().find(|(y, _)| *y == mouse.row).map(|(_, item)| *item);
                item.map_or(Ok(None), |item| self.choose(item))
            }
            _ => Ok(None),
        }
    }

    fn choose(&mut self, item: usize) -> Result<Pressed, R::Error> {
        let is_taken = match &mut self.page {
            Page::Language(cursor) | Page::Jump { cursor, .. } => std::mem::replace(cursor, item) == item,
            Page::Question => {
                if let Some(list) = &mut self.entry.list {
                    let is_here = std::mem::replace(&mut list.cursor, item) == item && list.touched;
                    list.touched = true;
                    list.is_placed = true;
                    let is_one = matches!(self.view.field, Field::One(_));
                    if let Some(offers) = entry::offers(&self.view.field).filter(|_| !is_one) {
                        list.toggle(offers);
                    }
                    is_here && is_one
                } else {
                    let is_here = std::mem::replace(&mut self.review.cursor, item) == item;
                    std::mem::replace(&mut self.review.moved, true) && is_here
                }
            }
            _ => false,
        };
        if is_taken { self.press(plain(KeyCode::Enter)) } else { Ok(None) }
    }
}

fn plain(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}
