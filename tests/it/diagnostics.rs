//! What people read when a questionnaire has a mistake, as files beside the mistake:
//! `fixtures/diagnostics/<name>/expected.txt`. `UPDATE_GOLDEN=1` writes them anew, to be read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use doorstep::questionnaire::{self, Bundle};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All TOML and CSV files below a folder.
fn bundle(folder: &Path) -> Bundle {
    fn add(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                add(&path, &format!("{name}/"), files);
            } else if path.extension().is_some_and(|e| e == "toml" || e == "csv") {
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    add(folder, "", &mut files);
    Bundle { files }
}

#[test]
fn every_mistake_reads_as_expected() {
    let folder = root().join("fixtures/diagnostics");
    let mut cases: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 25, "only {} cases", cases.len());
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for case in cases {
        let (questionnaire, report) = questionnaire::compile(&bundle(&case), "");
        assert_eq!(questionnaire.is_some(), report.errors() == 0, "{}", case.display());
        let drawn = report.render(false);
        let expected = case.join("expected.txt");
        if update {
            fs::write(&expected, &drawn).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != drawn {
            wrong.push(format!("{}:\n{drawn}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "these read otherwise than expected:\n{}", wrong.join("\n"));
}

#[test]
fn the_shipped_questionnaires_have_no_mistakes() {
    for entry in fs::read_dir(root().join("questionnaires")).unwrap() {
        let path = entry.unwrap().path();
        let (questionnaire, report) = questionnaire::compile(&bundle(&path), "");
        assert!(questionnaire.is_some() && report.diagnostics.is_empty(), "{}", report.render(false));
    }
}
