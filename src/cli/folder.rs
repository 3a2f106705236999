//! Opening a survey folder: `survey.toml`, the questionnaire that it names, its store.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result};

use super::failure::{Failure, Kind};
use super::say::{colour, say, show_drawn};
use super::secrets::{NewPassphrase, Secrets};
use super::{device, encrypt, files, outside, packing, sampling};
use crate::diagnostic::{Report, nearest};
use crate::fieldwork::Survey;
use crate::journal::DeviceKey;
use crate::questionnaire::{self, Bundle, Questionnaire};
use crate::store::{Access, At, Store, may_be_encrypted, sync_folder};
use crate::terminal::words::Words;
use crate::value::Hash;

/// A survey folder whose files are valid.
#[derive(Clone)]
pub struct Folder {
    /// Where it is.
    pub root: PathBuf,
    /// What `survey.toml` says.
    pub survey: Survey,
    /// The questionnaire's exact files.
    pub bundle: Bundle,
    /// The questionnaire.
    pub questionnaire: Arc<Questionnaire>,
    /// Where `survey.toml` points into, for later diagnostics about it.
    pub report: Report,
    /// Where the passphrase of an encrypted store is; asked for where there is none.
    passphrase_file: Option<PathBuf>,
    /// What opens the store, once it was asked for.
    secrets: OnceLock<Secrets>,
}

impl Folder {
    /// Reads and checks a survey folder. Mistakes are drawn on stderr.
    pub fn open(root: &Path, passphrase_file: Option<&Path>) -> Result<Self> {
        let mut report = Report::default();
        let survey = read_survey(root, &mut report)?;
        let survey = survey.ok_or_else(|| refuse(&mut report, "survey.toml"))?;
        let Form { bundle, questionnaire, .. } = Form::read(root.join(&survey.questionnaire))?;
        Ok(Self {
            root: root.to_owned(),
            survey,
            bundle,
            questionnaire,
            report,
            passphrase_file: passphrase_file.map(Path::to_owned),
            secrets: OnceLock::new(),
        })
    }

    /// What opens the store, which is encrypted; asked for once.
    pub fn secrets(&self, store: &Path) -> Result<&Secrets> {
        if let Some(known) = self.secrets.get() {
            return Ok(known);
        }
        let secrets = Secrets::unlock(store, self.passphrase_file.as_deref(), &self.words())?;
        Ok(self.secrets.get_or_init(|| secrets))
    }

    /// Doorstep's words in the survey's own language.
    pub fn words(&self) -> Words {
        Words::of(self.questionnaire.languages.first().map_or("en", String::as_str))
    }

    /// Keeps what opens a store that was encrypted just now.
    pub fn remember(&self, secrets: Secrets) {
        let _ = self.secrets.set(secrets);
    }

    /// Where a passphrase is that was not typed.
    pub fn passphrase_file(&self) -> Option<&Path> {
        self.passphrase_file.as_deref()
    }

    /// The folder of the store, which may be new.
    pub fn make_data_folder(&self) -> Result<()> {
        let path = self.store_path();
        let parent = path.parent().unwrap_or(Path::new("."));
        make_folder(parent).with_context(|| format!("cannot make the folder {}", parent.display()))
    }

    /// A path of `survey.toml`, from where we are.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Where the store is.
    pub fn store_path(&self) -> PathBuf {
        self.path(&self.survey.store)
    }

    /// The store, to write into, made if there is none yet; and the key of this laptop. It knows
    /// the questionnaire afterwards.
    pub fn store(&self, command: &str) -> Result<(Store, DeviceKey)> {
        let path = self.store_path();
        self.make_data_folder()?;
        if self.survey.encrypted && !path.exists() {
            say(self.words().say("passphrase-wanted"));
            encrypt::begin(self, &path, &NewPassphrase::from_file(self.passphrase_file()), |_| Ok(()))?;
        }
        let open = path.with_file_name(device::FILE);
        let (sealed_with, key) = if self.is_encrypted(&path) {
            let secrets = self.secrets(&path)?;
            device::forget(&open, secrets)?;
            (Some(secrets.store()), secrets.device())
        } else {
            if let Some(half) = encrypt::cut_off(&path)?.filter(|_| command != "encrypt") {
                say(half);
            } else if self.survey.encrypted {
                say(
                    "survey.toml wants this laptop's store encrypted, and it is not: `doorstep encrypt` does it.",
                );
            }
            (None, device::key(&open)?)
        };
        let at = At::new(&path, sealed_with.as_ref());
        let mut store = if path.exists() {
            Store::open(at, Access::Write, &holder(command))?
        } else {
            Store::create(at, &self.survey.id, &holder(command))?
        };
        self.same_survey(&store)?;
        store.add_questionnaire(self.questionnaire.hash, &self.bundle.to_bytes())?;
        store.close_ended(&key)?;
        if !store.has_dictionary(self.questionnaire.hash) {
            // A questionnaire that nobody can answer by chance packs without; nothing is lost.
            let samples = packing::samples(self).unwrap_or_default();
            store.add_dictionary(self.questionnaire.hash, &samples)?;
        }
        Ok((store, key))
    }

    /// The store, to read from; `None` if there is none yet.
    pub fn store_to_read(&self) -> Result<Option<Store>> {
        let path = self.store_path();
        if !path.exists() {
            return Ok(None);
        }
        let sealed_with = if may_be_encrypted(&path) { Some(self.secrets(&path)?.store()) } else { None };
        let store = Store::open(At::new(&path, sealed_with.as_ref()), Access::Read, "")?;
        self.same_survey(&store)?;
        Ok(Some(store))
    }

    /// The questionnaire of that hash: the survey's own, or an earlier version from the store.
    pub fn version(&self, store: &Store, hash: Hash) -> Result<Arc<Questionnaire>> {
        if hash == self.questionnaire.hash {
            return Ok(Arc::clone(&self.questionnaire));
        }
        let lost = |why: &str| {
            Failure::new(
                Kind::Data,
                format!(
                    "the version {} of the questionnaire, which interviews here were asked with, {why}",
                    hash.short()
                ),
            )
            .help("Merge the store of the laptop that asked them again.")
        };
        let bytes = store.questionnaire(hash)?.ok_or_else(|| lost("is not in the store"))?;
        let bundle = Bundle::from_bytes(&bytes).ok_or_else(|| lost("cannot be read"))?;
        let (questionnaire, _) = questionnaire::compile(&bundle, "");
        Ok(Arc::new(questionnaire.ok_or_else(|| lost("is not valid any more"))?))
    }

    /// Refuses a round that `survey.toml` does not describe.
    pub fn check_round(&self, name: &str) -> Result<()> {
        let known = || self.survey.rounds.iter().map(|round| round.id.as_str());
        if known().any(|id| id == name) {
            return Ok(());
        }
        let help = match nearest(name, known()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("It has: {}.", known().collect::<Vec<_>>().join(", ")),
        };
        Err(Failure::new(Kind::Usage, format!("survey.toml has no round `{name}`")).help(help).into())
    }

    /// Whether the store is encrypted, or will be as soon as it is there.
    fn is_encrypted(&self, store: &Path) -> bool {
        if store.exists() { may_be_encrypted(store) } else { self.secrets.get().is_some() }
    }

    fn same_survey(&self, store: &Store) -> Result<()> {
        let theirs = store.survey_id();
        if theirs == self.survey.id {
            return Ok(());
        }
        Err(Failure::new(
            Kind::Data,
            format!(
                "{} holds interviews of the survey `{theirs}`, and this survey is `{}`",
                self.store_path().display(),
                self.survey.id
            ),
        )
        .help("Name another file under `store` in survey.toml, or go to the folder of the other survey.")
        .into())
    }
}

/// A questionnaire by itself, whose files are valid.
pub struct Form {
    /// Where it is.
    pub root: PathBuf,
    /// Its exact files.
    pub bundle: Bundle,
    /// What they mean.
    pub questionnaire: Arc<Questionnaire>,
}

impl Form {
    /// Reads and checks the questionnaire in a folder, or the one that a survey folder names.
    /// Mistakes are drawn on stderr.
    pub fn open(folder: &Path) -> Result<Self> {
        let mut report = Report::default();
        let root = if folder.join("survey.toml").exists() {
            let survey = read_survey(folder, &mut report)?;
            folder.join(survey.ok_or_else(|| refuse(&mut report, "survey.toml"))?.questionnaire)
        } else {
            folder.to_owned()
        };
        Self::read(root)
    }

    fn read(root: PathBuf) -> Result<Self> {
        let bundle = read_bundle(&root)?;
        let (questionnaire, mut found) = questionnaire::compile(&bundle, &root.display().to_string());
        let questionnaire = questionnaire.ok_or_else(|| refuse(&mut found, "the questionnaire"))?;
        Ok(Self { root, bundle, questionnaire: Arc::new(questionnaire) })
    }
}

/// Makes a folder and those above it, each of them on the disk: a folder that a power cut takes away
/// takes along what is in it.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_folder(above)?;
    files::create_own_folder(folder)?;
    sync_folder(folder)
}

/// Who holds a store, for the message to a second process.
pub fn holder(command: &str) -> String {
    format!(
        "`doorstep {command}`, process {}, since {}",
        std::process::id(),
        outside::now().format("%Y-%m-%d %H:%M:%S")
    )
}

/// Reads `survey.toml`; the file must be there, its mistakes go into the report.
pub fn read_survey(root: &Path, report: &mut Report) -> Result<Option<Survey>> {
    let path = root.join("survey.toml");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Failure::new(
                Kind::Usage,
                format!("{} is no survey folder: it has no survey.toml", root.display()),
            )
            .help("Go to the survey's folder, or name it with --survey DIR; `doorstep new DIR` makes one.")
            .into());
        }
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            return Err(Failure::input(format!("{} is not text in UTF-8", path.display()))
                .help("Save it as UTF-8 in your editor.")
                .into());
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let before = report.errors();
    let mut survey = Survey::read(&text, &path.display().to_string(), report);
    if let Some(survey) = &mut survey {
        sampling::read_margins(root, survey, report)?;
    }
    Ok(survey.filter(|_| report.errors() == before))
}

/// Reads the files of a questionnaire: `questionnaire.toml`, its translations, and the choice
/// files that it names.
pub fn read_bundle(folder: &Path) -> Result<Bundle> {
    let main = folder.join("questionnaire.toml");
    let bytes = match fs::read(&main) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Failure::new(
                Kind::Usage,
                format!("{} holds no questionnaire: it has no questionnaire.toml", folder.display()),
            )
            .help("Name the folder of a questionnaire or of a survey.")
            .into());
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", main.display())),
    };
    let mut files = BTreeMap::new();
    let mut named = questionnaire::files_named_in(&bytes);
    while let Some(name) = named.pop() {
        // A file that is not there is the compiler's to report, at the place that names it.
        let path = folder.join(&name);
        if !files.contains_key(&name)
            && path.is_file()
            && let Ok(bytes) = fs::read(path)
        {
            if name.ends_with(".toml") {
                named.extend(questionnaire::files_named_in(&bytes));
            }
            files.insert(name, bytes);
        }
    }
    files.insert("questionnaire.toml".to_owned(), bytes);
    let translations = folder.join("translations");
    if translations.is_dir() {
        let entries =
            fs::read_dir(&translations).with_context(|| format!("cannot read {}", translations.display()))?;
        for entry in entries {
            let path = entry.with_context(|| format!("cannot read {}", translations.display()))?.path();
            let Some(name) = path.file_name().and_then(|n| n.to_str()) else { continue };
            if name.ends_with(".toml") && !name.starts_with('.') && path.is_file() {
                let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
                files.insert(format!("translations/{name}"), bytes);
            }
        }
    }
    Ok(Bundle { files })
}

/// Draws the mistakes, and gives the failure that ends the command.
pub fn refuse(report: &mut Report, what: &str) -> anyhow::Error {
    report.sort();
    show_drawn(&report.render(colour()));
    let errors = report.errors();
    let mistakes = if errors == 1 { "1 mistake".to_owned() } else { format!("{errors} mistakes") };
    Failure::input(format!("{what} has {mistakes}; nothing was done"))
        .help("Each is shown above with its place. `doorstep check` shows them again after mending.")
        .into()
}
