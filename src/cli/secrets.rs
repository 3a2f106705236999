//! What opens an encrypted store: its key and the laptop's own, in a file that a passphrase opens, and in
//! another that the office opens when the passphrase is forgotten.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use zeroize::Zeroizing;

use super::failure::{Failure, Kind};
use super::folder::Folder;
use super::outside;
use super::say::say;
use crate::journal::DeviceKey;
use crate::package::{
    Identity, MOST_WORK, PackageError, Passphrase, Recipient, WORK, open_for, open_with, seal_to, seal_with,
};
use crate::store::{SECRETS, StoreError, StoreKey, sync_folder};
use crate::terminal::words::Words;

/// What the secrets begin with, before they are sealed.
const MAGIC: &[u8; 8] = b"DOORKEY1";
/// Shorter passphrases are guessed by a machine, however slow each guess is.
const SHORTEST: usize = 10;
/// So often may somebody mistype.
const TRIES: usize = 3;

/// The key of a store, and that of the laptop.
#[derive(Clone)]
pub struct Secrets {
    store: Zeroizing<[u8; 32]>,
    device: Zeroizing<[u8; 32]>,
}

impl Secrets {
    /// A new key for a store, beside the key that the laptop has.
    pub fn new(device: [u8; 32]) -> Result<Self> {
        Ok(Self { store: Zeroizing::new(outside::random()?), device: Zeroizing::new(device) })
    }

    /// The key of the store.
    pub fn store(&self) -> StoreKey {
        StoreKey::from_secret(*self.store)
    }

    /// The key of the laptop.
    pub fn device(&self) -> DeviceKey {
        DeviceKey::from_secret(*self.device)
    }

    /// The bytes of the laptop's key.
    pub fn device_secret(&self) -> &[u8; 32] {
        &self.device
    }

    /// Whether there are any beside a store.
    ///
    /// # Errors
    /// Only the office's are: what opened the store for its enumerator is lost.
    pub fn exist(store: &Path) -> Result<bool> {
        let (own, office) = (file(store), office_file(store));
        if office.exists() && !own.exists() {
            return Err(Failure::new(
                Kind::Data,
                format!("{} is there without secrets.age", office.display()),
            )
            .help("It may open a store that was moved away: put secrets.age back, or move both files away.")
            .into());
        }
        Ok(own.exists())
    }

    fn bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([MAGIC.as_slice(), self.store.as_slice(), self.device.as_slice()].concat())
    }

    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (store, device) = bytes.strip_prefix(MAGIC)?.split_at_checked(32)?;
        Some(Self {
            store: Zeroizing::new(store.try_into().ok()?),
            device: Zeroizing::new(device.try_into().ok()?),
        })
    }

    /// Writes them beside a store: sealed with a passphrase, and to the office's keys if there are any.
    pub fn write(
        &self,
        store: &Path,
        new: &NewPassphrase,
        office: &[Recipient],
        words: &Words,
    ) -> Result<()> {
        let passphrase = new.chosen(words)?;
        replace(&file(store), &seal_with(&passphrase, new.work, &self.bytes())?)?;
        self.write_for(store, office)
    }

    /// Writes them for the office's keys alone, if there are any.
    pub fn write_for(&self, store: &Path, office: &[Recipient]) -> Result<()> {
        if office.is_empty() {
            return Ok(());
        }
        replace(&office_file(store), &seal_to(office, &self.bytes())?)
    }

    /// Opens those beside a store, with what `doorstep --passphrase-file` names or somebody types.
    pub fn unlock(store: &Path, passphrase_file: Option<&Path>, words: &Words) -> Result<Self> {
        let sealed = read(&file(store), store)?;
        let shown = store.display();
        if let Some(path) = passphrase_file {
            return opened(open_with(&passphrase_of(path)?, &sealed), store)?.ok_or_else(|| {
                wrong(&format!("the passphrase in {} does not open {shown}", path.display()))
            });
        }
        say(&shown);
        // What is typed ahead while a passphrase is tried is not shown either.
        let _unseen = Unseen::begin();
        for _ in 0..TRIES {
            let typed = Passphrase::new(typed(&words.say("passphrase-ask"), &ASKED)?.to_string());
            if let Some(secrets) = opened(open_with(&typed, &sealed), store)? {
                return Ok(secrets);
            }
            say(words.say("passphrase-wrong"));
        }
        Err(wrong(&format!("no passphrase opened {shown}")))
    }

    /// Opens those beside a store with keys of the office; `None` where none of them fits.
    pub fn unlock_for(store: &Path, office: &[Identity]) -> Result<Option<Self>> {
        if office.is_empty() || !office_file(store).exists() {
            return Ok(None);
        }
        opened(open_for(office, &read(&office_file(store), store)?), store)
    }

    /// Removes those beside a store, which is not encrypted any more.
    pub fn remove(store: &Path) -> Result<()> {
        for path in [file(store), office_file(store)] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot remove {}", path.display()));
                }
                _ => {}
            }
        }
        sync_folder(store).with_context(|| format!("cannot remove the secrets of {}", store.display()))
    }
}

/// The file of a store's secrets.
fn file(store: &Path) -> PathBuf {
    store.with_file_name(SECRETS[0])
}

/// The same for the office.
fn office_file(store: &Path) -> PathBuf {
    store.with_file_name(SECRETS[1])
}

fn read(path: &Path, store: &Path) -> Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(StoreError::Encrypted { path: store.to_owned() }.into())
        }
        other => other.with_context(|| format!("cannot read {}", path.display())),
    }
}

/// `None` where it is sealed with something else.
fn opened(bytes: Result<Zeroizing<Vec<u8>>, PackageError>, store: &Path) -> Result<Option<Secrets>> {
    let damaged = |why: &str| {
        Failure::new(Kind::Data, format!("the secrets of {} are damaged: {why}", store.display()))
            .help("Copy secrets.age anew from a backup. The office's keys may still open secrets.office.age: `doorstep passphrase --identity FILE`.")
    };
    match bytes {
        Ok(bytes) => Ok(Some(Secrets::of_bytes(&bytes).ok_or_else(|| damaged("they hold no keys"))?)),
        Err(PackageError::Sealed) => Ok(None),
        Err(error) => Err(damaged(&error.to_string()).into()),
    }
}

fn wrong(message: &str) -> anyhow::Error {
    Failure::new(Kind::Usage, message)
        .help("Nothing was changed. The office can set a new one: `doorstep passphrase --identity FILE`.")
        .into()
}

/// Writes a file whole or not at all, over the one that is there, and readable by this user only.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    let mut part =
        tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new("."))).with_context(cannot)?;
    part.write_all(bytes).and_then(|()| part.as_file().sync_all()).with_context(cannot)?;
    part.persist(path).map_err(|error| error.error).with_context(cannot)?;
    sync_folder(path).with_context(cannot)
}

/// How a new passphrase is given.
#[derive(Debug, Args)]
pub struct NewPassphrase {
    /// A file whose first line is the new passphrase; asked for at the terminal where none is given.
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
    /// How hard each guess at it is made: one more doubles the time and the memory that it takes, which
    /// are about half a second and 128 MB. Less only for laptops with very little memory.
    #[arg(long, value_name = "POWER", default_value_t = WORK, value_parser = clap::value_parser!(u8).range(14..=i64::from(MOST_WORK)))]
    work: u8,
}

impl NewPassphrase {
    /// One that stands in this file, if there is one, and is typed otherwise.
    pub fn from_file(file: Option<&Path>) -> Self {
        Self { new_passphrase_file: file.map(Path::to_owned), work: WORK }
    }

    /// What the file holds, or what somebody types twice.
    fn chosen(&self, words: &Words) -> Result<Passphrase> {
        if let Some(path) = &self.new_passphrase_file {
            return long_enough(&first_line(path)?, words).map_err(|why| Failure::input(why).into());
        }
        let _unseen = Unseen::begin();
        loop {
            let first = typed(&words.say("passphrase-new"), &ASKED_NEW)?;
            match long_enough(&first, words) {
                Err(why) => say(why),
                Ok(passphrase) if typed(&words.say("passphrase-again"), &ASKED_NEW)? == first => {
                    return Ok(passphrase);
                }
                Ok(_) => say(words.say("passphrase-differs")),
            }
        }
    }
}

fn long_enough(text: &str, words: &Words) -> Result<Passphrase, String> {
    if text.chars().count() < SHORTEST {
        return Err(words.tell("passphrase-short", &[("least", SHORTEST.into())]));
    }
    Ok(Passphrase::new(text.to_owned()))
}

/// What is said where there is no terminal to ask at: what happened, and how to go on.
struct Unasked {
    message: &'static str,
    help: &'static str,
}

const ASKED: Unasked = Unasked {
    message: "the store is encrypted, and there is no terminal to ask for the passphrase",
    help: "Name a file that holds it: --passphrase-file FILE, or DOORSTEP_PASSPHRASE_FILE.",
};
const ASKED_NEW: Unasked = Unasked {
    message: "a new passphrase is wanted, and there is no terminal to ask for it",
    help: "Name a file whose first line it is: --new-passphrase-file FILE. (--passphrase-file and DOORSTEP_PASSPHRASE_FILE \
           name the one that a store has already.)",
};

/// What somebody types, unseen, at the terminal itself: stdin may hold answers.
fn typed(question: &str, unasked: &Unasked) -> Result<Zeroizing<String>> {
    rpassword::prompt_password(format!("{question} "))
        .map(Zeroizing::new)
        .map_err(|_| Failure::new(Kind::Usage, unasked.message).help(unasked.help).into())
}

/// Keeps the terminal from showing what is typed, until it is dropped.
struct Unseen {
    #[cfg(target_os = "linux")]
    before: Option<(fs::File, rustix::termios::Termios)>,
}

impl Unseen {
    #[cfg(target_os = "linux")]
    fn begin() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let unseen = || {
            let terminal = fs::File::open("/dev/tty").ok()?;
            let before = tcgetattr(&terminal).ok()?;
            let mut silent = before.clone();
            silent.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
            tcsetattr(&terminal, OptionalActions::Now, &silent).ok()?;
            Some((terminal, before))
        };
        Self { before: unseen() }
    }

    /// Elsewhere only the prompt itself is unseen.
    #[cfg(not(target_os = "linux"))]
    fn begin() -> Self {
        Self {}
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        if let Some((terminal, before)) = &self.before {
            let now = rustix::termios::OptionalActions::Now;
            let _ = rustix::termios::tcsetattr(terminal, now, before);
        }
    }
}

fn passphrase_of(path: &Path) -> Result<Passphrase> {
    Ok(Passphrase::new(first_line(path)?.to_string()))
}

fn first_line(path: &Path) -> Result<Zeroizing<String>> {
    let text = Zeroizing::new(
        fs::read_to_string(path)
            .with_context(|| format!("cannot read the passphrase in {}", path.display()))?,
    );
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// What is lost without a way back is said before it can be.
pub fn say_who_opens(folder: &Folder, office: &[Recipient]) {
    if office.is_empty() {
        say("Nobody can open it without this passphrase: whoever forgets it loses what is not packed yet. \
             With the office's keys under [package] in survey.toml (`doorstep new-key`), the office could.");
    } else {
        say(format_args!(
            "The office's keys open it too, should the passphrase of {} be forgotten.",
            folder.store_path().display()
        ));
    }
}
