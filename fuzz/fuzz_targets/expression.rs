//! Any text as an expression over a small form: compiled or refused with places inside the text,
//! and evaluated and taken apart without a panic.

#![no_main]

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset};
use doorstep::expression::{Env, Expect, Reference, Scope, Slot, Unresolved, compile};
use doorstep::value::{Missing, Type, Value};
use libfuzzer_sys::fuzz_target;

const NAMES: [(&str, Type); 5] = [
    ("a", Type::Integer),
    ("b", Type::Text),
    ("c", Type::Choices),
    ("d", Type::Date),
    ("e", Type::Decimal),
];

struct Form;

fn reference(at: usize) -> Reference {
    Reference { slot: Slot(at as u32), ty: Some(NAMES[at].1), many: false, choices: None }
}

impl Scope for Form {
    fn resolve(&self, name: &str) -> Result<Reference, Unresolved> {
        NAMES.iter().position(|(known, _)| *known == name).map(reference).ok_or(Unresolved::Unknown)
    }

    fn this(&self) -> Option<Reference> {
        Some(reference(0))
    }

    fn list(&self, name: &str) -> Result<Vec<&str>, Vec<&str>> {
        if name == "l" { Ok(vec!["name", "code", "k"]) } else { Err(vec!["l"]) }
    }

    fn names(&self) -> Vec<&str> {
        NAMES.iter().map(|(name, _)| *name).collect()
    }
}

impl Env for Form {
    fn value(&self, slot: Slot) -> Option<Cow<'_, Value>> {
        Some(Cow::Owned(match slot.0 {
            0 => Value::Integer(i64::MAX),
            1 => Value::Text("2026-02-29".into()),
            2 => Value::Choices(vec!["x".into(), "y".into()]),
            3 => Value::Date(chrono::NaiveDate::MAX),
            _ => return None,
        }))
    }

    fn values(&self, slot: Slot) -> Vec<Option<Cow<'_, Value>>> {
        vec![self.value(slot), None]
    }

    fn missing(&self, _slot: Slot) -> Option<Missing> {
        Some(Missing::Refused)
    }

    fn position(&self, _roster: Slot) -> Option<usize> {
        Some(1)
    }

    fn label(&self, _slot: Slot, choice: &str) -> Option<String> {
        Some(choice.to_owned())
    }

    fn rows_in(&self, _list: &str) -> usize {
        3
    }

    fn row_named(&self, _list: &str, _name: &str) -> Option<usize> {
        Some(1)
    }

    fn cell(&self, _list: &str, row: usize, _column: &str) -> Option<Cow<'_, Value>> {
        Some(Cow::Owned(Value::Text(row.to_string())))
    }

    fn now(&self) -> DateTime<FixedOffset> {
        DateTime::default()
    }

    fn random(&self) -> f64 {
        0.25
    }
}

fuzz_target!(|text: &str| {
    for expect in [Expect::Any, Expect::Boolean, Expect::Number] {
        let (expression, problems) = compile(text, &Form, expect);
        for problem in &problems {
            assert!(text.get(problem.range.clone()).is_some(), "{problem:?}");
        }
        if let Some(expression) = expression {
            let _ = expression.evaluate(&Form);
            let _ = expression.condition().slots();
            let _ = expression.literals();
        }
    }
});
