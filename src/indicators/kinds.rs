//! What each kind of indicator needs, and the checks of its own keys.

use super::context::{Context, grouping, unknown_word};
use super::definition::{Deciding, Measure};
use super::scope;
use crate::dataset::{Column, Data, Dataset, Origin};
use crate::diagnostic::document::{Entries, Located, Reader, list};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expression::{Expect, Expression};

const KINDS: [&str; 8] =
    ["proportion", "mean", "total", "ratio", "distribution", "mentions", "net_balance", "rank_score"];

/// Reads the keys that depend on the kind.
pub(super) fn measure(
    reader: &mut Reader<'_>,
    table: &mut Entries<'_>,
    context: &Context<'_>,
    kind: &Located,
    of: Option<&Located>,
) -> Option<Measure> {
    match kind.text.as_str() {
        "proportion" | "mean" | "total" | "ratio" => {
            let asked_of = reader.text(table, "asked_of");
            let is_ratio = kind.text == "ratio";
            let per = is_ratio.then(|| reader.required_text(table, "per", "\"${household_size}\""));
            let of = of?;
            let expect = if kind.text == "proportion" { Expect::Boolean } else { Expect::Number };
            let expression = scope::expression(of, context.dataset, expect, reader.report);
            let asked_of = match asked_of {
                Some(written) => Some(question(reader, &written, context)?),
                None => None,
            };
            let per = match per {
                Some(written) => {
                    Some(scope::expression(&written?, context.dataset, Expect::Number, reader.report)?)
                }
                None => None,
            };
            let of = expression?;
            let deciding = deciding([&of].into_iter().chain(&per), asked_of, context);
            Some(match (kind.text.as_str(), per) {
                (_, Some(per)) => Measure::Ratio { of, per, deciding },
                ("proportion", None) => Measure::Proportion { of, deciding },
                ("total", None) => Measure::Total { of, deciding },
                (_, None) => Measure::Mean { of, deciding },
            })
        }
        "distribution" => {
            let of = of?;
            let name = name_of(reader, of)?;
            Some(Measure::Distribution(grouping(reader.report, &of.span, name, context)?))
        }
        "mentions" => {
            let (number, column) = column(reader, of?, context)?;
            match column.data() {
                Data::Choices(_, _, None) => Some(Measure::Mentions(number)),
                _ => unfit(reader, of?, column, "mentions", "a question with several choices"),
            }
        }
        "rank_score" => {
            let (number, column) = column(reader, of?, context)?;
            match column.data() {
                Data::Choices(_, _, Some(top)) => Some(Measure::RankScore { column: number, top: *top }),
                _ => unfit(reader, of?, column, "rank_score", "a ranking"),
            }
        }
        "net_balance" => {
            let positive = reader.texts(table, "positive");
            let negative = reader.texts(table, "negative");
            let of = of?;
            let (number, column) = column(reader, of, context)?;
            if !matches!(column.data(), Data::Choice(..)) {
                return unfit(reader, of, column, "net_balance", "a question with one choice");
            }
            let sides = [("positive", positive), ("negative", negative)];
            let [positive, negative] = sides.map(|(key, side)| match side {
                Some(written) if !written.is_empty() => side_of(reader, &written, column),
                _ => {
                    reader.report.push(
                        Diagnostic::error(
                            "I0115",
                            of.span.clone(),
                            format!("A net balance needs the choices that count as {key}"),
                        )
                        .help(format!("Add `{key} = [\"choice\", …]`.")),
                    );
                    Vec::new()
                }
            });
            if let Some((_, place)) = negative.iter().find(|(n, _)| positive.iter().any(|(p, _)| p == n)) {
                reader.report.push(
                    Diagnostic::error("I0116", place.clone(), "This choice is both positive and negative")
                        .help("Leave it on one side, or on neither."),
                );
            }
            let places = |side: Vec<(u32, _)>| side.into_iter().map(|(choice, _)| choice).collect();
            Some(Measure::NetBalance {
                column: number,
                positive: places(positive),
                negative: places(negative),
            })
        }
        _ => {
            unknown_word(reader.report, "I0111", kind, "kind of indicator", &KINDS);
            None
        }
    }
}

/// The name in `${name}`, which is all that may stand there.
fn name_of<'t>(reader: &mut Reader<'_>, of: &'t Located) -> Option<&'t str> {
    let name = of.text.trim().strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).map(str::trim);
    let name = name.filter(|n| !n.is_empty() && !n.contains(['$', '{', '}', ' ']));
    if name.is_none() {
        reader.report.push(
            Diagnostic::error("I0112", of.span.clone(), "This kind of indicator is about one question")
                .help("Write the question's name alone: `of = \"${question}\"`."),
        );
    }
    name
}

fn column<'d>(reader: &mut Reader<'_>, of: &Located, context: &Context<'d>) -> Option<(usize, &'d Column)> {
    let name = name_of(reader, of)?;
    let interviews = context.dataset.interviews();
    let found = interviews.position(name).and_then(|n| Some((n, interviews.columns().get(n)?)));
    if found.is_none() {
        unknown_question(reader, of, name, context);
    }
    found
}

/// A question, by its bare name.
fn question(reader: &mut Reader<'_>, written: &Located, context: &Context<'_>) -> Option<usize> {
    let interviews = context.dataset.interviews();
    let found = interviews.position(&written.text);
    let found = found.filter(|n| interviews.columns().get(*n).is_some_and(decides));
    if found.is_none() {
        unknown_question(reader, written, &written.text, context);
    }
    found
}

fn unknown_question(reader: &mut Reader<'_>, place: &Located, name: &str, context: &Context<'_>) {
    let unknown = Diagnostic::error(
        "I0113",
        place.span.clone(),
        format!("No question of interviews is named `{name}`"),
    );
    let columns = context.dataset.interviews().columns();
    reader.report.push(match nearest(name, columns.iter().map(|c| c.name.as_str())) {
        Some(near) => unknown.label(format!("did you mean `{near}`?")),
        None => {
            unknown.help("Questions inside a roster have many answers in one interview and do not fit here.")
        }
    });
}

fn unfit(
    reader: &mut Reader<'_>,
    of: &Located,
    column: &Column,
    kind: &str,
    wanted: &str,
) -> Option<Measure> {
    reader.report.push(
        Diagnostic::error("I0114", of.span.clone(), format!("`{kind}` needs {wanted}"))
            .label(format!("`{}` holds {}", column.name, scope::type_name(column)))
            .help("`distribution` is for one choice, `mentions` for several, `rank_score` for a ranking."),
    );
    None
}

/// The places of choices in the column's list.
fn side_of(reader: &mut Reader<'_>, written: &[Located], column: &Column) -> Vec<(u32, Span)> {
    let Some(choices) = column.list() else { return Vec::new() };
    let mut side = Vec::new();
    for name in written {
        if let Some(place) = choices.position(&name.text) {
            side.push((place as u32, name.span.clone()));
            continue;
        }
        let unknown = Diagnostic::error(
            "I0117",
            name.span.clone(),
            format!("`{}` is not a choice of the list `{}`", name.text, choices.name),
        );
        reader.report.push(match nearest(&name.text, choices.names.iter().map(String::as_str)) {
            Some(near) => unknown.label(format!("did you mean `{near}`?")),
            None => unknown.help(format!("The choices are {}.", list(&choices.names))),
        });
    }
    side
}

/// Whether it can be missing for a reason that says who was asked.
fn decides(column: &Column) -> bool {
    matches!(column.origin, Origin::Question | Origin::Calculated)
}

fn deciding<'e>(
    expressions: impl Iterator<Item = &'e Expression>,
    asked_of: Option<usize>,
    context: &Context<'_>,
) -> Deciding {
    let read = questions_read(expressions, context.dataset);
    Deciding { asked: asked_of.map_or_else(|| read.clone(), |column| vec![column]), read }
}

/// The questions and calculations of interviews that expressions read, in order. What they add
/// up over a roster does not decide who was asked.
pub(super) fn questions_read<'e>(
    expressions: impl Iterator<Item = &'e Expression>,
    dataset: &Dataset,
) -> Vec<usize> {
    let columns = dataset.interviews().columns();
    let mut read: Vec<usize> = Vec::new();
    for reference in expressions.flat_map(Expression::references) {
        if let Some(column) = scope::interview_column(reference)
            && columns.get(column).is_some_and(decides)
            && !read.contains(&column)
        {
            read.push(column);
        }
    }
    read
}
