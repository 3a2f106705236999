//! Text as rows of the screen: wrapped, through the gate, each with its style.

use ratatui::style::{Color, Modifier, Style};
use unicode_bidi::BidiInfo;

use super::super::wrap::wrap;
use super::super::{Options, gate};
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
        if options.no_colour {
            return Self { plain, strong, faint: plain, for_you: plain, alarm: strong, chosen };
        }
        Self {
            plain,
            strong,
            faint: plain.fg(Color::Cyan),
            for_you: plain.fg(Color::Yellow),
            alarm: strong.fg(Color::Red),
            chosen,
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

/// A row in the order of the eye, right-to-left rows flush right: for terminals that draw letters
/// in the order in which they are stored.
pub(super) fn reordered(text: &str, width: usize) -> String {
    let info = BidiInfo::new(text, None);
    let Some(paragraph) = info.paragraphs.first() else { return text.to_owned() };
    let line = info.reorder_line(paragraph, paragraph.range.clone()).into_owned();
    if paragraph.level.is_rtl() {
        let blank = width.saturating_sub(super::super::wrap::width(&line));
        return " ".repeat(blank) + &line;
    }
    line
}

/// The lines of the review that a search finds, by their place.
pub(super) fn found(lines: &[ReviewLine], search: &str, due_only: bool) -> Vec<usize> {
    let search = search.trim().to_lowercase();
    let number = crate::interview::number_in(&search);
    let fits = |(at, line): &(usize, &ReviewLine)| {
        (!due_only || line.due)
            && (search.is_empty() || number == Some(at + 1) || line.label.to_lowercase().contains(&search))
    };
    lines.iter().enumerate().filter(fits).map(|(at, _)| at).collect()
}
