//! Looking a store over: is everything there, whole, and what it says it is?

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::key::At;
use super::open::{Access, beside};
use super::read::{known_segments, live_of};
use super::sending::Selection;
use super::summary::{made, summarise_all};
use super::tables::Tables;
use super::{Mode, Result, Store, StoreError, Summary};
use crate::journal::{DeviceId, InterviewId, Segment, Withdrawal, decode_event};
use crate::value::Hash;

/// Each device's segments by their numbers: each with the one that it says it goes on from.
type Chains = BTreeMap<DeviceId, BTreeMap<u64, Vec<(Hash, Option<Hash>)>>>;

/// What was found. Each line of `problems` names what, where, and what to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Segments that were looked at.
    pub segments: u64,
    /// Interviews that they tell of.
    pub interviews: u64,
    /// What is wrong.
    pub problems: Vec<String>,
    /// What is good to know.
    pub notes: Vec<String>,
}

impl Store {
    /// Looks at the database itself.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn examine(&self) -> Result<Findings> {
        let mut findings = Findings::default();
        let sql = |e| StoreError::sql(self.path(), e);
        let count =
            |question: &str| self.connection.query_row(question, [], |row| row.get::<_, u64>(0)).map_err(sql);
        self.pragma("quick_check", &mut findings)?;
        findings.segments = count("SELECT count(*) FROM segment")?;
        findings.interviews = count("SELECT count(*) FROM interview")?;
        let quarantined = count("SELECT count(*) FROM quarantine")?;
        if quarantined > 0 {
            findings.notes.push(format!(
                "{quarantined} in quarantine: merge the laptops' files again where they were damaged on the way."
            ));
        }
        let withdrawn = count("SELECT count(DISTINCT interview) FROM withdrawal")?;
        if withdrawn > 0 {
            findings.notes.push(format!("{withdrawn} withdrawn: only that they were is kept."));
        }
        Ok(findings)
    }

    /// Looks at everything: each page, segment, signature, chain, questionnaire, file and summary.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn examine_deeply(&self, mut step: impl FnMut()) -> Result<Findings> {
        let mut findings = self.examine()?;
        let sql = |e| StoreError::sql(self.path(), e);
        self.pragma("integrity_check", &mut findings)?;
        self.pragma("foreign_key_check", &mut findings)?;
        let t = self.tables();
        let mut chains = Chains::new();
        let mut questionnaires = BTreeSet::new();
        let mut devices_of_rows = t
            .prepare("SELECT s.id, k.bytes, s.sequence FROM segment s JOIN known k ON k.n = s.device WHERE s.interview = ?1 ORDER BY s.id")
            .map_err(sql)?;
        let kept: BTreeMap<InterviewId, Summary> =
            self.interviews()?.into_iter().map(|s| (s.id, s)).collect();
        let mut seen = HashSet::new();
        for interview in all_interviews(t).map_err(sql)? {
            step();
            seen.insert(interview);
            let short = &interview.to_string()[..8];
            let segments = self.whole_segments(interview, &mut findings)?;
            let rows = devices_of_rows
                .query_map([interview.0], |row| {
                    Ok((Hash(row.get(0)?), DeviceId(row.get(1)?), row.get::<_, u64>(2)?))
                })
                .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
                .map_err(sql)?;
            for segment in &segments {
                let is_so = rows.iter().any(|(id, device, sequence)| {
                    *id == segment.id() && *device == segment.device() && *sequence == segment.sequence()
                });
                if !is_so {
                    findings.problems.push(format!(
                        "segment {} stands under another device or number",
                        segment.id().short()
                    ));
                }
                questionnaires.insert(segment.questionnaire());
                let own = chains.entry(segment.device()).or_default().entry(segment.sequence()).or_default();
                own.push((segment.id(), segment.previous()));
            }
            let live = live_of(t, interview).map_err(sql)?;
            let anew = made(interview, &segments, &live);
            match (&anew, kept.get(&interview)) {
                (Some(anew), Some(kept)) if anew == kept => {}
                (None, None) => findings.notes.push(format!("of interview {short} only parts are here: its beginning is missing")),
                _ => findings.problems.push(format!("the summary of interview {short} is not what its events say: `doorstep doctor --rebuild` makes it anew")),
            }
        }
        for summary in kept.values().filter(|summary| !seen.contains(&summary.id)) {
            findings.problems.push(format!(
                "interview {} has a summary and nothing else: `doorstep doctor --rebuild` removes it",
                &summary.id.to_string()[..8]
            ));
        }
        chain_findings(&chains, &mut findings);
        for hash in questionnaires {
            match self.questionnaire(hash) {
                Ok(Some(_)) => {}
                Ok(None) => findings.problems.push(format!(
                    "the questionnaire {} is not here: merge the store of the laptop that asked with it",
                    hash.short()
                )),
                Err(error) => findings.problems.push(error.to_string()),
            }
        }
        for name in self.attachments()? {
            if self.attachment(&name)?.is_none() {
                findings.problems.push(format!(
                    "the file {name} is damaged: merge the store of the laptop where it was attached"
                ));
            }
        }
        let stubs: Vec<Vec<u8>> = t
            .prepare("SELECT body FROM withdrawal")
            .and_then(|mut rows| rows.query_map([], |row| row.get(0))?.collect())
            .map_err(sql)?;
        let unreadable = stubs.iter().filter(|body| Withdrawal::decode(body).is_err()).count();
        if unreadable > 0 {
            findings.problems.push(format!("{unreadable} records of withdrawn consent cannot be read"));
        }
        let events: Vec<Vec<u8>> = t
            .prepare("SELECT body FROM live_event")
            .and_then(|mut rows| rows.query_map([], |row| row.get(0))?.collect())
            .map_err(sql)?;
        let unreadable = events.iter().filter(|body| decode_event(body).is_err()).count();
        if unreadable > 0 {
            findings.problems.push(format!("{unreadable} events of unfinished interviews cannot be read"));
        }
        Ok(findings)
    }

    /// Makes all summaries anew.
    ///
    /// # Errors
    /// The store cannot be written; nothing changed then.
    pub fn rebuild(&mut self) -> Result<()> {
        self.transact(|t| {
            t.execute_batch("DELETE FROM visit; DELETE FROM interview;")?;
            summarise_all(t)
        })
    }

    /// Restores a copy of this store from what it would send, in a folder beside it, and compares:
    /// the same segments, summaries and files. The copy is removed again. `wall` in milliseconds
    /// since 1970.
    ///
    /// # Errors
    /// The copy cannot be made or read.
    pub fn restore_drill(&self, wall: i64) -> Result<Findings> {
        let io = |e| StoreError::io(self.path(), e);
        let parent = self.path().parent().unwrap_or(Path::new("."));
        let folder = tempfile::Builder::new().prefix(".doorstep-drill-").tempdir_in(parent).map_err(io)?;
        let path = folder.path().join("store.db");
        // Encrypted as this one is.
        let at = At::new(&path, self.key.as_ref());
        let mut copy = Self::create(at, self.survey_id(), "doctor")?;
        copy.merge("the store itself", wall, Mode::Keep, |take| self.send(&Selection::default(), take))?;
        drop(copy);
        let copy = Self::open(at, Access::Read, "")?;
        let mut findings = copy.examine()?;
        let mut compare = |what: &str, same: bool| {
            if !same {
                findings.problems.push(format!("a copy that was restored from this store has other {what}"));
            }
        };
        compare("segments", copy.segment_ids()? == self.segment_ids()?);
        compare("interviews", copy.interviews()? == self.interviews()?);
        compare("files", copy.attachments()? == self.attachments()?);
        compare("withdrawals", copy.withdrawals()? == self.withdrawals()?);
        Ok(findings)
    }

    /// Copies of this store from before its format was brought up to date.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn backups(&self) -> Result<Vec<PathBuf>> {
        let io = |e| StoreError::io(self.path(), e);
        let begins = beside(self.path(), ".format-");
        let begins = begins.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folder = self.path().parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            if entry.file_name().to_string_lossy().starts_with(&begins) {
                found.push(entry.path());
            }
        }
        found.sort();
        Ok(found)
    }

    /// The segments of an interview that are whole; those that are not become findings.
    fn whole_segments(&self, interview: InterviewId, findings: &mut Findings) -> Result<Vec<Segment>> {
        let sql = |e| StoreError::sql(self.path(), e);
        let whole = known_segments(self.tables(), interview).map_err(sql)?;
        let ids: Vec<[u8; 32]> = self
            .connection
            .prepare_cached("SELECT id FROM segment WHERE interview = ?1")
            .and_then(|mut rows| rows.query_map([interview.0], |row| row.get(0))?.collect())
            .map_err(sql)?;
        for id in ids.into_iter().map(Hash).filter(|id| whole.iter().all(|segment| segment.id() != *id)) {
            findings.problems.push(format!("segment {} of interview {} is damaged: merge a store or package that has it whole, which mends it", id.short(), &interview.to_string()[..8]));
        }
        for segment in whole.iter().filter(|segment| segment.interview() != interview) {
            findings.problems.push(format!("segment {} stands in another interview", segment.id().short()));
        }
        Ok(whole)
    }

    fn pragma(&self, name: &str, findings: &mut Findings) -> Result<()> {
        let said: Vec<String> = self
            .connection
            .prepare(&format!("PRAGMA {name}"))
            .and_then(|mut rows| rows.query_map([], |row| row.get(0))?.collect())
            .map_err(|e| self.sql(e))?;
        let problems = said.into_iter().filter(|line| line != "ok");
        findings.problems.extend(problems.map(|line| format!("the file is damaged: {line}")));
        Ok(())
    }
}

fn all_interviews(t: Tables<'_>) -> rusqlite::Result<Vec<InterviewId>> {
    t.prepare("SELECT interview FROM segment UNION SELECT interview FROM live ORDER BY 1")?
        .query_map([], |row| row.get(0).map(InterviewId))?
        .collect()
}

/// What the numbers and links of each device's segments tell: copied laptops, and what is missing.
fn chain_findings(chains: &Chains, findings: &mut Findings) {
    for (device, chain) in chains {
        let device = &device.to_string()[..8];
        let forks = chain.values().filter(|same| same.len() > 1).count();
        if forks > 0 {
            findings.notes.push(format!(
                "device {device} was copied: {forks} of its numbers stand twice, and all are kept"
            ));
        }
        let most = chain.keys().next_back().copied().unwrap_or(0);
        let missing = (most + 1).saturating_sub(chain.len() as u64);
        if missing > 0 {
            findings.notes.push(format!("{missing} of the {} segments of device {device} are not here: on another stick, removed, or withdrawn", most + 1));
        }
        for (sequence, segments) in chain {
            let before = sequence.checked_sub(1).and_then(|before| chain.get(&before));
            let Some(before) = before else { continue };
            for (id, previous) in segments {
                if !before.iter().any(|(id, _)| Some(*id) == *previous) {
                    findings.notes.push(format!(
                        "segment {} of device {device} goes on from one that is not here",
                        id.short()
                    ));
                }
            }
        }
    }
}
