//! What was answered, question by question.

use std::io;

use serde_json::{Value as Json, json};

use crate::cli::pictures::{Pictures, put_row};
use crate::cli::say::{count, put};
use crate::fieldwork::{Frequencies, Number, Shown, TableOf};
use crate::terminal::gate;
use crate::terminal::words::Words;

/// So many choices of a list are shown; of a longer one those that were made most often.
const MOST_CHOICES: usize = 15;
/// How many columns a bar takes.
const BAR: usize = 20;

/// A table's questions: those that were asked, and then what is calculated.
pub(super) fn print_table(pictures: &Pictures, table: &TableOf, is_roster: bool) -> io::Result<()> {
    put("")?;
    put(if is_roster {
        format!("{}: {}", table.name, count(table.rows, "row"))
    } else {
        count(table.rows, "interview")
    })?;
    put(pictures.rule())?;
    let (calculated, asked): (Vec<_>, Vec<_>) = table.questions.iter().partition(|q| q.is_calculated);
    asked.into_iter().try_for_each(|question| print_question(pictures, question))?;
    if !calculated.is_empty() {
        put("")?;
        put("Calculated:")?;
    }
    calculated.into_iter().try_for_each(|question| print_calculated(pictures, question))
}

/// What is calculated, on a line: nobody answered it, so it says little of the day.
fn print_calculated(pictures: &Pictures, question: &Frequencies) -> io::Result<()> {
    let text = match &question.shown {
        Shown::Numbers(Some(numbers)) => format!(
            "{} to {}, median {}, mean {}",
            number(numbers.min),
            number(numbers.max),
            number(numbers.median),
            rounded(numbers.mean)
        ),
        Shown::Moments(Some((first, last))) => format!("{} to {}", moment(first), moment(last)),
        Shown::Choices { choices, .. } => {
            let named = choices.iter().filter(|(.., n)| *n > 0);
            named.map(|(_, label, n)| format!("{} {n}", one_line(label))).collect::<Vec<_>>().join(", ")
        }
        Shown::Sensitive => format!("could harm respondents: `--with {}` shows it", question.name),
        Shown::Identifying => "tells who somebody is".to_owned(),
        Shown::Words => "text".to_owned(),
        Shown::Numbers(None) | Shown::Moments(None) => pictures.none().to_owned(),
    };
    let line = format!("{}: {text}   (n {})", question.name, question.n);
    put_row(&line, (2, pictures.columns.saturating_sub(2)), "")
}

/// A number as it was answered.
fn number(number: Number) -> String {
    match number {
        Number::Whole(number) => number.to_string(),
        Number::Decimal(number) if number.fract() == 0.0 && number.abs() < TOO_LONG => format!("{number:.0}"),
        Number::Decimal(number) => rounded(number),
    }
}

/// From here on nobody reads the digits, and a number with a point no longer has all of them.
const TOO_LONG: f64 = 1e15;

/// To two places, or as a power of ten.
fn rounded(number: f64) -> String {
    if number.abs() < TOO_LONG { format!("{number:.2}") } else { format!("{number:.3e}") }
}

/// A moment as people read it: without the `T` of machines, the seconds and the time zone.
fn moment(text: &str) -> String {
    text.split_once('T').map_or_else(
        || text.to_owned(),
        |(day, time)| format!("{day} {}", time.chars().take(5).collect::<String>()),
    )
}

fn print_question(pictures: &Pictures, question: &Frequencies) -> io::Result<()> {
    put("")?;
    put_row(&format!("{}: {}", question.name, one_line(&question.label)), (0, pictures.columns), "")?;
    let label = pictures.columns - (2 + BAR + 2 + 7 + 1 + 7);
    match &question.shown {
        Shown::Choices { choices, several } => {
            let mut shown: Vec<&(String, String, usize)> = choices.iter().collect();
            if shown.len() > MOST_CHOICES {
                shown.sort_by_key(|(_, _, n)| std::cmp::Reverse(*n));
            }
            for (_, text, n) in shown.iter().take(MOST_CHOICES) {
                let part = if question.n == 0 { 0.0 } else { *n as f64 / question.n as f64 };
                let percent = if question.n == 0 { String::new() } else { format!("{:.1}%", 100.0 * part) };
                let rest = format!("{}  {n:>7} {percent:>7}", pictures.part(part, BAR));
                put_row(&one_line(text), (2, label), &rest)?;
            }
            if shown.len() > MOST_CHOICES {
                let rest: usize = shown.iter().skip(MOST_CHOICES).map(|(_, _, n)| n).sum();
                put(format!("  and {}, named {rest} times", count(shown.len() - MOST_CHOICES, "choice")))?;
            }
            if *several {
                put("  (several answers: more than 100% together)")?;
            }
        }
        Shown::Numbers(Some(numbers)) => {
            put(format!(
                "  smallest {}   median {}   mean {}   largest {}",
                number(numbers.min),
                number(numbers.median),
                rounded(numbers.mean),
                number(numbers.max)
            ))?;
        }
        Shown::Moments(Some((first, last))) => {
            put(format!("  from {} to {}", moment(first), moment(last)))?;
        }
        Shown::Numbers(None) | Shown::Moments(None) => {}
        Shown::Words => put("  (people's own words: counted only)")?,
        Shown::Identifying => put("  (tells who somebody is: counted only)")?,
        Shown::Sensitive => put(format!("  (could harm respondents: `--with {}` shows it)", question.name))?,
    }
    let words = Words::of("en");
    let missing: Vec<String> =
        question.missing.iter().map(|(reason, n)| format!("{} {n}", words.missing(*reason))).collect();
    let missing = if missing.is_empty() { String::new() } else { format!("; {}", missing.join(", ")) };
    put(format!("  n {}{missing}", question.n))
}

/// Labels of several paragraphs would push the answers off the screen: their first line says enough. Answers that are
/// piped into it stand as their names in brackets.
fn one_line(text: &str) -> String {
    let first = text.trim().lines().next().unwrap_or_default();
    gate::line(&first.replace("${", "[").replace('}', "]")).into_owned()
}

/// A question as programs read it.
pub(super) fn as_json(table: &TableOf, question: &Frequencies) -> Json {
    let missing: serde_json::Map<String, Json> =
        question.missing.iter().map(|(reason, n)| (reason.name().to_owned(), json!(n))).collect();
    let mut object = json!({
        "table": table.name,
        "question": question.name,
        "label": question.label,
        "n": question.n,
        "missing": missing,
    });
    let shown = match &question.shown {
        Shown::Choices { choices, several } => {
            let all: Vec<Json> = choices
                .iter()
                .map(|(name, label, n)| json!({ "name": name, "label": label, "n": n }))
                .collect();
            json!({ "choices": all, "several": several })
        }
        Shown::Numbers(numbers) => json!({
            "min": numbers.map(|n| number_as_json(n.min)),
            "median": numbers.map(|n| number_as_json(n.median)),
            "mean": numbers.map(|n| n.mean),
            "max": numbers.map(|n| number_as_json(n.max)),
        }),
        Shown::Moments(moments) => json!({
            "first": moments.as_ref().map(|(first, _)| first),
            "last": moments.as_ref().map(|(_, last)| last),
        }),
        Shown::Words => json!({ "hidden": "people's own words" }),
        Shown::Identifying => json!({ "hidden": "tells who somebody is" }),
        Shown::Sensitive => json!({ "hidden": "could harm respondents" }),
    };
    if let (Some(object), Json::Object(shown)) = (object.as_object_mut(), shown) {
        object.extend(shown);
    }
    object
}

fn number_as_json(number: Number) -> Json {
    match number {
        Number::Whole(number) => json!(number),
        Number::Decimal(number) => json!(number),
    }
}
