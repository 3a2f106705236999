//! `doorstep compare`: how indicators changed between rounds.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;

use super::chosen::{Chosen, as_json};
use super::data;
use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::indicators::Prepared;
use super::results::{self, Names};
use super::say::{put, put_bytes, say};
use super::{changed, files, own};
use crate::dataset::Dataset;
use crate::indicators::{self, Change, Flaw, Pair};
use crate::questionnaire::Questionnaire;
use crate::value::Hash;

/// Compares rounds: how much each indicator changed, and how certain that is.
#[derive(Debug, Args)]
pub struct Compare {
    /// The round that the others are compared with.
    #[arg(value_name = "BASELINE")]
    first: String,
    /// The rounds that are compared with it.
    #[arg(value_name = "ROUND", required = true)]
    others: Vec<String>,
    /// Questions whose change does no harm: compare although their wording, scale or base changed.
    #[arg(long, value_name = "QUESTION", value_delimiter = ',')]
    accept: Vec<String>,
    /// The file to write; without it, a table on a terminal and CSV in a pipe.
    #[arg(long, short = 'o', value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replaces the file if it exists.
    #[arg(long)]
    force: bool,
    /// The language of titles and labels of domains.
    #[arg(long, short = 'l', value_name = "TAG")]
    language: Option<String>,
    #[command(flatten)]
    chosen: Chosen,
    /// One JSON object a change, on stdout.
    #[arg(long, conflicts_with = "out")]
    json: bool,
}

impl Compare {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        if let Some(path) = &self.out {
            own::refuse(folder, path)?;
            files::refuse_existing(path, self.force)?;
        }
        let (mut changes, names) = self.changes(folder)?;
        // The tests of all of them are one family, whatever is shown.
        changes.retain(|change| self.chosen.has(&change.indicator, &change.disaggregation));
        let refused = changes.iter().filter(|change| change.is_refused()).count();
        if refused > 0 {
            say(format_args!(
                "{refused} numbers are not compared, because questions changed between the rounds; the column `note` says \
                 which. `--accept QUESTION` compares all the same."
            ));
        }
        if let Some(path) = &self.out {
            files::write_whole(path, self.force, |to| Ok(indicators::write_changes(&changes, to)?))?;
            say(format_args!("{} comparisons in {}.", changes.len(), path.display()));
            return Ok(());
        }
        if self.json {
            let mut objects = changes.iter().map(|change| as_json(Change::COLUMNS, change.cells()));
            return Ok(objects.try_for_each(put)?);
        }
        if io::stdout().is_terminal() {
            let minimum_cell = folder.survey.disclosure.minimum_cell;
            return Ok(results::print_changes(&changes, &names, &self.chosen, minimum_cell)?);
        }
        let mut csv = Vec::new();
        indicators::write_changes(&changes, &mut csv)?;
        Ok(put_bytes(&csv)?)
    }

    fn changes(&self, folder: &Folder) -> Result<(Vec<Change>, Names)> {
        let names: Vec<&str> = std::iter::once(&self.first).chain(&self.others).map(String::as_str).collect();
        check_rounds(folder, &names)?;
        let language = super::language_index(&folder.questionnaire, self.language.as_deref())?;
        check_questions(folder, &self.accept)?;
        let (dataset, report) = data::read(folder)?;
        let prepared = Prepared::new(folder, &dataset, report, language)?;
        self.chosen.check(&prepared.definitions)?;
        let changes = changes(folder, &dataset, &prepared, &names, &self.accept, language)?;
        Ok((changes, Names::of(&prepared.definitions, language)))
    }
}

/// How each later round differs from the first one named.
pub fn changes(
    folder: &Folder,
    dataset: &Dataset,
    prepared: &Prepared<'_>,
    names: &[&str],
    accept: &[String],
    language: usize,
) -> Result<Vec<Change>> {
    let rounds: Vec<(&str, Vec<usize>)> =
        names.iter().map(|name| (*name, indicators::counted(dataset, name))).collect();
    for (name, rows) in &rounds {
        if rows.is_empty() {
            return Err(super::indicators::nobody(name, 0).into());
        }
    }
    let Some((first, others)) = rounds.split_first() else { return Ok(Vec::new()) };
    // Each pair is a design of its own: what other rounds there are changes nothing about it.
    let pairs: Vec<_> = others
        .iter()
        .map(|other| {
            let pair = [first.clone(), other.clone()];
            let (sampling, round, flaws) = prepared.plan.evaluate_rounds(&pair);
            (other.0, sampling, round, flaws)
        })
        .collect();
    data::say_flaws(&all_flaws(pairs.iter().flat_map(|(.., flaws)| flaws)));
    let versions = versions(folder)?;
    let options = super::indicators::options(folder, "", language);
    let mut changes = Vec::new();
    for (name, sampling, round, _) in &pairs {
        let differences = changed::Differences::between(of(&versions, first.0), of(&versions, name));
        let refusal = |questions: &[String]| differences.reason(questions, accept);
        let pair = Pair { names: &[first.0, name], round, first: 0, second: 1 };
        let of_pair = indicators::compare(&prepared.definitions, sampling, pair, &refusal, &options);
        changes.extend(of_pair.map_err(|error| super::indicators::no_numbers(&error))?);
    }
    Ok(changes)
}

/// Flaws of several designs, each once.
fn all_flaws<'f>(flaws: impl Iterator<Item = &'f Flaw>) -> Vec<Flaw> {
    let mut all: Vec<Flaw> = Vec::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    let mut told: HashSet<(usize, &str)> = HashSet::new();
    for flaw in flaws {
        let place = *places.entry((&flaw.message, flaw.consequence)).or_insert(all.len());
        if place == all.len() {
            all.push(Flaw { interviews: Vec::new(), ..flaw.clone() });
        }
        let new = flaw.interviews.iter().filter(|key| told.insert((place, key.as_str())));
        if let Some(known) = all.get_mut(place) {
            known.interviews.extend(new.cloned());
        }
    }
    all
}

/// Questions that `--accept` names are there.
pub fn check_questions(folder: &Folder, accept: &[String]) -> Result<()> {
    match accept.iter().find(|question| folder.questionnaire.find(question).is_none()) {
        Some(question) => Err(Failure::new(Kind::Usage, format!("there is no question `{question}`"))
            .help("`--accept` takes names of questions, with commas between them.")
            .into()),
        None => Ok(()),
    }
}

/// Each round is described in survey.toml, and stands once.
pub fn check_rounds(folder: &Folder, names: &[&str]) -> Result<()> {
    let mut seen = HashSet::new();
    for name in names {
        folder.check_round(name)?;
        if !seen.insert(name) {
            return Err(Failure::new(
                Kind::Usage,
                format!("the round `{name}` cannot be compared with itself"),
            )
            .help("Name each round once: `doorstep compare baseline endline`.")
            .into());
        }
    }
    Ok(())
}

type Versions = BTreeMap<String, Vec<Arc<Questionnaire>>>;

/// The versions of the questionnaire that each round's interviews were asked with.
fn versions(folder: &Folder) -> Result<Versions> {
    let mut versions = Versions::new();
    let Some(store) = folder.store_to_read()? else { return Ok(versions) };
    let used: BTreeSet<(String, Hash)> =
        store.interviews()?.into_iter().map(|summary| (summary.round, summary.questionnaire)).collect();
    for (round, hash) in used {
        versions.entry(round).or_default().push(folder.version(&store, hash)?);
    }
    Ok(versions)
}

fn of<'v>(versions: &'v Versions, round: &str) -> &'v [Arc<Questionnaire>] {
    versions.get(round).map_or(&[], Vec::as_slice)
}
