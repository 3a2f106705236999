//! How large a sample must be, and what a sample can show.
//!
//! Proportions are planned for by the normal approximation, as handbooks do (Cochran 1977, sections 3.3 and 4.4;
//! Kish 1965, section 8.2, for clusters).

use super::distribution::normal_quantile;

/// What is known or assumed before the survey.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// The proportion that is expected; 0.5 needs the largest sample.
    pub proportion: f64,
    /// The level of the interval, between 0 and 1.
    pub level: f64,
    /// Correlation of answers within a cluster, from 0 (a cluster tells as much as as many strangers) to 1.
    pub intra_cluster: f64,
    /// Interviews in each cluster.
    pub cluster_size: f64,
    /// What unequal weights cost: Kish's factor, 1 for equal weights.
    pub weighting: f64,
    /// How many people there are; none where they are too many to matter.
    pub population: Option<f64>,
    /// The share of those selected who answer.
    pub response: f64,
}

/// A sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Completed interviews.
    pub interviews: f64,
    /// Clusters of the plan's size, rounded up.
    pub clusters: f64,
    /// People or households to select, so that as many answer.
    pub selected: f64,
}

impl Plan {
    /// The design effect: `(1 + (m − 1) ρ)` for clusters of `m`, times that of the weights.
    #[must_use]
    pub fn design_effect(&self) -> f64 {
        (1.0 + (self.cluster_size - 1.0).max(0.0) * self.intra_cluster) * self.weighting
    }

    /// The sample whose interval reaches `margin` to each side: `n₀ = z² p (1 − p) d / e²`, and in a finite
    /// population `n = n₀ / (1 + n₀ / N)`.
    #[must_use]
    pub fn size_for_margin(&self, margin: f64) -> Size {
        let z = normal_quantile(0.5 + self.level / 2.0);
        self.size(self.finite(z * z * self.variance() * self.design_effect() / (margin * margin)))
    }

    /// How far the interval of a sample of `interviews` reaches to each side.
    #[must_use]
    pub fn margin_of(&self, interviews: f64) -> f64 {
        let z = normal_quantile(0.5 + self.level / 2.0);
        z * (self.variance() * self.design_effect() * self.left(interviews) / interviews).sqrt()
    }

    /// The sample in each of two rounds, drawn independently, that shows a change of the proportion to `other`
    /// with probability `power`: `(z₁₋α/₂ + z_power)² (p₁q₁ + p₂q₂) d / (p₂ − p₁)²`, in a finite population less as for
    /// a margin.
    #[must_use]
    pub fn size_for_change(&self, other: f64, power: f64) -> Size {
        let z = normal_quantile(0.5 + self.level / 2.0) + normal_quantile(power);
        let both = self.variance() + other * (1.0 - other);
        let change = other - self.proportion;
        self.size(self.finite(z * z * both * self.design_effect() / (change * change)))
    }

    /// The smallest change, up or down, that two rounds of `interviews` each show with probability `power`, with the
    /// variance of the plan's proportion in both.
    #[must_use]
    pub fn change_shown_by(&self, interviews: f64, power: f64) -> f64 {
        let z = normal_quantile(0.5 + self.level / 2.0) + normal_quantile(power);
        z * (2.0 * self.variance() * self.design_effect() * self.left(interviews) / interviews).sqrt()
    }

    /// The sample that is as good in the plan's population as one of `infinite` where there is no end of people.
    fn finite(&self, infinite: f64) -> f64 {
        self.population.map_or(infinite, |people| infinite / (1.0 + infinite / people))
    }

    /// The share of the population that is not in the sample: of those who are, nothing is uncertain.
    fn left(&self, interviews: f64) -> f64 {
        self.population.map_or(1.0, |people| (1.0 - interviews / people).max(0.0))
    }

    fn variance(&self) -> f64 {
        self.proportion * (1.0 - self.proportion)
    }

    fn size(&self, interviews: f64) -> Size {
        // What is a whole number but for rounding is that number.
        let up = |number: f64| (number - 1e-9).ceil().max(1.0);
        let interviews = up(interviews);
        Size {
            interviews,
            clusters: up(interviews / self.cluster_size),
            selected: up(interviews / self.response),
        }
    }
}
