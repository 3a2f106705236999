//! The commands of an interview: one table, from which the help is made.

use crate::value::Missing;

/// What a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Records why there is no answer.
    Missing(Missing),
    /// Goes to the question before.
    Back,
    /// Changes the language, or lists them.
    Language,
    /// Adds a remark.
    Comment,
    /// Goes to another question.
    Jump,
    /// Removes the row of an open roster that the question is in.
    RemoveRow,
    /// Shows all answers.
    Review,
    /// Completes the interview.
    Finalise,
    /// Puts the interview aside.
    Pause,
    /// Ends this visit with an outcome, or lists the outcomes.
    Outcome,
    /// Shows where the respondent can turn for help.
    Referral,
    /// Covers the screen.
    Cover,
    /// Shows all commands.
    Help,
}

/// A command: a colon and its letter, anywhere; the letter alone where it cannot be an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// Its letter.
    pub letter: &'static str,
    /// What stands behind it, for the help.
    pub takes: &'static str,
    /// The message that says what it does, for the help.
    pub help: &'static str,
    /// What it does.
    pub action: Action,
}

/// All commands, in the order of the help.
pub const COMMANDS: [Command; 16] = [
    command("d", "", "command-dont-know", Action::Missing(Missing::DontKnow)),
    command("r", "", "command-refused", Action::Missing(Missing::Refused)),
    command("n", "", "command-not-applicable", Action::Missing(Missing::NotApplicable)),
    command("a", "", "command-not-alone", Action::Missing(Missing::NotAlone)),
    command("b", "", "command-back", Action::Back),
    command("l", "TAG", "command-language", Action::Language),
    command("c", "TEXT", "command-comment", Action::Comment),
    command("j", "NUMBER", "command-jump", Action::Jump),
    command("x", "", "command-remove-row", Action::RemoveRow),
    command("v", "", "command-review", Action::Review),
    command("f", "", "command-finalise", Action::Finalise),
    command("p", "", "command-pause", Action::Pause),
    command("o", "OUTCOME", "command-outcome", Action::Outcome),
    command("i", "", "command-referral", Action::Referral),
    command("z", "", "command-cover", Action::Cover),
    command("?", "", "command-help", Action::Help),
];

const fn command(letter: &'static str, takes: &'static str, help: &'static str, action: Action) -> Command {
    Command { letter, takes, help, action }
}

/// What was typed, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed<'t> {
    /// A command and what stands behind it.
    Command(Action, &'t str),
    /// A colon and something that is no command.
    NoSuchCommand(&'t str),
    /// An answer.
    Answer(&'t str),
    /// Nothing: go on.
    Nothing,
}

/// Understands a line. `is_free` says whether a command's letter alone, without its colon, cannot
/// be an answer here.
#[must_use]
pub fn understand(line: &str, is_free: impl Fn(&Command) -> bool) -> Typed<'_> {
    let line = line.trim();
    if line.is_empty() {
        return Typed::Nothing;
    }
    if let Some(literal) = line.strip_prefix("::") {
        // The second colon begins the answer.
        return Typed::Answer(&line[line.len() - literal.len() - 1..]);
    }
    let find = |letter: &str| COMMANDS.iter().find(|c| c.letter == letter);
    if let Some(command) = line.strip_prefix(':') {
        let (letter, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        return match find(letter) {
            Some(command) => Typed::Command(command.action, rest.trim()),
            None => Typed::NoSuchCommand(line),
        };
    }
    match find(&line.to_lowercase()) {
        Some(command) if is_free(command) => Typed::Command(command.action, ""),
        _ => Typed::Answer(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_an_answer_where_it_can_be_one() {
        assert_eq!(understand("d", |_| true), Typed::Command(Action::Missing(Missing::DontKnow), ""));
        assert_eq!(understand("d", |_| false), Typed::Answer("d"));
        assert_eq!(understand(":d", |_| false), Typed::Command(Action::Missing(Missing::DontKnow), ""));
    }

    #[test]
    fn two_colons_begin_a_text_with_one() {
        assert_eq!(understand("::-)", |_| false), Typed::Answer(":-)"));
        assert_eq!(understand(":-)", |_| false), Typed::NoSuchCommand(":-)"));
    }

    #[test]
    fn what_stands_behind_a_command_is_kept() {
        assert_eq!(
            understand(" :c  at the market ", |_| true),
            Typed::Command(Action::Comment, "at the market")
        );
    }
}
