//! What Doorstep does, through its public face.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod analysis;
mod architecture;
mod assessment;
mod authoring;
mod calibration;
mod cases;
mod catalogue;
mod codebook;
mod collecting;
mod commands;
mod definition_diagnostics;
mod demo;
mod demo_data;
mod diagnostics;
mod encryption;
mod export;
mod expression_laws;
mod expressions;
mod faults;
mod indicator_kinds;
mod indicators;
mod interview;
mod journal;
mod kill;
mod language;
mod merge_laws;
mod modules;
mod oracle_expression;
mod oracle_statistics;
mod question_properties;
mod questionnaire;
mod rehearsal;
mod report;
mod rounds;
mod schema;
mod screen;
mod simulation;
mod statistics_distribution;
mod statistics_groups;
mod statistics_properties;
mod store;
mod support;
mod transcripts;
mod translate;
