//! The coverage in words and as JSON. What was never seen may be possible all the same: chance
//! finds, and proves nothing.

use std::fmt::Write;

use serde_json::{Map, Value as Json, json};

use super::coverage::{Coverage, Seen};
use crate::questionnaire::{Item, Question};

impl Coverage {
    /// How many questions an interview has, on average.
    #[must_use]
    pub fn mean(&self) -> f64 {
        if self.interviews == 0 { 0.0 } else { self.questions as f64 / self.interviews as f64 }
    }

    fn seen(&self) -> impl Iterator<Item = (&Item, &Seen)> {
        self.questionnaire.items.iter().zip(&self.items)
    }

    fn questions(&self) -> impl Iterator<Item = (&Item, &Question, &Seen)> {
        self.seen().filter_map(|(item, seen)| Some((item, item.question()?, seen)))
    }

    /// Questions that were asked, for what can only be seen once they are.
    fn asked_questions(&self) -> impl Iterator<Item = (&Item, &Question, &Seen)> {
        self.questions().filter(|(.., seen)| seen.asked > 0)
    }

    fn never_asked(&self) -> Vec<String> {
        self.questions().filter(|(.., seen)| seen.asked == 0).map(|(item, ..)| item.name.clone()).collect()
    }

    fn never_taken(&self) -> Vec<(String, Vec<String>)> {
        self.asked_questions()
            .filter_map(|(item, question, seen)| {
                let choices =
                    self.questionnaire.list(question.input.list()?).choices.iter().zip(&seen.choices);
                let never: Vec<String> =
                    choices.filter(|(_, n)| **n == 0).map(|(choice, _)| choice.name.clone()).collect();
                (!never.is_empty()).then(|| (item.name.clone(), never))
            })
            .collect()
    }

    /// Conditions of `relevant` that came out one way only: (never held, always held).
    fn one_sided(&self, always: bool) -> Vec<(String, String)> {
        self.seen()
            .filter(|(_, seen)| match always {
                true => seen.held > 0 && seen.not_held == 0,
                false => seen.held == 0 && seen.not_held > 0,
            })
            .filter_map(|(item, _)| Some((item.name.clone(), item.relevant.as_ref()?.text().to_owned())))
            .collect()
    }

    fn never_refused(&self) -> Vec<(String, String)> {
        self.asked_questions()
            .filter(|(.., seen)| seen.refused == 0)
            .filter_map(|(item, question, _)| {
                Some((item.name.clone(), question.constraint.as_ref()?.condition.text().to_owned()))
            })
            .collect()
    }

    fn never_warned(&self) -> Vec<(String, String)> {
        self.asked_questions()
            .flat_map(|(item, question, seen)| {
                let checks = question.checks.iter().zip(&seen.warned).filter(|(_, n)| **n == 0);
                checks.map(|(check, _)| (item.name.clone(), check.when.text().to_owned()))
            })
            .collect()
    }

    /// The report for people.
    #[must_use]
    pub fn text(&self) -> String {
        let n = self.interviews;
        let width = self.questions().map(|(item, ..)| item.name.len()).max().unwrap_or(0).max(8);
        let mut text =
            format!("{:width$}  {:>9}  {:>9}  {:>9}\n", "question", "asked", "answered", "missing");
        for (item, _, seen) in self.questions() {
            let _ = writeln!(
                text,
                "{:width$}  {:>9}  {:>9}  {:>9}",
                item.name, seen.asked, seen.answered, seen.missing
            );
        }
        let conditions =
            |all: Vec<(String, String)>| all.into_iter().map(|(name, text)| format!("{name}: {text}"));
        part(&mut text, &format!("Never asked in {n} interviews"), self.never_asked());
        let choices =
            self.never_taken().into_iter().map(|(name, never)| format!("{name}: {}", never.join(", ")));
        part(&mut text, &format!("Choices never taken in {n} interviews"), choices);
        part(
            &mut text,
            &format!("Conditions that never held in {n} interviews"),
            conditions(self.one_sided(false)),
        );
        part(
            &mut text,
            &format!("Conditions that held every time in {n} interviews"),
            conditions(self.one_sided(true)),
        );
        part(
            &mut text,
            &format!("Constraints that refused no answer in {n} interviews"),
            conditions(self.never_refused()),
        );
        part(
            &mut text,
            &format!("Checks that never warned in {n} interviews"),
            conditions(self.never_warned()),
        );
        let stuck = self.questions().filter(|(.., seen)| seen.stuck > 0).map(|(item, _, seen)| {
            let why = seen.why.as_deref().unwrap_or_default();
            format!("{}, {} of {} times: {why}", item.name, seen.stuck, seen.asked)
        });
        part(&mut text, "No answer found that is accepted", stuck);
        let due = self.questions().filter(|(.., seen)| seen.due > 0);
        let due = due.map(|(item, _, seen)| format!("{}, {} times", item.name, seen.due));
        part(&mut text, "Still to be answered after the last question, because of later answers", due);
        let interviews = if n == 1 { "interview" } else { "interviews" };
        let _ = write!(
            text,
            "\n{n} {interviews}, {} of them finalised; {:.1} questions in each on average.\n\
             What was never seen in {n} {interviews} may be possible all the same.",
            self.finalised,
            self.mean()
        );
        text
    }

    /// The report for programs: one object.
    #[must_use]
    pub fn json(&self) -> Json {
        let conditions = |all: Vec<(String, String)>| -> Vec<Json> {
            all.into_iter().map(|(name, text)| json!({ "name": name, "expression": text })).collect()
        };
        let questions: Vec<Json> =
            self.questions().map(|(item, question, seen)| self.question_json(item, question, seen)).collect();
        let never_taken: Map<String, Json> =
            self.never_taken().into_iter().map(|(name, choices)| (name, Json::from(choices))).collect();
        json!({
            "questionnaire": self.questionnaire.id,
            "version": self.questionnaire.version,
            "interviews": self.interviews,
            "finalised": self.finalised,
            "questions_on_average": (self.mean() * 100.0).round() / 100.0,
            "questions": questions,
            "never_asked": self.never_asked(),
            "choices_never_taken": never_taken,
            "conditions_never_held": conditions(self.one_sided(false)),
            "conditions_always_held": conditions(self.one_sided(true)),
            "constraints_never_refused": conditions(self.never_refused()),
            "checks_never_warned": conditions(self.never_warned()),
        })
    }

    fn question_json(&self, item: &Item, question: &Question, seen: &Seen) -> Json {
        let mut json = json!({
            "name": item.name,
            "asked": seen.asked,
            "answered": seen.answered,
            "missing": seen.missing,
            "refused_by_constraint": seen.refused,
            "warned_by_checks": seen.warned,
            "no_answer_found": seen.stuck,
            "still_due_at_the_end": seen.due,
        });
        if let Some(list) = question.input.list() {
            let choices = self.questionnaire.list(list).choices.iter().zip(&seen.choices);
            json["choices"] = choices
                .map(|(choice, n)| (choice.name.clone(), Json::from(*n)))
                .collect::<Map<_, _>>()
                .into();
        }
        if let Some(why) = &seen.why {
            json["refusal"] = Json::from(why.as_str());
        }
        json
    }
}

/// A part of the report; left out where there is nothing to name.
fn part(text: &mut String, title: &str, lines: impl IntoIterator<Item = String>) {
    let mut lines = lines.into_iter().peekable();
    if lines.peek().is_some() {
        let _ = writeln!(text, "\n{title}:");
    }
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
}
