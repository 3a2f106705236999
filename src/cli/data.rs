//! The interviews of a survey as tables, with what its sampling frame knows of them.

use std::sync::Arc;

use anyhow::Result;

use super::failure::Failure;
use super::folder::{Folder, refuse};
use super::reading;
use super::sampling;
use super::say::{count, progress, say};
use crate::dataset::{Column, Dataset, Table, Unmapped};
use crate::diagnostic::Report;
use crate::indicators::Flaw;
use crate::questionnaire::Questionnaire;
use crate::store::Store;

/// Reads the store and joins the frame. What was left out is said on stderr; the report holds
/// warnings alone.
pub fn read(folder: &Folder) -> Result<(Dataset, Report)> {
    let store = store(folder)?;
    let mut dataset = load(folder, &store)?;
    drop(store);
    let mut report = folder.report.clone();
    if let Some(frame) = sampling::read_frame(&folder.root, &folder.survey, &mut report)?
        && let Some(unmatched) = frame.attach(&mut dataset, &mut report)
    {
        say_unmatched(&unmatched.iter().map(|u| u.interview.as_str()).collect::<Vec<_>>());
    }
    if report.errors() > 0 {
        return Err(refuse(&mut report, "the sampling frame"));
    }
    Ok((dataset, report))
}

/// The versions of the questionnaire that interviews were asked with, and the survey's own, by their names.
pub fn versions(folder: &Folder) -> Result<Vec<Arc<Questionnaire>>> {
    let mut versions = vec![Arc::clone(&folder.questionnaire)];
    if let Some(store) = folder.store_to_read()? {
        for hash in store.versions()?.into_iter().filter(|hash| *hash != folder.questionnaire.hash) {
            versions.push(folder.version(&store, hash)?);
        }
    }
    versions.sort_by(|a, b| (&a.version, a.hash).cmp(&(&b.version, b.hash)));
    Ok(versions)
}

/// The store, to read from; a survey without one has no interviews.
pub fn store(folder: &Folder) -> Result<Store> {
    folder.store_to_read()?.ok_or_else(|| {
        Failure::input(format!("there are no interviews in {}", folder.store_path().display()))
            .help("`doorstep interview` begins one; `doorstep merge` brings those of other laptops.")
            .into()
    })
}

/// All interviews of a store as tables, each read with the version that it was asked with.
fn load(folder: &Folder, store: &Store) -> Result<Dataset> {
    let bar = progress("Reading interviews", store.count()?);
    let (dataset, conflicts) = reading::load(folder, store, |read| bar.inc(read))?;
    bar.finish_and_clear();
    if conflicts > 0 {
        say(format_args!("Left out, in conflict between laptops: {}.", count(conflicts, "answer")));
    }
    say_unmapped(&dataset.unmapped);
    say_not_offered(&dataset);
    Ok(dataset)
}

/// So many questions whose answers have no place, and choices that were not offered, are named.
const MOST_NAMED: usize = 8;

/// Says which questions of other versions have answers that are in no table, the most first; never what was answered.
fn say_unmapped(unmapped: &[Unmapped]) {
    if unmapped.is_empty() {
        return;
    }
    let mut questions: Vec<&Unmapped> = unmapped.iter().collect();
    questions.sort_by_key(|question| std::cmp::Reverse(question.answers));
    let one = |q: &&Unmapped| format!("{} ({}; version {})", q.question, q.answers, q.version);
    let mut named: Vec<String> = questions.iter().take(MOST_NAMED).map(one).collect();
    if questions.len() > MOST_NAMED {
        named.push(format!("and {} more", questions.len() - MOST_NAMED));
    }
    let answers = questions.iter().map(|question| question.answers).sum();
    say(format_args!(
        "Left out: {} to {} of other versions, for which today's questionnaire has no place: {}.",
        count(answers, "answer"),
        count(questions.len(), "question"),
        named.join(", ")
    ));
    say(
        "  They stay in the store. To have them here, put the question back under its old name, in its old roster and with \
         its old type and choices; `relevant = \"false()\"` asks it of nobody. `doorstep diff` shows what a version changed.",
    );
}

/// Says which choices older versions of the questionnaire did not have: they are no answers of those who were asked by it.
fn say_not_offered(dataset: &Dataset) {
    let columns = dataset.tables.iter().flat_map(Table::columns);
    let of_column = |column: &Column| -> Option<String> {
        let list = column.list()?;
        let lacking = column.offers()?.lacking();
        let most = lacking.iter().map(|(_, rows)| *rows).max()?;
        let name = |choice: u32| list.names.get(choice as usize).map(|name| format!("`{name}`"));
        let names: Vec<String> =
            lacking.iter().filter_map(|(choice, _)| name(*choice)).take(MOST_NAMED).collect();
        let more = if lacking.len() > MOST_NAMED {
            format!(" and {} more", lacking.len() - MOST_NAMED)
        } else {
            String::new()
        };
        Some(format!("{}{more} of `{}` (to {most})", names.join(", "), column.name))
    };
    let found: Vec<String> = columns.filter_map(of_column).collect();
    if !found.is_empty() {
        say(format_args!("Not offered by other versions of the questionnaire: {}.", found.join(", ")));
    }
}

fn say_unmatched(interviews: &[&str]) {
    if !interviews.is_empty() {
        let names: Vec<String> = interviews.iter().map(|i| (*i).to_owned()).collect();
        say(format_args!(
            "Without a row in the frame: {} ({}).",
            count(names.len(), "interview"),
            some_of(&names)
        ));
    }
}

/// Says what is kept out of the design, and why.
pub fn say_flaws(flaws: &[Flaw]) {
    for flaw in flaws {
        say(format_args!("{} ({}): {}.", flaw.message, some_of(&flaw.interviews), flaw.consequence));
    }
}

/// The first few, so that a line stays a line.
fn some_of(interviews: &[String]) -> String {
    let mut text =
        interviews.iter().take(3).map(|i| &i[i.len().saturating_sub(8)..]).collect::<Vec<_>>().join(", ");
    if interviews.len() > 3 {
        text.push_str(&format!(" and {} more", interviews.len() - 3));
    }
    text
}
