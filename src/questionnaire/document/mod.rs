//! The questionnaire as written: what stands in `questionnaire.toml` and its choice files, each
//! thing with its place. Structure is checked here (keys, types of values, what is missing);
//! names and expressions are not.

mod csv_list;
mod fields;
mod items;
mod lists;
mod modules;
mod questions;
mod source;
mod words;

pub(super) use fields::{Fields, Placed};
pub(super) use source::{load, open, parse};

use self::items::Items;
use self::modules::Modules;
use toml::de::DeTable;

use super::ItemId;
use super::bundle::Bundle;
use super::codes;
use crate::diagnostic::{Diagnostic, Report, Span};
use crate::value::Missing;

/// The version of the format that this program reads.
const FORMAT: i64 = 1;

/// The questionnaire as written. Items stand in interview order; a broken one keeps its place, so
/// that its name is known.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) id: Option<Placed<String>>,
    pub(super) version: Option<Placed<String>>,
    pub(super) language: Option<Placed<String>>,
    pub(super) title: Option<Placed<String>>,
    pub(super) referral: Option<Placed<String>>,
    pub(super) lists: Vec<DraftList>,
    pub(super) items: Vec<Draft>,
    /// Whether every module could be read; otherwise a name that is not there proves nothing.
    pub(super) complete: bool,
    /// Where the questionnaire begins, for what is missing as a whole.
    pub(super) start: Option<Span>,
}

/// A choice list as written.
#[derive(Debug)]
pub(super) struct DraftList {
    pub(super) name: Placed<String>,
    pub(super) choices: Vec<DraftChoice>,
    pub(super) columns: Vec<String>,
    /// Languages of which a choice file has label columns.
    pub(super) label_languages: Vec<Placed<String>>,
    /// Whether the choices stand in a file of their own.
    pub(super) from_file: bool,
    /// Whether every choice and column could be read; otherwise what is not there proves nothing.
    pub(super) complete: bool,
}

/// A choice as written.
#[derive(Debug)]
pub(super) struct DraftChoice {
    pub(super) name: Placed<String>,
    pub(super) code: Placed<i64>,
    pub(super) label: Placed<String>,
    pub(super) exclusive: bool,
    pub(super) columns: Vec<String>,
    /// Labels in the languages of [`DraftList::label_languages`].
    pub(super) labels: Vec<Placed<String>>,
}

/// An item as written.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) name: Placed<String>,
    /// Whether the name is real, or stands in for one that is missing.
    pub(super) named: bool,
    /// A name that cannot be one: what refers to it is not to be judged.
    pub(super) refused: Option<String>,
    pub(super) parent: Option<ItemId>,
    pub(super) end: u32,
    pub(super) rosters: Vec<ItemId>,
    pub(super) label: Option<Placed<String>>,
    pub(super) hint: Option<Placed<String>>,
    pub(super) relevant: Option<Placed<String>>,
    /// Whether what stands directly in it is asked in random order.
    pub(super) shuffled: bool,
    /// Whether what stands directly in it belongs on one screen.
    pub(super) on_one_screen: bool,
    pub(super) body: Body,
}

/// What an item is, as written.
#[derive(Debug)]
pub(super) enum Body {
    Section,
    Group {
        grid: bool,
    },
    Roster {
        count: Option<Placed<String>>,
        per_choice: Option<Placed<String>>,
        per_row: Option<Placed<String>>,
        row_label: Option<Placed<String>>,
    },
    Note,
    Calculate {
        calculation: Placed<String>,
        sensitive: bool,
        identifying: bool,
    },
    Question(Box<DraftQuestion>),
    /// Not to be understood; the reason is reported.
    Broken,
}

/// A question as written.
#[derive(Debug, Clone)]
pub(super) struct DraftQuestion {
    pub(super) input: DraftInput,
    pub(super) required: Required,
    pub(super) default: Option<Placed<String>>,
    pub(super) read_only: Option<Span>,
    pub(super) constraint: Option<Placed<String>>,
    pub(super) constraint_message: Option<Placed<String>>,
    pub(super) checks: Vec<DraftCheck>,
    pub(super) missing: Vec<Missing>,
    pub(super) sensitive: bool,
    pub(super) identifying: bool,
    pub(super) note_to_enumerator: Option<Placed<String>>,
    pub(super) allow_comment: bool,
    pub(super) privacy_check: bool,
    /// Whether the choices are shown in random order.
    pub(super) shuffled: bool,
    pub(super) other: Option<DraftOther>,
}

/// "Other, specify", as written.
#[derive(Debug, Clone)]
pub(super) struct DraftOther {
    pub(super) choice: Placed<String>,
    pub(super) label: Placed<String>,
}

/// A soft check as written.
#[derive(Debug, Clone)]
pub(super) struct DraftCheck {
    pub(super) when: Placed<String>,
    pub(super) message: Placed<String>,
}

/// Whether an answer is required, as written.
#[derive(Debug, Clone)]
pub(super) enum Required {
    Always,
    Never,
    When(Placed<String>),
}

/// How a question is answered, as written.
#[derive(Debug, Clone)]
pub(super) enum DraftInput {
    SelectOne {
        list: Placed<String>,
        filter: Option<Placed<String>>,
    },
    SelectMultiple {
        list: Placed<String>,
        filter: Option<Placed<String>>,
        min: Option<Placed<u32>>,
        max: Option<Placed<u32>>,
    },
    Rank {
        list: Placed<String>,
        filter: Option<Placed<String>>,
        top: Placed<u32>,
    },
    Scale {
        from: Placed<i64>,
        to: Placed<i64>,
        low: Placed<String>,
        high: Placed<String>,
    },
    Integer,
    Decimal,
    Text {
        multiline: bool,
        pattern: Option<Placed<String>>,
    },
    Date,
    Time,
    DateTime,
    GeoPoint,
    Barcode {
        pattern: Option<Placed<String>>,
    },
    File {
        endings: Vec<Placed<String>>,
    },
}

impl DraftInput {
    /// Whether the answer is written freely.
    pub(super) fn is_written(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::GeoPoint | Self::Barcode { .. } | Self::File { .. })
    }

    /// Which choices are offered, where not all are.
    pub(super) fn filter(&self) -> Option<&Placed<String>> {
        match self {
            Self::SelectOne { filter, .. }
            | Self::SelectMultiple { filter, .. }
            | Self::Rank { filter, .. } => filter.as_ref(),
            _ => None,
        }
    }

    /// The name of the choice list, where there is one.
    pub(super) fn list(&self) -> Option<&Placed<String>> {
        match self {
            Self::SelectOne { list, .. } | Self::SelectMultiple { list, .. } | Self::Rank { list, .. } => {
                Some(list)
            }
            _ => None,
        }
    }
}

/// Reads `questionnaire.toml` and the choice files that it names. `None` where there is no text
/// to be understood; the reason is reported.
pub(super) fn read(bundle: &Bundle, folder: &str, report: &mut Report) -> Option<Document> {
    let (file, text) = load(bundle, folder, "questionnaire.toml", report)?;
    let table = parse(file, &text, report)?;
    let start = Span::new(file, 0..text.lines().next().map_or(0, str::len));
    let mut top = Fields::new(table.get_ref(), start.clone(), "questionnaire");
    let mut document = Document { start: Some(start), ..Document::default() };
    if check_format(&mut top, report).is_none() {
        top.report_misspelt(&["format"], report);
        return None;
    }
    document.id = top.need_text("id", report);
    document.version = top.need_text("version", report);
    document.language = top.need_text("language", report);
    document.title = top.need_text("title", report);
    document.referral = top.text("referral", report);
    let mut modules = Modules::new(bundle, folder);
    if let Some(tables) = top.table("lists", "table of lists", report) {
        modules.add_lists(&tables, report);
    }
    let sections = top.need_tables("sections", "section", report);
    let mut items = Items::new(modules, report);
    items.sections(sections);
    (document.items, document.lists, document.complete) = items.into_parts();
    top.done(report);
    Some(document)
}

/// The other files that the bytes of a `questionnaire.toml` or module name: choice files and
/// modules, each once, in order. Only paths that stay in the folder count; nothing if it is not
/// TOML, which [`compile`](super::compile) reports.
#[must_use]
pub fn files_named_in(toml: &[u8]) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(toml) else { return Vec::new() };
    let (table, _) = DeTable::parse_recoverable(text.trim_start_matches('\u{feff}'));
    let lists = table.get_ref().get("lists").and_then(|lists| lists.get_ref().as_table());
    let lists = lists.into_iter().flat_map(|lists| lists.values());
    let mut files: Vec<String> = lists
        .filter_map(|list| list.get_ref().get("file")?.get_ref().as_str())
        .chain(modules::named_in(table.get_ref()))
        .filter(|path| stays_inside(path))
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    files
}

/// Whether a path, on any system, leads to a file in or below the folder that it starts from.
fn stays_inside(path: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    !path.contains(['\\', ':', '\0']) && path.split('/').all(plain)
}

/// Another format may mean other things by the same keys, so nothing else is said about it.
fn check_format(top: &mut Fields<'_>, report: &mut Report) -> Option<()> {
    let format = top.need_integer("format", report)?;
    if format.value == FORMAT {
        return Some(());
    }
    report.push(
        Diagnostic::error(
            codes::FORMAT,
            format.span,
            format!("format {} is not one that this version reads", format.value),
        )
        .label(format!("this version reads format {FORMAT}"))
        .help(if format.value > FORMAT {
            "The questionnaire was written for a newer Doorstep: update Doorstep.".to_owned()
        } else {
            format!("Write `format = {FORMAT}`.")
        }),
    );
    None
}
