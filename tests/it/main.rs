//! What Doorstep does, through its public face.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod architecture;
mod definition_diagnostics;
mod demo_data;
mod diagnostics;
mod questionnaire;
