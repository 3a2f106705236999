//! `doorstep new`: a survey folder in which every command runs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use super::failure::{Failure, Kind};
use super::say::say;

/// Makes a survey folder: survey.toml, a questionnaire, indicators and a sampling frame.
#[derive(Debug, Args)]
pub struct New {
    /// The folder to make; its name becomes the survey's id.
    folder: PathBuf,
    /// The title of the survey.
    #[arg(long)]
    title: Option<String>,
}

/// A file of a survey folder and what stands in it.
type File = (&'static str, &'static str);

macro_rules! bundled {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/questionnaires/community-security/", $path))
    };
}

/// The shipped questionnaire as it lies in a survey folder.
const FILES: [File; 12] = [
    ("questionnaire/questionnaire.toml", bundled!("questionnaire.toml")),
    ("questionnaire/clusters.csv", bundled!("clusters.csv")),
    ("questionnaire/translations/ar.toml", bundled!("translations/ar.toml")),
    ("questionnaire/translations/bn.toml", bundled!("translations/bn.toml")),
    ("questionnaire/translations/sw.toml", bundled!("translations/sw.toml")),
    ("questionnaire/tests/visit.toml", bundled!("tests/visit.toml")),
    ("questionnaire/README.md", bundled!("README.md")),
    ("indicators.toml", bundled!("indicators.toml")),
    ("indicators.ar.toml", bundled!("indicators.ar.toml")),
    ("indicators.bn.toml", bundled!("indicators.bn.toml")),
    ("indicators.sw.toml", bundled!("indicators.sw.toml")),
    ("frame.csv", bundled!("frame.csv")),
];

impl New {
    /// Runs the command.
    pub fn run(&self) -> Result<()> {
        let id = survey_id(&self.folder)?;
        create(&self.folder, &id, self.title.as_deref().unwrap_or("Community security perception survey"))?;
        let folder = self.folder.display();
        say(format_args!("Made the survey `{id}` in {folder}."));
        say("Next:");
        say(format_args!("  cd {folder}"));
        say("  doorstep check                  after each change to questionnaire or indicators");
        say("  doorstep test                   to play the cases in questionnaire/tests");
        say("  doorstep interview              to interview");
        say("  doorstep merge OTHER.db …       to collect what other laptops have");
        say("  doorstep indicators             to see the results");
        Ok(())
    }
}

/// Makes a survey folder that did not exist, whole or not at all.
pub fn create(folder: &Path, id: &str, title: &str) -> Result<()> {
    if folder.exists() && folder.read_dir().map_or(true, |mut entries| entries.next().is_some()) {
        return Err(Failure::new(
            Kind::Usage,
            format!("{} exists already and is not an empty folder", folder.display()),
        )
        .help("Name a folder that does not exist yet.")
        .into());
    }
    let parent = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).with_context(|| format!("cannot make the folder {}", parent.display()))?;
    let part = tempfile::Builder::new()
        .prefix(".doorstep-new-")
        .tempdir_in(parent)
        .with_context(|| format!("cannot write in {}", parent.display()))?;
    write(part.path(), "survey.toml", &survey_toml(id, title))?;
    for (name, text) in FILES {
        write(part.path(), name, text)?;
    }
    if folder.exists() {
        fs::remove_dir(folder)
            .with_context(|| format!("cannot replace the empty folder {}", folder.display()))?;
    }
    fs::rename(part.keep(), folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

fn write(folder: &Path, name: &str, text: &str) -> Result<()> {
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| format!("cannot make the folder {}", parent.display()))?;
    }
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// A folder's name as an id: lower case, digits and hyphens.
fn survey_id(folder: &Path) -> Result<String> {
    let name = folder.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let id: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let id = id.trim_matches('-').to_owned();
    // An id begins with a letter.
    let id = if id.starts_with(|c: char| c.is_ascii_digit()) { format!("survey-{id}") } else { id };
    if id.is_empty() {
        return Err(Failure::new(Kind::Usage, format!("`{}` gives no name for a survey", folder.display()))
            .help("Name the folder with letters or digits, for example `doorstep new north-2026`.")
            .into());
    }
    Ok(id)
}

fn survey_toml(id: &str, title: &str) -> String {
    let title = toml::Value::from(title);
    format!(
        r#"# A survey: which questionnaire, which rounds, which sampling design. docs/survey.md explains it.

format = 1
id = "{id}"
title = {title}
questionnaire = "questionnaire"
indicators = "indicators.toml"
store = "data/store.db"
round = "baseline"

[rounds.baseline]
label = "Baseline"

# How respondents were chosen. Each entry is an expression over the questionnaire's variables and
# the columns of the frame, which has one row for each cluster (PSU).
[design]
frame = "frame.csv"
key = "cluster"
# Whose interviews count: visits where nobody agreed are no respondents.
respondent = "${{respondent_consent}} = 'yes'"
stratum = "${{stratum}}"
psu = "${{cluster}}"
# The household's weight times the adults among whom one was chosen.
weight = "${{household_weight}} * ${{adults}}"
fpc = "${{psus_in_stratum}}"
lonely_psu = "adjust"

# What interviews are called in lists. Questions that tell who somebody is stay hidden there.
[cases]
label = ["cluster", "household_no"]

# How a visit without a respondent ended, for response rates. Outcomes that `doorstep outcome` noted count
# as well.
[outcomes]
postponed = "${{availability}} = 'later'"
refused = "${{contact}} = 'refused_at_door' or ${{consent}} = 'no' or ${{availability}} = 'not_allowed' or ${{respondent_consent}} = 'no'"
nobody_home = "${{contact}} = 'no_adult_home' or ${{contact}} = 'long_absent' or ${{availability}} = 'away'"
not_eligible = "${{contact}} = 'vacant'"
not_accessible = "${{contact}} = 'no_access'"
other = "${{availability}} = 'unable'"

[disclosure]
# No number is shown for fewer respondents than this.
minimum_cell = 5
ci_level = 0.95
"#
    )
}
