//! How the visits of a round ended: of all, and by groups.

use std::collections::{HashMap, HashSet};

use anyhow::Result;

use super::folder::Folder;
use crate::dataset::{Dataset, ENUMERATOR, ROUND, STATUS};
use crate::fieldwork::{Outcome, Tally};
use crate::indicators::{Conditions, Definitions, SamplingPlan};
use crate::journal::Disposition;
use crate::report::VisitsBy;

/// Groups are known of every visit where at least so many of the visits have one.
const NEARLY_ALL: f64 = 0.95;

/// The visits of a round, as rows of the table, and how each ended.
pub struct Visits(Vec<(usize, Outcome)>);

impl Visits {
    /// Those of a round. What has a respondent, and how the others ended, survey.toml says.
    pub fn of(
        folder: &Folder,
        dataset: &Dataset,
        (plan, outcomes): (&SamplingPlan<'_>, &Conditions<'_>),
        round: &str,
    ) -> Result<Self> {
        let noted: HashMap<String, Disposition> = match folder.store_to_read()? {
            Some(store) => store
                .interviews()?
                .into_iter()
                .filter_map(|summary| Some((summary.id.to_string(), summary.visit?.disposition)))
                .collect(),
            None => HashMap::new(),
        };
        let interviews = dataset.interviews();
        let outcome = |row: usize| {
            if !interviews.has(STATUS, row, "finalised") {
                return noted.get(interviews.key(row)).map_or(Outcome::Open, |noted| Outcome::from(*noted));
            }
            if plan.has_respondent(row) {
                return Outcome::Complete;
            }
            let place = outcomes.first(row).and_then(|place| folder.survey.outcomes.get(place));
            place.map_or(Outcome::Other, |(disposition, _)| Outcome::from(*disposition))
        };
        let rows = (0..interviews.rows()).filter(|row| interviews.has(ROUND, *row, round));
        Ok(Self(rows.map(|row| (row, outcome(row))).collect()))
    }

    /// How many ended how.
    pub fn tally(&self) -> Tally {
        tally(self.0.iter().map(|(_, outcome)| *outcome))
    }

    /// How many of these rows ended how.
    pub fn tally_of(&self, rows: &[usize]) -> Tally {
        let wanted: HashSet<usize> = rows.iter().copied().collect();
        tally(self.0.iter().filter(|(row, _)| wanted.contains(row)).map(|(_, outcome)| *outcome))
    }

    /// By every disaggregation that is known of nearly all visits, also of those without a respondent.
    pub fn by(
        &self,
        folder: &Folder,
        dataset: &Dataset,
        definitions: &Definitions<'_>,
        language: usize,
        with_enumerators: bool,
    ) -> Vec<VisitsBy> {
        let minimum = folder.survey.disclosure.minimum_cell;
        let rows: Vec<usize> = self.0.iter().map(|(row, _)| *row).collect();
        let mut all = Vec::new();
        let is_told = self.0.iter().any(|(_, outcome)| *outcome != Outcome::Complete);
        for split in definitions.disaggregations(language) {
            if !is_told || split.is_crossed || split.name == ENUMERATOR {
                continue;
            }
            let Some(members) = definitions.members(&split.name, &rows, language) else { continue };
            let known = members.member.iter().filter(|member| member.is_some()).count();
            if known as f64 >= NEARLY_ALL * rows.len() as f64 {
                let groups = members.groups.into_iter().map(|(_, label)| label).collect();
                all.push(self.split(Some(split.label), groups, &members.member, minimum));
            }
        }
        if let Some(column) = dataset.interviews().column(ENUMERATOR).filter(|_| with_enumerators) {
            let name = |row: &usize| column.value(*row).map(|name| name.to_string()).unwrap_or_default();
            let mut names: Vec<String> = rows.iter().map(name).collect();
            names.sort_unstable();
            names.dedup();
            let place = |row: &usize| names.binary_search(&name(row)).ok().map(|place| place as u32);
            let member: Vec<Option<u32>> = rows.iter().map(place).collect();
            all.push(self.split(None, names, &member, minimum));
        }
        all.retain(|by| by.groups.len() > 1);
        all
    }

    fn split(
        &self,
        label: Option<String>,
        groups: Vec<String>,
        member: &[Option<u32>],
        minimum: usize,
    ) -> VisitsBy {
        let mut tallies = vec![Tally::default(); groups.len()];
        for ((_, outcome), member) in self.0.iter().zip(member) {
            if let Some(tally) = member.and_then(|member| tallies.get_mut(member as usize)) {
                tally.add(*outcome);
            }
        }
        let groups = groups.into_iter().zip(tallies);
        let groups: Vec<(String, Tally)> = groups.filter(|(_, tally)| tally.cases() > 0).collect();
        // Few people of one group would be the rest of all others, so then none is shown.
        let is_few =
            |tally: &Tally| tally.cases() < minimum || (1..minimum).contains(&tally.count(Outcome::Complete));
        let has_few = groups.iter().any(|(_, tally)| is_few(tally));
        VisitsBy { label, groups: if has_few { Vec::new() } else { groups } }
    }
}

fn tally(outcomes: impl Iterator<Item = Outcome>) -> Tally {
    let mut tally = Tally::default();
    outcomes.for_each(|outcome| tally.add(outcome));
    tally
}
