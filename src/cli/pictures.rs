//! Tables and small pictures of numbers on a terminal: as wide as it is, in its letters.

use std::env;
use std::io;

use super::say::put;
use crate::terminal::{gate, width, wrap};

/// Tables are not stretched further, so that the eye keeps its line.
const WIDEST: usize = 110;
/// The narrowest terminal that tables are made for; on a narrower one, lines break.
const NARROWEST: usize = 60;

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pictures {
    /// How many columns a line has.
    pub columns: usize,
    /// Whether it shows more than ASCII.
    is_unicode: bool,
}

impl Pictures {
    /// Those of the terminal that stdout is; of 80 columns where it is none.
    pub fn of_terminal() -> Self {
        let told = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let asked = || ratatui::crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns));
        let columns: usize = told.or_else(asked).filter(|columns| *columns > 0).unwrap_or(80);
        Self { columns: columns.clamp(NARROWEST, WIDEST), is_unicode: is_unicode() }
    }

    /// A number and its interval on an axis, in so many columns: `  ├──●──┤ `. Where the axis has a zero in
    /// the middle, it is marked.
    pub fn interval(
        &self,
        (from, to): (f64, f64),
        estimate: Option<f64>,
        interval: Option<(f64, f64)>,
        columns: usize,
    ) -> String {
        let [end, way, begin, point, zero] =
            if self.is_unicode { ['┤', '─', '├', '●', '│'] } else { [']', '-', '[', 'o', '|'] };
        let last = columns.saturating_sub(1);
        let at = |number: f64| {
            let part = ((number - from) / (to - from)).clamp(0.0, 1.0);
            ((part * last as f64).round() as usize).min(last)
        };
        let mut cells = vec![' '; columns];
        let mut set = |place: usize, c: char| {
            if let Some(cell) = cells.get_mut(place) {
                *cell = c;
            }
        };
        if from < 0.0 && to > 0.0 {
            set(at(0.0), zero);
        }
        if let (Some(_), Some((low, high))) = (estimate, interval) {
            (at(low)..=at(high)).for_each(|place| set(place, way));
            set(at(low), begin);
            set(at(high), end);
        }
        if let Some(estimate) = estimate {
            set(at(estimate), point);
        }
        cells.into_iter().collect()
    }

    /// A part of a whole as a bar, in so many columns: `█████▌    `.
    pub fn part(&self, part: f64, columns: usize) -> String {
        const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        let part = part.clamp(0.0, 1.0) * columns as f64;
        let bar = if self.is_unicode {
            let eighths = (8.0 * part).round() as usize;
            format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
        } else {
            "#".repeat(part.round() as usize)
        };
        pad(&bar, columns)
    }

    /// From one to the other: `45.0 → 76.0`.
    pub fn step(&self, first: &str, second: &str) -> String {
        format!("{first} {} {second}", if self.is_unicode { "→" } else { "->" })
    }

    /// What stands where there is no number.
    pub fn none(&self) -> &'static str {
        if self.is_unicode { "–" } else { "-" }
    }

    /// A line under a heading.
    pub fn rule(&self) -> String {
        (if self.is_unicode { "─" } else { "-" }).repeat(self.columns)
    }
}

/// Puts a row: its label in so many columns, broken into lines where it must be, and the rest beside the
/// first of them.
pub fn put_row(label: &str, (indent, columns): (usize, usize), rest: &str) -> io::Result<()> {
    let first = " ".repeat(indent);
    let lines = wrap(&gate::line(label), columns, &first);
    let mut lines = lines.iter();
    let label = lines.next().map_or("", String::as_str);
    put(format!("{}  {rest}", pad(label, columns)).trim_end())?;
    lines.try_for_each(put)
}

/// Text with spaces behind it, up to so many columns.
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Whether the locale says that text is UTF-8; where it says nothing, systems of today are.
fn is_unicode() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env::var(name).ok().filter(|v| !v.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNICODE: Pictures = Pictures { columns: 80, is_unicode: true };
    const ASCII: Pictures = Pictures { columns: 80, is_unicode: false };

    #[test]
    fn intervals_lie_on_their_axis() {
        let shares = (0.0, 1.0);
        assert_eq!(UNICODE.interval(shares, Some(0.5), Some((0.2, 0.8)), 11), "  ├──●──┤  ");
        assert_eq!(ASCII.interval(shares, Some(0.5), Some((0.2, 0.8)), 11), "  [--o--]  ");
        assert_eq!(UNICODE.interval(shares, Some(1.0), Some((0.97, 1.0)), 11), "          ●");
        assert_eq!(UNICODE.interval((-1.0, 1.0), Some(0.6), None, 11), "     │  ●  ");
        assert_eq!(UNICODE.interval(shares, None, None, 5), "     ");
    }

    #[test]
    fn parts_fill_their_columns() {
        assert_eq!(UNICODE.part(0.55, 10), "█████▌    ");
        assert_eq!(ASCII.part(0.55, 10), "######    ");
        assert_eq!(UNICODE.part(0.0, 4), "    ");
        assert_eq!(UNICODE.part(1.0, 4), "████");
    }
}
