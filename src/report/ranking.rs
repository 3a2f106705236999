//! Ranks that know how certain they are.

use crate::indicators::{Row, format_number};

/// A number's place among its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// One more than how many stand before it. Equal numbers share a rank, and the next one is left out.
    pub place: usize,
    /// The best rank that the intervals allow: one more than how many lie wholly before this one. What is hidden does not.
    pub best: usize,
    /// The worst rank that they allow: all, with what is hidden, less those that lie wholly behind.
    pub worst: usize,
    /// It was named by nobody, or is no more than nothing, however it is shown.
    nothing: bool,
}

/// Which numbers stand first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// The largest.
    Largest,
    /// The smallest.
    Smallest,
}

/// Whether something is among the first so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// Whatever the intervals allow.
    Yes,
    /// By its rank, or by its interval, but not for certain.
    Maybe,
    /// Not even if its interval is used to the full.
    No,
}

impl Among {
    /// The word in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Maybe => "maybe",
            Self::No => "no",
        }
    }
}

impl Rank {
    /// The place, for what people named; none for what nobody did.
    pub fn of_named(self) -> Option<usize> {
        (!self.nothing).then_some(self.place)
    }

    /// Whether it is among the first `most` by its rank. What nobody named is not.
    pub fn is_among(self, most: usize) -> bool {
        self.place <= most && !self.nothing
    }

    /// Whether it is among the first `most` for certain.
    pub fn among(self, most: usize) -> Among {
        if self.worst <= most && !self.nothing {
            Among::Yes
        } else if self.best <= most {
            Among::Maybe
        } else {
            Among::No
        }
    }
}

/// The ranks of numbers that are set against each other; none where a number is blanked or has no data.
///
/// Intervals that touch are a tie: from such numbers alone nobody can say which is larger. A number without an
/// interval, or one that is blanked, is tied with all: it could stand at any place among them.
pub fn ranks(rows: &[&Row]) -> Vec<Option<Rank>> {
    // As published: digits beyond these are noise of the summation and must not order anything.
    ranks_by(rows, First::Largest, |estimate| format_number(estimate).parse().unwrap_or(estimate))
}

/// The same from either end, of numbers as they are `shown`: those that look alike share a rank.
pub fn ranks_by(rows: &[&Row], first: First, shown: impl Fn(f64) -> f64) -> Vec<Option<Rank>> {
    // From the other end the largest is the one that is smallest below nothing.
    let sign = if first == First::Largest { 1.0 } else { -1.0 };
    let known: Vec<Option<Known>> = rows.iter().map(|row| Known::of(row, sign, &shown)).collect();
    let sorted = |of: fn(&Known) -> Option<f64>| -> Vec<f64> {
        let mut numbers: Vec<f64> = known.iter().flatten().filter_map(of).collect();
        numbers.sort_by(f64::total_cmp);
        numbers
    };
    let estimates = sorted(|known| Some(known.shown));
    let (lows, highs) = (sorted(|known| known.low), sorted(|known| known.high));
    let above = |sorted: &[f64], number: f64| sorted.len() - sorted.partition_point(|other| *other <= number);
    let below = |sorted: &[f64], number: f64| sorted.partition_point(|other| *other < number);
    let all = estimates.len() + rows.iter().filter(|row| is_hidden(row)).count();
    let rank = |known: Known| Rank {
        place: 1 + above(&estimates, known.shown),
        best: 1 + known.high.map_or(0, |high| above(&lows, high)),
        worst: all - known.low.map_or(0, |low| below(&highs, low)),
        nothing: first == First::Largest && known.exact <= 0.0,
    };
    known.iter().map(|known| known.map(rank)).collect()
}

/// A number that is ranked, and its interval.
#[derive(Clone, Copy)]
struct Known {
    exact: f64,
    shown: f64,
    low: Option<f64>,
    high: Option<f64>,
}

impl Known {
    /// Of a row that has a number, each times the sign.
    fn of(row: &Row, sign: f64, shown: impl Fn(f64) -> f64) -> Option<Self> {
        let exact = row.estimate?;
        let (low, high) = if sign < 0.0 { (row.ci_high, row.ci_low) } else { (row.ci_low, row.ci_high) };
        let [low, high] = [low, high].map(|end| end.map(|end| sign * end));
        Some(Self { exact, shown: sign * shown(exact), low, high })
    }
}

/// Whether there is a number that is not shown.
pub fn is_hidden(row: &Row) -> bool {
    row.estimate.is_none() && row.suppressed.is_some()
}

/// Whether the interval of one lies wholly above that of another.
fn is_above(one: &Row, other: &Row) -> bool {
    one.ci_low.zip(other.ci_high).is_some_and(|(low, high)| low > high)
}

/// Whether two numbers cannot be told apart: by their intervals, or as one of them is hidden.
pub fn are_tied(one: &Row, other: &Row) -> bool {
    let is_number = |row: &Row| row.estimate.is_some() || is_hidden(row);
    is_number(one) && is_number(other) && !is_above(one, other) && !is_above(other, one)
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Among, First, are_tied, ranks, ranks_by};
    use crate::indicators::{Row, Suppressed};

    /// A number with its interval.
    pub fn row(estimate: f64, low: f64, high: f64) -> Row {
        Row {
            survey: String::new(),
            round: String::new(),
            questionnaire_version: String::new(),
            indicator: String::new(),
            title: String::new(),
            kind: "mentions",
            category: String::new(),
            disaggregation: String::new(),
            domain: String::new(),
            domain_label: String::new(),
            estimate: Some(estimate),
            std_error: None,
            ci_low: Some(low),
            ci_high: Some(high),
            ci_level: 0.95,
            ci_method: "",
            df: None,
            deff: None,
            n_unweighted: None,
            weight_sum: None,
            base: "valid",
            n_dont_know: None,
            n_refused: None,
            n_not_applicable: None,
            n_not_asked: None,
            suppressed: None,
            note: String::new(),
        }
    }

    #[test]
    fn overlapping_intervals_are_ties_and_bound_the_rank() {
        // 0.6 stands alone on top; 0.4 and 0.35 overlap; 0.1 lies below all; one has no data.
        let mut rows =
            vec![row(0.4, 0.3, 0.5), row(0.6, 0.55, 0.65), row(0.1, 0.05, 0.2), row(0.35, 0.25, 0.45)];
        rows.push(Row { estimate: None, ci_low: None, ci_high: None, ..row(0.0, 0.0, 0.0) });
        let rows: Vec<&Row> = rows.iter().collect();
        let found = ranks(&rows);
        let places = |n: usize| found[n].map(|rank| (rank.place, rank.best, rank.worst));
        assert_eq!(places(0), Some((2, 2, 3)));
        assert_eq!(places(1), Some((1, 1, 1)));
        assert_eq!(places(2), Some((4, 4, 4)));
        assert_eq!(places(3), Some((3, 2, 3)));
        assert_eq!(places(4), None);
        assert!(are_tied(rows[0], rows[3]) && !are_tied(rows[0], rows[1]) && !are_tied(rows[0], rows[4]));
        let among = |n: usize, most| found[n].map(|rank| rank.among(most));
        assert_eq!(
            (among(0, 2), among(3, 2), among(2, 3)),
            (Some(Among::Maybe), Some(Among::Maybe), Some(Among::No))
        );
        assert_eq!((among(3, 3), among(1, 1)), (Some(Among::Yes), Some(Among::Yes)));
    }

    #[test]
    fn equal_numbers_share_a_rank_and_nothing_is_never_on_top() {
        let rows = [row(0.1 + 0.2, 0.2, 0.6), row(0.3, 0.2, 0.6), row(0.0, 0.0, 0.3)];
        let found = ranks(&rows.iter().collect::<Vec<_>>());
        let rank = |n: usize| found[n].unwrap();
        assert_eq!((rank(0).place, rank(1).place, rank(2).place), (1, 1, 3));
        assert!(rank(0).is_among(1) && rank(1).is_among(1) && !rank(2).is_among(3));
        assert_eq!(rank(2).among(3), Among::Maybe);
    }

    #[test]
    fn a_hidden_number_may_have_any_place_and_has_no_rank() {
        let hidden = Row {
            estimate: None,
            ci_low: None,
            ci_high: None,
            suppressed: Some(Suppressed::Precision),
            ..row(0.0, 0.0, 0.0)
        };
        let rows = [row(0.6, 0.55, 0.65), hidden, row(0.1, 0.05, 0.2)];
        for (first, reach) in [
            (First::Largest, [Some((1, 1, 2)), None, Some((2, 2, 3))]),
            (First::Smallest, [Some((2, 2, 3)), None, Some((1, 1, 2))]),
        ] {
            let found = ranks_by(&rows.iter().collect::<Vec<_>>(), first, |number| number);
            let places = found.iter().map(|rank| rank.map(|rank| (rank.place, rank.best, rank.worst)));
            assert_eq!(places.collect::<Vec<_>>(), reach);
        }
        assert!(are_tied(&rows[0], &rows[1]) && are_tied(&rows[1], &rows[2]));
    }

    #[test]
    fn what_somebody_named_is_something_however_it_is_shown() {
        let rows = [row(0.004, 0.001, 0.02), row(0.0, 0.0, 0.01)];
        let found = ranks_by(&rows.iter().collect::<Vec<_>>(), First::Largest, f64::round);
        let is_among: Vec<_> = found.iter().flatten().map(|rank| (rank.place, rank.is_among(1))).collect();
        assert_eq!(is_among, [(1, true), (1, false)]);
    }

    #[test]
    fn numbers_that_look_alike_share_a_rank() {
        let rows = [row(0.094, 0.05, 0.15), row(0.088, 0.05, 0.15), row(0.07, 0.03, 0.13)];
        let whole = |number: f64| (100.0 * number).round();
        let found = ranks_by(&rows.iter().collect::<Vec<_>>(), First::Largest, whole);
        assert_eq!(found.iter().flatten().map(|rank| rank.place).collect::<Vec<_>>(), [1, 1, 3]);
    }

    #[test]
    fn from_below_the_smallest_is_first_and_equal_ones_share_its_rank() {
        let rows = [row(0.2, 0.1, 0.3), row(0.6, 0.5, 0.7), row(0.2, 0.1, 0.3), row(0.25, 0.15, 0.35)];
        let found = ranks_by(&rows.iter().collect::<Vec<_>>(), First::Smallest, |number| number);
        let reach: Vec<_> = found.iter().flatten().map(|rank| (rank.place, rank.best, rank.worst)).collect();
        assert_eq!(reach, [(1, 1, 3), (4, 4, 4), (1, 1, 3), (3, 1, 3)]);
    }

    #[test]
    fn a_number_without_an_interval_is_tied_with_all() {
        let lonely = Row { ci_low: None, ci_high: None, ..row(0.9, 0.0, 0.0) };
        let rows = [row(0.2, 0.1, 0.3), lonely];
        let found = ranks(&rows.iter().collect::<Vec<_>>());
        let reach: Vec<_> = found.iter().flatten().map(|rank| (rank.best, rank.worst)).collect();
        assert_eq!(reach, [(1, 2), (1, 2)]);
    }
}
