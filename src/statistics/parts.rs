//! Parts of the sampled rows: the members of sampled households, say.

use super::design::Design;

impl Design {
    /// The design of the parts of this design's rows, all of which are in the sample with their row. `whole[j]`
    /// is the row that part `j` belongs to; rows may have none.
    ///
    /// A part has the weight of its row and stands in the same unit, so that a row without PSU codes becomes a
    /// cluster of its parts, and units without parts stay in the variance. What weights were calibrated to was known of
    /// rows, so residuals are still taken at the rows' auxiliary variables (Särndal, Swensson and Wretman 1992,
    /// sections 4.2 and 8.9).
    ///
    /// # Panics
    ///
    /// Where `whole` names a row that the design does not have.
    #[must_use]
    pub fn of_parts(&self, whole: &[u32]) -> Self {
        let of = |row: &u32| *row as usize;
        let unit_of_row: Vec<u32> = whole.iter().map(|row| self.unit_of_row[of(row)]).collect();
        let mut order: Vec<u32> = (0..whole.len() as u32).collect();
        order.sort_by_key(|part| unit_of_row[*part as usize]);
        Self {
            weights: whole.iter().map(|row| self.weights[of(row)]).collect(),
            unit_of_row,
            order,
            auxiliary: self.auxiliary.as_ref().map(|auxiliary| auxiliary.of_parts(whole)),
            stages: self.stages.clone(),
            lonely: self.lonely,
            psus: self.psus,
            strata: self.strata,
        }
    }
}
