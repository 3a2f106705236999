//! What many tests need.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

use assert_cmd::Command;
use doorstep::questionnaire::{self, Bundle, Questionnaire};

/// The checkout.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program in a folder, with what is typed into it.
pub fn doorstep(folder: &Path, arguments: &[&str], typed: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_doorstep"))
        .current_dir(folder)
        .args(arguments)
        .env_remove("DOORSTEP_ENUMERATOR")
        .write_stdin(typed)
        .output()
        .unwrap()
}

/// All files below a folder that belong to a questionnaire.
pub fn bundle(folder: &Path) -> Bundle {
    fn add(folder: &Path, before: &str, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{before}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() && before.is_empty() && path.ends_with("tests") {
                continue;
            }
            if path.is_dir() {
                add(&path, &format!("{name}/"), files);
            } else if name.ends_with(".toml") || name.ends_with(".csv") {
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    add(folder, "", &mut files);
    files.retain(|name, _| !name.starts_with("indicators."));
    files.remove("frame.csv");
    Bundle { files }
}

/// A questionnaire that must be valid.
pub fn compiled(bundle: &Bundle) -> Arc<Questionnaire> {
    let (questionnaire, report) = questionnaire::compile(bundle, "");
    Arc::new(questionnaire.unwrap_or_else(|| panic!("{}", report.render(false))))
}

/// The shipped questionnaire.
pub fn community_security() -> Arc<Questionnaire> {
    compiled(&bundle(&root().join("questionnaires/community-security")))
}

/// Opens a page in the browser that `DOORSTEP_BROWSER` names (a Chromium), with the modules of
/// `DOORSTEP_BROWSER_MODULES`. Without one, this is said and nothing is looked at.
#[track_caller]
#[expect(clippy::print_stderr, reason = "says that it was skipped")]
pub fn looked_at(page: &Path) {
    let Some(browser) = std::env::var_os("DOORSTEP_BROWSER") else {
        eprintln!("skipped: DOORSTEP_BROWSER names no Chromium to look at {}", page.display());
        return;
    };
    let script = root().join("tests/browser/look.mjs");
    let output = std::process::Command::new("node").arg(script).arg(browser).arg(page).output().unwrap();
    let (found, talk) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && found.is_empty(), "{}:\n{found}{talk}", page.display());
}
