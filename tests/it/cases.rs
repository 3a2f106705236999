//! Interviews as cases: outcomes of visits, appointments, reopening, and what an audit shows.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

use crate::support::doorstep;

/// A survey of two questions, the second sensitive.
fn survey() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("questionnaire")).unwrap();
    fs::write(
        folder.path().join("questionnaire/questionnaire.toml"),
        "format = 1\nid = \"cases\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Cases\"\n\
         [[sections]]\nname = \"only\"\nlabel = \"Only\"\n\
         [[sections.questions]]\nname = \"village\"\ntype = \"text\"\nlabel = \"Which village?\"\n\
         [[sections.questions]]\nname = \"harm\"\ntype = \"text\"\nlabel = \"Who harmed you?\"\nsensitive = true\n",
    )
    .unwrap();
    fs::write(
        folder.path().join("survey.toml"),
        "format = 1\nid = \"cases\"\ntitle = \"Cases\"\nquestionnaire = \"questionnaire\"\n\
         store = \"data/store.db\"\nround = \"baseline\"\n[rounds.baseline]\nlabel = \"Baseline\"\n",
    )
    .unwrap();
    folder
}

/// What a command prints, which must end well.
#[track_caller]
fn printed(folder: &Path, arguments: &[&str], typed: &str) -> String {
    let output = doorstep(folder, arguments, typed);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The command is refused with these words.
#[track_caller]
fn refused(folder: &Path, arguments: &[&str], words: &[&str]) {
    let output = doorstep(folder, arguments, "");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

fn listed(folder: &Path, filters: &[&str]) -> Vec<serde_json::Value> {
    let lines = printed(folder, &[&["list", "--json"], filters].concat(), "");
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn id_of(interview: &serde_json::Value) -> String {
    interview["id"].as_str().unwrap().to_owned()
}

#[test]
fn nobody_home_is_a_case_that_goes_on_later() {
    let survey = survey();
    let folder = survey.path();
    refused(folder, &["outcome", "-d", "nobody_home"], &["--enumerator"]);
    refused(folder, &["outcome", "-d", "asleep", "-e", "amina"], &["asleep", "nobody_home"]);
    assert!(!folder.join("data/store.db").exists() || listed(folder, &[]).is_empty());
    let visit = ["outcome", "-d", "nobody_home", "-e", "amina", "--note", "dog barked"];
    printed(folder, &[&visit[..], &["--appointment", "2099-01-02 10:00"]].concat(), "");
    let cases = listed(folder, &["--disposition", "nobody_home"]);
    assert_eq!(cases.len(), 1);
    assert!(cases[0]["appointment"].as_str().unwrap().starts_with("2099-01-02T10:00"));
    // It is not due yet, but waiting.
    assert!(listed(folder, &["--due"]).is_empty());
    assert_eq!(listed(folder, &["--unfinished"]).len(), 1);

    let shown = printed(folder, &["interview", "--resume"], "Marenda\nnobody\nf\ny\n");
    assert!(shown.contains("Which village?"), "{shown}");
    let done = listed(folder, &["--state", "finalised"]);
    assert_eq!(done.len(), 1);
    assert!(done[0]["disposition"].is_null(), "an interview that went on forgets its visit: {}", done[0]);
}

#[test]
fn an_appointment_is_to_come_and_fits_its_outcome() {
    let survey = survey();
    let folder = survey.path();
    let visit = |name, at| ["outcome", "-d", name, "-e", "amina", "--appointment", at];
    refused(folder, &visit("postponed", "2001-01-01 10:00"), &["1 January 2001 10:00 is over already"]);
    refused(folder, &visit("postponed", "tomorrow"), &["`tomorrow` is not a moment", "2026-03-31 14:30"]);
    refused(folder, &visit("refused", "2099-01-01 10:00"), &["Nobody comes again"]);
    assert!(listed(folder, &[]).is_empty(), "a refused outcome leaves no case behind");
    refused(folder, &["list", "--state", "done"], &["done", "finalised"]);
}

#[test]
fn a_refusal_at_the_door_ends_the_case() {
    let survey = survey();
    let folder = survey.path();
    let shown = printed(folder, &["interview", "-e", "amina"], "Marenda\n:o\n:o refused the son said no\n");
    assert!(shown.contains("4 nobody home"), "`:o` alone lists the outcomes: {shown}");
    assert_eq!(listed(folder, &["--disposition", "refused"]).len(), 1);
    assert!(listed(folder, &["--unfinished"]).is_empty());
    // The latest to go on with is none; by its id it can be taken up all the same.
    refused(folder, &["interview", "--resume"], &["no interview is unfinished"]);
    let id = id_of(&listed(folder, &[])[0]);
    printed(folder, &["interview", "--resume", &id], ":p\n");
    assert!(listed(folder, &["--disposition", "refused"]).is_empty());
}

#[test]
fn a_finalised_interview_is_reopened_for_a_reason() {
    let survey = survey();
    let folder = survey.path();
    printed(folder, &["interview", "-e", "amina"], "Marenda\nnobody\nf\ny\n");
    let id = id_of(&listed(folder, &[])[0]);
    refused(folder, &["reopen", &id, "--reason", "  "], &["for a reason"]);
    refused(folder, &["interview", "--resume", &id], &["no unfinished interview"]);
    printed(folder, &["reopen", &id, "--reason", "wrong village"], "");
    refused(folder, &["reopen", &id, "--reason", "again"], &["no finalised interview"]);
    let shown = printed(folder, &["interview", "--resume"], "1\nTosavi\n:v\nf\ny\n");
    assert!(shown.contains("Review"), "{shown}");
    assert_eq!(listed(folder, &["--state", "finalised"]).len(), 1);
    let audit = printed(folder, &["audit", &id], "");
    assert!(audit.contains("reopened: wrong village"), "{audit}");
    assert!(audit.contains("answered village: Tosavi"), "{audit}");
}

#[test]
fn laptops_agree_on_a_reopened_interview_whatever_comes_first() {
    let (one, other) = (survey(), survey());
    printed(one.path(), &["interview", "-e", "amina"], "Marenda\nnobody\nf\ny\n");
    let id = id_of(&listed(one.path(), &[])[0]);
    let early = one.path().join("early.db");
    fs::copy(one.path().join("data/store.db"), &early).unwrap();
    printed(one.path(), &["reopen", &id, "--reason", "wrong village"], "");
    printed(one.path(), &["interview", "--resume"], ":o partial\n");
    let late = one.path().join("data/store.db");
    // The later store first, and then what it knew long ago.
    printed(other.path(), &["merge", late.to_str().unwrap()], "");
    printed(other.path(), &["merge", early.to_str().unwrap()], "");
    assert_eq!(listed(one.path(), &[]), listed(other.path(), &[]));
    assert_eq!(listed(other.path(), &["--disposition", "partial"]).len(), 1);
}

#[test]
fn an_audit_tells_everything_but_what_could_harm() {
    let survey = survey();
    let folder = survey.path();
    printed(folder, &["interview", "-e", "amina"], ":c the dog barked\nMarenda\nmy uncle\n:b\n:p\n");
    let id = id_of(&listed(folder, &[])[0]);
    let audit = printed(folder, &["audit", &id], "");
    for told in [
        "began: amina",
        "remarked on village: the dog barked",
        "answered village: Marenda",
        "0 s  sensitive questions",
        "paused",
        "Time per question",
    ] {
        assert!(audit.contains(told), "`{told}` is not in: {audit}");
    }
    assert!(!audit.contains("uncle") && !audit.contains("harm"), "{audit}");
    let all = printed(folder, &["audit", &id, "--answers"], "");
    assert!(all.contains("answered harm: my uncle") && all.contains("went to harm"), "{all}");
    let lines = printed(folder, &["audit", &id, "--json"], "");
    assert!(!lines.contains("uncle") && !lines.contains("harm"), "{lines}");
    for line in lines.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(event["what"].is_string() && event["seconds"].is_i64());
    }
}

/// A date in another form must not become a note that nobody is reminded by.
#[test]
fn an_appointment_that_is_mistyped_is_asked_for_again() {
    let survey = survey();
    let folder = survey.path();
    let printed = printed(
        folder,
        &["interview", "-e", "amina"],
        ":o postponed 25-11-2999 10:00\n:o postponed 2999-11-25 10:00 at noon\n",
    );
    assert!(printed.contains("`25-11-2999 10:00` is not a moment"), "{printed}");
    assert!(listed(folder, &[])[0]["appointment"].as_str().unwrap().starts_with("2999-11-25T10:00"));
}

/// Those who interview read lists, outcomes and audits in their language; programs read names that
/// stay.
#[test]
fn lists_and_audits_speak_the_language_of_the_field() {
    let survey = survey();
    let folder = survey.path();
    let text = |arguments: &[&str]| {
        let output = doorstep(folder, arguments, "");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    printed(folder, &["interview", "-e", "amina"], "Marenda\nnobody\n:p\n");
    let id = id_of(&listed(folder, &[])[0]);
    let outcome = text(&["outcome", &id, "-d", "postponed", "--appointment", "2099-01-02 10:00", "-l", "sw"]);
    assert!(outcome.contains("imeahirishwa, kurudi 2 Januari 2099 10:00"), "{outcome}");
    let list = text(&["list", "--language", "sw"]);
    for told in ["kitambulisho", "mhoji", "yamesitishwa", "imeahirishwa", "Mahojiano: 1"] {
        assert!(list.contains(told), "`{told}` is not in: {list}");
    }
    let list = text(&["list", "-l", "bn"]);
    assert!(list.contains("বিরতিতে") && list.contains("পরে হবে"), "{list}");
    // Cells of a row from right to left keep their places.
    let list = text(&["list", "-l", "ar"]);
    assert!(list.lines().take(2).all(|row| row.matches('\u{200f}').count() == 6), "{list}");
    let audit = text(&["audit", &id, "-l", "ar"]);
    assert!(audit.contains("أُجيب village: Marenda") && audit.contains("زيارة: مؤجلة"), "{audit}");
    assert!(audit.contains("أسئلة حساسة"), "{audit}");
    assert_eq!(listed(folder, &["-l", "ar"]), listed(folder, &[]));
    let json = printed(folder, &["audit", &id, "--json", "-l", "ar"], "");
    assert!(json.contains("answered village: Marenda"), "{json}");
    refused(folder, &["list", "-l", "xx"], &["no language `xx`", "en, ar, bn, sw"]);
    refused(folder, &["outcome", "zz", "-d", "refused", "-l", "sw"], &["hakuna mahojiano", "doorstep list"]);
    // By the laptop's setting, and in what is said around an interview.
    let paused = Command::new(env!("CARGO_BIN_EXE_doorstep"))
        .current_dir(folder)
        .args(["reopen", &id, "--reason", "x"])
        .env("DOORSTEP_LANGUAGE", "sw")
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&paused.stderr).contains("hakuna mahojiano yaliyokamilika"));
}

/// A list says which household each interview is about, and not who lives there.
#[test]
fn cases_are_named_by_the_questions_that_the_survey_names() {
    let survey = survey();
    let folder = survey.path();
    let toml = fs::read_to_string(folder.join("survey.toml")).unwrap();
    let name = |label: &str| {
        fs::write(folder.join("survey.toml"), format!("{toml}[cases]\nlabel = [{label}]\n")).unwrap();
    };
    printed(folder, &["interview", "-e", "amina"], "Marenda\nnobody\n:p\n");
    printed(folder, &["interview", "-e", "bashir"], ":p\n");
    assert_eq!(listed(folder, &[])[0]["case"], serde_json::Value::Null, "nothing names a case");
    name("\"village\", \"harm\"");
    let cases: Vec<_> = listed(folder, &[]).iter().map(|i| i["case"].as_str().unwrap().to_owned()).collect();
    assert!(cases.contains(&"Marenda / …".to_owned()) && cases.contains(&String::new()), "{cases:?}");
    let shown = printed(folder, &["list", "--answers"], "");
    assert!(shown.contains("Marenda / nobody"), "{shown}");
    name("\"vilage\"");
    for command in ["list", "check"] {
        let output = doorstep(folder, &[command], "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("S0105") && said.contains("did you mean `village`?"), "{said}");
    }
}

#[test]
fn a_name_that_nobody_has_is_refused() {
    let survey = survey();
    let long = "a".repeat(101);
    for name in [long.as_str(), "amina\nomar"] {
        let output = doorstep(survey.path(), &["interview", "-e", name], "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains("is no name of an enumerator"), "{said}");
    }
    assert!(!survey.path().join("data/store.db").exists() || listed(survey.path(), &[]).is_empty());
}

/// Somebody comes in while a remark or the reason for an answer is being typed.
#[test]
fn the_cover_covers_wherever_something_is_typed() {
    let survey = survey();
    let folder = survey.path();
    let printed =
        printed(folder, &["interview", "-e", "amina"], ":c\n:z\n\n:c the dog barked\nMarenda\n:p\n");
    assert!(printed.contains(&"\n".repeat(40)), "{printed}");
    let id = id_of(&listed(folder, &[])[0]);
    let audit = doorstep(folder, &["audit", &id], "");
    let audit = String::from_utf8(audit.stdout).unwrap();
    assert!(audit.contains("the dog barked") && !audit.contains(":z"), "{audit}");
}
