//! The codebook: what every variable means, whom it is about, and how many have it.
//!
//! It is made from a [`Plan`] and the questionnaire; interviews need not be there yet. [`records`](Codebook::records) gives it
//! as a table, [`page`] as a page to read and to print, and the other formats take from it what they have room for.

mod page;
mod words;

use std::io::Write;

pub use self::page::page;

use super::choice::class_of;
use super::csv::{Profile, for_reader, writer};
use super::{Plan, PlannedTable, Variable, What};
use crate::dataset::{Column, Origin};
use crate::outline::Outline;
use crate::outline::logic::Logic;
use crate::outline::words::{Words, fill};
use crate::questionnaire::{Item, Kind, Questionnaire};
use crate::value::Missing;

/// A codebook.
#[derive(Debug)]
pub struct Codebook<'p> {
    /// What goes out.
    pub plan: &'p Plan<'p>,
    /// What is asked.
    pub questionnaire: &'p Questionnaire,
    /// The columns that have variables, table by table in their order.
    pub entries: Vec<Entry<'p>>,
}

/// What there is to know about a column and its variables.
#[derive(Debug)]
pub struct Entry<'p> {
    /// The table that it is in.
    pub table: &'p PlannedTable<'p>,
    /// The column.
    pub column: &'p Column,
    /// Its variables: the value, its parts, the reason why there is none.
    pub variables: Vec<&'p Variable<'p>>,
    /// Its number in the outline, where it is a question.
    pub number: Option<String>,
    /// The section that it stands in, in every language.
    pub section: Vec<String>,
    /// Its type, as in the questionnaire.
    pub type_name: &'static str,
    /// Help under the question, in every language.
    pub hint: Vec<String>,
    /// Under which conditions it is asked, in the words of every language; empty where it always is.
    pub asked_if: Vec<String>,
    /// What an answer must meet, in the words of every language; empty where there is nothing.
    pub must_meet: Vec<String>,
    /// How it is calculated.
    pub calculation: Option<String>,
    /// The reasons for no answer that the enumerator is offered.
    pub offered: Vec<Missing>,
    /// The class that keeps it inside unless it is named.
    pub class: Option<&'static str>,
    /// The versions of the questionnaire that have it.
    pub versions: Vec<String>,
    /// How many rows have a value, and how many have none for which reason, in the order of [`Missing::ALL`]. Not told of
    /// what stays inside: the number alone may harm.
    pub counts: Option<(usize, [usize; Missing::ALL.len()])>,
}

impl<'p> Codebook<'p> {
    /// The codebook of what a plan lets out. `versions` are all versions of the questionnaire that are in use, and `counted`
    /// says of which columns it is told how many there are.
    #[must_use]
    pub fn new(
        plan: &'p Plan<'p>,
        questionnaire: &'p Questionnaire,
        versions: &[&Questionnaire],
        counted: impl Fn(&Column) -> bool,
    ) -> Self {
        let outline = Outline::new(questionnaire);
        let mut entries: Vec<Entry<'p>> = Vec::new();
        for table in &plan.tables {
            for variable in &table.variables {
                let column = variable.column;
                if let Some(entry) = entries.last_mut().filter(|entry| std::ptr::eq(entry.column, column)) {
                    entry.variables.push(variable);
                    continue;
                }
                let mut entry = entry(table, variable, questionnaire, &outline);
                entry.versions = versions_with(column, questionnaire, versions);
                entry.counts = counted(column).then(|| counts(table, column));
                entries.push(entry);
            }
        }
        Self { plan, questionnaire, entries }
    }

    /// The codebook as a table: a header, and a line for each variable; labels in every language. `values` says whether the
    /// choices stand in it.
    #[must_use]
    pub fn records(&self, values: bool) -> Vec<Vec<String>> {
        let languages = &self.plan.dataset.languages;
        let with = values.then_some("values");
        let others = languages.iter().skip(1).flat_map(|tag| {
            std::iter::once(format!("label ({tag})")).chain(values.then(|| format!("values ({tag})")))
        });
        let head = ["table", "variable", "question", "number", "type", "list"]
            .into_iter()
            .chain(with)
            .chain(["label", "n", "reasons without a value", "asked if", "must meet", "missing offered"])
            .chain(["calculation", "stays inside", "versions"])
            .map(str::to_owned);
        let mut records = vec![head.chain(others).collect()];
        for entry in &self.entries {
            records.extend(
                entry.variables.iter().map(|variable| entry.record(variable, values, languages.len())),
            );
        }
        records
    }

    /// Writes it as CSV.
    ///
    /// # Errors
    /// The writer failed.
    pub fn write_csv(&self, profile: Profile, to: impl Write) -> ::csv::Result<()> {
        let mut csv = writer(to, profile)?;
        for record in self.records(true) {
            csv.write_record(record.iter().map(|cell| for_reader(cell, profile).into_owned()))?;
        }
        csv.flush()?;
        Ok(())
    }
}

impl Entry<'_> {
    /// In how many rows one of its variables has something, and in how many it has nothing. The variable of reasons has
    /// something where the others have nothing; a ranking may have fewer places than there are, and a choice may have been added
    /// later.
    #[must_use]
    pub fn filled(&self, variable: &Variable<'_>) -> Option<(usize, usize)> {
        let (n, without) = self.counts.as_ref()?;
        let without: usize = without.iter().sum();
        let filled = match variable.what {
            What::Value => *n,
            What::Missing => without,
            What::Ranked(_) => self.table.rows.iter().filter(|row| variable.choice(*row).is_some()).count(),
            What::Has(_) => self.table.rows.iter().filter(|row| variable.has(*row).is_some()).count(),
        };
        Some((filled, n + without - filled))
    }

    fn record(&self, variable: &Variable<'_>, values: bool, languages: usize) -> Vec<String> {
        let first = |texts: &[String]| texts.first().cloned().unwrap_or_default();
        let is_reason = variable.what == What::Missing;
        let list = self.column.list().filter(|_| !is_reason);
        let n = self.filled(variable).map(|(n, _)| n.to_string()).unwrap_or_default();
        let without = self.counts.iter().flat_map(|(_, without)| Missing::ALL.iter().zip(without));
        let reasons: Vec<String> =
            without.filter(|(_, n)| **n > 0).map(|(reason, n)| format!("{}: {n}", reason.name())).collect();
        let record = [
            self.table.name.clone(),
            variable.name.clone(),
            self.column.name.clone(),
            self.number.clone().unwrap_or_default(),
            variable.type_name().to_owned(),
            list.map(|list| list.name.clone()).unwrap_or_default(),
        ];
        let rest = [
            variable.label(0),
            n,
            reasons.join("; "),
            first(&self.asked_if),
            first(&self.must_meet),
            self.offered.iter().map(|reason| reason.name()).collect::<Vec<_>>().join("; "),
            self.calculation.clone().unwrap_or_default(),
            self.class.unwrap_or_default().to_owned(),
            self.versions.join("; "),
        ];
        let values_in = |language| values.then(|| values_of(variable, language));
        let others = (1..languages)
            .flat_map(|language| std::iter::once(variable.label(language)).chain(values_in(language)));
        record.into_iter().chain(values_in(0)).chain(rest).chain(others).collect()
    }
}

fn entry<'p>(
    table: &'p PlannedTable<'p>,
    variable: &'p Variable<'p>,
    questionnaire: &Questionnaire,
    outline: &Outline,
) -> Entry<'p> {
    let column = variable.column;
    let mut entry = Entry {
        table,
        column,
        variables: vec![variable],
        number: None,
        section: Vec::new(),
        type_name: match column.origin {
            Origin::Attached => "attached",
            _ => "metadata",
        },
        hint: Vec::new(),
        asked_if: Vec::new(),
        must_meet: Vec::new(),
        calculation: None,
        offered: Vec::new(),
        class: class_of(column).map(|class| class.0),
        versions: Vec::new(),
        counts: None,
    };
    let Some(item) = item_of(column, questionnaire) else { return entry };
    let languages = 0..questionnaire.languages.len();
    entry.number = outline.number(item.id).map(str::to_owned);
    let above = ancestors(item, questionnaire);
    if let Some(section) = above.first() {
        entry.section = languages.clone().map(|language| section.label.source(language)).collect();
    }
    for language in languages {
        let tag = questionnaire.languages.get(language).map_or("", String::as_str);
        let words = Words::of(tag);
        let conditions: Vec<String> = above
            .iter()
            .chain([&item])
            .filter_map(|item| Some((item, item.relevant.as_ref()?)))
            .map(|(item, relevant)| {
                let logic = Logic { questionnaire, outline, words, language, this: Some(item.id) };
                logic.say(&relevant.condition())
            })
            .collect();
        if !conditions.is_empty() {
            entry.asked_if.push(fill(words.ask_if, &[&conditions.join(words.and)]));
        }
        if let Some(hint) = &item.hint {
            entry.hint.push(hint.source(language));
        }
        if let Some(constraint) = item.question().and_then(|question| question.constraint.as_ref()) {
            let logic = Logic { questionnaire, outline, words, language, this: Some(item.id) };
            entry.must_meet.push(fill(words.must_meet, &[&logic.say(&constraint.condition.condition())]));
        }
    }
    match &item.kind {
        Kind::Question(question) => {
            entry.type_name = question.input.type_name();
            entry.offered.clone_from(&question.missing);
        }
        Kind::Calculate(expression) => {
            entry.type_name = "calculate";
            entry.calculation = Some(expression.text().split_whitespace().collect::<Vec<_>>().join(" "));
        }
        _ => {}
    }
    entry
}

/// The item that a column comes from.
fn item_of<'q>(column: &Column, questionnaire: &'q Questionnaire) -> Option<&'q Item> {
    matches!(column.origin, Origin::Question | Origin::Calculated)
        .then(|| questionnaire.find(&column.name))
        .flatten()
}

/// What an item stands in, the section first.
fn ancestors<'q>(item: &Item, questionnaire: &'q Questionnaire) -> Vec<&'q Item> {
    let mut above = Vec::new();
    let mut parent = item.parent;
    while let Some(id) = parent {
        let item = questionnaire.item(id);
        above.push(item);
        parent = item.parent;
    }
    above.reverse();
    above
}

/// The versions that have a column, as they are written; where two have one name, with the beginning of their hash.
fn versions_with(column: &Column, own: &Questionnaire, versions: &[&Questionnaire]) -> Vec<String> {
    if item_of(column, own).is_none() {
        return Vec::new();
    }
    let has = |version: &&&Questionnaire| {
        let item = version.find(&column.name);
        item.is_some_and(|item| matches!(item.kind, Kind::Question(_) | Kind::Calculate(_)))
    };
    let name = |version: &&Questionnaire| {
        let shared =
            versions.iter().any(|other| other.version == version.version && other.hash != version.hash);
        if shared {
            format!("{} ({})", version.version, version.hash.short())
        } else {
            version.version.clone()
        }
    };
    versions.iter().filter(has).map(name).collect()
}

/// How many rows have a value, and how many have none for which reason.
fn counts(table: &PlannedTable<'_>, column: &Column) -> (usize, [usize; Missing::ALL.len()]) {
    let (mut n, mut without) = (0, [0; Missing::ALL.len()]);
    for row in table.rows.iter() {
        match column.missing(row) {
            None => n += 1,
            Some(reason) => without[reason as usize] += 1,
        }
    }
    (n, without)
}

fn values_of(variable: &Variable<'_>, language: usize) -> String {
    let list = match variable.what {
        What::Missing => return Missing::ALL.map(Missing::name).join("; "),
        What::Has(_) => None,
        What::Value | What::Ranked(_) => variable.column.list(),
    };
    let Some(list) = list else { return String::new() };
    let one = |(n, name): (usize, &String)| {
        let code = list.codes.get(n).copied().unwrap_or_default();
        format!("{code} {name} = {}", list.label(n, language))
    };
    list.names.iter().enumerate().map(one).collect::<Vec<_>>().join("; ")
}
