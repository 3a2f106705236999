//! The terminal of a full screen: keys in, frames out, and everything as it was afterwards.

use std::io::{self, IsTerminal, Write};
use std::panic;
use std::time::Duration;

use anyhow::Result;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::event::{
    self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, Event,
    KeyCode, KeyEvent, KeyModifiers,
};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

use super::recorder::Durable;
use crate::interview::Interview;
use crate::terminal::screen::Screen;
use crate::terminal::{Options, Outcome};

/// Whether a full screen can be shown here.
pub fn is_possible() -> bool {
    let is_dumb = std::env::var("TERM").map_or(cfg!(unix), |term| term.is_empty() || term == "dumb");
    io::stdin().is_terminal() && io::stdout().is_terminal() && !is_dumb
}

/// Holds an interview on the full screen.
pub fn run(interview: Interview, durable: &mut Durable<'_>, options: &Options) -> Result<Outcome> {
    // A mistake of ours must not leave the terminal without its cursor.
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |about| {
        give_back();
        before(about);
    }));
    enable_raw_mode()?;
    let guard = Guard;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
    if options.mouse {
        execute!(io::stdout(), EnableMouseCapture)?;
    }
    let mut terminal = Terminal::new(CrosstermBackend::new(io::BufWriter::new(io::stdout())))?;
    let outcome = talk(&mut terminal, &mut Screen::new(interview, durable, options));
    drop(guard);
    outcome
}

fn talk<B>(terminal: &mut Terminal<B>, screen: &mut Screen<'_, Durable<'_>>) -> Result<Outcome>
where
    B: ratatui::backend::Backend<Error = io::Error>,
{
    let mut seen = screen.face();
    loop {
        // Some terminals leave traces of joined letters where they count their width differently: what
        // must not shine through is wiped, not drawn over.
        if screen.face() != seen {
            seen = screen.face();
            terminal.clear()?;
        }
        terminal.draw(|frame| screen.draw(frame))?;
        // Half-typed text is kept when the fingers rest, never between a key and its frame.
        if !event::poll(Duration::ZERO)? {
            screen.settle()?;
        }
        let ended = match event::read() {
            Ok(Event::Key(key)) if is_break(key) => return Ok(Outcome::EndOfInput),
            Ok(Event::Key(key)) if is_redraw(key) => {
                terminal.clear()?;
                None
            }
            Ok(Event::Key(key)) => screen.press(key)?,
            Ok(Event::Mouse(mouse)) => screen.point(mouse)?,
            Ok(Event::Paste(text)) => {
                screen.paste(&text);
                None
            }
            Ok(_) => None,
            // The terminal is gone, as when its window is closed: what is accepted is on the disk.
            Err(_) => return Ok(Outcome::EndOfInput),
        };
        if let Some(outcome) = ended {
            return Ok(outcome);
        }
    }
}

/// Ctrl-C and Ctrl-D leave at once; the interview stays as it is.
fn is_break(key: KeyEvent) -> bool {
    key.modifiers.contains(KeyModifiers::CONTROL) && matches!(key.code, KeyCode::Char('c' | 'd'))
}

/// Ctrl-L draws everything anew.
fn is_redraw(key: KeyEvent) -> bool {
    key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('l')
}

/// Gives the terminal back when dropped, whatever happened.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

fn give_back() {
    let _ = disable_raw_mode();
    let _ = execute!(io::stdout(), DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = io::stdout().flush();
}
