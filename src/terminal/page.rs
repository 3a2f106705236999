//! What line mode shows: a question, or the review, as lines of text.

use super::keys::{Action, COMMANDS, Command};
use super::words;
use crate::interview::{Field, Interview, ReviewLine, Stop, View};
use crate::value::Answer;

/// A line to show, and what it begins with; further lines are indented by as much.
pub(super) type Line = (String, String);

fn plain(text: impl Into<String>) -> Line {
    (String::new(), text.into())
}

/// A question with all that belongs to it. `seen`: the headings that were shown last.
/// `receiver`: whether there is a satellite receiver.
pub(super) fn question(interview: &Interview, view: &View, seen: &[String], receiver: bool) -> Vec<Line> {
    let mut lines = vec![plain("")];
    lines.extend(view.parting.iter().map(plain));
    let shared = view.headings.iter().zip(seen).take_while(|(a, b)| a == b).count();
    for heading in &view.headings[shared..] {
        lines.push(("== ".into(), heading.clone()));
    }
    lines.extend(view.notes.iter().map(plain));
    let label = match view.stop {
        Stop::MoreRows(_) => words::another_row(&view.label),
        _ => view.label.clone(),
    };
    lines.push((format!("[{}/{}] ", view.progress.0, view.progress.1), label));
    lines.extend(view.hint.iter().map(plain));
    lines.extend(view.note_to_enumerator.iter().map(|n| (format!("{} ", words::FOR_YOU), n.clone())));
    match &view.field {
        Field::One(offers) => lines.extend(numbered(offers.iter().map(|o| &o.label))),
        Field::Several(offers, ..) => {
            lines.extend(numbered(offers.iter().map(|o| &o.label)));
            lines.push(plain(words::SEVERAL));
        }
        Field::Rank(offers, top) => {
            lines.extend(numbered(offers.iter().map(|o| &o.label)));
            lines.push(plain(words::best_first((*top).min(offers.len() as u32))));
        }
        Field::Scale(from, to, low, high) => {
            lines.push((format!("  {from} "), low.clone()));
            lines.push((format!("  {to} "), high.clone()));
        }
        Field::Text(true) => lines.push(plain(words::MANY_LINES)),
        Field::GeoPoint => {
            lines.push(plain(words::PLACE));
            lines.extend(receiver.then(|| plain(words::RECEIVER)));
        }
        Field::Barcode => lines.push(plain(words::SCAN)),
        Field::File(_) => lines.push(plain(words::FILE)),
        _ => {}
    }
    lines.extend(recorded(interview, view));
    lines.push(plain(keys(view)));
    lines
}

/// What Enter does here: keeps what is recorded, takes what is offered, or passes over.
fn recorded(interview: &Interview, view: &View) -> Option<Line> {
    let Stop::Question(place) = &view.stop else { return None };
    let said = |answer: &Answer| match answer {
        Answer::Missing(reason) => words::missing(*reason).to_owned(),
        value @ Answer::Value(_) => interview.words(place, value),
    };
    if let Some(current) = &view.current {
        if view.sensitive {
            return Some((String::new(), format!("{} {}", words::NOT_SHOWN, words::KEEPS)));
        }
        return Some((format!("{} ", words::RECORDED), format!("{}. {}", said(current), words::KEEPS)));
    }
    if let Some(offered) = &view.offered {
        let offered = said(&Answer::Value(offered.clone()));
        return Some((format!("{} ", words::OFFERED), format!("{offered}. {}", words::TAKES)));
    }
    (!view.required).then(|| plain(words::OPTIONAL))
}

fn numbered<'a>(labels: impl Iterator<Item = &'a String>) -> impl Iterator<Item = Line> {
    labels.enumerate().map(|(n, label)| (format!("{:>3} ", n + 1), label.clone()))
}

/// The keys that matter here, on one line.
fn keys(view: &View) -> String {
    let colon = |c: &Command| if is_free(view, c) { "" } else { ":" };
    let keys: Vec<String> = COMMANDS
        .iter()
        .filter_map(|c| match c.action {
            Action::Missing(reason) if view.missing.contains(&reason) => {
                Some(format!("{}{} {}", colon(c), c.letter, words::missing(reason)))
            }
            Action::Back => Some(format!("{}{} back", colon(c), c.letter)),
            Action::Help => Some(format!("{}{} help", colon(c), c.letter)),
            _ => None,
        })
        .collect();
    format!("({})", keys.join(", "))
}

/// Whether a command's letter alone cannot be an answer to this question: not where text is typed.
pub(super) fn is_free(view: &View, command: &Command) -> bool {
    let is_choice = match &view.field {
        Field::Text(_) | Field::Barcode | Field::File(_) => return false,
        Field::One(offers) | Field::Several(offers, ..) | Field::Rank(offers, _) => {
            let is_it = |text: &str| text.to_lowercase() == command.letter;
            offers.iter().any(|o| is_it(&o.name) || is_it(&o.label))
        }
        _ => false,
    };
    // `n` answers a yes-or-no question.
    let is_no = matches!(view.field, Field::YesNo) && matches!(command.action, Action::Missing(_));
    !is_choice && !is_no
}

/// All answers, what is still due, and the remarks.
pub(super) fn review(lines: &[ReviewLine], notes: &[String]) -> Vec<Line> {
    let mut shown = vec![plain("")];
    shown.extend(notes.iter().map(plain));
    shown.push(("== ".into(), words::REVIEW.to_owned()));
    for (n, line) in lines.iter().enumerate() {
        let answer = match (&line.answer, line.missing) {
            (Some(_), _) if line.sensitive => words::NOT_SHOWN,
            (Some(answer), _) => answer,
            (None, Some(reason)) => words::missing(reason),
            (None, None) if line.in_conflict => words::IN_CONFLICT,
            (None, None) => words::NOT_ANSWERED,
        };
        let mark = if line.due { '!' } else { ' ' };
        let colon = if line.label.ends_with(char::is_alphanumeric) { ":" } else { "" };
        shown.push((format!("{mark}{:>3} ", n + 1), format!("{}{colon} {answer}", line.label)));
        shown.extend(line.remarks.iter().map(|remark| ("     # ".to_owned(), remark.clone())));
    }
    let due = lines.iter().filter(|l| l.due).count();
    shown.push(plain(if due == 0 { words::ALL_ANSWERED.to_owned() } else { words::still_due(due) }));
    shown.push(plain("(f finalise, a number goes to that question, p pause, ? help)"));
    shown
}

/// All commands.
pub(super) fn help() -> Vec<Line> {
    let mut lines = vec![plain(words::HELP)];
    lines.extend(COMMANDS.iter().map(|c| {
        let key = format!(":{} {}", c.letter, c.takes);
        (format!("  {key:<10}"), c.help.to_owned())
    }));
    lines.push(plain(words::LITERAL_COLON));
    lines
}
