//! `doorstep new-key`: a key that opens sealed packages.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::NaiveDate;
use clap::Args;

use super::failure::{Failure, Kind};
use super::outside;
use super::say::{put, say};
use crate::package::Identity;
use crate::store::sync_folder;

/// Makes a key for the office: packages are sealed to it, and only it opens them.
#[derive(Debug, Args)]
pub struct NewKey {
    /// The file of the secret key, to be kept in the office and in a safe.
    file: PathBuf,
}

impl NewKey {
    /// Runs the command.
    pub fn run(&self) -> Result<()> {
        let (secret, public) = Identity::generate();
        let cannot = || format!("cannot write {}", self.file.display());
        let folder = self.file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut part = tempfile::NamedTempFile::new_in(folder).with_context(cannot)?;
        let day: NaiveDate = outside::now().date_naive();
        writeln!(part, "# Opens packages of Doorstep. Made on {day}. Its public key: {public}\n{secret}")
            .and_then(|()| part.as_file().sync_all())
            .with_context(cannot)?;
        part.persist_noclobber(&self.file).map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Failure::new(Kind::Usage, format!("{} is there already", self.file.display()))
                    .help("A key is never replaced: what is sealed to it could not be opened any more.")
                    .into()
            }
            _ => anyhow::Error::from(error.error).context(cannot()),
        })?;
        sync_folder(&self.file).with_context(cannot)?;
        put(&public)?;
        say(format_args!(
            "{} holds the secret key. In survey.toml of every laptop write, with the keys of at least two people:\n\n\
             [package]\nrecipients = [\"{public}\", \"…\"]\n\n\
             `doorstep merge --identity {0}` opens what is sealed to it. Without one of the secret keys nobody can.",
            self.file.display()
        ));
        Ok(())
    }
}

/// The keys in a file: a line each, as [age](https://age-encryption.org) writes them too.
pub fn identities(path: &Path) -> Result<Vec<Identity>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read = |line: &str| {
        line.parse::<Identity>().map_err(|why| {
            Failure::new(Kind::Input, format!("{} holds a line that is no secret key: {why}", path.display()))
                .help("`doorstep new-key FILE` makes one.")
                .into()
        })
    };
    lines.map(read).collect()
}
