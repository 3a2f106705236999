//! A month on the screen, and the day that arrows move.

use chrono::{Datelike, Days, Months, NaiveDate};
use ratatui::crossterm::event::KeyCode;

use crate::terminal::width;
use crate::terminal::words::Words;

/// The day that a key leads to from another; `None` where the key means nothing to a calendar.
pub(super) fn moved(day: NaiveDate, key: KeyCode) -> Option<NaiveDate> {
    match key {
        KeyCode::Left => day.checked_sub_days(Days::new(1)),
        KeyCode::Right => day.checked_add_days(Days::new(1)),
        KeyCode::Up => day.checked_sub_days(Days::new(7)),
        KeyCode::Down => day.checked_add_days(Days::new(7)),
        KeyCode::PageUp => day.checked_sub_months(Months::new(1)),
        KeyCode::PageDown => day.checked_add_months(Months::new(1)),
        _ => None,
    }
}

/// The weeks of the month around a day, Monday first, under the names of the days; the day in
/// brackets.
pub(super) fn month(day: NaiveDate, words: &Words) -> Vec<String> {
    let first = day.with_day(1).unwrap_or(day);
    let before = first.weekday().num_days_from_monday();
    let names: String = words.say("weekdays").split(' ').map(cell).collect();
    let title = format!("     {} {}", words.say(&format!("month-{}", day.month())), day.year());
    let mut lines = vec![title, names.trim_end().to_owned()];
    let mut line = "    ".repeat(before as usize);
    for date in first.iter_days().take_while(|d| d.month() == day.month()) {
        let number = date.day();
        line.push_str(&if date == day { format!("[{number:>2}]") } else { format!(" {number:>2} ") });
        if date.weekday().num_days_from_monday() == 6 {
            lines.push(std::mem::take(&mut line));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    if words.is_right_to_left() {
        // Rows of numbers alone would run the other way than the names above them.
        lines.iter_mut().for_each(|line| line.insert(0, '\u{200f}'));
    }
    lines
}

/// The name of a weekday as wide as a day below it.
fn cell(name: &str) -> String {
    format!(" {name}{}", " ".repeat(3_usize.saturating_sub(width(name))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_shows_its_day_under_the_weekday() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let lines = month(day, &Words::of("en"));
        assert_eq!(lines[0], "     November 2026");
        assert_eq!(lines[1], " Mo  Tu  We  Th  Fr  Sa  Su");
        assert_eq!(lines[2], format!("{} 1 ", " ".repeat(25)));
        assert_eq!(lines[6], "[23] 24  25  26  27  28  29 ");
        for tag in Words::languages() {
            let words = Words::of(tag);
            assert_eq!(words.say("weekdays").split(' ').count(), 7, "{tag}");
            assert!(words.say("weekdays").split(' ').all(|name| width(name) <= 3), "{tag}");
        }
        assert_eq!(moved(day, KeyCode::PageDown), NaiveDate::from_ymd_opt(2026, 12, 23));
        assert_eq!(moved(NaiveDate::MAX, KeyCode::Right), None);
    }
}
