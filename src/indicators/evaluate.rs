//! Evaluating over many rows what most of them have in common.
//!
//! Most definitions read one or two questions with a few choices. What comes out depends on these answers alone, so
//! it is worked out once for each combination of answers and looked up for all other rows.

use super::scope::RowEnv;
use super::units::{ColumnAt, Units};
use crate::dataset::{Coding, Dataset};

/// More combinations than this are not kept.
const MOST: usize = 1 << 16;

/// What `of` gives for each unit. It may look at nothing but the columns `reads`, through the env that it is given.
pub(super) fn for_each<T: Clone>(
    dataset: &Dataset,
    units: &Units,
    reads: &[ColumnAt],
    of: impl Fn(&RowEnv<'_>) -> T,
) -> Vec<T> {
    let env = |row: &usize| RowEnv::new(dataset, units.table, *row);
    let Some((codings, size)) = codings(dataset, reads) else {
        return units.rows.iter().map(|row| of(&env(row))).collect();
    };
    let rows: Vec<_> = reads.iter().map(|column| units.rows_in(dataset, column.table)).collect();
    let mut known: Vec<Option<T>> = vec![None; size];
    let mut all = Vec::with_capacity(units.len());
    for (place, row) in units.rows.iter().enumerate() {
        let combination = codings.iter().zip(&rows).fold(0, |sum, (coding, rows)| {
            sum * coding.kinds() + rows.get(place).map_or(0, |row| coding.code(*row))
        });
        if let Some(Some(value)) = known.get(combination) {
            all.push(value.clone());
            continue;
        }
        let env = env(row);
        let value = of(&env);
        // What also asks for the day or for who asked is not the same in the next row.
        if env.read_answers_only()
            && let Some(known) = known.get_mut(combination)
        {
            *known = Some(value.clone());
        }
        all.push(value);
    }
    all
}

/// How the columns' cells are numbered, and how many combinations there are; none where they are too many.
fn codings<'d>(dataset: &'d Dataset, reads: &[ColumnAt]) -> Option<(Vec<Coding<'d>>, usize)> {
    let codings: Option<Vec<Coding<'d>>> =
        reads.iter().map(|column| column.of(dataset).and_then(Coding::new)).collect();
    let codings = codings?;
    let size = codings.iter().try_fold(1_usize, |size, coding| size.checked_mul(coding.kinds()))?;
    (size <= MOST).then_some((codings, size))
}
