//! `doorstep translate`: texts out to translators, and back.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use super::failure::{Failure, Kind};
use super::folder::{Form, refuse};
use super::say::{count, say};
use super::{files, own};
use crate::authoring::translators::{self, Import};
use crate::questionnaire;

/// Gives translators a spreadsheet, and takes it back.
#[derive(Debug, Args)]
pub struct Translate {
    #[command(subcommand)]
    command: Way,
}

#[derive(Debug, Subcommand)]
enum Way {
    Export(Export),
    Import(Take),
}

/// Writes every text with its translation into a spreadsheet (.xlsx or .csv).
#[derive(Debug, Args)]
struct Export {
    /// The questionnaire's folder or a survey's; the survey's where it is not given.
    folder: Option<PathBuf>,
    /// The language to translate into, for example `ar`; it may be a new one.
    #[arg(long, short = 'l', value_name = "TAG")]
    language: String,
    /// The file to write, .xlsx or .csv.
    #[arg(long, short = 'o', value_name = "FILE")]
    out: PathBuf,
    /// The choices of CSV lists as well, although the language translates none of them yet.
    #[arg(long)]
    all: bool,
    /// Replaces the file if it exists.
    #[arg(long)]
    force: bool,
}

/// Takes translations from a spreadsheet into translations/TAG.toml.
#[derive(Debug, Args)]
struct Take {
    /// The spreadsheet that came back.
    file: PathBuf,
    /// The questionnaire's folder or a survey's; the survey's where it is not given.
    folder: Option<PathBuf>,
    /// The language.
    #[arg(long, short = 'l', value_name = "TAG")]
    language: String,
    /// Also takes translations of texts that have changed since.
    #[arg(long)]
    accept_stale: bool,
    /// Says what would be done, and writes nothing.
    #[arg(long)]
    dry_run: bool,
}

/// A table beyond this is no table of texts.
const LARGEST: u64 = 64 << 20;

impl Translate {
    /// Runs the command.
    pub fn run(&self, survey: &Path) -> Result<()> {
        match &self.command {
            Way::Export(export) => export.run(survey),
            Way::Import(take) => take.run(survey),
        }
    }
}

/// A tag goes into the name of a file.
fn check_language(tag: &str, form: &Form) -> Result<()> {
    let good = !tag.is_empty() && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !good {
        return Err(Failure::new(Kind::Usage, format!("`{tag}` is not the tag of a language"))
            .help("Write it as in `ar`, `bn` or `sw`.")
            .into());
    }
    if form.questionnaire.language(tag) == Some(0) {
        return Err(Failure::new(
            Kind::Usage,
            format!("`{tag}` is the language of the questionnaire itself"),
        )
        .help("Name the language to translate into.")
        .into());
    }
    Ok(())
}

impl Export {
    fn run(&self, survey: &Path) -> Result<()> {
        let folder = self.folder.as_deref().unwrap_or(survey);
        let form = Form::open(folder)?;
        own::refuse_for(folder, &form, &self.out)?;
        check_language(&self.language, &form)?;
        let rows = translators::rows(&form.questionnaire, &self.language, self.all);
        let extension = self.out.extension().and_then(|e| e.to_str()).map(str::to_lowercase);
        let bytes = match extension.as_deref() {
            Some("xlsx") => translators::write_xlsx(&rows, &self.language)
                .map_err(|error| Failure::input(format!("the texts do not fit into a sheet: {error}")))?,
            Some("csv") => translators::write_csv(&rows)?,
            _ => {
                return Err(Failure::new(
                    Kind::Usage,
                    format!("{} is neither .xlsx nor .csv", self.out.display()),
                )
                .help("Give the file one of these endings: it decides the format.")
                .into());
            }
        };
        files::write_whole(&self.out, self.force, |to| Ok(to.write_all(&bytes)?))?;
        let missing = rows.iter().filter(|row| row.translation.is_empty()).count();
        say(format_args!(
            "{}: {}, {missing} of them without a translation.",
            self.out.display(),
            count(rows.len(), "text")
        ));
        Ok(())
    }
}

impl Take {
    fn run(&self, survey: &Path) -> Result<()> {
        let form = Form::open(self.folder.as_deref().unwrap_or(survey))?;
        check_language(&self.language, &form)?;
        let name = self.file.display();
        let size = fs::metadata(&self.file).with_context(|| format!("cannot read {name}"))?.len();
        if size > LARGEST {
            return Err(Failure::input(format!("{name} has {size} bytes: that is no table of texts")).into());
        }
        let bytes = fs::read(&self.file).with_context(|| format!("cannot read {name}"))?;
        let table = translators::read(&bytes).map_err(|error| {
            Failure::input(format!("{name} cannot be read: {error}"))
                .help("Give back the table that `doorstep translate export` wrote, with its header.")
        })?;
        // Whatever the table speaks of may come back.
        let rows = translators::rows(&form.questionnaire, &self.language, true);
        let import = translators::judge(&rows, &table, self.accept_stale);
        tell(&import);
        if !import.mistakes.is_empty() {
            return Err(Failure::input(format!(
                "{} in {name}; nothing was taken over",
                count(import.mistakes.len(), "mistake")
            ))
            .help("Mend the rows named above and import the table again.")
            .into());
        }
        let exported = translators::rows(&form.questionnaire, &self.language, false);
        let taken = |row: &translators::Row| import.changes.iter().any(|(key, _)| *key == row.key);
        let missing = exported.iter().filter(|row| row.translation.is_empty() && !taken(row)).count();
        if !self.dry_run && !import.changes.is_empty() {
            self.write(&form, &import)?;
        }
        say(format_args!(
            "{}{} taken over, {} unchanged, {} stale, {missing} still missing.",
            if self.dry_run { "Nothing was written. " } else { "" },
            import.changes.len(),
            import.unchanged,
            import.stale.len(),
        ));
        Ok(())
    }

    fn write(&self, form: &Form, import: &Import) -> Result<()> {
        let inside = format!("translations/{}.toml", self.language);
        let path = form.root.join(&inside);
        let earlier = form.bundle.files.get(&inside).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let text = translators::merged(earlier.as_deref(), &self.language, &import.changes)
            .with_context(|| format!("cannot read {}", path.display()))?;
        // What would not be valid is not written.
        let mut bundle = form.bundle.clone();
        bundle.files.insert(inside, text.clone().into_bytes());
        let (compiled, mut report) = questionnaire::compile(&bundle, &form.root.display().to_string());
        if compiled.is_none() {
            return Err(refuse(&mut report, "the questionnaire with these translations"));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        files::write_whole(&path, true, |to| Ok(to.write_all(text.as_bytes())?))
    }
}

fn tell(import: &Import) {
    for finding in &import.mistakes {
        say(format_args!("row {}: {}", finding.row, finding.what));
    }
    for stale in &import.stale {
        say(format_args!("row {}: `{}` has changed since it was translated", stale.row, stale.key));
        say(format_args!("  translated: {}", stale.translated));
        say(format_args!("  now:        {}", stale.now));
    }
    if !import.stale.is_empty() {
        say("Stale translations were left out: export again, or take them with --accept-stale.");
    }
}
