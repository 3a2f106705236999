//! Cases that somebody wrote: answers, and what they lead to.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use serde_json::{Map, Value as Json};

use super::named::{Named, find};
use super::{CODES, UNKNOWN_NAME, WRONG_VALUE, Wording, begin, expectation, usual_start};
use crate::diagnostic::document::{self, Entries, Free, Located, Reader, list};
use crate::diagnostic::{Diagnostic, Report, Span, nearest};
use crate::interview::Interview;
use crate::interview::script::{self, End, Script, ScriptError};
use crate::questionnaire::{Kind, Questionnaire};
use crate::value::{Answer, Value};

/// One case of a file.
#[derive(Debug)]
pub struct Case {
    /// What it shows.
    pub name: Located,
    language: Option<String>,
    started: DateTime<FixedOffset>,
    seed: u64,
    answers: Option<Free>,
    end: End,
    expect: Expect,
}

/// What a case leads to.
#[derive(Debug, Default)]
struct Expect {
    asked: Vec<(Named, Span)>,
    not_asked: Vec<(Named, Span)>,
    values: Vec<(Named, Json, Span)>,
    labels: Vec<(Named, String, Span)>,
    refused: Option<Refused>,
}

/// An answer that is refused: the path of the question, and what the message holds.
#[derive(Debug)]
struct Refused {
    question: String,
    text: String,
    span: Span,
}

/// Something that came otherwise than a case says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Where the case says it.
    pub span: Span,
    /// What was expected, and what came.
    pub text: String,
    /// What to write at the place instead, where that alone would mend the case.
    pub instead: Option<String>,
}

impl Case {
    /// Reads a file of cases for a questionnaire. All mistakes go to the report; the cases are
    /// there unless it gained an error.
    pub fn read(
        questionnaire: &Questionnaire,
        text: &str,
        name: &str,
        report: &mut Report,
    ) -> Option<Vec<Self>> {
        let before = report.errors();
        let cases = document::read(name, text, CODES, report, |reader, mut top| {
            let tables = reader.tables(&mut top, "case", "a case");
            let cases: Vec<Self> =
                tables.into_iter().filter_map(|table| read_case(questionnaire, reader, table)).collect();
            top.finish(reader);
            Some(cases)
        });
        cases.filter(|_| report.errors() == before)
    }

    /// Plays the case through the engine; what came otherwise, in the order of the file.
    #[must_use]
    pub fn run(&self, questionnaire: &Arc<Questionnaire>, wording: Wording<'_>) -> Vec<Mismatch> {
        let mut interview = begin(questionnaire, self.language.as_deref(), self.started, self.seed);
        let script = Script {
            id: None,
            enumerator: String::from("rehearsal"),
            language: self.language.clone(),
            started: Some(self.started),
            seed: Some(self.seed),
            pace: 0,
            answers: self
                .answers
                .as_ref()
                .map_or_else(Map::new, |answers| answers.json.as_object().cloned().unwrap_or_default()),
            end: self.end,
        };
        let played = script::play(&mut interview, &script).map(|_| ());
        let mut found = Vec::new();
        let goes_on = match (&self.expect.refused, played) {
            (None, Ok(())) => true,
            (None, Err(error)) => {
                found.push(self.misfit(&error, wording));
                false
            }
            (Some(refused), Ok(())) => {
                let text = format!("`{}` was to be refused, and its answer was taken", refused.question);
                found.push(Mismatch { span: refused.span.clone(), text, instead: None });
                true
            }
            (Some(expected), Err(ScriptError::Refused { question, refusal, .. }))
                if question == expected.question =>
            {
                let message = wording(&refusal);
                if !message.contains(&expected.text) {
                    let (wanted, came) = (expectation::quoted(&expected.text), expectation::quoted(&message));
                    let text = format!("the refusal of `{question}` was to hold {wanted}, and reads {came}");
                    found.push(Mismatch { span: expected.span.clone(), text, instead: None });
                }
                true
            }
            (Some(_), Err(error)) => {
                found.push(self.misfit(&error, wording));
                false
            }
        };
        // What an interview that broke off elsewhere holds tells nothing.
        if goes_on {
            self.expect.compare(&interview, &mut found);
        }
        found.sort_by_key(|mismatch| mismatch.span.range.start);
        found
    }

    /// Why the answers cannot be given, at the place of the one that cannot.
    fn misfit(&self, error: &ScriptError, wording: Wording<'_>) -> Mismatch {
        let (path, text) = match error {
            ScriptError::Refused { question, given, refusal } => {
                (Some(question), format!("`{question}`: the answer {given} is refused: {}", wording(refusal)))
            }
            ScriptError::Shape { question, .. } => (Some(question), error.to_string()),
            ScriptError::NotAsked(question) => (Some(question), error.to_string()),
            ScriptError::NoAnswer(_) | ScriptError::Unknown { .. } => (None, error.to_string()),
        };
        let span = match (path, &self.answers) {
            (Some(path), Some(answers)) => answers.key(path),
            _ => self.name.span.clone(),
        };
        Mismatch { span, text, instead: None }
    }
}

impl Expect {
    fn compare(&self, interview: &Interview, found: &mut Vec<Mismatch>) {
        let mut differ = |span: &Span, text: String, instead| {
            found.push(Mismatch { span: span.clone(), text, instead });
        };
        let is_asked = |name: &Named| name.place(interview).is_some_and(|p| interview.is_relevant(&p));
        for (name, span) in self.asked.iter().filter(|(name, _)| !is_asked(name)) {
            differ(span, format!("`{}` was to be asked, and is not", name.text), None);
        }
        for (name, span) in self.not_asked.iter().filter(|(name, _)| is_asked(name)) {
            differ(span, format!("`{}` was not to be asked, and is", name.text), None);
        }
        let no_row = |name: &Named| format!("`{}`: there is no such row", name.text);
        for (name, expected, span) in &self.values {
            let Some(place) = name.place(interview) else {
                differ(span, no_row(name), None);
                continue;
            };
            let item = interview.questionnaire().item(name.item);
            let came = match &item.kind {
                Kind::Roster(_) => Answer::Value(Value::Integer(interview.rows(&place).len() as i64)),
                _ => interview.outcome(&place),
            };
            if !expectation::is_met(expected, &came, item) {
                let (wanted, came) = (expectation::as_toml(expected), expectation::written(&came));
                differ(span, format!("`{}`: expected {wanted}, came {came}", name.text), Some(came));
            }
        }
        for (name, expected, span) in &self.labels {
            let Some(place) = name.place(interview) else {
                differ(span, no_row(name), None);
                continue;
            };
            let came = interview.label_of(&place);
            if came.trim() != expected.trim() {
                let (wanted, came) = (expectation::quoted(expected), expectation::quoted(&came));
                differ(
                    span,
                    format!("`{}` reads otherwise: expected {wanted}, came {came}", name.text),
                    Some(came),
                );
            }
        }
    }
}

fn read_case(questionnaire: &Questionnaire, reader: &mut Reader<'_>, mut table: Entries<'_>) -> Option<Case> {
    let name = reader.required_text(&mut table, "name", "\"A refusal ends the interview\"");
    let language = reader.text(&mut table, "language").filter(|l| is_language(questionnaire, l, reader));
    let started = reader.free(&mut table, "started").map_or_else(usual_start, |at| {
        let moment = at.json.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        moment.unwrap_or_else(|| {
            wrong(reader, &at.span, "`started` must be a moment such as \"2026-03-31T09:00:00+03:00\"");
            usual_start()
        })
    });
    let seed = reader.integer(&mut table, "seed").map_or(1, |(seed, span)| {
        u64::try_from(seed).unwrap_or_else(|_| {
            wrong(reader, &span, "`seed` must not be negative");
            1
        })
    });
    let end = reader.text(&mut table, "end").map_or(End::Finalise, |end| match end.text.as_str() {
        "finalise" => End::Finalise,
        "pause" => End::Pause,
        "stop" => End::Stop,
        _ => {
            wrong(reader, &end.span, "`end` must be `finalise`, `pause` or `stop`");
            End::Finalise
        }
    });
    let answers = reader.free_table(&mut table, "answers");
    if let Some(answers) = &answers {
        check_names(questionnaire, answers, &answers.json, "", reader.report);
    }
    let expect = reader
        .table(&mut table, "expect", "what a case expects")
        .map_or_else(Expect::default, |expect| read_expect(questionnaire, reader, expect));
    table.finish(reader);
    Some(Case { name: name?, language: language.map(|l| l.text), started, seed, answers, end, expect })
}

fn wrong(reader: &mut Reader<'_>, span: &Span, message: impl Into<String>) {
    reader.report.push(Diagnostic::error(WRONG_VALUE, span.clone(), message));
}

fn is_language(questionnaire: &Questionnaire, tag: &Located, reader: &mut Reader<'_>) -> bool {
    let known = questionnaire.language(&tag.text).is_some();
    if !known {
        let unknown = Diagnostic::error(
            UNKNOWN_NAME,
            tag.span.clone(),
            format!("The questionnaire has no language `{}`", tag.text),
        );
        reader.report.push(match nearest(&tag.text, questionnaire.languages.iter().map(String::as_str)) {
            Some(near) => unknown.label(format!("did you mean `{near}`?")),
            None => unknown.help(format!("It has {}.", list(&questionnaire.languages))),
        });
    }
    known
}

/// Reports the names in answers that the questionnaire does not have, those in rows included.
fn check_names(
    questionnaire: &Questionnaire,
    answers: &Free,
    table: &Json,
    before: &str,
    report: &mut Report,
) {
    for (name, given) in table.as_object().into_iter().flatten() {
        let path = format!("{before}{name}");
        let Some(item) = find(questionnaire, name, &answers.key(&path), report) else { continue };
        if matches!(item.kind, Kind::Roster(_)) {
            for (row, inner) in given.as_array().into_iter().flatten().enumerate() {
                check_names(questionnaire, answers, inner, &format!("{path}[{}].", row + 1), report);
            }
        }
    }
}

fn read_expect(questionnaire: &Questionnaire, reader: &mut Reader<'_>, mut table: Entries<'_>) -> Expect {
    let mut names = |reader: &mut Reader<'_>, key| {
        let texts = reader.texts(&mut table, key).unwrap_or_default();
        let named = texts.into_iter().filter_map(|text| {
            Some((Named::read(questionnaire, &text.text, &text.span, reader.report)?, text.span))
        });
        named.collect::<Vec<_>>()
    };
    let asked = names(reader, "asked");
    let not_asked = names(reader, "not_asked");

    let mut values = Vec::new();
    if let Some(free) = reader.free_table(&mut table, "values") {
        for (name, expected) in free.entries() {
            let span = free.value(name);
            let Some(named) = Named::read(questionnaire, name, &free.key(name), reader.report) else {
                continue;
            };
            match (&questionnaire.item(named.item).kind, expectation::mistake(expected)) {
                (Kind::Section | Kind::Group | Kind::Note, _) => {
                    wrong(reader, &free.key(name), format!("`{name}` holds no value"));
                }
                (_, Some(why)) => {
                    wrong(reader, &span, format!("This is nothing that `{name}` can hold: {why}"));
                }
                (_, None) => values.push((named, expected.clone(), span)),
            }
        }
    }
    let mut labels = Vec::new();
    if let Some(free) = reader.free_table(&mut table, "labels") {
        for (name, expected) in free.entries() {
            let span = free.value(name);
            match (Named::read(questionnaire, name, &free.key(name), reader.report), expected.as_str()) {
                (Some(named), Some(text)) => labels.push((named, text.to_owned(), span)),
                (Some(_), None) => wrong(reader, &span, "A label is text in quotes"),
                (None, _) => {}
            }
        }
    }
    let refused = reader.table(&mut table, "refused", "`refused`").and_then(|mut refused| {
        let span = refused.place().clone();
        let question = reader.required_text(&mut refused, "question", "\"age\"");
        let text = reader.text(&mut refused, "text").map(|text| text.text).unwrap_or_default();
        refused.finish(reader);
        let question = question?;
        Named::read(questionnaire, &question.text, &question.span, reader.report)?;
        Some(Refused { question: question.text, text, span })
    });
    table.finish(reader);
    Expect { asked, not_asked, values, labels, refused }
}
