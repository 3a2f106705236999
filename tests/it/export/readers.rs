//! Files as independent readers see them: Python's, where `DOORSTEP_PYTHON` names a Python that has them. Without it these tests
//! say that they are skipped; `.ci/run` sets it.

use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use crate::support;

/// What `readers/read.py` makes of a file; `None` where there is no such Python.
#[track_caller]
#[expect(clippy::print_stderr, reason = "who runs the tests should know")]
pub fn read_back(kind: &str, file: &Path) -> Option<Json> {
    let Some(python) = std::env::var_os("DOORSTEP_PYTHON") else {
        eprintln!("skipped: DOORSTEP_PYTHON names no Python that reads {kind}");
        return None;
    };
    let script = support::root().join("tests/it/export/readers/read.py");
    let output = Command::new(python).arg(script).arg(kind).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// What a script of R prints, run in a folder; `None` where there is no R.
#[track_caller]
#[expect(clippy::print_stderr, reason = "who runs the tests should know")]
pub fn r(folder: &Path, script: &str) -> Option<String> {
    let Ok(output) = Command::new("Rscript").args(["-e", script]).current_dir(folder).output() else {
        eprintln!("skipped: there is no Rscript");
        return None;
    };
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    Some(printed)
}
