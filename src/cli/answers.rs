//! `doorstep interview --answers FILE`: interviews that are written down.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::Datelike;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::interview::check_name;
use super::outside;
use super::say::{count, progress, say};
use crate::interview::script::{self, Script, ScriptError};
use crate::interview::{Interview, Stop};
use crate::journal::{Clock, DeviceKey, Event, Fact, InterviewId};
use crate::store::{Recorded, Store};
use crate::terminal::refusal;
use crate::terminal::words::Words;

/// Plays a file: all of it is stored, or nothing.
pub fn run(folder: &Folder, store: &mut Store, key: &DeviceKey, file: &Path) -> Result<()> {
    if file.exists() && !file.is_file() {
        return Err(Failure::new(Kind::Usage, format!("{} is no file", file.display())).into());
    }
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::input(format!("{} is not text in UTF-8: byte {at} does not fit", file.display()))
            .help("Save the file as UTF-8.")
    })?;
    let mut clock = store.clock(outside::wall())?;
    let scripts = parse(&text, &file.display().to_string())?;
    let known: HashSet<InterviewId> = store.interviews()?.iter().map(|s| s.id).collect();
    let (played, passed_over) = play(folder, &scripts, &file.display().to_string(), &known, &mut clock)?;
    let (stored, unfinished) = keep(folder, store, key, &played)?;
    say(format_args!(
        "{}: {} stored, {unfinished} of them unfinished.",
        file.display(),
        count(stored, "interview")
    ));
    if passed_over > 0 {
        say(format_args!("{passed_over} were in the store already and were passed over."));
    }
    Ok(())
}

/// The scripts of a file with their line numbers. Every line that is no script is named.
pub fn parse(text: &str, name: &str) -> Result<Vec<(usize, Script)>> {
    let mut scripts = Vec::new();
    let mut mistakes = Vec::new();
    for (n, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Script>(line) {
            Ok(script) => scripts.push((n + 1, script)),
            Err(error) => mistakes.push(format!("{name}:{}:{}: {error}", n + 1, error.column())),
        }
    }
    none_wrong(&mistakes, name)?;
    Ok(scripts)
}

/// Plays scripts through the engine, without storing. Every line that does not fit is named.
pub fn play(
    folder: &Folder,
    scripts: &[(usize, Script)],
    name: &str,
    known: &HashSet<InterviewId>,
    clock: &mut Clock,
) -> Result<(Vec<Recorded>, usize)> {
    let mut played = Vec::with_capacity(scripts.len());
    let mut mistakes = Vec::new();
    let mut first = HashMap::new();
    let mut passed_over = 0;
    let bar = progress("Interviewing", scripts.len() as u64);
    for (line, script) in scripts {
        bar.inc(1);
        match one(folder, script, known, clock)? {
            One::Played(interview) => match first.insert(interview.interview, *line) {
                Some(before) => {
                    mistakes.push(format!("{name}:{line}: the same interview as in line {before}"));
                }
                None => played.push(interview),
            },
            One::Known => passed_over += 1,
            One::Wrong(why) => mistakes.push(format!("{name}:{line}: {why}")),
        }
    }
    bar.finish_and_clear();
    none_wrong(&mistakes, name)?;
    Ok((played, passed_over))
}

/// Stores interviews, all in one transaction; gives how many, and how many are unfinished.
pub fn keep(
    folder: &Folder,
    store: &mut Store,
    key: &DeviceKey,
    played: &[Recorded],
) -> Result<(usize, usize)> {
    store.record(played, folder.questionnaire.hash, key)?;
    let is_finalised = |p: &&Recorded| matches!(p.events.last(), Some(Event { fact: Fact::Finalised, .. }));
    let finalised = played.iter().filter(is_finalised).count();
    Ok((played.len(), played.len() - finalised))
}

/// One script as an interview, without storing; none where it does not fit.
pub fn played(folder: &Folder, script: &Script, clock: &mut Clock) -> Result<Option<Recorded>> {
    match one(folder, script, &HashSet::new(), clock)? {
        One::Played(recorded) => Ok(Some(recorded)),
        One::Known | One::Wrong(_) => Ok(None),
    }
}

enum One {
    Played(Recorded),
    Known,
    Wrong(String),
}

fn one(folder: &Folder, script: &Script, known: &HashSet<InterviewId>, clock: &mut Clock) -> Result<One> {
    let questionnaire = &folder.questionnaire;
    let at = script.started.unwrap_or_else(outside::now);
    if !(0..=9999).contains(&at.year()) {
        return Ok(One::Wrong("`started`: the year has more than four digits".to_owned()));
    }
    if let Err(error) = check_name(&script.enumerator) {
        return Ok(One::Wrong(format!("`enumerator`: {error}")));
    }
    let id = match &script.id {
        // Without a seed and a time, nothing tells one playing from the next.
        None if script.seed.is_none() && script.started.is_none() => {
            outside::interview_id(at, &outside::random()?)
        }
        // Otherwise the same line is the same interview whenever it is played.
        None => {
            let answers = serde_json::to_string(&script.answers).unwrap_or_default();
            let line = format!("{:?} {} {:?} {answers}", script.seed, script.enumerator, script.started);
            let mut ten = [0; 10];
            ten.copy_from_slice(&blake3::hash(line.as_bytes()).as_bytes()[..10]);
            outside::interview_id(script.started.unwrap_or_default(), &ten)
        }
        Some(text) => match uuid::Uuid::parse_str(text) {
            Ok(uuid) => InterviewId(*uuid.as_bytes()),
            Err(error) => return Ok(One::Wrong(format!("`id`: `{text}` is no UUID ({error})"))),
        },
    };
    if known.contains(&id) {
        return Ok(One::Known);
    }
    let language = script.language.clone().unwrap_or_else(|| questionnaire.languages[0].clone());
    if questionnaire.language(&language).is_none() {
        return Ok(One::Wrong(format!(
            "`language`: the questionnaire has no `{language}`; it has {}",
            questionnaire.languages.join(", ")
        )));
    }
    let started = Fact::Started {
        questionnaire: questionnaire.hash,
        round: folder.survey.round.clone(),
        enumerator: script.enumerator.clone(),
        language,
        at,
        seed: match script.seed {
            Some(seed) => seed,
            None => outside::seed()?,
        },
    };
    let mut interview = Interview::new(Arc::clone(questionnaire));
    interview.apply(&started);
    let mut facts = vec![started];
    match script::play(&mut interview, script) {
        Ok(more) => facts.extend(more),
        Err(error) => return Ok(One::Wrong(worded(&error))),
    }
    debug_assert!(script.end != script::End::Finalise || interview.stop() == Stop::Review);
    let wall = |n: usize| match script.started {
        Some(at) => at.timestamp_millis() + n as i64 * i64::from(script.pace) * 1000,
        None => outside::wall(),
    };
    let mut own = Clock::default();
    let events: Vec<Event> = facts
        .into_iter()
        .enumerate()
        .map(|(n, fact)| {
            // Interviews of the past carry their own times; those of now, this laptop's clock.
            let clock = if script.started.is_some() { &mut own } else { &mut *clock };
            Event { stamp: clock.next(wall(n)), fact }
        })
        .collect();
    let is_closed = script.end != script::End::Stop;
    Ok(One::Played(Recorded { interview: id, events, is_closed }))
}

fn worded(error: &ScriptError) -> String {
    match error {
        ScriptError::Refused { question, given, refusal: why } => {
            format!("`{question}`: the answer {given} is refused: {}", refusal::worded(why, &Words::of("en")))
        }
        other => other.to_string(),
    }
}

/// Who mends these finds that the rest are like them.
const MOST_NAMED: usize = 50;

fn none_wrong(mistakes: &[String], name: &str) -> Result<()> {
    if mistakes.is_empty() {
        return Ok(());
    }
    for mistake in mistakes.iter().take(MOST_NAMED) {
        say(mistake);
    }
    if mistakes.len() > MOST_NAMED {
        say(format_args!("… and {}.", count(mistakes.len() - MOST_NAMED, "more line")));
    }
    Err(Failure::new(
        Kind::Input,
        format!("{} in {name} do not fit; nothing of it was stored", count(mistakes.len(), "line")),
    )
    .help("Mend the lines named above and play the file again. docs/answers.md has the format.")
    .into())
}
