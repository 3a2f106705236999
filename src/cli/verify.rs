//! `doorstep verify`: whether packages are what they were when they were made. Needs no key.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use clap::Args;

use super::failure::{Failure, Kind};
use super::outside;
use super::say::{count, put, say};
use crate::package::{PackageError, Purpose, Verified, verify};

/// Reads packages whole and compares them with what they say of themselves.
#[derive(Debug, Args)]
pub struct Verify {
    /// Packages.
    #[arg(required = true, value_name = "PACKAGE")]
    files: Vec<PathBuf>,
}

impl Verify {
    /// Runs the command.
    pub fn run(&self) -> Result<()> {
        let mut whole = Vec::new();
        let mut broken = 0;
        for path in &self.files {
            match verified(path) {
                Ok((_, package)) => {
                    put(format_args!("{}: {}", path.display(), described(&package)))?;
                    whole.push(package);
                }
                Err(error) => {
                    broken += 1;
                    say(format_args!("{error:#}"));
                }
            }
        }
        let missing = missing_parts(&whole);
        missing.iter().for_each(say);
        if broken == 0 && missing.is_empty() {
            return Ok(());
        }
        let what = if broken > 0 {
            format!("{} not whole", count(broken, "package"))
        } else {
            "parts are missing".into()
        };
        Err(Failure::new(Kind::Data, what).help("Copy them anew from the laptop, and verify again.").into())
    }
}

/// A package that is whole, open.
pub fn verified(path: &Path) -> Result<(File, Verified)> {
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    match verify(&mut file) {
        Ok(package) => Ok((file, package)),
        Err(PackageError::Io(error)) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        Err(error) => Err(Failure::new(Kind::Data, format!("{} {error}", path.display()))
            .help("Copy it anew from the laptop that made it.")
            .into()),
    }
}

fn described(package: &Verified) -> String {
    let header = &package.header;
    let made = DateTime::<Utc>::from_timestamp_millis(header.made).unwrap_or_default();
    let what = match header.purpose {
        Purpose::Interviews => "whole",
        Purpose::Receipt => "whole, a receipt",
    };
    let part = match (header.part, package.is_last) {
        (1, true) => String::new(),
        (part, true) => format!(", part {part}, the last"),
        (part, false) => format!(", part {part}"),
    };
    format!(
        "{what}; survey {}, device {}, {}, {}{part}{}",
        header.survey,
        &header.device.to_string()[..8],
        made.with_timezone(outside::now().offset()).format("%Y-%m-%d %H:%M"),
        count(package.segments as usize, "segment"),
        if header.sealed { ", sealed" } else { ", not sealed" },
    )
}

/// A line for each part that should be among these packages and is not.
pub fn missing_parts(packages: &[Verified]) -> Vec<String> {
    let mut sets: Vec<[u8; 16]> = packages.iter().map(|p| p.header.set).collect();
    sets.sort_unstable();
    sets.dedup();
    let mut missing = Vec::new();
    for set in sets {
        let parts: Vec<&Verified> = packages.iter().filter(|p| p.header.set == set).collect();
        let device = &parts[0].header.device.to_string()[..8];
        let last = parts.iter().filter(|p| p.is_last).map(|p| p.header.part).max();
        let most = last.or_else(|| parts.iter().map(|p| p.header.part).max()).unwrap_or(1);
        for part in 1..=most {
            if parts.iter().all(|p| p.header.part != part) {
                missing.push(format!("Part {part} of the package of device {device} is not here."));
            }
        }
        if last.is_none() {
            missing.push(format!(
                "The parts behind part {most} of the package of device {device} are not here."
            ));
        }
    }
    missing
}
