//! Which variables and interviews go out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{done, folder, refused, rows, survey};
use crate::support;

fn names(row: &BTreeMap<String, String>) -> Vec<&str> {
    row.keys().map(String::as_str).filter(|name| !name.starts_with('_')).collect()
}

fn exported(folder: &Path, out: &str, more: &[&str]) -> Vec<BTreeMap<String, String>> {
    let command = [&["export", "csv", "--out", out, "--multiple", "joined"], more].concat();
    done(folder, &command);
    rows(&folder.join(out).join("interviews.csv"))
}

#[test]
fn variables_are_named_by_pattern_and_by_what_keeps_them_inside() {
    let folder = folder();
    let folder = folder.path();
    let has = |rows: &[BTreeMap<String, String>], name: &str| rows[0].contains_key(name);
    let rows = exported(folder, "sensitive", &["--with", "sensitive"]);
    assert!(has(&rows, "hurt") && !has(&rows, "name") && !has(&rows, "job"));
    let rows = exported(folder, "all", &["--with", "identifying,sensitive,text"]);
    assert!(has(&rows, "hurt") && has(&rows, "name") && has(&rows, "home") && has(&rows, "job"));
    let rows = exported(folder, "pattern", &["--with", "h*"]);
    assert!(has(&rows, "hurt") && has(&rows, "home") && !has(&rows, "name"));
    let rows = exported(folder, "only", &["--only", "*orr*,hurt"]);
    assert_eq!(names(&rows[0]), ["worries", "worries__missing"], "what is wanted is not let out by that");
    assert!(has(&rows, "_round") && has(&rows, "_interview"), "what joins and weighs stays");
    let rows = exported(folder, "without", &["--without", "wo*,_started"]);
    assert!(!has(&rows, "worries") && !has(&rows, "_started") && has(&rows, "change"));
    refused(folder, &["export", "csv", "--out", "x", "--with", "trust_*"], "no variable is named");
}

#[test]
fn a_variable_that_has_the_name_of_a_class_is_meant_before_the_class() {
    let questionnaire = super::QUESTIONNAIRE.replace("name = \"job\"", "name = \"text\"\nsensitive = true");
    let folder = survey(&questionnaire, "", &super::ANSWERS.replace("\"job\"", "\"text\""));
    let rows = exported(folder.path(), "out", &["--with", "text"]);
    assert_eq!(rows[0]["text"].lines().next(), Some("'=1+1, \"two\""));
    let rows = exported(folder.path(), "none", &["--with", "sensitive"]);
    assert!(rows[0].contains_key("text") && rows[0].contains_key("hurt"));
}

#[test]
fn a_filter_is_checked_and_keeps_interviews_with_their_rosters() {
    let folder = folder();
    let folder = folder.path();
    let kept = exported(folder, "out", &["--filter", "${change} < 0"]);
    assert_eq!((kept.len(), kept[0]["change"].as_str()), (1, "-3"));
    let people = rows(&folder.join("out/people.csv"));
    assert!(people.len() == 2 && people.iter().all(|row| row["_interview"] == kept[0]["_interview"]));
    let said = done(folder, &["export", "csv", "--out", "hurt", "--filter", "selected(${hurt}, 'theft')"]);
    assert!(said.contains("--filter reads what stays inside (hurt)"), "{said}");
    let said =
        done(folder, &["export", "csv", "--out", "let", "--with", "hurt", "--filter", "${hurt} != ''"]);
    assert!(!said.contains("--filter"), "{said}");
    let kept = exported(folder, "roster", &["--filter", "max(${age}) < 10"]);
    assert_eq!((kept.len(), kept[0]["change"].as_str()), (1, "0"));
    let said = done(folder, &["export", "csv", "--out", "none", "--filter", "${change} > 100"]);
    assert!(said.contains("interviews.csv: 0 rows") && said.contains("No interview goes out"), "{said}");
    for (condition, words) in
        [("${chnage} < 0", "--filter:1:3"), ("${worries} = 'cats'", "cats"), ("${change} <", "--filter:1")]
    {
        let output = support::doorstep(folder, &["export", "csv", "--out", "x", "--filter", condition], "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains(words), "{said}");
    }
    assert!(!folder.join("x").exists());
}

#[test]
fn names_can_say_where_a_question_stands() {
    let folder = folder();
    let rows = exported(folder.path(), "out", &["--group-names"]);
    assert_eq!(names(&rows[0])[..2], ["only-change", "only-change__missing"]);
    let people = super::rows(&folder.path().join("out/people.csv"));
    assert!(people[0].contains_key("people") && people[0].contains_key("age"), "{:?}", people[0]);
}

const DESIGN: &str = "[design]\nrespondent = \"${change} < 100\"\nstratum = \"if(${change} < 0, 'west', 'east')\"\n\
                      psu = \"concat('p', ${change})\"\nweight = \"2.5\"\nfpc = \"40\"\nlonely_psu = \"adjust\"\n";

#[test]
fn the_design_stands_beside_the_answers() {
    let folder = survey(super::QUESTIONNAIRE, DESIGN, super::ANSWERS);
    let rows = exported(folder.path(), "out", &["--all"]);
    let design = |row: &BTreeMap<String, String>| {
        ["_stratum", "_psu", "_weight", "_fpc"].map(|name| row[name].clone())
    };
    assert_eq!(design(&rows[0]), ["west", "p-3", "2.5", "40"]);
    assert_eq!(design(&rows[1]), ["east", "p0", "2.5", "40"]);
    assert_eq!(design(&rows[2]), ["", "", "", ""], "what does not count has no place");
    let coded = exported(folder.path(), "coded", &["--all", "--missing", "not_reached=-77"]);
    assert_eq!(design(&coded[2]), ["", "", "", ""], "a code would be taken for a weight");
    let codes = exported(folder.path(), "codes", &["--choices", "codes"]);
    assert_eq!([&codes[0]["_stratum"], &codes[1]["_stratum"]], ["2", "1"], "in the order of the alphabet");

    // Names that tell who somebody is stay inside: numbers stand for them.
    let secret = super::QUESTIONNAIRE.replace("name = \"change\"", "name = \"change\"\nidentifying = true");
    let folder = survey(&secret, DESIGN, super::ANSWERS);
    let rows = exported(folder.path(), "out", &[]);
    assert_eq!(design(&rows[0]), ["1", "1", "2.5", "40"]);
    let text = fs::read_to_string(folder.path().join("out/_codebook.csv")).unwrap();
    assert!(!text.contains("west") && !text.contains("p-3"), "{text}");
}

#[test]
fn without_interviews_there_is_nothing_to_export() {
    let folder = folder();
    let folder = folder.path();
    fs::remove_dir_all(folder.join("data")).unwrap();
    for format in ["csv", "spss", "stata", "paradata"] {
        let output = support::doorstep(folder, &["export", format, "--out", "out"], "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains("there are no interviews"), "{said}");
        assert!(!folder.join("out").exists());
    }
}

#[test]
fn what_is_made_of_sensitive_answers_stays_inside_as_they_do() {
    let questionnaire = super::QUESTIONNAIRE.to_owned()
        + r#"
[[sections.questions]]
name = "each"
type = "roster"
label = "Each"
per_choice = "hurt"
[[sections.questions.questions]]
name = "month"
type = "integer"
label = "When?"

[[sections.questions]]
name = "harms"
type = "calculate"
calculation = "count(${each})"

[[sections.questions]]
name = "who"
type = "calculate"
calculation = "concat(${name}, '!')"

[[sections.questions]]
name = "repeated"
type = "calculate"
calculation = "if(${change} < 0, coalesce(substr(${job}, 0, 4), '-'), 'no')"

[[sections.questions]]
name = "latitude"
type = "calculate"
calculation = "number(substr(coalesce(${home}, '1'), 0, 1))"

[[sections.questions]]
name = "looked_up"
type = "calculate"
calculation = "instance('worries')/root/item[name = ${name}]/label"

[[sections.questions]]
name = "counted"
type = "calculate"
calculation = "if(${name} = 'Asha', instance('worries')/root/item[name = 'dogs']/label, 'none')"

[[sections.questions]]
name = "known"
type = "calculate"
calculation = "if(${name} = 'Asha', 1, 0)"

[[sections.questions]]
name = "alias"
type = "select_one"
list = "worries"
label = "Alias?"
required = false
default = "if(selected(${hurt}, 'theft'), 'theft', 'dogs')"

[[sections.questions]]
name = "works"
type = "calculate"
calculation = "if(${job} = 'none', 'no', 'yes')"
"#;
    let answers = super::ANSWERS.replacen("\"change\": -3", "\"change\": -3, \"each\": [{\"month\": 4}]", 1);
    let survey = survey(&questionnaire, "", &answers);
    let folder = survey.path();
    let said = done(folder, &["export", "csv", "--out", "out"]);
    for name in ["hurt", "month", "harms", "who", "repeated", "latitude", "looked_up", "alias"] {
        assert!(said.contains(name), "`{name}` is not told: {said}");
    }
    let interviews = rows(&folder.join("out/interviews.csv"));
    assert!(
        names(&interviews[0]).iter().all(|name| ![
            "harms",
            "who",
            "repeated",
            "latitude",
            "looked_up",
            "alias"
        ]
        .contains(name))
    );
    assert_eq!([&interviews[0]["works"], &interviews[1]["works"]], ["yes", "no"], "it repeats no words");
    assert_eq!([&interviews[0]["known"], &interviews[1]["known"]], ["1", "0"], "it names nobody");
    assert_eq!([&interviews[0]["counted"], &interviews[1]["counted"]], ["Dogs", "none"], "nor does this");
    assert!(rows(&folder.join("out/each.csv")).is_empty(), "that a row is there tells what happened");
    done(folder, &["export", "csv", "--out", "named", "--with", "month"]);
    assert_eq!(rows(&folder.join("named/each.csv"))[0]["month"], "4");
}

/// A laptop that was switched off in the middle of an export must not keep half of the data where nobody looks.
#[test]
fn what_a_killed_export_left_is_removed_and_nobody_else_looks_in() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let folder = folder.path();
    let [old, new] = [".doorstep-part-aB3xY9", ".doorstep-part-Zz0000"].map(|name| folder.join(name));
    for remains in [&old, &new] {
        fs::create_dir(remains).unwrap();
        fs::write(remains.join("interviews.csv"), "name\nAsha\n").unwrap();
    }
    let yesterday = std::time::SystemTime::now() - std::time::Duration::from_hours(24);
    for path in [old.join("interviews.csv"), old.clone()] {
        fs::File::open(path).unwrap().set_modified(yesterday).unwrap();
    }
    let own = folder.join(".doorstep-notes");
    fs::write(&own, "mine").unwrap();
    fs::File::open(&own).unwrap().set_modified(yesterday).unwrap();
    done(folder, &["export", "csv", "--out", "out"]);
    assert!(!old.exists() && new.exists(), "what another export may still write to stays");
    assert!(own.exists(), "it is somebody's own");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.join("out")), 0o700);
    assert_eq!(mode(&folder.join("out/interviews.csv")), 0o600);
    assert_eq!(mode(&folder.join("data")), 0o700);
    for _ in 0..2 {
        fs::write(folder.join("a.doorpack.part"), "cut off").unwrap();
        done(folder, &["pack", "a.doorpack", "--force"]);
        assert_eq!(mode(&folder.join("a.doorpack")), 0o600);
    }
}

/// Only who was attacked has rows there.
const ATTACKS: &str = r#"
[[sections.questions]]
name = "attacks"
type = "roster"
label = "Attacks"
count = "if(${change} < 0, 2, 0)"
[[sections.questions.questions]]
name = "by_whom"
type = "text"
label = "By whom?"
sensitive = true
required = false
"#;

#[test]
fn a_roster_of_sensitive_answers_tells_nothing_by_its_rows() {
    let questionnaire = super::QUESTIONNAIRE.to_owned() + ATTACKS;
    let survey = survey(&questionnaire, "", super::ANSWERS);
    let folder = survey.path();
    done(folder, &["export", "csv", "--out", "out"]);
    assert!(rows(&folder.join("out/attacks.csv")).is_empty());
    done(folder, &["export", "csv", "--out", "named", "--with", "by_whom"]);
    assert_eq!(rows(&folder.join("named/attacks.csv")).len(), 2);
}

/// What is let out of a roster within goes out with the rows around it, although nothing else of those does.
#[test]
fn rows_around_what_is_let_out_go_out_with_it() {
    let questionnaire = super::QUESTIONNAIRE.to_owned()
        + ATTACKS
        + r#"
[[sections.questions.questions]]
name = "wounds"
type = "roster"
label = "Wounds"
count = "3"
[[sections.questions.questions.questions]]
name = "days"
type = "integer"
label = "Days in bed?"
sensitive = true
required = false
"#;
    let survey = survey(&questionnaire, "", super::ANSWERS);
    let folder = survey.path();
    let count = |out: &str| {
        ["attacks", "wounds"].map(|table| rows(&folder.join(out).join(format!("{table}.csv"))).len())
    };
    for (out, with, wanted) in
        [("out", "hurt", [0, 0]), ("inner", "days", [2, 6]), ("outer", "by_whom", [2, 0])]
    {
        done(folder, &["export", "csv", "--out", out, "--with", with]);
        assert_eq!(count(out), wanted, "--with {with}");
    }
    // Where tables refer to each other, what is around is there.
    done(folder, &["export", "sqlite", "--out", "data.sqlite", "--with", "days"]);
}

/// What an older version asked and today's does not is in no table: it is told, question by question, without the answers.
#[test]
fn answers_without_a_place_in_todays_questionnaire_are_counted_by_question() {
    let (sections, age) =
        super::QUESTIONNAIRE.rsplit_once("[[sections.questions]]\nname = \"people\"").unwrap();
    assert!(age.contains("name = \"age\""));
    let survey = survey(super::QUESTIONNAIRE, "", super::ANSWERS);
    let folder = survey.path();
    let said = done(folder, &["export", "csv", "--out", "before"]);
    assert!(!said.contains("no place"), "{said}");
    // Gone: the roster, a question, and a choice.
    let today = sections
        .replace("version = \"1\"", "version = \"2\"")
        .replace("name = \"job\"", "name = \"work\"")
        .replace("name = \"theft\"", "name = \"robbery\"");
    fs::write(folder.join("questionnaire/questionnaire.toml"), today).unwrap();
    let said = done(folder, &["export", "csv", "--out", "out"]);
    // Job: 2; age: 3 of 4, as one is don't know; theft: hurt 1, worries 1, first 2.
    assert!(
        said.contains(
            "Left out: 9 answers to 5 questions of other versions, for which today's questionnaire has no place: \
             age (3; version 1), first (2; version 1), job (2; version 1), hurt (1; version 1), worries (1; version 1).\n"
        ),
        "{said}"
    );
    assert!(said.contains("put the question back") && !said.contains("=1+1"), "{said}");
    assert_eq!(said.matches("age (3").count(), 1, "{said}");
}

/// A village's other name, or how many households it has, is as good as the village itself.
#[test]
fn columns_of_the_frame_that_lead_back_to_their_key_stay_inside_as_it_does() {
    let secret = super::QUESTIONNAIRE.replace("name = \"change\"", "name = \"change\"\nidentifying = true");
    let design = "[design]\nframe = \"frame.csv\"\nkey = \"change\"\nstratum = \"${district}\"\npsu = \"${village}\"\n\
                  weight = \"${households}\"\n";
    let frame = "change,district,village,households\n-3,west,Hill,41\n0,west,Ford,52\n7,east,Mill,41\n8,east,Well,60\n";
    let framed = |questionnaire: &str| {
        let survey = survey(questionnaire, design, super::ANSWERS);
        fs::write(survey.path().join("frame.csv"), frame).unwrap();
        survey
    };
    let survey = framed(&secret);
    let folder = survey.path();
    let said = done(folder, &["export", "csv", "--out", "out"]);
    assert!(said.contains("(tells who the respondent is; `--with NAME` or `--with identifying` lets it out): name, home, change, village, households"), "{said}");
    let rows = rows(&folder.join("out/interviews.csv"));
    assert!(!rows[0].contains_key("village") && !rows[0].contains_key("households"));
    assert_eq!(
        ["district", "_stratum", "_psu", "_weight"].map(|name| rows[0][name].as_str()),
        ["west", "west", "1", "41"]
    );
    let named = exported(folder, "named", &["--with", "village"]);
    assert!(named[0]["village"] == "Hill" && !named[0].contains_key("households"));

    let survey = framed(super::QUESTIONNAIRE);
    let open = exported(survey.path(), "open", &[]);
    assert_eq!(["village", "households", "_psu"].map(|name| open[0][name].as_str()), ["Hill", "41", "Hill"]);
}
