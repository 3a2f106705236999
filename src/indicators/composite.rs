//! Indicators that are put together from several numbers of a respondent or of several groups: `index` and `gap`.

use super::context::{Context, grouping};
use super::definition::{Grouping, Item, Measure, Scale};
use super::kinds::{asked_of, column, deciding, questions_read, side_of};
use super::scope;
use crate::diagnostic::document::{Entries, Located, Reader, list};
use crate::diagnostic::{Diagnostic, nearest};
use crate::expression::{Expect, Expression};
use crate::value::Type;

/// `items`, the `scale` that they share, and how many of them somebody must have.
pub(super) fn index(
    reader: &mut Reader<'_>,
    table: &mut Entries<'_>,
    context: &Context<'_>,
    unit: usize,
) -> Option<Measure> {
    let shared = reader.texts(table, "scale");
    let minimum = reader.integer(table, "minimum_answered");
    let place = table.place().clone();
    let tables = reader.tables(table, "items", "an item");
    let count = tables.len();
    let mut items = Vec::new();
    for item in tables {
        items.extend(self::item(reader, item, shared.as_deref(), context, unit));
    }
    if count < 2 {
        reader.report.push(
            Diagnostic::error("I0123", place, "An index needs at least two items")
                .help("Write `items = [{ of = \"${question}\", scale = [\"worst\", …, \"best\"] }, …]`."),
        );
    }
    let all = items.len();
    let minimum = match minimum {
        None => all,
        Some((minimum, span)) => match usize::try_from(minimum) {
            Ok(minimum) if (1..=count).contains(&minimum) => minimum,
            _ => {
                reader.report.push(
                    Diagnostic::error(
                        "I0123",
                        span,
                        format!("`minimum_answered` must be between 1 and {count}"),
                    )
                    .help("It says how many items somebody must have answered; left out, all of them."),
                );
                all
            }
        },
    };
    (all == count).then_some(Measure::Index { items, minimum })
}

fn item(
    reader: &mut Reader<'_>,
    mut table: Entries<'_>,
    shared: Option<&[Located]>,
    context: &Context<'_>,
    unit: usize,
) -> Option<Item> {
    let of = reader.required_text(&mut table, "of", "\"${question}\"");
    let own = reader.texts(&mut table, "scale");
    let from = reader.number(&mut table, "from");
    let to = reader.number(&mut table, "to");
    let place = table.place().clone();
    table.finish(reader);
    let of = of?;
    match (own.as_deref().or(shared.filter(|_| from.is_none() && to.is_none())), from, to) {
        (Some(steps), None, None) => {
            let (_, answers) = column(reader, &of, unit, context)?;
            if answers.ty() != Type::Choice {
                reader.report.push(
                    Diagnostic::error(
                        "I0124",
                        of.span.clone(),
                        "A scale of choices needs a question with one choice",
                    )
                    .label(format!("`{}` holds {}", answers.name, scope::type_name(answers)))
                    .help("For numbers write `from = 0, to = 10` in place of `scale`."),
                );
                return None;
            }
            let known = side_of(reader, steps, answers);
            let twice = known
                .iter()
                .enumerate()
                .find(|(at, (choice, _))| known.iter().take(*at).any(|(earlier, _)| earlier == choice));
            if let Some((_, (_, span))) = twice {
                reader.report.push(
                    Diagnostic::error("I0124", span.clone(), "This choice is on the scale twice").help(
                        "Steps are equally far from each other, so that each choice stands on one of them.",
                    ),
                );
                return None;
            }
            if steps.len() < 2 {
                reader.report.push(
                    Diagnostic::error("I0124", place, "A scale has at least two steps")
                        .help("Write the choices from the one that becomes 0 to the one that becomes 1."),
                );
                return None;
            }
            let of = scope::expression(&of, &context.scope(unit), Expect::Any, reader.report)?;
            let read = questions_read(std::iter::once(&of), context.dataset);
            let steps = Scale::Choices(steps.iter().map(|step| step.text.clone()).collect());
            (known.len() >= 2).then_some(Item { of, scale: steps, read })
        }
        (None, Some((from, _)), Some((to, span))) => {
            if from.total_cmp(&to).is_eq() {
                reader.report.push(
                    Diagnostic::error("I0124", span, "`from` and `to` are the same number")
                        .help("`from` is the number that becomes 0, `to` the one that becomes 1."),
                );
                return None;
            }
            let of = scope::expression(&of, &context.scope(unit), Expect::Number, reader.report)?;
            let read = questions_read(std::iter::once(&of), context.dataset);
            Some(Item { of, scale: Scale::Numbers(from, to), read })
        }
        _ => {
            reader.report.push(
                Diagnostic::error(
                    "I0124",
                    place,
                    "It is not clear how this item becomes a number from 0 to 1",
                )
                .help(
                    "Write `scale = [\"worst\", …, \"best\"]` for choices, or `from` and `to` for numbers.",
                ),
            );
            None
        }
    }
}

/// `less`, for two numbers of the same respondent, or `between` and `groups`, for two groups.
pub(super) fn gap(
    reader: &mut Reader<'_>,
    table: &mut Entries<'_>,
    context: &Context<'_>,
    unit: usize,
    of: &Located,
) -> Option<Measure> {
    let asked_of = asked_of(reader, table, context, unit);
    let less = reader.text(table, "less");
    let between = reader.text(table, "between");
    let groups = reader.texts(table, "groups");
    let place = table.place().clone();
    let one = condition_or_number(reader, of, context, unit);
    match (less, between, groups) {
        (Some(less), None, None) => {
            let other = condition_or_number(reader, &less, context, unit);
            let (of, other, asked_of) = (one?, other?, asked_of?);
            if of.ty().is_number() != other.ty().is_number() {
                reader.report.push(
                    Diagnostic::error(
                        "I0125",
                        less.span,
                        "A gap is between two conditions, or between two numbers",
                    )
                    .label(format!("`of` is {}, this is {}", of.ty(), other.ty())),
                );
                return None;
            }
            let deciding = deciding(&[&of, &other], asked_of, context);
            Some(Measure::Excess { of, less: other, deciding })
        }
        (None, Some(between), Some(groups)) => {
            let grouping = grouping(reader.report, &between.span, &between.text, unit, context);
            let places = two_groups(reader, &between, grouping?, &groups, context)?;
            let (of, asked_of) = (one?, asked_of?);
            let deciding = deciding(&[&of], asked_of, context);
            Some(Measure::Gap { of, deciding, between: grouping?, groups: places })
        }
        _ => {
            reader.report.push(
                Diagnostic::error("I0125", place, "It is not clear what the gap is between").help(
                    "Write `less = \"…\"` for two answers of the same respondent, or `between = \"sex\"` and \
                     `groups = [\"male\", \"female\"]` for two groups.",
                ),
            );
            None
        }
    }
}

fn condition_or_number(
    reader: &mut Reader<'_>,
    of: &Located,
    context: &Context<'_>,
    unit: usize,
) -> Option<Expression> {
    let found = scope::expression(of, &context.scope(unit), Expect::Any, reader.report)?;
    if found.ty().is_number() || found.ty() == Type::Boolean {
        return Some(found);
    }
    reader.report.push(
        Diagnostic::error("I0125", of.span.clone(), "A gap is between conditions or numbers")
            .label(format!("this is {}", found.ty()))
            .help("Write a condition, such as `${trust_police} = 'much'`."),
    );
    None
}

/// The places of two groups, the second of which is taken off the first.
fn two_groups(
    reader: &mut Reader<'_>,
    between: &Located,
    grouping: Grouping,
    written: &[Located],
    context: &Context<'_>,
) -> Option<[u32; 2]> {
    let names: Vec<String> = match grouping {
        Grouping::Variable(variable) => {
            let categories = context.variables.get(variable).into_iter().flat_map(|v| &v.categories);
            categories.map(|category| category.name.clone()).collect()
        }
        Grouping::Column(at) => {
            let column = at.of(context.dataset)?;
            match column.list() {
                Some(list) => list.names.to_vec(),
                None if column.ty() == Type::Boolean => vec![String::from("false"), String::from("true")],
                None => {
                    reader.report.push(
                        Diagnostic::error(
                            "I0126",
                            between.span.clone(),
                            "The groups of texts are not known before there is data",
                        )
                        .help("Define the groups under `[[variables]]` and use their name."),
                    );
                    return None;
                }
            }
        }
    };
    let [first, second] = written else {
        let place = written.first().map_or_else(|| between.span.clone(), |group| group.span.clone());
        reader.report.push(
            Diagnostic::error("I0126", place, "A gap is between two groups")
                .help(format!("`groups` names two of {}.", list(&names))),
        );
        return None;
    };
    let mut place = |group: &Located| {
        let found = names.iter().position(|name| *name == group.text);
        if found.is_none() {
            let unknown = Diagnostic::error(
                "I0126",
                group.span.clone(),
                format!("`{}` has no group `{}`", between.text, group.text),
            );
            reader.report.push(match nearest(&group.text, names.iter().map(String::as_str)) {
                Some(near) => unknown.label(format!("did you mean `{near}`?")),
                None => unknown.help(format!("The groups are {}.", list(&names))),
            });
        }
        found.map(|place| place as u32)
    };
    let (first_place, second_place) = (place(first), place(second));
    let places = [first_place?, second_place?];
    if places[0] == places[1] {
        reader.report.push(
            Diagnostic::error("I0126", second.span.clone(), "A gap is between two different groups")
                .help("The second group is taken off the first."),
        );
        return None;
    }
    Some(places)
}
