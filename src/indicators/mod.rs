//! Indicators: what is measured, for whom, with which uncertainty, and what may be published.
//!
//! [`compile`] reads `indicators.toml` against the tables of a questionnaire (without any
//! interview, so that definitions are checked before the field); [`SamplingPlan::compile`] does
//! the same for the design of `survey.toml`. [`compute`] gives one [`Row`] per number, after
//! disclosure control: no number leaves here without its count of respondents. [`Contrasts`] adds published numbers
//! up and sets them against each other.

mod about;
mod alternatives;
#[cfg(test)]
mod attack;
mod calibration;
mod cells;
mod change;
mod composite;
mod compute;
mod conditions;
mod context;
mod contrast;
mod definition;
mod design;
mod disclosure;
mod document;
mod domains;
mod estimate;
mod evaluate;
mod guarded;
mod kinds;
mod level;
mod linked;
mod measure;
mod naming;
mod nesting;
mod output;
mod patterns;
mod places;
mod precision;
mod profile;
mod reasons;
mod rounds;
mod scope;
mod scores;
mod telling;
mod units;

pub use self::about::{About, Category, Provider, Sector, Topic};
pub use self::calibration::{
    Calibration, CalibrationTexts, Known, MarginTargets, MarginTexts, Refusal, Values,
};
pub use self::compute::{Options, compute, counted, on_all_processors};
pub use self::conditions::Conditions;
pub use self::contrast::{Certainty, Contrast, Contrasts, adjust};
pub use self::definition::Definitions;
pub use self::design::{DesignTexts, Flaw, Sampling, SamplingPlan};
pub use self::document::compile;
pub use self::domains::TOTAL;
pub use self::estimate::Error;
pub use self::naming::Disaggregation;
pub use self::output::{Cell, Row, Suppressed, exact_percent, format_number, write_csv};
pub use self::places::DesignPlace;
pub use self::precision::{check_method, method};
pub use self::profile::{Group, Members, Profile, profile};
pub use self::rounds::{Change, Pair, compare, write_changes};
pub use self::scope::select;
