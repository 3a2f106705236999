//! Text as rows of the screen: wrapped, through the gate, each with its style.

use ratatui::style::{Color, Modifier, Style};

use super::super::wrap::wrap;
use super::super::{Colours, Options, gate};
use crate::interview::ReviewLine;

/// A row of the screen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) text: String,
    pub(super) style: Style,
}

/// The styles of the screen: of sixteen colours at most, and none carries a meaning alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Theme {
    pub(super) plain: Style,
    pub(super) strong: Style,
    pub(super) faint: Style,
    pub(super) for_you: Style,
    pub(super) alarm: Style,
    pub(super) chosen: Style,
}

impl Theme {
    pub(super) fn of(options: &Options) -> Self {
        let plain = Style::new();
        let strong = plain.add_modifier(Modifier::BOLD);
        let chosen = plain.add_modifier(Modifier::REVERSED);
        match options.colours {
            Colours::None => Self { plain, strong, faint: plain, for_you: plain, alarm: strong, chosen },
            Colours::Few => Self {
                plain,
                strong,
                faint: plain.fg(Color::Cyan),
                for_you: plain.fg(Color::Yellow),
                alarm: strong.fg(Color::Red),
                chosen,
            },
            Colours::Contrast => {
                let on_black = plain.fg(Color::White).bg(Color::Black);
                let bright = on_black.add_modifier(Modifier::BOLD);
                Self {
                    plain: on_black,
                    strong: bright,
                    faint: on_black,
                    for_you: bright.fg(Color::LightYellow),
                    alarm: plain.fg(Color::Black).bg(Color::LightYellow).add_modifier(Modifier::BOLD),
                    chosen: plain.fg(Color::Black).bg(Color::White).add_modifier(Modifier::BOLD),
                }
            }
        }
    }
}

/// Rows being gathered, all of one width.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    width: usize,
}

impl Rows {
    pub(super) fn new(width: usize) -> Self {
        Self { rows: Vec::new(), width }
    }

    /// A text behind what it begins with.
    pub(super) fn add(&mut self, first: &str, text: &str, style: Style) {
        let lines = wrap(&gate::lines(text), self.width, first);
        self.rows.extend(lines.into_iter().map(|text| Row { text, style }));
    }

    pub(super) fn blank(&mut self) {
        self.rows.push(Row { text: String::new(), style: Style::new() });
    }
}

/// What of an interview the jump list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    All,
    Due,
    Sections,
}

impl Shown {
    /// What comes after it.
    pub(super) fn next(self) -> Self {
        match self {
            Self::All => Self::Due,
            Self::Due => Self::Sections,
            Self::Sections => Self::All,
        }
    }

    /// The message that says what comes after it.
    pub(super) fn next_named(self) -> &'static str {
        match self {
            Self::All => "screen-due-next",
            Self::Due => "screen-sections-next",
            Self::Sections => "screen-all-next",
        }
    }
}

/// The lines of the review that a search finds, by their place; of sections their first line.
pub(super) fn found(lines: &[ReviewLine], sections: &[String], search: &str, shown: Shown) -> Vec<usize> {
    let search = search.trim().to_lowercase();
    let number = crate::interview::number_in(&search);
    let section = |at: usize| sections.get(at).map_or("", String::as_str);
    let fits = |(at, line): &(usize, &ReviewLine)| {
        let (is_shown, text) = match shown {
            Shown::All => (true, line.label.as_str()),
            Shown::Due => (line.due, line.label.as_str()),
            Shown::Sections => (*at == 0 || section(at - 1) != section(*at), section(*at)),
        };
        let is_named = shown != Shown::Sections && line.name.starts_with(&search);
        is_shown
            && (search.is_empty()
                || is_named
                || number == Some(at + 1)
                || text.to_lowercase().contains(&search))
    };
    lines.iter().enumerate().filter(fits).map(|(at, _)| at).collect()
}
