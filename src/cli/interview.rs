//! `doorstep interview`: typed, resumed, or from an answer file.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::recorder::Durable;
use super::speech::{Spoken, refused};
use super::{answers, outside, screen};
use crate::interview::{Intent, Interview};
use crate::journal::{DeviceKey, Fact, InterviewId};
use crate::store::{State, Store, Summary};
use crate::terminal::screen::changed;
use crate::terminal::words::{PROMPT, Words};
use crate::terminal::{self, Colours, Options, Outcome, Recorder};

/// Interviews: a new one, an unfinished one, or those of an answer file.
#[derive(Debug, Args)]
pub struct InterviewArgs {
    /// Who asks: a name or code. Asked for where it is not given.
    #[arg(long, short = 'e', value_name = "NAME", env = "DOORSTEP_ENUMERATOR")]
    enumerator: Option<String>,
    /// The language to begin in, for example `ar`.
    #[arg(long, short = 'l', value_name = "TAG", env = "DOORSTEP_LANGUAGE")]
    language: Option<String>,
    /// Goes on with an unfinished interview: the one with this in its id, or the latest.
    #[arg(long, short = 'r', value_name = "ID", num_args = 0..=1, default_missing_value = "")]
    resume: Option<String>,
    /// The satellite receiver (such as /dev/ttyUSB0), or a file that it writes: `gps` then answers
    /// where a place is asked for.
    #[arg(long, value_name = "PATH", env = "DOORSTEP_GPS")]
    gps: Option<PathBuf>,
    /// One question after another as plain lines, for screen readers and simple terminals.
    #[arg(long)]
    plain: bool,
    /// What brings a covered screen back; Enter does, without it.
    #[arg(long, value_name = "CODE", env = "DOORSTEP_PIN", hide_env_values = true)]
    pin: Option<String>,
    /// Other function keys: a command's letter and its key, such as `d=f11,z=f12`.
    #[arg(
        long,
        value_name = "CHANGES",
        env = "DOORSTEP_KEYS",
        default_value = "",
        hide_default_value = true
    )]
    keys: String,
    /// Listens to the mouse: a click goes to an answer, a second takes it. Nothing needs it.
    #[arg(long, env = "DOORSTEP_MOUSE")]
    mouse: bool,
    /// The colours of the full screen: `few`; `none` but the terminal's own two; or `contrast`, bright
    /// on black, for sunlight and weak eyes. `NO_COLOR` means `none`.
    #[arg(long, value_name = "WHICH", env = "DOORSTEP_COLOURS", value_enum, hide_possible_values = true)]
    colours: Option<Choice>,
    /// Puts right-to-left lines into the order of the eye, for terminals that do not.
    #[arg(long, env = "DOORSTEP_REORDER")]
    reorder: bool,
    /// Plays the interviews of an answer file (docs/answers.md).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["resume", "enumerator", "language"])]
    answers: Option<PathBuf>,
}

/// The colours that can be asked for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Choice {
    Few,
    None,
    Contrast,
}

impl InterviewArgs {
    /// Runs the command.
    pub fn run(&self, folder: &Folder) -> Result<()> {
        let options = self.options()?;
        let (mut store, key) = folder.store("interview")?;
        if let Some(file) = &self.answers {
            return answers::run(folder, &mut store, &key, file);
        }
        match &self.resume {
            Some(prefix) => self.resume(folder, &mut store, &key, prefix, &options),
            None => self.begin(folder, &mut store, &key, &options),
        }
    }

    /// How the interview is held here.
    fn options(&self) -> Result<Options> {
        let shortcuts = changed(&self.keys).map_err(|change| {
            Failure::new(Kind::Usage, format!("`{change}` is no change of a key"))
                .help("Write a command's letter and a function key, such as `d=f11`; docs/guide/keys.md has the letters.")
        })?;
        Ok(Options {
            pin: self.pin.clone().filter(|pin| !pin.is_empty()),
            reorder: self.reorder,
            colours: self.colours(),
            mouse: self.mouse,
            shortcuts,
        })
    }

    /// The colours that were asked for; else what `NO_COLOR` says.
    fn colours(&self) -> Colours {
        let is_without = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match self.colours {
            Some(Choice::Contrast) => Colours::Contrast,
            Some(Choice::None) => Colours::None,
            None if is_without() => Colours::None,
            Some(Choice::Few) | None => Colours::Few,
        }
    }

    fn begin(&self, folder: &Folder, store: &mut Store, key: &DeviceKey, options: &Options) -> Result<()> {
        let questionnaire = &folder.questionnaire;
        let language = self.language.clone().unwrap_or_else(|| questionnaire.languages[0].clone());
        if questionnaire.language(&language).is_none() {
            return Err(Failure::new(Kind::Usage, format!("the questionnaire has no language `{language}`"))
                .help(format!("It has: {}.", questionnaire.languages.join(", ")))
                .into());
        }
        let spoken = Spoken::new(&language, options.reorder);
        let unfinished = store.interviews()?.iter().filter(|s| s.state != State::Finalised).count();
        if unfinished > 0 {
            spoken.say("interview-unfinished", &[("count", unfinished.into())]);
        }
        let Some(enumerator) = self.enumerator(&spoken)? else { return Ok(()) };
        let (id, started) = started(folder, enumerator, language)?;
        let mut durable = Durable::new(store, id, key, questionnaire.hash)?.with_receiver(self.gps.clone());
        durable.commit(vec![started.clone()])?;
        let mut interview = Interview::new(Arc::clone(questionnaire));
        interview.apply(&started);
        self.converse(interview, durable, id, options)
    }

    fn resume(
        &self,
        folder: &Folder,
        store: &mut Store,
        key: &DeviceKey,
        prefix: &str,
        options: &Options,
    ) -> Result<()> {
        let language = self.language.as_ref().unwrap_or(&folder.questionnaire.languages[0]);
        let spoken = Spoken::new(language, options.reorder);
        let summary = unfinished(store, prefix, &spoken.words)?;
        let id = summary.id;
        let questionnaire = folder.version(store, summary.questionnaire)?;
        if summary.questionnaire != folder.questionnaire.hash {
            let filled = [
                ("version", questionnaire.version.as_str().into()),
                ("id", short(id).into()),
                ("newer", folder.questionnaire.version.as_str().into()),
            ];
            spoken.say("interview-version", &filled);
        }
        take_up(store, key, id, &spoken.words)?;
        let history = store.history(id)?;
        let mut interview = Interview::replay(questionnaire, history.events.iter().map(|e| &e.fact));
        history.conflicts.iter().for_each(|c| interview.set_aside(&c.address));
        if summary.device != key.id() {
            interview.go_on_elsewhere(key.id());
        }
        let mut durable =
            Durable::new(store, id, key, summary.questionnaire)?.with_receiver(self.gps.clone());
        // A power cut leaves no pause behind; then there is nothing to resume from.
        let _ = durable.carry_out(&mut interview, &Intent::Resume)?;
        if let Some(language) = &self.language
            && let Err(_refused) = durable.carry_out(&mut interview, &Intent::Language(language.clone()))?
        {
            spoken.say("interview-no-language", &[("tag", language.as_str().into())]);
        }
        self.converse(interview, durable, id, options)
    }

    /// Talks the interview through, and closes its segment where it was paused or finalised.
    fn converse(
        &self,
        interview: Interview,
        mut durable: Durable<'_>,
        id: InterviewId,
        options: &Options,
    ) -> Result<()> {
        let language = interview.view().language;
        if !durable.keep_room() {
            Spoken::new(&language, options.reorder).say("interview-disk", &[]);
        }
        let outcome = if self.plain || !screen::is_possible() {
            let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
            terminal::run(interview, &mut input, &mut output, &mut durable, terminal_width(), options)
        } else {
            screen::run(interview, &mut durable, options)
        };
        let short = short(id);
        let outcome = outcome?;
        // The language may have been changed within.
        let spoken = Spoken::new(durable.language().unwrap_or(&language), options.reorder);
        let told = |message: &str, id: &str| spoken.say(message, &[("id", id.into())]);
        match outcome {
            Outcome::Paused => {
                durable.close()?;
                match durable.visit(id)? {
                    None => {
                        let pin = if options.pin.is_some() { " --pin CODE" } else { "" };
                        told("interview-paused", &format!("{short}{pin}"));
                    }
                    Some(visit) => {
                        let outcome = spoken.words.visit(visit.disposition, visit.again);
                        spoken.say("outcome-noted", &[("id", short.into()), ("outcome", outcome.into())]);
                    }
                }
            }
            Outcome::Finalised => {
                durable.close()?;
                told("interview-finalised", &short);
            }
            Outcome::EndOfInput => told("interview-cut", &short),
        }
        Ok(())
    }

    /// The enumerator's name; asked for on the terminal, `None` if nobody answers.
    fn enumerator(&self, spoken: &Spoken) -> Result<Option<String>> {
        if let Some(name) = self.enumerator.as_deref().map(str::trim).filter(|n| !n.is_empty()) {
            return Ok(Some(name.to_owned()));
        }
        loop {
            spoken.put(&spoken.words.say("interview-name"))?;
            write!(io::stdout(), "{PROMPT}")?;
            io::stdout().flush()?;
            let mut line = String::new();
            if io::stdin().read_line(&mut line)? == 0 {
                spoken.say("interview-no-name", &[]);
                return Ok(None);
            }
            if !line.trim().is_empty() {
                return Ok(Some(line.trim().to_owned()));
            }
        }
    }
}

/// Closes what this laptop has open of an interview, so that what follows goes on from everything
/// that is here by now. One that another laptop has open is refused.
pub fn take_up(store: &mut Store, key: &DeviceKey, id: InterviewId, words: &Words) -> Result<()> {
    let open = store.open_runs(id)?;
    if open.iter().any(|device| *device != key.id()) {
        let open = words.tell("open-elsewhere", &[("id", short(id).into())]);
        return Err(Failure::new(Kind::Data, open).help(words.say("open-elsewhere-help")).into());
    }
    if !open.is_empty() {
        store.close(id, key)?;
    }
    Ok(())
}

/// Columns to wrap at: the terminal's, 80 where there is none.
fn terminal_width() -> usize {
    if !io::stdout().is_terminal() {
        return 80;
    }
    std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).filter(|c| *c >= 20).unwrap_or(80)
}

/// A new interview of now: its id, and its first fact.
pub fn started(folder: &Folder, enumerator: String, language: String) -> Result<(InterviewId, Fact)> {
    check_name(&enumerator)?;
    let at = outside::now();
    let started = Fact::Started {
        questionnaire: folder.questionnaire.hash,
        round: folder.survey.round.clone(),
        enumerator,
        language,
        at,
        seed: outside::seed()?,
    };
    Ok((outside::interview_id(at, &outside::random()?), started))
}

/// The longest name of an enumerator, in letters: it stands in every list and file.
const LONGEST_NAME: usize = 100;

/// Refuses a name that no person has: something else was typed or piped in.
pub fn check_name(enumerator: &str) -> Result<()> {
    let letters = enumerator.chars().count();
    if letters <= LONGEST_NAME && !enumerator.chars().any(char::is_control) {
        return Ok(());
    }
    let shown: String = enumerator.chars().map(|c| if c.is_control() { ' ' } else { c }).take(30).collect();
    let more = if letters > 30 { "…" } else { "" };
    Err(Failure::new(Kind::Usage, format!("`{shown}{more}` is no name of an enumerator"))
        .help(format!("A name is one line of at most {LONGEST_NAME} letters."))
        .into())
}

/// The interview to go on with: the one with this in its id, or the latest where something is left
/// to do.
pub fn unfinished(store: &Store, prefix: &str, words: &Words) -> Result<Summary> {
    chosen(store, prefix, "none-such-unfinished", words, |s| {
        s.state != State::Finalised && (s.is_waiting() || !prefix.is_empty())
    })
}

/// The one interview of a kind with this in its id; the latest, if that is empty. `none` is the
/// message that there is no such interview.
pub fn chosen(
    store: &Store,
    prefix: &str,
    none: &str,
    words: &Words,
    is_it: impl Fn(&Summary) -> bool,
) -> Result<Summary> {
    let wanted = prefix.replace('-', "").to_lowercase();
    let mut fitting: Vec<Summary> = store
        .interviews()?
        .into_iter()
        .filter(|s| is_it(s) && s.id.to_string().replace('-', "").contains(&wanted))
        .collect();
    fitting.sort_by_key(|s| s.last);
    let filled = [("typed", prefix.into()), ("count", fitting.len().into())];
    match (fitting.len(), prefix) {
        (0, "") => Err(refused(words, ("none-unfinished", "none-begins"), &filled)),
        (0, _) => Err(refused(words, (none, "none-list"), &filled)),
        (1, _) | (_, "") => fitting.pop().ok_or_else(|| anyhow::anyhow!("an interview vanished")),
        _ => Err(refused(words, ("several-such", "several-more"), &filled)),
    }
}

/// The end of an id: ids of one minute begin alike, their ends are by chance.
pub fn short(id: InterviewId) -> String {
    let text = id.to_string();
    text[text.len() - 8..].to_owned()
}
