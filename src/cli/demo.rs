//! `doorstep demo`: the whole job on shipped data, in one folder.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use super::chosen::Chosen;
use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::indicators::Computed;
use super::say::say;
use super::{answers, files, indicators, merge, new, report, results};
use crate::indicators::{Row, TOTAL};
use crate::journal::Clock;
use crate::store::{Access, Mode, Store};

/// Plays the whole job on shipped data: interviews, merge, indicators, a report.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where; nothing outside it is touched.
    #[arg(default_value = "demo")]
    folder: PathBuf,
}

/// The report that the demo writes.
const REPORT: &str = "report.html";

/// What a hint makes: the tables for the meetings of a programme.
const ASSESSMENT: &str = "assessment";
/// What another one makes: what every variable means.
const CODEBOOK: &str = "codebook.html";

/// The file that tells a folder of the demo from one of the user's.
const MARK: &str = "this-is-the-demo.txt";
const MARK_TEXT: &str = "Made by `doorstep demo`, which replaces this folder when it runs again.\n";

macro_rules! shipped {
    ($name:literal) => {
        ($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/demo/", $name, ".jsonl")))
    };
}

/// Each enumerator's interviews (`fixtures/demo/README.md` says how they were made).
const ENUMERATORS: [(&str, &str); 3] = [shipped!("amina"), shipped!("bashir"), shipped!("chandni")];

impl Demo {
    /// Runs the command.
    pub fn run(&self) -> Result<()> {
        self.clear()?;
        new::create(&self.folder, "demo", "Demo: a baseline in three districts")?;
        fs::write(self.folder.join(MARK), MARK_TEXT)
            .with_context(|| format!("cannot write in {}", self.folder.display()))?;
        let office = Folder::open(&self.folder, None)?;
        say(format_args!(
            "1. A survey in {}: the questionnaire `{}` in {} languages.",
            self.folder.display(),
            office.questionnaire.id,
            office.questionnaire.languages.len()
        ));
        let stores = Self::interview(&office)?;
        say("3. The office merges the three stores:");
        let (mut store, _) = office.store("demo")?;
        merge::all(&mut store, &stores, &merge::Opening::new(Vec::new(), &office), Mode::Keep)?;
        drop(store);
        let out = self.folder.join("indicators.csv");
        let Computed { rows, names } = indicators::compute(&office, None, &Chosen::default())?;
        files::write_whole(&out, true, |to| Ok(crate::indicators::write_csv(&rows, to)?))?;
        say(format_args!(
            "4. {} numbers with their confidence intervals in {}; some of them:",
            rows.len(),
            out.display()
        ));
        let minimum_cell = office.survey.disclosure.minimum_cell;
        results::print_rows(&some_of(&rows), &names, &Chosen::default(), minimum_cell)?;
        let report = self.folder.join(REPORT);
        report::write(&office, &report)?;
        say(format_args!("5. A report to read and print: {}", report.display()));
        self.what_next();
        Ok(())
    }

    /// Makes room: a folder that an earlier demo made is replaced, nothing else is.
    fn clear(&self) -> Result<()> {
        if !self.folder.join(MARK).exists() {
            return Ok(());
        }
        if let Some(what) = self.not_the_demos()? {
            return Err(Failure::new(
                Kind::Usage,
                format!("{} holds {what}, which the demo did not make", self.folder.display()),
            )
            .help("Name another folder: `doorstep demo demo2`.")
            .into());
        }
        fs::remove_dir_all(&self.folder)
            .with_context(|| format!("cannot replace the folder {}", self.folder.display()))
    }

    /// Something in the folder of an earlier demo that is the user's.
    fn not_the_demos(&self) -> Result<Option<String>> {
        // With what the hints at the end make.
        const MADE: [&str; 15] = [
            MARK,
            "survey.toml",
            "questionnaire",
            "indicators.toml",
            "indicators.ar.toml",
            "indicators.bn.toml",
            "indicators.sw.toml",
            "frame.csv",
            "data",
            "laptops",
            "indicators.csv",
            REPORT,
            "report-ar.html",
            ASSESSMENT,
            CODEBOOK,
        ];
        let entries =
            fs::read_dir(&self.folder).with_context(|| format!("cannot read {}", self.folder.display()))?;
        for name in entries.filter_map(|e| e.ok().map(|e| e.file_name().to_string_lossy().into_owned())) {
            if !MADE.contains(&name.as_str()) {
                return Ok(Some(format!("`{name}`")));
            }
        }
        let store = self.folder.join("data").join("store.db");
        if !store.exists() {
            return Ok(None);
        }
        let store = Store::open(&store, Access::Write, "`doorstep demo`")?;
        let is_own = |name: &str| ENUMERATORS.iter().any(|(own, _)| *own == name);
        let foreign = store.interviews()?.into_iter().find(|i| !is_own(&i.enumerator));
        Ok(foreign.map(|i| format!("an interview of `{}`", i.enumerator)))
    }

    /// Three laptops, each with a store of its own.
    fn interview(office: &Folder) -> Result<Vec<PathBuf>> {
        let mut stores = Vec::new();
        let mut engine = std::time::Duration::ZERO;
        let mut all = 0;
        say("2. Three enumerators interview on three laptops:");
        for (name, text) in ENUMERATORS {
            let laptop = office.on_laptop(name);
            let (mut store, key) = laptop.store("demo")?;
            let scripts = answers::parse(text, name)?;
            let began = Instant::now();
            let (played, _) = answers::play(&laptop, &scripts, name, &HashSet::new(), &mut Clock::default())?;
            engine += began.elapsed();
            let (stored, unfinished) = answers::keep(&laptop, &mut store, &key, &played)?;
            all += stored;
            say(format_args!(
                "   {name:<8} {stored} interviews, {unfinished} of them unfinished, in {}",
                laptop.store_path().display()
            ));
            stores.push(laptop.store_path());
        }
        say(format_args!(
            "   The engine took {:.2} s for {all} interviews ({:.0} a second); the rest is the disk.",
            engine.as_secs_f64(),
            f64::from(u32::try_from(all).unwrap_or(u32::MAX)) / engine.as_secs_f64().max(1e-9)
        ));
        Ok(stores)
    }

    fn what_next(&self) {
        let folder = self.folder.display();
        let hints = [
            ("what the interviews say, question by question", "summary".to_owned()),
            ("tables for the meetings of a programme", format!("assess --out {folder}/{ASSESSMENT}")),
            ("what every variable means", format!("codebook --out {folder}/{CODEBOOK}")),
            ("the report in another language", format!("report --language ar --out {folder}/report-ar.html")),
            ("interviews that were paused or cut off", "list --unfinished".to_owned()),
            ("an interview of your own", "interview".to_owned()),
            ("after you changed the questionnaire in it", "check".to_owned()),
        ];
        say("\nTry next:");
        for (what, command) in hints {
            say(format_args!("  {what}:\n      doorstep --survey {folder} {command}"));
        }
        say("  a survey of your own:\n      doorstep new my-survey");
        say("(Without an installed `doorstep`: `cargo run --release --` in its place.)");
    }
}

/// The first few numbers about everybody.
fn some_of(rows: &[Row]) -> Vec<Row> {
    let totals = rows.iter().filter(|row| row.disaggregation == TOTAL && row.category.is_empty());
    totals.take(8).cloned().collect()
}

impl Folder {
    /// The same survey as a laptop of the demo has it: with a store of its own.
    fn on_laptop(&self, name: &str) -> Self {
        let mut laptop = self.clone();
        laptop.survey.store = Path::new("laptops").join(name).join("store.db").display().to_string();
        laptop
    }
}
