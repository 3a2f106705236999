//! Power cuts, as far as a process can have them: kill -9 at random moments of an interview.
//!
//! The screen is the promise: a question shows only when the answer before it is on the disk. So
//! whatever the screen has shown when the process dies, the store must have.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use doorstep::journal::Fact;
use doorstep::store::{Access, Store};
use expectrl::Session;
use expectrl::session::OsSession;

const QUESTIONS: usize = 25;
/// Of each front end.
const KILLS: u32 = 250;

/// A survey of plain text questions, so that the n-th typed line is the n-th answer.
fn survey(folder: &Path) {
    let mut text = String::from(
        "format = 1\nid = \"kill\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Kill\"\n\
         [[sections]]\nname = \"only\"\nlabel = \"Only\"\n",
    );
    for n in 1..=QUESTIONS {
        text.push_str(&format!(
            "[[sections.questions]]\nname = \"q{n}\"\ntype = \"text\"\nlabel = \"Question number {n}\"\n"
        ));
    }
    fs::create_dir_all(folder.join("questionnaire")).unwrap();
    fs::write(folder.join("questionnaire/questionnaire.toml"), text).unwrap();
    fs::write(
        folder.join("survey.toml"),
        "format = 1\nid = \"kill\"\ntitle = \"Kill\"\nquestionnaire = \"questionnaire\"\n\
         store = \"data/store.db\"\nround = \"baseline\"\n[rounds.baseline]\nlabel = \"Baseline\"\n",
    )
    .unwrap();
    let typed: String = (1..=QUESTIONS).map(|n| format!("answer {n}\n")).collect();
    fs::write(folder.join("typed.txt"), typed).unwrap();
}

/// When to kill: so long after a question was shown.
struct Moment {
    question: usize,
    after: Duration,
}

/// Interviews until killed, or to the end; gives what the screen showed.
fn interview(folder: &Path, kill: Option<&Moment>) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_doorstep"))
        .args(["--survey", folder.to_str().unwrap(), "interview", "--enumerator", "k"])
        .stdin(File::open(folder.join("typed.txt")).unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut screen = Vec::new();
    let mut piece = [0; 256];
    let mut kill = kill;
    loop {
        let read = output.read(&mut piece).unwrap();
        if read == 0 {
            break;
        }
        screen.extend_from_slice(&piece[..read]);
        if let Some(moment) = kill
            && String::from_utf8_lossy(&screen).contains(&format!("Question number {}", moment.question))
        {
            std::thread::sleep(moment.after);
            // SIGKILL: nothing in the process gets a chance to tidy up.
            let _ = child.kill();
            kill = None;
        }
    }
    child.wait().unwrap();
    String::from_utf8_lossy(&screen).into_owned()
}

/// Answers that the screen acknowledged: each shown question acknowledges the one before.
fn acknowledged(screen: &str) -> usize {
    (1..=QUESTIONS)
        .rev()
        .find(|n| screen.lines().any(|line| line.ends_with(&format!("Question number {n}"))))
        .map_or(0, |shown| shown - 1)
}

/// Answers that the store has of its one interview, in order.
fn stored(folder: &Path) -> usize {
    let path = folder.join("data/store.db");
    if !path.exists() {
        return 0;
    }
    // Opened to write, so that a half-written transaction is rolled back first.
    let store = Store::open(&path, Access::Write, "test").unwrap();
    let interviews = store.interviews().unwrap();
    assert!(interviews.len() <= 1);
    let Some(summary) = interviews.first() else { return 0 };
    let history = store.history(summary.id).unwrap();
    let answered: Vec<&str> = history
        .events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Answered { address, .. } => Some(address.name.as_str()),
            _ => None,
        })
        .collect();
    for (n, name) in answered.iter().enumerate() {
        assert_eq!(*name, format!("q{}", n + 1), "answers are in order and whole");
    }
    answered.len()
}

/// As [`interview`], on the full screen of a pseudo-terminal; gives the number of the question that
/// stood on the screen last.
fn on_the_screen(folder: &Path, kill: &Moment) -> usize {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorstep"));
    command
        .args(["--survey", folder.to_str().unwrap(), "interview", "--enumerator", "k"])
        .env("TERM", "xterm");
    let mut session = Session::spawn(command).unwrap();
    session.get_process_mut().set_window_size(80, 24).unwrap();
    let mut screen = vt100::Parser::new(NonZero::new(24).unwrap(), NonZero::new(80).unwrap(), 0);
    let mut piece = [0; 4096];
    let (mut shown, mut answered, mut dead) = (0, 0, false);
    loop {
        // The other end of a pseudo-terminal that was closed reads as an error.
        let read = session.read(&mut piece).unwrap_or(0);
        if read == 0 {
            return shown;
        }
        screen.process(&piece[..read]);
        let contents = screen.screen().contents();
        let number =
            contents.split("Question number ").nth(1).and_then(|rest| rest.split_whitespace().next());
        shown = number.and_then(|n| n.parse().ok()).unwrap_or(shown);
        if shown > answered && !dead {
            answered = shown;
            let _ = session.write_all(format!("answer {shown}\r").as_bytes());
            if kill.question == shown {
                std::thread::sleep(kill.after);
                let pid = session.get_process().pid().as_raw();
                dead = Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success();
            }
        }
    }
}

#[test]
fn no_acknowledged_answer_is_lost_when_killed() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path());
    let screen = interview(folder.path(), None);
    assert_eq!(acknowledged(&screen), QUESTIONS - 1, "{screen}");
    assert_eq!(stored(folder.path()), QUESTIONS);

    let mut seed = 0x5EED_u64;
    let mut cut_in_the_middle = 0;
    for kill in 0..KILLS {
        fs::remove_dir_all(folder.path().join("data")).unwrap();
        // SplitMix64's step: any spread of moments will do.
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let moment = Moment {
            question: 1 + (seed >> 33) as usize % QUESTIONS,
            after: Duration::from_micros((seed >> 17) % 2_500),
        };
        let screen = interview(folder.path(), Some(&moment));
        let (shown, kept) = (acknowledged(&screen), stored(folder.path()));
        assert!(kept >= shown, "kill {kill}: the screen acknowledged {shown} answers, the store has {kept}");
        cut_in_the_middle += u32::from(kept > 0 && kept < QUESTIONS);
    }
    assert!(cut_in_the_middle >= KILLS / 10, "only {cut_in_the_middle} kills hit the middle of an interview");
}

#[test]
fn no_answer_that_the_screen_acknowledged_is_lost_when_killed() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path());
    let mut seed = 0x0D00_5EED_u64;
    let mut cut_in_the_middle = 0;
    for kill in 0..KILLS {
        let _ = fs::remove_dir_all(folder.path().join("data"));
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let moment = Moment {
            question: 1 + (seed >> 33) as usize % QUESTIONS,
            after: Duration::from_micros((seed >> 17) % 4_000),
        };
        let shown = on_the_screen(folder.path(), &moment);
        let kept = stored(folder.path());
        assert!(
            kept + 1 >= shown,
            "kill {kill}: question {shown} was on the screen, the store has {kept} answers"
        );
        cut_in_the_middle += u32::from(kept > 0 && kept < QUESTIONS);
    }
    assert!(cut_in_the_middle >= KILLS / 10, "only {cut_in_the_middle} kills hit the middle of an interview");
}

/// What is half typed when the process dies stands there again; and a proper end gives the terminal
/// back.
#[test]
fn half_typed_text_survives_and_the_terminal_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path());
    let start = |before: &str, more: &str| {
        let mut command = Command::new("sh");
        let run = format!("{before}'{}' interview {more}; echo SHELL", env!("CARGO_BIN_EXE_doorstep"));
        command.args(["-c", &run]).current_dir(folder.path()).env("TERM", "xterm");
        let mut session = Session::spawn(command).unwrap();
        session.get_process_mut().set_window_size(80, 24).unwrap();
        session
    };
    let see = |session: &mut OsSession, screen: &mut vt100::Parser, text: &str| {
        let mut piece = [0; 4096];
        while !screen.screen().contents().contains(text) {
            let read = session.read(&mut piece).unwrap();
            assert!(read > 0, "{text:?} never came:\n{}", screen.screen().contents());
            screen.process(&piece[..read]);
        }
    };
    let new_screen = || vt100::Parser::new(NonZero::new(24).unwrap(), NonZero::new(80).unwrap(), 0);

    let (mut session, mut screen) = (start("exec ", "--enumerator k"), new_screen());
    see(&mut session, &mut screen, "Question number 1");
    session.write_all("half an answ".as_bytes()).unwrap();
    see(&mut session, &mut screen, "half an answ");
    std::thread::sleep(Duration::from_millis(200));
    let pid = session.get_process().pid().as_raw();
    assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
    drop(session);

    let (mut session, mut screen) = (start("", "--resume"), new_screen());
    see(&mut session, &mut screen, "half an answ");
    session.write_all(b"er\r").unwrap();
    see(&mut session, &mut screen, "Question number 2");
    session.write_all(b":p\r").unwrap();
    see(&mut session, &mut screen, "SHELL");
    assert!(!screen.screen().hide_cursor());
    assert!(!screen.screen().alternate_screen());
    assert!(!screen.screen().bracketed_paste());
    let store = Store::open(&folder.path().join("data/store.db"), Access::Read, "").unwrap();
    let interview = store.interviews().unwrap()[0].id;
    let facts = store.history(interview).unwrap().events;
    assert!(facts.iter().any(|event| format!("{:?}", event.fact).contains("half an answer")));
}
