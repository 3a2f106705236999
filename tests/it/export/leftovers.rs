//! What `--force` leaves in a folder that an earlier export made.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{done, folder};

/// The files of a folder and of those in it, by their places.
fn files(folder: &Path) -> BTreeSet<String> {
    fn add(folder: &Path, before: &str, files: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{before}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                add(&path, &format!("{name}/"), files);
            } else {
                files.insert(name);
            }
        }
    }
    let mut all = BTreeSet::new();
    add(folder, "", &mut all);
    all
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

const CSV: [&str; 6] =
    ["_codebook.csv", "datapackage.json", "interviews.R", "interviews.csv", "people.R", "people.csv"];

#[test]
fn what_an_earlier_export_left_goes_and_what_others_made_stays() {
    let folder = folder();
    let folder = folder.path();
    let export =
        |format: &[&str]| done(folder, &[&["export"], format, &["--out", "out", "--force"]].concat());
    export(&["csv"]);
    assert_eq!(files(&folder.join("out")), set(&CSV));
    // A table of mine, made of the export; a file of mine that is named like one of another format; a script of mine.
    fs::write(folder.join("out/clean.csv"), "_interview,clean\n").unwrap();
    fs::write(folder.join("out/people.sav"), "mine").unwrap();
    fs::write(folder.join("out/people.do"), "use people").unwrap();
    fs::create_dir_all(folder.join("out/people/round=mine")).unwrap();
    fs::write(folder.join("out/people/round=mine/notes.txt"), "mine").unwrap();
    let mine = ["clean.csv", "people.do", "people.sav", "people/round=mine/notes.txt"];
    let with_mine = |names: &[&str]| set(&[names, &mine].concat());

    export(&["csv", "--long", "--without", "_weight"]);
    assert_eq!(
        files(&folder.join("out")),
        with_mine(&["_codebook.csv", "answers.csv", "datapackage.json", "interviews.csv"])
    );
    export(&["parquet"]);
    let parquet =
        ["_codebook.csv", "interviews/round=baseline/data.parquet", "people/round=baseline/data.parquet"];
    assert_eq!(files(&folder.join("out")), with_mine(&parquet));
    fs::remove_file(folder.join("out/people.sav")).unwrap();
    fs::remove_file(folder.join("out/people.do")).unwrap();
    export(&["spss"]);
    export(&["stata"]);
    let stata = ["_codebook.csv", "interviews.do", "interviews.dta", "people.do", "people.dta"];
    let mine = ["clean.csv", "people/round=mine/notes.txt"];
    assert_eq!(files(&folder.join("out")), set(&[stata.as_slice(), &mine].concat()));
    assert!(!folder.join("out/interviews").exists(), "no empty folder is left");
}

#[test]
fn a_script_that_somebody_changed_stays_and_what_goes_is_named() {
    let folder = folder();
    let folder = folder.path();
    let export =
        |format: &[&str]| done(folder, &[&["export"], format, &["--out", "out", "--force"]].concat());
    let removed = "Removed, as an earlier export left it: ";
    let said = export(&["csv"]);
    assert!(!said.contains(removed), "{said}");
    let script = folder.join("out/interviews.R");
    let written = fs::read_to_string(&script).unwrap();
    let mine = format!("{written}svymean(~change, design)\n");
    fs::write(&script, &mine).unwrap();

    let said = export(&["stata"]);
    assert!(said.contains("interviews.R was changed by somebody: it stays"), "{said}");
    let named = "datapackage.json, interviews.csv, people.R, people.csv\n";
    assert!(said.contains(&format!("{removed}{named}")), "{said}");
    assert_eq!(fs::read_to_string(&script).unwrap(), mine);

    // A new script does not take its place either.
    let said = export(&["csv"]);
    assert!(said.contains("it is kept as out/interviews.changed.R."), "{said}");
    assert_eq!(fs::read_to_string(folder.join("out/interviews.changed.R")).unwrap(), mine);
    assert_eq!(fs::read_to_string(&script).unwrap(), written);
    fs::write(&script, mine.replace("library", "require")).unwrap();
    export(&["csv"]);
    assert!(folder.join("out/interviews.changed2.R").exists());
    assert_eq!(fs::read_to_string(folder.join("out/interviews.changed.R")).unwrap(), mine);
    assert!(!export(&["csv"]).contains("changed"), "nobody changed it since");
}

#[test]
fn remarks_of_an_earlier_export_do_not_stay() {
    let folder = folder();
    let folder = folder.path();
    done(folder, &["export", "paradata", "--out", "out", "--with", "remarks"]);
    assert!(folder.join("out/remarks.csv").exists());
    fs::write(folder.join("out/mine.csv"), "mine").unwrap();
    let said = done(folder, &["export", "paradata", "--out", "out", "--force"]);
    assert!(said.contains("remarks.csv"), "{said}");
    assert_eq!(files(&folder.join("out")), set(&["interviews.csv", "mine.csv", "questions.csv"]));
}
