//! The library between the program and the disk: compiled once, then preloaded into each run.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::workflows::Workflow;
use super::{copy, scratch};

/// What the disk does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It works, and its calls are counted.
    Count,
    /// One call fails.
    Once(usize),
    /// From one call on, it is full.
    Full(usize),
    /// The process is killed in the middle of a call.
    Die(usize),
    /// Its calls are written down. The call of that number fails; at 0, none does.
    Record(usize),
}

/// How a run went.
pub struct Run {
    /// The exit code.
    pub code: Option<i32>,
    /// What was on stdout and stderr.
    pub shown: String,
    /// What the library wrote: a number, a line about the call that was hit, or the record.
    pub noted: Vec<u8>,
}

/// Runs a workflow's command in a folder, with the disk doing this; without a mode, as it is.
pub fn run(workflow: &Workflow, folder: &Path, mode: Option<Mode>) -> Run {
    let noted = folder.with_extension("noted");
    let typed = folder.with_extension("typed");
    fs::write(&typed, workflow.typed).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorstep"));
    command
        .current_dir(folder)
        .args(workflow.arguments)
        .env_remove("DOORSTEP_ENUMERATOR")
        .env("RUST_BACKTRACE", "0")
        .stdin(File::open(&typed).unwrap());
    if let Some(mode) = mode {
        let (name, at, how, why) = match mode {
            Mode::Count => ("count", 0, "", ""),
            Mode::Once(at) => ("fail", at, "once", "EIO"),
            Mode::Full(at) => ("fail", at, "persistent", "ENOSPC"),
            Mode::Die(at) => ("die", at, "", ""),
            Mode::Record(at) => ("record", at, "once", "EIO"),
        };
        command
            .env("LD_PRELOAD", library())
            .env("SHIM_ROOT", folder)
            .env("SHIM_OUT", &noted)
            .env("SHIM_MODE", name)
            .env("SHIM_AT", at.to_string())
            .env("SHIM_HOW", how)
            .env("SHIM_ERRNO", why);
    }
    let output = command.output().unwrap();
    let shown = [output.stdout, output.stderr].concat();
    Run {
        code: output.status.code(),
        shown: String::from_utf8_lossy(&shown).into_owned(),
        noted: fs::read(&noted).unwrap_or_default(),
    }
}

/// How many calls of a workflow change a file.
pub fn count(workflow: &Workflow, prepared: &Path) -> usize {
    let folder = scratch();
    let place = folder.path().join("run");
    copy(prepared, &place);
    let run = run(workflow, &place, Some(Mode::Count));
    assert_eq!(run.code, Some(0), "{}: {}", workflow.name, run.shown);
    String::from_utf8(run.noted).unwrap().parse().unwrap_or_default()
}

/// The compiled library.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let (made, library) =
            (folder.join(format!("shim-{}.so", std::process::id())), folder.join("shim.so"));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/faults/shim.c");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&made, &source])
            .arg("-ldl")
            .output()
            .expect("these tests need a C compiler that is called `cc`: install gcc or clang");
        assert!(
            compiled.status.success(),
            "`cc` cannot compile shim.c:\n{}",
            String::from_utf8_lossy(&compiled.stderr)
        );
        // Another process may do the same at this moment: the file is there whole, or not at all.
        fs::rename(&made, &library).unwrap();
        library
    })
}
