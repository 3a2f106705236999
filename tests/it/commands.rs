//! What the commands say to bad input, and how they exit.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::doorstep;

use crate::support;

/// A survey folder made by `doorstep new`.
fn survey() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = doorstep(folder.path(), &["new", "north-2026"], "");
    assert_eq!(made.status.code(), Some(0), "{}", talk(&made));
    folder
}

fn talk(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The exit code, and every one of these words said.
#[track_caller]
fn says(output: &Output, code: i32, words: &[&str]) {
    let said = talk(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// A new survey without sampling, indicators and translations; the folder of its questionnaire.
fn bare_survey(folder: &Path, name: &str) -> std::path::PathBuf {
    says(&doorstep(folder, &["new", name], ""), 0, &[]);
    let file = folder.join(name).join("survey.toml");
    let survey = fs::read_to_string(&file).unwrap();
    let top = survey.lines().take_while(|line| !line.starts_with('['));
    let top: Vec<&str> = top.filter(|line| !line.starts_with("indicators")).collect();
    fs::write(&file, top.join("\n") + "\n[rounds.baseline]\nlabel = \"Baseline\"\n").unwrap();
    let questionnaire = folder.join(name).join("questionnaire");
    fs::remove_dir_all(questionnaire.join("translations")).unwrap();
    questionnaire
}

#[test]
fn a_new_survey_runs_every_command() {
    let folder = survey();
    let inside = folder.path().join("north-2026");
    says(&doorstep(&inside, &["check"], ""), 0, &["86 questions, 4 languages", "no mistakes"]);
    says(&doorstep(&inside, &["list"], ""), 0, &["No interviews yet"]);
    says(&doorstep(&inside, &["indicators"], ""), 1, &["there are no interviews", "help:"]);
    let talked = doorstep(&inside, &["interview", "--enumerator", "a"], "1\n:p\n");
    says(&talked, 0, &["Paused", "--resume"]);
    says(&doorstep(&inside, &["list"], ""), 0, &["Interviews: 1. Finalised: 0, paused: 1"]);
    let office = folder.path().join("office");
    says(&doorstep(folder.path(), &["new", "office"], ""), 0, &["Made the survey `office`"]);
    edit(&office.join("survey.toml"), "id = \"office\"", "id = \"north-2026\"");
    let store = inside.join("data/store.db");
    says(&doorstep(&office, &["merge", store.to_str().unwrap()], ""), 0, &["1 segments in = 1 new"]);
    says(&doorstep(&office, &["merge", store.to_str().unwrap()], ""), 0, &["= 0 new + 1 duplicate"]);
}

#[test]
fn new_never_touches_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/notes.txt"), "notes").unwrap();
    says(&doorstep(folder.path(), &["new", "mine"], ""), 2, &["mine exists already", "help:"]);
    assert_eq!(fs::read_dir(folder.path().join("mine")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written beside it");
}

#[test]
fn demo_never_replaces_a_folder_of_the_users() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("demo")).unwrap();
    fs::write(folder.path().join("demo/notes.txt"), "notes").unwrap();
    says(&doorstep(folder.path(), &["demo"], ""), 2, &["demo exists already"]);
    assert_eq!(fs::read_to_string(folder.path().join("demo/notes.txt")).unwrap(), "notes");
}

#[test]
fn demo_never_deletes_what_it_did_not_make() {
    let folder = tempfile::tempdir().unwrap();
    says(&doorstep(folder.path(), &["demo"], ""), 0, &[]);
    doorstep(&folder.path().join("demo"), &["interview", "-e", "real"], ":p\n");
    says(&doorstep(folder.path(), &["demo"], ""), 2, &["an interview of `real`", "demo2"]);
    says(&doorstep(folder.path(), &["demo", "demo2"], ""), 0, &[]);
    fs::write(folder.path().join("demo2/notes.txt"), "notes").unwrap();
    says(&doorstep(folder.path(), &["demo", "demo2"], ""), 2, &["`notes.txt`"]);
}

#[test]
fn a_folder_without_a_survey_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["interview", "list", "indicators", "check"] {
        let output = doorstep(folder.path(), &[command], "");
        assert_eq!(output.status.code(), Some(2), "{}", talk(&output));
        assert!(talk(&output).contains("help:"), "{}", talk(&output));
    }
}

#[test]
fn mistakes_in_the_questionnaire_stop_an_interview() {
    let folder = survey();
    let inside = folder.path().join("north-2026");
    let questionnaire = inside.join("questionnaire/questionnaire.toml");
    edit(&questionnaire, "type = \"integer\"", "tpye = \"integer\"");
    let words = ["questionnaire.toml:", "`tpye`", "`type`"];
    says(&doorstep(&inside, &["interview", "-e", "a"], "1\n"), 1, &words);
    assert!(!inside.join("data").exists(), "nothing was begun");
    let checked = doorstep(&inside, &["check", "--json"], "");
    assert_eq!(checked.status.code(), Some(1));
    let first: serde_json::Value =
        serde_json::from_slice(checked.stdout.split(|b| *b == b'\n').next().unwrap()).unwrap();
    assert!(first["line"].as_u64().unwrap() > 1 && first["code"].as_str().unwrap().starts_with('Q'));

    fs::write(&questionnaire, "format = 1\nid = \"x").unwrap();
    says(&doorstep(&inside, &["check"], ""), 1, &["questionnaire.toml:2"]);
}

#[test]
fn mistakes_in_the_survey_file_are_shown_at_their_place() {
    let folder = survey();
    let inside = folder.path().join("north-2026");
    edit(&inside.join("survey.toml"), "minimum_cell", "minimum_cel");
    says(&doorstep(&inside, &["list"], ""), 1, &["survey.toml:", "minimum_cell"]);
}

#[test]
fn a_mistake_in_the_frame_is_one_mistake() {
    let folder = survey();
    let inside = folder.path().join("north-2026");
    let frame = inside.join("frame.csv");
    let twice = fs::read_to_string(&frame).unwrap() + "soruba,marenda,42,118,61.95\n";
    fs::write(&frame, twice).unwrap();
    let words = ["frame.csv:14", "`soruba` stands twice", "error: 1 mistake in"];
    says(&doorstep(&inside, &["check"], ""), 1, &words);
}

#[test]
fn an_answer_file_that_does_not_fit_is_refused_whole() {
    let folder = survey();
    let inside = folder.path().join("north-2026");
    let good = fs::read_to_string(support::root().join("fixtures/demo/amina.jsonl")).unwrap();
    let mut lines: Vec<String> = good.lines().take(4).map(str::to_owned).collect();
    lines[1] = lines[1].replacen("\"district\":\"marenda\"", "\"district\":\"nowhere\"", 1);
    lines[2] = lines[2].replacen("\"contact\"", "\"contcat\"", 1);
    fs::write(inside.join("answers.jsonl"), lines.join("\n")).unwrap();
    let output = doorstep(&inside, &["interview", "--answers", "answers.jsonl"], "");
    let words = [
        "answers.jsonl:2: `district`",
        "nowhere",
        "answers.jsonl:3:",
        "`contact`",
        "nothing of it was stored",
    ];
    says(&output, 1, &words);
    says(&doorstep(&inside, &["list"], ""), 0, &["Interviews: 0."]);

    // A date that no calendar has, and one interview twice.
    let odd = lines[0].replacen("2026-03-02T", "-0001-03-02T", 1);
    fs::write(inside.join("answers.jsonl"), format!("{odd}\n{0}\n{0}\n", lines[0])).unwrap();
    let output = doorstep(&inside, &["interview", "--answers", "answers.jsonl"], "");
    says(&output, 1, &["answers.jsonl:1: `started`", "answers.jsonl:3: the same interview as in line 2"]);
    says(&doorstep(&inside, &["list"], ""), 0, &["Interviews: 0."]);

    fs::write(inside.join("answers.jsonl"), "{\"enumerator\": \"a\",\n").unwrap();
    says(&doorstep(&inside, &["interview", "--answers", "answers.jsonl"], ""), 1, &["answers.jsonl:1:"]);
    says(&doorstep(&inside, &["interview", "--answers", "none.jsonl"], ""), 4, &["none.jsonl"]);
    fs::write(inside.join("answers.jsonl"), "{\n".repeat(70)).unwrap();
    let output = doorstep(&inside, &["interview", "--answers", "answers.jsonl"], "");
    says(&output, 1, &["answers.jsonl:50:", "… and 20 more lines.", "70 lines"]);
    assert!(!talk(&output).contains("answers.jsonl:51:"));

    lines.truncate(1);
    fs::write(inside.join("answers.jsonl"), &lines[0]).unwrap();
    says(&doorstep(&inside, &["interview", "--answers", "answers.jsonl"], ""), 0, &["1 interview stored"]);
    let again = doorstep(&inside, &["interview", "--answers", "answers.jsonl"], "");
    says(&again, 0, &["0 interviews stored", "1 were in the store already"]);
}

#[test]
fn merging_refuses_what_does_not_belong() {
    let folder = survey();
    let inside = folder.path().join("north-2026");
    doorstep(&inside, &["interview", "-e", "a"], "1\n:p\n");
    let store = inside.join("data/store.db");
    says(&doorstep(&inside, &["merge", "data/store.db"], ""), 3, &["cannot be merged into itself"]);
    says(&doorstep(folder.path(), &["new", "other"], ""), 0, &[]);
    let other = folder.path().join("other");
    let store = store.to_str().unwrap();
    says(&doorstep(&other, &["merge", store], ""), 3, &["`north-2026`", "`other`"]);
    fs::write(folder.path().join("cut.db"), &fs::read(store).unwrap()[..5000]).unwrap();
    says(&doorstep(&inside, &["merge", "../cut.db"], ""), 3, &["cut.db", "cut off"]);
    says(&doorstep(&inside, &["merge", "../gone.db"], ""), 4, &["gone.db"]);
    // One that is refused keeps no other out.
    doorstep(folder.path(), &["new", "third"], "");
    let third = folder.path().join("third");
    edit(&third.join("survey.toml"), "id = \"third\"", "id = \"north-2026\"");
    doorstep(&third, &["interview", "-e", "c"], "3\n:p\n");
    let both = doorstep(&inside, &["merge", "../cut.db", "../third/data/store.db"], "");
    says(&both, 3, &["1 of 2 files were not merged", "1 segments in = 1 new"]);
}

/// Two laptops go on with the same interview apart: both answers are kept, nobody wins silently,
/// and whoever answers again decides.
#[test]
fn answers_given_apart_are_a_conflict_until_somebody_decides() {
    let folder = survey();
    let inside = folder.path().join("north-2026");
    doorstep(&inside, &["interview", "-e", "a"], "1\n\n1\n1\n5\n:p\n");
    let twin = folder.path().join("twin");
    says(&doorstep(folder.path(), &["new", "twin"], ""), 0, &[]);
    edit(&twin.join("survey.toml"), "id = \"twin\"", "id = \"north-2026\"");
    says(&doorstep(&twin, &["merge", "../north-2026/data/store.db"], ""), 0, &[]);
    doorstep(&inside, &["interview", "--resume"], "2\n:p\n");
    doorstep(&twin, &["interview", "--resume"], "3\n:p\n");
    let merged = doorstep(&inside, &["merge", "../twin/data/store.db"], "");
    says(&merged, 0, &["1 interview with answers in conflict"]);
    let listed = doorstep(&inside, &["list"], "");
    assert!(String::from_utf8(listed.stdout).unwrap().contains("answers in conflict"));
    let review = doorstep(&inside, &["interview", "--resume"], ":v\n:p\n");
    assert!(String::from_utf8(review.stdout).unwrap().contains("two laptops answered differently"));
    doorstep(&inside, &["interview", "--resume"], ":j contact\n2\n:p\n");
    says(&doorstep(&twin, &["merge", "../north-2026/data/store.db"], ""), 0, &["= 3 new"]);
    for place in [&inside, &twin] {
        let listed = String::from_utf8(doorstep(place, &["list"], "").stdout).unwrap();
        assert!(!listed.contains("conflict"), "{listed}");
    }
}

#[test]
fn an_open_store_names_its_holder() {
    let folder = survey();
    let inside = folder.path().join("north-2026");
    let mut first = std::process::Command::new(env!("CARGO_BIN_EXE_doorstep"))
        .current_dir(&inside)
        .args(["interview", "-e", "a"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // The first question shows only when the store is open.
    let mut one = [0; 1];
    std::io::Read::read_exact(first.stdout.as_mut().unwrap(), &mut one).unwrap();
    for command in [&["interview", "-e", "b"][..], &["list"]] {
        let words = ["is open already: `doorstep interview`, process"];
        says(&doorstep(&inside, command, ""), 4, &words);
    }
    drop(first.stdin.take());
    first.wait().unwrap();
    says(&doorstep(&inside, &["list"], ""), 0, &["in progress: 1"]);
}

#[test]
fn results_are_never_written_over_by_mistake() {
    let folder = tempfile::tempdir().unwrap();
    doorstep(folder.path(), &["demo"], "");
    let inside = folder.path().join("demo");
    fs::write(inside.join("mine.csv"), "mine").unwrap();
    says(&doorstep(&inside, &["indicators", "--out", "mine.csv"], ""), 2, &["exists already", "--force"]);
    assert_eq!(fs::read_to_string(inside.join("mine.csv")).unwrap(), "mine");
    says(
        &doorstep(&inside, &["indicators", "--out", "mine.csv", "--force"], ""),
        0,
        &["numbers in mine.csv"],
    );
    says(&doorstep(&inside, &["indicators", "--out", "no/such/folder.csv"], ""), 4, &["folder.csv"]);
    for own in ["data/store.db", "data/device.key", "survey.toml", "frame.csv"] {
        let before = fs::read(inside.join(own)).unwrap();
        let refused = doorstep(&inside, &["indicators", "--out", own, "--force"], "");
        says(&refused, 2, &["not a place for results"]);
        assert_eq!(fs::read(inside.join(own)).unwrap(), before);
    }
    let arabic = doorstep(&inside, &["indicators", "--language", "ar"], "");
    assert!(String::from_utf8(arabic.stdout).unwrap().contains("أنثى"));
    says(&doorstep(&inside, &["indicators", "--language", "xx"], ""), 2, &["no language `xx`", "ar"]);
}

/// What a survey file, a file name or an answer holds cannot reach the terminal as a command.
#[test]
fn control_characters_are_shown_not_obeyed() {
    let folder = survey();
    let inside = folder.path().join("north-2026");
    let output = doorstep(&inside, &["interview", "--answers", "a\u{1b}[2Jb.jsonl"], "");
    assert!(!output.stderr.contains(&0x1b), "{}", talk(&output));
    let typed = doorstep(&inside, &["interview", "-e", "a\u{1b}]0;x\u{7}"], "\u{1b}[2J\n:p\n");
    assert!(!typed.stdout.contains(&0x1b) && !typed.stderr.contains(&0x1b));
    let listed = doorstep(&inside, &["list"], "");
    assert!(!listed.stdout.contains(&0x1b), "{}", String::from_utf8_lossy(&listed.stdout));
}

#[test]
fn a_watched_folder_is_checked_again_after_each_save() {
    use std::io::{BufRead, BufReader};
    let folder = survey();
    let inside = folder.path().join("north-2026");
    let mut watching = std::process::Command::new(env!("CARGO_BIN_EXE_doorstep"))
        .current_dir(&inside)
        .args(["check", "--watch"])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // Ends with the process, which is killed should a line never come.
    let mut lines = BufReader::new(watching.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut wait_for = |words: &str| lines.by_ref().any(|line| line.contains(words));
    assert!(wait_for("no mistakes"));
    assert!(wait_for("save a file to check again"));
    let file = inside.join("questionnaire/questionnaire.toml");
    edit(&file, "type = ", "tpye = ");
    assert!(wait_for("`tpye`"));
    assert!(wait_for("save a file to check again"));
    edit(&file, "tpye = ", "type = ");
    assert!(wait_for("no mistakes"));
    watching.kill().unwrap();
    watching.wait().unwrap();
}

/// An interview stays with its version of the questionnaire until somebody moves it, and takes all
/// its answers along.
#[test]
fn a_paused_interview_moves_to_a_new_version_only_on_command() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("short");
    let questionnaire = bare_survey(folder.path(), "short");
    let form = |version: u32, rest: &str| {
        let text = format!(
            "format = 1\nid = \"short\"\nversion = \"{version}\"\nlanguage = \"en\"\ntitle = \"Short\"\n[[sections]]\nname = \"s\"\nlabel = \"S\"\n{rest}"
        );
        fs::write(questionnaire.join("questionnaire.toml"), text).unwrap();
    };
    let number = |name: &str, label: &str, more: &str| {
        format!("[[sections.questions]]\nname = \"{name}\"\ntype = \"integer\"\nlabel = \"{label}\"\n{more}")
    };

    form(
        1,
        &(number("age", "Age?", "")
            + &number("cows", "Cows?", "")
            + &number("rooms", "Rooms?", "")
            + &number("last", "Last?", "")),
    );
    says(&doorstep(&inside, &["interview", "--enumerator", "a"], "7\n3\n2\n:p\n"), 0, &["Paused"]);
    says(&doorstep(&inside, &["upgrade"], ""), 0, &["is asked with version 1 already"]);

    let newer = number("age", "Age?", "constraint = \". >= 18\"\n")
        + &number("goats", "Goats?", "")
        + &number("rooms", "Rooms?", "relevant = \"${age} > 50\"\n")
        + &number("last", "Last?", "");
    form(2, &newer);
    let shown = doorstep(&inside, &["upgrade"], "");
    says(&shown, 0, &["Nothing was changed"]);
    let out = String::from_utf8(shown.stdout).unwrap();
    let expected = "version 1 → 2\n  0 answers kept as they are.\n  Answered, but asked again because the answer does not fit any more:\n    Age?\n  New questions:\n    Goats?\n  Answered, but not asked any more (the answers stay in the journal):\n    Rooms?\n  Answered, but not in the questionnaire any more (the answers stay in the journal):\n    Cows?\n";
    assert!(out.ends_with(expected), "{out}");

    // Without the command it goes on as it was begun.
    let resumed = doorstep(&inside, &["interview", "--resume"], ":p\n");
    says(&resumed, 0, &["It is asked with version 1", "doorstep upgrade"]);
    assert!(String::from_utf8(resumed.stdout).unwrap().contains("[4/4] Last?"));

    says(&doorstep(&inside, &["upgrade", "--apply"], ""), 0, &["Moved."]);
    says(&doorstep(&inside, &["upgrade"], ""), 0, &["is asked with version 2 already"]);
    let resumed = doorstep(&inside, &["interview", "--resume"], ":j 1\n60\n:v\n:p\n");
    let out = String::from_utf8(resumed.stdout.clone()).unwrap();
    assert!(!talk(&resumed).contains("It is asked with"), "{}", talk(&resumed));
    // Once the age allows it, the answer about rooms is there again.
    assert!(out.contains("Rooms? 2"), "{out}");
    assert!(out.contains("Goats? (not answered)"), "{out}");
}

/// A file that is given as an answer is kept in the store, travels with it, and comes out again.
#[test]
fn files_are_kept_with_their_interviews() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("photos");
    let questionnaire = bare_survey(folder.path(), "photos");
    let text = "format = 1\nid = \"photos\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Photos\"\n[[sections]]\nname = \"s\"\nlabel = \"S\"\n[[sections.questions]]\nname = \"photo\"\ntype = \"file\"\nlabel = \"A photo?\"\nendings = [\"jpg\"]\n";
    fs::write(questionnaire.join("questionnaire.toml"), text).unwrap();
    let photo: Vec<u8> = (0..200_000_u32).map(|n| (n % 251 * (n % 249) % 256) as u8).collect();
    fs::write(inside.join("house 1.JPG"), &photo).unwrap();
    fs::write(inside.join("notes.txt"), "no photo").unwrap();

    let typed = "notes.txt\nnowhere.jpg\n.\n'house 1.JPG'\n:f\ny\n";
    let held = doorstep(&inside, &["interview", "--enumerator", "a"], typed);
    says(&held, 0, &["Finalised"]);
    let out = String::from_utf8(held.stdout).unwrap();
    for words in ["must end in .jpg", "nowhere.jpg cannot be read", "….jpg"] {
        assert!(out.contains(words), "{words}: {out}");
    }
    // The file itself may vanish now.
    fs::remove_file(inside.join("house 1.JPG")).unwrap();

    let office = folder.path().join("office");
    fs::create_dir(&office).unwrap();
    for name in ["survey.toml", "questionnaire/questionnaire.toml"] {
        fs::create_dir_all(office.join(name).parent().unwrap()).unwrap();
        fs::copy(inside.join(name), office.join(name)).unwrap();
    }
    let store = inside.join("data/store.db");
    says(&doorstep(&office, &["merge", store.to_str().unwrap()], ""), 0, &["1 new", "; 1 new file"]);
    says(&doorstep(&office, &["merge", store.to_str().unwrap()], ""), 0, &["1 duplicate"]);
    says(&doorstep(&office, &["attachments", "--out", "out"], ""), 0, &["1 file, 1 of them written to out."]);
    says(&doorstep(&office, &["attachments", "--out", "out"], ""), 0, &["1 file, 0 of them written"]);
    let kept: Vec<_> = fs::read_dir(office.join("out")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].extension().unwrap(), "jpg");
    assert_eq!(fs::read(&kept[0]).unwrap(), photo);
}

/// A receiver's last sentence with a fix is the place; one without a fix is none.
#[test]
fn a_place_is_taken_from_a_receiver() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("places");
    let questionnaire = bare_survey(folder.path(), "places");
    let text = "format = 1\nid = \"places\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Places\"\n[[sections]]\nname = \"s\"\nlabel = \"S\"\n[[sections.questions]]\nname = \"home\"\ntype = \"geopoint\"\nlabel = \"Where?\"\n";
    fs::write(questionnaire.join("questionnaire.toml"), text).unwrap();
    let lost = "$GPGGA,123519,4807.038,N,01131.000,E,0,08,0.9,545.4,M,46.9,M,,\n";
    fs::write(inside.join("lost.txt"), lost).unwrap();
    let fixed = "noise\n$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\n$GPRMC,1,A,1530.000,N,04430.000,E,,,,\n$GPG";
    fs::write(inside.join("fixed.txt"), fixed).unwrap();
    let held = |path: &str| {
        let output = doorstep(&inside, &["interview", "-e", "a", "--gps", path], "gps\n:p\n");
        String::from_utf8(output.stdout).unwrap()
    };
    let out = held("fixed.txt");
    assert!(out.contains("Type gps") && out.contains("Where? 15.5 44.5"), "{out}");
    assert!(held("lost.txt").contains("lost.txt tells no place"));
    assert!(held("nowhere").contains("nowhere cannot be read"));
    let without = doorstep(&inside, &["interview", "-e", "a"], "gps\n:p\n");
    let out = String::from_utf8(without.stdout).unwrap();
    assert!(out.contains("begin with --gps") && !out.contains("Type gps"), "{out}");
}

/// `--force` is for earlier results: what a survey lives from is never replaced.
#[test]
fn no_result_replaces_what_the_survey_lives_from() {
    let folder = tempfile::tempdir().unwrap();
    let survey = folder.path().join("demo");
    doorstep(folder.path(), &["demo", "demo"], "");
    let frame = fs::read_dir(&survey)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| {
            name.ends_with(".csv")
                && fs::read_to_string(survey.join("survey.toml")).unwrap().contains(name.as_str())
        });
    let store = fs::read_dir(survey.join("data")).unwrap().map(|e| e.unwrap().path());
    let store = store.filter(|path| path.extension().is_some_and(|e| e == "db")).min().unwrap();
    let store = store.strip_prefix(&survey).unwrap().to_str().unwrap().to_owned();
    let own = [Some(store), Some("data/device.key".to_owned()), Some("survey.toml".to_owned()), frame];
    for target in own
        .into_iter()
        .flatten()
        .chain(["questionnaire/questionnaire.toml".to_owned(), "data/new.csv".to_owned()])
    {
        let before = fs::read(survey.join(&target)).ok();
        for command in [
            vec!["indicators", "--out", &target],
            vec!["report", "--out", &target],
            vec!["codebook", "--out", &target],
            vec!["pack", &target],
            vec!["print", "--out", &target],
            vec!["simulate", "-n", "3", "--answers", &target],
            vec!["translate", "export", "--language", "so", "--out", &target],
            vec!["export", "sqlite", "--out", &target],
        ] {
            let output = doorstep(&survey, &[&command[..], &["--force"]].concat(), "");
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{command:?}: {said}");
            assert_eq!(fs::read(survey.join(&target)).ok(), before, "{command:?}");
        }
    }
}
