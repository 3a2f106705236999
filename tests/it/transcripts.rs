//! Sessions as a person sees them: what is typed and what the screen answers, run through a pipe
//! and through a real pseudo-terminal.
//!
//! A transcript in `fixtures/transcripts/NAME.txt` reads like a session: `$ doorstep …` begins a
//! command, `> ` is the prompt with what is typed behind it (`^D` ends the input), all else is what
//! Doorstep prints.
//! `UPDATE_GOLDEN=1` writes the printed parts anew; read the difference before you keep it.

use std::fs;
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use expectrl::{ControlCode, Eof, Expect, Regex, Session};

use crate::support;

/// One command of a transcript and what is typed into it.
struct Run {
    arguments: String,
    typed: Vec<String>,
}

fn transcripts() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(support::root().join("fixtures/transcripts"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    files
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for line in text.lines() {
        if let Some(arguments) = line.strip_prefix("$ doorstep ") {
            runs.push(Run { arguments: arguments.to_owned(), typed: Vec::new() });
        } else if let Some(typed) = line.strip_prefix('>') {
            runs.last_mut().unwrap().typed.push(typed.strip_prefix(' ').unwrap_or(typed).to_owned());
        }
    }
    runs
}

/// A survey folder around the questionnaire of a transcript: `visit`, or the one that its comment
/// names as `questionnaire: NAME`. A photo lies in it.
fn survey(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let named = text.lines().find_map(|line| line.strip_prefix("# questionnaire: "));
    let from = support::root().join("fixtures/transcripts").join(named.unwrap_or("visit"));
    fs::write(folder.path().join("house.jpg"), "a photo").unwrap();
    let to = folder.path().join("questionnaire");
    for (name, bytes) in support::bundle(&from).files {
        fs::create_dir_all(to.join(&name).parent().unwrap()).unwrap();
        fs::write(to.join(name), bytes).unwrap();
    }
    fs::write(
        folder.path().join("survey.toml"),
        "format = 1\nid = \"visit\"\ntitle = \"A visit\"\nquestionnaire = \"questionnaire\"\n\
         store = \"data/store.db\"\nround = \"baseline\"\n[rounds.baseline]\nlabel = \"Baseline\"\n",
    )
    .unwrap();
    folder
}

/// Runs through a pipe; what is typed is put behind each prompt, as an echo would.
fn piped(survey: &Path, run: &Run) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_doorstep"))
        .current_dir(survey)
        .args(run.arguments.split_whitespace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = run.typed.iter().filter(|line| *line != "^D");
    let typed: String = lines.map(|line| format!("{line}\n")).collect();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let mut printed = String::new();
    child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    child.wait().unwrap();

    let mut session = String::new();
    let mut typed = run.typed.iter();
    let mut rest = printed.as_str();
    while let Some(at) = prompt(rest) {
        session.push_str(&rest[..at]);
        session.push_str("> ");
        if let Some(line) = typed.next() {
            session.push_str(line);
            session.push('\n');
        }
        rest = &rest[at + 2..];
    }
    session.push_str(rest);
    assert_eq!(typed.next(), None, "typed, but never asked for");
    tidy(&session)
}

/// Where the next prompt stands: at the start of a line.
fn prompt(text: &str) -> Option<usize> {
    if text.starts_with("> ") { Some(0) } else { text.find("\n> ").map(|at| at + 1) }
}

/// Runs in a pseudo-terminal, typing only when asked; the screen is what a terminal makes of it.
fn in_a_terminal(survey: &Path, run: &Run) -> String {
    let plain = if run.arguments.starts_with("interview") { " --plain" } else { "" };
    let command = format!("exec '{}' {}{plain} 2>/dev/null", env!("CARGO_BIN_EXE_doorstep"), run.arguments);
    let mut shell = Command::new("sh");
    shell.args(["-c", &command]).current_dir(survey).env("TERM", "xterm").env_remove("COLUMNS");
    let mut session = Session::spawn(shell).unwrap();
    session.get_process_mut().set_echo(true, None).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(20)));
    let mut screen = vt100::Parser::new(NonZero::new(2000).unwrap(), NonZero::new(80).unwrap(), 0);
    for line in &run.typed {
        let seen = session.expect(Regex("(^|\n)> $")).unwrap();
        screen.process(seen.before());
        screen.process(seen.get(0).unwrap());
        if line == "^D" {
            session.send(ControlCode::EndOfTransmission).unwrap();
            screen.process(b"^D\r\n");
        } else {
            session.send_line(line).unwrap();
        }
    }
    let seen = session.expect(Eof).unwrap();
    screen.process(seen.before());
    screen.process(seen.get(0).unwrap_or_default());
    assert!(!screen.screen().hide_cursor());
    tidy(&screen.screen().contents())
}

/// Without the spaces at line ends, which nobody sees.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned() + "\n"
}

fn whole(text: &str, session: impl Fn(&Path, &Run) -> String) -> String {
    let survey = survey(text);
    let comments: String =
        text.lines().take_while(|l| l.starts_with('#')).map(|l| format!("{l}\n")).collect();
    let sessions: Vec<String> = runs(text)
        .iter()
        .map(|run| format!("$ doorstep {}\n{}", run.arguments, session(survey.path(), run)))
        .collect();
    comments + &sessions.concat()
}

#[test]
fn transcripts_through_a_pipe() {
    for path in transcripts() {
        let text = fs::read_to_string(&path).unwrap();
        let made = whole(&text, piped);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &made).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap();
        assert!(kept == made, "{}:\n{made}", path.display());
    }
}

#[test]
fn transcripts_in_a_terminal() {
    assert!(transcripts().len() >= 60);
    for path in transcripts() {
        let text = fs::read_to_string(&path).unwrap();
        let made = whole(&text, in_a_terminal);
        assert!(text == made, "{}:\n{made}", path.display());
    }
}

/// The table in `docs/line-mode.md` is the program's own.
#[test]
fn the_documented_commands_are_these() {
    let page = fs::read_to_string(support::root().join("docs/line-mode.md")).unwrap();
    let words = doorstep::terminal::words::Words::of("en");
    for command in &doorstep::terminal::keys::COMMANDS {
        let key = format!(":{} {}", command.letter, command.takes);
        let row = format!("| `{}` | {} |", key.trim(), words.say(command.help));
        assert!(page.contains(&row), "docs/line-mode.md must have the row {row}");
    }
    let rows = page.split("<!-- commands -->").nth(1).unwrap().split("<!-- /commands -->").next().unwrap();
    assert_eq!(rows.matches("\n| `:").count(), doorstep::terminal::keys::COMMANDS.len());
}
