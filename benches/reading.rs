//! From a store of 100,000 interviews of 60 answers and a roster to indicators and a report, as whole processes.
//!
//! `cargo bench --bench reading`; `DOORSTEP_INTERVIEWS=1000000` for another number. Prints, each as the median of three
//! runs with the most memory that the process ever had:
//!
//! - `indicators`: `doorstep indicators` of 20 indicators by 6 disaggregations, from the store to the CSV (the promise:
//!   under 2 s for 100,000 interviews);
//! - `read`: `doorstep indicators` of one indicator alone: what reading costs;
//! - `report`: `doorstep report` of the 20 indicators, with the size of its page (the promise: under 3 s, and 1 MB).

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use doorstep::journal::DeviceKey;
use doorstep::questionnaire::{self, Bundle};
use doorstep::store::{Recorded, Store};

mod made;

const GROUPS: &str = r#"
[[variables]]
name = "age_group"
categories = [
  { name = "young", when = "${question_3} < 30" },
  { name = "middle", when = "${question_3} >= 30 and ${question_3} < 60" },
  { name = "old", when = "${question_3} >= 60" },
]
"#;

fn indicators(count: u64) -> String {
    let mut text = format!("format = 1\n{GROUPS}");
    for n in 0..count {
        let question = n / 2 * 5 + n % 2;
        writeln!(
            text,
            "[[indicators]]\nid = \"indicator_{n}\"\ntitle = \"Indicator {n}\"\nkind = \"proportion\"\n\
             of = \"${{question_{question}}} = 'very_safe' or ${{question_{question}}} = 'fairly_safe'\"\nbase = \"valid\"\n\
             by = [\"age_group\", \"question_2\", \"question_7\", \"question_12\", \"question_17\", \"age_group * question_2\"]"
        )
        .unwrap();
    }
    text
}

/// A survey folder with so many interviews in its store.
fn survey(folder: &Path, interviews: u64) {
    fs::create_dir_all(folder.join("questionnaire")).unwrap();
    fs::create_dir_all(folder.join("data")).unwrap();
    let text = made::questionnaire();
    fs::write(folder.join("questionnaire/questionnaire.toml"), &text).unwrap();
    fs::write(
        folder.join("survey.toml"),
        "format = 1\nid = \"made\"\ntitle = \"Made\"\nquestionnaire = \"questionnaire\"\nindicators = \"indicators.toml\"\n\
         store = \"data/store.db\"\nround = \"baseline\"\n[rounds.baseline]\nlabel = \"Baseline\"\n[design]\n\
         psu = \"${question_8}\"\nweight = \"1 + ${question_13} div 100\"\n",
    )
    .unwrap();
    let bundle = Bundle { files: [("questionnaire.toml".to_owned(), text.into_bytes())].into() };
    let (compiled, report) = questionnaire::compile(&bundle, "");
    let hash = compiled.unwrap_or_else(|| panic!("{}", report.render(false))).hash;
    let mut store = Store::create(&folder.join("data/store.db"), "made", "bench").unwrap();
    store.add_questionnaire(hash, &bundle.to_bytes()).unwrap();
    store.add_dictionary(hash, &made::samples(hash)).unwrap();
    let key = DeviceKey::from_secret([1; 32]);
    let all: Vec<u64> = (0..interviews).collect();
    for some in all.chunks(2_000) {
        let recorded: Vec<Recorded> = some.iter().map(|n| made::interview(*n, hash)).collect();
        store.record(&recorded, hash, &key).unwrap();
    }
}

/// The median time of three runs of a command that writes a file, the memory of the last, and the size of the file.
fn run(folder: &Path, command: &str, count: u64) -> (Duration, String, u64) {
    fs::write(folder.join("indicators.toml"), indicators(count)).unwrap();
    let mut times = Vec::new();
    let mut memory = String::new();
    for _ in 0..3 {
        let began = Instant::now();
        let mut doorstep = Command::new(env!("CARGO_BIN_EXE_doorstep"))
            .args([command, "--force", "--out"])
            .arg(folder.join("out"))
            .current_dir(folder)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let status = format!("/proc/{}/status", doorstep.id());
        while doorstep.try_wait().unwrap().is_none() {
            let now = fs::read_to_string(&status).unwrap_or_default();
            memory = now.lines().find(|line| line.starts_with("VmHWM")).map_or(memory, str::to_owned);
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(doorstep.wait().unwrap().success());
        times.push(began.elapsed());
    }
    times.sort_unstable();
    (times[1], memory, fs::metadata(folder.join("out")).unwrap().len())
}

fn main() {
    let interviews =
        std::env::var("DOORSTEP_INTERVIEWS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    if let Some(keep) = std::env::var_os("KEEP") {
        survey(Path::new(&keep), interviews);
        fs::write(Path::new(&keep).join("indicators.toml"), indicators(20)).unwrap();
        return;
    }
    survey(folder.path(), interviews);
    for (what, command, count) in
        [("indicators", "indicators", 20), ("read", "indicators", 1), ("report", "report", 20)]
    {
        let (time, memory, size) = run(folder.path(), command, count);
        println!("{interviews} interviews  {what:<10} {time:>8.2?}  {memory}  {} kB", size / 1000);
    }
}
