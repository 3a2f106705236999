//! Strips: small pictures of one line each, drawn as SVG in per cent of their width, so that they fit a
//! telephone and a sheet of paper alike. Numbers stand beside them as text.

use maud::{Markup, html};

use super::found::{Found, Unit};
use super::words::Words;
use crate::indicators::Row;

/// How many colours parts of a bar can have.
pub(super) const MOST_PARTS: usize = 6;

/// From where to where strips reach, and which way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    unit: Unit,
    is_right_to_left: bool,
}

/// A point and the range around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) estimate: f64,
    pub(super) interval: Option<(f64, f64)>,
    pub(super) is_imprecise: bool,
}

impl Mark {
    pub(super) fn of(found: &Found<'_>, row: &Row) -> Option<Self> {
        Some(Self {
            estimate: row.estimate?,
            interval: row.ci_low.zip(row.ci_high),
            is_imprecise: found.is_imprecise(row),
        })
    }
}

impl Axis {
    /// The axis on which these numbers of a unit lie.
    pub(super) fn around(unit: Unit, numbers: impl Iterator<Item = f64>, is_right_to_left: bool) -> Self {
        let (low, high) = match unit {
            Unit::Share => (0.0, 1.0),
            Unit::Balance => (-1.0, 1.0),
            // Nobody scores less than nothing, whatever the interval says.
            Unit::Score => rounded(numbers.map(|number| number.max(0.0)).chain([0.0])),
            Unit::Number => rounded(numbers),
        };
        Self { low, high, unit, is_right_to_left }
    }

    /// The axis of the rows of an indicator.
    pub(super) fn of<'r>(unit: Unit, rows: impl Iterator<Item = &'r Row>, is_right_to_left: bool) -> Self {
        let numbers = rows.flat_map(|row| [row.estimate, row.ci_low, row.ci_high]).flatten();
        Self::around(unit, numbers, is_right_to_left)
    }

    /// Where a number stands, in per cent of the width.
    fn at(&self, number: f64) -> f64 {
        let part = 100.0 * ((number - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        if self.is_right_to_left { 100.0 - part } else { part }
    }

    /// The numbers along the axis, at every quarter.
    pub(super) fn scale(&self, words: &Words) -> Markup {
        html! {
            div class="row scale" aria-hidden="true" {
                span class="label" {}
                span class="ticks" {
                    @for quarter in 0..=4_u8 {
                        span { (self.unit.shown(words, self.low + (self.high - self.low) * f64::from(quarter) / 4.0)) }
                    }
                }
                span class="figure" {}
            }
        }
    }

    /// A point with its range.
    pub(super) fn dot(&self, mark: Mark, title: &str) -> Markup {
        let Mark { estimate, interval, is_imprecise } = mark;
        picture(
            title,
            &html! {
                @if self.low < 0.0 && self.high > 0.0 {
                    line class="zero" x1=(per_cent(self.at(0.0))) x2=(per_cent(self.at(0.0))) y1="0" y2="18" {}
                }
                @if let Some((low, high)) = interval { (self.range(low, high)) }
                circle class=(if is_imprecise { "dot hollow" } else { "dot" }) cx=(per_cent(self.at(estimate))) cy="9" r="5" {}
            },
        )
    }

    /// A bar from the beginning, with the range at its end.
    pub(super) fn bar(&self, mark: Mark, title: &str) -> Markup {
        let Mark { estimate, interval, is_imprecise } = mark;
        let (from, to) = (self.at(self.low.max(0.0)), self.at(estimate));
        picture(
            title,
            &html! {
                rect class=(if is_imprecise { "bar hollow" } else { "bar" }) x=(per_cent(from.min(to))) y="3"
                    width=(per_cent((to - from).abs())) height="12" {}
                @if let Some((low, high)) = interval { (self.range(low, high)) }
            },
        )
    }

    /// From where to where: an open circle for the earlier number, a full one for the later.
    pub(super) fn step(&self, first: f64, second: f64, title: &str) -> Markup {
        picture(
            title,
            &html! {
                line class="way" x1=(per_cent(self.at(first))) x2=(per_cent(self.at(second))) y1="9" y2="9" {}
                circle class="dot hollow" cx=(per_cent(self.at(first))) cy="9" r="4.5" {}
                circle class="dot" cx=(per_cent(self.at(second))) cy="9" r="5" {}
            },
        )
    }

    /// The parts of a whole, one beside the other.
    pub(super) fn parts(&self, shares: &[f64], words: &Words, title: &str) -> Markup {
        let ends = shares.iter().scan(0.0, |sum, share| {
            let from = *sum;
            *sum += share;
            Some((from, *sum))
        });
        let parts: Vec<(usize, f64, f64)> =
            ends.enumerate().map(|(place, (from, to))| (place, self.at(from), self.at(to))).collect();
        picture(
            title,
            &html! {
                @for (place, from, to) in &parts {
                    rect class={ "p" (place % MOST_PARTS) } x=(per_cent(from.min(*to))) y="1" height="16"
                        width=(per_cent((to - from).abs())) {}
                }
                @for (place, from, to) in &parts {
                    // Narrower parts have no room for their number, which stands in the table.
                    @if (to - from).abs() >= 11.0 {
                        text class={ "t" (place % MOST_PARTS) } x=(per_cent(f64::midpoint(*from, *to))) y="13" {
                            (words.percent((to - from).abs() / 100.0))
                        }
                    }
                }
            },
        )
    }

    fn range(&self, low: f64, high: f64) -> Markup {
        let (low, high) = (per_cent(self.at(low)), per_cent(self.at(high)));
        html! {
            line class="range" x1=(low) x2=(high) y1="9" y2="9" {}
            line class="range" x1=(low) x2=(low) y1="6" y2="12" {}
            line class="range" x1=(high) x2=(high) y1="6" y2="12" {}
        }
    }
}

fn picture(title: &str, inside: &Markup) -> Markup {
    html! {
        svg class="strip" role="img" width="100%" height="18" { title { (title) } (inside) }
    }
}

/// A tenth of a per cent is less than a pixel.
fn per_cent(part: f64) -> String {
    let rounded = (10.0 * part).round() / 10.0;
    format!("{rounded}%")
}

/// Round numbers around these: four equal steps that people count in.
fn rounded(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for number in numbers.filter(|number| number.is_finite()) {
        low = low.min(number);
        high = high.max(number);
    }
    if low > high {
        return (0.0, 1.0);
    }
    // What is counted from nothing is shown from nothing, unless it lies far from it.
    if low > 0.0 && low < high / 2.0 {
        low = 0.0;
    }
    let least = ((high - low) / 4.0).max(high.abs() / 100.0).max(1e-6);
    let power = 10_f64.powf(least.log10().floor());
    for round in [1.0, 2.0, 2.5, 5.0, 10.0, 20.0] {
        let step = round * power;
        let from = (low / step + 1e-9).floor() * step;
        if from + 4.0 * step >= high - step * 1e-9 {
            return (from, from + 4.0 * step);
        }
    }
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_round_and_hold_their_numbers() {
        let near = |numbers: &[f64], expected: (f64, f64)| {
            let (low, high) = rounded(numbers.iter().copied());
            assert!((low - expected.0).abs() < 1e-9 && (high - expected.1).abs() < 1e-9, "{low} to {high}");
        };
        near(&[], (0.0, 1.0));
        near(&[4.8, 5.5], (4.8, 5.6));
        near(&[1.0, 9.5], (0.0, 10.0));
        near(&[120.0, 380.0], (0.0, 400.0));
        near(&[-3.0, 4.0], (-4.0, 4.0));
        let (low, high) = rounded([7.0].into_iter());
        assert!(low <= 7.0 && high >= 7.0 && low < high);
    }

    #[test]
    fn pages_from_right_to_left_have_their_zero_on_the_right() {
        let axis = |is_right_to_left| Axis::around(Unit::Share, std::iter::empty(), is_right_to_left);
        assert_eq!(per_cent(axis(false).at(0.25)), "25%");
        assert_eq!(per_cent(axis(true).at(0.25)), "75%");
    }
}
