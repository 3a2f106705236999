//! Where interviews stand in a design, for those who write it beside the data: with final weights, and what they are calibrated to.

use super::calibration::Calibration;
use super::design::Sampling;
use super::estimate::{Error, Setting};

/// Where an interview stands in the design.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DesignPlace<'s> {
    /// The row of the table of interviews.
    pub row: usize,
    /// Its stratum; none where the design has one stratum.
    pub stratum: Option<&'s str>,
    /// Its PSU, within its stratum; none where every interview is its own.
    pub psu: Option<&'s str>,
    /// Its weight.
    pub weight: f64,
    /// How many PSUs its stratum has in the population; none where they are too many to matter.
    pub fpc: Option<f64>,
}

impl Sampling {
    /// The same interviews with the weights that their numbers are computed with: calibrated, where the design is.
    ///
    /// # Errors
    /// The design does not allow any estimate.
    pub fn with_final_weights(mut self) -> Result<Self, Error> {
        self.check_clear()?;
        if self.calibration.is_some() {
            self.weight = Setting::new(&self)?.weights().to_vec();
            self.calibration = None;
        }
        Ok(self)
    }

    /// What the weights are calibrated to, as long as they are not.
    #[must_use]
    pub fn calibration(&self) -> Option<&Calibration> {
        self.calibration.as_ref()
    }

    /// The place in the design of each interview that counts.
    pub fn places(&self) -> impl Iterator<Item = DesignPlace<'_>> {
        fn named<'s>(numbers: Option<&Vec<u32>>, at: usize, names: &'s [String]) -> Option<&'s str> {
            names.get(*numbers?.get(at)? as usize).map(String::as_str)
        }
        self.rows.iter().zip(&self.weight).enumerate().map(|(at, (row, weight))| DesignPlace {
            row: *row,
            stratum: named(self.stratum.as_ref(), at, &self.strata),
            psu: named(self.psu.as_ref(), at, &self.psus),
            weight: *weight,
            fpc: self.fpc.as_ref().and_then(|all| all.get(at)).copied(),
        })
    }
}
