//! What indicators are, once checked.

use super::about::{Provider, Topic};
use super::estimate::How;
use crate::dataset::Dataset;
use crate::expression::Expression;

/// Checked definitions, over the tables that they were checked against.
#[derive(Debug)]
pub struct Definitions<'d> {
    pub(super) dataset: &'d Dataset,
    pub(super) variables: Vec<Variable>,
    /// Who provides security and justice; indicators refer to them by place.
    pub(super) providers: Vec<Provider>,
    /// Distinct splits that indicators use; indicators refer to them by place.
    pub(super) splits: Vec<Split>,
    pub(super) indicators: Vec<Indicator>,
}

/// A variable derived for disaggregation: the first category whose condition holds.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) categories: Vec<Category>,
}

#[derive(Debug)]
pub(super) struct Category {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) when: Expression,
}

/// One indicator.
#[derive(Debug)]
pub(super) struct Indicator {
    pub(super) id: String,
    pub(super) title: String,
    /// Where the definition truly comes from.
    pub(super) source: Option<String>,
    pub(super) topic: Option<Topic>,
    /// A place in [`Definitions::providers`].
    pub(super) provider: Option<usize>,
    pub(super) measure: Measure,
    pub(super) base: Base,
    /// Places in [`Definitions::splits`].
    pub(super) by: Vec<usize>,
}

/// What is measured. Columns are places in the table of interviews.
#[derive(Debug)]
pub(super) enum Measure {
    Proportion {
        of: Expression,
        deciding: Deciding,
    },
    Mean {
        of: Expression,
        deciding: Deciding,
    },
    Total {
        of: Expression,
        deciding: Deciding,
    },
    /// The total of one number over the total of another.
    Ratio {
        of: Expression,
        per: Expression,
        deciding: Deciding,
    },
    Distribution(Grouping),
    Mentions(usize),
    NetBalance {
        column: usize,
        positive: Vec<u32>,
        negative: Vec<u32>,
    },
    RankScore {
        column: usize,
        top: u32,
    },
}

/// Which questions decide whether a respondent was asked, and which must have a value.
#[derive(Debug)]
pub(super) struct Deciding {
    /// All of these must have been asked.
    pub(super) asked: Vec<usize>,
    /// Every one of these that was asked must have a value.
    pub(super) read: Vec<usize>,
}

/// Who counts in the denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    All,
    Valid,
    Asked,
}

/// Something that puts each interview into one group or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grouping {
    /// A column of the interviews: one choice, true/false, or text that is not free.
    Column(usize),
    /// A derived variable.
    Variable(usize),
}

/// A disaggregation: by one grouping, or by two crossed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// As written: `sex`, or `sex * district`.
    pub(super) name: String,
    pub(super) first: Grouping,
    pub(super) second: Option<Grouping>,
}

impl Measure {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Proportion { .. } => "proportion",
            Self::Mean { .. } => "mean",
            Self::Total { .. } => "total",
            Self::Ratio { .. } => "ratio",
            Self::Distribution(_) => "distribution",
            Self::Mentions(_) => "mentions",
            Self::NetBalance { .. } => "net_balance",
            Self::RankScore { .. } => "rank_score",
        }
    }

    /// Whether it gives one number for each choice.
    pub(super) fn has_categories(&self) -> bool {
        matches!(self, Self::Distribution(_) | Self::Mentions(_) | Self::RankScore { .. })
    }

    /// Whether it is about numbers, where a missing answer cannot stand for 0.
    pub(super) fn is_numeric(&self) -> bool {
        matches!(self, Self::Mean { .. } | Self::Total { .. } | Self::Ratio { .. })
    }

    /// How its scores become one number; `denominators` are those of [`Definitions::denominators`].
    pub(super) fn how<'m>(&self, denominators: Option<&'m [f64]>) -> How<'m> {
        match (self, denominators) {
            (Self::Proportion { .. } | Self::Distribution(_) | Self::Mentions(_), _) => How::Share,
            (Self::Total { .. }, _) => How::Total,
            (Self::Ratio { .. }, Some(denominators)) => How::Ratio(denominators),
            _ => How::Mean,
        }
    }
}

impl Base {
    pub(super) const NAMES: [&str; 3] = ["all", "valid", "asked"];

    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "all" => Some(Self::All),
            "valid" => Some(Self::Valid),
            "asked" => Some(Self::Asked),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Valid => "valid",
            Self::Asked => "asked",
        }
    }
}

impl Definitions<'_> {
    /// How many indicators there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.indicators.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.indicators.is_empty()
    }
}
