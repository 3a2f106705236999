//! Writing 100,000 interviews of 60 answers and a roster of five, in every format, against `sqlite3 -csv` dumping the same
//! cells from flat tables. Reading the interviews is not counted.
//!
//! `cargo bench --bench export`; `DOORSTEP_INTERVIEWS=1000000` for another number. Prints for each format its time, the
//! ratio to `sqlite3`, its size, and how much the memory of the process grew at its highest.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::panic)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use doorstep::dataset::Dataset;
use doorstep::export::codebook::Codebook;
use doorstep::export::csv::{self, Profile};
use doorstep::export::names::{SPSS, STATA};
use doorstep::export::{
    ExportError, Missings, Multiple, Options, Plan, PlannedTable, Shortened, Shown, parquet, spss, sqlite,
    stata, xlsx,
};
use doorstep::interview::Interview;
use doorstep::journal::{Address, Fact, RowKey};
use doorstep::questionnaire::{self, Bundle, Questionnaire};
use doorstep::value::{Answer, Missing, Value};

use self::made::drawn;

mod made;

const QUESTIONS: u64 = 60;
const ROWS: u32 = 5;
/// So many interviews differ; the others are these again, under keys of their own.
const DIFFERENT: u64 = 2_000;

fn questionnaire() -> Arc<Questionnaire> {
    let mut text = String::from(
        "format = 1\nid = \"bench\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Bench\"\n[lists.safety]\nchoices = [\n\
         { name = \"very_safe\", code = 1, label = \"Very safe\" },\n{ name = \"safe\", code = 2, label = \"Safe\" },\n\
         { name = \"unsafe\", code = 3, label = \"Unsafe\" },\n]\n[lists.worries]\nchoices = [\n\
         { name = \"theft\", code = 1, label = \"Theft\" },\n{ name = \"dogs\", code = 2, label = \"Dogs\" },\n\
         { name = \"roads\", code = 3, label = \"Roads\" },\n]\n[[sections]]\nname = \"all\"\nlabel = \"All\"\n",
    );
    for n in 0..QUESTIONS {
        writeln!(text, "[[sections.questions]]\nname = \"q{n}\"\nlabel = \"Question {n}?\"").unwrap();
        text.push_str(match n % 5 {
            0..=2 => "type = \"select_one\"\nlist = \"safety\"\nmissing = [\"dont_know\"]\n",
            3 => "type = \"integer\"\n",
            _ => "type = \"select_multiple\"\nlist = \"worries\"\n",
        });
    }
    writeln!(
        text,
        "[[sections.questions]]\nname = \"people\"\ntype = \"roster\"\nlabel = \"People\"\ncount = \"{ROWS}\"\n\
         [[sections.questions.questions]]\nname = \"age\"\ntype = \"integer\"\nlabel = \"Age\"\n\
         [[sections.questions.questions]]\nname = \"safe_there\"\ntype = \"select_one\"\nlist = \"safety\"\nlabel = \"Safe?\"\n\
         [[sections.questions.questions]]\nname = \"height\"\ntype = \"decimal\"\nlabel = \"Height\""
    )
    .unwrap();
    let bundle = Bundle { files: BTreeMap::from([("questionnaire.toml".to_owned(), text.into_bytes())]) };
    let (questionnaire, report) = questionnaire::compile(&bundle, "");
    Arc::new(questionnaire.unwrap_or_else(|| panic!("{}", report.render(false))))
}

fn interview(n: u64, questionnaire: &Arc<Questionnaire>) -> Interview {
    let mut facts = vec![Fact::Started {
        questionnaire: questionnaire.hash,
        round: if n.is_multiple_of(2) { "baseline" } else { "endline" }.into(),
        enumerator: format!("enumerator {}", n % 20),
        language: "en".into(),
        at: chrono::DateTime::from_timestamp(1_772_431_920 + n as i64 * 60, 0).unwrap().fixed_offset(),
        seed: n,
    }];
    let choice = |chance: u64| Value::Choice(["very_safe", "safe", "unsafe"][(chance % 3) as usize].into());
    let mut answer = |name: String, rows: Vec<RowKey>, answer| {
        facts.push(Fact::Answered { address: Address { name, rows }, answer });
    };
    for question in 0..QUESTIONS {
        let chance = drawn(n * 1_000 + question);
        let given = match question % 5 {
            0..=2 if chance.is_multiple_of(20) => Answer::Missing(Missing::DontKnow),
            0..=2 => Answer::Value(choice(chance)),
            3 => Answer::Value(Value::Integer((chance % 90) as i64)),
            _ => {
                let some = ["theft", "dogs", "roads"].iter().take(1 + (chance % 3) as usize);
                Answer::Value(Value::Choices(some.map(|name| (*name).to_owned()).collect()))
            }
        };
        answer(format!("q{question}"), Vec::new(), given);
    }
    for row in 1..=ROWS {
        let chance = drawn(n * 1_000 + 500 + u64::from(row));
        let rows = vec![RowKey::Number(row)];
        answer("age".into(), rows.clone(), Answer::Value(Value::Integer((chance % 90) as i64)));
        answer("safe_there".into(), rows.clone(), Answer::Value(choice(chance)));
        answer("height".into(), rows, Answer::Value(Value::Decimal((chance % 2_000) as f64 / 1_000.0)));
    }
    facts.push(Fact::Finalised);
    Interview::replay(Arc::clone(questionnaire), &facts)
}

fn options() -> Options {
    Options {
        unfinished: false,
        round: None,
        with: Vec::new(),
        without: Vec::new(),
        only: Vec::new(),
        shown: Shown::Names,
        language: 0,
        group_names: false,
        multiple: Multiple::Both,
        missings: Missings::Beside,
        wording: Vec::new(),
    }
}

/// Flat tables with the cells of the CSV, as text.
fn flat(folder: &Path, tables: &[&str]) {
    let mut database = rusqlite::Connection::open(folder.join("flat.db")).unwrap();
    for table in tables {
        let mut reader = ::csv::Reader::from_path(folder.join(format!("{table}.csv"))).unwrap();
        let names: Vec<String> =
            reader.headers().unwrap().iter().map(|name| format!("\"{name}\" TEXT")).collect();
        let marks = vec!["?"; names.len()].join(",");
        let transaction = database.transaction().unwrap();
        transaction.execute_batch(&format!("CREATE TABLE \"{table}\" ({})", names.join(","))).unwrap();
        {
            let mut insert =
                transaction.prepare(&format!("INSERT INTO \"{table}\" VALUES ({marks})")).unwrap();
            let mut record = ::csv::StringRecord::new();
            while reader.read_record(&mut record).unwrap() {
                insert.execute(rusqlite::params_from_iter(record.iter())).unwrap();
            }
        }
        transaction.commit().unwrap();
    }
}

/// How long `sqlite3 -csv` takes to dump them.
fn dumped(folder: &Path, tables: &[&str]) -> Duration {
    let began = Instant::now();
    for table in tables {
        let out = File::create(folder.join("dump.csv")).unwrap();
        let status = Command::new("sqlite3")
            .args(["-csv", "-header"])
            .arg(folder.join("flat.db"))
            .arg(format!("SELECT * FROM \"{table}\""))
            .stdout(Stdio::from(out))
            .status()
            .unwrap();
        assert!(status.success());
    }
    began.elapsed()
}

/// Kilobytes of memory, by a line of the system's own account.
fn memory(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found =
        status.lines().find(|l| l.starts_with(line)).and_then(|l| l.split_whitespace().nth(1)?.parse().ok());
    found.unwrap_or_default()
}

/// Runs one format, forgetting the highest memory so far.
fn measured(
    name: &str,
    against: Option<Duration>,
    path: &Path,
    write: impl FnOnce(BufWriter<File>),
) -> Duration {
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS");
    let began = Instant::now();
    write(BufWriter::new(File::create(path).unwrap()));
    let time = began.elapsed();
    let ratio = against.map_or(String::new(), |against| {
        format!("  ratio {:.2}", time.as_secs_f64() / against.as_secs_f64())
    });
    let grown = memory("VmHWM").saturating_sub(before) >> 10;
    println!(
        "{name:<10} {time:>8.2?}{ratio}  {} MB, memory + {grown} MB",
        fs::metadata(path).unwrap().len() >> 20
    );
    time
}

/// Writes a table for a statistics program.
type Write = fn(&Plan<'_>, &PlannedTable<'_>, &mut BufWriter<File>) -> Result<Vec<Shortened>, ExportError>;

fn main() {
    let count: u64 =
        std::env::var("DOORSTEP_INTERVIEWS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let questionnaire = questionnaire();
    let some: Vec<Interview> = (0..DIFFERENT.min(count)).map(|n| interview(n, &questionnaire)).collect();
    let mut dataset = Dataset::new(&questionnaire);
    for n in 0..count {
        let key = format!("{:08x}-{:04x}-7000-8000-{:012x}", n, n % 7_919, drawn(n) >> 16);
        dataset.push(&key, &some[(n % some.len() as u64) as usize]);
    }
    drop(some);
    let plan = Plan::new(&dataset, options(), |_| true).unwrap();
    let book = Codebook::new(&plan, &questionnaire, &[&questionnaire], |_| true).records(false);
    let tables: Vec<&str> = plan.tables.iter().map(|table| table.name.as_str()).collect();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let write_csv = |table: usize, to: BufWriter<File>| {
        csv::write(&plan.tables[table], &plan.options, Profile::Raw, to).unwrap();
    };
    for (table, name) in tables.iter().enumerate() {
        write_csv(table, BufWriter::new(File::create(at(&format!("{name}.csv"))).unwrap()));
    }
    flat(folder.path(), &tables);
    println!("{count} interviews, {} MB of memory", memory("VmRSS") >> 10);
    let mut dumps: Vec<Duration> = (0..3).map(|_| dumped(folder.path(), &tables)).collect();
    dumps.sort();
    let dump = dumps[1];
    println!("sqlite3    {dump:>8.2?}");
    for round in 1..=3 {
        println!("-- round {round}");
        let mut csv = Duration::ZERO;
        for (table, name) in tables.iter().enumerate() {
            csv += measured(name, None, &at(&format!("{name}.csv")), |to| write_csv(table, to));
        }
        println!("csv        {csv:>8.2?}  ratio {:.2}", csv.as_secs_f64() / dump.as_secs_f64());
        for (name, rules, write) in [
            ("sav", SPSS, (|plan, table, to| spss::write(plan, table, to)) as Write),
            ("dta", STATA, |plan, table, to| stata::write(plan, table, to)),
        ] {
            let mut plan =
                Plan::new(&dataset, Options { missings: Missings::Within, ..options() }, |_| true).unwrap();
            plan.rename(&rules);
            let mut all = Duration::ZERO;
            for table in &plan.tables {
                all += measured(&format!("{name} {}", table.name), None, &at("out"), |mut to| {
                    write(&plan, table, &mut to).unwrap();
                });
            }
            println!("{name}        {all:>8.2?}  ratio {:.2}", all.as_secs_f64() / dump.as_secs_f64());
        }
        let mut all = Duration::ZERO;
        for table in &plan.tables {
            for part in parquet::parts(&plan, table) {
                let name = format!("{} {}", table.name, part.folder);
                all += measured(&name, None, &at("out.parquet"), |to| {
                    parquet::write(&plan, table, &part.rows, to).unwrap();
                });
            }
        }
        println!("parquet    {all:>8.2?}  ratio {:.2}", all.as_secs_f64() / dump.as_secs_f64());
        measured("xlsx", Some(dump), &at("out.xlsx"), |to| {
            xlsx::write(&plan, &book, folder.path(), to).unwrap();
        });
        fs::remove_file(at("out.db")).ok();
        measured("sqlite", Some(dump), &at("out.db"), |_| {
            let mut database = rusqlite::Connection::open(at("out.db")).unwrap();
            sqlite::write(&plan, &book, &mut database).unwrap();
        });
    }
}
