//! The screen as rows: what is where, and what gives way when there is little room.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::editor::Editor;
use super::rows::{self, Row, Rows, Shown, Theme};
use super::{Page, Screen, Shortcut, calendar, entry};
use crate::interview::{Field, Stop};
use crate::terminal::Recorder;
use crate::terminal::page::{another_row, recorded, reviewed};
use crate::terminal::words::Words;
use crate::terminal::wrap::width;
use crate::terminal::{eye, gate, keys};
use crate::value::Value;

/// Smaller terminals cannot show a question.
const SMALLEST: (u16, u16) = (24, 8);

/// So many of a long list are drawn above the cursor.
const ABOVE: usize = 60;

/// What a page shows, from top to bottom.
struct Sheet {
    /// The text: scrolls where there is too little room.
    text: Vec<Row>,
    /// What is asked: stays beside what is chosen from.
    asked: Vec<Row>,
    /// What is chosen from, each item with its rows, and the one under the cursor.
    items: Vec<Vec<Row>>,
    cursor: usize,
    /// What is typed into, and what stands before it.
    typed: Option<(String, Editor)>,
}

impl<R: Recorder> Screen<'_, R> {
    /// Draws all of it.
    pub fn draw(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let theme = Theme::of(self.options);
        self.drawn.borrow_mut().clear();
        frame.buffer_mut().set_style(area, theme.plain);
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            let mut rows = Rows::new(area.width.into());
            rows.add("", &self.say("screen-too-small"), theme.strong);
            self.put(frame, area, &rows.rows);
            return;
        }
        let columns = usize::from(area.width);
        if let Page::Cover(_) = self.page {
            self.draw_cover(frame, &theme);
            return;
        }
        let head = self.head(columns, &theme);
        let mut foot = Rows::new(columns);
        if let Some(message) = &self.message {
            foot.add("! ", message, theme.alarm);
        }
        let sheet = self.sheet(columns, &theme);
        let mut keys = Rows::new(columns);
        let hints = self.hints();
        if !hints.is_empty() {
            keys.add("", &hints, theme.faint);
        }
        keys.rows.truncate(3);

        let height = usize::from(area.height);
        let typing = sheet.typed.as_ref().map(|(before, editor)| typed(before, editor, columns));
        let typed_rows = typing.as_ref().map_or(0, |(rows, ..)| rows.len().min(height / 3));
        foot.rows.truncate(height / 3);
        let fixed = head.len() + foot.rows.len() + typed_rows + keys.rows.len();
        let room = height.saturating_sub(fixed);
        let mut rows = head;
        self.body(&mut rows, &sheet, room, &theme);
        rows.resize(
            height - foot.rows.len() - typed_rows - keys.rows.len(),
            Row { text: String::new(), style: theme.plain },
        );
        rows.extend(foot.rows);
        if let Some((lines, row, column)) = typing {
            let skipped = lines.len().saturating_sub(typed_rows).min(row);
            let y = rows.len() + row - skipped;
            rows.extend(
                lines
                    .into_iter()
                    .skip(skipped)
                    .take(typed_rows)
                    .map(|text| Row { text, style: theme.strong }),
            );
            let is_mirrored =
                self.options.reorder && rows.get(y).is_some_and(|row| eye::is_right_to_left(&row.text));
            let column = if is_mirrored { columns.saturating_sub(column + 1) } else { column };
            let x = (column as u16).min(area.width - 1);
            frame.set_cursor_position(Position { x, y: (y as u16).min(area.height - 1) });
        }
        rows.extend(keys.rows);
        self.put(frame, area, &rows);
    }

    /// Writes rows into the frame: the only way in.
    fn put(&self, frame: &mut Frame<'_>, area: Rect, rows: &[Row]) {
        let columns = usize::from(area.width);
        for (y, row) in (area.y..area.bottom()).zip(rows) {
            let text = gate::line(&row.text);
            let text = if self.options.reorder { eye::line(&text, columns) } else { text.into_owned() };
            frame.buffer_mut().set_stringn(area.x, y, text, columns, row.style);
        }
    }

    fn say(&self, id: &str) -> String {
        self.talk.words.say(id)
    }

    /// An innocent screen.
    fn draw_cover(&self, frame: &mut Frame<'_>, theme: &Theme) {
        let Page::Cover(editor) = &self.page else { return };
        let area = frame.area();
        let mut rows = Rows::new(area.width.into());
        rows.add("", &self.say("cover-title"), theme.plain);
        rows.blank();
        let asked = if self.options.pin.is_some() { "cover-pin" } else { "cover-back" };
        let hidden = "*".repeat(editor.text().chars().count());
        rows.add("", &format!("{} {hidden}", self.say(asked)), theme.plain);
        self.put(frame, area, &rows.rows);
    }

    /// Where we are: the innermost heading, the number of the question, and a bar.
    fn head(&self, columns: usize, theme: &Theme) -> Vec<Row> {
        let (here, all) = self.view.progress;
        let number = format!("{here}/{all}");
        let heading = self.view.headings.iter().map(|h| h.lines().next().unwrap_or_default());
        let heading = gate::line(&heading.collect::<Vec<_>>().join(" > ")).into_owned();
        let room = columns.saturating_sub(number.len() + 1);
        // The innermost counts most: the beginning gives way.
        let mut shown = heading.as_str();
        while width(shown) > room {
            shown = shown.split_once(" > ").map_or_else(
                || &shown[..shown.char_indices().nth(room / 2).map_or(shown.len(), |(at, _)| at)],
                |(_, inner)| inner,
            );
        }
        let gap = " ".repeat(columns.saturating_sub(width(shown) + number.len()));
        let full = (columns * here.min(all)).checked_div(all).unwrap_or(0);
        let bar = "━".repeat(full) + &"─".repeat(columns - full);
        vec![
            Row { text: format!("{shown}{gap}{number}"), style: theme.strong },
            Row { text: bar, style: theme.faint },
        ]
    }

    /// Text above, then what is asked, items below; whichever is too long shows a part.
    fn body(&self, rows: &mut Vec<Row>, sheet: &Sheet, room: usize, theme: &Theme) {
        let wanted: usize = sheet.items.iter().map(Vec::len).sum();
        let asked = sheet.asked.len().min(room * 2 / 3);
        let room = room - asked;
        let for_items = wanted.min(room.saturating_sub(sheet.text.len()).max(room * 3 / 5));
        let for_text = room - for_items;
        if sheet.text.len() > for_text && for_text > 0 {
            let most = sheet.text.len() - for_text + 1;
            let from = self.scroll.get().min(most);
            self.scroll.set(from);
            rows.extend(sheet.text.iter().skip(from).take(for_text - 1).cloned());
            let more = if from < most { "screen-more" } else { "screen-above" };
            rows.push(Row { text: format!("-- {} --", self.say(more)), style: theme.faint });
        } else {
            self.scroll.set(0);
            rows.extend_from_slice(&sheet.text);
        }
        rows.extend(sheet.asked.iter().take(asked).cloned());
        // From the cursor backwards as far as half the room, then onwards.
        let is_cut = wanted > for_items && for_items > 3;
        let for_items = if is_cut { for_items - 1 } else { for_items };
        let mut first = sheet.cursor.min(sheet.items.len().saturating_sub(1));
        let mut above = sheet.items.get(first).map_or(0, Vec::len);
        let below: usize = sheet.items.iter().skip(first + 1).map(Vec::len).sum();
        let reach = for_items.saturating_sub(below.min(for_items / 2));
        while first > 0 && above + sheet.items[first - 1].len() <= reach {
            first -= 1;
            above += sheet.items[first].len();
        }
        let mut shown = 0;
        let mut left = for_items;
        let mut drawn = self.drawn.borrow_mut();
        let before = self.undrawn();
        for item in sheet.items.iter().skip(first) {
            // An item that does not fit whole is not shown in part, unless it is the first.
            if item.len() > left && shown > 0 {
                break;
            }
            drawn.extend(
                (rows.len()..).take(item.len().min(left)).map(|y| (y as u16, before + first + shown)),
            );
            rows.extend(item.iter().take(left).cloned());
            left = left.saturating_sub(item.len());
            shown += 1;
        }
        if is_cut {
            let (before, behind) = self.outside(sheet, first, first + shown);
            let filled = [("before", before.into()), ("behind", behind.into())];
            let text = self.talk.words.tell("screen-more-answers", &filled);
            rows.push(Row { text: format!("-- {text} --"), style: theme.faint });
        }
    }

    /// How many items of a long list stand before those that are drawn.
    fn undrawn(&self) -> usize {
        let list = self.entry.list.as_ref().filter(|_| matches!(self.page, Page::Question));
        list.map_or(0, |list| list.cursor.saturating_sub(ABOVE))
    }

    /// How many items stand before and behind those that are shown; of long lists only a part is
    /// drawn.
    fn outside(&self, sheet: &Sheet, first: usize, until: usize) -> (usize, usize) {
        let all = self.entry.list.as_ref().filter(|_| matches!(self.page, Page::Question));
        let length = all.map_or(sheet.items.len(), |list| list.shown.len());
        (self.undrawn() + first, length.saturating_sub(self.undrawn() + until))
    }

    fn sheet(&self, columns: usize, theme: &Theme) -> Sheet {
        let mut text = Rows::new(columns);
        let simple = |text: Rows, typed| Sheet {
            text: text.rows,
            asked: Vec::new(),
            items: Vec::new(),
            cursor: 0,
            typed,
        };
        match &self.page {
            Page::Help => {
                self.help(&mut text, theme);
                simple(text, None)
            }
            Page::Text(read) => {
                text.add("", read, theme.plain);
                text.blank();
                text.add("", &self.say("screen-any-key"), theme.faint);
                simple(text, None)
            }
            Page::Comment(editor) => {
                text.add("", &self.view.label, theme.faint);
                text.blank();
                text.add("", &self.say("screen-comment"), theme.strong);
                simple(text, Some(("> ".to_owned(), editor.clone())))
            }
            Page::Why { warnings, reason, .. } => {
                text.add("", &self.view.label, theme.faint);
                text.blank();
                warnings.iter().for_each(|warning| text.add("! ", warning, theme.alarm));
                text.blank();
                text.add("", &self.say("screen-why"), theme.strong);
                simple(text, Some(("> ".to_owned(), reason.clone())))
            }
            Page::Sure(editor) => {
                text.add("", &self.say("sure"), theme.strong);
                simple(text, Some(("> ".to_owned(), editor.clone())))
            }
            Page::Language(cursor) => {
                text.add("", &self.say("screen-language"), theme.strong);
                let names = &self.talk.interview.questionnaire().language_names;
                let items = names
                    .iter()
                    .enumerate()
                    .map(|(n, name)| item(columns, &format!("{:>3} ", n + 1), name, n == *cursor, theme));
                Sheet { items: items.collect(), cursor: *cursor, ..simple(text, None) }
            }
            Page::Jump { search, cursor, shown } => {
                text.add("", &self.say("screen-jump"), theme.strong);
                text.add("", &self.say(shown.next_named()), theme.faint);
                let (lines, sections) = (&self.review.lines, &self.review.sections);
                let found = rows::found(lines, sections, search.text(), *shown);
                let items = match shown {
                    Shown::Sections => self.section_items(columns, &found, *cursor, theme),
                    _ => self.review_items(columns, &found, *cursor, theme),
                };
                let typed = Some(("> ".to_owned(), search.clone()));
                Sheet { items, cursor: *cursor, ..simple(text, typed) }
            }
            Page::Question | Page::Cover(_) if self.view.stop == Stop::Review => {
                self.view.notes.iter().for_each(|note| text.add("", note, theme.plain));
                text.add("", &self.say("review"), theme.strong);
                let due = self.review.lines.iter().filter(|line| line.due).count();
                if due == 0 {
                    text.add("", &self.say("all-answered"), theme.plain);
                } else {
                    let told = self.talk.words.tell("still-due", &[("count", due.into())]);
                    text.add("! ", &told, theme.alarm);
                }
                let all: Vec<usize> = (0..self.review.lines.len()).collect();
                let items = self.review_items(columns, &all, self.review.cursor, theme);
                let typed = Some(("> ".to_owned(), self.entry.typed.clone()));
                Sheet { items, cursor: self.review.cursor, ..simple(text, typed) }
            }
            Page::Question | Page::Cover(_) => self.question(columns, theme),
        }
    }

    /// Lines of the review around the cursor, each section under its heading.
    fn review_items(&self, columns: usize, shown: &[usize], cursor: usize, theme: &Theme) -> Vec<Vec<Row>> {
        let mut before: Option<&str> = None;
        let items = shown.iter().enumerate().map(|(n, at)| {
            let line = &self.review.lines[*at];
            let section = self.review.sections.get(*at).map_or("", String::as_str);
            // Far from the cursor nothing is seen, and wrapping thousands of lines takes time.
            if n.abs_diff(cursor) > 100 {
                before = Some(section);
                return vec![Row { text: String::new(), style: theme.plain }];
            }
            let mut rows = Rows::new(columns);
            if before != Some(section) {
                rows.add("== ", section, theme.strong);
                before = Some(section);
            }
            let mark = if line.due { '!' } else { ' ' };
            let (arrow, style) = if n == cursor { ('>', theme.chosen) } else { (' ', theme.plain) };
            let colon = if line.label.ends_with(char::is_alphanumeric) { ":" } else { "" };
            let answer = reviewed(line, self.review.is_open, &self.talk.words);
            rows.add(
                &format!("{arrow}{mark}{:>3} ", at + 1),
                &format!("{}{colon} {answer}", line.label),
                style,
            );
            line.remarks.iter().for_each(|remark| rows.add("     # ", remark, theme.for_you));
            rows.rows
        });
        items.collect()
    }

    /// Sections, each with how far it is.
    fn section_items(&self, columns: usize, shown: &[usize], cursor: usize, theme: &Theme) -> Vec<Vec<Row>> {
        let items = shown.iter().enumerate().map(|(n, at)| {
            let lines = self.review.section(*at);
            let filled = [
                ("section", self.review.sections.get(*at).map_or("", String::as_str).into()),
                ("answered", lines.iter().filter(|line| !line.due).count().into()),
                ("all", lines.len().into()),
            ];
            let mark = if lines.iter().any(|line| line.due) { '!' } else { ' ' };
            let text = self.talk.words.tell("screen-section", &filled);
            item(columns, &format!("{mark}{:>3} ", at + 1), &text, n == cursor, theme)
        });
        items.collect()
    }

    fn question(&self, columns: usize, theme: &Theme) -> Sheet {
        let view = &self.view;
        let words = &self.talk.words;
        let (mut text, mut asked) = (Rows::new(columns), Rows::new(columns));
        for part in view.parting.iter().chain(&view.notes) {
            text.add("", part, theme.plain);
            text.blank();
        }
        // Short headings stand at the top; what is long is to be read out, as is help under them.
        for heading in view.headings.iter().filter(|heading| !self.seen.contains(heading)) {
            let (title, hint) = heading.split_once('\n').unwrap_or((heading, ""));
            if width(title) > columns / 2 {
                text.add("", title, theme.plain);
            }
            if !hint.is_empty() {
                text.add("", hint, theme.faint);
            }
        }
        for line in &view.together {
            let is_here = view.stop == Stop::Question(line.place.clone());
            let (arrow, style) = if is_here { ("> ", theme.strong) } else { ("  ", theme.plain) };
            let is_blank = line.answer.is_none() && line.missing.is_none() && !line.in_conflict;
            let answer = if is_blank { String::new() } else { reviewed(line, false, words) };
            text.add(arrow, &format!("{}: {answer}", line.label.trim_end_matches(':')), style);
        }
        let label = match view.stop {
            Stop::MoreRows(_) => another_row(&view.label, words),
            _ => view.label.clone(),
        };
        if !view.together.is_empty() {
            text.blank();
        }
        asked.add("", &label, theme.strong);
        view.hint.iter().for_each(|hint| asked.add("", hint, theme.faint));
        let for_you = format!("{} ", self.say("for-you"));
        view.note_to_enumerator.iter().for_each(|note| asked.add(&for_you, note, theme.for_you));
        asked.blank();
        for line in self.how() {
            asked.add("", &line, theme.faint);
        }
        let is_changed = self.entry.list.as_ref().is_some_and(|list| list.changed);
        if let Some((first, rest)) = recorded(&self.talk.interview, view, words).filter(|_| !is_changed) {
            asked.add(&first, &rest, theme.plain);
        }
        if let (Field::Date, Ok(Value::Date(day))) =
            (&view.field, self.talk.interview.read(self.entry.typed.text()))
        {
            text.rows
                .extend(calendar::month(day, words).into_iter().map(|text| Row { text, style: theme.plain }));
            text.blank();
        }
        let (items, cursor) = self.items(columns, theme);
        let typed = Some(("> ".to_owned(), self.entry.typed.clone()));
        Sheet { text: text.rows, asked: asked.rows, items, cursor, typed }
    }

    /// What is chosen from: choices, or the rows of an open roster.
    fn items(&self, columns: usize, theme: &Theme) -> (Vec<Vec<Row>>, usize) {
        let (Some(list), Some(offers)) = (&self.entry.list, entry::offers(&self.view.field)) else {
            let cursor = self.review.cursor;
            let rows = self.open_rows().into_iter().enumerate();
            let items =
                rows.map(|(n, (_, label, _))| item(columns, "  ", &label, n == cursor, theme)).collect();
            return (items, cursor);
        };
        let is_many = !matches!(self.view.field, Field::One(_));
        let is_rank = matches!(self.view.field, Field::Rank(..));
        // Of thousands only those around the cursor can be seen.
        let from = list.cursor.saturating_sub(ABOVE);
        let seen = list.shown.iter().enumerate().skip(from).take(120);
        let items = seen.filter_map(|(n, choice)| {
            let offer = offers.get(*choice)?;
            let place = list.marked.iter().position(|m| m == choice);
            let mark = match place {
                Some(place) if is_rank => format!("[{}]", place + 1),
                Some(_) if is_many => "[x]".to_owned(),
                None if is_many => "[ ]".to_owned(),
                Some(_) => "*".to_owned(),
                None => " ".to_owned(),
            };
            let first = format!("{mark} {:>2} ", choice + 1);
            let is_here = n == list.cursor && (list.is_placed || is_many);
            Some(item(columns, &first, &offer.label, is_here, theme))
        });
        (items.collect(), list.cursor - from.min(list.cursor))
    }
}

/// One item of a list. An arrow shows which one the cursor is on: reversed colours alone would be
/// lost on some terminals and on every screen reader.
fn item(columns: usize, first: &str, text: &str, is_here: bool, theme: &Theme) -> Vec<Row> {
    let mut rows = Rows::new(columns);
    let (arrow, style) = if is_here { ('>', theme.chosen) } else { (' ', theme.plain) };
    rows.add(&format!("{arrow}{first}"), text, style);
    rows.rows
}

/// Typed text as rows, and the row and column of the cursor.
fn typed(before: &str, editor: &Editor, columns: usize) -> (Vec<String>, usize, usize) {
    use unicode_segmentation::UnicodeSegmentation;
    let (left, right) = editor.parts();
    let mut rows = vec![before.to_owned()];
    let mut cursor = None;
    for (part, is_left) in [(left, true), (right, false)] {
        for grapheme in gate::lines(part).graphemes(true) {
            let wide = width(grapheme);
            let last = rows.last().map_or(0, |row| width(row));
            if grapheme == "\n" || last + wide >= columns {
                rows.push(" ".repeat(before.len()));
            }
            if grapheme != "\n"
                && let Some(row) = rows.last_mut()
            {
                row.push_str(grapheme);
            }
        }
        if is_left {
            cursor = Some((rows.len() - 1, rows.last().map_or(0, |row| width(row))));
        }
    }
    let (row, column) = cursor.unwrap_or_default();
    (rows, row, column)
}

/// What a command's key is called, and what it does.
pub(super) fn named(shortcut: Shortcut, words: &Words) -> (String, String) {
    let command = keys::COMMANDS.iter().find(|command| command.action == shortcut.action);
    let id = command.map_or("command-help", |command| command.help);
    (format!("F{}", shortcut.key), words.say(id))
}
