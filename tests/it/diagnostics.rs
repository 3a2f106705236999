//! What people read when a questionnaire has a mistake, as files beside the mistake:
//! `fixtures/diagnostics/<name>/expected.txt`. `UPDATE_GOLDEN=1` writes them anew, to be read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use doorstep::questionnaire::{self, Bundle, CODES};

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

#[test]
fn the_page_of_codes_is_what_the_table_says() {
    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/diagnostics.md");
    let page = fs::read_to_string(PAGE).unwrap();
    let rows: Vec<_> = CODES.iter().map(|(code, title)| format!("| {code} | {title} |")).collect();
    let (begin, end) = ("<!-- begin codes -->", "<!-- end codes -->");
    let (before, rest) = page.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let table = rows.join("\n");
    let drawn = all_drawn();
    let examples: String = CODES
        .iter()
        .filter_map(|(code, title)| {
            let example = drawn.split("\n\n").find(|block| block.contains(&format!("[{code}]: ")))?;
            Some(format!("\n### {code}\n\n{title}.\n\n```text\n{}\n```\n", example.trim_end()))
        })
        .collect();
    let fresh = format!(
        "{before}{begin}\n\n| code | mistake |\n| --- | --- |\n{table}\n\n## Examples\n{examples}\n{end}{after}"
    );
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, &fresh).unwrap();
    } else {
        assert!(page == fresh, "docs/diagnostics.md is stale; run: UPDATE_DOCS=1 cargo test codes");
    }
}

/// Everything that is drawn for the cases, in the order of their names.
fn all_drawn() -> String {
    let cases = fs::read_dir(root().join("fixtures/diagnostics")).unwrap();
    let mut cases: Vec<PathBuf> = cases.map(|case| case.unwrap().path()).collect();
    cases.sort();
    cases.iter().map(|case| fs::read_to_string(case.join("expected.txt")).unwrap()).collect()
}

#[test]
fn every_code_has_a_case_or_cannot_stand_in_a_file() {
    let drawn = all_drawn();
    let without: Vec<_> =
        CODES.iter().map(|(code, _)| *code).filter(|code| !drawn.contains(&format!("[{code}]"))).collect();
    // More than twenty mistakes in one file of choices, and very long texts, are too long to show.
    assert_eq!(without, ["Q0112", "Q0115"]);
}

#[test]
fn a_file_full_of_mistakes_says_how_many_more_there_are() {
    let mut bundle = bundle(&root().join("fixtures/diagnostics/csv_mistakes"));
    let towns = "name,code,label\n".to_owned() + &"x,y,z\n".repeat(1000);
    bundle.files.insert("towns.csv".to_owned(), towns.into_bytes());
    let report = questionnaire::compile(&bundle, "").1;
    let last = report.diagnostics.iter().find(|d| d.code == "Q0112").unwrap();
    assert_eq!(last.message, "980 more mistakes in `towns.csv` are not shown");
}
