//! Scripted interviews: answers written down beforehand, given to the same engine as typed ones.
//!
//! One JSON object is one interview (`docs/answers.md` has the format). The script answers what
//! the engine asks, in the engine's order; an answer that was never asked for is a mistake, and
//! so is a question without an answer.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use thiserror::Error;

use super::{Field, Intent, Interview, Place, Refusal, Stop};
use crate::diagnostic::nearest;
use crate::journal::Fact;
use crate::questionnaire::Kind;
use crate::value::{Missing, Value};

/// One interview's answers, as written.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The interview's id, a UUID; a new one where it is not given.
    pub id: Option<String>,
    /// Who asks.
    pub enumerator: String,
    /// Language; the questionnaire's default where it is not given.
    pub language: Option<String>,
    /// When it began; now, where it is not given.
    pub started: Option<DateTime<FixedOffset>>,
    /// What random numbers are drawn from; drawn itself where it is not given.
    pub seed: Option<u64>,
    /// Seconds from one fact to the next, where `started` is given.
    #[serde(default = "ten")]
    pub pace: u32,
    /// Question name -> answer; roster name -> rows.
    pub answers: Map<String, Json>,
    /// How it ends.
    #[serde(default)]
    pub end: End,
}

fn ten() -> u32 {
    10
}

/// How a scripted interview ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Every question is answered; the interview is complete.
    #[default]
    Finalise,
    /// Put aside at the first question without an answer.
    Pause,
    /// Broken off at the first question without an answer, as when the power fails.
    Stop,
}

/// Why a script does not fit the questionnaire.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ScriptError {
    /// The engine asks and the script does not answer.
    #[error("`{0}` is asked and has no answer")]
    NoAnswer(String),
    /// The script answers and the engine does not ask.
    #[error("`{0}` has an answer, but was not asked")]
    NotAsked(String),
    /// The questionnaire has no such question.
    #[error("`{name}` is no question of this questionnaire{}", .nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// As written.
        name: String,
        /// The nearest name that there is.
        nearest: Option<String>,
    },
    /// What is written is no answer to this question.
    #[error("`{question}`: {given} is no answer to it; {expected}")]
    Shape {
        /// The question.
        question: String,
        /// The JSON as written.
        given: String,
        /// What would be one.
        expected: &'static str,
    },
    /// The engine refuses the answer.
    #[error("`{question}`: the answer {given} is refused")]
    Refused {
        /// The question.
        question: String,
        /// The JSON as written.
        given: String,
        /// Why.
        refusal: Refusal,
    },
}

/// One answer of a script, understood.
enum Step {
    Answer(Value, Option<String>),
    Missing(Missing),
    PassOver,
}

/// Plays a script: decides and applies until the questions or the answers end, and gives all
/// facts, in order. The interview has begun already.
///
/// # Errors
/// Says which question does not fit; the interview is then of no use.
pub fn play(interview: &mut Interview, script: &Script) -> Result<Vec<Fact>, ScriptError> {
    let mut facts = Vec::new();
    let mut used = BTreeSet::new();
    let mut carry_out = |interview: &mut Interview, intent: &Intent| -> Result<(), Refusal> {
        let new = interview.decide(intent)?;
        new.iter().for_each(|fact| interview.apply(fact));
        facts.extend(new);
        Ok(())
    };
    loop {
        let (place, intent, given) = match interview.stop() {
            Stop::Review => break,
            Stop::MoreRows(roster) => {
                let rows = interview.rows(&roster).len();
                let path = path(interview, &roster);
                let more = lookup(&script.answers, &path).and_then(Json::as_array).map_or(0, Vec::len) > rows;
                (roster, Intent::Answer(Value::Boolean(more)), Json::Bool(more))
            }
            Stop::Question(place) => {
                let path = path(interview, &place);
                let Some(given) = lookup(&script.answers, &path) else {
                    match script.end {
                        End::Pause | End::Stop => break,
                        End::Finalise if carry_out(interview, &Intent::Next).is_ok() => continue,
                        End::Finalise => return Err(ScriptError::NoAnswer(shown(&path))),
                    }
                };
                let step = understand(interview, &shown(&path), given)?;
                used.insert(shown(&path));
                let intent = match step {
                    Step::Answer(value, None) => Intent::Answer(value),
                    Step::Answer(value, Some(reason)) => Intent::AnswerAnyway(value, reason),
                    Step::Missing(reason) => Intent::Missing(reason),
                    Step::PassOver => Intent::Next,
                };
                (place, intent, given.clone())
            }
        };
        carry_out(interview, &intent).map_err(|refusal| ScriptError::Refused {
            question: shown(&path(interview, &place)),
            given: given.to_string(),
            refusal,
        })?;
    }
    all_used(interview, &script.answers, "", &used)?;
    let end = match script.end {
        End::Finalise => Some(Intent::Finalise),
        End::Pause => Some(Intent::Pause),
        End::Stop => None,
    };
    if let Some(intent) = end {
        carry_out(interview, &intent).map_err(|refusal| match refusal {
            Refusal::Unanswered(due) => ScriptError::NoAnswer(
                due.first().map(|place| shown(&path(interview, place))).unwrap_or_default(),
            ),
            refusal => ScriptError::Refused { question: "end".into(), given: "finalise".into(), refusal },
        })?;
    }
    Ok(facts)
}

/// Where a place's answer stands in the script: row numbers count from 0.
#[derive(Debug, Clone)]
enum Key {
    Name(String),
    Row(usize),
}

fn path(interview: &Interview, place: &Place) -> Vec<Key> {
    let questionnaire = interview.questionnaire();
    let item = questionnaire.item(place.item);
    let mut path = Vec::new();
    for (depth, roster) in item.rosters.iter().enumerate() {
        let outer = Place { item: *roster, rows: place.rows[..depth].to_vec() };
        let row = interview.rows(&outer).iter().position(|k| Some(k) == place.rows.get(depth));
        path.push(Key::Name(questionnaire.item(*roster).name.clone()));
        path.push(Key::Row(row.unwrap_or(usize::MAX)));
    }
    path.push(Key::Name(item.name.clone()));
    path
}

fn lookup<'a>(answers: &'a Map<String, Json>, path: &[Key]) -> Option<&'a Json> {
    let (first, rest) = path.split_first()?;
    let Key::Name(name) = first else { return None };
    rest.iter().try_fold(answers.get(name)?, |json, key| match key {
        Key::Name(name) => json.get(name),
        Key::Row(row) => json.get(row),
    })
}

/// `members[2].member_age`, rows counted from 1 as people do.
fn shown(path: &[Key]) -> String {
    let mut text = String::new();
    for key in path {
        match key {
            Key::Name(name) if text.is_empty() => text.push_str(name),
            Key::Name(name) => {
                text.push('.');
                text.push_str(name);
            }
            Key::Row(row) => text.push_str(&format!("[{}]", row.saturating_add(1))),
        }
    }
    text
}

fn understand(interview: &Interview, question: &str, given: &Json) -> Result<Step, ScriptError> {
    let shape =
        |expected| ScriptError::Shape { question: question.to_owned(), given: given.to_string(), expected };
    if let Json::Object(fields) = given {
        if let Some(reason) = fields.get("missing") {
            let reason = reason.as_str().and_then(Missing::from_name).filter(|m| m.is_recordable());
            return reason
                .map(Step::Missing)
                .ok_or_else(|| shape("`missing` is one of dont_know, refused, not_applicable, not_alone"));
        }
        let (Some(value), Some(reason)) = (fields.get("value"), fields.get("because").and_then(Json::as_str))
        else {
            return Err(shape("write {\"missing\": \"refused\"} or {\"value\": …, \"because\": \"…\"}"));
        };
        return understand_value(interview, value)
            .map(|value| Step::Answer(value, Some(reason.to_owned())))
            .map_err(shape);
    }
    if given.is_null() {
        return Ok(Step::PassOver);
    }
    understand_value(interview, given).map(|value| Step::Answer(value, None)).map_err(shape)
}

/// Choices by their names only: a script must mean the same when labels or order change.
fn understand_value(interview: &Interview, given: &Json) -> Result<Value, &'static str> {
    let names = |expected| {
        given
            .as_array()
            .and_then(|names| names.iter().map(|n| n.as_str().map(str::to_owned)).collect())
            .map(Value::Choices)
            .ok_or(expected)
    };
    let text = |expected| given.as_str().and_then(|t| interview.read(t).ok()).ok_or(expected);
    match interview.field() {
        Field::One(_) => {
            given.as_str().map(|n| Value::Choice(n.to_owned())).ok_or("write a choice's name in quotes")
        }
        Field::Several(..) => names("write the names of choices in brackets"),
        Field::Rank(..) => names("write the names of choices in brackets, best first"),
        Field::Scale(..) | Field::Integer => given.as_i64().map(Value::Integer).ok_or("write a whole number"),
        Field::Decimal => given.as_f64().map(Value::Decimal).ok_or("write a number"),
        Field::GeoPoint => text("write latitude and longitude, such as \"15.35 44.21\""),
        Field::Text(_) | Field::Barcode | Field::File(_) => {
            given.as_str().map(|t| Value::Text(t.to_owned())).ok_or("write text in quotes")
        }
        Field::Date => text("write a date such as \"2026-03-31\", of the years 1000 to 9999"),
        Field::Time => text("write a time such as \"14:30\""),
        Field::DateTime => text("write a moment such as \"2026-03-31T14:30:00+03:00\""),
        Field::YesNo => given.as_bool().map(Value::Boolean).ok_or("write true or false"),
        Field::Review => Err("nothing is asked here"),
    }
}

fn all_used(
    interview: &Interview,
    answers: &Map<String, Json>,
    before: &str,
    used: &BTreeSet<String>,
) -> Result<(), ScriptError> {
    let questionnaire = interview.questionnaire();
    for (name, given) in answers {
        let full = format!("{before}{name}");
        let Some(item) = questionnaire.find(name) else {
            let names = questionnaire.items.iter().map(|i| i.name.as_str());
            return Err(ScriptError::Unknown {
                name: full,
                nearest: nearest(name, names).map(str::to_owned),
            });
        };
        match (&item.kind, given) {
            (Kind::Roster(_), Json::Array(rows)) => {
                for (row, inner) in rows.iter().enumerate() {
                    let before = format!("{full}[{}].", row + 1);
                    match inner {
                        Json::Object(inner) => all_used(interview, inner, &before, used)?,
                        _ => {
                            return Err(ScriptError::Shape {
                                question: full,
                                given: inner.to_string(),
                                expected: "a row is an object of answers",
                            });
                        }
                    }
                }
            }
            (Kind::Roster(_), _) => {
                return Err(ScriptError::Shape {
                    question: full,
                    given: given.to_string(),
                    expected: "a roster is an array of rows",
                });
            }
            _ if !used.contains(&full) => return Err(ScriptError::NotAsked(full)),
            _ => {}
        }
    }
    Ok(())
}
