//! The sampling design: four expressions over interviews, checked, and then evaluated into
//! strata, PSUs, weights and population counts.

use std::collections::{HashMap, HashSet};

use super::calibration::{self, Calibration, CalibrationTexts};
use super::context::unknown_word;
use super::estimate::Error;
use super::scope::{self, RowEnv, Scope};
use crate::dataset::Dataset;
use crate::diagnostic::Report;
use crate::diagnostic::document::Located;
use crate::expression::{Expect, Expression};
use crate::statistics::LonelyPsu;
use crate::value::Value;

/// The design as written, with places for mistakes.
#[derive(Debug, Clone, Copy, Default)]
pub struct DesignTexts<'t> {
    /// Whether an interview has a respondent; without it, every one has.
    pub respondent: Option<&'t Located>,
    /// The stratum; without it, all interviews are one stratum.
    pub stratum: Option<&'t Located>,
    /// The primary sampling unit; without it, every interview is its own.
    pub psu: Option<&'t Located>,
    /// The weight; without it, every interview counts the same.
    pub weight: Option<&'t Located>,
    /// How many PSUs the stratum has in the population; without it, too many to matter.
    pub fpc: Option<&'t Located>,
    /// Names of PSUs start again in every stratum, so that one name in two strata is two PSUs.
    pub nest: bool,
    /// What a stratum with one PSU adds to the variance; without it, an error.
    pub lonely_psu: Option<&'t Located>,
    /// What is known of the population, which weights are calibrated to.
    pub calibration: CalibrationTexts<'t>,
}

/// A checked design, over the tables that it was checked against.
#[derive(Debug)]
pub struct SamplingPlan<'d> {
    pub(super) dataset: &'d Dataset,
    pub(super) respondent: Option<Expression>,
    pub(super) stratum: Option<Expression>,
    pub(super) psu: Option<Expression>,
    pub(super) weight: Option<Expression>,
    pub(super) fpc: Option<Expression>,
    nest: bool,
    lonely: LonelyPsu,
    pub(super) calibration: Option<calibration::Plan>,
}

/// The design of the interviews that count. The vectors run beside `rows`.
#[derive(Debug)]
pub struct Sampling {
    /// Rows of the table of interviews.
    pub(super) rows: Vec<usize>,
    /// How many interviews count but have no usable place in the design.
    pub(super) left_out: usize,
    /// The names of the strata, by their numbers.
    pub(super) strata: Vec<String>,
    pub(super) stratum: Option<Vec<u32>>,
    pub(super) psu: Option<Vec<u32>>,
    /// The names of the PSUs, by their numbers; two of different strata may have one name.
    pub(super) psus: Vec<String>,
    pub(super) weight: Vec<f64>,
    pub(super) fpc: Option<Vec<f64>>,
    pub(super) lonely: LonelyPsu,
    pub(super) calibration: Option<Calibration>,
    /// A PSU that stands in two strata, where that is not said to be meant: there are no numbers then.
    pub(super) unclear: Option<TwoStrata>,
}

/// A PSU's name with two strata that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TwoStrata {
    pub(super) psu: String,
    pub(super) strata: [String; 2],
}

/// Something that is wrong with the place of interviews in the design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// What is wrong, in one sentence.
    pub message: String,
    /// The keys of the interviews, in their order.
    pub interviews: Vec<String>,
    /// What is done about it.
    pub consequence: &'static str,
}

const LEFT_OUT: &str = "left out of every number";
const UNDECIDED: &str = "no number is given until it is clear which stratum they are in";
const TWO_PSUS: &str = "counted as another PSU in each";
/// Of two rounds that share PSUs, the correction takes off the variance of the PSUs' changes over the population count
/// (Tam 1984, "On covariances from overlapping samples"). That is the sampled share of the variance of a change where all
/// PSUs are shared; where only some are, it may be anything from that share to nothing.
const PARTLY_SHARED: &str =
    "are in a stratum of which rounds share some PSUs and not others, so that no population count (fpc) fits";
const UNCORRECTED: &str = "no stratum's variance is corrected for its population";

const LONELY: [&str; 5] = ["fail", "remove", "certainty", "adjust", "average"];

impl<'d> SamplingPlan<'d> {
    /// Checks a design against the tables of a dataset, which may be empty. All mistakes go to
    /// the report; the plan is there unless it gained an error.
    pub fn compile(texts: &DesignTexts<'_>, dataset: &'d Dataset, report: &mut Report) -> Option<Self> {
        let before = report.errors();
        let mut checked = |text: Option<&Located>, expect| {
            text.and_then(|text| scope::expression(text, &Scope { dataset, table: 0 }, expect, report))
        };
        let respondent = checked(texts.respondent, Expect::Boolean);
        let stratum = checked(texts.stratum, Expect::Any);
        let psu = checked(texts.psu, Expect::Any);
        let weight = checked(texts.weight, Expect::Number);
        let fpc = checked(texts.fpc, Expect::Number);
        let lonely = match texts.lonely_psu.map(|written| (written, written.text.as_str())) {
            None | Some((_, "fail")) => LonelyPsu::Fail,
            Some((_, "remove")) => LonelyPsu::Remove,
            Some((_, "certainty")) => LonelyPsu::Certainty,
            Some((_, "adjust")) => LonelyPsu::Adjust,
            Some((_, "average")) => LonelyPsu::Average,
            Some((written, _)) => {
                unknown_word(report, "I0201", written, "rule for lonely PSUs", &LONELY);
                LonelyPsu::Fail
            }
        };
        let calibration =
            calibration::Plan::compile(&texts.calibration, &Scope { dataset, table: 0 }, report);
        (report.errors() == before).then_some(Self {
            dataset,
            respondent,
            stratum,
            psu,
            weight,
            fpc,
            nest: texts.nest,
            lonely,
            calibration,
        })
    }

    /// The design of those of these interviews (rows of the table) that have a respondent. Those without a usable stratum, PSU,
    /// weight or population count are left out, and named in the flaws: a caller decides whether
    /// results without them are worth having.
    #[must_use]
    pub fn evaluate(&self, rows: &[usize]) -> (Sampling, Vec<Flaw>) {
        let mut flaws = Flaws::new(self.dataset);
        let mut sampling = self.place(rows, &mut flaws);
        if !self.nest {
            sampling.check_nesting(&vec![0; sampling.rows.len()], &mut flaws);
        }
        sampling.check_population(&HashSet::new(), &mut flaws);
        (sampling, flaws.found)
    }

    /// One design of the interviews of several rounds, each with its name and rows, and the round of each interview in it.
    ///
    /// Where a stratum has PSUs that stand in more than one round, it stays one stratum, so that what the rounds share is
    /// kept in the variance of their difference. Everywhere else each round is a sample of its own, and gets strata of its
    /// own. Population counts correct the variance of a stratum that stays one only where all its PSUs stand in every round.
    #[must_use]
    pub fn evaluate_rounds(&self, rounds: &[(&str, Vec<usize>)]) -> (Sampling, Vec<u32>, Vec<Flaw>) {
        let mut flaws = Flaws::new(self.dataset);
        let mut of_row = vec![0; self.dataset.interviews().rows()];
        for ((_, rows), n) in rounds.iter().zip(0..) {
            for row in rows {
                if let Some(round) = of_row.get_mut(*row) {
                    *round = n;
                }
            }
        }
        let all: Vec<usize> = rounds.iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
        let mut sampling = self.place(&all, &mut flaws);
        let round: Vec<u32> =
            sampling.rows.iter().map(|row| of_row.get(*row).copied().unwrap_or_default()).collect();
        let names: Vec<&str> = rounds.iter().map(|(name, _)| *name).collect();
        if !self.nest {
            sampling.check_nesting(&round, &mut flaws);
        }
        sampling.part_rounds(&round, &names);
        if let Some(calibration) = &mut sampling.calibration {
            calibration.in_each_round(&round, &names);
        }
        sampling.check_population(&sampling.partly_shared(&round), &mut flaws);
        (sampling, round, flaws.found)
    }

    /// Whether an interview (a row of the table) has a respondent, as far as its answers say.
    #[must_use]
    pub fn has_respondent(&self, row: usize) -> bool {
        let env = RowEnv::new(self.dataset, 0, row);
        self.respondent.as_ref().is_none_or(|respondent| respondent.holds(&env))
    }

    fn place(&self, rows: &[usize], flaws: &mut Flaws<'_>) -> Sampling {
        let mut sampling = Sampling {
            rows: Vec::with_capacity(rows.len()),
            left_out: 0,
            strata: Vec::new(),
            stratum: self.stratum.as_ref().map(|_| Vec::new()),
            psu: self.psu.as_ref().map(|_| Vec::new()),
            psus: Vec::new(),
            weight: Vec::with_capacity(rows.len()),
            fpc: self.fpc.as_ref().map(|_| Vec::new()),
            lonely: self.lonely,
            calibration: None,
            unclear: None,
        };
        let (mut strata, mut psus) = (HashMap::new(), HashMap::new());
        let mut placed = Vec::new();
        for row in rows {
            let env = RowEnv::new(self.dataset, 0, *row);
            if self.respondent.as_ref().is_some_and(|respondent| !respondent.holds(&env)) {
                continue;
            }
            let name = |expression: &Option<Expression>| {
                expression.as_ref().map(|e| e.evaluate(&env).map(|value| value.to_string()))
            };
            let number = |expression: &Option<Expression>| {
                expression.as_ref().map(|e| match e.evaluate(&env) {
                    Some(Value::Integer(i)) => Some(i as f64),
                    Some(Value::Decimal(d)) => Some(d),
                    _ => None,
                })
            };
            let (stratum, psu) = (name(&self.stratum), name(&self.psu));
            let (weight, fpc) = (number(&self.weight).unwrap_or(Some(1.0)), number(&self.fpc));
            let flaw = match (&stratum, &psu, weight, fpc) {
                (Some(None), ..) => Some("have no stratum"),
                (_, Some(None), ..) => Some("have no PSU"),
                (_, _, None, _) => Some("have no weight"),
                (_, _, Some(weight), _) if weight <= 0.0 => Some("have a weight that is not above zero"),
                (_, _, _, Some(None)) => Some("have no population count (fpc)"),
                (_, _, _, Some(Some(count))) if count < 1.0 => {
                    Some("have a population count (fpc) below one PSU")
                }
                _ => None,
            };
            let margins = self.calibration.as_ref().map_or_else(|| Ok(Vec::new()), |plan| plan.place(&env));
            let margins = match (flaw, margins) {
                (None, Ok(margins)) => margins,
                (flaw, margins) => {
                    let flaw = flaw.map(str::to_owned).or(margins.err()).unwrap_or_default();
                    flaws.add(&flaw, LEFT_OUT, *row);
                    sampling.left_out += 1;
                    continue;
                }
            };
            if self.calibration.is_some() {
                placed.push(margins);
            }
            sampling.rows.push(*row);
            sampling.weight.extend(weight);
            let stratum = stratum.flatten().map(|stratum| number_of(&mut strata, stratum));
            if let (Some(all), Some(stratum)) = (&mut sampling.stratum, stratum) {
                all.push(stratum);
            }
            // Numbered by stratum and name: where one name in two strata is a mistake, there are no numbers.
            if let (Some(all), Some(psu)) = (&mut sampling.psu, psu.flatten()) {
                let number = number_of(&mut psus, (stratum, psu.clone()));
                if number as usize == sampling.psus.len() {
                    sampling.psus.push(psu);
                }
                all.push(number);
            }
            if let (Some(all), Some(Some(fpc))) = (&mut sampling.fpc, fpc) {
                all.push(fpc);
            }
        }
        let mut names: Vec<(String, u32)> = strata.into_iter().collect();
        names.sort_unstable_by_key(|(_, number)| *number);
        sampling.strata = names.into_iter().map(|(name, _)| name).collect();
        sampling.calibration = self.calibration.as_ref().map(|plan| plan.of(&placed, self.dataset));
        sampling
    }
}

impl Sampling {
    /// Gives rounds strata of their own wherever no PSU of a stratum stands in two of them.
    fn part_rounds(&mut self, round: &[u32], names: &[&str]) {
        let before = self.stratum.take().unwrap_or_else(|| vec![0; self.rows.len()]);
        let mut round_of_psu: HashMap<u32, u32> = HashMap::new();
        let mut is_shared = HashSet::new();
        for ((psu, stratum), round) in self.psu.iter().flatten().zip(&before).zip(round) {
            if round_of_psu.entry(*psu).or_insert(*round) != round {
                is_shared.insert(*stratum);
            }
        }
        let mut numbers = HashMap::new();
        let mut strata = Vec::new();
        let mut parted = Vec::with_capacity(before.len());
        for (stratum, round) in before.iter().zip(round) {
            let own = (!is_shared.contains(stratum)).then_some(*round);
            let number = number_of(&mut numbers, (*stratum, own));
            if number as usize == strata.len() {
                let name = self.strata.get(*stratum as usize).map_or("all interviews", String::as_str);
                let round = own.and_then(|round| names.get(round as usize));
                strata.push(round.map_or_else(|| name.to_owned(), |round| format!("{name}, {round}")));
            }
            parted.push(number);
        }
        self.strata = strata;
        self.stratum = Some(parted);
    }

    /// The strata of several rounds in which a PSU lacks one of these rounds.
    fn partly_shared(&self, round: &[u32]) -> HashSet<u32> {
        let mut of_psu: HashMap<(u32, u32), HashSet<u32>> = HashMap::new();
        let mut of_stratum: HashMap<u32, HashSet<u32>> = HashMap::new();
        let strata = self.stratum.iter().flatten();
        for ((psu, stratum), round) in self.psu.iter().flatten().zip(strata).zip(round) {
            of_psu.entry((*stratum, *psu)).or_default().insert(*round);
            of_stratum.entry(*stratum).or_default().insert(*round);
        }
        let rounds = |stratum: &u32| of_stratum.get(stratum).map_or(0, HashSet::len);
        let lacks_one = of_psu.iter().filter(|((stratum, _), own)| own.len() < rounds(stratum));
        lacks_one.map(|((stratum, _), _)| *stratum).collect()
    }

    /// A PSU's name in two strata is two PSUs in a sample that numbers them anew in every stratum, and a mistake in
    /// any other: which of the two is not guessed. From one round to another a PSU may have moved; then it is told, and its
    /// rounds share nothing.
    fn check_nesting(&mut self, round: &[u32], flaws: &mut Flaws<'_>) {
        let (Some(psu), Some(stratum)) = (&self.psu, &self.stratum) else { return };
        let name = |psu: &u32| self.psus.get(*psu as usize).map_or("", String::as_str);
        let mut first: HashMap<(&str, u32), u32> = HashMap::new();
        let mut strata_of: HashMap<&str, u32> = HashMap::new();
        let (mut twice, mut moved) = (HashSet::new(), HashSet::new());
        for ((psu, stratum), round) in psu.iter().zip(stratum).zip(round) {
            let before = *first.entry((name(psu), *round)).or_insert(*stratum);
            if before != *stratum {
                twice.insert(name(psu));
                self.unclear.get_or_insert_with(|| TwoStrata {
                    psu: name(psu).to_owned(),
                    strata: [before, *stratum]
                        .map(|number| self.strata.get(number as usize).cloned().unwrap_or_default()),
                });
            }
            if strata_of.entry(name(psu)).or_insert(*stratum) != stratum {
                moved.insert(name(psu));
            }
        }
        for (psu, row) in psu.iter().zip(&self.rows).filter(|(psu, _)| moved.contains(name(psu))) {
            let what = format!("are in the PSU `{}`, which stands in more than one stratum", name(psu));
            flaws.add(&what, if twice.contains(name(psu)) { UNDECIDED } else { TWO_PSUS }, *row);
        }
    }

    /// The population count must be one number in a stratum, and not below the PSUs drawn. Where
    /// it is not, the whole stratum's interviews are flawed, and no correction is made for any:
    /// that errs on the side of wider intervals. The same holds for strata that rounds share in part.
    fn check_population(&mut self, partly_shared: &HashSet<u32>, flaws: &mut Flaws<'_>) {
        let Some(fpc) = &self.fpc else { return };
        let stratum_of = |at: usize| self.stratum.as_ref().and_then(|s| s.get(at)).copied().unwrap_or(0);
        let mut drawn: HashMap<u32, HashSet<u32>> = HashMap::new();
        let mut count: HashMap<u32, f64> = HashMap::new();
        let mut differing = HashSet::new();
        for (at, fpc) in fpc.iter().enumerate() {
            let stratum = stratum_of(at);
            let psu = self.psu.as_ref().map_or(Some(at as u32), |psus| psus.get(at).copied());
            drawn.entry(stratum).or_default().extend(psu);
            #[expect(clippy::float_cmp, reason = "the same count is the same number")]
            if *count.entry(stratum).or_insert(*fpc) != *fpc {
                differing.insert(stratum);
            }
        }
        let before = flaws.found.len();
        for (at, row) in self.rows.iter().enumerate() {
            let stratum = stratum_of(at);
            let sampled = drawn.get(&stratum).map_or(0, HashSet::len);
            if differing.contains(&stratum) {
                flaws.add(
                    "are in a stratum whose population count (fpc) is not the same everywhere",
                    UNCORRECTED,
                    *row,
                );
            } else if count.get(&stratum).is_some_and(|n| *n < sampled as f64) {
                flaws.add(
                    "are in a stratum with more PSUs in the sample than in the population (fpc)",
                    UNCORRECTED,
                    *row,
                );
            } else if partly_shared.contains(&stratum) {
                flaws.add(PARTLY_SHARED, UNCORRECTED, *row);
            }
        }
        if flaws.found.len() > before {
            self.fpc = None;
        }
    }

    /// The interviews that count, as rows of the table.
    #[must_use]
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// How many interviews have no usable place in the design.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// How many strata and how many PSUs the interviews are of.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        let psus =
            self.psu.as_ref().map_or(self.rows.len(), |psus| psus.iter().collect::<HashSet<_>>().len());
        (self.strata.len().max(1), psus)
    }

    /// Whether variances are corrected for the number of PSUs in the population.
    #[must_use]
    pub fn is_corrected(&self) -> bool {
        self.fpc.is_some()
    }

    /// How many interviews count: with a respondent, and with a place in the design.
    #[must_use]
    pub fn interviews(&self) -> usize {
        self.rows.len()
    }

    /// Refuses a design in which it is not clear which PSU an interview is of.
    pub(super) fn check_clear(&self) -> Result<(), Error> {
        match self.unclear.clone() {
            Some(TwoStrata { psu, strata }) => Err(Error::PsuInTwoStrata { psu, strata }),
            None => Ok(()),
        }
    }
}

fn number_of<K: std::hash::Hash + Eq>(numbers: &mut HashMap<K, u32>, key: K) -> u32 {
    let next = numbers.len() as u32;
    *numbers.entry(key).or_insert(next)
}

struct Flaws<'d> {
    dataset: &'d Dataset,
    found: Vec<Flaw>,
    /// Where the flaw of each message stands.
    places: HashMap<String, usize>,
}

impl<'d> Flaws<'d> {
    fn new(dataset: &'d Dataset) -> Self {
        Self { dataset, found: Vec::new(), places: HashMap::new() }
    }

    fn add(&mut self, what: &str, consequence: &'static str, row: usize) {
        let key = self.dataset.interviews().key(row).to_owned();
        if let Some(flaw) = self.places.get(what).and_then(|place| self.found.get_mut(*place)) {
            flaw.interviews.push(key);
            return;
        }
        self.places.insert(what.to_owned(), self.found.len());
        let message = format!("These interviews {what}");
        self.found.push(Flaw { message, interviews: vec![key], consequence });
    }
}
