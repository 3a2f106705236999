//! What indicators are, once checked.

use std::collections::HashMap;

use super::about::{Provider, Topic};
use super::units::ColumnAt;
use crate::dataset::Dataset;
use crate::expression::Expression;
use crate::statistics::Method;

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
    /// What questions are called as groups, where not by their label.
    pub(super) group_names: HashMap<String, String>,
}

/// A variable derived for disaggregation: the first category whose condition holds.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) label: String,
    /// The table whose rows have it.
    pub(super) table: usize,
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
    /// The table whose rows are counted: the interviews, or a roster.
    pub(super) table: usize,
    pub(super) base: Base,
    /// Places in [`Definitions::splits`].
    pub(super) by: Vec<usize>,
    pub(super) precision: Precision,
}

/// What an indicator says of its precision, where it differs from the survey's.
#[derive(Debug, Default)]
pub(super) struct Precision {
    /// How intervals of shares are made.
    pub(super) method: Option<Method>,
    /// The level of intervals.
    pub(super) level: Option<f64>,
    /// No number from fewer units than these.
    pub(super) minimum_n: Option<usize>,
}

/// What is measured.
#[derive(Debug)]
pub(super) enum Measure {
    Proportion {
        of: Expression,
        deciding: Deciding,
    },
    /// The share that chose at least one of these choices.
    Chosen {
        column: ColumnAt,
        choices: Vec<u32>,
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
    /// Numbers below which these shares of the population lie.
    Quantile {
        of: Expression,
        shares: Vec<f64>,
        deciding: Deciding,
    },
    /// The mean of items, each between 0 and 1, of those who have at least so many of them.
    Index {
        items: Vec<Item>,
        minimum: usize,
    },
    /// How much one condition or number of a respondent exceeds another.
    Excess {
        of: Expression,
        less: Expression,
        deciding: Deciding,
    },
    /// How much the mean of one group exceeds that of another.
    Gap {
        of: Expression,
        deciding: Deciding,
        between: Grouping,
        /// The groups, by their places.
        groups: [u32; 2],
    },
    Distribution(Grouping),
    Mentions(ColumnAt),
    NetBalance {
        column: ColumnAt,
        positive: Vec<u32>,
        negative: Vec<u32>,
    },
    RankScore {
        column: ColumnAt,
        top: u32,
    },
}

/// One item of an index.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) of: Expression,
    pub(super) scale: Scale,
    /// What it reads, which says why it is missing.
    pub(super) read: Vec<ColumnAt>,
}

/// How an item is brought to between 0 and 1.
#[derive(Debug)]
pub(super) enum Scale {
    /// These choices, from 0 to 1 in equal steps.
    Choices(Vec<String>),
    /// The number that becomes 0, and the one that becomes 1.
    Numbers(f64, f64),
}

/// Which questions decide whether a respondent was asked, and which must have a value.
#[derive(Debug)]
pub(super) struct Deciding {
    /// All of these must have been asked.
    pub(super) asked: Vec<ColumnAt>,
    /// Every one of these that was asked must have a value.
    pub(super) read: Vec<ColumnAt>,
}

/// Who counts in the denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    All,
    Valid,
    Asked,
}

/// Something that puts each unit into one group or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grouping {
    /// A column: one choice, true/false, or text that is not free.
    Column(ColumnAt),
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
            Self::Proportion { .. } | Self::Chosen { .. } => "proportion",
            Self::Mean { .. } => "mean",
            Self::Total { .. } => "total",
            Self::Ratio { .. } => "ratio",
            Self::Quantile { .. } => "quantile",
            Self::Index { .. } => "index",
            Self::Excess { .. } | Self::Gap { .. } => "gap",
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
        match self {
            Self::Mean { .. }
            | Self::Total { .. }
            | Self::Ratio { .. }
            | Self::Quantile { .. }
            | Self::Index { .. } => true,
            Self::Excess { of, .. } | Self::Gap { of, .. } => of.ty().is_number(),
            _ => false,
        }
    }

    /// Whether it may be negative, so that an error in proportion to it says nothing.
    pub(super) fn is_signed(&self) -> bool {
        matches!(self, Self::Excess { .. } | Self::Gap { .. } | Self::NetBalance { .. })
    }

    /// The expressions that it evaluates.
    pub(super) fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Proportion { of, .. }
            | Self::Mean { of, .. }
            | Self::Total { of, .. }
            | Self::Quantile { of, .. }
            | Self::Gap { of, .. } => vec![of],
            Self::Ratio { of, per: other, .. } | Self::Excess { of, less: other, .. } => vec![of, other],
            Self::Index { items, .. } => items.iter().map(|item| &item.of).collect(),
            Self::Chosen { .. }
            | Self::Distribution(_)
            | Self::Mentions(_)
            | Self::NetBalance { .. }
            | Self::RankScore { .. } => Vec::new(),
        }
    }

    /// The columns that it looks at besides its expressions.
    pub(super) fn columns(&self) -> Vec<ColumnAt> {
        match self {
            Self::Proportion { deciding, .. }
            | Self::Mean { deciding, .. }
            | Self::Total { deciding, .. }
            | Self::Ratio { deciding, .. }
            | Self::Quantile { deciding, .. }
            | Self::Excess { deciding, .. }
            | Self::Gap { deciding, .. } => deciding.columns(),
            Self::Chosen { column, .. }
            | Self::Mentions(column)
            | Self::NetBalance { column, .. }
            | Self::RankScore { column, .. } => vec![*column],
            Self::Index { .. } | Self::Distribution(_) => Vec::new(),
        }
    }

    /// What it groups units by.
    pub(super) fn grouping(&self) -> Option<Grouping> {
        match self {
            Self::Distribution(grouping) | Self::Gap { between: grouping, .. } => Some(*grouping),
            _ => None,
        }
    }
}

impl Deciding {
    pub(super) fn columns(&self) -> Vec<ColumnAt> {
        self.asked.iter().chain(&self.read).copied().collect()
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
