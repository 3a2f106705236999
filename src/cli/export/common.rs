//! What is the same for every format: what goes out, and what stays inside.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::cli::failure::{Failure, Kind};
use crate::cli::folder::Folder;
use crate::cli::say::{colour, count, say, show_drawn};
use crate::cli::{data, language_index, sampling};
use crate::dataset::{Dataset, Table};
use crate::diagnostic::document::Located;
use crate::diagnostic::nearest;
use crate::export::codebook::Codebook;
use crate::export::names::{Renamed, Rules};
use crate::export::{
    Clash, ExportError, How, LOST, Missings, Multiple, Options, Plan, Shortened, Shown, Wording, is_let_out,
    syntax,
};
use crate::indicators;
use crate::questionnaire::Questionnaire;
use crate::terminal::words::Words;
use crate::value::Missing;

/// What goes out, and where to.
#[derive(Debug, Args)]
pub struct Common {
    /// Where to write: a folder, or a file where the format is one file.
    #[arg(long, short = 'o', value_name = "PATH")]
    pub out: PathBuf,
    /// Replaces an earlier export there.
    #[arg(long)]
    pub force: bool,
    /// Also interviews that are not finalised.
    #[arg(long)]
    pub all: bool,
    /// Only interviews of this round.
    #[arg(long, value_name = "ROUND")]
    pub round: Option<String>,
    /// Only interviews for which this holds: `"${district} = 'north' and ${age} >= 18"`.
    #[arg(long, value_name = "CONDITION")]
    pub filter: Option<String>,
    /// Only these questions; `trust_*` is all whose names begin so.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Variables that stay inside.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub without: Vec<String>,
    /// Variables that go out although they tell who somebody is, could harm, or hold people's own words: by name, `trust_*`,
    /// or all that are `identifying`, `sensitive` or `text`.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub with: Vec<String>,
    /// How questions with several choices are written.
    #[arg(long, value_enum)]
    pub multiple: Option<MultipleForm>,
    /// The language of labels.
    #[arg(long, short = 'l', value_name = "TAG")]
    pub language: Option<String>,
}

/// How cells and headers of tables for people are written.
#[derive(Debug, Args)]
pub struct Form {
    /// How choices are written.
    #[arg(long, value_enum, default_value = "names")]
    choices: Choices,
    /// Writes names with the sections and groups that a question is in: `household-members-age`.
    #[arg(long)]
    group_names: bool,
    /// Writes reasons for no value into the cells, as these codes: `dont_know=-88,refused=-99`.
    #[arg(long, value_name = "REASON=CODE", value_delimiter = ',')]
    missing: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Choices {
    Names,
    Codes,
    Labels,
}

/// How questions with several choices are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum MultipleForm {
    /// A variable of 0 and 1 for each choice, or for each place of a ranking.
    Split,
    /// One variable with all choices.
    Joined,
    /// Both.
    Both,
}

/// The data of a survey, and what is wanted of them.
pub struct Source {
    dataset: Dataset,
    questionnaire: Arc<Questionnaire>,
    /// All versions of the questionnaire that are in use.
    versions: Vec<Arc<Questionnaire>>,
    options: Options,
    /// For each interview, whether the filter keeps it.
    keep: Option<Vec<bool>>,
    /// What scripts declare of the sampling design besides its columns.
    pub design: syntax::Design,
}

impl Common {
    /// The options of a format whose cells hold choices as they are, and reasons in its own way.
    pub fn options(&self, folder: &Folder, multiple: Multiple) -> Result<Options> {
        self.round.iter().try_for_each(|round| folder.check_round(round))?;
        Ok(Options {
            unfinished: self.all,
            round: self.round.clone(),
            with: self.with.clone(),
            without: self.without.clone(),
            only: self.only.clone(),
            shown: Shown::Codes,
            language: language_index(&folder.questionnaire, self.language.as_deref())?,
            group_names: false,
            multiple: match self.multiple {
                Some(MultipleForm::Split) => Multiple::Split,
                Some(MultipleForm::Joined) => Multiple::Joined,
                Some(MultipleForm::Both) => Multiple::Both,
                None => multiple,
            },
            missings: Missings::Within,
            wording: folder.questionnaire.languages.iter().map(|tag| wording(tag)).collect(),
        })
    }

    /// Reads the interviews, with what the sampling frame and the design know of them.
    pub fn read(&self, folder: &Folder, options: Options) -> Result<Source> {
        let (mut dataset, mut report) = data::read(folder)?;
        let design = sampling::attach_design(folder, self.round.as_deref(), &mut dataset, &mut report)?;
        let keep = match &self.filter {
            None => None,
            Some(condition) => {
                let condition = Located::whole("--filter", condition, &mut report);
                let selected = indicators::select(&condition, &dataset, &mut report).ok_or_else(|| {
                    show_drawn(&report.render(colour()));
                    Failure::new(Kind::Usage, "--filter is not a condition on interviews")
                        .help("Conditions are written as in a questionnaire: docs/language.md.")
                })?;
                say_what_filter_tells(&selected.reads, &dataset, &options);
                Some(selected.holds)
            }
        };
        Ok(Source {
            dataset,
            questionnaire: Arc::clone(&folder.questionnaire),
            versions: data::versions(folder)?,
            options,
            keep,
            design,
        })
    }
}

impl Form {
    /// Takes over how cells are written.
    pub fn shape(&self, options: &mut Options) -> Result<()> {
        options.shown = match self.choices {
            Choices::Names => Shown::Names,
            Choices::Codes => Shown::Codes,
            Choices::Labels => Shown::Labels,
        };
        options.group_names = self.group_names;
        let mut codes = Vec::new();
        for written in &self.missing {
            let parts = written.split_once('=').filter(|(_, code)| !code.is_empty());
            let reason = parts
                .and_then(|(name, code)| Some((Missing::from_name(name.trim())?, code.trim().to_owned())));
            codes.push(reason.ok_or_else(|| {
                Failure::new(Kind::Usage, format!("`--missing {written}` is not a reason with its code"))
                    .help(format!(
                        "Write `--missing dont_know=-88,refused=-99`; the reasons are {}.",
                        Missing::ALL.map(Missing::name).join(", ")
                    ))
            })?);
        }
        refuse_repeated(&codes)?;
        options.missings = if codes.is_empty() { Missings::Beside } else { Missings::Coded(codes) };
        Ok(())
    }

    /// Refuses codes for reasons where cells cannot hold them.
    pub fn refuse_codes(&self, why: &str) -> Result<()> {
        if self.missing.is_empty() {
            return Ok(());
        }
        Err(Failure::new(Kind::Usage, format!("`--missing` has no place here: {why}"))
            .help("Leave it out, or export CSV, XLSX, SPSS or Stata.")
            .into())
    }
}

/// Refuses a reason with two codes, and a code for two reasons: nobody could tell afterwards which was meant.
fn refuse_repeated(codes: &[(Missing, String)]) -> Result<()> {
    for (n, (reason, code)) in codes.iter().enumerate() {
        let Some((other, first)) = codes.iter().take(n).find(|(r, c)| r == reason || c == code) else {
            continue;
        };
        let (what, help) = if other == reason {
            (
                format!("`--missing` gives `{}` two codes: {first} and {code}", reason.name()),
                "Leave one of them out.",
            )
        } else {
            (
                format!("`--missing` gives `{}` and `{}` one code: {code}", other.name(), reason.name()),
                "Give each reason a code of its own, such as `dont_know=-88,refused=-99`: in the cells nothing else tells them apart.",
            )
        };
        return Err(Failure::new(Kind::Usage, what).help(help).into());
    }
    Ok(())
}

impl Source {
    /// The codebook of what goes out.
    pub fn codebook<'p>(&'p self, plan: &'p Plan<'p>) -> Codebook<'p> {
        let versions: Vec<&Questionnaire> = self.versions.iter().map(AsRef::as_ref).collect();
        Codebook::new(plan, &self.questionnaire, &versions, |_| true)
    }

    /// Decides what goes out. Codes for reasons that are answers as well are refused.
    pub fn plan(&self) -> Result<Plan<'_>> {
        let keep = |row: usize| self.keep.as_ref().is_none_or(|keep| keep.get(row) == Some(&true));
        let plan = Plan::new(&self.dataset, self.options.clone(), keep).map_err(|unknown| {
            let names =
                self.dataset.tables.iter().flat_map(Table::columns).map(|column| column.name.as_str());
            let help = nearest(&unknown.0, names).map_or_else(
                || "`doorstep show` lists the questions.".to_owned(),
                |near| format!("Did you mean `{near}`?"),
            );
            Failure::new(Kind::Usage, unknown.to_string()).help(help)
        })?;
        if let Some(Clash { reason, code, variable }) = plan.clash() {
            let reason = reason.name();
            return Err(Failure::new(
                Kind::Usage,
                format!("`--missing {reason}={code}` is an answer as well: `{variable}` may be {code}, and nobody could tell which is meant"),
            )
            .help(format!(
                "Take a code that is no answer, such as `{reason}=-9999`, or leave `--missing` out: reasons then stand beside the answers."
            ))
            .into());
        }
        Ok(plan)
    }
}

/// Says that which interviews go out tells what stays inside.
fn say_what_filter_tells(reads: &[String], dataset: &Dataset, options: &Options) {
    let columns = dataset.tables.iter().flat_map(Table::columns);
    let inside: Vec<&str> = columns
        .filter(|column| reads.contains(&column.name) && !is_let_out(column, dataset, options))
        .map(|column| column.name.as_str())
        .collect();
    if !inside.is_empty() {
        say(format_args!(
            "Mind whom you give this to: --filter reads what stays inside ({}), so that an interview is here tells its answer.",
            inside.join(", ")
        ));
    }
}

/// Makes the plan's names valid in a program, and says which changed.
pub fn rename(plan: &mut Plan<'_>, rules: &Rules) {
    say_renamed(&plan.rename(rules), &format!("{} does not take these names", rules.program));
}

fn say_renamed(renamed: &[Renamed], why: &str) {
    if !renamed.is_empty() {
        let changes: Vec<String> =
            renamed.iter().map(|name| format!("{} → {}", name.from, name.to)).collect();
        say(format_args!("Renamed, because {why}: {}", changes.join(", ")));
    }
}

/// So many names make a line; the others are counted.
const NAMED: usize = 8;

/// Says what a program had no room for.
pub fn say_shortened(program: &str, mut shortened: Vec<Shortened>) {
    shortened.sort_by_key(|one| (one.what, one.how));
    for same in shortened.chunk_by(|one, other| (one.what, one.how) == (other.what, other.how)) {
        let mut names: Vec<&str> = same.iter().map(|one| one.name.as_str()).collect();
        names.dedup();
        let more = match names.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        names.truncate(NAMED);
        let whose = format!("{} of {}{more}", same[0].what, names.join(", "));
        let whole = same[0].whole;
        match same[0].how {
            How::Cut(room) => say(format_args!(
                "Cut to the {room} that {program} has room for: {whose}. {whole} has them whole."
            )),
            How::LeftOut(why) => {
                say(format_args!("Left out, because {program} {why}: {whose}. {whole} has them."));
            }
            How::Marked(what) => say(format_args!(
                "Written as {LOST} in the place of {what}, which {program} cannot hold: {whose}. {whole} has them whole."
            )),
        }
    }
}

/// Says which tables went where, and what stayed inside.
pub fn say_done(plan: &Plan<'_>, place: impl Fn(&str) -> String) {
    say_renamed(&plan.renamed, "another variable has the name");
    for table in &plan.tables {
        say(format_args!(
            "{}: {}, {}",
            place(&table.name),
            count(table.rows.len(), "row"),
            count(table.variables.len(), "variable")
        ));
    }
    if plan.tables.first().is_some_and(|interviews| interviews.rows.is_empty()) {
        say(
            "No interview goes out: none that is finalised is left by --round and --filter. `--all` takes the others too.",
        );
    }
    for (why, class) in [
        ("tells who the respondent is", "identifying"),
        ("could harm the respondent", "sensitive"),
        ("holds people's own words", "text"),
    ] {
        let names: Vec<&str> =
            plan.kept_back.iter().filter(|kept| kept.why == why).map(|kept| kept.name.as_str()).collect();
        if !names.is_empty() {
            say(format_args!(
                "Kept inside ({why}; `--with NAME` or `--with {class}` lets it out): {}",
                names.join(", ")
            ));
        }
    }
}

/// Says what of the sampling design no script beside the data declares, which `program` reads.
pub fn say_undeclared(plan: &Plan<'_>, design: &syntax::Design, program: syntax::Program) {
    let inside = syntax::kept_inside(plan);
    if !inside.is_empty() {
        say(format_args!(
            "No script declares the sampling design, since a part of it stays inside ({}): what is left would be another design.",
            inside.join(", ")
        ));
    } else if let Some(why) = syntax::undeclared(plan, design, program) {
        say(format_args!("{why}"));
    }
}

/// What a format cannot hold is the caller's to mend; the rest is the disk's.
pub fn unfit(error: ExportError) -> anyhow::Error {
    match error {
        ExportError::Refused { what, help } => Failure::new(Kind::Usage, what).help(help).into(),
        ExportError::Io(error) => error.into(),
    }
}

/// Doorstep's own words in a language.
pub fn wording(tag: &str) -> Wording {
    let words = Words::of(tag);
    Wording {
        yes: words.say("yes"),
        no: words.say("no"),
        reasons: Missing::ALL.map(|reason| words.missing(reason)),
    }
}
