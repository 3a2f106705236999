//! Keys for commands: one table, from which the screen, the help and the guide are made.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::super::keys::{Action, COMMANDS};
use crate::value::Missing;

/// A function key and its command. Alt with the command's letter does the same, for keyboards
/// whose function keys are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortcut {
    /// Which function key.
    pub key: u8,
    /// What it does.
    pub action: Action,
}

/// All of them, in the order of the keyboard.
pub const SHORTCUTS: [Shortcut; 10] = [
    Shortcut { key: 1, action: Action::Help },
    Shortcut { key: 2, action: Action::Missing(Missing::DontKnow) },
    Shortcut { key: 3, action: Action::Missing(Missing::Refused) },
    Shortcut { key: 4, action: Action::Comment },
    Shortcut { key: 5, action: Action::Language },
    Shortcut { key: 6, action: Action::Jump },
    Shortcut { key: 7, action: Action::Review },
    Shortcut { key: 8, action: Action::Missing(Missing::NotAlone) },
    Shortcut { key: 9, action: Action::Cover },
    Shortcut { key: 10, action: Action::Pause },
];

/// The command of a key, if it has one.
pub(super) fn action_of(key: KeyEvent) -> Option<Action> {
    match key.code {
        KeyCode::F(number) => SHORTCUTS.iter().find(|s| s.key == number).map(|s| s.action),
        KeyCode::Char(letter) if key.modifiers.contains(KeyModifiers::ALT) => {
            let letter = letter.to_lowercase().to_string();
            COMMANDS.iter().find(|command| command.letter == letter).map(|command| command.action)
        }
        _ => None,
    }
}
