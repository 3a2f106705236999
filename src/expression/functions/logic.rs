//! Conditions, and choosing between values.

use super::{Call, Function, Gives, Kind, one, paired, repeated};
use crate::expression::operand::Operand;
use crate::value::Type::Boolean;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "if",
        parameters: &[one("condition", Kind::Condition), one("then", Kind::Any), one("else", Kind::Any)],
        gives: Gives::Common(1),
        doc: "`then` where the condition holds, `else` where it does not or is empty.",
        code: |c| c.value(if c.truth(0) { 1 } else { 2 }),
    },
    Function {
        name: "coalesce",
        parameters: &[one("value", Kind::Any), repeated("value", Kind::Any)],
        gives: Gives::Common(0),
        doc: "The first value that is not empty.",
        code: |c| c.values(0).find(|v| !v.is_empty()).unwrap_or(Operand::Empty),
    },
    Function {
        name: "once",
        parameters: &[one("value", Kind::Constant)],
        gives: Gives::First,
        doc: "The value as it is drawn first, which `random()`, `now()`, `today()` and `uuid()` are in any case; what \
              reads an answer is refused, for a calculation follows its answers.",
        code: |c| c.value(0),
    },
    Function {
        name: "not",
        parameters: &[one("condition", Kind::Condition)],
        gives: Gives::Is(Boolean),
        doc: "True where the condition does not hold; also where it is empty.",
        code: |c| Operand::Boolean(!c.truth(0)),
    },
    Function {
        name: "true",
        parameters: &[],
        gives: Gives::Is(Boolean),
        doc: "True.",
        code: |_| Operand::Boolean(true),
    },
    Function {
        name: "false",
        parameters: &[],
        gives: Gives::Is(Boolean),
        doc: "False.",
        code: |_| Operand::Boolean(false),
    },
    Function {
        name: "boolean",
        parameters: &[one("value", Kind::Any)],
        gives: Gives::Is(Boolean),
        doc: "False for empty, zero and false; true for anything else, also for the text `false`.",
        code: |c| Operand::Boolean(c.truth(0)),
    },
    Function {
        name: "boolean-from-string",
        parameters: &[one("text", Kind::Text)],
        gives: Gives::Is(Boolean),
        doc: "True for the texts `true` and `1`, false for any other.",
        code: |c| Operand::Boolean(matches!(&*c.text(0), "true" | "1")),
    },
    Function {
        name: "checklist",
        parameters: &[
            one("least", Kind::Number),
            one("most", Kind::Number),
            repeated("condition", Kind::Condition),
        ],
        gives: Gives::Is(Boolean),
        doc: "Whether at least `least` and at most `most` of the conditions hold; -1 sets no limit.",
        code: |c| within(c, c.values(2).filter(Operand::truth).count() as f64),
    },
    Function {
        name: "weighted-checklist",
        parameters: &[
            one("least", Kind::Number),
            one("most", Kind::Number),
            paired("condition", Kind::Condition),
            paired("weight", Kind::Number),
        ],
        gives: Gives::Is(Boolean),
        doc: "As `checklist`, but each condition that holds counts with its weight.",
        code: |c| {
            let weights =
                (2..c.len()).step_by(2).filter(|at| c.truth(*at)).filter_map(|at| c.decimal(at + 1));
            within(c, weights.sum())
        },
    },
];

fn within(c: Call<'_>, count: f64) -> Operand<'_> {
    let (Some(least), Some(most)) = (c.decimal(0), c.decimal(1)) else { return Operand::Empty };
    Operand::Boolean((least < 0.0 || count >= least) && (most < 0.0 || count <= most))
}
