//! What must feel instant, as ratios and times within one run: `cargo bench`.
//!
//! - `check`: compiling a questionnaire of 1,000 questions (the promise: under 50 ms).
//! - `answer`: from an answer to the next question in it, the commit not counted (under 5 ms).
//! - `demo`: an interview of the demo through the engine (over 1,000 a second).
//! - `start-up`: `doorstep --version` against `/bin/true` (under 3 times).

#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use doorstep::interview::script::{self, Script};
use doorstep::interview::{Intent, Interview};
use doorstep::journal::Fact;
use doorstep::questionnaire::{self, Bundle, Questionnaire};
use doorstep::value::Value;

/// A questionnaire of so many questions: one in ten depends on another, one in five has a
/// constraint, one in two is a choice.
fn large(questions: usize) -> Bundle {
    let mut text = String::from(
        "format = 1\nid = \"large\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Large\"\n\
         [lists.scale]\nchoices = [\n",
    );
    for n in 1..=5 {
        writeln!(text, "  {{ name = \"s{n}\", code = {n}, label = \"Step {n}\" }},").unwrap();
    }
    text.push_str("]\n");
    for n in 0..questions {
        if n % 50 == 0 {
            writeln!(text, "[[sections]]\nname = \"part{n}\"\nlabel = \"Part {n}\"").unwrap();
        }
        writeln!(text, "[[sections.questions]]\nname = \"q{n}\"\nlabel = \"Question number {n}?\"").unwrap();
        if n % 2 == 0 {
            text.push_str(
                "type = \"select_one\"\nlist = \"scale\"\nmissing = [\"dont_know\", \"refused\"]\n",
            );
        } else {
            text.push_str("type = \"integer\"\n");
        }
        if n % 10 == 9 {
            writeln!(text, "relevant = \"${{q{}}} = 's1' or ${{q{}}} > 3\"", n - 1, n - 2).unwrap();
        }
        if n % 10 == 5 {
            text.push_str("constraint = \". >= 0 and . <= 100\"\n");
        }
    }
    Bundle { files: BTreeMap::from([("questionnaire.toml".to_owned(), text.into_bytes())]) }
}

fn compiled(bundle: &Bundle) -> Arc<Questionnaire> {
    let (questionnaire, report) = questionnaire::compile(bundle, "");
    assert_eq!(report.errors(), 0, "{}", report.render(false));
    Arc::new(questionnaire.unwrap())
}

fn begun(questionnaire: &Arc<Questionnaire>, script: Option<&Script>) -> Interview {
    let mut interview = Interview::new(Arc::clone(questionnaire));
    interview.apply(&Fact::Started {
        questionnaire: questionnaire.hash,
        round: "baseline".into(),
        enumerator: "bench".into(),
        language: "en".into(),
        at: script.and_then(|s| s.started).unwrap_or_else(|| "2026-03-02T09:00:00+03:00".parse().unwrap()),
        seed: script.and_then(|s| s.seed).unwrap_or(1),
    });
    interview
}

fn check(c: &mut Criterion) {
    let bundle = large(1000);
    c.bench_function("check: compile 1,000 questions", |b| {
        b.iter(|| questionnaire::compile(black_box(&bundle), ""));
    });
}

fn answer(c: &mut Criterion) {
    let questionnaire = compiled(&large(1000));
    // The middle of the interview, where the next question depends on this answer.
    let mut interview = begun(&questionnaire, None);
    let give = |interview: &mut Interview| {
        let value = match interview.field() {
            doorstep::interview::Field::One(_) => Value::Choice("s1".into()),
            _ => Value::Integer(7),
        };
        let facts = interview.decide(&Intent::Answer(value)).unwrap();
        facts.iter().for_each(|fact| interview.apply(fact));
    };
    for _ in 0..508 {
        give(&mut interview);
    }
    c.bench_function("answer: to the next question's view, 1,000 questions", |b| {
        b.iter_batched_ref(
            || interview.clone(),
            |interview| {
                give(interview);
                interview.view()
            },
            BatchSize::SmallInput,
        );
    });
}

fn demo(c: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("questionnaires/community-security");
    let mut files = BTreeMap::new();
    for name in [
        "questionnaire.toml",
        "clusters.csv",
        "translations/ar.toml",
        "translations/bn.toml",
        "translations/sw.toml",
    ] {
        files.insert(name.to_owned(), std::fs::read(folder.join(name)).unwrap());
    }
    let questionnaire = compiled(&Bundle { files });
    let scripts: Vec<Script> = ["amina", "bashir", "chandni"]
        .iter()
        .flat_map(|who| {
            let text = std::fs::read_to_string(root.join(format!("fixtures/demo/{who}.jsonl"))).unwrap();
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Script>>()
        })
        .collect();
    let mut group = c.benchmark_group("demo");
    group.throughput(Throughput::Elements(scripts.len() as u64)).sample_size(10);
    group.bench_function("all interviews through the engine", |b| {
        b.iter(|| {
            for script in &scripts {
                let mut interview = begun(&questionnaire, Some(script));
                script::play(&mut interview, script).unwrap();
            }
        });
    });
    group.finish();
}

fn start_up(c: &mut Criterion) {
    let mut group = c.benchmark_group("start-up");
    let run = |program: &str, argument: Option<&str>| {
        let mut command = Command::new(program);
        command.args(argument).stdout(Stdio::null());
        assert!(command.status().unwrap().success());
    };
    group.bench_function("/bin/true", |b| b.iter(|| run("/bin/true", None)));
    group.bench_function("doorstep --version", |b| {
        b.iter(|| run(env!("CARGO_BIN_EXE_doorstep"), Some("--version")));
    });
    group.finish();
}

criterion_group!(benches, check, answer, demo, start_up);
criterion_main!(benches);
