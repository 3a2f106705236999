//! Question types and the keys that go with each.

use super::fields::{Fields, Placed};
use super::{DraftCheck, DraftInput, DraftOther, DraftQuestion, Required};
use crate::diagnostic::{Diagnostic, Report, nearest};
use crate::questionnaire::codes;
use crate::value::Missing;

/// What `type` says.
pub(super) enum DraftType {
    Group,
    Roster,
    Grid,
    Note,
    Calculate,
    Question(Asked),
}

/// The types of what is asked.
#[derive(Clone, Copy)]
pub(super) enum Asked {
    SelectOne,
    SelectMultiple,
    Rank,
    Scale,
    Integer,
    Decimal,
    Text,
    Date,
    Time,
    DateTime,
    GeoPoint,
    Barcode,
    File,
}

/// Every type, as written and as messages call a question of it.
const TYPES: &[(&str, DraftType, &str)] = &[
    ("select_one", DraftType::Question(Asked::SelectOne), "select_one question"),
    ("select_multiple", DraftType::Question(Asked::SelectMultiple), "select_multiple question"),
    ("rank", DraftType::Question(Asked::Rank), "rank question"),
    ("scale", DraftType::Question(Asked::Scale), "scale question"),
    ("integer", DraftType::Question(Asked::Integer), "integer question"),
    ("decimal", DraftType::Question(Asked::Decimal), "decimal question"),
    ("text", DraftType::Question(Asked::Text), "text question"),
    ("date", DraftType::Question(Asked::Date), "date question"),
    ("time", DraftType::Question(Asked::Time), "time question"),
    ("datetime", DraftType::Question(Asked::DateTime), "datetime question"),
    ("geopoint", DraftType::Question(Asked::GeoPoint), "geopoint question"),
    ("barcode", DraftType::Question(Asked::Barcode), "barcode question"),
    ("file", DraftType::Question(Asked::File), "file question"),
    ("note", DraftType::Note, "note"),
    ("calculate", DraftType::Calculate, "calculation"),
    ("group", DraftType::Group, "group"),
    ("roster", DraftType::Roster, "roster"),
    ("grid", DraftType::Grid, "grid"),
];

/// Types of other tools, with ours.
const FOREIGN_TYPES: &[(&str, &str)] = &[
    ("select", "select_one"),
    ("select_many", "select_multiple"),
    ("repeat", "roster"),
    ("begin_repeat", "roster"),
    ("begin_group", "group"),
    ("matrix", "grid"),
    ("range", "scale"),
    ("number", "integer"),
    ("int", "integer"),
    ("float", "decimal"),
    ("string", "text"),
    ("calculation", "calculate"),
    ("ranking", "rank"),
    ("gps", "geopoint"),
    ("location", "geopoint"),
    ("image", "file"),
    ("audio", "file"),
    ("video", "file"),
    ("photo", "file"),
];

/// The type of a question. `None` if there is none or it is unknown, which is reported.
pub(super) fn read_type(fields: &mut Fields<'_>, report: &mut Report) -> Option<&'static DraftType> {
    let written = fields.need_text("type", report)?;
    if let Some((_, kind, what)) = TYPES.iter().find(|(name, ..)| *name == written.value) {
        fields.call(what);
        return Some(kind);
    }
    let message =
        format!("{} has an unknown type `{}`", fields.title(), super::items::shorten(&written.value));
    let names = || TYPES.iter().map(|(name, ..)| *name);
    let foreign = FOREIGN_TYPES.iter().find(|(theirs, _)| *theirs == written.value).map(|(_, ours)| *ours);
    let mut diagnostic = Diagnostic::error(codes::UNKNOWN_TYPE, written.span, message)
        .note(format!("The types are {}.", names().collect::<Vec<_>>().join(", ")));
    if let Some(near) = foreign.or_else(|| nearest(&written.value, names())) {
        diagnostic = diagnostic.help(format!("Did you mean `{near}`?"));
    }
    report.push(diagnostic);
    None
}

/// What the questions of a grid share.
pub(super) struct Shared {
    required: Required,
    missing: Vec<Missing>,
    sensitive: bool,
    identifying: bool,
    allow_comment: bool,
}

impl Shared {
    /// A question that has nothing but this.
    pub(super) fn question(&self) -> DraftQuestion {
        DraftQuestion {
            input: DraftInput::Integer,
            required: self.required.clone(),
            default: None,
            read_only: None,
            constraint: None,
            constraint_message: None,
            checks: Vec::new(),
            missing: self.missing.clone(),
            sensitive: self.sensitive,
            identifying: self.identifying,
            note_to_enumerator: None,
            allow_comment: self.allow_comment,
            privacy_check: false,
            shuffled: false,
            other: None,
        }
    }
}

/// Reads what the questions of a grid share.
pub(super) fn read_shared(fields: &mut Fields<'_>, report: &mut Report) -> Shared {
    Shared {
        required: read_required(fields, report),
        missing: read_missing(fields, report),
        sensitive: fields.is_set("sensitive", report),
        identifying: fields.is_set("identifying", report),
        allow_comment: fields.flag("allow_comment", report).is_none_or(|flag| flag.value),
    }
}

/// Reads what a question has beyond what every item has. `None` where its input cannot be told.
pub(super) fn read(asked: Asked, fields: &mut Fields<'_>, report: &mut Report) -> Option<DraftQuestion> {
    let input = read_input(asked, fields, report);
    let chooses = matches!(asked, Asked::SelectOne | Asked::SelectMultiple | Asked::Rank);
    let shuffled = chooses && fields.is_set("randomize", report);
    let other = if chooses { read_other(fields, report) } else { None };
    let shared = read_shared(fields, report);
    let read_only = fields.flag("read_only", report).filter(|f| f.value).map(|f| f.span);
    let privacy_check = fields.is_set("privacy_check", report);
    let default = fields.text("default", report);
    let constraint = fields.text("constraint", report);
    let constraint_message = fields.text("constraint_message", report);
    let note_to_enumerator = fields.text("note_to_enumerator", report);
    if let (None, Some(message)) = (&constraint, &constraint_message)
        && !fields.has("constraint")
    {
        report.push(
            Diagnostic::error(
                codes::LONE_MESSAGE,
                message.span.clone(),
                format!("{} has a `constraint_message` but no `constraint`", fields.title()),
            )
            .help("Add the condition that every answer must meet, such as constraint = \". >= 0\", or remove the message."),
        );
    }
    if let (Some(read_only), None) = (&read_only, &default)
        && !fields.has("default")
    {
        report.push(
            Diagnostic::error(
                codes::NEVER_SET,
                read_only.clone(),
                format!(
                    "{} is read-only and has no `default`, so it can never have an answer",
                    fields.title()
                ),
            )
            .help("Add default = \"…\" with what it is to show, or remove `read_only`."),
        );
    }
    let checks = fields.tables("checks", "check", report);
    let checks = checks.into_iter().filter_map(|check| read_check(check, report)).collect();
    Some(DraftQuestion {
        input: input?,
        default,
        read_only,
        constraint,
        constraint_message,
        checks,
        note_to_enumerator,
        privacy_check,
        shuffled,
        other,
        ..shared.question()
    })
}

/// "Other, specify": the choice that calls for words, and what is then asked.
fn read_other(fields: &mut Fields<'_>, report: &mut Report) -> Option<DraftOther> {
    let mut other = fields.table("other", "`other`", report)?;
    let choice = other
        .text("choice", report)
        .unwrap_or_else(|| Placed { value: "other".to_owned(), span: other.span.clone() });
    let label = other.need_text("label", report);
    other.done(report);
    Some(DraftOther { choice, label: label? })
}

fn read_check(mut fields: Fields<'_>, report: &mut Report) -> Option<DraftCheck> {
    let when = fields.need_text("when", report);
    let message = fields.need_text("message", report);
    fields.done(report);
    Some(DraftCheck { when: when?, message: message? })
}

fn read_required(fields: &mut Fields<'_>, report: &mut Report) -> Required {
    match fields.flag_or_text("required", report) {
        None | Some(Ok(true)) => Required::Always,
        Some(Ok(false)) => Required::Never,
        Some(Err(condition)) => Required::When(condition),
    }
}

fn read_missing(fields: &mut Fields<'_>, report: &mut Report) -> Vec<Missing> {
    let recordable = || Missing::ALL.into_iter().filter(|m| m.is_recordable());
    let mut reasons = Vec::new();
    for written in fields.texts("missing", report) {
        match recordable().find(|m| m.name() == written.value) {
            Some(reason) if reasons.contains(&reason) => {}
            Some(reason) => reasons.push(reason),
            None => {
                let names: Vec<&str> = recordable().map(Missing::name).collect();
                let message = format!(
                    "`{}` is not a reason for a missing answer",
                    super::items::shorten(&written.value)
                );
                let mut diagnostic = Diagnostic::error(codes::UNKNOWN_MISSING, written.span, message)
                    .note(format!("The reasons are {}.", names.join(", ")));
                if let Some(near) = nearest(&written.value, names) {
                    diagnostic = diagnostic.help(format!("Did you mean `{near}`?"));
                }
                report.push(diagnostic);
            }
        }
    }
    reasons
}

fn read_input(asked: Asked, fields: &mut Fields<'_>, report: &mut Report) -> Option<DraftInput> {
    Some(match asked {
        Asked::SelectOne => {
            let (list, filter) = read_list(fields, report);
            DraftInput::SelectOne { list: list?, filter }
        }
        Asked::SelectMultiple => {
            let (list, filter) = read_list(fields, report);
            let min = fields.count("min", 0, report);
            let max = fields.count("max", 1, report);
            not_above("min", min.as_ref(), "max", max.as_ref(), report);
            DraftInput::SelectMultiple { list: list?, filter, min, max }
        }
        Asked::Rank => {
            let (list, filter) = read_list(fields, report);
            let top = if fields.has("top") {
                fields.count("top", 1, report)
            } else {
                fields.need_integer("top", report);
                None
            };
            DraftInput::Rank { list: list?, filter, top: top? }
        }
        Asked::Scale => {
            let (from, to) = (fields.need_integer("from", report), fields.need_integer("to", report));
            let (low, high) = (fields.need_text("low", report), fields.need_text("high", report));
            not_above("from", from.as_ref(), "to", to.as_ref(), report);
            DraftInput::Scale { from: from?, to: to?, low: low?, high: high? }
        }
        Asked::Text => DraftInput::Text {
            multiline: fields.is_set("multiline", report),
            pattern: fields.text("pattern", report),
        },
        Asked::Integer => DraftInput::Integer,
        Asked::Decimal => DraftInput::Decimal,
        Asked::Date => DraftInput::Date,
        Asked::Time => DraftInput::Time,
        Asked::DateTime => DraftInput::DateTime,
        Asked::GeoPoint => DraftInput::GeoPoint,
        Asked::File => DraftInput::File { endings: fields.texts("endings", report) },
        Asked::Barcode => DraftInput::Barcode { pattern: fields.text("pattern", report) },
    })
}

fn read_list(
    fields: &mut Fields<'_>,
    report: &mut Report,
) -> (Option<Placed<String>>, Option<Placed<String>>) {
    (fields.need_text("list", report), fields.text("choice_filter", report))
}

/// The lower of two limits must not lie above the higher.
fn not_above<T: PartialOrd + std::fmt::Display>(
    low_key: &str,
    low: Option<&Placed<T>>,
    high_key: &str,
    high: Option<&Placed<T>>,
    report: &mut Report,
) {
    if let (Some(low), Some(high)) = (low, high)
        && low.value > high.value
    {
        let message = format!(
            "`{low_key}` is {} and `{high_key}` is {}, so no answer fits both",
            low.value, high.value
        );
        report.push(
            Diagnostic::error(codes::LIMITS, low.span.clone(), message)
                .related(high.span.clone(), "")
                .help("Exchange the two numbers, or correct one of them."),
        );
    }
}
