//! What the engine makes of properties that a form gives its questions: orders drawn by chance,
//! "other, specify", rows of another roster, places, remarks.

use std::collections::{BTreeMap, BTreeSet};

use doorstep::interview::{Field, Intent, Interview, Refusal, Stop, View};
use doorstep::journal::Fact;
use doorstep::questionnaire::Questionnaire;
use doorstep::value::{Answer, Missing, Value};

use crate::interview::{begin, carry_out, outcome, written};

const WORRIES: &str = r#"
[lists.worries]
choices = [
  { name = "theft", code = 1, label = "Theft" },
  { name = "floods", code = 2, label = "Floods" },
  { name = "other", code = 8, label = "Something else" },
  { name = "roads", code = 3, label = "Roads" },
  { name = "none", code = 9, label = "None", exclusive = true },
]
[[sections]]
name = "only"
label = "Only"
[[sections.questions]]
name = "worries"
type = "select_multiple"
list = "worries"
label = "What worries you?"
randomize = true
missing = ["refused"]
other = { label = "Which other worry?" }
"#;

fn stop_name(interview: &Interview) -> String {
    match interview.stop() {
        Stop::Question(place) => interview.questionnaire().item(place.item).name.clone(),
        Stop::MoreRows(place) => format!("more {}", interview.questionnaire().item(place.item).name),
        Stop::Review => "review".to_owned(),
    }
}

fn text(words: &str) -> Intent {
    Intent::Answer(Value::Text(words.into()))
}

fn choices(names: &[&str]) -> Intent {
    Intent::Answer(Value::Choices(names.iter().map(|n| (*n).to_owned()).collect()))
}

fn labels(view: &View) -> Vec<String> {
    match &view.field {
        Field::Several(offers, ..) => offers.iter().map(|o| o.name.clone()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn choices_come_in_an_order_of_the_interviews_own() {
    let questionnaire = written(WORRIES, &[]);
    let mut orders: BTreeMap<Vec<String>, u32> = BTreeMap::new();
    for seed in 0..600 {
        let (interview, facts) = begin(&questionnaire, seed);
        let order = labels(&interview.view());
        assert_eq!(order[3..], ["other", "none"], "these stay behind the rest");
        let again = Interview::replay(questionnaire.clone(), &facts);
        assert_eq!(labels(&again.view()), order, "a replay shows the same");
        *orders.entry(order).or_default() += 1;
    }
    assert_eq!(orders.len(), 6, "every order of the three comes");
    // 100 expected of each; five standard deviations.
    assert!(orders.values().all(|n| (55..=145).contains(n)), "{orders:?}");
}

#[test]
fn what_is_stored_does_not_show_the_order() {
    let questionnaire = written(WORRIES, &[]);
    for seed in 0..20 {
        let (mut interview, mut facts) = begin(&questionnaire, seed);
        carry_out(&mut interview, &mut facts, &choices(&["roads", "theft", "floods"])).unwrap();
        let stored = ["theft", "floods", "roads"].map(str::to_owned).to_vec();
        assert_eq!(outcome(&interview, "worries"), Answer::Value(Value::Choices(stored)));
    }
}

#[test]
fn the_other_choice_asks_for_words() {
    let questionnaire = written(WORRIES, &[]);
    let (mut interview, mut facts) = begin(&questionnaire, 1);
    carry_out(&mut interview, &mut facts, &choices(&["theft"])).unwrap();
    assert_eq!(stop_name(&interview), "review");
    assert_eq!(outcome(&interview, "worries_other"), Answer::Missing(Missing::NotAsked));
    carry_out(&mut interview, &mut facts, &Intent::Back).unwrap();
    carry_out(&mut interview, &mut facts, &choices(&["theft", "other"])).unwrap();
    assert_eq!(stop_name(&interview), "worries_other");
    assert_eq!(interview.view().label, "Which other worry?");
    assert_eq!(interview.view().missing, [Missing::Refused], "as with the question itself");
    carry_out(&mut interview, &mut facts, &text("dogs")).unwrap();
    assert_eq!(outcome(&interview, "worries_other"), Answer::Value(Value::Text("dogs".into())));
}

const BLOCKS: &str = r#"
[[sections]]
name = "first"
label = "First"
randomize = true
[[sections.questions]]
name = "one"
type = "text"
label = "One?"
[[sections.questions]]
name = "pair"
type = "group"
  [[sections.questions.questions]]
  name = "pair_note"
  type = "note"
  label = "Now a pair."
  [[sections.questions.questions]]
  name = "two"
  type = "text"
  label = "Two?"
  [[sections.questions.questions]]
  name = "three"
  type = "text"
  label = "Three?"
[[sections.questions]]
name = "animals"
type = "roster"
count = "2"
  [[sections.questions.questions]]
  name = "animal"
  type = "text"
  label = "Animal?"
[[sections]]
name = "second"
label = "Second"
[[sections.questions]]
name = "last"
type = "text"
label = "Last?"
"#;

/// The questions in the order in which they are asked, and back again.
fn walked(questionnaire: &std::sync::Arc<Questionnaire>, seed: u64) -> Vec<String> {
    let (mut interview, mut facts): (Interview, Vec<Fact>) = begin(questionnaire, seed);
    let mut stops = Vec::new();
    while interview.stop() != Stop::Review {
        assert_eq!(interview.view().progress, (stops.len() + 1, 6));
        assert_eq!(interview.view().notes.is_empty(), stop_name(&interview) != "two");
        stops.push(stop_name(&interview));
        carry_out(&mut interview, &mut facts, &text("x")).unwrap();
    }
    assert_eq!(interview.review().len(), stops.len());
    for name in stops.iter().rev() {
        carry_out(&mut interview, &mut facts, &Intent::Back).unwrap();
        assert_eq!(stop_name(&interview), *name);
    }
    stops
}

#[test]
fn blocks_come_in_an_order_of_the_interviews_own() {
    let questionnaire = written(BLOCKS, &[]);
    let mut orders = BTreeSet::new();
    for seed in 0..60 {
        let stops = walked(&questionnaire, seed);
        assert_eq!(stops.last().map(String::as_str), Some("last"), "the next section comes after");
        let at = |name: &str| stops.iter().position(|s| s == name).unwrap();
        assert_eq!(at("three"), at("two") + 1, "a group stays together, in its own order");
        assert_eq!(stops[at("animal") + 1], "animal");
        orders.insert(stops);
    }
    assert_eq!(orders.len(), 6);
}

#[test]
fn a_roster_has_the_rows_of_another() {
    let questionnaire = written(
        r#"
[[sections]]
name = "only"
label = "Only"
[[sections.questions]]
name = "members"
type = "roster"
label = "Member"
  [[sections.questions.questions]]
  name = "who"
  type = "text"
  label = "Who?"
  [[sections.questions.questions]]
  name = "bye"
  type = "note"
  label = "Thank you, ${who}."
[[sections.questions]]
name = "between"
type = "text"
label = "Between?"
[[sections.questions]]
name = "work"
type = "roster"
label = "Work of"
row_label = "${who}"
per_row = "members"
  [[sections.questions.questions]]
  name = "works"
  type = "integer"
  label = "How many hours does ${who} work?"
  [[sections.questions.questions]]
  name = "idle"
  type = "calculate"
  calculation = "if(${works} = 0, ${who}, '')"
"#,
        &[],
    );
    let (mut interview, mut facts) = begin(&questionnaire, 1);
    let more = |yes| Intent::Answer(Value::Boolean(yes));
    for name in ["Amal", "Badr"] {
        carry_out(&mut interview, &mut facts, &more(true)).unwrap();
        carry_out(&mut interview, &mut facts, &text(name)).unwrap();
        assert_eq!(interview.view().parting, [format!("Thank you, {name}.")], "at the end of the row");
    }
    carry_out(&mut interview, &mut facts, &more(false)).unwrap();
    carry_out(&mut interview, &mut facts, &text("x")).unwrap();
    for (name, hours) in [("Amal", 0), ("Badr", 40)] {
        assert_eq!(interview.view().label, format!("How many hours does {name} work?"));
        assert!(interview.view().headings.last().unwrap().ends_with(name));
        carry_out(&mut interview, &mut facts, &Intent::Answer(Value::Integer(hours))).unwrap();
    }
    assert_eq!(stop_name(&interview), "review");
    let idle = questionnaire.find("idle").unwrap().id;
    let rows = vec![doorstep::journal::RowKey::Number(1)];
    let place = doorstep::interview::Place { item: idle, rows };
    assert_eq!(interview.outcome(&place), Answer::Value(Value::Text("Amal".into())));
    // A name that is corrected reaches the other roster's row at once.
    let who = questionnaire.find("who").unwrap().id;
    let first = doorstep::interview::Place { item: who, rows: place.rows.clone() };
    carry_out(&mut interview, &mut facts, &Intent::Jump(first)).unwrap();
    carry_out(&mut interview, &mut facts, &text("Amina")).unwrap();
    assert_eq!(interview.outcome(&place), Answer::Value(Value::Text("Amina".into())));
    // A member who is taken out has no work either.
    let members = questionnaire.find("members").unwrap().id;
    let row = doorstep::interview::Place { item: members, rows: place.rows.clone() };
    carry_out(&mut interview, &mut facts, &Intent::RemoveRow(row)).unwrap();
    let work = questionnaire.find("work").unwrap().id;
    let rows = interview.rows(&doorstep::interview::Place { item: work, rows: Vec::new() });
    assert_eq!(rows, [doorstep::journal::RowKey::Number(2)]);
    assert_eq!(interview.review().iter().filter(|line| line.due).count(), 0);
    let again = Interview::replay(questionnaire.clone(), &facts);
    assert_eq!(again.review(), interview.review());
}

#[test]
fn places_codes_and_remarks() {
    let questionnaire = written(
        r#"
[[sections]]
name = "only"
label = "Only"
[[sections.questions]]
name = "home"
type = "geopoint"
label = "Where is the house?"
constraint = "geofence(., '15 44; 15 45; 16 45; 16 44')"
constraint_message = "That is outside the district."
[[sections.questions]]
name = "far"
type = "calculate"
calculation = "round(distance(${home}, '15.5 44.5') div 1000)"
[[sections.questions]]
name = "card"
type = "barcode"
label = "The card?"
pattern = "[A-Z]{2}[0-9]{4}"
allow_comment = false
"#,
        &[],
    );
    assert!(questionnaire.find("home").unwrap().is_identifying(), "a place tells who lives there");
    let (mut interview, mut facts) = begin(&questionnaire, 1);
    assert!(interview.read("at the well").is_err());
    let outside = interview.read("14.1 44.1").unwrap();
    assert!(matches!(
        carry_out(&mut interview, &mut facts, &Intent::Answer(outside)),
        Err(Refusal::Constraint(Some(message))) if message == "That is outside the district."
    ));
    carry_out(&mut interview, &mut facts, &Intent::Comment("by the well".into())).unwrap();
    let home = interview.read("N15°30' E٤٤°30'").unwrap();
    carry_out(&mut interview, &mut facts, &Intent::Answer(home)).unwrap();
    assert_eq!(outcome(&interview, "home"), Answer::Value(Value::Text("15.5 44.5".into())));
    assert_eq!(outcome(&interview, "far"), Answer::Value(Value::Integer(0)));
    let comment = Intent::Comment("worn".into());
    assert_eq!(carry_out(&mut interview, &mut facts, &comment), Err(Refusal::NoComment));
    assert_eq!(carry_out(&mut interview, &mut facts, &text("AB12")), Err(Refusal::Pattern));
    carry_out(&mut interview, &mut facts, &text("AB1234")).unwrap();
    assert_eq!(stop_name(&interview), "review");
}

#[test]
fn decimals_as_people_write_them() {
    let questionnaire = written(
        "[[sections]]\nname = \"only\"\nlabel = \"Only\"\n[[sections.questions]]\nname = \"hours\"\n\
         type = \"decimal\"\nlabel = \"How many hours?\"\n",
        &[],
    );
    let (interview, _) = begin(&questionnaire, 1);
    for typed in ["1.5", "1,5", "١٫٥", "১.৫"] {
        assert_eq!(interview.read(typed), Ok(Value::Decimal(1.5)), "{typed}");
    }
    for typed in ["1,000,000", "1.000,5", ","] {
        assert!(interview.read(typed).is_err(), "{typed} could be two numbers");
    }
}
