//! Choice lists, written in the questionnaire or in a file of their own.

use std::collections::HashMap;

use toml::de::DeValue;

use super::fields::{Fields, LONGEST_TEXT, Placed, too_long};
use super::items::{check_name, shorten};
use super::{DraftChoice, DraftList, csv_list};
use crate::diagnostic::{Diagnostic, Report};
use crate::questionnaire::bundle::Bundle;
use crate::questionnaire::codes;

/// The keys of a choice that are not columns.
const CHOICE_KEYS: [&str; 4] = ["name", "code", "label", "exclusive"];

/// All lists, in the order of the file.
pub(super) fn read(
    tables: &Fields<'_>,
    bundle: &Bundle,
    folder: &str,
    report: &mut Report,
) -> Vec<DraftList> {
    let mut lists = Vec::new();
    for (name, value) in tables.entries() {
        let good = check_name(&name, report);
        let before = report.errors();
        let mut list = if let Some(table) = value.get_ref().as_table() {
            let fields = tables.within(table, name.span.clone(), "list");
            read_list(name, fields, bundle, folder, report)
        } else {
            let message = format!("list `{}` is not a table", name.value);
            report.push(
                Diagnostic::error(codes::WRONG_TYPE, name.span.clone(), message)
                    .help(format!("Write [lists.{}] and below it choices = [{{ … }}].", name.value)),
            );
            unread(name)
        };
        list.complete = report.errors() == before;
        if good {
            check_choices(&list, report);
            lists.push(list);
        }
    }
    lists
}

/// A list of which only the name is known.
pub(super) fn unread(name: Placed<String>) -> DraftList {
    DraftList {
        name,
        choices: Vec::new(),
        columns: Vec::new(),
        label_languages: Vec::new(),
        from_file: false,
        complete: false,
    }
}

fn read_list(
    name: Placed<String>,
    mut fields: Fields<'_>,
    bundle: &Bundle,
    folder: &str,
    report: &mut Report,
) -> DraftList {
    let file = fields.text("file", report);
    if let Some(file) = file.as_ref().filter(|_| fields.has_parameter("file")) {
        report.push(
            Diagnostic::error(
                codes::PARAMETER,
                file.span.clone(),
                "the name of a file cannot hold a parameter",
            )
            .help("Put the list into questionnaire.toml, and give the module the list's name."),
        );
        return unread(name);
    }
    let written = if fields.has("file") && !fields.has("choices") {
        None
    } else {
        Some(fields.tables("choices", "choice", report))
    };
    let has_choices = fields.has("choices");
    let span = fields.span.clone();
    fields.done(report);
    if has_choices && let Some(file) = &file {
        let message = format!("list `{}` has both `choices` and `file`", name.value);
        report.push(
            Diagnostic::error(codes::UNKNOWN_KEY, file.span.clone(), message)
                .help("Remove one of them: the choices stand either here or in the file."),
        );
    }
    match (written, file) {
        (Some(choices), _) => {
            if !has_choices || choices.is_empty() {
                empty(&name, span, report);
            }
            read_choices(name, choices, report)
        }
        (None, Some(file)) => {
            let before = report.errors();
            let list = csv_list::read(name, &file, bundle, folder, report);
            if list.choices.is_empty() && report.errors() == before {
                empty(&list.name, file.span, report);
            }
            list
        }
        (None, None) => unread(name),
    }
}

fn empty(name: &Placed<String>, span: crate::diagnostic::Span, report: &mut Report) {
    report.push(
        Diagnostic::error(codes::EMPTY_LIST, span, format!("list `{}` has no choices", name.value)).help(
            "Add choices = [{ name = \"yes\", code = 1, label = \"Yes\" }], or file = \"….csv\" for a long list.",
        ),
    );
}

fn read_choices(name: Placed<String>, tables: Vec<Fields<'_>>, report: &mut Report) -> DraftList {
    let mut columns: Vec<Placed<String>> = Vec::new();
    for fields in &tables {
        for (key, _) in fields.entries() {
            if !CHOICE_KEYS.contains(&key.value.as_str()) && columns.iter().all(|c| c.value != key.value) {
                columns.push(key);
            }
        }
    }
    columns.retain(|column| check_name(column, report));
    let mut choices = Vec::new();
    for fields in tables {
        choices.extend(read_choice(fields, &columns, report));
    }
    let columns = columns.into_iter().map(|c| c.value).collect();
    DraftList { choices, columns, ..unread(name) }
}

fn read_choice(
    mut fields: Fields<'_>,
    columns: &[Placed<String>],
    report: &mut Report,
) -> Option<DraftChoice> {
    fields.report_misspelt(&["name", "code", "label"], report);
    let name = fields.need_text("name", report).filter(|name| check_choice_name(name, report));
    let code = fields.need_integer("code", report);
    let label = fields.need_text("label", report);
    let exclusive = fields.is_set("exclusive", report);
    let entries: HashMap<String, _> = fields.entries().into_iter().map(|(k, v)| (k.value, v)).collect();
    let mut values = Vec::with_capacity(columns.len());
    for column in columns {
        let value = entries.get(&column.value).map(|v| v.get_ref());
        if let Some(value) = value
            && !matches!(value, DeValue::String(_))
        {
            let span = entries.get(&column.value).map_or(0..0, |v| v.span());
            let message = format!("column `{}` of {} is not text", column.value, fields.title());
            let span = crate::diagnostic::Span::new(fields.span.file, span);
            report.push(Diagnostic::error(codes::WRONG_TYPE, span, message).help(
                match crate::diagnostic::nearest(&column.value, CHOICE_KEYS) {
                    Some(near) => format!("Did you mean `{near}`? Other keys are columns for choice filters, whose values stand in quotes."),
                    None => "Put it in quotes: keys other than name, code, label and exclusive are columns for choice filters.".to_owned(),
                },
            ));
        }
        values.push(fields.filled(value.and_then(DeValue::as_str).unwrap_or_default()));
    }
    Some(DraftChoice {
        name: name?,
        code: code?,
        label: label?,
        exclusive,
        columns: values,
        labels: Vec::new(),
    })
}

/// Choice names are stored, and stand with spaces between them where several are chosen.
pub(super) fn check_choice_name(name: &Placed<String>, report: &mut Report) -> bool {
    let good = name.value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if !good {
        let message = format!("`{}` cannot be the name of a choice", shorten(&name.value));
        report.push(
            Diagnostic::error(codes::BAD_NAME, name.span.clone(), message)
                .note("The name of a choice has only letters (a-z, A-Z), digits, `_`, `-` and `.`; it is what is stored.")
                .help("Put the words that people see into `label`."),
        );
    }
    good
}

/// Names and codes tell choices apart, so none may come twice.
fn check_choices(list: &DraftList, report: &mut Report) {
    let mut names: HashMap<&str, &DraftChoice> = HashMap::new();
    let mut codes_seen: HashMap<i64, &DraftChoice> = HashMap::new();
    for choice in &list.choices {
        if choice.label.value.len() > LONGEST_TEXT {
            let what = format!("the label of choice `{}`", choice.name.value);
            report.push(too_long(&what, &choice.label.value, &choice.label.span));
        }
        if let Some(first) = names.insert(&choice.name.value, choice) {
            let message = format!("list `{}` has two choices named `{}`", list.name.value, choice.name.value);
            report.push(
                Diagnostic::error(codes::DUPLICATE_CHOICE, choice.name.span.clone(), message)
                    .related(first.name.span.clone(), "the first")
                    .help("Give one of them another name."),
            );
        }
        if let Some(first) = codes_seen.insert(choice.code.value, choice) {
            let message = format!(
                "choices `{}` and `{}` of list `{}` have the same code {}",
                first.name.value, choice.name.value, list.name.value, choice.code.value
            );
            report.push(
                Diagnostic::error(codes::DUPLICATE_CODE, choice.code.span.clone(), message)
                    .related(first.code.span.clone(), "the first")
                    .help(
                        "Give each choice a code of its own: in data files only the code tells them apart.",
                    ),
            );
        }
    }
}
