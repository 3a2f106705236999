//! Why an export cannot be written.

use std::io;

/// Why an export cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The format cannot hold what is to be written.
    #[error("{what}")]
    Refused {
        /// What does not fit, and where it is.
        what: String,
        /// What to do about it.
        help: String,
    },
    /// The disk or the writer failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl ExportError {
    /// What does not fit, and what to do about it.
    pub(super) fn refused(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), help: help.into() }
    }
}
