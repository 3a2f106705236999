//! The outline of a questionnaire: sections by letters, questions by numbers in them, and its logic in words.

pub mod logic;
pub mod words;

use crate::questionnaire::{Item, ItemId, Kind, Questionnaire, Rows};

use self::logic::Logic;
use self::words::{Words, fill};

/// The numbers of all sections and questions.
#[derive(Debug)]
pub struct Outline {
    numbers: Vec<Option<String>>,
}

/// One line of an outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How deep it stands: sections 0.
    pub depth: usize,
    /// `A` of a section, `A3` of a question or note; nothing of groups, rosters and calculations.
    pub number: String,
    /// The name.
    pub name: String,
    /// What it is: `select_one safety`, `roster`, …
    pub what: String,
    /// The label in the language asked for.
    pub label: String,
    /// What else there is to know, in words: when it is asked, what an answer must meet.
    pub notes: Vec<String>,
}

impl Outline {
    /// The numbers of a questionnaire's items.
    #[must_use]
    pub fn new(questionnaire: &Questionnaire) -> Self {
        let mut numbers = Vec::with_capacity(questionnaire.items.len());
        let (mut sections, mut questions) = (0, 0);
        let mut letters = String::new();
        for item in &questionnaire.items {
            numbers.push(match item.kind {
                Kind::Section => {
                    letters = in_letters(sections);
                    sections += 1;
                    questions = 0;
                    Some(letters.clone())
                }
                Kind::Question(_) => {
                    questions += 1;
                    Some(format!("{letters}{questions}"))
                }
                _ => None,
            });
        }
        Self { numbers }
    }

    /// The number of a section or question.
    #[must_use]
    pub fn number(&self, id: ItemId) -> Option<&str> {
        self.numbers.get(id.0 as usize)?.as_deref()
    }
}

/// `A` to `Z`, then `AA` and so on.
fn in_letters(mut n: usize) -> String {
    let mut letters = String::new();
    loop {
        letters.insert(0, char::from(b'A' + (n % 26) as u8));
        if n < 26 {
            return letters;
        }
        n = n / 26 - 1;
    }
}

/// Every item of a questionnaire, in order, with its logic in words. `language`: its index.
#[must_use]
pub fn lines(questionnaire: &Questionnaire, language: usize) -> Vec<Line> {
    let outline = Outline::new(questionnaire);
    let tag = questionnaire.languages.get(language).map_or("en", String::as_str);
    let words = Words::of(tag);
    questionnaire
        .items
        .iter()
        .map(|item| {
            let logic = Logic { questionnaire, outline: &outline, words, language, this: Some(item.id) };
            Line {
                depth: depth(questionnaire, item),
                number: outline.number(item.id).unwrap_or_default().to_owned(),
                name: item.name.clone(),
                what: what(questionnaire, item),
                label: item.label.source(language).split_whitespace().collect::<Vec<_>>().join(" "),
                notes: notes(questionnaire, item, &logic),
            }
        })
        .collect()
}

fn depth(questionnaire: &Questionnaire, item: &Item) -> usize {
    let mut depth = 0;
    let mut parent = item.parent;
    while let Some(id) = parent {
        depth += 1;
        parent = questionnaire.item(id).parent;
    }
    depth
}

/// What an item is, in a word or two.
pub(crate) fn what(questionnaire: &Questionnaire, item: &Item) -> String {
    match &item.kind {
        Kind::Section => "section".to_owned(),
        Kind::Group => "group".to_owned(),
        Kind::Roster(_) => "roster".to_owned(),
        Kind::Note => "note".to_owned(),
        Kind::Calculate(expression) => format!("calculate, {}", expression.ty()),
        Kind::Question(question) => match question.input.list() {
            Some(list) => format!("{} {}", question.input.type_name(), questionnaire.list(list).name),
            None => question.input.type_name().to_owned(),
        },
    }
}

/// What there is to know of an item beside its label, in words.
fn notes(questionnaire: &Questionnaire, item: &Item, logic: &Logic<'_>) -> Vec<String> {
    let words = logic.words;
    let mut notes = Vec::new();
    if let Some(relevant) = &item.relevant {
        notes.push(fill(words.ask_if, &[&logic.say(&relevant.condition())]));
    }
    if item.shuffled {
        notes.push(words.any_order.to_owned());
    }
    match &item.kind {
        Kind::Calculate(expression) => {
            notes.push(format!("{}: {}", words.worked_out, flat(expression.text())));
        }
        Kind::Roster(roster) => match &roster.rows {
            Rows::Count(count) => notes.push(logic.so_often(count.text())),
            Rows::PerChoice(of) | Rows::PerRow(of) => {
                notes.push(fill(words.each_row, &[&questionnaire.item(*of).name]));
            }
            Rows::Open => {}
        },
        Kind::Question(question) => {
            if question.required.is_some() {
                notes.push(words.optional.to_owned());
            }
            if let Some(constraint) = &question.constraint {
                notes.push(fill(words.must_meet, &[&logic.say(&constraint.condition.condition())]));
            }
            for check in &question.checks {
                let when = logic.say(&check.when.condition());
                notes.push(fill(words.warns_if, &[&when, &flat(&check.message.source(logic.language))]));
            }
            if let Some(filter) = question.input.filter() {
                notes.push(format!("choice_filter: {}", flat(filter.text())));
            }
            if question.shuffled {
                notes.push(words.any_order.to_owned());
            }
            if !question.missing.is_empty() {
                let missing: Vec<&str> = question.missing.iter().map(|m| words.missing(*m)).collect();
                notes.push(missing.join(" / "));
            }
            let marks: Vec<&str> =
                [("sensitive", item.is_sensitive()), ("identifying", item.is_identifying())]
                    .into_iter()
                    .filter_map(|(mark, set)| set.then_some(mark))
                    .collect();
            if !marks.is_empty() {
                notes.push(marks.join(", "));
            }
        }
        _ => {}
    }
    notes
}

/// An expression on one line.
pub(crate) fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
