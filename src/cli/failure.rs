//! One place that turns errors into exit codes.

use std::io;

use thiserror::Error;

use super::files::Unwritten;
use super::say::say;
use crate::package::PackageError;
use crate::store::{ErrorKind, StoreError};

/// What kind of failure it is; decides the exit code. (Those of the environment come as errors of
/// the store or of the system.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The input has mistakes: mend it.
    Input,
    /// The command was called wrongly.
    Usage,
    /// Data was refused: a conflict, a quarantine, another survey.
    Data,
}

/// A failure with its message, and what to do about it.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct Failure {
    /// What kind it is.
    pub kind: Kind,
    /// What happened, where and why.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl Failure {
    /// A failure of a kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), help: None }
    }

    /// Mistakes in the input.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Kind::Input, message)
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The documented exit code: 1 input, 2 usage, 3 data refused, 4 environment, 70 our mistake.
#[must_use]
pub fn exit_code(error: &anyhow::Error) -> u8 {
    let code = |kind| match kind {
        Kind::Input => 1,
        Kind::Usage => 2,
        Kind::Data => 3,
    };
    error
        .chain()
        .find_map(|cause| {
            if let Some(failure) = cause.downcast_ref::<Failure>() {
                Some(code(failure.kind))
            } else if let Some(store) = cause.downcast_ref::<StoreError>() {
                Some(match store.kind() {
                    ErrorKind::Data => 3,
                    ErrorKind::Environment => 4,
                })
            } else if let Some(package) = cause.downcast_ref::<PackageError>() {
                Some(if matches!(package, PackageError::Io(_)) { 4 } else { 3 })
            } else if let Some(csv) = cause.downcast_ref::<csv::Error>() {
                // It does not pass on the system's error as its cause.
                csv.is_io_error().then_some(4)
            } else {
                cause.downcast_ref::<io::Error>().map(|_| 4)
            }
        })
        .unwrap_or(70)
}

/// Says what happened and, where a cause knows it, what to do about it.
pub fn show(error: &anyhow::Error) {
    say(format_args!("error: {error:#}"));
    if let Some(help) = error.chain().find_map(|cause| cause.downcast_ref::<Failure>()?.help.as_ref()) {
        say(format_args!("help: {help}"));
    } else if error.is::<Unwritten>() && error.chain().any(is_for_lack_of_room) {
        say(
            "help: Free some space on that disk, or name another place, and do it again: results are written whole or not at all.",
        );
    }
}

/// Whether the disk had no room left.
fn is_for_lack_of_room(cause: &(dyn std::error::Error + 'static)) -> bool {
    let is_full =
        |error: &io::Error| matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    if let Some(csv) = cause.downcast_ref::<csv::Error>() {
        // It does not pass on the system's error as its cause.
        return matches!(csv.kind(), csv::ErrorKind::Io(error) if is_full(error));
    }
    let sqlite = cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
    sqlite == Some(rusqlite::ErrorCode::DiskFull) || cause.downcast_ref::<io::Error>().is_some_and(is_full)
}
