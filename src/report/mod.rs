//! The report: one page of HTML for people who decide, in the language of the survey.
//!
//! [`page`] makes it from what [`Material`] holds: numbers after disclosure control, how visits ended, who
//! answered, and how rounds differ. Nothing is estimated here, and what is blanked stays blank. The page needs
//! no script and loads nothing; it reads on a telephone and prints to A4.
//!
//! [`assessment`] makes tables of the same numbers for the meetings of a programme.

pub mod assessment;
mod changes;
mod chapters;
mod chart;
mod choices;
mod found;
mod front;
mod material;
mod method;
mod order;
mod page;
mod people;
mod ranking;
mod words;

pub use self::material::{Comparison, DesignFacts, Indicator, Material, Population, VisitsBy};
pub use self::page::page;
