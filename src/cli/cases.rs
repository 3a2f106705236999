//! What interviews are called in lists: the answers that say which case each of them is about.

use anyhow::Result;

use super::folder::{Folder, refuse};
use crate::diagnostic::{Diagnostic, Report, nearest};
use crate::fieldwork::Survey;
use crate::journal::{Fact, InterviewId};
use crate::questionnaire::{Item, Kind, Questionnaire};
use crate::store::Store;
use crate::value::{Answer, Value};

/// What stands for an answer that is not shown.
const HIDDEN: &str = "…";

/// The questions whose answers name a case.
pub struct Cases<'f> {
    questionnaire: &'f Questionnaire,
    items: Vec<&'f Item>,
    /// Whether answers are shown that are sensitive or tell who somebody is.
    shows_all: bool,
}

impl<'f> Cases<'f> {
    /// Those that `survey.toml` names; the frame's key, where it names none.
    pub fn of(folder: &'f Folder, shows_all: bool) -> Result<Self> {
        let mut report = folder.report.clone();
        let items = questions(&folder.survey, &folder.questionnaire, &mut report);
        if report.errors() > 0 {
            return Err(refuse(&mut report, "survey.toml"));
        }
        Ok(Self { questionnaire: &folder.questionnaire, items, shows_all })
    }

    /// Whether nothing names a case.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// What an interview's case is called, choices by their labels; empty before anything says so.
    pub fn name(&self, store: &Store, interview: InterviewId, language: usize) -> Result<String> {
        let history = store.history(interview)?;
        let answer = |item: &Item| {
            history.events.iter().rev().find_map(|event| match &event.fact {
                Fact::Answered { address, answer } if address.name == item.name => Some(Some(answer)),
                Fact::Resolved { address, answer, .. } if address.name == item.name => Some(answer.as_ref()),
                Fact::Cleared { address } if address.name == item.name => Some(None),
                _ => None,
            })
        };
        let parts = self.items.iter().filter_map(|item| match answer(item)?? {
            Answer::Value(_) if !self.shows_all && item.stays_inside() => Some(HIDDEN.to_owned()),
            Answer::Value(value) => Some(self.worded(item, value, language)),
            Answer::Missing(_) => None,
        });
        Ok(parts.collect::<Vec<_>>().join(" / "))
    }

    fn worded(&self, item: &Item, value: &Value, language: usize) -> String {
        let list = item.question().and_then(|question| question.input.list());
        let choice = match value {
            Value::Choice(name) => list.and_then(|list| self.questionnaire.list(list).find(name)),
            _ => None,
        };
        choice.map_or_else(|| value.to_string(), |choice| choice.label.source(language))
    }
}

/// The questions that name a case. One that is not there, or stands in a roster, is reported.
pub fn questions<'q>(
    survey: &Survey,
    questionnaire: &'q Questionnaire,
    report: &mut Report,
) -> Vec<&'q Item> {
    let named = &survey.case_label;
    let Some(named) = named else {
        let key = survey.design.frame.as_ref().map(|frame| frame.key.text.as_str());
        return key.and_then(|key| questionnaire.find(key)).into_iter().collect();
    };
    let is_fit = |item: &&Item| matches!(item.kind, Kind::Question(_)) && item.rosters.is_empty();
    let mut items = Vec::new();
    for name in named {
        if let Some(item) = questionnaire.find(&name.text).filter(is_fit) {
            items.push(item);
            continue;
        }
        let unknown = Diagnostic::error(
            "S0105",
            name.span.clone(),
            format!(
                "A case cannot be named by `{}`: there is no such question outside of rosters",
                name.text
            ),
        );
        let names = questionnaire.items.iter().filter(is_fit).map(|item| item.name.as_str());
        report.push(match nearest(&name.text, names) {
            Some(near) => unknown.label(format!("did you mean `{near}`?")),
            None => {
                unknown.help("Name questions that say which household it is, such as its cluster and number.")
            }
        });
    }
    items
}
