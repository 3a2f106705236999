//! Known counts of the population, which weights are calibrated to: in `survey.toml`, or in a CSV beside it.

use std::collections::HashMap;

use super::frame::{decimal, unreadable};
use crate::diagnostic::document::{Entries, Located, Reader};
use crate::diagnostic::sheet::Sheet;
use crate::diagnostic::{Diagnostic, Report, Span, nearest};

/// What is known of one variable in the population.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// The variable: an expression over interviews.
    pub of: Located,
    /// What is known of it.
    pub known: Known,
}

/// What is known of a variable.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// How many people each of its values has.
    Counts(Vec<(String, f64)>),
    /// The sum of its numbers over all people.
    Sum(f64),
    /// The counts stand in a file with the columns `category` and `total`.
    File(Located),
}

/// The columns of a file of counts.
const COLUMNS: [&str; 2] = ["category", "total"];

/// Reads one `[[design.calibrate]]`.
pub(super) fn margin(reader: &mut Reader<'_>, mut table: Entries<'_>) -> Option<Margin> {
    let of = reader.required_text(&mut table, "of", "\"${sex}\"");
    let place = table.place().clone();
    let sum = reader.number(&mut table, "total");
    let file = reader.text(&mut table, "file");
    let is_wrong = table.has("totals") && sum.is_none() && file.is_none();
    let counts = reader.table(&mut table, "totals", "`totals`").map(|counts| {
        let names = counts.keys(reader.file);
        let count = |(name, _): (&str, Span)| {
            let (total, place) = reader.named_number(&counts, name)?;
            check_total(total, &place, reader.report);
            Some((name.to_owned(), total))
        };
        names.into_iter().filter_map(count).collect::<Vec<_>>()
    });
    table.finish(reader);
    let known = match (counts, file, sum) {
        (Some(counts), None, None) => Known::Counts(counts),
        (None, Some(file), None) => Known::File(file),
        (None, None, Some((sum, _))) => Known::Sum(sum),
        // Not a table, which was reported.
        _ if is_wrong => return None,
        _ => {
            reader.report.push(
                Diagnostic::error("S0105", place, "It is not clear what is known of this variable in the population")
                    .help(
                        "Write one of `totals = { female = 51200, male = 48300 }`, `file = \"population.csv\"` (columns \
                         `category` and `total`), or `total = 120000` for the sum of a number.",
                    ),
            );
            return None;
        }
    };
    Some(Margin { of: of?, known })
}

fn check_total(total: f64, place: &Span, report: &mut Report) {
    if total <= 0.0 {
        report.push(
            Diagnostic::error("S0106", place.clone(), "A count of people must be above 0")
                .help("Leave out a value that nobody has, or put it together with a similar one."),
        );
    }
}

impl Margin {
    /// Puts in what its file says, which is `text` and called `name`. Mistakes go to the report.
    pub fn read_counts(&mut self, text: &str, name: &str, report: &mut Report) {
        let file = report.sources.add(name, text);
        let sheet = Sheet::new(file, text);
        let mut reader = sheet.reader(false);
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => return report.push(unreadable(Span::new(file, 0..0), &error)),
        };
        let first_line = sheet.first_line();
        let mut column = |name: &str| {
            let found = header.iter().position(|column| column == name);
            if found.is_none() {
                let missing = Diagnostic::error(
                    "S0107",
                    first_line.clone(),
                    format!("This file has no column `{name}`"),
                );
                report.push(match (sheet.separator_help(&header), nearest(name, &header)) {
                    (Some(help), _) => missing.help(help),
                    (None, Some(near)) => missing.label(format!("the nearest is `{near}`")),
                    (None, None) => missing.help("It has one row for each value: `category,total`."),
                });
            }
            found
        };
        let [category, total] = COLUMNS.map(&mut column);
        let (Some(category), Some(total)) = (category, total) else { return };
        let mut counts: Vec<(String, f64)> = Vec::new();
        let mut seen: HashMap<String, Span> = HashMap::new();
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    report.push(unreadable(sheet.line_of_error(&error), &error));
                    continue;
                }
            };
            let place = sheet.line_of(&record);
            let cell = |column: usize| record.get(column).unwrap_or_default();
            let Some(count) = decimal(cell(total)) else {
                let wrong = format!("`{}` is not a number", cell(total));
                report.push(
                    Diagnostic::error("S0106", place, wrong).help("Write the count with digits: `51200`."),
                );
                continue;
            };
            check_total(count, &place, report);
            let name = cell(category).to_owned();
            if let Some(first) = seen.get(&name) {
                report.push(
                    Diagnostic::error("S0108", place, format!("`{name}` stands twice among the totals"))
                        .label("here again")
                        .related(first.clone(), "first here")
                        .help("Remove one row, or add the two up."),
                );
                continue;
            }
            seen.insert(name.clone(), place);
            counts.push((name, count));
        }
        self.known = Known::Counts(counts);
    }
}
