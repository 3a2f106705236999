//! Which tables, rows and variables go out, and under which names.

use std::collections::HashMap;

use super::choice::{self, Unknown};
use super::names::{Renamed, Rules, valid};
use super::naming::{Named, Naming};
use super::variable::{Variable, parts_of};
use super::{Options, Rows};
use crate::dataset::{Dataset, INTERVIEW, List, ROUND, STATUS, Table};

/// A variable that stays inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBack {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: &'static str,
}

/// What goes out.
#[derive(Debug)]
pub struct Plan<'d> {
    /// Where it comes from.
    pub dataset: &'d Dataset,
    /// What was wanted.
    pub options: Options,
    /// The tables, the interviews first.
    pub tables: Vec<PlannedTable<'d>>,
    /// What stays inside.
    pub kept_back: Vec<KeptBack>,
    /// Variables that another one had the name of.
    pub renamed: Vec<Renamed>,
}

/// A table that goes out.
#[derive(Debug)]
pub struct PlannedTable<'d> {
    /// The table.
    pub table: &'d Table,
    /// What it is called outside.
    pub name: String,
    /// The tables that its keys come from: the interviews, the rosters around it, itself.
    pub path: Vec<&'d Table>,
    /// The names of its keys, beside `path`: `_interview`, and for a roster the rosters from the outermost to itself.
    pub keys: Vec<String>,
    /// How many bytes the longest of each key has, at least one: the same in all tables that have the key.
    pub(super) key_lengths: Vec<usize>,
    /// Its rows.
    pub rows: Rows,
    /// Its variables.
    pub variables: Vec<Variable<'d>>,
    /// The names of all variables that the table could have.
    naming: Naming,
}

impl<'d> Plan<'d> {
    /// Decides what goes out, of the interviews (rows of the table) that `keep` holds for.
    ///
    /// # Errors
    /// A name that is wanted, or not, is none of a variable's.
    pub fn new(
        dataset: &'d Dataset,
        options: Options,
        keep: impl Fn(usize) -> bool,
    ) -> Result<Self, Unknown> {
        choice::check(dataset, &options)?;
        let mut plan =
            Self { dataset, options, tables: Vec::new(), kept_back: Vec::new(), renamed: Vec::new() };
        for table in &dataset.tables {
            let planned = plan.table(table, &keep);
            plan.tables.push(planned);
        }
        plan.hide_rows();
        plan.measure_keys();
        Ok(plan)
    }

    /// The lists of what goes out, each of them once, in the order of their first use.
    #[must_use]
    pub fn lists(&self) -> Vec<&'d List> {
        let mut lists: Vec<&'d List> = Vec::new();
        for list in self.tables.iter().flat_map(|table| &table.variables).filter_map(|v| v.column.list()) {
            if !lists.iter().any(|known| known.name == list.name) {
                lists.push(list);
            }
        }
        lists
    }

    /// Whether a column goes out.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        let mut variables = self.tables.iter().flat_map(|table| &table.variables);
        variables.any(|variable| variable.column.name == column)
    }

    /// Makes all names valid in a program, and gives those that changed.
    pub fn rename(&mut self, rules: &Rules) -> Vec<Renamed> {
        let mut names: Vec<&str> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for table in &self.tables {
            let of_table = table.keys.iter().chain(table.variables.iter().map(|variable| &variable.name));
            names.extend(of_table.map(String::as_str).filter(|name| seen.insert(*name)));
        }
        let renamed: Vec<Renamed> = names
            .iter()
            .zip(valid(&names, rules))
            .filter(|(from, to)| **from != to)
            .map(|(from, to)| Renamed { from: (*from).to_owned(), to })
            .collect();
        let new: HashMap<&str, &str> =
            renamed.iter().map(|renamed| (renamed.from.as_str(), renamed.to.as_str())).collect();
        for table in &mut self.tables {
            let variables = table.variables.iter_mut().map(|variable| &mut variable.name);
            for name in table.keys.iter_mut().chain(variables) {
                if let Some(new) = new.get(name.as_str()) {
                    *name = (*new).to_owned();
                }
            }
        }
        renamed
    }

    fn table(&mut self, table: &'d Table, keep: &impl Fn(usize) -> bool) -> PlannedTable<'d> {
        let mut rows = Rows::default();
        let (mut path, keys) = match table.parent.and_then(|parent| self.tables.get(parent)) {
            None => {
                let kept = (0..table.rows()).filter(|row| self.goes_out(*row) && keep(*row));
                kept.for_each(|row| rows.add(row..row + 1));
                (Vec::new(), vec![INTERVIEW.to_owned()])
            }
            Some(parent) => {
                let keys = parent.keys.iter().cloned().chain([table.name.clone()]).collect();
                parent.rows.iter().for_each(|row| rows.add(table.rows_of(row)));
                (parent.path.clone(), keys)
            }
        };
        path.push(table);
        let mut variables = Vec::new();
        let naming = Naming::new(table, &keys, &self.options);
        let columns = table.columns().iter().enumerate();
        for (place, column) in columns.filter(|(_, column)| column.name != INTERVIEW) {
            if let Some(why) = choice::kept_back(column, self.dataset, &self.options) {
                self.kept_back.push(KeptBack { name: column.name.clone(), why });
                continue;
            }
            for what in parts_of(column, &self.options) {
                let Named { name, wanted } = naming.of(place, what);
                if name != wanted {
                    self.renamed.push(Renamed { from: wanted, to: name.clone() });
                }
                variables.push(Variable { name, column, what });
            }
        }
        // A roster may have the name of the table of interviews.
        let is_taken = table.parent.is_some() && table.name == "interviews";
        let name = if is_taken { "roster_interviews" } else { table.name.as_str() }.to_owned();
        PlannedTable { table, name, path, keys, key_lengths: Vec::new(), rows, variables, naming }
    }

    /// Where nothing of a roster goes out, nor of those in it, its rows alone could still tell an answer.
    fn hide_rows(&mut self) {
        let mut goes_out = vec![false; self.tables.len()];
        // Rosters stand behind what they are in.
        for (place, table) in self.tables.iter_mut().enumerate().rev() {
            let is_needed = !table.variables.is_empty() || goes_out.get(place).copied().unwrap_or_default();
            if is_needed && let Some(around) = table.table.parent.and_then(|parent| goes_out.get_mut(parent))
            {
                *around = true;
            }
            if table.table.sensitive && !is_needed {
                table.rows = Rows::default();
            }
        }
    }

    /// How long keys are is known once it is known which rows go out.
    fn measure_keys(&mut self) {
        let mut measured: Vec<Vec<usize>> = Vec::with_capacity(self.tables.len());
        for table in &mut self.tables {
            let around = table.table.parent.and_then(|parent| measured.get(parent));
            let mut lengths = around.cloned().unwrap_or_default();
            let own = table.rows.iter().map(|row| table.table.key(row).len()).max();
            lengths.push(own.unwrap_or(0).max(1));
            table.key_lengths.clone_from(&lengths);
            measured.push(lengths);
        }
    }

    fn goes_out(&self, row: usize) -> bool {
        let interviews = self.dataset.interviews();
        (self.options.unfinished || interviews.has(STATUS, row, "finalised"))
            && self.options.round.as_ref().is_none_or(|round| interviews.has(ROUND, row, round))
    }
}

impl<'d> PlannedTable<'d> {
    /// The interview that a row belongs to, as its row in the table of interviews.
    #[must_use]
    pub fn interview_of(&self, row: usize) -> usize {
        // The path begins with the interviews, which belong to nothing.
        self.path.iter().skip(1).rev().fold(row, |row, table| table.parent_row(row))
    }

    /// What a column beside a moment is called that holds its offset from UTC: a name that no variable of the table has,
    /// whether it goes out or stays inside.
    #[must_use]
    pub fn offset_name(&self, moment: &Variable<'_>) -> String {
        self.naming.beside(format!("{}__offset", moment.name))
    }

    /// What the key of that number is, in words.
    #[must_use]
    pub fn key_label(&self, key: usize, language: usize) -> String {
        let Some(table) = self.path.get(key) else { return String::new() };
        let labels = table.column(INTERVIEW).map(|column| &column.labels);
        labels.and_then(|labels| labels.get(language)).unwrap_or(&table.name).clone()
    }

    /// The keys of a row, beside [`Self::keys`]: the interview's, and those of the rows around it and its own.
    pub fn keys_of(&self, row: usize) -> impl Iterator<Item = &'d str> {
        (0..self.path.len()).map(move |key| self.key_of(row, key))
    }

    /// One of the keys of a row, by its place in [`Self::keys`].
    #[must_use]
    pub fn key_of(&self, row: usize, key: usize) -> &'d str {
        let mut at = row;
        for table in self.path.iter().skip(key + 1).rev() {
            at = table.parent_row(at);
        }
        self.path.get(key).map_or("", |table| table.key(at))
    }
}
