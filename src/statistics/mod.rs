//! Estimates from complex samples: weights, strata, clusters and finite populations.
//!
//! A [`Design`] says how the rows were sampled. A [`Domain`] is a part of it (or all of it) and gives
//! estimates: [`Domain::mean`], [`Domain::proportion`], [`Domain::distribution`], [`Domain::total`],
//! [`Domain::ratio`]. An [`Estimate`] carries its linearised standard error, degrees of freedom, design
//! effect and counts, and gives an [`Interval`]. [`Scored`] estimates can be compared with
//! [`Design::difference`], which keeps the covariance of clusters that both sides share.
//!
//! Anything that is a number per row is a mean: a net balance is the mean of −1, 0 and 1, a rank score the
//! mean of the ranks' points. A value that is not a finite number (write `f64::NAN`) is no value: its row
//! stays in the domain but not in the estimate.
//!
//! # Same bits everywhere
//!
//! Sums run over the rows in their order and over strata and clusters in the order of their codes, one after
//! another, in plain `f64`. Logarithms, exponentials and the like come from `libm`, compiled from Rust, never
//! from the platform. So the same rows in the same order give the same bits on every machine. Rows in
//! another order give the same figures to about 1e-12, not the same bits.
//!
//! # Sources
//!
//! Särndal, Swensson and Wretman, *Model Assisted Survey Sampling* (1992), for linearisation and domains;
//! Lumley, *Complex Surveys* (2010), and the conventions of R's `survey` 4.1-1, whose figures
//! `fixtures/statistics/` holds; Korn and Graubard (1998) and Wilson (1927) for intervals.

mod auxiliary;
mod calibrate;
mod combination;
mod compare;
mod design;
pub mod distribution;
mod domains;
mod error;
mod estimate;
mod incomplete_beta;
mod incomplete_gamma;
mod independence;
mod interval;
mod linear;
mod linearised;
mod matrix;
mod multiple;
mod parts;
mod planning;
mod quantile;
mod raking;
mod reliability;
mod saddlepoint;
mod stage;
mod tail;

pub use calibrate::{Distance, Targets};
pub use combination::{interval_of_parts, p_value_of_interval};
pub use compare::{Difference, Quotient, Scored, Test};
pub use design::{Columns, Design, LonelyPsu, SecondStage};
pub use domains::Domains;
pub use error::{CalibrationError, DesignError, EstimateError, ReliabilityError};
pub use estimate::{Domain, Estimate, Kind, Weighting};
pub use independence::{Independence, Statistic};
pub use interval::{Interval, Method};
pub use linearised::Linearised;
pub use multiple::{benjamini_hochberg, holm};
pub use planning::{Plan, Size};
pub use quantile::{Quantile, QuantileRule, Quantiles};
pub use raking::{Margin, RakingLimits};
pub use reliability::{ItemReliability, Reliability};
