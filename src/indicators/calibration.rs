//! Weights that add up to known counts of the population: margins checked, and the design calibrated to them.

use super::context::unknown_word;
use super::scope::{self, RowEnv, Scope};
use crate::dataset::Dataset;
use crate::diagnostic::document::Located;
use crate::diagnostic::{Diagnostic, Report};
use crate::expression::{Expect, Expression};
use crate::statistics::{CalibrationError, Design, Distance, Margin, RakingLimits, Targets};
use crate::value::Value;

/// Known counts of one variable, as written.
#[derive(Debug, Clone, PartialEq)]
pub struct MarginTexts {
    /// The variable: an expression over interviews.
    pub of: Located,
    /// What is known of it.
    pub targets: MarginTargets,
}

/// What is known of a variable in the population.
#[derive(Debug, Clone, PartialEq)]
pub enum MarginTargets {
    /// How many people each of its values has.
    Counts(Vec<(String, f64)>),
    /// The sum of its numbers over all people.
    Sum(f64),
}

/// How weights move, as written.
#[derive(Debug, Clone, Copy, Default)]
pub struct CalibrationTexts<'t> {
    /// `rake`, `linear` or `logit`; without it, `rake`.
    pub method: Option<&'t Located>,
    /// Between which factors weights move.
    pub bounds: Option<(f64, f64)>,
    /// The margins; without any, weights stay what they are.
    pub margins: &'t [MarginTexts],
}

/// Margins are the same population's if their sums differ by less than this share.
const SAME: f64 = 1e-6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Rake,
    Calibrate(Distance),
}

/// A checked calibration.
#[derive(Debug)]
pub(super) struct Plan {
    how: How,
    bounds: Option<(f64, f64)>,
    margins: Vec<(Expression, MarginTargets)>,
}

/// A margin of the interviews of a design.
#[derive(Debug, Clone)]
pub struct Known {
    /// The variable as written.
    pub name: String,
    /// Its values, and what they add up to in the population.
    pub known: Values,
    /// Whether it is made from an answer that tells who somebody is, or from what leads back to one.
    pub tells: bool,
}

/// The values of a margin, beside the interviews of the design.
#[derive(Debug, Clone)]
pub enum Values {
    /// The place of each interview's value among the counts. Where rounds are calibrated each, names hold their rounds.
    Counts {
        /// The values.
        names: Vec<String>,
        /// How many people have each of them.
        totals: Vec<f64>,
        /// The place of each interview's value.
        cells: Vec<u32>,
    },
    /// The number of each interview: in another round than the margin's, 0.
    Sum {
        /// What they add up to over all people.
        total: f64,
        /// The numbers.
        numbers: Vec<f64>,
    },
}

/// What a design is calibrated to.
#[derive(Debug, Clone)]
pub struct Calibration {
    how: How,
    bounds: Option<(f64, f64)>,
    margins: Vec<Known>,
    /// Every margin of counts has its cells once for each round.
    rounds: usize,
}

/// Why weights cannot be calibrated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// A value has a target, but nobody in the sample has it.
    #[error(
        "the population has {total} people with `{category}` in {margin}, but no respondent here has it; merge it with a similar group"
    )]
    NobodyThere {
        /// The variable.
        margin: String,
        /// Its value.
        category: String,
        /// How many people have it.
        total: f64,
    },
    /// Weights would be negative, targets are not met, and the like.
    #[error("the weights cannot be calibrated to {margins}: {why}")]
    Statistics {
        /// The variables.
        margins: String,
        /// In the words of the statistics.
        why: CalibrationError,
    },
}

impl Plan {
    /// Checks margins. All mistakes go to the report; none where there are no margins.
    pub(super) fn compile(
        texts: &CalibrationTexts<'_>,
        scope: &Scope<'_>,
        report: &mut Report,
    ) -> Option<Self> {
        let how = method(texts, report);
        let margins: Vec<(Expression, MarginTargets)> = texts
            .margins
            .iter()
            .filter_map(|margin| {
                let expect = match margin.targets {
                    MarginTargets::Counts(_) => Expect::Any,
                    MarginTargets::Sum(_) => Expect::Number,
                };
                let of = scope::expression(&margin.of, scope, expect, report)?;
                Some((of, margin.targets.clone()))
            })
            .collect();
        same_population(texts.margins, report);
        small_enough(texts.margins, report);
        if how == How::Rake
            && let Some(sum) = texts.margins.iter().find(|m| matches!(m.targets, MarginTargets::Sum(_)))
        {
            report.push(
                Diagnostic::error(
                    "I0204",
                    sum.of.span.clone(),
                    "Raking is to counts, not to the sum of numbers",
                )
                .help("Write `calibration = \"linear\"` in `[design]`, or `totals` for each value."),
            );
        }
        (!margins.is_empty()).then_some(Self { how, bounds: texts.bounds, margins })
    }

    /// What the margins are of.
    pub(super) fn variables(&self) -> impl Iterator<Item = &Expression> {
        self.margins.iter().map(|(of, _)| of)
    }

    /// The value of an interview in every margin, or what it lacks.
    pub(super) fn place(&self, env: &RowEnv<'_>) -> Result<Vec<Placed>, String> {
        let one = |(of, targets): &(Expression, MarginTargets)| {
            let value = of.evaluate(env);
            match (targets, value) {
                (_, None) => Err(format!("have no value in the margin {}", of.text())),
                (MarginTargets::Sum(_), Some(Value::Integer(i))) => Ok(Placed::Number(i as f64)),
                (MarginTargets::Sum(_), Some(Value::Decimal(d))) => Ok(Placed::Number(d)),
                (MarginTargets::Sum(_), Some(_)) => {
                    Err(format!("have no number in the margin {}", of.text()))
                }
                (MarginTargets::Counts(counts), Some(value)) => {
                    let name = value.to_string();
                    let place = counts.iter().position(|(known, _)| *known == name);
                    let lacking = || format!("have `{name}` in the margin {}, which has no total", of.text());
                    place.map(|place| Placed::Cell(place as u32)).ok_or_else(lacking)
                }
            }
        };
        self.margins.iter().map(one).collect()
    }

    /// The calibration of interviews that were placed, of which each has its round.
    pub(super) fn of(&self, placed: &[Vec<Placed>], dataset: &Dataset) -> Calibration {
        let known = |(number, (of, targets)): (usize, &(Expression, MarginTargets))| {
            let of_margin = || placed.iter().filter_map(move |placed| placed.get(number));
            let cell = |placed: &Placed| match placed {
                Placed::Cell(cell) => *cell,
                Placed::Number(_) => 0,
            };
            let number = |placed: &Placed| match placed {
                Placed::Number(number) => *number,
                Placed::Cell(_) => 0.0,
            };
            let known = match targets {
                MarginTargets::Counts(counts) => Values::Counts {
                    names: counts.iter().map(|(name, _)| name.clone()).collect(),
                    totals: counts.iter().map(|(_, total)| *total).collect(),
                    cells: of_margin().map(cell).collect(),
                },
                MarginTargets::Sum(total) => {
                    Values::Sum { total: *total, numbers: of_margin().map(number).collect() }
                }
            };
            let tells = scope::tells(of, dataset);
            Known { name: of.text().to_owned(), known, tells }
        };
        let margins = self.margins.iter().enumerate().map(known).collect();
        Calibration { how: self.how, bounds: self.bounds, margins, rounds: 1 }
    }
}

/// What an interview is in one margin.
#[derive(Debug, Clone, Copy)]
pub(super) enum Placed {
    Cell(u32),
    Number(f64),
}

fn method(texts: &CalibrationTexts<'_>, report: &mut Report) -> How {
    let how = match texts.method.map(|written| (written, written.text.as_str())) {
        None | Some((_, "rake")) => How::Rake,
        Some((_, "linear")) => How::Calibrate(Distance::Linear),
        Some((_, "logit")) => How::Calibrate(Distance::Logit),
        Some((written, _)) => {
            let ways = ["rake", "linear", "logit"];
            unknown_word(report, "I0202", written, "way to calibrate", &ways);
            How::Rake
        }
    };
    if let (Some(written), How::Calibrate(Distance::Logit), None) = (texts.method, how, texts.bounds) {
        report.push(
            Diagnostic::error("I0202", written.span.clone(), "`logit` needs bounds")
                .help("Write `calibration_bounds = [0.3, 3]`: how far a weight may move."),
        );
    }
    how
}

/// Numbers that are too large to be squared would end as no number in variances, and as certainty in intervals.
fn small_enough(margins: &[MarginTexts], report: &mut Report) {
    for margin in margins {
        let sum = match &margin.targets {
            MarginTargets::Counts(counts) => counts.iter().map(|(_, n)| n).sum::<f64>(),
            MarginTargets::Sum(total) => *total,
        };
        if !(sum * sum).is_finite() {
            report.push(
                Diagnostic::error(
                    "I0205",
                    margin.of.span.clone(),
                    "These totals are too large to compute with",
                )
                .label(format!("they add up to {sum:e}"))
                .help("Correct them: they are counts of people, or the sum of a number over all people."),
            );
        }
    }
}

/// All margins of counts are of the same people.
fn same_population(margins: &[MarginTexts], report: &mut Report) {
    let sums = margins.iter().filter_map(|margin| match &margin.targets {
        MarginTargets::Counts(counts) => Some((&margin.of, counts.iter().map(|(_, n)| n).sum::<f64>())),
        MarginTargets::Sum(_) => None,
    });
    let mut first: Option<(&Located, f64)> = None;
    for (of, sum) in sums {
        match first {
            Some((other, total)) if (sum - total).abs() > SAME * total.abs() => report.push(
                Diagnostic::error("I0203", of.span.clone(), "These margins contradict each other")
                    .label(format!("the totals add up to {sum}"))
                    .related(other.span.clone(), format!("and here to {total}"))
                    .help("Both are counts of the same people: correct one, or scale it."),
            ),
            Some(_) => {}
            None => first = Some((of, sum)),
        }
    }
}

impl Calibration {
    /// The same targets in each of several rounds: every round is a sample of the population.
    pub(super) fn in_each_round(&mut self, round: &[u32], rounds: &[&str]) {
        for margin in &mut self.margins {
            if let Values::Counts { names, totals, cells } = &mut margin.known {
                let count = names.len() as u32;
                for (cell, round) in cells.iter_mut().zip(round) {
                    *cell += round * count;
                }
                let of_round = |round| names.iter().map(move |name| format!("{name}, {round}"));
                *names = rounds.iter().flat_map(of_round).collect();
                *totals = std::iter::repeat_n(&totals[..], rounds.len()).flatten().copied().collect();
            }
        }
        let sums: Vec<Known> = self
            .margins
            .iter()
            .flat_map(|margin| {
                (0..).zip(rounds).filter_map(move |(of, name)| margin.in_round(round, of, name))
            })
            .collect();
        self.rounds = rounds.len();
        self.margins.retain(|margin| matches!(margin.known, Values::Counts { .. }));
        self.margins.extend(sums);
    }

    /// How weights move: `rake`, `linear` or `logit`.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self.how {
            How::Rake => "rake",
            How::Calibrate(Distance::Logit) => "logit",
            How::Calibrate(Distance::Linear | Distance::Raking) => "linear",
        }
    }

    /// Between which factors they move.
    #[must_use]
    pub fn bounds(&self) -> Option<(f64, f64)> {
        self.bounds
    }

    /// What they are calibrated to.
    #[must_use]
    pub fn margins(&self) -> &[Known] {
        &self.margins
    }

    /// The cells of each margin that do not follow from others: the last count of a round does, once a margin before has told
    /// how many people there are. Sums have none.
    #[must_use]
    pub fn free_cells(&self) -> Vec<Vec<usize>> {
        let mut whole_is_known = false;
        let free = |margin: &Known| {
            let Values::Counts { totals, .. } = &margin.known else { return Vec::new() };
            let in_round = (totals.len() / self.rounds.max(1)).max(1);
            let follows = whole_is_known;
            whole_is_known = true;
            (0..totals.len()).filter(|cell| !(follows && (cell + 1).is_multiple_of(in_round))).collect()
        };
        self.margins.iter().map(free).collect()
    }

    /// The design with calibrated weights.
    pub(super) fn apply(&self, design: &Design) -> Result<Design, Refusal> {
        self.everybody_is_there()?;
        let names: Vec<&str> = self.margins.iter().map(|margin| margin.name.as_str()).collect();
        let refused = |why| Refusal::Statistics { margins: names.join(" and "), why };
        match self.how {
            How::Rake => self.rake(design),
            How::Calibrate(distance) => self.calibrate(design, distance),
        }
        .map_err(refused)
    }

    fn everybody_is_there(&self) -> Result<(), Refusal> {
        for margin in &self.margins {
            let Values::Counts { names, totals, cells } = &margin.known else { continue };
            let mut seen = vec![false; names.len()];
            for cell in cells {
                if let Some(seen) = seen.get_mut(*cell as usize) {
                    *seen = true;
                }
            }
            let empty =
                seen.iter().zip(names.iter().zip(totals)).find(|(seen, (_, total))| !**seen && **total > 0.0);
            if let Some((_, (category, total))) = empty {
                let (margin, category) = (margin.name.clone(), category.clone());
                return Err(Refusal::NobodyThere { margin, category, total: *total });
            }
        }
        Ok(())
    }

    fn rake(&self, design: &Design) -> Result<Design, CalibrationError> {
        let counts: Vec<(Vec<Option<u32>>, &[f64])> = self
            .margins
            .iter()
            .filter_map(|margin| match &margin.known {
                Values::Counts { totals, cells, .. } => {
                    Some((cells.iter().map(|cell| Some(*cell)).collect(), totals.as_slice()))
                }
                Values::Sum { .. } => None,
            })
            .collect();
        if let [(cells, totals)] = counts.as_slice() {
            return design.post_stratify(cells, totals);
        }
        let whole: f64 = counts.first().map_or(0.0, |(_, totals)| totals.iter().sum());
        let margins: Vec<Margin<'_>> =
            counts.iter().map(|(cells, totals)| Margin { cells, totals }).collect();
        design.rake(&margins, RakingLimits { tolerance: 1e-9 * whole, max_cycles: 1000 })
    }

    fn calibrate(&self, design: &Design, distance: Distance) -> Result<Design, CalibrationError> {
        let mut variables: Vec<Vec<f64>> = Vec::new();
        let mut targets = Vec::new();
        for (margin, free) in self.margins.iter().zip(self.free_cells()) {
            match &margin.known {
                Values::Counts { totals, cells, .. } => {
                    for cell in free {
                        variables
                            .push(cells.iter().map(|c| f64::from(u8::from(*c as usize == cell))).collect());
                        targets.extend(totals.get(cell));
                    }
                }
                Values::Sum { total, numbers } => {
                    variables.push(numbers.clone());
                    targets.push(*total);
                }
            }
        }
        let variables: Vec<&[f64]> = variables.iter().map(Vec::as_slice).collect();
        design.calibrate(&Targets {
            variables: &variables,
            totals: &targets,
            distance,
            bounds: self.bounds,
            tolerance: 1e-9,
            max_steps: 100,
        })
    }
}

impl Known {
    /// A sum of numbers in one of several rounds: 0 in the others.
    fn in_round(&self, round: &[u32], of: u32, name: &str) -> Option<Self> {
        let Values::Sum { total, numbers } = &self.known else { return None };
        let numbers =
            numbers.iter().zip(round).map(|(n, round)| if *round == of { *n } else { 0.0 }).collect();
        let name = format!("{}, {name}", self.name);
        Some(Self { name, known: Values::Sum { total: *total, numbers }, tells: self.tells })
    }
}
