//! A disk that forgets what was not synced, fed from the record of a run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::cut::Dice;

/// What is written at once, or not at all.
const SECTOR: usize = 512;

/// One entry of the record.
#[derive(Debug, Clone)]
pub enum Call {
    /// The program showed something.
    Shown(Vec<u8>),
    /// Bytes were written into a file at a place.
    Write(u64, usize, Vec<u8>),
    /// A file got a length.
    Truncate(u64, usize),
    /// A file was synced.
    Sync(u64),
    /// A file or a folder was to be synced, and the system said that it failed.
    FailedSync(u64),
    /// A folder was synced.
    SyncFolder(PathBuf),
    /// A new file got a name.
    Create(PathBuf, u64),
    /// A file or a folder got another name.
    Rename(PathBuf, PathBuf, u64),
    /// A name was removed.
    Remove(PathBuf),
    /// A folder was made.
    MakeFolder(PathBuf),
}

/// Reads the record that `shim.c` wrote; paths become those within the folder of the run.
pub fn read(record: &[u8], folder: &Path) -> Vec<Call> {
    let folder = fs::canonicalize(folder).unwrap();
    let number = |at: usize| u64::from_le_bytes(record[at..at + 8].try_into().unwrap());
    let length = |at: usize| u32::from_le_bytes(record[at..at + 4].try_into().unwrap()) as usize;
    let within = |bytes: &[u8]| {
        let path = Path::new(str::from_utf8(bytes).unwrap());
        path.strip_prefix(&folder).unwrap().to_owned()
    };
    let (mut calls, mut at) = (Vec::new(), 0);
    while at < record.len() {
        let (kind, file, place) = (record[at], number(at + 1), number(at + 9) as usize);
        let (named, more) = (length(at + 17), length(at + 21));
        let name = &record[at + 25..at + 25 + named];
        let bytes = &record[at + 25 + named..at + 25 + named + more];
        at += 25 + named + more;
        calls.push(match kind {
            b'o' => Call::Shown(bytes.to_owned()),
            b'w' => Call::Write(file, place, bytes.to_owned()),
            b't' => Call::Truncate(file, place),
            b's' => Call::Sync(file),
            b'f' => Call::FailedSync(file),
            b'd' => Call::SyncFolder(within(name)),
            b'c' => Call::Create(within(name), file),
            b'r' => Call::Rename(within(name), within(bytes), file),
            b'u' => Call::Remove(within(name)),
            b'm' => Call::MakeFolder(within(name)),
            other => panic!("the record has an entry of the kind {other}"),
        });
    }
    calls
}

/// What else can be expected of a disk that forgets what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// New folders stay, as on every file system that keeps a journal of its own; what could not be
    /// synced is tried again when it is synced again.
    Kind,
    /// A new folder goes, with all that is in it, where the folder above it was not synced: POSIX
    /// allows it.
    LosesNewFolders,
    /// What could not be synced counts as synced from then on, and is on the disk nevermore: Linux
    /// does this.
    ForgetsFailedSyncs,
}

/// What happened to a file since it was synced.
#[derive(Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

/// A file without its name.
#[derive(Debug, Default)]
struct Content {
    durable: Vec<u8>,
    since: Vec<Change>,
}

/// What happened to a name since its folder was synced.
#[derive(Debug)]
enum Naming {
    Is(PathBuf, usize),
    WasRenamed(PathBuf, PathBuf, usize),
    FolderWasRenamed(PathBuf, PathBuf),
    IsGone(PathBuf),
    IsFolder(PathBuf),
}

impl Naming {
    fn folder(&self) -> &Path {
        let (Self::Is(path, _)
        | Self::WasRenamed(_, path, _)
        | Self::FolderWasRenamed(_, path)
        | Self::IsGone(path)
        | Self::IsFolder(path)) = self;
        path.parent().unwrap_or(Path::new(""))
    }

    fn happen(&self, names: &mut BTreeMap<PathBuf, usize>, folders: &mut BTreeSet<PathBuf>) {
        match self {
            Self::Is(path, file) => drop(names.insert(path.clone(), *file)),
            Self::WasRenamed(from, to, file) => {
                names.remove(from);
                names.insert(to.clone(), *file);
            }
            Self::FolderWasRenamed(from, to) => {
                let moved = |path: PathBuf| path.strip_prefix(from).map(|rest| to.join(rest)).unwrap_or(path);
                *names = std::mem::take(names).into_iter().map(|(path, file)| (moved(path), file)).collect();
                *folders = std::mem::take(folders).into_iter().map(moved).collect();
            }
            Self::IsGone(path) => {
                names.remove(path);
                folders.remove(path);
            }
            Self::IsFolder(path) => drop(folders.insert(path.clone())),
        }
    }
}

/// How much of what was not synced a power cut leaves.
#[derive(Debug, Clone, Copy)]
pub enum Luck {
    /// None of it.
    None,
    /// All of it.
    All,
    /// All of the names and none of the bytes.
    Names,
    /// All of the bytes and none of the names.
    Bytes,
    /// Any of it, by this seed.
    Any(u64),
}

/// The disk.
#[derive(Debug)]
pub struct Disk {
    nature: Nature,
    files: Vec<Content>,
    /// The system's number of a file, which it gives to another file when the first is gone.
    numbers: HashMap<u64, usize>,
    names: BTreeMap<PathBuf, usize>,
    folders: BTreeSet<PathBuf>,
    since: Vec<Naming>,
}

impl Disk {
    /// A disk with these files on it; `folder` is the one that a run is about to begin in.
    pub fn of(folder: &Path, nature: Nature) -> Self {
        let mut disk = Self {
            nature,
            files: Vec::new(),
            numbers: HashMap::new(),
            names: BTreeMap::new(),
            folders: BTreeSet::from([PathBuf::new()]),
            since: Vec::new(),
        };
        disk.add(folder, Path::new(""));
        disk
    }

    fn add(&mut self, folder: &Path, within: &Path) {
        for entry in fs::read_dir(folder.join(within)).unwrap() {
            let entry = entry.unwrap();
            let path = within.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                self.folders.insert(path.clone());
                self.add(folder, &path);
            } else {
                let file = self.new_file(entry.metadata().unwrap().ino());
                self.files[file].durable = fs::read(entry.path()).unwrap();
                self.names.insert(path, file);
            }
        }
    }

    fn new_file(&mut self, number: u64) -> usize {
        self.files.push(Content::default());
        self.numbers.insert(number, self.files.len() - 1);
        self.files.len() - 1
    }

    /// Does what a call did.
    pub fn follow(&mut self, call: &Call) {
        match call {
            Call::Shown(_) => {}
            Call::FailedSync(file) => {
                if self.nature == Nature::ForgetsFailedSyncs
                    && let Some(file) = self.numbers.get(file)
                {
                    self.files[*file].since.clear();
                }
            }
            Call::Write(file, at, bytes) => self.change(*file, Change::Write(*at, bytes.clone())),
            Call::Truncate(file, length) => self.change(*file, Change::Truncate(*length)),
            Call::Sync(file) => {
                let content = &mut self.files[self.numbers[file]];
                for change in std::mem::take(&mut content.since) {
                    match change {
                        Change::Write(at, bytes) => put(&mut content.durable, at, &bytes),
                        Change::Truncate(length) => content.durable.resize(length, 0),
                    }
                }
            }
            Call::SyncFolder(folder) => {
                let (mut names, mut folders) =
                    (std::mem::take(&mut self.names), std::mem::take(&mut self.folders));
                self.since.retain(|naming| {
                    let is_here = naming.folder() == folder;
                    if is_here {
                        naming.happen(&mut names, &mut folders);
                    }
                    !is_here
                });
                (self.names, self.folders) = (names, folders);
            }
            Call::Create(path, number) => {
                let file = self.new_file(*number);
                self.since.push(Naming::Is(path.clone(), file));
            }
            Call::Rename(from, to, number) => {
                let (from, to) = (from.clone(), to.clone());
                self.since.push(match self.numbers.get(number) {
                    Some(file) => Naming::WasRenamed(from, to, *file),
                    None => Naming::FolderWasRenamed(from, to),
                });
            }
            Call::Remove(path) => self.since.push(Naming::IsGone(path.clone())),
            Call::MakeFolder(path) if self.nature != Nature::LosesNewFolders => {
                self.folders.insert(path.clone());
            }
            Call::MakeFolder(path) => self.since.push(Naming::IsFolder(path.clone())),
        }
    }

    fn change(&mut self, number: u64, change: Change) {
        self.files[self.numbers[&number]].since.push(change);
    }

    /// Whether a power cut now would lose nothing.
    pub fn is_settled(&self) -> bool {
        self.since.is_empty() && self.files.iter().all(|file| file.since.is_empty())
    }

    /// Writes what is left after a power cut into an empty folder.
    pub fn cut(&self, luck: Luck, place: &Path) {
        let mut dice = Dice(if let Luck::Any(seed) = luck { seed } else { 0 });
        let (mut names, mut folders) = (self.names.clone(), self.folders.clone());
        // Half of the seeds lose the last of what happened to names, as a file system's own journal
        // does; the others lose any of it.
        let (is_in_order, up_to) = (dice.below(2) == 0, dice.below(self.since.len() + 1));
        for (n, naming) in self.since.iter().enumerate() {
            let stays = match luck {
                Luck::None | Luck::Bytes => false,
                Luck::All | Luck::Names => true,
                Luck::Any(_) if is_in_order => n < up_to,
                Luck::Any(_) => dice.below(2) == 0,
            };
            if stays {
                naming.happen(&mut names, &mut folders);
            }
        }
        let is_whole = |folder: &Path| folder.ancestors().all(|above| folders.contains(above));
        for folder in folders.iter().filter(|folder| is_whole(folder)) {
            fs::create_dir_all(place.join(folder)).unwrap();
        }
        for (path, file) in names {
            if is_whole(path.parent().unwrap()) {
                fs::write(place.join(&path), self.files[file].left(luck, &mut dice)).unwrap();
            }
        }
    }
}

impl Content {
    /// What a power cut leaves of it.
    fn left(&self, luck: Luck, dice: &mut Dice) -> Vec<u8> {
        let mut left = self.durable.clone();
        for change in &self.since {
            // One in four is lost, one kept, one cut off in the middle, one kept here and there.
            let part = match luck {
                Luck::None | Luck::Names => 0,
                Luck::All | Luck::Bytes => 1,
                Luck::Any(_) => dice.below(4),
            };
            match change {
                _ if part == 0 => {}
                Change::Truncate(length) => left.resize(*length, 0),
                Change::Write(at, bytes) if part == 1 => put(&mut left, *at, bytes),
                Change::Write(at, bytes) => {
                    let half = at + bytes.len() / 2;
                    let mut from = *at;
                    while from < at + bytes.len() {
                        let to = ((from / SECTOR + 1) * SECTOR).min(at + bytes.len());
                        if if part == 2 { to <= half } else { dice.below(2) == 0 } {
                            put(&mut left, from, &bytes[from - at..to - at]);
                        }
                        from = to;
                    }
                }
            }
        }
        left
    }
}

/// Writes bytes at a place; what lies between the end and the place is zero.
fn put(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[at..end].copy_from_slice(bytes);
}
