//! Multiple choices, and lists written as text with spaces between the names.

use std::borrow::Cow;

use super::{Function, Gives, Kind, one, optional};
use crate::expression::node::{Literal, Node};
use crate::expression::operand::Operand;
use crate::value::Type::{Boolean, Integer, Text};

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "selected",
        parameters: &[one("choices", Kind::List), one("name", Kind::Choice)],
        gives: Gives::Is(Boolean),
        doc: "Whether the choice of that name is among the chosen.",
        code: |c| {
            let name = c.text(1);
            let name = name.trim();
            if name.is_empty() {
                // As with `= ''`: nothing is selected. Only if it is written out.
                let asked = matches!(c.arguments.get(1), Some(Node::Literal(Literal::Empty)));
                return Operand::Boolean(asked && c.value(0).is_empty());
            }
            Operand::Boolean(match c.value(0) {
                Operand::Choices(chosen) => chosen.iter().any(|n| n == name),
                other => other.into_text().split_whitespace().any(|n| n == name),
            })
        },
    },
    Function {
        name: "randomize",
        parameters: &[one("choices", Kind::List), optional("seed", Kind::Number)],
        gives: Gives::Is(Text),
        doc: "The names in random order, with spaces between them; the same for the same seed, else for the same \
              interview and place. To show choices in random order, write `randomize = true` in their question.",
        code: |c| {
            let mut names = match c.value(0) {
                Operand::Choices(chosen) => chosen.into_owned(),
                other => other.into_text().split_whitespace().map(str::to_owned).collect(),
            };
            let seed = c.decimal(1).unwrap_or_else(|| c.env.random() * f64::from(u32::MAX));
            shuffle(&mut names, seed);
            Operand::text(names.join(" "))
        },
    },
    Function {
        name: "count-selected",
        parameters: &[one("choices", Kind::List)],
        gives: Gives::Is(Integer),
        doc: "How many are chosen; 0 where nothing is.",
        code: |c| {
            let count = match c.value(0) {
                Operand::Choices(chosen) => chosen.len(),
                other => other.into_text().split_whitespace().count(),
            };
            Operand::Integer(i64::try_from(count).unwrap_or(i64::MAX))
        },
    },
    Function {
        name: "selected-at",
        parameters: &[one("choices", Kind::List), one("place", Kind::Number)],
        gives: Gives::Element,
        doc: "The name of the chosen at that place, counted from 0; for a ranking, 0 is the best.",
        code: |c| {
            let Some(Ok(place)) = c.number(1).map(|n| usize::try_from(n.whole())) else {
                return Operand::Empty;
            };
            match c.value(0) {
                Operand::Choices(Cow::Borrowed(chosen)) => {
                    chosen.get(place).map_or(Operand::Empty, |n| Operand::text(n.as_str()))
                }
                Operand::Choices(Cow::Owned(chosen)) => {
                    chosen.into_iter().nth(place).map_or(Operand::Empty, Operand::text)
                }
                other => {
                    let text = other.into_text();
                    let name = text.split_whitespace().nth(place).unwrap_or_default();
                    Operand::text(name.to_owned())
                }
            }
        },
    },
    Function {
        name: "jr:choice-name",
        parameters: &[one("name", Kind::List), one("'${question}'", Kind::QuestionName)],
        gives: Gives::Is(Text),
        doc: "The label, in the interview's language, of a choice of that question; of several, joined by `, `.",
        code: |c| {
            let Some(slot) = c.slot(1) else { return Operand::Empty };
            let names = c.text(0);
            let labels: Vec<_> =
                names.split_whitespace().filter_map(|name| c.env.label(slot, name)).collect();
            Operand::text(labels.join(", "))
        },
    },
    Function {
        name: "pulldata",
        parameters: &[
            one("list", Kind::ListName),
            one("column", Kind::Column),
            one("key column", Kind::Column),
            one("key", Kind::Text),
        ],
        gives: Gives::Is(Text),
        doc: "What stands in a column of a choice list, in the first choice that has the key in the key column: \
              `pulldata('districts', 'region', 'name', ${district})`. For a label, use `jr:choice-name`.",
        code: |c| {
            let key = c.text(3);
            let found = match key.trim() {
                "" => None,
                key => c.env.look_up(&c.text(0), &c.text(1), &c.text(2), key),
            };
            found.map_or(Operand::Empty, Operand::text)
        },
    },
];

/// Fisher and Yates with the generator of Park and Miller ("Random number generators: good ones are
/// hard to find", Communications of the ACM 31, 1988), as the `XForms` of the field have it.
fn shuffle(names: &mut [String], seed: f64) {
    const MODULUS: i64 = 2_147_483_647;
    let mut state = (seed.trunc() as i64) % MODULUS;
    if state <= 0 {
        state += MODULUS - 1;
    }
    for left in (2..=names.len()).rev() {
        state = state * 16_807 % MODULUS;
        let unit = (state - 1) as f64 / (MODULUS - 1) as f64;
        names.swap(left - 1, ((unit * left as f64) as usize).min(left - 1));
    }
}
