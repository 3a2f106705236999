//! Texts with answers piped into them.

use super::codes;
use super::document::Placed;
use super::scope::{View, place};
use crate::diagnostic::{Diagnostic, Report};
use crate::expression::{Env, Expect, Expression};
use crate::value::Value;

/// What is shown for a piped answer that is not there yet.
const BLANK: &str = "___";

/// Text in every language, with expressions piped into it.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// One template per language of the questionnaire, the default language first; `None` where a
    /// translation is missing.
    variants: Vec<Option<Vec<Piece>>>,
}

/// A piece of a text.
#[derive(Debug, Clone)]
enum Piece {
    /// As it stands.
    Literal(String),
    /// `${name}`: the answer, a choice as its label.
    Piped(Expression),
}

impl Text {
    /// The text in a language (by index), with piped answers filled in: a choice as its label,
    /// several joined by commas, `___` where there is none. The default language's text where a
    /// translation is missing.
    #[must_use]
    pub fn render(&self, language: usize, env: &dyn Env) -> String {
        let pieces = self.pieces(language).iter();
        pieces.fold(String::new(), |text, piece| match piece {
            Piece::Literal(literal) => text + literal,
            Piece::Piped(expression) => text + &show(expression, env),
        })
    }

    /// The text in a language, `${…}` left standing.
    #[must_use]
    pub fn source(&self, language: usize) -> String {
        let pieces = self.pieces(language).iter();
        pieces.fold(String::new(), |text, piece| match piece {
            Piece::Literal(literal) => text + literal,
            Piece::Piped(expression) => text + expression.text(),
        })
    }

    /// The text that a language has of its own as it is written in a file, `$${` included.
    #[must_use]
    pub fn written(&self, language: usize) -> Option<String> {
        let pieces = self.variants.get(language)?.as_ref()?;
        Some(pieces.iter().fold(String::new(), |text, piece| match piece {
            Piece::Literal(literal) => text + &literal.replace("${", "$${"),
            Piece::Piped(expression) => text + expression.text(),
        }))
    }

    fn pieces(&self, language: usize) -> &[Piece] {
        let variant = self.variants.get(language).and_then(Option::as_ref);
        variant.or_else(|| self.variants.first()?.as_ref()).map_or(&[], Vec::as_slice)
    }

    /// Adds the text in the next language.
    pub(super) fn add(&mut self, written: Option<&Placed<String>>, view: &View<'_>, report: &mut Report) {
        // Lists may have 50,000 labels, nearly all of one piece and in one or two languages.
        let pieces = written.map(|written| {
            let mut pieces = read_pieces(written, view, report);
            pieces.shrink_to_fit();
            pieces
        });
        self.variants.reserve_exact(1);
        self.variants.push(pieces);
    }

    /// What is piped into the text of a language, sorted; nothing if it has none of its own.
    pub(super) fn piped(&self, language: usize) -> Option<Vec<&str>> {
        let pieces = self.variants.get(language)?.as_ref()?;
        let mut piped: Vec<&str> = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Literal(_) => None,
                Piece::Piped(expression) => Some(expression.text()),
            })
            .collect();
        piped.sort_unstable();
        piped.dedup();
        Some(piped)
    }
}

fn show(expression: &Expression, env: &dyn Env) -> String {
    let label = |name: &String| {
        let slot = expression.references().first().map(|r| r.slot);
        slot.and_then(|slot| env.label(slot, name)).unwrap_or_else(|| name.clone())
    };
    match expression.evaluate(env) {
        None => BLANK.to_owned(),
        Some(Value::Choice(name)) => label(&name),
        Some(Value::Choices(names)) if names.is_empty() => BLANK.to_owned(),
        Some(Value::Choices(names)) => names.iter().map(label).collect::<Vec<_>>().join(", "),
        Some(value) => value.to_string(),
    }
}

/// Splits a text at its `${…}`. `$${` is a `${` that stands for itself.
fn read_pieces(written: &Placed<String>, view: &View<'_>, report: &mut Report) -> Vec<Piece> {
    let text = &written.value;
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("${") {
        let open = at + found;
        if text[at..open].ends_with('$') {
            literal.push_str(&text[at..open - 1]);
            literal.push_str("${");
            at = open + 2;
            continue;
        }
        literal.push_str(&text[at..open]);
        let Some(length) = text[open..].find('}') else {
            let span = place(written, open..open + 2, report);
            report.push(
                Diagnostic::error(codes::TEMPLATE, span, "this `${` is never closed")
                    .help("Write `${name}` to show an answer, or `$${` for the two characters themselves."),
            );
            return pieces;
        };
        let close = open + length + 1;
        let name = text[open + 2..close - 1].trim();
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
            let span = place(written, open..close, report);
            report.push(
                Diagnostic::error(
                    codes::TEMPLATE,
                    span,
                    "only the name of a question or calculation can stand in `${…}`",
                )
                .help("For anything longer, add a calculation and show that."),
            );
        } else if let Some(expression) = view.compile_part(written, open..close, Expect::Any, report) {
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            pieces.push(Piece::Piped(expression));
        }
        at = close;
    }
    literal.push_str(&text[at..]);
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    pieces
}
