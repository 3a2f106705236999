//! `doorstep export paradata`: how interviews went, as CSV.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, ValueEnum};

use super::out::{self, Target};
use crate::cli::data;
use crate::cli::folder::Folder;
use crate::cli::say::{count, progress, say};
use crate::export::csv::{Profile, for_reader, writer};
use crate::fieldwork::paradata::{Passage, Remark, Visited};
use crate::journal::Address;
use crate::questionnaire::Questionnaire;
use crate::store::{State, Store, Summary};
use crate::value::{Hash, Missing};

/// A folder of CSV files about how interviews went: a row for each, and a row for each question in it with its time.
#[derive(Debug, Args)]
pub struct Paradata {
    /// The folder to make.
    #[arg(long, short = 'o', value_name = "DIR")]
    out: PathBuf,
    /// Replaces the files of an earlier export in that folder.
    #[arg(long)]
    force: bool,
    /// Also interviews that are not finalised.
    #[arg(long)]
    all: bool,
    /// Only interviews of this round.
    #[arg(long, value_name = "ROUND")]
    round: Option<String>,
    /// What goes out although it could harm: that sensitive questions were asked, and what people wrote beside answers.
    #[arg(long, value_enum, value_delimiter = ',')]
    with: Vec<Kept>,
    /// Every text exactly as it is, without the mark of UTF-8: for programs, not for spreadsheets.
    #[arg(long)]
    raw: bool,
}

/// What stays inside unless it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kept {
    /// Rows about sensitive questions: that one was asked may tell what was answered before.
    Sensitive,
    /// Remarks, and reasons why warnings were overridden, as `remarks.csv`.
    Remarks,
}

/// The file of questions, by which an earlier export is known.
const MARK: &str = "questions.csv";
const ABOUT: &str = "interviews.csv";
const ASIDE: &str = "remarks.csv";

/// Whether such an export makes a file.
fn is_ours(path: &Path) -> bool {
    [MARK, ABOUT, ASIDE].iter().any(|name| path == Path::new(name))
}

const INTERVIEWS: [&str; 19] = [
    "_interview",
    "_round",
    "_enumerator",
    "_version",
    "_status",
    "started",
    "ended",
    "minutes",
    "active_minutes",
    "languages",
    "resumed",
    "reopened",
    "moved",
    "questions",
    "changes",
    "overrides",
    "comments",
    "dont_know",
    "refused",
];

const QUESTIONS: [&str; 12] = [
    "_interview",
    "question",
    "rows",
    "seconds",
    "answers",
    "changes",
    "visits",
    "overrides",
    "comments",
    "answered",
    "language",
    "missing",
];

const REMARKS: [&str; 6] = ["_interview", "question", "rows", "at", "kind", "text"];

/// A row of a file, each cell as it is.
type Rows<'r> = &'r mut dyn FnMut(&[String]) -> Result<()>;

impl Paradata {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        self.round.iter().try_for_each(|round| folder.check_round(round))?;
        out::check_folder_of(folder, &self.out, self.force, MARK)?;
        let store = data::store(folder)?;
        let wanted = |summary: &Summary| {
            (self.all || summary.state == State::Finalised)
                && self.round.as_ref().is_none_or(|round| summary.round == *round)
        };
        let summaries: Vec<Summary> = store.interviews()?.into_iter().filter(wanted).collect();
        out::make_folder(&self.out, || is_ours, |to| self.write(folder, &store, &summaries, to))?;
        say(format_args!("{}: {}", self.out.display(), count(summaries.len(), "interview")));
        if !self.with.contains(&Kept::Sensitive) {
            say("Kept inside (`--with sensitive` lets it out): what happened at sensitive questions.");
        }
        if !self.with.contains(&Kept::Remarks) {
            say("Kept inside (`--with remarks` lets it out): what people wrote beside the answers.");
        }
        Ok(())
    }

    fn write(&self, folder: &Folder, store: &Store, summaries: &[Summary], to: &Target) -> Result<()> {
        let mut remarks: Vec<[String; REMARKS.len()]> = Vec::new();
        self.file(to, ABOUT, &INTERVIEWS, |interviews| {
            self.file(to, MARK, &QUESTIONS, |questions| {
                let mut versions: HashMap<Hash, Arc<Questionnaire>> = HashMap::new();
                let bar = progress("Writing paradata", summaries.len() as u64);
                for summary in summaries {
                    let hash = summary.questionnaire;
                    let known = versions.get(&hash).map(Arc::clone);
                    let version = known.map_or_else(|| folder.version(store, hash), Ok)?;
                    versions.insert(hash, Arc::clone(&version));
                    let passage = Passage::of(&store.history(summary.id)?.events);
                    let mut passage = passage;
                    // Totals as well: less what goes out one by one, they would tell what stays inside.
                    passage.questions.retain(|question| self.goes_out(&version, &question.address));
                    passage.remarks.retain(|remark| self.goes_out(&version, &remark.address));
                    interviews(&interview(summary, &version, &passage))?;
                    Self::questions(summary, &passage, questions)?;
                    remarks.extend(self.remarks(summary, &passage));
                    bar.inc(1);
                }
                bar.finish_and_clear();
                Ok(())
            })
        })?;
        if self.with.contains(&Kept::Remarks) {
            self.file(to, ASIDE, &REMARKS, |rows| remarks.iter().try_for_each(|remark| rows(remark)))?;
        }
        Ok(())
    }

    fn file(
        &self,
        to: &Target,
        name: &str,
        columns: &[&str],
        write: impl FnOnce(Rows<'_>) -> Result<()>,
    ) -> Result<()> {
        let profile = if self.raw { Profile::Raw } else { Profile::Spreadsheet };
        to.file(name, |file| {
            let mut csv = writer(file, profile)?;
            csv.write_record(columns)?;
            write(&mut |row| {
                Ok(csv.write_record(row.iter().map(|cell| for_reader(cell, profile).into_owned()))?)
            })?;
            Ok(csv.flush()?)
        })
    }

    /// Whether what happened at a question goes out: what this version does not know may be anything.
    fn goes_out(&self, questionnaire: &Questionnaire, address: &Address) -> bool {
        let is_harmless = questionnaire.find(&address.name).is_some_and(|item| !item.is_sensitive());
        is_harmless || self.with.contains(&Kept::Sensitive)
    }

    fn questions(summary: &Summary, passage: &Passage, put: Rows<'_>) -> Result<()> {
        for question in &passage.questions {
            put(&[
                summary.id.to_string(),
                question.address.name.clone(),
                rows_of(&question.address),
                seconds(question.took),
                question.answers.to_string(),
                question.changes.to_string(),
                question.visits.to_string(),
                question.overrides.to_string(),
                question.comments.to_string(),
                question.answered.map(|at| moment(summary, at)).unwrap_or_default(),
                question.language.clone(),
                question.missing.map_or("", Missing::name).to_owned(),
            ])?;
        }
        Ok(())
    }

    fn remarks(&self, summary: &Summary, passage: &Passage) -> Vec<[String; REMARKS.len()]> {
        if !self.with.contains(&Kept::Remarks) {
            return Vec::new();
        }
        let remarks = passage.remarks.iter();
        let row = |remark: &Remark| {
            [
                summary.id.to_string(),
                remark.address.name.clone(),
                rows_of(&remark.address),
                moment(summary, remark.at),
                remark.kind.to_owned(),
                remark.text.clone(),
            ]
        };
        remarks.map(row).collect()
    }
}

fn interview(
    summary: &Summary,
    questionnaire: &Questionnaire,
    passage: &Passage,
) -> [String; INTERVIEWS.len()] {
    let (began, ended) = passage.span.unwrap_or_default();
    let all = |of: fn(&Visited) -> u32| passage.questions.iter().map(of).sum::<u32>().to_string();
    let missing = passage.missing();
    let without = |reason| missing.get(&reason).copied().unwrap_or(0).to_string();
    [
        summary.id.to_string(),
        summary.round.clone(),
        summary.enumerator.clone(),
        questionnaire.version.clone(),
        summary.state.name().replace(' ', "_"),
        moment(summary, began),
        moment(summary, ended),
        minutes(ended - began),
        minutes(passage.active),
        passage.languages.join(" "),
        passage.resumed.to_string(),
        passage.reopened.to_string(),
        passage.moved.to_string(),
        passage.questions.iter().filter(|question| question.answers > 0).count().to_string(),
        all(|question| question.changes),
        all(|question| question.overrides),
        all(|question| question.comments),
        without(Missing::DontKnow),
        without(Missing::Refused),
    ]
}

/// The rows of the rosters around a question, outermost first: `2/1`.
fn rows_of(address: &Address) -> String {
    address.rows.iter().map(ToString::to_string).collect::<Vec<_>>().join("/")
}

fn seconds(milliseconds: i64) -> String {
    (milliseconds / 1000).to_string()
}

fn minutes(milliseconds: i64) -> String {
    format!("{:.1}", milliseconds as f64 / 60_000.0)
}

/// A stamp by the clock of the interview's place.
fn moment(summary: &Summary, milliseconds: i64) -> String {
    let moment: DateTime<Utc> = DateTime::from_timestamp_millis(milliseconds).unwrap_or_default();
    moment.with_timezone(summary.started.offset()).to_rfc3339_opts(SecondsFormat::Secs, false)
}
