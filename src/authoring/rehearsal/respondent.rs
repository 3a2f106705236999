//! Respondents by chance: the engine asks, and whoever answers keeps to what it accepts.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::Duration;
use serde_json::{Map, Value as Json, json};

use super::answer::Draw;
use super::chance::Chance;
use super::clues::Clues;
use super::coverage::Coverage;
use super::weights::Weights;
use super::{Wording, begin, usual_start};
use crate::interview::{Intent, Interview, Place, Refusal, Stop};
use crate::journal::Fact;
use crate::questionnaire::{Item, Question, Questionnaire};
use crate::value::Value;

/// So many answers are drawn for a question before all that are worth a try are tried.
const DRAWS: usize = 60;

/// A question for which everything was tried in vain so often is not searched through again.
const SEARCHES: u64 = 3;

/// An interview with more stops than this has no end.
const MOST_STOPS: usize = 50_000;

/// How often a soft check is overridden rather than the answer changed.
const OVERRIDDEN: f64 = 0.3;

/// How many of the respondents prefer answers that lead to further questions.
const CURIOUS: f64 = 0.75;

/// The reason that overridden checks carry.
const REASON: &str = "The respondent is sure";

/// Random respondents to one questionnaire.
#[derive(Debug)]
pub struct Respondents {
    questionnaire: Arc<Questionnaire>,
    clues: Vec<Clues>,
    weights: Weights,
    seed: u64,
}

/// An interview with a respondent by chance, as a line of an answer file.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated(pub Json);

/// How an interview goes on after a question.
enum Next {
    On,
    /// No answer was taken, and there is no way around the question.
    Stuck,
}

impl Respondents {
    /// Respondents who are the same for the same seed.
    #[must_use]
    pub fn new(questionnaire: Arc<Questionnaire>, weights: Weights, seed: u64) -> Self {
        let clues = Clues::of(&questionnaire);
        Self { questionnaire, clues, weights, seed }
    }

    /// Interviews one respondent and notes what was seen.
    pub fn ask(&self, number: u32, coverage: &mut Coverage, wording: Wording<'_>) -> Simulated {
        let mut chance = Chance::new(self.seed, u64::from(number));
        let started = usual_start() + Duration::minutes(37 * i64::from(number));
        // Numbers of 53 bits survive in every program that reads JSON.
        let seed = chance.next() >> 11;
        let interview = begin(&self.questionnaire, None, started, seed);
        let curious = chance.happens(CURIOUS);
        let mut session = Session {
            all: self,
            interview,
            chance,
            curious,
            coverage,
            wording,
            answers: Map::new(),
            rows: HashMap::new(),
        };
        let is_finalised = session.hold();
        session.coverage.end(&session.interview, is_finalised);
        let mut line = json!({
            "enumerator": "simulated",
            "started": started.to_rfc3339(),
            "seed": seed,
            "answers": session.answers,
        });
        if !is_finalised {
            line["end"] = Json::from("pause");
        }
        Simulated(line)
    }
}

/// One interview under way.
struct Session<'a> {
    all: &'a Respondents,
    interview: Interview,
    chance: Chance,
    curious: bool,
    coverage: &'a mut Coverage,
    wording: Wording<'a>,
    answers: Map<String, Json>,
    /// How many rows each open roster is to get.
    rows: HashMap<Place, usize>,
}

impl Session<'_> {
    /// Holds the interview; whether it could be finalised.
    fn hold(&mut self) -> bool {
        for _ in 0..MOST_STOPS {
            match self.interview.stop() {
                Stop::Review => return self.finalise(),
                Stop::MoreRows(roster) => self.more_rows(&roster),
                Stop::Question(place) => {
                    let questionnaire = Arc::clone(&self.all.questionnaire);
                    let item = questionnaire.item(place.item);
                    let Some(question) = item.question() else { return false };
                    self.coverage.asked(item);
                    if matches!(self.question(&place, item, question), Next::Stuck) {
                        return false;
                    }
                }
            }
        }
        false
    }

    fn finalise(&mut self) -> bool {
        match self.interview.decide(&Intent::Finalise) {
            Ok(_) => true,
            Err(Refusal::Unanswered(due)) => {
                due.iter().for_each(|place| self.coverage.left_due(place.item));
                false
            }
            Err(_) => false,
        }
    }

    fn more_rows(&mut self, roster: &Place) {
        let weights = self.all.weights.of_rows(roster.item);
        let chance = &mut self.chance;
        let wanted =
            *self.rows.entry(roster.clone()).or_insert_with(|| chance.weighted(weights).unwrap_or(0));
        let more = self.interview.rows(roster).len() < wanted;
        if let Ok(facts) = self.interview.decide(&Intent::Answer(Value::Boolean(more))) {
            facts.iter().for_each(|fact| self.interview.apply(fact));
        }
        // A row counts although nothing in it may be answered.
        let rows = self.interview.rows(roster).len();
        let name = self.all.questionnaire.item(roster.item).name.clone();
        if let Some(last) = rows.checked_sub(1)
            && let Some(table) = self.table(roster)
        {
            row_of(table, name, last);
        }
    }

    fn question(&mut self, place: &Place, item: &Item, question: &Question) -> Next {
        if question.read_only {
            return if self.pass(place, item) { Next::On } else { Next::Stuck };
        }
        let missing = self.all.weights.of_missing(item);
        if !question.missing.is_empty() && self.chance.happens(missing) && self.miss(place, item, question) {
            return Next::On;
        }
        // Going on records the default, so it is no way where the weights say what is answered.
        let has_default = question.default.is_some();
        let may_pass =
            question.required.is_some() && !has_default || has_default && !self.all.weights.is_named(item);
        if may_pass && self.chance.happens(if has_default { 0.5 } else { 0.15 }) && self.pass(place, item) {
            return Next::On;
        }
        let Err(refusal) = self.answer(place, item) else { return Next::On };
        // Nothing on offer is no fault of the answers.
        let nothing_offered = refusal.is_none();
        if nothing_offered && !self.all.weights.is_named(item) && self.pass(place, item) {
            return Next::On;
        }
        let why = refusal
            .map_or_else(|| String::from("nothing that may be answered is on offer"), |r| (self.wording)(&r));
        self.coverage.stuck(item, &why);
        let goes_on = self.miss(place, item, question) || (!has_default && self.pass(place, item));
        if goes_on { Next::On } else { Next::Stuck }
    }

    /// Gives an answer that is taken; otherwise the last refusal, if anything was tried.
    fn answer(&mut self, place: &Place, item: &Item) -> Result<(), Option<Refusal>> {
        let all = self.all;
        let field = self.interview.field();
        let started = self.interview.header().map_or_else(usual_start, |header| header.at);
        let clues = &all.clues[item.id.0 as usize];
        let draw = Draw { item, field: &field, clues, weights: &all.weights, started, curious: self.curious };
        let (mut refused, mut warned) = (None, None);
        for _ in 0..DRAWS {
            let Some(value) = draw.one(&mut self.chance) else { break };
            if self.give(place, item, value, &mut warned, &mut refused) {
                return Ok(());
            }
        }
        if warned.is_none() && self.coverage.times_stuck(item) < SEARCHES {
            for value in draw.every() {
                if self.give(place, item, value, &mut warned, &mut refused) {
                    return Ok(());
                }
            }
        }
        match warned {
            Some((facts, value)) => {
                self.take(place, item, &facts, because(&value));
                Ok(())
            }
            None => Err(refused),
        }
    }

    /// Tries one answer; whether it was taken. One that only warns is kept for want of another.
    fn give(
        &mut self,
        place: &Place,
        item: &Item,
        value: Value,
        warned: &mut Option<(Vec<Fact>, Value)>,
        refused: &mut Option<Refusal>,
    ) -> bool {
        match self.interview.decide(&Intent::Answer(value.clone())) {
            Ok(facts) => {
                self.take(place, item, &facts, written(&value));
                return true;
            }
            Err(Refusal::Checks(_)) => {
                let anyway = Intent::AnswerAnyway(value.clone(), REASON.to_owned());
                let Ok(facts) = self.interview.decide(&anyway) else { return false };
                self.coverage.warned(item, &facts);
                if self.chance.happens(OVERRIDDEN) {
                    self.take(place, item, &facts, because(&value));
                    return true;
                }
                *warned = Some((facts, value));
            }
            Err(refusal) => {
                self.coverage.refused(item, &refusal);
                *refused = Some(refusal);
            }
        }
        false
    }

    fn miss(&mut self, place: &Place, item: &Item, question: &Question) -> bool {
        let Some(reason) = self.chance.pick(&question.missing).copied() else { return false };
        let Ok(facts) = self.interview.decide(&Intent::Missing(reason)) else { return false };
        self.take(place, item, &facts, json!({ "missing": reason.name() }));
        true
    }

    /// Goes on without an answer, or with the default.
    fn pass(&mut self, place: &Place, item: &Item) -> bool {
        let Ok(facts) = self.interview.decide(&Intent::Next) else { return false };
        self.take(place, item, &facts, Json::Null);
        true
    }

    /// Carries out what was decided, and writes it down.
    fn take(&mut self, place: &Place, item: &Item, facts: &[Fact], line: Json) {
        let answer = facts.iter().find_map(|fact| match fact {
            Fact::Answered { answer, .. } => Some(answer),
            _ => None,
        });
        self.coverage.answered(item, answer);
        let name = item.name.clone();
        if let Some(table) = self.table(place) {
            table.insert(name, line);
        }
        facts.iter().for_each(|fact| self.interview.apply(fact));
    }

    /// The object of the answer file in which the answers beside this place stand.
    fn table(&mut self, place: &Place) -> Option<&mut Map<String, Json>> {
        let questionnaire = &self.all.questionnaire;
        let mut table = &mut self.answers;
        for (depth, roster) in questionnaire.item(place.item).rosters.iter().enumerate() {
            let outer = Place { item: *roster, rows: place.rows[..depth].to_vec() };
            let row = self.interview.rows(&outer).iter().position(|key| Some(key) == place.rows.get(depth));
            let name = questionnaire.item(*roster).name.clone();
            table = row_of(table, name, row?)?;
        }
        Some(table)
    }
}

/// The row of a roster in an answer file, made where it is not there yet.
fn row_of(table: &mut Map<String, Json>, roster: String, row: usize) -> Option<&mut Map<String, Json>> {
    let rows = table.entry(roster).or_insert_with(|| json!([])).as_array_mut()?;
    if rows.len() <= row {
        rows.resize(row + 1, json!({}));
    }
    rows.get_mut(row)?.as_object_mut()
}

fn because(value: &Value) -> Json {
    json!({ "value": written(value), "because": REASON })
}

/// A value as an answer file has it.
fn written(value: &Value) -> Json {
    match value {
        Value::Boolean(yes) => Json::from(*yes),
        Value::Integer(number) => Json::from(*number),
        Value::Decimal(number) => Json::from(*number),
        Value::Choices(names) => Json::from(names.clone()),
        Value::Text(_) | Value::Date(_) | Value::Time(_) | Value::DateTime(_) | Value::Choice(_) => {
            Json::from(value.to_string())
        }
    }
}
