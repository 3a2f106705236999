//! The sampling frame: one row per primary sampling unit, joined to interviews by a key.

use std::collections::{HashMap, HashSet};

use crate::dataset::Dataset;
use crate::diagnostic::document::Located;
use crate::diagnostic::sheet::Sheet;
use crate::diagnostic::{Diagnostic, Report, Span, nearest};
use crate::value::{Type, Value};

/// A sampling frame that was read.
#[derive(Debug)]
pub struct Frame {
    key: Located,
    keys: Vec<String>,
    index: HashMap<String, usize>,
    columns: Vec<Column>,
}

/// A column of the frame, typed: numbers if every cell that is not empty is one, and no two become the same, else text.
#[derive(Debug)]
struct Column {
    name: String,
    place: Span,
    ty: Type,
    cells: Vec<Option<Value>>,
}

/// An interview without a row in the frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// The interview's key.
    pub interview: String,
    /// What it has as the frame's key; `None` where that is missing.
    pub value: Option<String>,
}

impl Frame {
    /// Reads a CSV file whose column `key` names its rows. Cells are trimmed. The frame is there
    /// unless the report gained an error.
    pub fn read(text: &str, name: &str, key: &Located, report: &mut Report) -> Option<Self> {
        let before = report.errors();
        let file = report.sources.add(name, text);
        let sheet = Sheet::new(file, text);
        let mut reader = sheet.reader(false);
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => {
                report.push(unreadable(Span::new(file, 0..0), &error));
                return None;
            }
        };
        let first_line = sheet.first_line();
        repeated_names(&header, &first_line, report);
        let Some(key_column) = header.iter().position(|c| c == key.text) else {
            let missing = Diagnostic::error(
                "S0202",
                first_line,
                format!("The frame has no column `{}`, its key", key.text),
            )
            .related(key.span.clone(), "the key is named here");
            report.push(match (sheet.separator_help(&header), nearest(&key.text, &header)) {
                (Some(help), _) => missing.help(help),
                (None, Some(near)) => missing.label(format!("the nearest column is `{near}`")),
                (None, None) => {
                    missing.help("The key is a question and a column of the frame with one name.")
                }
            });
            return None;
        };
        let mut keys: Vec<String> = Vec::new();
        let mut places: Vec<Span> = Vec::new();
        let mut index = HashMap::new();
        let mut cells: Vec<Vec<String>> = vec![Vec::new(); header.len()];
        let mut odd: Vec<Vec<Span>> = vec![Vec::new(); header.len()];
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    report.push(unreadable(sheet.line_of_error(&error), &error));
                    continue;
                }
            };
            let place = sheet.line_of(&record);
            let value = record.get(key_column).unwrap_or_default();
            if value.is_empty() {
                report.push(
                    Diagnostic::error("S0204", place, "This row of the frame has no key")
                        .help(format!("Fill in `{}`, or remove the row.", key.text)),
                );
                continue;
            }
            if let Some(first) = index.get(value).and_then(|row: &usize| places.get(*row)) {
                report.push(
                    Diagnostic::error("S0203", place, format!("The key `{value}` stands twice in the frame"))
                        .label("here again")
                        .related(first.clone(), "first here")
                        .help("Each row of the frame is one unit: remove one row, or correct its key."),
                );
                continue;
            }
            index.insert(value.to_owned(), keys.len());
            keys.push(value.to_owned());
            places.push(place);
            for (n, (column, cell)) in cells.iter_mut().zip(&record).enumerate() {
                column.push(cell.to_owned());
                if is_no_number(cell)
                    && let Some(odd) = odd.get_mut(n)
                {
                    odd.push(sheet.cell(&record, n));
                }
            }
        }
        for ((name, cells), odd) in
            header.iter().zip(&cells).zip(&odd).filter(|((name, _), _)| *name != key.text)
        {
            say_odd(name, cells, odd, report);
        }
        let columns = header
            .iter()
            .zip(&cells)
            .filter(|(name, _)| *name != key.text)
            .map(|(name, cells)| Column::typed(name, first_line.clone(), cells))
            .collect();
        (report.errors() == before).then_some(Self { key: key.clone(), keys, index, columns })
    }

    /// How many units the frame has.
    #[must_use]
    pub fn units(&self) -> usize {
        self.keys.len()
    }

    /// The question whose answer picks the row.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key.text
    }

    /// The keys that none of these interviews (rows of the table) has, in the order of the frame.
    #[must_use]
    pub fn without_interview(&self, dataset: &Dataset, rows: &[usize]) -> Vec<&str> {
        let visited: HashSet<usize> =
            rows.iter().filter_map(|row| self.unit_of(dataset, *row).and_then(|(_, unit)| unit)).collect();
        let units = self.keys.iter().enumerate().filter(|(unit, _)| !visited.contains(unit));
        units.map(|(_, key)| key.as_str()).collect()
    }

    /// What an interview has as the frame's key, and the unit that it is of.
    fn unit_of(&self, dataset: &Dataset, row: usize) -> Option<(String, Option<usize>)> {
        let value = dataset.interviews().column(&self.key.text)?.value(row)?.to_string().trim().to_owned();
        let unit = self.index.get(&value).copied();
        Some((value, unit))
    }

    /// Adds the frame's columns to the interviews, and gives the interviews without a row in it, whatever their status. A
    /// column whose name is a question's is left out with a warning: the answer counts. `None` where the key
    /// is not a question, which is reported.
    pub fn attach(&self, dataset: &mut Dataset, report: &mut Report) -> Option<Vec<Unmatched>> {
        let interviews = dataset.interviews();
        let Some(key) = interviews.column(&self.key.text) else {
            let unknown = Diagnostic::error(
                "S0205",
                self.key.span.clone(),
                format!("The questionnaire asks nothing named `{}`", self.key.text),
            );
            let names = interviews.columns().iter().map(|c| c.name.as_str());
            report.push(match nearest(&self.key.text, names) {
                Some(near) => unknown.label(format!("did you mean `{near}`?")),
                None => unknown.help("The key is a question outside of rosters, and a column of the frame."),
            });
            return None;
        };
        // Which row of the frame it is tells the answer.
        let (is_sensitive, is_identifying) = (key.sensitive, key.identifying);
        let mut unmatched = Vec::new();
        let mut rows: Vec<Option<usize>> = Vec::with_capacity(interviews.rows());
        for row in 0..interviews.rows() {
            let (value, unit) = self.unit_of(dataset, row).unzip();
            let unit = unit.flatten();
            if unit.is_none() {
                unmatched.push(Unmatched { interview: interviews.key(row).to_owned(), value });
            }
            rows.push(unit);
        }
        for column in &self.columns {
            let cell = |row: usize| column.cells.get(rows.get(row).copied().flatten()?)?.clone();
            if dataset.attach(&column.name, column.ty, cell).is_err() {
                report.push(
                    Diagnostic::warning(
                        "S0206",
                        column.place.clone(),
                        format!("The frame's column `{}` has the name of a question", column.name),
                    )
                    .note("Expressions read the answer to the question, not the frame.")
                    .help("Rename the column in the frame if the frame's value is meant."),
                );
                continue;
            }
            if is_sensitive {
                dataset.mark_sensitive(&column.name);
            }
            if is_identifying && column.leads_to_a_row() {
                dataset.mark_leading_back(&column.name);
            }
        }
        Some(unmatched)
    }
}

impl Column {
    /// Whether a value stands in one row alone, so that it is as good as the key.
    fn leads_to_a_row(&self) -> bool {
        let mut rows: HashMap<Option<String>, usize> = HashMap::new();
        for cell in &self.cells {
            *rows.entry(cell.as_ref().map(ToString::to_string)).or_default() += 1;
        }
        rows.values().any(|count| *count == 1)
    }

    fn typed(name: &str, place: Span, cells: &[String]) -> Self {
        let filled = || cells.iter().filter(|c| !c.is_empty());
        let ty = if filled().next().is_none() {
            Type::Text
        } else if filled().all(|c| whole(c).is_some()) {
            Type::Integer
        } else if are_apart(filled().map(String::as_str)) {
            Type::Decimal
        } else {
            Type::Text
        };
        let value = |cell: &String| match ty {
            _ if cell.is_empty() => None,
            Type::Integer => whole(cell).map(Value::Integer),
            Type::Decimal => decimal(cell).map(Value::Decimal),
            _ => Some(Value::Text(cell.clone())),
        };
        Self { name: name.to_owned(), place, ty, cells: cells.iter().map(value).collect() }
    }
}

/// A whole number. `007` is a label, not a number: its zeros would be lost.
fn whole(cell: &str) -> Option<i64> {
    let number: i64 = cell.parse().ok()?;
    (number.to_string() == cell).then_some(number)
}

/// Whether all of these cells are numbers that keep them apart. The wards `3.1` and `3.10` would become one, and so would
/// codes with more digits than a number holds: those are labels.
fn are_apart<'c>(mut cells: impl Iterator<Item = &'c str>) -> bool {
    let mut written: HashMap<u64, &str> = HashMap::new();
    cells.all(|cell| {
        decimal(cell).is_some_and(|number| {
            let is_whole = cell.bytes().all(|b| b.is_ascii_digit() || b == b'-');
            // Zero has one meaning, whatever its sign.
            let known = written.entry((number + 0.0).to_bits()).or_insert(cell);
            *known == cell && !(is_whole && number.to_string() != cell)
        })
    })
}

/// A finite number written with digits.
pub(super) fn decimal(cell: &str) -> Option<f64> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if padded || !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    cell.parse().ok().filter(|n: &f64| n.is_finite())
}

fn repeated_names(header: &csv::StringRecord, line: &Span, report: &mut Report) {
    let mut seen = HashSet::new();
    for name in header {
        if !seen.insert(name) {
            report.push(
                Diagnostic::error(
                    "S0207",
                    line.clone(),
                    format!("Two columns of the frame are named `{name}`"),
                )
                .help("Rename one of them."),
            );
        }
    }
}

pub(super) fn unreadable(span: Span, error: &csv::Error) -> Diagnostic {
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("This row has {len} cells, but the header has {expected_len}")
        }
        _ => String::from("This file cannot be read as CSV"),
    };
    Diagnostic::error("S0201", span, message)
        .help("Save the file as CSV in UTF-8, with commas between cells and a header in the first row.")
}

/// Whether a cell is text that would keep a column from being one of numbers.
fn is_no_number(cell: &str) -> bool {
    !cell.is_empty() && decimal(cell).is_none()
}

/// A column is numbers or it is text. Where nearly all of its cells are numbers, the few that are not were hardly meant to make
/// it text; the mistake shows elsewhere then, where the design computes with it.
fn say_odd(name: &str, cells: &[String], odd: &[Span], report: &mut Report) {
    const OTHERS: usize = 3;
    let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
    let Some(first) = odd.first().filter(|_| filled >= odd.len() * (1 + OTHERS)) else { return };
    let Some(cell) = cells.iter().find(|cell| is_no_number(cell)) else { return };
    // `007` among other numbers is a label, and so are the others.
    if cell.starts_with('0') && cell.chars().all(|c| c.is_ascii_digit()) {
        return;
    }
    let more = if odd.len() > 1 { format!(", and {} more like it", odd.len() - 1) } else { String::new() };
    report.push(
        Diagnostic::warning(
            "S0208",
            first.clone(),
            format!("`{cell}` is not a number, so the whole column `{name}` is text"),
        )
        .label(format!("{} of {filled} cells are numbers{more}", filled - odd.len()))
        .help("Write a number with digits (`1200`, `0.5`), or leave the cell empty where it is not known."),
    );
}
