//! Data sets for other programs: what goes out of a [`Dataset`](crate::dataset::Dataset), under which names, in which form.
//!
//! A [`Plan`] decides once, for every format, which tables, rows and variables go out, and [`names`] makes its names
//! valid in a program; each format is a module that writes a plan. Reading back gives the same table. What tells who
//! somebody is, what could harm, and what people said in their own words stays inside unless it is asked for by name; the
//! plan says what it kept back.

mod cell;
mod choice;
mod clash;
pub mod codebook;
pub mod csv;
pub mod ddi;
mod failure;
pub mod geojson;
pub mod long;
pub mod names;
mod naming;
mod options;
pub mod package;
pub mod parquet;
mod plan;
mod rows;
mod shorten;
mod source;
pub mod spss;
pub mod sqlite;
pub mod stata;
pub mod syntax;
mod variable;
pub mod xlsx;

pub use self::cell::{Cell, Kind};
pub use self::choice::{Unknown, is_let_out};
pub use self::clash::Clash;
pub use self::failure::ExportError;
pub use self::options::{Missings, Multiple, Options, Shown, Wording};
pub use self::plan::{KeptBack, Plan, PlannedTable};
pub use self::rows::Rows;
pub use self::shorten::{How, LOST, Shortened};
pub use self::variable::{Variable, What};
