//! Collecting laptops by hand, as the office does: packages, receipts, conflicts, withdrawn consent,
//! copied laptops, old stores, and the doctor.

use std::fs;
use std::path::{Path, PathBuf};

use doorstep::store::{Access, Store};

use crate::support;

/// An office and its laptops, each a survey folder of the questionnaire `visit` beside the others.
struct Field(tempfile::TempDir);

impl Field {
    fn new() -> Self {
        let field = Self(tempfile::tempdir().unwrap());
        for name in ["office", "one", "two"] {
            field.add(name);
        }
        field
    }

    fn add(&self, name: &str) {
        let to = self.path(name);
        for (file, bytes) in support::bundle(&support::root().join("fixtures/transcripts/visit")).files {
            let path = to.join("questionnaire").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        self.survey(name, "");
    }

    fn survey(&self, name: &str, more: &str) {
        let text = format!(
            "format = 1\nid = \"visit\"\ntitle = \"A visit\"\nquestionnaire = \"questionnaire\"\n\
             store = \"data/store.db\"\nround = \"baseline\"\n[rounds.baseline]\nlabel = \"Baseline\"\n{more}"
        );
        fs::write(self.path(name).join("survey.toml"), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a command in a folder; gives stdout and stderr together, and the exit code.
    fn run(&self, name: &str, arguments: &[&str], typed: &str) -> (String, i32) {
        let output = support::doorstep(&self.path(name), arguments, typed);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(output.stdout) + &text(output.stderr), output.status.code().unwrap())
    }

    /// Runs a command that must be done.
    #[track_caller]
    fn done(&self, name: &str, arguments: &[&str], typed: &str) -> String {
        let (said, code) = self.run(name, arguments, typed);
        assert_eq!(code, 0, "{said}");
        said
    }

    /// Runs a command that must be refused, with these words.
    #[track_caller]
    fn refused(&self, name: &str, arguments: &[&str], code: i32, words: &[&str]) -> String {
        let (said, got) = self.run(name, arguments, "");
        assert_eq!(got, code, "{said}");
        for word in words {
            assert!(said.contains(word), "`{word}` is not in: {said}");
        }
        said
    }

    fn store(&self, name: &str) -> PathBuf {
        self.path(name).join("data/store.db")
    }

    fn open(&self, name: &str) -> Store {
        Store::open(&self.store(name), Access::Read, "").unwrap()
    }

    /// An interview that is paused after its first answers.
    fn begin(&self, name: &str, person: &str) {
        self.done(name, &["interview", "-e", name], &format!("1\n1\n{person}\n34\n:p\n"));
    }
}

#[track_caller]
fn has(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

#[test]
fn a_package_brings_everything_and_its_receipt_makes_room() {
    let field = Field::new();
    field.done("one", &["interview", "-e", "amina"], "2\nf\ny\n");
    field.begin("one", "Asha");
    let packed = field.done("one", &["pack", "../one.doorpack"], "");
    has(&packed, &["2 segments packed in ../one.doorpack", "not sealed", "safe to remove"]);
    has(&field.done("one", &["verify", "../one.doorpack"], ""), &["whole; survey visit", "2 segments"]);
    field.refused("one", &["pack", "../one.doorpack"], 2, &["is there already", "--force"]);

    let tried = field.done("office", &["merge", "--dry-run", "../one.doorpack"], "");
    has(&tried, &["2 segments in = 2 new", "Nothing was merged"]);
    assert!(field.open("office").interviews().unwrap().is_empty());
    has(&field.done("office", &["merge", "../one.doorpack"], ""), &["2 segments in = 2 new + 0 duplicate"]);
    has(&field.done("office", &["merge", "../one.doorpack"], ""), &["2 segments in = 0 new + 2 duplicate"]);
    assert_eq!(field.open("office").segment_ids().unwrap(), field.open("one").segment_ids().unwrap());
    assert_eq!(field.open("office").interviews().unwrap(), field.open("one").interviews().unwrap());

    // Nothing goes before the office has said that it has it.
    has(&field.done("one", &["remove", "--before", "2999-01-01"], ""), &["0 interviews removed"]);
    field.done("office", &["pack", "--receipt", "../receipt.doorpack"], "");
    has(&field.done("one", &["merge", "../receipt.doorpack"], ""), &["2 segments that the office has"]);
    field.begin("one", "Bilal");
    has(&field.done("one", &["pack", "--new", "../new.doorpack"], ""), &["1 segment packed"]);
    has(&field.done("one", &["remove", "--before", "2999-01-01"], ""), &["1 interview removed"]);
    assert_eq!(field.open("one").interviews().unwrap().len(), 2, "only what is finalised goes");

    // The laptop's next segment goes on from its last one, also from one that is gone.
    field.done("office", &["doctor", "--compact"], "");
    has(&field.done("office", &["merge", "../new.doorpack"], ""), &["1 new"]);
    let well = field.done("office", &["doctor", "--compact", "--deep", "--restore-drill"], "");
    has(&well, &["written anew", "3 interviews, 3 segments", "restored and compared", "Everything is well"]);
    assert!(!well.contains("copied"), "{well}");
}

/// Two laptops with copied disks go on with the same interview, and both still have it open: what each
/// says stays apart, before they close it and after, in whatever order they arrive.
#[test]
fn open_interviews_on_copied_disks_stay_apart() {
    let field = Field::new();
    field.done("one", &["interview", "-e", "amina"], "1\n1\n");
    fs::remove_dir_all(field.path("two")).unwrap();
    copy_folder(&field.path("one"), &field.path("two"));
    // Nobody pauses: the input ends, as when the power fails.
    field.done("one", &["interview", "--resume"], "Asha\n34\n");
    field.done("two", &["interview", "--resume"], "Bilal\n35\n");
    field.add("other");
    let stores = ["../one/data/store.db", "../two/data/store.db"];
    let check = || {
        for (office, order) in [("office", [0, 1]), ("other", [1, 0])] {
            for n in order {
                field.done(office, &["merge", stores[n]], "");
            }
            let told = field.done(office, &["conflicts", "--answers"], "");
            has(&told, &["Asha", "Bilal", "34", "35", "2 conflicts"]);
            has(&field.done(office, &["list"], ""), &["answers in conflict"]);
        }
        let (a, b) = (field.open("office"), field.open("other"));
        assert_eq!(a.interviews().unwrap(), b.interviews().unwrap());
        let id = a.interviews().unwrap()[0].id;
        assert_eq!(a.history(id).unwrap(), b.history(id).unwrap());
    };
    check();
    for laptop in ["one", "two"] {
        field.done(laptop, &["interview", "--resume"], ":p\n");
    }
    check();
    let well = field.done("office", &["doctor", "--deep"], "");
    has(&well, &["was copied", "Everything is well"]);
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

#[test]
fn fifty_packages_at_once() {
    let field = Field::new();
    let packages: Vec<String> = (1..=50).map(|n| format!("../{n}.doorpack")).collect();
    for (laptop, package) in packages.iter().enumerate() {
        let name = format!("laptop{laptop}");
        field.add(&name);
        field.begin(&name, "Asha");
        field.done(&name, &["pack", package], "");
    }
    let mut command = vec!["merge"];
    command.extend(packages.iter().rev().map(String::as_str));
    let said = field.done("office", &command, "");
    assert_eq!(said.matches("1 segments in = 1 new + 0 duplicate").count(), 50, "{said}");
    assert_eq!(field.open("office").interviews().unwrap().len(), 50);
    has(
        &field.done("office", &["doctor", "--deep"], ""),
        &["50 interviews, 50 segments", "Everything is well"],
    );
}

#[test]
fn a_sealed_package_is_opened_by_each_of_its_keys_and_by_nobody_else() {
    let field = Field::new();
    let key = |file: &str| {
        let said = field.done("office", &["new-key", file], "");
        said.lines().next().unwrap().to_owned()
    };
    let (first, second) = (key("first.key"), key("second.key"));
    key("other.key");
    field.refused("office", &["new-key", "first.key"], 2, &["is there already"]);
    field.survey("one", &format!("[package]\nrecipients = [\"{first}\", \"{second}\"]\n"));
    field.begin("one", "Marenda Ashgabat");
    let packed = field.done("one", &["pack", "../one.doorpack"], "");
    assert!(!packed.contains("not sealed"), "{packed}");
    let bytes = fs::read(field.path("one.doorpack")).unwrap();
    assert!(!bytes.windows(7).any(|w| w == b"Marenda"));
    has(&field.done("office", &["verify", "../one.doorpack"], ""), &["sealed"]);
    field.refused("office", &["merge", "../one.doorpack"], 2, &["is sealed", "--identity"]);
    field.refused("office", &["merge", "-i", "other.key", "../one.doorpack"], 2, &["is sealed"]);
    assert!(field.open("office").interviews().unwrap().is_empty());
    has(&field.done("office", &["merge", "-i", "second.key", "../one.doorpack"], ""), &["1 new"]);
    has(&field.done("office", &["merge", "-i", "first.key", "../one.doorpack"], ""), &["1 duplicate"]);
    field.survey("two", "[package]\nrecipients = [\"age1nothing\"]\n");
    field.refused("two", &["pack", "../two.doorpack"], 1, &["age1nothing", "is no recipient", "new-key"]);
}

#[test]
fn a_package_that_is_cut_off_or_changed_anywhere_is_refused_whole() {
    let field = Field::new();
    field.begin("one", "Asha");
    field.done("one", &["pack", "../one.doorpack"], "");
    let whole = fs::read(field.path("one.doorpack")).unwrap();
    let mut office = Store::create(&field.path("office.db"), "visit", "test").unwrap();
    let mut merged = |bytes: &[u8]| {
        let mut file = std::io::Cursor::new(bytes);
        let package = doorstep::package::verify(&mut file).ok()?;
        office
            .merge("here", 0, doorstep::store::Mode::Keep, |take| {
                doorstep::package::read(&mut file, &package, &[], |parcel| take(parcel).map_err(Stop::Store))
                    .map_err(|stop| match stop {
                        Stop::Store(error) => error,
                        Stop::Package(error) => panic!("{error} after it was verified"),
                    })
            })
            .ok()
    };
    for length in 0..whole.len() {
        assert!(merged(&whole[..length]).is_none(), "cut off at {length}");
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x41;
        assert!(merged(&changed).is_none(), "changed at {at}");
    }
    let longer = [whole.as_slice(), b"more"].concat();
    assert!(merged(&longer).is_none());
    assert_eq!(merged(&whole).unwrap().new, 1);
    fs::write(field.path("cut.doorpack"), &whole[..whole.len() - 9]).unwrap();
    field.refused("office", &["merge", "../cut.doorpack"], 3, &["cut off", "Copy it anew"]);
    field.refused("office", &["verify", "../cut.doorpack", "../one.doorpack"], 3, &["cut off", "whole;"]);
}

enum Stop {
    Store(doorstep::store::StoreError),
    Package(doorstep::package::PackageError),
}

impl From<doorstep::package::PackageError> for Stop {
    fn from(error: doorstep::package::PackageError) -> Self {
        Self::Package(error)
    }
}

#[test]
fn a_large_package_is_split_and_a_missing_part_is_named() {
    let field = Field::new();
    // Half a megabyte each, of letters that do not pack.
    let lines: Vec<String> = (0..5_u32)
        .map(|n| {
            let noise: String = (0..9_000_u32).map(|i| blake3::hash(&(n * 9_000 + i).to_le_bytes()).to_hex().to_string()).collect();
            format!("{{\"enumerator\": \"amina\", \"seed\": {n}, \"started\": \"2026-03-02T09:12:00+03:00\", \"answers\": {{\"consent\": \"yes\", \"size\": 1, \"members\": [{{\"member_name\": \"Asha\", \"member_age\": 3}}], \"animals\": [], \"safe\": \"unsafe\", \"why_unsafe\": \"{noise}\"}}, \"end\": \"pause\"}}")
        })
        .collect();
    fs::write(field.path("one").join("a.jsonl"), lines.join("\n")).unwrap();
    field.done("one", &["interview", "--answers", "a.jsonl"], "");
    let packed = field.done("one", &["pack", "--split", "1", "../one.doorpack"], "");
    has(&packed, &["../one.doorpack, ../one.2.doorpack"]);
    has(
        &field.done("one", &["verify", "../one.doorpack", "../one.2.doorpack"], ""),
        &["part 1", "part 2, the last"],
    );
    field.refused("one", &["verify", "../one.2.doorpack"], 3, &["Part 1 of the package"]);
    has(&field.done("office", &["merge", "../one.2.doorpack"], ""), &["Part 1 of the package"]);
    has(&field.done("office", &["merge", "../one.doorpack"], ""), &["The parts behind part 1"]);
    assert_eq!(field.open("office").segment_ids().unwrap(), field.open("one").segment_ids().unwrap());
}

/// Two laptops go on with one interview; the office decides, and the decision travels back.
#[test]
fn a_conflict_is_shown_side_by_side_and_decided_with_a_reason() {
    let field = Field::new();
    field.begin("one", "Asha");
    field.done("two", &["merge", "../one/data/store.db"], "");
    field.done("one", &["interview", "--resume"], ":j safe\n1\n:p\n");
    field.done("two", &["interview", "--resume"], ":j safe\n3\n:p\n");
    field.done("office", &["merge", "../one/data/store.db", "../two/data/store.db"], "");
    let shown = field.done("office", &["conflicts"], "");
    has(
        &shown,
        &[
            "safe  How safe do you feel after dark?",
            "Very safe   (laptop ",
            "Unsafe   (laptop ",
            "1 conflict.",
        ],
    );
    let number = if shown.contains("1  Unsafe") { "1" } else { "2" };
    let id = shown.split_whitespace().next().unwrap().to_owned();
    field.refused(
        "office",
        &["resolve", &id, "safe", "--keep", "3", "--reason", "x"],
        2,
        &["no answer 3", "1 to 2"],
    );
    field.refused(
        "office",
        &["resolve", &id, "size", "--keep", "1", "--reason", "x"],
        2,
        &["not in conflict", "safe"],
    );
    field.refused(
        "office",
        &["resolve", &id, "safe", "--keep", "1", "--reason", " "],
        2,
        &["needs a reason"],
    );
    let decided = ["resolve", &id, "safe", "--keep", number, "--reason", "called her"];
    has(&field.done("office", &decided, ""), &["1 conflict decided"]);
    has(&field.done("office", &["conflicts"], ""), &["No answers are in conflict"]);
    has(&field.done("office", &["audit", &id], ""), &["decided safe: Unsafe, because called her"]);
    has(&field.done("one", &["merge", "../office/data/store.db"], ""), &["1 changed"]);
    assert_eq!(field.open("one").interviews().unwrap(), field.open("office").interviews().unwrap());
    let review = field.done("one", &["interview", "--resume"], ":v\n:p\n");
    has(&review, &["How safe do you feel after dark? Unsafe", "# called her"]);
}

#[test]
fn a_policy_decides_all_conflicts_of_all_interviews() {
    let field = Field::new();
    for person in ["Asha", "Bilal"] {
        field.begin("one", person);
    }
    field.done("two", &["merge", "../one/data/store.db"], "");
    let ids: Vec<String> = field.open("one").interviews().unwrap().iter().map(|s| s.id.to_string()).collect();
    for id in &ids {
        field.done("one", &["interview", "--resume", id], ":j score\n4\n:j safe\n1\n:p\n");
    }
    for id in &ids {
        field.done("two", &["interview", "--resume", id], ":j score\n9\n:j safe\n3\n:p\n");
    }
    field.done("office", &["merge", "../two/data/store.db", "../one/data/store.db"], "");
    has(&field.done("office", &["conflicts", "--json"], ""), &["\"question\":\"score\"", "4 conflicts."]);
    let decided = field.done("office", &["resolve", "--policy", "latest", "--reason", "the later visit"], "");
    has(&decided, &["4 conflicts decided"]);
    has(&field.done("office", &["interview", "--resume", &ids[0]], ":v\n:p\n"), &["is this area? 9"]);
}

/// Rows that two laptops add apart are four rows, not two.
#[test]
fn rows_added_apart_are_all_kept() {
    let field = Field::new();
    field.begin("one", "Asha");
    field.done("two", &["merge", "../one/data/store.db"], "");
    field.done("one", &["interview", "--resume"], "y\ngoat\ny\nhen\n:p\n");
    field.done("two", &["interview", "--resume"], "y\ncow\ny\ncat\n:p\n");
    let merged = field.done("office", &["merge", "../one/data/store.db", "../two/data/store.db"], "");
    assert!(!merged.contains("conflict"), "{merged}");
    let review = field.done("office", &["interview", "--resume"], ":v\n:p\n");
    has(&review, &["goat", "hen", "cow", "cat", "Animal 4"]);
}

#[test]
fn withdrawn_consent_destroys_the_content_wherever_it_is_merged() {
    let field = Field::new();
    field.begin("one", "Marenda");
    field.begin("one", "Bilal");
    field.done("office", &["merge", "../one/data/store.db"], "");
    field.done("one", &["pack", "../before.doorpack"], "");
    let ids: Vec<String> = field.open("one").interviews().unwrap().iter().map(|s| s.id.to_string()).collect();
    field.refused(
        "one",
        &["withdraw", &ids[0], "--reason", "asked by telephone"],
        2,
        &["4 answers", "--yes"],
    );
    let said = field.done("one", &["withdraw", &ids[0], "--reason", "asked by telephone", "--yes"], "");
    has(&said, &["4 answers destroyed", "travels"]);
    assert!(!text_in(&field.store("one"), b"Marenda"));
    has(&field.done("one", &["list"], ""), &["Interviews: 1."]);

    // Older files do not bring it back, and the office destroys its copy.
    has(&field.done("one", &["merge", "../before.doorpack"], ""), &["2 segments in = 0 new + 2 duplicate"]);
    has(&field.done("office", &["merge", "../one/data/store.db"], ""), &["1 interview destroyed"]);
    has(&field.done("office", &["merge", "../before.doorpack"], ""), &["0 new + 2 duplicate"]);
    assert_eq!(field.open("office").interviews().unwrap().len(), 1);
    assert_eq!(field.open("office").withdrawals().unwrap(), field.open("one").withdrawals().unwrap());
    field.done("two", &["merge", "../before.doorpack", "../office/data/store.db"], "");
    assert_eq!(field.open("two").interviews().unwrap().len(), 1);
    has(&field.done("two", &["doctor", "--deep"], ""), &["1 withdrawn", "Everything is well"]);
    // What follows on the laptop is no fork, though its last segment may be gone.
    field.begin("one", "Chandra");
    let merged = field.done("office", &["merge", "../one/data/store.db"], "");
    assert!(!merged.contains("copied laptop"), "{merged}");
}

/// Whether the bytes stand in a file as they are, or in what it has compressed.
fn text_in(path: &Path, text: &[u8]) -> bool {
    let bytes = fs::read(path).unwrap();
    bytes.windows(text.len()).any(|window| window == text)
}

/// A laptop's disk was copied: two laptops close segments under the same key and number.
#[test]
fn a_cloned_laptop_is_told_and_nothing_of_it_is_lost() {
    let field = Field::new();
    field.begin("one", "Asha");
    let clone = field.path("clone");
    copy(&field.path("one"), &clone);
    field.begin("one", "Bilal");
    field.done("clone", &["interview", "-e", "clone"], "1\n1\nChandra\n34\n:p\n");
    field.done("clone", &["interview", "--resume"], ":j safe\n1\n:p\n");
    let merged = field.done("office", &["merge", "../one/data/store.db", "../clone/data/store.db"], "");
    has(&merged, &["1 segment of a copied laptop: both are kept"]);
    assert_eq!(field.open("office").interviews().unwrap().len(), 3);
    let well = field.done("office", &["doctor", "--deep"], "");
    has(&well, &["was copied: 1 of its numbers", "Everything is well"]);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_laptop_that_is_set_up_anew_gets_its_interviews_back() {
    let field = Field::new();
    field.begin("one", "Asha");
    field.done("office", &["merge", "../one/data/store.db"], "");
    let before = field.open("one").segment_ids().unwrap();
    fs::remove_dir_all(field.path("one/data")).unwrap();
    field.done("one", &["merge", "../office/data/store.db"], "");
    assert_eq!(field.open("one").segment_ids().unwrap(), before);
    field.done("one", &["interview", "--resume"], ":j safe\n1\n:p\n");
    let merged = field.done("office", &["merge", "../one/data/store.db"], "");
    has(&merged, &["1 new + 1 duplicate + 0 quarantined; interviews: 0 new, 1 changed"]);
}

/// The store that an earlier Doorstep wrote: opened, updated after a backup, and merged from a place
/// that cannot be written.
#[test]
fn a_store_of_format_1_is_brought_up_to_date() {
    let field = Field::new();
    let old = support::root().join("fixtures/stores/format-1/store.db");
    fs::create_dir_all(field.path("one/data")).unwrap();
    fs::copy(&old, field.store("one")).unwrap();
    has(
        &field.done("one", &["list"], ""),
        &["Interviews: 5. Finalised: 2, paused: 2, in progress: 1", "nobody home, again 25 November 2030"],
    );
    let backup = field.path("one/data/store.db.format-1");
    assert_eq!(fs::read(&backup).unwrap(), fs::read(&old).unwrap());
    has(
        &field.done("one", &["doctor", "--deep", "--restore-drill"], ""),
        &["5 interviews, 4 segments", "as it was before an update", "Everything is well"],
    );
    has(&field.done("one", &["interview", "--resume", "5582841b"], ":v\n:p\n"), &["Bilal"]);
    let stick = field.path("stick.db");
    fs::copy(&old, &stick).unwrap();
    has(&field.done("office", &["merge", "../stick.db"], ""), &["4 segments in = 4 new", "5 new, 0 changed"]);
    assert_eq!(fs::read(&stick).unwrap(), fs::read(&old).unwrap(), "a source is only read");
    has(&field.done("office", &["merge", "../one/data/store.db"], ""), &["+ 4 duplicate"]);
}

/// One damaged segment blocks nothing, and the same segment from elsewhere mends it.
/// A stick whose little switch is set: what is on it is read as it is, and nothing is tried there.
#[test]
fn a_read_only_stick_is_merged_and_left_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let field = Field::new();
    field.begin("one", "Asha");
    field.done("one", &["pack", "../one.doorpack"], "");
    let stick = field.path("stick");
    fs::create_dir(&stick).unwrap();
    fs::copy(field.store("one"), stick.join("copied.db")).unwrap();
    fs::copy(field.path("one.doorpack"), stick.join("one.doorpack")).unwrap();
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let content = || {
        let mut files: Vec<_> = fs::read_dir(&stick).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let changed = |path: &PathBuf| fs::metadata(path).unwrap().modified().unwrap();
        files.iter().map(|path| (path.clone(), fs::read(path).unwrap(), changed(path))).collect::<Vec<_>>()
    };
    content().iter().for_each(|(path, ..)| set(path, 0o444));
    set(&stick, 0o555);
    let before = content();
    has(&field.done("office", &["merge", "../stick/copied.db"], ""), &["1 new"]);
    has(&field.done("office", &["merge", "../stick/one.doorpack"], ""), &["duplicate"]);
    field.done("office", &["verify", "../stick/one.doorpack"], "");
    assert!(content() == before, "something was written to the stick");
    set(&stick, 0o755);
}

#[test]
fn damage_is_put_aside_told_and_mended() {
    let field = Field::new();
    field.begin("one", "Asha");
    field.begin("one", "Bilal");
    field.done("two", &["merge", "../one/data/store.db"], "");
    let ids = field.open("one").segment_ids().unwrap();
    let database = rusqlite::Connection::open(field.store("one")).unwrap();
    database.execute_batch("DROP TRIGGER segment_stays").unwrap();
    database.execute("UPDATE segment SET body = x'00DEADBEEF' WHERE id = ?1", [ids[0].0]).unwrap();
    database
        .execute_batch("CREATE TRIGGER segment_stays BEFORE UPDATE ON segment BEGIN SELECT RAISE(ABORT, 'segments never change'); END;")
        .unwrap();
    drop(database);
    let said = field.refused(
        "office",
        &["merge", "../one/data/store.db"],
        3,
        &["2 segments in = 1 new + 0 duplicate + 1 quarantined"],
    );
    has(&said, &["everything else is whole"]);
    let sick = field.refused(
        "one",
        &["doctor", "--deep"],
        3,
        &["is damaged: merge a store or package that has it whole"],
    );
    has(&sick, &["problem: "]);
    has(&field.done("one", &["merge", "../two/data/store.db"], ""), &["1 new + 1 duplicate"]);
    has(&field.done("one", &["doctor", "--deep"], ""), &["Everything is well"]);
    has(&field.done("office", &["merge", "../one/data/store.db"], ""), &["1 new + 1 duplicate"]);
    has(&field.done("office", &["doctor"], ""), &["1 in quarantine"]);
}

#[test]
fn summaries_that_were_spoilt_are_made_anew() {
    let field = Field::new();
    field.begin("one", "Asha");
    let good = field.open("one").interviews().unwrap();
    let database = rusqlite::Connection::open(field.store("one")).unwrap();
    database.execute_batch("UPDATE interview SET answers = 99, enumerator = 'nobody'").unwrap();
    drop(database);
    field.refused("one", &["doctor", "--deep"], 3, &["summary of interview", "--rebuild"]);
    has(&field.done("one", &["doctor", "--deep", "--rebuild"], ""), &["made anew", "Everything is well"]);
    assert_eq!(field.open("one").interviews().unwrap(), good);
}

#[test]
fn part_of_the_interviews_is_packed_by_name_and_day() {
    let field = Field::new();
    for (name, day) in [("amina", "2026-03-02"), ("bashir", "2026-03-02"), ("amina", "2026-03-09")] {
        let line = format!(
            "{{\"enumerator\": \"{name}\", \"started\": \"{day}T09:12:00+03:00\", \"answers\": {{\"consent\": \"no\"}}}}"
        );
        fs::write(field.path("one").join("a.jsonl"), line).unwrap();
        field.done("one", &["interview", "--answers", "a.jsonl"], "");
    }
    let packed = |arguments: &[&str]| {
        let all = [&["pack", "--force", "../part.doorpack"], arguments].concat();
        field.done("one", &all, "")
    };
    has(&packed(&["--enumerator", "amina"]), &["2 segments"]);
    has(&packed(&["--from", "2026-03-03"]), &["1 segment packed"]);
    has(&packed(&["--to", "2026-03-02", "--enumerator", "bashir"]), &["1 segment packed"]);
    has(&packed(&[]), &["3 segments"]);
}
