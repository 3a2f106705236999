//! Domains of a design and the linearised estimates in them.

use super::compare::Scored;
use super::design::Design;
use super::error::LengthMismatch;

/// What an estimate is of. It decides which intervals make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A mean of any numbers.
    Mean,
    /// A share between 0 and 1.
    Proportion,
    /// A sum over the population.
    Total,
    /// A sum over the population divided by another.
    Ratio,
}

/// An estimate with what is known about its precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// What it is of.
    pub kind: Kind,
    /// The figure itself.
    pub estimate: f64,
    /// Its linearised standard error, in the unit of `estimate`. `None`: the design cannot tell, because the
    /// rule for lonely PSUs is to average over others and there are none.
    pub std_error: Option<f64>,
    /// Degrees of freedom: PSUs less strata that have a row in the domain, whether or not with a value.
    /// With 0 there is no interval.
    pub df: usize,
    /// Degrees of freedom of the whole design, which some tables use in place of `df`.
    pub df_design: usize,
    /// Variance divided by that of a simple random sample without replacement of `n` out of `weight_sum`
    /// units. `None` when that is not a positive number: one row, no variation, or weights that sum to `n`
    /// or less.
    pub deff: Option<f64>,
    /// The same against simple random sampling with replacement; it does not depend on the scale of weights.
    pub deff_replace: Option<f64>,
    /// Rows in the estimate: in the domain, with a value and a weight.
    pub n: usize,
    /// Rows in the domain, with or without a value or a weight.
    pub n_domain: usize,
    /// Sum of the weights of the `n` rows.
    pub weight_sum: f64,
}

/// How much unequal weights alone cost (Kish 1965).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighting {
    /// Rows with a weight.
    pub n: usize,
    /// Rows that equal weights would need for the same precision: `(Σw)² / Σw²`.
    pub n_effective: f64,
    /// `n / n_effective`, which is 1 plus the square of `cv`.
    pub deff: f64,
    /// Coefficient of variation of the weights, over `n`.
    pub cv: f64,
}

/// A part of the design's rows in which to estimate.
///
/// The variance keeps all PSUs and strata of the design: scores outside the domain are 0 (Särndal, Swensson
/// and Wretman 1992, section 10.3). Filtering rows before making the design would give wrong standard errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain<'d> {
    design: &'d Design,
    rows: Vec<u32>,
    psus: usize,
    strata: usize,
}

impl Design {
    /// The domain of all rows.
    pub fn everyone(&self) -> Domain<'_> {
        self.domain_of((0..self.rows() as u32).collect())
    }

    /// The domain of the rows whose entry in `inside` is true.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`] when `inside` has not one entry for each row.
    pub fn domain(&self, inside: &[bool]) -> Result<Domain<'_>, LengthMismatch> {
        check_length(self, inside.len())?;
        Ok(self.domain_of((0..self.rows() as u32).filter(|&row| inside[row as usize]).collect()))
    }

    fn domain_of(&self, rows: Vec<u32>) -> Domain<'_> {
        let weighted = rows.iter().map(|&row| row as usize).filter(|&row| self.weights[row] != 0.0);
        let (psus, strata) = self.stages[0].count(weighted);
        Domain { design: self, rows, psus, strata }
    }
}

impl<'d> Domain<'d> {
    /// The design this is a part of.
    pub fn design(&self) -> &'d Design {
        self.design
    }

    /// How many rows are in the domain.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Degrees of freedom: PSUs less strata that have a row with a weight in the domain.
    pub fn df(&self) -> usize {
        self.psus - self.strata
    }

    /// Weighted mean, `ȳ = Σ w y / Σ w`, with scores `w (y − ȳ) / Σ w`.
    ///
    /// `Ok(None)` is "no data": no row of the domain has a value and a weight.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`] when `values` has not one entry for each row of the design.
    pub fn mean(&self, values: &[f64]) -> Result<Option<Estimate>, LengthMismatch> {
        self.mean_of_kind(values, Kind::Mean)
    }

    /// Weighted share of ones among ones and zeros: a [`Domain::mean`] whose intervals stay in 0 to 1.
    ///
    /// # Errors
    ///
    /// As [`Domain::mean`].
    pub fn proportion(&self, values: &[f64]) -> Result<Option<Estimate>, LengthMismatch> {
        self.mean_of_kind(values, Kind::Proportion)
    }

    /// Shares of the categories `0..categories`, which sum to 1: the proportion of one 0/1 column for each.
    /// A category of `None`, or one beyond the last, is no value. Every category is there, at 0 if nobody is
    /// in it; the vector is empty, "no data", if no row has a value and a weight.
    ///
    /// # Errors
    ///
    /// As [`Domain::mean`].
    pub fn distribution(
        &self,
        values: &[Option<u32>],
        categories: u32,
    ) -> Result<Vec<Estimate>, LengthMismatch> {
        check_length(self.design, values.len())?;
        let mut shares = Vec::new();
        for category in 0..categories {
            let share = |row: usize| match values[row] {
                Some(value) if value < categories => f64::from(u8::from(value == category)),
                _ => f64::NAN,
            };
            shares.extend(self.mean_by(&share, Kind::Proportion));
        }
        Ok(shares)
    }

    /// Weighted total, `Σ w y`, with scores `w y`.
    ///
    /// # Errors
    ///
    /// As [`Domain::mean`].
    pub fn total(&self, values: &[f64]) -> Result<Option<Estimate>, LengthMismatch> {
        check_length(self.design, values.len())?;
        let value = |row: usize| values[row];
        let Some(sums) = self.sums(&value) else { return Ok(None) };
        let score = |row: usize| self.design.weights[row] * values[row];
        let simple = self.simple_variance(&value, &sums).times(sums.weights * sums.weights);
        Ok(Some(self.finish(Kind::Total, sums.weighted, &value, &score, &sums, simple)))
    }

    /// Ratio of two totals, `R = Σ w y / Σ w x`, with scores `w (y − R x) / Σ w x`, over the rows that have
    /// both values. `Ok(None)` also when the denominator is 0.
    ///
    /// # Errors
    ///
    /// As [`Domain::mean`], for either column.
    pub fn ratio(&self, numerator: &[f64], denominator: &[f64]) -> Result<Option<Estimate>, LengthMismatch> {
        check_length(self.design, numerator.len())?;
        check_length(self.design, denominator.len())?;
        let both = |row: usize, value: f64| {
            if numerator[row].is_finite() && denominator[row].is_finite() { value } else { f64::NAN }
        };
        let top = self.sums(&|row| both(row, numerator[row]));
        let bottom = self.sums(&|row| both(row, denominator[row]));
        let (Some(top), Some(bottom)) = (top, bottom) else { return Ok(None) };
        if bottom.weighted == 0.0 {
            return Ok(None);
        }
        let ratio = top.weighted / bottom.weighted;
        let residual = |row: usize| (numerator[row] - ratio * denominator[row]) / bottom.weighted;
        let score = |row: usize| self.design.weights[row] * residual(row);
        let Some(sums) = self.sums(&residual) else { return Ok(None) };
        let simple = self.simple_variance(&residual, &sums).times(sums.weights * sums.weights);
        Ok(Some(self.finish(Kind::Ratio, ratio, &residual, &score, &sums, simple)))
    }

    /// Variance of the values in the population, `n/(n − 1) Σ w (y − ȳ)² / Σ w`, as the mean of its terms.
    ///
    /// `Ok(None)` when fewer than two rows have a value and a weight.
    ///
    /// # Errors
    ///
    /// As [`Domain::mean`].
    pub fn variance(&self, values: &[f64]) -> Result<Option<Estimate>, LengthMismatch> {
        check_length(self.design, values.len())?;
        let Some(sums) = self.sums(&|row| values[row]).filter(|sums| sums.n > 1) else { return Ok(None) };
        let (mean, n) = (sums.weighted / sums.weights, sums.n as f64);
        let term = |row: usize| (values[row] - mean) * (values[row] - mean) * n / (n - 1.0);
        Ok(self.mean_by(&term, Kind::Mean))
    }

    /// A mean together with its scores, to be compared with another: see [`Design::difference`].
    ///
    /// # Errors
    ///
    /// As [`Domain::mean`].
    pub fn scored_mean(&self, values: &[f64]) -> Result<Option<Scored>, LengthMismatch> {
        self.scored(values, Kind::Mean)
    }

    /// A proportion together with its scores, to be compared with another: see [`Design::difference`].
    ///
    /// # Errors
    ///
    /// As [`Domain::mean`].
    pub fn scored_proportion(&self, values: &[f64]) -> Result<Option<Scored>, LengthMismatch> {
        self.scored(values, Kind::Proportion)
    }

    /// What unequal weights cost in this domain; `None` without a row that has a weight.
    pub fn weighting(&self) -> Option<Weighting> {
        let (mut n, mut sum, mut squares) = (0_usize, 0.0, 0.0);
        for weight in self.rows.iter().map(|&row| self.design.weights[row as usize]) {
            n += usize::from(weight != 0.0);
            sum += weight;
            squares += weight * weight;
        }
        if n == 0 {
            return None;
        }
        let n_effective = sum * sum / squares;
        let deff = n as f64 / n_effective;
        Some(Weighting { n, n_effective, deff, cv: (deff - 1.0).max(0.0).sqrt() })
    }

    fn scored(&self, values: &[f64], kind: Kind) -> Result<Option<Scored>, LengthMismatch> {
        Ok(self.mean_of_kind(values, kind)?.map(|estimate| {
            let mut scores = vec![f64::NAN; self.design.rows()];
            for (row, value) in self.valid(&|row| values[row]) {
                scores[row] = self.design.weights[row] * (value - estimate.estimate) / estimate.weight_sum;
            }
            Scored { estimate, scores }
        }))
    }

    fn mean_of_kind(&self, values: &[f64], kind: Kind) -> Result<Option<Estimate>, LengthMismatch> {
        check_length(self.design, values.len())?;
        Ok(self.mean_by(&|row| values[row], kind))
    }

    fn mean_by(&self, value: &impl Fn(usize) -> f64, kind: Kind) -> Option<Estimate> {
        let sums = self.sums(value)?;
        let mean = sums.weighted / sums.weights;
        let score = |row: usize| self.design.weights[row] * (value(row) - mean) / sums.weights;
        Some(self.finish(kind, mean, value, &score, &sums, self.simple_variance(value, &sums)))
    }

    /// Rows of the domain that have a value, with it.
    fn valid<'a, V: Fn(usize) -> f64>(
        &'a self,
        value: &'a V,
    ) -> impl Iterator<Item = (usize, f64)> + Clone + 'a {
        let with_value = |&row: &u32| (row as usize, value(row as usize));
        self.rows.iter().map(with_value).filter(|(_, value)| value.is_finite())
    }

    fn sums(&self, value: &impl Fn(usize) -> f64) -> Option<Sums> {
        let mut sums = Sums { n: 0, weights: 0.0, weighted: 0.0 };
        for (row, value) in self.valid(value) {
            let weight = self.design.weights[row];
            sums.n += usize::from(weight != 0.0);
            sums.weights += weight;
            sums.weighted += weight * value;
        }
        (sums.n > 0).then_some(sums)
    }

    /// Variance that the mean would have under simple random sampling: `s²/n` with replacement and
    /// `s² (N − n)/(N n)` without, where `s² = n/(n − 1) Σ w (y − ȳ)² / N` and `N = Σ w`.
    fn simple_variance(&self, value: &impl Fn(usize) -> f64, sums: &Sums) -> Simple {
        let (n, population) = (sums.n as f64, sums.weights);
        let mean = sums.weighted / population;
        let squares: f64 = self
            .valid(value)
            .map(|(row, value)| self.design.weights[row] * (value - mean) * (value - mean))
            .sum();
        let s2 = n / (n - 1.0) * squares / population;
        Simple { with_replacement: s2 / n, without: s2 * (population - n) / (population * n) }
    }

    fn finish<V: Fn(usize) -> f64, S: Fn(usize) -> f64>(
        &self,
        kind: Kind,
        estimate: f64,
        value: &V,
        score: &S,
        sums: &Sums,
        simple: Simple,
    ) -> Estimate {
        let variance = self.design.variance_of(&self.valid(value).map(|(row, _)| (row, score(row))));
        let effect = |simple: f64| {
            let effect = variance? / simple;
            (effect.is_finite() && simple > 0.0).then_some(effect)
        };
        let std_error = variance.map(f64::sqrt).map(|se| {
            // What is left of a proportion that does not vary is rounding, not precision.
            if kind == Kind::Proportion && se < 1e-12 { 0.0 } else { se }
        });
        Estimate {
            kind,
            estimate,
            std_error,
            df: self.df(),
            df_design: self.design.df(),
            deff: effect(simple.without),
            deff_replace: effect(simple.with_replacement),
            n: sums.n,
            n_domain: self.rows.len(),
            weight_sum: sums.weights,
        }
    }
}

#[derive(Clone, Copy)]
struct Sums {
    n: usize,
    weights: f64,
    weighted: f64,
}

#[derive(Clone, Copy)]
struct Simple {
    with_replacement: f64,
    without: f64,
}

impl Simple {
    fn times(self, factor: f64) -> Self {
        Self { with_replacement: self.with_replacement * factor, without: self.without * factor }
    }
}

fn check_length(design: &Design, found: usize) -> Result<(), LengthMismatch> {
    let expected = design.rows();
    if found == expected { Ok(()) } else { Err(LengthMismatch { expected, found }) }
}
