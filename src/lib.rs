//! Doorstep: offline-first field surveys for perception assessments.
//!
//! The modules in layer order; arrows only go down (`docs/architecture.md` has the table, and a
//! test reads it).

pub mod diagnostic;
pub mod phrases;
pub mod statistics;
pub mod value;

pub mod expression;
pub mod journal;

pub mod merge;
pub mod questionnaire;

pub mod interview;
pub mod outline;

pub mod dataset;

pub mod fieldwork;
pub mod indicators;

pub mod authoring;
pub mod export;
pub mod package;
pub mod report;
pub mod store;
pub mod terminal;

pub mod cli;
