//! Data sets for other programs: what goes out of a [`Dataset`](crate::dataset::Dataset), under which names, in which form.
//!
//! A [`Plan`] decides once, for every format, which tables, rows and variables go out; [`csv`] and [`package`] write it.
//! Reading back gives the same table. What tells who somebody is, what could harm, and what people said in their own words
//! stays inside unless it is asked for by name; the plan says what it kept back.

pub mod csv;
pub mod package;
mod plan;

pub use self::plan::{
    KeptBack, Missings, Multiple, Options, Plan, PlannedTable, Shown, Unknown, Variable, What,
};
