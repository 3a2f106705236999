//! What the screen says about its keys.

use super::paint::named;
use super::rows::{Rows, Theme};
use super::{Page, Screen};
use crate::interview::{Field, Stop};
use crate::terminal::Recorder;
use crate::terminal::keys::{Action, COMMANDS};

impl<R: Recorder> Screen<'_, R> {
    /// How this kind of question is answered, a line each.
    pub(super) fn how(&self) -> Vec<String> {
        let say = |id| self.talk.words.say(id);
        let id = match &self.view.field {
            Field::One(offers) if offers.len() > 9 => {
                return vec![format!("{}. {}", say("screen-one"), say("screen-filter"))];
            }
            Field::One(_) => "screen-one",
            Field::Several(..) => "screen-several",
            Field::Rank(offers, top) => {
                let places = (*top).min(offers.len() as u32);
                let best = self.talk.words.tell("best-first", &[("places", places.into())]);
                return vec![best, say("screen-rank")];
            }
            Field::Scale(from, to, low, high) => {
                return vec![format!("{from} = {low}"), format!("{to} = {high}")];
            }
            Field::Text(true) => "screen-lines",
            Field::Date => "screen-date",
            Field::GeoPoint if self.talk.recorder.has_receiver() => {
                return vec![say("place"), say("receiver")];
            }
            Field::GeoPoint => "place",
            Field::Barcode => "scan",
            Field::File(_) => "file",
            Field::YesNo if !self.open_rows().is_empty() => "screen-rows",
            _ => return Vec::new(),
        };
        vec![say(id)]
    }

    fn has_referral(&self) -> bool {
        self.talk.interview.questionnaire().referral.is_some()
    }

    /// The keys that matter here, on one line.
    pub(super) fn hints(&self) -> String {
        let say = |id| self.talk.words.say(id);
        if self.view.stop == Stop::Review && matches!(self.page, Page::Question) {
            let mut hints = vec![say("screen-review")];
            for shortcut in &self.options.shortcuts {
                match shortcut.action {
                    Action::Pause => hints.push(format!("F{} {}", shortcut.key, say("key-pause"))),
                    Action::Help => hints.push(format!("F{} {}", shortcut.key, say("key-help"))),
                    _ => {}
                }
            }
            return hints.join("  ");
        }
        if !matches!(self.page, Page::Question) {
            return String::new();
        }
        let mut hints: Vec<String> = self
            .options
            .shortcuts
            .iter()
            .filter_map(|shortcut| {
                let word = match shortcut.action {
                    Action::Missing(reason) if self.view.missing.contains(&reason) => {
                        self.talk.words.missing(reason)
                    }
                    Action::Missing(_) => return None,
                    Action::Help => say("key-help"),
                    Action::Comment => say("key-comment"),
                    Action::Language => say("key-language"),
                    Action::Jump => say("key-jump"),
                    Action::Review => say("key-review"),
                    Action::Cover => say("key-cover"),
                    Action::Pause => say("key-pause"),
                    Action::Referral if self.has_referral() => say("key-referral"),
                    _ => return None,
                };
                // A space that holds them together, so that a key stays with its word.
                Some(format!("F{} {}", shortcut.key, word).replace(' ', "\u{a0}"))
            })
            .collect();
        if self.view.missing.contains(&crate::value::Missing::NotApplicable) {
            let word = self.talk.words.missing(crate::value::Missing::NotApplicable);
            hints.push(format!("Alt-N {word}").replace(' ', "\u{a0}"));
        }
        hints.push(format!("Esc\u{a0}{}", say("key-back")));
        hints.join("\u{a0} ")
    }

    /// All keys.
    pub(super) fn help(&self, text: &mut Rows, theme: &Theme) {
        let words = &self.talk.words;
        text.add("", &words.say("screen-help"), theme.strong);
        for shortcut in &self.options.shortcuts {
            let (key, what) = named(*shortcut, words);
            text.add(&format!("{key:<4}"), &what, theme.plain);
        }
        text.add("Esc ", &words.say("command-back"), theme.plain);
        let all: Vec<String> = COMMANDS.iter().map(|command| format!(":{}", command.letter)).collect();
        let filled = [("command", all.join(" ").into())];
        text.add("", &words.tell("screen-keys-colon", &filled), theme.faint);
        text.add("", &words.say("screen-typed-answers"), theme.faint);
        text.add("", &words.say("screen-saved"), theme.faint);
    }
}
