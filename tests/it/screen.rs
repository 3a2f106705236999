//! The full screen: keys in, frames out, without a terminal; and in a real one.
//!
//! A scenario in `fixtures/screens/NAME.txt` begins with the questionnaire's name and the size, and
//! goes on with keys behind `>`: text as it is typed, and keys by name in angle brackets. `UPDATE_GOLDEN=1`
//! writes the screens anew that a line `[screen]` asks for; read the difference before you keep it.
//! `[screen NAME]` also draws `docs/guide/NAME.svg`.

use std::collections::HashMap;
use std::fs;
use std::io;

use doorstep::interview::{Intent, Interview, Refusal};
use doorstep::journal::Fact;
use doorstep::questionnaire::Bundle;
use doorstep::terminal::keys::COMMANDS;
use doorstep::terminal::screen::{SHORTCUTS, Screen, changed};
use doorstep::terminal::words::Words;
use doorstep::terminal::{Colours, Options, Outcome, Recorder};
use doorstep::value::Hash;
use proptest::prelude::*;
use ratatui::backend::{CrosstermBackend, TestBackend};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::support;

/// Keeps facts and drafts in memory.
#[derive(Default)]
struct Memory {
    facts: Vec<Fact>,
    drafts: HashMap<String, String>,
}

impl Recorder for Memory {
    type Error = io::Error;

    fn carry_out(&mut self, interview: &mut Interview, intent: &Intent) -> io::Result<Result<(), Refusal>> {
        Ok(interview.decide(intent).map(|facts| {
            facts.iter().for_each(|fact| interview.apply(fact));
            self.facts.extend(facts);
        }))
    }

    fn attach(&mut self, path: &str) -> io::Result<Result<String, String>> {
        Ok(Err(format!("{path} is not there")))
    }

    fn has_receiver(&self) -> bool {
        false
    }

    fn receive(&mut self) -> Result<String, String> {
        Err("there is no receiver".to_owned())
    }

    fn keep_draft(&mut self, place: &str, text: &str) -> io::Result<()> {
        self.drafts.clear();
        if !text.is_empty() {
            self.drafts.insert(place.to_owned(), text.to_owned());
        }
        Ok(())
    }

    fn draft(&mut self, place: &str) -> Option<String> {
        self.drafts.get(place).cloned()
    }
}

fn begun(bundle: &Bundle) -> Interview {
    let mut interview = Interview::new(support::compiled(bundle));
    interview.apply(&Fact::Started {
        questionnaire: Hash::of(b""),
        round: "baseline".into(),
        enumerator: "amina".into(),
        language: "en".into(),
        at: "2026-11-23T10:00:00+03:00".parse().unwrap(),
        seed: 7,
    });
    interview
}

/// The keys of a line: text, and names in angle brackets.
fn keys(line: &str) -> Vec<KeyEvent> {
    let mut keys = Vec::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let name = rest.strip_prefix('<').and_then(|r| r.split_once('>'));
        let (code, modifiers, behind) = match name {
            Some((name, behind)) => {
                let (name, modifiers) = match name.split_once('-') {
                    Some(("alt", name)) => (name, KeyModifiers::ALT),
                    Some(("ctrl", name)) => (name, KeyModifiers::CONTROL),
                    _ => (name, KeyModifiers::NONE),
                };
                let code = match name {
                    "enter" => KeyCode::Enter,
                    "esc" => KeyCode::Esc,
                    "up" => KeyCode::Up,
                    "down" => KeyCode::Down,
                    "left" => KeyCode::Left,
                    "right" => KeyCode::Right,
                    "pgup" => KeyCode::PageUp,
                    "pgdn" => KeyCode::PageDown,
                    "tab" => KeyCode::Tab,
                    "del" => KeyCode::Delete,
                    "back" => KeyCode::Backspace,
                    letter if letter.chars().count() == 1 => KeyCode::Char(letter.chars().next().unwrap()),
                    f => KeyCode::F(f[1..].parse().unwrap()),
                };
                (code, modifiers, behind)
            }
            None => (KeyCode::Char(c), KeyModifiers::NONE, &rest[c.len_utf8()..]),
        };
        keys.push(KeyEvent::new(code, modifiers));
        rest = behind;
    }
    keys
}

fn shown(terminal: &Terminal<TestBackend>) -> String {
    let buffer = terminal.backend().buffer();
    let rows = buffer.content.chunks(buffer.area.width.into());
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        let mut skip = 0;
        for cell in row {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            line.push_str(cell.symbol());
            skip = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A screen as a picture for the guide.
fn svg(terminal: &Terminal<TestBackend>) -> String {
    const CELL: (usize, usize) = (9, 19);
    let buffer = terminal.backend().buffer();
    let (columns, rows) = (usize::from(buffer.area.width), usize::from(buffer.area.height));
    let (width, height) = (columns * CELL.0 + 20, rows * CELL.1 + 20);
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"DejaVu Sans Mono, Noto Sans Mono, monospace\" font-size=\"15\">\n<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#14191f\"/>\n"
    );
    for (y, row) in buffer.content.chunks(columns).enumerate() {
        // One piece for each run of cells that look alike.
        let mut from = 0;
        for piece in row.chunk_by(|a, b| (a.fg, a.modifier) == (b.fg, b.modifier)) {
            let text: String = piece.iter().map(ratatui::buffer::Cell::symbol).collect();
            let is_chosen = piece[0].modifier.contains(Modifier::REVERSED);
            let ink = match piece[0].fg {
                _ if is_chosen => "#14191f",
                Color::Cyan => "#7fb8c9",
                Color::Yellow => "#e3c565",
                Color::Red => "#ff8f80",
                _ => "#e8ecef",
            };
            let weight =
                if piece[0].modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
            let (x, top, wide) = (10 + from * CELL.0, 10 + y * CELL.1, piece.len() * CELL.0);
            if is_chosen {
                picture.push_str(&format!(
                    "<rect x=\"{x}\" y=\"{top}\" width=\"{wide}\" height=\"{}\" fill=\"#e8ecef\"/>\n",
                    CELL.1
                ));
            }
            let shown = text.trim_end();
            if !shown.trim().is_empty() {
                let wide = unicode_width::UnicodeWidthStr::width(shown) * CELL.0;
                let shown = shown.replace('&', "&amp;").replace('<', "&lt;").replace(' ', "\u{a0}");
                picture.push_str(&format!("<text x=\"{x}\" y=\"{}\" textLength=\"{wide}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{ink}\"{weight}>{shown}</text>\n", top + 15));
            }
            from += piece.len();
        }
    }
    picture + "</svg>\n"
}

/// The picture in the guide is the program's own. `UPDATE_DOCS=1` draws it anew.
fn drawn(name: &str, picture: &str) {
    let path = support::root().join(format!("docs/guide/{name}.svg"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, picture).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == picture, "{} is not what the screen shows: UPDATE_DOCS=1 draws it anew", path.display());
}

/// The keys in the guide are the program's own.
#[test]
fn the_keyboard_card_is_the_programs_own() {
    let words = Words::of("en");
    let mut card = String::from("| key | or | what happens |\n| --- | --- | --- |\n");
    for command in &COMMANDS {
        let key = SHORTCUTS.iter().find(|s| s.action == command.action).map(|s| format!("**F{}**", s.key));
        let key = key.unwrap_or_else(|| if command.letter == "b" { "**Esc**".into() } else { String::new() });
        let typed = format!(":{} {}", command.letter, command.takes);
        let alt = command.letter.to_uppercase();
        card.push_str(&format!("| {key} | Alt-{alt}, `{}` | {} |\n", typed.trim(), words.say(command.help)));
    }
    let path = support::root().join("docs/guide/keys.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("<!-- keys -->\n").unwrap();
    let (_, behind) = rest.split_once("<!-- /keys -->").unwrap();
    let made = format!("{before}<!-- keys -->\n{card}<!-- /keys -->{behind}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == made, "UPDATE_DOCS=1 writes {} anew", path.display());
}

/// Plays a scenario and gives it back with its screens as they came out.
fn played(text: &str) -> String {
    let setting =
        |name: &str| text.lines().find_map(|l| l.strip_prefix(&format!("# {name}: "))).map(str::to_owned);
    let folder =
        support::root().join("fixtures/transcripts").join(setting("questionnaire").unwrap_or("visit".into()));
    let size = setting("size").unwrap_or("80x24".into());
    let (width, height) = size.split_once('x').unwrap();
    let mut terminal =
        Terminal::new(TestBackend::new(width.parse().unwrap(), height.parse().unwrap())).unwrap();
    let shortcuts = changed(&setting("keys").unwrap_or_default()).unwrap();
    let reorder = setting("reorder").is_some();
    let options = Options { pin: setting("pin"), reorder, shortcuts, ..Options::default() };
    let mut memory = Memory::default();
    let mut screen = Screen::new(begun(&support::bundle(&folder)), &mut memory, &options);
    let mut out = String::new();
    let mut ended = None;
    let mut in_screen = false;
    for line in text.lines() {
        if in_screen {
            in_screen = line != "[end]";
            continue;
        }
        out.push_str(line);
        out.push('\n');
        if let Some(typed) = line.strip_prefix("> ") {
            for key in keys(typed) {
                assert_eq!(ended, None, "keys after the end");
                ended = screen.press(key).unwrap();
                terminal.draw(|frame| screen.draw(frame)).unwrap();
                screen.settle().unwrap();
            }
        } else if let Some(name) = line.strip_prefix("[screen").and_then(|rest| rest.strip_suffix(']')) {
            terminal.draw(|frame| screen.draw(frame)).unwrap();
            out.push_str(&shown(&terminal));
            if !name.is_empty() {
                drawn(name.trim(), &svg(&terminal));
            }
            out.push_str("[end]\n");
            in_screen = true;
        } else if let Some(how) = line.strip_prefix("= ") {
            let expected = match how {
                "finalised" => Some(Outcome::Finalised),
                "paused" => Some(Outcome::Paused),
                _ => None,
            };
            assert_eq!(ended, expected, "{how}");
        }
    }
    drop(screen);
    let kept: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("fact: ")).collect();
    let facts: Vec<String> = memory.facts.iter().map(|fact| format!("{fact:?}")).collect();
    for wanted in kept {
        assert!(
            facts.iter().any(|fact| fact.contains(wanted)),
            "no fact with {wanted} in\n{}",
            facts.join("\n")
        );
    }
    out
}

#[test]
fn scenarios_on_the_screen() {
    let mut files: Vec<_> = fs::read_dir(support::root().join("fixtures/screens"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let made = played(&text);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &made).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap();
        assert!(kept == made, "{}:\n{made}", path.display());
    }
}

/// A click goes to an answer and a second one takes it; a click on the cover does nothing.
#[test]
fn the_mouse_can_answer_and_is_never_needed() {
    let folder = support::root().join("fixtures/transcripts/visit");
    let options = Options::default();
    let mut memory = Memory::default();
    let mut screen = Screen::new(begun(&support::bundle(&folder)), &mut memory, &options);
    let mut terminal = Terminal::new(TestBackend::new(60, 20)).unwrap();
    let mut shows = |screen: &Screen<'_, Memory>| {
        terminal.draw(|frame| screen.draw(frame)).unwrap();
        shown(&terminal)
    };
    let click = |row| MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: 6,
        row,
        modifiers: KeyModifiers::NONE,
    };
    let row_of = |text: &str, label: &str| text.lines().position(|line| line.contains(label)).unwrap() as u16;
    let yes = row_of(&shows(&screen), "1 Yes");
    screen.point(click(yes)).unwrap();
    assert!(shows(&screen).contains(">   1 Yes"));
    screen.press(keys("<f9>")[0]).unwrap();
    let covered = shows(&screen);
    screen.point(click(yes)).unwrap();
    assert_eq!(shows(&screen), covered);
    screen.press(keys("<enter>")[0]).unwrap();
    shows(&screen);
    screen.point(click(0)).unwrap();
    screen.point(click(yes)).unwrap();
    assert!(shows(&screen).contains("How many people"));
    for key in keys("2<enter>Asha<enter><f6>") {
        screen.press(key).unwrap();
    }
    let first = row_of(&shows(&screen), "Do you agree?");
    for _ in 0..2 {
        screen.point(click(first)).unwrap();
        shows(&screen);
    }
    assert!(shows(&screen).contains("Do you agree?") && shows(&screen).contains("Recorded: Yes"));
}

/// High contrast sets both colours of every cell, so that the terminal's own cannot weaken it; without
/// colours there are none.
#[test]
fn contrast_and_no_colour_hold_everywhere() {
    let folder = support::root().join("fixtures/transcripts/visit");
    for colours in [Colours::Contrast, Colours::None] {
        let options = Options { colours, ..Options::default() };
        let mut memory = Memory::default();
        let mut screen = Screen::new(begun(&support::bundle(&folder)), &mut memory, &options);
        let mut terminal = Terminal::new(TestBackend::new(60, 20)).unwrap();
        for typed in ["", "<f1>", "<esc>9<enter>", "1<enter>", "<f6>", "<esc><f7>", "<f9>"] {
            for key in keys(typed) {
                screen.press(key).unwrap();
            }
            terminal.draw(|frame| screen.draw(frame)).unwrap();
            for cell in &terminal.backend().buffer().content {
                let pair = (cell.fg, cell.bg);
                let is_right = match colours {
                    Colours::Contrast => {
                        let is_light = |c| matches!(c, Color::White | Color::LightYellow);
                        (is_light(cell.fg) && cell.bg == Color::Black)
                            || (cell.fg == Color::Black && is_light(cell.bg))
                    }
                    _ => pair == (Color::Reset, Color::Reset),
                };
                assert!(is_right, "{pair:?} after {typed}");
            }
        }
    }
}

/// What is typed into line mode, typed into the screen, gives the same facts.
#[test]
fn the_screen_passes_the_transcripts_of_line_mode() {
    let mut compared = 0;
    for entry in fs::read_dir(support::root().join("fixtures/transcripts")).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let named = text.lines().find_map(|line| line.strip_prefix("# questionnaire: "));
        let bundle =
            support::bundle(&support::root().join("fixtures/transcripts").join(named.unwrap_or("visit")));
        // The first run of each: later ones go on from a store.
        let runs: Vec<&str> = text.split("$ doorstep ").skip(1).collect();
        let first = runs[0];
        if !first.starts_with("interview --enumerator amina\n") || first.contains("house.jpg") {
            continue;
        }
        let typed: Vec<&str> = first
            .lines()
            .skip(1)
            .filter_map(|line| line.strip_prefix('>'))
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .filter(|line| *line != "^D")
            .collect();

        let options = Options::default();
        let mut in_lines = Memory::default();
        let mut input = io::Cursor::new(typed.join("\n") + "\n");
        doorstep::terminal::run(begun(&bundle), &mut input, &mut Vec::new(), &mut in_lines, 80, &options)
            .unwrap();

        let mut on_screen = Memory::default();
        let mut screen = Screen::new(begun(&bundle), &mut on_screen, &options);
        for line in &typed {
            for c in line.chars() {
                screen.press(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)).unwrap();
            }
            screen.press(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE)).unwrap();
            // Help and the cover go with a key of their own.
        }
        drop(screen);
        assert_eq!(in_lines.facts, on_screen.facts, "{}", path.display());
        compared += 1;
    }
    assert!(compared >= 60, "only {compared} transcripts were compared");
}

/// Paused at each question in turn, by the screen, and gone on with in line mode: the interview ends
/// with the same answers as one without a pause.
#[test]
fn a_pause_at_any_question_changes_nothing() {
    let bundle = support::bundle(&support::root().join("fixtures/transcripts/visit"));
    let text = fs::read_to_string(support::root().join("fixtures/transcripts/whole.txt")).unwrap();
    let typed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix('>'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let options = Options::default();
    let held = |before: &[&str], behind: &[&str]| {
        let mut memory = Memory::default();
        let mut screen = Screen::new(begun(&bundle), &mut memory, &options);
        let mut press = |key| screen.press(key).unwrap();
        for line in before {
            for c in line.chars() {
                press(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
            }
            press(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE));
        }
        let ended = press(KeyEvent::new(KeyCode::F(10), KeyModifiers::NONE));
        assert_eq!(ended, Some(Outcome::Paused));
        drop(screen);

        let mut interview = begun(&bundle);
        memory.facts.iter().for_each(|fact| interview.apply(fact));
        memory.carry_out(&mut interview, &Intent::Resume).unwrap().unwrap();
        let mut input = io::Cursor::new(behind.join("\n") + "\n");
        let how = doorstep::terminal::run(interview, &mut input, &mut Vec::new(), &mut memory, 80, &options);
        assert_eq!(how.unwrap(), Outcome::Finalised);
        let mut whole = begun(&bundle);
        memory.facts.iter().for_each(|fact| whole.apply(fact));
        whole.review()
    };
    // The last three lines end a long text, finalise, and say that this is meant.
    let points = typed.len() - 4;
    let first = held(&typed[..0], &typed);
    assert!(first.len() > 10 && first.iter().all(|line| !line.due));
    for at in 1..points {
        assert_eq!(held(&typed[..at], &typed[at..]), first, "paused before line {at}");
    }
}

/// Whatever the questionnaire and the keys hold, the screen holds no control character: what moves
/// the cursor is the terminal library's alone.
fn clean(text: &str) -> Result<(), TestCaseError> {
    for c in text.chars().filter(|c| *c != '\n') {
        prop_assert!(!doorstep::terminal::gate::is_unsafe(c), "{c:?} on the screen");
    }
    Ok(())
}

/// What the terminal library sends, without the sequences that it may send: cursor moves, styles,
/// clearing, and showing or hiding the cursor.
fn without_our_sequences(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let mut rest = text.as_str();
    let mut left = String::new();
    while let Some(at) = rest.find("\u{1b}[") {
        left.push_str(&rest[..at]);
        let sequence = &rest[at + 2..];
        let end = sequence.find(|c: char| !matches!(c, '0'..='9' | ';' | '?')).unwrap();
        let last = sequence[end..].chars().next().unwrap();
        assert!("HmJlh".contains(last), "a sequence ends in {last:?}");
        rest = &sequence[end + last.len_utf8()..];
    }
    left + rest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_control_character_reaches_the_screen(
        label in "(\\PC|\u{1b}|\u{9b}|\u{202e}|\u{7}|\u{2066}|\u{e0041}|[a-z ]){1,40}",
        typed in "(\\PC|\u{1b}|\u{9b}|\u{202e}|\t|ক্ষ|👩‍👧){0,60}",
        width in 1_u16..90,
        height in 1_u16..30,
    ) {
        let label = toml::Value::String(label).to_string();
        let text = format!(
            "format = 1\nid = \"q\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"T\"\n[lists.l]\nchoices = [\n  {{ name = \"a\", code = 1, label = {label} }},\n]\n[[sections]]\nname = \"s\"\nlabel = {label}\n[[sections.questions]]\nname = \"one\"\ntype = \"select_one\"\nlist = \"l\"\nlabel = {label}\n[[sections.questions]]\nname = \"two\"\ntype = \"text\"\nmultiline = true\nlabel = \"Two\"\n"
        );
        let bundle = Bundle { files: [("questionnaire.toml".to_owned(), text.into_bytes())].into() };
        let (Some(_), _) = doorstep::questionnaire::compile(&bundle, "") else { return Ok(()) };
        let options = Options::default();
        let mut memory = Memory::default();
        let mut screen = Screen::new(begun(&bundle), &mut memory, &options);
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| screen.draw(frame)).unwrap();
        clean(&shown(&terminal))?;
        // The same frame as bytes, as a terminal gets them.
        let mut bytes = Vec::new();
        let backend = CrosstermBackend::new(&mut bytes);
        let viewport = Viewport::Fixed(Rect::new(0, 0, width, height));
        let mut real = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
        real.draw(|frame| screen.draw(frame)).unwrap();
        drop(real);
        clean(&without_our_sequences(&bytes))?;
        for key in keys("1<enter>") {
            screen.press(key).unwrap();
        }
        screen.paste(&typed);
        terminal.draw(|frame| screen.draw(frame)).unwrap();
        clean(&shown(&terminal))?;
        for key in keys("<enter>.<enter><f6>") {
            screen.press(key).unwrap();
            terminal.draw(|frame| screen.draw(frame)).unwrap();
            clean(&shown(&terminal))?;
        }
    }
}
