//! An indicator over its units: who was asked, who answered, and the number for each of them.

use std::borrow::Cow;
use std::rc::Rc;

use super::definition::{Base, Deciding, Definitions, Grouping, Item, Measure, Scale};
use super::estimate::How;
use super::evaluate::for_each;
use super::kinds::questions_read;
use super::output::format_number;
use super::scope::{self, RowEnv};
use super::scores::{Offer, Scores, Selections, share};
use super::units::{ColumnAt, Units};
use crate::dataset::{Coding, Column, Data};
use crate::expression::Expression;
use crate::value::{Missing, Value};

/// An indicator, measured. Vectors have one entry for each unit.
pub(super) struct Measured {
    /// Why there is no value; `None` where there is one.
    pub(super) status: Vec<Option<Missing>>,
    pub(super) categories: Vec<Category>,
    /// What a ratio's scores are divided by: 0 where there is no value.
    pub(super) denominators: Vec<f64>,
    /// For a gap between groups: whether in the one whose mean is taken off, if in either.
    pub(super) sides: Option<Vec<Option<bool>>>,
    /// The items of an index, not a number where missing.
    pub(super) items: Vec<Vec<f64>>,
}

/// One number of an indicator.
pub(super) struct Category {
    /// Empty where the indicator has one number.
    pub(super) name: String,
    pub(super) scores: Scores,
    pub(super) how: How,
    /// Who was offered the choice that this is about; none where all were.
    pub(super) offered: Option<Offer>,
}

impl Category {
    pub(super) fn new(name: String, scores: Scores, how: How) -> Self {
        Self { name, scores, how, offered: None }
    }

    /// The score of each unit; where each choice is a number by itself, none for those who were not offered it.
    pub(super) fn all_scores(&self) -> Cow<'_, [f64]> {
        let scores = self.scores.all();
        match &self.offered {
            Some(offered) if !matches!(self.scores, Scores::In(..)) => scores
                .iter()
                .zip(offered.units())
                .map(|(score, is)| if is { *score } else { f64::NAN })
                .collect(),
            _ => scores,
        }
    }
}

/// The groups of a grouping.
#[derive(Clone)]
pub(super) struct Groups {
    /// Name and label of each group, in order.
    pub(super) groups: Vec<(String, String)>,
    /// The group of each unit, if it belongs to one.
    pub(super) member: Vec<Option<u32>>,
}

impl Base {
    /// Whether a unit with this status counts.
    pub(super) fn counts(self, status: Option<Missing>) -> bool {
        match self {
            Self::All => true,
            Self::Valid => status.is_none(),
            Self::Asked => !matches!(status, Some(Missing::NotAsked | Missing::NotReached)),
        }
    }
}

impl Measured {
    fn new(status: Vec<Option<Missing>>, categories: Vec<Category>) -> Self {
        Self { status, categories, denominators: Vec::new(), sides: None, items: Vec::new() }
    }

    fn one(measured: Vec<(Option<Missing>, f64)>, how: How) -> Self {
        let (status, scores) = measured.into_iter().unzip();
        Self::new(status, vec![Category::new(String::new(), Scores::own(scores), how)])
    }

    /// Whether a unit belongs to what is compared at all.
    pub(super) fn takes_part(&self, unit: usize) -> bool {
        self.sides.as_ref().is_none_or(|sides| sides.get(unit).is_some_and(Option::is_some))
    }
}

impl Definitions<'_> {
    fn column(&self, at: ColumnAt) -> Option<&Column> {
        at.of(self.dataset)
    }

    /// Measures an indicator.
    pub(super) fn measure(&self, measure: &Measure, units: &Units) -> Measured {
        let reads = reads_of(measure);
        match measure {
            Measure::Proportion { of, deciding } => {
                let of = |env: &RowEnv<'_>| condition(of, deciding, env);
                Measured::one(for_each(self.dataset, units, &reads, of), How::Share)
            }
            Measure::Chosen { column, choices } => {
                let has = |column: &Column, row: usize| {
                    let one = column.choice(row).is_some_and(|choice| choices.contains(&choice));
                    let several = column.choices(row).unwrap_or_default();
                    share(one || several.iter().any(|choice| choices.contains(choice)))
                };
                self.by_column(*column, units, has, How::Share)
            }
            Measure::Mean { of, deciding } => {
                let of = |env: &RowEnv<'_>| with_reason(number(of, env), deciding, env);
                Measured::one(for_each(self.dataset, units, &reads, of), How::Mean)
            }
            Measure::Total { of, deciding } => {
                let of = |env: &RowEnv<'_>| with_reason(number(of, env), deciding, env);
                Measured::one(for_each(self.dataset, units, &reads, of), How::Total)
            }
            Measure::Ratio { of, per, deciding } => {
                let both = |env: &RowEnv<'_>| {
                    let (above, below) = number(of, env).zip(number(per, env)).unzip();
                    (with_reason(above, deciding, env), below.unwrap_or(0.0))
                };
                let (measured, denominators): (Vec<_>, Vec<f64>) =
                    for_each(self.dataset, units, &reads, both).into_iter().unzip();
                Measured { denominators, ..Measured::one(measured, How::Ratio) }
            }
            Measure::Quantile { of, shares, deciding } => {
                let of = |env: &RowEnv<'_>| with_reason(number(of, env), deciding, env);
                let (status, scores): (_, Vec<f64>) =
                    for_each(self.dataset, units, &reads, of).into_iter().unzip();
                let scores = Rc::new(scores);
                let category = |share: &f64| {
                    let name = format!("p{}", format_number(100.0 * share));
                    Category::new(name, Scores::Own(Rc::clone(&scores)), How::Quantile(*share))
                };
                Measured::new(status, shares.iter().map(category).collect())
            }
            Measure::Index { items, minimum } => self.index(items, *minimum, units),
            Measure::Excess { of, less, deciding } => {
                let of = |env: &RowEnv<'_>| excess(of, less, deciding, env);
                Measured::one(for_each(self.dataset, units, &reads, of), How::Mean)
            }
            Measure::Gap { of, deciding, between, groups: [first, second] } => {
                let one = |env: &RowEnv<'_>| {
                    if of.ty().is_number() {
                        with_reason(number(of, env), deciding, env)
                    } else {
                        condition(of, deciding, env)
                    }
                };
                let side = |member: &Option<u32>| match member {
                    Some(group) if group == first => Some(false),
                    Some(group) if group == second => Some(true),
                    _ => None,
                };
                let groups = self.groups(*between, units, 0);
                let sides = Some(groups.member.iter().map(side).collect());
                Measured { sides, ..Measured::one(for_each(self.dataset, units, &reads, one), How::Gap) }
            }
            Measure::Distribution(grouping) => {
                let groups = self.groups(*grouping, units, 0);
                let status = self.grouping_status(*grouping, units, &groups.member);
                let member = Rc::new(groups.member);
                // Shares that add up to 1 stay shares of everybody; a note says what some were not offered.
                let (table, column) = match grouping {
                    Grouping::Column(at) => (at.table, self.column(*at)),
                    Grouping::Variable(_) => (units.table, None),
                };
                let rows = units.rows_in(self.dataset, table);
                let mut offers = column.map(|column| Offer::all(column, &rows)).unwrap_or_default();
                let category = |((name, _), group): ((String, String), u32)| Category {
                    offered: offers.remove(&group),
                    ..Category::new(name, Scores::In(Rc::clone(&member), group), How::Share)
                };
                Measured::new(status, groups.groups.into_iter().zip(0..).map(category).collect())
            }
            Measure::Mentions(column) => self.by_choice(*column, units, How::Share, Scores::Named),
            Measure::RankScore { column, top } => {
                let ranked = |selections, choice| Scores::Ranked(selections, choice, *top);
                self.by_choice(*column, units, How::Mean, ranked)
            }
            Measure::NetBalance { column, positive, negative } => {
                let balance = |column: &Column, row: usize| {
                    let on = |side: &[u32]| column.choice(row).is_some_and(|choice| side.contains(&choice));
                    share(on(positive)) - share(on(negative))
                };
                self.by_column(*column, units, balance, How::Mean)
            }
        }
    }

    /// A number that follows from the answers of one column alone.
    fn by_column(
        &self,
        at: ColumnAt,
        units: &Units,
        of: impl Fn(&Column, usize) -> f64,
        how: How,
    ) -> Measured {
        let Some(column) = self.column(at) else { return Measured::new(Vec::new(), Vec::new()) };
        let rows = units.rows_in(self.dataset, at.table);
        Measured::one(rows.iter().map(|row| (column.missing(*row), of(column, *row))).collect(), how)
    }

    /// A number for each choice of a column with several.
    fn by_choice(
        &self,
        at: ColumnAt,
        units: &Units,
        how: How,
        scores: impl Fn(Rc<Selections>, u32) -> Scores,
    ) -> Measured {
        let Some(column) = self.column(at) else { return Measured::new(Vec::new(), Vec::new()) };
        let rows = units.rows_in(self.dataset, at.table);
        let selections = Rc::new(Selections::new(column, &rows));
        let names = column.list().map(|list| list.names.to_vec()).unwrap_or_default();
        let mut offers = Offer::all(column, &rows);
        let category = |(name, choice): (String, u32)| Category {
            offered: offers.remove(&choice),
            ..Category::new(name, scores(Rc::clone(&selections), choice), how)
        };
        Measured::new(
            rows.iter().map(|row| column.missing(*row)).collect(),
            names.into_iter().zip(0..).map(category).collect(),
        )
    }

    fn index(&self, items: &[Item], minimum: usize, units: &Units) -> Measured {
        let answers: Vec<Vec<(Option<Missing>, f64)>> = items
            .iter()
            .map(|item| {
                let references = item.of.references().iter().filter_map(scope::column_of);
                let reads = distinct(item.read.iter().copied().chain(references).collect());
                for_each(self.dataset, units, &reads, |env| rescaled(item, env))
            })
            .collect();
        let of_unit = |unit: usize| {
            let all = || answers.iter().filter_map(move |item| item.get(unit));
            let answered = all().filter(|(missing, _)| missing.is_none());
            let (count, sum) = answered.fold((0, 0.0), |(n, sum), (_, value)| (n + 1, sum + value));
            if count >= minimum {
                return (None, sum / count as f64);
            }
            // What somebody said counts before what nobody was asked.
            let reasons = || all().filter_map(|(missing, _)| *missing);
            let reason = reasons().find(|reason| !is_skipped(*reason)).or_else(|| reasons().next());
            (Some(reason.unwrap_or(Missing::NotApplicable)), 0.0)
        };
        let measured = (0..units.len()).map(of_unit).collect();
        let item = |item: Vec<(Option<Missing>, f64)>| {
            item.into_iter()
                .map(|(missing, value)| if missing.is_some() { f64::NAN } else { value })
                .collect()
        };
        Measured { items: answers.into_iter().map(item).collect(), ..Measured::one(measured, How::Mean) }
    }

    fn grouping_status(
        &self,
        grouping: Grouping,
        units: &Units,
        member: &[Option<u32>],
    ) -> Vec<Option<Missing>> {
        let read = match grouping {
            Grouping::Column(column) => vec![column],
            Grouping::Variable(variable) => {
                let categories = self.variables.get(variable).into_iter().flat_map(|v| &v.categories);
                questions_read(categories.map(|c| &c.when), self.dataset)
            }
        };
        let rows: Vec<_> = read.iter().map(|column| units.rows_in(self.dataset, column.table)).collect();
        let reason = |unit: usize| {
            let reasons = read
                .iter()
                .zip(&rows)
                .filter_map(|(column, rows)| self.column(*column)?.missing(*rows.get(unit)?));
            // In no category although all is answered: the categories do not cover it.
            reasons.min().unwrap_or(Missing::NotApplicable)
        };
        let status = |(unit, member): (usize, &Option<u32>)| {
            if member.is_some() { None } else { Some(reason(unit)) }
        };
        member.iter().enumerate().map(status).collect()
    }

    /// The groups of a grouping and who belongs to them, with labels in a language.
    pub(super) fn groups(&self, grouping: Grouping, units: &Units, language: usize) -> Groups {
        let nobody = || Groups { groups: Vec::new(), member: vec![None; units.len()] };
        match grouping {
            Grouping::Variable(variable) => {
                let Some(variable) = self.variables.get(variable) else { return nobody() };
                let categories = || variable.categories.iter();
                let references = categories().flat_map(|c| c.when.references()).filter_map(scope::column_of);
                let reads = distinct(references.collect());
                let first =
                    |env: &RowEnv<'_>| categories().position(|c| c.when.holds(env)).map(|place| place as u32);
                // As the variable's own roster sees it, which may stand around that of the units.
                let rows = units.rows_in(self.dataset, variable.table).into_owned();
                let own = Units { table: variable.table, rows, interview: Vec::new() };
                Groups {
                    groups: categories().map(|c| (c.name.clone(), c.label.clone())).collect(),
                    member: for_each(self.dataset, &own, &reads, first),
                }
            }
            Grouping::Column(at) => match self.column(at) {
                Some(column) => column_groups(column, &units.rows_in(self.dataset, at.table), language),
                None => nobody(),
            },
        }
    }

    /// What a grouping is called in notes.
    pub(super) fn grouping_label(&self, grouping: Grouping) -> &str {
        match grouping {
            Grouping::Variable(variable) => self.variables.get(variable).map_or("", |v| v.label.as_str()),
            Grouping::Column(column) => self.column(column).map_or("", |c| c.name.as_str()),
        }
    }
}

/// All columns that an expression of a measure, or its rule for who was asked, may look at.
fn reads_of(measure: &Measure) -> Vec<ColumnAt> {
    let mut reads = measure.columns();
    let references = measure.expressions().into_iter().flat_map(Expression::references);
    reads.extend(references.filter_map(scope::column_of));
    distinct(reads)
}

fn distinct(columns: Vec<ColumnAt>) -> Vec<ColumnAt> {
    let mut kept: Vec<ColumnAt> = Vec::new();
    for column in columns {
        if !kept.contains(&column) {
            kept.push(column);
        }
    }
    kept
}

fn is_skipped(reason: Missing) -> bool {
    matches!(reason, Missing::NotAsked | Missing::NotReached)
}

/// Why a unit has no value for questions, by the rule of `docs/indicators.md`.
fn status(deciding: &Deciding, env: &RowEnv<'_>) -> Option<Missing> {
    let missing = |column: &ColumnAt| env.missing_in(*column);
    let not_asked = deciding.asked.iter().filter_map(missing).find(|reason| is_skipped(*reason));
    let others = deciding.asked.iter().chain(&deciding.read);
    not_asked.or_else(|| others.filter_map(missing).find(|reason| !is_skipped(*reason)))
}

fn condition(of: &Expression, deciding: &Deciding, env: &RowEnv<'_>) -> (Option<Missing>, f64) {
    let status = status(deciding, env);
    let score = share(status.is_none() && of.holds(env));
    (status, score)
}

fn excess(
    of: &Expression,
    less: &Expression,
    deciding: &Deciding,
    env: &RowEnv<'_>,
) -> (Option<Missing>, f64) {
    if of.ty().is_number() {
        return with_reason(
            number(of, env).zip(number(less, env)).map(|(of, less)| of - less),
            deciding,
            env,
        );
    }
    let (status, above) = condition(of, deciding, env);
    (status, above - condition(less, deciding, env).1)
}

fn number(expression: &Expression, env: &RowEnv<'_>) -> Option<f64> {
    match expression.evaluate(env) {
        Some(Value::Integer(i)) => Some(i as f64),
        Some(Value::Decimal(d)) => Some(d),
        _ => None,
    }
}

/// A number, or why there is none.
fn with_reason(number: Option<f64>, deciding: &Deciding, env: &RowEnv<'_>) -> (Option<Missing>, f64) {
    // Empty although all is answered: a division by zero, say.
    let reason = || status(deciding, env).unwrap_or(Missing::NotApplicable);
    (if number.is_some() { None } else { Some(reason()) }, number.unwrap_or(0.0))
}

/// An item between 0 and 1.
fn rescaled(item: &Item, env: &RowEnv<'_>) -> (Option<Missing>, f64) {
    let value = match &item.scale {
        Scale::Choices(steps) => match item.of.evaluate(env) {
            Some(Value::Choice(name)) => {
                let place = steps.iter().position(|step| *step == name);
                place.map(|place| place as f64 / (steps.len() - 1) as f64)
            }
            _ => None,
        },
        Scale::Numbers(zero, one) => {
            let scaled = number(&item.of, env).map(|number| (number - zero) / (one - zero));
            scaled.filter(|scaled| (0.0..=1.0).contains(scaled))
        }
    };
    let reason = || {
        let reasons = || item.read.iter().filter_map(|column| env.missing_in(*column));
        reasons().find(|reason| !is_skipped(*reason)).or_else(|| reasons().next())
    };
    let missing = if value.is_some() { None } else { Some(reason().unwrap_or(Missing::NotApplicable)) };
    (missing, value.unwrap_or(0.0))
}

fn column_groups(column: &Column, rows: &[usize], language: usize) -> Groups {
    if let Some(list) = column.list() {
        let label = |place: usize| list.label(place, language).to_owned();
        return Groups {
            groups: list.names.iter().cloned().zip((0..).map(label)).collect(),
            member: rows.iter().map(|row| column.choice(*row)).collect(),
        };
    }
    // The number of each value among the groups, by its number in the column.
    let (names, place): (Vec<String>, Vec<u32>) = match column.data() {
        Data::Boolean(_) => (["false", "true"].map(str::to_owned).into(), vec![0, 1]),
        Data::Text(texts) => {
            // By the alphabet, so that the order of interviews does not show in results.
            let mut names: Vec<(&str, u32)> = texts.distinct().map(|(code, text)| (text, code)).collect();
            names.sort_unstable();
            let mut place = vec![0; names.len()];
            for ((_, code), at) in names.iter().zip(0..) {
                if let Some(place) = place.get_mut(*code as usize) {
                    *place = at;
                }
            }
            (names.into_iter().map(|(text, _)| text.to_owned()).collect(), place)
        }
        _ => (Vec::new(), Vec::new()),
    };
    let coding = Coding::new(column);
    // Codes of missing cells are beyond the last value.
    let member = |row: &usize| place.get(coding.as_ref()?.code(*row)).copied();
    Groups {
        groups: names.into_iter().map(|name| (name.clone(), name)).collect(),
        member: rows.iter().map(member).collect(),
    }
}
