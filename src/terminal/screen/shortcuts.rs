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
pub const SHORTCUTS: [Shortcut; 11] = [
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
    // Many terminals keep F11 for themselves.
    Shortcut { key: 12, action: Action::Referral },
];

/// The shortcuts after changes such as `d=f11,z=f12`: a command's letter and its new function key.
/// A key that had another command loses that; Alt and the letter always remain.
///
/// # Errors
/// The part that is no such change.
pub fn changed(changes: &str) -> Result<Vec<Shortcut>, String> {
    let mut shortcuts = SHORTCUTS.to_vec();
    for change in changes.split(',').map(str::trim).filter(|change| !change.is_empty()) {
        let parts = change.split_once('=').and_then(|(letter, key)| {
            let command = COMMANDS.iter().find(|command| command.letter == letter.trim())?;
            let key: u8 = key.trim().to_lowercase().strip_prefix('f')?.parse().ok()?;
            (1..=24).contains(&key).then_some((command.action, key))
        });
        let (action, key) = parts.ok_or_else(|| change.to_owned())?;
        shortcuts.retain(|shortcut| shortcut.action != action && shortcut.key != key);
        shortcuts.push(Shortcut { key, action });
    }
    shortcuts.sort_by_key(|shortcut| shortcut.key);
    Ok(shortcuts)
}

/// The command of a key, if it has one.
pub(super) fn action_of(key: KeyEvent, shortcuts: &[Shortcut]) -> Option<Action> {
    match key.code {
        KeyCode::F(number) => shortcuts.iter().find(|s| s.key == number).map(|s| s.action),
        KeyCode::Char(letter) if key.modifiers.contains(KeyModifiers::ALT) => {
            let letter = letter.to_lowercase().to_string();
            COMMANDS.iter().find(|command| command.letter == letter).map(|command| command.action)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_changed_by_the_letter_of_their_command() {
        let keys = changed("d=F11, z=f2").unwrap();
        let of = |key| keys.iter().find(|s| s.key == key).map(|s| s.action);
        assert_eq!(of(11), Some(Action::Missing(Missing::DontKnow)));
        assert_eq!(of(2), Some(Action::Cover));
        assert_eq!(of(9), None);
        assert_eq!(of(1), Some(Action::Help));
        assert_eq!(changed("d=f99"), Err("d=f99".to_owned()));
        assert_eq!(changed("q=f2"), Err("q=f2".to_owned()));
        assert_eq!(changed(""), Ok(SHORTCUTS.to_vec()));
    }
}
