//! `doorstep interview`: typed, resumed, or from an answer file.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::recorder::Durable;
use super::say::say;
use super::{answers, outside, screen};
use crate::interview::{Intent, Interview};
use crate::journal::{DeviceKey, Fact, InterviewId};
use crate::store::{State, Store, Summary};
use crate::terminal::screen::changed;
use crate::terminal::{self, Options, Outcome, Recorder};

/// Interviews: a new one, an unfinished one, or those of an answer file.
#[derive(Debug, Args)]
pub struct InterviewArgs {
    /// Who asks: a name or code. Asked for where it is not given.
    #[arg(long, short = 'e', value_name = "NAME", env = "DOORSTEP_ENUMERATOR")]
    enumerator: Option<String>,
    /// The language to begin in, for example `ar`.
    #[arg(long, short = 'l', value_name = "TAG")]
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
    /// Puts right-to-left lines into the order of the eye, for terminals that do not.
    #[arg(long, env = "DOORSTEP_REORDER")]
    reorder: bool,
    /// Plays the interviews of an answer file (docs/answers.md).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["resume", "enumerator", "language"])]
    answers: Option<PathBuf>,
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
            no_colour: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
            shortcuts,
        })
    }

    fn begin(&self, folder: &Folder, store: &mut Store, key: &DeviceKey, options: &Options) -> Result<()> {
        let unfinished = store.interviews()?.iter().filter(|s| s.state != State::Finalised).count();
        if unfinished > 0 {
            say(format_args!(
                "{unfinished} unfinished: `doorstep interview --resume` goes on with the latest."
            ));
        }
        let questionnaire = &folder.questionnaire;
        let language = self.language.clone().unwrap_or_else(|| questionnaire.languages[0].clone());
        if questionnaire.language(&language).is_none() {
            return Err(Failure::new(Kind::Usage, format!("the questionnaire has no language `{language}`"))
                .help(format!("It has: {}.", questionnaire.languages.join(", ")))
                .into());
        }
        let Some(enumerator) = self.enumerator()? else { return Ok(()) };
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
        let summary = unfinished(store, prefix)?;
        let id = summary.id;
        let questionnaire = folder.version(store, summary.questionnaire)?;
        if summary.questionnaire != folder.questionnaire.hash {
            say(format_args!(
                "It is asked with version {} of the questionnaire; `doorstep upgrade {}` shows what version {} would change.",
                questionnaire.version,
                short(id),
                folder.questionnaire.version
            ));
        }
        take_up(store, key, id)?;
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
            say(format_args!("The questionnaire has no language `{language}`; going on as before."));
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
        if !durable.keep_room() {
            say("The disk is almost full: make room before the next interview. This one can be held.");
        }
        let outcome = if self.plain || !screen::is_possible() {
            let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
            terminal::run(interview, &mut input, &mut output, &mut durable, terminal_width(), options)
        } else {
            screen::run(interview, &mut durable, options)
        };
        let short = short(id);
        match outcome? {
            Outcome::Paused => {
                durable.close()?;
                match durable.visit(id)? {
                    None => {
                        let pin = if options.pin.is_some() { " --pin CODE" } else { "" };
                        say(format_args!(
                            "Paused. `doorstep interview --resume {short}{pin}` goes on exactly here."
                        ));
                    }
                    Some(visit) => {
                        let again = visit.again.map_or_else(String::new, |at| {
                            format!(", again {}", at.format("%Y-%m-%d %H:%M"))
                        });
                        say(format_args!("Noted for {short}: {}{again}.", visit.disposition));
                    }
                }
            }
            Outcome::Finalised => {
                durable.close()?;
                say(format_args!("Finalised and stored: interview {short}."));
            }
            Outcome::EndOfInput => {
                say(format_args!(
                    "The input ended; every answer so far is stored. `doorstep interview --resume {short}` goes on."
                ));
            }
        }
        Ok(())
    }

    /// The enumerator's name; asked for on the terminal, `None` if nobody answers.
    fn enumerator(&self) -> Result<Option<String>> {
        if let Some(name) = self.enumerator.as_deref().map(str::trim).filter(|n| !n.is_empty()) {
            return Ok(Some(name.to_owned()));
        }
        loop {
            write!(io::stdout(), "Your name or code:\n> ")?;
            io::stdout().flush()?;
            let mut line = String::new();
            if io::stdin().read_line(&mut line)? == 0 {
                say("No name, no interview: nothing was begun.");
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
pub fn take_up(store: &mut Store, key: &DeviceKey, id: InterviewId) -> Result<()> {
    let open = store.open_runs(id)?;
    if open.iter().any(|device| *device != key.id()) {
        return Err(Failure::new(
            Kind::Data,
            format!("the interview {} is still open on another laptop", short(id)),
        )
        .help("Pause or finish it there, and merge its store again.")
        .into());
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

/// The interview to go on with: the one with this in its id, or the latest where something is left
/// to do.
pub fn unfinished(store: &Store, prefix: &str) -> Result<Summary> {
    chosen(store, prefix, "unfinished", |s| {
        s.state != State::Finalised && (s.is_waiting() || !prefix.is_empty())
    })
}

/// The one interview of a kind with this in its id; the latest, if that is empty.
pub fn chosen(store: &Store, prefix: &str, kind: &str, is_it: impl Fn(&Summary) -> bool) -> Result<Summary> {
    let wanted = prefix.replace('-', "").to_lowercase();
    let mut fitting: Vec<Summary> = store
        .interviews()?
        .into_iter()
        .filter(|s| is_it(s) && s.id.to_string().replace('-', "").contains(&wanted))
        .collect();
    fitting.sort_by_key(|s| s.last);
    match (fitting.len(), prefix) {
        (0, "") => Err(Failure::new(Kind::Usage, format!("no interview is {kind}"))
            .help("`doorstep interview` begins a new one.")
            .into()),
        (0, _) => Err(Failure::new(Kind::Usage, format!("no {kind} interview has `{prefix}` in its id"))
            .help("`doorstep list` shows all interviews.")
            .into()),
        (1, _) | (_, "") => fitting.pop().ok_or_else(|| anyhow::anyhow!("an interview vanished")),
        (n, _) => {
            Err(Failure::new(Kind::Usage, format!("{n} {kind} interviews have `{prefix}` in their ids"))
                .help("Give more of the id; `doorstep list` shows all interviews.")
                .into())
        }
    }
}

/// The end of an id: ids of one minute begin alike, their ends are by chance.
pub fn short(id: InterviewId) -> String {
    let text = id.to_string();
    text[text.len() - 8..].to_owned()
}
