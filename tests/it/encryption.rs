//! Stores that nobody reads without their passphrase, as enumerators and the office use them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use doorstep::store::{Access, At, Store, StoreError, StoreKey};
use expectrl::{Eof, Expect, Session};
use tempfile::TempDir;

use crate::support::doorstep;

const WORDS: &str = "seven loud wells sleep";
const ANSWER: &str = "a first answer";
/// What must not be found in any file: the name stands in the summaries as it is.
const WHO: &str = "amina-of-zanzibar";

/// A survey of three texts, the passphrase in a file beside it.
fn survey(more: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let questions: String = (1..=3)
        .map(|n| {
            format!("[[sections.questions]]\nname = \"q{n}\"\ntype = \"text\"\nlabel = \"Question {n}\"\n")
        })
        .collect();
    fs::create_dir(folder.path().join("questionnaire")).unwrap();
    fs::write(
        folder.path().join("questionnaire/questionnaire.toml"),
        format!(
            "format = 1\nid = \"sealed\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Sealed\"\n\
             [[sections]]\nname = \"only\"\nlabel = \"Only\"\n{questions}"
        ),
    )
    .unwrap();
    fs::write(
        folder.path().join("survey.toml"),
        format!(
            "format = 1\nid = \"sealed\"\ntitle = \"Sealed\"\nquestionnaire = \"questionnaire\"\n\
             store = \"data/store.db\"\nround = \"baseline\"\n{more}\n[rounds.baseline]\nlabel = \"Baseline\"\n"
        ),
    )
    .unwrap();
    fs::write(folder.path().join("words"), format!("{WORDS}\n")).unwrap();
    fs::write(folder.path().join("wrong"), "seven loud wells wake\n").unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str], typed: &str) -> (String, i32) {
    let output = doorstep(folder, arguments, typed);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (said, output.status.code().unwrap())
}

#[track_caller]
fn done(folder: &Path, arguments: &[&str], typed: &str) -> String {
    let (said, code) = run(folder, arguments, typed);
    assert_eq!(code, 0, "{arguments:?}: {said}");
    said
}

fn interview(folder: &Path) {
    done(folder, &["interview", "-e", WHO, "--passphrase-file", "words"], &format!("{ANSWER}\ntwo\n:p\n"));
}

fn encrypt(folder: &Path) -> String {
    done(folder, &["encrypt", "--new-passphrase-file", "words", "--work", "14"], "")
}

/// Whether these bytes are in any file of the data folder.
fn is_on_disk(folder: &Path, needle: &[u8]) -> bool {
    fs::read_dir(folder.join("data")).unwrap().any(|entry| {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        bytes.windows(needle.len()).any(|window| window == needle)
    })
}

#[test]
fn nothing_of_an_encrypted_store_can_be_read_without_its_passphrase() {
    let survey = survey("");
    let folder = survey.path();
    interview(folder);
    assert!(is_on_disk(folder, WHO.as_bytes()), "otherwise this test shows nothing");
    let device = fs::read(folder.join("data/device.key")).unwrap();
    let said = encrypt(folder);
    assert!(said.contains("is encrypted") && said.contains("whoever forgets it loses"), "{said}");

    assert!(!is_on_disk(folder, WHO.as_bytes()));
    assert!(!is_on_disk(folder, b"SQLite format 3"));
    assert!(!is_on_disk(folder, &device), "the laptop's own key lies open");
    for command in [
        &["list"][..],
        &["interview", "-e", "b"],
        &["pack", "out.doorpack"],
        &["doctor"],
        &["export", "csv", "--out", "out"],
        &["decrypt"],
        &["passphrase", "--new-passphrase-file", "wrong"],
    ] {
        let (said, code) = run(folder, &[command, &["--passphrase-file", "wrong"]].concat(), "x\n");
        assert_eq!(code, 2, "{command:?}: {said}");
        assert!(
            said.contains("does not open data/store.db") || said.contains("does not open ./data/store.db"),
            "{said}"
        );
    }
    let wrong = StoreKey::from_secret([7; 32]);
    let path = folder.join("data/store.db");
    let refused = Store::open(At::new(&path, Some(&wrong)), Access::Read, "").unwrap_err();
    assert!(matches!(refused, StoreError::NotAStore { .. }), "{refused}");
    assert!(matches!(Store::open(&path, Access::Read, "").unwrap_err(), StoreError::Encrypted { .. }));

    // With it everything goes on, on the same laptop.
    done(folder, &["interview", "--resume", "--passphrase-file", "words"], "three\n:f\ny\n");
    let listed = done(folder, &["list", "--passphrase-file", "words"], "");
    assert!(listed.contains("Finalised: 1"), "{listed}");
    assert!(!is_on_disk(folder, WHO.as_bytes()));
    for command in [
        &["doctor", "--deep", "--restore-drill"][..],
        &["doctor", "--compact"],
        &["pack", "out.doorpack"],
        &["export", "csv", "--out", "out", "--with", "q1"],
    ] {
        done(folder, &[command, &["--passphrase-file", "words"]].concat(), "");
    }
    assert!(fs::read_to_string(folder.join("out/interviews.csv")).unwrap().contains(ANSWER));
    assert!(!is_on_disk(folder, WHO.as_bytes()), "what compacts or drills leaves traces");
    let said = encrypt_again(folder);
    assert!(said.contains("encrypted already"), "{said}");

    done(folder, &["decrypt", "--passphrase-file", "words"], "");
    assert_eq!(fs::read(folder.join("data/device.key")).unwrap(), device);
    assert!(!folder.join("data/secrets.age").exists());
    assert!(done(folder, &["list"], "").contains("Finalised: 1"));
}

fn encrypt_again(folder: &Path) -> String {
    done(folder, &["encrypt", "--passphrase-file", "words", "--new-passphrase-file", "wrong"], "")
}

#[test]
fn a_survey_can_want_its_stores_encrypted() {
    let survey = survey("encrypted = true");
    let folder = survey.path();
    interview(folder);
    assert!(folder.join("data/secrets.age").exists());
    assert!(!is_on_disk(folder, WHO.as_bytes()));
    assert!(!folder.join("data/device.key").exists());
    let (said, code) = run(folder, &["list"], "");
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("no terminal to ask") && said.contains("--passphrase-file"), "{said}");
}

#[test]
fn a_short_passphrase_and_a_lost_key_file_are_told() {
    let survey = survey("");
    let folder = survey.path();
    interview(folder);
    fs::write(folder.join("short"), "sesame\n").unwrap();
    let (said, code) = run(folder, &["encrypt", "--new-passphrase-file", "short"], "");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("too short"), "{said}");
    assert!(is_on_disk(folder, WHO.as_bytes()), "nothing was changed");
    encrypt(folder);
    fs::rename(folder.join("data/secrets.age"), folder.join("elsewhere")).unwrap();
    let (said, code) = run(folder, &["list", "--passphrase-file", "words"], "");
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("secrets.age"), "{said}");
    let sealed = fs::read(folder.join("elsewhere")).unwrap();
    fs::write(folder.join("data/secrets.age"), &sealed[..sealed.len() - 5]).unwrap();
    let (said, code) = run(folder, &["list", "--passphrase-file", "words"], "");
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("are damaged"), "{said}");
}

#[test]
fn the_office_opens_what_an_enumerator_forgot_and_merges_what_was_copied() {
    let survey = survey("");
    let folder = survey.path();
    let public = done(folder, &["new-key", "office.key"], "");
    let public = public.lines().next().unwrap();
    let text = fs::read_to_string(folder.join("survey.toml")).unwrap();
    fs::write(folder.join("survey.toml"), format!("{text}[package]\nrecipients = [\"{public}\"]\n")).unwrap();
    interview(folder);
    let said = encrypt(folder);
    assert!(said.contains("office's keys open it too"), "{said}");
    fs::write(folder.join("new"), "four other good words\n").unwrap();
    done(
        folder,
        &["passphrase", "--identity", "office.key", "--new-passphrase-file", "new", "--work", "14"],
        "",
    );
    assert_eq!(run(folder, &["list", "--passphrase-file", "words"], "").1, 2);
    assert!(done(folder, &["list", "--passphrase-file", "new"], "").contains("paused: 1"));

    // A folder that was copied by hand is opened with the office's key, or with the laptop's passphrase.
    let office = self::survey("");
    fs::copy(folder.join("survey.toml"), office.path().join("survey.toml")).unwrap();
    let source = folder.join("data/store.db");
    let source = source.to_str().unwrap();
    let key = folder.join("office.key");
    let new = folder.join("new");
    let merged = done(office.path(), &["merge", source, "--identity", key.to_str().unwrap()], "");
    assert!(merged.contains("1 new"), "{merged}");
    let merged = done(office.path(), &["merge", source, "--passphrase-file", new.to_str().unwrap()], "");
    assert!(merged.contains("1 duplicate"), "{merged}");
    let (said, code) = run(office.path(), &["merge", source, "--passphrase-file", "wrong"], "");
    assert_eq!(code, 2, "{said}");
}

#[test]
fn the_passphrase_is_asked_for_at_the_terminal_and_not_shown() {
    let survey = survey("encrypted = true");
    let folder = survey.path();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_doorstep"));
    command.current_dir(folder).args(["interview", "--plain", "-e", WHO]);
    let mut terminal = Session::spawn(command).unwrap();
    terminal.set_expect_timeout(Some(Duration::from_mins(1)));
    terminal.expect("New passphrase").unwrap();
    terminal.send_line("short").unwrap();
    terminal.expect("too short").unwrap();
    terminal.expect("New passphrase").unwrap();
    terminal.send_line(WORDS).unwrap();
    terminal.expect("Once more").unwrap();
    terminal.send_line(WORDS).unwrap();
    let shown = terminal.expect("Question 1").unwrap();
    assert!(!String::from_utf8_lossy(shown.as_bytes()).contains(WORDS));
    terminal.send_line(ANSWER).unwrap();
    terminal.expect("Question 2").unwrap();
    terminal.send_line(":p").unwrap();
    terminal.expect("Paused").unwrap();
    terminal.expect(Eof).unwrap();

    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_doorstep"));
    command.current_dir(folder).arg("list");
    let mut terminal = Session::spawn(command).unwrap();
    terminal.set_expect_timeout(Some(Duration::from_mins(1)));
    terminal.expect("Passphrase:").unwrap();
    terminal.send_line("something else").unwrap();
    terminal.expect("That is not it").unwrap();
    terminal.expect("Passphrase:").unwrap();
    terminal.send_line(WORDS).unwrap();
    // What fingers are ahead with while the passphrase is tried is nobody's to see.
    terminal.send_line("typed ahead").unwrap();
    let shown = terminal.expect("paused: 1").unwrap();
    assert!(!String::from_utf8_lossy(shown.as_bytes()).contains("typed ahead"));
}

#[test]
#[cfg(unix)]
fn without_a_terminal_it_is_said_which_passphrase_is_wanted() {
    let survey = survey("");
    let folder = survey.path();
    interview(folder);
    let run = |arguments: &[&str]| {
        // `setsid` takes the terminal away that tests may have.
        let output = std::process::Command::new("setsid")
            .args(["--wait", env!("CARGO_BIN_EXE_doorstep")])
            .args(arguments)
            .current_dir(folder)
            .env("DOORSTEP_PASSPHRASE_FILE", "words")
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        (String::from_utf8(output.stderr).unwrap(), output.status.code())
    };
    let (said, code) = run(&["encrypt"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("a new passphrase is wanted") && said.contains("--new-passphrase-file"), "{said}");
    let (said, code) = run(&["encrypt", "--new-passphrase-file", "words", "--work", "14"]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn a_store_that_was_moved_away_is_opened_when_it_comes_back() {
    let survey = survey("encrypted = true");
    let folder = survey.path();
    interview(folder);
    let (store, away) = (folder.join("data/store.db"), folder.join("away.db"));
    fs::rename(&store, &away).unwrap();
    let said = done(folder, &["interview", "-e", "b", "--passphrase-file", "words"], "x\n:p\n");
    assert!(said.contains("Secrets from before"), "{said}");
    fs::rename(&away, &store).unwrap();
    let listed = done(folder, &["list", "--passphrase-file", "words"], "");
    assert!(listed.contains(WHO), "{listed}");
}

#[test]
fn encrypting_leaves_no_copy_of_an_earlier_format() {
    let survey = survey("");
    let folder = survey.path();
    let text = fs::read_to_string(folder.join("survey.toml")).unwrap();
    fs::write(folder.join("survey.toml"), text.replace("id = \"sealed\"", "id = \"visit\"")).unwrap();
    fs::create_dir(folder.join("data")).unwrap();
    let old = crate::support::root().join("fixtures/stores/format-1/store.db");
    fs::copy(old, folder.join("data/store.db")).unwrap();
    let said = encrypt(folder);
    assert!(said.contains("which held it in clear"), "{said}");
    assert!(!is_on_disk(folder, b"SQLite format 3"));
}

#[test]
fn an_encryption_that_was_cut_off_is_told_and_finished() {
    let survey = survey("");
    let folder = survey.path();
    interview(folder);
    encrypt(folder);
    let secrets = folder.join("data/secrets.age");
    let kept = fs::read(&secrets).unwrap();
    done(folder, &["decrypt", "--passphrase-file", "words"], "");
    fs::write(&secrets, kept).unwrap();
    let (said, code) = run(folder, &["doctor"], "");
    assert!(code == 3 && said.contains("can be read without"), "{said}");
    let said = done(folder, &["interview", "-e", WHO], "three\n:p\n");
    assert!(said.contains("`doorstep encrypt` or `doorstep decrypt` finishes it"), "{said}");
    done(folder, &["encrypt", "--passphrase-file", "words"], "");
    assert!(!is_on_disk(folder, ANSWER.as_bytes()));
    done(folder, &["doctor", "--passphrase-file", "words"], "");
}
