//! Laws of the expression language, over expressions drawn from its grammar.

use doorstep::expression::{Expect, compile};
use doorstep::value::{Type, Value};
use proptest::prelude::*;

use crate::expressions::{Form, form};

/// The form without a single answer.
fn blank() -> Form {
    let mut form = form();
    for question in &mut form.questions {
        question.rows = vec![None; question.rows.len()];
    }
    form
}

fn pick(options: &'static [&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(options).prop_map(str::to_owned).boxed()
}

/// Fills the holes of a template in turn: `#` a number, `?` a condition, `~` a text, `@` a date.
fn fill(template: &'static str, depth: u32) -> BoxedStrategy<String> {
    let mut parts: Vec<BoxedStrategy<String>> = Vec::new();
    for c in template.chars() {
        parts.push(match c {
            '#' => number(depth),
            '?' => condition(depth),
            '~' => text(depth),
            '@' => date(depth),
            c => Just(c.to_string()).boxed(),
        });
    }
    parts.prop_map(|parts| parts.concat()).boxed()
}

fn grow(
    leaves: &'static [&'static str],
    templates: &'static [&'static str],
    depth: u32,
) -> BoxedStrategy<String> {
    if depth == 0 {
        return pick(leaves);
    }
    prop_oneof![
        1 => pick(leaves),
        3 => prop::sample::select(templates).prop_flat_map(move |t| fill(t, depth - 1)),
    ]
    .boxed()
}

fn number(depth: u32) -> BoxedStrategy<String> {
    const LEAVES: &[&str] = &[
        "0",
        "1",
        "-7",
        "2.5",
        "0.1",
        "1000000000000",
        "9223372036854775807",
        "${age}",
        "${income}",
        "${years}",
        "${unknown_age}",
        "pi()",
        "random()",
        "count(${members})",
        "sum(${member_age})",
        "max(${nobody})",
        "mean(${member_age})",
        "position(..)",
        ".",
    ];
    const TEMPLATES: &[&str] = &[
        "(# + #)",
        "(# - #)",
        "(# * #)",
        "(# div #)",
        "(# mod #)",
        "-#",
        "if(?, #, #)",
        "coalesce(#, #)",
        "round(#)",
        "round(#, #)",
        "int(#)",
        "int(~)",
        "abs(#)",
        "pow(#, #)",
        "sqrt(#)",
        "exp(#)",
        "log(#)",
        "min(#, #)",
        "max(#, #)",
        "number(~)",
        "number(@)",
        "(@ - @)",
        "string-length(~)",
        "count-selected(~)",
        "decimal-date-time(@)",
        "indexed-repeat(${member_age}, ${members}, #)",
    ];
    grow(LEAVES, TEMPLATES, depth)
}

fn condition(depth: u32) -> BoxedStrategy<String> {
    const LEAVES: &[&str] = &[
        "true()",
        "false()",
        "${adult}",
        "is-answered(${years})",
        "is-dont-know(${unknown_age})",
        "selected(${worries}, 'fire')",
        "(${sex} = 'female')",
        "(${head_sex} != 'male')",
        "(${name} = '')",
    ];
    const TEMPLATES: &[&str] = &[
        "(? and ?)",
        "(? or ?)",
        "not(?)",
        "(# = #)",
        "(# != #)",
        "(# < #)",
        "(# >= #)",
        "(~ = ~)",
        "(~ != ~)",
        "(@ < @)",
        "(@ >= @)",
        "(@ = @)",
        "contains(~, ~)",
        "starts-with(~, ~)",
        "boolean(~)",
        "boolean(#)",
        "regex(~, '[a-z]*')",
        "selected(~, ~)",
        "if(?, ?, ?)",
        "checklist(#, #, ?, ?)",
        "(? = ?)",
        "(~ != '')",
    ];
    grow(LEAVES, TEMPLATES, depth)
}

fn text(depth: u32) -> BoxedStrategy<String> {
    const LEAVES: &[&str] = &[
        "'abc'",
        "\"it's\"",
        "'নিরাপদ 👍'",
        "''",
        "${phone}",
        "${name}",
        "district",
        "missing-reason(${years})",
        "join(', ', ${member_name})",
        "jr:choice-name(${sex}, '${sex}')",
    ];
    const TEMPLATES: &[&str] = &[
        "concat(~, #, ?, @)",
        "string(#)",
        "string(@)",
        "substr(~, #)",
        "substr(~, #, #)",
        "upper-case(~)",
        "translate(~, ~, ~)",
        "substring-before(~, ~)",
        "substring-after(~, ~)",
        "normalize-space(~)",
        "selected-at(~, #)",
        "format-date(@, '%d/%m/%Y %H:%M:%S.%3')",
        "if(?, ~, ~)",
        "coalesce(~, ~)",
        "join(~, ~, ~)",
    ];
    grow(LEAVES, TEMPLATES, depth)
}

fn date(depth: u32) -> BoxedStrategy<String> {
    const LEAVES: &[&str] =
        &["today()", "${born}", "${visited}", "date('2024-02-29')", "date('0001-01-01')", "date(${phone})"];
    const TEMPLATES: &[&str] =
        &["(@ + #)", "(@ - #)", "(# + @)", "date(#)", "if(?, @, @)", "max(@, @)", "date(now())"];
    grow(LEAVES, TEMPLATES, depth)
}

/// Whether a value is of the promised type. Only an integer may come as a decimal, when it
/// outgrows 64 bits.
fn keeps(promised: Type, value: &Value) -> bool {
    match value {
        Value::Decimal(d) => d.is_finite() && promised.is_number(),
        Value::Text(t) => !t.is_empty() && promised == Type::Text,
        other => other.type_of() == promised,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_compiles_or_is_refused_with_places_inside_it(text in ".*") {
        let (expression, problems) = compile(&text, &form(), Expect::Any);
        prop_assert_eq!(expression.is_none(), problems.iter().any(|p| !p.warning));
        for problem in problems {
            prop_assert!(text.get(problem.range.clone()).is_some(), "{:?} in {:?}", problem, text);
        }
    }

    #[test]
    fn any_row_of_tokens_compiles_or_is_refused(tokens in prop::collection::vec(pick(&[
        "${age}", "${sex}", "${members}", "${member_age}", "${born}", "'x'", "''", "3", "2.5", "(", ")", ",",
        "and", "or", "div", "=", "!=", "<", "-", "+", "*", "if(", "sum(", "selected(", "max(", "not(", "join(",
        ".", "..", "position(", "count(", "/", "|", "[", "${", "$", "'", "regex(", "date(", " ", "female",
    ]), 0..24)) {
        let text = tokens.join(" ");
        let form = form();
        let (expression, problems) = compile(&text, &form, Expect::Any);
        prop_assert_eq!(expression.is_none(), problems.iter().any(|p| !p.warning));
        for problem in problems {
            prop_assert!(text.get(problem.range.clone()).is_some());
        }
        if let Some(expression) = expression
            && let Some(value) = expression.evaluate(&form)
        {
            prop_assert!(keeps(expression.ty(), &value), "{text} gave {value:?}");
        }
    }

    #[test]
    fn what_the_grammar_makes_compiles_and_keeps_its_promised_type(
        text in prop_oneof![number(4), condition(4), text(4), date(4)],
    ) {
        for form in [form(), blank()] {
            let (expression, problems) = compile(&text, &form, Expect::Any);
            prop_assert!(expression.is_some(), "{text}: {problems:?}");
            let expression = expression.unwrap();
            if let Some(value) = expression.evaluate(&form) {
                prop_assert!(keeps(expression.ty(), &value), "{text} gave {value:?}");
            }
        }
    }

    #[test]
    fn comparing_with_empty_is_false(text in number(3), op in pick(&["=", "!=", "<", "<=", ">", ">="])) {
        let form = form();
        for compared in [format!("{text} {op} ${{years}}"), format!("${{years}} {op} {text}")] {
            let (expression, problems) = compile(&compared, &form, Expect::Boolean);
            prop_assert!(expression.is_some(), "{compared}: {problems:?}");
            prop_assert!(!expression.unwrap().holds(&form), "{compared}");
        }
    }

    #[test]
    fn computing_with_empty_is_empty(text in number(3), op in pick(&["+", "-", "*", "div", "mod"])) {
        let form = form();
        for computed in [format!("{text} {op} ${{years}}"), format!("${{years}} {op} {text}")] {
            let (expression, problems) = compile(&computed, &form, Expect::Number);
            prop_assert!(expression.is_some(), "{computed}: {problems:?}");
            prop_assert_eq!(expression.unwrap().evaluate(&form), None, "{}", computed);
        }
    }

    #[test]
    fn not_and_is_or_not(a in condition(3), b in condition(3)) {
        let form = form();
        let text = format!("not({a} and {b}) = (not({a}) or not({b}))");
        prop_assert!(compile(&text, &form, Expect::Boolean).0.unwrap().holds(&form), "{text}");
    }

    #[test]
    fn a_trailing_condition_changes_nothing_when_it_is_neutral(a in condition(4)) {
        let form = form();
        let holds = |text: &str| compile(text, &form, Expect::Boolean).0.unwrap().holds(&form);
        prop_assert_eq!(holds(&a), holds(&format!("{a} and true()")));
        prop_assert_eq!(holds(&a), holds(&format!("false() or {a}")));
    }

    #[test]
    fn integers_print_as_they_are_read(i in any::<i64>()) {
        // The least integer is a minus and a literal that does not fit.
        prop_assume!(i != i64::MIN);
        let form = form();
        let (expression, _) = compile(&i.to_string(), &form, Expect::Any);
        prop_assert_eq!(expression.unwrap().evaluate(&form), Some(Value::Integer(i)));
        let (expression, _) = compile(&format!("string({i})"), &form, Expect::Any);
        prop_assert_eq!(expression.unwrap().evaluate(&form), Some(Value::Text(i.to_string())));
    }

    #[test]
    fn decimals_print_as_they_are_read(d in prop::num::f64::NORMAL | prop::num::f64::ZERO) {
        let form = form();
        let written = Value::Decimal(d).to_string();
        let (expression, _) = compile(&format!("number('{written}')"), &form, Expect::Any);
        prop_assert_eq!(expression.unwrap().evaluate(&form), Some(Value::Decimal(d + 0.0)));
    }
}
