//! From the bytes of a file to its text and its TOML tree.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::DeTable;

use crate::diagnostic::{Diagnostic, Report, Span, nearest};
use crate::questionnaire::bundle::Bundle;
use crate::questionnaire::codes;

/// As many syntax mistakes of one file are shown: the first few usually cause the others.
const SYNTAX_SHOWN: usize = 10;

/// The text of a file and its number in the report's sources. `None` if it is not there or is not
/// text, which is reported.
pub(in crate::questionnaire) fn load<'a>(
    bundle: &'a Bundle,
    folder: &str,
    path: &str,
    report: &mut Report,
) -> Option<(usize, Cow<'a, str>)> {
    if let Some(bytes) = bundle.files.get(path) {
        return open(bytes, folder, path, report);
    }
    let file = report.sources.add(join(folder, path), "");
    let mut diagnostic =
        Diagnostic::error(codes::NO_FILE, Span::new(file, 0..0), format!("the folder has no file `{path}`"));
    diagnostic.help = Some(match nearest(path, bundle.files.keys().map(String::as_str)) {
        Some(near) => format!("There is a file `{near}`: rename it to `{path}`."),
        None => "A questionnaire is a folder with a file of that name in it.".to_owned(),
    });
    report.push(diagnostic);
    None
}

/// The text of these bytes, without a byte order mark. `None` if they are not UTF-8, which is
/// reported with the place of the first byte that is not.
pub(in crate::questionnaire) fn open<'a>(
    bytes: &'a [u8],
    folder: &str,
    path: &str,
    report: &mut Report,
) -> Option<(usize, Cow<'a, str>)> {
    let name = join(folder, path);
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            // A module that is included again is the same file.
            let file = report.sources.find(&name).unwrap_or_else(|| report.sources.add(name, text));
            Some((file, Cow::Borrowed(text)))
        }
        Err(error) => {
            let at = error.valid_up_to();
            let file = report.sources.add(name, String::from_utf8_lossy(bytes));
            let help = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
                "The file is in UTF-16: save it as UTF-8."
            } else {
                "Save the file as UTF-8; in a spreadsheet choose \"CSV UTF-8\"."
            };
            report.push(
                Diagnostic::error(
                    codes::ENCODING,
                    Span::new(file, at..at + '\u{fffd}'.len_utf8()),
                    format!("`{path}` is not UTF-8 text: byte {} is not part of any letter", at + 1),
                )
                .help(help),
            );
            None
        }
    }
}

/// The TOML tree of a text, each key and value with its place. `None` after a syntax mistake: what
/// is left of the tree would only lead to mistakes that are none.
pub(in crate::questionnaire) fn parse<'a>(
    file: usize,
    text: &'a str,
    report: &mut Report,
) -> Option<Spanned<DeTable<'a>>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Some(table);
    }
    for error in errors.iter().take(SYNTAX_SHOWN) {
        let span = Span::new(file, error.span().unwrap_or(0..0));
        report.push(explain(error.message(), span, text));
    }
    None
}

/// A syntax mistake in the words of people who have not read the TOML specification.
fn explain(message: &str, span: Span, text: &str) -> Diagnostic {
    let piece = text.get(span.range.clone()).unwrap_or("");
    if message.starts_with("duplicate key") {
        return Diagnostic::error(codes::SYNTAX, span, format!("`{piece}` is given twice"))
            .help("Remove one of the two.");
    }
    if message.contains("recurs") {
        return Diagnostic::error(codes::NESTING, span, "values are nested too deeply");
    }
    if message.starts_with("missing comma") {
        return Diagnostic::error(codes::SYNTAX, span, "a comma is missing before this").help(
            "Put a comma behind what stands before it, at the end of the line above if it begins a line.",
        );
    }
    if message.contains("string, expected") {
        let help = "Put the same quote at its end as at its beginning; within \"…\" write \\\" for a quote and \\\\ for a backslash.";
        return Diagnostic::error(
            codes::SYNTAX,
            span,
            "a text in quotes is not closed, or holds what it may not hold",
        )
        .help(help);
    }
    Diagnostic::error(codes::SYNTAX, span, format!("this is not valid TOML: {message}"))
        .help("Texts stand in quotes (\"…\"), lists in brackets ([…, …]), and each key on a line of its own.")
}

fn join(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{}/{path}", folder.trim_end_matches('/')) }
}
