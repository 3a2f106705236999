//! Choice lists from CSV files: a header `name,code,label`, then one choice a line. Columns
//! `label::ar` hold labels in other languages; all other columns are for choice filters.

use csv::StringRecord;

use super::fields::Placed;
use super::items::check_name;
use super::lists::{check_choice_name, unread};
use super::{DraftChoice, DraftList};
use crate::diagnostic::sheet::Sheet;
use crate::diagnostic::{Diagnostic, Report, Span, nearest};
use crate::questionnaire::bundle::Bundle;
use crate::questionnaire::codes;

/// As many mistakes of one file are shown: more of the same help nobody.
const SHOWN: usize = 20;

/// Which columns hold what.
struct Header {
    name: usize,
    code: usize,
    label: usize,
    exclusive: Option<usize>,
    labels: Vec<(Placed<String>, usize)>,
    columns: Vec<(String, usize)>,
}

/// One file being read.
struct Table<'a> {
    sheet: Sheet<'a>,
}

/// Reads the file of a list. Without choices if it cannot be read at all, which is reported.
pub(super) fn read(
    name: Placed<String>,
    path: &Placed<String>,
    bundle: &Bundle,
    folder: &str,
    report: &mut Report,
) -> DraftList {
    let Some(bytes) = bundle.files.get(&path.value) else {
        let message =
            format!("the questionnaire's folder has no file `{}`", super::items::shorten(&path.value));
        let files =
            || bundle.files.keys().map(String::as_str).filter(|f| f.to_ascii_lowercase().ends_with(".csv"));
        let help = match nearest(&path.value, files()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => match files().next() {
                Some(_) => {
                    format!("Choice files there: {}.", files().take(10).collect::<Vec<_>>().join(", "))
                }
                None => "Put the file beside questionnaire.toml.".to_owned(),
            },
        };
        report.push(Diagnostic::error(codes::NO_FILE, path.span.clone(), message).help(help));
        return unread(name);
    };
    let Some((file, text)) = super::open(bytes, folder, &path.value, report) else { return unread(name) };
    let table = Table { sheet: Sheet::new(file, &text) };
    let mut reader = table.sheet.reader(true);
    let header = match reader.headers().cloned() {
        Ok(record) => table.header(&record, report),
        Err(error) => {
            report.push(Diagnostic::error(
                codes::CSV,
                Span::new(file, 0..0),
                format!("this is not CSV: {error}"),
            ));
            None
        }
    };
    let Some(header) = header else { return unread(name) };
    let mut list = DraftList {
        name,
        choices: Vec::new(),
        columns: header.columns.iter().map(|(name, _)| name.clone()).collect(),
        label_languages: header.labels.iter().map(|(language, _)| language.clone()).collect(),
        from_file: true,
        complete: true,
    };
    let before = report.diagnostics.len();
    for record in reader.records() {
        // The text is UTF-8 and the reader flexible, so no record fails.
        let Ok(record) = record else { continue };
        list.choices.extend(table.choice(&header, &record, report));
    }
    let found = report.diagnostics.len() - before;
    if found > SHOWN {
        report.diagnostics.truncate(before + SHOWN);
        let message = format!("{} more mistakes in `{}` are not shown", found - SHOWN, path.value);
        report.push(Diagnostic::error(codes::MANY, path.span.clone(), message));
    }
    list
}

impl Table<'_> {
    fn header(&self, record: &StringRecord, report: &mut Report) -> Option<Header> {
        let find = |wanted: &str| record.iter().position(|name| name == wanted);
        let missing: Vec<&str> =
            ["name", "code", "label"].into_iter().filter(|w| find(w).is_none()).collect();
        let (Some(name), Some(code), Some(label)) = (find("name"), find("code"), find("label")) else {
            let message = format!("the header lacks {}", quoted(&missing));
            let help = self.sheet.separator_help(record);
            let help = help.unwrap_or("The first line names the columns: name,code,label and any others.");
            report.push(Diagnostic::error(codes::CSV, self.sheet.first_line(), message).help(help));
            return None;
        };
        let mut header = Header {
            name,
            code,
            label,
            exclusive: find("exclusive"),
            labels: Vec::new(),
            columns: Vec::new(),
        };
        for (index, column) in record.iter().enumerate() {
            let written = Placed { value: column.to_owned(), span: self.sheet.cell(record, index) };
            if record.iter().position(|c| c == column) != Some(index) {
                let message = format!("two columns are named `{column}`");
                report.push(
                    Diagnostic::error(codes::CSV, written.span, message)
                        .help("Rename or remove one of them."),
                );
            } else if let Some(language) = column.strip_prefix("label::") {
                header.labels.push((Placed { value: language.trim().to_owned(), ..written }, index));
            } else if !["name", "code", "label", "exclusive"].contains(&column)
                && check_name(&written, report)
            {
                header.columns.push((written.value, index));
            }
        }
        Some(header)
    }

    fn choice(&self, header: &Header, record: &StringRecord, report: &mut Report) -> Option<DraftChoice> {
        let wanted = 1 + header
            .columns
            .iter()
            .map(|(_, index)| *index)
            .chain(header.labels.iter().map(|(_, index)| *index))
            .chain([header.name, header.code, header.label])
            .max()?;
        if record.len() < wanted {
            let message = format!("this line has {} columns, but the header has {wanted}", record.len());
            report.push(
                Diagnostic::error(codes::CSV, self.sheet.line_of(record), message)
                    .help("A text that holds a comma stands in double quotes: \"…, …\"."),
            );
            return None;
        }
        let text = |index: usize| Placed {
            value: record.get(index).unwrap_or_default().to_owned(),
            span: self.sheet.cell(record, index),
        };
        let need = |index: usize, what: &str, report: &mut Report| {
            let found = text(index);
            if found.value.is_empty() {
                let message = format!("this line has no {what}");
                report.push(Diagnostic::error(codes::MISSING_KEY, self.sheet.line_of(record), message));
                return None;
            }
            Some(found)
        };
        let name = need(header.name, "name", report).filter(|name| check_choice_name(name, report));
        let code = need(header.code, "code", report).and_then(|code| {
            let number = code.value.parse().ok();
            if number.is_none() {
                let message = format!("code `{}` is not a whole number", super::items::shorten(&code.value));
                report.push(
                    Diagnostic::error(codes::WRONG_TYPE, code.span.clone(), message)
                        .help("Write a number such as 1: statistics programs know the choice by it."),
                );
            }
            Some(Placed { value: number?, span: code.span })
        });
        let label = need(header.label, "label", report);
        let exclusive = match header.exclusive.and_then(|index| record.get(index)) {
            None | Some("" | "false" | "no" | "0") => false,
            Some("true" | "yes" | "1") => true,
            Some(other) => {
                let message = format!("`exclusive` is `{}`, not true or false", super::items::shorten(other));
                report.push(Diagnostic::error(codes::WRONG_TYPE, self.sheet.line_of(record), message));
                false
            }
        };
        Some(DraftChoice {
            name: name?,
            code: code?,
            label: label?,
            exclusive,
            columns: header.columns.iter().map(|(_, index)| text(*index).value).collect(),
            labels: header.labels.iter().map(|(_, index)| text(*index)).collect(),
        })
    }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
