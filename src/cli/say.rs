//! Talk goes to stderr, data to stdout, and both through the one gate where they hold text of
//! the user's.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::{gate, width, wrap};

/// A line of talk. A closed stderr is nobody listening, not a failure.
pub fn say(line: impl Display) {
    let text = line.to_string();
    let shown = gate::lines(&text);
    let text = if io::stderr().is_terminal() { whole_words(&shown) } else { shown.into_owned() };
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Lines that are too long for the terminal break between words, and go on below where they began.
fn whole_words(text: &str) -> String {
    let columns = ratatui::crossterm::terminal::size().map_or(0, |(columns, _)| usize::from(columns));
    if columns == 0 {
        return text.to_owned();
    }
    let broken = text.split('\n').flat_map(|line| {
        if width(line) <= columns {
            return vec![line.to_owned()];
        }
        let rest = line.trim_start_matches(' ');
        wrap(rest, columns, &line[..line.len() - rest.len()])
    });
    broken.collect::<Vec<_>>().join("\n")
}

/// A number of things: `1 interview`, `2 interviews`.
pub fn count(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// Text that is drawn already (diagnostics, with or without colour).
pub fn show_drawn(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// A line of data. A pipe that was closed early ends quietly: the reader has what it wants.
pub fn put(line: impl Display) -> io::Result<()> {
    match writeln!(io::stdout().lock(), "{}", gate::lines(&line.to_string())) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Data as it is, for a file or a pipe; a terminal gets it through the gate.
pub fn put_bytes(data: &[u8]) -> io::Result<()> {
    let written = if io::stdout().is_terminal() {
        io::stdout().lock().write_all(gate::lines(&String::from_utf8_lossy(data)).as_bytes())
    } else {
        io::stdout().lock().write_all(data)
    };
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Whether colour is wanted on stderr: a terminal that can, and no `NO_COLOR`.
pub fn colour() -> bool {
    !matches!(anstream::AutoStream::choice(&io::stderr()), anstream::ColorChoice::Never)
}

/// A progress bar on a terminal, silent when piped.
pub fn progress(what: &'static str, steps: u64) -> ProgressBar {
    let target =
        if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(steps), target).with_message(what);
    // The template is a constant; one that does not parse would only lose the bar's looks.
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    bar
}

/// A sign of life for work whose length nobody knows, silent when piped.
pub fn busy(what: &'static str, on: &str) -> ProgressBar {
    let target =
        if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target).with_message(format!("{what} {}", gate::lines(on)));
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}
