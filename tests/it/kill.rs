//! Power cuts, as far as a process can have them: kill -9 at random moments of an interview.
//!
//! The screen is the promise: a question shows only when the answer before it is on the disk. So
//! whatever the screen has shown when the process dies, the store must have.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use doorstep::journal::Fact;
use doorstep::store::{Access, Store};

const QUESTIONS: usize = 25;
const KILLS: u32 = 200;

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
