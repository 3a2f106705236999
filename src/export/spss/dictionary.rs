//! What a system file says before its cells.

use std::io::{self, Write};

use super::field::{Field, Form, Format, LONGEST_LABEL, code};
use super::labels;
use crate::export::cell::Kind;
use crate::export::names::{Length, Rules, SPSS, valid};
use crate::export::shorten::{self, How, IN_CODEBOOK, Shortened, without_nul};
use crate::export::{Plan, PlannedTable, Variable, What};
use crate::value::Missing;

/// What SPSS's own missing value is: the lowest number of all.
pub(super) const SYSTEM_MISSING: f64 = f64::MIN;
/// What is added to small whole numbers so that they fit into a byte.
pub(super) const BIAS: f64 = 100.0;

/// Writes everything before the cells.
pub(super) fn write(
    plan: &Plan<'_>,
    table: &PlannedTable<'_>,
    fields: &[Field<'_, '_>],
    to: &mut impl Write,
    shortened: &mut Vec<Shortened>,
) -> io::Result<()> {
    to.write_all(&header(plan, table, fields))?;
    // The places of the variables, counted in groups of 8 bytes from 1.
    let mut places = Vec::with_capacity(fields.len());
    let mut place = 1;
    for field in fields {
        places.push(place);
        place += groups(field) as u32;
        to.write_all(&variable(field))?;
    }
    for set in labels::sets(plan, fields, shortened) {
        let mut record = Vec::new();
        put(&mut record, &[3, set.labels.len() as i32]);
        for (value, label) in &set.labels {
            record.extend(value.to_le_bytes());
            record.push(label.len() as u8);
            record.extend(label.as_bytes());
            record.resize(record.len() + (8 - (label.len() + 1) % 8) % 8, b' ');
        }
        put(&mut record, &[4, set.fields.len() as i32]);
        let of_set = set.fields.iter().filter_map(|field| places.get(*field));
        record.extend(of_set.flat_map(|place| place.to_le_bytes()));
        to.write_all(&record)?;
    }
    to.write_all(&documents(plan, table))?;
    let mut information = Vec::new();
    integers(&mut information, 3, &[0, 1, 0, -1, 1, 1, 2, 65_001]);
    let limits = [SYSTEM_MISSING, f64::MAX, f64::from_bits(SYSTEM_MISSING.to_bits() - 1)];
    extension(&mut information, 4, 8, &limits.map(f64::to_le_bytes).concat());
    extension_text(&mut information, 7, &response_sets(plan, fields, shortened));
    integers(&mut information, 11, &fields.iter().flat_map(display).collect::<Vec<_>>());
    let names = fields
        .iter()
        .map(|field| format!("{}={}", field.short.first().map_or("", String::as_str), field.name));
    extension_text(&mut information, 13, &names.collect::<Vec<_>>().join("\t"));
    extension_text(&mut information, 14, &fields.iter().filter_map(very_long).collect::<String>());
    let cases = [1_i64, table.rows.len() as i64];
    extension(&mut information, 16, 8, &cases.map(i64::to_le_bytes).concat());
    extension_text(&mut information, 18, &attributes(plan, fields));
    extension_text(&mut information, 20, "UTF-8");
    put(&mut information, &[999, 0]);
    to.write_all(&information)
}

fn put(to: &mut Vec<u8>, numbers: &[i32]) {
    to.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

/// A text in so many bytes, cut or with spaces after it.
fn padded(text: &str, width: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes()[..text.floor_char_boundary(width)].to_vec();
    bytes.resize(width, b' ');
    bytes
}

/// How many groups of 8 bytes a row of it takes.
fn groups(field: &Field<'_, '_>) -> usize {
    match field.form {
        Form::Number(_) => 1,
        Form::Text(_) => field.segments().iter().map(|width| width.div_ceil(8)).sum(),
    }
}

fn header(plan: &Plan<'_>, table: &PlannedTable<'_>, fields: &[Field<'_, '_>]) -> Vec<u8> {
    let mut header = b"$FL2".to_vec();
    header.extend(padded("@(#) SPSS DATA FILE written by Doorstep", 60));
    let size: usize = fields.iter().map(groups).sum();
    // How its bytes lie, compressed, not weighted.
    put(&mut header, &[2, size as i32, 1, 0, i32::try_from(table.rows.len()).unwrap_or(-1)]);
    header.extend(BIAS.to_le_bytes());
    // The same data give the same bytes, whatever the day.
    header.extend(b"01 Jan 7000:00:00");
    // The documents have the whole.
    let title = format!("{} {}, {}", plan.dataset.questionnaire, plan.dataset.version, table.name);
    header.extend(padded(&shorten::bytes(&title, TITLE).unwrap_or(title), TITLE));
    header.extend([b' '; 3]);
    header
}

/// The record of a variable: one for each segment of it, and one more for each 8 bytes of text after the first.
fn variable(field: &Field<'_, '_>) -> Vec<u8> {
    let mut record = Vec::new();
    let segments = field.segments();
    for (number, short) in field.short.iter().enumerate() {
        let width = segments.get(number).copied().unwrap_or(0);
        let Format(kind, shown, decimals) = match field.form {
            Form::Number(format) => format,
            Form::Text(_) => Format(1, width as u8, 0),
        };
        let format = i32::from(kind) << 16 | i32::from(shown) << 8 | i32::from(decimals);
        let label = if number == 0 { field.label.as_str() } else { "" };
        // A range: from the lowest of the codes to the highest.
        let missing =
            field.reasons.map(|first| [code(first, Missing::NotReached), code(first, Missing::DontKnow)]);
        let missings = if missing.is_some() { -2 } else { 0 };
        put(&mut record, &[2, width as i32, i32::from(!label.is_empty()), missings, format, format]);
        record.extend(padded(short, 8));
        if !label.is_empty() {
            put(&mut record, &[label.len() as i32]);
            record.extend(padded(label, label.len().next_multiple_of(4)));
        }
        record.extend(missing.into_iter().flatten().flat_map(f64::to_le_bytes));
        for _ in 1..width.div_ceil(8) {
            put(&mut record, &[2, -1, 0, 0, 0, 0]);
            record.extend([b' '; 8]);
        }
    }
    record
}

/// The longest title of a file, in bytes.
const TITLE: usize = 64;
/// How many bytes a line of the documents has.
const LINE: usize = 80;

/// What people read who ask the file what it is.
fn documents(plan: &Plan<'_>, table: &PlannedTable<'_>) -> Vec<u8> {
    let data = plan.dataset;
    let lines = [
        format!("Doorstep: {}, version {}, table {}", data.questionnaire, data.version, table.name),
        format!("Keys: {}", table.keys.join(" ")),
        "Reasons for no answer are user-missing values; their labels say which.".to_owned(),
        "_codebook.csv beside this file has every variable with its question.".to_owned(),
    ];
    let mut record = Vec::new();
    let lines: Vec<&str> = lines.iter().flat_map(|line| in_lines(line)).collect();
    put(&mut record, &[6, lines.len() as i32]);
    record.extend(lines.iter().flat_map(|line| padded(line, LINE)));
    record
}

/// A text in lines, broken between words where that goes.
fn in_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while rest.len() > LINE {
        let most = rest.floor_char_boundary(LINE);
        let end = rest[..most].rfind(' ').map_or(most, |space| space + 1);
        let (line, after) = rest.split_at(end);
        lines.push(line);
        rest = after;
    }
    lines.push(rest);
    lines
}

/// A record of further information: groups of bytes, of which there are as many as it takes.
fn extension(to: &mut Vec<u8>, number: i32, size: usize, bytes: &[u8]) {
    if !bytes.is_empty() {
        put(to, &[7, number, size as i32, (bytes.len() / size) as i32]);
        to.extend(bytes);
    }
}

fn extension_text(to: &mut Vec<u8>, number: i32, text: &str) {
    extension(to, number, 1, text.as_bytes());
}

fn integers(to: &mut Vec<u8>, number: i32, integers: &[i32]) {
    extension(to, number, 4, &integers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<_>>());
}

/// Measurement level, width and alignment of each segment: numbers that count are on a scale, all others names.
fn display(field: &Field<'_, '_>) -> Vec<i32> {
    let measure = match field.source.variable().map(Variable::kind) {
        Some(Kind::Integer | Kind::Decimal | Kind::Date | Kind::Time | Kind::Moment) => 3,
        _ => 1,
    };
    match field.form {
        Form::Number(Format(_, width, _)) => vec![measure, i32::from(width.max(8)), 1],
        Form::Text(_) => {
            field.segments().iter().flat_map(|width| [1, (*width).clamp(8, 40) as i32, 0]).collect()
        }
    }
}

/// Which variables are a text in several segments, and how long it is.
fn very_long(field: &Field<'_, '_>) -> Option<String> {
    let (Form::Text(width), [first, _, ..]) = (field.form, field.short.as_slice()) else { return None };
    Some(format!("{first}={width:05}\0\t"))
}

/// What SPSS takes for the name of a set, behind its `$`.
const SETS: Rules = Rules { longest: Length::Bytes(63), reserved: &[], ..SPSS };

/// The variables of one question with several choices, as one set.
fn response_sets(plan: &Plan<'_>, fields: &[Field<'_, '_>], shortened: &mut Vec<Shortened>) -> String {
    let mut sets: Vec<(&str, String, Vec<String>)> = Vec::new();
    for field in fields {
        let Some(variable) = field.source.variable().filter(|v| matches!(v.what, What::Has(_))) else {
            continue;
        };
        let question = variable.column.name.as_str();
        let short = field.short.concat().to_lowercase();
        if let Some(set) = sets.last_mut().filter(|set| set.0 == question) {
            set.2.push(short);
        } else {
            let label = variable.column.labels.get(plan.options.language);
            sets.push((question, one_line(label.map_or("", String::as_str)), vec![short]));
        }
    }
    sets.retain(|set| set.2.len() > 1);
    let mut losses = |what, how, name: &str| {
        shortened.push(Shortened { what, how, whole: IN_CODEBOOK, name: name.to_owned() });
    };
    let names = valid(&sets.iter().map(|set| set.0).collect::<Vec<_>>(), &SETS);
    let line = |((question, label, variables), name): (&(&str, String, Vec<String>), &String)| {
        if name != question {
            losses("names of response sets", How::Cut("63 bytes"), question);
        }
        let cut = shorten::bytes(label, LONGEST_LABEL);
        if cut.is_some() {
            losses("labels of response sets", How::Cut("255 bytes"), question);
        }
        let label = cut.as_ref().unwrap_or(label);
        format!("${name}=D1 1 {} {label} {}\n", label.len(), variables.join(" "))
    };
    sets.iter().zip(&names).map(line).collect()
}

/// The whole labels in every language, for those that ask for a variable's attributes.
fn attributes(plan: &Plan<'_>, fields: &[Field<'_, '_>]) -> String {
    let of_field = |field: &Field<'_, '_>| {
        let variable = field.source.variable()?;
        let labels = plan.dataset.languages.iter().enumerate().map(|(language, tag)| {
            format!("Label_{}('{}'\n)", tag.replace('-', "_"), one_line(&variable.label(language)))
        });
        Some(format!("{}:{}", field.name, labels.collect::<String>()))
    };
    fields.iter().filter_map(of_field).collect::<Vec<_>>().join("/")
}

/// Line feeds end things in these records, and NUL ends texts.
fn one_line(text: &str) -> String {
    without_nul(text.replace(['\n', '\r'], " ")).into_owned()
}
