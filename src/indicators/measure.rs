//! An indicator over interviews: who was asked, who answered, and the number for each of them.

use super::definition::{Base, Deciding, Definitions, Grouping, Measure};
use super::kinds::questions_read;
use super::scope::RowEnv;
use crate::dataset::{Column, Data};
use crate::expression::Expression;
use crate::value::{Missing, Value};

/// An indicator, measured.
pub(super) struct Measured {
    /// For each interview: why it has no value; `None` where it has one.
    pub(super) status: Vec<Option<Missing>>,
    /// For each category: its name and the number of each interview, 0 where it has no value.
    pub(super) categories: Vec<(String, Vec<f64>)>,
}

/// The groups of a grouping.
pub(super) struct Groups {
    /// Name and label of each group, in order.
    pub(super) groups: Vec<(String, String)>,
    /// The group of each interview, if it belongs to one.
    pub(super) member: Vec<Option<u32>>,
}

impl Base {
    /// Whether a respondent with this status counts.
    pub(super) fn counts(self, status: Option<Missing>) -> bool {
        match self {
            Self::All => true,
            Self::Valid => status.is_none(),
            Self::Asked => !matches!(status, Some(Missing::NotAsked | Missing::NotReached)),
        }
    }
}

impl Definitions<'_> {
    fn column(&self, number: usize) -> Option<&Column> {
        self.dataset.interviews().columns().get(number)
    }

    fn env(&self, row: usize) -> RowEnv<'_> {
        RowEnv { dataset: self.dataset, row }
    }

    /// Measures an indicator for these interviews (rows of the table).
    pub(super) fn measure(&self, measure: &Measure, rows: &[usize]) -> Measured {
        match measure {
            Measure::Proportion { of, deciding } => {
                let status: Vec<_> = rows.iter().map(|row| self.status(deciding, *row)).collect();
                let has = |(row, status): (&usize, &Option<Missing>)| {
                    f64::from(u8::from(status.is_none() && of.holds(&self.env(*row))))
                };
                let scores = rows.iter().zip(&status).map(has).collect();
                Measured { status, categories: vec![(String::new(), scores)] }
            }
            Measure::Mean { of, deciding } | Measure::Total { of, deciding } => {
                self.numbers(rows, deciding, |row| self.number(of, row))
            }
            Measure::Ratio { of, per, deciding } => {
                let has_both = |row| self.number(per, row).and_then(|_| self.number(of, row));
                self.numbers(rows, deciding, has_both)
            }
            Measure::Distribution(grouping) => {
                let groups = self.groups(*grouping, rows, 0);
                let status = self.grouping_status(*grouping, rows, &groups.member);
                let names = groups.groups.into_iter().map(|(name, _)| name);
                let score = |code: u32| groups.member.iter().map(move |m| share(*m == Some(code))).collect();
                Measured { status, categories: names.zip((0..).map(score)).collect() }
            }
            Measure::Mentions(column) => {
                let chosen = |column: &Column, row: usize, code: u32| {
                    share(column.choices(row).is_some_and(|choices| choices.contains(&code)))
                };
                self.by_choice(*column, rows, chosen)
            }
            Measure::RankScore { column, top } => {
                let top = f64::from(*top);
                let score = |column: &Column, row: usize, code: u32| {
                    let place = column.choices(row).and_then(|c| c.iter().position(|choice| *choice == code));
                    place.map_or(0.0, |place| (top - place as f64) / top)
                };
                self.by_choice(*column, rows, score)
            }
            Measure::NetBalance { column, positive, negative } => {
                let Some(column) = self.column(*column) else {
                    return Measured { status: Vec::new(), categories: Vec::new() };
                };
                let score = |row: &usize| {
                    let on = |side: &[u32]| column.choice(*row).is_some_and(|choice| side.contains(&choice));
                    share(on(positive)) - share(on(negative))
                };
                Measured {
                    status: rows.iter().map(|row| column.missing(*row)).collect(),
                    categories: vec![(String::new(), rows.iter().map(score).collect())],
                }
            }
        }
    }

    /// What a ratio's scores are divided by, for each of these interviews: 0 where it has no value.
    pub(super) fn denominators(&self, measure: &Measure, rows: &[usize]) -> Option<Vec<f64>> {
        let Measure::Ratio { of, per, .. } = measure else { return None };
        let denominator = |row: &usize| self.number(of, *row).and_then(|_| self.number(per, *row));
        Some(rows.iter().map(|row| denominator(row).unwrap_or(0.0)).collect())
    }

    fn number(&self, expression: &Expression, row: usize) -> Option<f64> {
        match expression.evaluate(&self.env(row)) {
            Some(Value::Integer(i)) => Some(i as f64),
            Some(Value::Decimal(d)) => Some(d),
            _ => None,
        }
    }

    /// One category of numbers: who has none lacks a value.
    fn numbers(
        &self,
        rows: &[usize],
        deciding: &Deciding,
        number: impl Fn(usize) -> Option<f64>,
    ) -> Measured {
        let mut status = Vec::with_capacity(rows.len());
        let mut scores = Vec::with_capacity(rows.len());
        for row in rows {
            let number = number(*row);
            // Empty although all is answered: a division by zero, say.
            let reason = || self.status(deciding, *row).unwrap_or(Missing::NotApplicable);
            status.push(if number.is_some() { None } else { Some(reason()) });
            scores.push(number.unwrap_or(0.0));
        }
        Measured { status, categories: vec![(String::new(), scores)] }
    }

    /// One category for each choice of the column's list.
    fn by_choice(
        &self,
        column: usize,
        rows: &[usize],
        score: impl Fn(&Column, usize, u32) -> f64,
    ) -> Measured {
        let Some((column, list)) = self.column(column).and_then(|c| Some((c, c.list()?))) else {
            return Measured { status: Vec::new(), categories: Vec::new() };
        };
        let scores = |code: u32| rows.iter().map(|row| score(column, *row, code)).collect();
        Measured {
            status: rows.iter().map(|row| column.missing(*row)).collect(),
            categories: list.names.iter().cloned().zip((0..).map(scores)).collect(),
        }
    }

    /// Why an interview has no value for questions, by the rule of `docs/indicators.md`.
    fn status(&self, deciding: &Deciding, row: usize) -> Option<Missing> {
        let missing = |column: &usize| self.column(*column).and_then(|c| c.missing(row));
        let skipped = |reason: &Missing| matches!(reason, Missing::NotAsked | Missing::NotReached);
        let not_asked = deciding.asked.iter().filter_map(missing).find(skipped);
        let others = deciding.asked.iter().chain(&deciding.read);
        not_asked.or_else(|| others.filter_map(missing).find(|reason| !skipped(reason)))
    }

    fn grouping_status(
        &self,
        grouping: Grouping,
        rows: &[usize],
        member: &[Option<u32>],
    ) -> Vec<Option<Missing>> {
        let read = match grouping {
            Grouping::Column(column) => vec![column],
            Grouping::Variable(variable) => {
                let categories = self.variables.get(variable).into_iter().flat_map(|v| &v.categories);
                questions_read(categories.map(|c| &c.when), self.dataset)
            }
        };
        let reason = |row: usize| {
            let reasons = read.iter().filter_map(|column| self.column(*column)?.missing(row));
            // In no category although all is answered: the categories do not cover it.
            reasons.min().unwrap_or(Missing::NotApplicable)
        };
        rows.iter().zip(member).map(|(row, m)| if m.is_some() { None } else { Some(reason(*row)) }).collect()
    }

    /// The groups of a grouping and who belongs to them, with labels in a language.
    pub(super) fn groups(&self, grouping: Grouping, rows: &[usize], language: usize) -> Groups {
        match grouping {
            Grouping::Variable(variable) => {
                let Some(variable) = self.variables.get(variable) else {
                    return Groups { groups: Vec::new(), member: vec![None; rows.len()] };
                };
                let first = |row: &usize| {
                    let env = self.env(*row);
                    variable.categories.iter().position(|c| c.when.holds(&env)).map(|place| place as u32)
                };
                let label = |c: &super::definition::Category| (c.name.clone(), c.label.clone());
                Groups {
                    groups: variable.categories.iter().map(label).collect(),
                    member: rows.iter().map(first).collect(),
                }
            }
            Grouping::Column(column) => {
                let Some(column) = self.column(column) else {
                    return Groups { groups: Vec::new(), member: vec![None; rows.len()] };
                };
                column_groups(column, rows, language)
            }
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

fn share(has: bool) -> f64 {
    f64::from(u8::from(has))
}

fn column_groups(column: &Column, rows: &[usize], language: usize) -> Groups {
    if let Some(list) = column.list() {
        let label = |place: usize| list.label(place, language).to_owned();
        return Groups {
            groups: list.names.iter().cloned().zip((0..).map(label)).collect(),
            member: rows.iter().map(|row| column.choice(*row)).collect(),
        };
    }
    match column.data() {
        Data::Boolean(_) => Groups {
            groups: ["false", "true"].map(|word| (word.to_owned(), word.to_owned())).into(),
            member: rows
                .iter()
                .map(|row| match column.value(*row).as_deref() {
                    Some(Value::Boolean(b)) => Some(u32::from(*b)),
                    _ => None,
                })
                .collect(),
        },
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
            let member = |row: &usize| {
                column
                    .missing(*row)
                    .is_none()
                    .then(|| texts.code(*row))
                    .flatten()
                    .and_then(|code| place.get(code as usize))
                    .copied()
            };
            Groups {
                groups: names.iter().map(|(text, _)| ((*text).to_owned(), (*text).to_owned())).collect(),
                member: rows.iter().map(member).collect(),
            }
        }
        _ => Groups { groups: Vec::new(), member: vec![None; rows.len()] },
    }
}
