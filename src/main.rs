//! The `doorstep` command: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    doorstep::cli::run()
}
