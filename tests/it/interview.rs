//! The law of the engine: same questionnaire and same facts, same state and same next question,
//! whether the facts are taken in one by one or replayed at once.

use std::sync::Arc;

use doorstep::interview::{Field, Intent, Interview, Offer, Place, Refusal, Status, Stop};
use doorstep::journal::{Address, Fact, RowKey};
use doorstep::questionnaire::Questionnaire;
use doorstep::value::{Answer, Hash, Missing, Value};
use proptest::prelude::*;

use crate::support;

fn visit() -> Arc<Questionnaire> {
    support::compiled(&support::bundle(&support::root().join("fixtures/transcripts/visit")))
}

/// A questionnaire with this behind its head, and further files.
pub fn written(rest: &str, more: &[(&str, &str)]) -> Arc<Questionnaire> {
    let head = "format = 1\nid = \"case\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Case\"\n";
    let toml = format!("{head}{rest}");
    let files = more.iter().copied().chain([("questionnaire.toml", toml.as_str())]);
    let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect();
    support::compiled(&doorstep::questionnaire::Bundle { files })
}

/// What counts for an item outside rosters.
pub fn outcome(interview: &Interview, name: &str) -> Answer {
    let item = interview.questionnaire().find(name).unwrap().id;
    interview.outcome(&Place { item, rows: Vec::new() })
}

pub fn begin(questionnaire: &Arc<Questionnaire>, seed: u64) -> (Interview, Vec<Fact>) {
    let started = Fact::Started {
        questionnaire: Hash::of(b"visit"),
        round: "baseline".into(),
        enumerator: "amina".into(),
        language: "en".into(),
        at: "2026-03-02T09:12:00+03:00".parse().unwrap(),
        seed,
    };
    let mut interview = Interview::new(Arc::clone(questionnaire));
    interview.apply(&started);
    (interview, vec![started])
}

pub fn carry_out(interview: &mut Interview, facts: &mut Vec<Fact>, intent: &Intent) -> Result<(), Refusal> {
    let new = interview.decide(intent)?;
    new.iter().for_each(|fact| interview.apply(fact));
    facts.extend(new);
    Ok(())
}

fn name(offers: &[Offer], n: u32) -> String {
    offers.get(n as usize % offers.len().max(1)).map(|o| o.name.clone()).unwrap_or_default()
}

/// Something to do here, from two numbers.
fn intent(interview: &Interview, what: u8, n: u32) -> Intent {
    match what {
        0..=15 => {}
        16 => return Intent::Back,
        17 => return Intent::Next,
        18 => return Intent::Missing(Missing::ALL[n as usize % 4]),
        19 => return Intent::Language(["en", "ar"][n as usize % 2].into()),
        20 => return Intent::Review,
        21 => return Intent::Comment(format!("remark {n}")),
        22 => {
            let lines = interview.review();
            return Intent::Jump(lines[n as usize % lines.len()].place.clone());
        }
        _ => {
            let animals = interview.questionnaire().find("animals").unwrap().id;
            return Intent::RemoveRow(Place { item: animals, rows: vec![RowKey::Number(n % 4 + 1)] });
        }
    }
    let value = match interview.field() {
        Field::One(offers) => Value::Choice(name(&offers, n)),
        Field::Several(offers, ..) => Value::Choices((0..=n % 3).map(|i| name(&offers, n / 3 + i)).collect()),
        Field::Rank(offers, top) => Value::Choices((0..top).map(|i| name(&offers, n + i)).collect()),
        Field::Text(_) => Value::Text(format!("text {n}")),
        Field::Decimal => Value::Decimal(f64::from(n % 50) / 2.0),
        Field::Date => Value::Date(chrono::NaiveDate::from_yo_opt(2020, n % 365 + 1).unwrap()),
        Field::YesNo => Value::Boolean(n.is_multiple_of(3)),
        Field::Scale(..) | Field::Integer => Value::Integer(i64::from(n % 14)),
        _ => Value::Integer(0),
    };
    Intent::AnswerAnyway(value, "it is so".into())
}

/// All that can be seen of an interview.
fn seen(interview: &Interview) -> String {
    let questionnaire = interview.questionnaire();
    let outcomes: Vec<(String, Answer)> = questionnaire
        .items
        .iter()
        .filter(|item| item.rosters.is_empty())
        .map(|item| (item.name.clone(), interview.outcome(&Place { item: item.id, rows: Vec::new() })))
        .collect();
    format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n{outcomes:?}",
        interview.status(),
        interview.stop(),
        interview.view(),
        interview.review()
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn one_by_one_is_the_same_as_all_at_once(
        seed in any::<u64>(),
        steps in prop::collection::vec((0..24_u8, any::<u32>()), 1..80),
    ) {
        let questionnaire = visit();
        let (mut interview, mut facts) = begin(&questionnaire, seed);
        for (what, n) in steps {
            let before = seen(&interview);
            let intent = intent(&interview, what, n);
            if carry_out(&mut interview, &mut facts, &intent).is_err() {
                prop_assert_eq!(seen(&interview), before, "a refusal changes nothing");
            }
        }
        let replayed = Interview::replay(Arc::clone(&questionnaire), &facts);
        prop_assert_eq!(seen(&replayed), seen(&interview));
    }

    /// Whatever is on the screen can be left forwards, until the review.
    #[test]
    fn every_interview_ends(seed in any::<u64>(), numbers in prop::collection::vec(any::<u32>(), 400)) {
        let questionnaire = visit();
        let (mut interview, mut facts) = begin(&questionnaire, seed);
        for n in numbers {
            if interview.stop() == Stop::Review {
                break;
            }
            let intent = match interview.stop() {
                Stop::MoreRows(_) => Intent::Answer(Value::Boolean(n % 5 == 0)),
                _ => intent(&interview, 0, n),
            };
            let _ = carry_out(&mut interview, &mut facts, &intent);
        }
        prop_assert_eq!(interview.stop(), Stop::Review);
        prop_assert_eq!(carry_out(&mut interview, &mut facts, &Intent::Finalise), Ok(()));
        prop_assert_eq!(interview.status(), Status::Finalised);
        prop_assert_eq!(interview.decide(&Intent::Next), Err(Refusal::Finalised));
    }
}

/// An answer that becomes irrelevant stays in the journal, reads as not asked, and comes back.
#[test]
fn an_irrelevant_answer_is_kept_aside() {
    let questionnaire = visit();
    let (mut interview, mut facts) = begin(&questionnaire, 1);
    let place = |name: &str| Place { item: questionnaire.find(name).unwrap().id, rows: Vec::new() };
    let mut answer = |interview: &mut Interview, name: &str, value: Value| {
        carry_out(interview, &mut facts, &Intent::Jump(place(name))).unwrap();
        carry_out(interview, &mut facts, &Intent::Answer(value)).unwrap();
    };
    answer(&mut interview, "consent", Value::Choice("yes".into()));
    answer(&mut interview, "safe", Value::Choice("unsafe".into()));
    answer(&mut interview, "why_unsafe", Value::Text("no light".into()));
    answer(&mut interview, "safe", Value::Choice("very_safe".into()));
    assert_eq!(interview.outcome(&place("why_unsafe")), Answer::Missing(Missing::NotAsked));
    answer(&mut interview, "safe", Value::Choice("unsafe".into()));
    assert_eq!(interview.outcome(&place("why_unsafe")), Answer::Value(Value::Text("no light".into())));
    assert_eq!(interview.outcome(&place("score")), Answer::Missing(Missing::NotReached));
}

/// What two devices said differently is nobody's answer until somebody decides.
#[test]
fn an_answer_in_conflict_is_set_aside_and_due() {
    let questionnaire = visit();
    let (mut interview, mut facts) = begin(&questionnaire, 1);
    carry_out(&mut interview, &mut facts, &Intent::Answer(Value::Choice("yes".into()))).unwrap();
    let consent = Place { item: questionnaire.find("consent").unwrap().id, rows: Vec::new() };
    assert!(interview.is_relevant(&Place { item: questionnaire.find("size").unwrap().id, rows: Vec::new() }));
    interview.set_aside(&Address { name: "consent".into(), rows: Vec::new() });
    assert_eq!(interview.outcome(&consent), Answer::Missing(Missing::NotReached));
    assert!(
        !interview.is_relevant(&Place { item: questionnaire.find("size").unwrap().id, rows: Vec::new() })
    );
    let line = &interview.review()[0];
    assert!(line.due && line.in_conflict && line.answer.is_none());
    // Whoever answers anew decides.
    carry_out(&mut interview, &mut facts, &Intent::Jump(consent.clone())).unwrap();
    carry_out(&mut interview, &mut facts, &Intent::Answer(Value::Choice("no".into()))).unwrap();
    assert_eq!(interview.outcome(&consent), Answer::Value(Value::Choice("no".into())));
    assert!(!interview.review()[0].due);
}

/// A change of one answer makes a later one impossible: it is asked again before finalising.
#[test]
fn an_answer_that_no_longer_fits_is_due_again() {
    let questionnaire = visit();
    let (mut interview, mut facts) = begin(&questionnaire, 1);
    let jump = |interview: &mut Interview, facts: &mut Vec<Fact>, name: &str| {
        let place = Place { item: questionnaire.find(name).unwrap().id, rows: Vec::new() };
        carry_out(interview, facts, &Intent::Jump(place)).unwrap();
    };
    let names = |names: &[&str]| Value::Choices(names.iter().map(|n| (*n).to_owned()).collect());
    carry_out(&mut interview, &mut facts, &Intent::Answer(Value::Choice("yes".into()))).unwrap();
    jump(&mut interview, &mut facts, "worries");
    carry_out(&mut interview, &mut facts, &Intent::Answer(names(&["theft", "dogs"]))).unwrap();
    carry_out(&mut interview, &mut facts, &Intent::Answer(names(&["dogs", "theft"]))).unwrap();
    jump(&mut interview, &mut facts, "worries");
    carry_out(&mut interview, &mut facts, &Intent::Answer(names(&["theft", "roads"]))).unwrap();
    let worst = interview.review().into_iter().find(|l| l.label.contains("worry you most")).unwrap();
    assert!(worst.due);
    assert_eq!(
        carry_out(&mut interview, &mut facts, &Intent::Next),
        Err(Refusal::NoSuchChoice("dogs".into()))
    );
}

/// A device that did not know of the end goes on and pauses: what is finalised stays so.
#[test]
fn what_is_finalised_stays_so() {
    let questionnaire = visit();
    let (mut interview, mut facts) = begin(&questionnaire, 1);
    carry_out(&mut interview, &mut facts, &Intent::Answer(Value::Choice("no".into()))).unwrap();
    carry_out(&mut interview, &mut facts, &Intent::Finalise).unwrap();
    facts.extend([Fact::Resumed, Fact::Paused]);
    assert_eq!(Interview::replay(questionnaire, &facts).status(), Status::Finalised);
}

/// A note before a roster shows with its first question.
#[test]
fn a_note_before_a_roster_is_shown() {
    let questionnaire = written(
        r#"
[[sections]]
name = "only"
label = "Only"
[[sections.questions]]
name = "first"
type = "note"
label = "Now the people."
[[sections.questions]]
name = "people"
type = "roster"
label = "Person"
count = "2"
[[sections.questions.questions]]
name = "person"
type = "text"
label = "Who?"
"#,
        &[],
    );
    let (mut interview, mut facts) = begin(&questionnaire, 1);
    assert_eq!(interview.view().notes, ["Now the people."]);
    carry_out(&mut interview, &mut facts, &Intent::Answer(Value::Text("A".into()))).unwrap();
    assert!(interview.view().notes.is_empty(), "in the second row it is over");
}

#[test]
fn a_calculation_looks_something_up_in_a_list() {
    let questionnaire = written(
        r#"
[lists.towns]
choices = [
  { name = "aden", code = 1, label = "Aden", region = "south" },
  { name = "sanaa", code = 2, label = "Sanaa", region = "north" },
]
[lists.teams]
choices = [{ name = "a", code = 7, label = "Team A", region = "south" }]
[[sections]]
name = "main"
label = "Main"
  [[sections.questions]]
  name = "town"
  type = "select_one"
  list = "towns"
  label = "Town?"
  [[sections.questions]]
  name = "region"
  type = "calculate"
  calculation = "pulldata('towns', 'region', 'name', ${town})"
  [[sections.questions]]
  name = "team"
  type = "calculate"
  calculation = "pulldata('teams', 'code', 'region', ${region})"
"#,
        &[],
    );
    let (mut interview, mut facts) = begin(&questionnaire, 1);
    let found = |interview: &Interview, name: &str| outcome(interview, name).value().map(ToString::to_string);
    assert_eq!(found(&interview, "region"), None);
    carry_out(&mut interview, &mut facts, &Intent::Answer(Value::Choice("aden".into()))).unwrap();
    assert_eq!(found(&interview, "region").as_deref(), Some("south"));
    assert_eq!(found(&interview, "team").as_deref(), Some("7"));
    carry_out(&mut interview, &mut facts, &Intent::Back).unwrap();
    carry_out(&mut interview, &mut facts, &Intent::Answer(Value::Choice("sanaa".into()))).unwrap();
    assert_eq!(found(&interview, "region").as_deref(), Some("north"));
    assert_eq!(found(&interview, "team"), None);
}

#[test]
fn a_calculated_label_follows_the_language() {
    let arabic =
        "language = \"ar\"\nname = \"العربية\"\n[choices.towns]\naden = \"عدن\"\nmukha = \"المخا\"\n";
    let questionnaire = written(
        r#"
[lists.towns]
choices = [{ name = "aden", code = 1, label = "Aden" }, { name = "mukha", code = 2, label = "Mocha" }]
[[sections]]
name = "main"
label = "Main"
  [[sections.questions]]
  name = "town"
  type = "select_one"
  list = "towns"
  label = "Town?"
  [[sections.questions]]
  name = "called"
  type = "calculate"
  calculation = "jr:choice-name(${town}, '${town}')"
"#,
        &[("translations/ar.toml", arabic)],
    );
    let (mut interview, mut facts) = begin(&questionnaire, 1);
    carry_out(&mut interview, &mut facts, &Intent::Answer(Value::Choice("mukha".into()))).unwrap();
    carry_out(&mut interview, &mut facts, &Intent::Language("ar".into())).unwrap();
    let replayed = Interview::replay(Arc::clone(&questionnaire), &facts);
    assert_eq!(outcome(&replayed, "called"), Answer::Value(Value::Text("المخا".into())));
    assert_eq!(outcome(&interview, "called"), outcome(&replayed, "called"));
}

/// `instance()` reads a list row by row: by name, by conditions over columns and answers, and all
/// rows that fit.
#[test]
fn lists_are_read_with_conditions() {
    let calculation = |name: &str, text: &str| {
        format!("[[sections.questions]]\nname = \"{name}\"\ntype = \"calculate\"\ncalculation = \"{text}\"\n")
    };
    let cases: &[(&str, &str, Option<Value>)] = &[
        ("team", "instance('towns')/root/item[name = ${town}]/team", Some(Value::Text("Blue".into()))),
        ("shown", "instance('towns')/root/item[name=${town}]/label", Some(Value::Text("Bora".into()))),
        ("code", "instance('towns')/root/item[name = ${town}]/code + 1", Some(Value::Integer(3))),
        ("first", "instance('towns')/root/item[region = 'north']/name", Some(Value::Text("alba".into()))),
        ("second", "instance('towns')/root/item[region = 'north'][2]/name", Some(Value::Text("bora".into()))),
        ("beyond", "instance('towns')/root/item[region = 'north'][3]/name", None),
        ("none", "instance('towns')/root/item[name = 'zeta']/team", None),
        (
            "both",
            "instance('towns')/root/item[region = ${region} and code > 1]/label",
            Some(Value::Text("Bora".into())),
        ),
        ("many", "count(instance('towns')/root/item[region = ${region}])", Some(Value::Integer(2))),
        ("all", "count(instance('towns')/root/item)", Some(Value::Integer(3))),
        (
            "joined",
            "join(', ', instance('towns')/root/item[region != 'south']/label)",
            Some(Value::Text("Alba, Bora".into())),
        ),
        ("people", "sum(instance('towns')/root/item[region = ${region}]/code)", Some(Value::Integer(3))),
        (
            "nested",
            "count(instance('towns')/root/item[region = instance('towns')/root/item[name = 'alba']/region])",
            Some(Value::Integer(2)),
        ),
        ("again", "instance('towns')/root/item[name = ${town}]/code = 2", Some(Value::Boolean(true))),
        ("mixed", "randomize('a b c d e', 42) = randomize('a b c d e', 42)", Some(Value::Boolean(true))),
    ];
    let rest: String = cases.iter().map(|(name, text, _)| calculation(name, text)).collect();
    let questionnaire = written(
        &format!(
            "[lists.towns]\nfile = \"towns.csv\"\n[[sections]]\nname = \"s\"\nlabel = \"S\"\n[[sections.questions]]\nname = \"town\"\ntype = \"select_one\"\nlist = \"towns\"\nlabel = \"Town?\"\n{}{rest}",
            calculation("region", "pulldata('towns', 'region', 'name', ${town})"),
        ),
        &[(
            "towns.csv",
            "name,code,label,region,team\nalba,1,Alba,north,Red\nbora,2,Bora,north,Blue\ncera,3,Cera,south,Red\n",
        )],
    );
    let (mut interview, mut facts) = begin(&questionnaire, 1);
    carry_out(&mut interview, &mut facts, &Intent::Answer(Value::Choice("bora".into()))).unwrap();
    for (name, text, expected) in cases {
        let got = outcome(&interview, name).value().cloned();
        assert_eq!(got, *expected, "{text}");
    }
}

/// In rosters within rosters, each row is picked; a roster that is not picked is that of the place.
#[test]
fn indexed_repeat_picks_rows_of_rosters_in_each_other() {
    let questionnaire = written(
        r#"
[[sections]]
name = "s"
label = "S"
[[sections.questions]]
name = "house"
type = "roster"
count = "2"
  [[sections.questions.questions]]
  name = "person"
  type = "roster"
  count = "2"
    [[sections.questions.questions.questions]]
    name = "age"
    type = "integer"
    label = "Age?"
  [[sections.questions.questions]]
  name = "second_here"
  type = "calculate"
  calculation = "indexed-repeat(${age}, ${person}, 2)"
[[sections.questions]]
name = "last"
type = "calculate"
calculation = "indexed-repeat(${age}, ${house}, 2, ${person}, 1)"
[[sections.questions]]
name = "beyond"
type = "calculate"
calculation = "indexed-repeat(${age}, ${house}, 3, ${person}, 1)"
"#,
        &[],
    );
    let (mut interview, mut facts) = begin(&questionnaire, 1);
    for age in [11, 12, 21, 22] {
        carry_out(&mut interview, &mut facts, &Intent::Answer(Value::Integer(age))).unwrap();
    }
    assert_eq!(outcome(&interview, "last"), Answer::Value(Value::Integer(21)));
    assert_eq!(outcome(&interview, "beyond").value(), None);
    let item = questionnaire.find("second_here").unwrap().id;
    let here = |row| interview.outcome(&Place { item, rows: vec![RowKey::Number(row)] });
    assert_eq!([here(1), here(2)], [12, 22].map(|age| Answer::Value(Value::Integer(age))));
}
