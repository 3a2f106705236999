//! Disclosure control of tables with very few people in most of their cells: from interviews in memory to results.
//!
//! `cargo bench --bench disclosure`. 2,500 respondents of 60 districts, 20 ages and 10 languages. Prints how long it takes,
//! how many cells there are, and how many of those with people are small and are blanked, for
//!
//! - `crossed`: one indicator by all three of them and by their crossings, 2,090 cells;
//! - `shared`: twenty such indicators that count the same respondents, and so are looked at together;
//! - `valid`: twenty that each count those who gave an answer, and so are looked at one by one;
//! - `sparse`: one by districts and ages of 1,000 respondents: fewer than one in a cell.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::panic)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use doorstep::dataset::Dataset;
use doorstep::diagnostic::Report;
use doorstep::indicators::{self, DesignTexts, Options, Row, SamplingPlan};
use doorstep::interview::Interview;
use doorstep::journal::{Address, Fact};
use doorstep::questionnaire::{self, Bundle, Questionnaire};
use doorstep::statistics::Method;
use doorstep::value::{Answer, Missing, Value};

use self::made::drawn;

mod made;

const QUESTIONS: usize = 20;
const GROUPINGS: [(&str, u64); 3] = [("district", 60), ("age", 20), ("tongue", 10)];
const ALL: &str = r#""district", "age", "tongue", "district * age", "district * tongue", "age * tongue""#;
const MINIMUM: usize = 5;

fn questionnaire() -> Arc<Questionnaire> {
    let mut text = String::from(
        "format = 1\nid = \"bench\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Bench\"\n[lists.safety]\nchoices = [\n\
         { name = \"safe\", code = 1, label = \"Safe\" },\n{ name = \"unsafe\", code = 2, label = \"Unsafe\" },\n]\n",
    );
    for (name, choices) in GROUPINGS {
        writeln!(text, "[lists.{name}]\nchoices = [").unwrap();
        for n in 1..=choices {
            writeln!(text, "{{ name = \"{name}{n}\", code = {n}, label = \"{n}\" }},").unwrap();
        }
        text.push_str("]\n");
    }
    text.push_str("[[sections]]\nname = \"all\"\nlabel = \"All\"\n");
    let groupings = GROUPINGS.iter().map(|(name, _)| ((*name).to_owned(), *name));
    for (name, list) in groupings.chain((0..QUESTIONS).map(|n| (format!("q{n}"), "safety"))) {
        writeln!(
            text,
            "[[sections.questions]]\nname = \"{name}\"\nlabel = \"{name}?\"\ntype = \"select_one\"\nlist = \"{list}\"\n\
             missing = [\"dont_know\"]"
        )
        .unwrap();
    }
    let bundle = Bundle { files: BTreeMap::from([("questionnaire.toml".to_owned(), text.into_bytes())]) };
    let (questionnaire, report) = questionnaire::compile(&bundle, "");
    Arc::new(questionnaire.unwrap_or_else(|| panic!("{}", report.render(false))))
}

/// Some districts, ages and languages have many more people than others.
fn interview(n: u64, questionnaire: &Arc<Questionnaire>) -> Interview {
    let mut facts = vec![Fact::Started {
        questionnaire: questionnaire.hash,
        round: "baseline".into(),
        enumerator: "amina".into(),
        language: "en".into(),
        at: chrono::DateTime::from_timestamp(1_772_431_920, 0).unwrap().fixed_offset(),
        seed: n,
    }];
    let mut answer = |name: String, answer| {
        facts.push(Fact::Answered { address: Address { name, rows: Vec::new() }, answer });
    };
    for (place, (name, choices)) in (0..).zip(GROUPINGS) {
        let [one, other] = [0, 1].map(|more| drawn(n * 100 + place * 2 + more) % choices);
        answer(name.to_owned(), Answer::Value(Value::Choice(format!("{name}{}", one.min(other) + 1))));
    }
    for question in 0..QUESTIONS {
        let given = match drawn(n * 100 + 10 + question as u64) % 20 {
            0 => Answer::Missing(Missing::DontKnow),
            1..=11 => Answer::Value(Value::Choice("safe".into())),
            _ => Answer::Value(Value::Choice("unsafe".into())),
        };
        answer(format!("q{question}"), given);
    }
    facts.push(Fact::Finalised);
    Interview::replay(Arc::clone(questionnaire), &facts)
}

fn dataset(questionnaire: &Arc<Questionnaire>, people: u64) -> Dataset {
    let interviews: Vec<Interview> = (0..people).map(|n| interview(n, questionnaire)).collect();
    let keyed = interviews.iter().enumerate().map(|(n, interview)| (format!("i{n}"), interview));
    Dataset::build(questionnaire, keyed)
}

/// So many indicators, split by these.
fn definitions(indicators: usize, base: &str, by: &str) -> String {
    let indicator = |n: usize| {
        format!(
            "[[indicators]]\nid = \"x{n}\"\ntitle = \"X\"\nkind = \"proportion\"\nof = \"${{q{n}}} = 'safe'\"\n\
             base = \"{base}\"\nby = [{by}]\n"
        )
    };
    std::iter::once(String::from("format = 1\n")).chain((0..indicators).map(indicator)).collect()
}

fn results(dataset: &Dataset, text: &str) -> Vec<Row> {
    let mut report = Report::default();
    let definitions = indicators::compile(text, "indicators.toml", dataset, &mut report);
    let plan = SamplingPlan::compile(&DesignTexts::default(), dataset, &mut report);
    let (Some(definitions), Some(plan)) = (definitions, plan) else { panic!("{}", report.render(false)) };
    let (sampling, _) = plan.evaluate(&indicators::counted(dataset, "baseline"));
    let options = Options {
        survey: String::from("bench"),
        round: String::from("baseline"),
        level: 0.95,
        method: Method::Logit,
        minimum_cell: MINIMUM,
        imprecise: None,
        too_imprecise: None,
        language: 0,
    };
    indicators::compute(&definitions, &sampling, &options).unwrap()
}

fn main() {
    let questionnaire = questionnaire();
    let many = dataset(&questionnaire, 2_500);
    let few = dataset(&questionnaire, 1_000);
    let cases = [
        ("crossed", &many, definitions(1, "all", ALL)),
        ("shared", &many, definitions(QUESTIONS, "all", ALL)),
        ("valid", &many, definitions(QUESTIONS, "valid", ALL)),
        ("sparse", &few, definitions(1, "all", "\"district * age\"")),
    ];
    let chosen = std::env::args().nth(1).filter(|chosen| !chosen.starts_with('-'));
    for (name, dataset, text) in cases {
        if chosen.as_ref().is_some_and(|chosen| chosen != name) {
            continue;
        }
        let began = Instant::now();
        let rows = results(dataset, &text);
        let time = began.elapsed();
        let one: Vec<&Row> = rows.iter().filter(|row| row.indicator == "x0").collect();
        let blanked = one.iter().filter(|row| row.suppressed.is_some()).count();
        let empty = one.iter().filter(|row| row.n_unweighted == Some(0)).count();
        println!("{name:<8} {time:>9.2?}  {blanked} of {} cells with people", one.len() - empty);
    }
}
