//! The questionnaire language at the size of the largest surveys: `cargo bench --bench language`.
//!
//! - `check`: 5,000 questions with 50,000 choices in a file (the promise: under 0.5 s).
//! - `evaluate`: one condition over two answers (under 200 ns).
//! - `recompute`: what follows from a changed answer in that form, with a roster of 50 rows
//!   (under 1 ms).
//! - `look up`: a row of 50,000 by its name, and by another column.
//!
//! `benches/against_pyxform.py` writes the same form for `pyxform` and times both programs.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use doorstep::expression::{Env, Expect, Reference, Scope, Slot, Unresolved, compile};
use doorstep::interview::Interview;
use doorstep::journal::{Address, Fact, RowKey};
use doorstep::questionnaire::{self, Bundle};
use doorstep::value::{Answer, Missing, Type, Value};

const ROWS: u32 = 50;

/// 5,000 questions: texts, numbers, choices, places by region, conditions; and a roster.
fn large() -> Bundle {
    let mut text = String::from(
        "format = 1\nid = \"large\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Large\"\n\
         [lists.yes_no]\nchoices = [{ name = \"yes\", code = 1, label = \"Yes\" }, { name = \"no\", code = 2, label = \"No\" }]\n\
         [lists.places]\nfile = \"places.csv\"\n[lists.regions]\nchoices = [\n",
    );
    for n in 0..100 {
        writeln!(text, "  {{ name = \"r{n}\", code = {n}, label = \"Region {n}\" }},").unwrap();
    }
    text.push_str("]\n");
    for n in 0..4990 {
        if n % 100 == 0 {
            writeln!(text, "[[sections]]\nname = \"part{n}\"\nlabel = \"Part {n}\"").unwrap();
        }
        writeln!(text, "[[sections.questions]]\nname = \"q{n}\"").unwrap();
        match n % 5 {
            0 => writeln!(text, "type = \"text\"\nlabel = \"What about number {n}?\"").unwrap(),
            1 => text.push_str(
                "type = \"integer\"\nlabel = \"How many?\"\nconstraint = \". >= 0 and . <= 120\"\n\
                 checks = [{ when = \". > 100\", message = \"Over 100?\" }]\n",
            ),
            2 => text.push_str("type = \"select_one\"\nlist = \"regions\"\nlabel = \"Which region?\"\n"),
            3 => writeln!(
                text,
                "type = \"select_one\"\nlist = \"places\"\nlabel = \"Which place?\"\nchoice_filter = \"region = ${{q{}}}\"",
                n - 1
            )
            .unwrap(),
            _ => {
                text.push_str("type = \"select_one\"\nlist = \"yes_no\"\nlabel = \"Is it so?\"\n");
                if n > 5 {
                    writeln!(text, "relevant = \"${{q{}}} >= 18 and ${{q{}}} = 'yes'\"", n - 3, n - 5).unwrap();
                }
            }
        }
    }
    text.push_str(
        "[[sections]]\nname = \"household\"\nlabel = \"Household\"\n\
         [[sections.questions]]\nname = \"members\"\ntype = \"roster\"\nlabel = \"Member\"\ncount = \"50\"\n\
         [[sections.questions.questions]]\nname = \"age\"\ntype = \"integer\"\nlabel = \"How old?\"\n\
         [[sections.questions.questions]]\nname = \"adult\"\ntype = \"calculate\"\ncalculation = \"if(${age} >= 18, 1, 0)\"\n\
         [[sections.questions.questions]]\nname = \"works\"\ntype = \"select_one\"\nlist = \"yes_no\"\nlabel = \"Works?\"\nrelevant = \"${adult} = 1\"\n\
         [[sections.questions]]\nname = \"adults\"\ntype = \"calculate\"\ncalculation = \"sum(${adult})\"\n\
         [[sections.questions]]\nname = \"many\"\ntype = \"note\"\nlabel = \"Many: ${adults}.\"\nrelevant = \"${adults} > 10\"\n\
         [[sections.questions]]\nname = \"place\"\ntype = \"select_one\"\nlist = \"places\"\nlabel = \"Where?\"\n\
         [[sections.questions]]\nname = \"by_name\"\ntype = \"calculate\"\ncalculation = \"instance('places')/root/item[name = ${place}]/region\"\n",
    );
    let mut places = String::from("name,code,label,region\n");
    for n in 0..50_000 {
        writeln!(places, "p{n},{n},Place {n},r{}", n % 100).unwrap();
    }
    Bundle {
        files: BTreeMap::from([
            ("questionnaire.toml".to_owned(), text.into_bytes()),
            ("places.csv".to_owned(), places.into_bytes()),
        ]),
    }
}

fn check(c: &mut Criterion) {
    let bundle = large();
    let mut group = c.benchmark_group("check");
    group.sample_size(10);
    group.bench_function("5,000 questions, 50,000 choices", |b| {
        b.iter(|| questionnaire::compile(black_box(&bundle), ""));
    });
}

fn recompute(c: &mut Criterion) {
    let (questionnaire, report) = questionnaire::compile(&large(), "");
    let questionnaire = Arc::new(questionnaire.unwrap_or_else(|| panic!("{}", report.render(false))));
    let mut interview = Interview::new(questionnaire);
    interview.apply(&Fact::Started {
        questionnaire: interview.questionnaire().hash,
        round: "baseline".into(),
        enumerator: "bench".into(),
        language: "en".into(),
        at: "2026-03-02T09:00:00+03:00".parse().unwrap(),
        seed: 1,
    });
    let answered = |name: &str, rows: Vec<RowKey>, value: Value| Fact::Answered {
        address: Address { name: name.into(), rows },
        answer: Answer::Value(value),
    };
    for row in 1..=ROWS {
        interview.apply(&answered("age", vec![RowKey::Number(row)], Value::Integer(40)));
    }
    let facts = [
        (
            "recompute: an age in a roster of 50 rows",
            answered("age", vec![RowKey::Number(25)], Value::Integer(7)),
        ),
        ("recompute: a number that a condition reads", answered("q2501", Vec::new(), Value::Integer(30))),
        (
            "look up: a row of 50,000 by its name",
            answered("place", Vec::new(), Value::Choice("p49999".into())),
        ),
    ];
    for (name, fact) in &facts {
        c.bench_function(name, |b| {
            b.iter_batched_ref(
                || interview.clone(),
                |interview| interview.apply(fact),
                BatchSize::LargeInput,
            );
        });
    }
}

/// Two answers: an age and some worries.
struct Two {
    age: Value,
    worries: Value,
}

impl Scope for Two {
    fn resolve(&self, name: &str) -> Result<Reference, Unresolved> {
        let (slot, ty) = match name {
            "a" => (0, Type::Integer),
            "b" => (1, Type::Choices),
            _ => return Err(Unresolved::Unknown),
        };
        Ok(Reference { slot: Slot(slot), ty: Some(ty), many: false, choices: None })
    }

    fn this(&self) -> Option<Reference> {
        None
    }

    fn names(&self) -> Vec<&str> {
        vec!["a", "b"]
    }
}

impl Env for Two {
    fn value(&self, slot: Slot) -> Option<Cow<'_, Value>> {
        Some(Cow::Borrowed(if slot.0 == 0 { &self.age } else { &self.worries }))
    }

    fn values(&self, _slot: Slot) -> Vec<Option<Cow<'_, Value>>> {
        Vec::new()
    }

    fn missing(&self, _slot: Slot) -> Option<Missing> {
        None
    }

    fn position(&self, _roster: Slot) -> Option<usize> {
        None
    }

    fn label(&self, _slot: Slot, _choice: &str) -> Option<String> {
        None
    }

    fn now(&self) -> DateTime<FixedOffset> {
        DateTime::default()
    }

    fn random(&self) -> f64 {
        0.5
    }
}

fn evaluate(c: &mut Criterion) {
    let two = Two {
        age: Value::Integer(34),
        worries: Value::Choices(vec!["theft".into(), "floods".into(), "x".into()]),
    };
    let (expression, _) = compile("${a} >= 18 and selected(${b}, 'x')", &two, Expect::Boolean);
    let expression = expression.unwrap();
    assert!(expression.holds(&two));
    c.bench_function("evaluate: ${a} >= 18 and selected(${b}, 'x')", |b| {
        b.iter(|| black_box(&expression).holds(black_box(&two)));
    });
}

criterion_group!(benches, check, recompute, evaluate);
criterion_main!(benches);
