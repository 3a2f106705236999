//! Who answered: how many respondents each group has, after disclosure control.

use super::compute::Options;
use super::definition::{Definitions, Grouping, Split};
use super::design::Sampling;
use super::disclosure::{Entry, Sum, suppress};
use super::estimate::{Error, Setting};
use super::measure::Groups;
use super::output::Suppressed;
use super::units::Units;

/// The respondents by one grouping.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The name of the disaggregation.
    pub disaggregation: String,
    /// Its groups, in order.
    pub groups: Vec<Group>,
    /// How many respondents belong to none; nothing where a group is hidden, which it would help to find.
    pub without: Option<usize>,
}

/// The respondents of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// How many they are; nothing where they are too few to be told.
    pub n: Option<usize>,
    /// Their share of all with a group, as the sample is.
    pub share: Option<f64>,
    /// Their share of the weights of all with a group.
    pub weighted_share: Option<f64>,
    /// Why nothing is told.
    pub suppressed: Option<Suppressed>,
}

/// The groups of a disaggregation, and the group of each interview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    /// Name and label of each group, in order.
    pub groups: Vec<(String, String)>,
    /// The group of each interview, if it belongs to one.
    pub member: Vec<Option<u32>>,
}

/// The respondents by every disaggregation of interviews that is not crossed, with the weights that their numbers are
/// computed with: calibrated, where the design is.
///
/// # Errors
/// The design does not allow any estimate.
pub fn profile(
    definitions: &Definitions<'_>,
    sampling: &Sampling,
    options: &Options,
) -> Result<Vec<Profile>, Error> {
    let setting = Setting::new(sampling)?;
    let units = Units::new(definitions.dataset, 0, &sampling.rows);
    let simple = definitions.splits.iter().filter(|split| definitions.is_of_interviews(split));
    let profiles = simple
        .map(|split| {
            let Groups { groups, member } = definitions.groups(split.first, &units, options.language);
            let mut counts = vec![0_usize; groups.len()];
            let mut weights = vec![0.0; groups.len()];
            for (member, weight) in member.iter().zip(setting.weights()) {
                let Some(place) = member.map(|member| member as usize) else { continue };
                if let (Some(count), Some(sum)) = (counts.get_mut(place), weights.get_mut(place)) {
                    *count += 1;
                    *sum += weight;
                }
            }
            let (n, weight) = (counts.iter().sum::<usize>(), weights.iter().sum::<f64>());
            let without = member.len() - n;
            let sums = [Sum { total: None, parts: (0..counts.len()).collect() }];
            let few = 1..options.minimum_cell;
            let entries: Vec<Entry> = counts.iter().map(|n| Entry::published(*n, few.contains(n))).collect();
            let blank = suppress(&entries, &sums, &[], options.minimum_cell);
            let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
            Profile {
                disaggregation: split.name.clone(),
                groups: groups
                    .into_iter()
                    .enumerate()
                    .map(|(place, (name, label))| {
                        let count = counts.get(place).copied().unwrap_or_default();
                        let sum = weights.get(place).copied().unwrap_or_default();
                        let is_told = blank.get(place).is_some_and(|blank| !blank);
                        Group {
                            name,
                            label,
                            n: is_told.then_some(count),
                            share: share(count as f64, n as f64).filter(|_| is_told),
                            weighted_share: share(sum, weight).filter(|_| is_told),
                            suppressed: (!is_told).then_some(Suppressed::Disclosure),
                        }
                    })
                    .collect(),
                without: blank.iter().all(|blank| !blank).then_some(without),
            }
        })
        .collect();
    Ok(profiles)
}

impl Definitions<'_> {
    /// Whether a split puts interviews into groups, by one grouping: not rows of rosters.
    fn is_of_interviews(&self, split: &Split) -> bool {
        let table = match split.first {
            Grouping::Column(column) => Some(column.table),
            Grouping::Variable(variable) => self.variables.get(variable).map(|variable| variable.table),
        };
        split.second.is_none() && table == Some(0)
    }

    /// The groups of a disaggregation that is not crossed, and the group of each of these interviews (rows of
    /// the table). For counting visits: what is counted by it passes no disclosure control here.
    #[must_use]
    pub fn members(&self, disaggregation: &str, rows: &[usize], language: usize) -> Option<Members> {
        let is_it = |split: &&Split| split.name == disaggregation && self.is_of_interviews(split);
        let split = self.splits.iter().find(is_it)?;
        let Groups { groups, member } =
            self.groups(split.first, &Units::new(self.dataset, 0, rows), language);
        Some(Members { groups, member })
    }
}
