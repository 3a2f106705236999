//! What is known of a question beside its value, and of the rows of a roster.

use super::{Call, Function, Gives, Kind, one, paired};
use crate::expression::operand::Operand;
use crate::value::Missing;
use crate::value::Type::{Boolean, Integer, Text};

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "is-answered",
        parameters: &[one("${question}", Kind::Question)],
        gives: Gives::Is(Boolean),
        doc: "Whether the question has a value.",
        code: |c| Operand::Boolean(!c.value(0).is_empty()),
    },
    Function {
        name: "is-missing",
        parameters: &[one("${question}", Kind::Question)],
        gives: Gives::Is(Boolean),
        doc: "Whether it has no value, for a reason that is known: see `missing-reason`.",
        code: |c| Operand::Boolean(missing(c).is_some()),
    },
    Function {
        name: "is-dont-know",
        parameters: &[one("${question}", Kind::Question)],
        gives: Gives::Is(Boolean),
        doc: "Whether the respondent does not know.",
        code: |c| Operand::Boolean(missing(c) == Some(Missing::DontKnow)),
    },
    Function {
        name: "is-refused",
        parameters: &[one("${question}", Kind::Question)],
        gives: Gives::Is(Boolean),
        doc: "Whether the respondent refused to say.",
        code: |c| Operand::Boolean(missing(c) == Some(Missing::Refused)),
    },
    Function {
        name: "missing-reason",
        parameters: &[one("${question}", Kind::Question)],
        gives: Gives::Is(Text),
        doc: "Why it has no value: `dont_know`, `refused`, `not_applicable`, `not_alone`, `not_asked` or `not_reached`; empty if it has one.",
        code: |c| missing(c).map_or(Operand::Empty, |m| Operand::text(m.name())),
    },
    Function {
        name: "count",
        parameters: &[one("${roster}", Kind::Rows)],
        gives: Gives::Is(Integer),
        doc: "How many rows the roster has.",
        code: |c| integer(c.values(0).count()),
    },
    Function {
        name: "count-non-empty",
        parameters: &[one("${question}", Kind::Answers)],
        gives: Gives::Is(Integer),
        doc: "In how many rows the question has a value.",
        code: |c| integer(c.values(0).filter(|v| !v.is_empty()).count()),
    },
    Function {
        name: "position",
        parameters: &[one("..", Kind::Parent)],
        gives: Gives::Is(Integer),
        doc: "The number, from 1, of the current row of the roster around this question.",
        code: |c| match c.slot(0).and_then(|roster| c.env.position(roster)) {
            Some(row) => integer(row),
            None => Operand::Empty,
        },
    },
    Function {
        name: "indexed-repeat",
        parameters: &[
            one("${question}", Kind::Answers),
            one("${roster}", Kind::Roster),
            one("row", Kind::Number),
            paired("${inner roster}", Kind::Roster),
            paired("row", Kind::Number),
        ],
        gives: Gives::First,
        doc: "The value that the question has in that row of the roster, counted from 1; of rosters in each other, in the row of each.",
        code: |c| {
            let mut rows = Vec::new();
            for at in (1..c.arguments.len()).step_by(2) {
                let row = c.number(at + 1).and_then(|n| usize::try_from(n.whole()).ok());
                let (Some(roster), Some(row)) = (c.slot(at), row) else { return Operand::Empty };
                rows.push((roster, row));
            }
            let value = c.slot(0).and_then(|question| c.env.value_in_rows(question, &rows));
            Operand::from_value(value)
        },
    },
];

fn missing(c: Call<'_>) -> Option<Missing> {
    c.slot(0).and_then(|slot| c.env.missing(slot))
}

fn integer<'a>(count: usize) -> Operand<'a> {
    Operand::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
