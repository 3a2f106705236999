//! Texts out to translators and back, through the real program.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use calamine::{Reader, Xlsx};

const FORM: &str = r#"
format = 1
id = "case"
version = "1"
language = "en"
title = "Case"
[lists.yes_no]
choices = [{ name = "yes", code = 1, label = "Yes" }, { name = "no", code = 2, label = "=No" }]
[lists.towns]
file = "towns.csv"
[[sections]]
name = "main"
label = "Main part"
[[sections.questions]]
name = "who"
type = "text"
label = "Who are you?"
hint = "Any name, it costs $${0}."
[[sections.questions]]
name = "town"
type = "select_one"
list = "towns"
label = "Which town, ${who}?"
[[sections.questions]]
name = "age"
type = "integer"
label = "How old is ${who}?"
constraint = ". >= 0"
constraint_message = "Not below 0."
checks = [{ when = ". > 100", message = "Over 100?" }, { when = ". > 110", message = "Over 110?" }]
note_to_enumerator = "Ask kindly."
[[sections.questions]]
name = "life"
type = "scale"
from = 0
to = 10
low = "Bad"
high = "Good"
label = "How is life?"
[[sections.questions]]
name = "sure"
type = "select_one"
list = "yes_no"
label = "Sure?"
"#;

const ARABIC: &str = "# Reviewed by Samira.\nlanguage = \"ar\"\nname = \"العربية\"   # as speakers call it\n\n[labels]\nwho = \"من أنت؟\"\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("questionnaire.toml"), FORM).unwrap();
    fs::write(folder.path().join("towns.csv"), "name,code,label\nalba,1,Alba\n").unwrap();
    fs::create_dir(folder.path().join("translations")).unwrap();
    fs::write(folder.path().join("translations/ar.toml"), ARABIC).unwrap();
    folder
}

/// Runs `doorstep translate` in a folder; its exit code and what it said.
fn translate(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("doorstep").unwrap();
    let output = command.current_dir(folder).arg("translate").args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

fn import(folder: &Path, table: &str) -> (i32, String) {
    fs::write(folder.join("back.csv"), table).unwrap();
    translate(folder, &["import", "back.csv", "--language", "ar"])
}

#[test]
fn the_table_holds_every_text_with_what_must_survive() {
    let folder = folder();
    let (code, said) = translate(folder.path(), &["export", "--language", "ar", "--out", "ar.csv"]);
    assert_eq!((code, said.as_str()), (0, "ar.csv: 16 texts, 15 of them without a translation.\n"));
    let expected = "\u{feff}key,where,source,translation,keep,note
title,title,Case,,,missing
label/main,section,Main part,,,missing
label/who,Main part > who (text),Who are you?,من أنت؟,,
hint/who,Main part > who (text): hint,\"Any name, it costs $${0}.\",,,missing
label/town,Main part > town (select_one towns),\"Which town, ${who}?\",,${who},missing
label/age,Main part > age (integer),How old is ${who}?,,${who},missing
note/age,Main part > age (integer): for the enumerator only,Ask kindly.,,,missing
constraint_message/age,Main part > age (integer): said to an impossible answer,Not below 0.,,,missing
check/age/1,Main part > age (integer): warning,Over 100?,,,missing
check/age/2,Main part > age (integer): warning,Over 110?,,,missing
label/life,Main part > life (scale),How is life?,,,missing
scale/life/low,Main part > life (scale): lowest,Bad,,,missing
scale/life/high,Main part > life (scale): highest,Good,,,missing
label/sure,Main part > sure (select_one yes_no),Sure?,,,missing
";
    let table = read(folder.path(), "ar.csv");
    assert!(table.starts_with(expected), "{table}");
    assert!(
        table.contains("\nchoice/yes_no/no,\"choice of list yes_no, used by sure\",'=No,,,missing\n"),
        "{table}"
    );
    assert!(!table.contains("alba"), "a list in a file is there only if it is asked for");
    let (code, said) = translate(folder.path(), &["export", "--language", "ar", "--out", "ar.csv"]);
    assert!(code == 2 && said.contains("--force"), "{said}");
    for (tag, out) in [("en", "x.csv"), ("../ar", "x.csv"), ("ar", "x.ods")] {
        assert_eq!(translate(folder.path(), &["export", "--language", tag, "--out", out]).0, 2);
    }
}

#[test]
fn a_sheet_goes_out_and_comes_back() {
    let folder = folder();
    let export = ["export", "--language", "ar", "--all", "--force", "--out", "ar.xlsx"];
    assert_eq!(translate(folder.path(), &export).0, 0);
    let bytes = fs::read(folder.path().join("ar.xlsx")).unwrap();
    assert_eq!(translate(folder.path(), &export).0, 0);
    assert_eq!(fs::read(folder.path().join("ar.xlsx")).unwrap(), bytes, "the same texts, the same bytes");
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range("texts").unwrap();
    assert_eq!(sheet.get_value((3, 3)).unwrap().to_string(), "من أنت؟");
    let rows: Vec<String> = sheet.rows().map(|row| row[0].to_string()).collect();
    assert!(rows.contains(&"choice/towns/alba".to_owned()) && rows.contains(&"choice/yes_no/no".to_owned()));
    // What comes back untouched changes nothing.
    let (code, said) = translate(folder.path(), &["import", "ar.xlsx", "--language", "ar"]);
    assert_eq!((code, said.as_str()), (0, "0 taken over, 1 unchanged, 0 stale, 15 still missing.\n"));
    assert_eq!(read(folder.path(), "translations/ar.toml"), ARABIC);
}

#[test]
fn translations_are_put_into_the_file_and_the_rest_of_it_stays() {
    let folder = folder();
    let table = "note;translation;key\n;كم عمر ${who}؟;label/age\n;أكثر من 110؟;check/age/2\n;سيئة;scale/life/low\n;لا;choice/yes_no/no\n;الثمن $${0};hint/who\n;ما اسمك؟;label/who\n;;label/sure\n";
    let (code, said) = import(folder.path(), table);
    assert_eq!((code, said.as_str()), (0, "6 taken over, 0 unchanged, 0 stale, 10 still missing.\n"));
    let expected = "# Reviewed by Samira.\nlanguage = \"ar\"\nname = \"العربية\"   # as speakers call it\n\n[labels]\nwho = \"ما اسمك؟\"\nage = \"كم عمر ${who}؟\"\n\n[hints]\nwho = \"الثمن $${0}\"\n\n[checks]\nage = [\"\", \"أكثر من 110؟\"]\n\n[scales]\nlife = { low = \"سيئة\" }\n\n[choices.yes_no]\nno = \"لا\"\n";
    assert_eq!(read(folder.path(), "translations/ar.toml"), expected);
    let (_, said) = import(folder.path(), table);
    assert_eq!(said, "0 taken over, 6 unchanged, 0 stale, 10 still missing.\n", "once more is nothing new");
    assert_eq!(read(folder.path(), "translations/ar.toml"), expected);
}

#[test]
fn a_language_without_a_file_gets_one_as_a_draft() {
    let folder = folder();
    fs::write(folder.path().join("sw.csv"), "key,translation\ntitle,Kesi\n").unwrap();
    let arguments = ["import", "sw.csv", "--language", "sw", "--dry-run"];
    assert!(translate(folder.path(), &arguments).1.starts_with("Nothing was written. 1 taken over"));
    assert!(!folder.path().join("translations/sw.toml").exists());
    assert_eq!(translate(folder.path(), &arguments[..4]).0, 0);
    let expected = "language = \"sw\"\nname = \"sw\"\nstatus = \"draft\"\ntitle = \"Kesi\"\n";
    assert_eq!(read(folder.path(), "translations/sw.toml"), expected);
}

#[test]
fn a_translation_of_an_older_text_is_stale() {
    let folder = folder();
    let table = "key,source,translation\nlabel/age,How old are you?,كم عمرك؟\nlabel/sure,Sure?\r\n,متأكد؟\n";
    let (code, said) = import(folder.path(), table);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("row 2: `label/age` has changed since it was translated\n  translated: How old are you?\n  now:        How old is ${who}?\n"), "{said}");
    assert!(said.contains("1 stale"), "{said}");
    fs::write(folder.path().join("back.csv"), table).unwrap();
    let (code, said) =
        translate(folder.path(), &["import", "back.csv", "--language", "ar", "--accept-stale"]);
    assert!(code == 1 && said.contains("row 2: the translation of `label/age` leaves out ${who}"), "{said}");
}

#[test]
fn with_a_mistake_nothing_is_taken_over() {
    let folder = folder();
    for (table, words) in [
        (
            "key,translation\ntitle,X\nlabel/age,كم العمر؟\n",
            "row 3: the translation of `label/age` leaves out ${who}",
        ),
        (
            "key,translation\ntitle,${x}\n",
            "row 2: the translation of `title` holds ${x}, which the text does not",
        ),
        (
            "key,translation\nlabel/agee,X\n",
            "row 2: the questionnaire has no text `label/agee`; did you mean `label/age`?",
        ),
        ("key,translation\ntitle,X\ntitle,Y\n", "row 3: `title` is there twice, first in row 2"),
        ("key,translation\ntitle,\u{7}X\n", "row 2: the translation of `title` holds the character \\u{7}"),
        ("key,text\ntitle,X\n", "it has no column `translation`; its columns are key, text"),
        ("", "it has no column `key`"),
        ("PK\u{3}\u{4}", "neither an XLSX file nor CSV"),
    ] {
        let (code, said) = import(folder.path(), table);
        assert!(code == 1 && said.contains(words), "{said}");
        assert_eq!(read(folder.path(), "translations/ar.toml"), ARABIC);
    }
    fs::write(folder.path().join("back.csv"), b"key,translation\ntitle,\xff\n").unwrap();
    let (code, said) = translate(folder.path(), &["import", "back.csv", "--language", "ar"]);
    assert!(code == 1 && said.contains("save it as \"CSV UTF-8\""), "{said}");
}

/// What is shipped goes out and comes back as it was.
#[test]
fn a_whole_questionnaire_comes_back_unchanged() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("questionnaires/community-security");
    let folder = tempfile::tempdir().unwrap();
    for out in ["t.csv", "t.xlsx"] {
        let path = folder.path().join(out);
        let file = path.to_str().unwrap();
        for tag in ["ar", "bn", "sw"] {
            let (code, said) = translate(&shipped, &["export", "--language", tag, "--force", "--out", file]);
            assert!(code == 0 && said.contains(" 0 of them without"), "{said}");
            let (code, said) = translate(&shipped, &["import", file, "--language", tag, "--dry-run"]);
            assert!(code == 0 && said.contains("Nothing was written. 0 taken over"), "{said}");
            assert!(said.contains(" 0 stale, 0 still missing"), "{said}");
        }
    }
}
