//! What `check` says about conditions, against every answer there is.

use std::sync::Arc;

use doorstep::interview::{Interview, Place};
use doorstep::journal::{Address, Fact};
use doorstep::questionnaire::{Bundle, Questionnaire, compile};
use doorstep::value::{Answer, Hash, Value};
use proptest::prelude::*;

const FORM: &str = r#"
format = 1
id = "case"
version = "1"
language = "en"
title = "Case"
[lists.things]
choices = [
  { name = "x", code = 1, label = "X" },
  { name = "y", code = 2, label = "Y" },
  { name = "z", code = 3, label = "Z", exclusive = true },
]
[[sections]]
name = "s"
label = "S"
[[sections.questions]]
name = "a"
type = "scale"
from = 0
to = 3
low = "Low"
high = "High"
label = "A?"
[[sections.questions]]
name = "b"
type = "select_one"
list = "things"
label = "B?"
[[sections.questions]]
name = "c"
type = "select_multiple"
list = "things"
label = "C?"
[[sections.questions]]
name = "r"
type = "note"
label = "R."
relevant = "CONDITION"
"#;

fn atom() -> impl Strategy<Value = String> {
    let how = || prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let name = || prop::sample::select(vec!["x", "y", "z"]);
    prop_oneof![
        (how(), -1..5_i32).prop_map(|(how, n)| format!("${{a}} {how} {n}")),
        (how(), 0..4_i32).prop_map(|(how, n)| format!("{n}.5 {how} ${{a}}")),
        (prop::sample::select(vec!["=", "!="]), name()).prop_map(|(how, n)| format!("${{b}} {how} '{n}'")),
        name().prop_map(|n| format!("selected(${{c}}, '{n}')")),
        name().prop_map(|n| format!("selected(${{b}}, '{n}')")),
        (how(), 0..4_i32).prop_map(|(how, n)| format!("count-selected(${{c}}) {how} {n}")),
        prop::sample::select(vec!["${a} = ''", "${b} != ''", "is-answered(${c})"]).prop_map(str::to_owned),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    atom().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" and "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|part| format!("not({part})")),
        ]
    })
}

/// Whether the condition holds for these answers.
fn holds(questionnaire: &Arc<Questionnaire>, answers: [Option<Value>; 3]) -> bool {
    let started = Fact::Started {
        questionnaire: Hash::of(b"case"),
        round: "baseline".into(),
        enumerator: "amina".into(),
        language: "en".into(),
        at: "2026-03-02T09:12:00+03:00".parse().unwrap(),
        seed: 1,
    };
    let given = ["a", "b", "c"].into_iter().zip(answers).filter_map(|(name, value)| {
        let address = Address { name: name.into(), rows: Vec::new() };
        Some(Fact::Answered { address, answer: Answer::Value(value?) })
    });
    let facts: Vec<Fact> = std::iter::once(started).chain(given).collect();
    let interview = Interview::replay(Arc::clone(questionnaire), &facts);
    let item = questionnaire.find("r").unwrap().id;
    interview.is_relevant(&Place { item, rows: Vec::new() })
}

/// For every combination of answers: whether all are given, and whether the condition holds.
fn all_cases(questionnaire: &Arc<Questionnaire>) -> Vec<(bool, bool)> {
    let choice = |n: &str| Some(Value::Choice(n.into()));
    let choices = |n: &[&str]| Some(Value::Choices(n.iter().map(|n| (*n).to_owned()).collect()));
    let numbers: Vec<_> = std::iter::once(None).chain((0..=3).map(|n| Some(Value::Integer(n)))).collect();
    let singles = [None, choice("x"), choice("y"), choice("z")];
    let several = [None, choices(&["x"]), choices(&["y"]), choices(&["z"]), choices(&["x", "y"])];
    let mut cases = Vec::new();
    for a in &numbers {
        for b in &singles {
            for c in &several {
                let complete = a.is_some() && b.is_some() && c.is_some();
                cases.push((complete, holds(questionnaire, [a.clone(), b.clone(), c.clone()])));
            }
        }
    }
    cases
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A condition is said never to hold exactly if no answers meet it; it is said always to hold
    /// only if all do that are there.
    #[test]
    fn what_is_said_of_a_condition_is_so(condition in condition()) {
        let text = FORM.replace("CONDITION", &condition);
        let bundle = Bundle { files: [("questionnaire.toml".to_owned(), text.into_bytes())].into() };
        let (questionnaire, report) = compile(&bundle, "");
        let questionnaire = Arc::new(questionnaire.unwrap());
        let said = |code: &str| report.diagnostics.iter().any(|d| d.code == code);
        let never = said("Q0601") || said("Q0603");
        let cases = all_cases(&questionnaire);
        prop_assert_eq!(never, cases.iter().all(|(_, holds)| !holds), "{}", report.render(false));
        if said("Q0602") {
            prop_assert!(cases.iter().all(|(complete, holds)| *holds || !complete), "{}", report.render(false));
        }
    }
}
