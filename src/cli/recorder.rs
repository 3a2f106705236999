//! What makes an interview durable: each intent becomes facts, the facts are committed, and only
//! then does the interview move on.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{outside, receiver};
use crate::interview::{Intent, Interview, Refusal};
use crate::journal::{Clock, DeviceKey, Event, Fact, InterviewId};
use crate::store::{Store, Visit, name_of};
use crate::terminal::Recorder;
use crate::value::Hash;

/// Writes one interview's facts into a store.
pub struct Durable<'s> {
    store: &'s mut Store,
    interview: InterviewId,
    key: &'s DeviceKey,
    questionnaire: Hash,
    clock: Clock,
    /// The language that it was changed to last.
    language: Option<String>,
    receiver: Option<PathBuf>,
}

impl<'s> Durable<'s> {
    /// For one interview that is asked with one questionnaire.
    pub fn new(
        store: &'s mut Store,
        interview: InterviewId,
        key: &'s DeviceKey,
        questionnaire: Hash,
    ) -> Result<Self> {
        let clock = store.clock(outside::wall())?;
        Ok(Self { store, interview, key, questionnaire, clock, language: None, receiver: None })
    }

    /// With a satellite receiver, or a file that one wrote.
    pub fn with_receiver(self, receiver: Option<PathBuf>) -> Self {
        Self { receiver, ..self }
    }

    /// How the visit went, where it ended without a complete interview.
    pub fn visit(&self, interview: InterviewId) -> Result<Option<Visit>> {
        let summaries = self.store.interviews()?;
        Ok(summaries.into_iter().find(|summary| summary.id == interview).and_then(|summary| summary.visit))
    }

    /// Keeps room on the disk for the end of this interview; whether there is any.
    pub fn keep_room(&self) -> bool {
        self.store.keep_room()
    }

    /// The language that the interview was changed to last, if it was.
    pub fn language(&self) -> Option<&String> {
        self.language.as_ref()
    }

    /// Closes what was committed into a segment.
    pub fn close(&mut self) -> Result<()> {
        self.store.close(self.interview, self.key)?;
        Ok(())
    }

    /// Commits facts as events of now.
    pub fn commit(&mut self, facts: Vec<Fact>) -> Result<()> {
        let wall = outside::wall();
        let changed = facts.iter().rev().find_map(|fact| match fact {
            Fact::LanguageChanged { language } => Some(language.clone()),
            _ => None,
        });
        let events: Vec<Event> =
            facts.into_iter().map(|fact| Event { stamp: self.clock.next(wall), fact }).collect();
        if !events.is_empty() {
            self.store.append(self.interview, self.key.id(), self.questionnaire, &events)?;
        }
        self.language = changed.or_else(|| self.language.take());
        Ok(())
    }
}

/// Files beyond this are no answers: a store must fit on a stick.
const LARGEST: u64 = 50 << 20;

impl Recorder for Durable<'_> {
    type Error = anyhow::Error;

    fn has_receiver(&self) -> bool {
        self.receiver.is_some()
    }

    fn receive(&mut self) -> Result<String, String> {
        match &self.receiver {
            Some(path) => receiver::receive(path),
            None => Err("No receiver was named: begin with --gps and its path.".to_owned()),
        }
    }

    fn attach(&mut self, path: &str) -> Result<Result<String, String>> {
        let path = Path::new(path);
        let about = match fs::metadata(path) {
            Ok(about) => about,
            Err(error) => return Ok(Err(format!("{} cannot be read: {error}", path.display()))),
        };
        if !about.is_file() {
            return Ok(Err(format!("{} is no file.", path.display())));
        }
        if about.len() > LARGEST {
            return Ok(Err(format!("{} is larger than {} MB.", path.display(), LARGEST >> 20)));
        }
        let content = match fs::read(path) {
            Ok(content) => content,
            Err(error) => return Ok(Err(format!("{} cannot be read: {error}", path.display()))),
        };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        let is_plain = ending.len() <= 10 && ending.bytes().all(|b| b.is_ascii_alphanumeric());
        let name = name_of(&content, if is_plain { &ending } else { "" });
        self.store.attach(&name, &content)?;
        Ok(Ok(name))
    }

    fn keep_draft(&mut self, place: &str, text: &str) -> Result<()> {
        Ok(self.store.keep_draft(self.interview, place, text)?)
    }

    fn draft(&mut self, place: &str) -> Option<String> {
        // What cannot be read is not worth stopping an interview for: the answers are elsewhere.
        self.store.draft(self.interview, place).ok().flatten()
    }

    fn carry_out(&mut self, interview: &mut Interview, intent: &Intent) -> Result<Result<(), Refusal>> {
        let facts = match interview.decide(intent) {
            Ok(facts) => facts,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.commit(facts.clone())?;
        facts.iter().for_each(|fact| interview.apply(fact));
        Ok(Ok(()))
    }
}
