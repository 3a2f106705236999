//! What people call things: titles in other languages, and short names of groups for reports.

use super::definition::{Category, Definitions, Grouping, Split};
use super::document::CODES;
use crate::dataset::Table;
use crate::diagnostic::document::{self, Entries, Reader};
use crate::diagnostic::{Diagnostic, Report, nearest};

/// A disaggregation and what people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disaggregation {
    /// As in results: `sex`, `sex * district`.
    pub name: String,
    /// In words: `Sex`, `Sex × District`.
    pub label: String,
    /// Whether it crosses two groupings.
    pub is_crossed: bool,
}

impl Definitions<'_> {
    /// Reads the names of another language, from a file beside `indicators.toml`, and calls everything by
    /// them from now on. What it does not name keeps its name. Mistakes go to the report.
    pub fn translate(&mut self, text: &str, name: &str, report: &mut Report) {
        document::read(name, text, CODES, report, |reader, mut top| {
            reader.format(&mut top, 1);
            let ids: Vec<String> = self.indicators.iter().map(|indicator| indicator.id.clone()).collect();
            for (place, title) in named(reader, &mut top, "titles", "indicator", &ids) {
                if let Some(indicator) = self.indicators.get_mut(place) {
                    indicator.title = title;
                }
            }
            self.name_groups(reader, &mut top);
            let names: Vec<String> = self.providers.iter().map(|provider| provider.name.clone()).collect();
            for (place, label) in named(reader, &mut top, "providers", "provider", &names) {
                if let Some(provider) = self.providers.get_mut(place) {
                    provider.label = label;
                }
            }
            top.finish(reader);
            Some(())
        });
    }

    /// Reads `[groups]`: names of questions and variables (`sex`) and of a variable's categories
    /// (`"age_group.young"`).
    pub(super) fn name_groups(&mut self, reader: &mut Reader<'_>, top: &mut Entries<'_>) {
        let variables = self.variables.iter().flat_map(|variable| {
            let of_category = |category: &Category| format!("{}.{}", variable.name, category.name);
            std::iter::once(variable.name.clone()).chain(variable.categories.iter().map(of_category))
        });
        let columns = self.dataset.tables.iter().flat_map(Table::columns).map(|column| column.name.clone());
        let known: Vec<String> = variables.chain(columns).collect();
        for (place, label) in named(reader, top, "groups", "question or variable", &known) {
            let Some(name) = known.get(place) else { continue };
            let own = self.variables.iter_mut().find_map(|variable| {
                if variable.name == *name {
                    return Some(&mut variable.label);
                }
                let category = name.strip_prefix(&variable.name)?.strip_prefix('.')?;
                variable.categories.iter_mut().find(|c| c.name == category).map(|c| &mut c.label)
            });
            match own {
                Some(own) => *own = label,
                None => {
                    self.group_names.insert(name.clone(), label);
                }
            }
        }
    }

    /// The disaggregations that indicators use, with what they are called in a language.
    #[must_use]
    pub fn disaggregations(&self, language: usize) -> Vec<Disaggregation> {
        let of_split = |split: &Split| {
            let first = self.group_name(split.first, language);
            let label = match split.second {
                Some(second) => format!("{first} × {}", self.group_name(second, language)),
                None => first.to_owned(),
            };
            Disaggregation { name: split.name.clone(), label, is_crossed: split.second.is_some() }
        };
        self.splits.iter().map(of_split).collect()
    }

    fn group_name(&self, grouping: Grouping, language: usize) -> &str {
        match grouping {
            Grouping::Variable(variable) => self.variables.get(variable).map_or("", |v| v.label.as_str()),
            Grouping::Column(column) => column.of(self.dataset).map_or("", |column| {
                let label = self.group_names.get(&column.name).or_else(|| column.labels.get(language));
                label.map_or(column.name.as_str(), String::as_str)
            }),
        }
    }
}

/// A table of names and texts: the places of the names among those that are known, and the texts.
fn named(
    reader: &mut Reader<'_>,
    top: &mut Entries<'_>,
    key: &'static str,
    what: &str,
    known: &[String],
) -> Vec<(usize, String)> {
    let Some(table) = reader.free_table(top, key) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in table.entries() {
        let Some(place) = known.iter().position(|own| own == name) else {
            let unknown = Diagnostic::error("I0140", table.key(name), format!("There is no {what} `{name}`"));
            reader.report.push(match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => unknown.label(format!("did you mean `{near}`?")),
                None => unknown
                    .help(format!("Under `[{key}]` stand names of the file of indicators and their texts.")),
            });
            continue;
        };
        match value.as_str() {
            Some(text) => found.push((place, text.to_owned())),
            None => reader.report.push(
                Diagnostic::error("I0004", table.value(name), format!("`{name}` must be text in quotes"))
                    .help(format!("Write `{name} = \"What people call it\"`.")),
            ),
        }
    }
    found
}
