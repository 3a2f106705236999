//! `indicators.toml` read and checked: the file, its derived variables, and what is the same for
//! every indicator. What depends on an indicator's kind is in [`super::kinds`].

use std::collections::HashMap;

use super::about::{Provider, Sector, Topic};
use super::context::{Context, grouping, unit, unknown_word};
use super::definition::{Base, Category, Definitions, Grouping, Indicator, Measure, Split, Variable};
use super::domains::TOTAL;
use super::kinds;
use super::precision;
use super::scope;
use crate::dataset::Dataset;
use crate::diagnostic::document::{self, Codes, Entries, Located, Reader};
use crate::diagnostic::{Diagnostic, Report, Span, nearest};
use crate::expression::Expect;

pub(super) const CODES: Codes =
    Codes { syntax: "I0001", unknown_key: "I0002", missing_key: "I0003", wrong_type: "I0004" };

/// Reads and checks an `indicators.toml` against the tables of a dataset, which may be empty. All
/// mistakes go to the report; the definitions are there unless it gained an error.
pub fn compile<'d>(
    text: &str,
    name: &str,
    dataset: &'d Dataset,
    report: &mut Report,
) -> Option<Definitions<'d>> {
    let before = report.errors();
    let definitions =
        document::read(name, text, CODES, report, |reader, top| Some(definitions(reader, top, dataset)));
    definitions.filter(|_| report.errors() == before)
}

fn definitions<'d>(reader: &mut Reader<'_>, mut top: Entries<'_>, dataset: &'d Dataset) -> Definitions<'d> {
    reader.format(&mut top, 1);
    let mut context = Context { dataset, variables: Vec::new(), providers: Vec::new(), splits: Vec::new() };
    let mut names = HashMap::new();
    for table in reader.tables(&mut top, "variables", "a variable") {
        variable(reader, table, &mut context, &mut names);
    }
    let mut providers = HashMap::new();
    for table in reader.tables(&mut top, "providers", "a provider") {
        context.providers.extend(provider(reader, table, &mut providers));
    }
    let mut ids = HashMap::new();
    let mut indicators = Vec::new();
    for table in reader.tables(&mut top, "indicators", "an indicator") {
        indicators.extend(indicator(reader, table, &mut context, &mut ids));
    }
    let mut definitions = Definitions {
        dataset,
        variables: context.variables,
        providers: context.providers,
        splits: context.splits,
        indicators,
        group_names: HashMap::new(),
    };
    definitions.name_groups(reader, &mut top);
    top.finish(reader);
    definitions
}

/// Reports a name of the wrong form, or one used before.
fn name(reader: &mut Reader<'_>, name: &Located, what: &str, seen: &mut HashMap<String, Span>) {
    let text = &name.text;
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        reader.report.push(
            Diagnostic::error("I0101", name.span.clone(), format!("`{text}` cannot be {what}"))
                .help("Use small letters, digits and underscores, such as `safe_day` or `18_29`."),
        );
    }
    if let Some(first) = seen.get(text) {
        reader.report.push(
            Diagnostic::error("I0102", name.span.clone(), format!("`{text}` is defined twice"))
                .label("here again")
                .related(first.clone(), "first here")
                .help("Give one of them another name."),
        );
    } else {
        seen.insert(text.clone(), name.span.clone());
    }
}

/// Reports a grouping or a group that would have the rows of everybody.
fn refuse_total(reader: &mut Reader<'_>, place: &Span, name: &str, help: &str) {
    if name == TOTAL {
        reader.report.push(
            Diagnostic::error("I0127", place.clone(), "`total` is everybody together in results")
                .label("nothing else can have this name")
                .help(help),
        );
    }
}

fn variable(
    reader: &mut Reader<'_>,
    mut table: Entries<'_>,
    context: &mut Context<'_>,
    seen: &mut HashMap<String, Span>,
) {
    let id = reader.required_text(&mut table, "name", "\"age_group\"");
    let label = reader.text(&mut table, "label");
    let written = reader.text(&mut table, "unit");
    let unit = unit(reader.report, written.as_ref(), context);
    if let Some(id) = &id {
        name(reader, id, "a variable's name", seen);
        refuse_total(reader, &id.span, &id.text, "Give the variable another name.");
        if context.dataset.tables.iter().any(|t| t.column(&id.text).is_some() || t.name == id.text) {
            reader.report.push(
                Diagnostic::error("I0103", id.span.clone(), format!("`{}` is in the data already", id.text))
                    .label("a question, roster or column of the frame has this name")
                    .help("Give the variable another name."),
            );
        }
    }
    let mut categories = Vec::new();
    let mut category_names = HashMap::new();
    let tables = reader.tables(&mut table, "categories", "a category");
    if tables.is_empty() {
        reader.report.push(
            Diagnostic::error("I0104", table.place().clone(), "This variable has no categories").help(
                "Add `categories = [{ name = \"young\", label = \"18-29\", when = \"${age} < 30\" }]`.",
            ),
        );
    }
    for mut table in tables {
        let id = reader.required_text(&mut table, "name", "\"young\"");
        let label = reader.text(&mut table, "label");
        let when = reader.required_text(&mut table, "when", "\"${age} < 30\"");
        table.finish(reader);
        if let Some(id) = &id {
            name(reader, id, "a category's name", &mut category_names);
            refuse_total(reader, &id.span, &id.text, "Give the category another name, such as `all_ages`.");
        }
        let when = when
            .and_then(|when| scope::expression(&when, &context.scope(unit), Expect::Boolean, reader.report));
        if let (Some(id), Some(when)) = (id, when) {
            let label = label.map_or_else(|| id.text.clone(), |l| l.text);
            categories.push(Category { name: id.text, label, when });
        }
    }
    table.finish(reader);
    // Kept even where a category is wrong, so that disaggregations by it are not wrong as well.
    if let Some(id) = id {
        let label = label.map_or_else(|| id.text.clone(), |l| l.text);
        context.variables.push(Variable { name: id.text, label, table: unit, categories });
    }
}

fn indicator(
    reader: &mut Reader<'_>,
    mut table: Entries<'_>,
    context: &mut Context<'_>,
    ids: &mut HashMap<String, Span>,
) -> Option<Indicator> {
    let id = reader.required_text(&mut table, "id", "\"safe_after_dark\"");
    if let Some(id) = &id {
        name(reader, id, "an indicator's id", ids);
    }
    let title = reader.required_text(&mut table, "title", "\"Feel safe after dark\"");
    let source = reader.text(&mut table, "source");
    let topic = topic(reader, &mut table);
    let provider = reader.text(&mut table, "provider");
    let kind = reader.required_text(&mut table, "kind", "\"proportion\"");
    let is_index = kind.as_ref().is_some_and(|kind| kind.text == "index");
    let of =
        if is_index { None } else { reader.required_text(&mut table, "of", "\"${question} = 'choice'\"") };
    let base = base(reader, &mut table);
    let written = reader.text(&mut table, "unit");
    let unit = unit(reader.report, written.as_ref(), context);
    let precision = precision::read(reader, &mut table);
    let by = reader.texts(&mut table, "by").unwrap_or_default();
    let splits = by_splits(reader, &by, unit, context);
    let measure = kind.and_then(|kind| kinds::measure(reader, &mut table, context, unit, &kind, of.as_ref()));
    table.finish(reader);
    let provider = provider.and_then(|written| provider_of(reader, &written, measure.as_ref(), context));
    let (base, base_place) = base?;
    let measure = measure?;
    if base != Base::Valid && measure.is_numeric() {
        let kind = measure.kind();
        reader.report.push(
            Diagnostic::error("I0106", base_place, format!("A {kind} has the base `valid`"))
                .note(format!("A missing answer is not the number 0, so it cannot be part of a {kind}."))
                .help("Write `base = \"valid\"`. Where missing means none, say so: `coalesce(${x}, 0)`."),
        );
    }
    Some(Indicator {
        id: id?.text,
        title: title?.text,
        source: source.map(|source| source.text),
        topic,
        provider,
        measure,
        table: unit,
        base,
        by: splits,
        precision,
    })
}

fn provider(
    reader: &mut Reader<'_>,
    mut table: Entries<'_>,
    seen: &mut HashMap<String, Span>,
) -> Option<Provider> {
    let id = reader.required_text(&mut table, "name", "\"police\"");
    if let Some(id) = &id {
        name(reader, id, "a provider's name", seen);
    }
    let label = reader.required_text(&mut table, "label", "\"Police\"");
    let written = reader.required_text(&mut table, "type", "\"formal\"");
    table.finish(reader);
    let sector = written.and_then(|written| {
        let sector = Sector::from_name(&written.text);
        if sector.is_none() {
            unknown_word(
                reader.report,
                "I0131",
                &written,
                "type of provider",
                &Sector::ALL.map(Sector::name),
            );
        }
        sector
    });
    // Kept even where a part is wrong, so that indicators about it are not wrong as well.
    id.map(|id| Provider {
        label: label.map_or_else(|| id.text.clone(), |label| label.text),
        name: id.text,
        sector: sector.unwrap_or(Sector::Formal),
    })
}

fn topic(reader: &mut Reader<'_>, table: &mut Entries<'_>) -> Option<Topic> {
    let written = reader.text(table, "topic")?;
    let topic = Topic::from_name(&written.text);
    if topic.is_none() {
        unknown_word(reader.report, "I0130", &written, "topic", &Topic::ALL.map(Topic::name));
    }
    topic
}

/// The place of the provider that an indicator is about.
fn provider_of(
    reader: &mut Reader<'_>,
    written: &Located,
    measure: Option<&Measure>,
    context: &Context<'_>,
) -> Option<usize> {
    let place = context.providers.iter().position(|provider| provider.name == written.text);
    if place.is_none() {
        let unknown = Diagnostic::error(
            "I0132",
            written.span.clone(),
            format!("No provider is named `{}`", written.text),
        );
        let names = context.providers.iter().map(|provider| provider.name.as_str());
        let entry = "`[[providers]]`, with `name`, `label` and `type = \"formal\"` or `\"informal\"`";
        reader.report.push(match nearest(&written.text, names) {
            Some(near) => unknown.label(format!("did you mean `{near}`?")),
            None => unknown.help(format!("Define it above the indicators: {entry}.")),
        });
    }
    if let Some(measure) = measure.filter(|measure| measure.has_categories()) {
        let kind = measure.kind();
        reader.report.push(
            Diagnostic::error("I0133", written.span.clone(), format!("A `{kind}` is not about one provider"))
                .note("It gives one number for each choice.")
                .help("Leave `provider` out: choices that are named as a provider are that provider."),
        );
    }
    place
}

/// The base is always written: the field's own handbooks disagree on what goes without saying.
fn base(reader: &mut Reader<'_>, table: &mut Entries<'_>) -> Option<(Base, Span)> {
    let written = reader.required_text(table, "base", "\"valid\"")?;
    let base = Base::from_name(&written.text);
    if base.is_none() {
        unknown_word(reader.report, "I0105", &written, "base", &Base::NAMES);
    }
    base.map(|base| (base, written.span))
}

fn by_splits(reader: &mut Reader<'_>, by: &[Located], unit: usize, context: &mut Context<'_>) -> Vec<usize> {
    let mut splits: Vec<usize> = Vec::new();
    for written in by {
        let names: Vec<&str> = written.text.split('*').map(str::trim).collect();
        let (first, second) = match names.as_slice() {
            [one] => (*one, None),
            [one, two] if one != two => (*one, Some(*two)),
            _ => {
                reader.report.push(
                    Diagnostic::error(
                        "I0107",
                        written.span.clone(),
                        format!("`{}` is not one variable, or two different ones crossed", written.text),
                    )
                    .help("Write `\"sex\"` or `\"sex * district\"`."),
                );
                continue;
            }
        };
        let first = grouping_of_name(reader, written, first, unit, context);
        let crossed = second.map(|second| grouping_of_name(reader, written, second, unit, context));
        let (Some(first), Some(second)) = (first, crossed.map_or(Some(None), |c| c.map(Some))) else {
            continue;
        };
        let split = Split { name: names.join(" * "), first, second };
        let place = context.splits.iter().position(|s| *s == split).unwrap_or_else(|| {
            context.splits.push(split);
            context.splits.len() - 1
        });
        if splits.contains(&place) {
            reader.report.push(
                Diagnostic::error("I0108", written.span.clone(), "This disaggregation stands here twice")
                    .help("Remove one of them."),
            );
        } else {
            splits.push(place);
        }
    }
    splits
}

fn grouping_of_name(
    reader: &mut Reader<'_>,
    written: &Located,
    name: &str,
    unit: usize,
    context: &Context<'_>,
) -> Option<Grouping> {
    let start = written.text.find(name).unwrap_or(0);
    let place = written.part(&(start..start + name.len()));
    let grouping = grouping(reader.report, &place, name, unit, context)?;
    // A variable of that name was reported where it is defined.
    if matches!(grouping, Grouping::Column(_)) {
        let help =
            "Define the groups as a variable with another name under `[[variables]]`, and write that name.";
        refuse_total(reader, &place, name, help);
    }
    Some(grouping)
}
