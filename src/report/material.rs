//! What a report is made from.

use chrono::NaiveDate;

use super::assessment::Gap;
use crate::fieldwork::Tally;
use crate::indicators::{About, Category, Change, Disaggregation, Profile, Row};

/// Everything that a report shows.
#[derive(Debug)]
pub struct Material<'m> {
    /// The survey's title.
    pub title: &'m str,
    /// The tag of the language of labels.
    pub language: &'m str,
    /// What people call the round.
    pub round: &'m str,
    /// The questionnaire's name and version.
    pub questionnaire: (&'m str, &'m str),
    /// The first and the last day on which an interview that counts began.
    pub fieldwork: Option<(NaiveDate, NaiveDate)>,
    /// The level of confidence intervals, between 0 and 1.
    pub level: f64,
    /// Numbers from fewer respondents are blanked.
    pub minimum_cell: usize,
    /// How the sample was drawn.
    pub design: DesignFacts,
    /// How the visits of the round ended.
    pub visits: Tally,
    /// The same by groups that are known of every visit.
    pub visits_by: Vec<VisitsBy>,
    /// Who answered.
    pub profiles: Vec<Profile>,
    /// The indicators, in the order of their file.
    pub indicators: Vec<Indicator<'m>>,
    /// What disaggregations are called.
    pub disaggregations: Vec<Disaggregation>,
    /// The numbers, in the order of [`crate::indicators::compute`].
    pub rows: &'m [Row],
    /// How groups differ, for every indicator that gives a single number.
    pub gaps: Vec<Gap<'m>>,
    /// How this round differs from earlier ones.
    pub comparisons: Vec<Comparison>,
}

/// How the sample was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DesignFacts {
    /// How many interviews count.
    pub interviews: usize,
    /// How many interviews have no usable place in the design.
    pub left_out: usize,
    /// How many strata they are of.
    pub strata: usize,
    /// How many primary sampling units they are of; none where each interview is its own.
    pub psus: Option<usize>,
    /// Whether interviews are weighted: by weights of their own, or by counts that they add up to.
    pub is_weighted: bool,
    /// How many units the population has.
    pub population: Population,
}

/// What is known of how many units the population has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Population {
    /// Nothing: so many that it does not matter.
    Large,
    /// Errors are corrected for it.
    Counted,
    /// It contradicts the sample or itself, so that errors are not corrected for it.
    Refused,
}

/// How visits ended, by the groups of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitsBy {
    /// What the groups are of; nothing where they are enumerators.
    pub label: Option<String>,
    /// The groups and their visits; those with too few are not among them.
    pub groups: Vec<(String, Tally)>,
}

/// An indicator and the names of its categories.
#[derive(Debug)]
pub struct Indicator<'m> {
    /// What it is about.
    pub about: About<'m>,
    /// Its categories; none where it gives a single number.
    pub categories: Vec<Category>,
}

/// How two rounds differ.
#[derive(Debug)]
pub struct Comparison {
    /// What people call the earlier round.
    pub first: String,
    /// What people call the later round.
    pub second: String,
    /// The changes, in the order of [`crate::indicators::compare`].
    pub changes: Vec<Change>,
}
