//! What line mode shows: a question, or the review, as lines of text.

use super::keys::{Action, COMMANDS, Command};
use super::words::Words;
use crate::interview::{Field, Interview, ReviewLine, Stop, View};
use crate::value::Answer;

/// A line to show, and what it begins with; further lines are indented by as much.
pub(super) type Line = (String, String);

fn plain(text: impl Into<String>) -> Line {
    (String::new(), text.into())
}

/// A question with all that belongs to it. `seen`: the headings that were shown last.
/// `receiver`: whether there is a satellite receiver.
pub(super) fn question(
    interview: &Interview,
    view: &View,
    seen: &[String],
    receiver: bool,
    words: &Words,
) -> Vec<Line> {
    let mut lines = vec![plain("")];
    lines.extend(view.parting.iter().map(plain));
    let shared = view.headings.iter().zip(seen).take_while(|(a, b)| a == b).count();
    for heading in &view.headings[shared..] {
        lines.push(("== ".into(), heading.clone()));
    }
    lines.extend(view.notes.iter().map(plain));
    let label = match view.stop {
        Stop::MoreRows(_) => another_row(&view.label, words),
        _ => view.label.clone(),
    };
    lines.push((format!("[{}/{}] ", view.progress.0, view.progress.1), label));
    lines.extend(view.hint.iter().map(plain));
    lines.extend(view.note_to_enumerator.iter().map(|n| (format!("{} ", words.say("for-you")), n.clone())));
    match &view.field {
        Field::One(offers) => lines.extend(numbered(offers.iter().map(|o| &o.label))),
        Field::Several(offers, ..) => {
            lines.extend(numbered(offers.iter().map(|o| &o.label)));
            lines.push(plain(words.say("several")));
        }
        Field::Rank(offers, top) => {
            lines.extend(numbered(offers.iter().map(|o| &o.label)));
            lines
                .push(plain(words.tell("best-first", &[("places", (*top).min(offers.len() as u32).into())])));
        }
        Field::Scale(from, to, low, high) => {
            lines.push((format!("  {from} "), low.clone()));
            lines.push((format!("  {to} "), high.clone()));
        }
        Field::Text(true) => lines.push(plain(words.say("many-lines"))),
        Field::GeoPoint => {
            lines.push(plain(words.say("place")));
            lines.extend(receiver.then(|| plain(words.say("receiver"))));
        }
        Field::Barcode => lines.push(plain(words.say("scan"))),
        Field::File(_) => lines.push(plain(words.say("file"))),
        _ => {}
    }
    lines.extend(recorded(interview, view, words));
    lines.push(plain(keys(view, words)));
    lines
}

/// What Enter does here: keeps what is recorded, takes what is offered, or passes over.
pub(super) fn recorded(interview: &Interview, view: &View, words: &Words) -> Option<Line> {
    let Stop::Question(place) = &view.stop else { return None };
    let said = |answer: &Answer| match answer {
        Answer::Missing(reason) => words.missing(*reason),
        Answer::Value(value) => {
            words.moment(value).unwrap_or_else(|| interview.words(place, &Answer::Value(value.clone())))
        }
    };
    if let Some(current) = &view.current {
        if view.sensitive && current.missing().is_none() {
            return Some((String::new(), format!("{} {}", words.say("not-shown"), words.say("keeps"))));
        }
        return Some((
            format!("{} ", words.say("recorded")),
            format!("{}. {}", said(current), words.say("keeps")),
        ));
    }
    if let Some(offered) = &view.offered {
        let offered = said(&Answer::Value(offered.clone()));
        return Some((format!("{} ", words.say("offered")), format!("{offered}. {}", words.say("takes"))));
    }
    (!view.required).then(|| plain(words.say("optional")))
}

fn numbered<'a>(labels: impl Iterator<Item = &'a String>) -> impl Iterator<Item = Line> {
    labels.enumerate().map(|(n, label)| (format!("{:>3} ", n + 1), label.clone()))
}

/// The keys that matter here, on one line.
fn keys(view: &View, words: &Words) -> String {
    let colon = |c: &Command| if is_free(view, c) { "" } else { ":" };
    let keys: Vec<String> = COMMANDS
        .iter()
        .filter_map(|c| match c.action {
            Action::Missing(reason) if view.missing.contains(&reason) => {
                Some(format!("{}{} {}", colon(c), c.letter, words.missing(reason)))
            }
            Action::Back => Some(format!("{}{} {}", colon(c), c.letter, words.say("key-back"))),
            Action::Help => Some(format!("{}{} {}", colon(c), c.letter, words.say("key-help"))),
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

/// The answer of a line of the review; what is sensitive only where it was asked for.
pub(super) fn reviewed(line: &ReviewLine, is_open: bool, words: &Words) -> String {
    match (&line.answer, line.missing) {
        (Some(_), _) if line.sensitive && !is_open => words.say("not-shown"),
        (Some(answer), _) => {
            line.moment.as_ref().and_then(|at| words.moment(at)).unwrap_or_else(|| answer.clone())
        }
        (None, Some(reason)) => words.missing(reason),
        (None, None) if line.in_conflict => words.say("in-conflict"),
        (None, None) => words.say("not-answered"),
    }
}

pub(super) fn another_row(roster: &str, words: &Words) -> String {
    words.tell("another-row", &[("roster", roster.into())])
}

/// All answers, what is still due, and the remarks.
pub(super) fn review(lines: &[ReviewLine], notes: &[String], words: &Words) -> Vec<Line> {
    let mut shown = vec![plain("")];
    shown.extend(notes.iter().map(plain));
    shown.push(("== ".into(), words.say("review")));
    for (n, line) in lines.iter().enumerate() {
        let answer = reviewed(line, false, words);
        let mark = if line.due { '!' } else { ' ' };
        let colon = if line.label.ends_with(char::is_alphanumeric) { ":" } else { "" };
        shown.push((format!("{mark}{:>3} ", n + 1), format!("{}{colon} {answer}", line.label)));
        shown.extend(line.remarks.iter().map(|remark| ("     # ".to_owned(), remark.clone())));
    }
    let due = lines.iter().filter(|l| l.due).count();
    shown.push(plain(if due == 0 {
        words.say("all-answered")
    } else {
        words.tell("still-due", &[("count", due.into())])
    }));
    shown.push(plain(words.say("review-keys")));
    shown
}

/// All commands.
pub(super) fn help(words: &Words) -> Vec<Line> {
    let mut lines = vec![plain(words.say("help"))];
    lines.extend(COMMANDS.iter().map(|c| {
        let key = format!(":{} {}", c.letter, c.takes);
        (format!("  {key:<12}"), words.say(c.help))
    }));
    lines.push(plain(words.say("literal-colon")));
    lines
}
