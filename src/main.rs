//! The `doorstep` command: parse, run, exit code.

use std::process::ExitCode;

/// Reading a store makes and drops some hundred small texts for every interview, on all processors: the system's own
/// allocator takes a fifth longer for it, and several times as long where a release is linked with musl.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    doorstep::cli::run()
}
