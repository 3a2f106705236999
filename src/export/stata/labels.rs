//! Labels of values, in every language of the questionnaire.

use crate::dataset::List;
use crate::export::Plan;
use crate::export::cell::Kind;
use crate::export::names::{STATA, valid};
use crate::export::shorten::{self, How, IN_CODEBOOK, Shortened};
use crate::value::Missing;

use super::field::{Field, Storage};

/// Labels of values under a name, in one language.
pub(super) struct Set {
    /// Its name in the data set.
    pub name: String,
    /// The values with their labels, in the order of the values.
    pub labels: Vec<(i32, String)>,
}

/// All sets of labels, and which each field has.
pub(super) struct Sets {
    /// For each thing that has labels, its set in every language.
    by_language: Vec<Vec<Set>>,
    /// The thing whose labels each field has.
    of_field: Vec<Option<usize>>,
}

/// Which labels a variable has.
#[derive(PartialEq, Eq)]
enum Labelled<'d> {
    /// Reasons alone.
    Reasons,
    /// Yes and no.
    Flags,
    /// The reasons themselves as values.
    ReasonValues,
    /// The choices of the list of that name.
    List(&'d str),
}

/// How many bytes a label has room for.
const LONGEST: usize = 32_000;
/// How many labels a set has room for.
const MOST: usize = 65_536;

/// Where extended missing values begin among whole numbers: `.a`.
pub(super) const FIRST_MISSING: i32 = 2_147_483_622;

impl Sets {
    /// The labels of these fields.
    pub fn new(plan: &Plan<'_>, fields: &[Field<'_, '_>], shortened: &mut Vec<Shortened>) -> Self {
        let mut things: Vec<Labelled<'_>> = Vec::new();
        let mut by_language = Vec::new();
        let mut of_field = Vec::with_capacity(fields.len());
        for field in fields {
            let is_text = matches!(field.storage, Storage::Text(_) | Storage::LongText);
            let Some(variable) = field.source.variable().filter(|_| !is_text) else {
                of_field.push(None);
                continue;
            };
            let list = variable.list();
            let labelled = match (variable.kind(), list) {
                (Kind::Flag, _) => Labelled::Flags,
                (Kind::Reason, _) => Labelled::ReasonValues,
                (_, Some(list)) => Labelled::List(&list.name),
                _ if variable.is_answer() => Labelled::Reasons,
                _ => {
                    of_field.push(None);
                    continue;
                }
            };
            let known = things.iter().position(|known| *known == labelled);
            of_field.push(Some(known.unwrap_or(things.len())));
            if known.is_some() {
                continue;
            }
            if let Labelled::List(_) = labelled {
                shortened.extend(list.into_iter().flat_map(losses));
            }
            let sets = (0..plan.dataset.languages.len()).map(|language| {
                let wording = plan.options.wording.get(language);
                let reasons = Missing::ALL.map(|reason| {
                    wording.map_or_else(|| reason.name().to_owned(), |w| w.reasons[reason as usize].clone())
                });
                let mut labels: Vec<(i32, String)> = match &labelled {
                    Labelled::Reasons => Vec::new(),
                    Labelled::Flags => {
                        wording.into_iter().flat_map(|w| [(0, w.no.clone()), (1, w.yes.clone())]).collect()
                    }
                    Labelled::ReasonValues => (1..).zip(reasons.clone()).collect(),
                    Labelled::List(_) => list
                        .into_iter()
                        .filter(|list| has_room(list))
                        .flat_map(|list| list.codes.iter().enumerate().map(move |(n, code)| (list, n, *code)))
                        .filter_map(|(list, n, code)| {
                            let label = shorten::without_nul(list.label(n, language));
                            let label = shorten::bytes(&label, LONGEST).unwrap_or(label.into_owned());
                            Some((labelled_code(code)?, label))
                        })
                        .collect(),
                };
                if variable.is_answer() && labelled != Labelled::ReasonValues {
                    labels.extend((FIRST_MISSING..).zip(reasons));
                }
                labels.sort_by_key(|(value, _)| *value);
                // No list of a questionnaire is named like these.
                let name = match &labelled {
                    Labelled::Reasons => "_reason",
                    Labelled::Flags => "_yes_no",
                    Labelled::ReasonValues => "_why",
                    Labelled::List(name) => name,
                };
                let tag = plan.dataset.languages.get(language).map_or("", String::as_str);
                let is_first = language == plan.options.language;
                let name = if is_first { name.to_owned() } else { format!("{name}_{tag}") };
                Set { name, labels }
            });
            by_language.push(sets.collect::<Vec<_>>());
            things.push(labelled);
        }
        let mut sets = Self { by_language, of_field };
        sets.rename();
        sets
    }

    /// Names that Stata takes, all different.
    fn rename(&mut self) {
        let names: Vec<&str> = self.all().map(|set| set.name.as_str()).collect();
        // A list may be named like another in a language: it keeps its place in the order.
        let mut told_apart: Vec<String> = Vec::with_capacity(names.len());
        for name in names {
            let mut name = name.to_owned();
            while told_apart.contains(&name) {
                name.push('_');
            }
            told_apart.push(name);
        }
        let renamed = valid(&told_apart.iter().map(String::as_str).collect::<Vec<_>>(), &STATA);
        for (set, name) in self.by_language.iter_mut().flatten().zip(renamed) {
            set.name = name;
        }
    }

    /// All sets.
    pub fn all(&self) -> impl Iterator<Item = &Set> {
        self.by_language.iter().flatten()
    }

    /// The name of a field's labels in a language; empty where it has none.
    pub fn name_of(&self, field: usize, language: usize) -> &str {
        let thing = self.of_field.get(field).copied().flatten();
        let set = thing.and_then(|thing| self.by_language.get(thing)?.get(language));
        set.map_or("", |set| set.name.as_str())
    }
}

/// A code that a label can have: a whole number of four bytes, which is no missing value.
fn labelled_code(code: i64) -> Option<i32> {
    i32::try_from(code).ok().filter(|code| *code < FIRST_MISSING - 1)
}

/// Whether the labels of a list and of the reasons have room in a set.
fn has_room(list: &List) -> bool {
    list.names.len() + Missing::ALL.len() <= MOST
}

/// What there is no room for of a list's labels.
fn losses(list: &List) -> Vec<Shortened> {
    let one = |what, how, name| Shortened { what, how, whole: IN_CODEBOOK, name };
    if !has_room(list) {
        let why = How::LeftOut("has no room for more than 65,536 labels");
        return vec![one("labels of the list", why, list.name.clone())];
    }
    let mut losses = Vec::new();
    for ((name, code), labels) in list.names.iter().zip(&list.codes).zip(&list.labels) {
        let choice = || format!("{} {name}", list.name);
        if labelled_code(*code).is_none() {
            losses.push(one("labels of choices", How::LeftOut("labels only codes of four bytes"), choice()));
        } else if labels.iter().any(|label| label.len() > LONGEST) {
            losses.push(one("labels of choices", How::Cut("32000 bytes"), choice()));
        }
    }
    losses
}
