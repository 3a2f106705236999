//! The full screen: keys in, frames out, without a terminal; and in a real one.
//!
//! A scenario in `fixtures/screens/NAME.txt` begins with the questionnaire's name and the size, and
//! goes on with keys behind `>`: text as it is typed, and keys by name in angle brackets. `UPDATE_GOLDEN=1`
//! writes the screens anew that a line `[screen]` asks for; read the difference before you keep it.

use std::collections::HashMap;
use std::fs;
use std::io;

use doorstep::interview::{Intent, Interview, Refusal};
use doorstep::journal::Fact;
use doorstep::questionnaire::Bundle;
use doorstep::terminal::screen::Screen;
use doorstep::terminal::{Options, Outcome, Recorder};
use doorstep::value::Hash;
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

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
    let options = Options { pin: setting("pin"), reorder: setting("reorder").is_some(), no_colour: false };
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
        } else if line == "[screen]" {
            terminal.draw(|frame| screen.draw(frame)).unwrap();
            out.push_str(&shown(&terminal));
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
    assert!(compared >= 9, "only {compared} transcripts were compared");
}

/// Whatever the questionnaire and the keys hold, the screen holds no control character: what moves
/// the cursor is the terminal library's alone.
fn clean(text: &str) -> Result<(), TestCaseError> {
    for c in text.chars().filter(|c| *c != '\n') {
        prop_assert!(!doorstep::terminal::gate::is_unsafe(c), "{c:?} on the screen");
    }
    Ok(())
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
