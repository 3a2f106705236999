//! The expression language: our own cases, exact places of mistakes, and laws.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate};
use doorstep::expression::{CODES, Env, Expect, Reference, Scope, Slot, Unresolved, compile};
use doorstep::value::{Missing, Type, Value};

/// A question of the small form that the cases read.
pub struct Question {
    pub name: &'static str,
    pub ty: Option<Type>,
    pub many: bool,
    pub choices: Option<Arc<[String]>>,
    pub rows: Vec<Option<Value>>,
    pub missing: Option<Missing>,
}

/// A small form with its answers: the scope and the environment of the cases.
pub struct Form {
    pub questions: Vec<Question>,
    /// Which question `.` is.
    pub this: Option<&'static str>,
    /// Which roster is around, and its current row.
    pub row: Option<(&'static str, usize)>,
    /// Columns of a choice list.
    pub columns: Vec<&'static str>,
}

impl Form {
    fn reference(&self, name: &str) -> Option<Reference> {
        let at = self.questions.iter().position(|q| q.name == name)?;
        let q = &self.questions[at];
        Some(Reference {
            slot: Slot(u32::try_from(at).unwrap()),
            ty: q.ty,
            many: q.many,
            choices: q.choices.clone(),
        })
    }
}

impl Scope for Form {
    fn resolve(&self, name: &str) -> Result<Reference, Unresolved> {
        if name == "elsewhere" {
            return Err(Unresolved::OutOfScope("it stands in another roster".into()));
        }
        self.reference(name).ok_or(Unresolved::Unknown)
    }

    fn this(&self) -> Option<Reference> {
        self.reference(self.this?)
    }

    fn row(&self) -> Option<Reference> {
        self.reference(self.row?.0)
    }

    fn column(&self, name: &str) -> Option<Reference> {
        self.columns.contains(&name).then(|| self.reference(name)).flatten()
    }

    fn names(&self) -> Vec<&str> {
        self.questions.iter().map(|q| q.name).collect()
    }
}

impl Env for Form {
    fn value(&self, slot: Slot) -> Option<Cow<'_, Value>> {
        self.questions[slot.0 as usize].rows.first()?.as_ref().map(Cow::Borrowed)
    }

    fn values(&self, slot: Slot) -> Vec<Option<Cow<'_, Value>>> {
        self.questions[slot.0 as usize].rows.iter().map(|v| v.as_ref().map(Cow::Borrowed)).collect()
    }

    fn value_in_rows(&self, slot: Slot, rows: &[(Slot, usize)]) -> Option<Cow<'_, Value>> {
        let at = rows.first()?.1.checked_sub(1)?;
        self.questions[slot.0 as usize].rows.get(at)?.as_ref().map(Cow::Borrowed)
    }

    fn missing(&self, slot: Slot) -> Option<Missing> {
        self.questions[slot.0 as usize].missing
    }

    fn position(&self, _roster: Slot) -> Option<usize> {
        Some(self.row?.1)
    }

    fn label(&self, _slot: Slot, choice: &str) -> Option<String> {
        Some(format!("the {choice}"))
    }

    fn now(&self) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339("2026-03-05T14:07:09.012+06:00").unwrap()
    }

    fn random(&self) -> f64 {
        0.25
    }
}

fn one(name: &'static str, value: Value) -> Question {
    let ty = Some(value.type_of());
    Question { name, ty, many: false, choices: None, rows: vec![Some(value)], missing: None }
}

fn empty(name: &'static str, ty: Type) -> Question {
    Question { name, ty: Some(ty), many: false, choices: None, rows: vec![None], missing: None }
}

fn list(names: &[&str]) -> Arc<[String]> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The form of the cases: one question of each kind, answered and unanswered, and a roster.
pub fn form() -> Form {
    let sexes = Some(list(&["female", "male"]));
    let worries = Some(list(&["theft", "assault", "fire", "none"]));
    let rows = |name, values: Vec<Option<Value>>, ty| Question {
        name,
        ty: Some(ty),
        many: true,
        choices: None,
        rows: values,
        missing: None,
    };
    Form {
        this: Some("age"),
        row: Some(("members", 2)),
        columns: vec!["district"],
        questions: vec![
            one("age", Value::Integer(34)),
            one("income", Value::Decimal(1234.5)),
            one("phone", Value::Text("0171234567".into())),
            Question { choices: sexes.clone(), ..one("sex", Value::Choice("female".into())) },
            Question { choices: sexes, ..empty("head_sex", Type::Choice) },
            Question {
                choices: worries.clone(),
                ..one("worries", Value::Choices(vec!["theft".into(), "fire".into()]))
            },
            Question { choices: worries.clone(), ..empty("worries_none", Type::Choices) },
            Question { choices: worries, ..one("first_worry", Value::Choice("theft".into())) },
            one("born", Value::Date(day("1990-03-11"))),
            one("start", Value::Time(chrono::NaiveTime::from_hms_opt(6, 0, 0).unwrap())),
            one("seen", Value::DateTime(DateTime::parse_from_rfc3339("2026-03-05T06:00:00+06:00").unwrap())),
            one("adult", Value::Boolean(true)),
            one("district", Value::Text("north".into())),
            empty("years", Type::Integer),
            empty("name", Type::Text),
            empty("visited", Type::Date),
            Question { missing: Some(Missing::DontKnow), ..empty("unknown_age", Type::Integer) },
            Question { missing: Some(Missing::Refused), ..empty("refused_age", Type::Integer) },
            Question {
                name: "members",
                ty: None,
                many: true,
                choices: None,
                rows: vec![None, None, None],
                missing: None,
            },
            rows("member_age", vec![Some(Value::Integer(40)), None, Some(Value::Integer(7))], Type::Integer),
            rows(
                "member_name",
                ["Ann", "Bo", "Cy"].map(|n| Some(Value::Text(n.into()))).to_vec(),
                Type::Text,
            ),
            rows("nobody", vec![None, None], Type::Integer),
        ],
    }
}

/// What an expression gives, as its type and its text; or the codes of what is wrong with it.
fn outcome(text: &str, form: &Form) -> (String, String) {
    let (expression, problems) = compile(text, form, Expect::Any);
    match expression {
        Some(e) => (e.ty().to_string(), e.evaluate(form).map(|v| v.to_string()).unwrap_or_default()),
        None => ("error".into(), problems.iter().map(|p| p.code).collect::<Vec<_>>().join(" ")),
    }
}

#[test]
fn cases_give_what_is_written_beside_them() {
    let cases = include_str!("../../fixtures/expression/cases.tsv");
    let form = form();
    let mut wrong = Vec::new();
    for line in cases.lines().skip(1).filter(|l| !l.starts_with("# ")) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [text, ty, expected] = columns[..] else { panic!("not three columns: {line}") };
        let given = outcome(text, &form);
        if given != (ty.to_owned(), expected.to_owned()) {
            wrong.push(format!("{text}\n  expected {ty} {expected}\n  given    {} {}", given.0, given.1));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each mistake: the expression, its code, and the text that is pointed at.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("", "X0101", ""),
    ("1 +", "X0101", ""),
    ("${age} >= and 3", "X0101", "and"),
    ("(1 + 2", "X0101", "("),
    ("1 + 2)", "X0101", ")"),
    ("${age} ${years}", "X0101", "${years}"),
    ("'abc", "X0102", "'abc"),
    ("${age >= 18", "X0102", "${age"),
    ("${age} > 3 #", "X0103", "#"),
    ("!${adult}", "X0103", "!"),
    ("${sex} = ‘female’", "X0103", "‘female’"),
    ("instance('x')/root/item[a = 1]", "X0107", "'x'"),
    ("instance('x')/root/thing/a", "X0105", "instance('x')/root/thing/a"),
    ("${age} / 2", "X0105", "/"),
    ("${age} | ${years}", "X0105", "|"),
    ("current()", "X0105", "current"),
    ("pulldata(${name}, 'a', 'b', 1)", "X0122", "${name}"),
    ("pulldata('nowhere', 'a', 'b', 1)", "X0107", "'nowhere'"),
    ("digest('abc', 'SHA256')", "X0107", "'SHA256'"),
    ("digest('abc', ${name})", "X0122", "${name}"),
    ("once(1 + ${age})", "X0105", "${age}"),
    ("${age} == 3", "X0106", "=="),
    ("${age} > 3 && ${age} < 9", "X0106", "&&"),
    ("${age} ≥ 3", "X0106", "≥"),
    ("${age} > 3 AND ${age} < 9", "X0106", "AND"),
    ("${agee} >= 18", "X0107", "agee"),
    ("${ agee } >= 18", "X0107", "agee"),
    ("age >= 18", "X0107", "age"),
    ("${sex} = female", "X0107", "female"),
    ("${elsewhere} > 3", "X0108", "elsewhere"),
    ("1 + cuont(${members})", "X0109", "cuont"),
    ("if(${age} > 3, 1)", "X0110", "if(${age} > 3, 1)"),
    ("1 + pi(3)", "X0110", "pi(3)"),
    ("${sex} = 'female' or 'male'", "X0111", "'male'"),
    ("${phone} + 1", "X0111", "${phone}"),
    ("${age} = 'abc'", "X0111", "="),
    ("${adult} = 'true'", "X0111", "="),
    ("${born} > 3", "X0111", ">"),
    ("${born} + ${born}", "X0111", "+"),
    ("if(${age} > 3, ${born}, 'x')", "X0111", "'x'"),
    ("${sex} = 'femal'", "X0112", "'femal'"),
    ("${sex} = 3", "X0112", "3"),
    ("selected(${worries}, 'thef')", "X0112", "'thef'"),
    ("jr:choice-name('femal', '${sex}')", "X0112", "'femal'"),
    ("${sex} = ${first_worry}", "X0113", "="),
    ("${sex} > 'female'", "X0114", "${sex}"),
    ("3 < ${phone}", "X0114", "${phone}"),
    ("${member_age} > 3", "X0115", "${member_age}"),
    ("${members} = 2", "X0116", "${members}"),
    ("..", "X0117", ".."),
    ("regex(${phone}, ')(')", "X0118", "')('"),
    ("date('2024-02-30')", "X0119", "'2024-02-30'"),
    ("${born} > 'yesterday'", "X0119", "'yesterday'"),
    ("format-date(${born}, '%Q')", "X0120", "'%Q'"),
    ("count(1)", "X0121", "1"),
    ("indexed-repeat(${member_age}, ${age}, 1)", "X0121", "${age}"),
    ("regex(${phone}, ${district})", "X0122", "${district}"),
];

#[test]
fn each_mistake_has_its_code_and_its_exact_place() {
    let form = form();
    for (text, code, pointed_at) in MISTAKES {
        let (expression, problems) = compile(text, &form, Expect::Any);
        assert!(expression.is_none(), "{text} was accepted");
        let found: Vec<_> = problems.iter().map(|p| (p.code, &text[p.range.clone()])).collect();
        assert_eq!(found, [(*code, *pointed_at)], "{text}");
    }
}

#[test]
fn warnings_leave_the_expression_usable() {
    let form = form();
    for (text, code, pointed_at) in
        [("1 + sum(${age})", "X0151", "${age}"), ("${worries} = 'theft'", "X0152", "${worries}")]
    {
        let (expression, problems) = compile(text, &form, Expect::Any);
        assert!(expression.is_some(), "{text} was refused");
        let found: Vec<_> = problems.iter().map(|p| (p.code, p.warning, &text[p.range.clone()])).collect();
        assert_eq!(found, [(code, true, pointed_at)], "{text}");
    }
}

#[test]
fn messages_name_the_nearest_and_say_how_to_mend() {
    let form = form();
    let said = |text: &str| {
        let problem = compile(text, &form, Expect::Any).1.into_iter().next().unwrap();
        format!("{} / {}", problem.message, problem.help.unwrap_or_default())
    };
    assert_eq!(said("${agee} > 1"), "there is no question named `agee` / did you mean ${age}?");
    assert_eq!(said("${sex} = 'femal'"), "`femal` is not a choice of this question / did you mean 'female'?");
    assert_eq!(said("cuont(${members})"), "there is no function `cuont` / did you mean count()?");
    assert_eq!(said("age > 1"), "`age` means nothing here / to read the answer, write ${age}");
    assert_eq!(said("if(1, 2)"), "if() cannot be called with 2 arguments / write if(condition, then, else)");
    assert_eq!(said("${age} == 1"), "`==` is not an operator here / write `=`");
    assert!(said("${member_age} > 3").contains("indexed-repeat"));
    assert!(said("${age}/2").contains("`div`"));
}

#[test]
fn all_mistakes_are_shown_at_once_in_order() {
    let text = "${agee} > 3 and ${sex} = 'x' and nothing() and ${phone} < 2";
    let codes: Vec<_> = compile(text, &form(), Expect::Boolean).1.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["X0107", "X0112", "X0109", "X0114"]);
}

#[test]
fn codes_are_unique_and_every_tested_code_is_listed() {
    let listed: Vec<_> = CODES.iter().map(|(code, _)| *code).collect();
    let unique: std::collections::BTreeSet<_> = listed.iter().collect();
    assert_eq!(unique.len(), listed.len());
    for (_, code, _) in MISTAKES {
        assert!(listed.contains(code), "{code}");
    }
}

#[test]
fn the_place_decides_what_an_expression_must_give() {
    let form = form();
    let fits = |text: &str, expect| compile(text, &form, expect).0.map(|e| e.ty());
    assert_eq!(fits("${age} > 3", Expect::Boolean), Some(Type::Boolean));
    assert_eq!(fits("count-selected(${worries})", Expect::Boolean), Some(Type::Boolean));
    assert_eq!(fits("${sex}", Expect::Boolean), None);
    assert_eq!(fits("'x'", Expect::Boolean), None);
    assert_eq!(fits("${age}", Expect::Number), Some(Type::Integer));
    assert_eq!(fits("${adult}", Expect::Number), Some(Type::Integer));
    assert_eq!(fits("${phone}", Expect::Number), None);
    assert_eq!(fits("${sex}", Expect::Any), Some(Type::Choice));
    assert_eq!(fits("${members}", Expect::Any), None);
}

#[test]
fn references_are_listed_once_and_include_this_and_the_row() {
    let form = form();
    let text = ". > 3 and ${age} > 4 and ${sex} = 'male' and position(..) > 1 and jr:choice-name('male', '${head_sex}') != ''";
    let (expression, problems) = compile(text, &form, Expect::Boolean);
    let expression = expression.unwrap_or_else(|| panic!("{problems:?}"));
    let names: Vec<_> =
        expression.references().iter().map(|r| form.questions[r.slot.0 as usize].name).collect();
    assert_eq!(names, ["age", "sex", "members", "head_sex"]);
    assert_eq!(expression.text(), text);
}

#[test]
fn a_place_without_an_answer_or_a_row_says_so() {
    let form = Form { this: None, row: None, ..form() };
    assert_eq!(outcome(". > 3", &form), ("error".into(), "X0117".into()));
    assert_eq!(outcome("position(..)", &form), ("error".into(), "X0117".into()));
}

#[test]
fn depth_is_bounded_and_long_conditions_are_not() {
    let form = form();
    let nested = |open: &str, close: &str, n: usize| {
        outcome(&format!("{}1{}", open.repeat(n), close.repeat(n)), &form).1
    };
    assert_eq!(nested("(", ")", 128), "1");
    assert_eq!(nested("abs(", ")", 127), "1");
    assert_eq!(nested("abs(", ")", 128), "X0104");
    for open in ["(", "abs(", "-", "1 + ", "1 = ", "1 or 1 and 1 = 1 < 1 + 1 * ("] {
        assert!(nested(open, "", 50_000).contains("X0104"), "{open}");
    }
    assert_eq!(nested("0 or ", "", 50_000), "true");
    assert_eq!(nested("1 and ", "", 50_000), "true");
}
