//! The numbers of one indicator, as a report reads them.

use super::material::{Indicator, Material};
use super::ranking::{First, Rank, is_hidden, ranks_by};
use super::words::Words;
use crate::indicators::{Row, Suppressed, TOTAL};

/// Estimates from fewer answers are marked as imprecise.
pub(super) const FEW_ANSWERS: usize = 30;
/// Shares and balances with a wider interval are marked as imprecise.
pub(super) const WIDE: f64 = 0.3;
/// Other numbers with a larger standard error, as a part of them, are marked as imprecise.
pub(super) const LOOSE: f64 = 0.3;

/// What a number is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// A part of people, shown in per cent.
    Share,
    /// A difference of two shares, shown in points.
    Balance,
    /// A score of ranks: 1 if everybody puts it first, 0 if nobody ranks it.
    Score,
    /// Anything else.
    Number,
}

/// One indicator and its rows.
pub(super) struct Found<'m> {
    pub(super) indicator: &'m Indicator<'m>,
    pub(super) rows: Vec<&'m Row>,
    pub(super) unit: Unit,
}

/// The rows of one domain, one for each category.
pub(super) struct Domain<'m> {
    pub(super) disaggregation: &'m str,
    pub(super) label: &'m str,
    pub(super) rows: Vec<&'m Row>,
}

impl Unit {
    pub(super) fn of(kind: &str) -> Self {
        match kind {
            "proportion" | "distribution" | "mentions" => Self::Share,
            "net_balance" => Self::Balance,
            "rank_score" => Self::Score,
            _ => Self::Number,
        }
    }

    /// A number of this unit, in words.
    pub(super) fn shown(self, words: &Words, number: f64) -> String {
        match self {
            Self::Share => words.percent(number),
            Self::Balance => words.points(number),
            Self::Number | Self::Score => words.decimal(number, self.decimals(number)),
        }
    }

    /// How many decimals a number has that is no share. Whole ones have none, but among scores from 0 to 1.
    fn decimals(self, number: f64) -> usize {
        match number.abs() {
            large if large >= 1000.0 => 0,
            whole if self == Self::Number && whole.fract() == 0.0 => 0,
            large if large >= 100.0 => 1,
            _ => 2,
        }
    }

    /// A number as it is shown: those that look alike are equal.
    pub(super) fn rounded(self, number: f64) -> f64 {
        let (times, places) = match self {
            Self::Share => (100.0, Words::places(number)),
            Self::Balance => (100.0, 0),
            Self::Score | Self::Number => (1.0, self.decimals(number)),
        };
        format!("{:.places$}", times * number).parse().unwrap_or(number)
    }
}

/// Whether an indicator of this kind has one number for each choice. Quantiles have several numbers too, but nobody chose them.
pub(super) fn has_choices(kind: &str) -> bool {
    matches!(kind, "distribution" | "mentions" | "rank_score")
}

/// What a quantile is, by its category: `half of them: up to`; none of other numbers.
pub(super) fn quantile(words: &Words, kind: &str, category: &str) -> Option<String> {
    let per_cent: f64 = category.strip_prefix('p').filter(|_| kind == "quantile")?.parse().ok()?;
    // As it is shown: shares are written with the noise of their binary digits.
    let per_mille = (10.0 * per_cent).round();
    let part = match per_mille {
        250.0 => words.say("part-quarter"),
        500.0 => words.say("part-half"),
        750.0 => words.say("part-three-quarters"),
        _ => {
            let places = usize::from(per_mille % 10.0 != 0.0);
            words.tell(
                "part-of-them",
                &[("share", &words.tell("percent", &[("n", &words.decimal(per_cent, places))]))],
            )
        }
    };
    Some(words.tell("up-to", &[("part", &part)]))
}

/// Every indicator that has rows, in the order of the file.
pub(super) fn all<'m>(material: &'m Material<'m>) -> Vec<Found<'m>> {
    let found = material.indicators.iter().map(|indicator| Found {
        indicator,
        rows: material.rows.iter().filter(|row| row.indicator == indicator.about.id).collect(),
        unit: Unit::of(indicator.about.kind),
    });
    found.filter(|found| !found.rows.is_empty()).collect()
}

impl<'m> Found<'m> {
    pub(super) fn title(&self) -> &'m str {
        self.indicator.about.title
    }

    /// Whether there is one number for each choice.
    pub(super) fn has_choices(&self) -> bool {
        has_choices(self.indicator.about.kind)
    }

    /// What a row is, where it is a quantile.
    pub(super) fn quantile(&self, words: &Words, row: &Row) -> Option<String> {
        quantile(words, self.indicator.about.kind, &row.category)
    }

    /// The number of everybody that stands for the indicator; of quantiles the one that is nearest to the middle. None where
    /// there is one for each choice.
    pub(super) fn single(&self) -> Option<&'m Row> {
        let from_half = |row: &&Row| {
            let share = row.category.strip_prefix('p').and_then(|share| share.parse::<f64>().ok());
            (share.unwrap_or(50.0) - 50.0).abs()
        };
        self.total()
            .filter(|_| !self.has_choices())
            .min_by(|one, other| from_half(one).total_cmp(&from_half(other)))
    }

    /// What people call a category.
    pub(super) fn category<'a>(&'a self, name: &'a str) -> &'a str {
        let found = self.indicator.categories.iter().find(|own| own.name == name);
        found.map_or(name, |own| own.label.as_str())
    }

    /// Whether a category excludes all others ("none of these"): it is no item of a ranking.
    fn is_exclusive(&self, name: &str) -> bool {
        self.indicator.categories.iter().any(|own| own.name == name && own.exclusive)
    }

    /// The domains in their order, the total first.
    pub(super) fn domains(&self) -> Vec<Domain<'m>> {
        let mut domains: Vec<Domain<'m>> = Vec::new();
        for row in &self.rows {
            let row: &'m Row = row;
            let is_new = domains
                .last()
                .and_then(|domain| domain.rows.last())
                .is_none_or(|last| last.disaggregation != row.disaggregation || last.domain != row.domain);
            if is_new {
                domains.push(Domain {
                    disaggregation: &row.disaggregation,
                    label: &row.domain_label,
                    rows: Vec::new(),
                });
            }
            if let Some(domain) = domains.last_mut() {
                domain.rows.push(row);
            }
        }
        domains
    }

    /// The rows of everybody.
    pub(super) fn total(&self) -> impl Iterator<Item = &'m Row> {
        self.rows.iter().copied().filter(|row| row.disaggregation == TOTAL)
    }

    /// The rows of a domain that are items of a ranking, also those without a number.
    pub(super) fn items(&self, rows: &[&'m Row]) -> Vec<&'m Row> {
        let is_item = |row: &&Row| !self.is_exclusive(&row.category);
        rows.iter().copied().filter(is_item).collect()
    }

    /// The rows of a domain with their ranks, from the largest to the smallest, without those that have no number or are
    /// no item of a ranking. Figures that look alike share a rank and stand in the order of the list.
    pub(super) fn ranked(&self, rows: &[&'m Row]) -> Vec<(Rank, &'m Row)> {
        let items = self.items(rows);
        let ranks = ranks_by(&items, First::Largest, |number| self.unit.rounded(number));
        let mut ranked: Vec<(Rank, &'m Row)> =
            ranks.into_iter().zip(items).filter_map(|(rank, row)| Some((rank?, row))).collect();
        ranked.sort_by_key(|(rank, _)| rank.place);
        ranked
    }

    /// The rows of a domain that exclude all others ("none of these"), as far as they have a number.
    pub(super) fn exclusive(&self, rows: &[&'m Row]) -> Vec<&'m Row> {
        let is_wanted = |row: &&Row| row.estimate.is_some() && self.is_exclusive(&row.category);
        rows.iter().copied().filter(is_wanted).collect()
    }

    /// How many rows of a domain have a number that is not shown, by why.
    pub(super) fn hidden(rows: &[&Row]) -> Vec<(Suppressed, usize)> {
        let mut hidden: Vec<(Suppressed, usize)> = Vec::new();
        for why in rows.iter().filter(|row| is_hidden(row)).filter_map(|row| row.suppressed) {
            match hidden.iter_mut().find(|(known, _)| *known == why) {
                Some((_, count)) => *count += 1,
                None => hidden.push((why, 1)),
            }
        }
        hidden
    }

    /// A number of this indicator, in words.
    pub(super) fn shown(&self, words: &Words, number: f64) -> String {
        self.unit.shown(words, number)
    }

    /// The interval of a row, in words.
    pub(super) fn interval(&self, words: &Words, row: &Row) -> Option<String> {
        let (low, high) = row.ci_low.zip(row.ci_high)?;
        Some(words.interval(&self.shown(words, low), &self.shown(words, high)))
    }

    /// `45% (35% to 56%)`, or why there is no number.
    pub(super) fn figures(&self, words: &Words, row: &Row, minimum_cell: usize) -> String {
        let Some(estimate) = row.estimate else { return why_not(words, row, minimum_cell) };
        let estimate = self.shown(words, estimate);
        match self.interval(words, row) {
            Some(interval) => words.tell("with", &[("what", &estimate), ("figures", &interval)]),
            None => estimate,
        }
    }

    /// Whether a number is too uncertain to be ranked by.
    pub(super) fn is_imprecise(&self, row: &Row) -> bool {
        let Some((low, high)) = row.ci_low.zip(row.ci_high) else { return true };
        let is_wide = match (self.unit, row.estimate, row.std_error) {
            (Unit::Share | Unit::Balance, ..) => high - low > WIDE,
            (Unit::Number | Unit::Score, Some(estimate), Some(error)) => error > LOOSE * estimate.abs(),
            (Unit::Number | Unit::Score, ..) => true,
        };
        is_wide || row.is_imprecise() || row.n_unweighted.is_some_and(|n| n < FEW_ANSWERS)
    }
}

/// Why a row has no number.
pub(super) fn why_not(words: &Words, row: &Row, minimum_cell: usize) -> String {
    row.suppressed.map_or_else(|| words.say("no-data"), |why| why_hidden(words, why, minimum_cell))
}

/// Why a number is not shown.
pub(super) fn why_hidden(words: &Words, why: Suppressed, minimum_cell: usize) -> String {
    match why {
        Suppressed::Disclosure => words.tell("hidden-few", &[("n", &words.count(minimum_cell))]),
        Suppressed::TooFew(least) => words.tell("hidden-fewer", &[("n", &words.count(least))]),
        Suppressed::Precision => words.say("hidden-imprecise"),
    }
}
