//! What variables are called: no two of a table the same, and each name as predictable as can be.
//!
//! A question keeps its name. What is made of it may meet another name: a choice `missing` of `worries` would be
//! `worries__missing`, as is the variable with the reasons, and a question may be named so, too. Then the one that comes
//! later gets a `_` behind it: first come questions, then reasons, then columns of the frame, then choices. All columns of
//! the table take part, also those that stay inside, so that names do not depend on what goes out.

use std::collections::{HashMap, HashSet};

use super::{Options, What};
use crate::dataset::{Column, Data, INTERVIEW, Origin, Table};

/// The names of all variables that a table could have.
#[derive(Debug)]
pub(super) struct Naming {
    /// By the place of the column.
    names: HashMap<(usize, What), Named>,
    /// All of them, and the keys.
    taken: HashSet<String>,
}

/// What a variable is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub name: String,
    /// What it would be called, were the name free.
    pub wanted: String,
}

impl Naming {
    pub fn new(table: &Table, keys: &[String], options: &Options) -> Self {
        let mut taken: HashSet<String> = keys.iter().cloned().collect();
        let mut all: Vec<(u8, usize, What, String)> = Vec::new();
        let columns = table.columns().iter().enumerate();
        for (place, column) in columns.filter(|(_, column)| column.name != INTERVIEW) {
            all.extend(
                parts(column)
                    .into_iter()
                    .map(|what| (rank(column, what), place, what, wanted(column, what, options))),
            );
        }
        // Stable: in the order of the questionnaire.
        all.sort_by_key(|(rank, ..)| *rank);
        let mut names = HashMap::new();
        for (_, place, what, wanted) in all {
            let name = free(&taken, wanted.clone());
            taken.insert(name.clone());
            names.insert((place, what), Named { name, wanted });
        }
        Self { names, taken }
    }

    /// The name for what is no variable of its own, such as the offset beside a moment: one that no variable has.
    pub fn beside(&self, wanted: String) -> String {
        free(&self.taken, wanted)
    }

    pub fn of(&self, column: usize, what: What) -> Named {
        self.names
            .get(&(column, what))
            .cloned()
            .unwrap_or(Named { name: String::new(), wanted: String::new() })
    }
}

/// A name, with a `_` behind it as often as it is taken.
fn free(taken: &HashSet<String>, mut name: String) -> String {
    while taken.contains(&name) {
        name.push('_');
    }
    name
}

/// All variables that a column may be.
fn parts(column: &Column) -> Vec<What> {
    let mut parts = vec![What::Value];
    if matches!(column.origin, Origin::Question | Origin::Calculated) {
        parts.push(What::Missing);
    }
    match column.data() {
        Data::Choices(list, _, None) => parts.extend((0..list.names.len() as u32).map(What::Has)),
        Data::Choices(_, _, Some(top)) => parts.extend((0..*top).map(What::Ranked)),
        _ => {}
    }
    parts
}

/// Who comes first.
fn rank(column: &Column, what: What) -> u8 {
    match (what, column.origin) {
        (What::Value, Origin::Attached) => 2,
        (What::Value, _) => 0,
        (What::Missing, _) => 1,
        (What::Has(_) | What::Ranked(_), _) => 3,
    }
}

/// The name by itself. Two underscores keep the parts apart.
fn wanted(column: &Column, what: What, options: &Options) -> String {
    let path = if options.group_names { column.groups.as_slice() } else { &[] };
    let name = path.iter().chain([&column.name]).map(String::as_str).collect::<Vec<_>>().join("-");
    match (what, column.list()) {
        (What::Value, _) => name,
        (What::Missing, _) => format!("{name}__missing"),
        (What::Ranked(place), _) => format!("{name}__{}", place + 1),
        (What::Has(place), list) => {
            let choice = list.and_then(|list| list.names.get(place as usize));
            format!("{name}__{}", choice.map_or("", String::as_str))
        }
    }
}
