//! Several conditions over interviews, of which the first that holds counts.

use super::scope::{self, RowEnv, Scope};
use crate::dataset::Dataset;
use crate::diagnostic::Report;
use crate::diagnostic::document::Located;
use crate::expression::{Expect, Expression};

/// Checked conditions, over the tables that they were checked against.
#[derive(Debug)]
pub struct Conditions<'d> {
    dataset: &'d Dataset,
    conditions: Vec<Expression>,
}

impl<'d> Conditions<'d> {
    /// Checks conditions against the tables of a dataset, which may be empty. All mistakes go to the report;
    /// the conditions are there unless it gained an error.
    pub fn compile<'t>(
        texts: impl IntoIterator<Item = &'t Located>,
        dataset: &'d Dataset,
        report: &mut Report,
    ) -> Option<Self> {
        let before = report.errors();
        let scope = Scope { dataset, table: 0 };
        let checked = |text| scope::expression(text, &scope, Expect::Boolean, report);
        let conditions = texts.into_iter().filter_map(checked).collect();
        (report.errors() == before).then_some(Self { dataset, conditions })
    }

    /// The place of the first condition that holds for an interview (a row of the table).
    #[must_use]
    pub fn first(&self, row: usize) -> Option<usize> {
        let env = RowEnv::new(self.dataset, 0, row);
        self.conditions.iter().position(|condition| condition.holds(&env))
    }
}
