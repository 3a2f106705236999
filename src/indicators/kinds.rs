//! What each kind of indicator needs, and the checks of its own keys.

use super::composite;
use super::context::{Context, grouping, unknown_word};
use super::definition::{Deciding, Measure};
use super::scope;
use super::units::ColumnAt;
use crate::dataset::{Column, Data, Dataset, Origin};
use crate::diagnostic::document::{Entries, Located, Reader, list};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expression::{Expect, Expression};

const KINDS: [&str; 11] = [
    "proportion",
    "mean",
    "total",
    "ratio",
    "quantile",
    "index",
    "gap",
    "distribution",
    "mentions",
    "net_balance",
    "rank_score",
];

/// Reads the keys that depend on the kind. `of` is there for every kind but `index`.
pub(super) fn measure(
    reader: &mut Reader<'_>,
    table: &mut Entries<'_>,
    context: &Context<'_>,
    unit: usize,
    kind: &Located,
    of: Option<&Located>,
) -> Option<Measure> {
    match kind.text.as_str() {
        "proportion" if table.has("choices") => chosen(reader, table, context, unit, of?),
        "proportion" | "mean" | "total" => {
            let asked_of = asked_of(reader, table, context, unit);
            let expect = if kind.text == "proportion" { Expect::Boolean } else { Expect::Number };
            let of = scope::expression(of?, &context.scope(unit), expect, reader.report)?;
            let deciding = deciding(&[&of], asked_of?, context);
            Some(match kind.text.as_str() {
                "proportion" => Measure::Proportion { of, deciding },
                "total" => Measure::Total { of, deciding },
                _ => Measure::Mean { of, deciding },
            })
        }
        "ratio" => {
            let asked_of = asked_of(reader, table, context, unit);
            let per = reader.required_text(table, "per", "\"${household_size}\"");
            let mut number =
                |text: &Located| scope::expression(text, &context.scope(unit), Expect::Number, reader.report);
            let (of, per) = (of.and_then(&mut number), per.as_ref().and_then(&mut number));
            let (of, per) = (of?, per?);
            let deciding = deciding(&[&of, &per], asked_of?, context);
            Some(Measure::Ratio { of, per, deciding })
        }
        "quantile" => {
            let asked_of = asked_of(reader, table, context, unit);
            let shares = shares(reader, table);
            let of = scope::expression(of?, &context.scope(unit), Expect::Number, reader.report)?;
            let deciding = deciding(&[&of], asked_of?, context);
            Some(Measure::Quantile { of, shares: shares?, deciding })
        }
        "index" => composite::index(reader, table, context, unit),
        "gap" => composite::gap(reader, table, context, unit, of?),
        "distribution" => {
            let of = of?;
            let name = name_of(reader, of)?;
            Some(Measure::Distribution(grouping(reader.report, &of.span, name, unit, context)?))
        }
        "mentions" => {
            let (at, column) = column(reader, of?, unit, context)?;
            match column.data() {
                Data::Choices(_, _, None) => Some(Measure::Mentions(at)),
                _ => unfit(reader, of?, column, "mentions", "a question with several choices"),
            }
        }
        "rank_score" => {
            let (at, column) = column(reader, of?, unit, context)?;
            match column.data() {
                Data::Choices(_, _, Some(top)) => Some(Measure::RankScore { column: at, top: *top }),
                _ => unfit(reader, of?, column, "rank_score", "a ranking"),
            }
        }
        "net_balance" => {
            let positive = reader.texts(table, "positive");
            let negative = reader.texts(table, "negative");
            let of = of?;
            let (at, column) = column(reader, of, unit, context)?;
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
            Some(Measure::NetBalance { column: at, positive: places(positive), negative: places(negative) })
        }
        _ => {
            unknown_word(reader.report, "I0111", kind, "kind of indicator", &KINDS);
            None
        }
    }
}

/// A proportion by the choices that count.
fn chosen(
    reader: &mut Reader<'_>,
    table: &mut Entries<'_>,
    context: &Context<'_>,
    unit: usize,
    of: &Located,
) -> Option<Measure> {
    let written = reader.texts(table, "choices").unwrap_or_default();
    let (at, column) = column(reader, of, unit, context)?;
    if column.list().is_none() {
        return unfit(reader, of, column, "choices", "a question with choices");
    }
    let choices: Vec<u32> = side_of(reader, &written, column).into_iter().map(|(choice, _)| choice).collect();
    if written.is_empty() {
        reader.report.push(
            Diagnostic::error("I0115", of.span.clone(), "No choice counts")
                .help("Write `choices = [\"choice\", …]`, or a condition in `of`."),
        );
    }
    Some(Measure::Chosen { column: at, choices })
}

/// The shares of a quantile.
fn shares(reader: &mut Reader<'_>, table: &mut Entries<'_>) -> Option<Vec<f64>> {
    let Some(written) = reader.numbers(table, "p").filter(|written| !written.is_empty()) else {
        reader.report.push(
            Diagnostic::error(
                "I0122",
                table.place().clone(),
                "A quantile needs the share of people below it",
            )
            .help("Write `p = 0.5` for the median, or `p = [0.25, 0.5, 0.75]`."),
        );
        return None;
    };
    for (place, (share, span)) in written.iter().enumerate() {
        if written.iter().take(place).any(|(other, _)| other.total_cmp(share).is_eq()) {
            let twice = Diagnostic::error("I0122", span.clone(), "This share stands here twice");
            reader.report.push(twice.help("Remove one of them."));
        }
        if !(*share > 0.0 && *share < 1.0) {
            let wrong = Diagnostic::error("I0122", span.clone(), "`p` must lie between 0 and 1");
            reader.report.push(wrong.help("0.5 is the median."));
        }
    }
    Some(written.into_iter().map(|(share, _)| share).collect())
}

/// What `asked_of` names, if it is there; the outer `None` where it names nothing.
#[expect(clippy::option_option, reason = "left out is not the same as wrong")]
pub(super) fn asked_of(
    reader: &mut Reader<'_>,
    table: &mut Entries<'_>,
    context: &Context<'_>,
    unit: usize,
) -> Option<Option<ColumnAt>> {
    let Some(written) = reader.text(table, "asked_of") else { return Some(None) };
    let found = context.column(&written.text, unit).filter(|(_, column)| decides(column));
    if found.is_none() {
        unknown_question(reader, &written, &written.text, unit, context);
    }
    found.map(|(at, _)| Some(at))
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

/// The question in `${name}`.
pub(super) fn column<'d>(
    reader: &mut Reader<'_>,
    of: &Located,
    unit: usize,
    context: &Context<'d>,
) -> Option<(ColumnAt, &'d Column)> {
    let name = name_of(reader, of)?;
    let found = context.column(name, unit);
    if found.is_none() {
        unknown_question(reader, of, name, unit, context);
    }
    found
}

fn unknown_question(
    reader: &mut Reader<'_>,
    place: &Located,
    name: &str,
    unit: usize,
    context: &Context<'_>,
) {
    let rows = context.rows_of(unit);
    let unknown =
        Diagnostic::error("I0113", place.span.clone(), format!("No question of {rows} is named `{name}`"));
    reader.report.push(match (context.roster_with(name, unit), nearest(name, context.names(unit))) {
        (Some(roster), _) => unknown.help(format!(
            "It has many answers in one interview; for numbers about the rows of `{roster}`, write `unit = \"{roster}\"`."
        )),
        (None, Some(near)) => unknown.label(format!("did you mean `{near}`?")),
        (None, None) => unknown.help("Write the name of a question, without `${` and `}`."),
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
pub(super) fn side_of(reader: &mut Reader<'_>, written: &[Located], column: &Column) -> Vec<(u32, Span)> {
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

/// Who was asked, and who answered, by what expressions read.
pub(super) fn deciding(of: &[&Expression], asked_of: Option<ColumnAt>, context: &Context<'_>) -> Deciding {
    let read = questions_read(of.iter().copied(), context.dataset);
    Deciding { asked: asked_of.map_or_else(|| read.clone(), |column| vec![column]), read }
}

/// The questions and calculations that expressions read one value of, in order. What they add up over a
/// roster does not decide who was asked.
pub(super) fn questions_read<'e>(
    expressions: impl Iterator<Item = &'e Expression>,
    dataset: &Dataset,
) -> Vec<ColumnAt> {
    let mut read: Vec<ColumnAt> = Vec::new();
    for column in expressions.flat_map(Expression::references).filter_map(scope::column_of) {
        if column.of(dataset).is_some_and(decides) && !read.contains(&column) {
            read.push(column);
        }
    }
    read
}
