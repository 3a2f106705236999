//! `doorstep pack`: interviews for the office, or word for a laptop of what has arrived.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::NaiveDate;
use clap::Args;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::say::{count, progress, say};
use super::verify::verified;
use super::{outside, own};
use crate::journal::DeviceKey;
use crate::merge::Parcel;
use crate::package::{Header, Purpose, Recipient, Writer};
use crate::store::{Selection, StoreError, own_file, sync_folder};

/// Packs interviews into a file for the office, which `doorstep merge` takes there.
#[derive(Debug, Args)]
pub struct Pack {
    /// The package to write, such as `/media/usb/laptop7.doorpack`. Further parts get a number.
    file: PathBuf,
    /// Only what no imported receipt of the office names.
    #[arg(long)]
    new: bool,
    /// Only interviews of this enumerator.
    #[arg(long, value_name = "NAME")]
    enumerator: Option<String>,
    /// Only interviews that began on this day or later.
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// Only interviews that began on this day or earlier.
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,
    /// A receipt for laptops instead: which segments this store has.
    #[arg(long, conflicts_with_all = ["new", "enumerator", "from", "to"])]
    receipt: bool,
    /// The most megabytes in one part; a stick with FAT32 takes no file of 4096 or more.
    #[arg(long, value_name = "MB", default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..))]
    split: u64,
    /// Replaces files of these names.
    #[arg(long)]
    force: bool,
}

impl Pack {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        if !self.file.is_dir() {
            own::refuse(folder, &self.file)?;
        }
        let recipients = recipients(folder)?;
        let (store, key) = folder.store("pack")?;
        let header = Header {
            survey: folder.survey.id.clone(),
            device: key.id(),
            made: outside::wall(),
            purpose: if self.receipt { Purpose::Receipt } else { Purpose::Interviews },
            set: outside::random()?,
            part: 1,
            sealed: !recipients.is_empty(),
        };
        let bar = progress("Packing", 0);
        let mut parts = Parts {
            command: self,
            header,
            recipients: &recipients,
            key: &key,
            open: None,
            preamble: Vec::new(),
            done: Vec::new(),
        };
        parts.begin()?;
        let mut failed = None;
        let mut take = |parcel: Parcel| {
            bar.inc(1);
            parts.put(parcel).map_err(|error| {
                failed = Some(error);
                StoreError::Source { path: self.file.clone(), why: "cannot be written".into() }
            })
        };
        let sent = if self.receipt {
            store.acknowledge(&mut take)
        } else {
            let selection = Selection {
                only_new: self.new,
                enumerator: self.enumerator.clone(),
                from: self.from,
                to: self.to,
            };
            store.send(&selection, &mut take)
        };
        bar.finish_and_clear();
        if let Some(error) = failed {
            return Err(error);
        }
        sent?;
        let done = parts.end()?;
        let segments: u64 = done.iter().map(|(_, segments)| segments).sum();
        let files: Vec<String> = done.iter().map(|(path, _)| path.display().to_string()).collect();
        let what = if self.receipt { "acknowledged" } else { "packed" };
        say(format_args!("{} {what} in {}.", count(segments as usize, "segment"), files.join(", ")));
        if !self.receipt && recipients.is_empty() {
            say(
                "It is not sealed: whoever finds it can read it. `doorstep new-key` shows how to seal packages.",
            );
        }
        say("Written, read back and compared: it is safe to remove the stick.");
        Ok(())
    }
}

/// The recipients that survey.toml names.
pub fn recipients(folder: &Folder) -> Result<Vec<Recipient>> {
    let read = |text: &String| {
        text.parse::<Recipient>().map_err(|why| {
            Failure::input(format!("`{text}` under [package] in survey.toml is no recipient: {why}"))
                .help("`doorstep new-key FILE` makes a key and says what to write.")
                .into()
        })
    };
    folder.survey.recipients.iter().map(read).collect()
}

/// The parts of a package, written one after another.
struct Parts<'a> {
    command: &'a Pack,
    header: Header,
    recipients: &'a [Recipient],
    key: &'a DeviceKey,
    open: Option<(PathBuf, Writer<BufWriter<File>>)>,
    /// What each part begins with, so that it can be merged by itself.
    preamble: Vec<Parcel>,
    done: Vec<(PathBuf, u64)>,
}

impl Parts<'_> {
    /// The file of a part: the one that was named, and then with a number before its ending.
    fn path(&self, part: u32) -> PathBuf {
        let file = &self.command.file;
        if part == 1 {
            return file.clone();
        }
        let ending = file.extension().map_or_else(String::new, |e| format!(".{}", e.to_string_lossy()));
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        file.with_file_name(format!("{stem}.{part}{ending}"))
    }

    fn begin(&mut self) -> Result<()> {
        let path = self.path(self.header.part);
        if path.is_dir() {
            let named = path.join(format!("{}.doorpack", self.header.survey));
            return Err(Failure::new(
                Kind::Usage,
                format!("{} is a folder, and a package is a file", path.display()),
            )
            .help(format!("Name the file in it, one for each laptop: `doorstep pack {}`.", named.display()))
            .into());
        }
        if path.exists() && !self.command.force {
            return Err(Failure::new(Kind::Usage, format!("{} is there already", path.display()))
                .help("Name another file, or add --force to replace it.")
                .into());
        }
        let part = part_of(&path);
        let cannot = || format!("cannot write {}", part.display());
        // What was cut off is begun anew.
        let _ = fs::remove_file(&part);
        let file = own_file(&part).with_context(cannot)?;
        let out = BufWriter::new(file);
        let mut writer = Writer::new(out, &self.header, self.recipients).with_context(cannot)?;
        for parcel in &self.preamble {
            writer.put(parcel).with_context(cannot)?;
        }
        self.open = Some((path, writer));
        Ok(())
    }

    fn put(&mut self, parcel: Parcel) -> Result<()> {
        let is_preamble = matches!(
            parcel,
            Parcel::Questionnaire { .. } | Parcel::Dictionary { .. } | Parcel::Withdrawal(_)
        );
        let limit = self.command.split << 20;
        if !is_preamble && self.open.as_ref().is_some_and(|(_, writer)| writer.bytes() >= limit) {
            self.close(false)?;
            self.header.part += 1;
            self.begin()?;
        }
        if let Some((path, writer)) = &mut self.open {
            writer.put(&parcel).with_context(|| format!("cannot write {}", path.display()))?;
        }
        if is_preamble {
            self.preamble.push(parcel);
        }
        Ok(())
    }

    /// Ends a part: on the disk, under its name, read back and compared.
    fn close(&mut self, is_last: bool) -> Result<()> {
        let Some((path, writer)) = self.open.take() else { return Ok(()) };
        let part = part_of(&path);
        let cannot = || format!("cannot write {}", path.display());
        let segments = writer.segments();
        let mut out = writer.finish(self.key, is_last).with_context(cannot)?;
        out.flush().with_context(cannot)?;
        out.get_ref().sync_all().with_context(cannot)?;
        drop(out);
        fs::rename(&part, &path).with_context(cannot)?;
        sync_folder(&path).with_context(cannot)?;
        verified(&path).context("what was written does not read back: use another stick")?;
        self.done.push((path, segments));
        Ok(())
    }

    fn end(mut self) -> Result<Vec<(PathBuf, u64)>> {
        self.close(true)?;
        Ok(std::mem::take(&mut self.done))
    }
}

/// What is half written goes when it cannot be finished.
impl Drop for Parts<'_> {
    fn drop(&mut self) {
        if let Some((path, _)) = &self.open {
            let _ = fs::remove_file(part_of(path));
        }
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}
